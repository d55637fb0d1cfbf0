/* Lines as bgpdump writes them; where the program itself is there, tests/e2e/net-dump.sh holds them
 * against it. */
#include "test.h"

#include "mrt_writer.h"
#include "net/bgp_text.h"

#include <jansson.h>

static struct mrt_peer peer = {{IP_V4, {192, 0, 2, 7}}, 64500, 0};

/* The text of what a buffer holds. */
static void text_of(struct buf *to, struct span file,
	void (*write)(struct buf *, struct mrt *, const struct mrt_event *))
{
	const struct mrt_event *e;
	struct stream *stream;
	struct mrt *m;

	buf_clear(to);
	assert_int_equal(stream_open("/dev/null", &stream, NULL), 0);
	assert_int_equal(mrt_new(stream, file, &m), 0);
	while (mrt_next(m, &e, NULL) > 0)
		write(to, m, e);
	mrt_free(m);
	stream_close(stream);
	buf_byte(to, '\0');
}

static void put_update(struct buf *to, unsigned subtype, int64_t usec, const char *attributes,
	const char *prefixes)
{
	unsigned as_bytes = subtype == 4 || subtype == 7 || subtype == 9 || subtype == 11 ? 4 : 2;
	struct buf a = {0}, n = {0}, body = {0};

	mrt_put_attributes(&a, as_bytes, attributes);
	mrt_put_nlri(&n, prefixes);
	mrt_put_update(&body, (struct span){NULL, 0}, buf_span(&a), buf_span(&n));
	mrt_put_message(to, (struct mrt_stamp){7, usec}, subtype, &peer, 2, buf_span(&body));
	buf_done(&a);
	buf_done(&n);
	buf_done(&body);
}

#define V6 "origin 0; path 1; reach 2 1 "

static const struct {
	unsigned subtype;
	int64_t usec;
	const char *attributes, *prefixes, *line, *json;
} rows[] = {
	{4, -1, "origin 0; path 64500 {1,2} (3 4) [5,6] 7; hop 192.0.2.1", "10.0.0.0/8",
		"BGP4MP|7|A|192.0.2.7|64500|10.0.0.0/8|64500 {1,2} (3 4) [5,6] "
		"7|IGP|192.0.2.1|0|0||NAG||\n",
		"{\"kind\":\"announce\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"prefix\":\"10.0.0.0/8\",\"path\":[64500,[1,2],{\"confed\":[3,4]},"
		"{\"confed_set\":[5,6]},7],\"origin\":\"igp\",\"next_hop\":\"192.0.2.1\"}\n"},
	{4, 42,
		"origin 2; path 1 1; med 4294967295; pref 100; atomic; aggregator 9; communities "
		"65538 "
		"4294967041 4294967042 4294967043 4294967040; large 4200000000 0 1 1 2 3",
		"0.0.0.0/0",
		"BGP4MP_ET|7.000042|A|192.0.2.7|64500|0.0.0.0/0|1 1|INCOMPLETE|255.255.255.255|100|"
		"4294967295|1:2 no-export no-advertise local-AS 65535:65280|AG|9 192.0.2.99|\n",
		"{\"kind\":\"announce\",\"time\":7.000042,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"prefix\":\"0.0.0.0/"
		"0\",\"path\":[1,1],\"origin\":\"incomplete\",\"local_pref\":100,"
		"\"med\":4294967295,\"communities\":[\"1:2\",\"65535:65281\",\"65535:65282\","
		"\"65535:65283\",\"65535:65280\"],\"large_communities\":[\"4200000000:0:1\","
		"\"1:2:3\"],\"atomic_aggregate\":true,\"aggregator_as\":9,"
		"\"aggregator\":\"192.0.2.99\"}\n"},
	{4, -1, "unreach 2 2 ff00::/8", "", "BGP4MP|7|W|192.0.2.7|64500|ff00::/8\n",
		"{\"kind\":\"withdraw\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"prefix\":\"ff00::/8\",\"multicast\":true}\n"},
	{9, -1, "origin 1; path 1", "4294967295#10.0.0.0/8",
		"BGP4MP_AP|7|A|192.0.2.7|64500|10.0.0.0/"
		"8|4294967295|1|EGP|255.255.255.255|0|0||NAG||\n",
		"{\"kind\":\"announce\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"prefix\":\"10.0.0.0/"
		"8\",\"path_id\":4294967295,\"path\":[1],\"origin\":\"egp\"}\n"},
	{6, -1, "unreach 1 1 10.0.0.0/8", "", "BGP4MP_LOCAL|7|W|192.0.2.7|64500|10.0.0.0/8\n",
		"{\"kind\":\"withdraw\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"sent\":true,\"prefix\":\"10.0.0.0/8\"}\n"},
	/* with path identifiers the collector's end is told */
	{11, -1, "unreach 1 1 1#10.0.0.0/8", "", "BGP4MP_AP|7|W|192.0.2.1|64500|10.0.0.0/8|1\n",
		"{\"kind\":\"withdraw\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"sent\":true,\"prefix\":\"10.0.0.0/8\",\"path_id\":1}\n"},
	{4, -1, "raw 40 02 07 02 01 00 00 00 01 02", "10.0.0.0/8",
		"BGP4MP|7|A|192.0.2.7|64500|10.0.0.0/8|! Error "
		"!|INCOMPLETE|255.255.255.255|0|0||NAG||\n",
		"{\"kind\":\"announce\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,"
		"\"prefix\":\"10.0.0.0/8\",\"path\":[1],\"path_damaged\":true}\n"},
};

