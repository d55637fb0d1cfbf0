/*
 * The client's names: its PTR records are asked for once a check, and each name's addresses once,
 * when it is known to matter. Errors here are never the sender's: a name that cannot be looked up
 * is passed over (RFC 7208, 5.5).
 */
#include "auth/spf_work.h"

#include <errno.h>

bool spf_work_among(
	const struct spf_work *w, const struct dns_answer *answer, unsigned v4, unsigned v6)
{
	const struct ip *client = &w->values.ip;
	struct prefix around = prefix_of(client, client->family == IP_V4 ? v4 : v6);

	for (size_t i = 0; i < answer->n; i++)
		if (prefix_has(&around, &answer->record[i].ip))
			return true;
	return false;
}

void spf_work_addresses(struct spf_work *w, struct span name, struct dns_answer *ret)
{
	dns_ask(w->dns, name, w->values.ip.family == IP_V4 ? DNS_A : DNS_AAAA, w->arena, ret);
}

static void ask_names(struct spf_work *w)
{
	char at[DNS_NAME];
	struct dns_answer answer;

	if (w->names_asked)
		return;
	w->names_asked = true;
	dns_ask(w->dns, span_cstr(dns_reverse_name(&w->values.ip, at)), DNS_PTR, w->arena, &answer);
	w->spent = answer.status == DNS_SPENT;
	/* 4.6.4: names beyond the tenth are passed over. */
	for (size_t i = 0; i < answer.n && w->names < SPF_NAMES_MOST; i++)
		w->name[w->names++].name = answer.record[i].text;
}

static bool leads_back(struct spf_work *w, struct spf_name *n)
{
	struct dns_answer answer;

	if (n->state == SPF_NAME_NOT_ASKED) {
		spf_work_addresses(w, n->name, &answer);
		n->state = spf_work_among(w, &answer, 32, 128) ? SPF_NAME_GOOD : SPF_NAME_BAD;
		w->spent = w->spent || answer.status == DNS_SPENT;
	}
	return n->state == SPF_NAME_GOOD;
}

static bool is_below(struct span name, struct span domain)
{
	return name.n > domain.n && name.p[name.n - domain.n - 1] == '.' &&
	       span_ends_nocase(name, domain);
}

static struct span without_dot(struct span s)
{
	return s.n && s.p[s.n - 1] == '.' ? span_take(s, s.n - 1) : s;
}

bool spf_work_ptr(struct spf_work *w, struct span domain)
{
	domain = without_dot(domain);
	ask_names(w);
	for (size_t i = 0; i < w->names; i++) {
		struct spf_name *n = &w->name[i];

		if ((span_eq_nocase(n->name, domain) || is_below(n->name, domain)) &&
			leads_back(w, n))
			return true;
	}
	return false;
}

struct span spf_work_validated(struct spf_work *w, struct span domain)
{
	struct spf_name *n = w->name;

	domain = without_dot(domain);
	ask_names(w);
	for (size_t i = 0; i < w->names; i++)
		if (span_eq_nocase(n[i].name, domain) && leads_back(w, &n[i]))
			return n[i].name;
	for (size_t i = 0; i < w->names; i++)
		if (is_below(n[i].name, domain) && leads_back(w, &n[i]))
			return n[i].name;
	for (size_t i = 0; i < w->names; i++)
		if (leads_back(w, &n[i]))
			return n[i].name;
	return (struct span){NULL, 0};
}
