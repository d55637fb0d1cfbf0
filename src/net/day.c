#include "net/day.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define SECONDS_A_DAY 86400

int day_parse(struct span s, int32_t *ret_day)
{
	bool dashed = s.n == 10 && s.p[4] == '-' && s.p[7] == '-';
	unsigned long long y, m, d;

	if (!dashed && s.n != 8)
		return -EINVAL;
	if (span_number(span_take(s, 4), 2199, &y) < 0 || y < 1980 ||
		span_number(span_take(span_skip(s, dashed ? 5 : 4), 2), 12, &m) < 0 || m < 1 ||
		span_number(span_take(span_skip(s, dashed ? 8 : 6), 2), 31, &d) < 0 || d < 1)
		return -EINVAL;
	struct tm tm = {.tm_year = (int)y - 1900, .tm_mon = (int)m - 1, .tm_mday = (int)d};
	time_t t = timegm(&tm);

	if (tm.tm_mday != (int)d) /* 31 April became 1 May */
		return -EINVAL;
	*ret_day = (int32_t)(t / SECONDS_A_DAY);
	return 0;
}

const char *day_format(int32_t day, char to[DAY_TEXT])
{
	time_t t = (time_t)day * SECONDS_A_DAY;
	struct tm tm;

	gmtime_r(&t, &tm);
	/* A damaged table may hold any number; four digits are kept of its year. */
	snprintf(to, DAY_TEXT, "%04u-%02u-%02u", (unsigned)(tm.tm_year + 1900) % 10000,
		(unsigned)tm.tm_mon % 12 + 1, (unsigned)tm.tm_mday % 32);
	return to;
}

static size_t digits_at(struct span s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && ascii_is_digit(s.p[i + n]))
		n++;
	return n;
}

bool day_find(struct span text, int32_t *ret_day)
{
	bool found = false;

	for (size_t i = 0; i < text.n;) {
		size_t n = digits_at(text, i);
		struct span rest = span_skip(text, i);

		if (n == 8 || n == 10 || n == 12)
			found |= day_parse(span_take(rest, 8), ret_day) == 0;
		else if (n == 4 && digits_at(text, i + 8) == 2)
			found |= day_parse(span_take(rest, 10), ret_day) == 0;
		i += n ? n : 1;
	}
	return found;
}
