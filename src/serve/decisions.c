/*
 * Three tables: a row a message, a row a recipient, and the findings as one text of the message's
 * row, since nobody looks for messages by them. Addresses are kept in lower case beside their
 * domain, so that a whole domain is found by an index too.
 */
#include "serve/decisions.h"

#include "base/buf.h"
#include "ledger/db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPIRE_MOST  10000
#define FINDING_SIGN '\n' /* between findings: "name weight" */

/* clang-format off */
static const char schema[] =
	"PRAGMA user_version = 1;"
	"CREATE TABLE decision(key INTEGER PRIMARY KEY, id TEXT UNIQUE, at INTEGER, us INTEGER,"
	" action INTEGER, verdict INTEGER, flags INTEGER, probability REAL, threshold REAL, ip BLOB,"
	" asn INTEGER, bytes INTEGER, sender TEXT, sender_domain TEXT, queue_id TEXT,"
	" message_id TEXT, user TEXT, helo TEXT, from_domain TEXT, auth TEXT, reason TEXT,"
	" left_out INTEGER, findings TEXT);"
	"CREATE TABLE recipient(key INTEGER, n INTEGER, address TEXT, domain TEXT,"
	" PRIMARY KEY(key, n)) WITHOUT ROWID;"
	"CREATE INDEX decision_at ON decision(at);"
	"CREATE INDEX decision_sender ON decision(sender, at);"
	"CREATE INDEX decision_sender_domain ON decision(sender_domain, at);"
	"CREATE INDEX decision_queue ON decision(queue_id);"
	"CREATE INDEX decision_asn ON decision(asn, at);"
	"CREATE INDEX recipient_address ON recipient(address);"
	"CREATE INDEX recipient_domain ON recipient(domain);";

#define COLUMNS \
	"id, at, us, action, verdict, flags, probability, threshold, ip, asn, bytes, sender," \
	" queue_id, message_id, user, helo, from_domain, auth, reason, left_out, findings"
static const char insert[] =
	"INSERT INTO decision(" COLUMNS ", sender_domain)"
	" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
/* clang-format on */

enum statement { ADD, ADD_RECIPIENT, REMOVE_RECIPIENTS, REMOVE, STATEMENTS };
static const char *const sql_of[STATEMENTS] = {
	[ADD] = insert,
	[ADD_RECIPIENT] = "INSERT INTO recipient VALUES(?,?,?,?)",
	[REMOVE_RECIPIENTS] = "DELETE FROM recipient WHERE key IN"
			      " (SELECT key FROM decision WHERE id = ?)",
	[REMOVE] = "DELETE FROM decision WHERE id = ?",
};

enum { FLAG_OUTGOING = 1, FLAG_HTTP = 2, FLAG_UNJUDGED = 4 };

struct decisions {
	char path[PATH_MAX];
	sqlite3 *db;
	sqlite3_stmt *statement[STATEMENTS];
	bool begun;
	struct db_look look; /* of a writer, at the last commit */
	struct buf text;
};

/* --- opening --- */

static int fail(struct decisions *d, struct err *err)
{
	return db_fail(d->db, err);
}

static sqlite3_stmt *prepared(struct decisions *d, enum statement which)
{
	if (!d->statement[which])
		sqlite3_prepare_v3(d->db, sql_of[which], -1, SQLITE_PREPARE_PERSISTENT,
			&d->statement[which], NULL);
	return d->statement[which];
}

static const struct db_kind kind = {.version = 1, .schema = schema,
	.writer = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
		  "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;",
	.reader = "PRAGMA temp_store=MEMORY"};

int decisions_open(const char *state_dir, bool write, struct decisions **ret, bool *ret_put_aside,
	struct err *err)
{
	struct decisions *d = calloc(1, sizeof(*d));
	int rc = 0;

	if (!d)
		return err_sys(err, -ENOMEM, "decisions");
	if ((size_t)snprintf(d->path, sizeof(d->path), "%s/decisions.db", state_dir) >=
		sizeof(d->path))
		rc = err_sys(err, -ENAMETOOLONG, "%s", state_dir);
	else if (!write && access(d->path, F_OK) < 0)
		rc = err_set(err, -ENOENT,
			"%s: nothing was decided yet: the gateway (cordon serve) writes it", d->path);
	if (rc == 0)
		rc = db_open_kind(d->path, &kind, write, &d->db, ret_put_aside, err);
	if (rc == 0 && write) /* of an earlier file, too */
		rc = db_exec(d->db, "CREATE INDEX IF NOT EXISTS decision_ip ON decision(ip, at)", err);
	if (rc < 0) {
		decisions_close(d);
		return rc;
	}
	if (write) {
		/* The log stays, so that a reader who may not make it can read. */
		sqlite3_file_control(d->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &(int){1});
		db_look(d->db, &d->look);
	}
	*ret = d;
	return 0;
}

