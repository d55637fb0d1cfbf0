/*
 * What-ifs in any graph that opens: the payload of an image, or else pairs of bytes that are links.
 * Every answer stays inside its bounds; of a graph that the builder made the reach must be that of
 * routes_reach(), and nobody gains by what others refuse.
 */
#include "cut/depeer.h"
#include "net/graph_build.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MOST 3000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Bytes a, b: the high bits of each say what the link is, the low ones which ASes it joins. */
static struct graph *read_links(const uint8_t *data, size_t size)
{
	struct graph_label label = {.day = 0};
	struct graph_odd odd;
	struct graph_builder *b;
	struct graph *g;

	must(graph_builder_new(&b) == 0);
	for (size_t i = 0; i + 1 < size; i += 2) {
		uint32_t one = 1 + (data[i] & 63), other = 1 + (data[i + 1] & 63);
		enum link_kind kind = (enum link_kind)((data[i] >> 6 ^ data[i + 1] >> 6) & 3);

		if (one == other && kind == LINK_PEER)
			must(graph_builder_clique(b, one) == 0);
		must(graph_builder_link(b, one, other, kind) == 0);
	}
	must(graph_builder_open(b, &label, &odd, &g) == 0);
	graph_builder_free(b);
	return g;
}

/* Roles by the bytes; the last two say how many have which, and what else is asked. */
struct roles {
	uint32_t *targets, *cut, *keep;
	uint8_t *stops; /* stops[N] */
};

static void draw(const struct graph *g, const uint8_t *data, size_t size, struct roles *r,
	struct depeer_question *q)
{
	size_t n = (size_t)g->nodes + 1;
	uint8_t many = data[size - 1];

	*r = (struct roles){.targets = malloc(4 * n), .cut = malloc(4 * n), .keep = malloc(4 * n)};
	r->stops = calloc(n, 1);
	must(r->targets && r->cut && r->keep && r->stops);
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint8_t byte = (uint8_t)(data[i % size] * 7 + i);

		if (i == data[0] % g->nodes || byte < (many & 31))
			r->targets[q->ntargets++] = i;
		if (byte >= 256 - (many >> 3 << 2))
			r->cut[q->ncut++] = i;
		if (byte % 64 == 40)
			r->keep[q->nkeep++] = i;
	}
	q->targets = r->targets;
	q->cut = r->cut;
	q->keep = r->keep;
	q->links_only = data[size / 2] & 1;
	q->all_transit = (data[size / 2] & 6) == 6;
	q->biggest = data[size / 2] >> 3;
}

static void roles_done(struct roles *r)
{
	free(r->targets);
	free(r->cut);
	free(r->keep);
	free(r->stops);
}

static void check_shares(const struct depeer_shares *less, const struct depeer_shares *more)
{
	must(less->of[0] >= 0 && less->of[0] <= 1 && more->of[0] <= 1);
	must(less->of[0] <= more->of[0] + 1e-9);
}

/* Of any graph. */
static void check_bounds(const struct graph *g, const struct depeer *d)
{
	must(d->nnext <= DEPEER_NEXT_MOST && d->nhurt <= g->nodes && d->nneighbours <= g->nodes);
	for (size_t i = 0; i < d->ncut; i++)
		must(d->cut[i] < g->nodes && (i == 0 || d->cut[i - 1] < d->cut[i]));
	for (size_t i = 0; i < d->nnext; i++)
		must(d->next[i].node < g->nodes);
	for (size_t i = 0; i < d->nhurt; i++)
		must(d->hurt[i].node < g->nodes);
}

/* Of one that the builder made. */
static void check_answer(const struct graph *g, const struct depeer_question *q, struct roles *r,
	const struct depeer *d)
{
	struct barrier barrier = {NULL, NULL};
	struct routes *routes = NULL;
	uint8_t *class = malloc((size_t)g->nodes + 1);

	must(class && routes_new(g, &routes) == 0);
	routes_reach(routes, q->targets, q->ntargets, NULL, class);
	must(memcmp(class, d->before, g->nodes) == 0);
	for (size_t i = 0; i < d->ncut; i++)
		r->stops[d->cut[i]] = 1;
	if (q->links_only)
		barrier.parted = r->stops;
	else
		barrier.refuses = r->stops;
	routes_reach(routes, q->targets, q->ntargets, &barrier, class);
	must(memcmp(class, d->after, g->nodes) == 0);
	check_shares(&d->reach_after, &d->reach_before);
	check_shares(&d->by_peers, &d->reach_before);
	for (size_t i = 0; i < d->nhurt; i++) {
		check_shares(&d->hurt[i].after, &d->hurt[i].before);
		must(d->hurt[i].upstreams_after <= d->hurt[i].upstreams_before);
	}
	for (size_t i = 0; i < d->nneighbours; i++)
		check_shares(&d->neighbours[i].alone, &d->reach_before);
	routes_free(routes);
	free(class);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span payload = {NULL, size};
	char *aligned = malloc(size + 1); /* an image begins at a multiple of 8 bytes */
	struct depeer_question q = {.ntargets = 0};
	struct measures m;
	struct roles roles;
	struct graph *g;
	struct depeer d;

	if (!aligned || size < 2) {
		free(aligned);
		return 0;
	}
	memcpy(aligned, data, size);
	payload.p = aligned;
	bool image = graph_open_memory(payload, &g) == 0;

	if (!image)
		g = read_links(data, size);
	if (g->nodes && g->nodes <= NODES_MOST) {
		draw(g, data, size, &roles, &q);
		must(measures_new(g, NULL, 0, &m) == 0);
		q.measures = &m;
		must(depeer(g, &q, &d) == 0);
		check_bounds(g, &d);
		if (!image)
			check_answer(g, &q, &roles, &d);
		depeer_done(&d);
		measures_done(&m);
		roles_done(&roles);
	}
	graph_close(g);
	free(aligned);
	return 0;
}
