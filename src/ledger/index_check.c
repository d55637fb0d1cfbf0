#include "ledger/index_check.h"

#include "base/buf.h"

#include <errno.h>

int index_check_open(struct index_check *c, sqlite3 *db, struct err *err)
{
	static const char sql[] =
		"SELECT s.kind, s.at, s.confidence, h.name, o.name FROM sighting s LEFT JOIN host "
		"h ON h.id = s.host LEFT JOIN source o ON o.id = s.source WHERE s.seq = ?1";

	c->row = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &c->row, NULL) != SQLITE_OK)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(db));
	return 0;
}

void index_check_close(struct index_check *c)
{
	sqlite3_finalize(c->row);
	c->row = NULL;
}

static struct span column(sqlite3_stmt *row, int i)
{
	const char *p = (const char *)sqlite3_column_text(row, i);

	return (struct span){p, p ? (size_t)sqlite3_column_bytes(row, i) : 0};
}

/* Hosts stand in a record as they do in the index, in quotes. */
static bool agrees(sqlite3_stmt *row, struct span text, const struct record *r)
{
	struct buf host = {0};

	buf_byte(&host, '"');
	buf_add(&host, column(row, 3));
	buf_byte(&host, '"');
	bool same = r->type == RECORD_SIGHTING && buf_ok(&host) &&
		    sqlite3_column_int64(row, 0) == (int64_t)r->sighting.kind &&
		    sqlite3_column_int64(row, 1) == r->sighting.at &&
		    sqlite3_column_int64(row, 2) == r->sighting.confidence &&
		    span_find(text, buf_span(&host)) >= 0 &&
		    span_eq(column(row, 4), r->sighting.source);

	buf_done(&host);
	return same;
}

int index_check_record(struct index_check *c, uint64_t seq, struct span text, struct err *err)
{
	struct buf scratch = {0};
	struct record r;
	int rc = record_read(text, &scratch, &r, err);

	if (rc == 0) {
		sqlite3_bind_int64(c->row, 1, (sqlite3_int64)seq);
		int step = sqlite3_step(c->row);

		if (step != SQLITE_ROW && step != SQLITE_DONE)
			rc = err_set(
				err, -EIO, "index: %s", sqlite3_errmsg(sqlite3_db_handle(c->row)));
		else if (step == SQLITE_ROW ? !agrees(c->row, text, &r) : r.type == RECORD_SIGHTING)
			rc = err_set(err, -EBADMSG,
				"the index tells of record %llu what the log does not: it was "
				"changed or is damaged; 'cordon ledger reindex' makes it again "
				"from the log",
				(unsigned long long)seq);
		sqlite3_reset(c->row);
	}
	buf_done(&scratch);
	return rc;
}
