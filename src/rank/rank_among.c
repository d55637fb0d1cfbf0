/*
 * What is learned of a stream among the others. While one stream is tried, what the others say of a
 * network stays: the prior times their likelihoods is made once for each network of a sample, and
 * for what is not seen once for each size. What is left of the objective is a sum over the grid,
 *
 *	ln sum(base[g] * (astray + (1 - share astray) N[g]))
 *
 * with N the negative binomial of that stream's count: of a network of which it says nothing N is
 * that of the size, and for astray, which N does not hang on, two sums for each network are all.
 * Points of the grid that have no weight are left out.
 */
#include "rank/rank_work.h"
#include "rank/special.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAINT                                                                                      \
	1e-18 /* of the greatest: with factors of 10^-9, as often as a stream is astray, and more  \
		  it is lost in the sum */

/* A network of the sample, or all unseen ones of a size. */
struct held {
	double weight;   /* networks that it stands for */
	double base_sum; /* of base */
	double right;    /* sum of base times N, for the stream as it is tried */
	double y;        /* incidents of the stream; below 0: none */
	size_t bin;
	size_t from, to;      /* where base is not nothing */
	double ln[RANK_GRID]; /* likelihood of all streams */
	double base[RANK_GRID];
};

struct among {
	struct counts *c;
	struct rate_table *t;
	const double (*prior)[RANK_GRID];
	struct held *held;
	size_t n, seen, step; /* the first `seen` are networks of the sample */
	size_t stream;
	double exponent, scale;       /* its, before they are moved */
	double usual_exponent;        /* of all streams */
	double none[BINS][RANK_GRID]; /* N of nothing */
};

static const struct cell *cell_of(const struct among *x, size_t i)
{
	if (i >= x->seen)
		return NULL;
	const struct seen_network *net = &x->c->seen[i * x->step];

	for (uint32_t j = 0; j < net->cells; j++)
		if (x->c->cell[net->first_cell + j].stream == x->stream)
			return &x->c->cell[net->first_cell + j];
	return NULL;
}

/* ln of what the stream says of it, taken from or put to that of all. */
static void put_stream(struct among *x, size_t i, double sign)
{
	struct held *h = &x->held[i];
	const struct cell *y = cell_of(x, i);
	const double *nothing = x->t->nothing[x->stream] + h->bin * RANK_GRID;
	double says[RANK_GRID];

	memcpy(says, nothing, sizeof says);
	if (y)
		rate_cell(x->c, x->t, y, h->bin, says);
	for (size_t g = 0; g < RANK_GRID; g++)
		h->ln[g] += sign * log(says[g]);
}

static void hold(struct among *x, size_t i)
{
	struct held *h = &x->held[i];
	const double *prior = x->prior[bin_class(h->bin)];
	const struct cell *y = cell_of(x, i);
	double most = -INFINITY, greatest = 0;

	put_stream(x, i, -1);
	for (size_t g = 0; g < RANK_GRID; g++)
		most = h->ln[g] > most ? h->ln[g] : most;
	for (size_t g = 0; g < RANK_GRID; g++) {
		h->base[g] = prior[g] * exp(h->ln[g] - most);
		greatest = h->base[g] > greatest ? h->base[g] : greatest;
	}
	for (h->from = 0; h->base[h->from] < greatest * FAINT; h->from++)
		;
	for (h->to = RANK_GRID; h->base[h->to - 1] < greatest * FAINT; h->to--)
		;
	h->base_sum = 0;
	for (size_t g = h->from; g < h->to; g++)
		h->base_sum += h->base[g];
	h->y = y ? y->y : -1;
}

/* Sums of the stream as it is tried: all but astray. */
static void sum_right(struct among *x)
{
	const struct rank_stream *s = &x->c->stream[x->stream];
	const double *more = x->t->more[x->stream], *pure = x->t->pure[x->stream];

	rate_table_stream(x->t, x->c, x->stream);
	for (size_t b = 0; b < BINS; b++)
		for (size_t g = 0; g < RANK_GRID && x->t->used[b]; g++)
			x->none[b][g] =
				(x->t->nothing[x->stream][b * RANK_GRID + g] - s->astray / 2) /
				(1 - s->astray / 2);
	for (size_t i = 0; i < x->n; i++) {
		struct held *h = &x->held[i];
		size_t at = h->bin * RANK_GRID;
		double terms = h->y > 0 ? rate_terms(s, h->y) : 0;

		h->right = 0;
		for (size_t g = h->from; g < h->to; g++)
			h->right += h->base[g] *
				    (h->y > 0 ? exp(terms + pure[at + g] + h->y * more[at + g])
					      : x->none[h->bin][g]);
	}
}

/* ln, but for what the stream has no part in. */
static double likelihood(const struct among *x)
{
	const struct rank_stream *s = &x->c->stream[x->stream];
	double ln = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct held *h = &x->held[i];
		double astray = h->y > 0 ? rate_astray(s, h->y) : s->astray / 2;

		ln += h->weight * log((1 - s->astray / 2) * h->right + astray * h->base_sum);
	}
	return ln;
}

