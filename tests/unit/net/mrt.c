/* Records written piece by piece, read back as one line of text an event. */
#include "test.h"

#include "mrt_writer.h"
#include "net/paths_build.h"
#include "short_memory.h"

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

static struct mrt_peer peers[3];

static void test_table_dump(void **state)
{
	struct buf file = {0}, a = {0}, got = {0};
	struct prefix v4 = prefix("198.51.100.0/24"), v6 = prefix("2001:db8::/32");
	struct mrt_report report;

	(void)state;
	mrt_put_attributes(&a, 2, "origin 0; path 64500 7 {8,9}");
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
	mrt_put_attributes(&a, 4, "origin 0; path 64500 (65000 65001) 4200000000 [1,2] 3");
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
	struct mrt_report report;
	struct buf file = {0}, a = {0}, n = {0}, w = {0}, body = {0}, got = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		bool ids = row[i].add_path;
		int64_t usec = i % 2 ? 250000 : -1;

		buf_clear(&file);
		buf_clear(&body);
		buf_clear(&a);
		buf_clear(&n);
		buf_clear(&w);
		mrt_put_attributes(&a, row[i].as_bytes,
			ids ? "path 64500 1; reach 2 2 2001:db8::1 4#ff00::/8 5#ff01::/16; "
			      "unreach 2 1 3#2001:db8::/32"
			    : "path 64500 1; reach 2 2 2001:db8::1 ff00::/8 ff01::/16; "
			      "unreach 2 1 2001:db8::/32");
		mrt_put_nlri(&w, ids ? "1#10.0.0.0/8 2#11.0.0.0/8" : "10.0.0.0/8 11.0.0.0/8");
		mrt_put_nlri(&n, ids ? "6#0.0.0.0/0" : "0.0.0.0/0");
		mrt_put_update(&body, buf_span(&w), buf_span(&a), buf_span(&n));
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

/* Other types and subtypes are passed over, and so is a record that is too long to be held. */
static void test_unknown(void **state)
{
	static const struct {
		unsigned type, subtype;
		uint32_t bytes;
		enum mrt_odd odd;
	} row[] = {
		{11, 1, 5, MRT_ODD_TYPE},
		{32, 0, 0, MRT_ODD_TYPE},
		{999, 0, 300000, MRT_ODD_TYPE}, /* not as the first record */
		{12, 3, 5, MRT_ODD_TYPE},
		{13, 0, 5, MRT_ODD_TYPE},
		{13, 7, 5, MRT_ODD_TYPE},
		{13, 12, 5, MRT_ODD_TYPE},
		{16, 2, 5, MRT_ODD_TYPE},
		{16, 12, 5, MRT_ODD_TYPE},
		{17, 3, 5, MRT_ODD_TYPE},
		{11, 0, MRT_RECORD_MOST + 1, MRT_ODD_TYPE},
		{16, 0, MRT_RECORD_MOST + 1, MRT_ODD_LONG},
	};
	struct buf file = {0}, got = {0};
	struct mrt_report report;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		buf_clear(&file);
		mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 3, 6);
		size_t at = file.n;
		size_t begun = mrt_record_begin(&file, 1, row[i].type, row[i].subtype);

		memset(buf_reserve(&file, row[i].bytes), 1, row[i].bytes);
		file.n += row[i].bytes;
		mrt_record_end(&file, begun);
		mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 6, 1);
		put(buf_span(&file));
		assert_int_equal(read_file(&got, &report, NULL), 0);
		assert_string_equal(got.p, "S 5 192.0.2.7 64500 3-6:\nS 5 192.0.2.7 64500 6-1:\n");
		assert_int_equal(report.records, 3);
		assert_int_equal(report.odds, 1);
		assert_int_equal(report.odd[row[i].odd], 1);
		assert_int_equal(report.first_odd, at);
	}
	buf_done(&file);
	buf_done(&got);
}

