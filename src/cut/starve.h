/*
 * The smallest set of ASes whose refusal brings the reach of a network under a share. Hard in
 * general: with a share of 0 and only one AS that weighs anything and is kept, it is the smallest
 * vertex cut for valley-free paths, which is APX-hard (Erlebach, Hall, Panconesi, Vukadinovic,
 * "Cuts and Disjoint Paths in the Valley-Free Path Model of Internet BGP Routing", CAAN 2004, LNCS
 * 3405). So the answer carries its proof: it is optimal, or the best found with a lower bound.
 */
#ifndef CORDON_CUT_STARVE_H
#define CORDON_CUT_STARVE_H

#include "cut/measure.h"
#include "net/routes.h"

struct starve_question {
	const uint32_t *targets; /* targets[ntargets] */
	size_t ntargets;
	const uint32_t *keep; /* keep[nkeep]: never in the set; may be NULL */
	size_t nkeep;
	const struct measure *measure; /* what reach is counted in */
	double share;   /* 0 .. 1: reach is to be at most this (and 1e-12 of it more: 29 of 100 is
			   0.29) */
	double seconds; /* how long to search; 0 for no limit */
	uint64_t steps; /* the same in searches of the graph, exact to repeat; 0: no limit. Three
			   searches are always made. */
};

struct starve {
	enum {
		STARVE_OPTIMAL, /* no smaller set does it */
		STARVE_BOUNDED, /* stopped by time: between `at_least` and n ASes */
		STARVE_NEVER,   /* even the refusal of all but those kept leaves more */
	} state;
	uint32_t *set;     /* set[n], ascending; owned. Of several as small, any */
	uint32_t n;        /* 0 when reach is under the share as it is, and with STARVE_NEVER */
	uint32_t at_least; /* lower bound of any such set; n when optimal */
	double reach; /* share that is left with the set; with STARVE_NEVER the least there is */
	uint64_t searches; /* of the graph that it took */
};

/*
 * Reach is the share of the measure, targets left out of both sides, over the nodes that have a
 * route to any target (routes_reach()); those that refuse have none. The same question has the same
 * answer, unless time stops it. Without a limit it may take time exponential in n. Returns 0 or
 * -ENOMEM. Memory: about 300 bytes a node and 16 a link, whatever the limits.
 */
int starve_find(const struct graph *g, const struct starve_question *q, struct starve *ret_starve);
void starve_done(struct starve *s);

#endif
