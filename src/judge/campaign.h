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

/*
 * Takes it, under the key of the collection that it goes to (campaigns_key()). NULL when memory is
 * short. Linear in the message, bounded in what it gives: CAMPAIGN_PRINT_MOST bytes.
 */
#define CAMPAIGN_PRINT_MOST ((size_t)12 << 10)
struct campaign_print *campaign_print_take(
	uint64_t key, struct message_parser *mp, const struct message *m);
size_t campaign_print_bytes(const struct campaign_print *p);

/* A number that two prints under one key share about as often as they share shingles (the least of
 * them; Broder 1997), so mostly for messages of one template; never 0. */
uint64_t campaign_print_alike(const struct campaign_print *p);

/* A print out of its bytes, as another process took it: 0 and a copy, freed by free(); -EBADMSG for
 * what cannot be one; -ENOMEM. Linear. */
int campaign_print_read(struct span bytes, struct campaign_print **ret);

struct campaigns;

/* Bounds and the key of a collection; zeros are the defaults. */
struct campaigns_options {
	uint64_t key;       /* 0: random. A secret: who knows it can aim collisions. Of a
			       collection that is kept the kept one counts */
	uint32_t keep_days; /* not seen for that many days: forgotten; 0: 400 */
	uint32_t most;      /* campaigns, those of one message among them; 0: 400,000. Beyond it
			       the least useful are forgotten */
	bool anybodys;      /* templates show words that one recipient alone got, too: for a
			       corpus of one mailbox, to be read by hand */
};

/* A collection in memory alone. NULL when memory is short. */
struct campaigns *campaigns_new(const struct campaigns_options *options);

/*
 * Opens what is kept in STATE/campaigns, or begins. write: it is to be added to, by one process at
 * a time (-EBUSY; the lock is STATE/campaigns.lock). A reader of nothing gets an empty collection.
 * options may be NULL. Damaged state is told (-EBADMSG); who removes the file begins anew, with new
 * names, and what the ledger has of the old ones stays.
 */
int campaigns_open(const char *state_dir, bool write, const struct campaigns_options *options,
	struct campaigns **ret, struct err *err);
/*
 * Saves it in one step, with a number of the caller's (how far the ledger was), which
 * campaigns_mark() gives when it is opened again; 0 for a collection that has begun. What came
 * after the mark can be put again after a crash and gives the same names, for a collection that
 * begins is saved, empty, when it is opened to write. -EROFS for one that was not.
 */
int campaigns_save(struct campaigns *c, uint64_t mark, struct err *err);
uint64_t campaigns_mark(const struct campaigns *c);
void campaigns_close(struct campaigns *c); /* without saving; takes NULL */

/* The key under which its prints are taken; never changes. */
uint64_t campaigns_key(const struct campaigns *c);

/* What became of a print. */
#define CAMPAIGN_MERGES_MOST 4
struct campaign_put {
	char name[CAMPAIGN_NAME]; /* the campaign it is in; a message that stands alone begins one,
				     for what is logged of it cannot change when a second one comes
				   */
	bool is_new;
	/* merged[merges]: campaigns that turned out to be this one */
	char merged[CAMPAIGN_MERGES_MOST][CAMPAIGN_NAME];
	size_t merges;
};

/*
 * Puts a print into its campaign, as of a time (seconds since 1970 UTC). Returns 0; -EINVAL for a
 * print that was taken under another key; or -ENOMEM, and then nothing was changed. The same prints
 * in the same order give the same, whether it was saved and opened between or not.
 */
int campaigns_put(struct campaigns *c, const struct campaign_print *p, int64_t at,
	struct campaign_put *ret_put);

/*
 * One campaign. Strings are the collection's until the next put, campaigns_at() or
 * campaigns_find(). Of a message that stands alone there are none: nothing readable is kept but
 * what several messages share.
 */
struct campaign {
	const char *name;
	uint64_t messages;
	int64_t first, last;   /* seconds since 1970 UTC */
	struct span template_; /* what its messages share, parts that vary as U+2026, and what not
				  two recipients are known to have got; no addresses of
				  people. Text from outside, to be cleaned */
	struct span subject;   /* likewise */
	bool boilerplate;      /* it turned out to be what unrelated mail shares, and is closed */
	struct span mailer;    /* the mailer's fingerprint: a name and what it rests on */
};

/* Those that are kept, in no order but that of i: 0 .. campaigns_count() - 1. */
size_t campaigns_count(const struct campaigns *c);
void campaigns_at(struct campaigns *c, size_t i, struct campaign *ret);
bool campaigns_find(struct campaigns *c, const char *name, struct campaign *ret);

#endif
