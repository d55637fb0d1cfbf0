/*
 * What the ledger's index has of campaigns. Every query is over the sightings that the filter lets
 * through, each under the campaign that it is part of now.
 */
#include "cli/campaigns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HOUR 3600
#define DAY  86400

/* ?1 since, ?2 until, ?3 kind or -1, ?4 campaign or -1. */
#define CHOSEN                                                                                     \
	" WHERE s.at >= ?1 AND s.at < ?2 AND (?3 < 0 OR s.kind = ?3)"                              \
	" AND s.campaign IN (SELECT id FROM campaign WHERE id = ?4 OR parent = ?4) "

static int fail(sqlite3 *db, struct err *err)
{
	return err_set(err, -EIO, "the ledger's index: %s; 'cordon ledger reindex' makes it again",
		sqlite3_errmsg(db));
}

static int prepare(sqlite3 *db, const char *sql, const struct campaigns_filter *f, int64_t id,
	sqlite3_stmt **ret, struct err *err)
{
	if (sqlite3_prepare_v2(db, sql, -1, ret, NULL) != SQLITE_OK)
		return fail(db, err);
	sqlite3_bind_int64(*ret, 1, f->since);
	sqlite3_bind_int64(*ret, 2, f->until);
	sqlite3_bind_int(*ret, 3, f->kind);
	sqlite3_bind_int64(*ret, 4, id);
	return 0;
}

static struct span text_of(sqlite3_stmt *q, int column)
{
	const void *p = sqlite3_column_text(q, column);

	return (struct span){p, p ? (size_t)sqlite3_column_bytes(q, column) : 0};
}

static uint64_t number_of(sqlite3_stmt *q, int column)
{
	return (uint64_t)sqlite3_column_int64(q, column);
}

/* Ends a statement: 0, what take() returned, or an error of the index. */
static int end(sqlite3 *db, sqlite3_stmt *q, int step, int taken, struct err *err)
{
	int rc = taken ? taken : step == SQLITE_DONE || step == SQLITE_ROW ? 0 : fail(db, err);

	sqlite3_finalize(q);
	return rc;
}

int campaigns_query(sqlite3 *db, const struct campaigns_filter *f, int64_t id,
	int (*take)(void *context, const struct campaign_row *row), void *context,
	uint64_t *ret_small, struct err *err)
{
	static const char *const order[] = {
		"3 DESC, 7 DESC, 2", "7 DESC, 3 DESC, 2", "6, 3 DESC, 2"};
	char sql[1024];
	sqlite3_stmt *q;
	uint64_t small = 0, shown = 0;
	int step, taken = 0;

	snprintf(sql, sizeof(sql),
		"SELECT k.id, k.name, count(*), count(DISTINCT s.host),"
		" count(DISTINCT CASE WHEN n.asn THEN n.asn END), min(s.at), max(s.at)"
		" FROM sighting s JOIN campaign c ON c.id = s.campaign"
		" JOIN campaign k ON k.id = coalesce(c.parent, c.id)"
		" LEFT JOIN network n ON n.id = s.network"
		" WHERE s.campaign IS NOT NULL AND s.at >= ?1 AND s.at < ?2"
		" AND (?3 < 0 OR s.kind = ?3) AND (?4 < 0 OR k.id = ?4)"
		" GROUP BY k.id ORDER BY %s",
		order[f->sort]);
	int rc = prepare(db, sql, f, id, &q, err);

	if (rc < 0)
		return rc;
	while ((step = sqlite3_step(q)) == SQLITE_ROW && !taken) {
		struct campaign_row row = {sqlite3_column_int64(q, 0), text_of(q, 1),
			number_of(q, 2), number_of(q, 3), number_of(q, 4),
			sqlite3_column_int64(q, 5), sqlite3_column_int64(q, 6)};

		if (id < 0 && row.sightings < f->least)
			small += row.sightings;
		else if (!f->most || shown++ < f->most)
			taken = take(context, &row);
	}
	if (ret_small)
		*ret_small = small;
	return end(db, q, step, taken, err);
}

int campaigns_resolve(sqlite3 *db, const char *name, int64_t *ret_id, char ret_name[CAMPAIGN_NAME],
	struct err *err)
{
	sqlite3_stmt *q;
	int found = 0;

	if (sqlite3_prepare_v2(db,
		    "SELECT k.id, k.name FROM campaign c"
		    " JOIN campaign k ON k.id = coalesce(c.parent, c.id) WHERE c.name = ?1",
		    -1, &q, NULL) != SQLITE_OK)
		return fail(db, err);
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	int step = sqlite3_step(q);

