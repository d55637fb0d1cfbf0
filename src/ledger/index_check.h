/*
 * Whether the index tells what the log does, row by row: whoever can write the index can make it
 * tell what no record says, and a number that was read from it is worth as much as this.
 */
#ifndef CORDON_LEDGER_INDEX_CHECK_H
#define CORDON_LEDGER_INDEX_CHECK_H

#include "base/err.h"
#include "ledger/record.h"

#include <sqlite3.h>

struct index_check {
	sqlite3_stmt *row;
};

/* Returns 0 or a negative errno with a sentence. The database must outlive it. */
int index_check_open(struct index_check *c, sqlite3 *db, struct err *err);
void index_check_close(struct index_check *c);

/*
 * Holds the row of the record of an index of the log against its text: kind, time, host, source and
 * confidence of a sighting, and that no other record has a row there. Returns 0; -EBADMSG with a
 * sentence when they differ; or another negative errno. Cost: a look-up.
 */
int index_check_record(struct index_check *c, uint64_t seq, struct span text, struct err *err);

#endif
