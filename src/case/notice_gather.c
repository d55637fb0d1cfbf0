/*
 * One pass over the network's sightings, grouped by host, kind, port and whether our own mail
 * showed it; and one over what is advertised, for those that lead to hosts of the network. SQLite
 * sorts; the kinds are put in order of what hurts others most.
 */
#include "case/notice.h"

#include "net/day.h"

#include <errno.h>
#include <stdlib.h>

/* What hurts others most comes first; hosts_sql has the same order. */
const enum sighting_kind notice_order[SIGHTING_KINDS] = {SIGHTING_C2, SIGHTING_MALWARE,
	SIGHTING_PHISH, SIGHTING_ATTACK, SIGHTING_SCAN, SIGHTING_SPAM, SIGHTING_LISTED};

/* clang-format off */
static const char hosts_sql[] =
	"SELECT h.name, s.kind, s.port, s.source = (SELECT id FROM source WHERE name = 'mail') AS own,"
	" count(*) AS n, min(s.at), max(s.at), max(s.confidence), group_concat(DISTINCT o.name),"
	" min(s.seq), max(s.seq), max(r.seq), min(s.day_only)"
	" FROM network w JOIN sighting s ON s.network = w.id JOIN host h ON h.id = s.host"
	" JOIN source o ON o.id = s.source LEFT JOIN raw r ON r.seq = s.seq"
	" WHERE w.asn = ?1 AND s.at >= ?2 AND s.at < ?3"
	" GROUP BY s.host, s.kind, s.port, own"
	" ORDER BY instr('3215406', s.kind), n DESC, h.name, s.port LIMIT ?4";

/* CROSS JOIN: what is advertised is read once. No port, and no message that is a host's own. */
static const char led_sql[] =
	"SELECT h.name, s.kind, 0, s.source = (SELECT id FROM source WHERE name = 'mail') AS own,"
	" count(*) AS n, min(s.at), max(s.at), max(s.confidence), group_concat(DISTINCT o.name),"
	" min(s.seq), max(s.seq), NULL, min(s.day_only)"
	" FROM advertised a CROSS JOIN sighting s ON s.seq = a.seq JOIN host h ON h.id = a.host"
	" JOIN source o ON o.id = s.source"
	" WHERE a.network IN (SELECT id FROM network WHERE asn = ?1) AND s.at >= ?2 AND s.at < ?3"
	" GROUP BY a.host, s.kind, own"
	" ORDER BY instr('3215406', s.kind), n DESC, h.name LIMIT ?4";

static const char led_total_sql[] =
	"SELECT count(DISTINCT s.seq), count(DISTINCT a.host), min(s.at), max(s.at)"
	" FROM advertised a CROSS JOIN sighting s ON s.seq = a.seq"
	" WHERE a.network IN (SELECT id FROM network WHERE asn = ?1) AND s.at >= ?2 AND s.at < ?3";

static const char totals_sql[] =
	"SELECT s.kind, count(*), min(s.at), max(s.at), count(DISTINCT s.host)"
	" FROM network w JOIN sighting s ON s.network = w.id"
	" WHERE w.asn = ?1 AND s.at >= ?2 AND s.at < ?3 GROUP BY s.kind";

static const char last_sql[] =
	"SELECT max(coalesce((SELECT max(s.at) FROM network w JOIN sighting s ON s.network = w.id"
	" WHERE w.asn = ?1), 0), coalesce((SELECT max(s.at) FROM advertised a CROSS JOIN sighting s"
	" ON s.seq = a.seq WHERE a.network IN (SELECT id FROM network WHERE asn = ?1)), 0)),"
	" (SELECT holder FROM network WHERE asn = ?1 AND holder <> '' ORDER BY id DESC LIMIT 1)";

static const char past_sql[] =
	"SELECT n.name, n.asn, n.recipient, n.to_upstreams, n.at, a.what, a.at,"
	" (SELECT count(*) FROM (SELECT s.seq FROM network w JOIN sighting s ON s.network = w.id"
	"  WHERE w.asn = n.asn AND s.at > n.at UNION SELECT s.seq FROM advertised d CROSS JOIN"
	"  sighting s ON s.seq = d.seq WHERE d.network IN (SELECT id FROM network w WHERE"
	"  w.asn = n.asn) AND s.at > n.at))"
	" FROM notice n LEFT JOIN answer a ON a.seq ="
	" (SELECT seq FROM answer WHERE notice = n.name ORDER BY at DESC, seq DESC LIMIT 1)"
	" WHERE ?1 = 0 OR n.asn = ?1 ORDER BY n.at DESC, n.seq DESC LIMIT ?2";
/* clang-format on */

static int fault(sqlite3 *db, struct err *err)
{
	return err_set(err, -EIO,
		"the ledger's index cannot be read: %s; 'cordon ledger reindex' makes it again",
		sqlite3_errmsg(db));
}

