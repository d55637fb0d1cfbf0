/*
 * check_host() (RFC 7208, 4): the record of a domain is read all through, then its directives are
 * asked one after another until one matches. An include is the same for another domain, and a
 * redirect goes on with another record; both count as look-ups, of which there are ten, so that is
 * also how deep it goes. Whatever is asked of the DNS goes through the message's budget, and what
 * that does not allow is a temperror.
 *
 * Where a record names several domains, all that may still be asked are told beforehand
 * (dns_soon()), so the delay is that of the longest chain and not of their sum.
 */
#include "auth/spf.h"

#include "auth/spf_work.h"
#include "base/utf8.h"
#include "mail/domain.h"

#include <errno.h>

#define NO_MEMORY    "memory is short"
#define NO_ANSWER    "the DNS did not answer"
#define NO_BUDGET    "the questions or the time that a message may cost are used up"
#define NO_TARGET    "a redirect to a domain without a record"
#define TOO_MANY     "more than ten terms that look up (RFC 7208, 4.6.4)"
#define TOO_MANY_MX  "an mx term with more than ten names (RFC 7208, 4.6.4)"
#define TOO_MANY_NIL "more than two terms lead to nothing (RFC 7208, 4.6.4)"

enum match { NO_MATCH, MATCH, STOP };

/* What a term came to: whether it matches, or the error that ends all. */
struct outcome {
	enum match match;
	enum spf_result error; /* when match is STOP */
};

static const struct outcome matches = {MATCH, 0}, matches_not = {NO_MATCH, 0};

enum spf_result spf_work_error(struct spf_work *w, enum spf_result result, const char *reason)
{
	if (!w->reason)
		w->reason = reason;
	return result;
}

static struct outcome stop(struct spf_work *w, enum spf_result result, const char *reason)
{
	return (struct outcome){STOP, spf_work_error(w, result, reason)};
}

bool spf_work_lookup(struct spf_work *w)
{
	if (w->lookups == SPF_LOOKUPS_MOST) {
		spf_work_error(w, SPF_PERMERROR, TOO_MANY);
		return false;
	}
	w->lookups++;
	return true;
}

int spf_work_expand(struct spf_work *w, struct span spec, struct span domain, struct span *ret)
{
	if (!spec.n) {
		*ret = domain;
		return 0;
	}
	w->values.domain = domain;
	if (spf_macro_uses(spec, 'p')) {
		/* 4.6.4: asking for the PTR counts, as the ptr term does. */
		if (!w->names_asked && !spf_work_lookup(w))
			return -E2BIG;
		w->values.validated = spf_work_validated(w, domain);
	}
	return spf_macro_expand(spec, SPF_MACRO_NAME, &w->values, w->arena, ret);
}

/* RFC 8616, 4: no name can be made of a local part beyond ASCII, so what would use one matches
 * nothing, and is not asked for. */
static bool unmakable(const struct spf_work *w, struct span spec)
{
	return !utf8_is_ascii(w->values.local) &&
	       (spf_macro_uses(spec, 'l') || spf_macro_uses(spec, 's'));
}

static bool unanswered(const struct dns_answer *a)
{
	return a->status == DNS_TEMPFAIL || a->status == DNS_SPENT;
}

static struct outcome no_answer(struct spf_work *w, const struct dns_answer *a)
{
	return stop(w, SPF_TEMPERROR, a->status == DNS_SPENT ? NO_BUDGET : NO_ANSWER);
}

static struct outcome nothing(struct spf_work *w)
{
	if (++w->voids > SPF_VOIDS_MOST)
		return stop(w, SPF_PERMERROR, TOO_MANY_NIL);
	return matches_not;
}

/* True when an answer is one that leads to nothing (4.6.4). A name that cannot be was not asked. */
static bool is_void(const struct dns_answer *a)
{
	return a->status == DNS_NODATA || a->status == DNS_NXDOMAIN;
}

static struct outcome check_a(struct spf_work *w, const struct spf_term *t, struct span name)
{
	struct dns_answer a;

