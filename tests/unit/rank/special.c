/* Special functions against values of tables and against each other. */
#include "test.h"

#include "rank/special.h"

#include <math.h>

static void near(double got, double wanted, double share)
{
	if (!(fabs(got - wanted) <= share * fmax(fabs(wanted), 1e-300)))
		fail_msg("%.15g, not %.15g", got, wanted);
}

static void ln_gamma(void **state)
{
	(void)state;
	near(special_ln_gamma(5), log(24), 1e-14);
	near(special_ln_gamma(0.5), log(M_PI) / 2, 1e-14);
}

static void trigamma(void **state)
{
	(void)state;
	near(special_trigamma(1), M_PI * M_PI / 6, 1e-10);
	near(special_trigamma(0.5), M_PI * M_PI / 2, 1e-10);
	near(special_trigamma(1e-3), 1e6 + M_PI * M_PI / 6 - 2 * 1.2020569031595942e-3, 1e-8);
	near(special_trigamma(1e8), 1e-8, 1e-7);
}

/* Quantiles of chi-square as in any table of it: Gamma(df / 2) is half of it. */
static void quantiles(void **state)
{
	static const struct {
		double df, p, chi_square;
	} table[] = {
		{1, 0.05, 0.00393214000001952},
		{1, 0.95, 3.84145882069412},
		{2, 0.5, 1.38629436111989},
		{10, 0.05, 3.94029913611906},
		{10, 0.95, 18.3070380532751},
		{10, 0.99, 23.2092511589544},
		{100, 0.05, 77.9294651650174},
		{100, 0.95, 124.342113404004},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		near(special_gamma_quantile(table[i].df / 2, table[i].p), table[i].chi_square / 2,
			1e-11);
	assert_true(special_gamma_quantile(3, 0) == 0);
	assert_true(isinf(special_gamma_quantile(3, 1)));
}

/* There and back, over shapes that are far apart. */
static void inverse(void **state)
{
	static const double shape[] = {1e-3, 0.02, 0.3, 1, 7.5, 300, 1e5};
	static const double p[] = {0.001, 0.05, 0.3, 0.5, 0.95, 0.999};

	(void)state;
	for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
		for (size_t j = 0; j < sizeof p / sizeof *p; j++) {
			double x = special_gamma_quantile(shape[i], p[j]);

			if (x > 1e-300) /* else below what a double holds */
				near(special_gamma_p(shape[i], x), p[j], 1e-9);
		}
	}
	near(special_gamma_p(1, 2), 1 - exp(-2), 1e-14);
	near(special_gamma_p(0.5, 0.25), erf(0.5), 1e-13);
	assert_true(special_gamma_p(2, -1) == 0);
	assert_true(special_gamma_p(2, INFINITY) == 1);
}

static void negative_binomial(void **state)
{
	double sum = 0;

	(void)state;
	near(exp(special_ln_negative_binomial(3, 2, 4)), 20.0 / 27 * 16 / 81, 1e-13);
	near(special_ln_negative_binomial(0, 3, 1e9), -3, 1e-8); /* nearly Poisson */
	for (int y = 0; y < 400; y++)
		sum += exp(special_ln_negative_binomial(y, 5, 0.7));
	near(sum, 1, 1e-10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ln_gamma),
		cmocka_unit_test(trigamma),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(inverse),
		cmocka_unit_test(negative_binomial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
