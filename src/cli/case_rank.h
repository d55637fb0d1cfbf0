/* How the network of a case compares with others of its size, by the rank (rank/rank.h). */
#ifndef CORDON_CLI_CASE_RANK_H
#define CORDON_CLI_CASE_RANK_H

#include "case/case.h"
#include "net/shelf.h"

#include <sqlite3.h>

#define CASE_RANK_ROWS 12 /* networks of its size that are told, itself among them */

/* Fills c->rank, as of its last day. Returns 0 or a negative errno with a sentence. Cost: ranking
 * the whole ledger (rank/rank_read.h). */
int case_rank_fill(struct case_file *c, sqlite3 *db, const struct shelf *shelf, struct err *err);

#endif
