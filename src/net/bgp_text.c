/*
 * A full table has some twenty million lines, so each part reserves room once and its bytes are put
 * there by hand.
 */
#include "net/bgp_text.h"

#include "net/bgp_wire.h"
#include <stdio.h>

#define NUMBER  11 /* longest number and what parts it from the next */
#define ADDRESS 48

static size_t digits_of(uint32_t n)
{
	if (n < 10000)
		return n < 100 ? 1 + (n >= 10) : 3 + (n >= 1000);
	if (n < 100000000)
		return n < 1000000 ? 5 + (n >= 100000) : 7 + (n >= 10000000);
	return 9 + (n >= 1000000000);
}

/* Writes a number in decimal, two digits at a time from the last; returns the end. */
static char *put_number(char *to, uint32_t n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char *end = to + digits_of(n), *p = end;

	while (n >= 100) {
		p -= 2;
		memcpy(p, pairs + 2 * (n % 100), 2);
		n /= 100;
	}
	if (n >= 10)
		memcpy(p - 2, pairs + 2 * n, 2);
	else
		p[-1] = (char)('0' + n);
	return end;
}

static char *put_v4(char *to, const uint8_t *byte)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to = put_number(to, byte[i]);
	}
	return to;
}

static char *put_hex(char *to, unsigned word)
{
	for (int shift = word > 0xfff  ? 12
			 : word > 0xff ? 8
			 : word > 0xf  ? 4
				       : 0;
		shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[word >> shift & 15];
	return to;
}

static char *put_word(char *to, const char *word)
{
	size_t n = strlen(word);

	memcpy(to, word, n);
	return to + n;
}

/*
 * IPv6 as bgpdump has it, which is not RFC 5952: "::" stands for the longest run of zeros even when
 * that is a lone one, and the last 32 bits behind ::/96 and ::ffff:0:0/96 are written as IPv4.
 */
static char *put_v6(char *to, const uint8_t *byte)
{
	unsigned word[8], best = 8, best_n = 0;

	for (unsigned i = 0, run = 0; i < 8; i++) {
		word[i] = wire_get16(byte + 2 * i);
		run = word[i] ? 0 : run + 1;
		if (run > best_n) {
			best_n = run;
			best = i + 1 - run;
		}
	}
	bool v4 = best == 0 && (best_n == 6 || (best_n == 5 && word[5] == 0xffff));

	for (unsigned i = 0; i < (v4 ? 6 : 8); i++) {
		if (i == best)
			to = put_word(to, i ? ":" : "::");
		if (i >= best && i < best + best_n)
			continue;
		to = put_hex(to, word[i]);
		if (i < 7)
			*to++ = ':';
	}
	return v4 ? put_v4(to, byte + 12) : to;
}

static char *put_ip(char *to, const struct ip *ip)
{
	return ip->family == IP_V6 ? put_v6(to, ip->byte) : put_v4(to, ip->byte);
}

/* What closes and parts the hops of a segment. */
static const struct {
	char open, between, close;
} signs[] = {
	[BGP_SET] = {'{', ',', '}'},
	[BGP_SEQUENCE] = {0, ' ', 0},
	[BGP_CONFED_SEQUENCE] = {'(', ' ', ')'},
	[BGP_CONFED_SET] = {'[', ',', ']'},
};

/* Hops from i on that are of one segment. */
static char *put_segment(char *to, const struct bgp_path *path, size_t *i)
{
	unsigned type = path->segment[*i] & ~BGP_SEGMENT_BEGINS;
	size_t from = *i;

	if (signs[type].open)
		*to++ = signs[type].open;
	do {
		if (*i > from)
			*to++ = signs[type].between;
		to = put_number(to, path->hop[(*i)++]);
	} while (*i < path->n && !(path->segment[*i] & BGP_SEGMENT_BEGINS));
	if (signs[type].close)
		*to++ = signs[type].close;
	return to;
}

static void add_path(struct buf *to, const struct bgp_path *path)
{
	char *p = buf_reserve(to, path->n * (NUMBER + 2) + 1), *from = p;

	if (path->damaged) {
		buf_str(to, "! Error !");
		return;
	}
	if (!p)
		return;
	for (size_t i = 0; i < path->n;) {
		if (i)
			*p++ = ' ';
		if (path->segment)
			p = put_segment(p, path, &i);
		else
			p = put_number(p, path->hop[i++]);
	}
	to->n += (size_t)(p - from);
}

static char *put_community(char *to, uint32_t c)
{
	switch (c) {
	case BGP_NO_EXPORT: return put_word(to, "no-export");
	case BGP_NO_ADVERTISE: return put_word(to, "no-advertise");
	case BGP_NO_EXPORT_SUBCONFED: return put_word(to, "local-AS");
	}
	to = put_number(to, c >> 16);
	*to++ = ':';
	return put_number(to, c & 0xffff);
}

static void add_communities(struct buf *to, const struct bgp_attributes *a)
{
	char *p = buf_reserve(to, bgp_attribute(a, BGP_COMMUNITIES).n / 4 * 13 + 1), *from = p;
	uint32_t c;

	if (!p)
		return;
	for (size_t i = 0; bgp_community(a, i, &c); i++) {
		if (i)
			*p++ = ' ';
		p = put_community(p, c);
	}
	to->n += (size_t)(p - from);
}

/* Form, time, kind, peer, prefix: at most 30 bytes of words, 5 numbers, 2 addresses. */
static void add_head(struct buf *to, const struct mrt_event *e)
{
	const struct mrt_peer *from = e->add_path && e->local ? e->collector : e->peer;
	char *p = buf_reserve(to, 64 + 6 * NUMBER + 2 * ADDRESS), *begin = p;

	if (!p)
		return;
	p = put_word(p, e->type == MRT_TABLE_DUMP      ? "TABLE_DUMP"
			: e->type == MRT_TABLE_DUMP_V2 ? "TABLE_DUMP2"
			: e->type == MRT_BGP4MP        ? "BGP4MP"
						       : "BGP4MP_ET");
	p = put_word(p, e->add_path ? "_AP|" : e->local ? "_LOCAL|" : "|");
	p = put_number(p, e->time);
	if (e->type == MRT_BGP4MP_ET)
		p += sprintf(p, ".%06u", e->usec);
	p = put_word(p, e->kind == MRT_TABLE      ? "|B|"
			: e->kind == MRT_ANNOUNCE ? "|A|"
			: e->kind == MRT_WITHDRAW ? "|W|"
						  : "|STATE|");
	p = put_ip(p, &from->ip);
	*p++ = '|';
	p = put_number(p, from->asn);
	*p++ = '|';
	if (e->kind == MRT_STATE) {
		p = put_number(p, e->from);
		*p++ = '|';
		p = put_number(p, e->to);
	} else {
		p = put_ip(p, &e->prefix.ip);
		*p++ = '/';
		p = put_number(p, e->prefix.length);
	}
	if (e->add_path && e->kind != MRT_STATE) {
		*p++ = '|';
		p = put_number(p, e->path_id);
	}
	to->n += (size_t)(p - begin);
}

static char *put_next_hop(char *to, const struct mrt_event *e)
{
	struct ip hop;

	if (!bgp_next_hop(&e->attributes, e->mp ? BGP_MP_REACH : BGP_NEXT_HOP, &hop))
		hop = (struct ip){.family = IP_V4, .byte = {255, 255, 255, 255}};
	return put_ip(to, &hop);
}

/* From the origin to the end of the line. */
static void add_rest(struct buf *to, const struct bgp_attributes *a, const struct mrt_event *e)
{
	static const char *const origins[] = {"|IGP|", "|EGP|", "|INCOMPLETE|"};
	char *p = buf_reserve(to, 32 + 2 * NUMBER + ADDRESS), *from = p;
	uint32_t med = 0, local_pref = 0;
	uint8_t origin = 2;

	if (!p)
		return;
	bgp_origin(a, &origin);
	bgp_number(a, BGP_LOCAL_PREF, &local_pref);
	bgp_number(a, BGP_MED, &med);
	p = put_word(p, origins[origin < 2 ? origin : 2]);
	p = put_next_hop(p, e);
	*p++ = '|';
	p = put_number(p, local_pref);
	*p++ = '|';
	p = put_number(p, med);
	*p++ = '|';
	to->n += (size_t)(p - from);
}

static void add_aggregator(struct buf *to, const struct bgp_attributes *a)
{
	char *p = buf_reserve(to, 16 + NUMBER + ADDRESS), *from = p;
	struct bgp_aggregator by;

	if (!p)
		return;
	p = put_word(p, a->has >> BGP_ATOMIC_AGGREGATE & 1 ? "|AG|" : "|NAG|");
	if (bgp_aggregator(a, &by)) {
		p = put_number(p, by.asn);
		*p++ = ' ';
		p = put_ip(p, &by.ip);
	}
	p = put_word(p, "|");
	to->n += (size_t)(p - from);
}

void bgp_text_line(struct buf *to, struct mrt *m, const struct mrt_event *e)
{
	struct bgp_path path;

	add_head(to, e);
	if (e->kind == MRT_TABLE || e->kind == MRT_ANNOUNCE) {
		mrt_path(m, &path);
		buf_byte(to, '|');
		add_path(to, &path);
		add_rest(to, &e->attributes, e);
		add_communities(to, &e->attributes);
		add_aggregator(to, &e->attributes);
	}
	buf_byte(to, '\n');
}
