/* Dates of headers: RFC 5322, 3.3, its obsolete forms (4.3), and the asctime of mbox From lines. */
#ifndef CORDON_MAIL_DATE_H
#define CORDON_MAIL_DATE_H

#include "base/span.h"

#include <stdint.h>

struct mail_date {
	int64_t unix_s;   /* seconds since 1970 UTC */
	int16_t zone_min; /* minutes east of UTC as written; 0 for unknown zones */
	bool odd;         /* readable, but not as RFC 5322 wants it (two-digit year, unknown zone,
	                     wrong weekday, a day that the month lacks, zone over 14 hours, ...) */
};

/* Reads a date. Returns 0, or -EINVAL when no reading makes sense. */
int date_parse(struct span s, struct mail_date *ret_date);

#endif
