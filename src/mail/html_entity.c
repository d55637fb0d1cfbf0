/*
 * Character references: "&name;", "&#8364;", "&#x20ac;" (HTML Standard, 13.2.5.72 to .80, 13.5).
 * The names are a sorted table. A look-up narrows the range of names that share the bytes read so
 * far, one byte at a time, and remembers the last whole name: that is the longest match.
 */
#include "base/utf8.h"
#include "mail/html.h"

struct entity {
	char name[32]; /* without '&' and ';' */
	uint32_t first : 31;
	uint32_t bare : 1; /* may stand without ';' */
	uint32_t second;   /* 0 for one code point */
};

/* clang-format off */
static const struct entity entity[] = {
#define E(name, first, second) {name, first, 0, second},
#define B(name, first, second) {name, first, 1, second},
#include "mail/html_entity.inc"
#undef E
#undef B
};
/* clang-format on */

#define ENTITIES (sizeof(entity) / sizeof(entity[0]))

/* The first entry of [low, high) whose byte i is c or more; c may be one past a byte. */
static size_t lower_bound(size_t low, size_t high, size_t i, int c)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((unsigned char)entity[middle].name[i] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t html_entity(struct span s, uint32_t ret_code[2])
{
	size_t low = 0, high = ENTITIES, best = 0;

	for (size_t i = 0; i < s.n && i < sizeof(entity[0].name); i++) {
		const struct entity *e = &entity[low];

		/* Sorted, so the name that ends here stands before those that go on. */
		if (i && e->name[i] == '\0' && (e->bare || s.p[i] == ';')) {
			best = i + (s.p[i] == ';');
			ret_code[0] = e->first;
			ret_code[1] = e->second;
		}
		if (!ascii_is_alnum(s.p[i]))
			return best;
		low = lower_bound(low, high, i, (unsigned char)s.p[i]);
		high = lower_bound(low, high, i, (unsigned char)s.p[i] + 1);
		if (low == high)
			return best;
	}
	/* The input ends: only a bare name may. */
	if (s.n && s.n < sizeof(entity[0].name) && entity[low].name[s.n] == '\0' &&
		entity[low].bare) {
		best = s.n;
		ret_code[0] = entity[low].first;
		ret_code[1] = entity[low].second;
	}
	return best;
}

/* What the numbers 0x80 to 0x9f mean: windows-1252, as ever was (13.2.5.80). */
static const uint16_t c1[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c,
	0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e,
	0x0178};

/* "&#" was read; s begins behind it. Returns the bytes taken, 0 when there is no digit. */
static size_t read_number(struct span s, uint32_t *ret_code)
{
	bool hex = s.n && ascii_lower(s.p[0]) == 'x';
	uint32_t code = 0, base = hex ? 16 : 10;
	size_t i = hex, from = i;

	for (; i < s.n; i++) {
		int digit = hex || ascii_is_digit(s.p[i]) ? ascii_hex(s.p[i]) : -1;

		if (digit < 0)
			break;
		if (code <= 0x10ffff)
			code = code * base + (uint32_t)digit;
	}
	if (i == from)
		return 0;
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = UTF8_BAD;
	else if (code >= 0x80 && code <= 0x9f)
		code = c1[code - 0x80];
	*ret_code = code;
	return i + (i < s.n && s.p[i] == ';');
}

size_t html_reference(struct span *rest, bool in_attribute, uint32_t ret_code[2])
{
	struct span s = span_skip(*rest, 1);
	size_t taken;

	if (s.n && s.p[0] == '#') {
		taken = read_number(span_skip(s, 1), &ret_code[0]);
		if (!taken)
			return 0;
		*rest = span_skip(s, 1 + taken);
		ret_code[1] = 0;
		return 1;
	}
	taken = html_entity(s, ret_code);
	if (!taken)
		return 0;
	/* "?a=b&copy=1" in an attribute is no copyright sign (13.2.5.73). */
	if (in_attribute && s.p[taken - 1] != ';' && taken < s.n &&
		(s.p[taken] == '=' || ascii_is_alnum(s.p[taken])))
		return 0;
	*rest = span_skip(s, taken);
	return ret_code[1] ? 2 : 1;
}

struct span html_decode(struct arena *a, struct span value, bool in_attribute)
{
	if (span_index(value, '&') < 0 && span_index(value, '\0') < 0)
		return value;
	/* The worst is a NUL, which grows from one byte to three. */
	size_t n = 0, room = 3 * value.n;
	char *to = arena_alloc(a, room);

	if (!to)
		return (struct span){NULL, 0};
	while (value.n) {
		uint32_t code[2] = {UTF8_BAD, 0};
		size_t codes = value.p[0] == '\0';

		if (value.p[0] == '&')
			codes = html_reference(&value, in_attribute, code);
		else if (codes)
			value = span_skip(value, 1);
		for (size_t i = 0; i < codes; i++)
			n += utf8_put(code[i], to + n);
		if (codes)
			continue;
		to[n++] = value.p[0];
		value = span_skip(value, 1);
	}
	arena_trim(a, to, room, n);
	return (struct span){to, n};
}
