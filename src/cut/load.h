/*
 * How much of a network's reach leans on each AS, and how many must refuse at least to bring it
 * under a bound. Everything that is reached draws flow over its routes, spread over all of them as
 * evenly as can be; for starve.h, whose searches begin and prune with it.
 *
 * An item is what may refuse: a point, which is an AS that gives routes on; or a bunch, which is
 * all leaves (ASes that give none on) with the same neighbours to have them from. Leaves of a bunch
 * are alike but for their weight, so the heaviest refuse first, and a bunch stands for the heaviest
 * that does not refuse yet.
 */
#ifndef CORDON_CUT_LOAD_H
#define CORDON_CUT_LOAD_H

#include "net/routes.h"

enum load_state {
	LOAD_OPEN,    /* may refuse or not: no more than 1 flows through it */
	LOAD_REFUSES, /* nothing flows */
	LOAD_FREE,    /* will not refuse: any flow */
};

/* Leaves alike. The first `taken` of its leaves refuse. */
struct load_bunch {
	uint32_t feeders; /* where its feeders begin in feeder[]; they end where the next one's do
			   */
	uint32_t leaves;  /* the same in leaf[] */
	uint32_t taken;
	bool free;
	double kept; /* weight of leaves that will never refuse, over those in leaf[] */
};

/* What passes a point in one pass, by how it came to the neighbours that draw it. */
struct load_flow {
	double flow, slope; /* slope: by how much it grows with the demand */
};

struct load {
	const struct graph *g;
	uint32_t points, bunches;
	uint32_t *node;           /* node[points]: providers before their customers */
	double *weight;           /* weight[points]; targets have 0 */
	uint8_t *state;           /* state[points]: enum load_state; targets are free */
	uint8_t *target;          /* target[points] */
	double *price;            /* price[points], at least 1: how much flow shuns it */
	double *asked;            /* asked[points]: flow that wanted to pass in the last pass */
	double *used;             /* used[points]: flow that passed, at most 1 where it is open */
	struct load_bunch *bunch; /* bunch[bunches + 1] */
	uint32_t *leaf;           /* nodes, by bunch, the heaviest first */
	double *leaf_weight;
	double *leaf_behind; /* weight of a leaf and of those behind it in its bunch */

	/* Of the last pass. */
	double reach;  /* weight that is reached */
	double flow;   /* that came through to the targets */
	double slope;  /* by how much that grows with the demand */
	uint32_t ripe; /* the open bunch that is reached with the heaviest leaf; GRAPH_NONE */

	/* For load.c alone: who feeds whom, and the pass under way. A point has two sides: 2 p for
	 * any route, 2 p + 1 for one of a customer, which it gives to everybody. */
	uint32_t *feeder;                   /* sides */
	uint32_t *feeders, *climbs, *climb; /* [points + 1] in feeder[] and in climb[] */
	uint32_t *block, blocks;            /* block[blocks + 1]: where groups begin */
	uint32_t *high, highs;              /* blocks above the targets, customers first */
	uint32_t *of;                       /* of[N]: point, or GRAPH_NONE */
	float *pull;                        /* pull[2 * points]: how much flow a side draws */
	struct load_flow *through;          /* through[2 * points] */
	double *fed, *climbed, *own;        /* [points] */
	uint32_t *order[2], *rank[2], n[2]; /* points with a route by side, in order */
};

/*
 * Weights are 0 or more, weight[N], of any unit; those of targets do not count. Nodes of keep[]
 * (may be NULL) are free for good. All is open; prices are 1. Returns 0 or -ENOMEM. Memory: about
 * 200 bytes a node and 16 a link. Cost: some passes over the links.
 */
int load_new(const struct graph *g, const uint32_t *targets, size_t ntargets, const uint32_t *keep,
	size_t nkeep, const double *weight, struct load **ret_load);
void load_free(struct load *l);

/* Items: 0 .. points - 1, then bunches. */
static inline uint32_t load_items(const struct load *l)
{
	return l->points + l->bunches;
}

/* Makes an open item refuse, and takes the last such step back. A bunch takes its next leaf. */
void load_refuse(struct load *l, uint32_t item);
void load_allow(struct load *l, uint32_t item);

/* Makes an item free, or open again. */
void load_release(struct load *l, uint32_t item, bool free);

/* The node that refuses next when the item is made to. */
uint32_t load_node(const struct load *l, uint32_t item);

/*
 * One pass: each AS draws `demand` times its weight. Fills what is of the last pass. Whatever the
 * prices: any set of open items whose refusal brings the reach to `most` has at least
 * flow - demand * most members, and one that has item v has 1 - used[v] more. Cost: twice the
 * links among what is reached.
 */
void load_pass(struct load *l, double demand);

/* Moves prices so that the next pass shuns what was asked too much. */
void load_learn(struct load *l);

#endif
