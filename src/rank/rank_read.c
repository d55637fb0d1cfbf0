/*
 * Reading. The sightings are read in one pass by several threads, each with a connection and a run
 * of record numbers of its own, and become stays at once: of one host, network, source, kind and
 * campaign, sightings less than RANK_GAP days apart are one. A run's stays are joined in the order
 * of runs; rank() settles the order of everything.
 */
#include "rank/rank_read.h"

#include "base/hash.h"
#include "base/pool.h"
#include "net/day.h"
#include "rank/rank_group.h"
#include "trace/sighting.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY    86400
#define RUNS   8    /* threads at most */
#define FEW    4096 /* records that are not worth a thread */
#define UNUSED UINT32_MAX

/* Stays that are being made, in a table by what they are of. */
struct stays_map {
	struct rank_seen *seen;
	size_t n, room;
	uint32_t *slot; /* slot[slots], a power of two, at most half full */
	size_t slots;
};

/* One thread's part. */
struct run {
	const struct reading *x;
	sqlite3_int64 from, to; /* records */
	struct stays_map map;
	uint64_t sightings, unattributed;
	int32_t first_day, last_day;
	int rc;
	struct err err;
};

/* What of a listed prefix one AS announces: log2 of the addresses. */
struct share {
	uint32_t host, network;
	uint8_t bits;
};

struct reading {
	sqlite3 *db;
	const struct table *table; /* that prefixes are spread by; NULL: they are not */
	struct share *share;       /* share[shares], by host */
	size_t shares;
	const struct rank_question *q;
	struct rank_reading *r;
	struct rank_groups groups;
	uint16_t *source; /* by the index's number: ours */
	uint8_t *bits;    /* by host: of listed prefixes */
	uint32_t *parent; /* by campaign */
	size_t sources, hosts, campaigns;
	struct run run[RUNS];
};

static int sql_failed(sqlite3 *db, struct err *err)
{
	int code = sqlite3_errcode(db);

	return err_set(err, code == SQLITE_NOMEM ? -ENOMEM : -EBADMSG,
		"the ledger's index cannot be read: %s; `cordon ledger reindex` makes it anew",
		sqlite3_errmsg(db));
}

/* Calls take() for each row. Returns 0 or a negative errno. */
static int each_row(sqlite3 *db, const char *sql, int (*take)(struct reading *x, sqlite3_stmt *row),
	struct reading *x, struct err *err)
{
	sqlite3_stmt *row;
	int rc = 0, code;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		return sql_failed(db, err);
	while ((code = sqlite3_step(row)) == SQLITE_ROW && rc == 0)
		rc = take(x, row);
	if (rc == 0 && code != SQLITE_DONE)
		rc = sql_failed(db, err);
	sqlite3_finalize(row);
	return rc < 0 && rc != -EBADMSG ? err_sys(err, rc, "the ledger's index cannot be read")
					: rc;
}

/* The greatest number of a table and one: room for what is looked up by it. */
static int room_for(sqlite3 *db, const char *sql, size_t *ret_n, struct err *err)
{
	sqlite3_stmt *row;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK ||
		sqlite3_step(row) != SQLITE_ROW) {
		sqlite3_finalize(row);
		return sql_failed(db, err);
	}
	sqlite3_int64 most = sqlite3_column_int64(row, 0);

	sqlite3_finalize(row);
	if (most < 0 || most >= UINT32_MAX)
		return err_set(err, -EBADMSG, "the ledger's index has numbers beyond its bounds");
	*ret_n = (size_t)most + 1;
	return 0;
}

static int take_source(struct reading *x, sqlite3_stmt *row)
{
	struct rank_reading *r = x->r;
	size_t id = (size_t)sqlite3_column_int64(row, 0);
	const char *name = (const char *)sqlite3_column_text(row, 1);
	char **more = realloc(r->source, (r->sources + 1) * sizeof *more);

	if (!more || !name)
		return -ENOMEM;
	r->source = more;
	r->source[r->sources] = strdup(name);
	if (!r->source[r->sources])
		return -ENOMEM;
	if (id < x->sources && r->sources < UINT16_MAX)
		x->source[id] = (uint16_t)r->sources;
	r->sources++;
	return 0;
}

