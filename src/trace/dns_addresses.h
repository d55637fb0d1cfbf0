/*
 * A trace's resolver (trace.h) that asks a struct dns: a zone file in replays, the gateway's
 * resolver in service.
 */
#ifndef CORDON_TRACE_DNS_ADDRESSES_H
#define CORDON_TRACE_DNS_ADDRESSES_H

#include "net/dns.h"
#include "trace/trace.h"

struct dns_addresses {
	struct dns_budget budget; /* the caller's to set: for a message, or for each host anew */
	struct arena arena;       /* for answers, each forgotten at the next question */
};

/* Makes one; the budget is to be set. */
void dns_addresses_init(struct dns_addresses *d);
void dns_addresses_done(struct dns_addresses *d);

/* What a trace is handed: A records first, then AAAA, which are asked for side by side. A host
 * without an answer has no addresses. Lives as long as d. */
struct resolver dns_addresses_resolver(struct dns_addresses *d);

#endif
