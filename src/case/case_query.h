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

/* A sighting as the index has it. */
struct case_seen {
	uint64_t seq;
	int64_t at;
	int kind;
	uint32_t source, host, network, campaign; /* campaign 0: none */
	uint8_t confidence;
	uint16_t port;
	bool day_only;
};

/* Counts a sighting in a group, which gets them in order of time; `most` records of its claim are
 * kept. Its hosts are the caller's to count. */
void case_count_add(struct case_count *g, const struct case_seen *s, size_t most);

/* Those seen on the most days first, then the most often, then by id; for qsort(). */
int case_count_worse(const void *a, const void *b);

/* Fills what leads to hosts of the network. */
int case_read_led(struct case_file *c, sqlite3 *db, struct case_span span, struct err *err);

/* Fills the campaigns of a case from groups, the most sightings first. */
int case_read_campaigns(struct case_file *c, sqlite3 *db, struct case_span span,
	struct campaigns *known, const struct case_count *of, size_t n, struct err *err);

/* Fills its notices with their answers. */
int case_read_notices(struct case_file *c, sqlite3 *db, struct err *err);

#endif
