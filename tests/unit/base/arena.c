#include "test.h"

#include "base/arena.h"

#include <errno.h>
#include <stdint.h>

static void budget_is_kept(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, 1024);
	assert_non_null(arena_alloc(&a, 1000));
	assert_null(arena_alloc(&a, 100));
	assert_true(arena_spent(&a));
	arena_reset(&a);
	assert_false(arena_spent(&a));
	assert_non_null(arena_alloc(&a, 1000));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_zalloc(&a, SIZE_MAX / 2, 3));
	arena_done(&a);
}

static void allocations_are_aligned_and_apart(void **state)
{
	(void)state;
	struct arena a;
	char *last = NULL;

	arena_init(&a, (size_t)16 << 20);
	for (size_t n = 0; n < 3000; n++) {
		char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, (int)n, n);
		if (last && n > 1)
			assert_int_equal((unsigned char)last[n - 2], (unsigned char)(n - 1));
		last = p;
	}
	arena_done(&a);
}

static void trim_gives_the_end_back(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, 4096);
	char *p = arena_alloc(&a, 4000);

	arena_trim(&a, p, 4000, 10);
	char *q = arena_alloc(&a, 4000);

	assert_ptr_equal(q, p + 16);
	arena_done(&a);
}

static void arrays_grow_and_keep_what_they_hold(void **state)
{
	(void)state;
	struct arena a;
	int *items = NULL;
	size_t room = 0;

	arena_init(&a, 1 << 16);
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(arena_grow(&a, (void **)&items, &room, i, sizeof(*items)), 0);
		items[i] = (int)i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	arena_done(&a);
}

static void a_warm_arena_asks_the_system_for_nothing(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, (size_t)1 << 20);
	void *first = arena_alloc(&a, 100);

	for (int round = 0; round < 100; round++) {
		arena_reset(&a);
		assert_ptr_equal(arena_alloc(&a, 100), first);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budget_is_kept),
		cmocka_unit_test(allocations_are_aligned_and_apart),
		cmocka_unit_test(trim_gives_the_end_back),
		cmocka_unit_test(arrays_grow_and_keep_what_they_hold),
		cmocka_unit_test(a_warm_arena_asks_the_system_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