static int add_share(struct reading *x, uint32_t host, asn_t asn, double addresses)
{
	uint32_t network = group_of_asn(&x->groups, asn);
	struct share *more = realloc(x->share, (x->shares + 1) * sizeof *more);

	if (!more)
		return -ENOMEM;
	x->share = more;
	if (network != GROUP_NONE)
		x->share[x->shares++] = (struct share){host, network, (uint8_t)log2(addresses)};
	return 0;
}

static int compare_asn(const void *pa, const void *pb)
{
	asn_t a = *(const asn_t *)pa, b = *(const asn_t *)pb;

	return (a > b) - (a < b);
}

/* Parts of a listed prefix may be announced by several ASes, or by none: by the /24, up to a /8. */
static int spread_prefix(struct reading *x, uint32_t host, const struct prefix *p)
{
	size_t n = (size_t)1 << (24 - p->length);
	uint32_t first = (uint32_t)p->ip.byte[0] << 24 | (uint32_t)p->ip.byte[1] << 16 |
			 (uint32_t)p->ip.byte[2] << 8;
	asn_t *asn = malloc(n * sizeof *asn);
	int rc = asn ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && rc == 0; i++)
		asn[i] = table_lookup_v4(x->table, first + ((uint32_t)i << 8));
	if (rc == 0)
		qsort(asn, n, sizeof *asn, compare_asn);
	for (size_t i = 0, end; i < n && rc == 0; i = end) {
		for (end = i; end < n && asn[end] == asn[i]; end++)
			;
		if (asn[i])
			rc = add_share(x, host, asn[i], 256.0 * (double)(end - i));
	}
	free(asn);
	return rc;
}

/* A listed prefix: how many addresses it names; of IPv6, how many sites. */
static int take_prefix(struct reading *x, sqlite3_stmt *row)
{
	size_t id = (size_t)sqlite3_column_int64(row, 0);
	const char *name = (const char *)sqlite3_column_text(row, 1);
	struct prefix p;

	if (name && id < x->hosts && prefix_parse(span_cstr(name), &p) == 0) {
		int whole = p.ip.family == IP_V4 ? 32 : 48;

		x->bits[id] = p.length < whole ? (uint8_t)(whole - p.length) : 0;
		if (x->table && p.ip.family == IP_V4 && p.length >= 8 && p.length < 24)
			return spread_prefix(x, (uint32_t)id, &p);
	}
	return 0;
}

static int take_parent(struct reading *x, sqlite3_stmt *row)
{
	size_t id = (size_t)sqlite3_column_int64(row, 0);

	if (id < x->campaigns)
		x->parent[id] = (uint32_t)sqlite3_column_int64(row, 1);
	return 0;
}

static int read_words(struct reading *x, struct err *err)
{
	int rc = room_for(x->db, "SELECT ifnull(max(id), 0) FROM source", &x->sources, err);

	if (rc == 0)
		rc = room_for(x->db, "SELECT ifnull(max(id), 0) FROM host", &x->hosts, err);
	if (rc == 0)
		rc = room_for(x->db, "SELECT ifnull(max(id), 0) FROM campaign", &x->campaigns, err);
	if (rc < 0)
		return rc;
	x->source = calloc(x->sources, sizeof *x->source);
	x->bits = calloc(x->hosts, 1);
	x->parent = calloc(x->campaigns, sizeof *x->parent);
	if (!x->source || !x->bits || !x->parent)
		return err_sys(err, -ENOMEM, "the ledger's index cannot be read");
	rc = each_row(x->db, "SELECT id, name FROM source ORDER BY name", take_source, x, err);
	if (rc == 0)
		rc = each_row(x->db, "SELECT id, name FROM host WHERE instr(name, '/') ORDER BY id",
			take_prefix, x, err);
	if (rc == 0)
		rc = each_row(x->db, "SELECT id, parent FROM campaign WHERE parent IS NOT NULL",
			take_parent, x, err);
	return rc;
}

static uint64_t key_of(const struct rank_seen *s)
{
	return hash64_mix((uint64_t)s->network << 32 | s->host,
		(uint64_t)s->campaign << 32 | (uint32_t)s->source << 8 | s->kind);
}

static bool same(const struct rank_seen *a, const struct rank_seen *b)
{
	return a->host == b->host && a->network == b->network && a->source == b->source &&
	       a->kind == b->kind && a->campaign == b->campaign;
}

