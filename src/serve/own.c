#include "serve/own.h"

#include "base/buf.h"
#include "ledger/db.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY     86400
#define WINDOW  (OWN_WINDOW * DAY)

/* clang-format off */
static const char schema[] =
	"PRAGMA user_version = 1;"
	/* of the window */
	"CREATE TABLE lesson(identity BLOB PRIMARY KEY, at INTEGER, spam INTEGER, asn INTEGER,"
	" campaign INTEGER, features BLOB);"
	"CREATE INDEX lesson_at ON lesson(at);"
	/* all that were ever learned and not undone, by label */
	"CREATE TABLE total(spam INTEGER PRIMARY KEY, n INTEGER);"
	"INSERT INTO total VALUES(0, 0), (1, 0);"
	"CREATE TABLE distrust(asn INTEGER PRIMARY KEY, until INTEGER);";

/* ?1 spam, ?2 asn, ?3 campaign, ?4 a day ago, ?5 the window ago, ?6 now */
static const char counts[] =
	"SELECT count(*) FILTER (WHERE spam = ?1 AND at > ?4),"
	" count(*) FILTER (WHERE spam = ?1),"
	" count(*) FILTER (WHERE spam <> ?1),"
	" count(*) FILTER (WHERE spam = ?1 AND asn = ?2 AND at > ?4),"
	" count(*) FILTER (WHERE spam = ?1 AND asn = ?2),"
	" count(*) FILTER (WHERE spam = ?1 AND campaign = ?3),"
	" (SELECT n FROM total WHERE spam = ?1),"
	" (SELECT n FROM total WHERE spam <> ?1),"
	" (SELECT count(*) FROM distrust WHERE asn = ?2 AND until > ?6)"
	" FROM lesson WHERE at > ?5";
/* clang-format on */
enum { LABEL_DAY, LABEL_WINDOW, OTHER_WINDOW, NET_DAY, NET_WINDOW, ALIKE, OWN_TOTAL, OTHER_TOTAL,
	DISTRUST, COUNTS };

struct own {
	sqlite3 *db;
};

static int fail(struct own *o, struct err *err)
{
	return db_fail(o->db, err);
}

int own_open(const char *state_dir, struct own **ret, bool *ret_put_aside, struct err *err)
{
	static const struct db_kind kind = {
		.version = 1, .schema = schema, .writer = "", .reader = ""};
	struct own *o = calloc(1, sizeof(*o));
	char path[PATH_MAX];

	if (!o)
		return err_sys(err, -ENOMEM, "own lessons");
	snprintf(path, sizeof(path), "%s/own.db", state_dir);
	int rc = db_open_kind(path, &kind, true, &o->db, ret_put_aside, err);

	if (rc < 0)
		own_close(o);
	else
		*ret = o;
	return rc;
}

void own_close(struct own *o)
{
	if (!o)
		return;
	sqlite3_close(o->db);
	free(o);
}

/* --- asking --- */

static int count(struct own *o, const struct learn_wish *w, int64_t now, int64_t n[COUNTS],
	struct err *err)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(o->db, counts, -1, &s, NULL) != SQLITE_OK)
		return fail(o, err);
	sqlite3_bind_int(s, 1, w->spam);
	sqlite3_bind_int64(s, 2, w->asn);
	sqlite3_bind_int64(s, 3, (sqlite3_int64)w->campaign);
	sqlite3_bind_int64(s, 4, now - DAY);
	sqlite3_bind_int64(s, 5, now - WINDOW);
	sqlite3_bind_int64(s, 6, now);
	int rc = sqlite3_step(s) == SQLITE_ROW ? 0 : fail(o, err);

	for (int i = 0; rc == 0 && i < COUNTS; i++)
		n[i] = sqlite3_column_int64(s, i);
	sqlite3_finalize(s);
	return rc;
}

