/*
 * Count, learn, find the rates, multiply by how long hosts stay and how silent the desk is; then
 * the same counts a window earlier, with what was learned now, for what has changed.
 *
 * Networks stand by the lower end of their interval: by how bad they are at least. So one host in a
 * small network, of which little is known, does not stand before a hundred in another.
 */
#include "rank/rank.h"
#include "rank/rank_work.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int settle(const struct rank_world *w, const struct rank_options *o, struct settings *s)
{
	if (o->window < 0 || o->half_life < 0)
		return -EINVAL;
	int32_t window = o->window ? o->window : RANK_WINDOW;

	*s = (struct settings){
		.day = w->day,
		.window = window,
		.half_life = o->half_life ? o->half_life
			     : window > 3 ? window / 3
					  : 1,
		.kinds = o->kinds ? o->kinds : UINT32_MAX,
		.threads = o->threads,
	};
	return 0;
}

/* The factors' doubt widens the interval of the rate on either side as independent errors of the
 * logarithm do: by the root of the sum of squares. */
static void combine(struct rank_entry *e, const struct doubt *stay, double silence)
{
	const double z = 1.6448536269514722; /* normal quantile of (1 + RANK_SURE) / 2 */
	double factor = e->stay_factor * e->silence_factor;
	double down = log(e->rate / e->rate_low) +
		      stay->along * log(fmax(e->rate, 1) / fmax(e->rate_low, 1));
	double up = log(e->rate_high / e->rate) +
		    stay->along * log(fmax(e->rate_high, 1) / fmax(e->rate, 1));

	silence *= z * z;
	e->badness = e->rate * factor;
	e->low = e->badness * exp(-sqrt(down * down + stay->down * stay->down + silence));
	e->high = e->badness * exp(sqrt(up * up + stay->up * stay->up + silence));
}

static int compare_entries(const void *pa, const void *pb)
{
	const struct rank_entry *a = pa, *b = pb;

	if (a->low != b->low)
		return a->low > b->low ? -1 : 1;
	if (a->hosts + a->listed != b->hosts + b->listed)
		return a->hosts + a->listed > b->hosts + b->listed ? -1 : 1;
	return (a->network > b->network) - (a->network < b->network);
}

/* Both lists are by network. */
static void take_before(struct counts *now, const struct counts *before)
{
	size_t k = 0;

	for (size_t i = 0; i < now->n; i++) {
		struct rank_entry *e = &now->entry[i];

		while (k < before->n && before->entry[k].network < e->network)
			k++;
		if (k == before->n || before->entry[k].network != e->network)
			continue;
		e->before = before->entry[k].rate * e->stay_factor * e->silence_factor;
		e->before_known = true;
	}
}

static int look_back(const struct rank_world *w, const struct settings *s, struct counts *now,
	struct rate_table *t, const struct rank_result *r)
{
	struct settings earlier = *s;
	struct counts before;

	earlier.day -= s->window;
	int rc = count_world(w, &earlier, now, &before);

	if (rc < 0)
		return rc;
	rc = rate_levels_make(t, &before, s->threads);
	if (rc == 0)
		rc = rate_find(
			&before, t, (const double(*)[RANK_GRID])r->prior, r->usual, s->threads);
	if (rc == 0)
		take_before(now, &before);
	count_done(&before);
	return rc;
}

static int rank_counts(const struct rank_world *w, const struct settings *s, struct counts *c,
	struct rate_table *t, struct rank_result *r)
{
	double *silence = calloc(c->n + 1, sizeof *silence);
	struct doubt *stay = calloc(c->n + 1, sizeof *stay);
	struct stays stays;
	int rc = silence && stay ? fit_rates(c, t, s->threads, r->prior, &r->usual, &r->likelihood)
				 : -ENOMEM;

	if (rc == 0)
		rc = rate_find(c, t, (const double(*)[RANK_GRID])r->prior, r->usual, s->threads);
	if (rc == 0)
		rc = silence_find(c, w, s, &r->silent_share, silence);
	if (rc == 0) {
		rate_unseen(c, t, (const double(*)[RANK_GRID])r->prior, r->unseen);
		stay_find(c, s, &stays, stay);
		for (size_t i = 0; i < c->n; i++)
			combine(&c->entry[i], &stay[i], silence[i]);
		r->stays_known = stays.known;
		r->stay_shape = stays.shape;
		r->stay_days = stays.days;
		rc = look_back(w, s, c, t, r);
	}
	free(silence);
	free(stay);
	return rc;
}

int rank(const struct rank_world *w, const struct rank_options *o, struct rank_result *ret_result)
{
	struct rank_result r = {0};
	struct settings s;
	struct counts c;
	struct rate_table t;
	int rc = settle(w, o, &s);

	if (rc == 0)
		rc = count_world(w, &s, NULL, &c);
	if (rc < 0)
		return rc;
	rc = rate_table_make(&c, &t);
	r.unseen = calloc(BINS, sizeof *r.unseen);
	if (rc == 0) {
		rc = r.unseen ? rank_counts(w, &s, &c, &t, &r) : -ENOMEM;
		rate_table_done(&t);
	}
	if (rc == 0) {
		qsort(c.entry, c.n, sizeof *c.entry, compare_entries);
		r.entry = c.entry;
		r.n = c.n;
		r.streams = c.streams;
		r.unfit = c.unfit;
		memcpy(r.stream, c.stream, sizeof r.stream);
		for (size_t i = 0; i < r.streams; i++)
			r.stream[i].scale *= r.usual;
		c.entry = NULL;
		*ret_result = r;
	} else {
		free(r.unseen);
	}
	count_done(&c);
	return rc;
}

double rank_unseen(const struct rank_result *r, double size)
{
	return r->unseen[count_bin(size)];
}

size_t rank_class(double size)
{
	return bin_class(size > 1 ? (size_t)ceil(8 * log2(fmin(size, 0x1p40))) : 0);
}

void rank_done(struct rank_result *r)
{
	free(r->entry);
	free(r->unseen);
	*r = (struct rank_result){0};
}
