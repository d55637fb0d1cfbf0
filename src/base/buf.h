/*
 * A byte buffer that grows on the heap. Failure sticks: once memory is short every later write is
 * dropped, and the one check of buf_ok() at the end tells. For output; hot paths use the arena.
 */
#ifndef CORDON_BASE_BUF_H
#define CORDON_BASE_BUF_H

#include "base/span.h"

struct buf {
	char *p;
	size_t n, room;
	bool failed;
};

/* Makes an empty buffer; allocates nothing. {0} does the same. */
void buf_init(struct buf *b);

/* Frees what it holds and makes it empty again. */
void buf_done(struct buf *b);

/* Empties it and keeps its memory; also forgets a failure. */
void buf_clear(struct buf *b);

/* Appends bytes, one byte, a string, or printf's output. */
void buf_add(struct buf *b, struct span s);
void buf_byte(struct buf *b, char c);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Room for n more bytes at the end, to be written by the caller, who then adds to b->n what was
 * used. NULL when memory is short.
 */
char *buf_reserve(struct buf *b, size_t n);

/* What it holds; valid until the next write. */
struct span buf_span(const struct buf *b);

/* False when memory was short at any write since the last clear. */
bool buf_ok(const struct buf *b);

#endif
