/*
 * From a message to networks: the address that handed it to the receiving site, the hosts that it
 * advertises, and for each the prefix, origin AS and holder as of the message's own date.
 */
#ifndef CORDON_TRACE_TRACE_H
#define CORDON_TRACE_TRACE_H

#include "mail/message.h"
#include "mail/received.h"
#include "net/shelf.h"

/* Finds addresses of a host name. Returns how many, at most room, 0 when there is none, or a
 * negative errno. Handed in, so that a trace asks the network only when its caller wants that. */
struct resolver {
	int (*addresses)(void *context, struct span host, struct ip *to, size_t room);
	void *context;
};

/* One address and the network it is on. */
struct traced {
	struct ip ip;
	struct attribution on; /* on.found tells whether a table knows it */
};

#define TRACE_ADDRESSES_MOST 4 /* of one host */

/* One host that the message advertises. */
struct advertised {
	struct span host;   /* name or address, as in struct link */
	struct span domain; /* registrable domain; empty for an address */
	uint32_t links;     /* how often it is linked */
	bool clickable;     /* by an anchor or a form, or written out; else only loaded */
	struct traced at[TRACE_ADDRESSES_MOST];
	size_t n;           /* 1 for an address; for a name what the resolver knew, or 0 */
};

struct trace {
	int32_t day;        /* the day it was handed in, days since 1970-01-01 */
	bool day_known;     /* false: no usable date; day is then the newest table's */
	int64_t at;         /* when day_known: the same to the second, since 1970-01-01 UTC */
	bool at_ours;       /* a believed Received line says so; false: the sender's Date field */
	bool has_source;
	struct traced source;
	struct span source_name, source_helo; /* as in struct received */
	struct advertised *host; /* host[hosts], in order of appearance; in the parser's arena */
	size_t hosts;
};

#define TRACE_HOSTS_MOST 256 /* different hosts of one message; the rest is not traced */

/*
 * Traces a parsed message whose chain was walked. shelf and resolver may be NULL. Returns 0 or
 * -ENOMEM. Spans live as long as the message. Linear in the links.
 */
int trace_message(struct message_parser *mp, const struct message *m, const struct received *chain,
	const struct shelf *shelf, const struct resolver *resolver, struct trace *ret_trace);

/*
 * Finds the addresses of h->host, which is an address itself or is asked of the resolver (NULL: not
 * asked), and attributes them as of a day. shelf may be NULL.
 */
void trace_host(struct advertised *h, const struct shelf *shelf, const struct resolver *resolver,
	int32_t day);

/*
 * A copy that outlives the message, for networks_add(): source and hosts with their addresses and
 * networks; host names are left out, holders stay the shelf's. One block, freed by free(); NULL
 * when memory is short.
 */
struct trace *trace_keep(const struct trace *t);

/*
 * When a message was handed in, in seconds since 1970-01-01 UTC: by the last believed Received
 * line (*ret_ours is then true), else by its Date field. False when neither has a readable date
 * between 1990 and 2100.
 */
bool trace_time(
	const struct message *m, const struct received *chain, int64_t *ret_at, bool *ret_ours);

#endif
