/*
 * Questions to real resolvers: libunbound, run by a libevent loop, so that thousands of questions
 * are under way without a thread or a process each.
 *
 * A library of its own (net_dns), for most programs need neither libunbound nor libevent. Not for
 * use by two threads at once: all is done on the loop's thread.
 */
#ifndef CORDON_NET_DNS_UNBOUND_H
#define CORDON_NET_DNS_UNBOUND_H

#include "base/err.h"
#include "net/dns.h"

struct event_base;
struct dns_unbound;

/* Debian's (package dns-root-data). */
#define DNS_UNBOUND_ANCHOR "/usr/share/dns/root.key"

/* Who is asked for a zone and all below it, in place of whom the DNS says. For tests. */
struct dns_unbound_stub {
	const char *zone, *address; /* "192.0.2.53" or "192.0.2.53@5353" */
};

struct dns_unbound_options {
	const char *const *forward; /* forward[forwards]: resolvers that are asked for all names;
				       addresses as of a stub */
	size_t forwards;
	const char *resolv_conf; /* where they stand if forwards is 0; NULL: there are none, and
				    questions go down from the root */
	const struct dns_unbound_stub *stub; /* stub[stubs] */
	size_t stubs;
	const char *hosts;        /* a file as /etc/hosts, which is believed first; NULL: none */
	const char *trust_anchor; /* file with the root's key; NULL: nothing is validated */
	const char *root_hints;   /* file; NULL: those of libunbound */
	size_t cache;             /* bytes for its caches, about; 0: 32 MiB */
	unsigned sockets;         /* that may be open towards servers at once; 0: 4096, or what
				     RLIMIT_NOFILE leaves */
	unsigned waiting; /* questions that may wait for an answer at once; 0: 4096. Twice as many
			     may be under way, with those that go on after their deadline to fill
			     the cache (bench-dns-silent tells their cost) */
};

struct dns_unbound_counts {
	uint64_t asked, failed;      /* TEMPFAIL, for any reason; of them: */
	uint64_t late;               /* the deadline passed */
	uint64_t refused;            /* not asked, for too many were under way */
	uint32_t waiting, under_way; /* now */
};

/*
 * Makes one on a loop that outlives it. All files are read, so from then on it opens nothing but
 * sockets. Returns 0, or a negative errno with a sentence: -EINVAL for an address that is none,
 * -ENOENT and others of a file, -EIO for what libunbound refuses.
 */
int dns_unbound_new(struct event_base *base, const struct dns_unbound_options *o,
	struct dns_unbound **ret, struct err *err);

/* Ends it; who still waits is told DNS_TEMPFAIL before. NULL is fine. */
void dns_unbound_free(struct dns_unbound *u);

/* An answer; what it points to is gone when this returns. It must not ask. */
typedef void (*dns_unbound_done)(void *context, const struct dns_answer *answer);

/*
 * Asks. done() is called exactly once: by the deadline (nanoseconds of CLOCK_MONOTONIC) at the
 * latest, DNS_TEMPFAIL then; perhaps before this returns. name is fit (dns_name()).
 */
void dns_unbound_ask(struct dns_unbound *u, struct span name, enum dns_type type, int64_t deadline,
	dns_unbound_done done, void *context);

void dns_unbound_counts(const struct dns_unbound *u, struct dns_unbound_counts *ret);

/*
 * Reads the resolvers of a resolv.conf: their addresses as text, at most DNS_UNBOUND_FORWARDS;
 * their number, perhaps 0. What is no address is passed over, a %zone behind one is kept off.
 */
#define DNS_UNBOUND_FORWARDS 8
size_t dns_unbound_read_resolv_conf(
	struct span text, char (*to)[IP_TEXT] /* to[DNS_UNBOUND_FORWARDS] */);

#endif
