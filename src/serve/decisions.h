/*
 * What was decided of which message, kept for some days so that a postmaster can find it again: by
 * id, sender, recipient, network and time. A SQLite file, STATE/decisions.db: one writer, any
 * number of readers beside it. It may be removed at any time; nothing else rests on it.
 */
#ifndef CORDON_SERVE_DECISIONS_H
#define CORDON_SERVE_DECISIONS_H

#include "base/err.h"
#include "serve/keeper_wire.h"

struct decisions;

/*
 * Opens it; a writer makes what is not there. Returns 0; -ENOENT with a sentence when a reader
 * finds none; -EBADMSG for what is damaged or not ours: a writer puts such a file aside, as
 * decisions.db.bad, and begins anew, and *ret_put_aside (may be NULL) says so; or another errno.
 */
int decisions_open(const char *state_dir, bool write, struct decisions **ret, bool *ret_put_aside,
	struct err *err);
/* Puts it aside as decisions.db.bad, for a writer that found it damaged later on, and has closed
 * it. Returns 0 or a negative errno with a sentence. */
int decisions_put_aside(const char *state_dir, struct err *err);
void decisions_close(struct decisions *d); /* what was not committed is dropped; takes NULL */

/*
 * Adds one; it is there for readers when decisions_commit() came back. One of an id that is there
 * already takes its place. Each returns 0 or a negative errno with a sentence, and then nothing of
 * what was not committed is added. A commit, also one of nothing, sees what others do to the file:
 * -ESTALE when it was removed or another one put in its place, -EBADMSG when somebody wrote over
 * it; and -EBADMSG is what is found to be damaged. Then it is to be closed, a damaged one put
 * aside, and opened anew. Cost: some 20 microseconds.
 */
int decisions_add(struct decisions *d, const struct decided *what, struct err *err);
int decisions_commit(struct decisions *d, struct err *err);

/* Takes out up to 10,000 of those before a time; how many, or a negative errno with a sentence. */
int decisions_expire(struct decisions *d, int64_t before, struct err *err);

/* What is looked for: all that is set must hold. {.until = INT64_MAX, .action = -1} is all. */
struct decisions_question {
	const char *id;         /* NULL: any; and so for the others */
	const char *sender, *recipient; /* an address, or "@domain": all of the domain */
	const char *sender_hash, *recipient_hash; /* the same as person_hash() has it: either will do;
						     NULL with what it belongs to */
	const char *queue_id;
	const struct prefix *network;   /* of the client's address */
	asn_t asn;
	int64_t since, until;   /* since <= at < until */
	int action;             /* enum decision_action */
	bool outgoing;          /* only those */
	unsigned long most;     /* the newest so many; 0: all */
};

/* Goes over them, the oldest first; *what lives until the call returns. A negative value that
 * each() returns ends it and is returned. Cost: an index over id, sender, recipient, queue id,
 * network, AS or time, whichever is likely to give the fewest; an action alone takes a look at each. */
int decisions_find(struct decisions *d, const struct decisions_question *q,
	int (*each)(void *context, const struct decided *what), void *context, struct err *err);

#endif
