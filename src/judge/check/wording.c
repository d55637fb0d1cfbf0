/*
 * What the mail speaks of, by phrases in many languages. One honest mail may hold any one of them;
 * a theme is given when its phrases add up, and is strong when they add up twice over. The learner
 * knows what its own site's people write about.
 */
#include "judge/check/list.h"

#define X(id, name, words) "wording/" name, "wording/" name "-strong", "wording/" name "-subject",
static const char *const variants[] = {THEMES(X) NULL};
#undef X

#define X(id, name, words) words,
static const char *const theme_words[] = {THEMES(X)};
#undef X

static void give(const struct check_input *in, struct findings *out, const struct words_text *text,
	const struct words_hits *h, size_t theme, size_t strength)
{
	struct span raw = words_raw(text, h->at, h->n);

	finding_add(in, out, &check_wording, variants[3 * theme + strength], raw,
		"The mail speaks %s: \"%.*s\"", theme_words[theme], SPAN_ARG(span_take(raw, 80)));
}

static void run(const struct check_input *in, struct findings *out)
{
	struct words_hits hits[PHRASE_IDS];

	if (!phrase_set())
		return;
	words_find(phrase_set(), &in->subject_words, hits);
	for (size_t i = 0; i < THEME_COUNT; i++)
		if (hits[i].phrases)
			give(in, out, &in->subject_words, &hits[i], i, 2);
	for (size_t i = 0; i < THEME_COUNT; i++) {
		if (in->hit[i].points >= 5)
			give(in, out, &in->words, &in->hit[i], i, 1);
		else if (in->hit[i].points >= 2 || i == THEME_CLICK || i == THEME_UNSUBSCRIBE)
			if (in->hit[i].points)
				give(in, out, &in->words, &in->hit[i], i, 0);
	}
}

const struct check check_wording = {
	"wording", "what the mail speaks of, by phrases in many languages", variants, run};
