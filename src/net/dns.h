/*
 * Questions to the DNS, as an argument: code that needs names or addresses is handed a struct dns
 * and never knows who answers - a file of records (dns_zone.h) in tests and replays, libunbound
 * (dns_unbound.h), or the resolver's process at the other end of a socket.
 *
 * A struct dns_budget is what one message may cost: a deadline and a number of questions. Every
 * question goes through dns_ask(), so nothing that a message says can make it cost more.
 *
 * Words as in RFC 9499.
 */
#ifndef CORDON_NET_DNS_H
#define CORDON_NET_DNS_H

#include "base/arena.h"
#include "net/ip.h"

#include <stdint.h>

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
};

/* What came of a question. NODATA and NXDOMAIN are answers (RFC 2308); TEMPFAIL and below are
 * not, and say nothing of the name: they are never taken for "there is none". */
enum dns_status {
	DNS_OK,
	DNS_NODATA,   /* the name is there, without records of the type */
	DNS_NXDOMAIN, /* there is no such name, nor any below it */
	DNS_TEMPFAIL, /* servers failed, lied (DNSSEC bogus) or did not answer in time */
	DNS_SPENT,    /* not asked: the message's budget is used up */
	DNS_UNFIT,    /* not asked: it is no name that could be (label over 63 bytes, over 253 in
			 all, an empty label) */
};

/* One record of an answer, of the type that was asked for: CNAMEs were followed. */
struct dns_record {
	struct ip ip;        /* A, AAAA */
	struct span text;    /* TXT: its strings joined without blanks (RFC 7208, 3.3); may hold any
				byte. PTR, MX, NS, CNAME: a name in lower case without the last dot;
				a byte that may not stand in one plainly is \DDD (RFC 1035, 5.1) */
	uint16_t preference; /* MX */
};

struct dns_answer {
	enum dns_status status;
	const struct dns_record *record; /* record[n], n > 0 exactly if status is DNS_OK; in the
					    asker's arena. MX by preference, else as they came */
	size_t n;
	uint32_t ttl; /* seconds that it may be kept; 0 when status is TEMPFAIL or below */
	bool secure;  /* validated by DNSSEC */
	bool cut; /* there were more records than DNS_RECORDS_MOST, or longer than DNS_BYTES_MOST */
};

/* What of an answer is kept. */
#define DNS_RECORDS_MOST 128
#define DNS_BYTES_MOST   ((size_t)32 << 10)

/* Who answers. Implementations put this first in a struct of their own. */
struct dns {
	/*
	 * Answers a question, by the deadline (nanoseconds of CLOCK_MONOTONIC) at the latest:
	 * DNS_TEMPFAIL then. When that has passed, it tells what it knows without waiting. Never
	 * fails otherwise: what it cannot tell is DNS_TEMPFAIL, memory that is short too. name is
	 * fit (dns_name()). May be called by many threads at once when the implementation says so.
	 */
	void (*ask)(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
		struct arena *arena, struct dns_answer *ret);
	/* May be NULL. The question will likely be asked soon: begin, and do not wait. */
	void (*soon)(struct dns *dns, struct span name, enum dns_type type, int64_t deadline);
	/* May be NULL; set by who asks. ask() calls it on the asker's thread before it waits for
	 * others, and again, with false and holding nothing, when it is done; not at all where the
	 * answer is at hand. */
	void (*waits)(void *waits_context, bool begins);
	void *waits_context;
};

/* What one message may still cost. Made by the caller, used by one thread. */
struct dns_budget {
	struct dns *dns;    /* NULL: nothing is asked, every answer is DNS_SPENT */
	int64_t deadline;   /* nanoseconds of CLOCK_MONOTONIC */
	uint32_t questions; /* that may still be asked; dns_soon() costs none, for it must be asked
			       to be of use */
	uint32_t asked, failed; /* so far; of them TEMPFAIL */
};

/* Asks. Names are taken in any case, with or without the last dot. */
void dns_ask(struct dns_budget *b, struct span name, enum dns_type type, struct arena *arena,
	struct dns_answer *ret);

/* Says what will be asked, so that answers come side by side. Costs nothing where it is not done.
 */
void dns_soon(struct dns_budget *b, struct span name, enum dns_type type);

/* The name in lower case without its last dot, written to `to` (DNS_NAME bytes with the NUL); its
 * length, or -EINVAL for what is no name. Any bytes are taken in labels, but for dots and NUL. */
#define DNS_NAME 254
int dns_name(struct span name, char *to);

/*
 * A name or one label of it as an answer tells it: lower case, and \DDD for each byte that may not
 * stand in a name plainly (RFC 1035, 5.1: blanks, control and non-ASCII characters, and . \ " ( )
 * ; @ $). Writes the text with its NUL to `to` and returns its length. In dns_name_text() the dots
 * of `name` part labels, in dns_label_text() they are bytes like others. The longest name gives
 * DNS_NAME_TEXT bytes with the NUL, a label of n bytes 4 n + 1.
 */
#define DNS_NAME_TEXT 1016
size_t dns_name_text(struct span name, char *to);
size_t dns_label_text(struct span label, char *to);

/* The name at which an address's PTR records are (RFC 1035, 3.5; RFC 3596, 2.5). */
const char *dns_reverse_name(const struct ip *ip, char *to /* DNS_NAME */);

/* "A", "TXT", ...; and back, in any case, 0 for none of ours. */
const char *dns_type_name(enum dns_type type);
enum dns_type dns_type_of(struct span name);

/* "ok", "nodata", "nxdomain", "tempfail", "spent", "unfit"; static. */
const char *dns_status_name(enum dns_status status);

#endif
