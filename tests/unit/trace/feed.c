/* Lists of every form, written to a file, read, and told as text. */
#include "test.h"

#include "feed_sink.h"

#include "trace/feed_host.h"
#include "trace/feed_when.h"
#include "trace/feed_words.h"

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

/* One host as text: "192.0.2.0/24", "bad.example :80", several parted by blanks. */
static void host_text(struct buf *to, const struct feed_host *h)
{
	char where[IP_TEXT];

	for (size_t i = 0; i < h->n; i++)
		buf_printf(to, "%s%s", i ? " " : "", prefix_format(&h->where[i], where));
	buf_add(to, h->domain);
	if (h->port)
		buf_printf(to, " :%u", h->port);
}

/* clang-format off */
static const struct {
	const char *text, *want; /* want: or the key of why not */
} hosts[] = {
	{"192.0.2.1", "192.0.2.1/32"},
	{" 192.0.2.1\t", "192.0.2.1/32"},
	{"192.0.2.0/24", "192.0.2.0/24"},
	{"192.0.2.77/24", "192.0.2.0/24"},
	{"2001:db8::1", "2001:db8::1/128"},
	{"2001:DB8::/32", "2001:db8::/32"},
	{"::ffff:192.0.2.1", "192.0.2.1/32"},
	{"192.0.2.1:8080", "192.0.2.1/32 :8080"},
	{"[2001:db8::1]:443", "2001:db8::1/128 :443"},
	{"[2001:db8::1]", "2001:db8::1/128"},
	{"192.0.2.1:0", "192.0.2.1/32"},
	{"192.0.2.1:65536", "no_host"},
	{"192.0.2.0-192.0.2.255", "192.0.2.0/24"},
	{"192.0.2.5-192.0.2.6", "192.0.2.5/32 192.0.2.6/32"},
	{"192.0.2.1 - 192.0.2.4", "192.0.2.1/32 192.0.2.2/31 192.0.2.4/32"},
	{"192.0.2.9-192.0.2.9", "192.0.2.9/32"},
	{"2001:db8::-2001:db8::1:ffff", "2001:db8::/111"},
	{"192.0.2.9-192.0.2.8", "range"},
	{"192.0.2.9-2001:db8::", "range"},
	{"::1-8000::", "range"},
	{"0.0.0.0-255.255.255.255", "0.0.0.0/0"},
	{"192[.]0[.]2[.]1", "192.0.2.1/32"},
	{"192[.]0[.]2[.]1[:]80", "192.0.2.1/32 :80"},
	{"192(.)0{.}2[dot]1", "192.0.2.1/32"},
	{"bad.example", "bad.example"},
	{"BAD.Example.", "bad.example"},
	{"*.bad.example", "bad.example"},
	{".bad.example", "bad.example"},
	{"bad[.]example", "bad.example"},
	{"bad(dot)example", "bad.example"},
	{"bad [dot] example", "no_host"},
	{"bad.example:8080", "bad.example :8080"},
	{"hxxp://bad[.]example/a?b#c", "bad.example"},
	{"hXXps[://]bad[.]example:8443/", "bad.example :8443"},
	{"https://user:pw@bad.example/", "bad.example"},
	{"http://192.0.2.1:81/x", "192.0.2.1/32 :81"},
	{"http://[2001:db8::1]/x", "2001:db8::1/128"},
	{"http://3221225985/x", "192.0.2.1/32"},
	{"bad.example/path/x", "bad.example"},
	{"m\xc3\xbcnchen.example", "xn--mnchen-3ya.example"},
	{"a_b.bad.example", "a_b.bad.example"},
	{"localhost", "local_name"},
	{"printer.local", "local_name"},
	{"mylocal.example", "mylocal.example"},
	{"host.home.arpa", "local_name"},
	{"abcdefgh.onion", "local_name"},
	{"", "no_host"},
	{"word", "no_host"},
	{"127.1", "no_host"},
	{"3221225985", "no_host"},
	{"192.0.2", "no_host"},
	{"192.0.2.256", "no_host"},
	{"192.0.2.0/33", "no_host"},
	{"user@bad.example", "no_host"},
	{"bad..example", "no_host"},
	{"bad!.example", "no_host"},
	{"-", "no_host"},
	{"http://", "no_host"},
	{"http:///", "no_host"},
};
/* clang-format on */

static void hosts_are_read(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct buf got = {0};
		struct feed_host h;
		int rc = feed_host_read(&a, span_cstr(hosts[i].text), &h);

		assert_true(rc >= 0);
		if (rc == FEED_TAKEN)
			host_text(&got, &h);
		else
			buf_str(&got, feed_count_key((enum feed_count)rc));
		if (!span_eq(buf_span(&got), span_cstr(hosts[i].want)))
			fail_msg("%s: %.*s, not %s", hosts[i].text, SPAN_ARG(buf_span(&got)),
				hosts[i].want);
		buf_done(&got);
	}
	arena_done(&a);
}

