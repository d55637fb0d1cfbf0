/*
 * Routes in the AS graph under the policy of Gao and Rexford ("Stable Internet Routing Without
 * Global Coordination", ToN 2001): an AS prefers routes of customers to those of peers to those of
 * providers; then shorter ones; then the lowest next AS number. It gives routes of its customers to
 * everybody and all others to its customers only. So a path is valley-free: up, at most one link of
 * peers, down. Siblings are as one network: a route keeps its class across a link of siblings, in
 * either direction, and the link counts as a hop.
 */
#ifndef CORDON_NET_ROUTES_H
#define CORDON_NET_ROUTES_H

#include "net/graph.h"

/* How an AS has a route; a better one is a smaller number but for none. */
enum route_class { ROUTE_NONE, ROUTE_ORIGIN, ROUTE_CUSTOMER, ROUTE_PEER, ROUTE_PROVIDER };

const char *route_class_name(enum route_class c); /* "customer", ... ; static */

/*
 * What stands in the way of routes. Both arrays may be NULL. A node that refuses takes no route to
 * the origins from anybody, and gives none; an origin that refuses is none. A node that is parted
 * takes none straight from an origin, whichever, but may have one through others; being parted
 * changes nothing for an origin.
 */
struct barrier {
	const uint8_t *refuses; /* refuses[N] */
	const uint8_t *parted;  /* parted[N] */
};

/* Best routes are followed no further than this (reach has no bound). A BGP message has at most
 * 65,535 bytes (RFC 8654) and needs four for each AS of a path (RFC 6793), so no real one comes
 * near. */
#define ROUTE_HOPS_MOST (UINT16_MAX - 1)

/* Room for searches in one graph, for one thread. */
struct routes;

/* Returns 0 or -ENOMEM. Memory: about 10 bytes a node and 8 a link. Cost: some passes over the
 * links, as much as some twenty searches; so make it once. The graph must outlive it. */
int routes_new(const struct graph *g, struct routes **ret_routes);
void routes_free(struct routes *r);

/*
 * Which nodes have any route to any of origins[n] (which count as reached, unless they refuse; one
 * named twice counts once). Writes enum route_class to class[N]: the best class there is. Returns
 * how many nodes are reached, origins included. Cost: the links of transit once and those of peers
 * of the nodes above the origins.
 */
uint32_t routes_reach(struct routes *r, const uint32_t *origins, size_t n,
	const struct barrier *barrier, uint8_t *ret_class);

/*
 * The best route of a node. Over a neighbour it is one link longer than the neighbour's own best
 * route, so following `next` takes exactly `hops` steps, never passes a node twice, and ends at the
 * origin, whatever circles there are in the graph.
 */
struct route {
	uint32_t next; /* node; GRAPH_NONE at the origin and where there is no route */
	uint16_t hops; /* links to the origin */
	uint8_t class; /* enum route_class */
	uint8_t ties; /* other neighbours whose route has the same class and length; 255 for more */
};

/*
 * The best route of every node to one origin, into ret_route[N]. barrier may be NULL. Cost: as
 * routes_reach(), some three times.
 */
void routes_best(
	struct routes *r, uint32_t origin, const struct barrier *barrier, struct route *ret_route);

/* Which neighbours offer a route that ties with the best one, the best first: up to most of them
 * into ret_next[most]; returns how many there are. route[N] is from routes_best(). */
size_t routes_ties(const struct graph *g, const struct route *route, uint32_t node,
	const struct barrier *barrier, uint32_t *ret_next, size_t most);

/*
 * The best routes of every node to each of many origins, on several threads (0: all cores). take()
 * is called once an origin, on the worker's thread (0 .. threads - 1), in no order; route[N] lives
 * until it returns. Returns 0 or -ENOMEM, before any take(). Memory: some 8 bytes a link, and 100
 * a node and thread. Cost: about half of routes_best() for each.
 */
struct routes_sink {
	void *context;
	void (*take)(void *context, unsigned worker, uint32_t origin, const struct route *route);
};
int routes_best_all(const struct graph *g, const uint32_t *origins, size_t n,
	const struct barrier *barrier, unsigned threads, const struct routes_sink *sink);

/*
 * How many nodes have a route to each of many origins, by bits of many origins in one pass: the
 * sum of weight[N] (NULL: 1 each) over the nodes that reach origins[i], the origin itself left
 * out, goes to ret_sum[k][i] for each of the `weights` arrays. refuses[N] may be NULL; here it
 * holds for all origins alike, as if these nodes were gone (a gone origin has 0). Returns 0 or
 * -ENOMEM. Cost: n / 512 passes over all links, on several threads (0: all cores). Memory: some 8
 * bytes a link, and 90 a node and thread. Sums of weights that are not whole may be off in the last
 * digits.
 */
int routes_reach_all(const struct graph *g, const uint32_t *origins, size_t n,
	const uint8_t *refuses, const double *const *weight, size_t weights, unsigned threads,
	double *const *ret_sum);

#endif