	spf_work_addresses(w, name, &a);
	if (unanswered(&a))
		return no_answer(w, &a);
	if (is_void(&a))
		return nothing(w);
	return spf_work_among(w, &a, t->v4, t->v6) ? matches : matches_not;
}

static struct outcome check_mx(struct spf_work *w, const struct spf_term *t, struct span name)
{
	enum dns_type family = w->values.ip.family == IP_V4 ? DNS_A : DNS_AAAA;
	struct dns_answer mx, a;
	bool led = false;

	dns_ask(w->dns, name, DNS_MX, w->arena, &mx);
	if (unanswered(&mx))
		return no_answer(w, &mx);
	if (is_void(&mx))
		return nothing(w);
	if (mx.status == DNS_UNFIT)
		return matches_not;
	for (size_t i = 0; i < mx.n && i < SPF_NAMES_MOST; i++)
		dns_soon(w->dns, mx.record[i].text, family);
	for (size_t i = 0; i < mx.n; i++) {
		if (i == SPF_NAMES_MOST)
			return stop(w, SPF_PERMERROR, TOO_MANY_MX);
		spf_work_addresses(w, mx.record[i].text, &a);
		if (unanswered(&a))
			return no_answer(w, &a);
		if (spf_work_among(w, &a, t->v4, t->v6))
			return matches;
		led = led || !is_void(&a);
	}
	return led ? matches_not : nothing(w);
}

static struct outcome check_exists(struct spf_work *w, struct span name)
{
	struct dns_answer a;

	dns_ask(w->dns, name, DNS_A, w->arena, &a); /* 5.7: A, whatever the client's family */
	if (unanswered(&a))
		return no_answer(w, &a);
	if (is_void(&a))
		return nothing(w);
	return a.n ? matches : matches_not;
}

static struct outcome check_ptr(struct spf_work *w, struct span name)
{
	if (spf_work_ptr(w, name))
		return matches;
	return w->spent ? stop(w, SPF_TEMPERROR, NO_BUDGET) : matches_not;
}

static enum spf_result check_host(
	struct spf_work *w, struct span domain, struct span *ret_term, bool outermost);

static struct outcome check_include(struct spf_work *w, struct span name)
{
	struct span term;

	switch (check_host(w, name, &term, false)) { /* 5.2 */
	case SPF_PASS: return matches;
	case SPF_TEMPERROR: return (struct outcome){STOP, SPF_TEMPERROR};
	case SPF_PERMERROR: return (struct outcome){STOP, SPF_PERMERROR};
	case SPF_NONE: return stop(w, SPF_PERMERROR, "an include of a domain without a record");
	default: return matches_not;
	}
}

static struct outcome check_named(struct spf_work *w, const struct spf_term *t, struct span domain)
{
	struct span name = domain;
	int failed = 0;

	if (!spf_work_lookup(w))
		return (struct outcome){STOP, SPF_PERMERROR};
	if (unmakable(w, t->domain))
		return matches_not;
	failed = spf_work_expand(w, t->domain, domain, &name);
	if (failed == -E2BIG)
		return (struct outcome){STOP, SPF_PERMERROR};
	if (failed)
		return stop(w, SPF_TEMPERROR, NO_MEMORY);
	switch (t->mechanism) {
	case SPF_A: return check_a(w, t, name);
	case SPF_MX: return check_mx(w, t, name);
	case SPF_PTR: return check_ptr(w, name);
	case SPF_EXISTS: return check_exists(w, name);
	default: return check_include(w, name);
	}
}

static struct outcome check_term(struct spf_work *w, const struct spf_term *t, struct span domain)
{
	switch (t->mechanism) {
	case SPF_ALL: return matches;
	case SPF_IP4:
	case SPF_IP6: return prefix_has(&t->net, &w->values.ip) ? matches : matches_not;
	default: return check_named(w, t, domain);
	}
}

