#include "mrt_writer.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

static void add(struct buf *to, const void *p, size_t n)
{
	buf_add(to, (struct span){p, n});
	if (!buf_ok(to)) {
		perror("mrt_writer");
		exit(3);
	}
}

void mrt_put8(struct buf *to, unsigned n)
{
	uint8_t byte = (uint8_t)n;

	add(to, &byte, 1);
}

void mrt_put16(struct buf *to, unsigned n)
{
	uint16_t wire = htobe16((uint16_t)n);

	add(to, &wire, sizeof(wire));
}

void mrt_put32(struct buf *to, uint32_t n)
{
	uint32_t wire = htobe32(n);

	add(to, &wire, sizeof(wire));
}

static void put_asn(struct buf *to, asn_t asn, unsigned bytes)
{
	if (bytes == 4)
		mrt_put32(to, asn);
	else
		mrt_put16(to, asn > 65535 ? BGP_AS_TRANS : asn);
}

void mrt_put_ip(struct buf *to, const struct ip *ip)
{
	add(to, ip->byte, ip->family == IP_V4 ? 4 : 16);
}

void mrt_put_prefix(struct buf *to, const struct prefix *p)
{
	mrt_put8(to, p->length);
	add(to, p->ip.byte, (p->length + 7) / 8);
}

/* Flags as the attribute's kind wants them: well-known, or optional and transitive or not. */
static unsigned flags_of(unsigned type)
{
	switch (type) {
	case BGP_ORIGIN:
	case BGP_AS_PATH:
	case BGP_NEXT_HOP:
	case BGP_LOCAL_PREF:
	case BGP_ATOMIC_AGGREGATE: return 0x40;
	case BGP_MED:
	case BGP_MP_REACH:
	case BGP_MP_UNREACH: return 0x80;
	default: return 0xc0;
	}
}

void mrt_put_attribute(struct buf *to, unsigned type, struct span value)
{
	mrt_put8(to, flags_of(type) | (value.n > 255 ? 0x10 : 0));
	mrt_put8(to, type);
	if (value.n > 255)
		mrt_put16(to, (unsigned)value.n);
	else
		mrt_put8(to, (unsigned)value.n);
	add(to, value.p, value.n);
}

void mrt_put_number(struct buf *to, unsigned type, uint32_t n)
{
	uint32_t wire = htobe32(n);

	mrt_put_attribute(to, type, (struct span){(const char *)&wire, sizeof(wire)});
}

void mrt_put_next_hop(struct buf *to, const struct ip *ip)
{
	mrt_put_attribute(to, BGP_NEXT_HOP, (struct span){(const char *)ip->byte, 4});
}

/* Bytes of a segment that is being written. */
struct segment {
	size_t at; /* of its type */
	unsigned type, n;
};

static void put_hop(struct buf *path, struct segment *s, unsigned type, asn_t asn, unsigned bytes)
{
	if (s->type != type || s->n == 255) {
		*s = (struct segment){path->n, type, 0};
		mrt_put8(path, type);
		mrt_put8(path, 0);
	}
	put_asn(path, asn, bytes);
	path->p[s->at + 1] = (char)++s->n;
}

void mrt_put_path_text(struct buf *to, unsigned type, unsigned as_bytes, const char *text)
{
	struct segment s = {0};
	struct buf path = {0};
	unsigned now = BGP_SEQUENCE;

	while (*text) {
		if (ascii_is_digit(*text)) {
			char *end;

			put_hop(&path, &s, now, (asn_t)strtoul(text, &end, 10), as_bytes);
			text = end;
			continue;
		}
		if (strchr("{}()[]", *text)) {
			now = *text == '{'   ? BGP_SET
			      : *text == '(' ? BGP_CONFED_SEQUENCE
			      : *text == '[' ? BGP_CONFED_SET
					     : BGP_SEQUENCE;
			s.type = 0;
		}
		text++;
	}
	mrt_put_attribute(to, type, buf_span(&path));
	buf_done(&path);
}

void mrt_put_path(struct buf *to, unsigned as_bytes, const asn_t *hop, size_t n)
{
	mrt_put8(to, 0x50);
	mrt_put8(to, BGP_AS_PATH);
	mrt_put16(to, (unsigned)(2 + n * as_bytes));
	mrt_put8(to, BGP_SEQUENCE);
	mrt_put8(to, (unsigned)n);
	for (size_t i = 0; i < n; i++)
		put_asn(to, hop[i], as_bytes);
}

/* A bad sample is a mistake in the test. */
static void expect(bool good, const char *text)
{
	if (good)
		return;
	fprintf(stderr, "mrt_writer: cannot read '%s'\n", text);
	exit(3);
}

void mrt_put_nlri(struct buf *to, const char *text)
{
	struct span rest = span_trim(span_cstr(text)), word;

	while (rest.n && span_cut(&rest, ' ', &word)) {
		ssize_t at = span_index(word, '#');
		struct prefix p;

		if (at >= 0)
			mrt_put32(to, (uint32_t)strtoul(word.p, NULL, 10));
		expect(prefix_parse(span_skip(word, (size_t)(at + 1)), &p) == 0, text);
		mrt_put_prefix(to, &p);
	}
}

