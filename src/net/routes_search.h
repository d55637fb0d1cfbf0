/* What a search for routes holds; shared by routes*.c alone. */
#ifndef CORDON_NET_ROUTES_SEARCH_H
#define CORDON_NET_ROUTES_SEARCH_H

#include "net/routes.h"
#include "net/routes_layout.h"

/* Stands for the class of core nodes that refuse while a search goes on: they have one, so they
 * take none. */
#define ROUTE_BARRED UINT8_MAX

struct routes {
	const struct routes_layout *layout;
	struct routes_layout own; /* what layout points to, unless it is shared */
	uint32_t *queue;          /* queue[core + 1]: of the core, in the order they were found */
	uint8_t *class;           /* class[N], by place */
	uint8_t *gives;           /* gives[core]: the class that a leaf gets from a core node */
	struct route *route;      /* route[core], by place; next is a node */
	uint64_t *offer;          /* offer[core]: see below */
};

/* A search for best routes. */
struct best {
	struct routes *r;
	const struct routes_layout *l; /* the routes' */
	const struct barrier *barrier;
	uint32_t origin;   /* node */
	struct route *out; /* out[N], by node */
	uint32_t tail;     /* nodes in the queue */
	uint32_t above;    /* the first ones, which have customer routes */
};

/*
 * What a core node offers to its customers, as one number that is the less the better: class and
 * hops of the route that they would have above, the node below. (With the ties on top it is the
 * route.) Origins offer nothing here.
 */
#define NO_OFFER UINT64_MAX

static inline uint16_t offer_hops(uint64_t offer)
{
	return (uint16_t)(offer >> 32);
}

/*
 * A search in three steps. routes_best_core() finds the routes of the core and what each offers.
 * Then every leaf takes the best that its providers offer, with those that tie: routes_best_of()
 * is its route. routes_best_leaves() ends it with what is better than a provider's route: from
 * peers, and straight from the origin.
 */
void routes_best_core(struct best *s);
struct route routes_best_of(const uint64_t *offer, const uint32_t *providers, uint32_t n);
void routes_best_leaves(struct best *s);

/* Neighbours of a node of the graph: the kinds from .. to - 1. */
static inline struct nodes routes_kinds(
	const struct graph *g, uint32_t node, enum link_kind from, enum link_kind to)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return (struct nodes){g->col + row[from], row[to] - row[from]};
}

/* A search over a layout that somebody else owns and that outlives it. Returns 0 or -ENOMEM. */
int routes_new_shared(const struct routes_layout *layout, struct routes **ret_routes);

#endif
