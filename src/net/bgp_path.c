/*
 * AS_PATH: segments of a type, a count and that many numbers. Nearly all paths are one AS_SEQUENCE,
 * for which a loop that swaps bytes is all there is to do. Where numbers have two bytes, AS4_PATH
 * is decoded right behind AS_PATH in the same room and moved down over the hops that it replaces;
 * both together have at most 65,535 bytes, so they fit.
 */
#include "net/bgp.h"
#include "net/bgp_wire.h"

/* One AS_SEQUENCE and nothing else? Then its hops are written. */
static bool take_plain(struct span s, unsigned as_bytes, struct bgp_path_room *room, size_t *ret_n)
{
	const uint8_t *p = (const uint8_t *)s.p;

	if (s.n < 2 || p[0] != BGP_SEQUENCE || s.n != 2 + (size_t)p[1] * as_bytes)
		return false;
	size_t n = p[1];

	p += 2;
	if (as_bytes == 4)
		for (size_t i = 0; i < n; i++)
			room->hop[i] = wire_get32(p + 4 * i);
	else
		for (size_t i = 0; i < n; i++)
			room->hop[i] = wire_get16(p + 2 * i);
	*ret_n = n;
	return true;
}

/* Writes hops and their segments from room[at] on; returns where they end. */
static size_t take_segments(
	struct span s, unsigned as_bytes, struct bgp_path_room *room, size_t at, bool *ret_damaged)
{
	struct wire w = {(const uint8_t *)s.p, (const uint8_t *)s.p + s.n, false};

	while (wire_left(&w)) {
		uint8_t type = wire_u8(&w), n = wire_u8(&w);
		struct wire hops = wire_part(&w, (size_t)n * as_bytes);

		if (w.cut || type < BGP_SET || type > BGP_CONFED_SET) {
			*ret_damaged = true;
			break;
		}
		for (size_t i = 0; i < n; i++, at++) {
			room->hop[at] = wire_asn(&hops, as_bytes);
			room->segment[at] = i ? type : type | BGP_SEGMENT_BEGINS;
		}
	}
	return at;
}

/* What a hop adds to the length of a path: a set counts once, confederations do not (RFC 4271
 * 9.1.2.2, RFC 5065 5.3). */
static size_t weight(uint8_t segment)
{
	return segment == (BGP_SET | BGP_SEGMENT_BEGINS) ||
	       (segment & ~BGP_SEGMENT_BEGINS) == BGP_SEQUENCE;
}

static size_t length_of(const struct bgp_path_room *room, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += weight(room->segment[i]);
	return n;
}

/* AS4_PATH is worth nothing when the aggregator is one that writes no AS_TRANS, for then it took no
 * part in keeping it (RFC 6793 4.2.3). */
static bool has_as4(const struct bgp_attributes *a)
{
	struct span plain = bgp_attribute(a, BGP_AGGREGATOR);

	if (a->as_bytes != 2 || !(a->has >> BGP_AS4_PATH & 1))
		return false;
	return !(a->has >> BGP_AS4_AGGREGATOR & 1) || plain.n != 6 ||
	       wire_get16((const uint8_t *)plain.p) == BGP_AS_TRANS;
}

static bool is_confed(uint8_t segment)
{
	return (segment & ~BGP_SEGMENT_BEGINS) >= BGP_CONFED_SEQUENCE;
}

/* Decodes AS4_PATH behind the n hops; confederations have no place in it (RFC 6793 6). Returns the
 * end. */
static size_t take_as4(
	const struct bgp_attributes *a, struct bgp_path_room *room, size_t n, bool *ret_damaged)
{
	size_t end = take_segments(bgp_attribute(a, BGP_AS4_PATH), 4, room, n, ret_damaged);
	size_t to = n;

	for (size_t from = n; from < end; from++) {
		if (is_confed(room->segment[from]))
			continue;
		room->hop[to] = room->hop[from];
		room->segment[to++] = room->segment[from];
	}
	return to;
}

/* Puts AS4_PATH over the last hops of the n; returns how many there are then. A damaged one is as
 * none (RFC 6793 6). */
static size_t merge(const struct bgp_attributes *a, struct bgp_path_room *room, size_t n)
{
	bool damaged = false;
	size_t end = take_as4(a, room, n, &damaged);
	size_t all = length_of(room, 0, n), tail = length_of(room, n, end), at = 0;

	if (damaged || tail > all)
		return n;
	/* Segments of confederations next to what is kept are kept too. */
	for (size_t keep = all - tail; at < n; at++) {
		uint8_t segment = room->segment[at];

		if (weight(segment) && keep-- == 0)
			break;
	}
	memmove(room->hop + at, room->hop + n, (end - n) * sizeof(*room->hop));
	memmove(room->segment + at, room->segment + n, end - n);
	return at + end - n;
}

/* True when all hops are of AS_SEQUENCEs. */
static bool is_plain(const struct bgp_path_room *room, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((room->segment[i] & ~BGP_SEGMENT_BEGINS) != BGP_SEQUENCE)
			return false;
	return true;
}

void bgp_path(const struct bgp_attributes *a, struct bgp_path_room *room, struct bgp_path *ret)
{
	struct span s = bgp_attribute(a, BGP_AS_PATH);
	bool as4 = has_as4(a), damaged = false;
	size_t n = 0;

	*ret = (struct bgp_path){.hop = room->hop};
	if (!as4 && take_plain(s, a->as_bytes, room, &ret->n))
		return;
	if (s.n)
		n = take_segments(s, a->as_bytes, room, 0, &damaged);
	if (as4)
		n = merge(a, room, n);
	ret->n = n;
	ret->segment = is_plain(room, n) ? NULL : room->segment;
	ret->damaged = damaged;
}
