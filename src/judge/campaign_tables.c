#include "judge/campaign_tables.h"

#include "base/hash.h"
#include "base/huge.h"

#include <errno.h>
#include <math.h>

#define EXACT       8                   /* levels that count one by one */
#define BASE        1.12                /* each above is that many times the one below */
#define OLD_AT      ((uint64_t)4 << 20) /* campaigns counted: then all counts are halved */
#define HALF_LEVELS 6                   /* levels that halve a count, about: 1.12^6 is 1.97 */

int counts_init(struct counts *c)
{
	*c = (struct counts){.lines = COUNTS_LINES_LEAST};
	c->cell = huge_alloc(c->lines * 64);
	return c->cell ? 0 : -ENOMEM;
}

void counts_done(struct counts *c)
{
	huge_free(c->cell, c->lines * 64);
	*c = (struct counts){0};
}

/* Twice the lines: each stands for two, with the counts that both had together, so none is lower
 * than before. */
int counts_reserve(struct counts *c)
{
	if (c->lines >= COUNTS_LINES_MOST || c->added < c->lines * 32)
		return 0;
	uint8_t *cell = huge_alloc(c->lines * 128);

	if (!cell)
		return -ENOMEM;
	memcpy(cell, c->cell, c->lines * 64);
	memcpy(cell + c->lines * 64, c->cell, c->lines * 64);
	huge_free(c->cell, c->lines * 64);
	c->cell = cell;
	c->lines *= 2;
	return 0;
}

double counts_of_level(uint8_t level)
{
	return level <= EXACT ? level : EXACT * pow(BASE, level - EXACT);
}

/* Whether a level goes up by one for one more: always while it counts one by one, above with the
 * chance that keeps the mean right. */
static bool goes_up(uint8_t level, uint64_t dice)
{
	static uint32_t chance[256]; /* of 2^32; the same whoever fills it */

	if (level < EXACT)
		return true;
	if (level == UINT8_MAX)
		return false;
	if (!__atomic_load_n(&chance[level], __ATOMIC_RELAXED)) {
		double step = counts_of_level((uint8_t)(level + 1)) - counts_of_level(level);

		__atomic_store_n(&chance[level],
			step > 1 ? (uint32_t)(4294967295.0 / step) : UINT32_MAX, __ATOMIC_RELAXED);
	}
	return (uint32_t)dice <= chance[level];
}

static void grow_old(struct counts *c)
{
	for (uint64_t i = 0; i < c->lines * 64; i++) {
		uint8_t level = c->cell[i];

		c->cell[i] = level > EXACT + HALF_LEVELS ? (uint8_t)(level - HALF_LEVELS)
							 : (uint8_t)(level / 2);
	}
	c->added /= 2;
	c->campaigns /= 2;
}

void counts_add(struct counts *c, const uint32_t *shingle, size_t n, uint64_t salt)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t mixed = shingle_mix(shingle[i]);
		uint8_t *line = counts_line(c, mixed);
		uint8_t *a = &line[mixed & 63], *b = &line[mixed >> 6 & 63];
		uint8_t level = *a < *b ? *a : *b;

		if (!goes_up(level, hash64_mix(salt, shingle[i])))
			continue;
		if (*a == level)
			++*a;
		if (*b == level && a != b)
			++*b;
	}
	c->added += n;
	if (++c->campaigns >= OLD_AT)
		grow_old(c);
}

int finder_init(struct finder *f)
{
	*f = (struct finder){.buckets = FINDER_LEAST};
	f->bucket = huge_alloc(f->buckets * sizeof(*f->bucket));
	return f->bucket ? 0 : -ENOMEM;
}

void finder_done(struct finder *f)
{
	huge_free(f->bucket, f->buckets * sizeof(*f->bucket));
	*f = (struct finder){0};
}

/* Twice the buckets: what is in one goes to it or to the one as many further on. */
static int double_buckets(struct finder *f)
{
	struct finder more = {.buckets = f->buckets * 2, .used = f->used};

	more.bucket = huge_alloc(more.buckets * sizeof(*more.bucket));
	if (!more.bucket)
		return -ENOMEM;
	for (uint64_t i = 0; i < f->buckets; i++) {
		unsigned n[2] = {0};

		for (int k = 0; k < BUCKET_PLACES; k++) {
			const struct bucket *b = &f->bucket[i];
			struct bucket *to = finder_bucket(&more, shingle_mix(b->shingle[k]));
			bool far = to != &more.bucket[i];

			if (!b->who[k])
				continue;
			to->shingle[n[far]] = b->shingle[k];
			to->who[n[far]++] = b->who[k];
		}
	}
	finder_done(f);
	*f = more;
	return 0;
}

int finder_reserve(struct finder *f, size_t n)
{
	while (f->buckets < FINDER_MOST && f->used + n > f->buckets * BUCKET_PLACES / 4 * 3) {
		int rc = double_buckets(f);

		if (rc < 0)
			return rc;
	}
	return 0;
}

void finder_remove(struct finder *f, uint32_t shingle, uint32_t who)
{
	struct bucket *b = finder_bucket(f, shingle_mix(shingle));

	for (int k = 0; k < BUCKET_PLACES; k++)
		if (b->shingle[k] == shingle && b->who[k] == who) {
			b->who[k] = 0;
			b->shingle[k] = 0;
			f->used--;
			return;
		}
}
