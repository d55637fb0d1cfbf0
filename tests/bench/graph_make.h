/*
 * Makes up AS graphs of any size that look like the Internet's: a clique at the top, transit by
 * preferential attachment (few have most customers), one to five providers each, peers crowded at
 * networks of the middle. The same size and seed give the same graph.
 *
 * There are about two links of transit for each AS and 2.25 of peers; one AS in seven has customers,
 * and the largest have thousands.
 */
#ifndef CORDON_BENCH_GRAPH_MAKE_H
#define CORDON_BENCH_GRAPH_MAKE_H

#include "base/buf.h"
#include "net/graph.h"

#define GRAPH_MAKE_CLIQUE 15

/* A link: provider or peer a, customer or peer b. */
struct made_link {
	asn_t a, b;
	bool peers;
};

struct made_graph {
	asn_t clique[GRAPH_MAKE_CLIQUE];
	struct made_link *link; /* link[links], by a, then b; owned */
	size_t links;
};

/* Makes a graph of n ASes, at least 100. Ends the program when memory is short. */
void graph_make(uint32_t n, uint32_t seed, struct made_graph *ret_made);
void graph_make_done(struct made_graph *made);

/* Appends it as CAIDA's as-rel text, serial-1, with the clique and a day in comments. */
void graph_make_text(const struct made_graph *made, struct buf *to);

/* The same, opened as a graph in memory. */
struct graph *graph_make_open(uint32_t n, uint32_t seed);

#endif
