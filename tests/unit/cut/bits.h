/* Graphs of at most BRUTE_NODES_MOST ASes by bits: an AS is a bit, a set of them a number. Made
 * from what graph_link() says alone. */
#ifndef CORDON_TESTS_CUT_BITS_H
#define CORDON_TESTS_CUT_BITS_H

#include "brute.h"

/* Who is what to each AS. */
struct bits {
	uint32_t n, provider[BRUTE_NODES_MOST], up[BRUTE_NODES_MOST], down[BRUTE_NODES_MOST],
		peer[BRUTE_NODES_MOST];
};

static inline void bits_read(struct bits *b, const struct graph *g)
{
	*b = (struct bits){.n = g->nodes};
	for (uint32_t i = 0; i < b->n; i++) {
		for (uint32_t k = 0; k < b->n; k++) {
			enum link_kind kind;

			if (k == i || !graph_link(g, i, k, &kind))
				continue;
			if (kind == LINK_PROVIDER)
				b->provider[i] |= 1u << k;
			if (kind == LINK_PROVIDER || kind == LINK_SIBLING)
				b->up[i] |= 1u << k;
			if (kind == LINK_CUSTOMER || kind == LINK_SIBLING)
				b->down[i] |= 1u << k;
			if (kind == LINK_PEER)
				b->peer[i] |= 1u << k;
		}
	}
}

static inline uint32_t bits_of(const uint32_t *node, size_t n)
{
	uint32_t set = 0;

	for (size_t i = 0; i < n; i++)
		set |= 1u << node[i];
	return set;
}

static inline uint32_t bits_next_to(const uint32_t *neighbours, uint32_t set)
{
	uint32_t all = 0;

	for (; set; set &= set - 1)
		all |= neighbours[__builtin_ctz(set)];
	return all;
}

/* All that can be reached from a set, itself included, past those that refuse. */
static inline uint32_t bits_closure(const uint32_t *neighbours, uint32_t set, uint32_t refuse)
{
	for (uint32_t old = 0; old != set;) {
		old = set;
		set |= bits_next_to(neighbours, set) & ~refuse;
	}
	return set;
}

/* Who has a route to the targets, themselves included: up, at most one link of peers, down. */
static inline uint32_t bits_reach(const struct bits *b, uint32_t targets, uint32_t refuse)
{
	uint32_t up = bits_closure(b->up, targets, refuse);

	return bits_closure(b->down, up | (bits_next_to(b->peer, up) & ~refuse), refuse);
}

/* Weight in order of nodes. */
static inline double bits_sum(const struct bits *b, uint32_t set, const double *weight)
{
	double sum = 0;

	for (uint32_t i = 0; i < b->n; i++) {
		if (set >> i & 1)
			sum += weight[i];
	}
	return sum;
}

#endif
