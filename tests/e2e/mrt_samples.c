/*
 * Writes small MRT files, one of each kind of record and of what can be odd in one:
 *
 *	mrt-samples FOLDER
 *
 * and prints their names: those that bgpdump reads as we do, and, after "differs", those that it
 * does not, or that break it. They are the beginning of the fuzz corpus.
 */
#include "mrt_writer.h"

#include <stdio.h>
#include <stdlib.h>

#define USUAL "origin 0; path 64500 1; hop 192.0.2.77; "
#define V6    "origin 1; path 64500 4200000000; "
#define FULL                                                                                       \
	"origin 2; path 64500 64501 64501 {64502,64503} 64504; hop 192.0.2.77; med 4294967295; "   \
	"pref 100; atomic; aggregator 64504; communities 65538 4294967295 0 4294967041 "           \
	"4294967042 4294967043 4294901760 4294902426; large 4200000000 1 2 0 0 1"

enum form { TABLE, RIB, UPDATE, UPDATE_V6_PEER, UPDATE_ET };

struct sample {
	const char *name;
	enum form form;
	unsigned subtype; /* of TABLE: 1 or 2, by the peer */
	const char *attributes;
	const char *prefixes;  /* of a table: the one */
	const char *withdrawn; /* of an update */
	bool differs;
};

