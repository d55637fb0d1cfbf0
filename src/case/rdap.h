/*
 * Answers of the registries by RDAP (RFC 9083), read for one thing: where a network wants to hear
 * of abuse. And the files of IANA that say which registry to ask (RFC 9224).
 *
 * An answer is a stranger's: at most RDAP_ANSWER_MOST bytes and 64 levels, at most 512 entities,
 * no reference is followed here, and an address is taken only when contact_mail_ok() is content.
 * What remarks say in words is never taken for a contact.
 */
#ifndef CORDON_CASE_RDAP_H
#define CORDON_CASE_RDAP_H

#include "base/buf.h"
#include "case/contact.h"

#define RDAP_ANSWER_MOST   ((size_t)1 << 20)
#define RDAP_ENTITIES_MOST 512

/* What an answer says. Text is cleaned (show/clean.h). */
struct rdap_answer {
	struct contact abuse; /* from is CONTACT_NONE, to be set by who asked; mails may be 0 */
	char name[128];       /* of the network; may be empty */
	char holder[128];     /* full name of the entity that has the role registrant, or empty */
	char abuse_who[128];  /* full name of the entity whose addresses these are, or empty */
	bool has_abuse_role;  /* somebody has the role, with or without a usable address */
	char other[128]; /* roles that have a usable address when abuse has none: "technical" */
	char link[512];  /* where the abuse entity's own answer is, when it stands here without
			    addresses (RFC 9083, 4.2, rel "self"); empty for none */
	unsigned odd;    /* what could not be used: broken cards, bad addresses, too much */
};

/*
 * Reads an answer about an AS number, an address or an entity. The entities with the role "abuse"
 * that stand nearest to the top and have an address give theirs, in order. Returns 0; -EBADMSG with
 * a sentence when it is no JSON object or too big; -ENOMEM. Linear.
 */
int rdap_read(struct span answer, struct rdap_answer *ret_answer, struct err *err);

/*
 * Finds the registry's base URL in a bootstrap file, "asn.json", "ipv4.json" or "ipv6.json" (RFC
 * 9224, 5): appends it to `to` with a '/' at its end; https is preferred. Of prefixes the longest
 * counts. Returns 0; -ENOENT when no registry is responsible; -EBADMSG when it is no such file;
 * -ENOMEM; with a sentence.
 */
int rdap_bootstrap_asn(struct span file, asn_t asn, struct buf *to, struct err *err);
int rdap_bootstrap_ip(struct span file, const struct ip *ip, struct buf *to, struct err *err);

#endif
