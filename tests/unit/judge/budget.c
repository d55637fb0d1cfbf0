#include "test.h"

#include "base/random.h"
#include "judge/budget.h"

#include <math.h>

static void few_scores_leave_it_to_the_start(void **state)
{
	(void)state;
	struct budget b = {0};

	assert_true(budget_threshold(&b, 0.001, 6.9) == 6.9);
	for (int i = 0; i < 100; i++)
		budget_add(&b, -5);
	assert_true(budget_threshold(&b, 0.001, 6.9) == 6.9);
	/* A good message that scored higher than the start moves the threshold over itself. */
	budget_add(&b, 8);
	assert_true(budget_threshold(&b, 0.001, 6.9) > 8);
}

static void the_share_is_kept_on_new_scores(void **state)
{
	(void)state;
	const double share = 0.01;
	struct random r;
	size_t lost = 0, rounds = 40, each = 1000;

	random_seed(&r, 7);
	for (size_t k = 0; k < rounds; k++) {
		struct budget b = {0};

		for (size_t i = 0; i < each; i++)
			budget_add(&b, 12 * random_unit(&r) - 4);
		double t = budget_threshold(&b, share, 20);

		for (size_t i = 0; i < each; i++)
			lost += 12 * random_unit(&r) - 4 >= t;
	}
	double got = (double)lost / (double)(rounds * each);

	/* 40,000 draws: the bound with three standard errors, and not uselessly strict. */
	assert_true(got <= share + 0.0015);
	assert_true(got >= share / 2);
}

static void never_under_even_odds(void **state)
{
	(void)state;
	struct budget b = {0};

	for (int i = 0; i < 5000; i++)
		budget_add(&b, -10);
	assert_true(budget_threshold(&b, 0.001, 6.9) == 0);
}

static void a_score_can_be_taken_back(void **state)
{
	(void)state;
	struct budget b = {0}, none = {0};

	budget_add(&b, 3);
	budget_remove(&b, 3);
	assert_memory_equal(&b, &none, sizeof(b));
	budget_remove(&b, 3); /* twice is once */
	assert_memory_equal(&b, &none, sizeof(b));
}

static void wild_scores_stay_in_bounds(void **state)
{
	(void)state;
	struct budget b = {0};

	budget_add(&b, 1e300);
	budget_add(&b, -1e300);
	budget_add(&b, INFINITY);
	assert_true(b.weight[BUDGET_BINS - 1] > 1.9f);
	assert_true(b.weight[0] > 0.9f);
	assert_true(isfinite(budget_threshold(&b, 0.5, 1)));
}

static void old_scores_fade(void **state)
{
	(void)state;
	struct budget b = {0};

	for (int i = 0; i < 300000; i++)
		budget_add(&b, -3);
	assert_true(b.total > 3000 && b.total < 4100);
	/* What came before is all but gone. */
	budget_add(&b, 10);
	for (int i = 0; i < 40000; i++)
		budget_add(&b, -3);
	assert_true(budget_threshold(&b, 0.001, 6.9) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_scores_leave_it_to_the_start),
		cmocka_unit_test(the_share_is_kept_on_new_scores),
		cmocka_unit_test(never_under_even_odds),
		cmocka_unit_test(a_score_can_be_taken_back),
		cmocka_unit_test(wild_scores_stay_in_bounds),
		cmocka_unit_test(old_scores_fade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
