/*
 * What leads to the network: sightings whose mail or report advertises a host of it, whoever handed
 * them in. They are read by host and time, so that one host is counted after the other, and once
 * more by time alone, where a sighting that leads to several hosts is one.
 */
#include "case/case_query.h"
#include "case/case_read.h"

#include <errno.h>
#include <stdlib.h>

/* The network's addresses are few among all; the table of what is advertised is read once. */
#define LED_HERE                                                                                   \
	"FROM advertised a CROSS JOIN sighting s ON s.seq = a.seq "                                \
	"LEFT JOIN campaign c ON c.id = s.campaign "                                               \
	"WHERE a.network IN (SELECT id FROM network WHERE asn = ?1) "                              \
	"AND s.at >= ?2 AND s.at < ?3 "

#define LED_COLUMNS                                                                                \
	"s.seq, s.at, s.kind, s.source, a.host, s.network, coalesce(c.parent, c.id, 0), "          \
	"s.confidence, s.day_only, s.network IN (SELECT id FROM network WHERE asn = ?1) "

struct led_list {
	struct case_hosted *of;
	size_t n, room;
};

static struct case_seen seen_of(const struct case_query *q)
{
	return (struct case_seen){
		.seq = (uint64_t)case_query_int(q, 0),
		.at = case_query_int(q, 1),
		.kind = (int)case_query_int(q, 2),
		.source = (uint32_t)case_query_int(q, 3),
		.host = (uint32_t)case_query_int(q, 4),
		.network = (uint32_t)case_query_int(q, 5),
		.campaign = (uint32_t)case_query_int(q, 6),
		.confidence = (uint8_t)case_query_int(q, 7),
		.day_only = case_query_int(q, 8) != 0,
	};
}

static bool is_known(const struct case_seen *s)
{
	return s->kind >= 0 && s->kind < SIGHTING_KINDS;
}

static int ask(struct case_file *c, sqlite3 *db, struct case_span span, const char *sql,
	struct case_query *ret, struct err *err)
{
	int rc = case_query_open(ret, db, sql, err);

	if (rc == 0)
		case_query_bind(ret, 3, (int64_t)c->asn, span.from, span.to);
	return rc;
}

static int read_all(struct case_file *c, sqlite3 *db, struct case_span span, struct err *err)
{
	struct case_query q;
	struct case_led *led = &c->led;
	uint64_t last = UINT64_MAX;
	int rc = ask(c, db, span, "SELECT " LED_COLUMNS LED_HERE "ORDER BY s.at, s.seq", &q, err);

	while (rc == 0 && (rc = case_query_next(&q, err)) > 0) {
		const struct case_seen s = seen_of(&q);

		rc = 0;
		if (!is_known(&s) || s.seq == last)
			continue;
		case_count_add(&led->all, &s, c->records);
		led->own += case_query_int(&q, 9) != 0;
		last = s.seq;
	}
	case_claim_end(&led->all.claim);
	case_query_close(&q);
	return rc;
}

static int add_host(struct led_list *l, uint32_t id)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		void *more = reallocarray(l->of, room, sizeof(*l->of));

		if (!more)
			return -ENOMEM;
		l->of = more;
		l->room = room;
	}
	l->of[l->n++] = (struct case_hosted){.of = {.id = id, .hosts = 1}};
	return 0;
}

static int read_hosts(struct case_file *c, sqlite3 *db, struct case_span span, struct led_list *l,
	struct err *err)
{
	struct case_query q;
	int rc = ask(c, db, span, "SELECT " LED_COLUMNS LED_HERE "ORDER BY a.host, s.at, s.seq", &q,
		err);

	while (rc == 0 && (rc = case_query_next(&q, err)) > 0) {
		const struct case_seen s = seen_of(&q);

		rc = 0;
		if (!is_known(&s))
			continue;
		if (l->n == 0 || l->of[l->n - 1].of.id != s.host)
			rc = add_host(l, s.host);
		if (rc == 0)
			case_count_add(&l->of[l->n - 1].of, &s, CASE_ROW_RECORDS);
		else
			err_sys(err, rc, "case");
	}
	case_query_close(&q);
	return rc;
}

