/* What speaks for a network, and what we do not know: sentences that page, paper and JSON share. */
#ifndef CORDON_CASE_CASE_POINTS_H
#define CORDON_CASE_CASE_POINTS_H

#include "base/buf.h"
#include "case/case.h"

/* One point: a name for programs, a sentence for people. Static name; words last for the call. */
typedef void case_point_fn(void *context, const char *name, struct span words);

/* Calls tell() for every point that holds. Return how many did. Names: docs/formats/case.md. */
size_t case_points_for(const struct case_file *c, case_point_fn *tell, void *context);
size_t case_points_unknown(const struct case_file *c, case_point_fn *tell, void *context);

/* "2026-11-23". */
void case_points_day(struct buf *to, int32_t day);

#endif
