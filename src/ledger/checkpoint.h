/* The text of a checkpoint, https://c2sp.org/tlog-checkpoint: origin, size and root of a tree. */
#ifndef CORDON_LEDGER_CHECKPOINT_H
#define CORDON_LEDGER_CHECKPOINT_H

#include "ledger/note.h"
#include "ledger/tlog.h"

/* Appends the checkpoint of a tree, signed; its origin is the signer's name. */
void checkpoint_sign(const struct note_signer *s, const struct tlog_tree *tree, struct buf *to);

/* Opens a signed checkpoint whose origin is the key's name. Lines of extensions are passed over.
 * Returns 0; -EBADMSG, -ENOKEY, -EKEYREJECTED as note_open(), with a sentence. */
int checkpoint_open(
	struct span note, const struct note_key *key, struct tlog_tree *ret_tree, struct err *err);

/* Reads decimal digits without leading zeros; a line of base64 that gives 32 bytes. False when it
 * is none. */
bool checkpoint_number(struct span text, uint64_t *ret_n);
bool checkpoint_hash(struct span text, uint8_t ret_hash[32]);

/* Appends 32 bytes as a line of base64. */
void checkpoint_put_hash(struct buf *to, const uint8_t hash[32]);

#endif
