/* An array that grows in the arena, up to the bounds. */
#include "net/dns_gather.h"

void dns_gather_init(struct dns_gather *g, struct arena *arena)
{
	*g = (struct dns_gather){.arena = arena};
}

bool dns_gather_add(struct dns_gather *g, const struct dns_record *r)
{
	struct dns_record *to;

	if (g->n == DNS_RECORDS_MOST || r->text.n > DNS_BYTES_MOST - g->bytes) {
		g->cut = true;
		return false;
	}
	if (arena_grow(g->arena, (void **)&g->record, &g->room, g->n, sizeof(*g->record)) < 0) {
		g->failed = true;
		return false;
	}
	to = &g->record[g->n];
	*to = *r;
	to->text = arena_copy(g->arena, r->text);
	if (to->text.n != r->text.n) {
		g->failed = true;
		return false;
	}
	g->bytes += r->text.n;
	g->n++;
	return true;
}

/* By insertion, which keeps the order of equals; there are few. */
static void by_preference(struct dns_record *r, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct dns_record moved = r[i];
		size_t at = i;

		for (; at > 0 && r[at - 1].preference > moved.preference; at--)
			r[at] = r[at - 1];
		r[at] = moved;
	}
}

void dns_gather_end(
	struct dns_gather *g, enum dns_type type, uint32_t ttl, bool secure, struct dns_answer *ret)
{
	if (g->failed || (g->cut && !g->n)) {
		*ret = (struct dns_answer){.status = DNS_TEMPFAIL, .cut = g->cut};
		return;
	}
	if (type == DNS_MX)
		by_preference(g->record, g->n);
	*ret = (struct dns_answer){
		.status = g->n ? DNS_OK : DNS_NODATA,
		.record = g->record,
		.n = g->n,
		.ttl = ttl,
		.secure = secure,
		.cut = g->cut,
	};
}
