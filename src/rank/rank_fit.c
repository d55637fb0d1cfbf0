/*
 * What is learned from the counts, by maximum likelihood.
 *
 * 1. Of each stream by itself: how much it sees of a network of a size, scale * size^exponent. The
 *    counts are negative binomial about it, and the scale is such that the sum comes out; so only
 * the exponent and the dispersion are sought. Proportional to the size unless the data say
 * otherwise: a normal prior of 1 +- 0.5 stands on the exponent.
 * 2. Of all together: the prior of rates, and of each stream its agreement, which is the size of
 * the negative binomial of its counts given the rate, and how often it is astray. ln agreement has
 * a normal prior about 0 +- 1. First the prior is a Gamma, whose shape is sought; then it is let
 * free on the grid and fitted by EM with a little smoothing at each step (Silverman, Jones, Wilson
 * and Nychka 1990), for rogue networks make a tail that no Gamma has.
 *
 * Networks without a sighting are counted by their size. Of those with one, at most SAMPLE are
 * looked at here, evenly over their numbers, each standing for several.
 */
#include "rank/rank_work.h"
#include "rank/special.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_EM 8000 /* for the prior */
#define ROUNDS    2
#define EM_STEPS  60
#define TRUST     10.0  /* the first prior counts as so many networks beside those that there are */
#define LEAN      50.0  /* and all networks as so many beside those of a class of size */
#define FAINT     1e-18 /* of a likelihood: nothing */
#define ROGUES    0.01  /* share of networks that are, before any is seen */

double fit_best(
	double (*f)(void *context, double x), void *context, double low, double high, int steps)
{
	const double golden = 0.618033988749894848;
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double fa = f(context, a), fb = f(context, b);

	while (steps-- > 0) {
		if (fa >= fb) {
			high = b, b = a, fb = fa;
			a = high - golden * (high - low);
			fa = f(context, a);
		} else {
			low = a, a = b, fa = fb;
			b = low + golden * (high - low);
			fb = f(context, b);
		}
	}
	return fa >= fb ? a : b;
}

/* One stream by itself: sums by size, and a sample of its counts. */
struct alone {
	const double *all;
	double sum[BINS], total;
	double y[SAMPLE], stands_for;
	size_t n;
	double ln_k, exponent; /* of the trial; the exponent that was best for it */
	double ln_scale;
};

static double ln_scale_for(const struct alone *s, double exponent)
{
	double sum = 0;

	for (size_t b = 0; b < BINS; b++)
		if (s->all[b] > 0)
			sum += s->all[b] * exp(exponent * bin_ln_size(b));
	return log(s->total / sum);
}

static double try_exponent(void *context, double exponent)
{
	struct alone *s = context;
	double k = exp(s->ln_k), a = ln_scale_for(s, exponent);
	double ln = -(exponent - 1) * (exponent - 1) / (2 * 0.25);

	for (size_t b = 0; b < BINS; b++) {
		if (!(s->all[b] > 0))
			continue;
		double ln_e = a + exponent * bin_ln_size(b), e = exp(ln_e);

		ln += s->sum[b] * (ln_e - log(k + e)) - s->all[b] * k * log1p(e / k);
	}
	return ln;
}

static double try_dispersion(void *context, double ln_k)
{
	struct alone *s = context;
	double k = exp(ln_k), ln = 0;

	s->ln_k = ln_k;
	s->exponent = fit_best(try_exponent, s, -0.25, 1.5, 12);
	for (size_t i = 0; i < s->n; i++)
		ln += special_ln_gamma(s->y[i] + k) - special_ln_gamma(k);
	return ln * s->stands_for + try_exponent(s, s->exponent);
}

