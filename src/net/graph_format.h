/*
 * The payload of a graph's image, as docs/formats/graph.md tells it: a head, then sections. All
 * numbers are little-endian and every section begins at a multiple of 8 bytes, so that a reader on
 * a little-endian machine uses them as they stand.
 */
#ifndef CORDON_NET_GRAPH_FORMAT_H
#define CORDON_NET_GRAPH_FORMAT_H

#include "base/buf.h"
#include "net/graph.h"

#define GRAPH_MAGIC   "cordngra" /* 8 bytes, no NUL */
#define GRAPH_VERSION 1

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "graphs are read as they stand");

/* The count of a section is in items of the type named; N nodes, L links. */
enum graph_section {
	GRAPH_SOURCE, /* bytes */
	GRAPH_METHOD, /* bytes */
	GRAPH_TERMS,  /* bytes */
	GRAPH_ASN,    /* u32, N */
	GRAPH_ROW,    /* u32, 4 N + 1 */
	GRAPH_COL,    /* u32, 2 L */
	GRAPH_ORDER,  /* u32, N */
	GRAPH_GROUP,  /* u32, N */
	GRAPH_CONE,   /* u32, N */
	GRAPH_FLAGS,  /* u8, N */
	GRAPH_SECTIONS
};

static inline size_t graph_item_bytes(enum graph_section which)
{
	return which <= GRAPH_TERMS || which == GRAPH_FLAGS ? 1 : sizeof(uint32_t);
}

/* Where a section is: bytes from the start of the payload, and items. */
struct graph_place {
	uint32_t offset, count;
};

struct graph_head {
	int32_t day; /* since 1970-01-01 */
	uint32_t nodes, links;
	uint32_t zero;
	struct graph_place place[GRAPH_SECTIONS];
};

/* Opens a payload that was just built and takes the buffer over, also when it fails; *payload is
 * then empty. Returns 0 or -ENOMEM; -EBADMSG would be the builder's fault. */
int graph_open_buf(struct buf *payload, struct graph **ret_graph);

#endif
