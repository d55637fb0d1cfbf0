/*
 * Three steps: find the record that applies to the From domain and, on the way, the organisational
 * domain; see whether an SPF or DKIM pass is aligned with it; read off what the owner asks for.
 *
 * By the suffix list there are two places where the record may be. By tree walk (RFC 9989, 4.10)
 * there are up to eight, asked from the From domain upwards, and the records on the way say which
 * of their domains is the organisational one. Whether another domain has the same is then known
 * without walking it to the top: it must stand below, and no record on the way there may end its
 * walk (psd=).
 */
#include "auth/dmarc_record.h"

#include <errno.h>
#include <stdio.h>

#define WALK_MOST   8 /* RFC 9989, 4.10: questions of a walk */
#define LABELS_MOST 7 /* labels that are left of a longer name behind its first question */

/* What is at one name. */
struct place {
	struct span name;
	bool there, lost; /* a record that counts; the DNS did not answer */
	bool several;
	struct dmarc_record record;
};

struct work {
	const struct dmarc_question *q;
	struct dns_budget *dns;
	struct arena *arena;
	struct span from, organisation;
	struct place applies; /* where the record is that applies, when it is there */
	bool unsure; /* whether that is the organisational domain: the DNS did not answer */
};

static bool record_name(struct span domain, char *to)
{
	return domain.n && domain.n + 8 < DNS_NAME &&
	       snprintf(to, DNS_NAME, "_dmarc.%.*s", SPAN_ARG(domain)) > 0;
}

static struct place look(struct work *w, struct span domain)
{
	struct place p = {.name = domain};
	char name[DNS_NAME];
	struct dns_answer a;
	size_t found = 0;

	if (!record_name(domain, name))
		return p;
	dns_ask(w->dns, span_cstr(name), DNS_TXT, w->arena, &a);
	p.lost = a.status == DNS_TEMPFAIL || a.status == DNS_SPENT;
	for (size_t i = 0; i < a.n; i++)
		found += dmarc_record_parse(a.record[i].text, &p.record);
	p.there = found == 1;
	p.several = found > 1;
	return p;
}

static bool is_below(struct span name, struct span domain)
{
	return name.n > domain.n && name.p[name.n - domain.n - 1] == '.' &&
	       span_ends_nocase(name, domain);
}

static size_t labels(struct span name)
{
	size_t n = name.n > 0;

	for (size_t i = 0; i < name.n; i++)
		n += name.p[i] == '.';
	return n;
}

static struct span parent(struct span name)
{
	ssize_t dot = span_index(name, '.');

	return dot < 0 ? (struct span){NULL, 0} : span_skip(name, (size_t)dot + 1);
}

/* The name that a walk asks for next (RFC 9989, 4.10, steps 4 and 7); empty at the end. */
static struct span next_up(struct span name)
{
	name = parent(name);
	while (labels(name) > LABELS_MOST)
		name = parent(name);
	return name;
}

/* One label below `up`, of a name that stands below it. */
static struct span one_below(struct span name, struct span up)
{
	while (parent(name).n > up.n)
		name = parent(name);
	return name;
}

static bool same(struct span a, struct span b)
{
	return span_eq_nocase(a, b);
}

/* The organisational domain by RFC 7489, 3.2; a bare suffix is its own. */
static struct span registered(const struct dmarc_question *q, struct span domain)
{
	struct span r = q->domains ? domain_registrable(q->domains, domain) : domain;

	return r.n ? r : domain;
}

/* RFC 7489, 6.6.3. Returns false when the DNS did not answer. */
static bool find_by_list(struct work *w)
{
	w->organisation = registered(w->q, w->from);
	w->applies = look(w, w->from);
	if (w->applies.there || w->applies.lost || w->applies.several ||
		same(w->from, w->organisation))
		return !w->applies.lost;
	w->applies = look(w, w->organisation);
	return !w->applies.lost;
}

/* What a walk from the From domain came by: of all records the last is at the fewest labels. */
struct walk {
	struct place first, last, below; /* at the start; at the top; at one_below() a psd=y */
	bool lost;
};