static void fit_alone(struct counts *c, size_t stream, struct alone *s)
{
	size_t having = 0, k = 0;

	*s = (struct alone){.all = c->all};
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *y = c->cell + c->seen[i].first_cell;

		for (uint32_t j = 0; j < c->seen[i].cells; j++) {
			if (y[j].stream != stream)
				continue;
			s->sum[c->seen[i].bin] += y[j].y;
			s->total += y[j].y;
			having++;
		}
	}
	size_t step = having / SAMPLE + 1;
	double networks = 0;

	for (size_t b = 0; b < BINS; b++)
		networks += c->all[b];
	c->stream[stream].named = ((double)having + 1) / (networks + 1);
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *y = c->cell + c->seen[i].first_cell;

		for (uint32_t j = 0; j < c->seen[i].cells; j++)
			if (y[j].stream == stream && k++ % step == 0)
				s->y[s->n++] = y[j].y;
	}
	s->stands_for = s->n ? (double)having / (double)s->n : 0;
	if (!(s->total > 0)) {
		c->stream[stream].scale = NEGLIGIBLE;
		c->stream[stream].exponent = 1;
		return;
	}
	s->ln_k = fit_best(try_dispersion, s, -9, 4, 14);
	try_dispersion(s, s->ln_k);
	c->stream[stream].exponent = s->exponent;
	c->stream[stream].scale = exp(ln_scale_for(s, s->exponent));
}

/* All together. */
struct together {
	struct counts *c;
	struct rate_table *t;
	double prior[RANK_CLASSES][RANK_GRID];
	double all[RANK_GRID];        /* of all classes */
	bool several;                 /* sources, that can be compared */
	double *row;                  /* row[n][RANK_GRID]: likelihoods, the greatest 1 */
	double weight[SAMPLE + BINS]; /* networks that each stands for */
	size_t n;
};

/* ln of a sum over the grid. */
static double ln_sum(const double prior[RANK_GRID], const double ln[RANK_GRID])
{
	double most = -INFINITY, sum = 0;

	for (size_t g = 0; g < RANK_GRID; g++)
		most = ln[g] > most ? ln[g] : most;
	for (size_t g = 0; g < RANK_GRID; g++)
		if (ln[g] > most - 50)
			sum += prior[g] * exp(ln[g] - most);
	return most + log(fmax(sum, 1e-300));
}

static double likelihood(const struct together *x, size_t sample)
{
	const struct counts *c = x->c;
	size_t step = c->n / sample + 1, taken = 0;
	double ln = 0, seen = 0, row[RANK_GRID];

	for (size_t i = 0; i < c->n; i += step, taken++) {
		rate_likelihood_exact(c, x->t, &c->seen[i], row);
		seen += ln_sum(x->prior[bin_class(c->seen[i].bin)], row);
	}
	if (taken)
		ln += seen * (double)c->n / (double)taken;
	for (size_t b = 0; b < BINS; b++)
		if (c->unseen[b] > 0)
			ln += c->unseen[b] *
			      ln_sum(x->prior[bin_class(b)], x->t->zero + b * RANK_GRID);
	return ln;
}

/* A Gamma of this shape and mean 1 on the grid. */
static void gamma_prior(double shape, double ret[RANK_GRID])
{
	double below = 0;

	for (size_t g = 0; g < RANK_GRID; g++) {
		double edge = g + 1 < RANK_GRID ? sqrt(rank_grid(g) * rank_grid(g + 1)) : INFINITY;
		double p = special_gamma_p(shape, shape * edge);

		ret[g] = fmax(p - below, 1e-15);
		below = p;
	}
}

/* The likelihood of a shape, but for what is the same for all: the rows stay, the prior moves. */
static double try_shape(void *context, double ln_shape)
{
	struct together *x = context;
	double ln = 0;

	gamma_prior(exp(ln_shape), x->all);
	for (size_t i = 0; i < x->n; i++) {
		const double *row = x->row + i * RANK_GRID;
		double sum = 0;

		for (size_t g = 0; g < RANK_GRID; g++)
			sum += x->all[g] * row[g];
		ln += x->weight[i] * log(fmax(sum, 1e-300));
	}
	return ln;
}

