/* The forms that begin with a year are read here, the others by mail/date.h. */
#include "trace/feed_when.h"

#include "mail/date.h"
#include "net/day.h"

#include <errno.h>

#define DAY_S        86400
#define COMMENT_MOST 1024 /* bytes of a comment that are looked at */

/* Takes exactly two digits, 0 .. most; false when they are not there. */
static bool take_two(struct span *s, int most, int *ret_n)
{
	if (s->n < 2 || !ascii_is_digit(s->p[0]) || !ascii_is_digit(s->p[1]))
		return false;
	*ret_n = (s->p[0] - '0') * 10 + s->p[1] - '0';
	*s = span_skip(*s, 2);
	return *ret_n <= most;
}

static bool take_char(struct span *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = span_skip(*s, 1);
	return true;
}

/* A zone up to the end, in seconds east: nothing, Z, UTC, GMT, +02:00, +0200, +02. */
static bool read_zone(struct span s, int *ret_east)
{
	int hours, minutes = 0;
	bool west;

	s = span_trim(s);
	*ret_east = 0;
	if (!s.n || span_eq_nocase(s, SPAN("z")) || span_eq_nocase(s, SPAN("utc")) ||
		span_eq_nocase(s, SPAN("gmt")))
		return true;
	west = s.p[0] == '-';
	if (!take_char(&s, '+') && !take_char(&s, '-'))
		return false;
	if (!take_two(&s, 14, &hours))
		return false;
	take_char(&s, ':');
	if (s.n && (!take_two(&s, 59, &minutes) || s.n))
		return false;
	*ret_east = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

/* The time of day behind a date. */
static int read_clock(struct span s, int64_t midnight, struct feed_when *ret_when)
{
	int hour, minute, second = 0, east;

	if (!take_two(&s, 23, &hour) || !take_char(&s, ':') || !take_two(&s, 59, &minute))
		return -EINVAL;
	if (take_char(&s, ':') && !take_two(&s, 60, &second))
		return -EINVAL;
	if (take_char(&s, '.'))
		while (s.n && ascii_is_digit(s.p[0]))
			s = span_skip(s, 1);
	if (!read_zone(s, &east))
		return -EINVAL;
	*ret_when = (struct feed_when){
		midnight + hour * 3600 + minute * 60 + second - east, FEED_SECOND};
	return 0;
}

/* "2008-09", "2008-09/10". */
static bool read_month(struct span s, struct feed_when *ret_when)
{
	char day[10] = "0000-00-01";
	int32_t at;

	if (s.n < 7 || (s.n > 7 && s.p[7] != '/'))
		return false;
	memcpy(day, s.p, 7);
	if (day_parse((struct span){day, sizeof(day)}, &at) < 0)
		return false;
	*ret_when = (struct feed_when){(int64_t)at * DAY_S, FEED_OF_MONTH};
	return true;
}

/* Seconds since 1970 have 9 or 10 digits from 1973 to 2286, milliseconds 12 or 13. */
static bool read_unix(struct span s, struct feed_when *ret_when)
{
	unsigned long long n;

	if (s.n < 9 || s.n > 13 || s.n == 11 || span_number(s, ~0ull, &n) < 0)
		return false;
	*ret_when = (struct feed_when){(int64_t)(s.n > 10 ? n / 1000 : n), FEED_SECOND};
	return true;
}

/* Year, month and day in ten characters, parted by '-' or '/', or in eight digits. */
static bool take_day(struct span *s, int32_t *ret_day)
{
	struct span ten = span_take(*s, 10);
	char dashed[10];

	if (ten.n == 10 && ten.p[4] == '/' && ten.p[7] == '/') {
		memcpy(dashed, ten.p, 10);
		dashed[4] = dashed[7] = '-';
		ten.p = dashed;
	}
	if (ten.n == 10 && ten.p[4] == '-' && day_parse(ten, ret_day) == 0)
		*s = span_skip(*s, 10);
	else if (s->n == 8 && day_parse(*s, ret_day) == 0)
		*s = span_skip(*s, 8);
	else
		return false;
	return true;
}

/* All forms; the bounds are not checked. */
static int read_any(struct span s, struct feed_when *ret_when)
{
	struct mail_date date;
	int32_t day;

	if (take_day(&s, &day)) {
		if (s.n && s.p[0] != 'T' && s.p[0] != 't' && s.p[0] != ' ')
			return -EINVAL;
		if (s.n)
			return read_clock(
				span_trim(span_skip(s, 1)), (int64_t)day * DAY_S, ret_when);
		*ret_when = (struct feed_when){(int64_t)day * DAY_S, FEED_DAY};
		return 0;
	}
	if (read_unix(s, ret_when) || read_month(s, ret_when))
		return 0;
	if (ascii_is_digit(s.p[s.n > 1 ? 1 : 0]) && s.n > 2 && ascii_is_digit(s.p[2]))
		return -EINVAL; /* a broken form of the above */
	if (date_parse(s, &date) < 0)
		return -EINVAL;
	*ret_when = (struct feed_when){date.unix_s, FEED_SECOND};
	return 0;
}

int feed_when_parse(struct span text, struct feed_when *ret_when)
{
	struct span s = span_trim(text);
	struct feed_when when;

	if (!s.n || span_eq(s, SPAN("-")) || span_eq_nocase(s, SPAN("null")) ||
		span_eq_nocase(s, SPAN("none")) || span_eq_nocase(s, SPAN("n/a")))
		return -ENOENT;
	if (read_any(s, &when) < 0 || when.at < FEED_EARLIEST || when.at > FEED_LATEST)
		return -EINVAL;
	*ret_when = when;
	return 0;
}

bool feed_when_comment(struct span line, struct feed_when *ret_when)
{
	struct span s = span_take(line, COMMENT_MOST);
	ssize_t colon = span_index(s, ':');
	unsigned long long number;
	int32_t day;

	if (span_find_nocase(s, SPAN("expire")) >= 0)
		return false;
	if (colon >= 0) {
		struct span value = span_trim(span_skip(s, (size_t)colon + 1));

		while (value.n && (value.p[value.n - 1] == '#' || value.p[value.n - 1] == ';'))
			value.n--;
		/* A number alone is rather a count of entries. */
		if (span_number(value, ~0ull, &number) == -EINVAL &&
			feed_when_parse(value, ret_when) == 0)
			return true;
	}
	if (!day_find(s, &day))
		return false;
	*ret_when = (struct feed_when){(int64_t)day * DAY_S, FEED_DAY};
	return true;
}
