/* The case file that goes with a notice to upstreams: the same that `cordon case` writes. */
#include "cli/notice.h"

#include "case/case_doc.h"
#include "case/case_prove.h"
#include "case/case_read.h"
#include "cli/case_network.h"
#include "cli/case_rank.h"
#include "show/doc_pdf.h"

#include <errno.h>

static int write_pdf(const struct case_file *c, struct buf *to, struct err *err)
{
	struct doc d;

	if (case_doc(c, &d) < 0)
		return err_sys(err, -ENOMEM, "the case file");
	int rc = doc_pdf(to, &d, err);

	doc_done(&d);
	return rc;
}

int notice_case(struct site *s, asn_t asn, int32_t day, struct buf *to, struct err *err)
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
		rc = write_pdf(&c, to, err);
	case_done(&c);
	return rc;
}
