#include "test.h"

#include "net/day.h"

#include <errno.h>

static void dates_go_there_and_back(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		int32_t day;
	} rows[] = {
		{"1980-01-01", "1980-01-01", 3652},
		{"2008-11-11", "2008-11-11", 14194},
		{"20081111", "2008-11-11", 14194},
		{"2024-02-29", "2024-02-29", 19782},
		{"2199-12-31", "2199-12-31", 84005},
	};
	char text[DAY_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int32_t day = 0;

		assert_int_equal(day_parse(span_cstr(rows[i].in), &day), 0);
		assert_int_equal(day, rows[i].day);
		assert_string_equal(day_format(day, text), rows[i].out);
	}
	assert_string_equal(day_format(0, text), "1970-01-01");
	assert_true(strlen(day_format(INT32_MAX, text)) < DAY_TEXT);
	assert_true(strlen(day_format(INT32_MIN, text)) < DAY_TEXT);
}

static void what_is_no_date_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {"", "2008", "2008-11", "2008-11-1", "2008-13-01",
		"2008-00-01", "2008-11-00", "2008-11-31", "2023-02-29", "1979-12-31", "2200-01-01",
		"2008/11/11", "2008-1111", "2008111", "200811111", "+2008111", "2008-11-11 "};
	int32_t day = 5;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (day_parse(span_cstr(rows[i]), &day) != -EINVAL)
			fail_msg("taken: \"%s\"", rows[i]);
	assert_int_equal(day, 5);
}

static void the_last_date_in_a_path_is_found(void **state)
{
	(void)state;
	static const struct {
		const char *path, *date;
	} rows[] = {
		{"data/ip-location-db-asn-20260617/asn-ipv4.csv", "2026-06-17"},
		{"; Original file : rib.20080501.0644.bz2", "2008-05-01"},
		{"2007-01-01/rib.2008050106.gz", "2008-05-01"},
		{"rib.200805010644.gz", "2008-05-01"},
		{"2008-11-11/20089999.dat", "2008-11-11"},
		{"2008-11-11", "2008-11-11"},
		{"a2008-11-11b", "2008-11-11"},
		{"asn-ipv4.csv", NULL},
		{"1234567890123", NULL},
		{"2008-11-111", NULL},
		{"2008-11-", NULL},
		{"", NULL},
	};
	char text[DAY_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int32_t day;
		bool found = day_find(span_cstr(rows[i].path), &day);

		if (found != (rows[i].date != NULL))
			fail_msg("%s: %sfound", rows[i].path, found ? "" : "not ");
		if (found)
			assert_string_equal(day_format(day, text), rows[i].date);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_go_there_and_back),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(the_last_date_in_a_path_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
