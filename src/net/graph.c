/*
 * A graph is used as it stands in the image. So all that walks rely on is checked once, at opening:
 * places of the sections, order of the rows, every node's number; that each link stands at both its
 * ends; that no customer comes after its provider. Then nothing that the image says can lead a walk
 * astray, whoever wrote it.
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

static bool nodes_hold(const struct graph *g)
{
	bool good = true;

	for (uint32_t i = 1; i < g->nodes; i++)
		good &= g->asn[i - 1] < g->asn[i];
	for (uint32_t i = 0; i < g->nodes; i++)
		good &= g->cone[i] - 1 < g->nodes;
	return good;
}

static bool rows_hold(const struct graph *g)
{
	bool good = g->row[0] == 0 && g->row[4 * (size_t)g->nodes] == 2 * g->links;

	for (size_t i = 0; i < 4 * (size_t)g->nodes; i++)
		good &= g->row[i] <= g->row[i + 1];
	return good;
}

/*
 * Neighbours are nodes, and ascend within a run (one node's kind): the places where they do not
 * ascend are all beginnings of runs. To count both takes no branch an item.
 */
static bool runs_hold(const struct graph *g)
{
	size_t n = 2 * (size_t)g->links;
	uint32_t falls = 0, begins = 0;
	bool good = n == 0 || g->col[0] < g->nodes;

	for (size_t i = 1; i < n; i++) {
		good &= g->col[i] < g->nodes;
		falls += g->col[i] <= g->col[i - 1];
	}
	for (size_t i = 0; i < 4 * (size_t)g->nodes; i++) {
		uint32_t at = g->row[i];

		if (at > 0 && at < g->row[i + 1])
			begins += g->col[at] <= g->col[at - 1];
	}
	return good && falls == begins;
}

/*
 * Each link stands at its other end too. Nodes come in ascending order, as they do in the runs, so
 * the next of the other end's run must be the node at hand. next[N] is scratch.
 */
static bool ends_match(
	const struct graph *g, enum link_kind kind, enum link_kind back, uint32_t *next)
{
	uint64_t here = 0, there = 0;
	bool good = true;

	for (uint32_t i = 0; i < g->nodes; i++) {
		const uint32_t *row = g->row + 4 * (size_t)i;

		next[i] = row[back];
		here += row[kind + 1] - row[kind];
		there += row[back + 1] - row[back];
	}
	for (uint32_t i = 0; i < g->nodes; i++) {
		struct nodes to = graph_neighbours(g, i, kind);

		for (uint32_t k = 0; k < to.n; k++) {
			uint32_t node = to.node[k], at = next[node]++;

			if (at >= g->row[4 * (size_t)node + back + 1] || g->col[at] != i)
				return false;
			good &= node != i;
		}
	}
	return good && here == there;
}

/* Every node stands in the order once, groups in ascending order. place[N] is scratch. */
static bool order_holds(const struct graph *g, uint32_t *place)
{
	uint32_t before = 0;
	bool good = true;

	for (uint32_t i = 0; i < g->nodes; i++)
		place[i] = GRAPH_NONE;
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (g->order[i] >= g->nodes)
			return false;
		uint32_t group = g->group[g->order[i]];

		place[g->order[i]] = i;
		good &= group == before || (i > 0 && group == before + 1);
		before = group;
	}
	for (uint32_t i = 0; i < g->nodes; i++)
		good &= place[i] != GRAPH_NONE;
	return good;
}

/* No customer comes after its provider, and siblings are of one group. */
static bool groups_hold(const struct graph *g)
{
	bool good = true;

	for (uint32_t i = 0; i < g->nodes; i++) {
		struct nodes to = graph_down(g, i);
		uint32_t siblings = graph_neighbours(g, i, LINK_SIBLING).n;

		for (uint32_t k = 0; k < to.n; k++)
			good &= g->group[to.node[k]] <= g->group[i];
		for (uint32_t k = 0; k < siblings; k++)
			good &= g->group[to.node[k]] == g->group[i];
	}
	return good;
}

/* Returns 0, -EBADMSG or -ENOMEM. */
static int check(const struct graph *g)
{
	uint32_t *scratch;

	if (!nodes_hold(g) || !rows_hold(g) || !runs_hold(g))
		return -EBADMSG;
	scratch = malloc((g->nodes + 1) * sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	bool good = order_holds(g, scratch) && groups_hold(g) &&
		    ends_match(g, LINK_CUSTOMER, LINK_PROVIDER, scratch) &&
		    ends_match(g, LINK_SIBLING, LINK_SIBLING, scratch) &&
		    ends_match(g, LINK_PEER, LINK_PEER, scratch);

	free(scratch);
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
