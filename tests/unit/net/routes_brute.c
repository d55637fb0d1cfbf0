/*
 * Routes held against brute force in random graphs, small ones by the hundred thousand, larger ones
 * against BGP played to its end. BRUTE_GRAPHS in the environment is how many small ones.
 */
#include "../../brute.h"
#include "test.h"

#include "net/routes.h"

/* One random question to one graph. */
struct question {
	struct graph *g;
	uint8_t *refuses, *parted; /* [N] */
	uint32_t origins[3];
	size_t n;
	struct barrier barrier;
	uint32_t seed;
};

static void draw(struct question *q, struct random *r, struct graph *g, uint32_t seed)
{
	double refusing = random_below(r, 2) ? random_unit(r) * 0.4 : 0;
	double parting = random_below(r, 2) ? random_unit(r) * 0.6 : 0;

	*q = (struct question){.g = g, .seed = seed, .n = 1 + random_below(r, 3)};
	q->refuses = calloc(g->nodes, 1);
	q->parted = calloc(g->nodes, 1);
	assert_true(q->refuses && q->parted);
	for (uint32_t i = 0; i < g->nodes; i++) {
		q->refuses[i] = random_unit(r) < refusing;
		q->parted[i] = random_unit(r) < parting;
	}
	for (size_t i = 0; i < q->n; i++)
		q->origins[i] = (uint32_t)random_below(r, g->nodes);
	q->barrier.refuses = refusing > 0 ? q->refuses : NULL;
	q->barrier.parted = parting > 0 ? q->parted : NULL;
}

static void done(struct question *q)
{
	free(q->refuses);
	free(q->parted);
	graph_close(q->g);
}

static void show_mask(const char *what, const uint8_t *mask, uint32_t n)
{
	print_error("%s:", what);
	for (uint32_t i = 0; mask && i < n; i++)
		if (mask[i])
			print_error(" %u", i);
	print_error("\n");
}

static void show(const struct question *q)
{
	print_error("seed %u, %u nodes: %s\norigins:", q->seed, q->g->nodes, brute_show(q->g));
	for (size_t i = 0; i < q->n; i++)
		print_error(" %u", q->origins[i]);
	print_error("\n");
	show_mask("refuse", q->barrier.refuses, q->g->nodes);
	show_mask("parted", q->barrier.parted, q->g->nodes);
}

static void ask_reach(const struct question *q, struct routes *routes)
{
	uint8_t got[BRUTE_NODES_MOST], want[BRUTE_NODES_MOST];
	uint32_t got_n = routes_reach(routes, q->origins, q->n, &q->barrier, got);
	uint32_t want_n =
		brute_reach(q->g, q->origins, q->n, q->barrier.refuses, q->barrier.parted, want);

	if (got_n == want_n && memcmp(got, want, q->g->nodes) == 0)
		return;
	show(q);
	fail_msg("reach is %u, not %u", got_n, want_n);
}

/* The path over `next` is the one that was chosen when BGP was played. */
static void same_path(
	const struct question *q, const struct route *route, const uint32_t *path, uint32_t node)
{
	uint32_t at = node;

	for (; *path != GRAPH_NONE; path++) {
		if (at != *path) {
			show(q);
			fail_msg("the path of %u leads to %u, not %u", node, at, *path);
		}
		at = route[at].next;
	}
}

/* All ties are found, those that were and no others. */
static void same_ties(const struct question *q, const struct route *route, uint32_t node)
{
	uint32_t next[8];
	size_t n = routes_ties(q->g, route, node, &q->barrier, next, 8);
	size_t want = route[node].next == GRAPH_NONE ? 0 : route[node].ties + 1u;
	bool good = n == want || (route[node].ties == UINT8_MAX && n > want);

	good = good && (n == 0 || next[0] == route[node].next);
	for (size_t i = 1; i < n && i < 8; i++)
		good = good && next[i - 1] < next[i] && route[next[i]].hops + 1 == route[node].hops;
	if (good)
		return;
	show(q);
	fail_msg("%u has %zu ties, not %zu", node, n, want);
}

