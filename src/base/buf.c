#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b)
{
	*b = (struct buf){0};
}

void buf_done(struct buf *b)
{
	free(b->p);
	buf_init(b);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t want;

	if (b->failed || __builtin_add_overflow(b->n, n, &want)) {
		b->failed = true;
		return NULL;
	}
	if (want > b->room) {
		size_t room = b->room ? b->room : 256;

		while (room < want)
			if (__builtin_mul_overflow(room, (size_t)2, &room))
				room = want;
		char *p = realloc(b->p, room);

		if (!p) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->room = room;
	}
	return b->p ? b->p + b->n : NULL;
}

void buf_add(struct buf *b, struct span s)
{
	char *to = buf_reserve(b, s.n);

	if (to && s.n) {
		memcpy(to, s.p, s.n);
		b->n += s.n;
	}
}

void buf_byte(struct buf *b, char c)
{
	buf_add(b, (struct span){&c, 1});
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, span_cstr(s));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;

	va_start(ap, format);
	va_copy(again, ap);
	/* Mostly it fits into what is there, and is formatted once. */
	size_t room = b->room - b->n;
	int n = vsnprintf(b->p ? b->p + b->n : NULL, room, format, ap);
	char *to = n < 0 ? NULL : buf_reserve(b, (size_t)n + 1);

	if (to && (size_t)n >= room)
		vsnprintf(to, (size_t)n + 1, format, again);
	if (to)
		b->n += (size_t)n;
	else
		b->failed = true;
	va_end(again);
	va_end(ap);
}

struct span buf_span(const struct buf *b)
{
	return (struct span){b->p, b->n};
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}
