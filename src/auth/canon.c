/*
 * Body: a line at a time. Lines that come out empty are counted, not written, until one comes that
 * is not: those at the end never are (RFC 6376, 3.4.3). Most lines of a relaxed body have nothing
 * to change, so a line is first looked at for white space that would have to, eight bytes at a
 * time.
 */
#include "auth/canon.h"

#include <stdint.h>

void canon_sink_init(
	struct canon_sink *s, void (*write)(void *arg, const char *p, size_t n), void *arg)
{
	s->write = write;
	s->arg = arg;
	s->n = 0;
}

void canon_sink_flush(struct canon_sink *s)
{
	if (s->n)
		s->write(s->arg, s->at, s->n);
	s->n = 0;
}

static void put(struct canon_sink *s, const char *p, size_t n)
{
	if (n > sizeof(s->at) - s->n) {
		canon_sink_flush(s);
		if (n >= sizeof(s->at)) {
			s->write(s->arg, p, n);
			return;
		}
	}
	if (n)
		memcpy(s->at + s->n, p, n);
	s->n += n;
}

static void put_byte(struct canon_sink *s, char c)
{
	if (s->n == sizeof(s->at))
		canon_sink_flush(s);
	s->at[s->n++] = c;
}

void canon_line_end(struct canon_sink *s)
{
	put(s, "\r\n", 2);
}

/* Simple: as it stands, every line end inside as CRLF (RFC 6376, 3.4.1). */
static void simple_piece(struct canon_sink *s, struct span text)
{
	const char *lf;

	while (text.n && (lf = memchr(text.p, '\n', text.n))) {
		size_t n = (size_t)(lf - text.p), line = n;

		while (line && text.p[line - 1] == '\r')
			line--;
		put(s, text.p, line);
		canon_line_end(s);
		text = span_skip(text, n + 1);
	}
	put(s, text.p, text.n);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_fold(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

/* Relaxed: runs of white space, folds among them, become a space (RFC 6376, 3.4.2). *space: one is
 * due before the next byte that is none; *begun: there was such a byte. */
static void relaxed_piece(struct canon_sink *s, struct span text, bool *begun, bool *space)
{
	size_t i = 0;

	while (i < text.n) {
		size_t from = i;

		while (i < text.n && !is_fold(text.p[i]))
			i++;
		if (i > from) {
			if (*space && *begun)
				put_byte(s, ' ');
			put(s, text.p + from, i - from);
			*begun = true;
			*space = false;
		}
		for (; i < text.n && is_fold(text.p[i]); i++)
			*space = true;
	}
}

static void relaxed_field(
	struct canon_sink *s, const struct field *f, struct span before, struct span behind)
{
	bool begun = false, space = false;

	for (size_t i = 0; i < f->name.n; i++)
		put_byte(s, ascii_lower(f->name.p[i]));
	put_byte(s, ':');
	relaxed_piece(s, before, &begun, &space);
	relaxed_piece(s, behind, &begun, &space);
}

void canon_field(struct canon_sink *s, const struct field *f, enum canon canon, struct span without)
{
	struct span before = f->value, behind = {NULL, 0};

	if (without.p) {
		before = span_between(f->value.p, without.p);
		behind = span_between(without.p + without.n, f->value.p + f->value.n);
	}
	if (canon == CANON_RELAXED) {
		relaxed_field(s, f, before, behind);
		return;
	}
	put(s, f->name.p,
		(size_t)(f->value.p - f->name.p)); /* the colon and blanks before it too */
	simple_piece(s, before);
	simple_piece(s, behind);
}

#define ONES 0x0101010101010101ULL
#define HIGH 0x8080808080808080ULL

/* Bytes of x that are zero, as their high bits; bytes above the lowest such one may be wrong. */
static inline uint64_t zero_bytes(uint64_t x)
{
	return (x - ONES) & ~x & HIGH;
}

/* How many bytes at the beginning of a line are as relaxed has them: up to the first tab, or the
 * first of two blanks in a row. A few less may be told, never more. */
static size_t plain_bytes(struct span line)
{
	size_t i = 0;

	for (; i + 9 <= line.n; i += 8) {
		uint64_t a, b;

		memcpy(&a, line.p + i, 8);
		memcpy(&b, line.p + i + 1, 8);
		/* a tab, also as the byte behind: a space before it goes; or two spaces in a row */
		uint64_t tab = zero_bytes(a ^ ONES * '\t') | zero_bytes(b ^ ONES * '\t');
		uint64_t two = zero_bytes((a ^ ONES * ' ') | (b ^ ONES * ' '));

		if (tab | two)
			break;
	}
	return i;
}

/* RFC 6376, 3.4.4: only space and tab are white space here. The line has none at its end. */
static void relaxed_line(struct canon_sink *s, struct span line)
{
	while (line.n) {
		size_t n = plain_bytes(line);

		while (n < line.n && line.p[n] != '\t' &&
			!(line.p[n] == ' ' && is_blank(line.p[n + 1])))
			n++;
		put(s, line.p, n);
		line = span_skip(line, n);
		if (!line.n)
			break;
		put_byte(s, ' ');
		for (n = 0; is_blank(line.p[n]);)
			n++;
		line = span_skip(line, n);
	}
}

/* The next line of a body without its end. */
static struct span take_line(struct span *rest)
{
	const char *lf = memchr(rest->p, '\n', rest->n);
	struct span line = {rest->p, lf ? (size_t)(lf - rest->p) : rest->n};

	*rest = span_skip(*rest, line.n + (lf != NULL));
	if (lf && line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

void canon_body(struct canon_sink *s, struct span body, enum canon canon)
{
	size_t empty = 0;
	bool any = false;

	while (body.n) {
		struct span line = take_line(&body);

		if (canon == CANON_RELAXED)
			while (line.n && is_blank(line.p[line.n - 1]))
				line.n--;
		if (!line.n) {
			empty++;
			continue;
		}
		for (; empty; empty--)
			canon_line_end(s);
		if (canon == CANON_RELAXED)
			relaxed_line(s, line);
		else
			put(s, line.p, line.n);
		canon_line_end(s); /* also where the body lacks it */
		any = true;
	}
	/* RFC 6376, 3.4.3: a body of nothing is an empty line; 3.4.4: it is nothing */
	if (!any && canon == CANON_SIMPLE)
		canon_line_end(s);
}
