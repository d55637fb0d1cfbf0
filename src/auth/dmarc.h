/*
 * DMARC: does what SPF and DKIM say stand for the domain that the reader sees, and what does its
 * owner ask for if not? By RFC 7489, with the list of public suffixes, or by RFC 9989 (DMARCbis),
 * which obsoletes it, with a walk up the tree of the DNS.
 */
#ifndef CORDON_AUTH_DMARC_H
#define CORDON_AUTH_DMARC_H

#include "auth/dkim.h"
#include "auth/spf.h"
#include "mail/domain.h"

enum dmarc_result { DMARC_NONE, DMARC_PASS, DMARC_FAIL, DMARC_TEMPERROR, DMARC_PERMERROR };
enum dmarc_policy { DMARC_ASK_NONE, DMARC_ASK_QUARANTINE, DMARC_ASK_REJECT };

const char *dmarc_result_name(enum dmarc_result r);
const char *dmarc_policy_name(enum dmarc_policy p);

/* How the organisational domain is found: RFC 7489, 3.2, or RFC 9989, 4.10. The former also honours
 * pct=, and wants a p= in every record. Both honour np= and t=, which only those write who ask for
 * them. */
enum dmarc_org { DMARC_BY_SUFFIX_LIST, DMARC_BY_TREE_WALK };

struct dmarc_question {
	struct span from;        /* domain of the one From address, as it stands there; empty:
				    there is none, or several: the result is none */
	const struct spf *spf;   /* of MAIL FROM; NULL when it was not checked */
	const struct dkim *dkim; /* NULL when it was not checked */
	enum dmarc_org org;
	struct domain_tools *domains;
	uint32_t draw; /* 0 .. 99, for pct= */
};

struct dmarc {
	enum dmarc_result result;
	enum dmarc_policy policy; /* that the owner asks for, for this domain, before pct and t */
	enum dmarc_policy apply;  /* after it (RFC 7489, 6.6.4); NONE unless the result is fail */
	struct span from;         /* the domain */
	struct span found_at;     /* where the record was found; empty: nowhere */
	struct span organisation; /* the organisational domain */
	bool spf_aligned, dkim_aligned; /* with a pass */
	unsigned pct;
	bool testing;       /* t=y (RFC 9989, 4.7) */
	const char *reason; /* why it does not pass; NULL when it does. Static */
};

/* Questions that one check asks at most: a walk for the domain, a walk for SPF and for each
 * signature up to it, and whether the domain is there. */
#define DMARC_QUESTIONS_MOST (8 + (DKIM_MOST + 1) * 7 + 1)

/* Of them those that are asked whatever passed: the records, and whether the domain is there. */
#define DMARC_QUESTIONS_LIST 3
#define DMARC_QUESTIONS_WALK (8 + 1)

/*
 * Looks for the record, and whether what passes is aligned with the domain. What is in *ret is in
 * the arena, static or the question's. Returns 0 or -ENOMEM. What the DNS does not answer for is
 * temperror, unless a pass that is aligned needs it not. Cost: two questions by the suffix list;
 * by tree walk eight, and up to seven for each domain that passes and stands below the other.
 */
int dmarc_check(const struct dmarc_question *q, struct dns_budget *dns, struct arena *arena,
	struct dmarc *ret);

/* Says which records dmarc_check() will ask for, without waiting; of q only from, org and domains
 * are looked at. */
void dmarc_soon(const struct dmarc_question *q, struct dns_budget *dns, struct arena *arena);

#endif
