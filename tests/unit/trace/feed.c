/* Lists of every form, written to a file, read, and told as text. */
#include "test.h"

#include "feed_sink.h"

#include "trace/feed_work.h"

#include <errno.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test-feed.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static const char *write_file(const char *name, struct span text)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p ? text.p : "", 1, text.n, f), text.n);
	fclose(f);
	return path;
}

/* A file, what is read of it, and what is counted. */
static const struct {
	const char *name, *text;
	enum feed_format format, told;
	const char *kind, *want, *counts;
} files[] = {
	{"plain.txt",
		"# a list of 2026-08-20\n"
		"192.0.2.1\n"
		"\n"
		"  192.0.2.0/24 # the whole of it\r\n"
		"198.51.100.9;SBL1\n"
		"bad.example; and why\n"
		"// also a comment\n"
		"hxxp://bad[.]example:8080/x#y\n"
		"192.0.2.8 - 192.0.2.9\n"
		"192.0.2.8-192.0.2.9, twice\n"
		"\"203.0.113.7\"",
		FEED_AUTO, FEED_LIST, "c2",
		"c2 192.0.2.1 2026-08-20 test 67\n"
		"c2 192.0.2.0/24 2026-08-20 test 67\n"
		"c2 198.51.100.9 2026-08-20 test 67\n"
		"c2 bad.example 2026-08-20 test 67\n"
		"c2 bad.example:8080 2026-08-20 test 67\n"
		"c2 192.0.2.8/31 2026-08-20 test 67\n"
		"c2 192.0.2.8/31 2026-08-20 test 67\n"
		"c2 203.0.113.7 2026-08-20 test 67\n",
		""},
	{"without-date.txt", "192.0.2.1\n", FEED_AUTO, FEED_LIST, NULL,
		"listed 192.0.2.1 2026-11-23 test 67\n", ""},
	{"list-20080214.txt", "# of 2009-01-01\n192.0.2.1\n", FEED_AUTO, FEED_LIST, NULL,
		"listed 192.0.2.1 2008-02-14 test 67\n", ""},
	{"bad.txt",
		"192.0.2.1\n10.1.2.3\n172.16.0.0/12\n127.0.0.1\n0.0.0.0/0\n2000::/3\nfe80::1\n"
		"what is this\n192.0.2.9-192.0.2.1\nprinter.local\n192.0.2.2\n",
		FEED_AUTO, FEED_LIST, "spam",
		"spam 192.0.2.1 2026-11-23 test 67\nspam 192.0.2.2 2026-11-23 test 67\n",
		"no_host 1, range 1, not_public 4, wide 2, local_name 1"},
	{"drop.txt",
		"; Spamhaus DROP List 02/14/08 - (c) 2008 The Spamhaus Project\n"
		"; Last-Modified: Thu, 14 Feb 2008 20:11:03 GMT\n"
		"; Expires: Fri, 15 Feb 2008 20:11:03 GMT\n"
		"192.0.2.0/24 ; SBL47288\n"
		"198.51.100.0/24 ; SBL52685\n",
		FEED_AUTO, FEED_LIST, NULL,
		"listed 192.0.2.0/24 2008-02-14T20:11:03Z test 67\n"
		"listed 198.51.100.0/24 2008-02-14T20:11:03Z test 67\n",
		""},
	{"drop.json",
		"{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL1\",\"rir\":\"apnic\"}\n"
		"{\"cidr\":\"2001:db8::/32\",\"sblid\":\"SBL2\",\"rir\":\"ripencc\"}\n"
		"{\"type\":\"metadata\",\"timestamp\":1787367629,\"size\":2,\"records\":2}\n",
		FEED_AUTO, FEED_JSON, NULL,
		"listed 192.0.2.0/24 2026-08-22T03:00:29Z test 67\n"
		"listed 2001:db8::/32 2026-08-22T03:00:29Z test 67\n",
		"about_itself 1"},
	{"hosts",
		"# blocks\n127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 0.0.0.0\n"
		"0.0.0.0 bad.example worse.example # two\n127.0.0.1\tworst.example\n",
		FEED_AUTO, FEED_HOSTS, "malware",
		"malware bad.example 2026-11-23 test 67\n"
		"malware worse.example 2026-11-23 test 67\n"
		"malware worst.example 2026-11-23 test 67\n",
		"local_name 3"},
	{"ipsum.txt",
		"# IPsum Threat Intelligence Feed\n# (https://github.com/stamparm/ipsum)\n#\n"
		"# Last update: Sat, 22 Aug 2026 03:00:29 +0200\n#\n# IP\tnumber of "
		"(black)lists\n#\n"
		"192.0.2.1\t10\n192.0.2.2\t1\n192.0.2.3\tx\n",
		FEED_AUTO, FEED_CSV, NULL,
		"listed 192.0.2.1 2026-08-22T01:00:29Z test 92\n"
		"listed 192.0.2.2 2026-08-22T01:00:29Z test 67\n"
		"listed 192.0.2.3 2026-08-22T01:00:29Z test 67\n",
		""},
	{"levels", "192.0.2.1\t3\n192.0.2.2 1\n", FEED_LEVELS, FEED_LEVELS, NULL,
		"listed 192.0.2.1 2026-11-23 test 80\nlisted 192.0.2.2 2026-11-23 test 67\n", ""},
	{"ports", "192.0.2.1\t3\n", FEED_AUTO, FEED_LIST, NULL,
		"listed 192.0.2.1 2026-11-23 test 67\n", ""},
	{"table.csv",
		"ip,as_20080501,family,seen,source\n"
		"192.0.2.1,64500,Some C&C,2008-09,http://a.example/b\n"
		"192.0.2.2,64500,\"Some, \"\"C&C\"\"\",2008-10/11,x\n"
		"192.0.2.3,64500,\"open,2008-10-01\n"
		",64500,,2008-10-01,\n"
		"192.0.2.4\n"
		"192.0.2.5,1,2,sometime\n"
		"192.0.2.6,1,2,2099-01-01\n",
		FEED_AUTO, FEED_CSV, "c2",
		"c2 192.0.2.1 2008-09-01 test 67\nc2 192.0.2.2 2008-10-01 test 67\n"
		"c2 192.0.2.4 2026-11-23 test 67\nc2 192.0.2.5 2026-11-23 test 67\n"
		"c2 192.0.2.6 2026-11-23 test 67\n",
		"quote 1, column 1, late 1, no_date 1, month 2"},
	{"abusech.csv",
		"# Botnet C2 list #\n# Last updated: 2026-08-22 03:00:29 UTC #\n"
		"# "
		"\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\","
		"\"malware\"\n"
		"\"2026-08-01 10:00:00\", \"192.0.2.1\", \"443\", \"online\", \"2026-08-20\", "
		"\"X\"\n"
		"\"2026-08-20 10:00:00\",\"192.0.2.2\",\"447\",\"online\",\"2026-08-20\",\"X\"\n",
		FEED_AUTO, FEED_CSV, "c2",
		"c2 192.0.2.1:443 2026-08-01T10:00:00Z test 67\n"
		"c2 192.0.2.1:443 2026-08-20 test 67\n"
		"c2 192.0.2.2:447 2026-08-20 test 67\n",
		""},
	{"threatfox.csv",
		"# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\","
		"\"confidence_level\"\n"
		"\"2026-08-22 03:00:29\", \"7\", \"192.0.2.1:8080\", \"ip:port\", \"botnet_cc\", "
		"\"75\"\n"
		"\"2026-08-22 03:00:29\", \"8\", \"http://bad.example/x\", \"url\", "
		"\"payload_delivery\", \"100\"\n",
		FEED_AUTO, FEED_CSV, NULL,
		"c2 192.0.2.1:8080 2026-08-22T03:00:29Z test 75\n"
		"malware bad.example 2026-08-22T03:00:29Z test 100\n",
		""},
	{"attackers.tsv",
		"src_ip\tsrc_port\tdst_ip\tdst_port\ttype\n"
		"192.0.2.1\t4711\t198.51.100.1\t22\tssh bruteforce\n"
		"\t4711\t198.51.100.1\t22\tssh bruteforce\n",
		FEED_AUTO, FEED_CSV, NULL, "attack 192.0.2.1:4711 2026-11-23 test 67\n",
		"column 1"},
	{"block.txt",
		"# DShield block list\nStart\tEnd\tNetmask\tAttacks\n"
		"192.0.2.0\t192.0.2.255\t24\t5000\n192.0.2.9\t192.0.2.1\t24\t5000\n",
		FEED_AUTO, FEED_CSV, "scan", "scan 192.0.2.0/24 2026-11-23 test 67\n", "range 1"},
	{"semicolons.csv", "Domain;Last Seen\nbad.example;2026-11-01\n", FEED_AUTO, FEED_CSV, NULL,
		"listed bad.example 2026-11-01 test 67\n", ""},
	{"no-head.csv", "192.0.2.1,2026-11-01,x\n", FEED_AUTO, FEED_LIST, NULL,
		"listed 192.0.2.1 2026-11-23 test 67\n", ""},
	{"objects.json",
		"[{\"ip\":\"192.0.2.1\",\"port\":80,\"tags\":[\"x\",\"phishing\"],"
		"\"last_seen\":1787367629,\"confidence\":0.5},\n"
		" {\"ip\":true}, 7\n, {\"ip\":\"192.0.2.2\"}]\n",
		FEED_AUTO, FEED_JSON, NULL,
		"phish 192.0.2.1:80 2026-08-22T03:00:29Z test 50\nlisted 192.0.2.2 2026-11-23 test "
		"67\n",
		"column 1, bad_json 1"},
	{"broken.json",
		"{\"ip\":\"192.0.2.1\"}\n{\"ip\":\"192.0.2.2\"\n{\"ip\":\"192.0.2.3\"}\n"
		"{\"ip\":192.0.2.4}\n{\"ip\":\"192.0.2.5\"}",
		FEED_AUTO, FEED_JSON, NULL,
		"listed 192.0.2.1 2026-11-23 test 67\nlisted 192.0.2.3 2026-11-23 test 67\n"
		"listed 192.0.2.5 2026-11-23 test 67\n",
		"bad_json 2"},
	{"bom.txt",
		"\xef\xbb\xbf"
		"192.0.2.1\n",
		FEED_AUTO, FEED_LIST, NULL, "listed 192.0.2.1 2026-11-23 test 67\n", ""},
	{"bom.csv",
		"\xef\xbb\xbf"
		"ip,port\n192.0.2.1,25\n",
		FEED_AUTO, FEED_CSV, NULL, "listed 192.0.2.1:25 2026-11-23 test 67\n", ""},
	{"empty", "", FEED_AUTO, FEED_LIST, NULL, "", ""},
	{"comments", "# nothing\n;\n\n", FEED_AUTO, FEED_LIST, NULL, "", ""},
};

