/*
 * All networks of the table are there, for those in which nothing was seen tell what is usual; then
 * those of the index that no table has any more. A name is found by a hash of it.
 *
 * A size is in IPv4 addresses; a /48 of IPv6 is a site (RFC 6177) and counts as one.
 */
#include "rank/rank_group.h"

#include "base/hash.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UNUSED UINT32_MAX

static uint64_t key_of(enum rank_by by, const struct rank_name *n)
{
	if (by == RANK_BY_AS)
		return hash64_mix(n->asn, 1);
	if (by == RANK_BY_HOLDER && n->holder.n)
		return hash64(n->holder, 2);
	if (by == RANK_BY_HOLDER)
		return hash64_mix(n->asn, 3); /* nameless: each AS for itself */
	return hash64((struct span){(const char *)n->prefix.ip.byte, 16},
		(uint64_t)n->prefix.length << 8 | n->prefix.ip.family);
}

static bool same(enum rank_by by, const struct rank_name *a, const struct rank_name *b)
{
	if (by == RANK_BY_AS)
		return a->asn == b->asn;
	if (by == RANK_BY_HOLDER)
		return span_eq(a->holder, b->holder) && (a->holder.n || a->asn == b->asn);
	return a->prefix.length == b->prefix.length && a->prefix.ip.family == b->prefix.ip.family &&
	       !memcmp(a->prefix.ip.byte, b->prefix.ip.byte, 16);
}

static int grow(struct rank_groups *g)
{
	struct rank_reading *r = g->r;
	size_t slots = g->slots ? 2 * g->slots : 4096;
	uint32_t *slot = malloc(slots * sizeof *slot);
	struct rank_name *name = realloc(r->name, slots / 2 * sizeof *name);
	struct rank_network *network = realloc(r->network, slots / 2 * sizeof *network);

	r->name = name ? name : r->name;
	r->network = network ? network : r->network;
	if (!slot || !name || !network) {
		free(slot);
		return -ENOMEM;
	}
	memset(slot, 0xff, slots * sizeof *slot);
	for (uint32_t i = 0; i < r->world.networks; i++) {
		size_t at = key_of(g->by, &r->name[i]) & (slots - 1);

		while (slot[at] != UNUSED)
			at = (at + 1) & (slots - 1);
		slot[at] = i;
	}
	free(g->slot);
	g->slot = slot;
	g->slots = slots;
	g->room = slots / 2;
	r->world.network = r->network;
	return 0;
}

static uint32_t *find(const struct rank_groups *g, const struct rank_name *n)
{
	size_t at = key_of(g->by, n) & (g->slots - 1);

	while (g->slot[at] != UNUSED && !same(g->by, &g->r->name[g->slot[at]], n))
		at = (at + 1) & (g->slots - 1);
	return &g->slot[at];
}

/* Its number, of a new one if need be. */
static int intern(struct rank_groups *g, const struct rank_name *n, uint32_t *ret)
{
	struct rank_reading *r = g->r;

	if (r->world.networks == g->room && grow(g) < 0)
		return -ENOMEM;
	uint32_t *slot = find(g, n);

	if (*slot == UNUSED) {
		*slot = (uint32_t)r->world.networks;
		r->name[*slot] = *n;
		r->network[*slot] = (struct rank_network){0};
		r->world.networks++;
	} else if (g->by == RANK_BY_HOLDER && r->name[*slot].asn != n->asn) {
		r->name[*slot].asn = 0;
	}
	*ret = *slot;
	return 0;
}

static int take_announced(struct rank_groups *g, const struct table *t)
{
	struct rank_reading *r = g->r;
	size_t n;
	uint32_t at;

	if (announced_count(t, &r->announced, &n) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct announced *a = &r->announced[i];

		if (intern(g, &(struct rank_name){.asn = a->asn, .holder = a->holder}, &at) < 0)
			return -ENOMEM;
		r->network[at].size += (double)a->v4_addresses + (double)a->v6_48s;
	}
	return 0;
}

static double prefix_size(const struct prefix *p)
{
	int whole = p->ip.family == IP_V4 ? 32 : 48;

	return exp2(p->length < whole ? whole - p->length : 0);
}

/* The prefixes that each run of addresses was announced by. */
static int take_prefixes(struct rank_groups *g, const struct table *t, enum ip_family family)
{
	struct table_cursor c = {.family = family};
	struct table_segment s;
	uint32_t at;

	while (table_next_segment(t, &c, &s)) {
		struct origin o;

		if (!table_lookup(t, &s.first, &o))
			continue;
		struct rank_name n = {.asn = o.asn, .prefix = o.prefix, .holder = o.holder};

		if (intern(g, &n, &at) < 0)
			return -ENOMEM;
		g->r->network[at].size = prefix_size(&o.prefix);
	}
	return 0;
}

