/*
 * Writes MRT records (RFC 6396, RFC 8050) piece by piece into a buffer, right or wrong as the
 * caller likes. A large file is written by emptying the buffer now and then. Exits when memory is
 * short.
 */
#ifndef CORDON_TESTS_MRT_WRITER_H
#define CORDON_TESTS_MRT_WRITER_H

#include "base/buf.h"
#include "net/mrt.h"

/* Numbers in network byte order. */
void mrt_put8(struct buf *to, unsigned n);
void mrt_put16(struct buf *to, unsigned n);
void mrt_put32(struct buf *to, uint32_t n);

/* The address, 4 or 16 bytes; a prefix as NLRI have it. */
void mrt_put_ip(struct buf *to, const struct ip *ip);
void mrt_put_prefix(struct buf *to, const struct prefix *p);

/* One path attribute; the length takes two bytes when it must. */
void mrt_put_attribute(struct buf *to, unsigned type, struct span value);
void mrt_put_number(struct buf *to, unsigned type, uint32_t n); /* MED, LOCAL_PREF */
void mrt_put_next_hop(struct buf *to, const struct ip *ip);

/*
 * AS_PATH (BGP_AS_PATH) or AS4_PATH. The text is as bgpdump's: "1 2 {3,4} (5 6) [7,8]" is a
 * sequence, a set, a sequence and a set of a confederation. More than 255 hops make several
 * segments.
 */
void mrt_put_path_text(struct buf *to, unsigned type, unsigned as_bytes, const char *text);

/* A path that is one sequence of n hops, n at most 255: quick. */
void mrt_put_path(struct buf *to, unsigned as_bytes, const asn_t *hop, size_t n);

/* Prefixes parted by spaces, as NLRI; "7#10.0.0.0/8" has a path identifier. */
void mrt_put_nlri(struct buf *to, const char *text);

/*
 * Attributes by a text: parted by ';', each a word and what it takes.
 *
 *	origin 0; path 64500 {1,2}; as4path 64500; hop 192.0.2.1; med 5; pref 100; atomic;
 *	aggregator 64500; as4aggregator 64500 (by 192.0.2.99); communities 65536 2; large 1 2 3;
 *	reach AFI SAFI HOP PREFIX...; unreach AFI SAFI PREFIX...;
 *	tablehop ADDRESS [SECOND] (MP_REACH_NLRI as TABLE_DUMP_V2 has it);
 *	raw 40 01 01 00 (bytes in hexadecimal, from the flags on)
 */
void mrt_put_attributes(struct buf *to, unsigned as_bytes, const char *text);

/* A record; its body is what is put between the two calls. begin gives what end wants. */
size_t mrt_record_begin(struct buf *to, uint32_t time, unsigned type, unsigned subtype);
void mrt_record_end(struct buf *to, size_t begun);

/* A whole TABLE_DUMP record, of the peer's family. */
void mrt_put_table_dump(struct buf *to, uint32_t time, const struct mrt_peer *peer,
	const struct prefix *p, struct span attributes);

/* PEER_INDEX_TABLE of TABLE_DUMP_V2; AS numbers that fit have two bytes if `narrow`. */
void mrt_put_peers(
	struct buf *to, uint32_t time, const struct mrt_peer *peers, size_t n, bool narrow);

/* A record of TABLE_DUMP_V2: begun, then entries, then ended. path_id counts in the subtypes of RFC
 * 8050 alone. */
struct mrt_rib {
	size_t begun, count_at;
	unsigned entries;
	bool add_path;
};
struct mrt_rib mrt_rib_begin(
	struct buf *to, uint32_t time, unsigned subtype, uint32_t sequence, const struct prefix *p);
void mrt_rib_entry(struct buf *to, struct mrt_rib *rib, unsigned peer, uint32_t changed,
	uint32_t path_id, struct span attributes);
void mrt_rib_end(struct buf *to, const struct mrt_rib *rib);

/* BGP4MP, or BGP4MP_ET when usec is 0 or more. The subtype says how wide AS numbers are. */
struct mrt_stamp {
	uint32_t time;
	int64_t usec;
};
void mrt_put_state(struct buf *to, struct mrt_stamp at, unsigned subtype,
	const struct mrt_peer *peer, unsigned from, unsigned state);
void mrt_put_message(struct buf *to, struct mrt_stamp at, unsigned subtype,
	const struct mrt_peer *peer, unsigned message_type, struct span body);

/* The body of an update. */
void mrt_put_update(
	struct buf *to, struct span withdrawn, struct span attributes, struct span announced);

#endif
