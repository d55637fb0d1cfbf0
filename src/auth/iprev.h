/*
 * Does the client's address have names that lead back to it (RFC 8601, 2.7.3), and is what it
 * called itself one that is its own (RFC 5321, 4.1.1.1)?
 */
#ifndef CORDON_AUTH_IPREV_H
#define CORDON_AUTH_IPREV_H

#include "net/dns.h"

enum iprev_result {
	IPREV_PASS,
	IPREV_FAIL, /* there are names, and none leads back */
	IPREV_TEMPERROR,
	IPREV_PERMERROR /* there is no name */
};

const char *iprev_result_name(enum iprev_result r);

/* What a HELO is, held against the address that it came from. */
enum iprev_helo {
	IPREV_HELO_UNKNOWN, /* the DNS did not answer, or nothing was asked */
	IPREV_HELO_OWN,     /* it leads to the address, is a name of it, or is the address itself */
	IPREV_HELO_OTHER,   /* it leads to other addresses, or is another address */
	IPREV_HELO_NOWHERE, /* it leads to none */
	IPREV_HELO_NO_NAME  /* it is no name that could be looked up: of one label, or malformed */
};

/* "unknown", "own", "other", "nowhere", "no-name"; static. */
const char *iprev_helo_name(enum iprev_helo h);

/* Names of an address that are looked at; those beyond are passed over. */
#define IPREV_NAMES_MOST 10

/* Questions that one check asks at most: PTR, its names, the HELO. */
#define IPREV_QUESTIONS_MOST (1 + IPREV_NAMES_MOST + 1)

struct iprev {
	enum iprev_result result;
	struct span name; /* one that leads back, the HELO's if it is among them; empty for none */
	enum iprev_helo helo;
};

/*
 * Looks at both. The name is in the arena. Never fails: what is not answered is a temperror, or a
 * HELO that is not known.
 */
struct iprev iprev_check(
	const struct ip *client, struct span helo, struct dns_budget *dns, struct arena *arena);

/* Says what iprev_check() will ask for first, without waiting. */
void iprev_soon(const struct ip *client, struct span helo, struct dns_budget *dns);

#endif
