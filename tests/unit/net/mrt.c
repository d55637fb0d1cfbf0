/* Records written piece by piece, read back as one line of text an event. */
#include "test.h"

#include "mrt_writer.h"
#include "net/paths_build.h"

#include <errno.h>
#include <unistd.h>

static char path[] = "/tmp/cordon-mrt-XXXXXX";

/* A cut record must not be mistaken for a whole one, so files go through a real stream. */
static void put(struct span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s.n ? s.p : "", 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

static void add_hops(struct buf *to, struct mrt *m)
{
	struct mrt_hops hops;

	mrt_hops(m, &hops);
	for (size_t i = 0; i < hops.n; i++)
		buf_printf(to, " %u%s", hops.hop[i],
			!hops.kind || hops.kind[i] == HOP_AS ? ""
			: hops.kind[i] == HOP_SET            ? "s"
							     : "c");
}

/* "T 1.5 192.0.2.1 64500 10.0.0.0/8 #7 m: 64500 1" */
static void add_event(struct buf *to, struct mrt *m, const struct mrt_event *e)
{
	char text[IP_TEXT];

	buf_printf(to, "%c %u", "TAWS"[e->kind], e -> time);
	if (e->type == MRT_BGP4MP_ET)
		buf_printf(to, ".%u", e->usec);
	buf_printf(to, " %s %u", ip_format(&e->peer->ip, text), e->peer->asn);
	if (e->kind == MRT_STATE)
		buf_printf(to, " %u-%u", e->from, e->to);
	else
		buf_printf(to, " %s", prefix_format(&e->prefix, text));
	if (e->add_path)
		buf_printf(to, " #%u", e->path_id);
	if (e->multicast)
		buf_str(to, " m");
	buf_byte(to, ':');
	add_hops(to, m);
	buf_byte(to, '\n');
}

/* Reads what is in `path`; returns what mrt_next() ended with. */
static int read_file(struct buf *to, struct mrt_report *ret_report, struct err *err)
{
	const struct mrt_event *e;
	struct stream *stream;
	struct mrt *m;
	int rc;

	buf_clear(to);
	assert_int_equal(stream_open(path, &stream, NULL), 0);
	assert_int_equal(mrt_new(stream, (struct span){NULL, 0}, &m), 0);
	while ((rc = mrt_next(m, &e, err)) > 0)
		add_event(to, m, e);
	*ret_report = *mrt_report(m);
	mrt_free(m);
	stream_close(stream);
	buf_byte(to, '\0');
	return rc;
}

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(text), &ip), 0);
	return ip;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_cstr(text), &p), 0);
	return p;
}

/* Prefixes parted by spaces as NLRI; "7#10.0.0.0/8" has a path identifier. */
static struct span nlri(struct buf *to, const char *text)
{
	struct span rest = span_cstr(text), word;

	buf_clear(to);
	while (span_cut(&rest, ' ', &word)) {
		ssize_t at = span_index(word, '#');
		struct prefix p;

		if (at >= 0)
			mrt_put32(to, (uint32_t)strtoul(word.p, NULL, 10));
		assert_int_equal(prefix_parse(span_skip(word, (size_t)(at + 1)), &p), 0);
		mrt_put_prefix(to, &p);
	}
	return buf_span(to);
}

static struct mrt_peer peers[3];

/* Origin and path. */
static void simple(struct buf *to, unsigned as_bytes, const char *as_path)
{
	buf_clear(to);
	mrt_put_attribute(to, BGP_ORIGIN, (struct span){"\0", 1});
	mrt_put_path_text(to, BGP_AS_PATH, as_bytes, as_path);
}

