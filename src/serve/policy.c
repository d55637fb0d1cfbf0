#include "serve/policy.h"

#include <errno.h>

/* How grave each action is. */
static const int grave[DECISIONS] = {
	[DECIDE_ACCEPT] = 0,
	[DECIDE_TAG] = 1,
	[DECIDE_QUARANTINE] = 2,
	[DECIDE_TEMPFAIL] = 3,
	[DECIDE_DISCARD] = 4,
	[DECIDE_REJECT] = 5,
};

static int read_one(
	const char *value, const char *name, bool ignore, enum decision_action *to, struct err *err)
{
	if (!value)
		return 0;
	if (ignore && !strcmp(value, "ignore")) {
		*to = DECIDE_ACCEPT;
		return 0;
	}
	for (int i = 0; i < DECISIONS; i++)
		if (!strcmp(value, decision_action_name((enum decision_action)i))) {
			*to = (enum decision_action)i;
			return 0;
		}
	return err_set(err, -EINVAL,
		"%s is accept, tag, quarantine, tempfail, reject or discard%s, not \"%s\"", name,
		ignore ? ", or ignore" : "", value);
}

int policy_read(const struct config_gateway *c, struct policy *ret, struct err *err)
{
	struct policy p = POLICY_DEFAULT;
	int rc = read_one(c->on_spam, "on_spam", false, &p.on_spam, err);

	if (rc == 0)
		rc = read_one(c->on_unsure, "on_unsure", false, &p.on_unsure, err);
	if (rc == 0)
		rc = read_one(c->on_outgoing_spam, "on_outgoing_spam", true, &p.on_outgoing_spam,
			err);
	if (rc == 0)
		rc = read_one(c->on_dmarc_reject, "on_dmarc_reject", true, &p.on_dmarc_reject, err);
	if (rc == 0)
		rc = read_one(c->on_dmarc_quarantine, "on_dmarc_quarantine", true,
			&p.on_dmarc_quarantine, err);
	if (rc == 0)
		rc = read_one(c->on_failure, "on_failure", false, &p.on_failure, err);
	if (rc == 0 && p.on_failure != DECIDE_ACCEPT && p.on_failure != DECIDE_TEMPFAIL)
		rc = err_set(err, -EINVAL, "on_failure is accept or tempfail, not \"%s\"",
			c->on_failure);
	if (rc == 0)
		*ret = p;
	return rc;
}

const char *policy_reason_words(enum policy_reason r)
{
	static const char *const words[] = {
		[POLICY_HAM] = "judged ham",
		[POLICY_UNSURE] = "judged unsure",
		[POLICY_SPAM] = "judged spam",
		[POLICY_DMARC] = "fails DMARC, and the owner of its From domain asks for this",
		[POLICY_OUTGOING] = "judged spam, handed in by one of our own users",
		[POLICY_FAILURE] = "could not be judged",
	};

	return words[r];
}

/* Takes the graver one. */
static void take_graver(enum decision_action to, enum policy_reason why, enum decision_action *action,
	enum policy_reason *reason)
{
	if (grave[to] <= grave[*action])
		return;
	*action = to;
	*reason = why;
}

enum decision_action policy_decide(
	const struct policy *p, const struct policy_case *c, enum policy_reason *ret_reason)
{
	enum decision_action action = DECIDE_ACCEPT;
	enum policy_reason reason = c->verdict == ACTION_SPAM     ? POLICY_SPAM
				    : c->verdict == ACTION_UNSURE ? POLICY_UNSURE
								  : POLICY_HAM;

	if (!c->judged) {
		*ret_reason = POLICY_FAILURE;
		return p->on_failure;
	}
	if (c->outgoing) {
		*ret_reason = c->verdict == ACTION_SPAM ? POLICY_OUTGOING : reason;
		return c->verdict == ACTION_SPAM ? p->on_outgoing_spam : DECIDE_ACCEPT;
	}
	if (c->verdict == ACTION_SPAM)
		action = p->on_spam;
	else if (c->verdict == ACTION_UNSURE)
		action = p->on_unsure;
	if (c->dmarc == DMARC_ASK_REJECT)
		take_graver(p->on_dmarc_reject, POLICY_DMARC, &action, &reason);
	else if (c->dmarc == DMARC_ASK_QUARANTINE)
		take_graver(p->on_dmarc_quarantine, POLICY_DMARC, &action, &reason);
	*ret_reason = reason;
	return action;
}
