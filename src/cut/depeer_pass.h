/*
 * Up to 62 what-ifs in one pass over the graph: a bit each. A case has its own origins and its own
 * barriers; every node gets a word with the bits of the cases in which it has a route.
 * Routes are those of routes.h.
 */
#ifndef CORDON_CUT_DEPEER_PASS_H
#define CORDON_CUT_DEPEER_PASS_H

#include "net/routes.h"

#define DEPEER_PASS_CASES  62
#define DEPEER_PASS_INSIDE (1ULL << 63) /* no case: a mark for depeer_pass_sum() */

struct depeer_pass {
	const struct graph *g;
	uint64_t *word; /* word[N]: cases in which it has a route (while climbing: one of customers)
			 */
	uint64_t *peer; /* peer[N]: what joins after climbing: routes of peers, and seeds */
	uint64_t *refuses; /* refuses[N]: cases in which it takes none */
	uint64_t *parted;  /* parted[N]: cases in which its links with targets are gone; may be
			      NULL */
	uint8_t *mark;     /* mark[N] */
	uint32_t *core;    /* core[ncore]: nodes that give to others below, in the graph's order */
	uint32_t ncore;
	uint32_t *queue;  /* queue[N]: of nodes in one group that have news for the others */
	uint32_t *barred; /* barred[nbarred]: nodes with refuses or parted other than 0 */
	uint32_t nbarred;
	uint64_t way_in, way_out; /* a target in one of the cases way_in gives also way_out */
	uint64_t turned; /* a target in one of these cases gives the next higher one instead: in it
			    the route has passed a target */
	bool used;       /* word[] and peer[] may hold something */
	bool grouped;    /* some group has more than one member */
};

/* `parts`: depeer_pass_part() will be called. Returns 0 or -ENOMEM. Memory: 46 bytes a node, and of
 * those 16 are only touched where there are barriers. The graph must outlive it. */
int depeer_pass_init(struct depeer_pass *p, const struct graph *g, bool parts);
void depeer_pass_done(struct depeer_pass *p);

/* Says that a node is a target: for parted links, and the way. Stays over depeer_pass_clear(). */
void depeer_pass_target(struct depeer_pass *p, uint32_t node);

/* Forgets all cases: before each search, the first too. */
void depeer_pass_clear(struct depeer_pass *p);

/* In these cases the node is an origin; it is one that only those below it hear of. */
static inline void depeer_pass_origin(struct depeer_pass *p, uint32_t node, uint64_t cases)
{
	p->word[node] |= cases;
}

static inline void depeer_pass_below(struct depeer_pass *p, uint32_t node, uint64_t cases)
{
	p->peer[node] |= cases;
}

/* In these cases the node refuses (an origin's own seed is not taken away by it); its links with
 * targets are gone. */
void depeer_pass_refuse(struct depeer_pass *p, uint32_t node, uint64_t cases);
void depeer_pass_part(struct depeer_pass *p, uint32_t node, uint64_t cases);

/*
 * The two halves of a search. After the first, word[] has the cases in which a node has a route of
 * a customer, peer[] those with one of a peer, and depeer_pass_below() may still be called; after
 * the second, word[] has all (of a target, what it gives on). Cost: a pass over the links of those
 * reached each; where nodes of a group learn from each other in turn, at most one for every case.
 */
void depeer_pass_up(struct depeer_pass *p);
void depeer_pass_down(struct depeer_pass *p);

/* Nodes to be summed: those in any of these cases and in none of those. Targets never count. */
struct depeer_sum {
	uint64_t any, none;
};

/* The sum of weight[k][N] over each set into ret_sum[i * weights + k]; weights is at most
 * DEPEER_PASS_WEIGHTS. Cost: one pass over the nodes, as long as few words differ. */
#define DEPEER_PASS_WEIGHTS 4
void depeer_pass_sum(const struct depeer_pass *p, const struct depeer_sum *set, size_t n,
	const double *const *weight, size_t weights, double *ret_sum);

#endif
