/*
 * ARC: verifies the chain of those who handed a message on (RFC 8617).
 */
#ifndef CORDON_AUTH_ARC_H
#define CORDON_AUTH_ARC_H

#include "auth/dkim.h"

enum arc_result { ARC_NONE, ARC_PASS, ARC_FAIL, ARC_TEMPERROR };

const char *arc_result_name(enum arc_result r);

#define ARC_MOST 50 /* instances (RFC 8617, 4.2.1) */

/* One who sealed. */
struct arc_set {
	struct span domain, selector;  /* of the seal */
	struct span results;           /* value of ARC-Authentication-Results, without i= */
};

struct arc {
	enum arc_result result;
	struct arc_set set[ARC_MOST]; /* by instance, the first at 0; valid when the result is pass */
	size_t n;                     /* the highest instance that was met */
	unsigned oldest_pass;         /* RFC 8617, 5.2: 0 when all message signatures pass */
	const char *reason;           /* why it does not pass; NULL when it does */
};

/* As dkim_verify(); a seal does not expire. known: what that has found of the same message, whose
 * hashes of the body are taken over; NULL: nothing. */
int arc_verify(const struct message *m, struct dns_budget *dns, const struct dkim *known,
	struct arena *arena, struct arc *ret);

/* Says which keys arc_verify() will ask for; dkim_soon() does both. */
void arc_soon(const struct message *m, struct dns_budget *dns, struct arena *arena);

#endif
