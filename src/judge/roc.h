/*
 * How good a run of the judge was: the measures of the TREC spam track (Cormack and Lynam, 2005)
 * and of calibration, over the scores of labelled messages.
 */
#ifndef CORDON_JUDGE_ROC_H
#define CORDON_JUDGE_ROC_H

#include <stdbool.h>
#include <stddef.h>

/* One judged message whose label is known. */
struct scored {
	double score; /* probability of spam, 0 .. 1 */
	bool spam;    /* the truth */
};

#define ROC_BINS 15 /* of equal width over 0 .. 1 */

struct roc_bin {
	size_t n;
	double expected; /* mean score of the bin */
	double observed; /* share of spam in it */
};

struct roc_result {
	size_t ham, spam;
	double roca1;            /* 1 - area under the ROC curve; ties count one half */
	double low, high;        /* its 95 % bootstrap interval (200 resamples, fixed seed) */
	double missed_at_01;     /* share of spam missed where 0.1 % of ham is lost, interpolated */
	double missed_at_0;      /* share of spam at or below the highest ham */
	double ham_lost, spam_missed, lam; /* at score 0.5; lam: logistic average of the two */
	struct roc_bin bin[ROC_BINS];
	double brier;            /* mean squared error of the score */
	double ece;              /* expected calibration error: mean |expected - observed|, weighted
	                            by the bins' sizes */
};

/*
 * Evaluates scores s[n]. Needs at least one of each label. Returns 0, -EINVAL without both labels,
 * or -ENOMEM. Cost: n log n, and 200 passes for the interval.
 */
int roc_evaluate(const struct scored *s, size_t n, struct roc_result *ret);

/* One point of the ROC curve. */
struct roc_point {
	double ham_lost, spam_caught;
};

/*
 * The curve from (0, 0) to (1, 1), a point a distinct score, in an array that the caller frees;
 * *ret_n of them. Returns 0, -EINVAL or -ENOMEM.
 */
int roc_curve(const struct scored *s, size_t n, struct roc_point **ret, size_t *ret_n);

#endif
