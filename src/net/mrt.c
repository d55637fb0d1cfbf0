/*
 * Records lie one after another in a room that grows to the longest one. A record is taken whole,
 * then the reader of its type hands out its events one by one (mrt_table.c, mrt_message.c); what is
 * passed over is never held.
 */
#include "net/mrt.h"
#include "net/mrt_format.h"
#include "net/paths_build.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM      ((size_t)256 << 10)
#define HEAD      ((size_t)12) /* RFC 6396 2: time, type, subtype, length */
#define TYPE_MOST 49U          /* OSPFv3_ET (RFC 6396 4) */

const char *mrt_odd_words(enum mrt_odd odd)
{
	static const char *const words[MRT_ODDS] = {
		[MRT_ODD_TYPE] = "records of an unknown type, passed over",
		[MRT_ODD_LONG] = "records over 16 MiB, passed over",
		[MRT_ODD_RECORD] = "records that end too early",
		[MRT_ODD_MESSAGE] = "BGP messages without marker, or whose lengths contradict",
		[MRT_ODD_PEER] = "routes of a peer that the peer table lacks, left out",
		[MRT_ODD_PREFIX] = "prefixes of an impossible length",
		[MRT_ODD_FAMILY] = "runs of prefixes of other families, left out",
		[MRT_ODD_ATTRIBUTE] = "lists of attributes that are cut",
		[MRT_ODD_REPEATED] = "attributes given twice, the first one counts",
		[MRT_ODD_PATH] = "damaged AS paths",
	};

	return words[odd];
}

static bool is_read(unsigned type)
{
	return type == MRT_TABLE_DUMP || type == MRT_TABLE_DUMP_V2 || type == MRT_BGP4MP ||
	       type == MRT_BGP4MP_ET;
}

bool mrt_is(struct span head)
{
	const uint8_t *p = (const uint8_t *)head.p, *end = p + head.n;

	if (head.n < HEAD || !is_read(wire_get16(p + 4)))
		return false;
	while ((size_t)(end - p) >= HEAD) {
		uint32_t n = wire_get32(p + 8);

		if (wire_get16(p + 4) > TYPE_MOST || n > MRT_RECORD_MOST)
			return false;
		if (n > (size_t)(end - p) - HEAD)
			break;
		p += HEAD + n;
	}
	return true;
}

int mrt_new(struct stream *stream, struct span held, struct mrt **ret_mrt)
{
	size_t size = held.n > ROOM ? held.n : ROOM;
	struct mrt *m = malloc(sizeof(*m));
	uint8_t *room = malloc(size);

	if (!m || !room) {
		free(m);
		free(room);
		return -ENOMEM;
	}
	/* Not the room for paths: pages that are never used need not be touched. */
	memset(m, 0, offsetof(struct mrt, path_room));
	m->stream = stream;
	m->room = room;
	m->size = size;
	if (held.n)
		memcpy(room, held.p, held.n);
	m->to = held.n;
	*ret_mrt = m;
	return 0;
}

void mrt_free(struct mrt *m)
{
	if (!m)
		return;
	free(m->peers);
	free(m->room);
	free(m);
}

void mrt_note(struct mrt *m, enum mrt_odd odd)
{
	struct mrt_report *r = &m->report;

	if (!r->odds++)
		r->first_odd = m->offset;
	r->odd[odd]++;
}

void mrt_find_attributes(struct mrt *m, struct span raw)
{
	unsigned odd = bgp_attributes_find(raw, &m->event.attributes);

	m->has_path = m->has_kinds = false;
	if (odd & BGP_ODD_CUT)
		mrt_note(m, MRT_ODD_ATTRIBUTE);
	if (odd & BGP_ODD_REPEATED)
		mrt_note(m, MRT_ODD_REPEATED);
}

static size_t held(const struct mrt *m)
{
	return m->to - m->from;
}

/* Holds n bytes, where the input has them: 0, -EBADMSG when it ends before, or -ENOMEM. */
static int hold(struct mrt *m, size_t n)
{
	if (held(m) >= n)
		return 0;
	memmove(m->room, m->room + m->from, held(m));
	m->base += m->from;
	m->to -= m->from;
	m->from = 0;
	if (n > m->size) {
		uint8_t *room = realloc(m->room, n);

		if (!room)
			return -ENOMEM;
		m->room = room;
		m->size = n;
	}
	while (!m->ended && m->to < n) {
		ssize_t got = stream_read(m->stream, m->room + m->to, m->size - m->to, NULL);

		m->ended = got <= 0; /* a failure is told at the end, as often as it is asked for */
		m->to += got > 0 ? (size_t)got : 0;
	}
	return m->to < n ? -EBADMSG : 0;
}

/* Passes over n bytes; -EBADMSG when the input ends before. */
static int pass_over(struct mrt *m, uint32_t n)
{
	while (n) {
		size_t now = held(m) < n ? held(m) : n;

		m->from += now;
		n -= (uint32_t)now;
		if (n && hold(m, 1) < 0)
			return -EBADMSG;
	}
	return 0;
}

