/*
 * Sorted runs: many small entries in a SQLite file, put in by the batch and found by their first
 * word. A b-tree that is filled in random order writes a page for each entry; here a batch is
 * sorted and written as a run, and runs of like size are merged, so that each is more than twice as
 * long as the next (O'Neil, Cheng, Gawlick, O'Neil 1996: log-structured merge trees).
 *
 * An entry is 2 or 3 words of 64 bits, in the order of the words. Of three words the last may fold:
 * entries that differ in its lower RUNS_FOLD bits alone become one, with the greater confidence and
 * the sum of the counts (index_seen.h). Tables: index_schema.c, docs/formats/ledger-index.md.
 */
#ifndef CORDON_LEDGER_RUNS_H
#define CORDON_LEDGER_RUNS_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUNS_WORDS 3  /* of an entry, at most */
#define RUNS_FOLD  30 /* bits: 7 of confidence, 23 of a count below them */
#define RUNS_COUNT 23

/* One run. fence and filter are made when they are first of use. */
struct runs_run {
	int64_t id;
	uint64_t n;       /* entries */
	uint64_t *fence;  /* the first word of each part */
	uint64_t *filter; /* Bloom's, in blocks of 512 bits */
	uint64_t asked;   /* look-ups so far */
};

/* The runs of one sort of entries, the longest first. */
struct runs {
	sqlite3 *db;
	int64_t of; /* the sort's number */
	unsigned words;
	struct runs_run *run; /* run[n] */
	size_t n;
	bool loaded;
	sqlite3_stmt *part;
};

/* {0} after runs_init(). runs_forget() is called after a rollback: all is read again. */
void runs_init(struct runs *r, sqlite3 *db, int64_t of, unsigned words);
void runs_forget(struct runs *r);
void runs_done(struct runs *r);

/*
 * Puts entry[n * words] in, which it sorts in place. In a transaction. Returns 0 or a negative
 * errno. Cost: n log n, and over a file's life a merge of each entry for every doubling.
 */
int runs_put(struct runs *r, uint64_t *entry, size_t n, struct err *err);

/*
 * Calls take() with the second word of each entry of two words whose first is key, until it gives
 * something else than 0, and returns that; 0 when there is none; or a negative errno. Cost: a page
 * for each run; for one who asks much 1.6 bytes of memory an entry, and hardly any page for a key
 * that is not there.
 */
int runs_find(struct runs *r, uint64_t key, int (*take)(void *context, uint64_t number),
	void *context, struct err *err);

/* One of what is merged: a run, or entries in memory. */
struct runs_source {
	sqlite3_stmt *row; /* NULL: in memory */
	uint64_t *part;    /* what was read last */
	const uint64_t *at, *end;
};

/* All entries of several runs in their order. */
struct runs_walk {
	sqlite3 *db;
	unsigned words;
	uint64_t to; /* the last first word that is wanted */
	struct runs_source *source;
	size_t sources, room;
	uint32_t *heap; /* sources that have more, the one with the least entry first */
	size_t heaped;
};

/*
 * Walks over the entries of the sorts of_from .. of_to whose first word is from .. to. Returns 0 or
 * a negative errno; needs runs_walk_close() either way. Memory: 4 KiB a run.
 */
int runs_walk_open(struct runs_walk *w, sqlite3 *db, unsigned words, int64_t of_from, int64_t of_to,
	uint64_t from, uint64_t to, struct err *err);
/* The next entry, folded: 1, 0 at the end, or a negative errno. */
int runs_walk_next(struct runs_walk *w, uint64_t ret_entry[RUNS_WORDS], struct err *err);
void runs_walk_close(struct runs_walk *w);

#endif
