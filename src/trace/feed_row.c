/* Columns have roles by their names; a row is what the roles hold; and a row becomes a sighting for
 * each prefix of its host and each day on which it was seen. */
#include "trace/feed_host.h"
#include "trace/feed_words.h"
#include "trace/feed_work.h"

#include <errno.h>

#define DAY_S     86400
#define NAME_MOST 40 /* bytes of a column's name */

/* Names as feeds have them, folded to lower case and '_'; the better first among equals. */
static const struct {
	const char *name;
	struct feed_column is;
} columns[] = {
	{"ip", {FEED_ROLE_HOST, 0, false}},
	{"ip_address", {FEED_ROLE_HOST, 0, false}},
	{"ipaddress", {FEED_ROLE_HOST, 0, false}},
	{"ip_addr", {FEED_ROLE_HOST, 0, false}},
	{"ipv4", {FEED_ROLE_HOST, 0, false}},
	{"ipv6", {FEED_ROLE_HOST, 1, false}},
	{"src_ip", {FEED_ROLE_HOST, 0, false}},
	{"srcip", {FEED_ROLE_HOST, 0, false}},
	{"source_ip", {FEED_ROLE_HOST, 0, false}},
	{"sourceip", {FEED_ROLE_HOST, 0, false}},
	{"attacker_ip", {FEED_ROLE_HOST, 0, false}},
	{"address", {FEED_ROLE_HOST, 0, false}},
	{"dst_ip", {FEED_ROLE_HOST, 1, true}},
	{"dstip", {FEED_ROLE_HOST, 1, true}},
	{"cidr", {FEED_ROLE_HOST, 2, false}},
	{"prefix", {FEED_ROLE_HOST, 2, false}},
	{"network", {FEED_ROLE_HOST, 2, false}},
	{"netblock", {FEED_ROLE_HOST, 2, false}},
	{"subnet", {FEED_ROLE_HOST, 2, false}},
	{"range", {FEED_ROLE_HOST, 2, false}},
	{"ioc_value", {FEED_ROLE_HOST, 3, false}},
	{"ioc", {FEED_ROLE_HOST, 3, false}},
	{"indicator", {FEED_ROLE_HOST, 3, false}},
	{"observable", {FEED_ROLE_HOST, 3, false}},
	{"value", {FEED_ROLE_HOST, 4, false}},
	{"host", {FEED_ROLE_HOST, 5, false}},
	{"hostname", {FEED_ROLE_HOST, 5, false}},
	{"fqdn", {FEED_ROLE_HOST, 5, false}},
	{"domain", {FEED_ROLE_HOST, 6, false}},
	{"domain_name", {FEED_ROLE_HOST, 6, false}},
	{"url", {FEED_ROLE_HOST, 7, false}},
	{"uri", {FEED_ROLE_HOST, 7, false}},
	{"start", {FEED_ROLE_START, 0, false}},
	{"start_ip", {FEED_ROLE_START, 0, false}},
	{"end", {FEED_ROLE_END, 0, false}},
	{"end_ip", {FEED_ROLE_END, 0, false}},
	{"first_seen", {FEED_ROLE_FIRST, 0, false}},
	{"first_seen_utc", {FEED_ROLE_FIRST, 0, false}},
	{"firstseen", {FEED_ROLE_FIRST, 0, false}},
	{"first_reported", {FEED_ROLE_FIRST, 0, false}},
	{"last_seen", {FEED_ROLE_LAST, 0, false}},
	{"last_seen_utc", {FEED_ROLE_LAST, 0, false}},
	{"lastseen", {FEED_ROLE_LAST, 0, false}},
	{"last_online", {FEED_ROLE_LAST, 0, false}},
	{"lastonline", {FEED_ROLE_LAST, 0, false}},
	{"last_reported", {FEED_ROLE_LAST, 0, false}},
	{"seen", {FEED_ROLE_DATE, 0, false}},
	{"date", {FEED_ROLE_DATE, 0, false}},
	{"timestamp", {FEED_ROLE_DATE, 0, false}},
	{"time", {FEED_ROLE_DATE, 0, false}},
	{"day", {FEED_ROLE_DATE, 0, false}},
	{"dateadded", {FEED_ROLE_DATE, 0, false}},
	{"date_added", {FEED_ROLE_DATE, 0, false}},
	{"listingdate", {FEED_ROLE_DATE, 0, false}},
	{"listed", {FEED_ROLE_DATE, 0, false}},
	{"reported", {FEED_ROLE_DATE, 0, false}},
	{"detected", {FEED_ROLE_DATE, 0, false}},
	{"updated", {FEED_ROLE_DATE, 0, false}},
	{"port", {FEED_ROLE_PORT, 0, false}},
	{"src_port", {FEED_ROLE_PORT, 0, false}},
	{"source_port", {FEED_ROLE_PORT, 0, false}},
	{"dst_port", {FEED_ROLE_PORT, 1, true}},
	{"dstport", {FEED_ROLE_PORT, 1, true}},
	{"confidence", {FEED_ROLE_CONFIDENCE, 0, false}},
	{"confidence_level", {FEED_ROLE_CONFIDENCE, 0, false}},
	{"confidence_score", {FEED_ROLE_CONFIDENCE, 0, false}},
	{"number_of_black_lists", {FEED_ROLE_LISTS, 0, false}},
	{"number_of_blacklists", {FEED_ROLE_LISTS, 0, false}},
	{"number_of_lists", {FEED_ROLE_LISTS, 0, false}},
	{"threat_type", {FEED_ROLE_KIND, 0, false}},
	{"threat", {FEED_ROLE_KIND, 0, false}},
	{"attack_type", {FEED_ROLE_KIND, 0, false}},
	{"category", {FEED_ROLE_KIND, 1, false}},
	{"type", {FEED_ROLE_KIND, 2, false}},
	{"tags", {FEED_ROLE_KIND, 3, false}},
	{"family", {FEED_ROLE_KIND, 3, false}},
};