static int grow(struct stays_map *m)
{
	size_t slots = m->slots ? 2 * m->slots : 8192;
	uint32_t *slot = malloc(slots * sizeof *slot);
	struct rank_seen *seen = realloc(m->seen, slots / 2 * sizeof *seen);

	if (seen)
		m->seen = seen;
	if (!slot || !seen) {
		free(slot);
		return -ENOMEM;
	}
	memset(slot, 0xff, slots * sizeof *slot);
	for (size_t i = 0; i < m->slots; i++) {
		if (m->slot[i] == UNUSED)
			continue;
		size_t at = key_of(&m->seen[m->slot[i]]) & (slots - 1);

		while (slot[at] != UNUSED)
			at = (at + 1) & (slots - 1);
		slot[at] = m->slot[i];
	}
	free(m->slot);
	m->slot = slot;
	m->slots = slots;
	m->room = slots / 2;
	return 0;
}

static bool joins(const struct rank_seen *a, int32_t day, int32_t split)
{
	if (split && (a->first <= split) != (day <= split))
		return false;
	return day >= a->first - RANK_GAP && day <= a->last + RANK_GAP;
}

/* A sighting: of the stay that goes on, or of a new one. s->last is s->first. */
static int take_seen(struct stays_map *m, const struct rank_seen *s, int32_t split)
{
	if (m->n == m->room && grow(m) < 0)
		return -ENOMEM;
	size_t at = key_of(s) & (m->slots - 1);

	for (; m->slot[at] != UNUSED; at = (at + 1) & (m->slots - 1)) {
		struct rank_seen *a = &m->seen[m->slot[at]];

		if (!same(a, s))
			continue;
		if (!joins(a, s->first, split))
			break; /* the slot is the newer stay's from here on */
		if (s->first < a->first)
			a->first = s->first;
		if (s->first > a->last)
			a->last = s->first;
		if (s->confidence > a->confidence)
			a->confidence = s->confidence;
		return 0;
	}
	m->slot[at] = (uint32_t)m->n;
	m->seen[m->n++] = *s;
	return 0;
}

/* A listed prefix: to all that announce a part of it. */
static int take_spread(struct run *u, struct rank_seen s)
{
	const struct reading *x = u->x;
	size_t low = 0, high = x->shares;
	int rc = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (x->share[middle].host < s.host)
			low = middle + 1;
		else
			high = middle;
	}
	u->unattributed += low == x->shares || x->share[low].host != s.host;
	for (; low < x->shares && x->share[low].host == s.host && rc == 0; low++) {
		s.network = x->share[low].network;
		s.bits = x->share[low].bits;
		rc = take_seen(&u->map, &s, x->q->split);
	}
	return rc;
}

/* seq, at, kind, source, host, network, campaign, confidence */
static int take_sighting(struct run *u, sqlite3_stmt *row)
{
	const struct reading *x = u->x;
	size_t source = (size_t)sqlite3_column_int64(row, 2);
	size_t host = (size_t)sqlite3_column_int64(row, 3);
	size_t network = (size_t)sqlite3_column_int64(row, 4);
	size_t campaign = (size_t)sqlite3_column_int64(row, 5);
	int32_t day = sighting_day(sqlite3_column_int64(row, 0));
	struct rank_seen s = {
		.network = group_of(&x->groups, network),
		.host = (uint32_t)host,
		.campaign = (uint32_t)campaign,
		.first = day,
		.last = day,
		.source = source < x->sources ? x->source[source] : 0,
		.kind = (uint8_t)(sqlite3_column_int(row, 1) & (RANK_KINDS - 1)),
		.confidence = (uint8_t)sqlite3_column_int(row, 6),
		.bits = host < x->hosts ? x->bits[host] : 0,
	};

	if (campaign < x->campaigns && x->parent[campaign])
		s.campaign = x->parent[campaign];
	if (!u->sightings || day < u->first_day)
		u->first_day = day;
	if (!u->sightings || day > u->last_day)
		u->last_day = day;
	u->sightings++;
	if (x->table && s.bits > 8 && s.bits <= 24)
		return take_spread(u, s);
	if (s.network == GROUP_NONE) {
		u->unattributed++;
		return 0;
	}
	return take_seen(&u->map, &s, x->q->split);
}

