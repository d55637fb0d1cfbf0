/* What the readers of the single MRT types share; for src/net/mrt*.c alone. */
#ifndef CORDON_NET_MRT_FORMAT_H
#define CORDON_NET_MRT_FORMAT_H

#include "net/bgp_wire.h"
#include "net/mrt.h"

/* A run of prefixes of an update: all of it is withdrawn, or announced. */
struct mrt_part {
	struct wire prefixes;
	uint8_t kind, family;
	bool multicast, mp;
};

/*
 * A reader of a record is begun by a function that reads its head, sets what holds for all its
 * events, and gives the function that takes the next event off m->rest; NULL when there is none.
 */
struct mrt {
	struct stream *stream;
	uint8_t *room; /* room[from] .. room[to - 1] is read and not yet taken */
	size_t size, from, to;
	bool ended;
	uint64_t base;   /* offset of room[0] in the input */
	uint64_t offset; /* of the record */

	struct wire rest;           /* of the record */
	bool (*step)(struct mrt *); /* false when the record is used up */
	struct mrt_event event;
	struct mrt_report report;
	struct mrt_peer peer, collector; /* of the record, where that names them */
	struct mrt_peer *peers;          /* of the table: peers[n_peers] */
	uint32_t n_peers;
	uint32_t entries;        /* of a table's record: still to be read */
	struct mrt_part part[4]; /* of an update */
	unsigned parts, part_now;
	uint64_t has; /* the attributes of what an update announces */
	int failed;   /* -ENOMEM while a record was begun */
	/* The path of the event, and its kinds, decoded once: an update may announce thousands of
	 * prefixes by one long path. */
	bool has_path, has_kinds;
	struct bgp_path path;
	struct bgp_path_room path_room;
	uint8_t kind[BGP_HOPS_MOST];
};

void mrt_note(struct mrt *m, enum mrt_odd odd);

/* Finds the event's attributes and notes what is odd with them. */
void mrt_find_attributes(struct mrt *m, struct span raw);

/* Begin a record of that subtype; m->rest is its body, m->event holds its time. */
void mrt_begin_table_dump(struct mrt *m, unsigned subtype);
void mrt_begin_table_dump_v2(struct mrt *m, unsigned subtype);
void mrt_begin_bgp4mp(struct mrt *m, unsigned subtype);

#endif