static void soon(struct spf_work *w, const struct spf_term *t, struct span domain)
{
	static const enum dns_type type[] = {
		[SPF_INCLUDE] = DNS_TXT, [SPF_MX] = DNS_MX, [SPF_EXISTS] = DNS_A};
	struct span name;

	if (t->mechanism == SPF_PTR || spf_macro_uses(t->domain, 'p') || unmakable(w, t->domain) ||
		spf_work_expand(w, t->domain, domain, &name) < 0)
		return;
	if (t->mechanism == SPF_A)
		dns_soon(w->dns, name, w->values.ip.family == IP_V4 ? DNS_A : DNS_AAAA);
	else
		dns_soon(w->dns, name, type[t->mechanism]);
}

/* Tells what a record's terms will ask for, from the first that looks up: up to those that the
 * address decides, and no more than may still be looked up. */
static void all_soon(struct spf_work *w, const struct spf_record *r, struct span domain)
{
	unsigned left = SPF_LOOKUPS_MOST - w->lookups;
	struct span rest = r->terms;
	struct spf_term t;

	while (left && spf_record_next(&rest, &t)) {
		if (spf_record_looks_up(t.mechanism)) {
			soon(w, &t, domain);
			left--;
		} else if (check_term(w, &t, domain).match == MATCH) {
			return;
		}
	}
}

/* The one SPF record of a domain (4.4, 4.5): SPF_PASS stands for "here it is". */
static enum spf_result find_record(struct spf_work *w, struct span domain, struct span *ret_text)
{
	struct dns_answer a;
	size_t found = 0;

	dns_ask(w->dns, domain, DNS_TXT, w->arena, &a);
	if (unanswered(&a))
		return no_answer(w, &a).error;
	for (size_t i = 0; i < a.n; i++)
		if (spf_record_is(a.record[i].text)) {
			*ret_text = a.record[i].text;
			found++;
		}
	if (found > 1)
		return spf_work_error(w, SPF_PERMERROR, "more than one SPF record");
	return found ? SPF_PASS : SPF_NONE;
}

/* Directives in order; MATCH fills *ret_result and *ret_term. */
static enum match check_terms(struct spf_work *w, const struct spf_record *r, struct span domain,
	enum spf_result *ret_result, struct span *ret_term)
{
	struct span rest = r->terms;
	struct spf_term t;
	bool told = false;

	while (spf_record_next(&rest, &t)) {
		if (!told && spf_record_looks_up(t.mechanism)) {
			all_soon(w, r, domain);
			told = true;
		}
		struct outcome got = check_term(w, &t, domain);

		if (got.match == NO_MATCH)
			continue;
		*ret_term = t.text;
		*ret_result = got.match == MATCH ? t.result : got.error;
		return got.match;
	}
	return NO_MATCH;
}

static enum spf_result redirect(struct spf_work *w, struct span spec, struct span *domain)
{
	int failed;

	if (!spf_work_lookup(w))
		return SPF_PERMERROR;
	if (unmakable(w, spec)) /* 6.1: a name that is none */
		return spf_work_error(w, SPF_PERMERROR, NO_TARGET);
	failed = spf_work_expand(w, spec, *domain, domain);
	if (failed == -E2BIG)
		return SPF_PERMERROR;
	return failed ? spf_work_error(w, SPF_TEMPERROR, NO_MEMORY) : SPF_PASS;
}

static enum spf_result check_host(
	struct spf_work *w, struct span domain, struct span *ret_term, bool outermost)
{
	struct spf_record r;
	enum spf_result result;
	struct span text;

	*ret_term = (struct span){NULL, 0};
	for (bool redirected = false;; redirected = true) {
		result = find_record(w, domain, &text);
		if (result == SPF_NONE && redirected) /* 6.1 */
			return spf_work_error(w, SPF_PERMERROR, NO_TARGET);
		if (result != SPF_PASS)
			return result;
		const char *wrong = spf_record_parse(text, &r);

		if (wrong)
			return spf_work_error(w, SPF_PERMERROR, wrong);
		if (check_terms(w, &r, domain, &result, ret_term) != NO_MATCH)
			break;
		if (!r.redirect.n)
			return SPF_NEUTRAL; /* 4.7 */
		result = redirect(w, r.redirect, &domain);
		if (result != SPF_PASS)
			return result;
	}
	/* 6.2: an exp= counts only in the record that decides, never in one that is included. */
	if (outermost && result == SPF_FAIL) {
		w->explanation_at = r.exp;
		w->explanation_domain = domain;
	}
	return result;
}

