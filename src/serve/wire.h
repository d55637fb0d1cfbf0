/*
 * Numbers and texts of messages between roles, little-endian. Writing goes to a buf; reading fails
 * once and for all: after the first number that is not there every later one is 0 or empty, and the
 * one look at `bad` at the end tells.
 */
#ifndef CORDON_SERVE_WIRE_H
#define CORDON_SERVE_WIRE_H

#include "base/buf.h"

#include <endian.h>
#include <stdint.h>

static inline void wire_u8(struct buf *to, uint8_t x)
{
	buf_byte(to, (char)x);
}

static inline void wire_u16(struct buf *to, uint16_t x)
{
	x = htole16(x);
	buf_add(to, (struct span){(const char *)&x, sizeof(x)});
}

static inline void wire_u32(struct buf *to, uint32_t x)
{
	x = htole32(x);
	buf_add(to, (struct span){(const char *)&x, sizeof(x)});
}

static inline void wire_u64(struct buf *to, uint64_t x)
{
	x = htole64(x);
	buf_add(to, (struct span){(const char *)&x, sizeof(x)});
}

/* An IEEE 754 double by its bits. */
static inline void wire_double(struct buf *to, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	wire_u64(to, bits);
}

/* 16 bits of length, then the text, cut at most (which is at most 65535) bytes. */
static inline void wire_text(struct buf *to, struct span s, size_t most)
{
	s = span_take(s, most);
	wire_u16(to, (uint16_t)s.n);
	buf_add(to, s);
}

struct wire_reader {
	struct span left;
	bool bad;
};

/* The next n bytes; empty when there are not so many. */
static inline struct span wire_get(struct wire_reader *r, size_t n)
{
	struct span s = {r->left.p, n};

	if (r->bad || n > r->left.n) {
		r->bad = true;
		return (struct span){NULL, 0};
	}
	r->left = span_skip(r->left, n);
	return s;
}

static inline uint64_t wire_get_number(struct wire_reader *r, size_t bytes)
{
	struct span s = wire_get(r, bytes);
	uint64_t x = 0;

	for (size_t i = s.n; i > 0; i--)
		x = x << 8 | (unsigned char)s.p[i - 1];
	return x;
}

static inline uint8_t wire_get_u8(struct wire_reader *r)
{
	return (uint8_t)wire_get_number(r, 1);
}

static inline uint16_t wire_get_u16(struct wire_reader *r)
{
	return (uint16_t)wire_get_number(r, 2);
}

static inline uint32_t wire_get_u32(struct wire_reader *r)
{
	return (uint32_t)wire_get_number(r, 4);
}

static inline uint64_t wire_get_u64(struct wire_reader *r)
{
	return wire_get_number(r, 8);
}

static inline double wire_get_double(struct wire_reader *r)
{
	uint64_t bits = wire_get_u64(r);
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* A text of at most `most` bytes; a longer one is bad. */
static inline struct span wire_get_text(struct wire_reader *r, size_t most)
{
	size_t n = wire_get_u16(r);

	if (n > most)
		r->bad = true;
	return wire_get(r, r->bad ? 0 : n);
}

/* All was there, and nothing is left over. */
static inline bool wire_ended(const struct wire_reader *r)
{
	return !r->bad && !r->left.n;
}

#endif
