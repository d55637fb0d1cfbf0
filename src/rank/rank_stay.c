/*
 * How long hosts stay, and how silent desks are.
 *
 * Hosts of a network go at a constant hazard; the hazards of networks are Gamma(shape, rate days),
 *and both are found by maximum likelihood: with d seen to go in t host-days under watch,
 *
 *	ln p = ln G(shape + d) - ln G(shape) + shape ln days - (shape + d) ln(days + t)
 *
 * so a host that is still up adds to t and not to d, and nothing is taken to have ended because the
 * ledger ends. Counts hold what was last seen with a half-life of h days: a network whose hosts
 *stay D days on the average has been counted in proportion to D + h / ln 2, of which D / (D + h /
 *ln 2) are up at a time. That share, over the same of all that was counted, is the factor.
 */
#include "rank/rank_work.h"
#include "rank/special.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 4000 /* networks, for the hazards */
#define KEPT      512
#define FEW_GONE  20 /* fewer than so many say nothing about how long hosts stay */

struct hazards {
	const struct counts *c;
	double ln_shape, ln_mean, slope;
	size_t step;
};

static double likelihood(const struct hazards *h)
{
	double shape = exp(h->ln_shape), ln_gamma = special_ln_gamma(shape);
	double ln = -(h->ln_shape - 1) * (h->ln_shape - 1) / 2 - h->slope * h->slope / (2 * 0.09);

	for (size_t i = 0; i < h->c->n; i += h->step) {
		const struct seen_network *net = &h->c->seen[i];
		double gone = h->c->entry[i].gone;
		double ln_days = h->ln_shape + h->ln_mean + h->slope * net->ln_rate;

		ln += (gone > 0 ? special_ln_gamma(shape + gone) - ln_gamma : 0) + shape * ln_days -
		      (shape + gone) * log(exp(ln_days) + net->at_risk);
	}
	return ln;
}

static double try_shape(void *context, double ln_shape)
{
	struct hazards *h = context;

	h->ln_shape = ln_shape;
	return likelihood(h);
}

static double try_mean(void *context, double ln_mean)
{
	struct hazards *h = context;

	h->ln_mean = ln_mean;
	return likelihood(h);
}

static double try_slope(void *context, double slope)
{
	struct hazards *h = context;

	h->slope = slope;
	return likelihood(h);
}

/* One after the other, thrice: they hang on each other but little. */
static void fit_hazards(struct hazards *h)
{
	h->ln_shape = 1;
	for (int i = 0; i < 3; i++) {
		h->ln_mean =
			fit_best(try_mean, h, i ? h->ln_mean - 1 : -1, i ? h->ln_mean + 1 : 9, 12);
		h->ln_shape = fit_best(try_shape, h, -1.5, 6, 12);
		h->slope = fit_best(try_slope, h, -0.5, 0.75, 10);
	}
}

/* Quantiles of a Gamma of shape stays->shape + gone: most networks share them. */
struct quantiles {
	double of[KEPT][3]; /* low, middle, high; 0: not asked yet */
};

static void find_quantiles(
	struct quantiles *q, const struct stays *stays, uint32_t gone, double ret_of[3])
{
	const double share[3] = {(1 - RANK_SURE) / 2, 0.5, (1 + RANK_SURE) / 2};

	if (gone < KEPT && q->of[gone][0] > 0) {
		memcpy(ret_of, q->of[gone], sizeof q->of[gone]);
		return;
	}
	for (int i = 0; i < 3; i++)
		ret_of[i] = special_gamma_quantile(stays->shape + gone, share[i]);
	if (gone < KEPT)
		memcpy(q->of[gone], ret_of, sizeof q->of[gone]);
}

