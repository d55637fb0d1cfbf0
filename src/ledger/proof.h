/*
 * What a stranger does: checks that a record was in the log, with nothing but the record, the proof
 * and the log's public key. No log is opened and nothing is asked of anybody.
 * Format: https://c2sp.org/tlog-proof; hashes: RFC 6962, 2.1.1, checked as in RFC 9162, 2.1.3.2.
 */
#ifndef CORDON_LEDGER_PROOF_H
#define CORDON_LEDGER_PROOF_H

#include "base/err.h"
#include "ledger/note.h"
#include "ledger/tlog.h"

#define PROOF_MOST ((size_t)128 << 10) /* bytes of a proof that is read */

struct proof_said {
	uint64_t index;
	struct tlog_tree tree; /* that the signed checkpoint is of */
};

/* Returns 0 when it holds; -EBADMSG when it is no proof or does not fit the record; -ENOKEY,
 * -EKEYREJECTED as note_open(); with a sentence that says which link of the chain fails. */
int proof_check(struct span record, struct span proof, const struct note_key *key,
	struct proof_said *ret_said, struct err *err);

/* Whether the tree `now` continues the tree `before`; hashes as tlog_consistency() gives them. */
int proof_check_consistency(const struct tlog_tree *before, const struct tlog_tree *now,
	struct span hashes, struct err *err);

#endif