struct span spf_work_explain(struct spf_work *w)
{
	struct span none = {NULL, 0}, name, text;
	struct dns_answer a;

	if (!w->explanation_at.n || unmakable(w, w->explanation_at) ||
		spf_work_expand(w, w->explanation_at, w->explanation_domain, &name) < 0)
		return none;
	dns_ask(w->dns, name, DNS_TXT, w->arena, &a);
	if (a.n != 1 || !utf8_is_ascii(a.record[0].text) ||
		!spf_macro_valid(a.record[0].text, SPF_MACRO_TEXT))
		return none;
	if (spf_macro_uses(a.record[0].text, 'p'))
		w->values.validated = spf_work_validated(w, w->explanation_domain);
	w->values.domain = w->explanation_domain;
	if (spf_macro_expand(a.record[0].text, SPF_MACRO_TEXT, &w->values, w->arena, &text) < 0)
		return none;
	return utf8_is_ascii(text) ? text : none; /* 6.2: it goes into a reply of SMTP */
}

/* 4.3: a domain of one label, or that is none at all, has no record. */
static bool may_have_record(struct span domain)
{
	char name[DNS_NAME];

	return dns_name(domain, name) > 0 && strchr(name, '.') && name[0] != '[';
}

/* In A-labels (4.3; RFC 8616, 4); as it stands when there are none for it. */
static struct span to_ascii(struct arena *arena, struct span domain)
{
	struct span ascii;

	if (utf8_is_ascii(domain) || domain_to_ascii(arena, domain, &ascii) < 0)
		return domain;
	return ascii;
}

static int check(struct spf_work *w, struct spf *ret)
{
	struct spf r = {.domain = w->values.sender};

	if (w->values.ip.family == IP_NONE)
		w->reason = "the client's address is not known";
	else if (may_have_record(r.domain))
		r.result = check_host(w, r.domain, &r.mechanism, true);
	else
		w->reason = "there is no domain that could have a record";
	r.lookups = w->lookups;
	r.void_lookups = w->voids;
	r.reason = w->reason;
	if (r.result == SPF_FAIL)
		r.explanation = spf_work_explain(w);
	*ret = r;
	return 0;
}

static struct spf_work begin(
	const struct spf_question *q, struct dns_budget *dns, struct arena *arena)
{
	return (struct spf_work){.dns = dns,
		.arena = arena,
		.values = {.ip = q->ip,
			.helo = to_ascii(arena, q->helo),
			.receiver = q->receiver,
			.now = q->now}};
}

int spf_check_helo(
	const struct spf_question *q, struct dns_budget *dns, struct arena *arena, struct spf *ret)
{
	struct spf_work w = begin(q, dns, arena);

	w.values.local = SPAN("postmaster"); /* 2.4 */
	w.values.sender = w.values.helo;
	return check(&w, ret);
}

int spf_check(
	const struct spf_question *q, struct dns_budget *dns, struct arena *arena, struct spf *ret)
{
	struct spf_work w = begin(q, dns, arena);
	ssize_t at = span_rindex(q->mail_from, '@');
	int failed;

	if (!q->mail_from.n) {
		failed = spf_check_helo(q, dns, arena, ret);
		if (!failed)
			ret->of_helo = true;
		return failed;
	}
	w.values.sender = to_ascii(arena, span_skip(q->mail_from, (size_t)(at + 1)));
	w.values.local =
		at > 0 ? span_take(q->mail_from, (size_t)at) : SPAN("postmaster"); /* 4.3 */
	return check(&w, ret);
}