static void put_message(struct buf *to, const char *attributes, const char *prefixes)
{
	struct buf a = {0}, n = {0}, body = {0};

	mrt_put_attributes(&a, 4, attributes);
	mrt_put_nlri(&n, prefixes);
	mrt_put_update(&body, (struct span){NULL, 0}, buf_span(&a), buf_span(&n));
	mrt_put_message(to, (struct mrt_stamp){9, -1}, 4, &peers[0], 2, buf_span(&body));
	buf_done(&a);
	buf_done(&n);
	buf_done(&body);
}

/* One message by its attributes and prefixes, with one byte changed, counted from its end. */
static void test_damaged_updates(void **state)
{
#define A(prefix, path) "A 9 192.0.2.7 64500 " prefix ":" path "\n"
	static const struct {
		const char *attributes, *prefixes;
		unsigned from_end;
		uint8_t byte;
		enum mrt_odd odd;
		const char *want;
	} row[] = {
		{"path 1", "10.0.0.0/8 11.1.2.3/32 12.0.0.0/8", 7, 33, MRT_ODD_PREFIX,
			A("10.0.0.0/8", " 1")},
		{"path 1", "10.0.0.0/8 11.0.0.0/8", 2, 9, MRT_ODD_PREFIX, A("10.0.0.0/8", " 1")},
		{"path 1; unreach 2 1 ::/0 2001::/8", "10.0.0.0/8", 4, 129, MRT_ODD_PREFIX,
			"W 9 192.0.2.7 64500 ::/0:\n" A("10.0.0.0/8", " 1")},
		{"path 1; raw c0 08 04 00 00 00 01", "10.0.0.0/8", 7, 9, MRT_ODD_ATTRIBUTE,
			A("10.0.0.0/8", " 1")},
		{"path 1; reach 1 128 192.0.2.1 11.0.0.0/8", "10.0.0.0/8", 0, 0, MRT_ODD_FAMILY,
			A("10.0.0.0/8", " 1")},
		{"path 1; reach 3 1 192.0.2.1 11.0.0.0/8", "10.0.0.0/8", 0, 0, MRT_ODD_FAMILY,
			A("10.0.0.0/8", " 1")},
		{"path 1; raw 80 0e 03 00 02 01", "10.0.0.0/8", 0, 0, MRT_ODD_ATTRIBUTE,
			A("10.0.0.0/8", " 1")},
		{"path 1; path 2", "10.0.0.0/8", 0, 0, MRT_ODD_REPEATED, A("10.0.0.0/8", " 1")},
		{"raw 40 02 07 02 01 00 00 00 01 02", "10.0.0.0/8 11.0.0.0/8", 0, 0, MRT_ODD_PATH,
			A("10.0.0.0/8", "") A("11.0.0.0/8", "")},
		/* withdrawn length, attributes' length, message's length, marker; 31 bytes in all
		 */
		{"path 1", "10.0.0.0/8", 15, 99, MRT_ODD_MESSAGE, ""},
		{"path 1", "10.0.0.0/8", 13 - 1, 99, MRT_ODD_MESSAGE, ""},
		{"path 1", "10.0.0.0/8", 17, 99, MRT_ODD_MESSAGE, A("10.0.0.0/8", " 1")},
		{"path 1", "10.0.0.0/8", 17, 0, MRT_ODD_MESSAGE, ""},
		{"path 1", "10.0.0.0/8", 34, 0, MRT_ODD_MESSAGE, ""},
	};
#undef A
	struct buf file = {0}, got = {0};
	struct mrt_report report;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		buf_clear(&file);
		put_message(&file, row[i].attributes, row[i].prefixes);
		if (row[i].from_end)
			file.p[file.n - row[i].from_end] = (char)row[i].byte;
		put_message(&file, "path 7", "0.0.0.0/0"); /* what follows is read as ever */
		put(buf_span(&file));
		assert_int_equal(read_file(&got, &report, NULL), 0);
		size_t n = strlen(row[i].want);

		assert_memory_equal(got.p, row[i].want, n);
		assert_string_equal(got.p + n, "A 9 192.0.2.7 64500 0.0.0.0/0: 7\n");
		assert_int_equal(report.odd[row[i].odd], 1);
		assert_true(report.odds <= 2); /* one may follow from the other */
		assert_int_equal(report.first_odd, 0);
	}
	buf_done(&file);
	buf_done(&got);
}

