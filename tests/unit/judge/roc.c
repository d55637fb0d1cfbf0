#include "test.h"

#include "base/random.h"
#include "judge/roc.h"

#include <errno.h>
#include <math.h>

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-12)

/* The first numbers that Python 3's random.seed(20081111); random.random() gives. */
static void random_is_the_published_generator(void **state)
{
	(void)state;
	const double want[] = {0.7471100252579159, 0.8906954900958156, 0.45042532816360503};
	struct random r;

	random_seed(&r, 20081111u);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		assert_near(random_unit(&r), want[i]);
}

static void perfect_and_reversed_orders(void **state)
{
	(void)state;
	struct scored s[] = {{0.9, true}, {0.8, true}, {0.2, false}, {0.1, false}};
	struct roc_result r;

	assert_int_equal(roc_evaluate(s, 4, &r), 0);
	assert_near(r.roca1, 0);
	assert_near(r.missed_at_0, 0);
	assert_near(r.missed_at_01, 0);
	for (size_t i = 0; i < 4; i++)
		s[i].spam = !s[i].spam;
	assert_int_equal(roc_evaluate(s, 4, &r), 0);
	assert_near(r.roca1, 1);
	assert_near(r.missed_at_0, 1);
	assert_near(r.ham_lost, 1);
	assert_near(r.spam_missed, 1);
}

static void ties_count_one_half(void **state)
{
	(void)state;
	const struct scored s[] = {{0.5, true}, {0.5, false}, {0.5, false}, {0.7, true}};
	struct roc_result r;

	assert_int_equal(roc_evaluate(s, 4, &r), 0);
	assert_near(r.roca1, 0.25);
	assert_near(r.missed_at_0, 0.5);
	assert_near(r.ham_lost, 1);
}

/* The area by its definition, pair by pair. */
static void area_equals_the_count_of_pairs(void **state)
{
	(void)state;
	struct scored s[200];
	struct random r;

	random_seed(&r, 1);
	for (int round = 0; round < 20; round++) {
		double wrong = 0, pairs = 0;
		struct roc_result got;

		for (size_t i = 0; i < 200; i++)
			s[i] = (struct scored){
				(double)random_below(&r, 50) / 50, random_below(&r, 2) == 1};
		for (size_t i = 0; i < 200; i++) {
			for (size_t k = 0; k < 200; k++) {
				if (!s[i].spam || s[k].spam)
					continue;
				pairs++;
				wrong += s[k].score > s[i].score
						 ? 1
						 : (s[k].score == s[i].score ? 0.5 : 0);
			}
		}
		assert_int_equal(roc_evaluate(s, 200, &got), 0);
		assert_near(got.roca1, wrong / pairs);
		assert_true(got.low <= got.roca1 && got.roca1 <= got.high);
	}
}

static void calibration_is_measured(void **state)
{
	(void)state;
	struct scored s[100];
	struct roc_result r;

	/* Half of those judged 0.5 are spam: as said. */
	for (size_t i = 0; i < 100; i++)
		s[i] = (struct scored){0.5, i % 2 == 0};
	assert_int_equal(roc_evaluate(s, 100, &r), 0);
	assert_near(r.ece, 0);
	assert_near(r.brier, 0.25);
	/* All judged 0.9, half are spam: off by 0.4. */
	for (size_t i = 0; i < 100; i++)
		s[i].score = 0.9;
	assert_int_equal(roc_evaluate(s, 100, &r), 0);
	assert_near(r.ece, 0.4);
	assert_int_equal(r.bin[13].n, 100);
}

static void one_label_alone_is_refused(void **state)
{
	(void)state;
	const struct scored s[] = {{0.5, true}, {0.6, true}};
	struct roc_result r;
	struct roc_point *p;
	size_t n;

	assert_int_equal(roc_evaluate(s, 2, &r), -EINVAL);
	assert_int_equal(roc_evaluate(s, 0, &r), -EINVAL);
	assert_int_equal(roc_curve(s, 2, &p, &n), -EINVAL);
}

static void curve_runs_from_corner_to_corner(void **state)
{
	(void)state;
	const struct scored s[] = {{0.9, true}, {0.5, false}, {0.5, true}, {0.1, false}};
	struct roc_point *p;
	size_t n;

	assert_int_equal(roc_curve(s, 4, &p, &n), 0);
	assert_int_equal(n, 4);
	assert_near(p[0].ham_lost + p[0].spam_caught, 0);
	assert_near(p[1].spam_caught, 0.5);
	assert_near(p[2].ham_lost, 0.5);
	assert_near(p[3].ham_lost + p[3].spam_caught, 2);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_is_the_published_generator),
		cmocka_unit_test(perfect_and_reversed_orders),
		cmocka_unit_test(ties_count_one_half),
		cmocka_unit_test(area_equals_the_count_of_pairs),
		cmocka_unit_test(calibration_is_measured),
		cmocka_unit_test(one_label_alone_is_refused),
		cmocka_unit_test(curve_runs_from_corner_to_corner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
