/*
 * routes [ASES...]: what searches for routes cost in made-up graphs of 15,000 to 120,000 ASes or
 * those given: reach of one origin, its best routes. The best of several rounds counts.
 */
#include "graph_make.h"
#include "base/random.h"
#include "net/routes.h"

#include <stdio.h>
#include <stdlib.h>
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
	printf("  %-40s %10.1f us\n", what, least / SAMPLE * 1e6);
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

static void measure_size(uint32_t n)
{
	struct bench b = {.g = graph_make_open(n, SEED)};

	b.origins = must(calloc(SAMPLE, sizeof(*b.origins)));
	b.refuses = must(calloc(n, 1));
	b.class = must(calloc(n, 1));
	b.route = must(calloc(n, sizeof(*b.route)));
	draw(&b);
	printf("%u ASes, %u links, CPU time for an origin\n", b.g->nodes, b.g->links);
	double t = cpu_seconds();

	if (routes_new(b.g, &b.routes) < 0)
		must(NULL);
	printf("  %-40s %10.1f us\n", "made ready, once", (cpu_seconds() - t) * 1e6);
	measure(&b, "reach", reach);
	measure(&b, "reach, a tenth of transit refuses", reach_barred);
	measure(&b, "best routes", best);
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

	for (int i = 1; i < argc; i++)
		measure_size((uint32_t)atoi(argv[i]));
	for (int i = 0; argc == 1 && i < 4; i++)
		measure_size(sizes[i]);
	return 0;
}