static void files_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct feed_sink k = {0};
		struct feed_options o = feed_sink_options(&k);
		struct feed_report r = {0};
		struct buf counts = {0};
		struct err err;

		o.format = files[i].format;
		o.has_kind = files[i].kind != NULL;
		if (o.has_kind)
			assert_int_equal(sighting_kind_parse(span_cstr(files[i].kind), &o.kind), 0);
		int rc = feed_read(
			write_file(files[i].name, span_cstr(files[i].text)), &o, &r, &err);

		if (rc < 0)
			fail_msg("%s: %s", files[i].name, err.text);
		feed_sink_counts(&counts, &r);
		if (!span_eq(buf_span(&k.text), span_cstr(files[i].want)) ||
			!span_eq(buf_span(&counts), span_cstr(files[i].counts)) ||
			r.format != files[i].told)
			fail_msg("%s: %s\n%.*s%.*s", files[i].name, feed_format_name(r.format),
				SPAN_ARG(buf_span(&k.text)), SPAN_ARG(buf_span(&counts)));
		assert_int_equal(r.count[FEED_TAKEN], k.n);
		assert_int_equal(k.raws, 0);
		feed_sink_done(&k);
		buf_done(&counts);
	}
}

static void identity_is_source_kind_host_day(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};

	o.has_day = true;
	o.day = 14000;
	assert_int_equal(
		feed_read(write_file("a", SPAN("192.0.2.1:80\n192.0.2.1:81\n2001:db8::/32\n")), &o,
			&r, NULL),
		0);
	o.source = SPAN("other");
	o.has_kind = true;
	o.kind = SIGHTING_C2;
	assert_int_equal(feed_read(write_file("b", SPAN("bad.example\n")), &o, &r, NULL), 0);
	assert_span(buf_span(&k.identities), "feed test listed 192.0.2.1/32 2008-05-01\n"
					     "feed test listed 192.0.2.1/32 2008-05-01\n"
					     "feed test listed 2001:db8::/32 2008-05-01\n"
					     "feed other c2 bad.example 2008-05-01\n");
	assert_int_equal(r.count[FEED_TAKEN], 4);
	assert_int_equal(r.kind[SIGHTING_LISTED], 3);
	assert_int_equal(r.kind[SIGHTING_C2], 1);
	assert_int_equal(r.first, 14000 * 86400LL);
	assert_int_equal(r.last, 14000 * 86400LL);
	feed_sink_done(&k);
}

