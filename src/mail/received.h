/*
 * The Received chain, walked from the top, and the boundary of trust in it.
 *
 * Each relay writes its line above those it was handed, so the lines at the top are by machines of
 * the receiving site and can be believed; from the first line that a machine of ours did not write
 * downwards, any line may be forged. The address that the last believed line names as its peer
 * handed the message to the site: that is the one fact about the sender that the site knows.
 *
 * Source: RFC 5321, 4.4 (trace information); forms of Postfix, Sendmail, Exim, qmail, Exchange,
 * Google, Microsoft 365 and others from their documentation.
 */
#ifndef CORDON_MAIL_RECEIVED_H
#define CORDON_MAIL_RECEIVED_H

#include "mail/date.h"
#include "mail/message.h"
#include "net/ip.h"

/* One line of the chain. Spans are over the line as it stands; empty where it does not say. */
struct hop {
	const struct field *field;
	struct span helo;       /* what the peer called itself */
	struct span rdns;       /* what the writer's DNS called the peer; empty for "unknown" and
	                           "may be forged" */
	struct span by;         /* the writer's name */
	struct span with;       /* protocol: "ESMTPS", "HTTP", ... */
	struct span id;         /* queue id */
	struct span for_;       /* recipient, without angle brackets */
	struct ip ip;           /* the peer's address; family 0 when the line has none */
	struct ip by_ip;        /* the writer's own, where it says (Exchange); else family 0 */
	struct mail_date date;
	bool has_date;
	bool local;             /* handed over inside the writer: no peer (a pipe, a local user, a
	                           fetch from a mailbox by IMAP or POP, LMTP) */
	bool trusted;           /* above the boundary */
};

/* The networks and names that are ours. All may be empty. */
struct relays {
	const struct prefix *net; /* net[nets]: addresses of our relays, beside private ones */
	size_t nets;
	const struct span *name;  /* name[names]: our relays' names or ".domain" suffixes */
	size_t names;
};

/*
 * Reads them from texts: addresses or prefixes, names. Names are kept, not copied. Freed by
 * relays_done(). Returns 0; -EINVAL with a sentence that names what is no address; -ENOMEM.
 */
int relays_read(char *const *nets, size_t n_nets, char *const *names, size_t n_names,
	struct relays *ret, struct err *err);
void relays_done(struct relays *r);

/* What the chain says. */
struct received {
	struct hop *hop;        /* hop[hops], top first; at most 100 are read */
	size_t hops;
	ssize_t boundary;       /* index of the last line that is believed; -1 when none is */
	struct ip source;       /* who handed the message to the site; family 0 when not known */
	struct span source_name;/* its reverse DNS as our relay saw it; may be empty */
	struct span source_helo;/* and what it called itself */
};

/*
 * Walks the chain. The top line is by the receiving site by definition. Going down, a line stays
 * inside while its peer is one of ours: loopback, private (RFC 1918, RFC 4193, link-local), in
 * relays->net, or its reverse name in relays->name; a machine of Microsoft 365 handing on to
 * another; a mailbox that was fetched from; or a local hand-over whose next line is by the same
 * site. The first other peer is the source. A last believed line that is local or whose peer is
 * ours leaves the source unknown: the message began inside. relays may be NULL. Returns 0, or
 * -ENOMEM. Linear in the lines.
 */
int received_walk(struct message_parser *mp, const struct message *m, const struct relays *relays,
	struct received *ret_received);

/* Reads one line's value. Never fails; what the line does not say stays empty. */
void received_parse(struct span value, struct hop *ret_hop);

/* True when hop.with names a protocol by which a site reads a mailbox: IMAP, POP3 and their like. */
bool received_is_fetch(struct span with);

#endif
