/*
 * Folding is one pass. Runs of ASCII go through a table of 128 bytes; everything else is decoded
 * and goes through fold_wide(). Every 128 folded bytes a mark notes both offsets; to find the raw
 * bytes of a hit, the few bytes from the nearest mark on are folded again.
 *
 * Finding: a phrase can only begin where a word begins, so there the next four bytes are looked up
 * in a filter of the phrases' first four bytes; few words get past it, and for those the first
 * eight bytes of each phrase with that hash are compared at once. The filter is 4 KiB, where an
 * Aho-Corasick automaton of these phrases would take a megabyte.
 */
#include "judge/check/words.h"

#include "base/utf8.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define MARK_EVERY 128

/* U+00C0 .. U+017F without their accents; '?' keeps the character. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo?ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo?ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggg"
			    "gggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssss"
			    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static bool is_letter(unsigned char c)
{
	return ascii_is_alpha((char)c);
}

static void note(struct words_text *t, enum words_odd kind, struct span where)
{
	if (!t->odd[kind].count++)
		t->odd[kind].first = where;
}

/* True when ASCII letters stand right before and right after the character. */
static bool inside_word(struct span raw, struct span c)
{
	return c.p > raw.p && is_letter((unsigned char)c.p[-1]) && span_end(c) < span_end(raw) &&
	       is_letter((unsigned char)*span_end(c));
}

static bool beside_letter(struct span raw, struct span c)
{
	return (c.p > raw.p && is_letter((unsigned char)c.p[-1])) ||
	       (span_end(c) < span_end(raw) && is_letter((unsigned char)*span_end(c)));
}

static bool is_zero_width(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff ||
	       c == 0x180e || c == 0x34f || c == 0x61c;
}

