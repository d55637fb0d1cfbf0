/*
 * Campaigns: messages that share a template, though each differs. Online: messages come one by one,
 * each is put into a campaign, new or known, in bounded memory; campaigns that turn out to be one
 * are merged, and those not seen for long are forgotten.
 *
 * Two steps, so that many threads can do the first: a print is taken of a message (its text, links
 * and structure as hashed shingles, the mailer's fingerprint), then prints go, in order, to the one
 * collection. How it works, and the sources: docs/design/campaign.md.
 */
#ifndef CORDON_JUDGE_CAMPAIGN_H
#define CORDON_JUDGE_CAMPAIGN_H

#include "base/buf.h"
#include "base/err.h"
#include "mail/message.h"

#include <stdint.h>

#define CAMPAIGN_NAME 16 /* bytes of a name with its NUL: "c-" and 12 hex digits */

/* What is kept of a message to tell its campaign; one block, freed by free(). */
struct campaign_print;

/* Takes it. NULL when memory is short. Linear in the message, bounded in what it gives. */
struct campaign_print *campaign_print_take(struct message_parser *mp, const struct message *m);
size_t campaign_print_bytes(const struct campaign_print *p);

struct campaigns;

/* Opens what is kept in STATE/campaigns, or begins. write: it is to be added to, by one process at
 * a time (-EBUSY). Damaged state is told (-EBADMSG); campaigns are then begun anew by the caller's
 * choice, since it can be made again from the ledger's raw evidence. */
int campaigns_open(const char *state_dir, bool write, struct campaigns **ret, struct err *err);
/* Saves it in one step, with a number of the caller's (how far the ledger was), which
 * campaigns_mark() gives when it is opened again; 0 for a collection that has begun. The same
 * prints put in the same order into the same state give the same campaigns and names, so what came
 * after the mark can be put again after a crash. */
int campaigns_save(struct campaigns *c, uint64_t mark, struct err *err);
uint64_t campaigns_mark(const struct campaigns *c);
void campaigns_close(struct campaigns *c);

/* What became of a print. */
struct campaign_put {
	char name[CAMPAIGN_NAME]; /* the campaign it is in; a message that stands alone begins one,
				     for what is logged of it cannot change when a second one comes
				   */
	bool is_new;
	char merged[4]
		   [CAMPAIGN_NAME]; /* merged[merges]: campaigns that turned out to be this one */
	size_t merges;
};

/* Puts a print into its campaign, as of a time (seconds since 1970 UTC), from an address. Returns 0
 * or -ENOMEM. */
int campaigns_put(struct campaigns *c, const struct campaign_print *p, int64_t at,
	struct campaign_put *ret_put);

/* One campaign. Strings are the collection's until the next put. */
struct campaign {
	const char *name;
	uint64_t messages;
	int64_t first, last;   /* seconds since 1970 UTC */
	struct span template_; /* what its messages share, parts that vary as U+2026; redacted: no
				  addresses of people */
	struct span subject;   /* likewise */
	struct span mailer;    /* the mailer's fingerprint: a name and what it rests on */
};

size_t campaigns_count(const struct campaigns *c);
void campaigns_at(const struct campaigns *c, size_t i, struct campaign *ret); /* by messages */
bool campaigns_find(const struct campaigns *c, const char *name, struct campaign *ret);

#endif
