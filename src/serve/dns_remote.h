/*
 * The DNS for many threads, asked of the resolver's process over a socket (resolver.h), with a
 * cache on this side. Equal questions at the same time are asked once. What is asked is waited for
 * up to the asker's deadline; an answer that comes later still goes into the cache.
 *
 * When the resolver is silent for a quarter of a second while somebody waits, it is asked for a
 * sign of life. Without one within a second it is held for dead: who waits is told DNS_TEMPFAIL,
 * and from then on every question that the cache does not answer is DNS_TEMPFAIL at once, until a
 * sign of life, asked for once a second, comes. So a dead resolver costs a message that second and
 * a half once, and the next messages nothing. Questions that a resolver took along when it died are
 * asked again of its successor.
 */
#ifndef CORDON_SERVE_DNS_REMOTE_H
#define CORDON_SERVE_DNS_REMOTE_H

#include "base/err.h"
#include "net/dns.h"

struct dns_remote;

/* For how long answers are kept, in seconds: their TTL within these. */
#define DNS_REMOTE_TTL_LEAST     5
#define DNS_REMOTE_TTL_MOST      86400
#define DNS_REMOTE_TTL_NONE_MOST 900 /* NODATA and NXDOMAIN */
#define DNS_REMOTE_TTL_FAILED    2   /* the resolver's own DNS_TEMPFAIL */

/* A question is waited for so long, whoever waits; and so many may be under way. */
#define DNS_REMOTE_MILLISECONDS 10000
#define DNS_REMOTE_MOST         8192

struct dns_remote_options {
	size_t bytes;                    /* that the cache may take; 0: 32 MiB */
	int64_t (*clock)(void *context); /* nanoseconds by which answers age, for tests; NULL:
					    CLOCK_MONOTONIC */
	void *context;
};

struct dns_remote_counts {
	uint64_t asked, cached;  /* questions of askers; answered from the cache */
	uint64_t joined;         /* waited for the same question of somebody else */
	uint64_t failed;         /* DNS_TEMPFAIL; of them: */
	uint64_t short_cut;      /* at once, for the resolver is held for dead, or nobody answers
				   it */
	uint64_t deaths;         /* how often it was */
	uint64_t bad;            /* messages that were not well formed */
	uint64_t bytes, entries; /* that the cache holds now */
};

/* Makes one on a socket (SOCK_SEQPACKET), the caller's, which outlives it. Starts a thread. o may be
 * NULL. Returns 0, or a negative errno with a sentence. */
int dns_remote_new(
	int fd, const struct dns_remote_options *o, struct dns_remote **ret, struct err *err);

/* Nobody may be asking. NULL is fine. */
void dns_remote_free(struct dns_remote *r);

/* Who answers: any number of threads may ask. Lives as long as r. */
struct dns *dns_remote_dns(struct dns_remote *r);

void dns_remote_counts(struct dns_remote *r, struct dns_remote_counts *ret);

#endif
