/*
 * A table of origins: which prefix is announced by which autonomous system, and who holds it, on
 * one day. Built once, written as an immutable image (docs/formats/net-table.md), mapped read-only
 * and shared by every process; a reader needs no lock.
 */
#ifndef CORDON_NET_TABLE_H
#define CORDON_NET_TABLE_H

#include "base/err.h"
#include "net/ip.h"

struct table;

/* What a table says of one address. Spans live as long as the table is open. */
struct origin {
	struct prefix
		prefix;     /* the most specific announced prefix that holds the address; for
			       tables of ranges the largest aligned block of the range around it */
	asn_t asn;          /* its origin; 0 when the table names none */
	struct span holder; /* the holder's name; empty when the table has none */
};

/* What a table is. */
struct table_info {
	int32_t day;        /* its date, days since 1970-01-01 */
	uint32_t v4, v6;    /* entries of each family */
	uint32_t asns;      /* distinct origins */
	struct span source; /* where it came from: "routeviews", "ip-location-db" */
	struct span terms;  /* licence and attribution to show; may be empty */
	uint64_t bytes;     /* size of the image */
};

/*
 * Opens an image and maps it. Its checksum and every offset are checked, so a damaged file is
 * refused here and never read later. Returns 0; -ENOENT, -EBADMSG for a damaged image, or another
 * negative errno, with a sentence in err. Cost: one pass over the image.
 */
int table_open(const char *path, struct table **ret_table, struct err *err);
void table_close(struct table *t);

/*
 * The same over the payload of an image in memory, which must begin at a multiple of 8 bytes and
 * outlive the table. Returns 0, -EBADMSG or -ENOMEM.
 */
int table_open_memory(struct span payload, struct table **ret_table);

/* Looks an address up. Returns true and *ret_origin, or false when nothing covers it. */
bool table_lookup(const struct table *t, const struct ip *ip, struct origin *ret_origin);

/* The origin of an IPv4 address (host order) alone, for speed; 0 when nothing covers it. */
asn_t table_lookup_v4(const struct table *t, uint32_t v4);

void table_info(const struct table *t, struct table_info *ret_info);

/* Origins by their numbers, 0 .. table_origins() - 1, in the order in which they were first given.
 * One AS may be several, with different holders. */
uint32_t table_origins(const struct table *t);
asn_t table_origin(const struct table *t, uint32_t origin, struct span *ret_holder);

/* A run of addresses with one answer; runs do not overlap. */
struct table_segment {
	struct ip first, last;
	uint32_t origin;
	int length; /* of the prefixes that were announced there, or -1 when the source gave a
		       range; prefixes side by side of one length and origin are one run */
};

/* Where a walk over the segments of a family is; begins with {.family = ...}. */
struct table_cursor {
	enum ip_family family;
	uint32_t next;
};

/* The next segment that anything covers, in ascending order. Returns false at the end. */
bool table_next_segment(
	const struct table *t, struct table_cursor *cursor, struct table_segment *ret_segment);

#endif