struct feed_column feed_column_of(struct span name)
{
	char folded[NAME_MOST + 1];
	size_t n = 0;

	name = span_trim(name);
	for (size_t i = 0; i < name.n && n < NAME_MOST; i++) {
		if (ascii_is_alnum(name.p[i]))
			folded[n++] = ascii_lower(name.p[i]);
		else if (n && folded[n - 1] != '_')
			folded[n++] = '_';
	}
	while (n && folded[n - 1] == '_')
		n--;
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (span_eq((struct span){folded, n}, span_cstr(columns[i].name)))
			return columns[i].is;
	return (struct feed_column){FEED_ROLE_NONE, 0, false};
}

/* The first of its role counts. */
static void put(struct span *at, struct span value)
{
	if (!at->n)
		*at = value;
}

void feed_row_put(struct feed_row *row, struct feed_column c, struct span value)
{
	value = span_trim(value);
	switch (c.role) {
	case FEED_ROLE_NONE: break;
	case FEED_ROLE_HOST:
	case FEED_ROLE_START: put(&row->host[c.rank], value); break;
	case FEED_ROLE_END: put(&row->end, value); break;
	case FEED_ROLE_FIRST: put(&row->first, value); break;
	case FEED_ROLE_LAST: put(&row->last, value); break;
	case FEED_ROLE_DATE: put(&row->date, value); break;
	case FEED_ROLE_PORT: put(&row->port, value); break;
	case FEED_ROLE_CONFIDENCE: put(&row->confidence, value); break;
	case FEED_ROLE_LISTS: put(&row->lists, value); break;
	case FEED_ROLE_KIND: put(&row->kind[c.rank], value); break;
	}
}

static enum sighting_kind kind_of(const struct feed *f, const struct feed_row *row)
{
	enum sighting_kind kind = SIGHTING_LISTED;

	if (f->o->has_kind)
		return f->o->kind;
	for (size_t i = 0; i < FEED_ROW_KINDS; i++)
		if (feed_words_kind(row->kind[i], &kind))
			return kind;
	return kind;
}

static uint8_t confidence_of(const struct feed_row *row)
{
	unsigned long long lists;
	uint8_t percent = 0;

	if (span_number(row->lists, ~0ull, &lists) == 0 && lists)
		return feed_confidence(lists);
	feed_words_confidence(row->confidence, &percent);
	return percent;
}

/* True when a date was read. One that cannot be is counted; one that is not there is not. */
static bool read_when(struct feed *f, struct span text, struct feed_when *w)
{
	int rc = feed_when_parse(text, w);

	if (rc == -EINVAL)
		f->report->count[FEED_NO_DATE]++;
	if (rc == 0 && w->precision == FEED_OF_MONTH)
		f->report->count[FEED_MONTH]++;
	return rc == 0 && w->at != 0;
}

/* On the days it was seen: first and last are two sightings when their days differ, for whoever was
 * seen twice stayed. Returns how many, at least 1: 0 for the list's own. */
static size_t times_of(struct feed *f, const struct feed_row *row, struct feed_when at[2])
{
	size_t n = 0;

	at[0] = (struct feed_when){0, FEED_DAY};
	if (f->o->has_day)
		return 1;
	if (read_when(f, row->first, &at[0]))
		n = 1;
	if (read_when(f, row->last.n ? row->last : row->date, &at[n])) {
		if (!n || sighting_day(at[0].at) != sighting_day(at[1].at))
			n++;
		else
			at[0] = at[1];
	}
	if (!n && row->last.n && read_when(f, row->date, &at[0]))
		n = 1;
	return n ? n : 1;
}

/* One for each time and each prefix. */
static int give(struct feed *f, const struct feed_row *row, const struct feed_host *h)
{
	unsigned long long port = 0;
	struct feed_when at[2];
	size_t times = times_of(f, row, at), hosts = h->n ? h->n : 1;

	if (span_number(row->port, 65535, &port) < 0)
		port = 0;
	for (size_t i = 0; i < times * hosts; i++) {
		struct sighting s = {.kind = kind_of(f, row),
			.at = at[i / hosts].at,
			.day_only = at[i / hosts].precision != FEED_SECOND,
			.port = h->port ? h->port : (uint16_t)port,
			.confidence = confidence_of(row)};

		if (h->n)
			s.where = h->where[i % hosts];
		else
			s.domain = h->domain;
		int rc = feed_give(f, &s, (struct span){NULL, 0}, (struct span){NULL, 0});

		if (rc < 0)
			return rc;
	}
	return 0;
}

int feed_row_take(struct feed *f, const struct feed_row *row, struct span shown)
{
	struct span host = {NULL, 0};
	struct ip first, last;
	struct feed_host h = {.n = 0};
	int rc;

	for (size_t i = 0; i < FEED_ROW_HOSTS && !host.n; i++)
		host = row->host[i];
	if (row->end.n && ip_parse(host, &first) == 0 && ip_parse(row->end, &last) == 0) {
		h.n = feed_host_range(&first, &last, h.where);
		rc = h.n ? FEED_TAKEN : FEED_RANGE;
	} else {
		rc = host.n ? feed_host_read(&f->arena, host, &h) : FEED_COLUMN;
	}
	if (rc == -ENOMEM && arena_spent(&f->arena))
		rc = FEED_NO_HOST;
	if (rc < 0)
		return err_set(f->err, rc, "no memory for %s", f->name);
	return rc == FEED_TAKEN ? give(f, row, &h) : feed_odd(f, (enum feed_count)rc, shown);
}
