#include "test.h"

#include "base/huge.h"

#include <stdint.h>

static bool is_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void memory_is_aligned_zero_and_all_there(void **state)
{
	static const size_t sizes[] = {1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 9 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *a = huge_alloc(sizes[i]), *b = huge_alloc(sizes[i]);

		assert_non_null(a);
		assert_non_null(b);
		assert_int_equal((uintptr_t)a % (2 << 20), 0);
		assert_int_equal((uintptr_t)b % (2 << 20), 0);
		memset(a, 1, sizes[i]);
		assert_true(is_zero(b, sizes[i]));
		huge_free(a, sizes[i]);
		memset(b, 2, sizes[i]); /* is still there */
		huge_free(b, sizes[i]);
	}
}

static void too_much_is_refused(void **state)
{
	(void)state;
	assert_null(huge_alloc(SIZE_MAX));
	assert_null(huge_alloc(SIZE_MAX / 4));
	huge_free(NULL, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_aligned_zero_and_all_there),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
