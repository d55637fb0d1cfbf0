#include "mmdb_writer.h"
#include "base/hash.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

/* A record: 0 is empty, a number of a node, or DATA and an offset in the data section. */
#define DATA 0x80000000u

struct mmdb_writer {
	int ip_version;
	enum mmdb_style style;
	uint32_t (*node)[2];
	uint32_t n, room;
	struct buf data;
	struct slot {
		asn_t asn;
		uint64_t holder; /* its hash */
		uint32_t record;
	} * slots;
};

#define SLOTS (1u << 18)

static void *must(void *p)
{
	if (!p) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static uint32_t add_node(struct mmdb_writer *w, uint32_t fill)
{
	if (w->n == w->room) {
		w->room = w->room ? w->room * 2 : 1024;
		w->node = must(realloc(w->node, w->room * sizeof(*w->node)));
	}
	w->node[w->n][0] = w->node[w->n][1] = fill;
	return w->n++;
}

struct mmdb_writer *mmdb_writer_new(int ip_version, enum mmdb_style style)
{
	struct mmdb_writer *w = must(calloc(1, sizeof(*w)));

	w->ip_version = ip_version;
	w->style = style;
	w->slots = must(calloc(SLOTS, sizeof(*w->slots)));
	add_node(w, 0);
	return w;
}

void mmdb_writer_free(struct mmdb_writer *w)
{
	free(w->node);
	free(w->slots);
	buf_done(&w->data);
	free(w);
}

/* The format's types; those over 7 are 'extended'. */
enum { STRING = 2, UINT16 = 5, UINT32 = 6, MAP = 7, UINT64 = 9, ARRAY = 11 };

static void put_control(struct buf *to, unsigned type, size_t size)
{
	size_t small = size < 29 ? size : 29;

	buf_byte(to, (char)((type > 7 ? 0 : type << 5) | small));
	if (type > 7)
		buf_byte(to, (char)(type - 7));
	if (size >= 29)
		buf_byte(to, (char)(size - 29)); /* up to 284 */
}

static void put_string(struct buf *to, struct span s)
{
	s = span_take(s, 284);
	put_control(to, STRING, s.n);
	buf_add(to, s);
}

static void put_number(struct buf *to, unsigned type, uint64_t n)
{
	size_t bytes = 0;

	while (bytes < 8 && n >> (8 * bytes))
		bytes++;
	put_control(to, type, bytes);
	while (bytes--)
		buf_byte(to, (char)(n >> (8 * bytes)));
}

static void put_origin(struct mmdb_writer *w, asn_t asn, struct span holder)
{
	struct buf *to = &w->data;
	char text[16];

	put_control(to, MAP, holder.n ? 2 : 1);
	if (w->style == MMDB_GEOLITE) {
		put_string(to, SPAN("autonomous_system_number"));
		put_number(to, UINT32, asn);
	} else {
		snprintf(text, sizeof(text), "AS%u", asn);
		put_string(to, SPAN("asn"));
		put_string(to, span_cstr(text));
	}
	if (holder.n) {
		put_string(to, w->style == MMDB_GEOLITE ? SPAN("autonomous_system_organization")
							: SPAN("name"));
		put_string(to, holder);
	}
}

static uint32_t data_record(struct mmdb_writer *w, asn_t asn, struct span holder)
{
	uint64_t hash = hash64(holder, asn);
	uint64_t i = hash;

	while (w->slots[i % SLOTS].record &&
		(w->slots[i % SLOTS].asn != asn || w->slots[i % SLOTS].holder != hash))
		i++;
	struct slot *s = &w->slots[i % SLOTS];

	if (!s->record) {
		*s = (struct slot){asn, hash, DATA | (uint32_t)w->data.n};
		put_origin(w, asn, holder);
	}
	return s->record;
}

/* Goes down to the record of a prefix, making nodes, and sets it. */
static void set_record(struct mmdb_writer *w, u128 bits, unsigned length, uint32_t record)
{
	uint32_t at = 0;

	for (unsigned i = 0; i + 1 < length; i++) {
		unsigned side = (unsigned)(bits >> (127 - i)) & 1;

		if (w->node[at][side] == 0 || w->node[at][side] & DATA) {
			uint32_t node = add_node(w, w->node[at][side]);

			w->node[at][side] = node;
		}
		at = w->node[at][side];
	}
	if (length)
		w->node[at][(unsigned)(bits >> (128 - length)) & 1] = record;
	else
		w->node[0][0] = w->node[0][1] = record;
}

/* The path of an address from the root, leftmost bit first. */
static u128 path_of(const struct mmdb_writer *w, const struct ip *ip)
{
	u128 bits = 0;

	if (ip->family == IP_V4)
		return (u128)ip_v4(ip) << (w->ip_version == 4 ? 96 : 0);
	for (int i = 0; i < 16; i++)
		bits = bits << 8 | ip->byte[i];
	return bits;
}

void mmdb_writer_add(struct mmdb_writer *w, const struct prefix *p, asn_t asn, struct span holder)
{
	unsigned above = p->ip.family == IP_V4 && w->ip_version == 6 ? 96 : 0;

	set_record(w, path_of(w, &p->ip), p->length + above, data_record(w, asn, holder));
}

void mmdb_writer_add_range(struct mmdb_writer *w, const struct ip *first, const struct ip *last,
	asn_t asn, struct span holder)
{
	unsigned width = first->family == IP_V4 ? 32 : 128;
	unsigned low = first->family == IP_V4 && w->ip_version == 4 ? 96 : 0;
	unsigned root = first->family == IP_V4 && w->ip_version == 6 ? 96 : 0;
	u128 from = path_of(w, first) >> low, to = path_of(w, last) >> low;
	uint32_t record = data_record(w, asn, holder);

	for (;;) {
		unsigned host = 0;

		while (host < width && (from & (((u128)2 << host) - 1)) == 0 &&
			to - from >= ((u128)2 << host) - 1)
			host++;
		set_record(w, from << low, root + width - host, record);
		u128 next = from + ((u128)1 << host);

		if (next > to || next <= from)
			return;
		from = next;
	}
}

void mmdb_writer_alias(struct mmdb_writer *w)
{
	uint32_t at = 0;

	for (unsigned i = 0; i < 96; i++)
		at = w->node[at][0];
	set_record(w, (u128)0x2002 << 112, 16, at);
}

static void put_metadata(
	const struct mmdb_writer *w, const char *type, uint64_t build_epoch, struct buf *to)
{
	buf_add(to, SPAN("\xab\xcd\xefMaxMind.com"));
	put_control(to, MAP, 9);
	put_string(to, SPAN("node_count"));
	put_number(to, UINT32, w->n);
	put_string(to, SPAN("record_size"));
	put_number(to, UINT16, 24);
	put_string(to, SPAN("ip_version"));
	put_number(to, UINT16, (uint64_t)w->ip_version);
	put_string(to, SPAN("database_type"));
	put_string(to, span_cstr(type));
	put_string(to, SPAN("languages"));
	put_control(to, ARRAY, 0);
	put_string(to, SPAN("binary_format_major_version"));
	put_number(to, UINT16, 2);
	put_string(to, SPAN("binary_format_minor_version"));
	put_number(to, UINT16, 0);
	put_string(to, SPAN("build_epoch"));
	put_number(to, UINT64, build_epoch);
	put_string(to, SPAN("description"));
	put_control(to, MAP, 0);
}

void mmdb_writer_finish(
	struct mmdb_writer *w, const char *type, uint64_t build_epoch, struct buf *to)
{
	if (w->n + 16 + w->data.n >= 1u << 24) {
		fputs("too large for records of 24 bits\n", stderr);
		exit(1);
	}
	for (uint32_t i = 0; i < w->n; i++) {
		for (int side = 0; side < 2; side++) {
			uint32_t r = w->node[i][side];

			r = r == 0 ? w->n : r & DATA ? w->n + 16 + (r & ~DATA) : r;
			buf_byte(to, (char)(r >> 16));
			buf_byte(to, (char)(r >> 8));
			buf_byte(to, (char)r);
		}
	}
	for (int i = 0; i < 16; i++)
		buf_byte(to, '\0');
	buf_add(to, buf_span(&w->data));
	put_metadata(w, type, build_epoch, to);
}
