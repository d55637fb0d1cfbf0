/*
 * Best routes to LANES origins at once. The core is searched for one origin after another, which is
 * little work. What takes long is the sweep over the leaves; it compares the offers of all lanes in
 * one go, since which offers a leaf has is the same for every origin.
 *
 * Offers are compared by their hops alone, in 16 bits that processors order as signed; an origin
 * with longer routes, and leaves with very many providers, are done one by one.
 */
#include "base/pool.h"
#include "net/routes_search.h"

#include <errno.h>
#include <stdlib.h>

#define LANES     8
#define NO_HOPS   INT16_MAX
#define MANY      UINT8_MAX /* providers: ties of more have no room */
#define JOB_LANES (4 * LANES)

typedef int16_t hops_t __attribute__((vector_size(2 * LANES)));  /* a lane each */
typedef uint32_t half_t __attribute__((vector_size(2 * LANES))); /* half of the lanes */

/* What one thread needs. */
struct worker {
	struct routes *routes[LANES];
	struct route *out[LANES]; /* [N] each */
	hops_t *hops;             /* hops[core]: what a core node offers, NO_HOPS for nothing */
};

struct all {
	struct routes_layout layout;
	const uint32_t *origins;
	const struct barrier *barrier;
	const struct routes_sink *sink;
	struct worker *worker;
};

/* -- the sweep */

/* The best offer so far, in each lane. */
struct pick {
	hops_t hops, ties;
	half_t low, high; /* nodes that offer */
};

static inline half_t widen_low(hops_t x, hops_t above)
{
	return (half_t)__builtin_shufflevector(x, above, 0, 8, 1, 9, 2, 10, 3, 11);
}

static inline half_t widen_high(hops_t x, hops_t above)
{
	return (half_t)__builtin_shufflevector(x, above, 4, 12, 5, 13, 6, 14, 7, 15);
}

/* One more offer, of a node with a higher number than those before. */
static inline void consider(struct pick *p, const hops_t *offer, uint32_t node)
{
	hops_t less = *offer < p->hops, same = *offer == p->hops;
	half_t low = widen_low(less, less), high = widen_high(less, less);

	p->hops = (*offer & less) | (p->hops & ~less);
	p->ties = (p->ties & ~less) - same;
	p->low = (node & low) | (p->low & ~low);
	p->high = (node & high) | (p->high & ~high);
}

/* Writes the routes of two lanes: next node and all else, twice. */
static inline void put_two(struct route *const *out, uint32_t node, half_t two)
{
	memcpy(&out[0][node], &two, sizeof(struct route));
	memcpy(&out[1][node], (char *)&two + sizeof(struct route), sizeof(struct route));
}

/* Writes the routes of half of the lanes: their next nodes, and all else that a route holds. */
static inline void put(struct route *const *out, uint32_t node, half_t next, half_t rest)
{
	put_two(out, node, __builtin_shufflevector(next, rest, 0, 4, 1, 5));
	put_two(out + 2, node, __builtin_shufflevector(next, rest, 2, 6, 3, 7));
}

static inline void put_pick(struct route *const *out, uint32_t node, const struct pick *p)
{
	hops_t none = p->hops == NO_HOPS, hops = p->hops & ~none;
	hops_t rest = ((p->ties << 8) | ROUTE_PROVIDER) & ~none; /* ties above the class */

	/* GRAPH_NONE is all ones, as is what holds in a comparison. */
	put(out, node, p->low | widen_low(none, none), widen_low(hops, rest));
	put(out + LANES / 2, node, p->high | widen_high(none, none), widen_high(hops, rest));
}

/* Leaves choose among what their so many providers offer, in all lanes. */
static inline __attribute__((always_inline)) void sweep(
	const struct all *a, const struct worker *w, const struct leaves *run, uint32_t providers)
{
	const uint32_t *nodes = a->layout.node, *from = run->up;

	for (uint32_t i = 0, n = run->n; i < n; i++, from += providers) {
		struct pick p = {.hops = (hops_t){0} + NO_HOPS};

		for (uint32_t k = 0; k < providers; k++)
			consider(&p, &w->hops[from[k]], nodes[from[k]]);
		put_pick(w->out, nodes[run->first + i], &p);
	}
}

/* The same lane by lane. */
static void sweep_lanes(const struct all *a, const struct worker *w, const struct leaves *run)
{
	const uint32_t *from = run->up;

	for (uint32_t i = 0; i < run->n; i++, from += run->providers)
		for (int lane = 0; lane < LANES; lane++)
			w->out[lane][a->layout.node[run->first + i]] =
				routes_best_of(w->routes[lane]->offer, from, run->providers);
}

