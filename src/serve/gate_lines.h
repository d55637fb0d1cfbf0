/*
 * The protocol that rspamd spoke before HTTP, RSPAMC/1.3, as Exim speaks it: a command, fields, an
 * empty line, and the message, whose length Content-length says.
 */
#ifndef CORDON_SERVE_GATE_LINES_H
#define CORDON_SERVE_GATE_LINES_H

#include "serve/gate_check.h"

#define GATE_LINES_LINE ((size_t)2048)    /* bytes of a line of the head, at most */
#define GATE_LINES_HEAD ((size_t)8 << 20) /* and of all: an address in each line, 50,000 and more  \
					   */

struct gate_lines;

/* Whether a connection that begins with this byte speaks it: CHECK, SYMBOLS, REPORT; no method of
 * HTTP that is answered begins so. */
bool gate_lines_speaks(char first);

/* NULL when memory is short. */
struct gate_lines *gate_lines_new(struct gate *g);
void gate_lines_free(struct gate_lines *l); /* takes NULL */

/* Takes what came: 1 when all is there, 0 when more is to come, -EBADMSG for what is not of the
 * protocol or beyond its bounds. Nothing is to be given after other than 0. */
int gate_lines_take(struct gate_lines *l, struct span bytes);

/* The other side has sent all: whether that is a request. A message without a Content-length ends
 * so. */
bool gate_lines_ended(const struct gate_lines *l);

/* Judges, and appends the answer. Once. */
void gate_lines_answer(struct gate_lines *l, struct buf *to);

/* Serves one connection: until it is answered, or the other side is silent for so many seconds. The
 * socket stays the caller's. *cut: the end of what comes was made by us, and so ends no message. */
void gate_lines_serve(struct gate *g, int fd, int silence_s, const atomic_bool *cut);

#endif
