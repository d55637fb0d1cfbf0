/*
 * The question is put together from the parts that are asked for, each a condition on the record's
 * index with its values bound, never written into the text. SQLite is given one function of ours,
 * concerns(host), which tells whether a host is meant: itself, below a domain, within a prefix or
 * around one.
 */
#include "cli/ledger_select.h"

#include "cli/cli.h"
#include "net/asn.h"

#include <errno.h>
#include <stdlib.h>

#define DAY_S 86400

struct ledger_select {
	sqlite3 *db;
	sqlite3_stmt *found;
};

/* --- what the options mean --- */

static int read_time(
	const struct usage *usage, const char *name, const char *text, bool whole_day, int64_t *ret)
{
	bool day_only;

	if (!text)
		return EXIT_DONE;
	if (sighting_time_parse(span_cstr(text), ret, &day_only) < 0)
		return usage_error(usage,
			"--%s takes a day (2026-10-05) or a time (2026-10-05T12:00:00Z), not '%s'",
			name, text);
	if (day_only && whole_day)
		*ret += DAY_S;
	return EXIT_DONE;
}

static int read_seq(const struct usage *usage, const char *text, struct ledger_chosen *c)
{
	struct span rest = span_cstr(text), from;
	unsigned long long first, last;

	if (!text)
		return EXIT_DONE;
	span_cut(&rest, '-', &from);
	if (span_number(from, INT64_MAX - 1, &first) < 0 ||
		(strchr(text, '-') && span_number(rest, INT64_MAX - 1, &last) < 0))
		return usage_error(
			usage, "--seq takes a number, or two as in 10-20, not '%s'", text);
	c->first = first;
	c->end = (strchr(text, '-') ? last : first) + 1;
	return EXIT_DONE;
}

static int read_host(const struct usage *usage, const char *text, struct ledger_chosen *c)
{
	struct span s = span_cstr(text);

	if (!text)
		return EXIT_DONE;
	c->by_host = true;
	c->by_prefix = prefix_parse(s, &c->prefix) == 0;
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (!s.n || s.n >= sizeof(c->domain_text))
		return usage_error(
			usage, "--host takes an address, a prefix or a domain, not '%s'", text);
	for (size_t i = 0; i < s.n; i++)
		c->domain_text[i] = ascii_lower(s.p[i]);
	c->domain = (struct span){c->domain_text, s.n};
	return EXIT_DONE;
}

int ledger_select_read(
	const struct usage *usage, const struct ledger_filter *f, struct ledger_chosen *ret)
{
	*ret = (struct ledger_chosen){.since = INT64_MIN,
		.until = INT64_MAX,
		.end = INT64_MAX,
		.campaign = f->campaign,
		.source = f->source,
		.kind = f->kind,
		.type = f->type,
		.last = f->last};
	int code = read_time(usage, "since", f->since, false, &ret->since);

	if (code == EXIT_DONE)
		code = read_time(usage, "until", f->until, true, &ret->until);
	if (code == EXIT_DONE)
		code = read_seq(usage, f->seq, ret);
	if (code == EXIT_DONE)
		code = read_host(usage, f->host, ret);
	ret->by_network = f->network != NULL;
	if (code == EXIT_DONE && f->network && asn_parse(span_cstr(f->network), &ret->asn) < 0)
		return usage_error(usage, "--network takes an AS number, not '%s'", f->network);
	return code;
}

/* --- the question --- */

static bool is_meant(const struct ledger_chosen *c, struct span host)
{
	struct prefix p;

	if (c->by_prefix)
		return prefix_parse(host, &p) == 0 && p.ip.family == c->prefix.ip.family &&
		       (p.length >= c->prefix.length ? prefix_has(&c->prefix, &p.ip)
						     : prefix_has(&p, &c->prefix.ip));
	return host.n >= c->domain.n && span_eq(span_skip(host, host.n - c->domain.n), c->domain) &&
	       (host.n == c->domain.n || host.p[host.n - c->domain.n - 1] == '.');
}

static void concerns(sqlite3_context *context, int n, sqlite3_value **values)
{
	const char *text = (const char *)sqlite3_value_text(values[0]);

	(void)n;
	sqlite3_result_int(context, text && is_meant(sqlite3_user_data(context), span_cstr(text)));
}

/* The conditions beside time and index; ?1 .. ?4 are those, ?5 asn, ?6 campaign, ?7 source, ?8
 * kind, ?9 type, ?10 how many. */
