/*
 * The PTR names are tried one after another until one leads back, that of the HELO first, so a
 * client that is in order costs two or three questions.
 */
#include "auth/iprev.h"

const char *iprev_helo_name(enum iprev_helo h)
{
	static const char *const name[] = {"unknown", "own", "other", "nowhere", "no-name"};

	return name[h];
}

static enum dns_type family(const struct ip *client)
{
	return client->family == IP_V4 ? DNS_A : DNS_AAAA;
}

static bool unanswered(const struct dns_answer *a)
{
	return a->status == DNS_TEMPFAIL || a->status == DNS_SPENT;
}

static bool among(const struct ip *client, const struct dns_answer *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (ip_eq(&a->record[i].ip, client))
			return true;
	return false;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3). */
static bool literal(struct span s, struct ip *ret)
{
	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = (struct span){s.p + 1, s.n - 2};
	if (span_starts_nocase(s, SPAN("IPv6:")))
		s = span_skip(s, 5);
	return ip_parse(s, ret) == 0;
}

static struct span without_dot(struct span s)
{
	return s.n && s.p[s.n - 1] == '.' ? span_take(s, s.n - 1) : s;
}

static bool may_be_asked(struct span helo)
{
	char name[DNS_NAME];

	return dns_name(helo, name) > 0 && strchr(name, '.') && name[0] != '[';
}

static enum iprev_helo look_up_helo(
	const struct ip *client, struct span helo, struct dns_budget *dns, struct arena *arena)
{
	struct dns_answer a;

	dns_ask(dns, helo, family(client), arena, &a);
	if (unanswered(&a))
		return IPREV_HELO_UNKNOWN;
	if (!a.n)
		return IPREV_HELO_NOWHERE;
	return among(client, &a) ? IPREV_HELO_OWN : IPREV_HELO_OTHER;
}

static enum iprev_helo check_helo(const struct ip *client, struct span helo,
	const struct dns_answer *ptr, struct dns_budget *dns, struct arena *arena)
{
	struct ip ip;

	if (literal(helo, &ip) || ip_parse(helo, &ip) == 0)
		return ip_eq(&ip, client) ? IPREV_HELO_OWN : IPREV_HELO_OTHER;
	if (!may_be_asked(helo))
		return IPREV_HELO_NO_NAME;
	for (size_t i = 0; i < ptr->n && i < IPREV_NAMES_MOST; i++)
		if (span_eq_nocase(ptr->record[i].text, helo))
			return IPREV_HELO_OWN;
	return look_up_helo(client, helo, dns, arena);
}

/* Tries the names that are the HELO, or those that are not. True when one leads back. */
static bool try_names(const struct ip *client, const struct dns_answer *ptr, struct span helo,
	bool is_helo, struct dns_budget *dns, struct arena *arena, struct iprev *r)
{
	struct dns_answer a;

	for (size_t i = 0; i < ptr->n && i < IPREV_NAMES_MOST; i++) {
		struct span name = ptr->record[i].text;

		if (span_eq_nocase(name, helo) != is_helo)
			continue;
		dns_ask(dns, name, family(client), arena, &a);
		if (unanswered(&a))
			r->result = IPREV_TEMPERROR;
		if (!among(client, &a))
			continue;
		r->result = IPREV_PASS;
		r->name = name;
		return true;
	}
	return false;
}

struct iprev iprev_check(
	const struct ip *client, struct span helo, struct dns_budget *dns, struct arena *arena)
{
	struct iprev r = {.result = IPREV_PERMERROR};
	struct dns_answer ptr;
	char name[DNS_NAME];

	helo = without_dot(helo);
	dns_ask(dns, span_cstr(dns_reverse_name(client, name)), DNS_PTR, arena, &ptr);
	if (unanswered(&ptr))
		r.result = IPREV_TEMPERROR;
	else if (ptr.n)
		r.result = IPREV_FAIL;
	if (!try_names(client, &ptr, helo, true, dns, arena, &r))
		try_names(client, &ptr, helo, false, dns, arena, &r);
	r.helo = check_helo(client, helo, &ptr, dns, arena);
	return r;
}

void iprev_soon(const struct ip *client, struct span helo, struct dns_budget *dns)
{
	char name[DNS_NAME];
	struct ip ip;

	dns_soon(dns, span_cstr(dns_reverse_name(client, name)), DNS_PTR);
	if (may_be_asked(helo) && ip_parse(helo, &ip) < 0)
		dns_soon(dns, helo, family(client));
}