static void options_overrule_the_file(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};

	o.has_day = true;
	o.day = 14000;
	o.confidence = 12;
	assert_int_equal(feed_read(write_file("x-20080214.csv",
					   SPAN("ip,date,confidence\n192.0.2.1,2026-01-01,99\n")),
				 &o, &r, NULL),
		0);
	assert_span(buf_span(&k.text), "listed 192.0.2.1 2008-05-01 test 12\n");
	feed_sink_done(&k);
}

static void what_is_bad_is_shown(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct buf text = {0};

	buf_str(&text, "192.0.2.1\n");
	for (int i = 0; i < FEED_SHOWN + 2; i++)
		buf_printf(&text, "what%d\n", i);
	for (size_t i = 0; i <= FEED_LINE_MOST; i++)
		buf_byte(&text, 'x');
	assert_int_equal(feed_read(write_file("shown", buf_span(&text)), &o, &r, NULL), 0);
	assert_int_equal(r.count[FEED_NO_HOST], FEED_SHOWN + 2);
	assert_int_equal(r.count[FEED_LONG], 1);
	assert_int_equal(r.showns, FEED_SHOWN);
	assert_string_equal(r.shown[0].file, "shown");
	assert_int_equal(r.shown[0].number, 2);
	assert_false(r.shown[0].message);
	assert_int_equal(r.shown[0].why, FEED_NO_HOST);
	assert_string_equal(r.shown[0].text, "what0");
	assert_int_equal(r.shown[4].number, 6);
	buf_done(&text);
	feed_sink_done(&k);
}