static bool is_clear(const struct learn_wish *w)
{
	double p = w->probability;
	double log_odds = log(p / (1 - p)); /* 0 and 1 are infinitely sure */

	return w->spam ? log_odds >= OWN_SURE : log_odds <= -OWN_SURE;
}

int own_ask(struct own *o, const struct learn_wish *w, uint64_t ham, uint64_t spam, int64_t now,
	struct err *err)
{
	const double label = (double)(w->spam ? spam : ham), other = (double)(w->spam ? ham : spam);
	int64_t n[COUNTS];

	if (!is_clear(w))
		return OWN_UNCLEAR;
	int rc = count(o, w, now, n, err);

	if (rc < 0)
		return rc;
	/* What people taught is what is not its own. */
	const double taught = label - (double)n[OWN_TOTAL];

	if (taught < OWN_TAUGHT || other - (double)n[OTHER_TOTAL] < OWN_TAUGHT)
		return OWN_UNTAUGHT;
	if (n[LABEL_DAY] >= OWN_DAILY || (double)n[LABEL_WINDOW] + 1 > OWN_PART * taught)
		return OWN_ENOUGH;
	if (n[LABEL_WINDOW] - n[OTHER_WINDOW] >= OWN_LEAD)
		return OWN_AHEAD;
	if (n[DISTRUST])
		return OWN_DISTRUST;
	if (n[NET_DAY] >= OWN_NET_DAILY || n[NET_WINDOW] >= OWN_NET)
		return OWN_NETWORK;
	return n[ALIKE] ? OWN_ALIKE : OWN_YES;
}

/* --- noting --- */

static int begin(struct own *o, struct err *err)
{
	return db_exec(o->db, "BEGIN IMMEDIATE", err);
}

static int end(struct own *o, int rc, struct err *err)
{
	if (rc >= 0)
		rc = db_exec(o->db, "COMMIT", err);
	if (rc < 0)
		sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static void bind_identity(sqlite3_stmt *s, int at, const struct digest *d)
{
	sqlite3_bind_blob(s, at, d->byte, DIGEST_BYTES, SQLITE_STATIC);
}

/* Prepares a statement, with numbers bound from ?2 on; NULL with the error told. */
static sqlite3_stmt *prepared(struct own *o, const char *sql, const int64_t *number, int n,
	struct err *err)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(o->db, sql, -1, &s, NULL) != SQLITE_OK) {
		fail(o, err);
		return NULL;
	}
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(s, i + 2, number[i]);
	return s;
}

static int run(sqlite3_stmt *s, struct err *err)
{
	if (!s)
		return -EIO;
	int rc = db_run(s, err);

	sqlite3_finalize(s);
	return rc;
}

static int add_total(struct own *o, bool spam, int64_t n, struct err *err)
{
	const int64_t numbers[] = {n, spam};

	return run(prepared(o, "UPDATE total SET n = n + ?2 WHERE spam = ?3", numbers, 2, err), err);
}

int own_note(struct own *o, const struct learn_wish *w, int64_t now, struct err *err)
{
	const int64_t numbers[] = {now, w->spam, w->asn, (int64_t)w->campaign};
	const int64_t old[] = {now - WINDOW};
	int rc = begin(o, err);

	if (rc < 0)
		return rc;
	rc = run(prepared(o, "DELETE FROM lesson WHERE at <= ?2", old, 1, err), err);
	sqlite3_stmt *s = rc < 0 ? NULL
				 : prepared(o, "INSERT OR REPLACE INTO lesson VALUES(?1,?2,?3,?4,?5,?6)",
					   numbers, 4, err);

	if (s) {
		bind_identity(s, 1, &w->identity);
		sqlite3_bind_blob(
			s, 6, w->features, (int)features_bytes(w->features), SQLITE_STATIC);
	}
	if (rc == 0)
		rc = run(s, err);
	if (rc == 0)
		rc = add_total(o, w->spam, 1, err);
	return end(o, rc, err);
}

/* --- undoing --- */

