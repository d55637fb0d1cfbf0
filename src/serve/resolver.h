/*
 * The resolver: a loop that takes questions off sockets (dns_message.h over ipc.h), hands them to
 * libunbound, and sends the answers back. It runs as a process of its own, which sees no mail; its
 * role for the supervisor is role_resolver (role_resolver.c).
 */
#ifndef CORDON_SERVE_RESOLVER_H
#define CORDON_SERVE_RESOLVER_H

#include "net/dns_unbound.h"

struct resolver;

/* Answers that wait for an asker who does not read may take so many bytes; more are dropped. */
#define RESOLVER_QUEUE_MOST ((size_t)4 << 20)

struct resolver_counts {
	uint64_t answered, dropped; /* dropped: the asker did not take them */
	uint64_t bad;               /* messages that were not well formed */
	struct dns_unbound_counts dns;
};

/* Reads all files that are needed. Returns 0, or a negative errno with a sentence. */
int resolver_open(const struct dns_unbound_options *o, struct resolver **ret, struct err *err);
void resolver_free(struct resolver *r); /* NULL is fine */

/* Questions come from a socket (SOCK_SEQPACKET; the caller's) from now on. 0 or -ENOMEM. */
int resolver_serve(struct resolver *r, int fd);

/* ready() is called whenever something can be read from fd; tick() each so many milliseconds. 0 or
 * -ENOMEM. */
int resolver_watch(struct resolver *r, int fd, void (*ready)(void *context), void *context);
int resolver_every(
	struct resolver *r, unsigned milliseconds, void (*tick)(void *context), void *context);

/* Runs until resolver_stop(), or until all that asked are gone. */
void resolver_run(struct resolver *r);
void resolver_stop(struct resolver *r);

void resolver_counts(const struct resolver *r, struct resolver_counts *ret);

#endif