/* clang-format off */
static const struct sample samples[] = {
	{"table-ipv4", TABLE, 1, FULL, "198.51.100.0/24"},
	{"table-ipv6", TABLE, 2, "origin 0; path 64501 9; reach 2 1 2001:db8::77 2001:db8:1::/48", "2001:db8:1::/48"},
	{"table-as4", TABLE, 1, "origin 0; path 1 23456; hop 192.0.2.77; as4path 4200000000", "10.0.0.0/8"},
	{"rib-ipv4", RIB, 2, FULL, "0.0.0.0/0"},
	{"rib-ipv4-host", RIB, 2, FULL, "203.0.113.7/32"},
	{"rib-ipv4-over-ipv6", RIB, 2, "origin 0; path 1; tablehop 2001:db8::77", "10.0.0.0/8"},
	{"rib-ipv4-no-hop", RIB, 2, "origin 0; path 1", "10.0.0.0/8"},
	{"rib-ipv4-as4", RIB, 2, USUAL "as4path 4200000000", "10.0.0.0/8"},
	{"rib-ipv6", RIB, 4, V6 "tablehop 2001:db8::77", "::/0"},
	{"rib-ipv6-two-hops", RIB, 4, V6 "tablehop 2001:db8::77 fe80::1", "2001:db8:2::/47"},
	{"rib-ipv6-whole-reach", RIB, 4, V6 "reach 2 1 2001:db8::77 2001:db8::/32", "2001:db8::/32"},
	{"rib-ipv6-both-hops", RIB, 4, USUAL "tablehop 2001:db8::77", "2001:db8::/32"},
	{"rib-ipv6-no-hop", RIB, 4, USUAL, "2001:db8::/32"},
	{"rib-ipv4-multicast", RIB, 3, USUAL, "224.0.0.0/4", NULL, true},
	{"rib-ipv6-multicast", RIB, 5, V6 "tablehop 2001:db8::77", "ff00::/8", NULL, true},
	{"rib-generic", RIB, 6, USUAL, "198.51.100.0/25", NULL, true},
	{"rib-ipv4-add-path", RIB, 8, FULL, "10.0.0.0/8"},
	{"rib-ipv4-multicast-add-path", RIB, 9, USUAL, "224.0.0.0/4", NULL, true},
	{"rib-ipv6-add-path", RIB, 10, V6 "tablehop 2001:db8::77", "2001:db8::/32"},
	{"rib-ipv6-multicast-add-path", RIB, 11, V6 "tablehop 2001:db8::77", "ff00::/8", NULL, true},
	{"message", UPDATE, 1, FULL, "10.0.0.0/8 11.0.0.0/8", "12.0.0.0/8"},
	{"message-as4", UPDATE, 4, FULL, "10.0.0.0/8 11.0.0.0/8", "12.0.0.0/8"},
	{"message-local", UPDATE, 6, FULL, "10.0.0.0/8", "12.0.0.0/8"},
	{"message-as4-local", UPDATE, 7, FULL, "10.0.0.0/8", "12.0.0.0/8"},
	{"message-add-path", UPDATE, 8, FULL, "1#10.0.0.0/8 2#11.0.0.0/8", "3#12.0.0.0/8"},
	{"message-as4-add-path", UPDATE, 9, USUAL "reach 2 1 2001:db8::77 5#2001:db8::/32; unreach 2 1 6#2001:db8:1::/48", "1#10.0.0.0/8", "3#12.0.0.0/8"},
	{"message-local-add-path", UPDATE, 10, FULL, "1#10.0.0.0/8", "3#12.0.0.0/8"},
	{"message-as4-local-add-path", UPDATE, 11, FULL, "1#10.0.0.0/8", "3#12.0.0.0/8"},
	{"message-ipv6-peer", UPDATE_V6_PEER, 4, FULL, "10.0.0.0/8"},
	{"message-et", UPDATE_ET, 4, FULL, "10.0.0.0/8", "12.0.0.0/8"},
	{"message-et-local", UPDATE_ET, 7, FULL, "10.0.0.0/8"},
	{"message-et-add-path", UPDATE_ET, 9, FULL, "7#10.0.0.0/8"},
	{"end-of-rib", UPDATE, 4, "", ""},
	{"withdrawn", UPDATE, 4, "", "", "10.0.0.0/8 10.1.0.0/16"},
	{"no-attributes", UPDATE, 4, "", "10.0.0.0/8"},
	{"reach-ipv6", UPDATE, 4, USUAL "reach 2 1 2001:db8::77 2001:db8::/32 2001:db9::/32; unreach 2 1 2001:dba::/32", "10.0.0.0/8", "12.0.0.0/8"},
	{"reach-multicast", UPDATE, 4, USUAL "reach 2 2 2001:db8::77 ff00::/8; unreach 2 2 ff01::/16", "10.0.0.0/8", "12.0.0.0/8"},
	{"reach-ipv4", UPDATE, 4, "origin 0; path 1; reach 1 1 192.0.2.9 10.0.0.0/8; unreach 1 1 11.0.0.0/8", ""},
	{"reach-ipv4-over-ipv6", UPDATE, 4, "origin 0; path 1; reach 1 1 2001:db8::77 10.0.0.0/8", ""},
	{"reach-other-family", UPDATE, 4, USUAL "reach 1 128 192.0.2.9 10.0.0.0/8", "12.0.0.0/8"},
	{"reach-twice", UPDATE, 4, USUAL "reach 2 1 2001:db8::77 2001:db8::/32; reach 2 2 2001:db8::77 ff00::/8", "", NULL, true},
	{"reach-snpa", UPDATE, 4, V6 "raw 80 0e 10 00 02 01 04 c0 00 02 01 01 03 01 02 10 20 01 10", "", NULL, true},
	{"reach-cut", UPDATE, 4, USUAL "raw 80 0e 05 00 02 01 10 20", "10.0.0.0/8"},
	{"origin-egp", UPDATE, 4, "origin 1; path 1; hop 192.0.2.77", "10.0.0.0/8"},
	{"origin-unknown", UPDATE, 4, "origin 255; path 1; hop 192.0.2.77", "10.0.0.0/8"},
	{"origin-none", UPDATE, 4, "path 1; hop 192.0.2.77", "10.0.0.0/8"},
	{"origin-long", UPDATE, 4, "raw 40 01 02 00 00; path 1; hop 192.0.2.77", "10.0.0.0/8", NULL, true},
	{"hop-short", UPDATE, 4, "origin 0; path 1; raw 40 03 03 01 02 03", "10.0.0.0/8", NULL, true},
	{"med-short", UPDATE, 4, USUAL "raw 80 04 02 00 01", "10.0.0.0/8", NULL, true},
	{"attribute-twice", UPDATE, 4, USUAL "med 1; med 2", "10.0.0.0/8", NULL, true},
	{"attribute-unknown", UPDATE, 4, "raw c0 63 03 01 02 03; " USUAL "raw d0 ff 00 00", "10.0.0.0/8"},
	{"attribute-cut", UPDATE, 4, USUAL "raw c0 08 c8 00 01 00 02", "10.0.0.0/8"},
	{"attribute-cut-first", UPDATE, 4, "raw c0 08 c8; " USUAL, "10.0.0.0/8"},
	{"attribute-cut-head", UPDATE, 4, USUAL "raw c0", "10.0.0.0/8"},
	{"communities-odd", UPDATE, 4, USUAL "raw c0 08 06 00 01 00 02 00 03", "10.0.0.0/8"},
	{"communities-none", UPDATE, 4, USUAL "communities", "10.0.0.0/8"},
	{"aggregator-narrow", UPDATE, 4, USUAL "raw c0 07 06 00 05 c0 00 02 63", "10.0.0.0/8", NULL, true},
	{"aggregator-trans", UPDATE, 1, USUAL "aggregator 23456; as4aggregator 4200000000", "10.0.0.0/8"},
	{"aggregator-other", UPDATE, 1, USUAL "aggregator 77; as4aggregator 4200000000", "10.0.0.0/8"},
	{"aggregator-as4-alone", UPDATE, 1, USUAL "as4aggregator 4200000000", "10.0.0.0/8"},
	{"aggregator-both-wide", UPDATE, 4, USUAL "aggregator 23456; as4aggregator 4200000000", "10.0.0.0/8"},
	{"as4-shorter", UPDATE, 1, "origin 0; path 1 23456 3; as4path 4200000000 3", "10.0.0.0/8"},
	{"as4-as-long", UPDATE, 1, "origin 0; path 23456 23456 3; as4path 4200000000 4200000001 3", "10.0.0.0/8"},
	{"as4-longer", UPDATE, 1, "origin 0; path 23456 3; as4path 4200000000 4200000001 3", "10.0.0.0/8"},
	{"as4-set", UPDATE, 1, "origin 0; path 1 23456 {23456,4}; as4path 4200000000 {4200000001,4}", "10.0.0.0/8"},
	{"as4-set-first", UPDATE, 1, "origin 0; path {1,2} 23456; as4path 4200000000", "10.0.0.0/8"},
	{"as4-in-segment", UPDATE, 1, "origin 0; path {1,2} 7 23456; as4path 4200000000", "10.0.0.0/8", NULL, true},
	{"as4-confed", UPDATE, 1, "origin 0; path (65000 65001) 1 23456; as4path 4200000000", "10.0.0.0/8", NULL, true},
	{"as4-confed-inside", UPDATE, 1, "origin 0; path 1 23456; as4path (65000) 4200000000", "10.0.0.0/8", NULL, true},
	{"as4-empty", UPDATE, 1, "origin 0; path 1 23456; as4path", "10.0.0.0/8"},
	{"as4-damaged", UPDATE, 1, "origin 0; path 1 23456; raw c0 11 06 02 05 00 00 00 01", "10.0.0.0/8", NULL, true},
	{"as4-aggregator-other", UPDATE, 1, "origin 0; path 1 23456; as4path 4200000000; aggregator 77; as4aggregator 4200000000", "10.0.0.0/8"},
	{"as4-aggregator-trans", UPDATE, 1, "origin 0; path 1 23456; as4path 4200000000; aggregator 23456; as4aggregator 4200000000", "10.0.0.0/8"},
	{"as4-wide", UPDATE, 4, "origin 0; path 1 23456; as4path 4200000000", "10.0.0.0/8"},
	{"as4-alone", UPDATE, 1, "origin 0; as4path 4200000000", "10.0.0.0/8"},
	{"path-none", UPDATE, 4, "origin 0; hop 192.0.2.77", "10.0.0.0/8"},
	{"path-empty", UPDATE, 4, "origin 0; path; hop 192.0.2.77", "10.0.0.0/8"},
	{"path-confed", UPDATE, 4, "origin 0; path (65000 65001) [65002,65003] 1", "10.0.0.0/8"},
	{"path-sets", UPDATE, 4, "origin 0; path 1 {9,4,7,4} {5} 2 {6}", "10.0.0.0/8"},
	{"path-empty-set", UPDATE, 4, "origin 0; raw 40 02 08 02 01 00 00 00 01 01 00", "10.0.0.0/8", NULL, true},
	{"path-unknown-segment", UPDATE, 4, "origin 0; raw 40 02 0c 02 01 00 00 00 01 07 01 00 00 00 02", "10.0.0.0/8"},
	{"path-cut", UPDATE, 4, "origin 0; raw 40 02 0a 02 03 00 00 00 01 00 00 00 02", "10.0.0.0/8"},
	{"path-cut-head", UPDATE, 4, "origin 0; raw 40 02 07 02 01 00 00 00 01 02", "10.0.0.0/8"},
	{"path-wide-in-narrow", UPDATE, 1, "origin 0; raw 40 02 0a 02 02 00 00 00 01 00 00 00 02", "10.0.0.0/8"},
	{"path-narrow-in-wide", UPDATE, 4, "origin 0; raw 40 02 06 02 02 00 01 00 02", "10.0.0.0/8"},
	{"address-zero", UPDATE, 4, V6 "reach 2 1 2001:0:2:3:4:5:6:7 ::/0 ::1/128 ::1:2/128 ::102:304/128", ""},
	{"address-mapped", UPDATE, 4, V6 "reach 2 1 ::1:0:0:0 ::ffff:0:0/95 ::ffff:0:1.2.3.4/128 64:ff9b::1.2.3.4/128", ""},
	{"address-runs", UPDATE, 4, V6 "reach 2 1 1:2:3:4:5:6:7:0 0:1:2:3:4:5:6:7/128 1:0:0:2:0:0:0:3/128 1:0:0:2:0:0:3:4/128 1:2:0:3:4:0:5:6/128 fe80::abcd:0:0/128", ""},
};
/* clang-format on */

