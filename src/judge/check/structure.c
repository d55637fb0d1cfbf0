/*
 * How the mail is built. Mail programs write sound MIME with a text beside the HTML; mass mailers
 * save themselves the trouble. When there are two alternatives they should say the same.
 */
#include "base/hash.h"
#include "judge/check/list.h"

#define X(id, name, words) "structure/" name,
static const char *const odd_names[] = {ANOMALIES(X)};
#undef X

#define X(id, name, words) "structure/" name,
static const char *const variants[] = {"structure/html-only", "structure/html-part-only",
	"structure/alternatives-differ", "structure/empty-text", "structure/no-mime-version",
	"structure/no-charset", "structure/many-tags", "structure/short", "structure/no-subject",
	"structure/plain", "structure/long-subject", "structure/report", ANOMALIES(X) NULL};
#undef X

struct parts_met {
	const struct part *plain, *html; /* the first of each that is shown */
	size_t shown;
};

static struct parts_met meet(const struct message *m)
{
	struct parts_met met = {0};

	for (size_t i = 0; i < m->parts && i < 100; i++) {
		const struct part *p = &m->part[i];

		if (p->kind != PART_LEAF || p->attachment || p->filename.n)
			continue;
		met.shown++;
		if (!met.plain && span_eq(p->type, SPAN("text/plain")))
			met.plain = p;
		if (!met.html && span_eq(p->type, SPAN("text/html")))
			met.html = p;
	}
	return met;
}

/* Words of four ASCII letters or more, as a bit set of their hashes. */
#define BITS 4096

struct bag {
	uint64_t bit[BITS / 64];
	size_t words;
};

/* Puts words into the bag, until most of them were read. Returns the rest of the text. */
static struct span fill(struct bag *bag, struct span text, size_t most)
{
	while (text.n && bag->words < most) {
		uint64_t h = 0;
		size_t n = 0;

		while (n < text.n && ascii_is_alpha(text.p[n])) {
			h = (h ^ (unsigned char)ascii_lower(text.p[n])) * 0x100000001b3ULL;
			n++;
		}
		if (n >= 4) {
			h = hash64_mix(h, 0);
			bag->bit[h % BITS / 64] |= 1ULL << h % 64;
			bag->words++;
		}
		text = span_skip(text, n ? n : 1);
	}
	return text;
}

static int common_bits(const struct bag *a, const struct bag *b)
{
	int n = 0;

	for (size_t i = 0; i < BITS / 64; i++)
		n += __builtin_popcountll(a->bit[i] & b->bit[i]);
	return n;
}

static int bits(const struct bag *a)
{
	return common_bits(a, a);
}

/*
 * Text and HTML that say different things: one is for filters, the other for readers. The visible
 * text holds the alternatives in order, so the words behind those of the plain part are the HTML's.
 * A plain part of a line ("this mail needs HTML") is a habit, not a lie.
 */
static void compare_alternatives(
	const struct check_input *in, struct findings *out, const struct parts_met *met)
{
	const struct part *up = &in->m->part[met->plain->parent];
	struct bag plain = {0}, first = {0}, html = {0};

	if (met->plain > met->html || met->plain->parent != met->html->parent ||
		!span_eq(up->type, SPAN("multipart/alternative")))
		return;
	fill(&plain, span_take(met->plain->content, 20000), 600);
	if (plain.words < 15 || plain.words == 600)
		return;
	struct span rest = fill(&first, in->m->text, plain.words);

	fill(&html, span_take(rest, 40000), 1200);
	int small = bits(&plain) < bits(&html) ? bits(&plain) : bits(&html);

	if (html.words >= 15 && common_bits(&plain, &html) * 5 < small)
		finding_add(in, out, &check_structure, "structure/alternatives-differ",
			span_take(met->plain->content, 200),
			"The text for plain readers says something else than the HTML");
}

static void look_at_parts(const struct check_input *in, struct findings *out)
{
	const struct message *m = in->m;
	struct parts_met met = meet(m);

	if (met.html && !met.plain)
		finding_add(in, out, &check_structure,
			m->parts == 1 ? "structure/html-only" : "structure/html-part-only",
			span_take(met.html->body, 200),
			"The mail is HTML without a plain text beside it");
	if (met.plain && !met.html && m->parts == 1)
		finding_add(in, out, &check_structure, "structure/plain", (struct span){0},
			"The mail is plain text");
	if (met.html && met.plain)
		compare_alternatives(in, out, &met);
	if (met.plain && met.html && met.plain->content.n < 10 && in->words.folded.n > 100)
		finding_add(in, out, &check_structure, "structure/empty-text", met.plain->content,
			"The text for plain readers is empty");
	if (met.html && !met.html->charset.n)
		finding_add(in, out, &check_structure, "structure/no-charset", (struct span){0},
			"The HTML does not say in which characters it is written");
	if (m->html.tags > 50 && m->html.tags * 8 > m->html.visible_bytes)
		finding_add(in, out, &check_structure, "structure/many-tags", (struct span){0},
			"The mail is nearly all markup (%u tags for %u letters)", m->html.tags,
			m->html.visible_bytes);
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct message *m = in->m;

	look_at_parts(in, out);
	if (!in->field[FIELD_MIME_VERSION] && in->field[FIELD_CONTENT_TYPE])
		finding_add(in, out, &check_structure, "structure/no-mime-version",
			(struct span){0},
			"The mail has MIME parts but no MIME-Version (RFC 2045, 4)");
	/* RFC 6522: bounces and receipts. */
	if (span_eq(m->part[0].type, SPAN("multipart/report")))
		finding_add(in, out, &check_structure, "structure/report", m->part[0].head,
			"The mail is a report of a mail server");
	if (!span_trim(in->subject).n)
		finding_add(in, out, &check_structure, "structure/no-subject", in->subject,
			"The mail has no subject");
	if (in->subject.n > 200)
		finding_add(in, out, &check_structure, "structure/long-subject", in->subject,
			"The subject is very long");
	if (in->words.folded.n < 200)
		finding_add(in, out, &check_structure, "structure/short", (struct span){0},
			"The mail has hardly any text");
	for (size_t i = 0; i < ANOMALY_COUNT; i++)
		if (m->odd.count[i])
			finding_add(in, out, &check_structure, odd_names[i], (struct span){0},
				"Met %u times: %s", m->odd.count[i],
				anomaly_words((enum anomaly)i));
}

const struct check check_structure = {
	"structure", "how the mail is built, and what is broken about it", variants, run};
