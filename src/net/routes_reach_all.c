/*
 * Bits of many origins at once: a node's row has a bit for each origin of a block that it has a
 * route to. The three passes of a search (routes_reach.c) become sweeps: up over the core with
 * customers first, where a row is the union of those below; across to peers; down with providers
 * first. Nodes that reach each other upwards (graph.h: group) have no first among them: such a
 * group is swept until nothing changes. In real graphs that is after a few times. A stranger's
 * could make it as many as there are nodes, so after SWEEPS_MOST the block's origins are searched
 * for one by one.
 *
 * Sums: rows are much alike, since mostly all nodes can reach an origin or none can. So weights are
 * first gathered by row, and then added to the origins of the row's bits; or where a row has most
 * of the bits, taken from those of the bits that it lacks.
 */
#include "base/pool.h"
#include "net/routes_search.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCK       512 /* origins at once */
#define WORDS       (BLOCK / 64)
#define SWEEPS_MOST 24

/* A bit an origin; memory from malloc() does for it. */
typedef uint64_t row_t __attribute__((vector_size(BLOCK / 8), aligned(8)));

struct all {
	struct routes_layout layout;
	const uint32_t *origins; /* nodes */
	const uint8_t *refuses;  /* by node; NULL: nobody does */
	const double *const *weight;
	size_t weights;
	double *const *ret_sum;
	struct worker *worker;
};

/* What one thread needs; rows are by place. */
struct worker {
	unsigned n;            /* origins of the block */
	row_t *up;             /* up[core]: routes of customers, and own ones */
	row_t *peer;           /* peer[N]: routes of peers */
	row_t *has;            /* has[core]: all routes */
	row_t whole;           /* all bits of the block */
	double *most;          /* most[weights]: sum over the rows that have most bits */
	double *sum;           /* sum[weights * BLOCK]: what an origin has more, or less */
	struct routes *routes; /* for one by one; NULL where it cannot come to that */
	uint8_t *class;        /* class[N] */
};