static bool is_turn(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_wide_space(uint32_t c)
{
	return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* A mathematical letter or digit (U+1D400 .. U+1D7FF) as ASCII, 0 where it is none. */
static uint32_t maths_letter(uint32_t c)
{
	if (c >= 0x1d400 && c <= 0x1d6a3)
		return 'a' + (c - 0x1d400) % 52 % 26;
	if (c >= 0x1d7ce && c <= 0x1d7ff)
		return '0' + (c - 0x1d7ce) % 10;
	return 0;
}

/*
 * Small Cyrillic and Greek letters that pass for Latin ones, as those; 0 for others. Only those
 * that disguises use; domain.h has the whole table for names.
 */
static uint32_t passes_for(uint32_t c)
{
	static const struct {
		uint16_t code;
		char latin;
	} pairs[] = {{0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'},
		{0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'},
		{0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x3b1, 'a'}, {0x3b5, 'e'},
		{0x3b9, 'i'}, {0x3bd, 'v'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c5, 'u'}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].code == c)
			return (unsigned char)pairs[i].latin;
	return 0;
}

/* True when a Latin letter stands in the same word, at most some bytes away. */
static bool in_latin_word(struct span raw, struct span c)
{
	const char *p = c.p, *stop = c.p - raw.p > 8 ? c.p - 8 : raw.p;

	while (p > stop && ((unsigned char)p[-1] >= 0x80 || is_letter((unsigned char)p[-1])))
		if (is_letter((unsigned char)*--p))
			return true;
	p = span_end(c);
	stop = span_end(raw) - p > 8 ? p + 8 : span_end(raw);
	for (; p < stop && ((unsigned char)*p >= 0x80 || is_letter((unsigned char)*p)); p++)
		if (is_letter((unsigned char)*p))
			return true;
	return false;
}

static uint32_t fold_greek_cyrillic(uint32_t c)
{
	if (c >= 0x391 && c <= 0x3a9)
		return c + 0x20;
	if (c == 0x401 || c == 0x451)
		return 0x435;
	if (c >= 0x410 && c <= 0x42f)
		return c + 0x20;
	return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

/* Punctuation and Latin letters as ASCII; others as they are. */
static uint32_t fold_latin(uint32_t c)
{
	if (c >= 0xc0 && c <= 0x17f && latin[c - 0xc0] != '?')
		return (unsigned char)latin[c - 0xc0];
	if (c == 0x2018 || c == 0x2019 || c == 0x2bc)
		return '\'';
	if (c == 0x201c || c == 0x201d || c == 0xab || c == 0xbb)
		return '"';
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	return c;
}

/* Letters in fancy dress: counted, and given as ASCII; 0 when c is none. */
static uint32_t fold_dressed(struct words_text *t, uint32_t c, struct span where)
{
	if (c >= 0xff01 && c <= 0xff5e) {
		uint32_t plain = c - 0xff01 + '!';

		if (ascii_is_alnum((char)plain))
			note(t, WORDS_FULL_WIDTH, where);
		return (unsigned char)ascii_lower((char)plain);
	}
	uint32_t letter = maths_letter(c);

	if (letter)
		note(t, WORDS_MATHS, where);
	return letter;
}

static bool is_east_asian(uint32_t c)
{
	return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
	       (c >= 0xac00 && c <= 0xd7a3);
}

/* What has no width or folds to nothing: counted. True when c is dropped. */
static bool fold_nothing(struct words_text *t, uint32_t c, struct span where)
{
	if (c == 0xad) {
		if (inside_word(t->raw, where))
			note(t, WORDS_SOFT_HYPHEN, where);
		return true;
	}
	if (is_zero_width(c)) {
		if (inside_word(t->raw, where))
			note(t, WORDS_ZERO_WIDTH, where);
		return true;
	}
	if (is_turn(c)) {
		note(t, WORDS_TURNED, where);
		return true;
	}
	return c >= 0x300 && c <= 0x36f;
}

/* Folds one character beyond ASCII: 0 for nothing, ' ' for any space. */
static uint32_t fold_wide(struct words_text *t, uint32_t c, struct span where)
{
	if (is_wide_space(c))
		return ' ';
	if (c == UTF8_BAD)
		return '?'; /* in one byte, so that folding never lengthens */
	if (fold_nothing(t, c, where))
		return 0;
	if (c < 0x370 || (c >= 0x2000 && c < 0x2100))
		return fold_latin(c);
	if (c < 0x530) {
		bool letter = c < 0x400 ? c >= 0x386 : c < 0x482 || c > 0x489;

		if (c >= 0x400)
			note(t, WORDS_CYRILLIC, where);
		if (letter && beside_letter(t->raw, where))
			note(t, WORDS_MIXED, where);
		c = fold_greek_cyrillic(c);
		uint32_t like = letter ? passes_for(c) : 0;

		return like && in_latin_word(t->raw, where) ? like : c;
	}
	if (is_east_asian(c)) {
		note(t, WORDS_EAST_ASIAN, where);
		return c;
	}
	uint32_t dressed = fold_dressed(t, c, where);

	return dressed ? dressed : c;
}

/* Spaces and every control. */
static bool is_space_byte(unsigned char c)
{
	return c <= ' ' || c == 0x7f;
}

/* ASCII folded: letters small, every control and space a space. */
static char fold_ascii(unsigned char c)
{
	return is_space_byte(c) ? ' ' : ascii_lower((char)c);
}

/* The folded form of the character at *rest, which is taken off it. Returns its length, 0..4. */
static size_t fold_one(struct words_text *t, struct span *rest, bool *was_space, char to[4])
{
	struct span before = *rest;
	unsigned char c = (unsigned char)*rest->p;
	uint32_t code = c;

	if (c < 0x80) {
		*rest = span_skip(*rest, 1);
		code = (unsigned char)fold_ascii(c);
	} else {
		code = utf8_next(rest);
		code = fold_wide(t, code, span_between(before.p, rest->p));
	}
	if (!code)
		return 0;
	if (code == ' ') {
		if (*was_space)
			return 0;
		*was_space = true;
		to[0] = ' ';
		return 1;
	}
	*was_space = false;
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	return utf8_put(code, to);
}

#ifdef __SSE2__
/*
 * Folds 16 bytes of ASCII to to[16]. Returns how many of them hold: fewer where another byte
 * stands, or a space that follows one and is to be dropped.
 */
static unsigned fold16(const char *p, bool *was_space, char *to)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i large = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)),
		_mm_cmplt_epi8(v, _mm_set1_epi8('Z' + 1)));
	__m128i space = _mm_or_si128(
		_mm_cmplt_epi8(v, _mm_set1_epi8(' ' + 1)), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
	unsigned spaces = (unsigned)_mm_movemask_epi8(space);
	unsigned bad = (unsigned)_mm_movemask_epi8(v) | (spaces & (spaces << 1 | *was_space));
	unsigned n = (unsigned)__builtin_ctz(bad | 1u << 16);

	v = _mm_or_si128(v, _mm_and_si128(large, _mm_set1_epi8(0x20)));
	v = _mm_or_si128(_mm_andnot_si128(space, v), _mm_and_si128(space, _mm_set1_epi8(' ')));
	_mm_storeu_si128((__m128i *)(void *)to, v);
	if (n)
		*was_space = spaces >> (n - 1) & 1;
	return n;
}
#endif

/*
 * Folds a run of ASCII until another byte, the end, or `room` bytes are written. Runs of spaces
 * become one without a branch: a space behind a space is written over. Returns the bytes written.
 */
static size_t fold_run(struct span *rest, bool *was_space, char *to, size_t room)
{
	const char *p = rest->p, *end = span_end(*rest);
	bool space = *was_space;
	size_t n = 0;

	while (p < end && n < room && (unsigned char)*p < 0x80) {
#ifdef __SSE2__
		if (end - p >= 16 && room - n >= 16) {
			unsigned took = fold16(p, &space, to + n);

			p += took;
			n += took;
			while (space && p < end && is_space_byte((unsigned char)*p))
				p++;
			continue;
		}
#endif
		char c = fold_ascii((unsigned char)*p++);
		bool is_space = c == ' ';

		to[n] = c;
		n += !(space & is_space);
		space = is_space;
	}
	*was_space = space;
	*rest = span_between(p, end);
	return n;
}

void words_fold(struct arena *arena, struct span raw, struct words_text *ret_text)
{
	/* Folding never lengthens; more because utf8_put() writes up to four bytes at once. */
	char *to = arena_alloc(arena, raw.n + 4);
	struct words_mark *mark = arena_alloc(arena, (raw.n / MARK_EVERY + 2) * sizeof(*mark));
	size_t n = 0, next = 0;
	struct span rest = raw;
	bool space = true;

	*ret_text = (struct words_text){.raw = raw};
	if (!to || !mark)
		return;
	while (rest.n) {
		if (n >= next) {
			mark[ret_text->marks++] =
				(struct words_mark){(uint32_t)(rest.p - raw.p), (uint32_t)n};
			next = n + MARK_EVERY;
		}
		if ((unsigned char)*rest.p < 0x80)
			n += fold_run(&rest, &space, to + n, next - n);
		else
			n += fold_one(ret_text, &rest, &space, to + n);
	}
	ret_text->mark = mark;
	ret_text->folded = (struct span){to, n};
}

/* The mark at or before a folded offset. */
static struct words_mark mark_before(const struct words_text *text, size_t at)
{
	size_t low = 0, high = text->marks;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (text->mark[mid].folded <= at)
			low = mid;
		else
			high = mid;
	}
	return text->marks ? text->mark[low] : (struct words_mark){0, 0};
}

