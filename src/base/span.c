#include "base/span.h"

#include <errno.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* clang-format off */
const unsigned char ascii_class[256] = {
	[' '] = ASCII_SPACE,
	['\t' ... '\r'] = ASCII_SPACE,
	['0' ... '9'] = ASCII_DIGIT,
	['A' ... 'Z'] = ASCII_ALPHA,
	['a' ... 'z'] = ASCII_ALPHA,
};

#define N4(c) (char)(c), (char)((c) + 1), (char)((c) + 2), (char)((c) + 3)
#define N16(c) N4(c), N4((c) + 4), N4((c) + 8), N4((c) + 12)
#define LETTERS(a) N16(a), N4((a) + 16), N4((a) + 20), (char)((a) + 24), (char)((a) + 25)
const char ascii_small[256] = {
	N16(0), N16(16), N16(32), N16(48), '@', LETTERS('a'), '[', '\\', ']', '^', '_', '`',
	LETTERS('a'), '{', '|', '}', '~', 127,
	N16(128), N16(144), N16(160), N16(176), N16(192), N16(208), N16(224), N16(240),
};
#undef N4
#undef N16
#undef LETTERS
/* clang-format on */

bool span_starts_nocase(struct span s, struct span prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (ascii_lower(s.p[i]) != ascii_lower(prefix.p[i]))
			return false;
	return true;
}

bool span_ends_nocase(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_starts_nocase(span_skip(s, s.n - suffix.n), suffix);
}

ssize_t span_rindex(struct span s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

#ifdef __SSE2__
#define SHORT_MOST 8 /* so that comparing at every place is linear still */

/* Places among the 16 from p on where the byte is a and the one `gap` behind it is b, as bits. */
static unsigned pairs16(const char *p, size_t gap, char a, char b)
{
	__m128i first = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i last = _mm_loadu_si128((const __m128i *)(const void *)(p + gap));

	return (unsigned)_mm_movemask_epi8(_mm_and_si128(
		_mm_cmpeq_epi8(first, _mm_set1_epi8(a)), _mm_cmpeq_epi8(last, _mm_set1_epi8(b))));
}

/*
 * Finds a needle of 2 to SHORT_MOST bytes by its first and last byte, at 16 places at a time:
 * memmem() spends that time on one. There must be 16 places; the last step goes back so that it
 * has them too.
 */
static ssize_t find_short(struct span s, struct span needle)
{
	size_t gap = needle.n - 1, last = s.n - gap - 16;

	for (size_t i = 0;; i = i + 16 < last ? i + 16 : last) {
		unsigned pairs = pairs16(s.p + i, gap, needle.p[0], needle.p[gap]);

		for (; pairs; pairs &= pairs - 1) {
			size_t at = i + (size_t)__builtin_ctz(pairs);

			if (memcmp(s.p + at, needle.p, needle.n) == 0)
				return (ssize_t)at;
		}
		if (i == last)
			return -1;
	}
}
#endif

ssize_t span_find(struct span s, struct span needle)
{
	if (needle.n == 0)
		return 0;
#ifdef __SSE2__
	if (needle.n > 1 && needle.n <= SHORT_MOST && s.n >= needle.n + 15)
		return find_short(s, needle);
#endif
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;

	return at ? at - s.p : -1;
}

ssize_t span_find_nocase(struct span s, struct span needle)
{
	if (needle.n == 0)
		return 0;
	char first = ascii_lower(needle.p[0]);

	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (ascii_lower(s.p[i]) == first && span_starts_nocase(span_skip(s, i), needle))
			return (ssize_t)i;
	return -1;
}

struct span span_trim(struct span s)
{
	while (s.n && ascii_is_space(s.p[0]))
		s = span_skip(s, 1);
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool span_cut(struct span *rest, char sep, struct span *ret_piece)
{
	if (!rest->p)
		return false;
	ssize_t at = span_index(*rest, sep);
	if (at < 0) {
		*ret_piece = *rest;
		*rest = (struct span){NULL, 0};
	} else {
		*ret_piece = span_take(*rest, (size_t)at);
		*rest = span_skip(*rest, (size_t)at + 1);
	}
	return true;
}

bool span_line(struct span *rest, struct span *ret_line)
{
	if (!rest->n)
		return false;
	span_cut(rest, '\n', ret_line);
	if (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
		ret_line->n--;
	return true;
}

int span_number(struct span s, unsigned long long max, unsigned long long *ret_n)
{
	unsigned long long n = 0;

	if (!s.n)
		return -EINVAL;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return -EINVAL;
	for (size_t i = 0; i < s.n; i++)
		if (__builtin_mul_overflow(n, 10ULL, &n) ||
			__builtin_add_overflow(n, (unsigned long long)(s.p[i] - '0'), &n) ||
			n > max)
			return -ERANGE;
	*ret_n = n;
	return 0;
}
