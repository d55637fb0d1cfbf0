/*
 * Scores are first grouped: distinct values in falling order, with the ham and spam that have each.
 * The area, the points of the curve and every resample are then one pass over the groups.
 */
#include "judge/roc.h"

#include "base/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES 200
#define SEED      20081111u /* McColo was cut off on 11 November 2008 */

struct group {
	double score;
	size_t ham, spam;
};

struct groups {
	struct group *at;
	size_t n, ham, spam;
	size_t *group_of_ham, *group_of_spam; /* in the order in which they were judged */
};

static int by_score_falling(const void *a, const void *b)
{
	double x = ((const struct group *)a)->score, y = ((const struct group *)b)->score;

	return (x < y) - (x > y);
}

static size_t find_group(const struct groups *g, double score)
{
	size_t low = 0, high = g->n - 1;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (g->at[mid].score > score)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void groups_done(struct groups *g)
{
	free(g->at);
	free(g->group_of_ham);
	free(g->group_of_spam);
}

static int groups_make(const struct scored *s, size_t n, struct groups *g)
{
	*g = (struct groups){.at = calloc(n + 1, sizeof(*g->at)),
		.group_of_ham = calloc(n + 1, sizeof(size_t)),
		.group_of_spam = calloc(n + 1, sizeof(size_t))};
	if (!g->at || !g->group_of_ham || !g->group_of_spam)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		g->at[i] = (struct group){s[i].score, !s[i].spam, s[i].spam};
	qsort(g->at, n, sizeof(*g->at), by_score_falling);
	for (size_t i = 0; i < n; i++) {
		if (g->n && g->at[g->n - 1].score == g->at[i].score) {
			g->at[g->n - 1].ham += g->at[i].ham;
			g->at[g->n - 1].spam += g->at[i].spam;
		} else {
			g->at[g->n++] = g->at[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (s[i].spam)
			g->group_of_spam[g->spam++] = find_group(g, s[i].score);
		else
			g->group_of_ham[g->ham++] = find_group(g, s[i].score);
	}
	return g->ham && g->spam ? 0 : -EINVAL;
}

/* 1 - area: the rank sum; a spam wins over each ham below it and half over each beside it. */
static double area_above(const struct groups *g, const struct group *at)
{
	double wins = 0, below = 0;

	for (size_t i = g->n; i-- > 0;) {
		wins += (double)at[i].spam * (below + (double)at[i].ham / 2);
		below += (double)at[i].ham;
	}
	return 1 - wins / ((double)g->ham * (double)g->spam);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int bootstrap(const struct groups *g, double *ret_low, double *ret_high)
{
	struct group *again = calloc(g->n, sizeof(*again));
	double area[RESAMPLES];
	struct random r;

	if (!again)
		return -ENOMEM;
	random_seed(&r, SEED);
	for (size_t k = 0; k < RESAMPLES; k++) {
		memset(again, 0, g->n * sizeof(*again));
		for (size_t i = 0; i < g->ham; i++)
			again[g->group_of_ham[random_below(&r, g->ham)]].ham++;
		for (size_t i = 0; i < g->spam; i++)
			again[g->group_of_spam[random_below(&r, g->spam)]].spam++;
		area[k] = area_above(g, again);
	}
	free(again);
	qsort(area, RESAMPLES, sizeof(*area), by_value);
	*ret_low = area[5];
	*ret_high = area[194];
	return 0;
}

/* Share of spam missed where that share of ham is lost, linear between the curve's points. */
static double missed_at(const struct groups *g, double ham_lost)
{
	double last_lost = 0, last_missed = 1;
	size_t ham = 0, spam = 0;

	for (size_t i = 0; i < g->n; i++) {
		ham += g->at[i].ham;
		spam += g->at[i].spam;
		double lost = (double)ham / (double)g->ham;
		double missed = 1 - (double)spam / (double)g->spam;

		if (lost > ham_lost) {
			double part =
				lost > last_lost ? (ham_lost - last_lost) / (lost - last_lost) : 0;

			return last_missed + (missed - last_missed) * part;
		}
		last_lost = lost;
		last_missed = missed;
	}
	return last_missed;
}

static double missed_at_or_below_top_ham(const struct groups *g)
{
	size_t caught = 0;

	for (size_t i = 0; i < g->n && !g->at[i].ham; i++)
		caught += g->at[i].spam;
	return 1 - (double)caught / (double)g->spam;
}

/* Logit of a rate over n messages; half a message is added to a count of none or all. */
static double logit_of_rate(double rate, size_t n)
{
	double least = 0.5 / (double)n, p = fmin(fmax(rate, least), 1 - least);

	return log(p / (1 - p));
}

static void at_half(const struct scored *s, size_t n, struct roc_result *r)
{
	size_t lost = 0, missed = 0;

	for (size_t i = 0; i < n; i++) {
		lost += !s[i].spam && s[i].score >= 0.5;
		missed += s[i].spam && s[i].score < 0.5;
	}
	r->ham_lost = (double)lost / (double)r->ham;
	r->spam_missed = (double)missed / (double)r->spam;
	double x = logit_of_rate(r->ham_lost, r->ham) + logit_of_rate(r->spam_missed, r->spam);

	r->lam = 1 / (1 + exp(-x / 2));
}

static void calibration(const struct scored *s, size_t n, struct roc_result *r)
{
	for (size_t i = 0; i < n; i++) {
		double p = fmin(fmax(s[i].score, 0), 1), miss = p - (s[i].spam ? 1 : 0);
		size_t k = (size_t)(p * ROC_BINS);
		struct roc_bin *b = &r->bin[k < ROC_BINS ? k : ROC_BINS - 1];

		b->n++;
		b->expected += p;
		b->observed += s[i].spam;
		r->brier += miss * miss / (double)n;
	}
	for (size_t k = 0; k < ROC_BINS; k++) {
		struct roc_bin *b = &r->bin[k];

		if (!b->n)
			continue;
		b->expected /= (double)b->n;
		b->observed /= (double)b->n;
		r->ece += fabs(b->expected - b->observed) * (double)b->n / (double)n;
	}
}

int roc_evaluate(const struct scored *s, size_t n, struct roc_result *ret)
{
	struct roc_result r = {0};
	struct groups g;
	int rc = groups_make(s, n, &g);

	if (rc == 0) {
		r.ham = g.ham;
		r.spam = g.spam;
		r.roca1 = area_above(&g, g.at);
		r.missed_at_01 = missed_at(&g, 0.001);
		r.missed_at_0 = missed_at_or_below_top_ham(&g);
		at_half(s, n, &r);
		calibration(s, n, &r);
		rc = bootstrap(&g, &r.low, &r.high);
	}
	groups_done(&g);
	if (rc == 0)
		*ret = r;
	return rc;
}

int roc_curve(const struct scored *s, size_t n, struct roc_point **ret, size_t *ret_n)
{
	struct groups g;
	int rc = groups_make(s, n, &g);
	struct roc_point *p = rc == 0 ? calloc(g.n + 1, sizeof(*p)) : NULL;

	if (p) {
		size_t ham = 0, spam = 0;

		for (size_t i = 0; i < g.n; i++) {
			ham += g.at[i].ham;
			spam += g.at[i].spam;
			p[i + 1] = (struct roc_point){
				(double)ham / (double)g.ham, (double)spam / (double)g.spam};
		}
		*ret = p;
		*ret_n = g.n + 1;
	} else if (rc == 0) {
		rc = -ENOMEM;
	}
	groups_done(&g);
	return rc;
}
