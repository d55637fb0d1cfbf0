/* How a rank is written: for a person, for a program, as a picture. */
#ifndef CORDON_CLI_RANK_SHOW_H
#define CORDON_CLI_RANK_SHOW_H

#include "base/buf.h"
#include "rank/rank_judge.h"
#include "rank/rank_read.h"

#include <jansson.h>

/* A rank and what it is of. */
struct rank_shown {
	const struct rank_question *question;
	const struct rank_options *options;
	const struct rank_reading *reading;
	const struct rank_result *result;
	size_t most; /* networks that are shown */
};

/* "12.5", "1,240", "0.003": three digits that count. */
void rank_number(struct buf *to, double x);

/* "AS64500 Brackwater Hosting Ltd", a prefix, or a holder; cleaned, in at most `most` columns. */
void rank_network_name(struct buf *to, const struct rank_shown *s, uint32_t network, int most);

/* What it rests on, in sentences; then the table, in `width` columns. */
void rank_text(struct buf *to, const struct rank_shown *s, int width);

/* One network in words and numbers, such that the figures can be made again. False when nothing was
 * seen of it: then that is said. */
bool rank_explain(struct buf *to, const struct rank_shown *s, uint32_t network);

/* All of it as one object; with `network` below the number of networks, of that one alone. NULL
 * when memory is short. */
json_t *rank_json(const struct rank_shown *s, uint32_t network);

/* The first networks with their intervals on a logarithmic axis. */
void rank_svg(struct buf *to, const struct rank_shown *s);

/* A judgement as a table, and as an object. */
void rank_judgement_text(struct buf *to, const struct rank_judgement *j);
json_t *rank_judgement_json(const struct rank_judgement *j);

#endif
