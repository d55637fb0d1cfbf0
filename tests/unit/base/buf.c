#include "test.h"

#include "base/buf.h"

static void grows_and_keeps_what_it_holds(void **state)
{
	(void)state;
	struct buf b = {0};
	char want[3001] = "";

	for (int i = 0; i < 1000; i++) {
		buf_add(&b, SPAN("ab"));
		buf_byte(&b, 'c');
		memcpy(want + 3 * i, "abc", 4);
	}
	assert_true(buf_ok(&b));
	assert_span(buf_span(&b), want);
	buf_done(&b);
	assert_null(b.p);
	assert_int_equal(buf_span(&b).n, 0);
}

static void prints_as_printf_does(void **state)
{
	(void)state;
	struct buf b;
	char want[1200];

	buf_init(&b);
	buf_str(&b, "<");
	buf_printf(&b, "%s %d", "x", -7);
	buf_printf(&b, "%s", "");
	buf_str(&b, ">");
	assert_span(buf_span(&b), "<x -7>");
	buf_clear(&b);
	buf_printf(&b, "%01000d|%.*s", 5, SPAN_ARG(SPAN("ab")));
	snprintf(want, sizeof(want), "%01000d|ab", 5);
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

/* AddressSanitizer asks this; memory that is short is to be NULL there too, not an abort. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void a_failure_sticks_until_it_is_cleared(void **state)
{
	(void)state;
	struct buf b = {0};

	buf_str(&b, "kept");
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_ok(&b));
	buf_str(&b, " dropped");
	buf_printf(&b, "%d", 1);
	assert_false(buf_ok(&b));
	assert_span(buf_span(&b), "kept");
	buf_clear(&b);
	assert_true(buf_ok(&b));
	buf_str(&b, "new");
	assert_span(buf_span(&b), "new");
	assert_null(buf_reserve(&b, SIZE_MAX / 2 + 1)); /* no such room, and no overflow */
	assert_span(buf_span(&b), "new");
	buf_done(&b);
}

static void the_callers_own_writes_count(void **state)
{
	(void)state;
	struct buf b = {0};
	char *to = buf_reserve(&b, 10);

	assert_non_null(to);
	memcpy(to, "0123456789", 10);
	assert_int_equal(buf_span(&b).n, 0);
	b.n += 4;
	assert_span(buf_span(&b), "0123");
	assert_true(b.room >= 10);
	assert_non_null(buf_reserve(&b, 0));
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_keeps_what_it_holds),
		cmocka_unit_test(prints_as_printf_does),
		cmocka_unit_test(a_failure_sticks_until_it_is_cleared),
		cmocka_unit_test(the_callers_own_writes_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
