/*
 * The graph above the targets is small: all that can be reached from them over providers and
 * siblings. Each AS in it is two points with an arc between them that can be cut; links are endless
 * arcs, and so are the ASes that may not be in a set. A minimum cut between the targets and what
 * stands behind every AS of the top is then a smallest set (Menger 1927; flow.h has the rest).
 *
 * Links up from an AS of the top are left out, for whoever got there has arrived.
 */
#include "cut/part.h"
#include "cut/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum role { TARGET = 1, KEPT = 2, TOP = 4 };

/* The graph above the targets. Its ASes have numbers of their own here, 0 .. n - 1. */
struct above {
	const struct graph *g;
	uint32_t *local; /* local[N]: the number, or GRAPH_NONE */
	uint32_t *node;  /* node[n]; room for N */
	uint32_t n, targets;
	uint8_t *role; /* role[N], by node: enum role */
	uint8_t *fed;  /* fed[N], by group: one of it has a provider outside */
};

static int above_init(struct above *a, const struct graph *g)
{
	size_t n = g->nodes ? g->nodes : 1;

	*a = (struct above){.g = g};
	a->local = malloc(n * sizeof(*a->local));
	a->node = malloc(n * sizeof(*a->node));
	a->role = calloc(2, n);
	if (!a->local || !a->node || !a->role)
		return -ENOMEM;
	a->fed = a->role + n;
	memset(a->local, 0xff, n * sizeof(*a->local));
	return 0;
}

static void above_done(struct above *a)
{
	free(a->local);
	free(a->node);
	free(a->role);
}

static void add(struct above *a, uint32_t node)
{
	if (a->local[node] != GRAPH_NONE)
		return;
	a->local[node] = a->n;
	a->node[a->n++] = node;
}

/* Targets come first, then all above them. */
static void climb(struct above *a, const uint32_t *targets, size_t ntargets)
{
	for (size_t i = 0; i < ntargets; i++) {
		add(a, targets[i]);
		a->role[targets[i]] |= TARGET;
	}
	a->targets = a->n;
	for (uint32_t i = 0; i < a->n; i++) {
		struct nodes up = graph_up(a->g, a->node[i]);

		for (uint32_t k = 0; k < up.n; k++)
			add(a, up.node[k]);
	}
}

static bool has_clique(const struct graph *g)
{
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (g->flags[i] & GRAPH_CLIQUE)
			return true;
	}
	return false;
}

static void mark_clique(struct above *a)
{
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->g->flags[a->node[i]] & GRAPH_CLIQUE)
			a->role[a->node[i]] |= TOP;
	}
}

/* The top without a clique: whose group buys from nobody. Its group is above it as it is. */
static void mark_unfed(struct above *a)
{
	const struct graph *g = a->g;

	for (uint32_t i = 0; i < a->n; i++) {
		struct nodes from = graph_neighbours(g, a->node[i], LINK_PROVIDER);
		uint32_t group = g->group[a->node[i]];

		for (uint32_t k = 0; k < from.n && !a->fed[group]; k++)
			a->fed[group] = g->group[from.node[k]] != group;
	}
	for (uint32_t i = a->targets; i < a->n; i++) {
		if (!a->fed[g->group[a->node[i]]])
			a->role[a->node[i]] |= TOP;
	}
}

/* PART_FOUND when there is something to part. */
static int find_state(const struct above *a, bool by_clique)
{
	bool top = false;

	for (uint32_t i = 0; i < a->n; i++) {
		uint8_t role = a->role[a->node[i]];

		if ((role & TOP) && (role & TARGET))
			return PART_AT_TOP;
		top |= role & TOP;
	}
	if (!top)
		return by_clique ? PART_APART : PART_AT_TOP;
	return PART_FOUND;
}

/* Point 0 is where all begins, 1 where all ends, then two an AS. */
static uint32_t in_point(const struct above *a, uint32_t node)
{
	return 2 + 2 * a->local[node];
}

static void connect(const struct above *a, struct flow *f, uint32_t node)
{
	uint32_t in = in_point(a, node);
	uint8_t role = a->role[node];
	struct nodes up = graph_up(a->g, node);

	if (role & TARGET)
		flow_arc(f, 0, in, true);
	flow_arc(f, in, in + 1, role & (TARGET | KEPT));
	if (role & TOP) {
		flow_arc(f, in + 1, 1, true);
		return;
	}
	for (uint32_t k = 0; k < up.n; k++)
		flow_arc(f, in + 1, in_point(a, up.node[k]), true);
}

static int build(const struct above *a, struct flow *f)
{
	uint32_t arcs = 0;

	for (uint32_t i = 0; i < a->n; i++)
		arcs += 2 + graph_up(a->g, a->node[i]).n;
	int rc = flow_init(f, 2 + 2 * a->n, arcs);

	for (uint32_t i = 0; rc == 0 && i < a->n; i++)
		connect(a, f, a->node[i]);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int by_set(const void *a, const void *b, void *size)
{
	const uint32_t *x = a, *y = b;

	for (uint32_t i = 0; i < *(uint32_t *)size; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

/* Arcs to nodes, in order. An arc that can be cut goes from an AS's first point to its second. */
static void name_sets(const struct above *a, const struct flow *f, struct part_sets *p)
{
	for (uint32_t i = 0; i < p->sets * p->size; i++)
		p->set[i] = a->node[(f->to[p->set[i]] - 3) / 2];
	for (uint32_t i = 0; i < p->sets; i++)
		qsort(p->set + (size_t)i * p->size, p->size, sizeof(*p->set), by_number);
	qsort_r(p->set, p->sets, p->size * sizeof(*p->set), by_set, &p->size);
}

static int cut(const struct above *a, struct part_sets *p)
{
	struct flow f;
	uint32_t value;
	int rc = build(a, &f);

	if (rc < 0)
		return rc;
	rc = flow_most(&f, 0, 1, &value);
	if (rc == 0 && value == FLOW_ENDLESS) {
		p->state = PART_KEPT;
	} else if (rc == 0) {
		p->size = value;
		p->set = malloc((size_t)value * PART_SETS_MOST * sizeof(*p->set));
		rc = p->set ? flow_cuts(&f, 0, 1, value, PART_SETS_MOST, p->set, &p->sets)
			    : -ENOMEM;
		if (rc == 0)
			name_sets(a, &f, p);
		p->more = p->sets == PART_SETS_MOST;
	}
	flow_done(&f);
	return rc;
}

int part_find(const struct graph *g, const uint32_t *targets, size_t ntargets, const uint32_t *keep,
	size_t nkeep, struct part_sets *ret_part)
{
	struct part_sets p = {.by_clique = has_clique(g)};
	struct above a;
	int rc = above_init(&a, g);

	if (rc == 0) {
		climb(&a, targets, ntargets);
		for (size_t i = 0; i < nkeep; i++)
			a.role[keep[i]] |= KEPT;
		if (p.by_clique)
			mark_clique(&a);
		else
			mark_unfed(&a);
		p.above = a.n - a.targets;
		p.state = find_state(&a, p.by_clique);
		if (p.state == PART_FOUND)
			rc = cut(&a, &p);
	}
	above_done(&a);
	if (rc < 0)
		part_done(&p);
	else
		*ret_part = p;
	return rc;
}

void part_done(struct part_sets *p)
{
	free(p->set);
	*p = (struct part_sets){0};
}
