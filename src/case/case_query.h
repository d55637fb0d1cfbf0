/* SQL over the ledger's index for case_read.c, and the readers that stand in files of their own. */
#ifndef CORDON_CASE_CASE_QUERY_H
#define CORDON_CASE_CASE_QUERY_H

#include "case/case.h"
#include "judge/campaign.h"

#include <sqlite3.h>

struct case_query {
	sqlite3 *db;
	sqlite3_stmt *statement;
};

/* Prepares a statement. Returns 0, -ENOMEM or -EIO with what SQLite says; close it either way. */
int case_query_open(struct case_query *q, sqlite3 *db, const char *sql, struct err *err);
void case_query_close(struct case_query *q);

/* Binds n numbers (int64_t) to ?1, ?2, ... and begins anew; a text to the first. */
void case_query_bind(struct case_query *q, int n, ...);
void case_query_bind_text(struct case_query *q, struct span s);

/* 1 for a row, 0 at the end, or a negative errno. Columns count from 0; text until the next row. */
int case_query_next(struct case_query *q, struct err *err);
int64_t case_query_int(const struct case_query *q, int column);
struct span case_query_text(const struct case_query *q, int column);

/* from .. to - 1, in seconds since 1970 UTC. */
struct case_span {
	int64_t from, to;
};

/* Fills the campaigns of a case from groups, the most sightings first. */
int case_read_campaigns(struct case_file *c, sqlite3 *db, struct case_span span,
	struct campaigns *known, const struct case_count *of, size_t n, struct err *err);

/* Fills its notices with their answers. */
int case_read_notices(struct case_file *c, sqlite3 *db, struct err *err);

#endif
