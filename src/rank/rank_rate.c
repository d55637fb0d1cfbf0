/*
 * The rate of each network on a grid. A count y of a stream is negative binomial given the rate r:
 * mean m = r * scale * size^exponent, size a (the stream's agreement), so
 *
 *	ln p = y ln(m / (a + m)) + a ln(a / (a + m)) + terms without r
 *
 * and both logarithms hang on the network's size alone: they are made once for each bin of size.
 *
 * But a stream may be astray about a network, with a probability that is learned: then it says
 *nothing though there is something, or anything at all, as likely ten as a hundred times more. So
 *what one stream says can be disbelieved as a whole when the others do not bear it out, however
 *much it is.
 */
#include "rank/rank_work.h"
#include "rank/special.h"

#include "base/pool.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOWEST -14.0 /* ln of the first rate; the last is about e^11.4 */
#define STEP   0.2

#define OCTAVES                                                                                    \
	14.0 /* ln of 10^6: the counts of a stream that is astray are even in their ln up to there \
	      */

#define LOST     37 /* e^-37 of a sum is beyond what a double holds */
#define TOGETHER 8  /* factors that are multiplied before a logarithm; each is over 10^-30 */

double rank_grid(size_t i)
{
	return exp(LOWEST + STEP * (double)i);
}

void rate_table_stream(struct rate_table *t, const struct counts *c, size_t stream)
{
	const struct rank_stream *s = &c->stream[stream];
	const double ln_agreement = log(s->agreement), ln_scale = log(s->scale);

	for (size_t b = 0; b < BINS; b++) {
		if (!t->used[b])
			continue;
		double ln_e = ln_scale + s->exponent * bin_ln_size(b), e = exp(ln_e);
		double *nothing = t->nothing[stream] + b * RANK_GRID;
		double *more = t->more[stream] + b * RANK_GRID;
		double *pure = t->pure[stream] + b * RANK_GRID;

		for (size_t g = 0; g < RANK_GRID; g++) {
			double ln_am = log(s->agreement + e * t->rate[g]);

			pure[g] = s->agreement * (ln_agreement - ln_am);
			nothing[g] = (1 - s->astray / 2) * exp(pure[g]) + s->astray / 2;
			more[g] = ln_e + LOWEST + STEP * (double)g - ln_am;
		}
	}
}

/* Of a product: no factor is under half of the least that a stream is astray. */
void rate_table_zero(struct rate_table *t, const struct counts *c)
{
	for (size_t at = 0; at < (size_t)BINS * RANK_GRID; at++) {
		double all = 1;

		if (!t->used[at / RANK_GRID])
			continue;
		for (size_t i = 0; i < c->streams; i++)
			all *= t->nothing[i][at];
		t->zero[at] = log(all);
	}
}

int rate_table_make(const struct counts *c, struct rate_table *ret_table)
{
	struct rate_table t = {.zero = calloc((size_t)BINS * RANK_GRID, sizeof *t.zero)};
	int rc = t.zero ? 0 : -ENOMEM;

	for (size_t b = 0; b < BINS; b++)
		t.used[b] = c->all[b] > 0;
	for (size_t g = 0; g < RANK_GRID; g++)
		t.rate[g] = rank_grid(g);
	for (size_t s = 0; s < c->streams && rc == 0; s++) {
		t.more[s] = calloc((size_t)BINS * RANK_GRID, sizeof *t.zero);
		t.nothing[s] = calloc((size_t)BINS * RANK_GRID, sizeof *t.zero);
		t.pure[s] = calloc((size_t)BINS * RANK_GRID, sizeof *t.zero);
		if (!t.more[s] || !t.nothing[s] || !t.pure[s])
			rc = -ENOMEM;
	}
	if (rc < 0)
		rate_table_done(&t);
	else
		*ret_table = t;
	return rc;
}

static void levels_free(struct rate_table *t);

void rate_table_done(struct rate_table *t)
{
	levels_free(t);
	for (size_t s = 0; s < RANK_STREAMS; s++) {
		free(t->more[s]);
		free(t->nothing[s]);
		free(t->pure[s]);
	}
	free(t->zero);
	*t = (struct rate_table){0};
}

double rate_astray(const struct rank_stream *s, double y)
{
	return s->astray * s->named / (OCTAVES * (y + 1));
}

double rate_terms(const struct rank_stream *s, double y)
{
	return special_ln_gamma(y + s->agreement) - special_ln_gamma(s->agreement) -
	       special_ln_gamma(y + 1);
}

void rate_cell(const struct counts *c, const struct rate_table *t, const struct cell *y, size_t bin,
	double product[RANK_GRID])
{
	const struct rank_stream *s = &c->stream[y->stream];
	const double *more = t->more[y->stream] + bin * RANK_GRID;
	const double *pure = t->pure[y->stream] + bin * RANK_GRID;
	const double *nothing = t->nothing[y->stream] + bin * RANK_GRID;
	double terms = rate_terms(s, y->y) + log1p(-s->astray / 2);
	double astray = rate_astray(s, y->y), lost = log(astray) - LOST;

	for (size_t g = 0; g < RANK_GRID; g++) {
		double right = terms + pure[g] + y->y * more[g];

		product[g] *= (astray + (right > lost ? exp(right) : 0)) / nothing[g];
	}
}

