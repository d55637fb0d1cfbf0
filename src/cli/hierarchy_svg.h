/* Draws a hierarchy: boxes of networks, the links between them, and a legend. */
#ifndef CORDON_CLI_HIERARCHY_SVG_H
#define CORDON_CLI_HIERARCHY_SVG_H

#include "cli/atlas.h"
#include "cli/hierarchy.h"

/* How a network is drawn; each differs in more than its colour, so it prints in grey. */
enum box_look {
	LOOK_PLAIN,   /* nothing is said of it */
	LOOK_TARGET,  /* whom the picture is about */
	LOOK_REACHES, /* has a route to a target */
	LOOK_APART,   /* has none */
	LOOK_REFUSES, /* refuses to carry the targets */
	LOOKS,
};

/* One picture of a hierarchy, its upper left corner at x, y. */
struct hierarchy_panel {
	const struct hierarchy *h;
	const struct atlas *atlas;
	const uint8_t *look; /* look[boxes]: enum box_look */
	const bool *stops;   /* stops[boxes]: its links with targets have ended */
	double x, y;
};

/* How much room one takes. */
double hierarchy_svg_width(const struct hierarchy *h);
double hierarchy_svg_height(const struct hierarchy *h);

/* Appends one, with what is not shown said below. */
void hierarchy_svg(struct buf *to, const struct hierarchy_panel *p);

/*
 * Appends what boxes and lines of n panels mean, those alone that they have, wrapped at a width.
 * Returns the height that it took.
 */
double hierarchy_svg_legend(struct buf *to, const struct hierarchy_panel *p, size_t n, double x,
	double y, double width);

#endif
