/* What the files of the log share; for tlog_*.c alone. */
#ifndef CORDON_LEDGER_TLOG_WORK_H
#define CORDON_LEDGER_TLOG_WORK_H

#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/tlog.h"

#define TLOG_BATCH_MOST   ((size_t)256 << 20) /* bytes of the entries of one append */
#define TLOG_JOURNAL_MOST ((size_t)1 << 30)
#define TLOG_BUNDLE_MOST  ((size_t)256 * (2 + TLOG_ENTRY_MOST))
#define TLOG_FOLD_AFTER   ((uint64_t)32 << 20) /* bytes written since the journal was begun */
#define TLOG_CACHE        2u                   /* tiles of a level that are kept */

/* A frame of the journal: the entries of one append, and the checkpoint that is over them. The
 * first frame has no entries: its checkpoint is of what stood in synced tiles when the journal was
 * begun. */
struct tlog_frame {
	uint64_t before;      /* size of the tree before it */
	uint32_t count;       /* entries */
	struct span entries;  /* as in a bundle: u16 big-endian length, bytes */
	struct span note;     /* the signed checkpoint */
	struct tlog_tree now; /* that the checkpoint is of */
};

struct tlog {
	enum tlog_mode mode;
	char *folder; /* for sentences */
	int dir;      /* the folder; all names are from here */
	struct note_key key;
	struct tlog_tree tree;
	struct buf checkpoint;
	struct merkle_edge *edge; /* checked against the tree's root */

	/* of a writer */
	int lock, journal;
	struct note_signer signer;
	struct merkle_edge *next; /* with the batch that is being appended */
	struct buf bundle;        /* entries of the bundle that is not full */
	struct buf frame;         /* scratch: a frame as it is written */
	struct buf full;          /* scratch: tiles that the batch makes full */
	struct buf names;         /* scratch: files that the batch wrote, each with its NUL */
	uint64_t journal_bytes;   /* up to the end of the last good frame */
	uint64_t base;            /* size of the tree when the journal was begun */
	uint64_t written;         /* bytes since then */
	bool poisoned;            /* a sync failed: what is on disk is not known */

	/* for reading */
	struct {
		bool good;
		uint64_t n;
		struct merkle_tile tile;
	} cache[MERKLE_LEVELS][TLOG_CACHE];
	uint64_t tiles_read; /* files of hashes, to be measured */
	struct buf read;     /* scratch: a bundle */
	struct buf file;     /* scratch: a tile */
};

/* tlog_file.c: files by names from the folder */

/* Appends a file of at most so many bytes. 0 or a negative errno; -EFBIG when it has more. */
int tlog_file_read(int dir, const char *name, size_t most, struct buf *to);

/* Puts a file there, whole or not at all: written as "new" beside, and renamed. Folders are made.
 * sync: durable on return, but for the folder. */
int tlog_file_put(
	int dir, const char *name, mode_t mode, const struct span *pieces, size_t n, bool sync);

/* Syncs a folder. */
int tlog_file_sync_folder(int dir, const char *name);

/* Removes the folder NUMBER.p of partial tiles of a tile, if there is one. */
void tlog_file_remove_partial(int dir, const char *tile);

/* tlog_tile.c: names, and reading what the signed root vouches for */

#define TLOG_ENTRIES    (-1) /* in the place of a level: bundles of entries */
#define TLOG_NAME_MOST  96
#define TLOG_CHECKPOINT "log/checkpoint"
#define TLOG_KEY        "log/key"
#define TLOG_JOURNAL    "journal"
#define TLOG_SECRET     "secret"

/* The file of tile n of a level; width under 256 for a partial one. */
const char *tlog_tile_name(int level, uint64_t n, unsigned width, char to[TLOG_NAME_MOST]);

/* Fills edge with the right edge of a tree of that size, checked against its root. mend: what is
 * damaged is made again from what is below it, where that gives the root. Returns 0, -EBADMSG with
 * a sentence, or another negative errno. */
int tlog_tile_edge(struct tlog *t, const struct tlog_tree *tree, bool mend,
	struct merkle_edge *edge, struct err *err);

/* The tile n of a level, full or of the edge, checked against the root; good until the next call.
 */
int tlog_tile_get(struct tlog *t, unsigned level, uint64_t n, const struct merkle_tile **ret_tile,
	struct err *err);

/* A merkle_get over a struct tlog, every hash checked against the root. */
int tlog_tile_node(
	void *log, unsigned height, uint64_t index, struct merkle_hash *ret_hash, struct err *err);

/* Appends `width` entries of bundle n as they stand, not checked but for their number. */
int tlog_tile_bundle(struct tlog *t, uint64_t n, unsigned width, struct buf *to, struct err *err);

/* Takes the next entry off a bundle; false at its end or when it is damaged. */
bool tlog_tile_cut(struct span *rest, struct span *ret_entry);

/* How wide the tile n of a level is in a tree of a size. */
unsigned tlog_tile_width(uint64_t size, unsigned level, uint64_t n);

/* tlog_journal.c */

/* Writes the frame that is in t->frame (tlog_journal_frame()) behind the others, durable on return.
 * On failure it is not there; or the log is poisoned. */
int tlog_journal_add(struct tlog *t, struct err *err);

/* Ends what tlog_journal_begin() and the entries have put into t->frame. */
void tlog_journal_begin(struct tlog *t);
int tlog_journal_end(struct tlog *t, uint64_t before, uint32_t count, struct span note);

/* Takes the last frame away again, durably; or the log is poisoned. */
void tlog_journal_undo(struct tlog *t);

/* Begins the journal anew, from the log's tree and checkpoint, which must be durable. */
int tlog_journal_renew(struct tlog *t, struct err *err);

/* Takes the next frame off the bytes of a journal: 1, 0 at the end or when no whole good frame
 * follows (*at stands behind the last good one), checks but signature and root. */
int tlog_journal_next(struct span journal, size_t *at, struct tlog_frame *ret_frame);

/* True when a good frame of ours, newer than t->tree, stands anywhere behind `at`: what is before
 * it was not torn by a crash but damaged. Cost: linear. */
bool tlog_journal_more(const struct tlog *t, struct span journal, size_t at);

/* tlog_publish.c */

/* Adds a frame's entries to `next`, with what becomes full in t->full. */
int tlog_publish_advance(struct tlog *t, struct span entries, uint32_t count);

/* Writes tiles and bundles of a frame whose entries are in t->next; then it is what the log holds.
 * show: also the checkpoint; and on failure what was written is removed. */
int tlog_publish(struct tlog *t, const struct tlog_frame *frame, bool show, struct err *err);

/* Syncs what stands in files, and begins the journal anew. */
int tlog_publish_fold(struct tlog *t, struct err *err);

/* tlog_recover.c */

/* What a writer does first, holding the lock and the signer: finishes what a crash left. */
int tlog_recover(struct tlog *t, struct err *err);

#endif
