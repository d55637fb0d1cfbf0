/*
 * What one check_host() carries with it, for the files of SPF alone.
 */
#ifndef CORDON_AUTH_SPF_WORK_H
#define CORDON_AUTH_SPF_WORK_H

#include "auth/spf_macro.h"
#include "auth/spf_record.h"

/* RFC 7208, 4.6.4. */
#define SPF_LOOKUPS_MOST 10
#define SPF_VOIDS_MOST   2
#define SPF_NAMES_MOST   10 /* of an MX or of the client's PTR */

/* A name of the client, and whether it leads back to the address. */
struct spf_name {
	struct span name;
	enum { SPF_NAME_NOT_ASKED, SPF_NAME_GOOD, SPF_NAME_BAD } state;
};

struct spf_work {
	struct dns_budget *dns;
	struct arena *arena;
	struct spf_macro_values values;
	unsigned lookups, voids;
	const char *reason; /* of the error, the first that is set stays */
	struct span explanation_at,
		explanation_domain; /* exp= of the record that decided, and its domain */

	bool names_asked;
	bool spent; /* the client's names could not be asked for: no budget */
	struct spf_name name[SPF_NAMES_MOST];
	size_t names;
};

/* Sets the reason and gives the result back. */
enum spf_result spf_work_error(struct spf_work *w, enum spf_result result, const char *reason);

/* Counts a term that looks up: false when it is one too many. */
bool spf_work_lookup(struct spf_work *w);

/* True when an answer holds the client's address, in a prefix of that length around it. */
bool spf_work_among(
	const struct spf_work *w, const struct dns_answer *answer, unsigned v4, unsigned v6);

/* Asks for a name's addresses, of the client's family. */
void spf_work_addresses(struct spf_work *w, struct span name, struct dns_answer *ret);

/* The client has a name that leads back to it, and is domain or stands below it (5.5). */
bool spf_work_ptr(struct spf_work *w, struct span domain);

/* The name for %{p} (7.3): domain itself, else one below it, else any; empty when there is none. */
struct span spf_work_validated(struct spf_work *w, struct span domain);

/*
 * Expands a domain-spec, or takes the current domain when it is empty. Returns 0, -ENOMEM, or
 * -E2BIG when %{p} would be a look-up too many.
 */
int spf_work_expand(struct spf_work *w, struct span spec, struct span domain, struct span *ret);

/* Looks for the explanation of a fail (6.2); empty when there is none that is sound. */
struct span spf_work_explain(struct spf_work *w);

#endif