static void test_peers(void **state)
{
	struct buf file = {0}, got = {0}, a = {0};
	struct mrt_report report;

	(void)state;
	mrt_put_attributes(&a, 4, "path 1");
	put_rib(&file, 2, "10.0.0.0/8", buf_span(&a)); /* before any table */
	mrt_put_peers(&file, 20, peers, 2, false);
	put_rib(&file, 2, "11.0.0.0/8", buf_span(&a)); /* of peer 2, who is not there, and 1 */
	mrt_put_peers(&file, 20, peers, 3, false);
	put_rib(&file, 2, "12.0.0.0/8", buf_span(&a));
	put(buf_span(&file));
	assert_int_equal(read_file(&got, &report, NULL), 0);
	assert_string_equal(got.p, "T 20 2001:db8::7 64501 11.0.0.0/8: 1\n"
				   "T 20 192.0.2.9 4200000000 12.0.0.0/8: 1\n"
				   "T 20 2001:db8::7 64501 12.0.0.0/8: 1\n");
	assert_int_equal(report.odds, 3);
	assert_int_equal(report.odd[MRT_ODD_PEER], 3);
	buf_done(&file);
	buf_done(&a);
	buf_done(&got);
}

/* Each record of a file cut to every length below its own, with its length told so: what is whole
 * in it comes out, the rest is counted, and the record behind it is read. */
static void test_short_records(void **state)
{
	struct buf whole = {0}, a = {0}, file = {0}, got = {0};
	struct prefix p = prefix("10.1.0.0/16");
	struct mrt_report report;
	size_t start[8], records = 0;

	(void)state;
	mrt_put_attributes(&a, 4, "path 1 2");
	start[records++] = whole.n;
	mrt_put_peers(&whole, 20, peers, 3, false);
	start[records++] = whole.n;
	put_rib(&whole, 8, "10.0.0.0/8", buf_span(&a));
	start[records++] = whole.n;
	mrt_put_table_dump(&whole, 11, &peers[0], &p, buf_span(&a));
	start[records++] = whole.n;
	mrt_put_state(&whole, (struct mrt_stamp){5, -1}, 0, &peers[0], 3, 6);
	start[records++] = whole.n;
	put_message(&whole, "path 1 2; reach 2 1 2001:db8::1 2001:db8::/32", "10.0.0.0/8");
	start[records] = whole.n;
	for (size_t i = 0; i < records; i++) {
		size_t body = start[i] + 12, bytes = start[i + 1] - body;

		for (size_t n = 0; n < bytes; n++) {
			buf_clear(&file);
			buf_add(&file, (struct span){whole.p, body + n});
			file.p[body - 1] = (char)n;
			file.p[body - 2] = (char)(n >> 8);
			mrt_put_state(&file, (struct mrt_stamp){6, -1}, 0, &peers[0], 6, 1);
			put(buf_span(&file));
			assert_int_equal(read_file(&got, &report, NULL), 0);
			assert_int_equal(report.records, i + 2);
			assert_true(report.odds >= 1);
			assert_non_null(strstr(got.p, "S 6 192.0.2.7 64500 6-1:\n"));
		}
	}
	buf_done(&whole);
	buf_done(&a);
	buf_done(&file);
	buf_done(&got);
}

/* What was read before, to tell the format by, comes first. */
static void test_held(void **state)
{
	struct buf file = {0};
	const struct mrt_event *e;
	struct stream *stream;
	struct mrt *m;

	(void)state;
	for (unsigned i = 0; i < 20000; i++)
		mrt_put_state(&file, (struct mrt_stamp){i, -1}, 0, &peers[0], 3, 6);
	for (size_t n = 0; n <= file.n; n += n < 100 ? 1 : 77777) {
		put(span_skip(buf_span(&file), n));
		assert_int_equal(stream_open(path, &stream, NULL), 0);
		assert_int_equal(mrt_new(stream, (struct span){file.p, n}, &m), 0);
		for (unsigned i = 0; i < 20000; i++) {
			assert_int_equal(mrt_next(m, &e, NULL), 1);
			assert_int_equal(e->time, i);
			assert_int_equal(mrt_offset(m), i * (file.n / 20000));
		}
		assert_int_equal(mrt_next(m, &e, NULL), 0);
		assert_int_equal(mrt_next(m, &e, NULL), 0);
		assert_int_equal(mrt_end(m), file.n);
		mrt_free(m);
		stream_close(stream);
	}
	buf_done(&file);
}

