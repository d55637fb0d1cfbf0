/*
 * A graph laid out for searches (routes.h). Most ASes are leaves: nobody buys from them and they
 * have no siblings, so they hand no route down, and the only ones they have to hand on are their
 * own. Searches walk the others, the core, which is small enough for the near caches; what
 * providers give to leaves is found in one sweep over these.
 *
 * Nodes have places here: those of the core first, providers before their customers where there are
 * no circles, then leaves by how many providers they have, so that a sweep over them has no lengths
 * to read.
 */
#ifndef CORDON_NET_ROUTES_LAYOUT_H
#define CORDON_NET_ROUTES_LAYOUT_H

#include "net/graph.h"

/* The neighbours of a core node. Providers and siblings are of the core always. */
enum routes_layout_kind {
	LAYOUT_PROVIDER,
	LAYOUT_SIBLING,
	LAYOUT_CUSTOMER, /* of the core */
	LAYOUT_PEER,     /* of the core */
	LAYOUT_LEAF,     /* peers that are leaves */
	LAYOUT_KINDS
};

/* Leaves with the same number of providers; they stand side by side. */
struct leaves {
	uint32_t first, n;  /* places */
	uint32_t providers; /* of each */
	const uint32_t *up; /* up[n * providers]: places, of each leaf by AS number */
};

struct routes_layout {
	const struct graph *g;
	uint32_t core;   /* places below are of the core, the others of leaves */
	bool circles;    /* there are siblings or circles of providers; if not, each node of the
			    core stands before its customers */
	uint32_t *node;  /* node[N]: the graph's node at a place; leaves of a run ascend */
	uint32_t *place; /* place[N]: of each of the graph's nodes */
	uint32_t *row;   /* row[LAYOUT_KINDS * core + 1] */
	uint32_t *col;   /* places */
	uint32_t *up;    /* places of all leaves' providers */
	struct leaves *leaves;
	size_t runs; /* leaves[runs] */
};

/* Returns 0 or -ENOMEM. The graph must outlive it. Cost: some passes over the links. Memory: 8
 * bytes a node and about as much a link. */
int routes_layout_init(struct routes_layout *l, const struct graph *g);
void routes_layout_done(struct routes_layout *l);

/* Neighbours of a core node: the kinds from .. to - 1. */
static inline struct nodes routes_layout_neighbours(const struct routes_layout *l, uint32_t place,
	enum routes_layout_kind from, enum routes_layout_kind to)
{
	const uint32_t *row = l->row + LAYOUT_KINDS * (size_t)place;

	return (struct nodes){l->col + row[from], row[to] - row[from]};
}

#endif
