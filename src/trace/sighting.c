/* Names of kinds, times as text, and the bounds of a sighting. */
#include "trace/sighting.h"

#include "net/day.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define DAY_SECONDS 86400
#define EARLIEST    315532800LL  /* 1980-01-01 */
#define LATEST      7258118399LL /* 2199-12-31T23:59:59Z */

static const struct {
	const char *name, *words;
} kinds[] = {
#define X(id, name, words) {name, words},
	SIGHTING_KINDS_X(X)
#undef X
};

const char *sighting_kind_name(enum sighting_kind kind)
{
	return kinds[kind].name;
}

const char *sighting_kind_words(enum sighting_kind kind)
{
	return kinds[kind].words;
}

int sighting_kind_parse(struct span name, enum sighting_kind *ret_kind)
{
	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (span_eq_nocase(name, span_cstr(kinds[i].name))) {
			*ret_kind = (enum sighting_kind)i;
			return 0;
		}
	return -EINVAL;
}

int32_t sighting_day(int64_t at)
{
	return (int32_t)((at >= 0 ? at : at - (DAY_SECONDS - 1)) / DAY_SECONDS);
}

const char *sighting_time_format(int64_t at, char to[SIGHTING_TIME_TEXT])
{
	char day[DAY_TEXT];
	int rest = (int)(at - (int64_t)sighting_day(at) * DAY_SECONDS);

	snprintf(to, SIGHTING_TIME_TEXT, "%.10sT%02d:%02d:%02dZ", day_format(sighting_day(at), day),
		rest / 3600 % 24, rest / 60 % 60, rest % 60);
	return to;
}

/* Two digits, at most `most`; -1 when they are not. */
static int two_digits(const char *p, int most)
{
	if (!ascii_is_digit(p[0]) || !ascii_is_digit(p[1]))
		return -1;
	int n = (p[0] - '0') * 10 + p[1] - '0';

	return n <= most ? n : -1;
}

int sighting_time_parse(struct span text, int64_t *ret_at, bool *ret_day_only)
{
	int32_t day;
	const char *p = text.p;

	if ((text.n != 10 && text.n != 20) || day_parse(span_take(text, 10), &day) < 0)
		return -EINVAL;
	*ret_day_only = text.n == 10;
	*ret_at = (int64_t)day * DAY_SECONDS;
	if (text.n == 10)
		return 0;
	int hour = two_digits(p + 11, 23), minute = two_digits(p + 14, 59),
	    second = two_digits(p + 17, 59);

	if (p[10] != 'T' || p[13] != ':' || p[16] != ':' || p[19] != 'Z' || hour < 0 ||
		minute < 0 || second < 0)
		return -EINVAL;
	*ret_at += hour * 3600 + minute * 60 + second;
	return 0;
}

static bool source_is_good(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			!memchr("._-", s.p[i], 3))
			return false;
	return s.n > 0 && s.n <= SIGHTING_SOURCE_MOST;
}

int sighting_check(const struct sighting *s, const char **ret_field)
{
	const char *bad = NULL;

	if ((unsigned)s->kind >= SIGHTING_KINDS)
		bad = "kind";
	else if (s->at < EARLIEST || s->at > LATEST)
		bad = "at";
	else if ((s->where.ip.family == IP_NONE) == (s->domain.n == 0))
		bad = "domain";
	else if (!source_is_good(s->source))
		bad = "source";
	else if (s->confidence < 1 || s->confidence > 100)
		bad = "confidence";
	else if (s->advertises > SIGHTING_HOSTS_MOST)
		bad = "advertises";
	if (!bad)
		return 0;
	*ret_field = bad;
	return -EINVAL;
}