static void find_one(struct counts *c, size_t i, const struct settings *s,
	const struct stays *stays, struct quantiles *q, struct doubt *ret_doubt)
{
	const double window = s->window;
	const double kernel = s->half_life / M_LN2 * -expm1(-window * M_LN2 / s->half_life);
	const struct seen_network *net = &c->seen[i];
	struct rank_entry *e = &c->entry[i];
	double prior = stays->days * exp(stays->slope * net->ln_rate);
	double days = prior + net->at_risk, hazard[3];

	find_quantiles(q, stays, e->gone, hazard);
	double low = days / hazard[2], mean = days / hazard[1], high = days / hazard[0];
	double moves =
		(1 - net->heed) * window / (mean + window) + net->heed * kernel / (mean + kernel);

	e->stay = M_LN2 * mean;
	e->stay_low = M_LN2 * low;
	e->stay_high = M_LN2 * high;
	e->stay_factor = mean / pow(mean + window, 1 - net->heed) /
			 pow((mean + kernel) / net->usual_recency, net->heed);
	*ret_doubt = (struct doubt){moves * log(mean / low), moves * log(high / mean),
		moves * stays->slope * prior / days};
}

void stay_find(struct counts *c, const struct settings *s, struct stays *ret_stays,
	struct doubt *ret_doubt)
{
	struct hazards h = {.c = c, .step = c->n / LOOKED_AT + 1};
	struct quantiles q = {0};
	double gone = 0, all = 0, up = 0;

	for (size_t i = 0; i < c->n; i++)
		gone += c->entry[i].gone;
	*ret_stays = (struct stays){.known = gone >= FEW_GONE};
	for (size_t i = 0; i < c->n; i++)
		c->entry[i].stay_factor = 1;
	if (!ret_stays->known)
		return;
	fit_hazards(&h);
	ret_stays->shape = exp(h.ln_shape);
	ret_stays->days = ret_stays->shape * exp(h.ln_mean);
	ret_stays->slope = h.slope;
	for (size_t i = 0; i < c->n; i++) {
		find_one(c, i, s, ret_stays, &q, &ret_doubt[i]);
		all += c->entry[i].counted;
		up += c->entry[i].counted * c->entry[i].stay_factor;
	}
	for (size_t i = 0; i < c->n && up > 0; i++)
		c->entry[i].stay_factor *= all / up;
}

/* A notice without an end to it: nothing came back in time, or that they will not act, or that
 * nobody is there to read it. */
static bool is_silent(const struct rank_notice *n)
{
	return n->answer == RANK_SILENT || n->answer == RANK_RECEIPT || n->answer == RANK_REFUSED ||
	       n->answer == RANK_BOUNCED;
}

/*
 * The share of notices that end in silence is Beta(4 m, 4 (1 - m)) over networks, m being the share
 * over all (with one of each beside); the factor is 1 + share over 1 + m: a network that never
 * answers weighs at most twice one that always does.
 */
int silence_find(struct counts *c, const struct rank_world *w, const struct settings *s,
	double *ret_share, double *spread)
{
	uint32_t *sent = calloc(2 * w->networks + 2, sizeof *sent);
	double silent = 1, all = 2;

	if (!sent)
		return -ENOMEM;
	for (size_t i = 0; i < w->notices; i++) {
		const struct rank_notice *n = &w->notice[i];

		if (n->network >= w->networks || n->day > s->day ||
			n->day <= s->day - 4 * s->window ||
			(n->answer == RANK_SILENT && n->day + RANK_PATIENCE > s->day))
			continue;
		sent[2 * n->network]++;
		sent[2 * n->network + 1] += is_silent(n);
		silent += is_silent(n);
		all++;
	}
	double mean = silent / all;

	for (size_t i = 0; i < c->n; i++) {
		struct rank_entry *e = &c->entry[i];

		e->notices = sent[2 * e->network];
		e->silent = sent[2 * e->network + 1];
		double share = (4 * mean + e->silent) / (4 + e->notices);

		e->silence_factor = e->notices ? (1 + share) / (1 + mean) : 1;
		spread[i] = e->notices ? share * (1 - share) / (5 + e->notices) /
						 ((1 + share) * (1 + share))
				       : 0;
	}
	*ret_share = mean;
	free(sent);
	return 0;
}
