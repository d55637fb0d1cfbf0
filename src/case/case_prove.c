#include "case/case_prove.h"

#include "case/redact.h"
#include "ledger/index_check.h"

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

int case_check(const struct case_file *c, sqlite3 *db, struct err *err)
{
	struct index_check check;
	int rc = index_check_open(&check, db, err);

	for (size_t i = 0; i < c->nrecord && rc == 0; i++)
		rc = index_check_record(&check, c->record[i].seq, c->record[i].text, err);
	index_check_close(&check);
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
