/* Dates as lists and reports write them. */
#ifndef CORDON_TRACE_FEED_WHEN_H
#define CORDON_TRACE_FEED_WHEN_H

#include "base/span.h"

#include <stdint.h>

enum feed_precision { FEED_SECOND, FEED_DAY, FEED_OF_MONTH };

#define FEED_EARLIEST 315532800LL  /* 1980-01-01, as of sightings */
#define FEED_LATEST   7258118399LL /* 2199-12-31 */

struct feed_when {
	int64_t at; /* seconds since 1970 UTC; the first of a day or month */
	enum feed_precision precision;
};

/*
 * Reads RFC 3339 with or without a zone (without: UTC), a blank for its T, "2026-08-22",
 * "2026/08/22", "20260822", seconds or milliseconds since 1970, "2008-09" and "2008-09/10" (the
 * first month), and dates of mail (RFC 5322). Returns 0; -ENOENT for an empty text and for words
 * that say there is none ("-", "null", "none", "n/a"); -EINVAL, also for times out of the bounds
 * above.
 */
int feed_when_parse(struct span text, struct feed_when *ret_when);

/* The date that a comment line of a list tells, "# Last update: Sat, 22 Aug 2026 03:00:29 +0200";
 * not one of expiry. False when it tells none. */
bool feed_when_comment(struct span line, struct feed_when *ret_when);

#endif
