/*
 * Immutable images: files of derived data that are built aside, checksummed, renamed into place and
 * mapped read-only. A reader sees the old file or the new one, whole, and never needs a lock.
 *
 * Layout, little-endian: 8 bytes magic, u32 version, u32 reserved (0), u64 length of the payload,
 * 16 bytes XXH3-128 of the payload (canonical form), 24 bytes zero; the payload starts at byte 64
 * and so is aligned for any type.
 *
 * The checksum is against accidents: a bad disk, a copy that was cut short. Whoever can write our
 * own files can also write a right checksum, so readers check offsets whatever it says; and every
 * command pays for it at its start: 1 ms for 11 MB, where BLAKE2b takes some thirty times as long.
 */
#ifndef CORDON_BASE_IMAGE_H
#define CORDON_BASE_IMAGE_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct image {
	struct span payload; /* mapped, read-only */
	void *map;
	size_t map_bytes;
};

/*
 * Maps path and checks magic (8 bytes), version and checksum. Returns 0; -EBADMSG when the file is
 * no such image, is of another version, or is damaged; or another negative errno; with a sentence
 * in err. Cost: one pass over the file.
 */
int image_open(const char *path, const char magic[8], uint32_t version, struct image *ret_image,
	struct err *err);
void image_close(struct image *image);

/*
 * Writes an image: into a file beside path, synced, then renamed over path, and the folder synced.
 * On failure path is as it was. Returns 0 or a negative errno with a sentence in err.
 */
int image_write(const char *path, const char magic[8], uint32_t version, struct span payload,
	struct err *err);

/* The same of a payload in pieces[n], one behind the other; n is at most IMAGE_PIECES_MOST. */
#define IMAGE_PIECES_MOST 15
int image_write_pieces(const char *path, const char magic[8], uint32_t version,
	const struct span *pieces, size_t n, struct err *err);

#endif
