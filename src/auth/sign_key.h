/*
 * Public keys of DKIM and ARC: their records in the DNS (RFC 6376, 3.6; RFC 8463), and whether one
 * of them made a signature.
 *
 * Keys come from whoever sends mail, so only what a key record may hold is read, by a reader of our
 * own: RSA with a modulus of at most KEY_BITS_MOST bits and an exponent of at most 32, and Ed25519.
 * OpenSSL is used without its configuration: no file is opened.
 */
#ifndef CORDON_AUTH_SIGN_KEY_H
#define CORDON_AUTH_SIGN_KEY_H

#include "auth/dkim.h"

#include <openssl/evp.h>

enum sign_hash { SIGN_SHA1, SIGN_SHA256, SIGN_HASHES };
enum sign_key_type { SIGN_RSA, SIGN_ED25519 };

#define SIGN_DIGEST_MOST 32
#define KEY_BITS_MOST    4096
#define KEY_BITS_LEAST   1024 /* RFC 8301, 3.2: a shorter RSA key proves nothing */
#define KEY_RECORDS_MOST 4    /* records at one name that are tried */

/* The hash's method, and its length in bytes. Static. */
const EVP_MD *sign_hash_md(enum sign_hash hash);
size_t sign_hash_bytes(enum sign_hash hash);

/* One key record. */
struct sign_key {
	enum sign_key_type type;
	bool hash[SIGN_HASHES]; /* that it may be used with (h=) */
	bool testing;           /* t=y */
	bool same_domain;       /* t=s: the domain of i= must be that of d= */
	unsigned bits;
	uint8_t modulus[KEY_BITS_MOST / 8]; /* RSA: little-endian. Ed25519: the key itself */
	size_t modulus_n;
	uint32_t exponent;
};

/*
 * Reads a key record. Returns 0, or -EINVAL with the reason, static: it is no key record, its key
 * is revoked, not for mail, of an unknown type, or cannot be read. *ret_key is changed in any case.
 */
int sign_key_read(struct span record, struct sign_key *ret_key, const char **ret_reason);

/*
 * Did this key make that signature of that digest? For Ed25519 the digest is what is signed
 * (RFC 8463, 3). Returns 1, 0 for no, or -ENOMEM.
 */
int sign_key_verify(const struct sign_key *key, enum sign_hash hash, const uint8_t *digest,
	struct span signature);

#endif
