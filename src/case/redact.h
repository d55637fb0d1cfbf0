/*
 * Raw evidence made fit to be quoted: nothing that names a recipient, no address of a person.
 *
 * Of a message's header only fields are quoted that tell of its way and of the program that sent
 * it; of the text only the beginning. In all of it every address of mail is struck out, and so are
 * the names and domains that stand in the fields that name recipients, wherever they stand. A
 * list's line is quoted by the same rules.
 */
#ifndef CORDON_CASE_REDACT_H
#define CORDON_CASE_REDACT_H

#include "base/buf.h"

#define REDACT_HEADER_MOST 40  /* lines of header that are quoted */
#define REDACT_TEXT_MOST   12  /* lines of text */
#define REDACT_LINE_MOST   200 /* bytes of a line */

/*
 * Appends it, cleaned and defanged (clean.h), lines ending with LF. Whatever raw holds; linear in
 * the first 256 KiB of it times the at most 128 pieces of names of recipients; what is behind them is not
 * looked at. Failure sticks to the buffer.
 */
void redact_message(struct buf *to, struct span raw);

#endif