static struct span column_text(sqlite3_stmt *q, int i, struct arena *arena)
{
	const char *p = (const char *)sqlite3_column_text(q, i);

	return arena_copy(arena, (struct span){p, p ? (size_t)sqlite3_column_bytes(q, i) : 0});
}

static enum sighting_kind column_kind(sqlite3_stmt *q, int i)
{
	int kind = sqlite3_column_int(q, i);

	return kind >= 0 && kind < SIGHTING_KINDS ? (enum sighting_kind)kind : SIGHTING_LISTED;
}

static uint64_t column_seq(sqlite3_stmt *q, int i)
{
	return sqlite3_column_type(q, i) == SQLITE_NULL ? NOTICE_NONE
							: (uint64_t)sqlite3_column_int64(q, i);
}

static void read_host(sqlite3_stmt *q, struct arena *arena, struct notice_host *h)
{
	*h = (struct notice_host){
		.name = column_text(q, 0, arena),
		.kind = column_kind(q, 1),
		.port = (uint16_t)sqlite3_column_int(q, 2),
		.by_mail = sqlite3_column_int(q, 3),
		.count = (uint64_t)sqlite3_column_int64(q, 4),
		.first = sqlite3_column_int64(q, 5),
		.last = sqlite3_column_int64(q, 6),
		.confidence = (uint8_t)sqlite3_column_int(q, 7),
		.sources = column_text(q, 8, arena),
		.first_seq = column_seq(q, 9),
		.last_seq = column_seq(q, 10),
		.raw_seq = column_seq(q, 11),
		.day_only = sqlite3_column_int(q, 12),
	};
}

static int prepare(sqlite3 *db, const char *sql, asn_t asn, sqlite3_stmt **ret)
{
	int rc = sqlite3_prepare_v2(db, sql, -1, ret, NULL);

	return rc == SQLITE_OK ? sqlite3_bind_int64(*ret, 1, asn) : rc;
}

/* Appends the rows of a statement to the hosts. */
static int read_hosts(sqlite3 *db, const char *sql, bool led_to, struct arena *arena,
	struct notice_facts *f, size_t *room, struct err *err)
{
	sqlite3_stmt *q;
	int step = SQLITE_DONE, rc = 0;

	if (prepare(db, sql, f->asn, &q) != SQLITE_OK)
		return fault(db, err);
	sqlite3_bind_int64(q, 2, f->from);
	sqlite3_bind_int64(q, 3, f->until);
	sqlite3_bind_int(q, 4, NOTICE_HOSTS_MOST);
	while (rc == 0 && (step = sqlite3_step(q)) == SQLITE_ROW) {
		rc = arena_grow(arena, (void **)&f->host, room, f->hosts, sizeof(*f->host));
		if (rc < 0)
			break;
		read_host(q, arena, &f->host[f->hosts]);
		f->host[f->hosts++].led_to = led_to;
	}
	sqlite3_finalize(q);
	if (rc < 0)
		return err_sys(err, rc, "AS%u", f->asn);
	return step == SQLITE_DONE ? 0 : fault(db, err);
}

/* When the messages that become samples were seen. */
static int read_samples(sqlite3 *db, struct notice_facts *f, struct err *err)
{
	size_t left = NOTICE_SAMPLES_MOST;
	sqlite3_stmt *q;
	int rc = sqlite3_prepare_v2(db, "SELECT at FROM sighting WHERE seq = ?1", -1, &q, NULL);

	for (size_t i = 0; rc == SQLITE_OK && i < f->acts && left > 0; i++) {
		struct notice_host *h = &f->host[i];

		if (!h->by_mail || h->raw_seq == NOTICE_NONE)
			continue;
		left--;
		sqlite3_bind_int64(q, 1, (sqlite3_int64)h->raw_seq);
		if (sqlite3_step(q) == SQLITE_ROW)
			h->raw_at = sqlite3_column_int64(q, 0);
		rc = sqlite3_reset(q);
	}
	sqlite3_finalize(q);
	return rc == SQLITE_OK ? 0 : fault(db, err);
}

static int read_totals(sqlite3 *db, struct notice_facts *f, struct err *err)
{
	sqlite3_stmt *q;
	int step;

	if (prepare(db, totals_sql, f->asn, &q) != SQLITE_OK)
		return fault(db, err);
	sqlite3_bind_int64(q, 2, f->from);
	sqlite3_bind_int64(q, 3, f->until);
	while ((step = sqlite3_step(q)) == SQLITE_ROW) {
		enum sighting_kind k = column_kind(q, 0);

		f->kind[k].sightings = (uint64_t)sqlite3_column_int64(q, 1);
		f->kind[k].first = sqlite3_column_int64(q, 2);
		f->kind[k].last = sqlite3_column_int64(q, 3);
		f->kind[k].hosts = (size_t)sqlite3_column_int64(q, 4);
		f->sightings += f->kind[k].sightings;
	}
	sqlite3_finalize(q);
	return step == SQLITE_DONE ? 0 : fault(db, err);
}