static void some_files_are_refused(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct err err;

	o.format = FEED_CSV;
	assert_int_equal(feed_read(write_file("a", SPAN("192.0.2.1,x\n")), &o, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, "column of hosts"));
	o.format = FEED_AUTO;
	o.source = SPAN("");
	assert_int_equal(feed_read(write_file("a", SPAN("192.0.2.1\n")), &o, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, "source"));
	assert_int_equal(
		feed_read(write_file("a", SPAN("{\"ip\":\"192.0.2.1\"}")), &o, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, "source"));
	assert_int_equal(feed_read("/nonexistent/feed", &o, &r, &err), -ENOENT);
	assert_int_equal(r.count[FEED_TAKEN], 0);
	feed_sink_done(&k);
}

static void a_taker_that_fails_ends_it(void **state)
{
	(void)state;
	struct feed_sink k = {.fail_after = 2};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct err err;

	assert_int_equal(
		feed_read(write_file("a", SPAN("192.0.2.1\n192.0.2.2\n192.0.2.3\n")), &o, &r, &err),
		-28);
	assert_string_equal(err.text, "the disk is full");
	assert_int_equal(r.count[FEED_TAKEN], 2);
	k.n = 0;
	assert_int_equal(
		feed_read(write_file("a.json", SPAN("{\"ip\":\"192.0.2.1\"}{\"ip\":\"192.0.2.2\"}"
						    "{\"ip\":\"192.0.2.3\"}")),
			&o, &r, &err),
		-28);
	feed_sink_done(&k);
}

