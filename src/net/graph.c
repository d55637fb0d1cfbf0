/*
 * A graph is used as it stands in the image. So all that walks need to stay inside is checked once,
 * at opening: places of the sections, order of the rows, every node's number, and that the order
 * has every node. Runs that do not ascend, a link that stands at one end alone, a wrong group or
 * cone give wrong answers; to rule these out, too, takes longer than all other checks and the
 * checksum together.
 */
#include "net/graph.h"
#include "base/image.h"
#include "net/graph_format.h"

#include <errno.h>
#include <stdlib.h>

/* What the graph holds on to; none of it for a graph in the caller's memory. */
struct graph_owner {
	struct image image;
	struct buf payload;
};

const char *link_kind_name(enum link_kind kind)
{
	static const char *const name[LINK_KINDS] = {"provider", "sibling", "customer", "peer"};

	return name[kind];
}

/* The bytes of a section; p is NULL when it does not lie in the payload. */
static struct span section(struct span payload, enum graph_section which, uint64_t *ret_count)
{
	const struct graph_head *h = (const void *)payload.p;
	uint64_t offset = h->place[which].offset;

	*ret_count = h->place[which].count;
	uint64_t bytes = *ret_count * graph_item_bytes(which);

	if (offset % 8 || offset < sizeof(*h) || offset + bytes > payload.n)
		return (struct span){NULL, 0};
	return (struct span){payload.p + offset, bytes};
}

/* Finds the sections; false when one is out of place or of a wrong size. */
static bool find_sections(struct graph *g, struct span payload)
{
	struct span at[GRAPH_SECTIONS];
	uint64_t count[GRAPH_SECTIONS], n = g->nodes;

	for (int i = 0; i < GRAPH_SECTIONS; i++) {
		at[i] = section(payload, (enum graph_section)i, &count[i]);
		if (!at[i].p)
			return false;
	}
	g->info.source = at[GRAPH_SOURCE];
	g->info.method = at[GRAPH_METHOD];
	g->info.terms = at[GRAPH_TERMS];
	g->asn = (const void *)at[GRAPH_ASN].p;
	g->row = (const void *)at[GRAPH_ROW].p;
	g->col = (const void *)at[GRAPH_COL].p;
	g->order = (const void *)at[GRAPH_ORDER].p;
	g->group = (const void *)at[GRAPH_GROUP].p;
	g->cone = (const void *)at[GRAPH_CONE].p;
	g->flags = (const void *)at[GRAPH_FLAGS].p;
	return g->nodes <= GRAPH_NODES_MOST && g->links <= GRAPH_LINKS_MOST &&
	       count[GRAPH_ASN] == n && count[GRAPH_ROW] == 4 * n + 1 &&
	       count[GRAPH_COL] == 2 * (uint64_t)g->links && count[GRAPH_ORDER] == n &&
	       count[GRAPH_GROUP] == n && count[GRAPH_CONE] == n && count[GRAPH_FLAGS] == n;
}

/* AS numbers ascend, cones have their node in them and no more than all. */
static bool nodes_hold(const struct graph *g)
{
	uint32_t bad = 0;

	for (uint32_t i = 1; i < g->nodes; i++)
		bad |= g->asn[i - 1] >= g->asn[i];
	for (uint32_t i = 0; i < g->nodes; i++)
		bad |= g->cone[i] - 1 >= g->nodes;
	return !bad;
}

/* Rows never fall, no run is longer than all other nodes, neighbours are nodes. */
static bool links_hold(const struct graph *g)
{
	size_t rows = 4 * (size_t)g->nodes, n = 2 * (size_t)g->links;
	uint32_t bad = g->row[0] != 0 || g->row[rows] != n;

	for (size_t i = 0; i < rows; i++) {
		bad |= g->row[i] > n;
		bad |= g->row[i + 1] - g->row[i] >= g->nodes; /* of a fall, too */
	}
	for (size_t i = 0; i < n; i++)
		bad |= g->col[i] >= g->nodes;
	return !bad;
}

/* Every node stands in the order once, and the groups in it go up by one. seen[] has a bit for
 * each node, zero. */
static bool order_holds(const struct graph *g, uint64_t *seen)
{
	uint32_t before = 0, bad = 0, group = 0;
	size_t count = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t node = g->order[i];

		if (node >= g->nodes)
			return false;
		group = g->group[node];
		bad |= i == 0 ? group != 0 : group - before > 1;
		before = group;
		seen[node / 64] |= 1ull << node % 64;
	}
	for (uint32_t i = 0; i < g->nodes; i += 64)
		count += (size_t)__builtin_popcountll(seen[i / 64]);
	return !bad && count == g->nodes;
}