static void test_rows(void **state)
{
	struct buf file = {0}, got = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&file);
		put_update(
			&file, rows[i].subtype, rows[i].usec, rows[i].attributes, rows[i].prefixes);
		text_of(&got, buf_span(&file), bgp_text_line);
		assert_string_equal(got.p, rows[i].line);
		text_of(&got, buf_span(&file), bgp_text_json);
		assert_string_equal(got.p, rows[i].json);
		json_t *j = json_loads(got.p, 0, NULL);

		assert_non_null(j);
		json_decref(j);
	}
	buf_done(&file);
	buf_done(&got);
}

/* bgpdump's IPv6 is not RFC 5952's: a lone zero is left out too, and ::/96 ends in IPv4. */
static void test_addresses(void **state)
{
	static const struct {
		const char *ip, *want;
	} row[] = {
		{"::", "::"},
		{"::1", "::1"},
		{"::1:0", "::0.1.0.0"},
		{"::1.2.3.4", "::1.2.3.4"},
		{"::1:2:3", "::1:2:3"},
		{"::ffff:0:1.2.3.4", "::ffff:0:102:304"},
		{"1::", "1::"},
		{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
		{"1:0:3:4:5:6:7:8", "1::3:4:5:6:7:8"},
		{"0:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8"},
		{"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7::"},
		{"1:0:0:4:0:0:0:8", "1:0:0:4::8"},
		{"1:0:0:4:0:0:7:8", "1::4:0:0:7:8"},
		{"1:0:3:4:0:6:7:8", "1::3:4:0:6:7:8"},
		{"fe80::abcd:ef01:234", "fe80::abcd:ef01:234"},
	};
	struct buf file = {0}, got = {0};
	char text[100], want[200];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		buf_clear(&file);
		snprintf(text, sizeof(text), "unreach 2 1 %s/128", row[i].ip);
		snprintf(want, sizeof(want), "BGP4MP|7|W|192.0.2.7|64500|%s/128\n", row[i].want);
		put_update(&file, 4, -1, text, "");
		text_of(&got, buf_span(&file), bgp_text_line);
		assert_string_equal(got.p, want);
	}
	buf_done(&file);
	buf_done(&got);
}

static void test_forms(void **state)
{
	struct mrt_peer v6 = {{IP_V6, {0x20, 1, 0xd, 0xb8, [15] = 7}}, 64501, 0};
	struct prefix p = {{IP_V4, {10}}, 8};
	struct buf file = {0}, a = {0}, got = {0};

	(void)state;
	mrt_put_attributes(&a, 2, "path 1 2");
	mrt_put_table_dump(&file, 5, &peer, &p, buf_span(&a));
	mrt_put_peers(&file, 6, &v6, 1, false);
	struct mrt_rib rib = mrt_rib_begin(&file, 6, 8, 0, &p);

	mrt_rib_entry(&file, &rib, 0, 4, 3, (struct span){NULL, 0});
	mrt_rib_end(&file, &rib);
	mrt_put_state(&file, (struct mrt_stamp){7, -1}, 0, &peer, 6, 1);
	mrt_put_state(&file, (struct mrt_stamp){7, 1000000}, 5, &v6, 3, 4);
	text_of(&got, buf_span(&file), bgp_text_line);
	assert_string_equal(got.p, "TABLE_DUMP|5|B|192.0.2.7|64500|10.0.0.0/8|1 "
				   "2|INCOMPLETE|255.255.255.255|0|0||NAG||\n"
				   "TABLE_DUMP2_AP|6|B|2001:db8::7|64501|10.0.0.0/"
				   "8|3||INCOMPLETE|255.255.255.255|0|0||NAG||\n"
				   "BGP4MP|7|STATE|192.0.2.7|64500|6|1\n"
				   "BGP4MP_ET|7.1000000|STATE|2001:db8::7|64501|3|4\n");
	text_of(&got, buf_span(&file), bgp_text_json);
	assert_string_equal(got.p,
		"{\"kind\":\"table\",\"time\":5,\"changed\":5,\"peer\":\"192.0.2.7\","
		"\"peer_as\":64500,\"prefix\":\"10.0.0.0/8\",\"path\":[1,2]}\n"
		"{\"kind\":\"table\",\"time\":6,\"changed\":4,\"peer\":\"2001:db8::7\","
		"\"peer_as\":64501,\"prefix\":\"10.0.0.0/8\",\"path_id\":3,\"path\":[]}\n"
		"{\"kind\":\"state\",\"time\":7,\"peer\":\"192.0.2.7\",\"peer_as\":64500,\"from\":"
		"6,"
		"\"to\":1}\n"
		"{\"kind\":\"state\",\"time\":7.999999,\"peer\":\"2001:db8::7\",\"peer_as\":64501,"
		"\"from\":3,\"to\":4}\n");
	buf_done(&file);
	buf_done(&a);
	buf_done(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
