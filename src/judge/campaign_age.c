/*
 * Forgetting. Time is what messages say, but one message cannot carry it off: a time far ahead of
 * the others counts when so many in a row are ahead.
 *
 * Who was not seen for keep_days is swept out, once a day of that time. When there are too many, an
 * eighth goes at once: those longest not seen, where each doubling of its messages is worth a
 * month to a campaign.
 */
#include "judge/campaign_work.h"

#include <errno.h>
#include <stdlib.h>

#define DAY           86400
#define FAR_AHEAD     (2 * DAY)
#define AHEADS        16
#define DOUBLING_DAYS 30

static void tick(struct campaigns *c, int64_t at)
{
	if (at <= c->now || c->puts == 0) {
		if (c->puts == 0)
			c->now = at;
		c->aheads = 0;
		return;
	}
	if (at <= c->now + FAR_AHEAD) {
		c->now = at;
		c->aheads = 0;
		return;
	}
	if (!c->aheads++ || at < c->ahead)
		c->ahead = at;
	if (c->aheads >= AHEADS) {
		c->now = c->ahead;
		c->aheads = 0;
	}
}

static void sweep(struct campaigns *c)
{
	int64_t before = c->now - (int64_t)c->keep_days * DAY;

	for (uint32_t i = 0; i < c->places; i++)
		if (c->one[i].messages && c->one[i].last < before)
			campaigns_forget(c, i);
	c->swept = c->now / DAY;
	c->swept_at = c->puts;
}

struct worth {
	int64_t worth;
	uint32_t place;
};

static int by_worth(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth < y->worth ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

static int make_room(struct campaigns *c)
{
	struct worth *list = malloc(c->alive * sizeof(*list));
	uint32_t n = 0, gone = c->alive / 8 + 1;

	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->places; i++) {
		const struct one *o = &c->one[i];

		if (o->messages)
			list[n++] = (struct worth){
				o->last / DAY + DOUBLING_DAYS * (63 - __builtin_clzll(o->messages)),
				i};
	}
	qsort(list, n, sizeof(*list), by_worth);
	for (uint32_t i = 0; i < gone && i < n; i++)
		campaigns_forget(c, list[i].place);
	free(list);
	return 0;
}

int campaigns_age(struct campaigns *c, int64_t at)
{
	int rc = c->alive >= c->most ? make_room(c) : 0;

	if (rc < 0)
		return rc;
	tick(c, at);
	/* Times may leap to and fro, so a sweep is also due only after as much work as it is. */
	if (c->now / DAY != c->swept && c->puts - c->swept_at >= c->places / 8)
		sweep(c);
	return 0;
}
