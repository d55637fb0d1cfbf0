/*
 * Text that came from outside, made fit to be shown: control characters, direction marks and
 * invisible characters would let a message write over the table that judges it, and links could be
 * followed by accident.
 */
#ifndef CORDON_SHOW_CLEAN_H
#define CORDON_SHOW_CLEAN_H

#include "base/buf.h"

/*
 * Appends s as it may be shown: valid UTF-8, each run of white space one space, control, format
 * and bidi characters as U+FFFD.
 */
void clean_text(struct buf *to, struct span s);

/* The same in exactly `width` columns: cut with an ellipsis, or filled with spaces. */
void clean_cell(struct buf *to, struct span s, int width);

/* Columns that cleaned text takes. */
int clean_columns(struct span s);

/* At most `most` bytes of s, cleaned for the terminal, cut on a character's edge with an ellipsis.
 */
void clean_excerpt(struct buf *to, struct span s, size_t most);

/* The same so that no mail program makes a link of it: hxxp://example[.]com, user[@]example[.]com;
 * dots behind a word, as in a sentence, stay. */
void clean_defanged(struct buf *to, struct span s, size_t most);

/*
 * Appends s cleaned as by clean_text() and escaped for text and quoted attributes of XML and HTML,
 * so it is well-formed and never breaks out, whatever s holds.
 */
void clean_markup(struct buf *to, struct span s);

#endif