/* Who leads there, and how much leads to names. */
static int read_numbers(struct case_file *c, sqlite3 *db, struct case_span span, struct err *err)
{
	struct case_query q;
	int rc = ask(c, db, span,
		"SELECT count(DISTINCT s.host), count(DISTINCT (SELECT nullif(asn, 0) FROM network "
		"WHERE id = s.network)), (SELECT count(DISTINCT b.seq) FROM advertised b CROSS "
		"JOIN sighting t ON t.seq = b.seq WHERE b.network = 0 AND t.at >= ?2 AND t.at < "
		"?3) " LED_HERE,
		&q, err);

	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0) {
		c->led.from = (uint32_t)case_query_int(&q, 0);
		c->led.networks = (uint32_t)case_query_int(&q, 1);
		c->led.by_name = (uint64_t)case_query_int(&q, 2);
	}
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

static int read_name(struct case_file *c, sqlite3 *db, struct case_count *of, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db, "SELECT name FROM host WHERE id = ?1", err);

	if (rc == 0)
		case_query_bind(&q, 1, (int64_t)of->id);
	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0)
		of->name = case_keep(c, case_query_text(&q, 0));
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

static int read_campaigns(struct case_file *c, sqlite3 *db, struct case_span span,
	struct case_hosted *h, struct err *err)
{
	struct span *name = arena_zalloc(&c->memory, CASE_HOSTED_CAMPAIGNS_MOST, sizeof(*name));
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT (SELECT name FROM campaign WHERE id = k.id), count(*) OVER () FROM "
		"(SELECT coalesce(c.parent, c.id) AS id, count(*) AS n " LED_HERE
		"AND a.host = ?4 AND c.id IS NOT NULL GROUP BY 1) AS k ORDER BY k.n DESC, k.id",
		err);

	if (rc == 0 && !name)
		rc = err_sys(err, -ENOMEM, "case");
	if (rc == 0)
		case_query_bind(&q, 4, (int64_t)c->asn, span.from, span.to, (int64_t)h->of.id);
	while (rc == 0 && h->campaigns < CASE_HOSTED_CAMPAIGNS_MOST &&
		(rc = case_query_next(&q, err)) > 0) {
		name[h->campaigns++] = case_keep(c, case_query_text(&q, 0));
		h->campaigns_all = (size_t)case_query_int(&q, 1);
		rc = 0;
	}
	h->campaign = name;
	case_query_close(&q);
	return rc;
}

static int worse(const void *a, const void *b)
{
	const struct case_hosted *x = a, *y = b;

	return case_count_worse(&x->of, &y->of);
}

static int keep(struct case_file *c, sqlite3 *db, struct case_span span, struct led_list *l,
	struct err *err)
{
	struct case_led *led = &c->led;
	int rc = 0;

	if (l->n > 1)
		qsort(l->of, l->n, sizeof(*l->of), worse);
	led->all.hosts = (uint32_t)l->n;
	led->hosts_all = l->n;
	led->hosts = l->n < CASE_HOSTED_MOST ? l->n : CASE_HOSTED_MOST;
	led->host = arena_zalloc(&c->memory, led->hosts + 1, sizeof(*led->host));
	if (!led->host)
		return err_sys(err, -ENOMEM, "case");
	for (size_t i = 0; i < led->hosts && rc == 0; i++) {
		led->host[i] = l->of[i];
		case_claim_end(&led->host[i].of.claim);
		rc = read_name(c, db, &led->host[i].of, err);
		if (rc == 0 && led->host[i].of.campaigns)
			rc = read_campaigns(c, db, span, &led->host[i], err);
	}
	return rc;
}

int case_read_led(struct case_file *c, sqlite3 *db, struct case_span span, struct err *err)
{
	struct led_list l = {0};
	int rc = read_all(c, db, span, err);

	if (rc == 0)
		rc = read_numbers(c, db, span, err);
	if (rc == 0 && c->led.all.sightings)
		rc = read_hosts(c, db, span, &l, err);
	if (rc == 0)
		rc = keep(c, db, span, &l, err);
	free(l.of);
	return rc;
}
