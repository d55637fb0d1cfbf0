/*
 * Reads MRT files (RFC 6396, RFC 8050), what collectors of BGP write: tables (TABLE_DUMP,
 * TABLE_DUMP_V2) and updates (BGP4MP, BGP4MP_ET), route by route. One record is in memory at a
 * time. What is damaged gets the best reading and is counted; what is unknown is passed over and
 * counted.
 *
 * A full table has some twenty million routes, so mrt_next() does little: attributes are found but
 * not decoded (net/bgp.h), and nothing is copied or allocated.
 */
#ifndef CORDON_NET_MRT_H
#define CORDON_NET_MRT_H

#include "base/stream.h"
#include "net/bgp.h"

/* A longer record is passed over and counted. RFC 6396 has no bound; the longest of a real table
 * has below 1 MiB. */
#define MRT_RECORD_MOST ((uint32_t)16 << 20)

enum mrt_kind {
	MRT_TABLE,    /* a route of a table */
	MRT_ANNOUNCE, /* a route of an update */
	MRT_WITHDRAW, /* a prefix withdrawn: no attributes */
	MRT_STATE,    /* the session's state changed: no prefix, no attributes */
};

/* MRT types (RFC 6396 4). */
enum mrt_type {
	MRT_TABLE_DUMP = 12,
	MRT_TABLE_DUMP_V2 = 13,
	MRT_BGP4MP = 16,
	MRT_BGP4MP_ET = 17,
};

struct mrt_peer {
	struct ip ip;
	asn_t asn;
	uint32_t index; /* in the file's peer table; 0 where there is none */
};

/* One route. All of it lives until the next mrt_next(). */
struct mrt_event {
	uint8_t kind;     /* enum mrt_kind */
	uint8_t type;     /* enum mrt_type: the form of the record */
	bool add_path;    /* path_id is there (RFC 8050) */
	bool multicast;   /* of a multicast table; else unicast */
	bool local;       /* an update that the collector sent, not one it got (BGP4MP_..._LOCAL) */
	bool mp;          /* the next hop is that of MP_REACH_NLRI (BGP_MP_REACH) */
	uint32_t time;    /* of the record, seconds since 1970 */
	uint32_t usec;    /* MRT_BGP4MP_ET: and microseconds as they stand, not bounded; else 0 */
	uint32_t changed; /* MRT_TABLE: when the route came in, seconds since 1970 */
	uint32_t path_id;
	uint16_t from, to; /* MRT_STATE: RFC 6396 4.4.1, 1 Idle .. 6 Established */
	struct prefix prefix;
	const struct mrt_peer *peer;
	const struct mrt_peer *collector; /* its end of the session; NULL in tables */
	struct bgp_attributes attributes; /* MRT_TABLE, MRT_ANNOUNCE; else none is there */
};

/* What was odd. */
enum mrt_odd {
	MRT_ODD_TYPE,    /* a record of an unknown type or subtype: passed over */
	MRT_ODD_LONG,    /* a record over MRT_RECORD_MOST: passed over */
	MRT_ODD_RECORD,  /* a record that ends before what it must hold: its rest is lost */
	MRT_ODD_MESSAGE, /* a BGP message without its marker: left out; or whose lengths contradict:
			    the rest is lost */
	MRT_ODD_PEER,    /* a route of a peer that the peer table lacks: left out */
	MRT_ODD_PREFIX,  /* a prefix of impossible length, or cut: the rest is lost */
	MRT_ODD_FAMILY,  /* prefixes neither IPv4 nor IPv6, unicast nor multicast: left out */
	MRT_ODD_ATTRIBUTE, /* an attribute that is cut: it and those behind it are lost */
	MRT_ODD_REPEATED,  /* an attribute twice: the first one counts */
	MRT_ODD_PATH,      /* an AS_PATH that is damaged: seen when it is asked for */
	MRT_ODDS
};

/* "records of unknown type" and the like, for the plural; static. */
const char *mrt_odd_words(enum mrt_odd odd);

struct mrt_report {
	uint64_t records; /* read, those passed over included */
	uint64_t events;
	uint64_t odds; /* sum of odd[] */
	uint64_t odd[MRT_ODDS];
	uint64_t first_odd; /* offset of the first odd record, in the bytes behind decompression */
};

/* True when the first bytes of a file look like MRT: a record of a known type and a length that may
 * be. 12 bytes are enough. */
bool mrt_is(struct span head);

struct mrt;

/*
 * Begins to read. held is what was already taken off the stream (to tell the format by) and is
 * copied; the stream must outlive the reader. Returns 0 or -ENOMEM. Memory: 256 KiB or the
 * longest record, 200 KiB for a path, 28 bytes a peer of the table.
 */
int mrt_new(struct stream *stream, struct span held, struct mrt **ret_mrt);
void mrt_free(struct mrt *m);

/*
 * The next route. Returns 1; 0 at the end; or a negative errno with a sentence in err: -EINVAL when
 * the file does not begin like MRT, -EBADMSG when it is cut off within a record (which comes after
 * all whole records; the cut one is left out), -ENOMEM, or what stream_read() failed with.
 * *ret_event is the reader's.
 */
int mrt_next(struct mrt *m, const struct mrt_event **ret_event, struct err *err);

/* The path of the last event, until mrt_next(); empty when it has none. Cost: linear in its hops,
 * once for all that an update announces. */
void mrt_path(struct mrt *m, struct bgp_path *ret_path);

/* The same as the store of paths takes it (net/paths_build.h): kind[n] of enum hop_kind, or NULL
 * when all are HOP_AS. A damaged path is empty, since its end is not the origin. */
struct mrt_hops {
	const asn_t *hop;
	const uint8_t *kind;
	size_t n;
};
void mrt_hops(struct mrt *m, struct mrt_hops *ret_hops);

/* What was read so far; lives as long as the reader. */
const struct mrt_report *mrt_report(const struct mrt *m);

/* Where the record of the last event began, or, after a failure, the record that is cut off: bytes
 * behind decompression. */
uint64_t mrt_offset(const struct mrt *m);

/* Where the input ended, in the same bytes, once mrt_next() has returned 0 or a failure. */
uint64_t mrt_end(const struct mrt *m);

#endif