/* Beta(2, 18): a tenth, unless the data say otherwise; a source that names few networks has nothing
 * to say otherwise with. */
static double try_astray(void *context, double ln_astray)
{
	struct among *x = context;

	x->c->stream[x->stream].astray = exp(ln_astray);
	return likelihood(x) + ln_astray + 17 * log1p(-exp(ln_astray));
}

static double try_agreement(void *context, double ln_agreement)
{
	struct among *x = context;

	x->c->stream[x->stream].agreement = exp(ln_agreement);
	sum_right(x);
	return likelihood(x) - ln_agreement * ln_agreement / 2;
}

/* The exponent of a stream, its sum kept; then its scale. By itself it is misled where the worst
 * networks are small ones, or where it is astray: a negative binomial has no tail for them, and
 * bends the line. */
static double try_exponent(void *context, double exponent)
{
	struct among *x = context;
	struct counts *c = x->c;
	struct rank_stream *s = &c->stream[x->stream];
	double before = 0, now = 0;

	for (size_t b = 0; b < BINS; b++) {
		if (!(c->all[b] > 0))
			continue;
		before += c->all[b] * exp(x->exponent * bin_ln_size(b));
		now += c->all[b] * exp(exponent * bin_ln_size(b));
	}
	s->exponent = exponent;
	s->scale = x->scale * before / now;
	sum_right(x);
	double off = (exponent - x->usual_exponent) / 0.25;

	return likelihood(x) - off * off / 2;
}

static double try_scale(void *context, double ln_scale)
{
	struct among *x = context;
	double off = (ln_scale - log(x->scale)) / 0.5;

	x->c->stream[x->stream].scale = exp(ln_scale);
	sum_right(x);
	return likelihood(x) - off * off / 2;
}

static void fit_stream(struct among *x, bool several)
{
	struct rank_stream *s = &x->c->stream[x->stream];

	for (size_t i = 0; i < x->n; i++)
		hold(x, i);
	sum_right(x);
	if (several) {
		try_astray(x, fit_best(try_astray, x, -7, -0.5, 7));
		try_agreement(x, fit_best(try_agreement, x, -3, 4.5, 8));
	}
	x->exponent = s->exponent;
	x->scale = s->scale;
	try_exponent(x, fit_best(try_exponent, x, fmax(x->exponent - 0.5, -0.25),
				fmin(x->exponent + 0.5, 1.5), 8));
	x->scale = s->scale;
	if (x->c->streams > 1)
		try_scale(x, fit_best(try_scale, x, log(x->scale) - 1.5, log(x->scale) + 1.5, 8));
	rate_table_stream(x->t, x->c, x->stream);
	for (size_t i = 0; i < x->n; i++)
		put_stream(x, i, 1);
}

static void take_sample(struct among *x)
{
	const struct counts *c = x->c;

	for (size_t i = 0; i < c->n; i += x->step) {
		x->held[x->n].bin = c->seen[i].bin;
		rate_likelihood_exact(c, x->t, &c->seen[i], x->held[x->n++].ln);
	}
	x->seen = x->n;
	for (size_t i = 0; i < x->seen; i++)
		x->held[i].weight = (double)c->n / (double)x->seen;
	for (size_t b = 0; b < BINS; b++) {
		if (!(c->unseen[b] > 0))
			continue;
		x->held[x->n].bin = b;
		x->held[x->n].weight = c->unseen[b];
		memcpy(x->held[x->n++].ln, x->t->zero + b * RANK_GRID, sizeof x->held->ln);
	}
}

/* Sizes matter to one source much as to another: the mean of the exponents, each by its incidents
 * up to a hundred, and 1 as if twenty more said so. */
static double usual_exponent(const struct counts *c)
{
	double sum = 20, weight = 20;

	for (size_t s = 0; s < c->streams; s++) {
		double w = fmin(c->stream[s].incidents, 100);

		sum += w * c->stream[s].exponent;
		weight += w;
	}
	return sum / weight;
}

int fit_among(struct counts *c, struct rate_table *t, const double prior[RANK_CLASSES][RANK_GRID],
	bool several, size_t sample)
{
	struct among *x = malloc(sizeof *x);
	struct held *held = malloc((SAMPLE + BINS) * sizeof *held);

	if (!x || !held) {
		free(x);
		free(held);
		return -ENOMEM;
	}
	*x = (struct among){.c = c, .t = t, .prior = prior, .held = held};
	x->step = c->n / sample + 1;
	take_sample(x);
	x->usual_exponent = usual_exponent(c);
	for (x->stream = 0; x->stream < c->streams; x->stream++)
		fit_stream(x, several);
	rate_table_zero(t, c);
	free(x);
	free(held);
	return 0;
}
