/*
 * A journal of the prints that campaigns were given since they were saved last. Campaigns are saved
 * now and then, whole; the ledger is made durable each second. After a crash the prints between are
 * put again from here, so that whoever writes need not parse a message to know its campaign.
 *
 * A file, STATE/campaigns.prints: an entry is its size in bytes behind this number (32 bits), the
 * index of the record in the log, its time, a hash of all but the size, then the print. Reading ends
 * at the first that is not whole.
 */
#ifndef CORDON_SERVE_PRINTS_H
#define CORDON_SERVE_PRINTS_H

#include "base/err.h"
#include "judge/campaign.h"

struct prints;

/* Opens it to write; makes it when it is not there. Returns 0 or a negative errno with a sentence. */
int prints_open(const char *state_dir, struct prints **ret, struct err *err);
void prints_close(struct prints *p); /* takes NULL */

/*
 * Goes over the prints of records from `from` up to, without, `end`, in order; of two for the same
 * record the later one counts. *ret_next is where the first record without one is, at most `end`:
 * the journal does not reach further. Returns 0, what put() returned below 0, or a negative errno.
 */
int prints_replay(struct prints *p, uint64_t from, uint64_t end,
	int (*put)(void *context, const struct campaign_print *print, int64_t at, struct err *err),
	void *context, uint64_t *ret_next, struct err *err);

/* Adds one for the record of an index in the log; a record that begins none gets NULL. On disk after
 * prints_sync(). */
int prints_add(struct prints *p, uint64_t seq, int64_t at, const struct campaign_print *print,
	struct err *err);
int prints_sync(struct prints *p, struct err *err);

/* Forgets all: the campaigns were saved. */
int prints_clear(struct prints *p, struct err *err);

#endif