static void a_name_is_bounded(void **state)
{
	(void)state;
	char name[300];
	struct feed_host h;
	struct arena a;

	arena_init(&a, 1 << 20);
	memset(name, 'a', sizeof(name));
	for (size_t i = 60; i < sizeof(name); i += 61)
		name[i] = '.';
	assert_int_equal(feed_host_read(&a, (struct span){name, 253}, &h), FEED_TAKEN);
	assert_int_equal(feed_host_read(&a, (struct span){name, 254}, &h), FEED_NO_HOST);
	memset(name, 'a', 64);
	memcpy(name + 63, ".example", 8);
	assert_int_equal(feed_host_read(&a, (struct span){name, 71}, &h), FEED_TAKEN);
	memcpy(name + 63, "a.example", 9);
	assert_int_equal(feed_host_read(&a, (struct span){name, 72}, &h), FEED_NO_HOST);
	arena_done(&a);
}

/* Every range of a small space, against the addresses one by one. */
static void ranges_cover_what_they_say(void **state)
{
	(void)state;
	struct prefix p[FEED_RANGE_MOST];

	for (uint32_t from = 0; from < 64; from++)
		for (uint32_t to = from; to < 64; to++) {
			struct ip first = ip_from_v4(0xc0000200 + from),
				  last = ip_from_v4(0xc0000200 + to);
			size_t n = feed_host_range(&first, &last, p);
			uint32_t at = from;

			assert_true(n >= 1 && n <= 12);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(ip_v4(&p[i].ip), 0xc0000200 + at);
				at += 1u << (32 - p[i].length);
			}
			assert_int_equal(at, to + 1);
		}
}

static const struct {
	const char *text, *want; /* want: NULL cannot be read, "" says that there is none */
} dates[] = {
	{"2026-08-22", "2026-08-22"},
	{"2026/08/22", "2026-08-22"},
	{"20260822", "2026-08-22"},
	{"2026-08-22 03:00:29", "2026-08-22T03:00:29Z"},
	{"2026-08-22T03:00:29Z", "2026-08-22T03:00:29Z"},
	{"2026-08-22T03:00Z", "2026-08-22T03:00:00Z"},
	{"2026-08-22T03:00:29.123456Z", "2026-08-22T03:00:29Z"},
	{"2026-08-22T03:00:29+02:00", "2026-08-22T01:00:29Z"},
	{"2026-08-22T03:00:29-0230", "2026-08-22T05:30:29Z"},
	{"2026-08-22 03:00:29 UTC", "2026-08-22T03:00:29Z"},
	{"1787367629", "2026-08-22T03:00:29Z"},
	{"1787367629000", "2026-08-22T03:00:29Z"},
	{"Sat, 22 Aug 2026 03:00:29 +0200", "2026-08-22T01:00:29Z"},
	{"22 Aug 2026", "2026-08-22T00:00:00Z"},
	{"2008-09", "month 2008-09-01"},
	{"2008-10/11", "month 2008-10-01"},
	{"", ""},
	{" - ", ""},
	{"null", ""},
	{"None", ""},
	{"2026-13-01", NULL},
	{"2026-02-30", NULL},
	{"2026-08-22 25:00:00", NULL},
	{"2026-08-22x", NULL},
	{"2026-08-22T03:00:29+99:00", NULL},
	{"yesterday", NULL},
	{"12345", NULL},
	{"2", NULL},
};

static void dates_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		char got[64] = "month ", time[SIGHTING_TIME_TEXT];
		struct feed_when w;
		int rc = feed_when_parse(span_cstr(dates[i].text), &w);
		int want = !dates[i].want ? -EINVAL : *dates[i].want ? 0 : -ENOENT;

		if (rc != want)
			fail_msg("%s: %d, not %d", dates[i].text, rc, want);
		if (rc < 0)
			continue;
		sighting_time_format(w.at, time);
		if (w.precision != FEED_SECOND)
			time[10] = '\0';
		strcpy(got + (w.precision == FEED_OF_MONTH ? 6 : 0), time);
		assert_string_equal(got, dates[i].want);
	}
}

static const struct {
	const char *text, *want; /* NULL: none */
} comments[] = {
	{"Last update: Sat, 22 Aug 2026 03:00:29 +0200", "2026-08-22T01:00:29Z"},
	{"Last updated: 2026-08-22 03:00:29 UTC          #", "2026-08-22T03:00:29Z"},
	{"Spamhaus DROP List 2026/08/22 - (c) 2026 The Spamhaus Project", NULL},
	{"Last-Modified: Thu, 14 Feb 2008 20:11:03 GMT", "2008-02-14T20:11:03Z"},
	{"Expires: Fri, 15 Feb 2008 20:11:03 GMT", NULL},
	{"generated 2026-08-22 by hand", "2026-08-22"},
	{"Entries: 1787367629", NULL},
	{"https://github.com/stamparm/ipsum", NULL},
	{"", NULL},
};

