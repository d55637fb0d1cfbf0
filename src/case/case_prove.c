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

/* Whether the log's key is here to sign the folder. */
static void find_signer(struct case_file *c, struct tlog *log)
{
	struct buf note = {0};
	struct err err;

	if (tlog_sign(log, SPAN("case\n"), &note, &err) == 0)
		c->signer = log;
	else
		c->why_unsigned = case_keep(c, span_cstr(err.text));
	buf_done(&note);
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
		find_signer(c, log);
	}
	free(seq);
	buf_done(&work);
	return rc;
}

static bool leads_to(const struct record *r, struct span host)
{
	for (size_t i = 0; i < r->sighting.advertises; i++)
		if (span_eq(r->sighting.advertised[i], host))
			return true;
	return false;
}

static const struct case_record *record_of(const struct case_file *c, uint64_t seq)
{
	size_t from = 0, to = c->nrecord;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (c->record[middle].seq < seq)
			from = middle + 1;
		else
			to = middle;
	}
	return from < c->nrecord && c->record[from].seq == seq ? &c->record[from] : NULL;
}

/* That the records which are shown behind a host that is led to do lead there. */
static int check_led(const struct case_file *c, const struct case_count *of, struct err *err)
{
	for (size_t i = 0; i < of->claim.n; i++) {
		const struct case_record *shown = record_of(c, of->claim.seq[i]);
		struct record r;
		int rc = shown ? record_read(shown->text, NULL, &r, err) : 0;

		if (rc < 0)
			return rc;
		if (!shown || r.type != RECORD_SIGHTING || !leads_to(&r, of->name))
			return err_set(err, -EBADMSG,
				"the index says that record %llu leads to where the log does not: "
				"it was changed or is damaged; 'cordon ledger reindex' makes it "
				"again from the log",
				(unsigned long long)of->claim.seq[i]);
	}
	return 0;
}

int case_check(const struct case_file *c, sqlite3 *db, struct err *err)
{
	struct index_check check;
	int rc = index_check_open(&check, db, err);

	for (size_t i = 0; i < c->nrecord && rc == 0; i++)
		rc = index_check_record(&check, c->record[i].seq, c->record[i].text, err);
	for (size_t i = 0; i < c->led.hosts && rc == 0; i++)
		rc = check_led(c, &c->led.host[i].of, err);
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
