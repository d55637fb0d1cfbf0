/* What the steps of rank() hand to each other: counting, fitting, rates, stays. */
#ifndef CORDON_RANK_RANK_WORK_H
#define CORDON_RANK_RANK_WORK_H

#include "rank/rank.h"

#define BINS       320 /* of size: eight to an octave, up to 2^40 */
#define NEGLIGIBLE 1e-9
#define SAMPLE     1000 /* of networks, for what streams are like */

/* Hosts and prefixes by themselves, and campaigns: each kind of incident has a unit of its own. */
enum incident { LONE, SHARED, INCIDENTS };

/* What one stream saw of one network. */
struct cell {
	double y;                                    /* incidents, if there are any */
	float weight[INCIDENTS], squares[INCIDENTS]; /* sums, before they are in units */
	float recent, recent_squares; /* sums of weight * recency, weight * recency^2 */
	uint16_t stream;
	uint16_t level; /* rate_level(y) */
};

/* What counts are made of weights by: of the streams of one count, and used again for others. */
struct units {
	double unit[RANK_STREAMS][INCIDENTS];
	double recency[RANK_STREAMS]; /* of its usual incident, at least a quarter */
	double spread; /* squared coefficient of variation of one incident's recency */
	double drift;  /* variance of ln of how rates change within the window */
};

/* A network that was seen. */
struct seen_network {
	uint32_t network;
	uint16_t bin;         /* of its size */
	uint32_t cells;       /* cell[cells], by stream */
	size_t first_cell;    /* in counts.cell */
	double at_risk;       /* host-days under watch, for how long hosts stay */
	double heed;          /* 0 .. 1: how far its count heeds when they were seen */
	double usual_recency; /* of incidents of its streams */
	double ln_rate;       /* expectation of ln of its rate, where that is over the usual one */
};

/* Everything counted. Entries stand beside the networks seen: entry[i] is of seen[i]. */
struct counts {
	struct seen_network *seen;
	struct rank_entry *entry;
	size_t n;
	struct cell *cell;
	struct rank_stream stream[RANK_STREAMS];
	struct units units;
	size_t streams;
	double unseen[BINS]; /* networks of each size without anything counted */
	double all[BINS];    /* and all of them */
	size_t unfit;
};

/* Options with nothing left to default. */
struct settings {
	int32_t day, window, half_life;
	uint32_t kinds;
	unsigned threads;
};

/* n things that are alike count as so many (Kish 1965: the effect of a design of clusters). */
static inline double alike(double n)
{
	return n > 1 ? n / (1 + RANK_LIKENESS * (n - 1)) : n;
}

/* The size that a bin stands for, in 2^16 addresses: ln. */
static inline double bin_ln_size(size_t bin)
{
	return ((double)bin / 8 - 16) * 0.693147180559945309;
}

/* The class of a size by its bin. */
static inline size_t bin_class(size_t bin)
{
	size_t octave = (bin + 7) / 8, c = octave <= 10 ? 0 : (octave - 8) / 3;

	return c < RANK_CLASSES ? c : RANK_CLASSES - 1;
}

/*
 * Counts a world. With `like`, the streams are those of an earlier count, with their units; what is
 * of others is left out. 0 or -ENOMEM.
 */
int count_world(const struct rank_world *w, const struct settings *s, const struct counts *like,
	struct counts *ret_counts);
void count_done(struct counts *c);

/* ln of how likely what the streams saw of a network of each size is, for every rate of the grid.
 */
struct rate_table {
	double *zero;                  /* zero[BINS][RANK_GRID]: nothing from any stream */
	double *more[RANK_STREAMS];    /* more[stream][BINS][RANK_GRID]: for one incident more */
	double *pure[RANK_STREAMS];    /* nothing from that stream, which is not astray */
	double *nothing[RANK_STREAMS]; /* nothing from that stream, no logarithm; zero is that of
					  their product */
	double rate[RANK_GRID];        /* rank_grid() */
	bool used[BINS];               /* any network has that size */
	struct rate_levels *levels;    /* NULL, or of rate_levels_make() */
};

