/*
 * DMARC: does what SPF and DKIM say stand for the domain that the reader sees, and what does its
 * owner ask for if not? (RFC 7489; organisational domain also by tree walk, as in DMARCbis,
 * draft-ietf-dmarc-dmarcbis)
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

enum dmarc_org { DMARC_BY_SUFFIX_LIST, DMARC_BY_TREE_WALK };

struct dmarc_question {
	struct span from;           /* domain of the one From address; empty: there is none, or
				       several, and *reason says so */
	const struct spf *spf;      /* of MAIL FROM; NULL when it was not checked */
	const struct dkim *dkim;    /* NULL when it was not checked */
	enum dmarc_org org;
	struct domain_tools *domains;
	uint32_t draw;              /* 0 .. 99, for pct= */
};

struct dmarc {
	enum dmarc_result result;
	enum dmarc_policy policy;   /* that the owner asks for, for this message's domain, before pct */
	enum dmarc_policy apply;    /* after it (RFC 7489, 6.6.4); NONE unless the result is fail */
	struct span from;           /* the domain */
	struct span found_at;       /* where the record was found; empty: nowhere */
	struct span organisation;   /* the organisational domain */
	bool spf_aligned, dkim_aligned; /* with a pass */
	unsigned pct;
	bool testing;               /* t=y (DMARCbis) */
	const char *reason;
};

/* As spf_check(). */
int dmarc_check(const struct dmarc_question *q, struct dns_budget *dns, struct arena *arena,
	struct dmarc *ret);

#endif
