/* Clocks that jump: nothing gets older by it. */
#include "test.h"

#include "serve/steady.h"

#define DAY  ((int64_t)86400)
#define T    ((int64_t)1795400000)
#define YEAR (365 * DAY)

static void jumps_are_not_followed(void **state)
{
	static const struct {
		int64_t real, since_boot, want;
	} rows[] = {
		{T, 1000, T},
		{T + 60, 1060, T + 60},
		{T + YEAR, 1120, T + 120},               /* set wrong */
		{T + YEAR + DAY, 1120 + DAY, T + 120 + DAY},
		{T + 180 + DAY, 1180 + DAY, T + 180 + DAY}, /* and right again */
		{T - YEAR, 1240 + DAY, T - YEAR},        /* back: what is younger stays */
		{T + 9 * DAY, 1000 + 9 * DAY, T + 9 * DAY},
	};
	struct steady s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(steady_at(&s, rows[i].real, rows[i].since_boot), rows[i].want);
}

static void one_that_was_wrong_at_first_is_not_kept_to(void **state)
{
	struct steady ahead = {0}, behind = {0};

	(void)state;
	assert_int_equal(steady_at(&ahead, T + YEAR, 10), T + YEAR);
	assert_int_equal(steady_at(&ahead, T, 20), T); /* else all that comes would be old */
	assert_int_equal(steady_at(&behind, 0, 10), 0);
	assert_int_equal(steady_at(&behind, T, 20), 10); /* until it is started again */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jumps_are_not_followed),
		cmocka_unit_test(one_that_was_wrong_at_first_is_not_kept_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
