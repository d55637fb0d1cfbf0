/*
 * Asking the registries: which is responsible (the bootstrap files of IANA, RFC 9224), then that
 * one (RFC 9082, over HTTPS), with what they said kept in STATE/rdap.
 *
 * Bounded: 1 MiB an answer, 10 s to connect and 30 s in all for each, three redirects, two answers
 * a question beside bootstrap files. Only https is spoken, and only with addresses that are global;
 * but when the bootstrap URL that is set is on loopback, http and loopback alone.
 */
#ifndef CORDON_CASE_RDAP_FETCH_H
#define CORDON_CASE_RDAP_FETCH_H

#include "case/rdap.h"

#define RDAP_BOOTSTRAP "https://data.iana.org/rdap"

struct rdap_options {
	const char *state_dir; /* answers are kept in STATE_DIR/rdap */
	const char *bootstrap; /* URL of the folder of asn.json, ...; NULL: RDAP_BOOTSTRAP */
	int64_t now;           /* seconds since 1970 UTC */
	int days;              /* what was kept is good for so long; 0 asks anew */
	bool offline;          /* what was kept is used however old; nobody is asked */
};

/*
 * What the registry says of an AS number, or of an address. Returns 0; -ENOENT when no registry
 * has it; -ENONET when it is not kept and offline is set; or another negative errno: it could not
 * be asked, or its answer is none, and nothing is kept; with a sentence. *ret_day (may be NULL) is
 * the day on which it was asked.
 */
int rdap_ask_asn(const struct rdap_options *o, asn_t asn, struct rdap_answer *ret_answer,
	int32_t *ret_day, struct err *err);
int rdap_ask_ip(const struct rdap_options *o, const struct ip *ip, struct rdap_answer *ret_answer,
	int32_t *ret_day, struct err *err);

/*
 * The contact for a network: of its AS number, else of an address in it (may be NULL). Always gives
 * one; without an address `said` tells why. Returns 0, or the negative errno of the last question
 * when a registry could not be asked; err has the sentence then.
 */
int rdap_contact(const struct rdap_options *o, asn_t asn, const struct ip *ip,
	struct contact *ret_contact, struct err *err);

#endif