struct span words_raw(const struct words_text *text, size_t at, size_t n)
{
	struct words_mark mark = mark_before(text, at);
	struct words_text scratch = {.raw = text->raw};
	struct span rest = span_skip(text->raw, mark.raw);
	const char *from = NULL;
	size_t folded = mark.folded;
	/* A mark may stand inside a run of spaces, whose one space is then already written. */
	bool space = folded == 0 || text->folded.p[folded - 1] == ' ';
	char to[4];

	while (rest.n && folded < at + n) {
		const char *p = rest.p;

		folded += fold_one(&scratch, &rest, &space, to);
		if (!from && folded > at)
			from = p;
	}
	return from ? span_between(from, rest.p) : (struct span){0};
}

/* ---- finding ---- */

/* A phrase, with its first eight bytes as a number to be compared at once. */
struct phrase {
	uint64_t key, mask; /* bytes beyond the phrase, or from its first '_' on, are masked out */
	struct span text;
	uint16_t id, points;
	bool open_end;  /* ended in '*' */
	bool spaceless; /* of a script without spaces: no boundary behind it */
};

/* The first three bytes of four in a number, and where the fourth stands. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST_THREE  0x00ffffffu
#define FOURTH_SHIFT 24
#else
#define FIRST_THREE  0xffffff00u
#define FOURTH_SHIFT 0
#endif

#define TABLE_BITS  12
#define FILTER_BITS 15

/* Phrases that are told apart in one text. */
#define PHRASES_MOST 4096

