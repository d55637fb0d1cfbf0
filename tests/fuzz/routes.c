/*
 * Routes in any graph that opens: the payload of an image, or else pairs of bytes that are links
 * (and ASes that refuse or are parted). What the different searches say of one origin must agree,
 * and every path must end at it.
 */
#include "net/graph_build.h"
#include "net/routes.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MOST 200 /* all origins are searched for */

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Bytes a, b: the high bits of each say what the link is, the low ones which ASes it joins. */
static struct graph *read_links(const uint8_t *data, size_t size)
{
	struct graph_label label = {.day = 0};
	struct graph_builder *b;
	struct graph *g;

	must(graph_builder_new(&b) == 0);
	for (size_t i = 0; i + 1 < size; i += 2) {
		enum link_kind kind = (enum link_kind)((data[i] >> 6 ^ data[i + 1] >> 6) & 3);

		must(graph_builder_link(b, 1 + (data[i] & 63), 1 + (data[i + 1] & 63), kind) == 0);
	}
	must(graph_builder_open(b, &label, NULL, &g) == 0);
	graph_builder_free(b);
	return g;
}

struct look {
	const struct graph *g;
	struct routes *routes;
	struct barrier barrier;
	uint8_t *refuses, *parted, *class;
	double *sum; /* as routes_reach_all() has it; of those that are parted it knows nothing */
};

/* Called for each origin with its best routes. */
static void look(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	struct look *l = context;
	uint32_t n = routes_reach(l->routes, &origin, 1, &l->barrier, l->class), reached = 0;

	(void)worker;
	for (uint32_t i = 0; i < l->g->nodes; i++) {
		const struct route *r = &route[i];
		uint32_t ties[2], at = i;

		reached += l->class[i] != ROUTE_NONE;
		must(r->class == l->class[i]);
		must((r->next == GRAPH_NONE) == (r->class <= ROUTE_ORIGIN));
		must(routes_ties(l->g, route, i, &l->barrier, ties, 2) ==
			(r->next == GRAPH_NONE ? 0 : r->ties + 1u));
		for (uint32_t hops = r->hops; hops; hops--) {
			must(route[at].hops == hops && !l->refuses[at]);
			at = route[at].next;
		}
		must(r->class == ROUTE_NONE || at == origin);
	}
	must(n == reached);
	n = routes_reach(
		l->routes, &origin, 1, &(struct barrier){.refuses = l->barrier.refuses}, l->class);
	must(l->sum[origin] == (n ? n - 1 : 0));
}

static void search(const struct graph *g, const uint8_t *data, size_t size)
{
	uint32_t n = g->nodes, *origins = malloc((n + 1) * sizeof(*origins));
	const double *const weight[] = {NULL};
	struct look l = {.g = g,
		.refuses = malloc(n + 1),
		.parted = malloc(n + 1),
		.class = malloc(n + 1),
		.sum = malloc((n + 1) * sizeof(double))};
	const struct routes_sink sink = {&l, look};

	for (uint32_t i = 0; i < n; i++) {
		origins[i] = i;
		l.refuses[i] = data[i % size] % 11 == 0;
		l.parted[i] = data[i % size] % 7 == 0;
	}
	l.barrier = (struct barrier){l.refuses, l.parted};
	must(routes_new(g, &l.routes) == 0);
	must(routes_reach_all(g, origins, n, l.refuses, weight, 1, 1, &l.sum) == 0);
	must(routes_best_all(g, origins, n, &l.barrier, 1, &sink) == 0);
	routes_free(l.routes);
	free(origins);
	free(l.refuses);
	free(l.parted);
	free(l.class);
	free(l.sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = malloc(size + 1); /* aligned as an image is */
	struct graph *g;

	memcpy(p, data, size);
	if (graph_open_memory((struct span){p, size}, &g) < 0)
		g = read_links(data, size < 2000 ? size : 2000);
	if (size && g->nodes <= NODES_MOST)
		search(g, data, size);
	graph_close(g);
	free(p);
	return 0;
}
