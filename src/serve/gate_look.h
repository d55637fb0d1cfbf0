/*
 * One message with its envelope: who it is from as far as that can be proven, what the judge says,
 * what becomes of it; and the keeper is told.
 */
#ifndef CORDON_SERVE_GATE_LOOK_H
#define CORDON_SERVE_GATE_LOOK_H

#include "auth/auth.h"
#include "serve/envelope.h"
#include "serve/gate.h"
#include "trace/trace.h"

/* What was decided. Spans and pointers live until gate_seen_done(). */
struct gate_seen {
	char id[DECIDED_ID + 1];
	enum decision_action action;
	enum policy_reason reason;
	struct span why;               /* a sentence, without a full stop */
	bool judged, outgoing;
	const struct verdict *verdict; /* NULL when it was not judged */
	const struct auth *auth;       /* NULL when it was not asked for: outgoing, or no DNS */
	struct span results;           /* the value of Authentication-Results, lines parted by LF;
					  empty without auth */
	void *bench;                   /* the gate's own */
};

/*
 * Looks at a message. raw: its bytes, behind `lines` bytes of envelope_lines(); bytes: how many there
 * were of it in all, when raw is the beginning. By config->message_seconds it returns, whatever the DNS
 * and the other messages do; what could not be looked at by then is not judged, and decided so.
 * Always ended by gate_seen_done().
 *
 * Authentication is of the message as it came. Then Authentication-Results fields that claim to be
 * ours are taken out, for nothing of ours was in it before (RFC 8601, 5), and the judge looks at
 * the rest. Abuse that came from outside is told to the keeper, with the message; that it was
 * decided is, of every message.
 */
void gate_look(struct gate *g, const struct envelope *e, struct span raw, size_t lines,
	uint64_t bytes, struct gate_seen *ret);
/* The same of a message that there was no memory for: decided as one that cannot be judged. */
void gate_look_not(struct gate *g, struct gate_seen *ret);
void gate_seen_done(struct gate *g, struct gate_seen *seen);

/* The verdict as a header field says it: "spam; p=0.9993; id=...". */
#define GATE_VERDICT_FIELD "X-Cordon"
void gate_write_verdict(struct buf *to, const struct gate_seen *seen);

/* Whether the client is one of our own: authenticated, or of own_nets. */
bool gate_is_outgoing(const struct gate *g, const struct envelope *e);

#endif