static int read_led_total(sqlite3 *db, struct notice_facts *f, struct err *err)
{
	sqlite3_stmt *q;

	if (prepare(db, led_total_sql, f->asn, &q) != SQLITE_OK)
		return fault(db, err);
	sqlite3_bind_int64(q, 2, f->from);
	sqlite3_bind_int64(q, 3, f->until);
	int step = sqlite3_step(q);

	if (step == SQLITE_ROW) {
		f->led.sightings = (uint64_t)sqlite3_column_int64(q, 0);
		f->led.hosts = (uint64_t)sqlite3_column_int64(q, 1);
		f->led.first = sqlite3_column_int64(q, 2);
		f->led.last = sqlite3_column_int64(q, 3);
	}
	sqlite3_finalize(q);
	return step == SQLITE_ROW ? 0 : fault(db, err);
}

static int read_last(sqlite3 *db, struct arena *arena, struct notice_facts *f, struct err *err)
{
	sqlite3_stmt *q;
	int step;

	if (prepare(db, last_sql, f->asn, &q) != SQLITE_OK)
		return fault(db, err);
	step = sqlite3_step(q);
	if (step == SQLITE_ROW) {
		f->last = sqlite3_column_int64(q, 0);
		f->holder = column_text(q, 1, arena);
	}
	sqlite3_finalize(q);
	return step == SQLITE_ROW ? 0 : fault(db, err);
}

int notice_history(sqlite3 *db, asn_t asn, size_t most, struct arena *arena,
	struct notice_past **ret_past, size_t *ret_n, struct err *err)
{
	struct notice_past *past = NULL;
	size_t n = 0, room = 0;
	sqlite3_stmt *q;
	int step = SQLITE_DONE, rc = 0;

	if (prepare(db, past_sql, asn, &q) != SQLITE_OK)
		return fault(db, err);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)most);
	while (rc == 0 && (step = sqlite3_step(q)) == SQLITE_ROW) {
		rc = arena_grow(arena, (void **)&past, &room, n, sizeof(*past));
		if (rc < 0)
			break;
		int what = sqlite3_column_int(q, 5);

		past[n++] = (struct notice_past){
			.name = column_text(q, 0, arena),
			.asn = (asn_t)sqlite3_column_int64(q, 1),
			.to = (asn_t)sqlite3_column_int64(q, 2),
			.to_upstreams = sqlite3_column_int(q, 3),
			.at = sqlite3_column_int64(q, 4),
			.answered = sqlite3_column_type(q, 5) != SQLITE_NULL && what >= 0 &&
				    what < ANSWERS,
			.answer = (enum answer)what,
			.answer_at = sqlite3_column_int64(q, 6),
			.since = (uint64_t)sqlite3_column_int64(q, 7),
		};
	}
	sqlite3_finalize(q);
	if (rc < 0)
		return err_sys(err, rc, "notices");
	if (step != SQLITE_DONE)
		return fault(db, err);
	*ret_past = past;
	*ret_n = n;
	return 0;
}

int notice_gather(sqlite3 *db, asn_t asn, int64_t from, int64_t until, struct arena *arena,
	struct notice_facts *ret_facts, struct err *err)
{
	struct notice_facts f = {.asn = asn, .from = from, .until = until};
	char first[DAY_TEXT], last[DAY_TEXT], ever[DAY_TEXT];
	size_t room = 0;
	int rc = read_last(db, arena, &f, err);

	if (rc == 0)
		rc = read_totals(db, &f, err);
	if (rc == 0)
		rc = read_led_total(db, &f, err);
	if (rc == 0)
		rc = read_hosts(db, hosts_sql, false, arena, &f, &room, err);
	f.acts = f.hosts;
	if (rc == 0)
		rc = read_hosts(db, led_sql, true, arena, &f, &room, err);
	if (rc == 0)
		rc = read_samples(db, &f, err);
	if (rc == 0)
		rc = notice_history(db, asn, NOTICE_HISTORY_MOST, arena, &f.past, &f.pasts, err);
	if (rc == 0 && arena_spent(arena))
		rc = err_sys(err, -ENOMEM, "AS%u", asn);
	if (rc == 0 && f.sightings == 0 && f.led.sightings == 0)
		rc = err_set(err, -ENODATA,
			"AS%u: the ledger has no abuse seen there, or leading there, from %s to "
			"%s%s%s",
			asn, day_format((int32_t)(from / 86400), first),
			day_format((int32_t)((until - 1) / 86400), last),
			f.last ? "; the last was " : "",
			f.last ? day_format((int32_t)(f.last / 86400), ever) : "");
	if (rc == 0)
		*ret_facts = f;
	return rc;
}
