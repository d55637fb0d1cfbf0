/*
 * Raw evidence: the messages and lines that records rest on, kept apart from the log, encrypted,
 *and only for as long as the operator wants. The log holds a salted commitment to each:
 *
 *	commitment = SHA-256(salt, raw), salt = 32 random bytes that are kept with the raw evidence
 *
 * so whoever is shown salt and raw can check the record with `cat salt raw | sha256sum`, and when
 * both are erased the commitment says nothing about anybody. One file a day of intake
 * (FOLDER/raw/2026-11-23), appended to; expiry overwrites and removes whole files, erasing one
 *piece overwrites it in place. Encryption: XChaCha20-Poly1305 (libsodium) under a key of the vault
 * (FOLDER/raw.key, mode 0600), the frame's place as additional data. docs/formats/vault.md.
 */
#ifndef CORDON_LEDGER_VAULT_H
#define CORDON_LEDGER_VAULT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define VAULT_RAW_MOST ((size_t)64 << 20) /* bytes of one piece */

struct vault;

/* Where a piece stands. */
struct vault_place {
	int32_t day;     /* of intake */
	uint64_t offset; /* in that day's file */
};

/*
 * Opens the vault in a folder, makes it when write is true. The torn end that a crash left is cut
 * off when its file is next added to, and passed over until then. One writer at a time, which the
 * log's lock sees to. Returns 0 or a negative errno with a sentence; -ENOKEY when there is raw
 * evidence and the key is gone; a reader opens all the same, and vault_get() says so.
 */
int vault_open(const char *folder, bool write, struct vault **ret_vault, struct err *err);
void vault_close(struct vault *v);

/*
 * Takes a piece in, compressed (zstd) and encrypted; durable after vault_sync(). Pieces of another
 * day than the last one's sync and keep those before. -EFBIG for one over VAULT_RAW_MOST. On
 * failure, here and in vault_sync(), all that was put since vault_keep() is taken back, and after
 * -EIO the vault takes no more until it is opened again.
 */
int vault_put(struct vault *v, int32_t day, struct span raw, struct vault_place *ret_place,
	uint8_t ret_commitment[32], struct err *err);
int vault_sync(struct vault *v, struct err *err);

/* What was put stays; what was put since the last vault_keep() is taken back. */
void vault_keep(struct vault *v);
void vault_undo(struct vault *v);

/* Appends the piece, and its salt; -ENOENT when it was erased or has expired, -EBADMSG when it is
 * damaged. */
int vault_get(struct vault *v, struct vault_place place, uint8_t ret_salt[32], struct buf *to,
	struct err *err);

/* Overwrites a piece and its salt, durable on return. 0 also when it is gone already. */
int vault_erase(struct vault *v, struct vault_place place, struct err *err);

/* Overwrites and removes all files of days before that one; how many in *ret_files. */
int vault_expire(struct vault *v, int32_t before, size_t *ret_files, struct err *err);

/*
 * Calls take() for every piece of a day that is there: where, and its commitment, which is not
 * checked against what is encrypted. Returns what take() did when that was not 0. Damage is passed
 * over; *ret_damaged (may be NULL) is how many bytes of the file belong to no piece. Cost: one read
 * of 72 bytes a piece.
 */
int vault_walk(struct vault *v, int32_t day,
	int (*take)(void *context, struct vault_place place, const uint8_t commitment[32],
		struct err *err),
	void *context, uint64_t *ret_damaged, struct err *err);

/* The days that have a file, ascending; the caller frees *ret_days. */
int vault_days(struct vault *v, int32_t **ret_days, size_t *ret_n, struct err *err);

#endif
