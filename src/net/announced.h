/* How much each AS announces, counted from a table of origins. */
#ifndef CORDON_NET_ANNOUNCED_H
#define CORDON_NET_ANNOUNCED_H

#include "net/table.h"

/* Of one origin. Space that is announced twice counts for the narrower prefix, as in lookups. */
struct announced {
	asn_t asn;
	uint32_t v4_prefixes, v6_prefixes; /* that any address is looked up to: one that is wholly
					      covered by narrower ones is not in a table. For
					      tables of ranges, the pieces of them */
	uint64_t v4_addresses;
	uint64_t v6_48s;    /* /48s, rounded up a segment: what one site gets (RFC 6177) */
	struct span holder; /* the first one given that is not empty; lives as long as the table */
};

/*
 * Counts a table. *ret_list is ascending by AS number, each once, without 0; allocated, the caller
 * frees it. An AS all of whose prefixes are covered by others' is there with zeros. Returns 0 or
 * -ENOMEM. Cost: one pass over the table, and sorting its origins.
 */
int announced_count(const struct table *t, struct announced **ret_list, size_t *ret_n);

/* The one of an AS, or NULL. */
const struct announced *announced_find(const struct announced *list, size_t n, asn_t asn);

#endif
