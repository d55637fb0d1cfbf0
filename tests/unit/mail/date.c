#include "test.h"

#include "mail/date.h"

#include <errno.h>
#include <time.h>

static const struct {
	const char *text;
	int64_t unix_s;
	int zone_min;
	bool odd;
} good[] = {
	{"Tue, 1 Jul 2003 10:52:37 +0200", 1057049557, 120, false},
	{" Tue,  1 Jul 2003 10:52:37 +0200 (CEST (summer) )", 1057049557, 120, false},
	{"1 Jul 2003 08:52 +0000", 1057049520, 0, false},
	{"Thu, 1 Jan 1970 00:00:00 -0000", 0, 0, false},
	{"Wed, 31 Dec 1969 23:59:59 GMT", -1, 0, false},
	{"Fri, 21 Nov 1997 09:55:06 -0600", 880127706, -360, false},
	{"Fri, 21 Nov 97 09:55:06 CST", 880127706, -360, true},
	{"21 Nov 103 00:00:00 UT", 1069372800, 0, true},
	{"1 Jan 49 00:00:00 GMT", 2493072000, 0, true},
	{"Tue Jul  1 10:52:37 2003", 1057056757, 0, true},
	{"Tue Jul  1 10:52:37 EDT 2003", 1057071157, -240, false},
	{"Tue, 01-Jul-2003 10:52:37 GMT", 1057056757, 0, true},
	{"2003-07-01T10:52:37Z", 1057056757, 0, true},
	{"2003-07-01 10:52:37.250 +02:00", 1057049557, 120, true},
	{"7/1/2003 10:52:37 AM GMT", 1057056757, 0, true},
	{"25/12/2003 1:00:00 PM GMT", 1072357200, 0, true},
	{"Mon, 1 Jul 2003 10:52:37 +0200", 1057049557, 120, true},
	{"Tue, 1 July 2003 10.52.37 GMT", 1057056757, 0, true},
	{"Tue, 1 Jul 2003 10:52:37 0200", 1057049557, 120, true},
	{"Tue, 1 Jul 2003 10:52:37 GMT+2", 1057049557, 120, true},
	{"Tue, 1 Jul 2003 10:52:37 XYZ", 1057056757, 0, true},
	{"Tue, 1 Jul 2003 10:52:37 CEST", 1057049557, 120, true},
	{"1 Jul 2003", 1057017600, 0, true},
	{"30 Feb 2004 00:00:00 GMT", 1078099200, 0, true},
	{"29 Feb 2004 00:00:00 GMT", 1078012800, 0, false},
	{"29 Feb 1900 00:00:00 GMT", -2203891200, 0, true},
	{"31 Dec 2016 23:59:60 GMT", 1483228800, 0, false},
	{"Tue, 1 Jul 2003 10:52:37 +1500", 1057002757, 900, true},
	{"(comment) 1 (a) Jul (b) 2003 (c) 10 : 52", 1057017600, 0, true},
};

static const char *const bad[] = {
	"",
	"Tue",
	"yesterday",
	"Jul 2003 10:52:37 +0200",
	"1 Jul",
	"32 Jul 2003 10:00:00 GMT",
	"1 Jul 2003 25:00:00 GMT",
	"1 Jul 2003 10:60:00 GMT",
	"1 Jul 2003 10:00:62 GMT",
	"2003-13-01 10:00:00",
	"1 Jul 99999999999 10:00:00 GMT",
	"((((((",
	"\\",
	"1057049557",
};

static void good_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct mail_date d;

		if (date_parse(span_cstr(good[i].text), &d) != 0 || d.unix_s != good[i].unix_s ||
			d.zone_min != good[i].zone_min || d.odd != good[i].odd)
			fail_msg("%s: %lld zone %d odd %d", good[i].text, (long long)d.unix_s,
				d.zone_min, d.odd);
	}
}

static void bad_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct mail_date d = {.unix_s = 77};

		if (date_parse(span_cstr(bad[i]), &d) != -EINVAL)
			fail_msg("%s: was read as %lld", bad[i], (long long)d.unix_s);
		assert_int_equal(d.unix_s, 77);
	}
}

/* Every day of 400 years: the Gregorian calendar repeats after that. */
static void days_follow_each_other(void **state)
{
	(void)state;
	static const char *const names[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t last = 0;

	for (int year = 1900; year < 2301; year++)
		for (int month = 0; month < 12; month++)
			for (int day = 1; day <= 28; day += 9) {
				char text[64];
				struct mail_date d;
				struct tm tm = {
					.tm_year = year - 1900, .tm_mon = month, .tm_mday = day};

				snprintf(text, sizeof(text), "%d %s %d 00:00:00 GMT", day,
					names[month], year);
				assert_int_equal(date_parse(span_cstr(text), &d), 0);
				assert_int_equal(d.unix_s, timegm(&tm));
				assert_true(year == 1900 || d.unix_s > last);
				last = d.unix_s;
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_dates),
		cmocka_unit_test(bad_dates),
		cmocka_unit_test(days_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