static struct mrt_peer peers[4];

static struct ip ip(const char *text)
{
	struct ip ip = {0};

	if (ip_parse(span_cstr(text), &ip) < 0)
		abort();
	return ip;
}

static void put_rib(struct buf *to, const struct sample *s, struct span attributes)
{
	struct prefix p = {0};

	prefix_parse(span_cstr(s->prefixes), &p);
	mrt_put_peers(to, 200, peers, 4, false);
	struct mrt_rib rib = mrt_rib_begin(to, 200, s->subtype, 1, &p);

	for (unsigned i = 0; i < 4; i++)
		mrt_rib_entry(to, &rib, i, 150 + i, 7 + i, attributes);
	mrt_rib_end(to, &rib);
}

static void put_update(struct buf *to, const struct sample *s, struct span attributes)
{
	struct mrt_stamp at = {300, s->form == UPDATE_ET ? 1234 : -1};
	struct buf withdrawn = {0}, announced = {0}, body = {0};

	mrt_put_nlri(&withdrawn, s->withdrawn ? s->withdrawn : "");
	mrt_put_nlri(&announced, s->prefixes);
	mrt_put_update(&body, buf_span(&withdrawn), attributes, buf_span(&announced));
	mrt_put_message(to, at, s->subtype, &peers[s->form == UPDATE_V6_PEER], 2, buf_span(&body));
	buf_done(&withdrawn);
	buf_done(&announced);
	buf_done(&body);
}

