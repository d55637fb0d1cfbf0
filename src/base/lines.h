/*
 * Lines of a text file, taken off a stream one by one. A stream that fails midway (a compressed
 * file that is cut off) gives all lines that it held, the last one perhaps cut, and then the
 * failure.
 */
#ifndef CORDON_BASE_LINES_H
#define CORDON_BASE_LINES_H

#include "base/stream.h"

/* No line is handed out beyond this; one may be asked to be cut sooner. */
#define LINES_MOST ((size_t)64 << 10)

struct lines {
	struct stream *stream; /* the caller's */
	char *room;            /* owned */
	size_t from, to;       /* what of it is read and not yet taken */
	bool ended;            /* the stream is, well or not */
};

/* Begins on a stream, which must outlive it. Returns 0 or -ENOMEM. Memory: 128 KiB. */
int lines_init(struct lines *l, struct stream *stream);
void lines_done(struct lines *l);

/*
 * Looks ahead: reads until 128 KiB are held or the stream ends, and returns what is held and not
 * yet taken, so that a format can be told from it. Valid until the next call. Returns 0, or what
 * stream_read() failed with when nothing is held.
 */
int lines_peek(struct lines *l, struct span *ret_held, struct err *err);

/*
 * Takes the next line, without its end ("\n" or "\r\n"). One of over `most` bytes (at most
 * LINES_MOST) is cut there and *ret_long set; the rest of it is passed over. Returns 1, 0 at the
 * end, or what stream_read() failed with. The line is valid until the next call.
 */
int lines_next(
	struct lines *l, size_t most, struct span *ret_line, bool *ret_long, struct err *err);

#endif
