/*
 * Internet addresses and prefixes. One type holds both families: IPv4 stands in the first four
 * bytes, in network byte order, and the rest is zero. An IPv4-mapped IPv6 address (RFC 4291,
 * 2.5.5.2) is read as the IPv4 address that it is.
 */
#ifndef CORDON_NET_IP_H
#define CORDON_NET_IP_H

#include "base/span.h"

#include <stdint.h>

typedef uint32_t asn_t; /* autonomous system number, RFC 6793; 0 (RFC 7607) means none */

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

struct ip {
	uint8_t family;   /* enum ip_family */
	uint8_t byte[16]; /* network byte order; [4..15] zero for IPv4 */
};

struct prefix {
	struct ip ip;   /* bits beyond the length are zero */
	uint8_t length; /* 0..32 or 0..128 */
};

/* Large enough for any address or prefix in text, with its NUL. */
#define IP_TEXT 64

/*
 * What an address may be used for (IANA special-purpose registries, RFC 6890). Only the global ones
 * can be attributed; those for documentation (RFC 5737, 3849, 9637) may be looked up like them,
 * since samples use them with tables of their own. See ip_may_look_up().
 */
enum ip_scope {
	IP_GLOBAL,
	IP_LOOPBACK,
	IP_PRIVATE,
	IP_LINK_LOCAL,
	IP_MULTICAST,
	IP_RESERVED,
	IP_DOCUMENTATION,
};

/*
 * Reads "192.0.2.1" or "2001:db8::1" (RFC 5952's and every RFC 4291 form; a zone after '%' is
 * refused). Strict: all of s must be the address. Returns 0 or -EINVAL.
 */
int ip_parse(struct span s, struct ip *ret_ip);

/* Reads "192.0.2.0/24", or a lone address as its longest prefix. Bits beyond the length are
 * cleared. Returns 0 or -EINVAL. */
int prefix_parse(struct span s, struct prefix *ret_prefix);

/* Writes the canonical text (RFC 5952) and returns it; to has room for IP_TEXT bytes. */
const char *ip_format(const struct ip *ip, char *to);
const char *prefix_format(const struct prefix *p, char *to);

/* Order: none, IPv4, IPv6; then by value. Like memcmp. */
int ip_compare(const struct ip *a, const struct ip *b);
bool ip_eq(const struct ip *a, const struct ip *b);

/* True when the address is in the prefix; never across families. */
bool prefix_has(const struct prefix *p, const struct ip *ip);

/* The prefix of that length around an address; length is at most 32 or 128. */
struct prefix prefix_of(const struct ip *ip, unsigned length);

enum ip_scope ip_scope(const struct ip *ip);
const char *ip_scope_name(enum ip_scope scope); /* "global", "private", ... ; static */

/* True for the scopes that tables of origins are asked about: global and documentation. */
bool ip_may_look_up(const struct ip *ip);

/* An IPv4 address as a host-order number, and back. */
uint32_t ip_v4(const struct ip *ip);
struct ip ip_from_v4(uint32_t v4);

#endif
