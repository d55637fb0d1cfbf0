/*
 * Signs messages for tests, apart from what is tested: canonical forms are made by the letter of
 * RFC 6376, 3.4, over whole strings, with nothing of src/auth.
 */
#ifndef CORDON_TESTS_DKIM_SIGNER_H
#define CORDON_TESTS_DKIM_SIGNER_H

#include "base/buf.h"

#include <openssl/evp.h>

struct signer_key {
	EVP_PKEY *pkey;
	bool ed25519;
	char record[1200]; /* for the DNS */
	char key[1100];    /* its p= */
};

/* Makes a key pair: RSA of so many bits, or Ed25519 for 0. Freed by signer_key_done(). */
void signer_key_make(struct signer_key *key, unsigned bits);
void signer_key_done(struct signer_key *key);

struct signer {
	const struct signer_key *key;
	const char *field;               /* "DKIM-Signature", "ARC-Message-Signature" */
	const char *tags;                /* all but h=, l=, bh= and b=: "v=1; a=..." */
	const char *names;               /* h= */
	bool relaxed_head, relaxed_body; /* as c= in tags says */
	long length;                     /* l=; -1 for none */
	bool sha1;
};

/* Writes the signature's field, with CRLF behind it, for a message of that head and body. */
void signer_sign(struct buf *to, const struct signer *s, struct span head, struct span body);

/* Writes an ARC-Seal over what stands in canonical form in `before` (RFC 8617, 5.1.1). */
void signer_seal(
	struct buf *to, const struct signer_key *key, const char *tags, struct span before);

/* A field in canonical form, with CRLF: `field` is all of it, with its line end. */
void signer_canon_field(struct buf *to, struct span field, bool relaxed);

/* A body in canonical form. */
void signer_canon_body(struct buf *to, struct span body, bool relaxed);

#endif
