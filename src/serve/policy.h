/*
 * What becomes of a message: by what the judge says, by what the owner of its From domain asks for,
 * by who hands it in, and by whether it could be judged at all. Pure: the settings and the facts in,
 * an action and a reason out.
 */
#ifndef CORDON_SERVE_POLICY_H
#define CORDON_SERVE_POLICY_H

#include "auth/dmarc.h"
#include "base/config.h"
#include "judge/judge.h"
#include "serve/keeper_wire.h"

struct policy {
	enum decision_action on_spam, on_unsure, on_outgoing_spam;
	enum decision_action on_dmarc_reject, on_dmarc_quarantine; /* ACCEPT also for "ignore" */
	enum decision_action on_failure;                           /* ACCEPT or TEMPFAIL */
};

/*
 * From the settings. Returns 0, or -EINVAL with a sentence that names the setting. NULL of a
 * setting is the default: see POLICY_DEFAULT.
 */
int policy_read(const struct config_gateway *c, struct policy *ret, struct err *err);

/* Spam is refused, what is unsure is accepted with its mark, our own users' spam has to wait; a
 * domain that asks for rejection gets it, one that asks for quarantine gets a mark. */
#define POLICY_DEFAULT                                                                             \
	((struct policy){DECIDE_REJECT, DECIDE_ACCEPT, DECIDE_TEMPFAIL, DECIDE_REJECT, DECIDE_TAG,   \
		DECIDE_ACCEPT})

/* The facts of one message. */
struct policy_case {
	bool judged;             /* false: some part of ours failed; what follows does not count */
	bool outgoing;           /* by an authenticated user or from our own networks */
	enum action verdict;
	enum dmarc_policy dmarc; /* what the owner asks for of this message (struct dmarc, apply) */
};

/* Why, for the reply, the log and `cordon why`. */
enum policy_reason {
	POLICY_HAM,      /* nothing speaks for more than to accept it */
	POLICY_UNSURE,
	POLICY_SPAM,
	POLICY_DMARC,
	POLICY_OUTGOING, /* spam of our own users */
	POLICY_FAILURE,
	POLICY_REASONS
};

/* In words, without a full stop; static. */
const char *policy_reason_words(enum policy_reason r);

/*
 * Decides. Of two actions that apply the graver one is taken, in the order accept, tag, quarantine,
 * tempfail, discard, reject: who is refused is told so, who is discarded is not, so that nothing is
 * thrown away that could be refused. Mail of our own users is never tagged or held for being
 * unsure, nor by DMARC.
 */
enum decision_action policy_decide(
	const struct policy *p, const struct policy_case *c, enum policy_reason *ret_reason);

#endif