/* The words of one attribute of a text. */
struct words {
	struct span rest;
	const char *text;
};

static struct span next_word(struct words *w)
{
	struct span word;

	w->rest = span_trim(w->rest);
	return w->rest.n && span_cut(&w->rest, ' ', &word) ? word : (struct span){"", 0};
}

static uint32_t next_number(struct words *w)
{
	unsigned long long n = 0;

	expect(span_number(next_word(w), UINT32_MAX, &n) == 0, w->text);
	return (uint32_t)n;
}

static void put_next_ip(struct buf *to, struct words *w, bool with_length)
{
	struct ip ip = {0};

	expect(ip_parse(next_word(w), &ip) == 0, w->text);
	if (with_length)
		mrt_put8(to, ip.family == IP_V4 ? 4 : 16);
	mrt_put_ip(to, &ip);
}

/* What is left of the words, NUL-terminated, until the next call. */
static const char *tail(struct words *w)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(w->rest));
	return text;
}

static void put_table_hop(struct buf *to, struct words *w)
{
	size_t at = to->n;

	put_next_ip(to, w, true);
	w->rest = span_trim(w->rest);
	if (w->rest.n) {
		put_next_ip(to, w, false);
		to->p[at] = 32;
	}
}

/* The value of an attribute whose word is `name`; its type code, or 0 for one that is no number,
 * address or list. */
static unsigned put_value(struct buf *to, struct span name, struct words *w, unsigned as_bytes)
{
	static const struct {
		const char *name;
		unsigned type, width; /* of a number; 0: as many as there are, of four bytes */
	} numbers[] = {{"origin", BGP_ORIGIN, 1}, {"med", BGP_MED, 4}, {"pref", BGP_LOCAL_PREF, 4},
		{"communities", BGP_COMMUNITIES, 0}, {"large", BGP_LARGE_COMMUNITIES, 0},
		{"atomic", BGP_ATOMIC_AGGREGATE, 0}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!span_eq(name, span_cstr(numbers[i].name)))
			continue;
		if (numbers[i].width == 1)
			mrt_put8(to, next_number(w));
		else
			while (span_trim(w->rest).n)
				mrt_put32(to, next_number(w));
		return numbers[i].type;
	}
	if (span_eq(name, SPAN("hop"))) {
		put_next_ip(to, w, false);
		return BGP_NEXT_HOP;
	}
	if (span_eq(name, SPAN("tablehop"))) {
		put_table_hop(to, w);
		return BGP_MP_REACH;
	}
	if (span_eq(name, SPAN("aggregator")) || span_eq(name, SPAN("as4aggregator"))) {
		put_asn(to, next_number(w), name.n > 10 ? 4 : as_bytes);
		mrt_put32(to, 0xc0000263); /* 192.0.2.99 */
		return name.n > 10 ? BGP_AS4_AGGREGATOR : BGP_AGGREGATOR;
	}
	if (span_eq(name, SPAN("reach")) || span_eq(name, SPAN("unreach"))) {
		mrt_put16(to, next_number(w));
		mrt_put8(to, next_number(w));
		if (name.n == 5) {
			put_next_ip(to, w, true);
			mrt_put8(to, 0);
		}
		mrt_put_nlri(to, tail(w));
		return name.n == 5 ? BGP_MP_REACH : BGP_MP_UNREACH;
	}
	return 0;
}

void mrt_put_attributes(struct buf *to, unsigned as_bytes, const char *text)
{
	struct span rest = span_cstr(text), one;
	struct buf value = {0};

	while (span_cut(&rest, ';', &one)) {
		struct words w = {span_trim(one), text};
		struct span name = next_word(&w);
		unsigned type;

		buf_clear(&value);
		if (span_eq(name, SPAN("path"))) {
			mrt_put_path_text(to, BGP_AS_PATH, as_bytes, tail(&w));
		} else if (span_eq(name, SPAN("as4path"))) {
			mrt_put_path_text(to, BGP_AS4_PATH, 4, tail(&w));
		} else if (span_eq(name, SPAN("raw"))) {
			while (span_trim(w.rest).n)
				mrt_put8(to, (unsigned)strtoul(next_word(&w).p, NULL, 16));
		} else if (name.n) {
			type = put_value(&value, name, &w, as_bytes);
			expect(type != 0, text);
			mrt_put_attribute(to, type, buf_span(&value));
		}
	}
	buf_done(&value);
}

size_t mrt_record_begin(struct buf *to, uint32_t time, unsigned type, unsigned subtype)
{
	mrt_put32(to, time);
	mrt_put16(to, type);
	mrt_put16(to, subtype);
	mrt_put32(to, 0);
	return to->n;
}

void mrt_record_end(struct buf *to, size_t begun)
{
	uint32_t wire = htobe32((uint32_t)(to->n - begun));

	memcpy(to->p + begun - sizeof(wire), &wire, sizeof(wire));
}

static void put_attributes(struct buf *to, struct span attributes)
{
	mrt_put16(to, (unsigned)attributes.n);
	add(to, attributes.p, attributes.n);
}

