/*
 * From the graph to points and bunches. Only what is reached when nobody refuses is taken: refusal
 * reaches nobody new. Points are numbered along the graph's order from its end, so that providers
 * come before customers and groups stand together; leaves with the same feeders are found by the
 * hash of these.
 */
#include "cut/load.h"
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE GRAPH_NONE
#define MANY 16 /* leaves with so many feeders are not sorted further */

/* Works for one load. */
struct build {
	struct load *l;
	const struct graph *g;
	const double *weight;
	uint8_t *class;  /* class[N]: how a node is reached when nobody refuses */
	uint8_t *kept;   /* kept[N]: 1; targets: 2 */
	uint32_t *bunch; /* bunch[N]: of a leaf */
	uint32_t *slot;  /* bunches by hash */
	size_t slots;    /* a power of two */
	uint32_t *leaf;  /* leaf[nleaves]: that weigh anything */
	uint32_t nleaves;
	uint32_t fed; /* used of feeder[] */
};

/* An array of n (at least 1) in l's or b's care. */
static bool grab(void *at, size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	*(void **)at = p;
	return p;
}

static bool is_point(const struct build *b, uint32_t node)
{
	return b->class[node] != ROUTE_NONE && (b->kept[node] == 2 || graph_down(b->g, node).n);
}

static bool is_above(const struct build *b, uint32_t node)
{
	return b->class[node] == ROUTE_ORIGIN || b->class[node] == ROUTE_CUSTOMER;
}

/* Whether it has a point to give routes for everybody from. All above do, unless a graph that is
 * not the builder's has links with one end. */
static bool gives_up(const struct build *b, uint32_t node)
{
	return is_above(b, node) && b->l->of[node] != NONE;
}

static bool is_leaf(const struct build *b, uint32_t node)
{
	return b->class[node] != ROUTE_NONE && !is_point(b, node) && b->weight[node] > 0;
}

static int find_reached(struct build *b, const uint32_t *targets, size_t n)
{
	struct routes *r;
	int rc = routes_new(b->g, &r);

	if (rc < 0)
		return rc;
	routes_reach(r, targets, n, NULL, b->class);
	routes_free(r);
	return 0;
}

static void number_points(struct build *b)
{
	struct load *l = b->l;
	uint32_t group = NONE;

	for (uint32_t i = b->g->nodes; i-- > 0;) {
		uint32_t v = b->g->order[i], p = l->points;

		if (!is_point(b, v))
			continue;
		if (b->g->group[v] != group)
			l->block[l->blocks++] = p;
		group = b->g->group[v];
		l->of[v] = p;
		l->node[p] = v;
		l->target[p] = b->kept[v] == 2;
		l->weight[p] = l->target[p] ? 0 : b->weight[v];
		l->state[p] = b->kept[v] ? LOAD_FREE : LOAD_OPEN;
		l->price[p] = 1;
		l->points++;
	}
	l->block[l->blocks] = l->points;
	for (uint32_t i = l->blocks; i-- > 0;) {
		if (is_above(b, l->node[l->block[i]]))
			l->high[l->highs++] = i;
	}
}

/* Writes the sides that may feed a node to `to`, or only counts them when it is NULL. */
static uint32_t list_feeders(const struct build *b, uint32_t node, uint32_t *to)
{
	struct nodes up = graph_up(b->g, node), peers = graph_neighbours(b->g, node, LINK_PEER);
	uint32_t n = 0;

	for (uint32_t i = 0; i < up.n; i++) {
		if (b->l->of[up.node[i]] != NONE && to)
			to[n] = 2 * b->l->of[up.node[i]];
		n += b->l->of[up.node[i]] != NONE;
	}
	for (uint32_t i = 0; i < peers.n; i++) {
		if (!gives_up(b, peers.node[i]))
			continue;
		if (to)
			to[n] = 2 * b->l->of[peers.node[i]] + 1;
		n++;
	}
	return n;
}

/* The same for routes of customers. */
static uint32_t list_climb(const struct build *b, uint32_t node, uint32_t *to)
{
	struct nodes down = graph_down(b->g, node);
	uint32_t n = 0;

	for (uint32_t i = 0; i < down.n && is_above(b, node); i++) {
		if (!gives_up(b, down.node[i]))
			continue;
		if (to)
			to[n] = 2 * b->l->of[down.node[i]] + 1;
		n++;
	}
	return n;
}

