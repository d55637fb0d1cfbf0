/*
 * The index: a SQLite file made from the log and never the truth; it may be removed at any time and
 * made again. What its tables hold is told in docs/formats/ledger-index.md and in
 * index_schema.c; other folders read it with SQL of their own over index_db().
 *
 * One writer, any number of readers beside it, none of whom waits for the other (SQLite's
 * write-ahead log). What is committed outlives the process; after the machine itself has gone down
 * the index may be some batches behind the log and catches up.
 */
#ifndef CORDON_LEDGER_INDEX_H
#define CORDON_LEDGER_INDEX_H

#include "base/err.h"
#include "ledger/record.h"
#include "ledger/vault.h"
#include "net/shelf.h"

#include <sqlite3.h>

#define INDEX_VERSION 2 /* of the tables; an index of another version is made again */

/* The statements that make the tables; and those that make what puts them in order, which cost
 * least when the tables are full. */
extern const char index_schema[];
extern const char index_schema_order[];

struct index_file;

/*
 * Opens FOLDER/index.db, makes it when write is true. The shelf attributes what is taken in (as of
 * the day it was seen), must outlive it, and may be NULL: then nothing is attributed. Returns 0;
 * -ENOENT when a reader finds none; -ESTALE for one of another version, -EBADMSG for a file that is
 * damaged or not one of ours: make it again; or another negative errno; with a sentence. A file
 * from an enemy is held within SQLite's defences: its schema is not trusted, views and triggers are
 * refused.
 */
int index_open(const char *folder, bool write, const struct shelf *shelf, struct index_file **ret,
	struct err *err);
/* Keeps at most so many MiB of pages in memory of its own, in place of a writer's 128. Returns 0 or
 * a negative errno with a sentence. */
int index_limit(struct index_file *x, uint32_t mib, struct err *err);
void index_close(struct index_file *x); /* NULL is passed over; what was not committed is dropped */

/*
 * Begins an index anew beside the one that is there: index_add() as usual, and index_finish() puts
 * it in the other's place and closes it. On failure, or with index_close(), the old one stays.
 * Faster than adding to one that is open, and smaller.
 */
int index_make(
	const char *folder, const struct shelf *shelf, struct index_file **ret, struct err *err);
int index_finish(struct index_file *x, const uint8_t root[32], struct err *err);

/* How far it is: the number of records of the log that are in it, how many of them are not
 * committed yet, and the log's root when it was last committed. */
uint64_t index_size(const struct index_file *x);
uint64_t index_waiting(const struct index_file *x);
const uint8_t *index_root(const struct index_file *x); /* root[32] */

/* Clock and tables: when the last record that is in it was logged (seconds since 1970, 0 for an
 * empty one), and whether the shelf has other tables of origins than those that attributed it. */
int64_t index_last_logged(const struct index_file *x);
bool index_is_dated(struct index_file *x);

/*
 * Takes the record of an index of the log in, in the order of the log: seq is index_size() of all
 * that was added. place may be NULL. Between index_begin() and index_commit(); an index that was
 * not committed goes on from where it was, and so it does when these fail, with a sentence.
 * index_begin() goes on with what is not committed yet. Cost: some microseconds, the less the more
 * is committed at a time; 80 bytes of memory for each record and new host until then.
 */
int index_begin(struct index_file *x, struct err *err);
int index_add(struct index_file *x, uint64_t seq, const struct record *r,
	const struct vault_place *place, struct err *err);
int index_commit(struct index_file *x, const uint8_t root[32], struct err *err);
void index_undo(struct index_file *x); /* back to what was committed */

/* Forgets the places of raw evidence of days before that one, which has expired. */
int index_expire(struct index_file *x, int32_t before, struct err *err);

/* The record that has an id: 1 and *ret_seq; 0 when there is none; or a negative errno. */
int index_find(struct index_file *x, const uint8_t id[RECORD_ID_BYTES], uint64_t *ret_seq,
	struct err *err);

/* Where the raw evidence of a record stands: 1 and *ret_place; 0 when there is none; or a negative
 * errno. */
int index_place(struct index_file *x, uint64_t seq, struct vault_place *ret_place, struct err *err);

/* For SELECTs; belongs to the index. */
sqlite3 *index_db(struct index_file *x);

#endif
