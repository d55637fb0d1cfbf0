/* The answer of `cordon depeer` as a report that can be pasted into a mail. */
#ifndef CORDON_CLI_DEPEER_TEXT_H
#define CORDON_CLI_DEPEER_TEXT_H

#include "cli/depeer_answer.h"

#define DEPEER_TEXT_WIDTH 80 /* columns; a mail that is quoted twice still fits */

/* Appends it. What comes from tables is cleaned (term.h). */
void depeer_text(struct buf *to, const struct depeer_answer *a);

#endif