static void put_sample(struct buf *to, const struct sample *s)
{
	bool narrow =
		s->form == TABLE || (s->form >= UPDATE && s->subtype != 4 && s->subtype != 7 &&
					    s->subtype != 9 && s->subtype != 11);
	struct buf a = {0};
	struct prefix p = {0};

	mrt_put_attributes(&a, narrow ? 2 : 4, s->attributes);
	if (s->form == TABLE) {
		prefix_parse(span_cstr(s->prefixes), &p);
		mrt_put_table_dump(to, 100, &peers[s->subtype - 1], &p, buf_span(&a));
	} else if (s->form == RIB) {
		put_rib(to, s, buf_span(&a));
	} else {
		put_update(to, s, buf_span(&a));
	}
	buf_done(&a);
}

static void put_states(struct buf *to)
{
	mrt_put_state(to, (struct mrt_stamp){300, -1}, 0, &peers[0], 6, 1);
	mrt_put_state(to, (struct mrt_stamp){300, -1}, 5, &peers[2], 1, 2);
	mrt_put_state(to, (struct mrt_stamp){300, 999999}, 5, &peers[1], 9, 0);
}

/* All messages but updates. */
static void put_messages(struct buf *to)
{
	for (unsigned type = 1; type < 6; type += type == 1 ? 2 : 1)
		mrt_put_message(to, (struct mrt_stamp){300, -1}, 4, &peers[0], type, SPAN(""));
}

/* Four hundred hops in two segments. */
static void put_deep_path(struct buf *to)
{
	struct sample s = {"", UPDATE, 4, NULL, "10.0.0.0/8"};
	struct buf a = {0};

	buf_str(&a, "origin 0; path");
	for (unsigned i = 1; i <= 400; i++)
		buf_printf(&a, " %u", i);
	buf_byte(&a, '\0');
	s.attributes = a.p;
	put_sample(to, &s);
	buf_done(&a);
}

static void put_unknown(struct buf *to)
{
	static const struct {
		unsigned type, subtype;
	} row[] = {{11, 0}, {13, 7}, {13, 66}, {12, 9}, {16, 77}, {32, 0}};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		size_t begun = mrt_record_begin(to, 1, row[i].type, row[i].subtype);

		buf_str(to, "what is unknown");
		mrt_record_end(to, begun);
	}
	put_sample(to, &samples[0]);
}

