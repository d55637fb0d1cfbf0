/* Campaigns and notices of a case: few of each, with a statement or two for every one. */
#include "case/case_query.h"
#include "case/case_read.h"

#include <errno.h>
#include <stdlib.h>

#define TEXT_LEAST 3 /* messages of a campaign whose text is told */

/* The sightings of a campaign and of those that turned out to be part of it. */
#define OF_CAMPAIGN                                                                                \
	"FROM sighting s WHERE s.campaign IN (SELECT id FROM campaign WHERE id = ?1 OR parent = "  \
	"?1) AND s.at >= ?2 AND s.at < ?3 "

static int read_totals(struct case_campaign *k, sqlite3 *db, struct case_span span, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT count(*), count(DISTINCT s.host), count(DISTINCT (SELECT nullif(asn, 0) "
		"FROM network WHERE id = s.network)) " OF_CAMPAIGN,
		err);

	if (rc == 0)
		case_query_bind(&q, 3, (int64_t)k->here.id, span.from, span.to);
	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0) {
		k->sightings_all = (uint64_t)case_query_int(&q, 0);
		k->hosts_all = (uint32_t)case_query_int(&q, 1);
		k->networks_all = (uint32_t)case_query_int(&q, 2);
	}
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

/* The first column of a statement as a list of names, at most `most` of them. */
static int read_names(struct case_file *c, struct case_query *q, size_t most,
	const struct span **ret_list, size_t *ret_n, struct err *err)
{
	struct span *list = arena_zalloc(&c->memory, most, sizeof(*list));
	size_t n = 0;
	int rc = list ? 0 : err_sys(err, -ENOMEM, "case");

	while (rc == 0 && n < most && (rc = case_query_next(q, err)) > 0) {
		list[n++] = case_keep(c, case_query_text(q, 0));
		rc = 0;
	}
	if (rc == 0) {
		*ret_list = list;
		*ret_n = n;
	}
	return rc;
}

static int read_bots(struct case_file *c, struct case_campaign *k, sqlite3 *db,
	struct case_span span, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT (SELECT name FROM host WHERE id = s.host) " OF_CAMPAIGN
		"AND s.network IN (SELECT id FROM network WHERE asn = ?4) "
		"GROUP BY s.host ORDER BY count(*) DESC, s.host",
		err);

	if (rc == 0) {
		case_query_bind(&q, 4, (int64_t)k->here.id, span.from, span.to, (int64_t)c->asn);
		rc = read_names(c, &q, CASE_BOTS_MOST, &k->bot, &k->bots, err);
	}
	case_query_close(&q);
	return rc;
}

static int read_advertised(struct case_file *c, struct case_campaign *k, sqlite3 *db,
	struct case_span span, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT h.name FROM (SELECT s.seq " OF_CAMPAIGN
		") AS m JOIN advertised a ON a.seq = m.seq JOIN host h ON h.id = a.host "
		"GROUP BY h.id ORDER BY count(*) DESC, h.name",
		err);

	if (rc == 0) {
		case_query_bind(&q, 3, (int64_t)k->here.id, span.from, span.to);
		rc = read_names(c, &q, CASE_ADVERTISED_MOST, &k->advertised, &k->nadvertised, err);
	}
	case_query_close(&q);
	return rc;
}

static int read_name(struct case_file *c, struct case_campaign *k, sqlite3 *db, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db, "SELECT name FROM campaign WHERE id = ?1", err);

	if (rc == 0)
		case_query_bind(&q, 1, (int64_t)k->here.id);
	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0)
		k->here.name = case_keep(c, case_query_text(&q, 0));
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

/* What the collection of campaigns says of it; nothing when it has forgotten it. */
static void look_up(struct case_file *c, struct case_campaign *k, struct campaigns *known)
{
	char name[CAMPAIGN_NAME] = "";
	struct campaign found;

	if (!known || k->here.name.n >= sizeof(name))
		return;
	memcpy(name, k->here.name.p, k->here.name.n);
	if (!campaigns_find(known, name, &found))
		return;
	k->mailer = case_keep(c, found.mailer);
	/* What few messages share may be what one recipient is called. */
	if (!c->with_raw || k->sightings_all < TEXT_LEAST)
		return;
	k->subject = case_keep(c, found.subject);
	k->template_ = case_keep(c, span_take(found.template_, 2048));
}

