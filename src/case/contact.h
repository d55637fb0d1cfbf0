/*
 * To whom a notice about a network goes: an operator's own list, which overrides what registries
 * say, and what makes a mail address one that we write to.
 *
 * The list is a text: "AS64500 abuse@example.net, second@example.net", or "AS64500 none" for a
 * network that asked not to be written to; '#' begins a comment.
 */
#ifndef CORDON_CASE_CONTACT_H
#define CORDON_CASE_CONTACT_H

#include "base/err.h"
#include "net/ip.h"

#define CONTACT_MAIL_MOST  254 /* bytes of an address (RFC 5321, 4.5.3.1.3, without brackets) */
#define CONTACT_MAILS_MOST 4   /* addresses that one notice goes to */
#define CONTACT_LIST_MOST  ((size_t)8 << 20) /* bytes of a list that is read */

/* Where an address comes from. */
enum contact_from {
	CONTACT_NONE,    /* there is none */
	CONTACT_LIST,    /* the operator's own list */
	CONTACT_STOP,    /* the list says: never */
	CONTACT_NETWORK, /* the registry's answer about the AS number */
	CONTACT_ADDRESS, /* the registry's answer about an address in it */
};

const char *contact_from_name(enum contact_from from); /* "none", "list", "stop", ... ; static */

struct contact {
	enum contact_from from;
	char mail[CONTACT_MAILS_MOST][CONTACT_MAIL_MOST + 1];
	size_t mails;   /* 0 for CONTACT_NONE and CONTACT_STOP */
	char said[512]; /* a sentence: where it comes from, or why there is none */
};

/*
 * Whether s is an address as we write to: a dot-atom, '@' and a host name of two labels or more in
 * ASCII (RFC 5321, 4.1.2, without quoted parts and address literals), so that it can stand in a
 * header and an SMTP command as it is.
 */
bool contact_mail_ok(struct span s);

/* Adds an address; false when it is none, is there already (in any case of letters), or there is no
 * room. */
bool contact_add(struct contact *c, struct span mail);

/*
 * Looks a network up in the list's text. True and *ret_contact when a line names it (several add
 * up; "none" wins); false when none does. Lines that make no sense are refused by
 * contact_list_check(), and passed over here. Linear.
 */
bool contact_list_find(struct span list, asn_t asn, struct contact *ret_contact);

/* Returns 0 when every line can be read, else -EINVAL with a sentence that names `name` and the
 * line. */
int contact_list_check(struct span list, const char *name, struct err *err);

#endif
