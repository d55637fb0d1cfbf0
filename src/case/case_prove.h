/* From the log itself: the records that a case shows, with their proofs, and raw evidence. */
#ifndef CORDON_CASE_CASE_PROVE_H
#define CORDON_CASE_CASE_PROVE_H

#include "case/case.h"
#include "ledger/ledger.h"

#define CASE_RAW_MOST 10 /* pieces of raw evidence that are quoted */

/*
 * Fills record[], key and checkpoint: every record that the claims show, each with a proof under
 * the newest checkpoint. Returns 0; -EBADMSG when the log is damaged, -ERANGE when the index knows
 * more than the log; -ENOMEM; with a sentence. The log signs the folder when its secret can be
 * read, else why_unsigned says why it does not; it must outlive the case. Cost: logarithmic a
 * record.
 */
int case_prove(struct case_file *c, struct tlog *log, struct err *err);

/*
 * Holds what the index says of each record of c->record against the record itself: the numbers of a
 * case are counted in the index, which is not signed. For a case that case_prove() has filled.
 * Returns 0; -EBADMSG when they disagree in kind, time, host or source, with a sentence that names
 * the record; -ENOMEM or -EIO. Cost: a look into the index a record.
 */
int case_check(const struct case_file *c, sqlite3 *db, struct err *err);

/*
 * Fills raw[] of a case that was asked for with it with what is kept of the evidence for the worst
 * hosts' records, redacted (redact.h). What was erased or has expired is left out. Returns 0, or a
 * negative errno with a sentence.
 */
int case_quote(struct case_file *c, struct ledger *l, struct err *err);

#endif
