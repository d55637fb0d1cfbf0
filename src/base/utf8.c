#include "base/utf8.h"

bool utf8_is_ascii(struct span s)
{
	uint64_t word;

	for (; s.n >= sizeof(word); s = span_skip(s, sizeof(word))) {
		memcpy(&word, s.p, sizeof(word));
		if (word & 0x8080808080808080ULL)
			return false;
	}
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] & 0x80)
			return false;
	return true;
}

/*
 * The first byte tells the length and bounds the second (Unicode Standard, table 3-7): this is
 * what keeps out overlong forms, surrogates and what is over U+10FFFF.
 */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		if (c == 0xe0)
			*low = 0xa0;
		if (c == 0xed)
			*high = 0x9f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if (c == 0xf0)
			*low = 0x90;
		if (c == 0xf4)
			*high = 0x8f;
		return 4;
	}
	return 0;
}

uint32_t utf8_next(struct span *rest)
{
	unsigned char c = (unsigned char)rest->p[0], low, high;

	if (c < 0x80) {
		*rest = span_skip(*rest, 1);
		return c;
	}
	size_t length = lead(c, &low, &high), got = 1;
	uint32_t code = length == 2 ? c & 0x1f : length == 3 ? c & 0x0f : c & 0x07;

	for (; got < length && got < rest->n; got++, low = 0x80, high = 0xbf) {
		unsigned char b = (unsigned char)rest->p[got];

		if (b < low || b > high)
			break;
		code = code << 6 | (b & 0x3f);
	}
	*rest = span_skip(*rest, got);
	return length && got == length ? code : UTF8_BAD;
}

size_t utf8_put(uint32_t code, char to[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = UTF8_BAD;
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length - 1; i > 0; i--, code >>= 6)
		to[i] = (char)(0x80 | (code & 0x3f));
	to[0] = (char)((length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0) | code);
	return length;
}

bool utf8_valid(struct span s)
{
	while (s.n) {
		uint64_t word;

		if (s.n >= sizeof(word)) {
			memcpy(&word, s.p, sizeof(word));
			if (!(word & 0x8080808080808080ULL)) {
				s = span_skip(s, sizeof(word));
				continue;
			}
		}
		const char *at = s.p;

		/* U+FFFD may stand there in its own right: then three bytes gave it. */
		if (utf8_next(&s) == UTF8_BAD && !span_eq(span_between(at, s.p), SPAN("\xef\xbf\xbd")))
			return false;
	}
	return true;
}
