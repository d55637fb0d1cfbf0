/*
 * A case file as files in a folder:
 *
 *	case.html, case.pdf, case.json    the same case, for people, paper and programs
 *	records.txt                       all records shown, each with its proof
 *	records/N.json, N.tlog-proof      each by itself
 *	key, checkpoint                   of the log
 *	SHA256SUMS                        of all of these
 *	SHA256SUMS.note                   the same, signed with the log's key (ledger/sums.h)
 */
#ifndef CORDON_CASE_CASE_WRITE_H
#define CORDON_CASE_CASE_WRITE_H

#include "case/case.h"

/*
 * Writes them, each replaced as a whole; folders are made. Files of an earlier case that are not of
 * this one stay and are not in SHA256SUMS. Without a signer there is no note. Returns 0 or a
 * negative errno with a sentence.
 */
int case_write(const char *folder, const struct case_file *c, struct err *err);

/* Appends records.txt. */
void case_write_records(const struct case_file *c, struct buf *to);

#endif
