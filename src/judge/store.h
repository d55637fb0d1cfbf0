/*
 * What a site has learned, on disk: which messages, under which label, and the state of the model
 * that came of them. One LMDB environment in DIR/learned; readers see the state of the last commit
 * and are never blocked, one writer at a time works in a transaction, and a writer that is killed
 * loses what it had not committed and nothing else. Format: docs/formats/learned.md.
 */
#ifndef CORDON_JUDGE_STORE_H
#define CORDON_JUDGE_STORE_H

#include "base/err.h"
#include "base/hash.h"

struct store;

/* By a person; and by the judge itself (judge/own.h). */
enum label { LABEL_NONE = 0, LABEL_HAM = 1, LABEL_SPAM = 2, LABEL_OWN_HAM = 3, LABEL_OWN_SPAM = 4 };

static inline bool label_is_spam(enum label l)
{
	return l == LABEL_SPAM || l == LABEL_OWN_SPAM;
}

static inline bool label_is_own(enum label l)
{
	return l == LABEL_OWN_HAM || l == LABEL_OWN_SPAM;
}

/*
 * Opens the store of a state directory, for reading or for writing; a writer makes what is not
 * there yet. A reader of a directory without a store gets -ENOENT. Returns 0 or a negative errno
 * with a sentence in err. One store must not be opened twice by one process.
 */
int store_open(const char *state_dir, bool write, struct store **ret_store, struct err *err);
void store_close(struct store *s);

/*
 * Begins a transaction: a view that stays as it is, for a reader; for a writer also the sole right
 * to change, waited for. Ended by store_commit(), which returns once all is on disk, or by
 * store_abort(). Return 0 or a negative errno (-ENOSPC when the disk is full) with a sentence; a
 * commit that fails has changed nothing.
 */
int store_begin(struct store *s, struct err *err);
int store_commit(struct store *s, struct err *err);
void store_abort(struct store *s);

/* The label under which the message of that digest was learned last; LABEL_NONE when it was not. */
enum label store_label(struct store *s, const struct digest *message);

/* Sets it. Returns 0 or a negative errno with a sentence; the transaction then can only be aborted. */
int store_set_label(struct store *s, const struct digest *message, enum label label, struct err *err);

/* Takes all labels away. Returns 0 or a negative errno with a sentence, as store_set_label(). */
int store_forget(struct store *s, struct err *err);

/* Messages that have a label. */
size_t store_labels(struct store *s);

/*
 * Reads the model's state into to[n]. Returns 1, 0 when none was saved or it has another size
 * (an older version's: it is then learned anew), or a negative errno: -EBADMSG when it is not what
 * was saved, by its hash. What is in `to` is then of no use.
 */
int store_load(struct store *s, void *to, size_t n, struct err *err);

/* Saves it; only the pages that changed are written. Returns 0 or a negative errno with a sentence. */
int store_save(struct store *s, const void *from, size_t n, struct err *err);

/* Grows with every commit that saved a state: 0 when none has. Tells a reader to load again. */
uint64_t store_generation(struct store *s);

#endif