static void write_question(const struct ledger_chosen *c, struct buf *to)
{
	buf_str(to, "SELECT r.seq AS seq, r.type, coalesce(n.asn, 0), coalesce(n.prefix, ''),"
		    " coalesce(n.holder, '') FROM record r LEFT JOIN sighting s ON s.seq = r.seq"
		    " LEFT JOIN network n ON n.id = s.network"
		    " WHERE r.seq >= ?1 AND r.seq < ?2"
		    " AND coalesce(s.at, r.logged) >= ?3 AND coalesce(s.at, r.logged) < ?4");
	if (c->by_network)
		buf_str(to, " AND r.seq IN (SELECT seq FROM sighting WHERE network IN"
			    " (SELECT id FROM network WHERE asn = ?5)"
			    " UNION SELECT seq FROM advertised WHERE network IN"
			    " (SELECT id FROM network WHERE asn = ?5)"
			    " UNION SELECT seq FROM notice WHERE asn = ?5 OR recipient = ?5"
			    " UNION SELECT a.seq FROM answer a JOIN notice q ON q.name = a.notice"
			    " WHERE q.asn = ?5 OR q.recipient = ?5)");
	if (c->campaign)
		buf_str(to,
			" AND s.campaign IN (SELECT id FROM campaign WHERE name = ?6 OR parent ="
			" (SELECT id FROM campaign WHERE name = ?6))");
	if (c->source)
		buf_str(to, " AND s.source = (SELECT id FROM source WHERE name = ?7)");
	if (c->kind >= 0)
		buf_str(to, " AND s.kind = ?8");
	if (c->type >= 0)
		buf_str(to, " AND r.type = ?9");
	if (c->by_host)
		buf_str(to, " AND r.seq IN (SELECT seq FROM sighting WHERE host IN"
			    " (SELECT id FROM host WHERE concerns(name))"
			    " UNION SELECT seq FROM advertised WHERE host IN"
			    " (SELECT id FROM host WHERE concerns(name)))");
	if (c->last)
		buf_str(to, " ORDER BY r.seq DESC LIMIT ?10");
	else
		buf_str(to, " ORDER BY r.seq");
}

static void bind(sqlite3_stmt *q, const struct ledger_chosen *c)
{
	sqlite3_bind_int64(q, 1, (sqlite3_int64)c->first);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)c->end);
	sqlite3_bind_int64(q, 3, c->since);
	sqlite3_bind_int64(q, 4, c->until);
	/* Those that the question does not have are refused, which does no harm. */
	sqlite3_bind_int64(q, 5, c->asn);
	sqlite3_bind_text(q, 6, c->campaign, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 7, c->source, -1, SQLITE_STATIC);
	sqlite3_bind_int(q, 8, c->kind);
	sqlite3_bind_int(q, 9, c->type);
	sqlite3_bind_int64(q, 10, (sqlite3_int64)c->last);
}

/* `before` and `after` stand around the question. */
static int ask(sqlite3 *db, const char *before, const struct ledger_chosen *c, const char *after,
	sqlite3_stmt **ret, struct err *err)
{
	struct buf sql = {0};
	int rc = sqlite3_create_function(db, "concerns", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
		(void *)c, concerns, NULL, NULL);

	buf_str(&sql, before);
	write_question(c, &sql);
	buf_str(&sql, after);
	buf_byte(&sql, '\0');
	if (!buf_ok(&sql))
		rc = SQLITE_NOMEM;
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sql.p, -1, ret, NULL);
	buf_done(&sql);
	if (rc == SQLITE_OK) {
		bind(*ret, c);
		return 0;
	}
	return err_set(err, rc == SQLITE_NOMEM ? -ENOMEM : -EIO, "index: %s", sqlite3_errmsg(db));
}

int ledger_select_open(struct ledger *l, const struct ledger_chosen *c,
	struct ledger_select **ret_select, struct err *err)
{
	struct ledger_select *s = calloc(1, sizeof(*s));

	if (!s)
		return err_sys(err, -ENOMEM, "index");
	s->db = ledger_db(l);
	int rc = c->last ? ask(s->db, "SELECT * FROM (", c, ") ORDER BY seq", &s->found, err)
			 : ask(s->db, "", c, "", &s->found, err);

	if (rc < 0)
		free(s);
	else
		*ret_select = s;
	return rc;
}

void ledger_select_close(struct ledger_select *s)
{
	if (s)
		sqlite3_finalize(s->found);
	free(s);
}

static struct span text_of(sqlite3_stmt *q, int column)
{
	const char *p = (const char *)sqlite3_column_text(q, column);

	return (struct span){p, p ? (size_t)sqlite3_column_bytes(q, column) : 0};
}

int ledger_select_next(struct ledger_select *s, struct ledger_row *ret_row, struct err *err)
{
	int step = sqlite3_step(s->found);

	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(s->db));
	*ret_row = (struct ledger_row){
		.seq = (uint64_t)sqlite3_column_int64(s->found, 0),
		.type = (enum record_type)sqlite3_column_int(s->found, 1),
		.asn = (asn_t)sqlite3_column_int64(s->found, 2),
		.prefix = text_of(s->found, 3),
		.holder = text_of(s->found, 4),
	};
	return 1;
}

int ledger_select_into_temp(struct ledger *l, const struct ledger_chosen *c, struct err *err)
{
	sqlite3 *db = ledger_db(l);
	sqlite3_stmt *q;

	if (sqlite3_exec(db,
		    "DROP TABLE IF EXISTS temp.chosen;"
		    "CREATE TEMP TABLE chosen(seq INTEGER PRIMARY KEY)",
		    NULL, NULL, NULL) != SQLITE_OK)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(db));
	int rc = ask(db, "INSERT INTO temp.chosen SELECT seq FROM (", c, ")", &q, err);

	if (rc < 0)
		return rc;
	rc = sqlite3_step(q) == SQLITE_DONE ? 0
					    : err_set(err, -EIO, "index: %s", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	return rc;
}
