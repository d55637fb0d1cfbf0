/*
 * Look-alikes (domain.h): confusable letters, scripts, characters that cannot be seen. Tables of
 * ranges and pairs, sorted by code point and searched by halves; ASCII never gets that far.
 */
#include "mail/domain.h"

#include "base/utf8.h"

struct confusable {
	uint32_t code;
	char looks[4]; /* what it looks like, in lower-case ASCII */
};

/* clang-format off */
static const struct confusable confusable[] = {
#include "mail/lookalike.inc"
};
/* clang-format on */

/* Alphabets that repeat A to Z or a to z, or 0 to 9, letter by letter. */
struct alphabet {
	uint32_t first;
	char from; /* 'A', 'a' or '0' */
};

/* Mathematical alphanumeric symbols (U+1D400...), circled letters, full-width forms. */
static const struct alphabet alphabet[] = {{0x24b6, 'A'}, {0x24d0, 'a'}, {0xff10, '0'},
	{0xff21, 'A'}, {0xff41, 'a'}, {0x1f130, 'A'}, {0x1f150, 'A'}, {0x1f170, 'A'}};

/* The ASCII letter or digit that a code point is a styled form of, 0 when it is none. */
static char plain_form(uint32_t code)
{
	/* 13 alphabets of capitals and small letters, then (from U+1D7CE) 5 sets of digits. */
	if (code >= 0x1d400 && code < 0x1d6a4)
		return (char)('a' + (code - 0x1d400) % 26);
	if (code >= 0x1d7ce && code <= 0x1d7ff)
		return (char)('0' + (code - 0x1d7ce) % 10);
	for (size_t i = 0; i < sizeof(alphabet) / sizeof(alphabet[0]); i++) {
		uint32_t count = alphabet[i].from == '0' ? 10 : 26;

		if (code >= alphabet[i].first && code < alphabet[i].first + count)
			return ascii_lower((char)(alphabet[i].from + (code - alphabet[i].first)));
	}
	return 0;
}