static void test_table_dump(void **state)
{
	struct buf file = {0}, a = {0}, got = {0};
	struct prefix v4 = prefix("198.51.100.0/24"), v6 = prefix("2001:db8::/32");
	struct mrt_report report;

	(void)state;
	simple(&a, 2, "64500 7 {8,9}");
	mrt_put_table_dump(&file, 11, &peers[0], &v4, buf_span(&a));
	mrt_put_table_dump(&file, 12, &peers[1], &v6, buf_span(&a));
	put(buf_span(&file));
	assert_int_equal(read_file(&got, &report, NULL), 0);
	assert_string_equal(got.p, "T 11 192.0.2.7 64500 198.51.100.0/24: 64500 7 8s 9s\n"
				   "T 12 2001:db8::7 64501 2001:db8::/32: 64500 7 8s 9s\n");
	assert_int_equal(report.records, 2);
	assert_int_equal(report.odds, 0);
	buf_done(&file);
	buf_done(&a);
	buf_done(&got);
}

static void put_rib(struct buf *to, unsigned subtype, const char *p, struct span attributes)
{
	struct prefix of = prefix(p);
	struct mrt_rib rib = mrt_rib_begin(to, 20, subtype, 0, &of);

	mrt_rib_entry(to, &rib, 2, 19, 70, attributes);
	mrt_rib_entry(to, &rib, 1, 18, 71, attributes);
	mrt_rib_end(to, &rib);
}

static void test_table_dump_v2(void **state)
{
	static const struct {
		unsigned subtype;
		const char *prefix;
		bool add_path, multicast;
	} row[] = {
		{2, "0.0.0.0/0", false, false},
		{3, "224.0.0.0/4", false, true},
		{4, "2001:db8::1/128", false, false},
		{5, "ff00::/8", false, true},
		{6, "10.0.0.0/9", false, false},
		{6, "2001:db8::/33", false, false},
		{8, "10.0.0.0/31", true, false},
		{9, "10.0.0.1/32", true, true},
		{10, "::/0", true, false},
		{11, "ff00::/9", true, true},
	};
	struct buf file = {0}, a = {0}, got = {0}, want = {0};
	struct mrt_report report;

	(void)state;
	simple(&a, 4, "64500 (65000 65001) 4200000000 [1,2] 3");
	for (unsigned narrow = 0; narrow < 2; narrow++) {
		mrt_put_peers(&file, 20, peers, 3, narrow);
		for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
			put_rib(&file, row[i].subtype, row[i].prefix, buf_span(&a));
			for (int k = 0; k < 2; k++)
				buf_printf(&want, "T 20 %s %s%s%s: %s\n",
					k ? "2001:db8::7 64501" : "192.0.2.9 4200000000",
					row[i].prefix,
					!row[i].add_path ? ""
					: k              ? " #71"
							 : " #70",
					row[i].multicast ? " m" : "",
					"64500 65000c 65001c 4200000000 1c 2c 3");
		}
	}
	buf_byte(&want, '\0');
	put(buf_span(&file));
	assert_int_equal(read_file(&got, &report, NULL), 0);
	assert_string_equal(got.p, want.p);
	assert_int_equal(report.odds, 0);
	buf_done(&file);
	buf_done(&a);
	buf_done(&got);
	buf_done(&want);
}

