/* Which network of the index is which network of the rank: by AS, by prefix or by holder; with
 * their sizes by the table of the day. */
#ifndef CORDON_RANK_RANK_GROUP_H
#define CORDON_RANK_RANK_GROUP_H

#include "ledger/record.h"
#include "rank/rank_read.h"

#define GROUP_NONE UINT32_MAX

/* Empty at first; groups_done() in any case. */
struct rank_groups {
	uint32_t *of; /* of[ids], by the index's number of a network */
	size_t ids;
	uint32_t *slot; /* a table by name */
	size_t slots, room;
	enum rank_by by;
	struct rank_reading *r;
};

/*
 * Makes them, and in the reading: names, sizes, and how far the table is off. Returns 0 or a
 * negative errno with a sentence. Cost: the table of the day, and the networks of the index.
 */
int groups_make(struct rank_groups *g, sqlite3 *db, const struct shelf *shelf,
	const struct rank_question *q, struct rank_reading *r, struct err *err);
void groups_done(struct rank_groups *g);

/* By the index's number; by an AS (by AS alone). GROUP_NONE when there is none. */
uint32_t group_of(const struct rank_groups *g, size_t id);
uint32_t group_of_asn(const struct rank_groups *g, asn_t asn);

#endif
