#include "test.h"

#include "net/bgp_text_read.h"
#include "net/paths_build.h"

static struct bgp_text_room room;

/* "KIND TIME PEER AS PREFIX PATH", hops of sets as 1s, of confederations as 1c. */
static const char *text_of(const struct bgp_text_route *r)
{
	static char text[4096];
	char peer[IP_TEXT], prefix[IP_TEXT];
	int n = snprintf(text, sizeof(text), "%d %u %s %u %s", r->kind, r->time,
		ip_format(&r->peer, peer), r->peer_asn,
		r->prefix.ip.family ? prefix_format(&r->prefix, prefix) : "-");

	for (size_t i = 0; i < r->hops; i++) {
		static const char *const mark[] = {
			[HOP_AS] = "", [HOP_SET] = "s", [HOP_CONFED] = "c"};

		assert_true(!r->plain || room.kind[i] == HOP_AS);
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %u%s", room.hop[i],
			mark[room.kind[i]]);
	}
	return text;
}

static void lines_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"TABLE_DUMP2|1277971199|B|202.249.2.169|2497|1.9.0.0/16|2497 2914 4788|IGP|"
		 "202.249.2.169|0|0||NAG||",
			"0 1277971199 202.249.2.169 2497 1.9.0.0/16 2497 2914 4788"},
		{"TABLE_DUMP|1|B|192.0.2.1|1|1.9.0.0/16|1 2|", "0 1 192.0.2.1 1 1.9.0.0/16 1 2"},
		{"TABLE_DUMP2|1|A|192.0.2.1|1|1.9.0.0/16|1 2|", "0 1 192.0.2.1 1 1.9.0.0/16 1 2"},
		{"TABLE_DUMP2_AP|1|B|10.0.15.1|65015|10.0.10.0/24|36|65015 65014|IGP|",
			"0 1 10.0.15.1 65015 10.0.10.0/24 65015 65014"},
		{"BGP4MP_ET|1445565678.509481|A|2001:db8::1|4200000000|2001:db8::/32|1|IGP|",
			"1 1445565678 2001:db8::1 4200000000 2001:db8::/32 1"},
		{"BGP4MP_ET_LOCAL_AP|1|A|192.0.2.1|1|10.0.0.0/8|1|2 3|",
			"1 1 192.0.2.1 1 10.0.0.0/8 2 3"},
		{"BGP4MP|1171158065|W|195.66.226.85|6730|196.44.105.0/24",
			"2 1171158065 195.66.226.85 6730 196.44.105.0/24"},
		{"BGP4MP_AP|1|W|192.0.2.1|1|10.0.0.0/8|7", "2 1 192.0.2.1 1 10.0.0.0/8"},
		{"BGP4MP|1027377515|STATE|193.203.0.69|15737|3|2",
			"3 1027377515 193.203.0.69 15737 -"},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8||IGP|", "1 1 192.0.2.1 1 10.0.0.0/8"},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1 {2,3}|IGP|",
			"1 1 192.0.2.1 1 10.0.0.0/8 1 2s 3s"},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|{2}{3} 4|IGP|",
			"1 1 192.0.2.1 1 10.0.0.0/8 2s 3s 4"},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|(64512 2) [3,4] 5|IGP|",
			"1 1 192.0.2.1 1 10.0.0.0/8 64512c 2c 3c 4c 5"},
		{"BGP4MP|1|A|192.0.2.1|1.10|10.0.0.0/8|1.10 4294967295|IGP|",
			"1 1 192.0.2.1 65546 10.0.0.0/8 65546 4294967295"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bgp_text_route r;

		assert_true(bgp_text_is(span_cstr(rows[i].in)));
		assert_int_equal(bgp_text_read(span_cstr(rows[i].in), &room, &r), 0);
		assert_string_equal(text_of(&r), rows[i].out);
	}
}

static void what_is_wrong_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int bad;
	} rows[] = {
		{"", BGP_TEXT_FIELDS},
		{"TABLE_DUMP3|1|B|192.0.2.1|1|10.0.0.0/8|1|", BGP_TEXT_FIELDS},
		{"BGP4MP_AP_ET|1|A|192.0.2.1|1|10.0.0.0/8|1|", BGP_TEXT_FIELDS},
		{"BGP4MP|1|A|192.0.2.1", BGP_TEXT_FIELDS},
		{"BGP4MP|1|A|192.0.2.1|1", BGP_TEXT_FIELDS},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8", BGP_TEXT_FIELDS},
		{"BGP4MP_AP|1|A|192.0.2.1|1|10.0.0.0/8|1", BGP_TEXT_FIELDS},
		{"BGP4MP|x|A|192.0.2.1|1|10.0.0.0/8|1|", BGP_TEXT_FIELDS},
		{"BGP4MP|4294967296|A|192.0.2.1|1|10.0.0.0/8|1|", BGP_TEXT_FIELDS},
		{"BGP4MP|1|X|192.0.2.1|1|10.0.0.0/8|1|", BGP_TEXT_FIELDS},
		{"BGP4MP|1|A|192.0.2|1|10.0.0.0/8|1|", BGP_TEXT_ADDRESS},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/33|1|", BGP_TEXT_ADDRESS},
		{"BGP4MP|1|W|192.0.2.1|1|", BGP_TEXT_ADDRESS},
		{"BGP4MP|1|W|192.0.2.1|1|x", BGP_TEXT_ADDRESS},
		{"BGP4MP|1|A|192.0.2.1|x|10.0.0.0/8|1|", BGP_TEXT_ASN},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1 x|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|4294967296|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|99999999999999999999999|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1.2.3|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1.70000|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1 {2|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1 {2)|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|1 2}|", BGP_TEXT_PATH},
		{"BGP4MP|1|A|192.0.2.1|1|10.0.0.0/8|{(1)}|", BGP_TEXT_PATH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bgp_text_route r = {.time = 7};
		int bad = bgp_text_read(span_cstr(rows[i].in), &room, &r);

		if (bad != rows[i].bad)
			fail_msg("\"%s\" gives %d", rows[i].in, bad);
		assert_int_equal(r.time, 7);
	}
	assert_false(bgp_text_is(SPAN("TABLE_DUMP3|1|")));
	assert_false(bgp_text_is(SPAN("TABLE_DUMP2")));
	assert_false(bgp_text_is(SPAN("1|2|-1")));
}

/* As many hops as the longest line can have. */
static void the_longest_path_has_room(void **state)
{
	(void)state;
	char *line = malloc(BGP_TEXT_LINE_MOST);
	struct bgp_text_route r;
	size_t n = (size_t)sprintf(line, "BGP4MP|1|A|::|1|::/0|"), hops = 0;

	for (; n + 2 <= BGP_TEXT_LINE_MOST; n += 2, hops++)
		memcpy(line + n, "1 ", 2);
	assert_int_equal(bgp_text_read((struct span){line, n}, &room, &r), 0);
	assert_int_equal(r.hops, hops);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(the_longest_path_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
