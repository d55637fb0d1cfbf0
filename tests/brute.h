/*
 * Answers about small graphs by brute force, for tests to hold the real ones against: every path is
 * walked, or every AS goes on choosing until nobody changes their mind. Written to be as unlike the
 * code under test as can be: it knows a graph only by who is a neighbour and what graph_link() says
 * of the two, never by order, group or the runs of kinds.
 */
#ifndef CORDON_TESTS_BRUTE_H
#define CORDON_TESTS_BRUTE_H

#include "base/random.h"
#include "net/routes.h"

#define BRUTE_NODES_MOST 12

/*
 * A random graph of 2 to BRUTE_NODES_MOST ASes: mostly a hierarchy; some have siblings, providers
 * in a circle, several at the top, a clique, ASes without links. The same state of r gives the same
 * graph. Fails the test when memory is short. The caller closes it.
 */
struct graph *brute_graph(struct random *r);

/*
 * A graph from text: "7>3" AS7 is AS3's provider, "7-3" they are peers, "7=3" siblings, "7!" of the
 * clique, "7" an AS, parted by spaces. Fails the test when it makes no sense. The caller closes it.
 */
struct graph *brute_read(const char *links);

/* The nodes of AS numbers parted by single spaces, into ret_node[]; returns how many. Fails the
 * test when one is not in the graph. */
size_t brute_nodes(const struct graph *g, const char *text, uint32_t *ret_node);

/* A random graph of n ASes, any number, with about so many links an AS, of the same kinds. */
struct graph *brute_graph_of(struct random *r, uint32_t n, double links_each);

/*
 * As routes_reach(), by walking every valley-free path without repeats: for graphs of
 * brute_graph(). refuses and parted may be NULL.
 */
uint32_t brute_reach(const struct graph *g, const uint32_t *origins, size_t n,
	const uint8_t *refuses, const uint8_t *parted, uint8_t *ret_class);

/*
 * As routes_best(), by playing BGP: each AS in turn, in random order, chooses among the paths that
 * its neighbours have chosen and may tell it, leaving out those that it stands in itself; until
 * nobody changes. ret_path (may be NULL) gets each AS's whole path as path[BRUTE_PATH_MOST * node],
 * from the node to the origin, ended by GRAPH_NONE. For graphs of some thousands of ASes. Fails the
 * test when they do not settle, or a path gets too long.
 */
#define BRUTE_PATH_MOST 96
void brute_best(const struct graph *g, uint32_t origin, const uint8_t *refuses,
	const uint8_t *parted, struct random *r, struct route *ret_route, uint32_t *ret_path);

/* The graph as text, for the message of a failed test; static, overwritten by the next call. */
const char *brute_show(const struct graph *g);

#endif