/* What is known of a lesson: 1, 0 when there is none with that label. */
static int find(struct own *o, const struct digest *identity, bool spam, int64_t *ret_asn,
	int64_t *ret_campaign, struct err *err)
{
	const int64_t numbers[] = {spam};
	sqlite3_stmt *s = prepared(
		o, "SELECT asn, campaign FROM lesson WHERE identity = ?1 AND spam = ?2", numbers, 1, err);

	if (!s)
		return -EIO;
	bind_identity(s, 1, identity);
	int code = sqlite3_step(s);

	*ret_asn = sqlite3_column_int64(s, 0);
	*ret_campaign = sqlite3_column_int64(s, 1);
	sqlite3_finalize(s);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : fail(o, err);
}

static int undo_row(sqlite3_stmt *s, struct features *room,
	int (*undo)(void *context, const struct digest *identity, const struct features *f,
		struct err *err),
	void *context, struct err *err)
{
	const void *identity = sqlite3_column_blob(s, 0), *features = sqlite3_column_blob(s, 1);
	size_t n = (size_t)sqlite3_column_bytes(s, 1);
	struct digest d;

	if (!identity || sqlite3_column_bytes(s, 0) != DIGEST_BYTES ||
		!features_read((struct span){features, n}, room))
		return 0; /* a file that was tampered with: nothing to go by */
	memcpy(&d, identity, sizeof(d));
	return undo(context, &d, room, err);
}

/* The lesson and those like it, of its label: undone, and taken out. */
static int undo_all(struct own *o, const struct digest *identity, bool spam, int64_t campaign,
	int (*undo)(void *context, const struct digest *identity, const struct features *f,
		struct err *err),
	void *context, size_t *ret_n, struct err *err)
{
	static const char sql[] = "SELECT identity, features FROM lesson WHERE spam = ?2 AND"
				  " (identity = ?1 OR (campaign = ?3 AND ?3 <> 0))";
	static const char out[] = "DELETE FROM lesson WHERE spam = ?2 AND"
				  " (identity = ?1 OR (campaign = ?3 AND ?3 <> 0))";
	const int64_t numbers[] = {spam, campaign};
	struct features *room = malloc(sizeof(*room));
	sqlite3_stmt *s = room ? prepared(o, sql, numbers, 2, err) : NULL;
	int rc = s ? 0 : -ENOMEM, code = SQLITE_DONE;
	size_t n = 0;

	if (s)
		bind_identity(s, 1, identity);
	while (rc == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		rc = undo_row(s, room, undo, context, err);
		n++;
	}
	sqlite3_finalize(s);
	free(room);
	if (rc == 0 && code != SQLITE_DONE)
		rc = fail(o, err);
	s = rc == 0 ? prepared(o, out, numbers, 2, err) : NULL;
	if (s)
		bind_identity(s, 1, identity);
	if (rc == 0)
		rc = run(s, err);
	if (rc == 0)
		rc = add_total(o, spam, -(int64_t)n, err);
	*ret_n = n;
	return rc;
}

int own_contradicted(struct own *o, const struct digest *identity, bool spam, int64_t now,
	int (*undo)(void *context, const struct digest *identity, const struct features *f,
		struct err *err),
	void *context, size_t *ret_n, struct err *err)
{
	int64_t asn, campaign;
	size_t n = 0;
	int rc = find(o, identity, !spam, &asn, &campaign, err);

	if (ret_n)
		*ret_n = 0;
	if (rc <= 0)
		return rc;
	const int64_t distrust[] = {asn, now + WINDOW};

	rc = begin(o, err);
	if (rc < 0)
		return rc;
	rc = undo_all(o, identity, !spam, campaign, undo, context, &n, err);
	if (rc == 0)
		rc = run(prepared(o, "INSERT OR REPLACE INTO distrust VALUES(?2, ?3)", distrust, 2,
				    err), err);
	rc = end(o, rc, err);
	if (ret_n && rc == 0)
		*ret_n = n;
	return rc;
}