static int read_rows(struct run *u, sqlite3 *db)
{
	const struct rank_question *q = u->x->q;
	int64_t window = q->window ? q->window : RANK_WINDOW;
	int64_t to = ((int64_t)q->day + 1) * DAY;
	sqlite3_stmt *row;
	int code, rc = 0;
	const char *sql = q->known ? "SELECT s.at, s.kind, s.source, s.host, s.network, "
				     "s.campaign, s.confidence"
				     " FROM sighting s JOIN record r ON r.seq = s.seq"
				     " WHERE s.seq >= ?1 AND s.seq < ?2 AND s.at >= ?3 AND s.at < "
				     "?4 AND r.logged < ?4"
				   : "SELECT at, kind, source, host, network, campaign, confidence "
				     "FROM sighting"
				     " WHERE seq >= ?1 AND seq < ?2 AND at >= ?3 AND at < ?4";

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		return sql_failed(db, &u->err);
	sqlite3_bind_int64(row, 1, u->from);
	sqlite3_bind_int64(row, 2, u->to);
	sqlite3_bind_int64(row, 3, to - 4 * window * DAY);
	sqlite3_bind_int64(row, 4, to);
	while (rc == 0 && (code = sqlite3_step(row)) == SQLITE_ROW)
		rc = take_sighting(u, row);
	if (rc == 0 && code != SQLITE_DONE)
		rc = sql_failed(db, &u->err);
	else if (rc < 0)
		err_sys(&u->err, rc, "the ledger's index cannot be read");
	sqlite3_finalize(row);
	return rc;
}

/* On a connection of its own where that can be had; an index in memory has none but ours. */
static void read_run(void *context, unsigned worker, size_t from, size_t to)
{
	struct reading *x = context;

	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct run *u = &x->run[i];
		const char *path = sqlite3_db_filename(x->db, "main");
		sqlite3 *own = NULL;

		if (path && *path && to - from == 1)
			sqlite3_open_v2(
				path, &own, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
		if (own && sqlite3_errcode(own) == SQLITE_OK) {
			sqlite3_exec(own, "PRAGMA mmap_size = 4294967296", NULL, NULL, NULL);
			u->rc = read_rows(u, own);
		} else {
			u->rc = read_rows(u, x->db);
		}
		sqlite3_close(own);
	}
}

static int join_runs(struct reading *x, size_t runs, struct err *err)
{
	struct rank_reading *r = x->r;
	size_t n = 0;

	for (size_t i = 0; i < runs; i++) {
		if (x->run[i].rc < 0)
			return err_set(err, x->run[i].rc, "%s", x->run[i].err.text);
		n += x->run[i].map.n;
	}
	r->seen = malloc((n + 1) * sizeof *r->seen);
	if (!r->seen)
		return err_sys(err, -ENOMEM, "the ledger's index cannot be read");
	for (size_t i = 0; i < runs; i++) {
		struct run *u = &x->run[i];

		memcpy(r->seen + r->world.n, u->map.seen, u->map.n * sizeof *r->seen);
		r->world.n += u->map.n;
		if (u->sightings && (!r->sightings || u->first_day < r->first_day))
			r->first_day = u->first_day;
		if (u->sightings && (!r->sightings || u->last_day > r->last_day))
			r->last_day = u->last_day;
		r->sightings += u->sightings;
		r->unattributed += u->unattributed;
	}
	r->world.seen = r->seen;
	return 0;
}

static int read_sightings(struct reading *x, struct err *err)
{
	const char *path = sqlite3_db_filename(x->db, "main");
	unsigned runs = x->q->threads ? x->q->threads : pool_cores();
	struct pool_loop loop = {x, read_run};
	size_t records;
	int rc = room_for(x->db, "SELECT ifnull(max(seq), 0) FROM sighting", &records, err);

	if (rc < 0)
		return rc;
	runs = runs > RUNS ? RUNS : runs;
	if (records < FEW || !path || !*path)
		runs = 1;
	for (size_t i = 0; i < runs; i++)
		x->run[i] = (struct run){
			.x = x,
			.from = (sqlite3_int64)(records * i / runs),
			.to = (sqlite3_int64)(records * (i + 1) / runs),
		};
	rc = pool_run_loop(&loop, runs, 1, runs);
	return rc < 0 ? err_sys(err, rc, "the ledger's index cannot be read")
		      : join_runs(x, runs, err);
}

