/*
 * Maximum flow between two points of a network, and all the cuts that are as small as it is. An arc
 * can be cut (capacity 1) or not (endless).
 */
#ifndef CORDON_CUT_FLOW_H
#define CORDON_CUT_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_ENDLESS (1u << 30) /* also the flow that no cut can stop */

/* Fields are for flow.c alone. Arcs stand in pairs, 2 i and its reverse 2 i + 1. */
struct flow {
	uint32_t points, arcs;
	uint32_t *first; /* first[points]: the chain of arcs that leave a point */
	uint32_t *next;  /* next[arcs] in that chain */
	uint32_t *to;    /* to[arcs] */
	uint32_t *left;  /* left[arcs]: capacity that is left */
};

/* A network of points 0 .. points - 1 with room for so many arcs; both under 2^30. Returns 0 or
 * -ENOMEM. */
int flow_init(struct flow *f, uint32_t points, uint32_t arcs);
void flow_done(struct flow *f);

/* Adds an arc, which is endless or can be cut. Returns its number, even: 0, 2, 4 ... */
uint32_t flow_arc(struct flow *f, uint32_t from, uint32_t to, bool endless);

/*
 * The maximum flow from one point to another (Dinitz 1970), FLOW_ENDLESS when nothing that can be
 * cut stands between them. To be called once. Returns 0 or -ENOMEM. Cost: with V arcs that can be
 * cut, phases of one pass over all arcs, 2 sqrt(V) of them at most where no point is passed by
 * endless arcs alone (Even and Tarjan 1975), the flow's value + 1 in any network.
 */
int flow_most(struct flow *f, uint32_t from, uint32_t to, uint32_t *ret_value);

/*
 * The cuts of `value` arcs, after flow_most(): up to `most`, no two the same, all of them when
 * there are no more. Writes their arcs to ret_arc[most * value], a cut behind the other, and how
 * many to *ret_cuts. value is at least 1 and finite. Returns 0 or -ENOMEM. Cost: most + 1 passes
 * over all arcs.
 */
int flow_cuts(const struct flow *f, uint32_t from, uint32_t to, uint32_t value, uint32_t most,
	uint32_t *ret_arc, uint32_t *ret_cuts);

#endif
