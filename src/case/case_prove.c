#include "case/case_prove.h"

#include "case/case_query.h"
#include "case/redact.h"

#include <errno.h>
#include <stdlib.h>

static int prove_one(struct case_file *c, struct tlog *log, uint64_t seq, struct case_record *r,
	struct buf *work, struct err *err)
{
	buf_clear(work);
	int rc = tlog_entry(log, seq, work, err);
	struct span text = case_keep(c, buf_span(work));

	if (rc == 0) {
		buf_clear(work);
		rc = tlog_prove(log, seq, work, err);
	}
	if (rc < 0)
		return rc;
	*r = (struct case_record){seq, text, case_keep(c, buf_span(work))};
	if (!buf_ok(work) || !r->text.n || !r->proof.n)
		return err_sys(err, -ENOMEM, "case");
	return 0;
}

int case_prove(struct case_file *c, struct tlog *log, struct err *err)
{
	char key[256];
	struct buf work = {0};
	uint64_t *seq = NULL;
	size_t n = 0;
	int rc = case_cited(c, &seq, &n);
	struct case_record *list = rc < 0 ? NULL : arena_zalloc(&c->memory, n + 1, sizeof(*list));

	if (!list)
		rc = err_sys(err, -ENOMEM, "case");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = prove_one(c, log, seq[i], &list[i], &work, err);
	if (rc == 0) {
		c->record = list;
		c->nrecord = n;
		c->key = case_keep(c, span_cstr(note_key_format(tlog_key(log), key)));
		c->checkpoint = case_keep(c, tlog_checkpoint(log));
	}
	free(seq);
	buf_done(&work);
	return rc;
}

/* Whether a row of the index tells what the record does. Hosts stand in a record as they do in the
 * index, in quotes. */
static bool agrees(const struct case_query *q, const struct case_record *r, const struct record *is)
{
	struct buf host = {0};

	buf_byte(&host, '"');
	buf_add(&host, case_query_text(q, 2));
	buf_byte(&host, '"');
	bool same = is->type == RECORD_SIGHTING && buf_ok(&host) &&
		    case_query_int(q, 0) == (int64_t)is->sighting.kind &&
		    case_query_int(q, 1) == is->sighting.at &&
		    span_find(r->text, buf_span(&host)) >= 0 &&
		    span_eq(case_query_text(q, 3), is->sighting.source);

	buf_done(&host);
	return same;
}

static int check_one(struct case_query *q, const struct case_record *r, struct err *err)
{
	struct buf scratch = {0};
	struct record is;
	int rc = record_read(r->text, &scratch, &is, err);

	if (rc == 0) {
		case_query_bind(q, 1, (int64_t)r->seq);
		rc = case_query_next(q, err);
	}
	if (rc >= 0 && (rc > 0 ? !agrees(q, r, &is) : is.type == RECORD_SIGHTING))
		rc = err_set(err, -EBADMSG,
			"the index tells of record %llu what the log does not: it was changed or "
			"is damaged; 'cordon ledger reindex' makes it again from the log",
			(unsigned long long)r->seq);
	buf_done(&scratch);
	return rc < 0 ? rc : 0;
}

int case_check(const struct case_file *c, sqlite3 *db, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT s.kind, s.at, h.name, o.name FROM sighting s LEFT JOIN host h ON h.id = "
		"s.host LEFT JOIN source o ON o.id = s.source WHERE s.seq = ?1",
		err);

	for (size_t i = 0; i < c->nrecord && rc == 0; i++)
		rc = check_one(&q, &c->record[i], err);
	case_query_close(&q);
	return rc;
}

static int quote_one(struct case_file *c, struct ledger *l, uint64_t seq, struct err *err)
{
	uint8_t salt[32];
	struct buf raw = {0}, fit = {0};
	int rc = ledger_raw(l, seq, salt, &raw, err);

	if (rc == 0) {
		redact_message(&fit, buf_span(&raw));
		rc = buf_ok(&fit) ? 0 : err_sys(err, -ENOMEM, "case");
	}
	if (rc == 0)
		c->raw[c->nraw++] = (struct case_raw){seq, case_keep(c, buf_span(&fit))};
	buf_done(&raw);
	buf_done(&fit);
	return rc == -ENOENT ? 0 : rc;
}

int case_quote(struct case_file *c, struct ledger *l, struct err *err)
{
	int rc = 0;

	c->with_raw = true;
	c->raw = arena_zalloc(&c->memory, CASE_RAW_MOST, sizeof(*c->raw));
	if (!c->raw)
		return err_sys(err, -ENOMEM, "case");
	for (size_t i = 0; i < c->hosts && rc == 0 && c->nraw < CASE_RAW_MOST; i++)
		if (c->host[i].claim.n)
			rc = quote_one(c, l, c->host[i].claim.seq[0], err);
	return rc;
}
