/*
 * Text folded so that phrases can be looked for, and many phrases looked for at once.
 *
 * Folding takes away what writers vary without changing what a reader reads: case, accents, kinds
 * of space, curly quotes, full-width and mathematical letters, Cyrillic letters in Latin words,
 * characters of no width. Whatever was taken away is counted, for such tricks are evidence too.
 */
#ifndef CORDON_JUDGE_CHECK_WORDS_H
#define CORDON_JUDGE_CHECK_WORDS_H

#include "base/arena.h"

#include <stdint.h>

/* Oddities met on the way, each with how many and the bytes of the first. */
enum words_odd {
	WORDS_ZERO_WIDTH,  /* a character of no width between two ASCII letters */
	WORDS_SOFT_HYPHEN, /* a soft hyphen between two ASCII letters */
	WORDS_MIXED,       /* a Cyrillic or Greek letter next to an ASCII letter */
	WORDS_FULL_WIDTH,  /* a full-width Latin letter or digit */
	WORDS_MATHS,       /* a mathematical letter that stands for a Latin one */
	WORDS_TURNED,     /* a control that turns the direction of writing (U+202A..E, U+2066..9) */
	WORDS_EAST_ASIAN, /* a kana, hangul or han character: full-width letters are at home there
			   */
	WORDS_CYRILLIC,   /* a Cyrillic letter */
	WORDS_ODDS
};

struct words_note {
	uint32_t count;
	struct span first; /* in the raw text */
};

struct words_mark {
	uint32_t raw, folded; /* offsets of the same place in both texts */
};

/* A text and its folded form. */
struct words_text {
	struct span raw;
	struct span folded;      /* lower case, one space between words, valid UTF-8 if raw was */
	struct words_mark *mark; /* mark[marks], in order: from here an offset is walked back */
	size_t marks;
	struct words_note odd[WORDS_ODDS];
};

/*
 * Folds raw (at most 4 GiB), into the arena. When the arena is spent the folded text is cut short
 * or empty. Linear, about 1 ns a byte of ASCII.
 */
void words_fold(struct arena *arena, struct span raw, struct words_text *ret_text);

/* The raw bytes that folded[at .. at + n) was made of. Walks at most some hundred bytes. */
struct span words_raw(const struct words_text *text, size_t at, size_t n);

/*
 * Phrases of one meaning. In the list, '|' parts phrases; they are written as folded text is (no
 * capitals, no accents) and match at word boundaries. '_' alone stands for any one word, a '*' at
 * the end of a phrase for the rest of a word. Before a '_' or '*' stand at least four bytes; no
 * phrase is shorter than three, and each begins with a letter or digit.
 */
struct words_group {
	uint16_t id;     /* under WORDS_IDS_MOST; groups may share one (languages of one theme) */
	uint16_t points; /* what the first hit of each of these phrases counts */
	const char *phrases;
};

#define WORDS_IDS_MOST 256

struct words_set;

/* Makes a set to look for; NULL when memory is short. Immutable: threads may share it. */
struct words_set *words_set_new(const struct words_group *groups, size_t n);
void words_set_free(struct words_set *set);

/* What was found for one id. */
struct words_hits {
	uint32_t points;  /* each phrase counted once */
	uint32_t phrases; /* different phrases met */
	uint32_t at, n;   /* the first hit, in the folded text */
	uint32_t end;     /* end of the last hit */
};

/*
 * Looks for all phrases. hits has room for the highest id of the set and is cleared
 * first, up to that.
 * Where phrases of one id start at the same place, each counts. Returns the number of words in the
 * text. Linear for phrases without long common beginnings; about 1.5 ns a byte.
 */
size_t words_find(
	const struct words_set *set, const struct words_text *text, struct words_hits *hits);

/* One place where a phrase stands in a folded text. */
struct words_place {
	uint16_t id;
	uint32_t at, n;
};

/* The first places of phrases, in order, at most that many. For short texts: nothing is cleared. */
size_t words_list(
	const struct words_set *set, struct span folded, struct words_place *places, size_t most);

#endif