/* RFC 9989, 4.10 and 4.10.2: w->organisation. */
static struct walk walk_up(struct work *w)
{
	struct walk walk = {.first = look(w, w->from)};
	struct place p = walk.first, before = p;

	w->organisation = w->from;
	while (p.name.n) {
		walk.lost = walk.lost || p.lost;
		if (p.there) {
			walk.below = before;
			walk.last = p;
			w->organisation = p.name;
		}
		if (p.there && p.record.psd == DMARC_PSD_YES && !same(p.name, w->from))
			w->organisation = one_below(w->from, p.name);
		if (p.there && p.record.psd != DMARC_PSD_UNSAID)
			break;
		before = p;
		p.name = next_up(p.name);
		if (p.name.n)
			p = look(w, p.name);
	}
	return walk;
}

/* RFC 9989, 4.10.1: the record of the domain itself, of the organisational one, or of the suffix.
 */
static bool find_by_walk(struct work *w)
{
	struct walk walk = walk_up(w);

	w->applies = walk.first;
	if (!walk.first.there && walk.below.there && same(walk.below.name, w->organisation))
		w->applies = walk.below;
	else if (!walk.first.there && walk.last.there)
		w->applies = walk.last;
	/* A name that did not answer may have had the record, or have ended the walk. */
	w->unsure = walk.lost;
	return !walk.lost || walk.first.there;
}

/* True when a walk from domain, which stands below the organisational one, comes up to it
 * (RFC 9989, 4.10.2). */
static bool leads_to_organisation(struct work *w, struct span domain, bool *lost)
{
	while (domain.n && is_below(domain, w->organisation)) {
		struct place p = look(w, domain);

		*lost = *lost || p.lost;
		if (p.lost || (p.there && p.record.psd != DMARC_PSD_UNSAID))
			return false;
		domain = next_up(domain);
	}
	return true;
}

/* RFC 7489, 3.1; RFC 9989, 4.4. *lost is set when the DNS did not answer for it. */
static bool is_aligned(struct work *w, struct span domain, bool strict, bool *lost)
{
	if (!domain.n || same(domain, w->from) || strict)
		return domain.n && same(domain, w->from);
	if (w->unsure) {
		*lost = true;
		return false;
	}
	if (w->q->org == DMARC_BY_SUFFIX_LIST)
		return same(registered(w->q, domain), w->organisation);
	if (same(domain, w->organisation))
		return true;
	return is_below(domain, w->organisation) && leads_to_organisation(w, domain, lost);
}

/* In lower-case A-labels (RFC 9989, 5.3.1); empty when it is no name. */
static struct span fit(struct arena *arena, struct span domain)
{
	struct span ascii;
	char name[DNS_NAME];
	int n;

	if (!domain.n || domain.p[0] == '[')
		return (struct span){NULL, 0};
	if (domain_to_ascii(arena, domain, &ascii) < 0)
		ascii = domain;
	n = dns_name(ascii, name);
	return n < 0 ? (struct span){NULL, 0} : arena_copy(arena, (struct span){name, (size_t)n});
}

/* Whether a result that did not come, for want of an answer, would matter. */
static bool align_spf(struct work *w, struct dmarc *d)
{
	const struct spf *spf = w->q->spf;
	bool lost = false, strict = w->applies.record.strict_spf;

	if (!spf || (spf->result != SPF_PASS && spf->result != SPF_TEMPERROR))
		return false;
	bool aligned = is_aligned(w, fit(w->arena, spf->domain), strict, &lost);

	d->spf_aligned = aligned && spf->result == SPF_PASS;
	return lost || (aligned && spf->result == SPF_TEMPERROR);
}

static bool align_dkim(struct work *w, struct dmarc *d)
{
	const struct dkim *dkim = w->q->dkim;
	bool lost = false, strict = w->applies.record.strict_dkim;

	for (size_t i = 0; dkim && i < dkim->n && !d->dkim_aligned; i++) {
		const struct dkim_signature *s = &dkim->signature[i];

		if (s->result != DKIM_PASS && s->result != DKIM_TEMPERROR)
			continue;
		bool aligned = is_aligned(w, fit(w->arena, s->domain), strict, &lost);

		d->dkim_aligned = aligned && s->result == DKIM_PASS;
		lost = lost || (aligned && s->result == DKIM_TEMPERROR);
	}
	return lost;
}

