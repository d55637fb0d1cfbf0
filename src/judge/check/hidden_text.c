/*
 * Text that the reader cannot see. Newsletters hide one line for the preview, with filler behind
 * it; what is counted here is letters, so filler does not make them look bad.
 */
#include "judge/check/list.h"

static const char *const variants[] = {"hidden-text/preview", "hidden-text/long",
	"hidden-text/most", "hidden-text/zero-width", "hidden-text/zero-width-many",
	"hidden-text/soft-hyphen", "hidden-text/turned", "hidden-text/link", "hidden-text/comments",
	NULL};

/* Preview lines end well below this many letters. */
#define PREVIEW_MOST 400

static size_t letters(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ascii_is_alnum(s.p[i]);
	return n;
}

static void look_at_hidden(const struct check_input *in, struct findings *out)
{
	struct span hidden = in->m->hidden_text;
	size_t n = letters(hidden);

	if (n < 20)
		return;
	size_t seen = letters(in->m->text);

	if (n > PREVIEW_MOST && n > seen)
		finding_add(in, out, &check_hidden_text, "hidden-text/most", hidden,
			"The mail hides more text (%zu letters) than it shows (%zu)", n, seen);
	finding_add(in, out, &check_hidden_text,
		n > PREVIEW_MOST ? "hidden-text/long" : "hidden-text/preview", hidden,
		"The mail hides text from the reader: \"%.*s\"", SPAN_ARG(span_take(hidden, 80)));
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct words_note *odd = in->words.odd;
	const struct words_note *zero = &odd[WORDS_ZERO_WIDTH];
	const struct words_note *turned = &odd[WORDS_TURNED];
	const struct words_note *subject = in->subject_words.odd;

	look_at_hidden(in, out);
	if (subject[WORDS_ZERO_WIDTH].count)
		zero = &subject[WORDS_ZERO_WIDTH];
	if (zero->count)
		finding_add(in, out, &check_hidden_text,
			zero->count >= 5 || zero == &subject[WORDS_ZERO_WIDTH]
				? "hidden-text/zero-width-many"
				: "hidden-text/zero-width",
			zero->first, "Characters without width stand inside words (%u)",
			zero->count);
	/* German newsletters hyphenate their long words; hundreds of hyphens are a disguise. */
	if (odd[WORDS_SOFT_HYPHEN].count * 40 > in->words.folded.n &&
		odd[WORDS_SOFT_HYPHEN].count >= 10)
		finding_add(in, out, &check_hidden_text, "hidden-text/soft-hyphen",
			odd[WORDS_SOFT_HYPHEN].first, "Words are cut up with soft hyphens (%u)",
			odd[WORDS_SOFT_HYPHEN].count);
	if (subject[WORDS_TURNED].count)
		turned = &subject[WORDS_TURNED];
	if (turned->count)
		finding_add(in, out, &check_hidden_text, "hidden-text/turned", turned->first,
			"Controls turn the direction of the text (%u)", turned->count);
	for (size_t i = 0; i < in->m->links && i < 300; i++)
		if (in->m->link[i].hidden && in->m->link[i].kind == LINK_ANCHOR) {
			finding_add(in, out, &check_hidden_text, "hidden-text/link",
				in->m->link[i].target, "A link to %.*s cannot be seen",
				SPAN_ARG(in->m->link[i].host));
			break;
		}
	if (in->m->html.comments > 40 && in->m->html.comments * 20 > in->words.folded.n)
		finding_add(in, out, &check_hidden_text, "hidden-text/comments", (struct span){0},
			"The text is cut up with %u comments", in->m->html.comments);
}

const struct check check_hidden_text = {
	"hidden-text", "text, characters and links that the reader cannot see", variants, run};