static inline bool is_same(const row_t *a, const row_t *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline void set(row_t *to, unsigned bit)
{
	(*to)[bit / 64] |= 1ull << bit % 64;
}

static bool refuses_at(const struct all *a, uint32_t place)
{
	return a->refuses && a->refuses[a->layout.node[place]];
}

/* Origins start; a leaf, which has no row of those, tells its providers and peers itself. */
static void start(const struct all *a, struct worker *w, const uint32_t *origins)
{
	const struct routes_layout *l = &a->layout;
	const struct graph *g = l->g;

	memset(w->up, 0, l->core * sizeof(*w->up));
	memset(w->peer, 0, g->nodes * sizeof(*w->peer));
	memset(&w->whole, 0, sizeof(w->whole));
	for (unsigned bit = 0; bit < w->n; bit++) {
		uint32_t node = origins[bit], place = l->place[node];

		if (a->refuses && a->refuses[node])
			continue;
		set(&w->whole, bit);
		if (place < l->core) {
			set(&w->up[place], bit);
			continue;
		}
		struct nodes up = graph_up(g, node), peers = graph_neighbours(g, node, LINK_PEER);

		for (uint32_t i = 0; i < up.n; i++)
			if (!refuses_at(a, l->place[up.node[i]]))
				set(&w->up[l->place[up.node[i]]], bit);
		for (uint32_t i = 0; i < peers.n; i++)
			set(&w->peer[l->place[peers.node[i]]], bit);
	}
}

/* A node of the core takes what its customers and siblings tell. Returns true when it is more. */
static bool take_from_below(const struct all *a, struct worker *w, uint32_t place)
{
	struct nodes from =
		routes_layout_neighbours(&a->layout, place, LAYOUT_SIBLING, LAYOUT_PEER);
	row_t row = w->up[place];

	if (refuses_at(a, place))
		return false;
	for (uint32_t i = 0; i < from.n; i++)
		row |= w->up[from.node[i]];
	bool more = !is_same(&row, &w->up[place]);

	w->up[place] = row;
	return more;
}

/* The same of what its providers and siblings tell, beside what it has. */
static bool take_from_above(const struct all *a, struct worker *w, uint32_t place)
{
	struct nodes from =
		routes_layout_neighbours(&a->layout, place, LAYOUT_PROVIDER, LAYOUT_CUSTOMER);
	row_t row = w->has[place];

	if (refuses_at(a, place))
		return false;
	for (uint32_t i = 0; i < from.n; i++)
		row |= w->has[from.node[i]];
	bool more = !is_same(&row, &w->has[place]);

	w->has[place] = row;
	return more;
}

/* Has every node of a group take until none takes more. False when it goes on for too long. */
static bool settle(const struct all *a, struct worker *w, uint32_t first, uint32_t end,
	bool (*take_more)(const struct all *a, struct worker *w, uint32_t place))
{
	bool more = true;

	for (int i = 0; more && i < SWEEPS_MOST; i++) {
		more = false;
		for (uint32_t place = first; place < end; place++)
			more |= take_more(a, w, place);
		more &= end - first > 1;
	}
	return !more;
}

static uint32_t group_at(const struct routes_layout *l, uint32_t place)
{
	return l->g->group[l->node[place]];
}

static bool sweep_up(const struct all *a, struct worker *w)
{
	const struct routes_layout *l = &a->layout;

	for (uint32_t first, end = l->core; end; end = first) {
		for (first = end - 1; first && group_at(l, first - 1) == group_at(l, first);)
			first--;
		if (!settle(a, w, first, end, take_from_below))
			return false;
	}
	return true;
}

static void sweep_across(const struct all *a, struct worker *w)
{
	const row_t nothing = {0};

	for (uint32_t place = 0; place < a->layout.core; place++) {
		struct nodes to =
			routes_layout_neighbours(&a->layout, place, LAYOUT_PEER, LAYOUT_KINDS);

		if (is_same(&w->up[place], &nothing))
			continue;
		for (uint32_t i = 0; i < to.n; i++)
			w->peer[to.node[i]] |= w->up[place];
	}
}

static bool sweep_down(const struct all *a, struct worker *w)
{
	const struct routes_layout *l = &a->layout;
	const row_t nothing = {0};

	for (uint32_t i = 0; i < l->core; i++)
		w->has[i] = refuses_at(a, i) ? nothing : w->up[i] | w->peer[i];
	for (uint32_t first = 0, end; first < l->core; first = end) {
		for (end = first + 1; end < l->core && group_at(l, end) == group_at(l, first);)
			end++;
		if (!settle(a, w, first, end, take_from_above))
			return false;
	}
	return true;
}

/* All routes of a leaf: those of its so many providers, and of peers. */
static inline void read_leaf(const struct worker *w, uint32_t place, const uint32_t *up,
	uint32_t providers, row_t *ret_row)
{
	row_t row = w->peer[place];

	for (uint32_t k = 0; k < providers; k++)
		row |= w->has[up[k]];
	*ret_row = row;
}

/* -- sums */

static double weight_of(const struct all *a, size_t k, uint32_t node)
{
	return a->weight[k] ? a->weight[k][node] : 1;
}

/* Adds a node's weights, times sign, to the sums of the origins that the row has. */
static void add_bits(
	const struct all *a, struct worker *w, uint32_t node, const row_t *row, double sign)
{
	for (unsigned i = 0; i < WORDS; i++) {
		for (uint64_t rest = (*row)[i]; rest; rest &= rest - 1) {
			unsigned bit = 64 * i + (unsigned)__builtin_ctzll(rest);

			for (size_t k = 0; k < a->weights; k++)
				w->sum[k * BLOCK + bit] += sign * weight_of(a, k, node);
		}
	}
}

static unsigned bits_of(const row_t *row)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WORDS; i++)
		n += (unsigned)__builtin_popcountll((*row)[i]);
	return n;
}

/* Counts a node that has these routes. */
static void count(const struct all *a, struct worker *w, uint32_t node, const row_t *row)
{
	row_t lacks = w->whole & ~*row;
	bool is_whole = is_same(row, &w->whole);

	if (!is_whole && bits_of(row) <= w->n / 2) {
		add_bits(a, w, node, row, 1);
		return;
	}
	for (size_t k = 0; k < a->weights; k++)
		w->most[k] += weight_of(a, k, node);
	if (!is_whole)
		add_bits(a, w, node, &lacks, -1);
}

static void count_all(const struct all *a, struct worker *w)
{
	const struct routes_layout *l = &a->layout;

	for (uint32_t i = 0; i < l->core; i++)
		if (!refuses_at(a, i))
			count(a, w, l->node[i], &w->has[i]);
	for (size_t k = 0; k < l->runs; k++) {
		const struct leaves *run = &l->leaves[k];
		const uint32_t *up = run->up;

		for (uint32_t i = 0; i < run->n; i++, up += run->providers) {
			row_t row;

			read_leaf(w, run->first + i, up, run->providers, &row);
			if (!refuses_at(a, run->first + i))
				count(a, w, l->node[run->first + i], &row);
		}
	}
}

