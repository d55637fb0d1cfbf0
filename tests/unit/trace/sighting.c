/* Kinds by name, times as text, and what may be a sighting at all. */
#include "test.h"

#include "trace/sighting.h"

#include <errno.h>

static void kinds_have_names(void **state)
{
	(void)state;
	static const char *const want[] = {
		"spam", "phish", "malware", "c2", "scan", "attack", "listed"};
	enum sighting_kind kind;

	assert_int_equal(SIGHTING_KINDS, sizeof(want) / sizeof(*want));
	for (int i = 0; i < SIGHTING_KINDS; i++) {
		assert_string_equal(sighting_kind_name(i), want[i]);
		assert_true(strlen(sighting_kind_words(i)) > strlen(want[i]) ||
			    strchr(sighting_kind_words(i), ' '));
		assert_int_equal(sighting_kind_parse(span_cstr(want[i]), &kind), 0);
		assert_int_equal(kind, i);
	}
	assert_int_equal(sighting_kind_parse(SPAN("C2"), &kind), 0);
	assert_int_equal(kind, SIGHTING_C2);
	kind = SIGHTING_SCAN;
	assert_int_equal(sighting_kind_parse(SPAN("c"), &kind), -EINVAL);
	assert_int_equal(sighting_kind_parse(SPAN(""), &kind), -EINVAL);
	assert_int_equal(sighting_kind_parse(SPAN("spam "), &kind), -EINVAL);
	assert_int_equal(kind, SIGHTING_SCAN);
}

static void days_round_down(void **state)
{
	(void)state;
	assert_int_equal(sighting_day(0), 0);
	assert_int_equal(sighting_day(86399), 0);
	assert_int_equal(sighting_day(86400), 1);
	assert_int_equal(sighting_day(-1), -1);
	assert_int_equal(sighting_day(-86400), -1);
	assert_int_equal(sighting_day(-86401), -2);
}

/* NULL: cannot be read. */
static const struct {
	const char *text;
	int64_t at;
	bool bad, day_only;
} times[] = {
	{"2026-11-23", 1795392000, false, true},
	{"2026-11-23T00:00:00Z", 1795392000, false, false},
	{"2026-11-23T18:54:02Z", 1795460042, false, false},
	{"2008-02-29T23:59:59Z", 1204329599, false, false},
	{"1980-01-01", 315532800, false, true},
	{"2199-12-31T23:59:59Z", 7258118399, false, false},
	{"1979-12-31", 0, true, false},
	{"2026-02-29", 0, true, false},
	{"2026-11-23T24:00:00Z", 0, true, false},
	{"2026-11-23T18:60:00Z", 0, true, false},
	{"2026-11-23T18:54:60Z", 0, true, false},
	{"2026-11-23T18:54:0aZ", 0, true, false},
	{"2026-11-23T18:54:02z", 0, true, false},
	{"2026-11-23t18:54:02Z", 0, true, false},
	{"2026-11-23 18:54:02Z", 0, true, false},
	{"2026-11-23T18:54:02", 0, true, false},
	{"2026-11-23T18-54-02Z", 0, true, false},
	{"20261123", 0, true, false},
	{"", 0, true, false},
};

static void times_are_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		char text[SIGHTING_TIME_TEXT];
		bool day_only = !times[i].day_only;
		int64_t at = 4711;
		int rc = sighting_time_parse(span_cstr(times[i].text), &at, &day_only);

		if (rc != (times[i].bad ? -EINVAL : 0))
			fail_msg("%s: %d", times[i].text, rc);
		if (times[i].bad)
			continue;
		assert_int_equal(at, times[i].at);
		assert_int_equal(day_only, times[i].day_only);
		sighting_time_format(at, text);
		assert_memory_equal(text, times[i].text, strlen(times[i].text));
		assert_int_equal(strlen(text), 20);
	}
}

static struct sighting good(void)
{
	return (struct sighting){.kind = SIGHTING_SPAM,
		.at = 1795392000,
		.where = {{IP_V4, {192, 0, 2, 1}}, 32},
		.source = SPAN("mail"),
		.confidence = 1};
}

static void assert_bad(struct sighting s, const char *want)
{
	const char *field = "untouched";

	assert_int_equal(sighting_check(&s, &field), want ? -EINVAL : 0);
	assert_string_equal(field, want ? want : "untouched");
}

static void bounds_are_checked(void **state)
{
	(void)state;
	struct sighting s;

	assert_bad(good(), NULL);
	s = good(), s.kind = SIGHTING_KINDS, assert_bad(s, "kind");
	s = good(), s.at = 315532800, assert_bad(s, NULL);
	s = good(), s.at = 315532799, assert_bad(s, "at");
	s = good(), s.at = 7258118399, assert_bad(s, NULL);
	s = good(), s.at = 7258118400, assert_bad(s, "at");
	s = good(), s.where.ip.family = IP_NONE, assert_bad(s, "domain");
	s = good(), s.domain = SPAN("bad.example"), assert_bad(s, "domain");
	s = good(), s.where.ip.family = IP_NONE, s.domain = SPAN("bad.example"),
	assert_bad(s, NULL);
	s = good(), s.confidence = 0, assert_bad(s, "confidence");
	s = good(), s.confidence = 100, assert_bad(s, NULL);
	s = good(), s.confidence = 101, assert_bad(s, "confidence");
	s = good(), s.advertises = SIGHTING_HOSTS_MOST, assert_bad(s, NULL);
	s = good(), s.advertises = SIGHTING_HOSTS_MOST + 1, assert_bad(s, "advertises");
}

static void sources_are_plain_words(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		bool good;
	} rows[] = {
		{"a", true},
		{"drop-2008.v_2", true},
		{"12345678901234567890123456789012", true},
		{"123456789012345678901234567890123", false},
		{"", false},
		{"Mail", false},
		{"a b", false},
		{"a/b", false},
		{"a\nb", false},
		{"b\xc3\xa4", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sighting s = good();

		s.source = span_cstr(rows[i].source);
		assert_bad(s, rows[i].good ? NULL : "source");
	}
	struct sighting s = good();

	s.source = (struct span){"a\0b", 3};
	assert_bad(s, "source");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(days_round_down),
		cmocka_unit_test(times_are_read_and_written),
		cmocka_unit_test(bounds_are_checked),
		cmocka_unit_test(sources_are_plain_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
