/* What a search for routes holds; shared by routes*.c alone. */
#ifndef CORDON_NET_ROUTES_SEARCH_H
#define CORDON_NET_ROUTES_SEARCH_H

#include "net/routes.h"
#include "net/routes_layout.h"

/* Stands for the class of core nodes that refuse while a search goes on: they have one, so they
 * take none. */
#define ROUTE_BARRED UINT8_MAX

struct routes {
	const struct layout *layout;
	struct layout own;   /* what layout points to, unless it is shared */
	uint32_t *queue;     /* queue[core + 1]: of the core, in the order they were found */
	uint8_t *class;      /* class[N], by place */
	uint8_t *gives;      /* gives[core]: the class that a leaf gets from a core node */
	struct route *route; /* route[core], by place; next is a node */
	uint64_t *offer;     /* offer[core]: the same as a route */
};

/* Neighbours of a node of the graph: the kinds from .. to - 1. */
static inline struct nodes graph_kinds(
	const struct graph *g, uint32_t node, enum link_kind from, enum link_kind to)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return (struct nodes){g->col + row[from], row[to] - row[from]};
}

/* A search over a layout that somebody else owns and that outlives it. Returns 0 or -ENOMEM. */
int routes_new_shared(const struct layout *layout, struct routes **ret_routes);

#endif
