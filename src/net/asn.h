/* What an AS number may be used for, by IANA's registry of special-purpose AS numbers. */
#ifndef CORDON_NET_ASN_H
#define CORDON_NET_ASN_H

#include "net/ip.h"

/* Only public numbers, and those for documentation (samples use them), stand in graphs. */
enum asn_scope {
	ASN_PUBLIC,
	ASN_PRIVATE,       /* 64512-65534, 4200000000-4294967294 (RFC 6996) */
	ASN_DOCUMENTATION, /* 64496-64511, 65536-65551 (RFC 5398) */
	ASN_RESERVED,      /* 0 (RFC 7607), 23456 AS_TRANS (RFC 6793), 65535 and 4294967295
			      (RFC 7300), 65552-131071 */
};

enum asn_scope asn_scope(asn_t asn);

/* True for the scopes that graphs hold: public and documentation. */
bool asn_may_stand(asn_t asn);

/*
 * Reads "13335", "AS13335", or the asdot form "1.10" (RFC 5396); all of s. Returns 0 or
 * -EINVAL.
 */
int asn_parse(struct span s, asn_t *ret_asn);

#endif
