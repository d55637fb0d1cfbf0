/*
 * Reading DNS messages (RFC 1035, 4) from bytes that nobody vouches for: what of one answers a
 * question.
 */
#ifndef CORDON_NET_DNS_WIRE_H
#define CORDON_NET_DNS_WIRE_H

#include "net/dns.h"

/* A name as it travels: labels, each behind its length, the root's 0 at the end. */
#define DNS_WIRE_NAME 255

/* Of an answer's records so many are looked at. */
#define DNS_WIRE_RECORDS 4096

/*
 * Reads what a message says to a question. name is fit (dns_name()). CNAMEs are followed in
 * whatever order they stand, 16 of them; the TTL is the least on the way, and that of NODATA and
 * NXDOMAIN as by RFC 2308, 5 (0 without a SOA). A message that is cut (TC), or a longer chain, is
 * DNS_TEMPFAIL, as is every code but NOERROR and NXDOMAIN. The id is not looked at.
 * Returns 0; -EBADMSG and *ret untouched for what is no answer to this question, or not well formed
 * in a part that was looked at. Cost: linear, 17 times over.
 */
int dns_wire_answer(struct span message, struct span name, enum dns_type type, bool secure,
	struct arena *arena, struct dns_answer *ret);

/*
 * Reads a name at *at in lower case, following pointers (RFC 1035, 4.1.4), each of which must lead
 * further back. Puts *at behind it and returns its length, the root's 0 included; -EBADMSG.
 */
int dns_wire_name(struct span message, size_t *at, char *to /* DNS_WIRE_NAME */);

/* A fit name as it travels; its length. */
size_t dns_wire_put_name(struct span name, char *to /* DNS_WIRE_NAME */);

#endif
