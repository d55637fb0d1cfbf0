/*
 * All that is certain to be asked is told to the DNS first; then each method has its turn, and
 * finds most answers there. SPF asks step by step and so comes before DKIM, whose keys are on their
 * way by then; DMARC stands on both. What little hangs on comes last: who sends chooses the
 * HELO, the names of the address and the seals, and how long they take.
 */
#include "auth/auth.h"

#include "mail/address.h"

#include <errno.h>

/* Domains of From addresses that are looked at. */
#define FROM_MOST 4

struct from_domains {
	struct span at[FROM_MOST];
	size_t n;
};

static void from_add(struct from_domains *f, struct span domain)
{
	for (size_t i = 0; i < f->n; i++)
		if (span_eq_nocase(f->at[i], domain))
			return;
	if (domain.n && f->n < FROM_MOST)
		f->at[f->n++] = domain;
}

/* The domains of all addresses of all From fields. */
static int from_read(struct message_parser *mp, const struct message *m, struct from_domains *ret)
{
	const struct fields *fields = &m->part[0].fields;
	struct address *list;
	int n;

	ret->n = 0;
	for (size_t i = 0; i < fields->n && ret->n < FROM_MOST; i++) {
		if (fields->at[i].id != FIELD_FROM)
			continue;
		n = address_list(mp, fields->at[i].value, NULL, &list);
		if (n < 0)
			return n;
		for (int k = 0; k < n; k++)
			from_add(ret, list[k].domain);
	}
	return 0;
}

static void soon_spf(struct span domain, struct dns_budget *dns)
{
	if (span_index(domain, '.') > 0)
		dns_soon(dns, domain, DNS_TXT);
}

static void soon(const struct auth_question *q, const struct message *m,
	const struct from_domains *from, struct dns_budget *dns, struct arena *arena)
{
	ssize_t at = span_rindex(q->mail_from, '@');

	if (q->ip.family != IP_NONE) {
		soon_spf(span_skip(q->mail_from, (size_t)(at + 1)), dns);
		soon_spf(q->helo, dns);
		iprev_soon(&q->ip, q->helo, dns);
	}
	for (size_t i = 0; i < from->n; i++) {
		struct dmarc_question d = {
			.from = from->at[i], .org = q->org, .domains = q->domains};

		dmarc_soon(&d, dns, arena);
	}
	dkim_soon(m, dns, arena);
}

static struct spf_question spf_question(const struct auth_question *q)
{
	return (struct spf_question){.ip = q->ip,
		.helo = q->helo,
		.mail_from = q->mail_from,
		.receiver = q->receiver,
		.now = q->now};
}

/* Questions that DKIM and DMARC need after SPF. */
static uint32_t needed(
	const struct auth_question *q, const struct message *m, const struct from_domains *from)
{
	const struct fields *fields = &m->part[0].fields;
	uint32_t keys = 0;

	for (size_t i = 0; i < fields->n && keys < DKIM_MOST; i++)
		keys += fields->at[i].id == FIELD_DKIM_SIGNATURE;
	return keys + (uint32_t)from->n * (q->org == DMARC_BY_TREE_WALK ? DMARC_QUESTIONS_WALK
									: DMARC_QUESTIONS_LIST);
}

/*
 * SPF of MAIL FROM, or of HELO for the null sender. What DKIM and DMARC need of the questions is
 * kept from it, but not more than half: a record that asks for more than there are must not hide
 * that the From domain, which may be another's, wants such mail refused.
 */
static int check_spf(const struct auth_question *q, uint32_t keep, struct dns_budget *dns,
	struct arena *arena, struct auth *a)
{
	struct spf_question spf = spf_question(q);
	struct dns_budget part = *dns;

	if (keep > part.questions / 2)
		keep = part.questions / 2;
	part.questions -= keep;
	int failed = spf_check(&spf, &part, arena, &a->spf);

	*dns = part;
	dns->questions += keep;
	a->has_client = true;
	return failed;
}

/* What is left to ask about the client. */
static int check_client(
	const struct auth_question *q, struct dns_budget *dns, struct arena *arena, struct auth *a)
{
	struct iprev iprev = iprev_check(&q->ip, q->helo, dns, arena);
	struct spf_question spf = spf_question(q);

	a->iprev = iprev.result;
	a->name = iprev.name;
	a->helo = iprev.helo;
	a->helo_matches = iprev.helo == IPREV_HELO_OWN;
	if (q->mail_from.n)
		return spf_check_helo(&spf, dns, arena, &a->spf_helo);
	a->spf_helo = a->spf;
	a->spf_helo.of_helo = false;
	return 0;
}

/* Of two results for domains of one From the worse: that which asks for most among those that fail
 * (RFC 7489, 6.6.1), else what is not known, and a pass only when all pass. */
static bool is_worse(const struct dmarc *a, const struct dmarc *b)
{
	static const int rank[] = {[DMARC_PASS] = 0,
		[DMARC_NONE] = 1,
		[DMARC_PERMERROR] = 2,
		[DMARC_TEMPERROR] = 3,
		[DMARC_FAIL] = 4};

	if (rank[a->result] != rank[b->result])
		return rank[a->result] > rank[b->result];
	return a->result == DMARC_FAIL && a->policy > b->policy;
}

static int check_dmarc(const struct auth_question *q, const struct from_domains *from,
	struct dns_budget *dns, struct arena *arena, struct auth *a)
{
	struct dmarc_question d = {.spf = a->has_client ? &a->spf : NULL,
		.dkim = &a->dkim,
		.org = q->org,
		.domains = q->domains,
		.draw = q->draw};
	struct dmarc one;

	for (size_t i = 0; i < from->n || i == 0; i++) {
		d.from = i < from->n ? from->at[i] : (struct span){NULL, 0};
		int failed = dmarc_check(&d, dns, arena, &one);

		if (failed)
			return failed;
		if (!i || is_worse(&one, &a->dmarc))
			a->dmarc = one;
	}
	return 0;
}

int auth_check(const struct auth_question *q, struct message_parser *mp, const struct message *m,
	struct dns_budget *dns, struct arena *arena, struct auth *ret)
{
	uint32_t asked = dns->asked, failed = dns->failed;
	struct from_domains from;
	struct auth *a = arena_zalloc(arena, 1, sizeof(*a));
	int e = a ? from_read(mp, m, &from) : -ENOMEM;

	if (e)
		return e;
	soon(q, m, &from, dns, arena);
	if (q->ip.family != IP_NONE)
		e = check_spf(q, needed(q, m, &from), dns, arena, a);
	if (!e)
		e = dkim_verify(m, dns, q->now, arena, &a->dkim);
	if (!e)
		e = check_dmarc(q, &from, dns, arena, a);
	if (!e && a->has_client)
		e = check_client(q, dns, arena, a);
	if (!e)
		e = arc_verify(m, dns, &a->dkim, arena, &a->arc);
	if (e)
		return e;
	a->from_domains = from.n;
	a->questions = dns->asked - asked;
	a->failed = dns->failed - failed;
	*ret = *a;
	return 0;
}
