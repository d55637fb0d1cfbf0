/*
 * A table holds no prefixes but segments, each with the length of the prefix that answers there.
 * So the segment names its prefixes: those of that length that its addresses lie in. A prefix with
 * a narrower one inside is in several segments; but of one length only one prefix can be open at
 * any address, so it is enough to remember the last one of each length.
 */
#include "net/announced.h"
#include "net/table_format.h"

#include <errno.h>
#include <stdlib.h>

struct counting {
	const struct table *t;
	struct announced *list;
	size_t n;
	uint32_t *place; /* [origins] where it stands in the list */
	u128 last[129];  /* of each length, the number of the last prefix counted, and 1 */
};

/* An AS number and an origin that has it. */
struct named {
	asn_t asn;
	uint32_t origin;
};

static int compare_named(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;

	if (a->asn != b->asn)
		return a->asn < b->asn ? -1 : 1;
	return a->origin < b->origin ? -1 : a->origin > b->origin;
}

/* Makes the list, with nothing counted; place[] of AS 0 is left as it is. */
static void make_list(struct counting *c, struct named *named, uint32_t origins)
{
	struct span holder;

	for (uint32_t i = 0; i < origins; i++)
		named[i] = (struct named){table_origin(c->t, i, &holder), i};
	qsort(named, origins, sizeof(*named), compare_named);
	for (uint32_t i = 0; i < origins; i++) {
		asn_t asn = table_origin(c->t, named[i].origin, &holder);

		if (asn == 0)
			continue;
		if (c->n == 0 || c->list[c->n - 1].asn != asn)
			c->list[c->n++].asn = asn;
		if (c->list[c->n - 1].holder.n == 0)
			c->list[c->n - 1].holder = holder;
		c->place[named[i].origin] = (uint32_t)(c->n - 1);
	}
}

/* How many prefixes of its length a segment has that were not counted yet. */
static u128 new_prefixes(struct counting *c, int length, u128 first, u128 last, unsigned bits)
{
	if (length < 0)
		return 1;
	unsigned host = bits - (unsigned)length;
	u128 from = host < 128 ? first >> host : 0, to = host < 128 ? last >> host : 0;
	u128 known = c->last[length] == from + 1;

	c->last[length] = to + 1;
	return to - from + 1 - known;
}

static void add_prefixes(uint32_t *sum, u128 n)
{
	*sum = n > UINT32_MAX - *sum ? UINT32_MAX : *sum + (uint32_t)n;
}

static void count_family(struct counting *c, enum ip_family family)
{
	struct table_cursor cursor = {.family = family};
	struct table_segment s;
	struct span holder;

	memset(c->last, 0, sizeof(c->last));
	while (table_next_segment(c->t, &cursor, &s)) {
		u128 first = value_of_ip(&s.first), last = value_of_ip(&s.last);
		u128 prefixes = new_prefixes(c, s.length, first, last, family == IP_V4 ? 32 : 128);

		if (table_origin(c->t, s.origin, &holder) == 0)
			continue;
		struct announced *a = &c->list[c->place[s.origin]];

		add_prefixes(family == IP_V4 ? &a->v4_prefixes : &a->v6_prefixes, prefixes);
		if (family == IP_V4)
			a->v4_addresses += (uint64_t)(last - first) + 1;
		else
			a->v6_48s += (uint64_t)((last - first) >> 80) + 1;
	}
}

int announced_count(const struct table *t, struct announced **ret_list, size_t *ret_n)
{
	uint32_t origins = table_origins(t);
	struct counting c = {.t = t};
	struct named *named = calloc((size_t)origins + 1, sizeof(*named));
	int rc = 0;

	c.list = calloc((size_t)origins + 1, sizeof(*c.list));
	c.place = calloc((size_t)origins + 1, sizeof(*c.place));
	if (named && c.list && c.place) {
		make_list(&c, named, origins);
		count_family(&c, IP_V4);
		count_family(&c, IP_V6);
		*ret_list = c.list;
		*ret_n = c.n;
	} else {
		free(c.list);
		rc = -ENOMEM;
	}
	free(named);
	free(c.place);
	return rc;
}

const struct announced *announced_find(const struct announced *list, size_t n, asn_t asn)
{
	while (n > 0) {
		const struct announced *middle = &list[n / 2];

		if (middle->asn == asn)
			return middle;
		if (middle->asn < asn) {
			list = middle + 1;
			n -= n / 2 + 1;
		} else {
			n /= 2;
		}
	}
	return NULL;
}
