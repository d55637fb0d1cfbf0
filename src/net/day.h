/* Days, counted from 1970-01-01: the date of a table is no finer. */
#ifndef CORDON_NET_DAY_H
#define CORDON_NET_DAY_H

#include "base/span.h"

#include <stdint.h>

/* Room for "2008-11-11" and its NUL. */
#define DAY_TEXT 16

/* Reads "2008-11-11" or "20081111", years 1980 to 2199. Returns 0 or -EINVAL. */
int day_parse(struct span s, int32_t *ret_day);

/* Writes "2008-11-11" and returns it. */
const char *day_format(int32_t day, char to[DAY_TEXT]);

/*
 * The last date in a text such as a path, "2008-11-11" or "20081111", that is no part of a longer
 * run of digits, but an hour may stand behind it ("2008111106", "200811110644").
 * Returns true and *ret_day, or false when there is none.
 */
bool day_find(struct span text, int32_t *ret_day);

#endif
