/* A file read from front to back, decompressed on the way when it is gzip, bzip2, zstd or
 * xz. */
#ifndef CORDON_BASE_STREAM_H
#define CORDON_BASE_STREAM_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct stream;

/*
 * Opens path, "-" for standard input. The first bytes tell whether it is compressed, never the
 * name. Returns 0 or a negative errno with a sentence in err (the path, the system's reason).
 * Memory: about 256 KiB; for bzip2 4 MiB more, for zstd up to 8 (larger windows are refused), for
 * xz up to 80 (what needs more is refused; xz -6 needs 9, xz -9 needs 65).
 */
int stream_open(const char *path, struct stream **ret_stream, struct err *err);
void stream_close(struct stream *s);

/*
 * Reads up to n bytes. Returns how many, 0 at the end, or a negative errno with a sentence:
 * -EBADMSG for damaged compressed data and for a compressed file that is cut off, after all that
 * it still held has been handed out.
 */
ssize_t stream_read(struct stream *s, void *to, size_t n, struct err *err);

/* The path that it was opened with; lives as long as it is open. */
const char *stream_path(const struct stream *s);

/* Bytes taken from the file so far, as stored; and the file's size, 0 when not known. */
uint64_t stream_taken(const struct stream *s);
uint64_t stream_size(const struct stream *s);

#endif
