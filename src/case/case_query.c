#include "case/case_query.h"

#include <errno.h>
#include <stdarg.h>

static int told(sqlite3 *db, int code, struct err *err)
{
	if (code == SQLITE_NOMEM)
		return err_sys(err, -ENOMEM, "index of the ledger");
	return err_set(err, -EIO, "index of the ledger: %s; 'cordon ledger reindex' makes it again",
		sqlite3_errmsg(db));
}

int case_query_open(struct case_query *q, sqlite3 *db, const char *sql, struct err *err)
{
	*q = (struct case_query){.db = db};
	int code = sqlite3_prepare_v2(db, sql, -1, &q->statement, NULL);

	return code == SQLITE_OK ? 0 : told(db, code, err);
}

void case_query_close(struct case_query *q)
{
	sqlite3_finalize(q->statement);
	q->statement = NULL;
}

void case_query_bind(struct case_query *q, int n, ...)
{
	va_list ap;

	sqlite3_reset(q->statement);
	va_start(ap, n);
	for (int i = 1; i <= n; i++)
		sqlite3_bind_int64(q->statement, i, va_arg(ap, int64_t));
	va_end(ap);
}

void case_query_bind_text(struct case_query *q, struct span s)
{
	sqlite3_reset(q->statement);
	sqlite3_bind_text(q->statement, 1, s.p ? s.p : "", (int)s.n, SQLITE_TRANSIENT);
}

int case_query_next(struct case_query *q, struct err *err)
{
	int code = sqlite3_step(q->statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : told(q->db, code, err);
}

int64_t case_query_int(const struct case_query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

struct span case_query_text(const struct case_query *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q->statement, column);

	return (struct span){text, text ? (size_t)sqlite3_column_bytes(q->statement, column) : 0};
}