void rate_likelihood_exact(const struct counts *c, const struct rate_table *t,
	const struct seen_network *net, double ret_ln[RANK_GRID])
{
	double product[RANK_GRID];

	memcpy(ret_ln, t->zero + net->bin * (size_t)RANK_GRID, RANK_GRID * sizeof *ret_ln);
	for (uint32_t j = 0; j < net->cells;) {
		for (size_t g = 0; g < RANK_GRID; g++)
			product[g] = 1;
		for (uint32_t end = j + TOGETHER; j < net->cells && j < end; j++)
			rate_cell(c, t, &c->cell[net->first_cell + j], net->bin, product);
		for (size_t g = 0; g < RANK_GRID; g++)
			ret_ln[g] += log(product[g]);
	}
}

/*
 * Many networks of a size have about the same counts. What the negative binomial says for a count y
 * is linear in y in its logarithm, but for a term without the rate; so the likelihoods of few
 * counts, each three tenths more than the last, are enough: between them the logarithm is a mean of
 * two. It is bent only where the stream may be astray, and little there.
 */
#define LEVELS      88
#define FIRST_LEVEL 0.1
#define NEXT_LEVEL  1.3

struct level {
	float ln[RANK_GRID]; /* less the greatest */
	double most;
};

struct rate_levels {
	uint32_t *at;  /* at[streams][BINS][LEVELS]: 1 + number; 0: not needed */
	uint32_t *key; /* key[n]: place in `at` */
	double count[LEVELS];
	struct level *level;
	size_t n;
};

uint16_t rate_level(double y)
{
	double k = log(y / FIRST_LEVEL) / log(NEXT_LEVEL);

	return k < 0 ? 0 : k < LEVELS - 2 ? (uint16_t)k : LEVELS - 2;
}

static size_t level_at(size_t stream, size_t bin, size_t level)
{
	return ((size_t)stream * BINS + bin) * LEVELS + level;
}

static void levels_free(struct rate_table *t)
{
	if (t->levels) {
		free(t->levels->at);
		free(t->levels->key);
		free(t->levels->level);
		free(t->levels);
	}
	t->levels = NULL;
}

/* Numbers those that are needed. */
static int mark_levels(struct rate_levels *l, const struct counts *c)
{
	size_t all = c->streams * BINS * LEVELS;

	for (size_t k = 0; k < LEVELS; k++)
		l->count[k] = FIRST_LEVEL * pow(NEXT_LEVEL, (double)k);
	l->at = calloc(all + 1, sizeof *l->at);
	if (!l->at)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i++) {
		for (uint32_t j = 0; j < c->seen[i].cells; j++) {
			const struct cell *y = &c->cell[c->seen[i].first_cell + j];
			uint32_t *at = l->at + level_at(y->stream, c->seen[i].bin, y->level);

			at[0] = at[1] = 1;
		}
	}
	for (size_t i = 0; i < all; i++)
		l->n += l->at[i];
	l->key = malloc((l->n + 1) * sizeof *l->key);
	l->level = malloc((l->n + 1) * sizeof *l->level);
	if (!l->key || !l->level)
		return -ENOMEM;
	for (size_t i = 0, n = 0; i < all; i++) {
		if (!l->at[i])
			continue;
		l->key[n] = (uint32_t)i;
		l->at[i] = (uint32_t)++n;
	}
	return 0;
}

struct making {
	const struct counts *c;
	struct rate_table *t;
};

static void make_levels(void *context, unsigned worker, size_t from, size_t to)
{
	const struct making *m = context;
	struct rate_levels *l = m->t->levels;

	(void)worker;
	for (size_t i = from; i < to; i++) {
		size_t at = l->key[i] / LEVELS, bin = at % BINS;
		const struct cell y = {
			.stream = (uint16_t)(at / BINS), .y = l->count[l->key[i] % LEVELS]};
		double product[RANK_GRID], most = 0;

		for (size_t g = 0; g < RANK_GRID; g++)
			product[g] = 1;
		rate_cell(m->c, m->t, &y, bin, product);
		for (size_t g = 0; g < RANK_GRID; g++)
			most = product[g] > most ? product[g] : most;
		l->level[i].most = log(most);
		for (size_t g = 0; g < RANK_GRID; g++)
			l->level[i].ln[g] = (float)(log(product[g]) - l->level[i].most);
	}
}

int rate_levels_make(struct rate_table *t, const struct counts *c, unsigned threads)
{
	struct making m = {c, t};
	struct pool_loop loop = {&m, make_levels};

	levels_free(t);
	t->levels = calloc(1, sizeof *t->levels);
	int rc = t->levels ? mark_levels(t->levels, c) : -ENOMEM;

	if (rc == 0)
		rc = pool_run_loop(&loop, t->levels->n, 256, threads);
	if (rc < 0)
		levels_free(t);
	return rc;
}