static void comments_tell_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(comments) / sizeof(*comments); i++) {
		char time[SIGHTING_TIME_TEXT];
		struct feed_when w;
		bool found = feed_when_comment(span_cstr(comments[i].text), &w);

		if (found != (comments[i].want != NULL))
			fail_msg("%s: %d", comments[i].text, found);
		if (!found)
			continue;
		sighting_time_format(w.at, time);
		if (w.precision != FEED_SECOND)
			time[10] = '\0';
		assert_string_equal(time, comments[i].want);
	}
}

static const struct {
	const char *text, *kind;
} words[] = {
	{"botnet_cc", "c2"},
	{"C&C server", "c2"},
	{"c2", "c2"},
	{"command_and_control", "c2"},
	{"Command-and-Control", "c2"},
	{"emotet c2c", NULL},
	{"malware_download", "malware"},
	{"botnet", "malware"},
	{"payload_delivery", "malware"},
	{"phishing", "phish"},
	{"spam", "spam"},
	{"ssh-bruteforce", "attack"},
	{"Port Scan", "scan"},
	{"portscan", "scan"},
	{"DDoS", "attack"},
	{"dos", "attack"},
	{"windows", NULL},
	{"blocklist", "listed"},
	{"accident", NULL},
	{"", NULL},
};

static void words_mean_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		enum sighting_kind kind;
		bool found = feed_words_kind(span_cstr(words[i].text), &kind);

		if (found != (words[i].kind != NULL) ||
			(found && strcmp(sighting_kind_name(kind), words[i].kind) != 0))
			fail_msg("%s: %s", words[i].text, found ? sighting_kind_name(kind) : "-");
	}
}

static void reporters_become_sources(void **state)
{
	(void)state;
	static const struct {
		const char *name, *want;
	} rows[] = {
		{"Example CERT", "by.example-cert"},
		{"mail", "by.mail"},
		{"  --Ex..ample, Inc. ", "by.ex.ample-inc"},
		{"cert.example", "by.cert.example"},
		{"\xc3\xa4\xc3\xb6", "by.unknown"},
		{"", "by.unknown"},
		{"A very long name of some organisation", "by.a-very-long-name-of-some-orga"},
		{"A very long name of some orga isation", "by.a-very-long-name-of-some-orga"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char to[SIGHTING_SOURCE_MOST + 1];
		struct span s = feed_words_reporter(span_cstr(rows[i].name), to);

		assert_span(s, rows[i].want);
		assert_string_equal(to, rows[i].want);
	}
}

static void confidences_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int want; /* 0: none */
	} rows[] = {
		{"95", 95},
		{"0.95", 95},
		{"1.0", 100},
		{"1", 1},
		{"100", 100},
		{"75%", 75},
		{"75.4", 75},
		{"high", 90},
		{"Low", 30},
		{"101", 0},
		{"0", 0},
		{"0.001", 0},
		{"-5", 0},
		{"", 0},
		{"1.2.3", 0},
		{"sure", 0},
		{"0.123456789", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t got = 0;
		bool found = feed_words_confidence(span_cstr(rows[i].text), &got);

		if (found != (rows[i].want > 0) || got != rows[i].want)
			fail_msg("%s: %d", rows[i].text, got);
	}
	/* Laplace: (n + 1) / (n + 2), never certain. */
	assert_int_equal(feed_confidence(0), 50);
	assert_int_equal(feed_confidence(1), 67);
	assert_int_equal(feed_confidence(2), 75);
	assert_int_equal(feed_confidence(8), 90);
	assert_int_equal(feed_confidence(98), 99);
	assert_int_equal(feed_confidence(UINT64_MAX), 99);
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
		cmocka_unit_test(hosts_are_read),
		cmocka_unit_test(a_name_is_bounded),
		cmocka_unit_test(ranges_cover_what_they_say),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(comments_tell_dates),
		cmocka_unit_test(words_mean_kinds),
		cmocka_unit_test(reporters_become_sources),
		cmocka_unit_test(confidences_are_read),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(identity_is_source_kind_host_day),
		cmocka_unit_test(options_overrule_the_file),
		cmocka_unit_test(what_is_bad_is_shown),
		cmocka_unit_test(some_files_are_refused),
		cmocka_unit_test(a_taker_that_fails_ends_it),
		cmocka_unit_test(json_is_bounded),
		cmocka_unit_test(packed_files_are_read),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
