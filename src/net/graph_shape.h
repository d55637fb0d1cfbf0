/*
 * What a graph's builder works out of its links: in which order networks come, which are as one,
 * and how large customer cones are. The graph given has its links alone: nodes, row, col.
 */
#ifndef CORDON_NET_GRAPH_SHAPE_H
#define CORDON_NET_GRAPH_SHAPE_H

#include "net/graph.h"

/*
 * Fills order[N] and group[N], as graph.h tells them. Returns the number of groups, or -ENOMEM.
 * Cost: one pass over the links of transit; memory: 20 bytes a node.
 */
int64_t graph_shape_order(const struct graph *g, uint32_t *order, uint32_t *group);

/*
 * Fills cone[N]; the graph has its order and `groups` groups by now. Returns 0; -ENOMEM; or -E2BIG
 * when networks with several providers stand so deep on one another that it would take more than
 * GRAPH_SHAPE_STEPS. A step hands 512 bits from a customer to a provider; a graph of the
 * Internet's shape is far below the bound.
 */
int graph_shape_cones(const struct graph *g, uint32_t groups, uint32_t *cone);

#define GRAPH_SHAPE_STEPS (1ull << 27)

#endif