int decisions_put_aside(const char *state_dir, struct err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/decisions.db", state_dir);
	return db_put_aside(path, err);
}

void decisions_close(struct decisions *d)
{
	if (!d)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(d->statement[i]);
	sqlite3_close(d->db);
	buf_done(&d->text);
	free(d);
}

/* --- adding --- */

/* All from the last '@', without it; empty when there is none. */
static struct span domain_of(struct span address)
{
	for (size_t i = address.n; i > 0; i--)
		if (address.p[i - 1] == '@')
			return span_skip(address, i);
	return (struct span){NULL, 0};
}

static void lower(const struct span s, char to[DECIDED_TEXT_MOST], struct span *ret)
{
	*ret = (struct span){to, s.n < DECIDED_TEXT_MOST ? s.n : DECIDED_TEXT_MOST};
	for (size_t i = 0; i < ret->n; i++)
		to[i] = ascii_lower(s.p[i]);
}

static void write_findings(struct buf *to, const struct decided *what)
{
	buf_clear(to);
	for (size_t i = 0; i < what->findings; i++) {
		if (i)
			buf_byte(to, FINDING_SIGN);
		buf_add(to, what->finding[i]);
		buf_printf(to, " %.3f", (double)what->weight[i]);
	}
}

static int add_row(struct decisions *d, const struct decided *what, struct err *err)
{
	sqlite3_stmt *s = prepared(d, ADD);
	char low[DECIDED_TEXT_MOST];
	struct span sender;
	int flags = (what->outgoing ? FLAG_OUTGOING : 0) | (what->http ? FLAG_HTTP : 0) |
		    (what->unjudged ? FLAG_UNJUDGED : 0);
	/* In the order of COLUMNS. */
	const struct span texts[] = {what->queue_id, what->message_id, what->user, what->helo,
		what->from_domain, what->auth, what->reason};
	int at = 12;

	if (!s)
		return fail(d, err);
	lower(what->sender, low, &sender);
	write_findings(&d->text, what);
	if (!buf_ok(&d->text))
		return err_sys(err, -ENOMEM, "%s", d->path);
	db_bind(s, 1, span_cstr(what->id));
	sqlite3_bind_int64(s, 2, what->at);
	sqlite3_bind_int64(s, 3, what->microseconds);
	sqlite3_bind_int(s, 4, (int)what->action);
	sqlite3_bind_int(s, 5, (int)what->verdict);
	sqlite3_bind_int(s, 6, flags);
	sqlite3_bind_double(s, 7, what->probability);
	sqlite3_bind_double(s, 8, what->threshold);
	sqlite3_bind_blob(s, 9, what->ip.byte,
		what->ip.family == IP_NONE ? 0 : what->ip.family == IP_V4 ? 4 : 16, SQLITE_STATIC);
	sqlite3_bind_int64(s, 10, what->asn);
	sqlite3_bind_int64(s, 11, (int64_t)what->bytes);
	db_bind(s, at++, sender);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		db_bind(s, at++, texts[i]);
	sqlite3_bind_int64(s, at++, (int64_t)what->recipients_left_out);
	db_bind(s, at++, buf_span(&d->text));
	db_bind(s, at, domain_of(sender));
	return db_run(s, err);
}

static int add_recipients(struct decisions *d, const struct decided *what, struct err *err)
{
	const sqlite3_int64 key = sqlite3_last_insert_rowid(d->db);
	sqlite3_stmt *s = prepared(d, ADD_RECIPIENT);
	char low[DECIDED_TEXT_MOST];
	struct span address;
	int rc = s ? 0 : fail(d, err);

	for (size_t i = 0; rc == 0 && i < what->recipients; i++) {
		lower(what->recipient[i], low, &address);
		sqlite3_bind_int64(s, 1, key);
		sqlite3_bind_int64(s, 2, (sqlite3_int64)i);
		db_bind(s, 3, address);
		db_bind(s, 4, domain_of(address));
		rc = db_run(s, err);
	}
	return rc;
}

