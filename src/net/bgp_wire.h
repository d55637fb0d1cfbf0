/*
 * A cursor over bytes of the wire, numbers in network byte order. Failure sticks: what is asked
 * beyond the end is zero, and the one check of `cut` behind a run of reads tells.
 */
#ifndef CORDON_NET_BGP_WIRE_H
#define CORDON_NET_BGP_WIRE_H

#include "net/ip.h"

#include <endian.h>

struct wire {
	const uint8_t *p, *end;
	bool cut; /* something was asked for that is not there */
};

static inline size_t wire_left(const struct wire *w)
{
	return (size_t)(w->end - w->p);
}

/* The next n bytes, or NULL, and then all the rest counts as read. */
static inline const uint8_t *wire_take(struct wire *w, size_t n)
{
	const uint8_t *p = w->p;

	if (n > wire_left(w)) {
		w->cut = true;
		w->p = w->end;
		return NULL;
	}
	w->p += n;
	return p;
}

static inline uint8_t wire_u8(struct wire *w)
{
	const uint8_t *p = wire_take(w, 1);

	return p ? *p : 0;
}

static inline uint16_t wire_get16(const uint8_t *p)
{
	uint16_t n;

	memcpy(&n, p, sizeof(n));
	return be16toh(n);
}

static inline uint32_t wire_get32(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return be32toh(n);
}

static inline uint16_t wire_u16(struct wire *w)
{
	const uint8_t *p = wire_take(w, 2);

	return p ? wire_get16(p) : 0;
}

static inline uint32_t wire_u32(struct wire *w)
{
	const uint8_t *p = wire_take(w, 4);

	return p ? wire_get32(p) : 0;
}

/* An AS number of 2 or 4 bytes. */
static inline asn_t wire_asn(struct wire *w, unsigned bytes)
{
	return bytes == 4 ? wire_u32(w) : wire_u16(w);
}

/* The next n bytes as a cursor of their own: as many as there are, and *w is cut if they lack. */
static inline struct wire wire_part(struct wire *w, size_t n)
{
	const uint8_t *from = w->p;

	return wire_take(w, n) ? (struct wire){from, from + n, false}
			       : (struct wire){from, w->end, true};
}

/* An address as it stands: a mapped one stays IPv6, as the record says. */
static inline struct ip wire_ip(struct wire *w, enum ip_family family)
{
	struct ip ip = {.family = (uint8_t)family};
	size_t n = family == IP_V4 ? 4 : 16;
	const uint8_t *p = wire_take(w, n);

	if (p)
		memcpy(ip.byte, p, n);
	return ip;
}

/*
 * A prefix as NLRI have it: its length in bits, then as few bytes as hold them (RFC 4271 4.3). Bits
 * beyond the length "are irrelevant" there and are cleared. False, and *w cut, when the length is
 * beyond the family's or bytes lack.
 */
static inline bool wire_prefix(struct wire *w, enum ip_family family, struct prefix *ret_prefix)
{
	static const uint8_t keep[8] = {0xff, 0x80, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc, 0xfe};
	unsigned length = wire_u8(w), bytes = (length + 7) / 8;
	const uint8_t *p = length <= (family == IP_V4 ? 32U : 128U) ? wire_take(w, bytes) : NULL;

	if (w->cut || !p) {
		w->cut = true;
		return false;
	}
	*ret_prefix = (struct prefix){.ip.family = (uint8_t)family, .length = (uint8_t)length};
	if (bytes) {
		memcpy(ret_prefix->ip.byte, p, bytes);
		ret_prefix->ip.byte[bytes - 1] &= keep[length % 8];
	}
	return true;
}

#endif
