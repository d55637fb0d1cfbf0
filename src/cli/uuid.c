#include "cli/uuid.h"

#include "base/buf.h"

#include <stdio.h>

static uint32_t turn(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* RFC 3174, 6.1. */
static void add_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], v[5];

	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16 |
		       (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
	for (int t = 16; t < 80; t++)
		w[t] = turn(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, h, sizeof(v));
	for (int t = 0; t < 80; t++) {
		uint32_t f = t < 20              ? (v[1] & v[2]) | (~v[1] & v[3])
			     : t < 40 || t >= 60 ? v[1] ^ v[2] ^ v[3]
						 : (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
		static const uint32_t k[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
		uint32_t next = turn(v[0], 5) + f + v[4] + w[t] + k[t / 20];

		v[4] = v[3];
		v[3] = v[2];
		v[2] = turn(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (int i = 0; i < 5; i++)
		h[i] += v[i];
}

void uuid_sha1(struct span s, uint8_t ret_sum[20])
{
	uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	const uint64_t bits = (uint64_t)s.n * 8;
	uint8_t last[128] = {0};

	for (; s.n >= 64; s = span_skip(s, 64))
		add_block(h, (const uint8_t *)s.p);
	if (s.n)
		memcpy(last, s.p, s.n);
	last[s.n] = 0x80;
	size_t n = s.n < 56 ? 64 : 128;

	for (int i = 0; i < 8; i++)
		last[n - 1 - i] = (uint8_t)(bits >> (8 * i));
	for (size_t at = 0; at < n; at += 64)
		add_block(h, last + at);
	for (int i = 0; i < 20; i++)
		ret_sum[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

const char *uuid_of_name(const uint8_t space[16], struct span name, char to[UUID_TEXT])
{
	struct buf b = {0};
	uint8_t u[20];

	buf_add(&b, (struct span){(const char *)space, 16});
	buf_add(&b, name);
	uuid_sha1(buf_span(&b), u);
	buf_done(&b);
	u[6] = (u[6] & 0x0f) | 0x50;
	u[8] = (u[8] & 0x3f) | 0x80;
	snprintf(to, UUID_TEXT,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
		u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
		u[15]);
	return to;
}

void uuid_parse(const char *text, uint8_t ret[16])
{
	for (size_t i = 0; i < 16; i++) {
		text += *text == '-';
		ret[i] = (uint8_t)(ascii_hex(text[0]) << 4 | ascii_hex(text[1]));
		text += 2;
	}
}
