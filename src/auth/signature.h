/*
 * One signature field: DKIM-Signature (RFC 6376, 3.5), ARC-Message-Signature or ARC-Seal (RFC 8617,
 * 4.1). Read, hashed over the header, and held against its key.
 */
#ifndef CORDON_AUTH_SIGNATURE_H
#define CORDON_AUTH_SIGNATURE_H

#include "auth/body_hash.h"
#include "auth/sign_key.h"

enum signature_kind { SIGNATURE_DKIM, SIGNATURE_ARC_MESSAGE, SIGNATURE_ARC_SEAL };

/* A header is not looked at when it has more bytes: hashing it takes once its length a signature.
 */
#define HEAD_MOST ((size_t)1 << 20)

/* More names in h= are not read: a header has no more fields. */
#define SIGNED_MOST 1000

struct signature {
	const struct field *field;
	enum signature_kind kind;

	/* DKIM_NONE as long as nothing speaks against it. */
	enum dkim_result result;
	const char *reason; /* static */

	struct span domain, selector; /* d=, s=: in A-labels and lower case, in the arena */
	struct span identity;         /* i= of DKIM, decoded; "@" and d= when it is not there */
	struct span identity_domain;  /* of it, behind the '@', in A-labels */
	struct span algorithm;        /* a= */
	struct span b, b_whole; /* b= as it stands; with white space around: left out of hash */
	struct span names;      /* h= */
	enum sign_key_type type;
	enum sign_hash hash;
	enum canon head;
	struct body_hash body;          /* what is asked of it */
	uint8_t want[SIGN_DIGEST_MOST]; /* bh= */
	size_t want_n;
	const char *body_fault; /* why the body is not what was signed; NULL when it is */
	uint8_t signed_by[KEY_BITS_MOST / 8]; /* b= */
	size_t signed_n;
	int64_t made, expires; /* t=, x=; 0 when they are not there */
	unsigned instance;     /* i= of ARC, 1 .. ARC_MOST */
	struct span cv;        /* of a seal */

	/* From the key, once signature_verify() has been there. */
	unsigned key_bits;
	bool testing;
};

/*
 * Reads a field. What cannot be read sets result and reason: DKIM_NEUTRAL for broken syntax and
 * what is unknown to us, DKIM_PERMERROR for what is lacking or contradicts itself (RFC
 * 6376, 6.1.1). Returns 0 or -ENOMEM.
 */
int signature_read(const struct field *f, enum signature_kind kind, struct arena *arena,
	struct signature *ret);

/*
 * True when the header has more bytes than HEAD_MOST, or more fields than the parser reads: what is
 * not read could be what a reader is shown, so nothing then is proven.
 */
bool signature_head_too_large(const struct message *m);

/* The name of its key, NUL-terminated; its length, or -EINVAL when it is no name that could be. */
int signature_key_name(const struct signature *s, char *to /* DNS_NAME */);

/*
 * True when a CR stands in the field, or ends it, that is not of a line end with LF. Others see
 * such a field go on where we see its end (mail/field.h), so nothing that has one is taken for
 * signed.
 */
bool signature_holds_bare_cr(const struct field *f, struct span head);

/*
 * The hash of the header as h= names it (RFC 6376, 3.7 and 5.4.2), for DKIM and
 * ARC-Message-Signature. Sets DKIM_PERMERROR when a signed field holds a bare CR. Returns 0 or
 * -ENOMEM. Cost: the header's bytes once, and its fields for each name.
 */
int signature_head_hash(struct signature *s, const struct part *root, uint8_t *ret_digest);

/* Adds one field to a running hash, relaxed; the last one without its signature and line end. */
void signature_add_field(EVP_MD_CTX *md, const struct field *f, struct span without, bool last);

/* Holds its body hash, which body_hash() has given, against bh=, and sets body_fault. */
void signature_check_body(struct signature *s);

/* Keys that were asked for, so that one that made several signatures is asked for once. */
struct signature_keys {
	struct dns_budget *dns;
	struct arena *arena;
	struct signature_key_asked *asked; /* {NULL} to begin with */
};

/*
 * Asks for the key and holds the signature against it, unless the body spoke against it already:
 * the key comes first (RFC 6376, 6.1.2 and 6.1.3). When the result was DKIM_NONE, sets it:
 * DKIM_PASS; DKIM_FAIL; DKIM_POLICY when it verifies but the key or the algorithm is too weak;
 * DKIM_TEMPERROR when the DNS gave no answer; DKIM_PERMERROR when there is no fit key. Returns 0 or
 * -ENOMEM. Cost: at most one question, and KEY_RECORDS_MOST verifications.
 */
int signature_verify(struct signature *s, const uint8_t *digest, struct signature_keys *keys);

#endif