/* All subtypes of messages: width of AS numbers, path identifiers, both times. */
static void test_updates(void **state)
{
	static const struct {
		unsigned subtype, as_bytes;
		bool add_path;
	} row[] = {{1, 2, false}, {4, 4, false}, {6, 2, false}, {7, 4, false}, {8, 2, true},
		{9, 4, true}, {10, 2, true}, {11, 4, true}};
	struct ip hop = ip_of("2001:db8::1");
	struct mrt_report report;
	struct buf file = {0}, a = {0}, n = {0}, m = {0}, w = {0}, body = {0}, got = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		bool ids = row[i].add_path;
		int64_t usec = i % 2 ? 250000 : -1;

		buf_clear(&file);
		buf_clear(&body);
		simple(&a, row[i].as_bytes, "64500 1");
		nlri(&n, ids ? "4#ff00::/8 5#ff01::/16" : "ff00::/8 ff01::/16");
		mrt_put_mp(&a, BGP_MP_REACH, 2, 2, &hop, buf_span(&n));
		nlri(&n, ids ? "3#2001:db8::/32" : "2001:db8::/32");
		mrt_put_mp(&a, BGP_MP_UNREACH, 2, 1, NULL, buf_span(&n));
		nlri(&w, ids ? "1#10.0.0.0/8 2#11.0.0.0/8" : "10.0.0.0/8 11.0.0.0/8");
		nlri(&m, ids ? "6#0.0.0.0/0" : "0.0.0.0/0");
		mrt_put_update(&body, buf_span(&w), buf_span(&a), buf_span(&m));
		mrt_put_message(&file, (struct mrt_stamp){9, usec}, row[i].subtype, &peers[0], 2,
			buf_span(&body));
		put(buf_span(&file));
		assert_int_equal(read_file(&got, &report, NULL), 0);
		buf_clear(&file);
		for (int k = 0; k < 6; k++) {
			static const char *const prefixes[] = {"10.0.0.0/8", "11.0.0.0/8",
				"2001:db8::/32", "0.0.0.0/0", "ff00::/8", "ff01::/16"};
			static const int id[] = {1, 2, 3, 6, 4, 5};

			buf_printf(&file, "%c 9%s 192.0.2.7 64500 %s", k < 3 ? 'W' : 'A',
				usec < 0 ? "" : ".250000", prefixes[k]);
			if (ids)
				buf_printf(&file, " #%d", id[k]);
			buf_printf(&file, "%s:%s\n", k > 3 ? " m" : "", k < 3 ? "" : " 64500 1");
		}
		buf_byte(&file, '\0');
		assert_string_equal(got.p, file.p);
		assert_int_equal(report.odds, 0);
	}
	buf_done(&file);
	buf_done(&a);
	buf_done(&n);
	buf_done(&m);
	buf_done(&w);
	buf_done(&body);
	buf_done(&got);
}

static void test_states(void **state)
{
	struct buf file = {0}, got = {0};
	struct mrt_report report;

	(void)state;
	mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 3, 6);
	mrt_put_state(&file, (struct mrt_stamp){5, 17}, 5, &peers[2], 6, 1);
	mrt_put_message(
		&file, (struct mrt_stamp){5, -1}, 4, &peers[0], 4, SPAN("")); /* KEEPALIVE */
	put(buf_span(&file));
	assert_int_equal(read_file(&got, &report, NULL), 0);
	assert_string_equal(got.p, "S 5 192.0.2.7 64500 3-6:\nS 5.17 192.0.2.9 4200000000 6-1:\n");
	assert_int_equal(report.records, 3);
	assert_int_equal(report.odds, 0);
	buf_done(&file);
	buf_done(&got);
}

/* At every byte: all whole records before it, and where it ended. */
static void test_cut(void **state)
{
	struct buf file = {0}, got = {0};
	struct mrt_report report;
	struct err err;

	(void)state;
	mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 3, 6);
	size_t one = file.n;

	mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 6, 1);
	for (size_t n = 0; n <= file.n; n++) {
		put((struct span){file.p, n});
		bool whole = n % one == 0;
		int rc = read_file(&got, &report, &err);
		char at[80];

		assert_int_equal(rc, whole ? 0 : -EBADMSG);
		assert_int_equal(report.events, n / one);
		snprintf(at, sizeof(at), "cut off at byte %zu, within the record at byte %zu", n,
			n / one * one);
		assert_true(whole || strstr(err.text, at));
	}
	buf_done(&file);
	buf_done(&got);
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	peers[0] = (struct mrt_peer){ip_of("192.0.2.7"), 64500, 0};
	peers[1] = (struct mrt_peer){ip_of("2001:db8::7"), 64501, 1};
	peers[2] = (struct mrt_peer){ip_of("192.0.2.9"), 4200000000, 2};
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_dump),
		cmocka_unit_test(test_table_dump_v2),
		cmocka_unit_test(test_updates),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
