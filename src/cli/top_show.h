/* What the gateway is doing, as a screen of text. */
#ifndef CORDON_CLI_TOP_SHOW_H
#define CORDON_CLI_TOP_SHOW_H

#include "base/buf.h"

#include <jansson.h>
#include <stdint.h>

/*
 * Appends some twenty lines of at most `width` columns. now: an answer of /api/v1/status; before:
 * an earlier one of the same gateway, `seconds` older, for the rates; NULL: none, then rates are
 * the mean since it was started, by `clock`, seconds since 1970. What an answer lacks counts as 0.
 */
void top_show(struct buf *to, const json_t *now, const json_t *before, double seconds,
	int64_t clock, int width);

#endif
