/*
 * SPF: may this address send for that domain? (RFC 7208)
 */
#ifndef CORDON_AUTH_SPF_H
#define CORDON_AUTH_SPF_H

#include "net/dns.h"

enum spf_result {
	SPF_NONE, /* RFC 7208, 2.6 */
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR
};

const char *spf_result_name(enum spf_result r);

struct spf_question {
	struct ip ip;          /* the client's */
	struct span helo;      /* what it called itself */
	struct span mail_from; /* without angle brackets; empty for the null sender: then
				  postmaster@HELO is asked for (2.4) */
	struct span receiver;  /* our name, for %{r}; may be empty */
	int64_t now;           /* for %{t} */
};

struct spf {
	enum spf_result result;
	struct span domain;      /* that was asked for */
	bool of_helo;            /* it was the HELO's, for the sender was null */
	struct span mechanism;   /* the term that decided, as it stands; empty for none */
	struct span explanation; /* of a fail, from exp=: outside text, not cleaned; may be empty */
	const char *reason;      /* why there is an error, or nobody who could be asked; else NULL.
				    Static */
	unsigned lookups, void_lookups; /* as RFC 7208, 4.6.4 counts them */
};

/* Questions that one check asks at most: the record, ten terms of eleven each, and for an
 * explanation its text and the client's names. */
#define SPF_QUESTIONS_MOST (1 + 10 * (1 + 10) + 1 + (1 + 10))

/*
 * check_host() for MAIL FROM (or HELO, for the null sender). What is in *ret is in the arena,
 * static or the question's. Returns 0 or -ENOMEM. Bounds: ten terms that look up, two void lookups,
 * ten names of an MX or PTR (RFC 7208, 4.6.4), and the budget: what it does not allow is a
 * temperror.
 */
int spf_check(
	const struct spf_question *q, struct dns_budget *dns, struct arena *arena, struct spf *ret);

/* The same for the HELO alone. */
int spf_check_helo(
	const struct spf_question *q, struct dns_budget *dns, struct arena *arena, struct spf *ret);

#endif
