/* TABLE_DUMP (RFC 6396 4.2), a route a record, and TABLE_DUMP_V2 (4.3, RFC 8050 4), a prefix a
 * record with the routes of all peers, which a table at the beginning of the file tells. */
#include "net/mrt_format.h"

#include <errno.h>
#include <stdlib.h>

/* Attributes with their length before them; false, and noted, when they lack. */
static bool take_attributes(struct mrt *m, struct span *ret_raw)
{
	size_t n = wire_u16(&m->rest);
	const uint8_t *p = wire_take(&m->rest, n);

	if (m->rest.cut) {
		mrt_note(m, MRT_ODD_RECORD);
		return false;
	}
	*ret_raw = (struct span){(const char *)p, n};
	return true;
}

/* IPv6 has its next hop in MP_REACH_NLRI alone, and IPv4 may (RFC 8950). */
static void settle_next_hop(struct mrt_event *e)
{
	uint64_t has = e->attributes.has;

	e->mp = has >> BGP_MP_REACH & 1 &&
		(e->prefix.ip.family == IP_V6 || !(has >> BGP_NEXT_HOP & 1));
}

static bool once(struct mrt *m)
{
	m->step = NULL;
	return true;
}

/* AS numbers have two bytes here, and MP_REACH_NLRI is whole (RFC 6396 4.2). */
void mrt_begin_table_dump(struct mrt *m, unsigned subtype)
{
	struct mrt_event *e = &m->event;
	enum ip_family family = subtype == 2 ? IP_V6 : IP_V4;
	struct span raw;

	if (subtype != 1 && subtype != 2) {
		mrt_note(m, MRT_ODD_TYPE);
		return;
	}
	wire_take(&m->rest, 4); /* view, sequence */
	struct ip ip = wire_ip(&m->rest, family);
	unsigned length = wire_u8(&m->rest);

	wire_take(&m->rest, 1); /* status */
	e->changed = wire_u32(&m->rest);
	m->peer.ip = wire_ip(&m->rest, family);
	m->peer.asn = wire_u16(&m->rest);
	if (!take_attributes(m, &raw))
		return;
	if (length > (family == IP_V4 ? 32 : 128)) {
		mrt_note(m, MRT_ODD_PREFIX);
		return;
	}
	e->kind = MRT_TABLE;
	e->prefix = prefix_of(&ip, length);
	e->peer = &m->peer;
	e->attributes.as_bytes = 2;
	mrt_find_attributes(m, raw);
	settle_next_hop(e);
	m->step = once;
}

/* One row of the peer table (RFC 6396 4.3.1): bit 0 of its type tells IPv6, bit 1 wide numbers. */
static bool take_peer(struct wire *w, uint32_t index, struct mrt_peer *ret_peer)
{
	uint8_t type = wire_u8(w);

	wire_take(w, 4); /* BGP identifier */
	ret_peer->ip = wire_ip(w, type & 1 ? IP_V6 : IP_V4);
	ret_peer->asn = wire_asn(w, type & 2 ? 4 : 2);
	ret_peer->index = index;
	return !w->cut;
}

/* It replaces the table before it. A row takes at least 11 bytes, so a count that lies costs no
 * memory. */
static void take_peers(struct mrt *m)
{
	struct wire *w = &m->rest;

	wire_take(w, 4);           /* the collector's identifier */
	wire_take(w, wire_u16(w)); /* name of the view */
	uint32_t count = wire_u16(w);
	size_t room = wire_left(w) / 11 < count ? wire_left(w) / 11 : count;
	struct mrt_peer *peers = malloc((room + 1) * sizeof(*peers));

	if (!peers) {
		m->failed = -ENOMEM;
		return;
	}
	free(m->peers);
	m->peers = peers;
	m->n_peers = 0;
	while (m->n_peers < room && take_peer(w, m->n_peers, &peers[m->n_peers]))
		m->n_peers++;
	if (w->cut || m->n_peers < count)
		mrt_note(m, MRT_ODD_RECORD);
}

/* The next entry of a prefix (RFC 6396 4.3.4, with path identifier RFC 8050 4.1). */
static bool next_entry(struct mrt *m)
{
	struct mrt_event *e = &m->event;
	struct span raw;

	while (m->entries) {
		m->entries--;
		uint32_t index = wire_u16(&m->rest);

		e->changed = wire_u32(&m->rest);
		if (e->add_path)
			e->path_id = wire_u32(&m->rest);
		if (!take_attributes(m, &raw))
			break;
		if (index >= m->n_peers) {
			mrt_note(m, MRT_ODD_PEER);
			continue;
		}
		e->peer = &m->peers[index];
		mrt_find_attributes(m, raw);
		settle_next_hop(e);
		return true;
	}
	m->entries = 0;
	return false;
}

/* Prefix, number of entries, entries (RFC 6396 4.3.2). */
static void begin_rib(struct mrt *m, enum ip_family family, bool multicast, bool add_path)
{
	struct mrt_event *e = &m->event;

	if (!wire_prefix(&m->rest, family, &e->prefix)) {
		mrt_note(m, MRT_ODD_PREFIX);
		return;
	}
	m->entries = wire_u16(&m->rest);
	if (m->rest.cut)
		mrt_note(m, MRT_ODD_RECORD);
	e->kind = MRT_TABLE;
	e->multicast = multicast;
	e->add_path = add_path;
	e->attributes.as_bytes = 4; /* 4.3.4, whatever the session had */
	e->attributes.abridged = true;
	m->step = next_entry;
}

/* RIB_GENERIC (RFC 6396 4.3.3) names its family; those of the other subtypes are read. */
static void begin_generic(struct mrt *m)
{
	unsigned afi = wire_u16(&m->rest), safi = wire_u8(&m->rest);

	if ((afi != 1 && afi != 2) || (safi != 1 && safi != 2))
		mrt_note(m, MRT_ODD_FAMILY);
	else
		begin_rib(m, afi == 1 ? IP_V4 : IP_V6, safi == 2, false);
}

void mrt_begin_table_dump_v2(struct mrt *m, unsigned subtype)
{
	static const struct {
		uint8_t family;
		bool multicast, add_path;
	} kinds[] = {
		[2] = {IP_V4, false, false}, /* RFC 6396 4.3 */
		[3] = {IP_V4, true, false},
		[4] = {IP_V6, false, false},
		[5] = {IP_V6, true, false},
		[8] = {IP_V4, false, true}, /* RFC 8050 4 */
		[9] = {IP_V4, true, true},
		[10] = {IP_V6, false, true},
		[11] = {IP_V6, true, true},
	};

	if (subtype == 1) {
		take_peers(m);
		return;
	}
	bool known = subtype < sizeof(kinds) / sizeof(*kinds) && kinds[subtype].family;

	if (!known && subtype != 6) {
		mrt_note(m, MRT_ODD_TYPE);
		return;
	}
	wire_take(&m->rest, 4); /* sequence */
	if (known)
		begin_rib(m, (enum ip_family)kinds[subtype].family, kinds[subtype].multicast,
			kinds[subtype].add_path);
	else
		begin_generic(m);
}
