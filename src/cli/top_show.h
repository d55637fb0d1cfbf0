/* What the gateway is doing, as a screen of text. */
#ifndef CORDON_CLI_TOP_SHOW_H
#define CORDON_CLI_TOP_SHOW_H

#include "base/buf.h"

#include <jansson.h>
#include <stdint.h>

/* An answer of /api/v1/status, and how many seconds it came before the one that is shown. */
struct top_answer {
	const json_t *status; /* NULL: there is none */
	double ago;
};

/*
 * Appends some twenty lines of at most `width` columns. now: the answer to show; last and minute:
 * earlier ones of the same gateway, the one before for the rates, one from up to a minute ago for
 * the delays; without them rates and delays are since it was started, by `clock`, seconds since
 * 1970. What an answer lacks counts as 0.
 */
void top_show(struct buf *to, const json_t *now, struct top_answer last, struct top_answer minute,
	int64_t clock, int width);

#endif