int case_read_campaigns(struct case_file *c, sqlite3 *db, struct case_span span,
	struct campaigns *known, const struct case_count *of, size_t n, struct err *err)
{
	c->campaigns = n < CASE_CAMPAIGNS_MOST ? n : CASE_CAMPAIGNS_MOST;
	c->campaign = arena_zalloc(&c->memory, c->campaigns + 1, sizeof(*c->campaign));
	int rc = c->campaign ? 0 : err_sys(err, -ENOMEM, "case");

	for (size_t i = 0; i < c->campaigns && rc == 0; i++) {
		struct case_campaign *k = &c->campaign[i];

		k->here = of[i];
		case_claim_end(&k->here.claim);
		rc = read_name(c, k, db, err);
		if (rc == 0)
			rc = read_totals(k, db, span, err);
		if (rc == 0)
			rc = read_bots(c, k, db, span, err);
		if (rc == 0)
			rc = read_advertised(c, k, db, span, err);
		look_up(c, k, known);
	}
	return rc;
}

#define ANSWERS_MOST 20 /* of one notice */

static int read_answers(struct case_file *c, struct case_notice *n, sqlite3 *db, struct err *err)
{
	struct case_query q;
	struct case_answer *list = arena_zalloc(&c->memory, ANSWERS_MOST, sizeof(*list));
	int rc = list ? case_query_open(&q, db,
				"SELECT seq, what, at FROM answer WHERE notice = ?1 "
				"ORDER BY at, seq LIMIT 20",
				err)
		      : err_sys(err, -ENOMEM, "case");

	if (!list)
		return rc;
	if (rc == 0)
		case_query_bind_text(&q, n->name);
	while (rc == 0 && n->answers < ANSWERS_MOST && (rc = case_query_next(&q, err)) > 0) {
		int64_t what = case_query_int(&q, 1);

		rc = 0;
		if (what >= 0 && what < ANSWERS)
			list[n->answers++] = (struct case_answer){(enum answer)what,
				case_query_int(&q, 2), (uint64_t)case_query_int(&q, 0)};
	}
	n->answer = list;
	case_query_close(&q);
	return rc;
}

/* The newest ones, then brought into order of time. What came of a case is told to its end, unless
 * a day was asked for. */
int case_read_notices(struct case_file *c, sqlite3 *db, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, db,
		"SELECT seq, name, at, to_upstreams, recipient, count(*) OVER () FROM notice "
		"WHERE asn = ?1 AND at < ?2 ORDER BY at DESC, seq DESC",
		err);

	c->notice = arena_zalloc(&c->memory, CASE_NOTICES_MOST, sizeof(*c->notice));
	if (rc == 0 && !c->notice)
		rc = err_sys(err, -ENOMEM, "case");
	if (rc == 0)
		case_query_bind(&q, 2, (int64_t)c->asn,
			c->day_asked ? ((int64_t)c->day + 1) * 86400 : INT64_MAX);
	while (rc == 0 && c->notices < CASE_NOTICES_MOST && (rc = case_query_next(&q, err)) > 0) {
		c->notices_all = (size_t)case_query_int(&q, 5);
		c->notice[c->notices++] = (struct case_notice){
			.seq = (uint64_t)case_query_int(&q, 0),
			.name = case_keep(c, case_query_text(&q, 1)),
			.at = case_query_int(&q, 2),
			.to_upstreams = case_query_int(&q, 3) != 0,
			.to = (asn_t)case_query_int(&q, 4),
		};
		rc = 0;
	}
	case_query_close(&q);
	for (size_t i = 0; i < c->notices / 2; i++) {
		struct case_notice one = c->notice[i];

		c->notice[i] = c->notice[c->notices - 1 - i];
		c->notice[c->notices - 1 - i] = one;
	}
	for (size_t i = 0; i < c->notices && rc == 0; i++)
		rc = read_answers(c, &c->notice[i], db, err);
	return rc;
}
