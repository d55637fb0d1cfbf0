/* The payload of a graph's image, as if its checksum were right: what opens is walked all over. */
#include "net/graph.h"

#include <stdlib.h>
#include <string.h>

/* Reads every neighbour of a node in every way that graph.h has; returns something of it. */
static uint32_t look_around(const struct graph *g, uint32_t node)
{
	struct nodes all = graph_all(g, node), up = graph_up(g, node), down = graph_down(g, node);
	uint32_t sum = up.n + down.n;
	enum link_kind kind;

	for (uint32_t i = 0; i < all.n; i++) {
		sum += g->asn[all.node[i]];
		sum += graph_link(g, node, all.node[i], &kind);
	}
	for (int k = 0; k < LINK_KINDS; k++)
		sum += graph_neighbours(g, node, (enum link_kind)k).n;
	return sum;
}

static void walk(const struct graph *g)
{
	uint32_t *stack = malloc((g->nodes + 1) * sizeof(*stack));
	uint8_t *mark = malloc(g->nodes + 1);
	volatile uint32_t sum = 0;
	uint32_t seen = 0;

	memset(mark, 0, g->nodes + 1);
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t node = g->order[i];

		seen += !mark[node];
		mark[node] = 1;
		sum += look_around(g, node) + g->flags[node];
		if (g->group[node] >= g->nodes || g->cone[node] < 1 || g->cone[node] > g->nodes ||
			graph_find(g, g->asn[node]) != node)
			abort();
	}
	if (seen != g->nodes)
		abort();
	memset(mark, 0, g->nodes + 1);
	for (uint32_t i = 0; i < g->nodes; i++)
		sum += graph_mark_cone(g, i, mark, stack);
	(void)sum;
	free(stack);
	free(mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = malloc(size + 1); /* aligned as an image is */
	struct graph *g;

	memcpy(p, data, size);
	if (graph_open_memory((struct span){p, size}, &g) == 0) {
		walk(g);
		graph_close(g);
	}
	free(p);
	return 0;
}