static bool same_route(const struct route *a, const struct route *b)
{
	return a->next == b->next && a->hops == b->hops && a->class == b->class &&
	       a->ties == b->ties;
}

/* *path has room for BRUTE_PATH_MOST times the nodes. */
static void ask_best(const struct question *q, struct routes *routes, struct random *r,
	struct route *got, struct route *want, uint32_t *path)
{
	routes_best(routes, q->origins[0], &q->barrier, got);
	brute_best(q->g, q->origins[0], q->barrier.refuses, q->barrier.parted, r, want, path);
	for (uint32_t i = 0; i < q->g->nodes; i++) {
		if (!same_route(&got[i], &want[i])) {
			show(q);
			fail_msg(
				"node %u goes over %u, %u hops, class %u, %u ties; not %u %u %u %u",
				i, got[i].next, got[i].hops, got[i].class, got[i].ties,
				want[i].next, want[i].hops, want[i].class, want[i].ties);
		}
		same_path(q, got, path + (size_t)i * BRUTE_PATH_MOST, i);
		same_ties(q, got, i);
	}
}

/* -- many origins at once, against one by one */

struct takes {
	const struct question *q;
	struct routes *routes;
	struct route *want;
	unsigned char *taken; /* [N] how often */
};

/* Called on one thread alone, since the test asks for that. */
static void same_routes(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	struct takes *t = context;

	assert_int_equal(worker, 0);
	routes_best(t->routes, origin, &t->q->barrier, t->want);
	for (uint32_t i = 0; i < t->q->g->nodes; i++) {
		if (same_route(&route[i], &t->want[i]))
			continue;
		show(t->q);
		fail_msg("of all, the route of %u to %u differs", i, origin);
	}
	t->taken[origin]++;
}

static void ask_best_all(const struct question *q, struct routes *routes, struct route *want)
{
	uint32_t n = q->g->nodes, *origins = malloc(n * sizeof(*origins));
	struct takes t = {q, routes, want, calloc(n, 1)};
	const struct routes_sink sink = {&t, same_routes};

	assert_true(origins && t.taken);
	for (uint32_t i = 0; i < n; i++)
		origins[i] = n - 1 - i;
	assert_int_equal(routes_best_all(q->g, origins, n, &q->barrier, 1, &sink), 0);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(t.taken[i], 1);
	free(origins);
	free(t.taken);
}

/* The sums of whole weights are exact. */
static void ask_reach_all(
	const struct question *q, struct routes *routes, struct random *r, unsigned threads)
{
	uint32_t n = q->g->nodes, asked = n + (uint32_t)random_below(r, n);
	uint32_t *origins = malloc(asked * sizeof(*origins));
	double *weight = malloc(n * sizeof(*weight)), *sum[2];
	const double *weights[] = {NULL, weight};
	uint8_t *class = malloc(n);

	assert_true(origins && weight && class);
	for (uint32_t i = 0; i < n; i++)
		weight[i] = (double)random_below(r, 1000);
	for (uint32_t i = 0; i < asked; i++)
		origins[i] = i < n ? i : (uint32_t)random_below(r, n);
	for (int k = 0; k < 2; k++) {
		sum[k] = malloc(asked * sizeof(**sum));
		assert_non_null(sum[k]);
	}
	assert_int_equal(routes_reach_all(q->g, origins, asked, q->barrier.refuses, weights, 2,
				 threads, sum),
		0);
	for (uint32_t i = 0; i < asked; i++) {
		const struct barrier barrier = {.refuses = q->barrier.refuses};
		double want[2] = {0, 0};

		routes_reach(routes, origins + i, 1, &barrier, class);
		for (uint32_t k = 0; k < n; k++) {
			want[0] += class[k] > ROUTE_ORIGIN;
			want[1] += class[k] > ROUTE_ORIGIN ? weight[k] : 0;
		}
		if (sum[0][i] == want[0] && sum[1][i] == want[1])
			continue;
		show(q);
		fail_msg("%g nodes of weight %g reach %u, not %g of %g", sum[0][i], sum[1][i],
			origins[i], want[0], want[1]);
	}
	for (int k = 0; k < 2; k++)
		free(sum[k]);
	free(origins);
	free(weight);
	free(class);
}