static int link_points(struct build *b)
{
	struct load *l = b->l;
	size_t fed = 0, climbed = 0;

	for (uint32_t i = 0; i < b->g->nodes; i++) {
		if (l->of[i] != NONE || is_leaf(b, i))
			fed += list_feeders(b, i, NULL);
		if (l->of[i] != NONE)
			climbed += list_climb(b, i, NULL);
	}
	if (!grab(&l->feeder, fed, sizeof(*l->feeder)) ||
		!grab(&l->climb, climbed, sizeof(*l->climb)))
		return -ENOMEM;
	for (uint32_t p = 0; p < l->points; p++) {
		l->feeders[p + 1] =
			l->feeders[p] + list_feeders(b, l->node[p], l->feeder + l->feeders[p]);
		l->climbs[p + 1] =
			l->climbs[p] + list_climb(b, l->node[p], l->climb + l->climbs[p]);
	}
	b->fed = l->feeders[l->points];
	return 0;
}

/* The bunch of a leaf whose n feeders stand behind those of the last bunch. */
static uint32_t find_bunch(struct build *b, uint32_t n)
{
	struct load *l = b->l;
	const uint32_t *mine = l->feeder + b->fed;
	size_t bytes = n * sizeof(*mine);
	size_t at = (size_t)hash64((struct span){(const char *)mine, bytes}, 0);

	for (;; at++) {
		uint32_t *slot = &b->slot[at & (b->slots - 1)];
		const struct load_bunch *other = &l->bunch[*slot];

		if (*slot == NONE) {
			*slot = l->bunches++;
			b->fed += n;
			l->bunch[l->bunches].feeders = b->fed;
			return *slot;
		}
		if (other[1].feeders - other->feeders == n &&
			!memcmp(l->feeder + other->feeders, mine, bytes))
			return *slot;
	}
}

/* Lists the leaves, those with fewer feeders first: a pass over bunches of the same length runs
 * twice as fast. */
static void list_leaves(struct build *b)
{
	uint32_t *many = b->bunch, count[MANY + 2] = {0};

	for (uint32_t i = 0; i < b->g->nodes; i++) {
		if (!is_leaf(b, i))
			continue;
		many[i] = list_feeders(b, i, NULL);
		if (many[i] > MANY)
			many[i] = MANY;
		count[many[i] + 1]++;
	}
	for (uint32_t i = 1; i <= MANY + 1; i++)
		count[i] += count[i - 1];
	b->nleaves = count[MANY + 1];
	for (uint32_t i = 0; i < b->g->nodes; i++) {
		if (is_leaf(b, i))
			b->leaf[count[many[i]]++] = i;
	}
}

/* Leaves to their bunches, whose `leaves` become counts, each with the next one's. */
static void gather_leaves(struct build *b)
{
	struct load *l = b->l;

	l->bunch[0].feeders = b->fed;
	for (uint32_t i = 0; i < b->nleaves; i++) {
		uint32_t v = b->leaf[i];

		b->bunch[v] = find_bunch(b, list_feeders(b, v, l->feeder + b->fed));
		if (b->kept[v])
			l->bunch[b->bunch[v]].kept += b->weight[v];
		else
			l->bunch[b->bunch[v] + 1].leaves++;
	}
}

/* The heavier first, then the lower number. */
static int compare_leaves(const void *pa, const void *pb, void *weight)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	double wa = ((const double *)weight)[a], wb = ((const double *)weight)[b];

	if (wa != wb)
		return wa > wb ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void sort_leaves(struct build *b)
{
	struct load *l = b->l;
	struct load_bunch *bunch = l->bunch;

	for (uint32_t i = 0; i < l->bunches; i++)
		bunch[i + 1].leaves += bunch[i].leaves;
	for (uint32_t i = 0; i < b->nleaves; i++) {
		struct load_bunch *mine = &bunch[b->bunch[b->leaf[i]]];

		if (!b->kept[b->leaf[i]])
			l->leaf[mine->leaves + mine->taken++] = b->leaf[i];
	}
	for (uint32_t i = 0; i < l->bunches; i++) {
		uint32_t from = bunch[i].leaves, n = bunch[i].taken;
		double behind = 0;

		bunch[i].taken = 0;
		if (n > 1)
			qsort_r(l->leaf + from, n, sizeof(*l->leaf), compare_leaves,
				(void *)(uintptr_t)b->weight);
		for (uint32_t k = from + n; k-- > from;) {
			l->leaf_weight[k] = b->weight[l->leaf[k]];
			l->leaf_behind[k] = behind += l->leaf_weight[k];
		}
	}
}

