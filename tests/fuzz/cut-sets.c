/*
 * The sets that part and starve tell, in any graph that opens: the payload of an image, or else
 * pairs of bytes that are links. Of a graph that the builder made they must hold: each set does
 * what it is told to do, and for few ASes no smaller one does.
 */
#include "cut/part.h"
#include "cut/starve.h"
#include "net/graph_build.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MOST 2000
#define NODES_FEW  7 /* all sets are tried */
#define STEPS      60

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
		uint32_t one = 1 + (data[i] & 63), other = 1 + (data[i + 1] & 63);
		enum link_kind kind = (enum link_kind)((data[i] >> 6 ^ data[i + 1] >> 6) & 3);

		if (one == other && kind == LINK_PEER)
			must(graph_builder_clique(b, one) == 0);
		must(graph_builder_link(b, one, other, kind) == 0);
	}
	must(graph_builder_open(b, &label, NULL, &g) == 0);
	graph_builder_free(b);
	return g;
}

/* A question about a graph, and room to check the answers. */
struct ask {
	const struct graph *g;
	struct starve_question q;
	struct measure measure;
	uint32_t *target, *keep, *stack;
	uint8_t *role, *refuses, *class; /* role: 1 target, 2 kept */
	struct routes *routes;
};

static void begin(struct ask *a, const struct graph *g, const uint8_t *data, size_t size)
{
	size_t n = (size_t)g->nodes + 1;

	*a = (struct ask){.g = g,
		.target = malloc(4 * n),
		.keep = malloc(4 * n),
		.stack = malloc(4 * n),
		.role = calloc(n, 1),
		.refuses = calloc(n, 1),
		.class = malloc(n),
		.measure.of = malloc(8 * n)};
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint8_t byte = data[(i + 3) % size];

		a->measure.of[i] = byte % 5 < 3 ? 1 : byte % 16;
		if (byte % 23 == 0 || i == data[0] % g->nodes)
			a->target[a->q.ntargets++] = i;
		else if (byte % 13 == 0)
			a->keep[a->q.nkeep++] = i;
		a->role[i] = byte % 23 == 0 || i == data[0] % g->nodes ? 1 : byte % 13 == 0 ? 2 : 0;
	}
	a->q.targets = a->target;
	a->q.keep = a->keep;
	a->q.measure = &a->measure;
	a->q.share = data[size / 2] / 255.;
	a->q.steps = STEPS;
	must(routes_new(g, &a->routes) == 0);
}

static void end(struct ask *a)
{
	routes_free(a->routes);
	free(a->target);
	free(a->keep);
	free(a->stack);
	free(a->role);
	free(a->refuses);
	free(a->class);
	free(a->measure.of);
}

static void check_members(const struct ask *a, const uint32_t *set, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		must(set[i] < a->g->nodes && !a->role[set[i]] && (!i || set[i] > set[i - 1]));
}

/* Whether somebody of the clique is above a target when refuses[] do. */
static bool has_way_up(struct ask *a)
{
	uint32_t n = 0;
	bool top = false;

	memcpy(a->class, a->refuses, a->g->nodes);
	for (size_t i = 0; i < a->q.ntargets; i++) {
		a->class[a->target[i]] = 1;
		a->stack[n++] = a->target[i];
	}
	while (n) {
		uint32_t v = a->stack[--n];
		struct nodes up = graph_up(a->g, v);

		top |= a->g->flags[v] & GRAPH_CLIQUE;
		for (uint32_t i = 0; i < up.n; i++) {
			if (!a->class[up.node[i]]) {
				a->class[up.node[i]] = 1;
				a->stack[n++] = up.node[i];
			}
		}
	}
	return top;
}

static double left(struct ask *a)
{
	struct barrier barrier = {.refuses = a->refuses};
	double sum = 0;

	routes_reach(a->routes, a->target, a->q.ntargets, &barrier, a->class);
	for (uint32_t i = 0; i < a->g->nodes; i++)
		sum += a->class[i] == ROUTE_NONE || a->role[i] == 1 ? 0 : a->measure.of[i];
	return sum;
}

static bool is_under(struct ask *a)
{
	double whole = 0;

	for (uint32_t i = 0; i < a->g->nodes; i++)
		whole += a->role[i] == 1 ? 0 : a->measure.of[i];
	return left(a) <= a->q.share * whole * (1 + 1e-12);
}

static void mark(struct ask *a, const uint32_t *set, uint32_t n, uint8_t refuses)
{
	for (uint32_t i = 0; i < n; i++)
		a->refuses[set[i]] = refuses;
}

/* How many of the smallest set that is good; more than there are when none is. */
static uint32_t try_all(struct ask *a, bool (*is_good)(struct ask *))
{
	uint32_t best = a->g->nodes + 1;

	for (uint32_t set = 0; set < 1u << a->g->nodes; set++) {
		bool may = (uint32_t)__builtin_popcount(set) < best;

		for (uint32_t i = 0; i < a->g->nodes; i++) {
			a->refuses[i] = set >> i & 1;
			may = may && !(a->refuses[i] && a->role[i]);
		}
		if (may && is_good(a))
			best = (uint32_t)__builtin_popcount(set);
	}
	memset(a->refuses, 0, a->g->nodes);
	return best;
}

static bool is_apart(struct ask *a)
{
	return !has_way_up(a);
}

static void check_part(struct ask *a, const struct part_sets *p)
{
	must(p->more == (p->sets == PART_SETS_MOST) && p->sets <= PART_SETS_MOST);
	for (uint32_t i = 0; i < p->sets; i++) {
		const uint32_t *set = p->set + (size_t)i * p->size;

		check_members(a, set, p->size);
		mark(a, set, p->size, 1);
		must(!p->by_clique || is_apart(a));
		mark(a, set, p->size, 0);
	}
	if (a->g->nodes > NODES_FEW || !p->by_clique)
		return;
	uint32_t best = try_all(a, is_apart);

	must(p->state == PART_FOUND      ? best == p->size
		: p->state == PART_APART ? best == 0
					 : best > a->g->nodes);
}

static void check_starve(struct ask *a, const struct starve *s)
{
	check_members(a, s->set, s->n);
	must(s->at_least <= s->n && (s->state == STARVE_BOUNDED) == (s->at_least < s->n));
	mark(a, s->set, s->n, 1);
	must(is_under(a) == (s->state != STARVE_NEVER));
	mark(a, s->set, s->n, 0);
	if (a->g->nodes > NODES_FEW)
		return;
	uint32_t best = try_all(a, is_under);

	if (s->state == STARVE_NEVER)
		must(best > a->g->nodes);
	else
		must(s->at_least <= best && best <= s->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = malloc(size + 1); /* aligned as an image is */
	struct part_sets part;
	struct starve starve;
	struct graph *g;
	struct ask a;

	memcpy(p, data, size);
	bool built = graph_open_memory((struct span){p, size}, &g) < 0;

	if (built)
		g = read_links(data, size < 2000 ? size : 2000);
	if (size && g->nodes && g->nodes <= NODES_MOST) {
		begin(&a, g, data, size);
		must(part_find(g, a.target, a.q.ntargets, a.keep, a.q.nkeep, &part) == 0);
		must(starve_find(g, &a.q, &starve) == 0);
		if (built) {
			check_part(&a, &part);
			check_starve(&a, &starve);
		}
		part_done(&part);
		starve_done(&starve);
		end(&a);
	}
	graph_close(g);
	free(p);
	return 0;
}
