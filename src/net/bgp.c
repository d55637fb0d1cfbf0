/*
 * One pass notes where each attribute lies; the rest are small decoders that check the length they
 * need. Nothing is trusted but the bytes between the two pointers.
 */
#include "net/bgp.h"
#include "net/bgp_wire.h"

static struct wire wire_of(struct span s)
{
	const uint8_t *p =
		(const uint8_t *)(s.n ? s.p : ""); /* never NULL, so that it can be added to */

	return (struct wire){p, p + s.n, false};
}

static struct wire value(const struct bgp_attributes *a, enum bgp_attribute type)
{
	return wire_of(bgp_attribute(a, type));
}

unsigned bgp_attributes_find(struct span raw, struct bgp_attributes *ret)
{
	struct wire w = wire_of(raw);
	unsigned odd = 0;
	uint64_t has = 0;

	ret->raw = w.p;
	while (wire_left(&w)) {
		uint8_t flags = wire_u8(&w), type = wire_u8(&w);
		size_t n = flags & 0x10 ? wire_u16(&w) : wire_u8(&w); /* Extended Length */
		const uint8_t *p = wire_take(&w, n);

		if (w.cut) {
			odd |= BGP_ODD_CUT;
			break;
		}
		if (type >= BGP_ATTRIBUTES)
			continue;
		if (has >> type & 1) {
			odd |= BGP_ODD_REPEATED;
			continue;
		}
		has |= (uint64_t)1 << type;
		ret->at[type] = (uint16_t)(p - ret->raw);
		ret->n[type] = (uint16_t)n;
	}
	ret->has = has;
	return odd;
}

bool bgp_origin(const struct bgp_attributes *a, uint8_t *ret_origin)
{
	struct span s = bgp_attribute(a, BGP_ORIGIN);

	if (s.n != 1)
		return false;
	*ret_origin = (uint8_t)s.p[0];
	return true;
}

bool bgp_number(const struct bgp_attributes *a, enum bgp_attribute type, uint32_t *ret_n)
{
	struct span s = bgp_attribute(a, type);

	if (s.n != 4)
		return false;
	*ret_n = wire_get32((const uint8_t *)s.p);
	return true;
}

/* The next hop of MP_REACH_NLRI: as many bytes as its length says, behind AFI and SAFI (RFC 4760
 * 3), or at the very beginning in a table (RFC 6396 4.3.4). Some writers leave AFI and SAFI there
 * in tables too: they begin with a zero, which no length of a next hop is. */
static struct wire mp_next_hop(const struct bgp_attributes *a)
{
	struct wire w = value(a, BGP_MP_REACH);

	if (!a->abridged || (wire_left(&w) && *w.p == 0))
		wire_take(&w, 3);
	return wire_part(&w, wire_u8(&w));
}

bool bgp_next_hop(const struct bgp_attributes *a, enum bgp_attribute type, struct ip *ret_ip)
{
	struct wire w = type == BGP_MP_REACH ? mp_next_hop(a) : value(a, type);
	size_t n = wire_left(&w);

	if (w.cut || (n != 4 && (type != BGP_MP_REACH || (n != 16 && n != 32))))
		return false;
	*ret_ip = wire_ip(&w, n == 4 ? IP_V4 : IP_V6);
	return true;
}

/* Its length tells how wide the AS number is, whatever the session had agreed on. */
static bool aggregator_of(
	const struct bgp_attributes *a, enum bgp_attribute type, struct bgp_aggregator *ret)
{
	struct wire w = value(a, type);
	size_t n = wire_left(&w);

	if (n != 6 && n != 8)
		return false;
	ret->asn = wire_asn(&w, n == 8 ? 4 : 2);
	ret->ip = wire_ip(&w, IP_V4);
	return true;
}

bool bgp_aggregator(const struct bgp_attributes *a, struct bgp_aggregator *ret)
{
	struct bgp_aggregator plain, wide;

	if (!aggregator_of(a, BGP_AGGREGATOR, &plain))
		return false;
	*ret = plain;
	if (a->as_bytes == 2 && plain.asn == BGP_AS_TRANS &&
		aggregator_of(a, BGP_AS4_AGGREGATOR, &wide))
		*ret = wide;
	return true;
}

bool bgp_community(const struct bgp_attributes *a, size_t i, uint32_t *ret_community)
{
	struct span s = bgp_attribute(a, BGP_COMMUNITIES);

	if (i >= s.n / 4)
		return false;
	*ret_community = wire_get32((const uint8_t *)s.p + 4 * i);
	return true;
}

bool bgp_large_community(const struct bgp_attributes *a, size_t i, uint32_t ret_part[3])
{
	struct span s = bgp_attribute(a, BGP_LARGE_COMMUNITIES);

	if (i >= s.n / 12)
		return false;
	for (size_t k = 0; k < 3; k++)
		ret_part[k] = wire_get32((const uint8_t *)s.p + 12 * i + 4 * k);
	return true;
}

/* What stands between next hop and prefixes is one reserved byte (RFC 4760 3); before that it was
 * the number of SNPAs, each with its length in half bytes (RFC 2858 2). */
static void pass_snpas(struct wire *w)
{
	for (unsigned n = wire_u8(w); n && !w->cut; n--)
		wire_take(w, (wire_u8(w) + 1U) / 2);
}

bool bgp_mp_nlri(const struct bgp_attributes *a, enum bgp_attribute type, struct bgp_nlri *ret)
{
	struct wire w = value(a, type);
	uint16_t afi = wire_u16(&w);
	uint8_t safi = wire_u8(&w);

	if (type == BGP_MP_REACH) {
		wire_take(&w, wire_u8(&w));
		pass_snpas(&w);
	}
	if (w.cut)
		return false;
	*ret = (struct bgp_nlri){afi, safi, {(const char *)w.p, wire_left(&w)}};
	return true;
}
