/*
 * How a verdict is written: a row for a person, an object or a line for a program. One row is made
 * by one call, into memory of the caller's, so that many threads can write rows at once.
 */
#ifndef CORDON_CLI_REPORT_H
#define CORDON_CLI_REPORT_H

#include "base/buf.h"
#include "judge/judge.h"
#include "mail/mailbox.h"
#include "show/json_text.h"
#include "trace/networks.h"

#include <jansson.h>

/* Where a message came from. */
struct origin_of_mail {
	const char *path;
	uint64_t number; /* of the message in its file; 0 when the file is one message */
	bool cut;        /* only its first part was read */
};

/* The table: its head, one row. `width` is the columns to fill. */
void report_table_head(struct buf *to, int width);
void report_table_row(struct buf *to, int width, const struct verdict *v);

/* Tab-separated: the names of the columns, one line. */
void report_tsv_head(struct buf *to);
void report_tsv_row(struct buf *to, const struct origin_of_mail *o, const struct verdict *v,
	const struct trace *t);

/* A verdict with its trace as one JSON object, the caller's to release; NULL when memory is
 * short. */
json_t *report_json(const struct origin_of_mail *o, const struct verdict *v, const struct trace *t);

/* A trace alone, an attribution alone. */
json_t *report_trace_json(const struct trace *t);
json_t *report_attribution_json(const struct attribution *a);

/* The networks behind abuse as a table for a person; says so when there is none. */
void report_networks(struct buf *to, int width, const struct network *n, size_t count, size_t most);

/* "AS64500 Brackwater Hosting Ltd", with the table's age when it is stale; "not in any table". */
void report_network_name(struct buf *to, const struct attribution *a);

/*
 * A trace for a person, a line an address or host: who handed the message in, what it advertises,
 * each with its network. Names are defanged.
 */
void report_trace(struct buf *to, const struct trace *t, bool asked);

/* Of that the hosts alone. asked: whether names were resolved. */
void report_hosts(struct buf *to, const struct trace *t, bool asked);

/* A day as "2026-11-23". */
void report_day(struct buf *to, int32_t day);

/* A probability as a person reads it: "<0.1 %", "37.2 %", ">99.9 %". */
void report_percent(struct buf *to, double p);

#endif
