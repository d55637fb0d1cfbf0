/*
 * What the rank asks of the index: which host was seen doing what, on which day, by whom. An entry
 * stands for all sightings of a day that differ in their hour alone, so that a host's days stand
 * together and make its stays without a look at `sighting`. Kept as sorted runs (runs.h), one sort
 * for each SEEN_EPOCH days: a question reads the epochs that it is about.
 */
#ifndef CORDON_LEDGER_INDEX_SEEN_H
#define CORDON_LEDGER_INDEX_SEEN_H

#include "ledger/runs.h"

#define SEEN_EPOCH    256    /* days */
#define SEEN_DAY_MOST 131071 /* days are cut to 0 .. this, in the year 2328 */

/* Numbers are the index's (docs/formats/ledger-index.md). */
struct seen {
	uint32_t host, network, campaign; /* campaign 0: none */
	uint32_t source;                  /* below 2^24 */
	uint8_t kind, confidence;         /* the greatest of them */
	int32_t day;                      /* seen */
	int32_t logged;                   /* the day on which it was taken in */
	uint32_t count;                   /* sightings */
};

/* Entries that wait to be put in. {0} is good. */
struct seen_batch {
	uint64_t *entry; /* entry[3 * n] */
	size_t n, room;
};

/* Adds one. Returns 0 or -ENOMEM. */
int seen_add(struct seen_batch *b, const struct seen *s);
/* Puts them into the tables of an index, in a transaction, and empties the batch. Returns 0 or a
 * negative errno with a sentence. */
int seen_put(struct seen_batch *b, sqlite3 *db, struct err *err);
void seen_done(struct seen_batch *b);

struct seen_walk {
	struct runs_walk runs;
	int32_t first, last, known;
};

/*
 * Walks over what was seen on the days first .. last, and taken in on the day `known` or before, of
 * hosts from .. to, in the order of hosts, their networks, campaigns, sources, kinds and days; but
 * of one host only, days of different epochs need not be in order. Returns 0 or a negative errno
 * with a sentence; needs seen_close() either way. Cost: some 20 ns an entry, 4 KiB of memory a run.
 */
int seen_open(struct seen_walk *w, sqlite3 *db, int32_t first, int32_t last, int32_t known,
	uint32_t from, uint32_t to, struct err *err);
/* 1 and the next, 0 at the end, or a negative errno. */
int seen_next(struct seen_walk *w, struct seen *ret, struct err *err);
void seen_close(struct seen_walk *w);

/*
 * Makes the entries again of the tables `sighting` and `record` of an index, for one whose rows
 * were written by hand; and holds those of an index against its rows: -EBADMSG with a sentence when
 * they are not the same.
 */
int seen_make(sqlite3 *db, struct err *err);
int seen_check(sqlite3 *db, struct err *err);

#endif
