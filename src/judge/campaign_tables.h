/*
 * The two tables behind the collection of campaigns: in how many campaigns a shingle was met, and
 * which campaigns have it among the shingles that they are found by. Both are addressed by keyed
 * hashes, grow as they fill, and are bounded.
 */
#ifndef CORDON_JUDGE_CAMPAIGN_TABLES_H
#define CORDON_JUDGE_CAMPAIGN_TABLES_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Counts: a count-min sketch (Cormode and Muthukrishnan 2005) with conservative update, whose cells
 * are bytes on a logarithmic scale (Morris 1978) and whose two cells for a shingle share a cache
 * line. Never too low but for the scale's own error.
 */
struct counts {
	uint8_t *cell;      /* cell[64 * lines] */
	uint64_t lines;     /* a power of two */
	uint64_t added;     /* shingles counted, for growth */
	uint64_t campaigns; /* that they were of */
};

#define COUNTS_LINES_LEAST ((uint64_t)1 << 12)
#define COUNTS_LINES_MOST  ((uint64_t)1 << 20) /* 64 MiB */

int counts_init(struct counts *c); /* 0 or -ENOMEM */
void counts_done(struct counts *c);

/* Makes room for a campaign more; 0, or -ENOMEM with all as it was. At the bound nothing grows. */
int counts_reserve(struct counts *c);

/* A campaign has shingle[n]: counts them. salt chooses, with the shingle, whether a high count
 * moves. */
void counts_add(struct counts *c, const uint32_t *shingle, size_t n, uint64_t salt);

static inline uint64_t shingle_mix(uint32_t shingle)
{
	uint64_t x = shingle * 0x9e3779b97f4a7c15ULL;

	return (x ^ x >> 29) * 0xbf58476d1ce4e5b9ULL;
}

static inline uint8_t *counts_line(const struct counts *c, uint64_t mixed)
{
	return c->cell + (mixed >> 20 & (c->lines - 1)) * 64;
}

/* The count of a shingle on the scale of cells. */
static inline uint8_t counts_level(const struct counts *c, uint64_t mixed)
{
	const uint8_t *line = counts_line(c, mixed);
	uint8_t a = line[mixed & 63], b = line[mixed >> 6 & 63];

	return a < b ? a : b;
}

/* What a level stands for. */
double counts_of_level(uint8_t level);

/*
 * The index: eight places a bucket of one cache line. Where all are taken, one is lost, which the
 * caller chooses.
 */
#define BUCKET_PLACES 8
struct bucket {
	uint32_t shingle[BUCKET_PLACES];
	uint32_t who[BUCKET_PLACES]; /* place of a campaign, plus 1; 0: free */
};

struct finder {
	struct bucket *bucket;
	uint64_t buckets; /* a power of two */
	uint64_t used;
};

#define FINDER_LEAST ((uint64_t)1 << 10)
#define FINDER_MOST  ((uint64_t)1 << 22) /* buckets: 256 MiB */

int finder_init(struct finder *f);
void finder_done(struct finder *f);
int finder_reserve(struct finder *f, size_t n); /* for n places more, as counts_reserve() */

static inline struct bucket *finder_bucket(const struct finder *f, uint64_t mixed)
{
	return &f->bucket[mixed >> 16 & (f->buckets - 1)];
}

/* Takes (shingle, who) out; nothing when it is not there. */
void finder_remove(struct finder *f, uint32_t shingle, uint32_t who);

#endif