/* All that is as long as there are nodes. */
static int grab_rooms(struct build *b)
{
	struct load *l = b->l;
	size_t n = (size_t)b->g->nodes + 1;
	bool good = grab(&b->class, n, 1) && grab(&b->kept, n, 1) && grab(&b->bunch, n, 4) &&
		    grab(&b->leaf, n, 4) && grab(&l->of, n, 4) && grab(&l->leaf, n, 4) &&
		    grab(&l->bunch, n, sizeof(*l->bunch)) && grab(&l->leaf_weight, n, 8) &&
		    grab(&l->leaf_behind, n, 8);

	for (b->slots = 16; b->slots < 2 * n;)
		b->slots *= 2;
	if (!good || !grab(&b->slot, b->slots, 4))
		return -ENOMEM;
	memset(b->slot, 0xff, b->slots * sizeof(*b->slot));
	memset(l->of, 0xff, n * sizeof(*l->of));
	return 0;
}

/* All that is as long as there are points. */
static int grab_points(struct build *b)
{
	struct load *l = b->l;
	size_t n = 1;

	for (uint32_t i = 0; i < b->g->nodes; i++)
		n += is_point(b, i);
	bool good = grab(&l->node, n, 4) && grab(&l->weight, n, 8) && grab(&l->state, n, 1) &&
		    grab(&l->target, n, 1) && grab(&l->price, n, 8) && grab(&l->asked, n, 8) &&
		    grab(&l->used, n, 8) && grab(&l->feeders, n, 4) && grab(&l->climbs, n, 4) &&
		    grab(&l->block, n, 4) && grab(&l->high, n, 4) && grab(&l->pull, 2 * n, 4) &&
		    grab(&l->through, 2 * n, sizeof(*l->through)) && grab(&l->fed, n, 8) &&
		    grab(&l->climbed, n, 8) && grab(&l->own, n, 8);

	for (int side = 0; side < 2; side++)
		good = good && grab(&l->order[side], n, 4) && grab(&l->rank[side], n, 4);
	return good ? 0 : -ENOMEM;
}

static int build(struct build *b, const uint32_t *targets, size_t ntargets, const uint32_t *keep,
	size_t nkeep)
{
	int rc = grab_rooms(b);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < nkeep; i++)
		b->kept[keep[i]] = 1;
	for (size_t i = 0; i < ntargets; i++)
		b->kept[targets[i]] = 2;
	rc = find_reached(b, targets, ntargets);
	if (rc == 0)
		rc = grab_points(b);
	if (rc == 0) {
		number_points(b);
		rc = link_points(b);
	}
	if (rc == 0) {
		list_leaves(b);
		gather_leaves(b);
		sort_leaves(b);
	}
	return rc;
}

int load_new(const struct graph *g, const uint32_t *targets, size_t ntargets, const uint32_t *keep,
	size_t nkeep, const double *weight, struct load **ret_load)
{
	struct build b = {.g = g, .weight = weight};

	if (!grab(&b.l, 1, sizeof(*b.l)))
		return -ENOMEM;
	b.l->g = g;
	int rc = build(&b, targets, ntargets, keep, nkeep);

	free(b.class);
	free(b.kept);
	free(b.bunch);
	free(b.slot);
	free(b.leaf);
	if (rc < 0)
		load_free(b.l);
	else
		*ret_load = b.l;
	return rc;
}

void load_free(struct load *l)
{
	if (!l)
		return;
	void *const arrays[] = {l->node, l->weight, l->state, l->target, l->price, l->asked,
		l->used, l->bunch, l->leaf, l->leaf_weight, l->leaf_behind, l->feeder, l->feeders,
		l->climbs, l->climb, l->block, l->high, l->of, l->pull, l->through, l->fed,
		l->climbed, l->own, l->order[0], l->order[1], l->rank[0], l->rank[1]};

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		free(arrays[i]);
	free(l);
}
