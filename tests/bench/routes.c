/*
 * routes [--all] [ASES...]: what searches for routes cost in made-up graphs of 15,000 to 120,000
 * ASes or those given. For one origin the CPU time of the fastest of several rounds. For all
 * origins, on all cores, the time that passes, the CPU time, and the most memory that the process
 * has held so far: reach, with the largest network gone; and best routes, reckoned from those of
 * 1,000 origins. With --all they are searched for all.
 */
#include "graph_make.h"
#include "base/pool.h"
#include "base/random.h"
#include "net/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define SEED   1
#define ROUNDS 5

struct bench {
	struct graph *g;
	struct routes *routes;
	uint32_t *origins; /* [SAMPLE], random */
	uint8_t *refuses, *class;
	struct route *route;
};

#define SAMPLE 200

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *must(void *p)
{
	if (!p) {
		perror("routes");
		exit(1);
	}
	return p;
}

/* Searches of which the cost is told. */
static void reach(struct bench *b)
{
	for (int i = 0; i < SAMPLE; i++)
		routes_reach(b->routes, b->origins + i, 1, NULL, b->class);
}

static void reach_barred(struct bench *b)
{
	const struct barrier barrier = {.refuses = b->refuses};

	for (int i = 0; i < SAMPLE; i++)
		routes_reach(b->routes, b->origins + i, 1, &barrier, b->class);
}

static void best(struct bench *b)
{
	for (int i = 0; i < SAMPLE; i++)
		routes_best(b->routes, b->origins[i], NULL, b->route);
}

/* Runs it some times over the sample, and tells the microseconds for one origin in the fastest. */
static void measure(struct bench *b, const char *what, void (*run)(struct bench *))
{
	double least = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double t = cpu_seconds();

		run(b);
		t = cpu_seconds() - t;
		if (i == 0 || t < least)
			least = t;
	}
	printf("  %s: %.1f us\n", what, least / SAMPLE * 1e6);
}

/* Peak memory of the process so far, in MB. */
static double peak_mb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1e3;
}

/* What a run on all cores took: time that passed, and CPU time of all cores together. */
static void tell(const char *what, double wall, double cpu)
{
	printf("  %s: %.2f s wall\n", what, wall);
	printf("  %s: %.2f s CPU\n", what, cpu);
}

static void look_at(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	uint64_t *hops = context;

	hops[8 * worker] += route[origin].hops + route[0].hops; /* a line of cache each */
}

/* The best routes of so many of the origins in a row from `first`, an array of all. */
static void measure_best_all(const struct bench *b, const uint32_t *first, uint32_t n)
{
	uint64_t *hops = must(calloc(8 * pool_cores(), sizeof(*hops)));
	const struct routes_sink sink = {hops, look_at};
	double t = seconds(), cpu = cpu_seconds(), share = (double)b->g->nodes / n;

	if (routes_best_all(b->g, first, n, NULL, 0, &sink) < 0)
		must(NULL);
	tell(n < b->g->nodes ? "best to all, from 1,000" : "best to all", (seconds() - t) * share,
		(cpu_seconds() - cpu) * share);
	free(hops);
}

/* Reach of all, with the network gone that has the largest cone. */
static void measure_reach_all(const struct bench *b, const uint32_t *all)
{
	uint32_t nodes = b->g->nodes, largest = 0;
	uint8_t *gone = must(calloc(nodes, 1));
	double *sum = must(calloc(nodes, sizeof(*sum))), all_sum = 0;
	const double *const weight[] = {NULL};

	for (uint32_t i = 0; i < nodes; i++)
		largest = b->g->cone[i] > b->g->cone[largest] ? i : largest;
	gone[largest] = 1;
	double t = seconds(), cpu = cpu_seconds();

	if (routes_reach_all(b->g, all, nodes, gone, weight, 1, 0, &sum) < 0)
		must(NULL);
	tell("reach of all, one gone", seconds() - t, cpu_seconds() - cpu);
	for (uint32_t i = 0; i < nodes; i++)
		all_sum += sum[i];
	printf("  pairs left: %.2f %%\n", 100 * all_sum / nodes / (nodes - 1));
	free(gone);
	free(sum);
}

static void measure_all(const struct bench *b, bool whole)
{
	uint32_t nodes = b->g->nodes, *all = must(malloc(nodes * sizeof(*all)));
	struct random r;

	random_seed(&r, SEED);
	for (uint32_t i = 0; i < nodes; i++) {
		uint32_t j = (uint32_t)random_below(&r, i + 1);

		all[i] = all[j];
		all[j] = i;
	}
	measure_reach_all(b, all);
	measure_best_all(b, all, whole || nodes < 1000 ? nodes : 1000);
	free(all);
}

/* A random tenth of those that sell transit refuses. */
static void draw(struct bench *b)
{
	struct random r;

	random_seed(&r, SEED);
	for (int i = 0; i < SAMPLE; i++)
		b->origins[i] = (uint32_t)random_below(&r, b->g->nodes);
	for (uint32_t i = 0; i < b->g->nodes; i++)
		b->refuses[i] = b->g->cone[i] > 1 && random_unit(&r) < 0.1;
}

static void measure_size(uint32_t n, bool whole)
{
	struct bench b = {.g = graph_make_open(n, SEED)};

	b.origins = must(calloc(SAMPLE, sizeof(*b.origins)));
	b.refuses = must(calloc(n, 1));
	b.class = must(calloc(n, 1));
	b.route = must(calloc(n, sizeof(*b.route)));
	draw(&b);
	printf("%u ASes, %u links\n", b.g->nodes, b.g->links);
	double t = cpu_seconds();

	if (routes_new(b.g, &b.routes) < 0)
		must(NULL);
	printf("  made ready: %.1f us\n", (cpu_seconds() - t) * 1e6);
	measure(&b, "reach of one", reach);
	measure(&b, "reach of one, some refuse", reach_barred);
	measure(&b, "best to one", best);
	measure_all(&b, whole);
	printf("  most memory so far: %.1f MB\n", peak_mb());
	routes_free(b.routes);
	graph_close(b.g);
	free(b.origins);
	free(b.refuses);
	free(b.class);
	free(b.route);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = {15000, 30000, 60000, 120000};

	bool whole = argc > 1 && strcmp(argv[1], "--all") == 0;

	argc -= whole;
	argv += whole;
	for (int i = 1; i < argc; i++)
		measure_size((uint32_t)atoi(argv[i]), whole);
	for (int i = 0; argc == 1 && i < 4; i++)
		measure_size(sizes[i], whole);
	return 0;
}
