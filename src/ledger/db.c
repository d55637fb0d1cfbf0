/*
 * A file that somebody overwrites in place is still ours by name and inode, and SQLite goes on with
 * the pages that it remembers. In WAL mode nothing but a checkpoint writes the file itself, and a
 * checkpoint happens in a commit of its only writer: so between commits its first hundred bytes
 * and its size must stay what they were. They are read through SQLite's own descriptor, since to
 * close another one would drop SQLite's locks.
 */
#include "ledger/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 5000

/* --- errors --- */

int db_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM: return -ENOMEM;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH: return -EACCES;
	case SQLITE_IOERR:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT:
	case SQLITE_TOOBIG:
	case SQLITE_MISUSE: return -EIO;
	/* CORRUPT, NOTADB, ERROR (no such table), CONSTRAINT, or no row where one has to be. */
	default: return -EBADMSG;
	}
}

int db_fail(sqlite3 *db, struct err *err)
{
	const char *path = sqlite3_db_filename(db, "main");

	return err_set(err, db_errno(sqlite3_extended_errcode(db)), "%s: %s",
		path && *path ? path : "a database", sqlite3_errmsg(db));
}

/* --- statements --- */

int db_exec(sqlite3 *db, const char *sql, struct err *err)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(db, err);
}

int db_run(sqlite3_stmt *s, struct err *err)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : db_fail(sqlite3_db_handle(s), err);

	sqlite3_reset(s);
	return rc;
}

void db_bind(sqlite3_stmt *s, int i, struct span text)
{
	sqlite3_bind_text(s, i, text.p ? text.p : "", (int)text.n, SQLITE_STATIC);
}

/* --- opening --- */

int db_open(const char *path, bool write, sqlite3 **ret, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	mode_t old = write ? umask(077) : 0; /* a reader makes nothing */
	sqlite3 *db = NULL;
	int code = sqlite3_open_v2(path, &db, flags, NULL);

	if (write)
		umask(old);
	*ret = NULL;
	if (code != SQLITE_OK) {
		int rc = err_set(
			err, db ? db_errno(code) : -ENOMEM, "%s: %s", path, sqlite3_errstr(code));

		sqlite3_close(db);
		return rc;
	}
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_busy_timeout(db, BUSY_MS);
	*ret = db;
	return 0;
}

static int open_to_read(const char *path, int flags, int mode)
{
	(void)mode;
	if ((flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC)))
		return open(path, flags);
	errno = EACCES;
	return -1;
}

void db_read_only(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (vfs && vfs->iVersion >= 3)
		vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)(void *)open_to_read);
}

/* What is there already: of its version, made anew when there is nothing. */
static int settle(
	sqlite3 *db, const char *path, const struct db_kind *kind, bool write, struct err *err)
{
	sqlite3_stmt *s;
	int version = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) != SQLITE_OK)
		return db_fail(db, err);
	if (sqlite3_step(s) == SQLITE_ROW)
		version = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	if (version < 0)
		return db_fail(db, err);
	if (version != kind->version && (version != 0 || !write))
		return err_set(err, -EBADMSG, "%s: not of this version", path);
	int rc = db_exec(db, write ? kind->writer : kind->reader, err);

	return rc == 0 && version == 0 ? db_exec(db, kind->schema, err) : rc;
}

static int open_once(
	const char *path, const struct db_kind *kind, bool write, sqlite3 **ret, struct err *err)
{
	int rc = db_open(path, write, ret, err);

	if (rc == 0)
		rc = settle(*ret, path, kind, write, err);
	if (rc < 0) {
		sqlite3_close(*ret);
		*ret = NULL;
	}
	return rc;
}

int db_open_kind(const char *path, const struct db_kind *kind, bool write, sqlite3 **ret,
	bool *ret_put_aside, struct err *err)
{
	int rc = open_once(path, kind, write, ret, err);
	bool aside = rc == -EBADMSG && write;

	if (aside)
		rc = db_put_aside(path, err);
	if (aside && rc == 0)
		rc = open_once(path, kind, write, ret, err);
	if (ret_put_aside)
		*ret_put_aside = aside;
	return rc;
}

/* --- a file that is not as it should be --- */

/* What SQLite puts beside a file, by the end of its name. */
static const char *const beside[] = {"-wal", "-journal", "-shm"};
#define BESIDE (sizeof(beside) / sizeof(*beside))

int db_put_aside(const char *path, struct err *err)
{
	char from[PATH_MAX + 16], to[PATH_MAX + 16];

	for (size_t i = 0; i < BESIDE; i++) {
		snprintf(from, sizeof(from), "%s%s", path, beside[i]);
		snprintf(to, sizeof(to), "%s.bad%s", path, beside[i]);
		if (rename(from, to) < 0)
			unlink(to); /* of an earlier one */
	}
	snprintf(to, sizeof(to), "%s.bad", path);
	if (rename(path, to) < 0 && errno != ENOENT)
		return err_sys(err, -errno, "%s", to);
	return 0;
}

void db_look(sqlite3 *db, struct db_look *ret)
{
	sqlite3_file *file = NULL;

	memset(ret, 0, sizeof(*ret));
	sqlite3_file_control(db, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
	if (!file || !file->pMethods || file->pMethods->xFileSize(file, &ret->bytes) != SQLITE_OK)
		return;
	/* What is beyond its end are zeros. */
	if (file->pMethods->xRead(file, ret->head, sizeof(ret->head), 0) != SQLITE_OK)
		ret->bytes = ret->bytes < (sqlite3_int64)sizeof(ret->head) ? ret->bytes : 0;
}

/* Those that are ours: another file may have brought its own. */
static void drop_logs(sqlite3 *db, const char *path)
{
	sqlite3_file *log = NULL;
	char name[PATH_MAX + 16];
	int moved = 1;

	sqlite3_file_control(db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &log);
	if (!log || !log->pMethods ||
		log->pMethods->xFileControl(log, SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
		moved)
		return;
	for (size_t i = 0; i < BESIDE; i++) {
		snprintf(name, sizeof(name), "%s%s", path, beside[i]);
		unlink(name);
	}
}

int db_is_as(sqlite3 *db, const struct db_look *look, struct err *err)
{
	const char *path = sqlite3_db_filename(db, "main");
	struct db_look now;
	int moved = 0, rc = 0;

	sqlite3_file_control(db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
	db_look(db, &now);
	if (moved) {
		drop_logs(db, path);
		rc = err_set(
			err, -ESTALE, "%s: it was removed, or another one put in its place", path);
	} else if (now.bytes != look->bytes || memcmp(now.head, look->head, sizeof(now.head))) {
		rc = err_set(err, -EBADMSG, "%s: somebody else wrote over it", path);
	}
	if (rc < 0)
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return rc;
}
