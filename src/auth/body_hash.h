/*
 * Hashes of a message's body, for all its signatures together (RFC 6376, 3.7).
 */
#ifndef CORDON_AUTH_BODY_HASH_H
#define CORDON_AUTH_BODY_HASH_H

#include "auth/canon.h"
#include "auth/sign_key.h"

#define BODY_WHOLE UINT64_MAX

struct body_hash {
	enum canon canon;
	enum sign_hash hash;
	uint64_t length; /* bytes of the canonical body that count; BODY_WHOLE: all */
	uint8_t digest[SIGN_DIGEST_MOST]; /* given: the hash, if the body has so many bytes */
	uint64_t whole;                   /* given: bytes of the canonical body */
};

/*
 * Hashes the body for job[n]. One pass for each canonicalisation among them, whatever their lengths
 * and hashes. The jobs are put into another order. Returns 0 or -ENOMEM.
 */
int body_hash(struct span body, struct body_hash **job, size_t n);

/* Gives what one of done[n], of the same body, was asked for alike; false when none was. */
bool body_hash_known(struct body_hash *job, const struct body_hash *done, size_t n);

#endif