/* The stream's own failure comes before that of the record that it cut. */
static int end(struct mrt *m, struct err *err)
{
	uint8_t none;
	ssize_t rc = stream_read(m->stream, &none, 1, err);
	uintmax_t at = mrt_end(m), record = m->offset;

	if (rc < 0)
		return err_set(err, (int)rc, "%s; %ju bytes read, the record at byte %ju not whole",
			err ? err->text : "", at, record);
	if (at == record)
		return 0;
	return err_set(err, -EBADMSG, "%s: cut off at byte %ju, within the record at byte %ju",
		stream_path(m->stream), at, record);
}

/* Microseconds come before the body and count with its length (RFC 6396 3). */
static void begin_et(struct mrt *m, unsigned subtype)
{
	m->event.usec = wire_u32(&m->rest);
	mrt_begin_bgp4mp(m, subtype);
}

static int begin_record(struct mrt *m, unsigned type, unsigned subtype)
{
	m->event.type = (uint8_t)type;
	if (type == MRT_TABLE_DUMP)
		mrt_begin_table_dump(m, subtype);
	else if (type == MRT_TABLE_DUMP_V2)
		mrt_begin_table_dump_v2(m, subtype);
	else if (type == MRT_BGP4MP)
		mrt_begin_bgp4mp(m, subtype);
	else
		begin_et(m, subtype);
	return m->failed;
}

/* The next record: 1, 0 at the end, or a failure. */
static int next_record(struct mrt *m, struct err *err)
{
	m->step = NULL;
	m->offset = m->base + m->from;
	int rc = hold(m, HEAD);

	if (rc < 0)
		return end(m, err);
	const uint8_t *p = m->room + m->from;
	unsigned type = wire_get16(p + 4), subtype = wire_get16(p + 6);
	uint32_t n = wire_get32(p + 8);

	if (type > TYPE_MOST && m->offset == 0)
		return err_set(err, -EINVAL, "%s: no MRT file", stream_path(m->stream));
	if (!is_read(type) || n > MRT_RECORD_MOST) {
		m->from += HEAD;
		rc = pass_over(m, n);
		if (rc == 0)
			mrt_note(m, is_read(type) ? MRT_ODD_LONG : MRT_ODD_TYPE);
	} else {
		rc = hold(m, HEAD + n);
		if (rc == 0) {
			p = m->room + m->from;
			m->from += HEAD + n;
			m->rest = (struct wire){p + HEAD, p + HEAD + n, false};
			m->event = (struct mrt_event){.time = wire_get32(p)};
			rc = begin_record(m, type, subtype);
		}
	}
	if (rc == -EBADMSG)
		return end(m, err);
	if (rc < 0)
		return err_sys(err, rc, "%s: a record of %u bytes", stream_path(m->stream), n);
	m->report.records++;
	return 1;
}

int mrt_next(struct mrt *m, const struct mrt_event **ret_event, struct err *err)
{
	while (!m->step || !m->step(m)) {
		int rc = next_record(m, err);

		if (rc <= 0)
			return rc;
	}
	m->report.events++;
	*ret_event = &m->event;
	return 1;
}

void mrt_path(struct mrt *m, struct bgp_path *ret_path)
{
	if (m->event.kind != MRT_TABLE && m->event.kind != MRT_ANNOUNCE) {
		*ret_path = (struct bgp_path){.hop = m->path_room.hop};
		return;
	}
	if (!m->has_path) {
		bgp_path(&m->event.attributes, &m->path_room, &m->path);
		m->has_path = true;
		if (m->path.damaged)
			mrt_note(m, MRT_ODD_PATH);
	}
	*ret_path = m->path;
}

/* Writes the kinds of the path's hops. */
static void find_kinds(struct mrt *m)
{
	static const uint8_t kind_of[] = {[BGP_SET] = HOP_SET,
		[BGP_SEQUENCE] = HOP_AS,
		[BGP_CONFED_SEQUENCE] = HOP_CONFED,
		[BGP_CONFED_SET] = HOP_CONFED};

	for (size_t i = 0; i < m->path.n; i++)
		m->kind[i] = kind_of[m->path.segment[i] & ~BGP_SEGMENT_BEGINS];
	m->has_kinds = true;
}

void mrt_hops(struct mrt *m, struct mrt_hops *ret_hops)
{
	struct bgp_path path;

	mrt_path(m, &path);
	if (path.segment && !m->has_kinds)
		find_kinds(m);
	/* The end of a damaged one would be taken for the origin. */
	*ret_hops = (struct mrt_hops){
		path.hop, path.segment ? m->kind : NULL, path.damaged ? 0 : path.n};
}

const struct mrt_report *mrt_report(const struct mrt *m)
{
	return &m->report;
}

uint64_t mrt_offset(const struct mrt *m)
{
	return m->offset;
}

uint64_t mrt_end(const struct mrt *m)
{
	return m->base + m->to;
}
