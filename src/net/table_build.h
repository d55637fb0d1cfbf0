/*
 * Makes tables: prefixes and ranges go in, in any order, overlapping as they like; the image comes
 * out. An address belongs to the narrowest entry that covers it, so prefixes give longest match;
 * of two as narrow the first one added.
 */
#ifndef CORDON_NET_TABLE_BUILD_H
#define CORDON_NET_TABLE_BUILD_H

#include "base/buf.h"
#include "net/ip.h"

struct table_builder;

/* Returns 0 or -ENOMEM. Memory: 48 bytes an entry, about 110 while it finishes. */
int table_builder_new(struct table_builder **ret_builder);
void table_builder_free(struct table_builder *b);

/* Longest holder's name that is kept, in bytes. */
#define HOLDER_MOST 255

/*
 * The number of an origin, to be given to the calls below; the same (asn, holder) gives the same
 * number. The holder's name is made valid UTF-8 without control characters and cut at HOLDER_MOST.
 * Returns 0, -ENOMEM, or -E2BIG beyond 16,777,215 origins or 4 GiB of names.
 */
int table_builder_origin(
	struct table_builder *b, asn_t asn, struct span holder, uint32_t *ret_origin);

/* Adds a prefix as announced. Returns 0, -EINVAL when it is of no family, -ENOMEM, or -E2BIG
 * beyond 2^31 entries of a family. */
int table_builder_add_prefix(struct table_builder *b, const struct prefix *p, uint32_t origin);

/* Adds first .. last, both included. Returns the same; -EINVAL also for two families or when last
 * is before first. */
int table_builder_add_range(
	struct table_builder *b, const struct ip *first, const struct ip *last, uint32_t origin);

/* What the table tells of itself (struct table_info); all are copied. */
struct table_label {
	int32_t day;
	struct span source, terms;
};

/*
 * Appends the payload of the table's image to an empty *payload. The builder is used up and can
 * only be freed. *ret_repeated (may be NULL) is how many entries were left out because the same
 * addresses were given before. Returns 0, -ENOMEM, or -E2BIG when it would be over 4 GiB.
 * Cost: n log n, linear when the entries came in order.
 */
int table_builder_finish(struct table_builder *b, const struct table_label *label,
	struct buf *payload, uint64_t *ret_repeated);

#endif
