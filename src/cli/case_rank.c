/*
 * Of its size are the networks whose number of addresses is nearest by ratio. Those of unknown size
 * are compared with each other.
 */
#include "cli/case_rank.h"

#include "rank/rank_read.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A ranked network and how far its size is off. */
struct near {
	size_t entry; /* its place in the result */
	double off;
};

static int nearer(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_entry(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	return (x->entry > y->entry) - (x->entry < y->entry);
}

static double log_size(double size)
{
	return size > 0 ? log2(size) : -64; /* unknown: away from all that are known */
}

static struct case_ranked row_of(
	struct case_file *c, const struct rank_reading *r, const struct rank_entry *e, bool self)
{
	const struct rank_name *name = &r->name[e->network];

	return (struct case_ranked){
		.who = {name->asn, case_keep(c, name->holder)},
		.size = r->world.network[e->network].size,
		.badness = e->badness,
		.low = e->low,
		.high = e->high,
		.hosts = e->hosts,
		.self = self,
	};
}

/* The rows around an entry, in the order of the rank. */
static int keep_rows(struct case_file *c, const struct rank_reading *r,
	const struct rank_result *result, size_t self)
{
	struct near *near = calloc(result->n, sizeof(*near));
	size_t n = result->n < CASE_RANK_ROWS ? result->n : CASE_RANK_ROWS;
	struct case_ranked *row = arena_zalloc(&c->memory, n, sizeof(*row));
	double size = log_size(r->world.network[result->entry[self].network].size);

	if (!near || !row) {
		free(near);
		return -ENOMEM;
	}
	for (size_t i = 0; i < result->n; i++) {
		double other = log_size(r->world.network[result->entry[i].network].size);

		near[i] = (struct near){i, i == self ? -1 : fabs(other - size)};
	}
	qsort(near, result->n, sizeof(*near), nearer);
	qsort(near, n, sizeof(*near), by_entry);
	for (size_t i = 0; i < n; i++)
		row[i] = row_of(c, r, &result->entry[near[i].entry], near[i].entry == self);
	c->rank.row = row;
	c->rank.rows = n;
	free(near);
	return 0;
}

static int keep(struct case_file *c, const struct rank_reading *r, const struct rank_result *result)
{
	uint32_t network;
	size_t self = 0;

	c->rank = (struct case_rank){.present = true,
		.networks = (uint32_t)result->n,
		.window = RANK_WINDOW,
		.stay = -1};
	if (!rank_read_find(r, c->asn, &network))
		return 0;
	while (self < result->n && result->entry[self].network != network)
		self++;
	if (self == result->n)
		return 0;
	const struct rank_entry *e = &result->entry[self];

	c->rank.place = (uint32_t)self + 1;
	if (result->stays_known) {
		c->rank.stay = e->stay;
		c->rank.stay_low = e->stay_low;
		c->rank.stay_high = e->stay_high;
	}
	return keep_rows(c, r, result, self);
}

int case_rank_fill(struct case_file *c, sqlite3 *db, const struct shelf *shelf, struct err *err)
{
	const struct rank_question question = {.day = c->day, .by = RANK_BY_AS};
	const struct rank_options options = {0};
	struct rank_reading reading;
	struct rank_result result;
	int rc = rank_read(db, shelf, &question, &reading, err);

	if (rc < 0)
		return rc;
	rc = rank(&reading.world, &options, &result);
	if (rc == 0) {
		rc = keep(c, &reading, &result);
		rank_done(&result);
	}
	rank_read_done(&reading);
	return rc < 0 ? err_sys(err, rc, "rank") : 0;
}