struct words_set {
	uint64_t filter[(1 << FILTER_BITS) / 64]; /* which hashes occur at all: 4 KiB */
	uint16_t start[(1 << TABLE_BITS) + 1];    /* phrase[start[h] .. start[h + 1]) have hash h */
	size_t phrases, ids;
	struct phrase phrase[];
};

/* Letters, digits and everything beyond ASCII make words. */
static bool is_word(unsigned char c)
{
	return c >= 0x80 || ascii_is_alnum((char)c);
}

/* Scripts without spaces (lead bytes of U+3000 .. U+DFFF): a word may begin anywhere. */
static bool is_spaceless(unsigned char c)
{
	return c >= 0xe3 && c <= 0xed;
}

/* The eight bytes at p, of which there are n; what is not there is zero. */
static uint64_t load(const char *p, size_t n)
{
	uint64_t v = 0;

	if (n >= 8)
		memcpy(&v, p, 8);
	else
		memcpy(&v, p, n);
	return v;
}

/* The hash of four bytes, of which the last is a space when a word ended before it. */
static inline uint32_t hash_key(uint32_t key)
{
	return key * 0x9e3779b1u;
}

/* The hash of the first four bytes at p; what ends a word of three letters counts as a space. */
static uint32_t hash_at(const char *p, size_t n)
{
	char first[4] = {p[0], p[1], p[2], ' '};
	uint32_t key;

	if (n > 3 && is_word((unsigned char)p[3]))
		first[3] = p[3];
	memcpy(&key, first, sizeof(key));
	return hash_key(key);
}

static struct phrase phrase_of(const struct words_group *g, struct span text)
{
	struct phrase p = {.id = g->id, .points = g->points};
	char ones[8] = {0};

	if (text.p[text.n - 1] == '*') {
		p.open_end = true;
		text.n--;
	}
	for (size_t i = 0; i < 8 && i < text.n && text.p[i] != '_'; i++)
		ones[i] = (char)0xff;
	memcpy(&p.mask, ones, sizeof(p.mask));
	p.key = load(text.p, text.n) & p.mask;
	p.text = text;
	p.spaceless = is_spaceless((unsigned char)text.p[0]);
	return p;
}

static int by_hash(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;
	uint32_t hx = hash_at(x->text.p, x->text.n) >> (32 - TABLE_BITS);
	uint32_t hy = hash_at(y->text.p, y->text.n) >> (32 - TABLE_BITS);

	return (hx > hy) - (hx < hy);
}

/* Sorts the phrases by hash and notes where each hash starts. */
static void set_index(struct words_set *set)
{
	qsort(set->phrase, set->phrases, sizeof(set->phrase[0]), by_hash);
	for (size_t i = 0; i < set->phrases; i++) {
		struct span text = set->phrase[i].text;
		uint32_t h = hash_at(text.p, text.n);

		set->filter[(h >> (32 - FILTER_BITS)) / 64] |= 1ULL
							       << (h >> (32 - FILTER_BITS)) % 64;
		set->start[(h >> (32 - TABLE_BITS)) + 1] = (uint16_t)(i + 1);
	}
	for (size_t h = 1; h <= 1 << TABLE_BITS; h++)
		if (!set->start[h])
			set->start[h] = set->start[h - 1];
}

