/*
 * Path attributes of BGP (RFC 4271 4.3) as they lie in a message or a table: found in one pass,
 * decoded one by one when asked for. A damaged attribute is as one that is not there; what stands
 * before and behind it counts, and the damage is told (RFC 7606 treats such routes as withdrawn;
 * here they are what somebody saw).
 */
#ifndef CORDON_NET_BGP_H
#define CORDON_NET_BGP_H

#include "net/ip.h"

/* Type codes of attributes (IANA, "BGP Path Attributes"). Others are passed over. */
enum bgp_attribute {
	BGP_ORIGIN = 1,
	BGP_AS_PATH = 2,
	BGP_NEXT_HOP = 3,
	BGP_MED = 4,
	BGP_LOCAL_PREF = 5,
	BGP_ATOMIC_AGGREGATE = 6,
	BGP_AGGREGATOR = 7,
	BGP_COMMUNITIES = 8, /* RFC 1997 */
	BGP_MP_REACH = 14,   /* RFC 4760 */
	BGP_MP_UNREACH = 15,
	BGP_AS4_PATH = 17, /* RFC 6793 */
	BGP_AS4_AGGREGATOR = 18,
	BGP_LARGE_COMMUNITIES = 32, /* RFC 8092 */
	BGP_ATTRIBUTES = 33,
};

#define BGP_AS_TRANS 23456 /* RFC 6793: stands where a number of four bytes does not fit */

/* The Well-Known Communities that have names (IANA): RFC 1997. */
#define BGP_NO_EXPORT           0xffffff01U
#define BGP_NO_ADVERTISE        0xffffff02U
#define BGP_NO_EXPORT_SUBCONFED 0xffffff03U

/* Where the attributes of a route lie. Views: they live as long as the bytes. */
struct bgp_attributes {
	const uint8_t *raw;          /* all of them, at most 65,535 bytes */
	uint64_t has;                /* bit 1 << type is set for those that are there */
	uint16_t at[BGP_ATTRIBUTES]; /* offset of the value in raw */
	uint16_t n[BGP_ATTRIBUTES];  /* its length */
	uint8_t as_bytes;            /* an AS number in AS_PATH and AGGREGATOR has 2 or 4 */
	bool abridged;               /* MP_REACH is of a table: RFC 6396 4.3.4 */
};

/* What was odd, as bits. */
enum {
	BGP_ODD_CUT = 1,      /* a length runs beyond the end: the rest is lost */
	BGP_ODD_REPEATED = 2, /* an attribute twice: the first one counts (RFC 7606 3.g) */
};

/*
 * Finds the attributes in raw (at most 65,535 bytes). Sets raw, has, at and n; as_bytes and
 * abridged are the caller's. Returns 0 or bits of what was odd. Cost: linear in the number of
 * attributes.
 */
unsigned bgp_attributes_find(struct span raw, struct bgp_attributes *ret);

/* The value of an attribute; {NULL, 0} when it is not there. */
static inline struct span bgp_attribute(const struct bgp_attributes *a, enum bgp_attribute type)
{
	if (!(a->has >> type & 1))
		return (struct span){NULL, 0};
	return (struct span){(const char *)a->raw + a->at[type], a->n[type]};
}

/* Each returns true and the value, or false when it is not there or has no sense. */
bool bgp_origin(const struct bgp_attributes *a, uint8_t *ret_origin); /* 0 IGP, 1 EGP, 2 rest */
bool bgp_number(const struct bgp_attributes *a, enum bgp_attribute type, uint32_t *ret_n);
/* type is BGP_NEXT_HOP or BGP_MP_REACH, of which the first, global address counts (RFC 2545 3). */
bool bgp_next_hop(const struct bgp_attributes *a, enum bgp_attribute type, struct ip *ret_ip);

struct bgp_aggregator {
	asn_t asn;
	struct ip ip;
};

/* AS4_AGGREGATOR stands in for AGGREGATOR where that names AS_TRANS (RFC 6793 4.2.3). */
bool bgp_aggregator(const struct bgp_attributes *a, struct bgp_aggregator *ret);

/* Number i of the communities (high 16 bits the AS), of the large ones (RFC 8092 3); false behind
 * the last. */
bool bgp_community(const struct bgp_attributes *a, size_t i, uint32_t *ret_community);
bool bgp_large_community(const struct bgp_attributes *a, size_t i, uint32_t ret_part[3]);

/* What an MP_REACH_NLRI or MP_UNREACH_NLRI of an update holds (RFC 4760 3 and 4). */
struct bgp_nlri {
	uint16_t afi; /* 1 IPv4, 2 IPv6 */
	uint8_t safi; /* 1 unicast, 2 multicast */
	struct span prefixes;
};

/* type is BGP_MP_REACH or BGP_MP_UNREACH. False when it is not there or damaged. */
bool bgp_mp_nlri(const struct bgp_attributes *a, enum bgp_attribute type, struct bgp_nlri *ret);

#define BGP_HOPS_MOST 32768 /* more than 65,535 bytes can hold, as numbers of two bytes */

/* Types of AS_PATH segments (RFC 4271 4.3, RFC 5065 3). */
enum bgp_segment { BGP_SET = 1, BGP_SEQUENCE = 2, BGP_CONFED_SEQUENCE = 3, BGP_CONFED_SET = 4 };
#define BGP_SEGMENT_BEGINS 0x80 /* or'ed to the first hop of each segment */

/* Room for one path; 160 KiB. */
struct bgp_path_room {
	asn_t hop[BGP_HOPS_MOST];
	uint8_t segment[BGP_HOPS_MOST];
};

/* A path as hops in the order of the message: the neighbour first, the origin last. */
struct bgp_path {
	const asn_t *hop;       /* hop[n] */
	const uint8_t *segment; /* segment[n]: enum bgp_segment, perhaps | BGP_SEGMENT_BEGINS;
				   NULL when all are of AS_SEQUENCEs */
	size_t n;
	bool damaged; /* a segment of no known type, or one that is cut: the path ends there */
};

/*
 * The path of a route. Where AS_PATH has numbers of two bytes, AS4_PATH tells its last hops (RFC
 * 6793 4.2.3): as many of the first hops of AS_PATH are kept as it has more, an AS_SET counting as
 * one and confederation segments as none. The result lies in *room until the next call. Cost:
 * linear in the hops.
 */
void bgp_path(const struct bgp_attributes *a, struct bgp_path_room *room, struct bgp_path *ret);

#endif