void mrt_put_table_dump(struct buf *to, uint32_t time, const struct mrt_peer *peer,
	const struct prefix *p, struct span attributes)
{
	size_t begun = mrt_record_begin(to, time, MRT_TABLE_DUMP, peer->ip.family == IP_V4 ? 1 : 2);

	mrt_put32(to, 0); /* view, sequence */
	mrt_put_ip(to, &p->ip);
	mrt_put8(to, p->length);
	mrt_put8(to, 1); /* status */
	mrt_put32(to, time);
	mrt_put_ip(to, &peer->ip);
	mrt_put16(to, peer->asn);
	put_attributes(to, attributes);
	mrt_record_end(to, begun);
}

void mrt_put_peers(
	struct buf *to, uint32_t time, const struct mrt_peer *peers, size_t n, bool narrow)
{
	size_t begun = mrt_record_begin(to, time, MRT_TABLE_DUMP_V2, 1);

	mrt_put32(to, 0xc0000201); /* collector */
	mrt_put16(to, 4);
	add(to, "view", 4);
	mrt_put16(to, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		bool wide = !narrow || peers[i].asn > 65535;

		mrt_put8(to, (peers[i].ip.family == IP_V6 ? 1 : 0) | (wide ? 2 : 0));
		mrt_put32(to, 0xc6336400 + (uint32_t)i); /* its identifier */
		mrt_put_ip(to, &peers[i].ip);
		put_asn(to, peers[i].asn, wide ? 4 : 2);
	}
	mrt_record_end(to, begun);
}

struct mrt_rib mrt_rib_begin(
	struct buf *to, uint32_t time, unsigned subtype, uint32_t sequence, const struct prefix *p)
{
	struct mrt_rib rib = {.add_path = subtype >= 8};

	rib.begun = mrt_record_begin(to, time, MRT_TABLE_DUMP_V2, subtype);
	mrt_put32(to, sequence);
	if (subtype == 6) {
		mrt_put16(to, p->ip.family == IP_V4 ? 1 : 2);
		mrt_put8(to, 1);
	}
	mrt_put_prefix(to, p);
	rib.count_at = to->n;
	mrt_put16(to, 0);
	return rib;
}

void mrt_rib_entry(struct buf *to, struct mrt_rib *rib, unsigned peer, uint32_t changed,
	uint32_t path_id, struct span attributes)
{
	mrt_put16(to, peer);
	mrt_put32(to, changed);
	if (rib->add_path)
		mrt_put32(to, path_id);
	put_attributes(to, attributes);
	rib->entries++;
}

void mrt_rib_end(struct buf *to, const struct mrt_rib *rib)
{
	uint16_t wire = htobe16((uint16_t)rib->entries);

	memcpy(to->p + rib->count_at, &wire, sizeof(wire));
	mrt_record_end(to, rib->begun);
}

static bool is_wide(unsigned subtype)
{
	return subtype == 4 || subtype == 5 || subtype == 7 || subtype == 9 || subtype == 11;
}

static size_t bgp4mp_begin(
	struct buf *to, struct mrt_stamp at, unsigned subtype, const struct mrt_peer *peer)
{
	struct ip local = {.family = peer->ip.family, .byte = {192, 0, 2, 1}};
	size_t begun =
		mrt_record_begin(to, at.time, at.usec < 0 ? MRT_BGP4MP : MRT_BGP4MP_ET, subtype);

	if (at.usec >= 0)
		mrt_put32(to, (uint32_t)at.usec);
	put_asn(to, peer->asn, is_wide(subtype) ? 4 : 2);
	put_asn(to, 64500, is_wide(subtype) ? 4 : 2);
	mrt_put16(to, 0); /* interface */
	mrt_put16(to, peer->ip.family == IP_V4 ? 1 : 2);
	mrt_put_ip(to, &peer->ip);
	mrt_put_ip(to, &local);
	return begun;
}

void mrt_put_state(struct buf *to, struct mrt_stamp at, unsigned subtype,
	const struct mrt_peer *peer, unsigned from, unsigned state)
{
	size_t begun = bgp4mp_begin(to, at, subtype, peer);

	mrt_put16(to, from);
	mrt_put16(to, state);
	mrt_record_end(to, begun);
}

void mrt_put_message(struct buf *to, struct mrt_stamp at, unsigned subtype,
	const struct mrt_peer *peer, unsigned message_type, struct span body)
{
	size_t begun = bgp4mp_begin(to, at, subtype, peer);

	for (int i = 0; i < 4; i++)
		mrt_put32(to, 0xffffffff); /* marker */
	mrt_put16(to, (unsigned)(19 + body.n));
	mrt_put8(to, message_type);
	add(to, body.p, body.n);
	mrt_record_end(to, begun);
}

void mrt_put_update(
	struct buf *to, struct span withdrawn, struct span attributes, struct span announced)
{
	mrt_put16(to, (unsigned)withdrawn.n);
	add(to, withdrawn.p, withdrawn.n);
	put_attributes(to, attributes);
	add(to, announced.p, announced.n);
}
