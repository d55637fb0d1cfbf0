/* Reports in X-ARF of versions 4 and 3, and the fields of 0.2. */
#include "test.h"

#include "feed_sink.h"

#include "trace/xarf.h"

#include <errno.h>

static struct arena arena;
static struct domain_tools *tools;

static int start(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	tools = domain_tools_new();
	return tools ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	arena_done(&arena);
	domain_tools_free(tools);
	return 0;
}

/* Its sightings a line each, or the key of why there is none. */
static void read_as_text(const char *json, struct buf *to)
{
	json_t *j = json_loads(json, 0, NULL);
	struct xarf x;

	if (!j)
		fail_msg("no JSON: %s", json);
	assert_true(xarf_is(j));
	int rc = xarf_read(&arena, tools, j, &x);

	assert_true(rc >= 0);
	if (rc != FEED_TAKEN)
		buf_str(to, feed_count_key((enum feed_count)rc));
	for (size_t i = 0; rc == FEED_TAKEN && i < x.n; i++) {
		assert_int_equal(x.sighting[i].source.n, 0);
		x.sighting[i].source = span_cstr(x.reporter);
		feed_sink_line(to, &x.sighting[i]);
	}
	json_decref(j);
}

/* What goes behind the version. */
#define V4(rest) "{\"xarf_version\":\"4.2.0\",\"timestamp\":\"2026-08-22T03:00:29Z\"," rest "}"
#define FROM     "\"reporter\":{\"org\":\"Ex CERT\"},\"source_identifier\":"

static const struct {
	const char *json, *want;
} rows[] = {
	{V4(FROM "\"192.0.2.1\",\"category\":\"messaging\",\"type\":\"spam\",\"source_port\":25"),
		"spam 192.0.2.1:25 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"bad.example\",\"type\":\"phishing\",\"url\":\"http://bad.example/x\""),
		"phish bad.example 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"phishing\",\"url\":\"http://a.bad.example/x\""),
		"phish 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0 +bad.example\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"malware\",\"url\":\"http://192.0.2.7/x\""),
		"malware 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0 +192.0.2.7\n"},
	{V4(FROM "\"what?\",\"type\":\"phishing\",\"url\":\"http://a.bad.example:81/x\""),
		"phish a.bad.example:81 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"2001:db8::1\",\"type\":\"botnet\",\"c2_server\":\"c2.example:8080\""),
		"malware 2001:db8::1 2026-08-22T03:00:29Z by.ex-cert 0\n"
		"c2 c2.example:8080 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"botnet\",\"c2_server\":\"192.0.2.1\""),
		"malware 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"botnet\",\"c2_server\":\"??\""),
		"malware 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"spam\",\"c2_server\":\"192.0.2.2\""),
		"spam 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"infected_host\",\"bot_type\":\"search_engine\""),
		"crawler"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"infected_host\",\"bot_type\":\"unknown\""),
		"malware 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"remote_compromise\",\"compromise_type\":\"c2_server\""),
		"c2 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"remote_compromise\",\"compromise_type\":\"webshell\""),
		"malware 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"blocklist\",\"threat_type\":\"spam source\","
		 "\"confidence_score\":95"),
		"spam 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 95\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"threat_intelligence\",\"confidence_score\":0.5"),
		"listed 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 50\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"blocklist\",\"confidence_score\":1e9"),
		"listed 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"spam\",\"source_port\":65536"),
		"spam 192.0.2.1 2026-08-22T03:00:29Z by.ex-cert 0\n"},
	{V4("\"source_identifier\":\"192.0.2.1\",\"type\":\"ddos\""),
		"attack 192.0.2.1 2026-08-22T03:00:29Z by.unknown 0\n"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"p2p\""), "rights"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"csam\""), "content"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"cve\""), "not_seen"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"scraping\""), "crawler"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"something_new\""), "type"},
	{V4(FROM "\"192.0.2.1\",\"type\":\"a_type_whose_name_is_longer_than_any_that_there_is\""),
		"type"},
	{V4(FROM "\"192.0.2.1\""), "bad_report"},
	{V4(FROM "\"192.0.2.1\",\"type\":7"), "bad_report"},
	{V4(FROM "\"nobody\",\"type\":\"spam\""), "bad_report"},
	{V4(FROM "\"192.0.2.1-192.0.2.2\",\"type\":\"spam\""), "bad_report"},
	{V4(FROM "\"localhost\",\"type\":\"spam\""), "local_name"},
	{V4("\"type\":\"spam\""), "bad_report"},
	{"{\"xarf_version\":\"4.0.0\",\"timestamp\":\"soon\"," FROM
	 "\"192.0.2.1\",\"type\":\"port_scan\"}",
		"scan 192.0.2.1 1970-01-01T00:00:00Z by.ex-cert 0\n"},
	{"{\"Version\":\"3\",\"ReporterInfo\":{\"ReporterOrg\":\"Ex CERT\"},\"Report\":{"
	 "\"ReportType\":\"Login-Attack\",\"Date\":\"2026-08-22T03:00:29+02:00\","
	 "\"SourceIp\":\"192.0.2.1\",\"SourcePort\":4711}}",
		"attack 192.0.2.1:4711 2026-08-22T01:00:29Z by.ex-cert 0\n"},
	{"{\"Version\":\"3.0.0\",\"ReporterInfo\":{\"ReporterOrgDomain\":\"cert.example\"},"
	 "\"Report\":{\"ReportType\":\"phishing\",\"Date\":\"2026-08-22T03:00:29Z\","
	 "\"Source\":{\"URL\":\"https://bad.example/x\",\"Type\":\"uri\"}}}",
		"phish bad.example 2026-08-22T03:00:29Z by.cert.example 0\n"},
	{"{\"Version\":\"3\",\"Report\":{\"ReportType\":\"Botnet\",\"Source\":{\"IP\":\"192.0.2."
	 "1\","
	 "\"Port\":80},\"AdditionalInfo\":{\"C2Server\":\"c2.example\"}}}",
		"malware 192.0.2.1:80 1970-01-01T00:00:00Z by.unknown 0\n"
		"c2 c2.example 1970-01-01T00:00:00Z by.unknown 0\n"},
	{"{\"Version\":\"3\",\"Report\":{\"ReportType\":\"Copyright\"}}", "rights"},
	{"{\"Version\":\"3\",\"Report\":{}}", "bad_report"},
};

