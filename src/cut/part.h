/*
 * The few that suffice, exactly: the smallest sets of ASes whose refusal parts a network from the
 * clique at the top. By Menger, a minimum vertex cut of the graph of those above it (providers and
 * siblings), found by maximum flow over split nodes.
 */
#ifndef CORDON_CUT_PART_H
#define CORDON_CUT_PART_H

#include "base/err.h"
#include "net/graph.h"

#define PART_SETS_MOST 20 /* alternatives that are told; beyond, only that there are more */

struct part_sets {
	enum {
		PART_FOUND,
		PART_APART,  /* nothing of the top is above it: there is nothing to part */
		PART_AT_TOP, /* a target is itself of the top; without a clique: none but targets
				is above that has no provider */
		PART_KEPT,   /* those to be kept carry it to the top: no set is enough */
	} state;
	uint32_t size;  /* ASes in each set */
	uint32_t sets;  /* sets of that size: all, or PART_SETS_MOST when `more` */
	bool more;      /* there are PART_SETS_MOST or more */
	uint32_t *set;  /* set[sets * size], each ascending; sets in order of their numbers */
	uint32_t above; /* ASes above the targets */
	bool by_clique; /* the top is the graph's clique; else those above, targets aside, without
			   provider: whose whole group has none but in the group */
};

/*
 * Finds all minimum sets for the targets taken together. A set may hold members of the top itself
 * and direct neighbours, never a target nor a node of keep[] (may be NULL). Targets that are above
 * one another are as one. With `more`, which sets are told is up to the search, the same each time.
 * Returns 0 or -ENOMEM. Cost: a pass over the nodes; one maximum flow over the links above the
 * targets, at most `size` + 1 passes and in practice a few; and a pass for each set.
 */
int part_find(const struct graph *g, const uint32_t *targets, size_t ntargets, const uint32_t *keep,
	size_t nkeep, struct part_sets *ret_part);
void part_done(struct part_sets *p);

#endif
