/*
 * The views were chosen by measurement (docs/design/judge.md): byte sequences catch what no
 * tokenizer foresaw, words and traits generalise, findings carry knowledge that a site has not
 * had time to learn. Bounds are in bytes and tokens, so no message costs more than a few hundred
 * microseconds.
 */
#include "judge/feature.h"

#include "judge/token.h"

#include <stdlib.h>

#define HEAD_BYTES  2000
#define TEXT_BYTES  1500
#define WORDS_MOST  600
#define WORD_BYTES  30
#define TRAITS_MOST 2048
#define BODY_MOST   2048

_Static_assert(HEAD_BYTES + TEXT_BYTES + WORDS_MOST + TRAITS_MOST + BODY_MOST + FINDINGS_MOST <=
		       FEATURES_MOST,
	"a view that is full leaves the others their room");

struct feature_scratch {
	struct tokens tokens;
};

struct feature_scratch *feature_scratch_new(void)
{
	return calloc(1, sizeof(struct feature_scratch));
}

void feature_scratch_free(struct feature_scratch *s)
{
	free(s);
}

/* The text in lower case with each run of white space as one blank: its first bytes. */
static size_t fold_text(struct span text, char *to, size_t most)
{
	size_t n = 0;

	bool gap = true; /* a blank stands before, or nothing */

	for (size_t i = 0; i < text.n && n < most; i++) {
		bool space = ascii_is_space(text.p[i]);

		to[n] = space ? ' ' : ascii_lower(text.p[i]);
		n += !(space & gap); /* not a branch: words end where no processor can guess */
		gap = space;
	}
	return n;
}

/* The bytes of a word: letters and digits of any script, and what prices and addresses need. */
static const bool word_bytes[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
	['$'] = true,
	['\''] = true,
	['-'] = true,
	['_'] = true,
	['.'] = true,
	['@'] = true,
	['!'] = true,
	['%'] = true,
};

static bool is_word_char(char c)
{
	return word_bytes[(unsigned char)c];
}

static bool is_trimmed(char c)
{
	return c == '.' || c == '-' || c == '\'';
}

static void add_words(struct tokens *t, struct span text)
{
	size_t words = 0, i = 0;

	while (i < text.n && words < WORDS_MOST) {
		while (i < text.n && !is_word_char(text.p[i]))
			i++;
		size_t start = i;

		while (i < text.n && is_word_char(text.p[i]))
			i++;
		struct span w = span_between(text.p + start, text.p + i);

		while (w.n && is_trimmed(w.p[w.n - 1]))
			w.n--;
		while (w.n && is_trimmed(w.p[0]))
			w = span_skip(w, 1);
		if (!w.n)
			continue;
		token_put(t, token_hash_folded(0x777u, span_take(w, WORD_BYTES)));
		words++;
	}
}

uint32_t feature_of_finding(const char *name)
{
	return token_value(VIEW_FINDINGS, token_hash(token_tag("finding"), span_cstr(name)));
}

void features_take(struct feature_scratch *s, const struct check_input *in,
	const struct findings *findings, struct features *ret)
{
	struct tokens *t = &s->tokens;
	char text[TEXT_BYTES];

	tokens_start(t, ret);
	tokens_view(t, VIEW_HEAD, HEAD_BYTES);
	token_add_grams(t, span_take(in->m->part[0].head, HEAD_BYTES));
	tokens_view(t, VIEW_TEXT, TEXT_BYTES);
	token_add_grams(t, (struct span){text, fold_text(in->m->text, text, sizeof(text))});
	tokens_view(t, VIEW_WORDS, WORDS_MOST);
	add_words(t, in->m->text);
	tokens_view(t, VIEW_TRAITS, TRAITS_MOST);
	feature_traits(t, in);
	tokens_view(t, VIEW_BODY, BODY_MOST);
	feature_body(t, in);
	tokens_view(t, VIEW_FINDINGS, FINDINGS_MOST);
	for (size_t i = 0; i < findings->n; i++)
		token_add(t, "finding", span_cstr(findings->at[i].name));
	tokens_end(t);
}

size_t features_bytes(const struct features *f)
{
	return offsetof(struct features, hash) + f->start[VIEW_COUNT] * sizeof(f->hash[0]);
}

bool features_read(struct span bytes, struct features *room)
{
	if (bytes.n < offsetof(struct features, hash) || bytes.n > sizeof(*room))
		return false;
	memcpy(room, bytes.p, bytes.n);
	if (room->start[0] != 0 || room->start[VIEW_COUNT] > FEATURES_MOST)
		return false;
	for (size_t i = 0; i < VIEW_COUNT; i++)
		if (room->start[i] > room->start[i + 1])
			return false;
	return features_bytes(room) == bytes.n &&
		room->start[VIEW_COUNT] - room->start[VIEW_COUNT - 1] <= FINDINGS_MOST;
}

const char *view_name(enum view v)
{
	static const char *const names[] = {
#define X(id, name, words) name,
		VIEWS(X)
#undef X
	};

	return names[v];
}

const char *view_words(enum view v)
{
	static const char *const words_of[] = {
#define X(id, name, words) words,
		VIEWS(X)
#undef X
	};

	return words_of[v];
}