static void reports_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf got = {0};

		read_as_text(rows[i].json, &got);
		if (!span_eq(buf_span(&got), span_cstr(rows[i].want)))
			fail_msg("%s: %.*s", rows[i].json, SPAN_ARG(buf_span(&got)));
		buf_done(&got);
	}
}

static void other_objects_are_none(void **state)
{
	(void)state;
	static const char *const others[] = {"{}", "[]", "7", "{\"Version\":\"3\"}",
		"{\"Version\":\"3\",\"Report\":\"x\"}", "{\"xarf_version\":4}", "{\"Report\":{}}"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		json_t *j = json_loads(others[i], JSON_DECODE_ANY, NULL);

		assert_non_null(j);
		assert_false(xarf_is(j));
		json_decref(j);
	}
}

static void fields_of_version_0_2(void **state)
{
	(void)state;
	struct field field[] = {
		{SPAN("Reported-From"), SPAN(" abuse@cert.example"), 0},
		{SPAN("Report-Type"), SPAN(" login-attack"), 0},
		{SPAN("Date"), SPAN(" Sat, 22 Aug 2026 03:00:29 +0200"), 0},
		{SPAN("Source-Type"), SPAN(" ip-address"), 0},
		{SPAN("source"), SPAN(" 192.0.2.1"), 0},
		{SPAN("Source-Port"), SPAN(" 4711"), 0},
		{SPAN("Report-ID"), SPAN(" 7@cert.example"), 0},
	};
	struct fields fields = {field, sizeof(field) / sizeof(*field)};
	struct buf got = {0};
	struct xarf x;

	assert_int_equal(xarf_read_fields(&arena, &fields, &x), FEED_TAKEN);
	x.sighting[0].source = span_cstr(x.reporter);
	feed_sink_line(&got, &x.sighting[0]);
	assert_span(
		buf_span(&got), "attack 192.0.2.1:4711 2026-08-22T01:00:29Z by.cert.example 0\n");
	assert_span(x.id, "7@cert.example");
	assert_int_equal(x.n, 1);
	fields.n = 1;
	assert_int_equal(xarf_read_fields(&arena, &fields, &x), FEED_BAD_REPORT);
	buf_done(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_read),
		cmocka_unit_test(other_objects_are_none),
		cmocka_unit_test(fields_of_version_0_2),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