/* A row of likelihoods, the greatest 1. */
static void scale_row(const double ln[RANK_GRID], double *row)
{
	double most = -INFINITY;

	for (size_t g = 0; g < RANK_GRID; g++)
		most = ln[g] > most ? ln[g] : most;
	for (size_t g = 0; g < RANK_GRID; g++)
		row[g] = exp(ln[g] - most);
}

/* No Gamma has a tail like that of the networks that are rented out for abuse (FIRE, Shue et al.):
 * a hundredth of all, evenly up to a thousand times the usual in the logarithm, until the data say
 * otherwise. */
static void add_rogues(double prior[RANK_GRID])
{
	size_t rogue = 0;

	for (size_t g = 0; g < RANK_GRID; g++)
		rogue += rank_grid(g) > 1 && rank_grid(g) < 1000;
	for (size_t g = 0; g < RANK_GRID; g++)
		prior[g] = (1 - ROGUES) * prior[g] +
			   (rank_grid(g) > 1 && rank_grid(g) < 1000 ? ROGUES / (double)rogue : 0);
}

/* A Gamma for all classes alike, of the shape that is most likely. */
static int fit_shape(struct together *x)
{
	const struct counts *c = x->c;
	size_t step = c->n / SAMPLE + 1, seen;
	double ln[RANK_GRID];

	x->n = 0;
	x->row = malloc((SAMPLE + BINS) * RANK_GRID * sizeof *x->row);
	if (!x->row)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i += step) {
		rate_likelihood(c, x->t, &c->seen[i], ln);
		scale_row(ln, x->row + x->n++ * RANK_GRID);
	}
	seen = x->n;
	for (size_t i = 0; i < seen; i++)
		x->weight[i] = (double)c->n / (double)seen;
	for (size_t b = 0; b < BINS; b++) {
		if (!(c->unseen[b] > 0))
			continue;
		x->weight[x->n] = c->unseen[b];
		scale_row(x->t->zero + b * RANK_GRID, x->row + x->n++ * RANK_GRID);
	}
	try_shape(x, fit_best(try_shape, x, -9, 3, 10));
	add_rogues(x->all);
	for (size_t k = 0; k < RANK_CLASSES; k++)
		memcpy(x->prior[k], x->all, sizeof x->all);
	free(x->row);
	return 0;
}

/* With one source in all nobody can be agreed with: what is ranked then is what it says. */
static bool compare_sources(struct counts *c)
{
	for (size_t s = 1; s < c->streams; s++)
		if (c->stream[s].source != c->stream[0].source)
			return true;
	for (size_t s = 0; s < c->streams; s++) {
		c->stream[s].astray = 0.001;
		c->stream[s].agreement = 20;
	}
	return false;
}

/* Smoothed a little, and summing to 1. */
static void settle_prior(const double next[RANK_GRID], double prior[RANK_GRID])
{
	double sum = 0;

	for (size_t g = 0; g < RANK_GRID; g++)
		sum += next[g];
	for (size_t g = 0; g < RANK_GRID; g++) {
		double left = next[g ? g - 1 : 0];
		double right = next[g + 1 < RANK_GRID ? g + 1 : g];

		prior[g] = fmax((0.1 * left + 0.8 * next[g] + 0.1 * right) / sum, 1e-15);
	}
}

/* What was seen of a network, or of all unseen ones of a size: how likely it is for each rate, the
 * greatest 1; nothing outside of from .. to - 1. */
struct row {
	double p[RANK_GRID], weight;
	size_t class, from, to;
};

struct rows {
	struct row *row;
	size_t n;
};

/* A step: what share of networks is about each rate, given what was seen of them. Each class leans
 * on all of them together, and they on the Gamma. */
