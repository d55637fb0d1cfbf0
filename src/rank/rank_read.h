/*
 * The rank of what the ledger holds: its index and the tables of the shelf become the arrays of
 * rank.h.
 */
#ifndef CORDON_RANK_RANK_READ_H
#define CORDON_RANK_RANK_READ_H

#include "base/buf.h"
#include "base/err.h"
#include "net/announced.h"
#include "net/shelf.h"
#include "rank/rank.h"

#include <sqlite3.h>

enum rank_by { RANK_BY_AS, RANK_BY_PREFIX, RANK_BY_HOLDER };

struct rank_question {
	int32_t day;    /* what was seen up to and on it; tables nearest it */
	int32_t window; /* days; 0: RANK_WINDOW. Four windows are read, for stays and the change */
	enum rank_by by;
	bool known;    /* only what the ledger had by then, by its own clock */
	int32_t split; /* no stay is told to last over the end of this day, so that what was known
			  then is told apart from what was seen later; 0: none */
	unsigned threads; /* 0: all cores, 8 at most */
};

/* Whose number network i is. Spans are the reading's. */
struct rank_name {
	asn_t asn;            /* of one of its networks, 0: of several */
	struct prefix prefix; /* family IP_NONE but for RANK_BY_PREFIX */
	struct span holder;   /* may be empty */
};

struct rank_reading {
	struct rank_world world; /* for rank(); its arrays are owned here */
	struct rank_name *name;  /* name[world.networks] */
	char **source;           /* source[sources]: names by number, ascending */
	size_t sources;
	uint64_t sightings;          /* that were read: of the days asked for */
	uint64_t unattributed;       /* of them in no network that is known */
	int32_t first_day, last_day; /* of them; 0 when there are none */
	int32_t table_days_off; /* how far the table of sizes is from the day; -1: there is none */
	struct announced *announced; /* own */
	struct rank_notice *notice;
	struct rank_network *network;
	struct rank_seen *seen;
	struct buf words; /* that spans of names are of, where no table holds them */
};

/*
 * Reads. shelf may be NULL: then no size is known, and only networks that were seen are there.
 * Returns 0; -ENOMEM; -EBADMSG for an index that is none, with a sentence. Cost: a pass over the days
 * of hosts in the epochs asked for (ledger/index_seen.h), by several threads with connections of
 * their own. Memory: 28 bytes for each stay of a host, and while it reads twice that for what one
 * thread reads, 1 byte a host of the index and 4 KiB for each run of its entries.
 */
int rank_read(sqlite3 *db, const struct shelf *shelf, const struct rank_question *q,
	struct rank_reading *ret_reading, struct err *err);
void rank_read_done(struct rank_reading *r);

/* The number of an AS in a reading by AS; false when it has none. */
bool rank_read_find(const struct rank_reading *r, asn_t asn, uint32_t *ret_network);

#endif
