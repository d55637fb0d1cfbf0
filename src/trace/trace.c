/*
 * Hosts are gathered from the links in order; a small open hash table over the arena finds those
 * already met, so that a message of many links stays linear.
 */
#include "trace/trace.h"

#include "base/arena.h"
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

#define DAY_S     86400
#define DAY_LEAST 7305  /* 1990-01-01 */
#define DAY_MOST  47482 /* 2100-01-01 */

static bool is_usable(const struct mail_date *date)
{
	int64_t day = date->unix_s / DAY_S;

	return day >= DAY_LEAST && day <= DAY_MOST;
}

bool trace_time(
	const struct message *m, const struct received *chain, int64_t *ret_at, bool *ret_ours)
{
	const struct field *field = message_field(m, FIELD_DATE);
	struct mail_date date;

	/* From the boundary upwards: our own relays' clocks before the sender's. */
	for (ssize_t i = chain->boundary; i >= 0; i--)
		if (chain->hop[i].has_date && is_usable(&chain->hop[i].date)) {
			*ret_at = chain->hop[i].date.unix_s;
			*ret_ours = true;
			return true;
		}
	if (!field || date_parse(field->value, &date) < 0 || !is_usable(&date))
		return false;
	*ret_at = date.unix_s;
	*ret_ours = false;
	return true;
}

/* Hosts met so far, found by name. */
struct gathered {
	struct advertised *host;
	size_t n;
	uint16_t slot[TRACE_HOSTS_MOST * 2]; /* 1 + index in host; 0 is free */
};

static struct advertised *host_named(struct gathered *g, struct span name)
{
	const size_t slots = sizeof(g->slot) / sizeof(*g->slot);
	size_t at = hash64(name, 0) % slots;

	for (; g->slot[at]; at = (at + 1) % slots)
		if (span_eq(g->host[g->slot[at] - 1].host, name))
			return &g->host[g->slot[at] - 1];
	if (g->n == TRACE_HOSTS_MOST)
		return NULL;
	struct advertised *new = &g->host[g->n++];

	*new = (struct advertised){.host = name};
	g->slot[at] = (uint16_t)g->n;
	return new;
}

static int gather(struct arena *a, const struct message *m, struct trace *t)
{
	struct gathered *g = arena_zalloc(a, 1, sizeof(*g));
	size_t room = m->links < TRACE_HOSTS_MOST ? m->links : TRACE_HOSTS_MOST;

	/* Where the message has used up its memory, its source is traced all the same. */
	if (!g || !(g->host = arena_zalloc(a, room, sizeof(*g->host))))
		return arena_spent(a) ? 0 : -ENOMEM;
	for (size_t i = 0; i < m->links; i++) {
		const struct link *l = &m->link[i];
		struct advertised *h = l->host.n ? host_named(g, l->host) : NULL;

		if (!h)
			continue;
		h->domain = l->domain;
		h->links++;
		h->clickable |=
			l->kind == LINK_ANCHOR || l->kind == LINK_FORM || l->kind == LINK_TEXT;
	}
	t->host = g->host;
	t->hosts = g->n;
	return 0;
}

static void attribute(struct traced *t, const struct shelf *shelf, int32_t day)
{
	t->on.ip = t->ip;
	if (shelf)
		shelf_attribute(shelf, &t->ip, day, &t->on);
}

void trace_host(struct advertised *h, const struct shelf *shelf, const struct resolver *resolver,
	int32_t day)
{
	struct ip found[TRACE_ADDRESSES_MOST];
	int n = 0;

	if (ip_parse(h->host, &found[0]) == 0)
		n = 1;
	else if (resolver)
		n = resolver->addresses(resolver->context, h->host, found, TRACE_ADDRESSES_MOST);
	for (int i = 0; i < n; i++) {
		struct traced *t = &h->at[h->n++];

		t->ip = found[i];
		attribute(t, shelf, day);
	}
}

static int32_t newest_day(const struct shelf *shelf)
{
	struct table_info info = {0};

	if (shelf && shelf_count(shelf))
		shelf_info(shelf, shelf_count(shelf) - 1, &info);
	return info.day;
}

int trace_message(struct message_parser *mp, const struct message *m, const struct received *chain,
	const struct shelf *shelf, const struct resolver *resolver, struct trace *ret_trace)
{
	struct trace t = {.source_name = chain->source_name, .source_helo = chain->source_helo};
	int rc = gather(message_arena(mp), m, &t);

	if (rc < 0)
		return rc;
	t.day_known = trace_time(m, chain, &t.at, &t.at_ours);
	t.day = t.day_known ? (int32_t)(t.at / DAY_S) : newest_day(shelf);
	t.has_source = chain->source.family != IP_NONE;
	t.source.ip = chain->source;
	if (t.has_source)
		attribute(&t.source, shelf, t.day);
	for (size_t i = 0; i < t.hosts; i++)
		trace_host(&t.host[i], shelf, resolver, t.day);
	*ret_trace = t;
	return 0;
}

struct trace *trace_keep(const struct trace *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->hosts; i++)
		n += t->host[i].n > 0;
	struct trace *kept = calloc(1, sizeof(*kept) + n * sizeof(*kept->host));

	if (!kept)
		return NULL;
	*kept = (struct trace){.day = t->day,
		.day_known = t->day_known,
		.at = t->at,
		.at_ours = t->at_ours,
		.has_source = t->has_source,
		.source = t->source,
		.hosts = n};
	kept->host = (struct advertised *)(kept + 1);
	for (size_t i = 0, to = 0; i < t->hosts; i++) {
		if (!t->host[i].n)
			continue;
		kept->host[to] = t->host[i];
		kept->host[to].host = kept->host[to].domain = (struct span){NULL, 0};
		to++;
	}
	return kept;
}
