/*
 * BGP4MP (RFC 6396 4.4, RFC 8050 3): messages of BGP as they came in, and changes of a session's
 * state. An update is four runs of prefixes: withdrawn and announced, each among the message's
 * own fields (IPv4 unicast) and in an attribute (RFC 4760).
 */
#include "net/mrt_format.h"

#define BGP_HEAD   19 /* marker, length, type (RFC 4271 4.1) */
#define BGP_UPDATE 2

/* The head of both kinds: peers, interface, family, addresses. */
static bool take_head(struct mrt *m, unsigned as_bytes)
{
	struct wire *w = &m->rest;

	m->peer.asn = wire_asn(w, as_bytes);
	m->collector.asn = wire_asn(w, as_bytes);
	wire_take(w, 2); /* interface */
	unsigned afi = wire_u16(w);

	if (w->cut || (afi != 1 && afi != 2)) {
		mrt_note(m, w->cut ? MRT_ODD_RECORD : MRT_ODD_FAMILY);
		return false;
	}
	m->peer.ip = wire_ip(w, afi == 1 ? IP_V4 : IP_V6);
	m->collector.ip = wire_ip(w, afi == 1 ? IP_V4 : IP_V6);
	m->event.peer = &m->peer;
	m->event.collector = &m->collector;
	if (w->cut)
		mrt_note(m, MRT_ODD_RECORD);
	return !w->cut;
}

static bool once(struct mrt *m)
{
	m->step = NULL;
	return true;
}

static void begin_state(struct mrt *m, unsigned as_bytes)
{
	if (!take_head(m, as_bytes))
		return;
	m->event.kind = MRT_STATE;
	m->event.from = wire_u16(&m->rest);
	m->event.to = wire_u16(&m->rest);
	if (m->rest.cut)
		mrt_note(m, MRT_ODD_RECORD);
	else
		m->step = once;
}

static bool next_prefix(struct mrt *m)
{
	struct mrt_event *e = &m->event;

	while (m->part_now < m->parts) {
		struct mrt_part *part = &m->part[m->part_now];

		if (wire_left(&part->prefixes)) {
			if (e->add_path)
				e->path_id = wire_u32(&part->prefixes);
			if (wire_prefix(
				    &part->prefixes, (enum ip_family)part->family, &e->prefix)) {
				e->kind = part->kind;
				e->multicast = part->multicast;
				e->mp = part->mp;
				e->attributes.has = part->kind == MRT_ANNOUNCE ? m->has : 0;
				return true;
			}
			mrt_note(m, MRT_ODD_PREFIX);
		}
		m->part_now++;
	}
	return false;
}

static void add_part(struct mrt *m, enum mrt_kind kind, const struct bgp_nlri *nlri, bool mp)
{
	const uint8_t *p = (const uint8_t *)nlri->prefixes.p;

	if ((nlri->afi != 1 && nlri->afi != 2) || (nlri->safi != 1 && nlri->safi != 2)) {
		mrt_note(m, MRT_ODD_FAMILY);
		return;
	}
	m->part[m->parts++] = (struct mrt_part){.prefixes = {p, p + nlri->prefixes.n, false},
		.kind = (uint8_t)kind,
		.family = nlri->afi == 1 ? IP_V4 : IP_V6,
		.multicast = nlri->safi == 2,
		.mp = mp};
}

static void add_own(struct mrt *m, enum mrt_kind kind, const struct wire *w)
{
	struct bgp_nlri nlri = {1, 1, {(const char *)w->p, wire_left(w)}};

	if (nlri.prefixes.n)
		add_part(m, kind, &nlri, false);
}

static void add_mp(struct mrt *m, enum mrt_kind kind, enum bgp_attribute type)
{
	struct bgp_nlri nlri;

	if (!(m->has >> type & 1))
		return;
	if (bgp_mp_nlri(&m->event.attributes, type, &nlri))
		add_part(m, kind, &nlri, true);
	else
		mrt_note(m, MRT_ODD_ATTRIBUTE);
}

/* RFC 4271 4.3. Where a length promises more than there is, the attributes that are there count,
 * for the prefixes that they hold. */
static void begin_update(struct mrt *m, struct wire *w)
{
	struct wire withdrawn = wire_part(w, wire_u16(w));
	struct wire raw = wire_part(w, wire_u16(w));

	if (w->cut)
		mrt_note(m, MRT_ODD_MESSAGE);
	if (withdrawn.cut)
		withdrawn.p = withdrawn.end;
	m->parts = m->part_now = 0;
	mrt_find_attributes(m, (struct span){(const char *)raw.p, wire_left(&raw)});
	m->has = m->event.attributes.has;
	add_own(m, MRT_WITHDRAW, &withdrawn);
	add_mp(m, MRT_WITHDRAW, BGP_MP_UNREACH);
	add_own(m, MRT_ANNOUNCE, w);
	add_mp(m, MRT_ANNOUNCE, BGP_MP_REACH);
	m->step = next_prefix;
}

/* All ones; what else stood there was for authentication, long given up (RFC 4271 4.1). */
static bool take_marker(struct wire *w)
{
	static const uint8_t ones[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	const uint8_t *p = wire_take(w, sizeof(ones));

	return p && memcmp(p, ones, sizeof(ones)) == 0;
}

static void begin_message(struct mrt *m, unsigned as_bytes)
{
	if (!take_head(m, as_bytes))
		return;
	bool good = take_marker(&m->rest);
	size_t n = wire_u16(&m->rest);
	uint8_t type = wire_u8(&m->rest);
	struct wire body = wire_part(&m->rest, n < BGP_HEAD ? 0 : n - BGP_HEAD);

	if (!good || m->rest.cut || n < BGP_HEAD)
		mrt_note(m, MRT_ODD_MESSAGE);
	if (!good || n < BGP_HEAD || type != BGP_UPDATE)
		return;
	body.cut = false; /* it is noted */
	m->event.attributes.as_bytes = (uint8_t)as_bytes;
	begin_update(m, &body);
}

void mrt_begin_bgp4mp(struct mrt *m, unsigned subtype)
{
	static const struct {
		uint8_t as_bytes;
		bool add_path, local;
	} kinds[] = {
		[0] = {2, false, false}, /* STATE_CHANGE, RFC 6396 4.4 */
		[1] = {2, false, false}, /* MESSAGE */
		[4] = {4, false, false}, /* MESSAGE_AS4 */
		[5] = {4, false, false}, /* STATE_CHANGE_AS4 */
		[6] = {2, false, true},  /* MESSAGE_LOCAL */
		[7] = {4, false, true},  /* MESSAGE_AS4_LOCAL */
		[8] = {2, true, false},  /* the same four with path identifiers, RFC 8050 3 */
		[9] = {4, true, false},
		[10] = {2, true, true},
		[11] = {4, true, true},
	};

	if (subtype >= sizeof(kinds) / sizeof(*kinds) || !kinds[subtype].as_bytes) {
		mrt_note(m, MRT_ODD_TYPE);
		return;
	}
	m->event.add_path = kinds[subtype].add_path;
	m->event.local = kinds[subtype].local;
	if (subtype == 0 || subtype == 5)
		begin_state(m, kinds[subtype].as_bytes);
	else
		begin_message(m, kinds[subtype].as_bytes);
}