/* Records too short for what they must hold. */
static void put_short(struct buf *to)
{
	static const struct {
		unsigned type, subtype;
	} row[] = {{12, 1}, {12, 2}, {13, 1}, {13, 2}, {13, 6}, {16, 0}, {16, 4}, {17, 4}};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		size_t begun = mrt_record_begin(to, 1, row[i].type, row[i].subtype);

		buf_add(to, (struct span){"\0\1\0\1\0\1", i % 7});
		mrt_record_end(to, begun);
	}
	put_sample(to, &samples[0]);
}

/* An entry of a peer that the table lacks, one of a table that lacks, two tables. */
static void put_peers(struct buf *to)
{
	const struct sample *s = &samples[3];
	struct buf rib = {0};

	put_sample(&rib, s);
	struct span all = buf_span(&rib);
	size_t table = 12 + 4 + 2 + 4 + 2 + 2 * (9 + 4) + 2 * (9 + 16);

	buf_add(to, span_skip(all, table));
	mrt_put_peers(to, 200, peers, 1, true);
	buf_add(to, span_skip(all, table));
	buf_add(to, all);
	buf_done(&rib);
}

/* The length of the second prefix of a message is another. */
static void put_prefix_lie(struct buf *to, unsigned length)
{
	static const struct sample s = {
		"", UPDATE, 4, USUAL, "10.0.0.0/8 11.255.2.3/32 12.0.0.0/8"};

	put_sample(to, &s);
	to->p[to->n - 7] = (char)length;
}

static void put_prefix_too_long(struct buf *to)
{
	put_prefix_lie(to, 33);
}

static void put_prefix_cut(struct buf *to)
{
	put_prefix_lie(to, 32);
	to->p[to->n - 2] = 9;
}

static void put_bits_beyond(struct buf *to)
{
	put_prefix_lie(to, 9);
}

static void put_length_lies(struct buf *to)
{
	put_sample(to, &samples[20]);
	size_t message = 12 + 2 + 2 + 2 + 2 + 4 + 4, withdrawn = message + 19;

	for (unsigned i = 0; i < 6; i++) {
		static const unsigned lie[] = {0, 18, 19, 30, 200, 255};
		size_t at = to->n;

		put_sample(to, &samples[20]);
		to->p[at + message + 17] = (char)lie[i];
		at = to->n;
		put_sample(to, &samples[20]);
		to->p[at + withdrawn + 1] = (char)lie[i];
		at = to->n;
		put_sample(to, &samples[20]);
		to->p[at + withdrawn + 2 + 2 + 1] = (char)lie[i];
	}
}

static void put_bad_marker(struct buf *to)
{
	put_sample(to, &samples[20]);
	to->p[12 + 2 + 2 + 2 + 2 + 4 + 4] = 0;
	put_sample(to, &samples[20]);
}

static void put_cut(struct buf *to)
{
	put_sample(to, &samples[0]);
	put_sample(to, &samples[0]);
	to->n -= 3;
}

static void put_empty(struct buf *to)
{
	buf_clear(to);
}

static const struct {
	const char *name;
	void (*put)(struct buf *to);
	bool differs;
} more[] = {
	{"states", put_states, false},
	{"messages", put_messages, false},
	{"path-deep", put_deep_path, false},
	{"unknown", put_unknown, false},
	{"short", put_short, true},
	{"peers", put_peers, true},
	{"prefix-too-long", put_prefix_too_long, true},
	{"prefix-cut", put_prefix_cut, false},
	{"prefix-bits-beyond", put_bits_beyond, true},
	{"length-lies", put_length_lies, true},
	{"bad-marker", put_bad_marker, false},
	{"cut", put_cut, false},
	{"empty", put_empty, false},
};

static void write_file(const char *folder, const char *name, struct span s, bool differs)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(s.n ? s.p : "", 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(3);
	}
	printf("%s%s\n", differs ? "differs " : "", name);
}

int main(int argc, char **argv)
{
	struct buf file = {0};

	if (argc != 2)
		return 2;
	peers[0] = (struct mrt_peer){ip("192.0.2.7"), 64500, 0};
	peers[1] = (struct mrt_peer){ip("2001:db8::7"), 64501, 1};
	peers[2] = (struct mrt_peer){ip("192.0.2.9"), 4200000000, 2};
	peers[3] = (struct mrt_peer){ip("2001:db8::ffff:0:0"), 64503, 3};
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		buf_clear(&file);
		put_sample(&file, &samples[i]);
		write_file(argv[1], samples[i].name, buf_span(&file), samples[i].differs);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		buf_clear(&file);
		more[i].put(&file);
		write_file(argv[1], more[i].name, buf_span(&file), more[i].differs);
	}
	buf_done(&file);
}
