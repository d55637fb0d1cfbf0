/*
 * A span is a view of bytes that somebody else owns: a pointer and a length, no NUL at the end.
 * A message, its headers and its parts are spans over the bytes that were read, so nothing is
 * copied until a decoder has to write something new.
 *
 * A span never owns. The empty span is {NULL, 0} or any pointer with n == 0. All functions here
 * are pure and take time linear in the span, unless they say otherwise.
 */
#ifndef CORDON_BASE_SPAN_H
#define CORDON_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

struct span {
	const char *p;
	size_t n;
};

/* The span of a string literal, a constant expression. */
#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})

/* For printf's "%.*s": SPAN_ARG(s) gives both arguments. Spans over 2 GiB are cut. */
#define SPAN_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).p ? (s).p : "")

/* The span of a NUL-terminated string; NULL gives the empty span. */
static inline struct span span_cstr(const char *s)
{
	return (struct span){s, s ? strlen(s) : 0};
}

/* The bytes from `from` up to `to`, which must not be before it. */
static inline struct span span_between(const char *from, const char *to)
{
	return (struct span){from, (size_t)(to - from)};
}

/* s without its first n bytes; n beyond the end gives the empty span at the end. */
static inline struct span span_skip(struct span s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return (struct span){n ? s.p + n : s.p, s.n - n};
}

/* The first n bytes of s, or all of it when it has fewer. */
static inline struct span span_take(struct span s, size_t n)
{
	return (struct span){s.p, n < s.n ? n : s.n};
}

/* One past the last byte. */
static inline const char *span_end(struct span s)
{
	return s.n ? s.p + s.n : s.p;
}

/* True when both hold the same bytes. */
static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What each byte is, so that a test is one load; for the functions below. */
enum { ASCII_SPACE = 1, ASCII_ALPHA = 2, ASCII_DIGIT = 4 };
extern const unsigned char ascii_class[256];
extern const char ascii_small[256];

/* ASCII without the locale: these are the characters of protocols, not of a language. */
static inline char ascii_lower(char c)
{
	return ascii_small[(unsigned char)c];
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	return ascii_class[(unsigned char)c] & ASCII_ALPHA;
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_class[(unsigned char)c] & (ASCII_ALPHA | ASCII_DIGIT);
}

/* Space, tab, CR, LF, FF, VT. */
static inline bool ascii_is_space(char c)
{
	return ascii_class[(unsigned char)c] & ASCII_SPACE;
}

/* The value of a hexadecimal digit, or -1. */
static inline int ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* True when s begins (ends) with that; the _nocase form ignores the case of ASCII letters. The
 * first is here because with a literal it comes to a comparison of one or two numbers. */
static inline bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool span_starts_nocase(struct span s, struct span prefix);
bool span_ends_nocase(struct span s, struct span suffix);

/* True when both hold the same bytes, ASCII letters compared without case. Here because mostly the
 * lengths differ. */
static inline bool span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && span_starts_nocase(a, b);
}

/* Offset of the first byte c, or -1. */
static inline ssize_t span_index(struct span s, char c)
{
	const char *at = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

/* Offset of the last byte c, or -1. */
ssize_t span_rindex(struct span s, char c);

/* Offset of the first place where needle stands in s, or -1; an empty needle is at 0. */
ssize_t span_find(struct span s, struct span needle);

/* The same without the case of ASCII letters. Worst cost: s.n times needle.n. */
ssize_t span_find_nocase(struct span s, struct span needle);

/* s without white space (ascii_is_space) at both ends. */
struct span span_trim(struct span s);

/*
 * Takes the next piece off *rest, up to the byte sep, which is dropped; without a sep the rest is
 * the piece. Returns false when *rest is used up: then *rest is {NULL, 0} and *ret_piece untouched.
 * "a,,b" gives "a", "", "b"; "a," gives "a", "".
 */
bool span_cut(struct span *rest, char sep, struct span *ret_piece);

/*
 * Takes the next line off *rest, without its LF or CRLF. A last line needs no LF.
 * Returns false at the end.
 */
bool span_line(struct span *rest, struct span *ret_line);

/*
 * Reads a whole decimal number, digits only, no sign. Returns 0, -EINVAL when s is empty or holds
 * anything but digits, -ERANGE when it is over max.
 */
int span_number(struct span s, unsigned long long max, unsigned long long *ret_n);

#endif
