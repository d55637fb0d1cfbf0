/* Sightings out of a feed as text, one a line: "KIND HOST[:PORT] TIME SOURCE CONFIDENCE
 * [+ADVERTISED...]". For the tests of src/trace. */
#ifndef CORDON_TESTS_FEED_SINK_H
#define CORDON_TESTS_FEED_SINK_H

#include "base/buf.h"
#include "net/day.h"
#include "trace/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Monday, 23 November 2026, 12:00. */
#define FEED_NOW 1795435200

struct feed_sink {
	struct buf text, identities; /* identities: a line each, what is not printable as hex */
	size_t raws, raw_bytes;
	int fail_after; /* sightings after which take() fails; 0: never */
	size_t n;
	bool count_only;
};

static inline void feed_sink_done(struct feed_sink *k)
{
	buf_done(&k->text);
	buf_done(&k->identities);
}

static inline void feed_sink_line(struct buf *to, const struct sighting *s)
{
	char where[IP_TEXT] = "", time[SIGHTING_TIME_TEXT];

	if (s->where.ip.family != IP_NONE) {
		prefix_format(&s->where, where);
		if (s->where.length == (s->where.ip.family == IP_V4 ? 32 : 128))
			*strchr(where, '/') = '\0';
	}
	sighting_time_format(s->at, time);
	if (s->day_only)
		time[10] = '\0';
	buf_printf(to, "%s %s%.*s", sighting_kind_name(s->kind), where, SPAN_ARG(s->domain));
	if (s->port)
		buf_printf(to, ":%u", s->port);
	buf_printf(to, " %s %.*s %u", time, SPAN_ARG(s->source), s->confidence);
	for (size_t i = 0; i < s->advertises; i++)
		buf_printf(to, " +%.*s", SPAN_ARG(s->advertised[i]));
	buf_byte(to, '\n');
}

static inline int feed_sink_take(void *context, const struct sighting *s, struct span raw,
	struct span identity, struct err *err)
{
	struct feed_sink *k = context;
	const char *field;

	if (sighting_check(s, &field) < 0 || !identity.n)
		abort();
	if (k->fail_after && (int)k->n == k->fail_after)
		return err_set(err, -28, "the disk is full");
	k->n++;
	k->raws += raw.n > 0;
	k->raw_bytes += raw.n;
	if (k->count_only)
		return 0;
	feed_sink_line(&k->text, s);
	for (size_t i = 0; i < identity.n; i++)
		if (identity.p[i] >= ' ' && identity.p[i] < 127)
			buf_byte(&k->identities, identity.p[i]);
		else
			buf_printf(&k->identities, "%02x", (unsigned char)identity.p[i]);
	buf_byte(&k->identities, '\n');
	return 0;
}

/* What options a test has, unless it says otherwise. */
static inline struct feed_options feed_sink_options(struct feed_sink *k)
{
	return (struct feed_options){
		.source = SPAN("test"), .now = FEED_NOW, .take = feed_sink_take, .context = k};
}

/* "too_long 1, wide 2": all counts but that of what was taken, in their order. */
static inline void feed_sink_counts(struct buf *to, const struct feed_report *r)
{
	size_t n = to->n;

	for (int i = 1; i < FEED_COUNTS; i++)
		if (r->count[i])
			buf_printf(to, "%s%s %ju", to->n > n ? ", " : "", feed_count_key(i),
				(uintmax_t)r->count[i]);
}

#endif
