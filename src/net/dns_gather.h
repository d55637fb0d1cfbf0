/*
 * Puts an answer together within its bounds (DNS_RECORDS_MOST, DNS_BYTES_MOST): what every
 * implementation of struct dns ends with.
 */
#ifndef CORDON_NET_DNS_GATHER_H
#define CORDON_NET_DNS_GATHER_H

#include "net/dns.h"

struct dns_gather {
	struct arena *arena;       /* the asker's */
	struct dns_record *record; /* [n], in the arena */
	size_t n, room, bytes;
	bool cut, failed; /* bounds were met; memory was short */
};

/* Begins an answer in an arena. {.arena = arena} does the same. */
void dns_gather_init(struct dns_gather *g, struct arena *arena);

/* Adds a record; its text is copied into the arena. Returns false when no more are taken: the
 * bounds are met (g->cut), or memory is short (g->failed). A text too long is left out whole, for
 * half a policy is another policy. */
bool dns_gather_add(struct dns_gather *g, const struct dns_record *r);

/*
 * Ends it: *ret is DNS_OK with the records (MX by preference, equals as they came), DNS_NODATA when
 * there are none, DNS_TEMPFAIL without ttl when memory was short. An answer of which nothing
 * fitted the bounds is DNS_TEMPFAIL too, marked cut: what it says is not known.
 */
void dns_gather_end(struct dns_gather *g, enum dns_type type, uint32_t ttl, bool secure,
	struct dns_answer *ret);

#endif