/* Words of the index, kept with the reading; their place until all are there, since it moves. */
static int take_index(struct rank_groups *g, sqlite3_stmt *row)
{
	struct rank_reading *r = g->r;
	size_t id = (size_t)sqlite3_column_int64(row, 0);
	struct rank_name n = {.asn = (asn_t)sqlite3_column_int64(row, 1)};
	struct span prefix = {
		(const char *)sqlite3_column_text(row, 2), (size_t)sqlite3_column_bytes(row, 2)};
	struct span holder = {
		(const char *)sqlite3_column_text(row, 3), (size_t)sqlite3_column_bytes(row, 3)};

	if (id >= g->ids || (!n.asn && !prefix.n && !holder.n))
		return 0;
	if ((g->by == RANK_BY_AS && !n.asn) ||
		(g->by == RANK_BY_PREFIX && prefix_parse(prefix, &n.prefix) < 0))
		return 0;
	n.holder = holder;
	if (r->world.networks == g->room && grow(g) < 0)
		return -ENOMEM;
	uint32_t *slot = find(g, &n);

	if (*slot == UNUSED && holder.n) {
		/* r->words was given room for all: it does not move. */
		n.holder = (struct span){r->words.p + r->words.n, holder.n};
		buf_add(&r->words, holder);
	}
	return intern(g, &n, &g->of[id]);
}

/* Two passes: how many bytes of words and which numbers there are, then the rows. */
static int take_index_all(struct rank_groups *g, sqlite3 *db)
{
	sqlite3_stmt *row;
	int rc = -EBADMSG;

	if (sqlite3_prepare_v2(db,
		    "SELECT ifnull(max(id), 0), ifnull(sum(length(CAST(holder AS BLOB))), 0)"
		    " FROM network",
		    -1, &row, NULL) == SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int64(row, 0) >= 0 &&
		sqlite3_column_int64(row, 0) < UINT32_MAX) {
		g->ids = (size_t)sqlite3_column_int64(row, 0) + 1;
		g->of = malloc(g->ids * sizeof *g->of);
		rc = g->of && buf_reserve(&g->r->words, (size_t)sqlite3_column_int64(row, 1) + 1)
			     ? 0
			     : -ENOMEM;
	}
	sqlite3_finalize(row);
	if (rc < 0)
		return rc;
	memset(g->of, 0xff, g->ids * sizeof *g->of);
	if (sqlite3_prepare_v2(db, "SELECT id, asn, prefix, holder FROM network ORDER BY id", -1,
		    &row, NULL) != SQLITE_OK)
		return -EBADMSG;
	int code;

	while (rc == 0 && (code = sqlite3_step(row)) == SQLITE_ROW)
		rc = take_index(g, row);
	if (rc == 0 && code != SQLITE_DONE)
		rc = -EBADMSG;
	sqlite3_finalize(row);
	return rc;
}

int groups_make(struct rank_groups *g, sqlite3 *db, const struct shelf *shelf,
	const struct rank_question *q, struct rank_reading *r, struct err *err)
{
	const struct table *t =
		shelf ? shelf_table(shelf, IP_V4, q->day, &r->table_days_off) : NULL;
	int rc = 0;

	*g = (struct rank_groups){.by = q->by, .r = r};
	if (!t && shelf)
		t = shelf_table(shelf, IP_NONE, q->day, &r->table_days_off);
	if (!t)
		r->table_days_off = -1;
	else if (q->by == RANK_BY_PREFIX)
		rc = take_prefixes(g, t, IP_V4) < 0 ? -ENOMEM : take_prefixes(g, t, IP_V6);
	else
		rc = take_announced(g, t);
	if (rc == 0)
		rc = take_index_all(g, db);
	if (rc == -EBADMSG)
		return err_set(err, rc,
			"the ledger's index cannot be read: %s; `cordon ledger "
			"reindex` makes it anew",
			sqlite3_errmsg(db));
	return rc < 0 ? err_sys(err, rc, "the networks of the ledger cannot be read") : 0;
}

void groups_done(struct rank_groups *g)
{
	free(g->of);
	free(g->slot);
	*g = (struct rank_groups){0};
}

uint32_t group_of(const struct rank_groups *g, size_t id)
{
	return id < g->ids ? g->of[id] : GROUP_NONE;
}

uint32_t group_of_asn(const struct rank_groups *g, asn_t asn)
{
	if (g->by != RANK_BY_AS || !g->slots)
		return GROUP_NONE;
	return *find(g, &(struct rank_name){.asn = asn});
}
