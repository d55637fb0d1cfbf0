/*
 * "name = value" between semicolons; of a tag that is there twice the first counts. Names and
 * values are compared without case, as their grammar has it, but for the version.
 */
#include "auth/dmarc_record.h"

static const char *const policies[] = {"none", "quarantine", "reject"};

static void read_wish(struct span value, struct dmarc_wish *w)
{
	if (w->tag != DMARC_TAG_ABSENT)
		return;
	w->tag = DMARC_TAG_WRONG;
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++)
		if (span_eq_nocase(value, span_cstr(policies[i])))
			*w = (struct dmarc_wish){DMARC_TAG_GOOD, (enum dmarc_policy)i};
}

static bool is_letter(struct span value, char letter)
{
	return value.n == 1 && ascii_lower(value.p[0]) == letter;
}

/* A scheme, ':' and something behind it. */
static bool is_uri(struct span s)
{
	size_t n = 0;

	s = span_trim(s);
	while (n < s.n &&
		(ascii_is_alnum(s.p[n]) || s.p[n] == '+' || s.p[n] == '-' || s.p[n] == '.'))
		n++;
	return n && ascii_is_alpha(s.p[0]) && n + 1 < s.n && s.p[n] == ':';
}

static bool any_uri(struct span list)
{
	struct span one;

	while (span_cut(&list, ',', &one))
		if (is_uri(one))
			return true;
	return false;
}

static void read_psd(struct span value, struct dmarc_record *r)
{
	r->psd = is_letter(value, 'y')   ? DMARC_PSD_YES
		 : is_letter(value, 'n') ? DMARC_PSD_NO
					 : DMARC_PSD_UNSAID;
}

enum tag { P, SP, NP, ADKIM, ASPF, T, PSD, RUA, PCT, TAGS };

static void read_tag(enum tag tag, struct span value, struct dmarc_record *r)
{
	unsigned long long pct;

	switch (tag) {
	case P: read_wish(value, &r->p); break;
	case SP: read_wish(value, &r->sp); break;
	case NP: read_wish(value, &r->np); break;
	case ADKIM: r->strict_dkim = is_letter(value, 's'); break;
	case ASPF: r->strict_spf = is_letter(value, 's'); break;
	case T: r->testing = is_letter(value, 'y'); break;
	case PSD: read_psd(value, r); break;
	case RUA: r->reported = any_uri(value); break;
	case PCT: r->pct = span_number(value, 100, &pct) < 0 ? 100 : (unsigned)pct; break;
	case TAGS: break;
	}
}

static enum tag tag_of(struct span name)
{
	static const char *const names[] = {
		"p", "sp", "np", "adkim", "aspf", "t", "psd", "rua", "pct"};
	size_t i = 0;

	while (i < TAGS && !span_eq_nocase(name, span_cstr(names[i])))
		i++;
	return (enum tag)i;
}

/* The two sides of '='; false without one. */
static bool sides(struct span s, struct span *ret_name, struct span *ret_value)
{
	ssize_t equals = span_index(s, '=');

	if (equals < 0)
		return false;
	*ret_name = span_trim(span_take(s, (size_t)equals));
	*ret_value = span_trim(span_skip(s, (size_t)equals + 1));
	return true;
}

bool dmarc_record_parse(struct span text, struct dmarc_record *ret)
{
	struct dmarc_record r = {.pct = 100};
	struct span piece, name, value;
	unsigned seen = 0;

	if (!span_cut(&text, ';', &piece) || !sides(piece, &name, &value) || name.p != piece.p ||
		!span_eq_nocase(name, SPAN("v")) || !span_eq(value, SPAN("DMARC1")))
		return false;
	while (span_cut(&text, ';', &piece)) {
		if (!sides(piece, &name, &value))
			continue;
		enum tag tag = tag_of(name);

		if (!(seen & 1u << tag))
			read_tag(tag, value, &r);
		seen |= 1u << tag;
	}
	*ret = r;
	return true;
}

bool dmarc_record_settle(struct dmarc_record *r, bool must_have_p)
{
	static const struct dmarc_wish none = {DMARC_TAG_GOOD, DMARC_ASK_NONE};
	bool wrong = r->p.tag == DMARC_TAG_WRONG || r->sp.tag == DMARC_TAG_WRONG ||
		     r->np.tag == DMARC_TAG_WRONG || (must_have_p && r->p.tag == DMARC_TAG_ABSENT);

	if (wrong && !r->reported)
		return false;
	if (wrong)
		r->p = r->sp = r->np = none;
	if (r->p.tag == DMARC_TAG_ABSENT)
		r->p = none;
	return true;
}
