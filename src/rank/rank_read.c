/*
 * Reading. The index keeps what was seen in the order of hosts (ledger/index_seen.h), so a host's
 * days come one behind the other and become stays at once: of one network, source, kind and
 * campaign, days at most RANK_GAP apart are one. Several threads read, each with a connection and a
 * run of hosts of its own; the runs are the same however many threads there are, and so is the
 * result.
 */
#include "rank/rank_read.h"

#include "base/pool.h"
#include "ledger/index_seen.h"
#include "net/day.h"
#include "rank/rank_group.h"
#include "trace/sighting.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY  86400
#define RUNS 8    /* of hosts, and threads at most */
#define FEW  4096 /* hosts that are not worth a thread */

/* An array that grows. */
struct seen_list {
	struct rank_seen *seen;
	size_t n, room;
};

/* Hosts that one thread reads. */
struct run {
	const struct reading *x;
	uint32_t from, to;     /* numbers of hosts, to included */
	struct seen_list host; /* days of the host that is being read */
	struct seen_list stays;
	uint64_t sightings, unattributed;
	int32_t first_day, last_day;
	bool later; /* its connection saw another state than ours */
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
	int64_t size; /* of the index, in records */
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

/* --- stays --- */

static int push(struct seen_list *l, const struct rank_seen *s)
{
	if (l->n == l->room) {
		size_t room = 2 * l->room + 64;
		struct rank_seen *more = realloc(l->seen, room * sizeof *more);

		if (!more)
			return -ENOMEM;
		l->seen = more;
		l->room = room;
	}
	l->seen[l->n++] = *s;
	return 0;
}

/* Of one host: what makes a stay, then the days. */
static int compare_days(const void *pa, const void *pb)
{
	const struct rank_seen *a = pa, *b = pb;

	if (a->network != b->network)
		return a->network < b->network ? -1 : 1;
	if (a->campaign != b->campaign)
		return a->campaign < b->campaign ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

/* The next day of a stay; b is not before it. */
static bool joins(const struct rank_seen *a, const struct rank_seen *b, int32_t split)
{
	if (a->network != b->network || a->campaign != b->campaign || a->source != b->source ||
		a->kind != b->kind || b->first > a->last + RANK_GAP)
		return false;
	return !split || (a->first <= split) == (b->first <= split);
}

/* The host's days become stays. They are in order but where names of the index mean one to us:
 * prefixes of an AS, campaigns that are one, and days of several epochs. */
static int end_host(struct run *u)
{
	struct seen_list *l = &u->host;
	int rc = 0;

	for (size_t i = 1; i < l->n; i++)
		if (compare_days(&l->seen[i - 1], &l->seen[i]) > 0) {
			qsort(l->seen, l->n, sizeof *l->seen, compare_days);
			break;
		}
	for (size_t i = 0, end; i < l->n && rc == 0; i = end) {
		struct rank_seen stay = l->seen[i];

		for (end = i + 1; end < l->n && joins(&stay, &l->seen[end], u->x->q->split);
			end++) {
			stay.last = l->seen[end].last;
			if (l->seen[end].confidence > stay.confidence)
				stay.confidence = l->seen[end].confidence;
		}
		rc = push(&u->stays, &stay);
	}
	l->n = 0;
	return rc;
}

/* --- what was seen --- */

/* A listed prefix: to all that announce a part of it. */
static int take_spread(struct run *u, struct rank_seen s, uint32_t count)
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
	if (low == x->shares || x->share[low].host != s.host)
		u->unattributed += count;
	for (; low < x->shares && x->share[low].host == s.host && rc == 0; low++) {
		s.network = x->share[low].network;
		s.bits = x->share[low].bits;
		rc = push(&u->host, &s);
	}
	return rc;
}

static int take_seen(struct run *u, const struct seen *e)
{
	const struct reading *x = u->x;
	struct rank_seen s = {
		.network = group_of(&x->groups, e->network),
		.host = e->host,
		.campaign = e->campaign,
		.first = e->day,
		.last = e->day,
		.source = e->source < x->sources ? x->source[e->source] : 0,
		.kind = e->kind & (RANK_KINDS - 1),
		.confidence = e->confidence,
		.bits = e->host < x->hosts ? x->bits[e->host] : 0,
	};

	if (e->campaign < x->campaigns && x->parent[e->campaign])
		s.campaign = x->parent[e->campaign];
	if (!u->sightings || e->day < u->first_day)
		u->first_day = e->day;
	if (!u->sightings || e->day > u->last_day)
		u->last_day = e->day;
	u->sightings += e->count;
	if (x->table && s.bits > 8 && s.bits <= 24)
		return take_spread(u, s, e->count);
	if (s.network == GROUP_NONE) {
		u->unattributed += e->count;
		return 0;
	}
	return push(&u->host, &s);
}

static int read_hosts(struct run *u, sqlite3 *db)
{
	const struct rank_question *q = u->x->q;
	int64_t first = q->day + 1 - 4 * (int64_t)(q->window ? q->window : RANK_WINDOW);
	struct seen_walk walk;
	struct seen e;
	uint32_t host = u->from;
	int rc = seen_open(&walk, db, first < 0 ? 0 : (int32_t)first, q->day,
		q->known ? q->day : INT32_MAX, u->from, u->to, &u->err);

	while (rc == 0 && (rc = seen_next(&walk, &e, &u->err)) == 1) {
		rc = 0;
		if (e.host != host)
			rc = end_host(u);
		host = e.host;
		if (rc == 0)
			rc = take_seen(u, &e);
		if (rc < 0)
			err_sys(&u->err, rc, "the ledger's index cannot be read");
	}
	seen_close(&walk);
	if (rc == 0 && (rc = end_host(u)) < 0)
		err_sys(&u->err, rc, "the ledger's index cannot be read");
	return rc;
}

/* --- connections --- */

/* How many records of the log an index has, as the connection sees it; -1 when it does not say. */
static int64_t size_of(sqlite3 *db)
{
	sqlite3_stmt *row = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key='size'", -1, &row, NULL) ==
			SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW)
		n = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return n;
}

