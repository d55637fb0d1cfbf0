/*
 * What our SQLite files share: how one is opened, asked and written, what its errors mean, and what
 * becomes of one that is damaged, or that somebody overwrites while it is open.
 */
#ifndef CORDON_LEDGER_DB_H
#define CORDON_LEDGER_DB_H

#include "base/err.h"
#include "base/span.h"

#include <sqlite3.h>
#include <stdbool.h>

/* A result of SQLite, extended or not, as a negative errno: -ENOMEM, -ENOSPC, -EBUSY (another
 * program holds it), -EACCES, -EBADMSG (damaged, or not the tables that we made), else -EIO. */
int db_errno(int code);

/* Tells the last error of a connection, as db_errno() has it, with the file's path. */
int db_fail(sqlite3 *db, struct err *err);

/* Runs statements that give no rows. Each returns 0 or what db_fail() does. */
int db_exec(sqlite3 *db, const char *sql, struct err *err);
int db_run(sqlite3_stmt *s, struct err *err); /* resets it */

/* Binds a text, which is not copied: it is to live until the statement is run. */
void db_bind(sqlite3_stmt *s, int i, struct span text);

/* Opens a connection that one thread uses, to read or to write; a file that is made is its owner's
 * alone. What a file from elsewhere brings along (triggers, views, functions in its schema) is not
 * run. Returns 0 or a negative errno with a sentence, and then *ret is NULL. */
int db_open(const char *path, bool write, sqlite3 **ret, struct err *err);

/* From here on SQLite opens no file of this process but to read. For a role that would be ended for
 * asking more: SQLite asks to write first, also of a reader's files, and is content to be refused.
 */
void db_read_only(void);

/* A file that can be done without: when it is damaged it is put aside, and a new one begun. */
struct db_kind {
	int version;        /* PRAGMA user_version, over 0 */
	const char *schema; /* of a new one; sets the version */
	const char *writer; /* pragmas of a connection that writes, and of one that reads */
	const char *reader;
};

/*
 * Opens a file of a kind; a writer makes what is not there. -EBADMSG when it is damaged or of
 * another version: a writer puts it aside then, and opens a new one; *ret_put_aside (may be NULL)
 * says so, also when that fails. Returns 0 or a negative errno with a sentence, and then *ret is
 * NULL.
 */
int db_open_kind(const char *path, const struct db_kind *kind, bool write, sqlite3 **ret,
	bool *ret_put_aside, struct err *err);

/* Puts aside a file that nobody here has open: PATH.bad, in the place of an earlier one, and its
 * logs with it. Returns 0, also when there is none, or a negative errno with a sentence. */
int db_put_aside(const char *path, struct err *err);

/* What a file looked like when its only writer had last written it. */
struct db_look {
	char head[100];
	sqlite3_int64 bytes;
};

/* Of a file in WAL mode, right behind a commit: nobody else may write it, and only commits do. */
void db_look(sqlite3 *db, struct db_look *ret);

/*
 * Whether it is as it was when it was looked at. -ESTALE: it is not there any more, or another one
 * is in its place; its logs are taken away, so that nothing of them gets into another one of its
 * name. -EBADMSG: somebody wrote over it, or cut it. In both cases with a sentence, and closing the
 * connection then writes nothing into the file. Damage further inside is left for SQLite to find.
 * Cost: three system calls.
 */
int db_is_as(sqlite3 *db, const struct db_look *look, struct err *err);

#endif
