/*
 * DKIM: verifies the signatures of a message (RFC 6376, 8301, 8463).
 *
 * The message is as it stands in the parser: line ends may be CRLF or LF and are taken as CRLF.
 */
#ifndef CORDON_AUTH_DKIM_H
#define CORDON_AUTH_DKIM_H

#include "mail/message.h"
#include "net/dns.h"

enum dkim_result {
	DKIM_NONE, /* RFC 8601, 2.7.1 */
	DKIM_PASS,
	DKIM_FAIL,    /* the body hash or the signature does not match */
	DKIM_POLICY,  /* it verifies, and is not accepted: key too short (RFC 8301), l= beyond
			 which there is text, signed with rsa-sha1, expired, of the future */
	DKIM_NEUTRAL, /* it cannot be read */
	DKIM_TEMPERROR,
	DKIM_PERMERROR
};

/* "none", "pass", ... as RFC 8601 has them; static. */
const char *dkim_result_name(enum dkim_result r);

struct body_hash;

struct dkim_signature {
	enum dkim_result result;
	struct span domain;       /* d=, lower case; empty when it could not be read */
	struct span selector;     /* s= */
	struct span identity;     /* i=; its default when it is not there */
	struct span algorithm;    /* a= */
	struct span b;            /* the first 8 characters of b=, for header.b (RFC 6008) */
	const char *reason;       /* why it does not pass, a short sentence, static; NULL when it does */
	const struct field *field;
	unsigned key_bits;        /* 0 when there was none */
	int64_t expires;          /* x=, 0 when there is none */
	bool testing;             /* the key says t=y */
	bool body_cut;            /* l= left some of the body unsigned */
};

/* More signatures are not looked at, so that a message costs no more than so many. */
#define DKIM_MOST 8

struct dkim {
	struct dkim_signature signature[DKIM_MOST]; /* in the order of the header, topmost first */
	size_t n;
	size_t left_out;
	const struct body_hash *hashed; /* hashed[hashes]: of the body, for arc_verify() */
	size_t hashes;
};

/*
 * Verifies. now: seconds since 1970 UTC, for x= and t=. What is not empty in *ret is in the arena,
 * static or in the message. Returns 0 or -ENOMEM. Cost: one pass over the body for each
 * canonicalisation that is met, one question a key, and at most four verifications a signature
 * (sign_key.h). Opens no file.
 */
int dkim_verify(const struct message *m, struct dns_budget *dns, int64_t now, struct arena *arena,
	struct dkim *ret);

/* Says which keys dkim_verify() and arc_verify() will ask for, without waiting. */
void dkim_soon(const struct message *m, struct dns_budget *dns, struct arena *arena);

#endif