/* asn, at, the best answer or NULL; see the query */
static int take_notice(struct reading *x, sqlite3_stmt *row)
{
	static const enum rank_answer answers[] = {[ANSWER_RECEIPT] = RANK_RECEIPT,
		[ANSWER_ACTED] = RANK_ACTED,
		[ANSWER_PROMISED] = RANK_PROMISED,
		[ANSWER_REFUSED] = RANK_REFUSED,
		[ANSWER_BOUNCED] = RANK_BOUNCED};
	struct rank_reading *r = x->r;
	uint32_t network = group_of_asn(&x->groups, (asn_t)sqlite3_column_int64(row, 0));

	if (network == GROUP_NONE)
		return 0;
	struct rank_notice *more = realloc(r->notice, (r->world.notices + 1) * sizeof *more);

	if (!more)
		return -ENOMEM;
	int what = sqlite3_column_type(row, 2) == SQLITE_NULL ? -1 : sqlite3_column_int(row, 2);

	r->notice = more;
	r->notice[r->world.notices++] =
		(struct rank_notice){network, sighting_day(sqlite3_column_int64(row, 1)),
			what >= 0 && what <= ANSWER_BOUNCED ? answers[what] : RANK_SILENT};
	r->world.notice = r->notice;
	return 0;
}

/* Of the answers up to the day the one that says most: that they acted, that they will, that they
 * refuse, a bounce, a receipt. */
static int read_notices(struct reading *x, struct err *err)
{
	char sql[640];
	long long end = ((long long)x->q->day + 1) * DAY;

	snprintf(sql, sizeof sql,
		"SELECT n.asn, n.at, (SELECT a.what FROM answer a WHERE a.notice = n.name AND"
		" a.at < %lld ORDER BY CASE a.what WHEN %d THEN 0 WHEN %d THEN 1 WHEN %d THEN 2"
		" WHEN %d THEN 3 ELSE 4 END LIMIT 1) FROM notice n"
		" WHERE n.to_upstreams = 0 AND n.at < %lld ORDER BY n.seq",
		end, ANSWER_ACTED, ANSWER_PROMISED, ANSWER_REFUSED, ANSWER_BOUNCED, end);
	return each_row(x->db, sql, take_notice, x, err);
}

static int read_all(struct reading *x, const struct shelf *shelf, struct err *err)
{
	int rc = groups_make(&x->groups, x->db, shelf, x->q, x->r, err);

	if (shelf && x->q->by == RANK_BY_AS)
		x->table = shelf_table(shelf, IP_V4, x->q->day, NULL);

	if (rc == 0)
		rc = read_words(x, err);
	if (rc == 0)
		rc = read_sightings(x, err);
	if (rc == 0)
		rc = read_notices(x, err);
	x->r->world.day = x->q->day;
	return rc;
}

int rank_read(sqlite3 *db, const struct shelf *shelf, const struct rank_question *q,
	struct rank_reading *ret_reading, struct err *err)
{
	struct rank_reading r = {.table_days_off = -1};
	struct reading *x = calloc(1, sizeof *x);

	if (!x)
		return err_sys(err, -ENOMEM, "the ledger's index cannot be read");
	*x = (struct reading){.db = db, .q = q, .r = &r};
	int rc = read_all(x, shelf, err);

	groups_done(&x->groups);
	free(x->source);
	free(x->bits);
	free(x->parent);
	free(x->share);
	for (size_t i = 0; i < RUNS; i++) {
		free(x->run[i].map.seen);
		free(x->run[i].map.slot);
	}
	free(x);
	if (rc < 0)
		rank_read_done(&r);
	else
		*ret_reading = r;
	return rc;
}

void rank_read_done(struct rank_reading *r)
{
	for (size_t i = 0; i < r->sources; i++)
		free(r->source[i]);
	free(r->source);
	free(r->name);
	free(r->network);
	free(r->seen);
	free(r->notice);
	free(r->announced);
	buf_done(&r->words);
	*r = (struct rank_reading){0};
}

bool rank_read_find(const struct rank_reading *r, asn_t asn, uint32_t *ret_network)
{
	for (size_t i = 0; i < r->world.networks; i++) {
		if (r->name[i].asn != asn || !asn)
			continue;
		*ret_network = (uint32_t)i;
		return true;
	}
	return false;
}
