/* The schemas themselves are asked in tests/suite/xarf-written.py; here is what they cannot say. */
#include "test.h"

#include "case/xarf_write.h"

#include <jansson.h>

static struct xarf_report report(enum sighting_kind kind, const char *host, bool by_mail)
{
	struct xarf_report r = {
		.by = {SPAN("Example Mail"), SPAN("abuse@mx.example.org"), SPAN("mx.example.org")},
		.host = span_cstr(host),
		.kind = kind,
		.by_mail = by_mail,
		.count = 3,
		.first = 1795478400,
		.last = 1795564800,
		.confidence = 87,
		.asn = 64500,
		.sources = SPAN("mail"),
		.notice = SPAN("n-20261123-as64500-1"),
	};

	xarf_make_id(span_cstr(host), r.id);
	return r;
}

static void types_follow_what_is_known(void **state)
{
	static const struct {
		enum sighting_kind kind;
		const char *host;
		bool by_mail;
		const char *type;
	} cases[] = {
		{SIGHTING_SPAM, "192.0.2.1", true, "messaging/spam"},
		{SIGHTING_SPAM, "192.0.2.1", false, "messaging/spam"},
		{SIGHTING_PHISH, "192.0.2.1", true, "messaging/spam"},
		{SIGHTING_PHISH, "192.0.2.1", false, "content/phishing"},
		{SIGHTING_PHISH, "192.0.2.0/24", false, "reputation/threat_intelligence"},
		{SIGHTING_MALWARE, "example.com", false, "content/malware"},
		{SIGHTING_C2, "2001:db8::1", false, "infrastructure/botnet"},
		{SIGHTING_SCAN, "192.0.2.1", false, "connection/vulnerability_scan"},
		{SIGHTING_ATTACK, "192.0.2.1", false, "reputation/threat_intelligence"},
		{SIGHTING_LISTED, "192.0.2.0/24", false, "reputation/blocklist"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct xarf_report r = report(cases[i].kind, cases[i].host, cases[i].by_mail);

		assert_string_equal(xarf_type(&r), cases[i].type);
	}
}

static void what_is_led_to_did_nothing(void **state)
{
	static const char *const types[SIGHTING_KINDS] = {
		[SIGHTING_PHISH] = "content/phishing", [SIGHTING_MALWARE] = "content/malware"};

	(void)state;
	for (int k = 0; k < SIGHTING_KINDS; k++)
		for (int by_mail = 0; by_mail < 2; by_mail++) {
			struct xarf_report r = report((enum sighting_kind)k, "192.0.2.1", by_mail);

			r.led_to = true;
			assert_string_equal(xarf_type(&r),
				types[k] ? types[k] : "reputation/threat_intelligence");
		}
}

static json_t *written(const struct xarf_report *r)
{
	struct buf b = {0};
	json_t *j;

	assert_int_equal(xarf_write(r, &b), 0);
	j = json_loadb(b.p, b.n, 0, NULL);
	assert_non_null(j);
	buf_done(&b);
	return j;
}

static const char *get(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void facts_are_there(void **state)
{
	const struct xarf_evidence e = {"text/csv", "times", SPAN("a,b\n")};
	struct xarf_report r = report(SIGHTING_MALWARE, "2001:db8::1", false);
	json_t *j, *item;

	(void)state;
	r.led_to = true;
	j = written(&r);
	assert_true(json_is_true(json_object_get(json_object_get(j, "cordon"), "led_to")));
	assert_non_null(strstr(get(j, "description"), "by others, leads to this host"));
	json_decref(j);
	r.led_to = false;
	r.port = 8080;
	r.sources = (struct span){"one,twoBEHIND", 7}; /* no NUL at the end */
	r.evidence = &e;
	r.nevidence = 1;
	j = written(&r);
	assert_string_equal(get(j, "url"), "http://[2001:db8::1]:8080/");
	assert_null(strstr(get(j, "description"), "BEHIND"));
	assert_non_null(strstr(get(j, "description"), "told by: one,two."));
	assert_string_equal(get(j, "timestamp"), "2026-11-25T00:00:00Z");
	assert_string_equal(get(j, "first_seen"), "2026-11-24T00:00:00Z");
	assert_int_equal(json_integer_value(json_object_get(j, "source_port")), 8080);
	assert_true(json_real_value(json_object_get(j, "confidence")) == 0.87);
	item = json_array_get(json_object_get(j, "evidence"), 0);
	assert_string_equal(get(item, "payload"), "YSxiCg==");
	/* printf 'a,b\n' | sha256sum */
	assert_string_equal(get(item, "hash"),
		"sha256:5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313");
	json_decref(j);
}

static void the_same_facts_give_the_same_bytes(void **state)
{
	struct xarf_report r = report(SIGHTING_C2, "192.0.2.1", false);
	struct buf a = {0}, b = {0};

	(void)state;
	assert_int_equal(xarf_write(&r, &a), 0);
	assert_int_equal(xarf_write(&r, &b), 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_done(&a);
	buf_done(&b);
}

static void ids_are_uuids(void **state)
{
	char a[XARF_ID], b[XARF_ID];

	(void)state;
	xarf_make_id(SPAN("one"), a);
	xarf_make_id(SPAN("two"), b);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), 36);
	assert_int_equal(a[14], '8');
	assert_non_null(strchr("89ab", a[19]));
	xarf_make_id(SPAN("one"), b);
	assert_string_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_follow_what_is_known),
		cmocka_unit_test(what_is_led_to_did_nothing),
		cmocka_unit_test(facts_are_there),
		cmocka_unit_test(the_same_facts_give_the_same_bytes),
		cmocka_unit_test(ids_are_uuids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