/* Brackets, quotes, long values: bounds, and the rest is taken. */
static void json_is_bounded(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct buf text = {0};

	buf_str(&text, "{\"ip\":\"192.0.2.1\",\"x\":\"}]{\\\"\"}\n{\"deep\":");
	for (int i = 0; i < FEED_DEPTH_MOST; i++)
		buf_byte(&text, '[');
	for (int i = 0; i < FEED_DEPTH_MOST; i++)
		buf_byte(&text, ']');
	buf_str(&text, "}\n{\"many\":[0");
	for (int i = 0; i < FEED_VALUE_NODES; i++)
		buf_str(&text, ",0");
	buf_str(&text, "]}\n{\"ip\":\"192.0.2.2\"}\n");
	assert_int_equal(feed_read(write_file("a", buf_span(&text)), &o, &r, NULL), 0);
	assert_int_equal(r.count[FEED_TAKEN], 2);
	assert_int_equal(r.count[FEED_BAD_JSON], 2);
	assert_int_equal(r.shown[0].number, 2);
	assert_int_equal(r.shown[1].number, 3);
	buf_done(&text);
	feed_sink_done(&k);
}

/* How many bytes are looked at to cut n bytes of a shape, repeated. */
static uint64_t looked_at(const char *shape, size_t n)
{
	struct feed_sink k = {.count_only = true};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct feed f = {.o = &o, .report = &r, .name = "x", .when = {FEED_NOW, FEED_DAY}};
	struct buf text = {0};

	while (text.n < n)
		buf_str(&text, shape);
	f.mp = message_parser_new(1 << 20);
	arena_init(&f.arena, 1 << 20);
	assert_int_equal(feed_json_read(&f, buf_span(&text)), 0);
	assert_int_equal(r.count[FEED_TAKEN], k.n);
	message_parser_free(f.mp);
	arena_done(&f.arena);
	buf_done(&f.identity);
	buf_done(&text);
	feed_sink_done(&k);
	return f.looked;
}

/* Brackets and quotes that never close, or close late: twice as long is looked at twice as much. */
static void hostile_json_is_linear(void **state)
{
	(void)state;
	static const char *const shapes[] = {"{", "{\n", "{\"", "{\"\n", "{}", "{}\n", "{[", "[{",
		"{\"ip\":\"192.0.2.1\"}\n{", "{\"a\":\"{\\\"", "{}}\n", "}{\n", "{\"a\":{}\n"};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		uint64_t once = looked_at(shapes[i], 50000), twice = looked_at(shapes[i], 100000);

		if (twice > once * 5 / 2 || twice > 3 * 100000)
			fail_msg("%s: %ju, then %ju bytes", shapes[i], (uintmax_t)once,
				(uintmax_t)twice);
	}
}

static void packed_files_are_read(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	char command[256], path[128];

	write_file("packed.txt", SPAN("192.0.2.1\n"));
	snprintf(command, sizeof(command), "gzip -f %s/packed.txt", folder);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/packed.txt.gz", folder);
	assert_int_equal(feed_read(path, &o, &r, NULL), 0);
	assert_span(buf_span(&k.text), "listed 192.0.2.1 2026-11-23 test 67\n");
	/* Cut off: what it held is taken, and then it is told. */
	write_file("x", SPAN(""));
	snprintf(command, sizeof(command),
		"seq 1 60000 | sed 's/.*/192.0.2.1 &/' | gzip | head -c 20000 >%s/cut.gz", folder);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/cut.gz", folder);
	assert_int_equal(feed_read(path, &o, &r, NULL), -EBADMSG);
	assert_true(r.count[FEED_TAKEN] > 1000);
	feed_sink_done(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(identity_is_source_kind_host_day),
		cmocka_unit_test(options_overrule_the_file),
		cmocka_unit_test(what_is_bad_is_shown),
		cmocka_unit_test(some_files_are_refused),
		cmocka_unit_test(a_taker_that_fails_ends_it),
		cmocka_unit_test(json_is_bounded),
		cmocka_unit_test(hostile_json_is_linear),
		cmocka_unit_test(packed_files_are_read),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
