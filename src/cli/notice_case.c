/* The case file that goes with a notice to upstreams: the same that `cordon case` writes, as PDF;
 * its records with their proofs; and a note over the sums of both, by the names under which they
 * go. */
#include "cli/notice.h"

#include "case/case_doc.h"
#include "case/case_prove.h"
#include "case/case_read.h"
#include "case/case_write.h"
#include "cli/case_network.h"
#include "cli/case_rank.h"
#include "ledger/sums.h"
#include "show/doc_pdf.h"

#include <errno.h>
#include <stdio.h>

static int write_pdf(const struct case_file *c, struct buf *to, struct err *err)
{
	struct doc d;

	if (case_doc(c, &d) < 0)
		return err_sys(err, -ENOMEM, "the case file");
	int rc = doc_pdf(to, &d, err);

	doc_done(&d);
	return rc;
}

/* Names of the attachments. */
static void name_all(asn_t asn, struct notice_case *c)
{
	snprintf(c->pdf_name, sizeof(c->pdf_name), "case-as%u.pdf", asn);
	snprintf(c->records_name, sizeof(c->records_name), "case-as%u.records.txt", asn);
	snprintf(c->note_name, sizeof(c->note_name), "case-as%u.note", asn);
}

static int sign(const struct case_file *c, struct notice_case *to, struct err *err)
{
	struct buf sums = {0};
	int rc = 0;

	sums_add(&sums, to->pdf_name, buf_span(&to->pdf));
	sums_add(&sums, to->records_name, buf_span(&to->records));
	if (!buf_ok(&sums))
		rc = err_sys(err, -ENOMEM, "the case file");
	else if (c->signer)
		rc = tlog_sign(c->signer, buf_span(&sums), &to->note, err);
	buf_done(&sums);
	return rc;
}

void notice_case_done(struct notice_case *c)
{
	buf_done(&c->pdf);
	buf_done(&c->records);
	buf_done(&c->note);
}

int notice_case(struct site *s, asn_t asn, int32_t day, struct notice_case *to, struct err *err)
{
	struct case_asked asked = {.asn = asn, .day = day};
	struct case_file c;
	struct err why;

	if (campaigns_open(s->state, false, NULL, &asked.campaigns, &why) < 0)
		asked.campaigns = NULL; /* without them their names are told */
	int rc = case_read(ledger_db(s->ledger), &asked, &c, err);

	campaigns_close(asked.campaigns);
	if (rc < 0)
		return rc;
	rc = case_network_fill(&c, s->shelf, err);
	if (rc == 0)
		rc = case_rank_fill(&c, ledger_db(s->ledger), s->shelf, err);
	if (rc == 0)
		rc = case_prove(&c, ledger_log(s->ledger), err);
	if (rc == 0)
		rc = case_check(&c, ledger_db(s->ledger), err);
	if (rc == 0)
		rc = write_pdf(&c, &to->pdf, err);
	case_write_records(&c, &to->records);
	name_all(asn, to);
	if (rc == 0)
		rc = sign(&c, to, err);
	case_done(&c);
	return rc;
}
