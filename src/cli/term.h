/*
 * The terminal: its width, colours where they are wanted, a line of progress. What is shown on it
 * is cleaned first (show/clean.h).
 */
#ifndef CORDON_CLI_TERM_H
#define CORDON_CLI_TERM_H

#include <stdbool.h>
#include <stdint.h>

enum colour { COLOUR_NONE, COLOUR_RED, COLOUR_GREEN, COLOUR_YELLOW, COLOUR_DIM, COLOUR_BOLD };

/* True when standard output is a terminal that wants colours (NO_COLOR and TERM=dumb say no). */
bool term_has_colour(void);

/* Columns of the terminal on standard output; when it is none COLUMNS, the terminal's on standard
 * error, or 100. At least 60. */
int term_width(void);

/* The sequence that switches to a colour, or ends it (COLOUR_NONE); "" without colours. */
const char *term_colour(enum colour c);

/*
 * Shows or renews a line of progress on standard error, at most ten times a second, and only when
 * that is a terminal, not in the half second after the first call. total 0: not known. what is the
 * unit: "messages".
 */
void progress_show(uint64_t done, uint64_t total, uint64_t count, const char *what);

/* Takes the line away; done before anything else is printed on standard error. */
void progress_clear(void);

/* The same before standard output is written to, when that is a terminal too. */
void progress_make_way(void);

#endif
