/*
 * Who announces each prefix, when many routes tell of it and do not all agree: every pair of prefix
 * and origin is counted, and the origin that most routes gave wins.
 */
#ifndef CORDON_NET_ORIGIN_COUNT_H
#define CORDON_NET_ORIGIN_COUNT_H

#include "net/ip.h"

struct origin_count;

/* Bound on pairs of prefix and origin: 1.4 GiB, 25 times what the Internet of 2026 has. */
#define ORIGIN_COUNT_MOST ((uint32_t)1 << 25)

/* Returns 0 or -ENOMEM. Memory: 32 bytes a pair and 8 to 16 to find it by, doubled in steps. */
int origin_count_new(struct origin_count **ret_counts);
void origin_count_free(struct origin_count *c);

/* Adds one route. Returns 0, -ENOMEM, or -E2BIG beyond ORIGIN_COUNT_MOST. Cost: one hash, none when
 * the route before had the same prefix and origin. */
int origin_count_add(struct origin_count *c, const struct prefix *p, asn_t origin);

struct prefix_origin {
	struct prefix prefix;
	asn_t asn;        /* that most routes gave; of equals the lower number */
	uint32_t origins; /* how many there were */
};

/* Ends adding: brings the prefixes into order, IPv4 first. Cost: n log n, linear in order. */
void origin_count_sort(struct origin_count *c);

/* The next prefix in that order; false behind the last. */
bool origin_count_next(struct origin_count *c, struct prefix_origin *ret);

#endif