static void add_levels(
	float *restrict to, const float *restrict low, const float *restrict high, float a, float b)
{
	for (size_t g = 0; g < RANK_GRID; g++)
		to[g] += a * low[g] + b * high[g];
}

void rate_likelihood(const struct counts *c, const struct rate_table *t,
	const struct seen_network *net, double ret_ln[RANK_GRID])
{
	const struct rate_levels *l = t->levels;
	const double *zero = t->zero + net->bin * (size_t)RANK_GRID;
	float ln[RANK_GRID] = {0};
	double most = 0;

	for (uint32_t j = 0; j < net->cells; j++) {
		const struct cell *y = &c->cell[net->first_cell + j];
		const uint32_t *at = l->at + level_at(y->stream, net->bin, y->level);
		const struct level *low = &l->level[at[0] - 1], *high = &l->level[at[1] - 1];
		double b = (y->y / l->count[y->level] - 1) / (NEXT_LEVEL - 1), a = 1 - b;

		most += a * low->most + b * high->most;
		add_levels(ln, low->ln, high->ln, (float)a, (float)b);
	}
	for (size_t g = 0; g < RANK_GRID; g++)
		ret_ln[g] = zero[g] + most + (double)ln[g];
}

/* The rate below which `share` of the probability p is; each point stands for a step around it. */
static double quantile(const double p[RANK_GRID], double share)
{
	double below = 0;

	for (size_t g = 0; g < RANK_GRID; g++) {
		if (below + p[g] >= share)
			return exp(LOWEST +
				   STEP * ((double)g - 0.5 + (share - below) / fmax(p[g], 1e-300)));
		below += p[g];
	}
	return rank_grid(RANK_GRID - 1);
}

void rate_unseen(const struct counts *c, const struct rate_table *t,
	const double prior[RANK_CLASSES][RANK_GRID], double ret_mean[BINS])
{
	for (size_t b = 0; b < BINS; b++) {
		double sum = 0, mean = 0;

		for (size_t g = 0; g < RANK_GRID && t->used[b]; g++) {
			double p = prior[bin_class(b)][g] * exp(t->zero[b * RANK_GRID + g]);

			sum += p;
			mean += p * rank_grid(g);
		}
		ret_mean[b] = 0;
		for (size_t s = 0; s < c->streams && sum > 0; s++)
			ret_mean[b] += mean / sum * c->stream[s].scale *
				       exp(c->stream[s].exponent * bin_ln_size(b));
	}
}

struct finding {
	struct counts *c;
	const struct rate_table *t;
	double ln_prior[RANK_CLASSES][RANK_GRID];
	double over[RANK_GRID]; /* ln of rates over the usual one */
	double usual;
};

static void find_one(const struct finding *f, size_t i)
{
	const struct counts *c = f->c;
	struct seen_network *net = &c->seen[i];
	struct rank_entry *e = &c->entry[i];
	double ln[RANK_GRID], p[RANK_GRID], most = -INFINITY, sum = 0, mean = 0, ln_mean = 0;

	const double *prior = f->ln_prior[bin_class(net->bin)];

	rate_likelihood(c, f->t, net, ln);
	for (size_t g = 0; g < RANK_GRID; g++) {
		ln[g] += prior[g];
		most = ln[g] > most ? ln[g] : most;
	}
	for (size_t g = 0; g < RANK_GRID; g++)
		sum += p[g] = ln[g] > most - LOST ? exp(ln[g] - most) : 0;
	for (size_t g = 0; g < RANK_GRID; g++) {
		p[g] /= sum;
		mean += p[g] * f->t->rate[g];
		ln_mean += p[g] * f->over[g];
	}
	net->ln_rate = ln_mean;
	e->rate = quantile(p, 0.5) / f->usual;
	e->rate_low = quantile(p, (1 - RANK_SURE) / 2) / f->usual;
	e->rate_high = quantile(p, (1 + RANK_SURE) / 2) / f->usual;
	e->rate_mean = mean / f->usual;
	e->expected = e->counted = 0;
	for (size_t s = 0; s < c->streams; s++)
		e->expected += f->usual * c->stream[s].scale *
			       exp(c->stream[s].exponent * bin_ln_size(net->bin));
	for (uint32_t j = 0; j < net->cells; j++)
		e->counted += c->cell[net->first_cell + j].y;
}

static void find_run(void *context, unsigned worker, size_t from, size_t to)
{
	(void)worker;
	for (size_t i = from; i < to; i++)
		find_one(context, i);
}

int rate_find(struct counts *c, const struct rate_table *t,
	const double prior[RANK_CLASSES][RANK_GRID], double usual, unsigned threads)
{
	struct finding f = {.c = c, .t = t, .usual = usual};
	struct pool_loop loop = {&f, find_run};

	for (size_t g = 0; g < RANK_GRID; g++)
		f.over[g] = fmax(LOWEST + STEP * (double)g - log(usual), 0);
	for (size_t k = 0; k < RANK_CLASSES; k++)
		for (size_t g = 0; g < RANK_GRID; g++)
			f.ln_prior[k][g] = log(prior[k][g]);
	return pool_run_loop(&loop, c->n, 256, threads);
}
