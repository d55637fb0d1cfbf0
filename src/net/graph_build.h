/*
 * Makes graphs: links go in, in any order; the image comes out. What makes no sense is left out and
 * counted, never refused.
 */
#ifndef CORDON_NET_GRAPH_BUILD_H
#define CORDON_NET_GRAPH_BUILD_H

#include "base/buf.h"
#include "net/graph.h"

struct graph_builder;

/* Returns 0 or -ENOMEM. */
int graph_builder_new(struct graph_builder **ret_builder);
void graph_builder_free(struct graph_builder *b);

/* What was odd in what went in. */
struct graph_odd {
	uint64_t loops;    /* links of an AS with itself: left out */
	uint64_t scope;    /* links, and ASes by themselves, of private or reserved numbers
			      (asn_may_stand): left out */
	uint64_t repeated; /* the same link and kind given before: once is enough */
	uint64_t mutual;   /* two ASes each given as the other's provider: made siblings, since
			      mutual transit is what siblings do (Gao 2001) */
	uint64_t contrary; /* given before as another kind: the first one counts */
	uint32_t circles;  /* groups of providers that buy from each other in a circle (siblings
			      are no circle); kept, told here */
};

/*
 * Adds a link: the neighbour is `kind` to a, so (a, n, LINK_PROVIDER) says that n sells transit to
 * a. Returns 0, -ENOMEM, or -E2BIG beyond the bounds of graph.h.
 */
int graph_builder_link(struct graph_builder *b, asn_t a, asn_t neighbour, enum link_kind kind);

/* Adds an AS that may have no link at all; marks it as one of the clique. Same returns. */
int graph_builder_as(struct graph_builder *b, asn_t asn);
int graph_builder_clique(struct graph_builder *b, asn_t asn);

/* Links so far, loops and those of private or reserved numbers not counted; repeated ones are,
 * since they are told apart only at the end. */
uint64_t graph_builder_links(const struct graph_builder *b);

/* What the graph tells of itself (struct graph_info); all are copied. */
struct graph_label {
	int32_t day;
	struct span source, method, terms;
};

/*
 * Appends the payload of the graph's image to an empty *payload. The builder is used up and can
 * only be freed. Works out order, groups and cones. When no clique was named, the image has none.
 * Returns 0; -ENOMEM; or -E2BIG beyond the bounds of graph.h, or when cones would take too long,
 * which no graph of the Internet's shape comes near (graph_shape.h). *ret_odd may be NULL. Cost:
 * sorting the links, and for the cones N / 512 passes at most over those of transit between
 * networks that have customers. Memory: some 60 bytes a link while it works.
 */
int graph_builder_finish(struct graph_builder *b, const struct graph_label *label,
	struct graph_odd *ret_odd, struct buf *payload);

/* Builds straight into a graph in memory that owns its payload: for tests and for what is asked
 * once. Returns as graph_builder_finish(). */
int graph_builder_open(struct graph_builder *b, const struct graph_label *label,
	struct graph_odd *ret_odd, struct graph **ret_graph);

/* Writes the payload to an image file. Returns 0 or a negative errno with a sentence in err. */
int graph_write(const char *path, struct span payload, struct err *err);

#endif