/* Whether the id was there is only known when it stands in the way. */
static int remove_id(struct decisions *d, const char *id, struct err *err)
{
	sqlite3_stmt *recipients = prepared(d, REMOVE_RECIPIENTS), *row = prepared(d, REMOVE);

	if (!recipients || !row)
		return fail(d, err);
	db_bind(recipients, 1, span_cstr(id));
	db_bind(row, 1, span_cstr(id));
	int rc = db_run(recipients, err);

	return rc == 0 ? db_run(row, err) : rc;
}

static int begin(struct decisions *d, struct err *err)
{
	int rc = d->begun ? 0 : db_exec(d->db, "BEGIN IMMEDIATE", err);

	d->begun = d->begun || rc == 0;
	return rc;
}

static void undo(struct decisions *d)
{
	if (d->begun)
		sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
	d->begun = false;
}

int decisions_add(struct decisions *d, const struct decided *what, struct err *err)
{
	int rc = begin(d, err);

	if (rc == 0)
		rc = add_row(d, what, err);
	if (rc < 0 && d->begun && sqlite3_extended_errcode(d->db) == SQLITE_CONSTRAINT_UNIQUE) {
		rc = remove_id(d, what->id, err);
		if (rc == 0)
			rc = add_row(d, what, err);
	}
	if (rc == 0)
		rc = add_recipients(d, what, err);
	if (rc < 0)
		undo(d);
	return rc;
}

int decisions_commit(struct decisions *d, struct err *err)
{
	int rc = db_is_as(d->db, &d->look, err);

	if (rc == 0 && d->begun) {
		rc = db_exec(d->db, "COMMIT", err);
		d->begun = rc < 0;
		db_look(d->db, &d->look); /* a commit may write the log into the file */
	}
	if (rc < 0)
		undo(d);
	return rc;
}

int decisions_expire(struct decisions *d, int64_t before, struct err *err)
{
	char sql[512];

	/* clang-format off */
	snprintf(sql, sizeof(sql),
		"CREATE TEMP TABLE IF NOT EXISTS old(key INTEGER PRIMARY KEY); DELETE FROM old;"
		"INSERT INTO old SELECT key FROM decision WHERE at < %lld ORDER BY at LIMIT %d;"
		"DELETE FROM recipient WHERE key IN (SELECT key FROM old);"
		"DELETE FROM decision WHERE key IN (SELECT key FROM old);",
		(long long)before, EXPIRE_MOST);
	/* clang-format on */
	int rc = decisions_commit(d, err);

	if (rc == 0)
		rc = begin(d, err);
	if (rc == 0)
		rc = db_exec(d->db, sql, err);
	int gone = sqlite3_changes(d->db);

	if (rc == 0)
		rc = decisions_commit(d, err);
	if (rc < 0)
		undo(d);
	return rc < 0 ? rc : gone;
}

/* --- finding --- */

/* The question as SQL; what is not a number is bound. Of most domains of recipients there are few
 * messages, but of our own there are all: then the newest are taken from the index, one by one, and
 * the order is that in which they were added. */
static void write_question(struct buf *sql, const struct decisions_question *q)
{
	bool ours = q->recipient && q->recipient[0] == '@' && !q->id && !q->sender && !q->queue_id;

	/* '+' leaves the index over time alone, which would be taken since it has the order. */
	const char *plus = q->network ? "+" : "";

	buf_printf(sql, "SELECT d.key, ip FROM %sdecision d%s WHERE %sat >= ?6 AND %sat < ?7",
		ours ? "recipient r CROSS JOIN " : "", ours ? " USING(key)" : "", plus, plus);
	if (q->id)
		buf_str(sql, " AND id = ?1");
	if (q->sender)
		buf_printf(sql, " AND sender%s IN (?2, ?5)", q->sender[0] == '@' ? "_domain" : "");
	if (ours)
		buf_str(sql, " AND r.domain = ?3");
	else if (q->recipient)
		buf_printf(sql, " AND d.key IN (SELECT key FROM recipient WHERE %s IN (?3, ?8))",
			q->recipient[0] == '@' ? "domain" : "address");
	if (q->queue_id)
		buf_str(sql, " AND queue_id = ?4");
	if (q->asn)
		buf_printf(sql, " AND asn = %lu", (unsigned long)q->asn);
	if (q->network)
		buf_str(sql, " AND ip BETWEEN ?9 AND ?10");
	if (q->action >= 0)
		buf_printf(sql, " AND action = %d", q->action);
	if (q->outgoing)
		buf_printf(sql, " AND (flags & %d)", FLAG_OUTGOING);
	buf_printf(sql, ours ? " ORDER BY r.key DESC" : " ORDER BY %sat DESC, d.key DESC", plus);
}

