/*
 * The smallest set of ASes whose refusal brings the reach of a network under a share. Hard in
 * general (Erlebach, Hall, Panconesi, Vukadinovic, "Cuts and Disjoint Paths in the Valley-Free Path
 * Model", 2005), so the answer carries its proof: it is optimal, or the best found with a lower
 * bound.
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
	double share;                  /* 0 .. 1: reach is to be at most this */
	double seconds;                /* how long to search; 0 for no limit */
	uint64_t steps; /* the same in searches of the graph, exact to repeat; 0: no limit */
};

struct starve {
	enum {
		STARVE_OPTIMAL, /* no smaller set does it */
		STARVE_BOUNDED, /* stopped by time: between `at_least` and n ASes */
		STARVE_NEVER,   /* even the refusal of all but those kept leaves more */
	} state;
	uint32_t *set;     /* set[n], ascending; owned */
	uint32_t n;        /* 0 when reach is under the share as it is */
	uint32_t at_least; /* lower bound of any such set; n when optimal */
	double reach; /* share that is left with the set; with STARVE_NEVER the least there is */
	uint64_t searches; /* of the graph that it took */
};

/*
 * Reach is the share of the measure, targets left out of both sides, over the nodes that have a
 * route to any target (routes_reach()); those that refuse have none. Returns 0 or -ENOMEM.
 */
int starve_find(const struct graph *g, const struct starve_question *q, struct starve *ret_starve);
void starve_done(struct starve *s);

#endif
