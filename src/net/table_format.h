/*
 * The payload of a table's image, as docs/formats/net-table.md tells it: a head, then sections.
 * All numbers are little-endian and every section begins at a multiple of 8 bytes.
 *
 * Each family's address space is cut into segments, from one start to the next; the first starts
 * at address 0, so every address is in exactly one. A segment's value says what holds there.
 */
#ifndef CORDON_NET_TABLE_FORMAT_H
#define CORDON_NET_TABLE_FORMAT_H

#include "net/ip.h"

#include <endian.h>

#define TABLE_MAGIC   "cordntab" /* 8 bytes, no NUL */
#define TABLE_VERSION 1

__extension__ typedef unsigned __int128 u128;

static inline u128 value_of_ip(const struct ip *ip)
{
	uint64_t half[2];

	if (ip->family == IP_V4)
		return ip_v4(ip);
	memcpy(half, ip->byte, sizeof(half));
	return (u128)be64toh(half[0]) << 64 | be64toh(half[1]);
}

/* A value: the origin's number in the upper 24 bits, in the lower 8 the length of the prefix that
 * was announced, or VALUE_RANGE when the source gave a range. Origin 0 is 'nothing covers this'. */
#define VALUE_RANGE   255u
#define VALUE_NONE    VALUE_RANGE
#define VALUE_ORIGINS (1u << 24)

static inline uint32_t value_of(uint32_t origin, unsigned length)
{
	return origin << 8 | length;
}

static inline uint32_t value_origin(uint32_t value)
{
	return value >> 8;
}

static inline unsigned value_length(uint32_t value)
{
	return value & 255;
}

struct table_origin {
	uint32_t asn;
	uint32_t holder, holder_bytes; /* a piece of SECTION_HOLDERS */
};

struct v4_segment {
	uint32_t start, value;
};

struct v6_start {
	uint64_t high, low;
};

/* The count of a section is in items of the type named. */
enum table_section {
	SECTION_SOURCE,    /* bytes */
	SECTION_TERMS,     /* bytes */
	SECTION_HOLDERS,   /* bytes */
	SECTION_ORIGINS,   /* struct table_origin; the first is 'none', all zero */
	SECTION_V4,        /* struct v4_segment, by start */
	SECTION_V4_INDEX,  /* uint32_t, V4_BUCKETS + 1 */
	SECTION_V6_STARTS, /* struct v6_start, ascending */
	SECTION_V6_VALUES, /* uint32_t, one for each start */
	SECTION_V6_INDEX,  /* uint32_t, V6_BUCKETS + 1 */
	SECTIONS
};

/* Bytes of one item of a section. */
static inline size_t table_item_bytes(enum table_section which)
{
	static const uint8_t bytes[SECTIONS] = {
		[SECTION_SOURCE] = 1,
		[SECTION_TERMS] = 1,
		[SECTION_HOLDERS] = 1,
		[SECTION_ORIGINS] = sizeof(struct table_origin),
		[SECTION_V4] = sizeof(struct v4_segment),
		[SECTION_V4_INDEX] = sizeof(uint32_t),
		[SECTION_V6_STARTS] = sizeof(struct v6_start),
		[SECTION_V6_VALUES] = sizeof(uint32_t),
		[SECTION_V6_INDEX] = sizeof(uint32_t),
	};

	return bytes[which];
}

/* Where a section is: bytes from the start of the payload, and items. */
struct table_place {
	uint32_t offset, count;
};

struct table_head {
	int32_t day;     /* since 1970-01-01 */
	uint32_t v4, v6; /* entries of each family */
	uint32_t asns;   /* distinct origins */
	struct table_place place[SECTIONS];
};

/*
 * An index narrows the search: item b is the segment that holds the first address of bucket b, the
 * last item is the last segment; so an address in bucket b is in the segments [b] .. [b + 1].
 *
 * IPv4: a bucket is the top bits of the address.
 */
#define V4_BITS    16
#define V4_BUCKETS (1u << V4_BITS)

static inline uint32_t v4_bucket(uint32_t v4)
{
	return v4 >> (32 - V4_BITS);
}

static inline uint32_t v4_bucket_first(uint32_t bucket)
{
	return bucket << (32 - V4_BITS);
}

/*
 * IPv6: global addresses all begin with the bits 001 (RFC 4291, 2.4), so the buckets divide
 * 2000::/3 alone; what is below belongs to the first and what is above to the last.
 */
#define V6_BITS    16
#define V6_BUCKETS (1u << V6_BITS)
#define V6_SHIFT   (61 - V6_BITS)
#define V6_FIRST   0x2000000000000000ULL

static inline uint32_t v6_bucket(uint64_t high)
{
	uint64_t bucket = high < V6_FIRST ? 0 : (high - V6_FIRST) >> V6_SHIFT;

	return bucket < V6_BUCKETS ? (uint32_t)bucket : V6_BUCKETS - 1;
}

/* The first address of a bucket; bucket 0 begins at ::. */
static inline u128 v6_bucket_first(uint32_t bucket)
{
	return bucket ? (u128)(V6_FIRST + ((uint64_t)bucket << V6_SHIFT)) << 64 : 0;
}

#endif
