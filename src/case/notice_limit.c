/*
 * What was sent is put together from both sides by name: the ledger's table of notices, and the
 * folders with a mark. The ledger knows the network that a notice went to, the folder also the
 * address; when a folder is gone, its network stands for the address.
 */
#include "case/notice_limit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define HOUR 3600
#define DAY  86400

struct count {
	const char *state_dir;
	const struct notice_limits *limits;
	const struct notice_meta *meta;
	int64_t now;
	int64_t network_at; /* the newest about the network to that recipient */
	char network_name[NOTICE_NAME_MOST + 1];
	long contact, hour; /* how many within the day, the hour */
	int64_t contact_oldest, hour_oldest;
};

static bool shares_address(const struct contact *a, const struct contact *b)
{
	for (size_t i = 0; i < a->mails; i++)
		for (size_t k = 0; k < b->mails; k++)
			if (span_eq_nocase(span_cstr(a->mail[i]), span_cstr(b->mail[k])))
				return true;
	return false;
}

static void look(struct count *c, const char *name, asn_t asn, asn_t to, int64_t at)
{
	struct notice_meta other;
	bool same_contact = to == c->meta->to;

	if (!strcmp(name, c->meta->name))
		return;
	if (!same_contact && c->now - at < DAY &&
		notice_store_get(c->state_dir, name, &other, NULL, NULL) == 0)
		same_contact = shares_address(&other.contact, &c->meta->contact);
	if (asn == c->meta->asn && to == c->meta->to && at > c->network_at) {
		c->network_at = at;
		snprintf(c->network_name, sizeof(c->network_name), "%s", name);
	}
	if (same_contact && c->now - at < DAY) {
		c->contact++;
		if (!c->contact_oldest || at < c->contact_oldest)
			c->contact_oldest = at;
	}
	if (c->now - at < HOUR) {
		c->hour++;
		if (!c->hour_oldest || at < c->hour_oldest)
			c->hour_oldest = at;
	}
}

static bool in_ledger(sqlite3 *db, const char *name)
{
	sqlite3_stmt *q;
	bool found = false;

	if (sqlite3_prepare_v2(db, "SELECT 1 FROM notice WHERE name = ?1", -1, &q, NULL) ==
		SQLITE_OK) {
		sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
		found = sqlite3_step(q) == SQLITE_ROW;
	}
	sqlite3_finalize(q);
	return found;
}

static int look_ledger(sqlite3 *db, struct count *c, struct err *err)
{
	int64_t oldest = c->now - DAY * (c->limits->network_days > 1 ? c->limits->network_days : 1);
	sqlite3_stmt *q;
	int step;

	if (sqlite3_prepare_v2(db, "SELECT name, asn, recipient, at FROM notice WHERE at >= ?1", -1,
		    &q, NULL) != SQLITE_OK)
		return err_set(
			err, -EIO, "the ledger's index cannot be read: %s", sqlite3_errmsg(db));
	sqlite3_bind_int64(q, 1, oldest);
	while ((step = sqlite3_step(q)) == SQLITE_ROW)
		look(c, (const char *)sqlite3_column_text(q, 0), (asn_t)sqlite3_column_int64(q, 1),
			(asn_t)sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3));
	sqlite3_finalize(q);
	return step == SQLITE_DONE ? 0
				   : err_set(err, -EIO, "the ledger's index cannot be read: %s",
					     sqlite3_errmsg(db));
}

/* What the relay has, or may have, and the ledger has not. */
static int look_store(sqlite3 *db, struct count *c, struct err *err)
{
	char **names;
	size_t n;
	int64_t at;
	int rc = notice_store_names(c->state_dir, &names, &n, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		struct notice_meta m;

		if ((notice_store_marked(c->state_dir, names[i], "accepted", &at, NULL, 0) ||
			    notice_store_marked(c->state_dir, names[i], "sending", &at, NULL, 0)) &&
			!in_ledger(db, names[i]) &&
			notice_store_get(c->state_dir, names[i], &m, NULL, NULL) == 0)
			look(c, names[i], m.asn, m.to, at);
		free(names[i]);
	}
	free(names);
	return 0;
}

static void when(int64_t at, char to[SIGHTING_TIME_TEXT])
{
	sighting_time_format(at, to);
}

int notice_limit(sqlite3 *db, const char *state_dir, const struct notice_limits *limits,
	const struct notice_meta *meta, int64_t now, char said[256], struct err *err)
{
	struct count c = {.state_dir = state_dir, .limits = limits, .meta = meta, .now = now};
	int64_t network_days = (int64_t)limits->network_days * DAY;
	char text[SIGHTING_TIME_TEXT];
	int rc = look_ledger(db, &c, err);

	if (rc == 0)
		rc = look_store(db, &c, err);
	if (rc < 0)
		return rc;
	if (c.network_at && now - c.network_at < network_days) {
		when(c.network_at + network_days, text);
		snprintf(said, 256,
			"AS%u was written to about AS%u by %s, and gets one notice in %ld %s; "
			"the next "
			"may go at %s",
			meta->to, meta->asn, c.network_name, limits->network_days,
			limits->network_days == 1 ? "day" : "days", text);
		return 0;
	}
	if (c.contact >= limits->contact_daily) {
		when(c.contact_oldest + DAY, text);
		snprintf(said, 256,
			"AS%u or its address got %ld within a day, and no more than %ld "
			"may go; the next may go at %s",
			meta->to, c.contact, limits->contact_daily, text);
		return 0;
	}
	if (c.hour >= limits->hourly) {
		when(c.hour_oldest + HOUR, text);
		snprintf(said, 256,
			"%ld %s went within the hour, and no more than %ld may; the "
			"next may go at %s",
			c.hour, c.hour == 1 ? "notice" : "notices", limits->hourly, text);
		return 0;
	}
	return 1;
}