static void em_step(struct together *x, const struct rows *r, const double gamma[RANK_GRID])
{
	double next[RANK_CLASSES][RANK_GRID], pooled[RANK_GRID];

	for (size_t g = 0; g < RANK_GRID; g++)
		pooled[g] = TRUST * gamma[g];
	for (size_t k = 0; k < RANK_CLASSES; k++)
		for (size_t g = 0; g < RANK_GRID; g++)
			next[k][g] = LEAN * x->all[g];
	for (size_t i = 0; i < r->n; i++) {
		const struct row *row = &r->row[i];
		double *prior = x->prior[row->class], *to = next[row->class], all = 0;

		for (size_t g = row->from; g < row->to; g++)
			all += prior[g] * row->p[g];
		if (!(all > 1e-300))
			continue;
		for (size_t g = row->from; g < row->to; g++)
			to[g] += row->weight / all * prior[g] * row->p[g];
	}
	for (size_t k = 0; k < RANK_CLASSES; k++)
		for (size_t g = 0; g < RANK_GRID; g++)
			pooled[g] += next[k][g] - LEAN * x->all[g];
	settle_prior(pooled, x->all);
	for (size_t k = 0; k < RANK_CLASSES; k++)
		settle_prior(next[k], x->prior[k]);
}

static void put_row(struct rows *r, const double ln[RANK_GRID], double weight, size_t bin)
{
	struct row *row = &r->row[r->n++];

	scale_row(ln, row->p);
	row->weight = weight;
	row->class = bin_class(bin);
	for (row->from = 0; row->p[row->from] < FAINT; row->from++)
		;
	for (row->to = RANK_GRID; row->p[row->to - 1] < FAINT; row->to--)
		;
}

/* Starts from the prior that is there, and leans on it. */
static int fit_prior(struct together *x, int steps)
{
	const struct counts *c = x->c;
	size_t step = c->n / SAMPLE_EM + 1, taken = (c->n + step - 1) / step;
	struct rows r = {.row = malloc((taken + BINS) * sizeof *r.row)};
	double gamma[RANK_GRID], ln[RANK_GRID];

	if (!r.row)
		return -ENOMEM;
	memcpy(gamma, x->all, sizeof gamma);
	for (size_t i = 0; i < c->n; i += step) {
		rate_likelihood(c, x->t, &c->seen[i], ln);
		put_row(&r, ln, (double)c->n / (double)taken, c->seen[i].bin);
	}
	for (size_t b = 0; b < BINS; b++)
		if (c->unseen[b] > 0)
			put_row(&r, x->t->zero + b * RANK_GRID, c->unseen[b], b);
	for (int i = 0; i < steps; i++)
		em_step(x, &r, gamma);
	free(r.row);
	return 0;
}

int fit_rates(struct counts *c, struct rate_table *t, unsigned threads,
	double ret_prior[RANK_CLASSES][RANK_GRID], double *ret_usual, double *ret_ln_likelihood)
{
	struct together x = {.c = c, .t = t};
	struct alone *alone = malloc(sizeof *alone);
	int rc = 0;

	if (!alone)
		return -ENOMEM;
	for (size_t s = 0; s < c->streams; s++) {
		fit_alone(c, s, alone);
		c->stream[s].agreement = 1;
		c->stream[s].astray = 0.1;
	}
	x.several = compare_sources(c);
	for (size_t s = 0; s < c->streams; s++)
		rate_table_stream(t, c, s);
	rate_table_zero(t, c);
	free(alone);
	rc = rate_levels_make(t, c, threads);
	for (int round = 0; round < ROUNDS && rc == 0; round++) {
		rc = fit_shape(&x);
		if (rc == 0)
			rc = fit_prior(&x, EM_STEPS / 2); /* streams are not known yet */
		if (rc == 0)
			rc = fit_among(c, t, (const double(*)[RANK_GRID])x.prior, x.several,
				round + 1 < ROUNDS ? SAMPLE / 2 : SAMPLE);
		if (rc == 0)
			rc = rate_levels_make(t, c, threads);
	}
	if (rc == 0)
		rc = fit_prior(&x, EM_STEPS);
	if (rc < 0)
		return rc;
	*ret_ln_likelihood = likelihood(&x, SAMPLE);
	memcpy(ret_prior, x.prior, sizeof x.prior);
	*ret_usual = 0;
	for (size_t g = 0; g < RANK_GRID; g++)
		*ret_usual += x.all[g] * rank_grid(g);
	return 0;
}
