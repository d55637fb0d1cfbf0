/* The pieces of lists: hosts, dates, words, names of reporters. */
#include "test.h"

#include "base/buf.h"
#include "trace/feed_host.h"
#include "trace/feed_when.h"
#include "trace/feed_words.h"

#include <errno.h>

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
	{"1526-08-22 03:00:29", NULL},
	{"22 Aug 1979", NULL},
	{"100000000", NULL}, /* 1973 */
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
