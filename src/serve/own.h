/*
 * What the gateway may learn by itself, from messages of which it is sure. Whoever sends mail can
 * try to teach it this way, so what it takes is bounded:
 *
 *   - only clear cases, and only once people have taught both labels enough;
 *   - of a label at most a part of what people taught, and so many a day;
 *   - neither label far ahead of the other;
 *   - few from one network and, of messages that are alike, one;
 *   - nothing against what a person said; and where a person says that such a lesson was wrong, it
 *     and those like it are undone, and its network teaches nothing more for a while.
 *
 * A SQLite file, STATE/own.db, with the lessons of the window and their features, so that they can
 * be undone. docs/design/gateway.md has the reasons for the numbers.
 */
#ifndef CORDON_SERVE_OWN_H
#define CORDON_SERVE_OWN_H

#include "judge/learn.h"
#include "serve/keeper_wire.h"

#define OWN_WINDOW    30   /* days that lessons count, and can be undone */
#define OWN_TAUGHT    50   /* messages of each label that people must have taught */
#define OWN_SURE      7.0  /* log-odds beyond which a case is clear: 0.9991 */
#define OWN_PART      0.25 /* of what people taught of a label, at most, in the window */
#define OWN_DAILY     40   /* of a label, in 24 hours */
#define OWN_LEAD      10   /* of one label over the other, in the window */
#define OWN_NET_DAILY 2    /* of a label from one network, in 24 hours */
#define OWN_NET       8    /* and in the window; all that are in no table are one network */

struct own;

/* As decisions_open(), for a writer. */
int own_open(const char *state_dir, struct own **ret, bool *ret_put_aside, struct err *err);
void own_close(struct own *o); /* takes NULL */

/* Why a wish is not granted. */
enum own_answer {
	OWN_YES,
	OWN_UNCLEAR, /* it is not sure, or not of that label */
	OWN_UNTAUGHT,
	OWN_ENOUGH, /* of the day, or of the part */
	OWN_AHEAD,
	OWN_NETWORK,
	OWN_ALIKE,
	OWN_DISTRUST, /* what it learned from that network was wrong lately */
};

/*
 * Whether it may be learned. ham, spam: messages that were learned in all, of people and its own
 * (judge_learned()). An enum own_answer, or a negative errno with a sentence.
 */
int own_ask(struct own *o, const struct learn_wish *w, uint64_t ham, uint64_t spam, int64_t now,
	struct err *err);

/* Notes that it was learned. Durable when it returns 0. */
int own_note(struct own *o, const struct learn_wish *w, int64_t now, struct err *err);

/*
 * A person taught a message, with that label. Where it was learned by itself with the other, undo()
 * is called for each message of the window that is like it and has that other label; they are
 * forgotten here, and its network is not learned from for a window. *ret_n (may be NULL) says how
 * many. Features are valid until undo() returns. Below 0 what undo() returned, or a negative errno.
 */
int own_contradicted(struct own *o, const struct digest *identity, bool spam, int64_t now,
	int (*undo)(void *context, const struct digest *identity, const struct features *f,
		struct err *err),
	void *context, size_t *ret_n, struct err *err);

#endif
