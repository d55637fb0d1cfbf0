/* Whole files: read, replaced, folders made. */
#ifndef CORDON_BASE_FILE_H
#define CORDON_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the whole of path ("-" for standard input) to b. Fails with -EFBIG beyond most bytes.
 * Returns 0 or a negative errno with a sentence in err; b then holds what came before.
 */
int file_read(const char *path, size_t most, struct buf *b, struct err *err);

/*
 * Replaces path with the pieces[n] one after the other: written beside it, synced, renamed, the
 * folder synced where its file system can. Readers see the old file or the new, mode 0644. Returns 0 or a negative errno with a
 * sentence; then path is as it was and nothing is left beside it.
 */
int file_replace(const char *path, const struct span *pieces, size_t n, struct err *err);

/* The same with another mode: 0600 for secrets, which nobody else can read at any moment. */
int file_replace_mode(
	const char *path, const struct span *pieces, size_t n, mode_t mode, struct err *err);

/* Makes a folder and those above it, as mkdir -p does, mode 0700. Returns 0 or a negative errno. */
int file_make_folder(const char *path, struct err *err);

#endif