static void bind_lower(sqlite3_stmt *s, int at, const char *text)
{
	char low[DECIDED_TEXT_MOST];
	struct span is;

	if (!text)
		return;
	lower(span_cstr(text[0] == '@' ? text + 1 : text), low, &is);
	sqlite3_bind_text(s, at, is.p, (int)is.n, SQLITE_TRANSIENT);
}

/* Where a network begins and ends, as addresses stand in the table. */
static void bind_network(sqlite3_stmt *s, int at, const struct prefix *p)
{
	struct ip end = p->ip;
	int n = end.family == IP_V4 ? 4 : 16;

	for (int bit = p->length; bit < 8 * n; bit++)
		end.byte[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	sqlite3_bind_blob(s, at, p->ip.byte, n, SQLITE_TRANSIENT);
	sqlite3_bind_blob(s, at + 1, end.byte, n, SQLITE_TRANSIENT);
}

static struct span column(sqlite3_stmt *s, int at)
{
	const unsigned char *p = sqlite3_column_text(s, at);

	return (struct span){(const char *)p, p ? (size_t)sqlite3_column_bytes(s, at) : 0};
}

/* "name weight" a line; a line without a weight has none. */
static void read_findings(struct span text, struct decided *d)
{
	while (text.n && d->findings < DECIDED_FINDINGS) {
		ssize_t end = span_index(text, FINDING_SIGN);
		struct span line = end < 0 ? text : span_take(text, (size_t)end);
		ssize_t blank = span_index(line, ' ');
		char number[32] = "";

		text = span_skip(text, line.n + (end >= 0));
		if (blank >= 0)
			snprintf(number, sizeof(number), "%.*s",
				SPAN_ARG(span_skip(line, (size_t)blank + 1)));
		d->finding[d->findings] = blank < 0 ? line : span_take(line, (size_t)blank);
		d->weight[d->findings++] = strtof(number, NULL);
	}
}

static bool read_ip(sqlite3_stmt *s, int at, struct ip *ret)
{
	int n = sqlite3_column_bytes(s, at);

	*ret = (struct ip){.family = n == 4 ? IP_V4 : n == 16 ? IP_V6 : IP_NONE};
	if (ret->family)
		memcpy(ret->byte, sqlite3_column_blob(s, at), (size_t)n);
	return ret->family != IP_NONE;
}

/* The row as it was added; numbers out of their bounds, of a file that was tampered with, are taken
 * into them. */
static void read_row(sqlite3_stmt *s, struct decided *d)
{
	struct span id = column(s, 1);
	int action = sqlite3_column_int(s, 4), verdict = sqlite3_column_int(s, 5);
	int flags = sqlite3_column_int(s, 6);
	struct span *const texts[] = {&d->sender, &d->queue_id, &d->message_id, &d->user, &d->helo,
		&d->from_domain, &d->auth, &d->reason};

	*d = (struct decided){.at = sqlite3_column_int64(s, 2)};
	memcpy(d->id, id.p ? id.p : "", id.n < DECIDED_ID ? id.n : DECIDED_ID);
	d->microseconds = (uint32_t)sqlite3_column_int64(s, 3);
	d->action = action >= 0 && action < DECISIONS ? (enum decision_action)action : DECIDE_ACCEPT;
	d->verdict = verdict >= 0 && verdict <= ACTION_SPAM ? (enum action)verdict : ACTION_UNSURE;
	d->outgoing = flags & FLAG_OUTGOING;
	d->http = flags & FLAG_HTTP;
	d->unjudged = flags & FLAG_UNJUDGED;
	d->probability = sqlite3_column_double(s, 7);
	d->threshold = sqlite3_column_double(s, 8);
	read_ip(s, 9, &d->ip);
	d->asn = (asn_t)sqlite3_column_int64(s, 10);
	d->bytes = (uint64_t)sqlite3_column_int64(s, 11);
	for (int i = 0; i < 8; i++)
		*texts[i] = column(s, 12 + i);
	d->recipients_left_out = (size_t)sqlite3_column_int64(s, 20);
	read_findings(column(s, 21), d);
}

static int read_recipients(
	struct decisions *d, sqlite3_stmt *of, sqlite3_int64 key, struct decided *what, struct err *err)
{
	size_t start[DECIDED_RECIPIENTS + 1] = {0};
	int code = SQLITE_DONE;

	buf_clear(&d->text);
	sqlite3_bind_int64(of, 1, key);
	while (what->recipients < DECIDED_RECIPIENTS && (code = sqlite3_step(of)) == SQLITE_ROW) {
		buf_add(&d->text, column(of, 0));
		start[++what->recipients] = d->text.n;
	}
	sqlite3_reset(of);
	if (!buf_ok(&d->text))
		return err_sys(err, -ENOMEM, "%s", d->path);
	for (size_t i = 0; i < what->recipients; i++)
		what->recipient[i] = (struct span){d->text.p + start[i], start[i + 1] - start[i]};
	return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : fail(d, err);
}

static bool in_network(const struct decisions_question *q, sqlite3_stmt *s)
{
	struct ip ip;

	return !q->network || (read_ip(s, 1, &ip) && prefix_has(q->network, &ip));
}

/* The keys of what is meant, the newest first, at most so many. */
static int choose(struct decisions *d, sqlite3_stmt *s, const struct decisions_question *q,
	struct buf *keys, struct err *err)
{
	sqlite3_int64 last = -1;
	unsigned long n = 0;
	int code = SQLITE_DONE;

	while ((!q->most || n < q->most) && (code = sqlite3_step(s)) == SQLITE_ROW) {
		sqlite3_int64 key = sqlite3_column_int64(s, 0);

		if (key == last || !in_network(q, s)) /* two recipients of one message */
			continue;
		last = key;
		buf_add(keys, (struct span){(const char *)&key, sizeof(key)});
		n++;
	}
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		return fail(d, err);
	return buf_ok(keys) ? 0 : err_sys(err, -ENOMEM, "%s", d->path);
}

static int show(struct decisions *d, struct span keys,
	int (*each)(void *context, const struct decided *what), void *context, struct err *err)
{
	sqlite3_stmt *row = NULL, *recipients = NULL;
	struct decided what;
	int rc = 0;

	sqlite3_prepare_v2(
		d->db, "SELECT key, " COLUMNS " FROM decision WHERE key = ?", -1, &row, NULL);
	sqlite3_prepare_v2(d->db, "SELECT address FROM recipient WHERE key = ? ORDER BY n", -1,
		&recipients, NULL);
	if (!row || !recipients)
		rc = fail(d, err);
	for (size_t left = keys.n; rc >= 0 && left > 0; left -= sizeof(sqlite3_int64)) {
		sqlite3_int64 key;

		memcpy(&key, keys.p + left - sizeof(key), sizeof(key));
		sqlite3_bind_int64(row, 1, key);
		if (sqlite3_step(row) == SQLITE_ROW) {
			read_row(row, &what);
			rc = read_recipients(d, recipients, key, &what, err);
			if (rc == 0)
				rc = each(context, &what);
		}
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	sqlite3_finalize(recipients);
	return rc < 0 ? rc : 0;
}

int decisions_find(struct decisions *d, const struct decisions_question *q,
	int (*each)(void *context, const struct decided *what), void *context, struct err *err)
{
	struct buf sql = {0}, keys = {0};
	sqlite3_stmt *s = NULL;

	write_question(&sql, q);
	buf_byte(&sql, '\0');
	int rc = buf_ok(&sql) ? 0 : err_sys(err, -ENOMEM, "%s", d->path);

	if (rc == 0 && sqlite3_prepare_v2(d->db, sql.p, -1, &s, NULL) != SQLITE_OK)
		rc = fail(d, err);
	if (rc == 0) {
		bind_lower(s, 1, q->id);
		bind_lower(s, 2, q->sender);
		bind_lower(s, 3, q->recipient);
		bind_lower(s, 5, q->sender_hash);
		bind_lower(s, 8, q->recipient_hash);
		if (q->queue_id)
			db_bind(s, 4, span_cstr(q->queue_id));
		sqlite3_bind_int64(s, 6, q->since);
		sqlite3_bind_int64(s, 7, q->until);
		if (q->network)
			bind_network(s, 9, q->network);
		rc = choose(d, s, q, &keys, err);
	}
	sqlite3_finalize(s);
	if (rc == 0)
		rc = show(d, buf_span(&keys), each, context, err);
	buf_done(&keys);
	buf_done(&sql);
	return rc;
}