/* 0 or -ENOMEM. Room alone: rate_table_stream() fills it for a stream as it is, then
 * rate_table_zero() for all. */
int rate_table_make(const struct counts *c, struct rate_table *ret_table);
void rate_table_stream(struct rate_table *t, const struct counts *c, size_t stream);
void rate_table_zero(struct rate_table *t, const struct counts *c);
void rate_table_done(struct rate_table *t);

/*
 * Makes what rate_likelihood() is quick by, for the cells of these counts and the streams as they
 * are; in place of what was there. Cost: a KiB and some microseconds for each stream, size and
 * order of magnitude of a count that there is. 0 or -ENOMEM.
 */
int rate_levels_make(struct rate_table *t, const struct counts *c, unsigned threads);

/* The order of magnitude of a count. */
uint16_t rate_level(double y);

/* ln of the likelihood of a seen network for every rate; by levels, or each cell by itself. */
void rate_likelihood(const struct counts *c, const struct rate_table *t,
	const struct seen_network *net, double ret_ln[RANK_GRID]);
void rate_likelihood_exact(const struct counts *c, const struct rate_table *t,
	const struct seen_network *net, double ret_ln[RANK_GRID]);

/* Multiplies by how likely a cell is, in place of nothing from its stream. */
void rate_cell(const struct counts *c, const struct rate_table *t, const struct cell *y, size_t bin,
	double product[RANK_GRID]);

/* How likely y incidents are of a stream that is astray, and the part of the logarithm of the
 * negative binomial that is the same for all rates. */
double rate_astray(const struct rank_stream *s, double y);
double rate_terms(const struct rank_stream *s, double y);

/* Learns scale, exponent and agreement of the streams and the prior of rates from the counts;
 * leaves the table and its levels filled for them. 0 or -ENOMEM. */
int fit_rates(struct counts *c, struct rate_table *t, unsigned threads,
	double ret_prior[RANK_CLASSES][RANK_GRID], double *ret_usual, double *ret_ln_likelihood);

/* Learns astray, agreement (where there are several sources), exponent and scale of each stream in
 * turn, the prior and the others held, from about so many networks of those seen (SAMPLE at most).
 * Leaves the table filled. 0 or -ENOMEM. */
int fit_among(struct counts *c, struct rate_table *t, const double prior[RANK_CLASSES][RANK_GRID],
	bool several, size_t sample);

/* Sets the rates of every entry, in multiples of `usual`. */
int rate_find(struct counts *c, const struct rate_table *t,
	const double prior[RANK_CLASSES][RANK_GRID], double usual, unsigned threads);

/* What unseen networks of each size are expected to have: incidents. */
void rate_unseen(const struct counts *c, const struct rate_table *t,
	const double prior[RANK_CLASSES][RANK_GRID], double ret_mean[BINS]);

/* The bin of a size. */
uint16_t count_bin(double size);

/* How long hosts stay: learns the hazard of going over all networks, then sets stay and stay_factor
 * of each entry. */
struct stays {
	bool known;
	double shape,
		days; /* hazards of a network whose rate is usual are Gamma(shape, rate days) */
	double slope; /* and days is in proportion to rate^slope */
};
/* Doubt of a factor, in its logarithm. */
struct doubt {
	double down, up; /* to the ends of its interval */
	double along;    /* how much it moves with the logarithm of the rate */
};
void stay_find(struct counts *c, const struct settings *s, struct stays *ret_stays,
	struct doubt *ret_doubt);

/* How silent networks are to notices: sets notices, silent and silence_factor; returns the share
 * over all, and the variance of ln silence_factor by network. */
int silence_find(struct counts *c, const struct rank_world *w, const struct settings *s,
	double *ret_share, double *spread);

/* The x in low .. high where f is greatest, by so many steps of golden section (Kiefer 1953). */
double fit_best(
	double (*f)(void *context, double x), void *context, double low, double high, int steps);

#endif
