/*
 * The payload of an image of paths, as docs/formats/paths.md tells it: a head, then without gaps
 * start[paths + 1], hop[hops], routes[paths] (struct paths, paths.h), the bytes of the source and
 * those of the terms.
 *
 * All numbers are little-endian, so that a reader on a little-endian machine uses them as they
 * stand.
 */
#ifndef CORDON_NET_PATHS_FORMAT_H
#define CORDON_NET_PATHS_FORMAT_H

#include "base/buf.h"
#include "net/paths.h"

#define PATHS_MAGIC   "cordnpth" /* 8 bytes, no NUL */
#define PATHS_VERSION 1

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "paths are read as they stand");

struct paths_head {
	int32_t day; /* since 1970-01-01 */
	uint32_t paths, hops;
	uint32_t source_bytes, terms_bytes;
	uint32_t zero;
	struct paths_odd odd;
};

/* Takes over the payload in *b, whose memory the paths own from then on; returns as
 * paths_open_memory(), and on failure frees it. */
int paths_open_owned(struct buf *b, struct paths **ret_paths);

#endif
