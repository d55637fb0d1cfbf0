/*
 * What is known of the sender: what we proved ourselves (auth/auth.h), where we did. Mail that was
 * stored tells only what the receiving site noted then. Anybody can write an Authentication-Results
 * field (RFC 8601, 5), so only one that stands above the last believed Received line counts; and
 * signatures are then counted as claims. Either way the findings have the same names, so what is
 * learned from stored mail holds for mail that comes in.
 *
 * SPF is about the way that the mail took, so it fails for whatever is handed on with its sender
 * kept (RFC 7208, appendix D). Where a signature proves the author all the same, or those who handed it on
 * sealed it, that is another finding than a failure that nothing explains.
 */
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"auth/dmarc-fail", "auth/dmarc-pass", "auth/spf-fail",
	"auth/spf-softfail", "auth/spf-pass", "auth/spf-none", "auth/dkim-fail", "auth/dkim-pass",
	"auth/dkim-none", "auth/arc-pass", "auth/signed-aligned", "auth/signed-other",
	"auth/unsigned", "auth/results-forged", "auth/dmarc-reject", "auth/dkim-own",
	"auth/helo-other", "auth/helo-nowhere", "auth/reverse-none", "auth/reverse-fail",
	"auth/spf-forwarded", NULL};

/* What one method's result is called; NULL for results that tell nothing. */
static const char *result_name(struct span method, struct span result)
{
	static const struct {
		const char *method, *result, *name;
	} names[] = {
		{"dmarc", "fail", "auth/dmarc-fail"},
		{"dmarc", "pass", "auth/dmarc-pass"},
		{"spf", "fail", "auth/spf-fail"},
		{"spf", "hardfail", "auth/spf-fail"},
		{"spf", "softfail", "auth/spf-softfail"},
		{"spf", "pass", "auth/spf-pass"},
		{"spf", "none", "auth/spf-none"},
		{"dkim", "fail", "auth/dkim-fail"},
		{"dkim", "permerror", "auth/dkim-fail"},
		{"dkim", "pass", "auth/dkim-pass"},
		{"dkim", "none", "auth/dkim-none"},
		{"arc", "pass", "auth/arc-pass"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq_nocase(method, span_cstr(names[i].method)) &&
			span_eq_nocase(result, span_cstr(names[i].result)))
			return names[i].name;
	return NULL;
}

/* What the site noted of SPF, until it is known what else it noted. */
struct noted {
	const char *spf; /* a finding's name; NULL for no failure */
	struct span piece;
	bool proven; /* by DMARC or ARC */
};

static void tell_noted(
	const struct check_input *in, struct findings *out, const char *name, struct span piece)
{
	finding_add(in, out, &check_auth, name, piece, "The receiving site noted: %.*s",
		SPAN_ARG(span_take(piece, 120)));
}

static void note(const struct check_input *in, struct findings *out, const char *name,
	struct span piece, struct noted *noted)
{
	if (!strcmp(name, "auth/spf-fail") || !strcmp(name, "auth/spf-softfail")) {
		noted->spf = name;
		noted->piece = piece;
		return;
	}
	noted->proven |= !strcmp(name, "auth/dmarc-pass") || !strcmp(name, "auth/arc-pass");
	tell_noted(in, out, name, piece);
}

/* A field's value: authserv-id; method=result ...; method=result ... (RFC 8601, 2.2). */
static void read_results(const struct check_input *in, struct findings *out, struct span value,
	struct noted *noted)
{
	struct span rest = value, piece;

	span_cut(&rest, ';', &piece);
	while (span_cut(&rest, ';', &piece)) {
		piece = span_trim(piece);
		ssize_t equals = span_index(piece, '=');
		size_t n = 0;

		if (equals <= 0)
			continue;
		struct span result = span_trim(span_skip(piece, (size_t)equals + 1));

		while (n < result.n && ascii_is_alpha(result.p[n]))
			n++;
		const char *name = result_name(
			span_trim(span_take(piece, (size_t)equals)), span_take(result, n));

		if (name)
			note(in, out, name, piece, noted);
	}
}

/* True when the field stands where only the receiving site writes. */
static bool is_believed(const struct check_input *in, const struct field *f)
{
	ssize_t last = in->chain->boundary;

	return last >= 0 && (size_t)last < in->chain->hops && in->chain->hop[last].field &&
	       f->value.p < in->chain->hop[last].field->value.p;
}

/* True when the field claims to be written by the receiving site: its authserv-id is ours. */
static bool is_ours(const struct check_input *in, struct span value)
{
	struct span rest = span_take(value, 300), id;

	return span_cut(&rest, ';', &id) && span_find_nocase(id, in->own_domain) >= 0;
}

#define ADD(name, evidence, ...) finding_add(in, out, &check_auth, name, evidence, __VA_ARGS__)

static void tell_client(const struct check_input *in, struct findings *out)
{
	const struct auth *a = in->auth;
	struct span helo = a->spf_helo.domain;

	if (a->helo == IPREV_HELO_OTHER)
		ADD("auth/helo-other", helo,
			"The sender's machine called itself %.*s, which is another",
			SPAN_ARG(helo));
	if (a->helo == IPREV_HELO_NOWHERE)
		ADD("auth/helo-nowhere", helo,
			"The sender's machine called itself %.*s, which has no address",
			SPAN_ARG(helo));
	if (a->iprev == IPREV_PERMERROR)
		ADD("auth/reverse-none", (struct span){0},
			"The address that the mail came from has no name");
	if (a->iprev == IPREV_FAIL)
		ADD("auth/reverse-fail", (struct span){0},
			"The names of the address that the mail came from do not lead back to it");
}

/* True for a signature of the From domain, or one below or above it. */
static bool is_own(const struct check_input *in, const struct dkim_signature *s)
{
	return s->result == DKIM_PASS && in->from_domain.n &&
	       span_eq(check_domain(in, s->domain), in->from_domain);
}

/* True when the mail proves whom it is from, or the way it took, without SPF. */
static bool is_proven(const struct check_input *in)
{
	const struct auth *a = in->auth;
	bool own = false;

	for (size_t i = 0; i < a->dkim.n; i++)
		own |= is_own(in, &a->dkim.signature[i]);
	return own || a->dmarc.result == DMARC_PASS || a->arc.result == ARC_PASS;
}

static void tell_spf(const struct check_input *in, struct findings *out)
{
	const struct spf *s = &in->auth->spf;
	struct span domain = s->domain;

	if ((s->result == SPF_FAIL || s->result == SPF_SOFTFAIL) && is_proven(in)) {
		ADD("auth/spf-forwarded", s->mechanism,
			"The mail was handed on by an address that %.*s does not name (SPF), and "
			"proves otherwise whom it is from",
			SPAN_ARG(domain));
		return;
	}
	if (s->result == SPF_FAIL)
		ADD("auth/spf-fail", s->mechanism,
			"The owner of %.*s says that its mail does not come from this address (SPF "
			"%.*s)",
			SPAN_ARG(domain), SPAN_ARG(s->mechanism));
	if (s->result == SPF_SOFTFAIL)
		ADD("auth/spf-softfail", s->mechanism,
			"The owner of %.*s says that its mail should not come from this address",
			SPAN_ARG(domain));
	if (s->result == SPF_PASS)
		ADD("auth/spf-pass", domain, "This address may send for %.*s (SPF)",
			SPAN_ARG(domain));
	if (s->result == SPF_NONE)
		ADD("auth/spf-none", domain, "The owner of %.*s does not say who may send for it",
			SPAN_ARG(domain));
}

static void tell_signature(
	const struct check_input *in, struct findings *out, const struct dkim_signature *s)
{
	if (s->result == DKIM_FAIL || s->result == DKIM_PERMERROR)
		ADD("auth/dkim-fail", s->domain,
			"A signature in the name of %.*s does not hold: %s", SPAN_ARG(s->domain),
			s->reason ? s->reason : "it does not match");
	if (s->result != DKIM_PASS)
		return;
	ADD("auth/dkim-pass", s->domain, "A signature of %.*s holds", SPAN_ARG(s->domain));
	if (is_own(in, s))
		ADD("auth/dkim-own", s->domain,
			"A signature of %.*s holds, the domain that the mail says it is from",
			SPAN_ARG(s->domain));
}

static void tell_dmarc(const struct check_input *in, struct findings *out)
{
	const struct dmarc *d = &in->auth->dmarc;

	if (d->result == DMARC_PASS)
		ADD("auth/dmarc-pass", d->from, "It is proven that the mail is from %.*s (DMARC)",
			SPAN_ARG(d->from));
	if (d->result != DMARC_FAIL)
		return;
	ADD("auth/dmarc-fail", d->from,
		"The mail says that it is from %.*s, and neither SPF nor a signature proves it",
		SPAN_ARG(d->from));
	if (d->policy == DMARC_ASK_REJECT)
		ADD("auth/dmarc-reject", d->from,
			"The owner of %.*s asks that such mail be refused (DMARC p=reject)",
			SPAN_ARG(d->found_at));
}

/* What we proved ourselves. What the DNS did not answer for is no finding. */
static void tell_proven(const struct check_input *in, struct findings *out)
{
	const struct auth *a = in->auth;

	if (a->has_client) {
		tell_client(in, out);
		tell_spf(in, out);
	}
	if (!a->dkim.n)
		ADD("auth/dkim-none", (struct span){0}, "The mail bears no signature");
	for (size_t i = 0; i < a->dkim.n; i++)
		tell_signature(in, out, &a->dkim.signature[i]);
	if (a->arc.result == ARC_PASS)
		ADD("auth/arc-pass", (struct span){0},
			"All who handed the mail on have sealed it (ARC)");
	tell_dmarc(in, out);
}

static void look_at_signers(const struct check_input *in, struct findings *out)
{
	if (!in->signers && in->auth && in->auth->dkim.n)
		return; /* there are some, and none holds */
	if (!in->signers) {
		finding_add(in, out, &check_auth, "auth/unsigned", (struct span){0},
			"The mail bears no signature of any domain");
		return;
	}
	for (size_t i = 0; i < in->signers; i++)
		if (span_eq(in->signer[i], in->from_domain)) {
			finding_add(in, out, &check_auth, "auth/signed-aligned", in->signer[i],
				"The mail bears a signature in the name of %.*s",
				SPAN_ARG(in->signer[i]));
			return;
		}
	finding_add(in, out, &check_auth, "auth/signed-other", in->signer[0],
		"The mail is from %.*s but signed by %.*s", SPAN_ARG(in->from_host),
		SPAN_ARG(in->signer[0]));
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct fields *fields = &in->m->part[0].fields;
	struct noted noted = {.spf = NULL};
	size_t read = 0;

	look_at_signers(in, out);
	if (in->auth)
		tell_proven(in, out);
	for (size_t i = 0; i < fields->n && read < 5; i++) {
		const struct field *f = &fields->at[i];

		if (f->id != FIELD_AUTHENTICATION_RESULTS)
			continue;
		if (is_believed(in, f)) {
			read++;
			if (!in->auth)
				read_results(in, out, f->value, &noted);
		} else if (!in->is_list && in->own_domain.n && is_ours(in, f->value)) {
			finding_add(in, out, &check_auth, "auth/results-forged", f->value,
				"A result in the receiving site's name stands where the site did "
				"not write");
		}
	}
	if (noted.spf)
		tell_noted(in, out, noted.proven ? "auth/spf-forwarded" : noted.spf, noted.piece);
}

const struct check check_auth = {
	"auth", "what is known or claimed of the sender's authentication", variants, run};