/* A class that a node has in the small graphs, and ties, so that it is known that all occur. */
static void count(const struct route *route, uint32_t n, unsigned long *seen)
{
	for (uint32_t i = 0; i < n; i++) {
		seen[route[i].class]++;
		seen[ROUTE_PROVIDER + 1] += route[i].ties > 0;
	}
}

static void small_graphs(void **state)
{
	const char *asked = getenv("BRUTE_GRAPHS");
	uint32_t graphs = asked ? (uint32_t)atol(asked) : 100000;
	unsigned long seen[ROUTE_PROVIDER + 2] = {0};

	(void)state;
	for (uint32_t seed = 1; seed <= graphs; seed++) {
		struct route got[BRUTE_NODES_MOST], want[BRUTE_NODES_MOST];
		uint32_t path[BRUTE_NODES_MOST * BRUTE_PATH_MOST];
		struct routes *routes;
		struct question q;
		struct random r;

		random_seed(&r, seed);
		draw(&q, &r, brute_graph(&r), seed);
		assert_int_equal(routes_new(q.g, &routes), 0);
		ask_reach(&q, routes);
		ask_best(&q, routes, &r, got, want, path);
		if (seed % 16 == 0) {
			ask_best_all(&q, routes, want);
			ask_reach_all(&q, routes, &r, 1);
		}
		count(got, q.g->nodes, seen);
		routes_free(routes);
		done(&q);
	}
	for (int i = 0; i < ROUTE_PROVIDER + 2; i++)
		assert_true(seen[i] > graphs / 20);
}

/* Reach of one origin is the class of the best routes. */
static void reach_is_class(
	const struct question *q, struct routes *routes, const struct route *best)
{
	uint8_t *class = malloc(q->g->nodes);
	uint32_t n = routes_reach(routes, q->origins, 1, &q->barrier, class), reached = 0;

	for (uint32_t i = 0; i < q->g->nodes; i++) {
		assert_int_equal(class[i], best[i].class);
		reached += class[i] != ROUTE_NONE;
	}
	assert_int_equal(n, reached);
	free(class);
}

static void large_graphs(void **state)
{
	static const uint32_t sizes[] = {40, 150, 150, 150, 400, 400, 400, 1000, 3000};

	(void)state;
	for (uint32_t seed = 1; seed <= sizeof(sizes) / sizeof(*sizes); seed++) {
		uint32_t n = sizes[seed - 1];
		struct route *got = malloc(n * sizeof(*got)), *want = malloc(n * sizeof(*want));
		uint32_t *path = malloc(n * sizeof(*path) * BRUTE_PATH_MOST);
		struct routes *routes;
		struct question q;
		struct random r;

		assert_true(got && want && path);
		random_seed(&r, seed);
		draw(&q, &r, brute_graph_of(&r, n, 1 + 4 * random_unit(&r)), seed);
		assert_int_equal(routes_new(q.g, &routes), 0);
		ask_best(&q, routes, &r, got, want, path);
		reach_is_class(&q, routes, got);
		if (n <= 1000) {
			ask_best_all(&q, routes, want);
			ask_reach_all(&q, routes, &r, 2);
		}
		routes_free(routes);
		done(&q);
		free(got);
		free(want);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_graphs),
		cmocka_unit_test(large_graphs),
	};

	return cmocka_run_group_tests_name("routes-brute", tests, NULL, NULL);
}