	if (step == SQLITE_ROW) {
		*ret_id = sqlite3_column_int64(q, 0);
		snprintf(ret_name, CAMPAIGN_NAME, "%.*s", SPAN_ARG(text_of(q, 1)));
		found = 1;
	}
	int rc = end(db, q, step, 0, err);

	return rc < 0 ? rc : found;
}

int campaigns_list(sqlite3 *db, const struct campaigns_filter *f, int64_t id,
	enum campaign_list list, int (*take)(void *context, const struct campaign_part *part),
	void *context, struct err *err)
{
	static const char *const sql[CAMPAIGN_LISTS] = {
		[CAMPAIGN_NETWORKS] =
			"SELECT '', n.asn, max(n.holder), count(DISTINCT s.host), count(*),"
			" min(s.at), max(s.at) FROM sighting s JOIN network n ON n.id = "
			"s.network" CHOSEN "GROUP BY n.asn ORDER BY 4 DESC, 5 DESC, 2",
		[CAMPAIGN_BOTS] =
			"SELECT h.name, n.asn, n.holder, 1, count(*), min(s.at), max(s.at)"
			" FROM sighting s JOIN network n ON n.id = s.network"
			" JOIN host h ON h.id = s.host" CHOSEN
			"GROUP BY s.host, s.network ORDER BY 5 DESC, 1",
		[CAMPAIGN_ADVERTISED] =
			"SELECT h.name, n.asn, n.holder, 1, count(*), min(s.at), max(s.at)"
			" FROM sighting s JOIN advertised a ON a.seq = s.seq"
			" JOIN network n ON n.id = a.network JOIN host h ON h.id = a.host" CHOSEN
			"GROUP BY a.host, a.network ORDER BY 5 DESC, 1",
	};
	sqlite3_stmt *q;
	int step, taken = 0, rc = prepare(db, sql[list], f, id, &q, err);

	if (rc < 0)
		return rc;
	while ((step = sqlite3_step(q)) == SQLITE_ROW && !taken) {
		struct campaign_part part = {text_of(q, 0), (asn_t)number_of(q, 1), text_of(q, 2),
			number_of(q, 3), number_of(q, 4), sqlite3_column_int64(q, 5),
			sqlite3_column_int64(q, 6)};

		taken = take(context, &part);
	}
	return end(db, q, step, taken, err);
}

int campaigns_merged(sqlite3 *db, int64_t id, int (*take)(void *context, struct span name),
	void *context, struct err *err)
{
	sqlite3_stmt *q;
	int step, taken = 0;

	if (sqlite3_prepare_v2(db, "SELECT name FROM campaign WHERE parent = ?1 ORDER BY name", -1,
		    &q, NULL) != SQLITE_OK)
		return fail(db, err);
	sqlite3_bind_int64(q, 1, id);
	while ((step = sqlite3_step(q)) == SQLITE_ROW && !taken)
		taken = take(context, text_of(q, 0));
	return end(db, q, step, taken, err);
}

/* Steps so that there are neither too many bars nor too few: hours up to four days, days up to four
 * months, then weeks, then as many weeks as it takes. */
static void choose_steps(const struct campaign_row *row, struct campaign_volume *v)
{
	int64_t span = row->last - row->first;

	v->step = span < 4 * DAY ? HOUR : span < 119 * (int64_t)DAY ? DAY : 7 * DAY;
	v->unit = v->step == HOUR  ? "sightings an hour"
		  : v->step == DAY ? "sightings a day"
				   : "sightings a week";
	if (v->step == 7 * DAY && span / v->step >= VOLUME_MOST - 1) {
		v->step *= span / v->step / (VOLUME_MOST - 1) + 1;
		v->unit = "sightings in some weeks each";
	}
	v->from = row->first - ((row->first % v->step) + v->step) % v->step;
	v->bars = (size_t)((row->last - v->from) / v->step) + 1;
	if (v->bars > VOLUME_MOST)
		v->bars = VOLUME_MOST;
}

int campaigns_volume(sqlite3 *db, const struct campaigns_filter *f, const struct campaign_row *row,
	struct campaign_volume *ret, struct err *err)
{
	sqlite3_stmt *q;
	int step;

	*ret = (struct campaign_volume){0};
	choose_steps(row, ret);
	int rc = prepare(db,
		"SELECT (s.at - ?5) / ?6, s.kind, count(*) FROM sighting s" CHOSEN "GROUP BY 1, 2",
		f, row->id, &q, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(q, 5, ret->from);
	sqlite3_bind_int64(q, 6, ret->step);
	while ((step = sqlite3_step(q)) == SQLITE_ROW) {
		uint64_t bar = number_of(q, 0), kind = number_of(q, 1);

		if (bar < ret->bars && kind < SIGHTING_KINDS)
			ret->value[bar][kind] += (double)number_of(q, 2);
	}
	return end(db, q, step, 0, err);
}
