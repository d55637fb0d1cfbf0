/* What the files of `cordon campaigns` share: which campaigns are asked for, and what the ledger's
 * index has of them. */
#ifndef CORDON_CLI_CAMPAIGNS_H
#define CORDON_CLI_CAMPAIGNS_H

#include "cli/site.h"
#include "judge/campaign.h"
#include "net/asn.h"

/* Which sightings count, and which campaigns are shown in which order. */
struct campaigns_filter {
	int64_t since, until; /* until: the first second that does not count */
	int kind;             /* enum sighting_kind, -1: any */
	uint64_t least;       /* sightings that a campaign must have */
	int sort;             /* 0 size, 1 last, 2 first */
	uint64_t most;        /* campaigns; 0: all */
};

/* What all files need. */
struct campaigns_asked {
	struct site site;
	struct campaigns *campaigns;
	struct campaigns_filter filter;
	bool json;
	const char *svg; /* NULL for none, "-": nothing but it on standard output */
	int width;
};

struct campaign_row {
	int64_t id;
	struct span name; /* the statement's until its next step */
	uint64_t sightings, hosts, networks;
	int64_t first, last;
};

/*
 * Calls take() for each campaign that the filter chooses, in its order, until that returns other
 * than 0, which is returned; id: that one alone, whatever its size; -1: all. *ret_small (may be
 * NULL) is how many sightings are in campaigns that are under the least. Returns 0 or a negative
 * errno with a sentence.
 */
int campaigns_query(sqlite3 *db, const struct campaigns_filter *f, int64_t id,
	int (*take)(void *context, const struct campaign_row *row), void *context,
	uint64_t *ret_small, struct err *err);

/* The campaign of a name, or that which it turned out to be part of: its id and, in *ret_name, its
 * own name. Returns 1, 0 when the index has none, or a negative errno. */
int campaigns_resolve(sqlite3 *db, const char *name, int64_t *ret_id, char ret_name[CAMPAIGN_NAME],
	struct err *err);

/* A row of one of the lists about a campaign. */
struct campaign_part {
	struct span name;   /* address, prefix or host; empty for networks */
	asn_t asn;          /* 0: not known */
	struct span holder; /* may be empty */
	uint64_t hosts;     /* of networks */
	uint64_t sightings;
	int64_t first, last;
};

enum campaign_list { CAMPAIGN_NETWORKS, CAMPAIGN_BOTS, CAMPAIGN_ADVERTISED, CAMPAIGN_LISTS };

/* Those of a campaign, the most first; as campaigns_query(). */
int campaigns_list(sqlite3 *db, const struct campaigns_filter *f, int64_t id,
	enum campaign_list list, int (*take)(void *context, const struct campaign_part *part),
	void *context, struct err *err);

/* Names that turned out to be part of it. */
int campaigns_merged(sqlite3 *db, int64_t id, int (*take)(void *context, struct span name),
	void *context, struct err *err);

/* Its volume: value[bars][kinds], in steps of so many seconds from a time on. */
#define VOLUME_MOST 120
struct campaign_volume {
	int64_t from, step; /* seconds; from is a multiple of step but for weeks */
	const char *unit;   /* "sightings an hour" */
	size_t bars;        /* 1 .. VOLUME_MOST */
	double value[VOLUME_MOST][SIGHTING_KINDS];
};
int campaigns_volume(sqlite3 *db, const struct campaigns_filter *f, const struct campaign_row *row,
	struct campaign_volume *ret, struct err *err);

/* "2026-10-09", or with the hour when steps are shorter than a day. */
void campaigns_bar_label(const struct campaign_volume *v, size_t bar, struct buf *to);

/* Shows one: text, an object, the picture. Returns an exit code. */
int campaigns_show_one(struct campaigns_asked *q, const char *name);

/* The volume as a picture. */
void campaigns_svg(struct buf *to, const struct campaign_row *row, const struct campaign_volume *v);

/* "3 days", for people; a time as a day and minute. */
void campaigns_time(struct buf *to, int64_t at);

#endif
