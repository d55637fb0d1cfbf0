/*
 * The AS graph of one day: which networks sell transit to which, and which exchange routes as
 * peers. Built once (graph_build.h), written as an immutable image (docs/formats/graph.md), mapped
 * read-only and shared by every process; a reader needs no lock.
 *
 * A node is an AS. Its number here, 0 .. nodes - 1, is its rank by AS number. Fields are public,
 * since what walks the graph must be fast.
 */
#ifndef CORDON_NET_GRAPH_H
#define CORDON_NET_GRAPH_H

#include "base/err.h"
#include "net/ip.h"

/*
 * What a neighbour is to a node. In this order, so that those a route goes up to (providers,
 * siblings) stand side by side, and those it goes down to (siblings, customers) too.
 */
enum link_kind { LINK_PROVIDER, LINK_SIBLING, LINK_CUSTOMER, LINK_PEER, LINK_KINDS };

const char *link_kind_name(enum link_kind kind); /* "provider", ... ; static */

enum graph_flag {
	GRAPH_CLIQUE = 1, /* of the clique at the top: needs nobody's transit */
};

/* Where a graph comes from. Spans live as long as the graph is open. */
struct graph_info {
	int32_t day;        /* its date, days since 1970-01-01 */
	struct span source; /* short name: "as-rel", "routeviews" */
	struct span method; /* how links got their kind: "given", "luckie2013", "gao2001" */
	struct span terms;  /* licence and attribution to show; may be empty */
	uint64_t bytes;     /* size of the image's payload */
};

struct graph {
	uint32_t nodes;        /* N, at most GRAPH_NODES_MOST */
	uint32_t links;        /* L: each pair once, at most GRAPH_LINKS_MOST */
	const asn_t *asn;      /* asn[N], ascending */
	const uint32_t *row;   /* row[4 * N + 1], see graph_neighbours() */
	const uint32_t *col;   /* col[2 * L]: nodes, ascending within one node's kind */
	const uint32_t *order; /* order[N]: all nodes, each after all its customers; nodes of one
				  group stand side by side */
	const uint32_t *group; /* group[N]: the same for nodes that reach each other upwards
				  (siblings; providers in a circle), which are as one for cones
				  and reach; numbered along `order` */
	const uint32_t *cone;  /* cone[N]: ASes in its customer cone, itself included: all that
				  are reached by going down from it (Luckie et al., IMC 2013, the
				  recursive cone) */
	const uint8_t *flags;  /* flags[N]: enum graph_flag */
	struct graph_info info;
	struct graph_owner *owner; /* what is mapped or allocated; graph_close() knows */
};

#define GRAPH_NODES_MOST (1u << 22)
#define GRAPH_LINKS_MOST (1u << 26)
#define GRAPH_NONE       UINT32_MAX /* no node */

/* A run of nodes. */
struct nodes {
	const uint32_t *node;
	uint32_t n;
};

static inline struct nodes graph_neighbours(
	const struct graph *g, uint32_t node, enum link_kind kind)
{
	const uint32_t *row = g->row + 4 * (size_t)node + kind;

	return (struct nodes){g->col + row[0], row[1] - row[0]};
}

/* Providers and siblings: those that take all routes of the node's customers from it. */
static inline struct nodes graph_up(const struct graph *g, uint32_t node)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return (struct nodes){g->col + row[LINK_PROVIDER], row[LINK_CUSTOMER] - row[LINK_PROVIDER]};
}

/* Siblings and customers: those that it gives all routes to. */
static inline struct nodes graph_down(const struct graph *g, uint32_t node)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return (struct nodes){g->col + row[LINK_SIBLING], row[LINK_PEER] - row[LINK_SIBLING]};
}

/* All neighbours, of every kind. */
static inline struct nodes graph_all(const struct graph *g, uint32_t node)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return (struct nodes){g->col + row[0], row[4] - row[0]};
}

/* The node of an AS number, or GRAPH_NONE. Cost: log N. */
uint32_t graph_find(const struct graph *g, asn_t asn);

/* What b is to a. Returns true and *ret_kind, or false when there is no link. */
bool graph_link(const struct graph *g, uint32_t a, uint32_t b, enum link_kind *ret_kind);

/*
 * Opens an image and maps it. Checksum, sizes and node numbers are checked, so a damaged file is
 * refused here and never read later. Returns 0; -ENOENT, -EBADMSG for a damaged image, or another
 * negative errno, with a sentence in err. Cost: one pass, under 1 ms for 260,000 links.
 *
 * What holds of every graph that opens, whoever wrote it: all numbers of nodes are nodes; rows
 * never fall; a run has fewer than N nodes; order has every node once, and groups are numbered
 * along it without a gap; cones are 1 to N. What the builder alone sees to: runs ascend, links
 * stand at both ends, customers come first in order, groups and cones are right. Walks may rely on
 * that for their answers, never for staying inside an array or coming to an end.
 */
int graph_open(const char *path, struct graph **ret_graph, struct err *err);
void graph_close(struct graph *g);

/*
 * The same over the payload of an image in memory, which must begin at a multiple of 8 bytes and
 * outlive the graph. Returns 0, -EBADMSG or -ENOMEM.
 */
int graph_open_memory(struct span payload, struct graph **ret_graph);

/*
 * Marks every node of the customer cone of a node in in_cone[N] (1; others are left as they are)
 * and returns how many it newly marked. A node that is marked already is taken to have its cone
 * marked, so several cones can be put together. stack has room for N nodes. Cost: links of the
 * cone.
 */
uint32_t graph_mark_cone(const struct graph *g, uint32_t node, uint8_t *in_cone, uint32_t *stack);

#endif
