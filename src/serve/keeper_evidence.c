/*
 * Abuse goes into its campaign and into the ledger. The campaigns are in memory and saved now and
 * then; the prints that they were given since are in a journal (prints.h), which is made durable
 * before the ledger is, so that after a crash they can be given again.
 */
#include "ledger/merges.h"
#include "serve/keeper_work.h"

#include <errno.h>
#include <stdlib.h>

#define INDEX_MIB 16 /* it runs for months, beside a mail server, and adds little at a time */
#define RAW_MOST  ((size_t)32 << 20) /* below LEDGER_BATCH_BYTES: commits are ours to choose */

static void tell(void *context, const char *sentence)
{
	(void)context;
	keeper_say("%s", sentence);
}

/* --- opening --- */

static int put_again(
	void *context, const struct campaign_print *print, int64_t at, struct err *err)
{
	struct campaign_put put;
	int rc = campaigns_put(context, print, at, &put);

	/* One of another key is none of this collection. */
	return rc == -ENOMEM ? err_sys(err, rc, "campaigns") : 0;
}

/* Brings the campaigns to where the log is, and saves them. */
static int bring_up(struct keeper *k, struct err *err)
{
	const uint64_t mark = campaigns_mark(k->campaigns), size = ledger_next(k->ledger);
	uint64_t next;
	int rc = prints_replay(k->prints, mark, size, put_again, k->campaigns, &next, err);

	if (rc < 0)
		return rc;
	k->journaled = size;
	if (next < size && mark < size) {
		keeper_say("campaigns lack what the ledger has from record %llu on: stop the "
			   "gateway and run 'cordon ingest --quiet /dev/null' once; until then abuse "
			   "is kept without campaigns",
			(unsigned long long)next);
		campaigns_close(k->campaigns);
		k->campaigns = NULL;
		return 0;
	}
	return evidence_save(k, err);
}

static int open_campaigns(struct keeper *k, struct err *err)
{
	int rc = campaigns_open(k->kit->state, true, NULL, &k->campaigns, err);

	if (rc == 0)
		rc = prints_open(k->kit->state, &k->prints, err);
	return rc == 0 ? bring_up(k, err) : rc;
}

int evidence_open(struct keeper *k, struct err *err)
{
	struct ledger_options o = {.state_dir = k->kit->state,
		.write = true,
		.origin = k->kit->config->ledger_name,
		.keep_raw_days = (int32_t)k->kit->config->keep_raw_days,
		.index_mib = INDEX_MIB,
		.tell = tell};
	size_t bad = 0;
	int rc = shelf_open(k->kit->state, &k->shelf, &bad, err);

	if (rc < 0)
		return rc;
	if (bad)
		keeper_say("%s", err->text);
	o.shelf = k->shelf;
	k->raw_bytes = k->added = 0;
	rc = ledger_open(&o, &k->ledger, err);
	return rc == 0 ? open_campaigns(k, err) : rc;
}

void evidence_close(struct keeper *k)
{
	ledger_close(k->ledger);
	k->ledger = NULL;
	campaigns_close(k->campaigns);
	k->campaigns = NULL;
	prints_close(k->prints);
	k->prints = NULL;
	shelf_close(k->shelf);
	k->shelf = NULL;
}

/* --- adding --- */

/* Every record that came since has its entry in the journal: the last of them a print, or none. */
static int journal(struct keeper *k, const struct campaign_print *print, uint64_t at_seq, int64_t at,
	struct err *err)
{
	const uint64_t end = ledger_next(k->ledger);
	int rc = 0;

	for (; rc == 0 && k->journaled < end; k->journaled += rc == 0)
		rc = prints_add(
			k->prints, k->journaled, at, k->journaled == at_seq ? print : NULL, err);
	return rc;
}

static int add(struct keeper *k, const struct abuse_seen *a, const struct campaign_print *print,
	struct span raw, struct err *err)
{
	const struct span identity = {(const char *)a->identity.byte, DIGEST_BYTES};
	struct sighting s = a->sighting;
	struct campaign_put put = {.merges = 0};
	bool is_new;
	int rc = 0;

	if (print && campaigns_put(k->campaigns, print, s.at, &put) == 0)
		s.campaign = span_cstr(put.name);
	rc = ledger_add_sighting(k->ledger, &s, raw, identity, &is_new, err);
	if (rc < 0 || !is_new)
		return rc;
	const uint64_t seq = ledger_next(k->ledger) - 1;

	rc = ledger_add_merges(k->ledger, &put, err);
	if (rc == 0)
		rc = journal(k, s.campaign.n ? print : NULL, seq, s.at, err);
	k->raw_bytes += raw.n;
	k->added++;
	status_add(k->kit->status, STATUS_SIGHTINGS, 1);
	return rc;
}

int evidence_add(struct keeper *k, const struct abuse_seen *a, struct span raw, struct err *err)
{
	const struct span identity = {(const char *)a->identity.byte, DIGEST_BYTES};
	struct campaign_print *print = NULL;

	if (ledger_has(k->ledger, identity))
		return 0;
	if (a->print.n && k->campaigns && campaign_print_read(a->print, &print) == -EBADMSG)
		status_add(k->kit->status, STATUS_IPC_BAD, 1);
	int rc = add(k, a, print, raw, err);

	free(print);
	return rc == 0 && k->raw_bytes > RAW_MOST ? evidence_commit(k, err) : rc;
}

int evidence_commit(struct keeper *k, struct err *err)
{
	int rc = prints_sync(k->prints, err);

	if (rc == 0)
		rc = ledger_commit(k->ledger, err);
	k->raw_bytes = k->added = 0;
	return rc;
}

int evidence_save(struct keeper *k, struct err *err)
{
	if (!k->campaigns || campaigns_mark(k->campaigns) == k->journaled)
		return 0;
	int rc = campaigns_save(k->campaigns, k->journaled, err);

	return rc == 0 ? prints_clear(k->prints, err) : rc;
}
