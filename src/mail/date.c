/*
 * The text is taken apart into numbers, words and signs, in whatever order they come: a number
 * with a colon behind it is the time, one of four digits the year, a word is a month, a weekday or
 * a zone, and a sign behind the time begins a zone. So the forms of RFC 5322, of asctime() and of
 * most broken mailers are one form; what the RFC does not allow makes the date odd.
 */
#include "mail/date.h"

#include <errno.h>

struct reading {
	struct span rest;
	int year, year_digits, month, day; /* 0 while unknown */
	int hour, minute, second;          /* hour is -1 while unknown */
	int weekday;                       /* 0 for Sunday; -1 while unknown */
	int zone;                          /* minutes east of UTC */
	bool has_zone, odd;
};

/* The first three letters, three a name. */
static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char weekdays[] = "sunmontuewedthufrisat";

static const struct {
	struct span name;
	int16_t minutes;
	bool odd; /* not in RFC 5322, 4.3, but nothing else is meant by it in mail */
} zones[] = {
	{{"UT", 2}, 0, false},
	{{"GMT", 3}, 0, false},
	{{"UTC", 3}, 0, false},
	{{"Z", 1}, 0, false},
	{{"EST", 3}, -300, false},
	{{"EDT", 3}, -240, false},
	{{"CST", 3}, -360, false},
	{{"CDT", 3}, -300, false},
	{{"MST", 3}, -420, false},
	{{"MDT", 3}, -360, false},
	{{"PST", 3}, -480, false},
	{{"PDT", 3}, -420, false},
	{{"WET", 3}, 0, true},
	{{"WEST", 4}, 60, true},
	{{"BST", 3}, 60, true},
	{{"CET", 3}, 60, true},
	{{"CEST", 4}, 120, true},
	{{"MET", 3}, 60, true},
	{{"MEST", 4}, 120, true},
	{{"EET", 3}, 120, true},
	{{"EEST", 4}, 180, true},
	{{"MSK", 3}, 180, true},
	{{"JST", 3}, 540, true},
	{{"KST", 3}, 540, true},
};

/* Skips a comment (RFC 5322, 3.2.2), which nests; rest begins with its '('. */
static void skip_comment(struct span *rest)
{
	size_t i = 0, deep = 0;

	do {
		if (rest->p[i] == '(')
			deep++;
		else if (rest->p[i] == ')')
			deep--;
		else if (rest->p[i] == '\\')
			i++;
		i++;
	} while (deep && i < rest->n);
	*rest = span_skip(*rest, i);
}

/* Takes a run of digits; values over six digits stay at 1000000. */
static int take_number(struct span *rest, int *ret_digits)
{
	int value = 0, digits = 0;

	for (; rest->n && ascii_is_digit(rest->p[0]); *rest = span_skip(*rest, 1)) {
		value = digits < 6 ? value * 10 + (rest->p[0] - '0') : 1000000;
		digits += digits < 100;
	}
	*ret_digits = digits;
	return value;
}

/* Takes sep and a number behind it; false when that is not what comes. */
static bool take_after(struct span *rest, char sep, int *ret_value)
{
	int digits;

	if (rest->n < 2 || rest->p[0] != sep || !ascii_is_digit(rest->p[1]))
		return false;
	*rest = span_skip(*rest, 1);
	*ret_value = take_number(rest, &digits);
	return true;
}

/* Index of a word's first three letters in a list of such, or -1. */
static int find_three(struct span word, const char *list)
{
	if (word.n < 3)
		return -1;
	char three[] = {ascii_lower(word.p[0]), ascii_lower(word.p[1]), ascii_lower(word.p[2])};

	for (int i = 0; list[3 * (size_t)i]; i++)
		if (memcmp(three, list + 3 * (size_t)i, sizeof(three)) == 0)
			return i;
	return -1;
}

static void take_time(struct reading *r, int hour, char sep)
{
	int unused;

	r->hour = hour;
	take_after(&r->rest, sep, &r->minute);
	take_after(&r->rest, sep, &r->second);
	if (take_after(&r->rest, '.', &unused))
		r->odd = true;
}

/* "+0200", "+02:00", "+2": the sign has been taken. */
static void take_zone(struct reading *r, int sign)
{
	int digits, minutes = 0, value = take_number(&r->rest, &digits);

	if (digits <= 2) {
		r->odd = true;
		take_after(&r->rest, ':', &minutes);
		value = value * 100 + minutes;
	}
	r->odd |= digits > 4 || value % 100 > 59 || value > 1400;
	if (value > 9999)
		value = 0;
	r->zone = sign * (value / 100 * 60 + value % 100);
	r->has_zone = true;
}

/* A number that is not part of a time or a zone. */
static void place_number(struct reading *r, int value, int digits)
{
	bool full = r->day && r->year_digits;

	if (full && r->hour >= 0 && !r->has_zone && digits == 4) {
		/* A zone without its sign. */
		r->zone = value / 100 * 60 + value % 100;
		r->has_zone = r->odd = true;
	} else if (full) {
		r->odd = true;
	} else if ((digits > 2 || r->day || value > 31 || value == 0) && !r->year_digits) {
		r->year = value;
		r->year_digits = digits;
	} else if (digits <= 2 && value > 0 && value <= 31 && !r->day) {
		r->day = value;
	} else {
		r->odd = true;
	}
}

