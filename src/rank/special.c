/* Series and continued fractions of Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 1964. */
#include "rank/special.h"

#include <math.h>

#define STEPS 100000 /* more than any argument within reason needs */

double special_ln_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double special_trigamma(double x)
{
	double sum = 0;

	for (; x < 20; x++) /* 6.4.6: up to where the asymptotic series is good */
		sum += 1 / (x * x);
	double i = 1 / (x * x);

	/* 6.4.12 */
	return sum + 1 / x + i / 2 + i / x * (1.0 / 6 - i * (1.0 / 30 - i * (1.0 / 42 - i / 30)));
}

/* 6.5.29: for x below a + 1. */
static double lower_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int n = 1; n < STEPS && term > sum * 1e-17; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum * exp(a * log(x) - x - special_ln_gamma(a));
}

/* 6.5.31 by the method of Lentz: for x above. */
static double upper_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;

	for (int n = 1; n < STEPS; n++) {
		double an = -n * (n - a);

		b += 2;
		d = an * d + b;
		d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
		c = b + an / c;
		if (fabs(c) < 1e-300)
			c = 1e-300;
		h *= d * c;
		if (fabs(d * c - 1) < 1e-16)
			break;
	}
	return h * exp(a * log(x) - x - special_ln_gamma(a));
}

double special_gamma_p(double a, double x)
{
	if (!(x > 0))
		return 0;
	if (isinf(x))
		return 1;
	return x < a + 1 ? lower_series(a, x) : 1 - upper_fraction(a, x);
}

/* A first guess: Wilson and Hilferty 1931 (A. and S., 26.4.17), or the first term of the series
 * where that is no good. ln x. */
static double guess(double a, double p)
{
	double t = sqrt(-2 * log(p < 0.5 ? p : 1 - p));
	/* 26.2.22: the normal quantile to 0.003 */
	double z = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
	double root = 1 - 1 / (9 * a) + (p < 0.5 ? -z : z) / (3 * sqrt(a));

	if (a > 0.5 && root > 0.1)
		return log(a) + 3 * log(root);
	return (log(p) + special_ln_gamma(a + 1)) / a;
}

double special_gamma_quantile(double a, double p)
{
	if (!(p > 0))
		return 0;
	if (p >= 1)
		return INFINITY;
	double low = -INFINITY, high = INFINITY, at = guess(a, p);

	/* Newton in ln x, kept between what is known to be too low and too high. */
	for (int i = 0; i < 200; i++) {
		double x = exp(at), off = special_gamma_p(a, x) - p;
		double slope = exp(a * at - x - special_ln_gamma(a));

		*(off < 0 ? &low : &high) = at;
		double next = slope > 0 ? at - off / slope : INFINITY;

		if (!(next > low && next < high) || fabs(next - at) > 5)
			next = isinf(low) ? at - 5 : isinf(high) ? at + 5 : (low + high) / 2;
		if (fabs(next - at) <= 1e-13 * fmax(1, fabs(at)))
			return exp(next);
		at = next;
	}
	return exp(at);
}

double special_ln_negative_binomial(double y, double mean, double size)
{
	return special_ln_gamma(y + size) - special_ln_gamma(size) - special_ln_gamma(y + 1) -
	       size * log1p(mean / size) + y * (log(mean) - log(size + mean));
}
