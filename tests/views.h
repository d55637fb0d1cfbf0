/*
 * What vantage points would see of a graph: the best paths (net/routes.h) from each of them to
 * every AS, as a collector would get them. So inference can be held against a truth.
 */
#ifndef CORDON_TESTS_VIEWS_H
#define CORDON_TESTS_VIEWS_H

#include "base/random.h"
#include "net/graph.h"
#include "net/paths.h"

/*
 * A made-up Internet of n ASes (at least 400) as it is drawn in textbooks: a clique of 12, carriers
 * (3 %) that buy from it and from each other and peer a lot, regional networks (one in eight), and
 * stubs that buy in their region; in six regions. Whom one buys from is drawn by how many buy there
 * already. AS numbers are in no order, and none is known to need no transit. The same n and seed
 * give the same graph. Ends the test when memory is short; the caller closes it.
 */
struct graph *views_internet(uint32_t n, uint32_t seed);

struct view {
	uint32_t node;
	bool partial; /* it gives its own routes and those of its customers only */
};

/* Where vantage points are picked from. */
enum view_pick {
	VIEW_LARGE,   /* the AS outside the clique with most peers that is not yet one */
	VIEW_TRANSIT, /* any with customers */
	VIEW_ANY,
};

/* Adds n different vantage points to view[*at ..], which has room for them. Ends the test when the
 * graph has not so many. */
void views_pick(const struct graph *g, struct random *r, enum view_pick pick, bool partial,
	size_t n, struct view *view, size_t *at);

/*
 * The paths of all vantage points to all ASes, and so many more that customers with two providers
 * leaked: a route of the one told to the other. Ends the test when memory is short; the caller
 * closes the paths. Cost: a search of the graph an AS.
 */
struct paths *views_paths(const struct graph *g, const struct view *view, size_t n, size_t leaks,
	struct random *r, int32_t day);

#endif
