/* The few special functions that the rank needs and the C library lacks. */
#ifndef CORDON_RANK_SPECIAL_H
#define CORDON_RANK_SPECIAL_H

/* ln of the gamma function for x > 0; unlike lgamma() safe for several threads. */
double special_ln_gamma(double x);

/* The second derivative of ln gamma (trigamma), x > 0; relative error under 1e-10 (Abramowitz and
 * Stegun, 6.4.6 and 6.4.12). */
double special_trigamma(double x);

/* The regularised lower incomplete gamma function P(a, x): the probability that a Gamma variable of
 * shape a and rate 1 is at most x. a > 0, x >= 0; error under 1e-12 (A. and S., 6.5.29 and 6.5.31).
 */
double special_gamma_p(double a, double x);

/* The x with P(a, x) = p; p in 0 .. 1, infinity for 1. To a relative 1e-12
 * where P is that exact. */
double special_gamma_quantile(double a, double p);

/* ln of the probability of y under a negative binomial of this mean (> 0) and size (> 0), y >= 0;
 * variance mean + mean^2 / size. y need not be whole: then it is the same formula's value. */
double special_ln_negative_binomial(double y, double mean, double size);

#endif
