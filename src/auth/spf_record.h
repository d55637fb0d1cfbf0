/*
 * An SPF record taken apart by its grammar (RFC 7208, 4.5, 4.6, 5, 6 and 12). Asks nothing.
 */
#ifndef CORDON_AUTH_SPF_RECORD_H
#define CORDON_AUTH_SPF_RECORD_H

#include "auth/spf.h"

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

/* One directive. */
struct spf_term {
	struct span text; /* as it stands, qualifier included */
	enum spf_mechanism mechanism;
	enum spf_result result; /* when it matches, by its qualifier */
	struct span domain;     /* domain-spec, macros as they stand; empty: the current domain */
	struct prefix net;      /* of ip4 and ip6 */
	uint8_t v4, v6;         /* prefix lengths of a and mx */
};

struct spf_record {
	struct span terms;         /* all behind the version, for spf_record_next() */
	struct span redirect, exp; /* domain-spec; empty for none */
};

/* True when a TXT record is an SPF record, good or bad: it begins with "v=spf1" and a blank, or
 * is no more than that (4.5). */
bool spf_record_is(struct span text);

/*
 * Reads a record all through. Returns NULL when it is sound, else a static sentence of what in it
 * breaks the grammar. Linear in the record.
 */
const char *spf_record_parse(struct span text, struct spf_record *ret_record);

/* Takes the next directive off the terms of a sound record; false at the end. */
bool spf_record_next(struct span *terms, struct spf_term *ret_term);

/* True for the mechanisms that count as a look-up (4.6.4). */
bool spf_record_looks_up(enum spf_mechanism m);

#endif
