/*
 * The networks behind many messages: for each origin AS how many messages its addresses handed in,
 * from how many different addresses, and how many of the hosts they advertise stand there.
 */
#ifndef CORDON_TRACE_NETWORKS_H
#define CORDON_TRACE_NETWORKS_H

#include "trace/trace.h"

struct networks;

struct network {
	asn_t asn;               /* 0: addresses that no table knows */
	char holder[96];         /* cut on a character's edge; empty when not known */
	uint64_t messages;       /* messages handed in */
	uint64_t addresses;      /* different addresses that did; exact up to 65,536, then not more */
	uint64_t hosts;          /* times an advertised host's address stood here */
	int32_t first_day, last_day;
	bool stale;              /* some attribution was over a year off */
};

/* An empty collection; NULL when memory is short. networks_free() takes NULL. */
struct networks *networks_new(void);
void networks_free(struct networks *n);

/* Takes one abusive message's trace in. Returns 0 or -ENOMEM, with nothing taken in by halves that
 * matter. Logarithmic in the networks for an address. */
int networks_add(struct networks *n, const struct trace *t);

/*
 * All of them, by messages handed in, then by hosts, then by number: an array of *ret_n that stays
 * the collection's and lives until the next call of this function. NULL when memory is short.
 */
const struct network *networks_ranked(struct networks *n, size_t *ret_n);

#endif