static void test_is(void **state)
{
	struct buf file = {0};

	(void)state;
	assert_false(mrt_is(SPAN("")));
	assert_false(mrt_is(SPAN("start,end,asn,name\n1.0.0.0,1.0.0.255,13335,C\n")));
	mrt_put_state(&file, (struct mrt_stamp){5, -1}, 0, &peers[0], 3, 6);
	mrt_put_state(&file, (struct mrt_stamp){5, 3}, 5, &peers[0], 3, 6);
	for (size_t n = 0; n <= file.n; n++)
		assert_int_equal(mrt_is((struct span){file.p, n}), n >= 12);
	file.p[5] = 18; /* the type */
	assert_false(mrt_is(buf_span(&file)));
	file.p[5] = 16;
	file.p[11]++; /* the length, so that what follows is none of a record */
	assert_false(mrt_is(buf_span(&file)));
	file.p[11]--;
	file.p[8] = 2;
	assert_false(mrt_is(buf_span(&file)));
	buf_done(&file);
}

static void test_no_mrt(void **state)
{
	struct buf got = {0};
	struct mrt_report report;
	struct err err;

	(void)state;
	put(SPAN("start,end,asn,name\n1.0.0.0,1.0.0.255,13335,C\n"));
	assert_int_equal(read_file(&got, &report, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no MRT file"));
	put(SPAN("short"));
	assert_int_equal(read_file(&got, &report, &err), -EBADMSG);
	put(SPAN(""));
	assert_int_equal(read_file(&got, &report, &err), 0);
	buf_done(&got);
}

/* A failure of the stream is told with what it cut. */
static void test_cut_stream(void **state)
{
	struct buf file = {0}, got = {0};
	struct mrt_report report;
	struct err err;
	FILE *f;
	char command[100];

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		mrt_put_state(&file, (struct mrt_stamp){i * 7919, -1}, 0, &peers[0], 3, 6);
	snprintf(command, sizeof(command), "gzip -c >%s", path);
	f = popen(command, "w");
	assert_int_equal(fwrite(file.p, 1, file.n, f), file.n);
	assert_int_equal(pclose(f), 0);
	assert_int_equal(truncate(path, 10000), 0);
	assert_int_equal(read_file(&got, &report, &err), -EBADMSG);
	assert_true(report.events > 100 && report.events < 5000);
	assert_non_null(strstr(err.text, "the compressed data is cut off; "));
	assert_non_null(strstr(err.text, " bytes read, the record at byte "));
	buf_done(&file);
	buf_done(&got);
}

static int read_once(struct span raw)
{
	const struct mrt_event *e;
	struct stream *stream;
	struct mrt *m = NULL;
	int rc = stream_open("/dev/null", &stream, NULL);

	if (rc < 0)
		return rc;
	rc = mrt_new(stream, raw, &m);
	while (rc == 0 && (rc = mrt_next(m, &e, NULL)) > 0)
		rc = 0;
	mrt_free(m);
	stream_close(stream);
	return rc;
}

static void test_short_memory(void **state)
{
	struct buf file = {0};

	(void)state;
	mrt_put_peers(&file, 20, peers, 3, false);
	mrt_put_peers(&file, 20, peers, 2, false);
	put_rib(&file, 2, "10.0.0.0/8", (struct span){NULL, 0});
	assert_true(fail_each(read_once, buf_span(&file), false) >= 4);
	fail_each(read_once, buf_span(&file), true);
	buf_done(&file);
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
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_damaged_updates),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_short_records),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_no_mrt),
		cmocka_unit_test(test_cut_stream),
		cmocka_unit_test(test_short_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