/* RFC 9989, 3.2: there is no such name. What does not answer is taken to be there. */
static bool is_there(struct work *w)
{
	struct dns_answer a;

	dns_ask(w->dns, w->from, DNS_A, w->arena, &a);
	return a.status != DNS_NXDOMAIN;
}

static enum dmarc_policy policy(struct work *w)
{
	const struct dmarc_record *r = &w->applies.record;

	if (same(w->applies.name, w->from))
		return r->p.policy;
	if (r->np.tag == DMARC_TAG_GOOD && !is_there(w))
		return r->np.policy;
	return r->sp.tag == DMARC_TAG_GOOD ? r->sp.policy : r->p.policy;
}

/* One step down: for the share that pct= leaves out (RFC 7489, 6.6.4), and in a test
 * (RFC 9989, 4.7). */
static enum dmarc_policy milder(enum dmarc_policy p)
{
	return p == DMARC_ASK_REJECT ? DMARC_ASK_QUARANTINE : DMARC_ASK_NONE;
}

static void settle(struct work *w, struct dmarc *d, bool lost)
{
	d->pct = w->q->org == DMARC_BY_SUFFIX_LIST ? w->applies.record.pct : 100;
	d->testing = w->applies.record.testing;
	d->policy = policy(w);
	if (d->spf_aligned || d->dkim_aligned) {
		d->result = DMARC_PASS;
		return;
	}
	d->result = lost ? DMARC_TEMPERROR : DMARC_FAIL;
	d->reason =
		lost ? "the DNS did not answer for SPF, a signature or a domain that may be aligned"
		     : "neither SPF nor a signature passes for this domain";
	if (lost)
		return;
	d->apply = d->policy;
	if (d->testing || w->q->draw >= d->pct)
		d->apply = milder(d->policy);
}

static void judge(struct work *w, struct dmarc *d)
{
	bool by_list = w->q->org == DMARC_BY_SUFFIX_LIST;
	bool answered = by_list ? find_by_list(w) : find_by_walk(w);

	d->organisation = w->organisation;
	if (!answered) {
		d->result = DMARC_TEMPERROR;
		d->reason = "the DNS did not answer whether there is a record";
	} else if (!w->applies.there) {
		d->reason =
			w->applies.several ? "there is more than one record" : "there is no record";
	} else if (!dmarc_record_settle(&w->applies.record, by_list)) {
		d->found_at = w->applies.name;
		d->result = DMARC_PERMERROR;
		d->reason = "the record has a policy that is none";
	} else {
		d->found_at = w->applies.name;
		bool spf_lost = align_spf(w, d), dkim_lost = align_dkim(w, d);

		settle(w, d, spf_lost || dkim_lost);
	}
}

int dmarc_check(const struct dmarc_question *q, struct dns_budget *dns, struct arena *arena,
	struct dmarc *ret)
{
	struct work w = {.q = q, .dns = dns, .arena = arena, .from = fit(arena, q->from)};
	struct dmarc d = {.from = w.from, .pct = 100};

	if (w.from.n)
		judge(&w, &d);
	else
		d.reason = "there is no one domain that it is from";
	*ret = d;
	return 0;
}

void dmarc_soon(const struct dmarc_question *q, struct dns_budget *dns, struct arena *arena)
{
	struct span name = fit(arena, q->from);
	char at[DNS_NAME];

	if (record_name(name, at))
		dns_soon(dns, span_cstr(at), DNS_TXT);
	if (q->org == DMARC_BY_SUFFIX_LIST) {
		struct span up = registered(q, name);

		if (!same(up, name) && record_name(up, at))
			dns_soon(dns, span_cstr(at), DNS_TXT);
		return;
	}
	while ((name = next_up(name)).n)
		if (record_name(name, at))
			dns_soon(dns, span_cstr(at), DNS_TXT);
}
