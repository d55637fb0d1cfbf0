#include "net/routes_layout.h"

#include <errno.h>
#include <stdlib.h>

static bool is_core(const struct graph *g, uint32_t node)
{
	return graph_down(g, node).n > 0;
}

static uint32_t count_core(const struct graph *g)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		n += is_core(g, i);
	return n;
}

/* The core in the graph's order turned round. */
static void place_core(struct routes_layout *l)
{
	const struct graph *g = l->g;
	uint32_t at = 0;

	for (uint32_t i = g->nodes; i > 0; i--) {
		uint32_t node = g->order[i - 1];

		if (!is_core(g, node))
			continue;
		l->circles |= at > 0 && g->group[l->node[at - 1]] == g->group[node];
		l->node[at] = node;
		l->place[node] = at++;
	}
}

/*
 * Leaves sorted by their number of providers, those of a run by number. start[N + 2] is zeros; it
 * counts the leaves of each number, then says where the next one of it goes.
 */
static int place_leaves(struct routes_layout *l, uint32_t *start)
{
	const struct graph *g = l->g;
	uint32_t at = l->core;
	size_t runs = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		if (!is_core(g, i))
			start[graph_up(g, i).n]++;
	for (uint32_t k = 0; k < g->nodes; k++)
		runs += start[k] > 0;
	l->leaves = calloc(runs + 1, sizeof(*l->leaves));
	if (!l->leaves)
		return -ENOMEM;
	for (uint32_t k = 0; k < g->nodes; k++) {
		uint32_t n = start[k];

		start[k] = at;
		if (n)
			l->leaves[l->runs++] = (struct leaves){.first = at, .n = n, .providers = k};
		at += n;
	}
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (is_core(g, i))
			continue;
		at = start[graph_up(g, i).n]++;
		l->node[at] = i;
		l->place[i] = at;
	}
	return 0;
}

/* Appends the places of a run of nodes; of the core alone, of leaves alone, or all. */
static uint32_t *put(
	const struct routes_layout *l, uint32_t *to, struct nodes run, bool core, bool leaves)
{
	for (uint32_t i = 0; i < run.n; i++) {
		uint32_t place = l->place[run.node[i]];

		if (place < l->core ? core : leaves)
			*to++ = place;
	}
	return to;
}

static void link_core(struct routes_layout *l)
{
	uint32_t *to = l->col, *row = l->row;

	for (uint32_t i = 0; i < l->core; i++, row += LAYOUT_KINDS) {
		uint32_t node = l->node[i];
		struct nodes peers = graph_neighbours(l->g, node, LINK_PEER);

		row[LAYOUT_PROVIDER] = (uint32_t)(to - l->col);
		to = put(l, to, graph_neighbours(l->g, node, LINK_PROVIDER), true, true);
		row[LAYOUT_SIBLING] = (uint32_t)(to - l->col);
		to = put(l, to, graph_neighbours(l->g, node, LINK_SIBLING), true, true);
		row[LAYOUT_CUSTOMER] = (uint32_t)(to - l->col);
		to = put(l, to, graph_neighbours(l->g, node, LINK_CUSTOMER), true, false);
		row[LAYOUT_PEER] = (uint32_t)(to - l->col);
		to = put(l, to, peers, true, false);
		row[LAYOUT_LEAF] = (uint32_t)(to - l->col);
		to = put(l, to, peers, false, true);
	}
	*row = (uint32_t)(to - l->col);
}

static void link_leaves(struct routes_layout *l)
{
	uint32_t *to = l->up;

	for (size_t k = 0; k < l->runs; k++) {
		struct leaves *run = &l->leaves[k];

		run->up = to;
		for (uint32_t i = 0; i < run->n; i++)
			to = put(l, to, graph_up(l->g, l->node[run->first + i]), true, true);
	}
}

/* How many neighbours all nodes of the core have, and how many providers all leaves. */
static void count_links(const struct graph *g, size_t *ret_core, size_t *ret_leaves)
{
	size_t core = 0, leaves = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		if (is_core(g, i))
			core += graph_all(g, i).n;
		else
			leaves += graph_up(g, i).n;
	}
	*ret_core = core;
	*ret_leaves = leaves;
}

int routes_layout_init(struct routes_layout *l, const struct graph *g)
{
	size_t n = (size_t)g->nodes + 1, core_links, leaf_links;
	uint32_t *start = calloc(n + 1, sizeof(*start));
	int rc = -ENOMEM;

	count_links(g, &core_links, &leaf_links);
	*l = (struct routes_layout){.g = g, .core = count_core(g)};
	l->node = malloc(n * sizeof(*l->node));
	l->place = malloc(n * sizeof(*l->place));
	l->row = malloc((LAYOUT_KINDS * (size_t)l->core + 1) * sizeof(*l->row));
	l->col = malloc((core_links + 1) * sizeof(*l->col));
	l->up = malloc((leaf_links + 1) * sizeof(*l->up));
	if (start && l->node && l->place && l->row && l->col && l->up) {
		place_core(l);
		rc = place_leaves(l, start);
	}
	if (rc == 0) {
		link_core(l);
		link_leaves(l);
	} else {
		routes_layout_done(l);
	}
	free(start);
	return rc;
}

void routes_layout_done(struct routes_layout *l)
{
	free(l->node);
	free(l->place);
	free(l->row);
	free(l->col);
	free(l->up);
	free(l->leaves);
	*l = (struct routes_layout){0};
}
