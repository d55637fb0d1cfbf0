/*
 * What the gate tells the keeper, and asks of it: ipc.h's messages of these types. Numbers are
 * little-endian; a text is its length as 16 bits and its bytes. Each is written and read here and
 * nowhere else; the reader believes nothing.
 */
#ifndef CORDON_SERVE_KEEPER_WIRE_H
#define CORDON_SERVE_KEEPER_WIRE_H

#include "base/buf.h"
#include "base/hash.h"
#include "judge/feature.h"
#include "judge/judge.h"
#include "net/ip.h"
#include "trace/sighting.h"

enum keeper_type {
	KEEPER_DECIDED = 1, /* what was decided of a message; no answer */
	KEEPER_ABUSE,       /* a sighting, its raw message beside it as a sealed memfd; no answer */
	KEEPER_LEARN,       /* answer: KEEPER_LEARNED */
	KEEPER_LEARNED,     /* enum learned (8 bits), once it is on disk; 255: it could not be, or was
			       not wanted */
	KEEPER_MODEL,       /* asks for the model, with the number of the one that is had (64 bits,
			       0 for none); answer: KEEPER_MODEL_IS */
	KEEPER_MODEL_IS,    /* the number of the model (64 bits) and the key of campaigns' prints (64
			       bits, 0: none are wanted); when it is another one than is had, beside
			       it a sealed memfd with its bytes, for judge_renew() */
	KEEPER_SPECIMEN,    /* a message that may end a role, as a sealed memfd; answer: KEEPER_KEPT */
	KEEPER_KEPT,
	KEEPER_PING,        /* answer: KEEPER_PONG, when all that came before is done */
	KEEPER_PONG,
};

/* What became of a message. X(ID, "name") */
#define DECISIONS_X(X)                                                                             \
	X(ACCEPT, "accept")                                                                        \
	X(TAG, "tag")                                                                              \
	X(QUARANTINE, "quarantine")                                                                \
	X(TEMPFAIL, "tempfail")                                                                    \
	X(REJECT, "reject")                                                                        \
	X(DISCARD, "discard")
enum decision_action {
#define X(id, name) DECIDE_##id,
	DECISIONS_X(X)
#undef X
		DECISIONS
};
const char *decision_action_name(enum decision_action a); /* static */

#define DECIDED_ID         16 /* characters of the id that users see, of these: */
#define DECIDED_ID_LETTERS "0123456789abcdefghjkmnpqrstvwxyz"
#define DECIDED_AT_MOST    253402300799 /* 9999-12-31T23:59:59Z */
#define DECIDED_FINDINGS   24
#define DECIDED_RECIPIENTS 16
#define DECIDED_TEXT_MOST  320

/* One message and what was decided; what `cordon log` and `cordon why` show. Addresses are as the
 * configuration has them: plain or hashed. No text of the message. */
struct decided {
	char id[DECIDED_ID + 1];
	int64_t at;             /* seconds since 1970 UTC */
	uint32_t microseconds;  /* that it took */
	enum decision_action action;
	enum action verdict;
	double probability, threshold;
	struct ip ip;
	asn_t asn;              /* 0: not known */
	bool outgoing, http, unjudged;
	uint64_t bytes;
	struct span sender;     /* envelope's */
	struct span recipient[DECIDED_RECIPIENTS];
	size_t recipients, recipients_left_out;
	struct span queue_id, message_id, user, helo, from_domain;
	struct span auth;       /* "spf=pass dkim=fail dmarc=fail" */
	struct span reason;     /* why this action, a sentence */
	struct span finding[DECIDED_FINDINGS]; /* names, the weightiest first */
	float weight[DECIDED_FINDINGS];        /* log-odds that each moved */
	size_t findings;
};

/* Writes it; texts are cut at DECIDED_TEXT_MOST. Reads it: 0, or -EBADMSG; its spans are of the
 * bytes. */
void decided_write(const struct decided *d, struct buf *to);
int decided_read(struct span bytes, struct decided *ret);

/* A sighting with what makes it the same when it comes again and its campaign's print. */
struct abuse_seen {
	struct digest identity;
	struct sighting sighting; /* of the bytes; campaign empty: the keeper puts it into one */
	struct span print;        /* a campaign_print's bytes; empty: none */
};
void abuse_write(const struct abuse_seen *a, struct buf *to);
int abuse_read(struct span bytes, struct abuse_seen *ret); /* also -EBADMSG by sighting_check() */

/* A message to learn. */
struct learn_wish {
	struct digest identity;
	bool spam, self;       /* self: the gateway's own idea (judge/self.h limits it) */
	asn_t asn;             /* of who sent it; for self */
	uint64_t campaign;     /* a hash of its print, for self: alike for alike messages; 0: none */
	double probability;
	const struct features *features; /* read: of the caller's room */
};
void learn_write(const struct learn_wish *w, struct buf *to);
int learn_read(struct span bytes, struct features *room, struct learn_wish *ret);

#endif
