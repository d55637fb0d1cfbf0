/*
 * A log that only grows and cannot be changed without being found out: a Merkle tree (RFC 6962,
 * 2.1) over entries, kept as files in the layout of https://c2sp.org/tlog-tiles, under a signed
 * checkpoint (https://c2sp.org/tlog-checkpoint). A web server that serves the folder serves the
 * log; other people's tools read and witness it. What the files hold: docs/formats/ledger-log.md.
 *
 *	FOLDER/log/checkpoint        the newest signed tree head
 *	FOLDER/log/tile/L/N[.p/W]    hashes; FOLDER/log/tile/entries/N[.p/W] the entries
 *	FOLDER/log/key               our public key (vkey)
 *	FOLDER/secret                the seed of our key, mode 0600
 *	FOLDER/journal               what was acknowledged and may not stand in the tiles yet
 *	FOLDER/lock                  held by the one writer, with its process number
 *
 * Durable: what tlog_append() has acknowledged is there after any crash, or opening says exactly
 * what is damaged. The log never shows a checkpoint that contradicts an earlier one.
 */
#ifndef CORDON_LEDGER_TLOG_H
#define CORDON_LEDGER_TLOG_H

#include "base/buf.h"
#include "base/err.h"
#include "ledger/note.h"

#include <stdint.h>

#define TLOG_ENTRY_MOST 65535u /* bytes of one entry */

struct tlog;

/* A tree: so many entries, and the hash over all of them. */
struct tlog_tree {
	uint64_t size;
	uint8_t root[32];
};

enum tlog_mode {
	TLOG_READ,  /* any number of readers, beside a writer */
	TLOG_WRITE, /* the one writer; makes folder and key when there are none */
};

/*
 * Opens the log in a folder. origin names it when it is made (note.h: a key's name, such as
 * "mx.example.com/cordon"); an existing log keeps its own; NULL: HOSTNAME/cordon. A writer finishes
 * what a crash left half done; nothing that was acknowledged is dropped. Returns 0; -ENOENT when a
 * reader finds no log; -EBUSY when another writes, with its number; -EBADMSG when what is stored is
 * damaged or contradicts its checkpoint, saying which record and since when; or another negative
 * errno; with a sentence. A reader opens a damaged log when any signed tree of it can be read: what
 * it is then given is good, and tlog_verify() tells what is not. Cost: the last tiles and the
 * journal, not the log.
 */
int tlog_open(const char *folder, enum tlog_mode mode, const char *origin, struct tlog **ret_log,
	struct err *err);
void tlog_close(struct tlog *t);

/* What it holds now; a reader's stays as it was opened until tlog_refresh(). */
struct tlog_tree tlog_tree(const struct tlog *t);
int tlog_refresh(struct tlog *t, struct err *err);
const struct note_key *tlog_key(const struct tlog *t); /* its origin is the key's name */

/*
 * Appends entries[n] (1 .. TLOG_ENTRY_MOST bytes each) and returns 0 when all of them are durable
 * and under a signed checkpoint; *ret_first (may be NULL) is the index of the first. Or none of
 * them is in the log and a negative errno is returned with a sentence: -EINVAL for an entry that is
 * empty or too long, or over 256 MiB at once; -ENOSPC leaves the log usable. When a sync failed
 * (-EIO, mostly) the log takes no more until it is opened again, and only then is known whether
 * this batch is in it: as a whole or not at all. Cost: one sync a call; so batches.
 */
int tlog_append(
	struct tlog *t, const struct span *entries, size_t n, uint64_t *ret_first, struct err *err);

/* True once a sync has failed: it takes no more, and what the last batch became is not known. */
bool tlog_has_failed(const struct tlog *t);

/*
 * Appends the entry to a buffer, checked against its leaf hash. Returns 0; -ERANGE beyond the tree;
 * -EBADMSG when it is damaged.
 */
int tlog_entry(struct tlog *t, uint64_t index, struct buf *to, struct err *err);

/* Calls take() for the entries from .. to - 1 in order, until it returns other than 0, which is
 * returned. Entries are checked against their leaf hashes; bounded memory. */
int tlog_walk(struct tlog *t, uint64_t from, uint64_t to,
	int (*take)(void *context, uint64_t index, struct span entry, struct err *err),
	void *context, struct err *err);

/* The newest checkpoint as it stands, a signed note; the log's own until the next call. */
struct span tlog_checkpoint(const struct tlog *t);

/*
 * Appends text, signed with the log's key, as a note (note.h): for what goes out with proofs. A
 * reader reads the secret for it. Returns 0; -EINVAL for a text whose first line is the log's
 * origin, since that could be taken for a checkpoint; -ENOENT or -EACCES when the secret is not
 * here or not for us, -EBADMSG when it is damaged or another's; with a sentence.
 */
int tlog_sign(struct tlog *t, struct span text, struct buf *to, struct err *err);

/*
 * Appends a proof that the entry of that index is in the log, as https://c2sp.org/tlog-proof:
 * index, hashes, checkpoint. Cost: logarithmic; reads one tile a level of 256. Returns 0, -ERANGE,
 * or -EBADMSG for damaged tiles.
 */
int tlog_prove(struct tlog *t, uint64_t index, struct buf *to, struct err *err);

/* The hashes (RFC 6962, 2.1.2) which show that the tree of an older size is a beginning of this
 * one, 32 bytes each. */
int tlog_consistency(struct tlog *t, uint64_t old_size, struct buf *to, struct err *err);

/* Root of the tree as it was at a size; 0 .. now. */
int tlog_root_at(struct tlog *t, uint64_t size, uint8_t ret_root[32], struct err *err);

/* What a look at everything found. */
struct tlog_report {
	uint64_t entries, tiles, bytes; /* looked at */
	uint64_t damaged;               /* files with a fault */
	uint64_t first_bad_entry;       /* UINT64_MAX when all entries are good */
	char first_bad_file[256];       /* empty when all are good */
};

/*
 * Reads the whole log and computes it anew: entries, every tile, root, signature, key. older (may
 * be empty) is an earlier checkpoint of the log's that somebody kept: the log must continue it.
 * tell() (may be NULL) is called for every fault with a sentence that names the file and the
 * entries that it touches; progress() (may be NULL) now and then. Returns 0 when nothing is wrong,
 * -EBADMSG when something is, or another negative errno. Cost: one pass.
 */
struct tlog_verify_options {
	struct span older;
	void (*tell)(void *context, const char *fault);
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};
int tlog_verify(struct tlog *t, const struct tlog_verify_options *options,
	struct tlog_report *ret_report, struct err *err);

#endif