struct words_set *words_set_new(const struct words_group *groups, size_t n)
{
	size_t most = 0;
	struct span rest, piece;

	for (size_t i = 0; i < n; i++)
		for (rest = span_cstr(groups[i].phrases); span_cut(&rest, '|', &piece);)
			most++;
	struct words_set *set = calloc(1, sizeof(*set) + most * sizeof(set->phrase[0]));

	if (!set || most > PHRASES_MOST) {
		free(set);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		for (rest = span_cstr(groups[i].phrases); span_cut(&rest, '|', &piece);)
			if (piece.n >= 3)
				set->phrase[set->phrases++] = phrase_of(&groups[i], piece);
		if (groups[i].id >= set->ids)
			set->ids = groups[i].id + 1u;
	}
	set_index(set);
	return set;
}

void words_set_free(struct words_set *set)
{
	free(set);
}

/* How many bytes of text the phrase matches; 0 for no match. */
static size_t phrase_match(const struct phrase *ph, struct span text)
{
	size_t at = 0;

	for (size_t i = 0; i < ph->text.n; i++) {
		if (ph->text.p[i] == '_') {
			size_t from = at;

			while (at < text.n && text.p[at] != ' ' && at - from < 40)
				at++;
			if (at == from)
				return 0;
		} else if (at >= text.n || text.p[at++] != ph->text.p[i]) {
			return 0;
		}
	}
	if (ph->open_end)
		while (at < text.n && ascii_is_alnum(text.p[at]))
			at++;
	if (ph->open_end || ph->spaceless || at == text.n)
		return at;
	unsigned char last = (unsigned char)text.p[at - 1], next = (unsigned char)text.p[at];

	return !is_word(last) || !is_word(next) || is_spaceless(next) ? at : 0;
}

/* What is done with a phrase that was found: false ends the search. */
struct taker {
	bool (*take)(
		struct taker *t, const struct words_set *set, size_t phrase, size_t at, size_t n);
};

/* The phrases that stand at one place. */
static bool look_up(const struct words_set *set, struct span folded, size_t at, uint32_t hash,
	struct taker *taker)
{
	uint32_t slot = hash >> (32 - TABLE_BITS);
	struct span text = span_skip(folded, at);
	uint64_t first = load(text.p, text.n);

	for (size_t i = set->start[slot]; i < set->start[slot + 1]; i++) {
		const struct phrase *ph = &set->phrase[i];
		size_t n;

		if ((first & ph->mask) == ph->key && (n = phrase_match(ph, text)) &&
			!taker->take(taker, set, i, at, n))
			return false;
	}
	return true;
}

/* Which of n <= 64 bytes are of words, and which are lead bytes of spaceless scripts. */
static void classify(const char *p, size_t n, uint64_t *ret_word, uint64_t *ret_spaceless)
{
	uint64_t word = 0, spaceless = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		word |= (uint64_t)is_word(c) << i;
		spaceless |= (uint64_t)is_spaceless(c) << i;
	}
	*ret_word = word;
	*ret_spaceless = spaceless;
}

#ifdef __SSE2__
/* Bytes of v in low .. low + span, as 0xff: the unsigned minimum leaves those as they are. */
static __m128i in_range(__m128i v, char low, char span)
{
	v = _mm_sub_epi8(v, _mm_set1_epi8(low));
	return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(span)), v);
}

/* The same for 64 bytes of folded text, in which no letter is large. */
static void classify64(const char *p, uint64_t *ret_word, uint64_t *ret_spaceless)
{
	uint64_t word = 0, spaceless = 0;

	for (int i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i w = _mm_or_si128(in_range(v, 'a', 25), in_range(v, '0', 9));

		/* The sign bit of the byte itself says "beyond ASCII". */
		word |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(w, v)) << i;
		spaceless |= (uint64_t)(unsigned)_mm_movemask_epi8(in_range(v, (char)0xe3, 10))
			     << i;
	}
	*ret_word = word;
	*ret_spaceless = spaceless;
}
#endif

