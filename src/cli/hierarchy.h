/*
 * The hierarchy above some networks (the targets), laid out for a picture: who sells them transit,
 * who sells those transit, and so on to the top; their peers at the side. Here is which networks
 * are shown and where each stands; colours and shapes are hierarchy_svg.h's. Two pictures of one
 * hierarchy so have everything in the same place.
 *
 * The picture is bounded, whatever the graph: what does not fit is counted.
 */
#ifndef CORDON_CLI_HIERARCHY_H
#define CORDON_CLI_HIERARCHY_H

#include "net/graph.h"

#define HIERARCHY_BOXES_MOST 60 /* targets, networks above, peers together */
#define HIERARCHY_ROW_MOST   7  /* boxes side by side */

enum hierarchy_role { HIERARCHY_TARGET, HIERARCHY_ABOVE, HIERARCHY_PEER };

/* A network that is shown. */
struct hierarchy_box {
	uint32_t node;
	enum hierarchy_role role;
	uint32_t level;   /* 0 for the top; else one more than the highest number of what is
			     above it. Peers stand on the targets' level, the last */
	uint32_t row;     /* rows of the picture, from the top; a level may take several */
	double x;         /* its middle, 0 .. columns */
	uint32_t more_up; /* providers that are not shown */
};

/* A link that is shown. Of provider and customer `from` is the customer. */
struct hierarchy_line {
	uint32_t from, to;    /* boxes; `to` is never below `from` */
	enum link_kind kind;  /* what `to` is to `from` */
	uint32_t bend, bends; /* the bends on its way up: bend[bend .. bend + bends - 1] */
};

/* Where a line passes a row between the boxes that stand there. */
struct hierarchy_bend {
	uint32_t row;
	double x;
};

struct hierarchy {
	struct hierarchy_box *box;
	uint32_t boxes;
	struct hierarchy_line *line;
	uint32_t lines;
	struct hierarchy_bend *bend;
	uint32_t bends;
	uint32_t levels, rows;
	double columns;        /* width, in boxes with the gap beside */
	uint32_t above;        /* networks above the targets, shown or not */
	uint32_t more_targets; /* not shown */
	uint32_t more_above;
	uint32_t more_peers;
};

/*
 * Lays out the hierarchy above targets[ntargets], at least one. Those of pinned[] (may be NULL)
 * that are in it are shown before others. Returns 0 or -ENOMEM. The same graph and question give
 * the same layout. Cost: the links above the targets, and a bounded rest.
 */
int hierarchy_new(const struct graph *g, const uint32_t *targets, size_t ntargets,
	const uint32_t *pinned, size_t npinned, struct hierarchy *ret_hierarchy);
void hierarchy_done(struct hierarchy *h);

#endif