/* A connection of its own that sees the state that ours sees, or NULL. */
static sqlite3 *connect(const struct reading *x)
{
	sqlite3 *own = NULL;

	if (sqlite3_open_v2(sqlite3_db_filename(x->db, "main"), &own,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
		sqlite3_exec(own, "PRAGMA mmap_size = 4294967296; BEGIN", NULL, NULL, NULL) ==
			SQLITE_OK &&
		size_of(own) == x->size)
		return own;
	sqlite3_close(own);
	return NULL;
}

static void read_run(void *context, unsigned worker, size_t from, size_t to)
{
	struct reading *x = context;

	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct run *u = &x->run[i];
		sqlite3 *own = connect(x);

		u->later = !own;
		if (own)
			u->rc = read_hosts(u, own);
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
		n += x->run[i].stays.n;
	}
	r->seen = malloc((n + 1) * sizeof *r->seen);
	if (!r->seen)
		return err_sys(err, -ENOMEM, "the ledger's index cannot be read");
	for (size_t i = 0; i < runs; i++) {
		struct run *u = &x->run[i];

		if (u->stays.n)
			memcpy(r->seen + r->world.n, u->stays.seen, u->stays.n * sizeof *r->seen);
		free(u->stays.seen);
		u->stays.seen = NULL;
		r->world.n += u->stays.n;
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

/* An index in memory has no connection but ours; nor has one that was added to just now any that
 * sees what ours does. */
static int read_sightings(struct reading *x, struct err *err)
{
	const char *path = sqlite3_db_filename(x->db, "main");
	size_t runs = x->hosts < FEW || !path || !*path ? 1 : RUNS;
	unsigned threads = x->q->threads ? x->q->threads : pool_cores();
	struct pool_loop loop = {x, read_run};
	int rc = 0;

	x->size = size_of(x->db);
	for (size_t i = 0; i < runs; i++)
		x->run[i] = (struct run){
			.x = x,
			.from = (uint32_t)(x->hosts * i / runs),
			.to = (uint32_t)(x->hosts * (i + 1) / runs - 1),
			.later = true,
		};
	if (runs > 1)
		rc = pool_run_loop(&loop, runs, 1, threads > RUNS ? RUNS : threads);
	if (rc < 0)
		return err_sys(err, rc, "the ledger's index cannot be read");
	for (size_t i = 0; i < runs; i++)
		if (x->run[i].later)
			x->run[i].rc = read_hosts(&x->run[i], x->db);
	return join_runs(x, runs, err);
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
		free(x->run[i].host.seen);
		free(x->run[i].stays.seen);
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
