/*
 * Signed notes: a text and lines of signatures under it, so that anybody with the public key can
 * tell who said it. Checkpoints of the log are such notes.
 *
 * Format: https://c2sp.org/signed-note; keys as text ("vkey") as there: NAME+HASH+BASE64, where
 * HASH is the first four bytes of SHA-256(NAME, LF, 0x01, key) in hex and BASE64 is of 0x01 and the
 * 32 bytes of an Ed25519 key (RFC 8032).
 */
#ifndef CORDON_LEDGER_NOTE_H
#define CORDON_LEDGER_NOTE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define NOTE_NAME_MOST 128 /* bytes of a key's name: no '+', no white space, at least one byte */
#define NOTE_MOST                                                                                  \
	1000000 /* bytes of a note that is read, as of Go's package; its signatures: 64            \
		 */

/* Who may have signed. */
struct note_key {
	char name[NOTE_NAME_MOST + 1];
	uint8_t hash[4];
	uint8_t public_key[32];
};

/* Whoever signs; its secret is wiped by note_signer_done(). */
struct note_signer {
	struct note_key key;
	uint8_t secret_key[64];
};

/* Makes a signer from a seed of 32 random bytes. Returns 0, or -EINVAL for a name that is none. */
int note_signer_make(const char *name, const uint8_t seed[32], struct note_signer *ret_signer);
void note_signer_done(struct note_signer *s);

/* Reads and writes a signer with its secret, PRIVATE+KEY+NAME+HASH+BASE64 of 0x01 and the seed, as
 * golang.org/x/mod/sumdb/note has it; the text has its NUL (at most 256 bytes) and must be wiped.
 * 0 or -EINVAL with a sentence that does not show it. */
int note_signer_parse(struct span skey, struct note_signer *ret_signer, struct err *err);
void note_signer_format(const struct note_signer *s, char to[256]);

/* Reads a vkey; writes one, with its NUL (at most 256 bytes). 0 or -EINVAL with a sentence. */
int note_key_parse(struct span vkey, struct note_key *ret_key, struct err *err);
const char *note_key_format(const struct note_key *k, char to[256]);

/* Appends text, which ends with a LF and holds no control characters but LF, signed, as a note. */
void note_sign(const struct note_signer *s, struct span text, struct buf *to);

/*
 * Opens a note: finds a good signature of the key. Signatures by others are passed over. Returns 0
 * and the text, a span of the note; -EBADMSG when it is no note; -ENOKEY when nobody of that key
 * has signed; -EKEYREJECTED when a signature of the key is wrong; with a sentence.
 */
int note_open(struct span note, const struct note_key *key, struct span *ret_text, struct err *err);

#endif
