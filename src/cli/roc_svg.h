/* The ROC curve as a picture. */
#ifndef CORDON_CLI_ROC_SVG_H
#define CORDON_CLI_ROC_SVG_H

#include "base/buf.h"
#include "judge/roc.h"

/*
 * Appends an SVG of the curve p[n]: ham lost against spam missed, both on a logit scale as the TREC
 * spam track drew them, so that the corner which matters is not a dot. title is one line; the point
 * `at` is marked as the threshold in force.
 */
void roc_svg(struct buf *to, const struct roc_point *p, size_t n, struct roc_point at,
	const char *title);

#endif
