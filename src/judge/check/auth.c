/*
 * What the receiving site found when it authenticated the sender. Anybody can write an
 * Authentication-Results field (RFC 8601, 5), so only one that stands above the last believed
 * Received line counts. Signatures are counted as claims: they are not verified here.
 */
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"auth/dmarc-fail", "auth/dmarc-pass", "auth/spf-fail",
	"auth/spf-softfail", "auth/spf-pass", "auth/spf-none", "auth/dkim-fail", "auth/dkim-pass",
	"auth/dkim-none", "auth/arc-pass", "auth/signed-aligned", "auth/signed-other",
	"auth/unsigned", "auth/results-forged", NULL};

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

/* A field's value: authserv-id; method=result ...; method=result ... (RFC 8601, 2.2). */
static void read_results(const struct check_input *in, struct findings *out, struct span value)
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
			finding_add(in, out, &check_auth, name, piece,
				"The receiving site noted: %.*s", SPAN_ARG(span_take(piece, 120)));
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

static void look_at_signers(const struct check_input *in, struct findings *out)
{
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
	size_t read = 0;

	look_at_signers(in, out);
	for (size_t i = 0; i < fields->n && read < 5; i++) {
		const struct field *f = &fields->at[i];

		if (f->id != FIELD_AUTHENTICATION_RESULTS)
			continue;
		if (is_believed(in, f)) {
			read++;
			read_results(in, out, f->value);
		} else if (!in->is_list && in->own_domain.n && is_ours(in, f->value)) {
			finding_add(in, out, &check_auth, "auth/results-forged", f->value,
				"A result in the receiving site's name stands where the site did "
				"not write");
		}
	}
}

const struct check check_auth = {
	"auth", "what is known or claimed of the sender's authentication", variants, run};