/* Returns 0, -EBADMSG or -ENOMEM. */
static int check(const struct graph *g)
{
	uint64_t *seen;

	if (!nodes_hold(g) || !links_hold(g))
		return -EBADMSG;
	seen = calloc(g->nodes / 64 + 1, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	bool good = order_holds(g, seen);

	free(seen);
	return good ? 0 : -EBADMSG;
}

static int open_payload(struct graph *g, struct span payload)
{
	const struct graph_head *h = (const void *)payload.p;

	if (payload.n < sizeof(*h) || (uintptr_t)payload.p % 8)
		return -EBADMSG;
	g->info.day = h->day;
	g->info.bytes = payload.n;
	g->nodes = h->nodes;
	g->links = h->links;
	return find_sections(g, payload) ? check(g) : -EBADMSG;
}

int graph_open_memory(struct span payload, struct graph **ret_graph)
{
	struct graph *g = calloc(1, sizeof(*g));
	int rc = -ENOMEM;

	if (g && (g->owner = calloc(1, sizeof(*g->owner))))
		rc = open_payload(g, payload);
	if (rc < 0)
		graph_close(g);
	else
		*ret_graph = g;
	return rc;
}

int graph_open_buf(struct buf *payload, struct graph **ret_graph)
{
	struct graph *g;
	int rc = graph_open_memory(buf_span(payload), &g);

	if (rc < 0) {
		buf_done(payload);
		return rc;
	}
	g->owner->payload = *payload;
	buf_init(payload);
	*ret_graph = g;
	return 0;
}

int graph_open(const char *path, struct graph **ret_graph, struct err *err)
{
	struct image image;
	struct graph *g;
	int rc = image_open(path, GRAPH_MAGIC, GRAPH_VERSION, &image, err);

	if (rc < 0)
		return rc;
	rc = graph_open_memory(image.payload, &g);
	if (rc < 0) {
		image_close(&image);
		return rc == -EBADMSG
			       ? err_set(err, rc, "%s: not a sound AS graph; make it again", path)
			       : err_sys(err, rc, "%s", path);
	}
	g->owner->image = image;
	*ret_graph = g;
	return 0;
}

void graph_close(struct graph *g)
{
	if (g && g->owner) {
		image_close(&g->owner->image);
		buf_done(&g->owner->payload);
		free(g->owner);
	}
	free(g);
}

/* The place of x in an ascending list, or GRAPH_NONE. */
static uint32_t find_in(const uint32_t *list, uint32_t n, uint32_t x)
{
	uint32_t at = 0;

	if (n == 0)
		return GRAPH_NONE;
	while (n > 1) {
		uint32_t half = n / 2;

		at += list[at + half] <= x ? half : 0;
		n -= half;
	}
	return list[at] == x ? at : GRAPH_NONE;
}

uint32_t graph_find(const struct graph *g, asn_t asn)
{
	return find_in(g->asn, g->nodes, asn);
}

static const enum link_kind turned[LINK_KINDS] = {
	[LINK_PROVIDER] = LINK_CUSTOMER,
	[LINK_SIBLING] = LINK_SIBLING,
	[LINK_CUSTOMER] = LINK_PROVIDER,
	[LINK_PEER] = LINK_PEER,
};

bool graph_link(const struct graph *g, uint32_t a, uint32_t b, enum link_kind *ret_kind)
{
	bool turn = graph_all(g, a).n > graph_all(g, b).n; /* the one with fewer is asked */
	uint32_t from = turn ? b : a, to = turn ? a : b;

	for (int kind = 0; kind < LINK_KINDS; kind++) {
		struct nodes run = graph_neighbours(g, from, (enum link_kind)kind);

		if (find_in(run.node, run.n, to) != GRAPH_NONE) {
			*ret_kind = turn ? turned[kind] : (enum link_kind)kind;
			return true;
		}
	}
	return false;
}

uint32_t graph_mark_cone(const struct graph *g, uint32_t node, uint8_t *in_cone, uint32_t *stack)
{
	uint32_t n = 0, marked = 0;

	if (in_cone[node])
		return 0;
	in_cone[node] = 1;
	stack[n++] = node;
	while (n) {
		struct nodes to = graph_down(g, stack[--n]);

		marked++;
		for (uint32_t i = 0; i < to.n; i++) {
			if (!in_cone[to.node[i]]) {
				in_cone[to.node[i]] = 1;
				stack[n++] = to.node[i];
			}
		}
	}
	return marked;
}