static const char *looks_like(uint32_t code)
{
	size_t low = 0, high = sizeof(confusable) / sizeof(confusable[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (confusable[middle].code == code)
			return confusable[middle].looks;
		if (confusable[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_mark(uint32_t code)
{
	return (code >= 0x300 && code <= 0x36f) || (code >= 0x1ab0 && code <= 0x1aff) ||
	       (code >= 0x1dc0 && code <= 0x1dff) || (code >= 0x20d0 && code <= 0x20ff);
}

/* Digits that stand for letters. */
static char digit_form(char c)
{
	switch (c) {
	case '0': return 'o';
	case '1':
	case '|': return 'l';
	case '3': return 'e';
	case '5': return 's';
	default: return ascii_lower(c);
	}
}

/* Appends one ASCII byte, joining it with the one before where two look like one. */
static size_t put_ascii(char *to, size_t n, char c)
{
	char before = n ? to[n - 1] : '\0';

	c = digit_form(c);
	if (before == 'r' && c == 'n')
		to[n - 1] = 'm';
	else if (before == 'v' && c == 'v')
		to[n - 1] = 'w';
	else if (before == 'c' && c == 'l')
		to[n - 1] = 'd';
	else
		to[n++] = c;
	return n;
}

static size_t put_code(char *to, size_t n, uint32_t code)
{
	char plain = plain_form(code);
	const char *looks = looks_like(code);

	if (code < 0x80 || plain)
		return put_ascii(to, n, plain ? plain : (char)code);
	if (is_mark(code) || code_is_invisible(code) || code_is_bidi(code))
		return n;
	if (!looks)
		return n + utf8_put(code, to + n);
	for (; *looks; looks++)
		n = put_ascii(to, n, *looks);
	return n;
}

struct span domain_skeleton(struct arena *a, struct span utf8)
{
	/* A bad byte grows to three; nothing else grows. */
	size_t n = 0, room = 3 * utf8.n;
	char *to = arena_alloc(a, room);

	if (!to)
		return (struct span){NULL, 0};
	while (utf8.n)
		n = put_code(to, n, utf8_next(&utf8));
	arena_trim(a, to, room, n);
	return (struct span){to, n};
}

struct block {
	uint32_t first, last;
	enum script script;
};

/* Blocks in order; what lies between is common below U+2E80 and other above. */
static const struct block block[] = {{'A', 'Z', SCRIPT_LATIN}, {'a', 'z', SCRIPT_LATIN},
	{0xaa, 0xaa, SCRIPT_LATIN}, {0xba, 0xba, SCRIPT_LATIN}, {0xc0, 0xd6, SCRIPT_LATIN},
	{0xd8, 0xf6, SCRIPT_LATIN}, {0xf8, 0x2b8, SCRIPT_LATIN}, {0x370, 0x373, SCRIPT_GREEK},
	{0x376, 0x37d, SCRIPT_GREEK}, {0x37f, 0x37f, SCRIPT_GREEK}, {0x386, 0x386, SCRIPT_GREEK},
	{0x388, 0x3ff, SCRIPT_GREEK}, {0x400, 0x52f, SCRIPT_CYRILLIC},
	{0x531, 0x58f, SCRIPT_ARMENIAN}, {0x591, 0x5ff, SCRIPT_HEBREW},
	{0x600, 0x6ff, SCRIPT_ARABIC}, {0x700, 0x74f, SCRIPT_OTHER}, {0x750, 0x77f, SCRIPT_ARABIC},
	{0x780, 0x89f, SCRIPT_OTHER}, {0x8a0, 0x8ff, SCRIPT_ARABIC}, {0x900, 0xdff, SCRIPT_INDIC},
	{0xe00, 0xe7f, SCRIPT_THAI}, {0xe80, 0x109f, SCRIPT_OTHER},
	{0x10a0, 0x10ff, SCRIPT_GEORGIAN}, {0x1100, 0x11ff, SCRIPT_HANGUL},
	{0x1200, 0x139f, SCRIPT_OTHER}, {0x13a0, 0x13ff, SCRIPT_CHEROKEE},
	{0x1400, 0x1aaf, SCRIPT_OTHER}, {0x1b00, 0x1c7f, SCRIPT_OTHER},
	{0x1c80, 0x1c8f, SCRIPT_CYRILLIC}, {0x1c90, 0x1cbf, SCRIPT_GEORGIAN},
	{0x1cc0, 0x1cff, SCRIPT_OTHER}, {0x1d00, 0x1d25, SCRIPT_LATIN},
	{0x1d2b, 0x1d2b, SCRIPT_CYRILLIC}, {0x1d2c, 0x1d5c, SCRIPT_LATIN},
	{0x1e00, 0x1eff, SCRIPT_LATIN}, {0x1f00, 0x1fff, SCRIPT_GREEK},
	{0x2c60, 0x2c7f, SCRIPT_LATIN}, {0x2de0, 0x2dff, SCRIPT_CYRILLIC},
	{0x2e80, 0x2fdf, SCRIPT_HAN}, {0x3000, 0x3004, SCRIPT_COMMON}, {0x3005, 0x3007, SCRIPT_HAN},
	{0x3008, 0x3030, SCRIPT_COMMON}, {0x3041, 0x30ff, SCRIPT_KANA},
	{0x3105, 0x312f, SCRIPT_BOPOMOFO}, {0x3131, 0x318e, SCRIPT_HANGUL},
	{0x31a0, 0x31bf, SCRIPT_BOPOMOFO}, {0x31f0, 0x31ff, SCRIPT_KANA},
	{0x3200, 0x33ff, SCRIPT_COMMON}, {0x3400, 0x4dbf, SCRIPT_HAN},
	{0x4dc0, 0x4dff, SCRIPT_COMMON}, {0x4e00, 0x9fff, SCRIPT_HAN},
	{0xa640, 0xa69f, SCRIPT_CYRILLIC}, {0xa720, 0xa7ff, SCRIPT_LATIN},
	{0xa8e0, 0xa8ff, SCRIPT_INDIC}, {0xa960, 0xa97f, SCRIPT_HANGUL},
	{0xab30, 0xab6f, SCRIPT_LATIN}, {0xab70, 0xabbf, SCRIPT_CHEROKEE},
	{0xac00, 0xd7ff, SCRIPT_HANGUL}, {0xf900, 0xfaff, SCRIPT_HAN},
	{0xfb00, 0xfb06, SCRIPT_LATIN}, {0xfb13, 0xfb17, SCRIPT_ARMENIAN},
	{0xfb1d, 0xfb4f, SCRIPT_HEBREW}, {0xfb50, 0xfdff, SCRIPT_ARABIC},
	{0xfe00, 0xfe6f, SCRIPT_COMMON}, {0xfe70, 0xfefe, SCRIPT_ARABIC},
	{0xfeff, 0xff20, SCRIPT_COMMON}, {0xff21, 0xff3a, SCRIPT_LATIN},
	{0xff3b, 0xff40, SCRIPT_COMMON}, {0xff41, 0xff5a, SCRIPT_LATIN},
	{0xff5b, 0xff65, SCRIPT_COMMON}, {0xff66, 0xff9f, SCRIPT_KANA},
	{0xffa0, 0xffdc, SCRIPT_HANGUL}, {0xffe0, 0xffff, SCRIPT_COMMON},
	{0x1b000, 0x1b16f, SCRIPT_KANA}, {0x1d000, 0x1fbff, SCRIPT_COMMON},
	{0x20000, 0x323af, SCRIPT_HAN}, {0xe0000, 0xe0fff, SCRIPT_COMMON}};

enum script script_of(uint32_t code)
{
	size_t low = 0, high = sizeof(block) / sizeof(block[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code > block[middle].last)
			low = middle + 1;
		else if (code < block[middle].first)
			high = middle;
		else
			return block[middle].script;
	}
	return code < 0x2e80 ? SCRIPT_COMMON : SCRIPT_OTHER;
}

uint32_t script_set(struct span utf8)
{
	uint32_t set = 0;

	while (utf8.n)
		set |= 1u << script_of(utf8_next(&utf8));
	return set & ~(1u << SCRIPT_COMMON);
}

bool script_mixed(struct span label)
{
	uint32_t set = script_set(label);
	const uint32_t east = 1u << SCRIPT_LATIN | 1u << SCRIPT_HAN;

	if (!(set & (set - 1)))
		return false;
	return (set & ~(east | 1u << SCRIPT_KANA)) && (set & ~(east | 1u << SCRIPT_BOPOMOFO)) &&
	       (set & ~(east | 1u << SCRIPT_HANGUL));
}

bool code_is_invisible(uint32_t code)
{
	if (code < 0xad)
		return false;
	return code == 0xad || code == 0x34f || code == 0x115f || code == 0x1160 ||
	       code == 0x17b4 || code == 0x17b5 || (code >= 0x180b && code <= 0x180e) ||
	       (code >= 0x200b && code <= 0x200d) || (code >= 0x2060 && code <= 0x2064) ||
	       code == 0x3164 || (code >= 0xfe00 && code <= 0xfe0f) || code == 0xfeff ||
	       code == 0xffa0 || (code >= 0xe0000 && code <= 0xe01ef);
}

bool code_is_bidi(uint32_t code)
{
	return code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* All of them have two bytes or more, so plain ASCII is passed over in words. */
static size_t count(struct span utf8, bool (*is)(uint32_t))
{
	size_t n = 0;

	while (utf8.n) {
		if (utf8.n >= 8 && utf8_is_ascii(span_take(utf8, 8)))
			utf8 = span_skip(utf8, 8);
		else
			n += is(utf8_next(&utf8));
	}
	return n;
}

size_t count_invisible(struct span utf8)
{
	return count(utf8, code_is_invisible);
}

size_t count_bidi(struct span utf8)
{
	return count(utf8, code_is_bidi);
}
