/*
 * URLs as browsers and mail readers take them (WHATWG URL Standard), because that is where a click
 * leads: backslashes are slashes, tabs and line ends vanish, slashes may lack, hosts may be
 * escaped, full-width or a single number. What was odd is told, for honest mail has little of it.
 */
#ifndef CORDON_MAIL_URL_H
#define CORDON_MAIL_URL_H

#include "base/arena.h"
#include "mail/domain.h"

/* Spans point into the input, into the arena, or at static text. */
struct url {
	struct span scheme; /* lower case; empty when none is written */
	struct span
		host; /* lower case, percent-decoded, A-labels, no dot at the end; IPv4 as dotted
			 decimal, IPv6 without brackets (RFC 5952); empty when there is none */
	struct span path; /* from the first '/', '\', '?' or '#' behind the host; behind the scheme
			     when there is no host part (mailto:, data:, relative references) */
	uint16_t port;    /* as written; 0 when not */
	bool userinfo;    /* "user@" stands before the host */
	bool address;     /* the host is an IPv4 or IPv6 address */
	bool odd_host;    /* the host is written in an odd form: an address in integer, hexadecimal,
			     octal or short form, percent escapes, full-width letters or dots, empty
			     labels, a tab or line end inside the URL before its path */
	bool relative;    /* no scheme and no host: to be read against a base */
	bool bad;         /* no browser would take it: an impossible host or port */
};

/* What text without a scheme means. */
enum url_form {
	URL_REFERENCE, /* an attribute: "a.example/b" is a relative path, "//a.example" a host */
	URL_BARE_HOST  /* written out in text: "a.example/b" begins with a host, scheme http */
};

/*
 * Reads a URL; white space and control characters at the ends are dropped. Hostile input is never
 * an error: ret->bad says when it cannot be. Returns 0, or -ENOMEM with what was read so far.
 * Linear; copies only what it has to change.
 */
int url_parse(struct arena *a, struct span s, enum url_form form, struct url *ret_url);

#endif