/* "2003-07-01" (ISO 8601) and "7/1/2003", in which the month is taken to stand first. */
static bool take_numeric_date(struct reading *r, int value, int digits)
{
	char sep = r->rest.n ? r->rest.p[0] : 0;
	struct span back = r->rest;
	int second, third;

	if ((sep != '-' && sep != '/') || r->day || r->month || r->hour >= 0)
		return false;
	if (!take_after(&r->rest, sep, &second) || !take_after(&r->rest, sep, &third)) {
		r->rest = back;
		return false;
	}
	bool year_first = digits == 4, swap = !year_first && value > 12;

	r->year = year_first ? value : third;
	r->year_digits = r->year > 99 ? 4 : 2;
	r->month = year_first ? second : swap ? second : value;
	r->day = year_first ? third : swap ? value : second;
	r->odd = true;
	return true;
}

static void take_digits(struct reading *r)
{
	int digits, value = take_number(&r->rest, &digits);
	char next = r->rest.n ? r->rest.p[0] : 0;
	bool dotted =
		next == '.' && r->day && r->month && r->rest.n > 1 && ascii_is_digit(r->rest.p[1]);

	if (r->hour < 0 && digits <= 2 && (next == ':' || dotted)) {
		r->odd |= dotted;
		take_time(r, value, next);
	} else if (!take_numeric_date(r, value, digits)) {
		place_number(r, value, digits);
	}
}

static bool place_zone(struct reading *r, struct span word)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		if (!span_eq_nocase(word, zones[i].name))
			continue;
		if (!r->has_zone)
			r->zone = zones[i].minutes;
		r->odd |= zones[i].odd;
		r->has_zone = true;
		return true;
	}
	return false;
}

static void take_word(struct reading *r)
{
	size_t n = 0;

	while (n < r->rest.n && ascii_is_alpha(r->rest.p[n]))
		n++;
	struct span word = span_take(r->rest, n);
	int month = find_three(word, months), weekday = find_three(word, weekdays);

	r->rest = span_skip(r->rest, n);
	if (month >= 0 && !r->month) {
		r->month = month + 1;
		r->odd |= n != 3;
	} else if (weekday >= 0 && r->weekday < 0) {
		r->weekday = weekday;
		r->odd |= n != 3;
	} else if (span_eq_nocase(word, SPAN("PM")) || span_eq_nocase(word, SPAN("AM"))) {
		bool pm = ascii_lower(word.p[0]) == 'p';

		if (r->hour >= 0 && r->hour <= 12)
			r->hour = r->hour % 12 + (pm ? 12 : 0);
		r->odd = true;
	} else if (!(r->hour >= 0 && place_zone(r, word)) && !span_eq_nocase(word, SPAN("T"))) {
		/* RFC 5322, 4.3: single letters and unknown names tell nothing of the zone. */
		r->odd = true;
	}
}

static void read_all(struct reading *r)
{
	while (r->rest.n) {
		char c = r->rest.p[0];

		if (c == '(') {
			skip_comment(&r->rest);
		} else if (ascii_is_digit(c)) {
			take_digits(r);
		} else if (ascii_is_alpha(c)) {
			take_word(r);
		} else {
			bool zone = (c == '+' || c == '-') && r->hour >= 0 && r->rest.n > 1 &&
				    ascii_is_digit(r->rest.p[1]);

			r->rest = span_skip(r->rest, 1);
			if (zone)
				take_zone(r, c == '-' ? -1 : 1);
			else if (!ascii_is_space(c) && c != ',')
				r->odd = true;
		}
	}
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1 January 1970 to the first of a month of the Gregorian calendar. */
static int64_t days_to(int year, int month)
{
	static const int16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t past = year - 1;
	int64_t days = past * 365 + past / 4 - past / 100 + past / 400 - 719162;

	return days + before[month - 1] + (month > 2 && is_leap(year));
}

static int month_days(int year, int month)
{
	return month == 12 ? 31 : (int)(days_to(year, month + 1) - days_to(year, month));
}

/* RFC 5322, 4.3: years of two and three digits. */
static void mend_year(struct reading *r)
{
	if (r->year_digits >= 4)
		return;
	r->odd = true;
	r->year += r->year_digits == 3 || r->year >= 50 ? 1900 : 2000;
}

static bool check(struct reading *r)
{
	if (!r->day || !r->year_digits || r->month < 1 || r->month > 12 || r->day > 31)
		return false;
	mend_year(r);
	if (r->year < 1 || r->year > 9999 || r->hour > 24 || r->minute > 59 || r->second > 61)
		return false;
	/* RFC 5322, 3.3: a leap second is 60; the time and the zone must be there. */
	r->odd |= r->hour < 0 || r->hour == 24 || r->second > 60 || !r->has_zone;
	r->odd |= r->year < 1900 || r->day > month_days(r->year, r->month);
	if (r->hour < 0)
		r->hour = 0;
	return true;
}

int date_parse(struct span s, struct mail_date *ret_date)
{
	struct reading r = {.rest = s, .hour = -1, .weekday = -1};

	read_all(&r);
	if (!check(&r))
		return -EINVAL;
	int64_t days = days_to(r.year, r.month) + r.day - 1;

	/* 1 January 1970 was a Thursday. */
	if (r.weekday >= 0 && ((days + 4) % 7 + 7) % 7 != r.weekday)
		r.odd = true;
	*ret_date = (struct mail_date){
		.unix_s = ((days * 24 + r.hour) * 60 + r.minute - r.zone) * 60 + r.second,
		.zone_min = (int16_t)r.zone,
		.odd = r.odd};
	return 0;
}