/* Words begin where a word's byte follows none, and anywhere in scripts without spaces. */
static uint64_t word_starts(uint64_t word, uint64_t spaceless, uint64_t in_word)
{
	return (word & ~(word << 1 | in_word)) | spaceless;
}

/* Passes through the text and hands every phrase to the taker. Returns the number of words. */
static size_t scan(const struct words_set *set, struct span folded, struct taker *taker)
{
	uint64_t in_word = 0;
	size_t words = 0;

	for (size_t block = 0; block < folded.n; block += 64) {
		size_t n = folded.n - block < 64 ? folded.n - block : 64;
		uint64_t word, spaceless;

#ifdef __SSE2__
		if (n == 64)
			classify64(folded.p + block, &word, &spaceless);
		else
#endif
			classify(folded.p + block, n, &word, &spaceless);
		uint64_t starts = word_starts(word, spaceless, in_word);

		in_word = word >> (n - 1) & 1;
		words += (size_t)__builtin_popcountll(starts);
		for (; starts; starts &= starts - 1) {
			unsigned i = (unsigned)__builtin_ctzll(starts);
			size_t at = block + i;
			uint32_t h, f;

			if (i < 61 && at + 4 <= folded.n) {
				static const uint32_t space = ' ';
				uint32_t key;

				/* The fourth byte counts when it is of the word. */
				memcpy(&key, folded.p + at, sizeof(key));
				if (!(word >> (i + 3) & 1))
					key = (key & FIRST_THREE) | space << FOURTH_SHIFT;
				h = hash_key(key);
			} else if (at + 3 <= folded.n) {
				h = hash_at(folded.p + at, folded.n - at);
			} else {
				break;
			}
			f = h >> (32 - FILTER_BITS);
			if ((set->filter[f / 64] >> f % 64 & 1) &&
				!look_up(set, folded, at, h, taker))
				return words;
		}
	}
	return words;
}

struct counter {
	struct taker taker;
	uint64_t met[PHRASES_MOST / 64 + 1];
	struct words_hits *hits;
};

static bool count_hit(
	struct taker *t, const struct words_set *set, size_t phrase, size_t at, size_t n)
{
	struct counter *c = (struct counter *)t;
	struct words_hits *h = &c->hits[set->phrase[phrase].id];

	if (c->met[phrase / 64] >> phrase % 64 & 1)
		return true;
	c->met[phrase / 64] |= 1ULL << phrase % 64;
	h->end = (uint32_t)(at + n);
	if (!h->phrases++) {
		h->at = (uint32_t)at;
		h->n = (uint32_t)n;
	}
	h->points += set->phrase[phrase].points;
	return true;
}

size_t words_find(
	const struct words_set *set, const struct words_text *text, struct words_hits *hits)
{
	struct counter c;

	c.taker.take = count_hit;
	c.hits = hits;
	memset(hits, 0, set->ids * sizeof(*hits));
	memset(c.met, 0, (set->phrases / 64 + 1) * sizeof(c.met[0]));
	return scan(set, text->folded, &c.taker);
}

struct lister {
	struct taker taker;
	struct words_place *places;
	size_t n, most;
};

static bool list_hit(
	struct taker *t, const struct words_set *set, size_t phrase, size_t at, size_t n)
{
	struct lister *l = (struct lister *)t;

	if (l->n < l->most)
		l->places[l->n++] =
			(struct words_place){set->phrase[phrase].id, (uint32_t)at, (uint32_t)n};
	return l->n < l->most;
}

size_t words_list(
	const struct words_set *set, struct span folded, struct words_place *places, size_t most)
{
	struct lister l = {{list_hit}, places, 0, most};

	scan(set, folded, &l.taker);
	return l.n;
}
