/*
 * Who a message is from, as far as it can be proven: reverse DNS, HELO, SPF, DKIM, ARC and DMARC in
 * one call, and the words for it (RFC 8601).
 */
#ifndef CORDON_AUTH_AUTH_H
#define CORDON_AUTH_AUTH_H

#include "auth/arc.h"
#include "auth/dmarc.h"
#include "auth/iprev.h"
#include "base/buf.h"

struct auth_question {
	struct ip ip;          /* the client's; family IP_NONE: not known, SPF and iprev are left out */
	struct span helo;
	struct span mail_from; /* without angle brackets */
	struct span receiver;  /* our name: authserv-id and %{r} */
	int64_t now;
	enum dmarc_org org;
	uint32_t draw;         /* 0 .. 99 */
	struct domain_tools *domains;
};

struct auth {
	bool has_client;           /* iprev, helo and spf were looked at */
	enum iprev_result iprev;
	struct span name;          /* a name that leads back to the address; empty for none */
	enum iprev_helo helo;      /* what it called itself, held against the address */
	bool helo_matches;         /* the HELO leads to the address, or is a name of it */
	struct spf spf_helo, spf;  /* of HELO; of MAIL FROM, or that of HELO for the null sender */
	struct dkim dkim;
	struct arc arc;
	struct dmarc dmarc;        /* of several From domains that which fares worst */
	size_t from_domains;       /* distinct ones in From; 4 for more */
	uint32_t questions, failed; /* that this cost, and of them not answered */
};

/*
 * Looks at all of it. Questions that can go side by side do (dns_soon()). A part that the DNS did
 * not answer for is TEMPERROR, never anything else. What *ret points to is in the arena, static, in
 * the message or the question. mp is the parser that m came from. A From of several domains is
 * checked for each, up to four, and the worst stands (RFC 7489, 6.6.1). Returns 0 or -ENOMEM.
 */
int auth_check(const struct auth_question *q, struct message_parser *mp, const struct message *m,
	struct dns_budget *dns, struct arena *arena, struct auth *ret);

/*
 * Writes the value of Authentication-Results (RFC 8601): authserv-id, then a method a line, folded
 * with LF and a tab; ends without a line end. Text from outside is quoted or left out, so no line
 * is over 998 bytes and nothing of the sender's can pass for a result of ours.
 */
void auth_results(struct buf *to, const struct auth *a, const struct auth_question *q);

/* True when the value of an Authentication-Results (or ARC-...) field claims to be by `id`: such
 * fields of the outside are to be taken out (RFC 8601, 5). */
bool auth_results_by(struct span value, struct span id);

#endif
