/*
 * How often somebody is written to. The rules are kept across runs by what was sent: the ledger's
 * notices, and marks of sending that the ledger may not have yet (notice_store.h).
 */
#ifndef CORDON_CASE_NOTICE_LIMIT_H
#define CORDON_CASE_NOTICE_LIMIT_H

#include "case/notice_store.h"

#include <sqlite3.h>

struct notice_limits {
	long network_days;  /* about one network to one recipient: one in so many days */
	long contact_daily; /* to one recipient (network or address), in 24 hours */
	long hourly;        /* to anybody, in an hour */
};

/*
 * Whether that notice may go now. Returns 1, or 0 with a sentence in `said` which says why not and
 * from when on; or a negative errno with a sentence in err. Cost: the notices of network_days.
 */
int notice_limit(sqlite3 *db, const char *state_dir, const struct notice_limits *limits,
	const struct notice_meta *meta, int64_t now, char said[256], struct err *err);

#endif
