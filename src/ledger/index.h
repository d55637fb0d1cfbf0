/*
 * The index: a SQLite file made from the log and never the truth; it may be removed at any time and
 * made again. What its tables hold is told in docs/formats/ledger-index.md and in
 * index_schema.c; other folders read it with SQL of their own over index_db().
 */
#ifndef CORDON_LEDGER_INDEX_H
#define CORDON_LEDGER_INDEX_H

#include "base/err.h"
#include "ledger/record.h"
#include "ledger/vault.h"
#include "net/shelf.h"

#include <sqlite3.h>

#define INDEX_VERSION 1 /* of the tables; an index of another version is made again */

/* The statements that make the tables. */
extern const char index_schema[];

struct index_file;

/* Opens FOLDER/index.db, makes it when write is true. The shelf attributes what is taken in (as of
 * the day it was seen); may be NULL: then nothing is attributed. Returns 0 or a negative errno with
 * a sentence; -EBADMSG for a file that is damaged or of another version: remove and reindex. */
int index_open(const char *folder, bool write, const struct shelf *shelf, struct index_file **ret,
	struct err *err);
void index_close(struct index_file *x);

/* How far it is: the number of records of the log that are in it. */
uint64_t index_size(const struct index_file *x);

/* Takes the record of an index of the log in; place may be NULL. Between index_begin() and
 * index_commit(); an index that was not committed goes on from where it was. */
int index_begin(struct index_file *x, struct err *err);
int index_add(struct index_file *x, uint64_t seq, const struct record *r,
	const struct vault_place *place, struct err *err);
int index_commit(struct index_file *x, struct err *err);

/* The record that has an id; true when there is one. */
bool index_find(struct index_file *x, const uint8_t id[RECORD_ID_BYTES], uint64_t *ret_seq);

/* For SELECTs; belongs to the index. */
sqlite3 *index_db(struct index_file *x);

#endif