/* True when the node at a place was counted for the origin of that bit. */
static bool was_counted(const struct all *a, const struct worker *w, uint32_t place, unsigned bit)
{
	const struct routes_layout *l = &a->layout;
	row_t row;

	if (place < l->core) {
		row = w->has[place];
	} else {
		struct nodes up = graph_up(l->g, l->node[place]);

		row = w->peer[place];
		for (uint32_t i = 0; i < up.n; i++)
			row |= w->has[l->place[up.node[i]]];
	}
	return row[bit / 64] >> bit % 64 & 1;
}

/* The sums of a block, without the origins themselves. */
static void tell(const struct all *a, const struct worker *w, const uint32_t *origins)
{
	for (unsigned bit = 0; bit < w->n; bit++) {
		uint32_t node = origins[bit];
		bool gone = a->refuses && a->refuses[node];
		bool counted = !gone && was_counted(a, w, a->layout.place[node], bit);

		for (size_t k = 0; k < a->weights; k++) {
			double sum = w->most[k] + w->sum[k * BLOCK + bit];
			a->ret_sum[k][origins + bit - a->origins] =
				gone ? 0 : sum - (counted ? weight_of(a, k, node) : 0);
		}
	}
}

/* -- one by one, when rows do not settle */

static void search_one(const struct all *a, struct worker *w, const uint32_t *origin)
{
	const struct barrier barrier = {.refuses = a->refuses};
	uint32_t nodes = a->layout.g->nodes;

	routes_reach(w->routes, origin, 1, &barrier, w->class);
	for (size_t k = 0; k < a->weights; k++) {
		double sum = 0;

		for (uint32_t i = 0; i < nodes; i++)
			if (w->class[i] > ROUTE_ORIGIN)
				sum += weight_of(a, k, i);
		a->ret_sum[k][origin - a->origins] = sum;
	}
}

/* -- threads */

static void work(void *context, unsigned worker, size_t from, size_t to)
{
	const struct all *a = context;
	struct worker *w = &a->worker[worker];
	const uint32_t *origins = a->origins + from;

	w->n = (unsigned)(to - from);
	memset(w->most, 0, a->weights * sizeof(*w->most));
	memset(w->sum, 0, a->weights * BLOCK * sizeof(*w->sum));
	start(a, w, origins);
	bool settled = sweep_up(a, w);

	if (settled) {
		sweep_across(a, w);
		settled = sweep_down(a, w);
	}
	if (settled) {
		count_all(a, w);
		tell(a, w, origins);
		return;
	}
	for (unsigned i = 0; i < w->n; i++)
		search_one(a, w, origins + i);
}

static void free_workers(struct worker *w, unsigned n)
{
	for (unsigned i = 0; w && i < n; i++) {
		free(w[i].up);
		free(w[i].peer);
		free(w[i].has);
		free(w[i].most);
		free(w[i].sum);
		free(w[i].class);
		routes_free(w[i].routes);
	}
	free(w);
}

static int init_worker(const struct all *a, struct worker *w)
{
	size_t core = (size_t)a->layout.core + 1, nodes = (size_t)a->layout.g->nodes + 1;
	size_t weights = a->weights + 1;

	w->up = calloc(core, sizeof(*w->up));
	w->has = calloc(core, sizeof(*w->has));
	w->peer = calloc(nodes, sizeof(*w->peer));
	w->most = calloc(weights, sizeof(*w->most));
	w->sum = calloc(weights, BLOCK * sizeof(*w->sum));
	if (!w->up || !w->has || !w->peer || !w->most || !w->sum)
		return -ENOMEM;
	if (!a->layout.circles)
		return 0;
	w->class = malloc(nodes);
	return w->class ? routes_new_shared(&a->layout, &w->routes) : -ENOMEM;
}

int routes_reach_all(const struct graph *g, const uint32_t *origins, size_t n,
	const uint8_t *refuses, const double *const *weight, size_t weights, unsigned threads,
	double *const *ret_sum)
{
	struct all a = {.origins = origins,
		.refuses = refuses,
		.weight = weight,
		.weights = weights,
		.ret_sum = ret_sum};
	const struct pool_loop loop = {.context = &a, .work = work};
	int rc = routes_layout_init(&a.layout, g);

	if (rc < 0)
		return rc;
	threads = threads ? threads : pool_cores();
	a.worker = calloc(threads, sizeof(*a.worker));
	rc = a.worker ? 0 : -ENOMEM;
	for (unsigned i = 0; rc == 0 && i < threads; i++)
		rc = init_worker(&a, &a.worker[i]);
	if (rc == 0)
		rc = pool_run_loop(&loop, n, BLOCK, threads);
	free_workers(a.worker, threads);
	routes_layout_done(&a.layout);
	return rc;
}
