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

#define LOOKED_AT 4000 /* networks, for the hazards */
#define FEW_GONE  20   /* fewer than so many say nothing about how long hosts stay */

struct hazards {
	const struct counts *c;
	double ln_mean, best_mean;
	size_t step;
};

static double try_shape(void *context, double ln_shape)
{
	const struct hazards *h = context;
	double shape = exp(ln_shape), days = shape * exp(h->ln_mean);
	double ln = -(ln_shape - 1) * (ln_shape - 1) / 2;
	double ln_gamma = special_ln_gamma(shape), ln_days = shape * log(days);

	for (size_t i = 0; i < h->c->n; i += h->step) {
		double gone = h->c->entry[i].gone;

		ln += (gone > 0 ? special_ln_gamma(shape + gone) - ln_gamma : 0) + ln_days -
		      (shape + gone) * log(days + h->c->seen[i].at_risk);
	}
	return ln;
}

static double try_mean(void *context, double ln_mean)
{
	struct hazards *h = context;

	h->ln_mean = ln_mean;
	return try_shape(h, fit_best(try_shape, h, -1.5, 6, 12));
}

void stay_find(
	struct counts *c, const struct settings *s, struct stays *ret_stays, double *ret_spread)
{
	struct hazards h = {.c = c, .step = c->n / LOOKED_AT + 1};
	const double kernel = s->half_life / M_LN2, tail = (1 - RANK_SURE) / 2;
	double gone = 0;

	for (size_t i = 0; i < c->n; i++)
		gone += c->entry[i].gone;
	*ret_stays = (struct stays){.known = gone >= FEW_GONE};
	if (ret_stays->known) {
		h.ln_mean = fit_best(try_mean, &h, -1, 9, 14);
		ret_stays->shape = exp(fit_best(try_shape, &h, -1.5, 6, 14));
		ret_stays->days = ret_stays->shape * exp(h.ln_mean);
	}
	double all = 0, up = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct rank_entry *e = &c->entry[i];
		double shape = ret_stays->shape + e->gone;
		double days = ret_stays->days + c->seen[i].at_risk, mean = days / shape;

		e->stay_factor = 1;
		ret_spread[i] = 0;
		if (!ret_stays->known)
			continue;
		e->stay = M_LN2 * mean;
		e->stay_low = M_LN2 * days / special_gamma_quantile(shape, 1 - tail);
		e->stay_high = M_LN2 * days / special_gamma_quantile(shape, tail);
		e->stay_factor = mean / (mean + kernel);
		ret_spread[i] = special_trigamma(shape) * pow(kernel / (mean + kernel), 2);
		all += e->counted;
		up += e->counted * e->stay_factor;
	}
	for (size_t i = 0; i < c->n && ret_stays->known && up > 0; i++)
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