static void sweep_run(const struct all *a, const struct worker *w, const struct leaves *run)
{
	/* Lanes are put together as routes lie in memory. */
	bool fits = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && run->providers <= MANY;

	switch (fits ? run->providers : MANY + 1) {
	case 1: sweep(a, w, run, 1); break;
	case 2: sweep(a, w, run, 2); break;
	case 3: sweep(a, w, run, 3); break;
	case MANY + 1: sweep_lanes(a, w, run); break;
	default: sweep(a, w, run, run->providers); break;
	}
}

/* Leaves that refuse have been swept like all. */
static void bar_leaves(const struct all *a, const struct worker *w)
{
	const uint8_t *refuses = a->barrier->refuses;

	for (uint32_t i = a->layout.core; refuses && i < a->layout.g->nodes; i++)
		for (int lane = 0; lane < LANES && refuses[a->layout.node[i]]; lane++)
			w->out[lane][a->layout.node[i]] = (struct route){.next = GRAPH_NONE};
}

/* -- searches */

/* Puts what the core offers into a lane. False when there are too many hops for it. */
static bool fill_lane(const struct all *a, struct worker *w, int lane)
{
	const uint64_t *offer = w->routes[lane]->offer;
	int16_t *hops = (int16_t *)w->hops + lane;
	bool fits = true;

	for (uint32_t i = 0; i < a->layout.core; i++) {
		uint16_t n = offer[i] == NO_OFFER ? NO_HOPS : offer_hops(offer[i]);

		fits &= n < NO_HOPS || offer[i] == NO_OFFER;
		hops[(size_t)i * LANES] = (int16_t)n;
	}
	return fits;
}

/* Best routes to n origins, at most LANES; lanes beyond do what the first does. */
static void search(const struct all *a, unsigned worker, const uint32_t *origins, size_t n)
{
	struct worker *w = &a->worker[worker];
	struct best s[LANES];
	bool fits[LANES];

	for (int lane = 0; lane < LANES; lane++) {
		s[lane] = (struct best){.r = w->routes[lane],
			.l = &a->layout,
			.barrier = a->barrier,
			.origin = origins[(size_t)lane < n ? lane : 0],
			.out = w->out[lane]};
		routes_best_core(&s[lane]);
		fits[lane] = fill_lane(a, w, lane);
	}
	for (size_t i = 0; i < a->layout.runs; i++)
		sweep_run(a, w, &a->layout.leaves[i]);
	bar_leaves(a, w);
	for (size_t lane = 0; lane < n; lane++) {
		if (fits[lane])
			routes_best_leaves(&s[lane]);
		else
			routes_best(w->routes[lane], origins[lane], a->barrier, w->out[lane]);
		a->sink->take(a->sink->context, worker, origins[lane], w->out[lane]);
	}
}

/* -- threads */

static void work(void *context, unsigned worker, size_t from, size_t to)
{
	const struct all *a = context;

	for (; from < to; from += LANES)
		search(a, worker, a->origins + from, to - from < LANES ? to - from : LANES);
}

static void free_workers(struct worker *w, unsigned n)
{
	for (unsigned i = 0; w && i < n; i++) {
		for (int lane = 0; lane < LANES; lane++) {
			routes_free(w[i].routes[lane]);
			free(w[i].out[lane]);
		}
		free(w[i].hops);
	}
	free(w);
}

static int init_worker(const struct routes_layout *l, struct worker *w)
{
	int rc = 0;

	w->hops = calloc((size_t)l->core + 1, sizeof(*w->hops));
	for (int lane = 0; rc == 0 && lane < LANES; lane++) {
		w->out[lane] = calloc((size_t)l->g->nodes + 1, sizeof(*w->out[lane]));
		rc = w->hops && w->out[lane] ? routes_new_shared(l, &w->routes[lane]) : -ENOMEM;
	}
	return rc;
}

int routes_best_all(const struct graph *g, const uint32_t *origins, size_t n,
	const struct barrier *barrier, unsigned threads, const struct routes_sink *sink)
{
	static const struct barrier none = {NULL, NULL};
	struct all a = {.origins = origins, .barrier = barrier ? barrier : &none, .sink = sink};
	const struct pool_loop loop = {.context = &a, .work = work};
	int rc = routes_layout_init(&a.layout, g);

	if (rc < 0)
		return rc;
	threads = threads ? threads : pool_cores();
	a.worker = calloc(threads, sizeof(*a.worker));
	rc = a.worker ? 0 : -ENOMEM;
	for (unsigned i = 0; rc == 0 && i < threads; i++)
		rc = init_worker(&a.layout, &a.worker[i]);
	if (rc == 0)
		rc = pool_run_loop(&loop, n, JOB_LANES, threads);
	free_workers(a.worker, threads);
	routes_layout_done(&a.layout);
	return rc;
}
