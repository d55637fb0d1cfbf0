/*
 * graph [ASES...]: what the AS graph costs, at 15,000 to 120,000 ASes or those given: text read
 * into a graph in memory, and an image opened. The best of several rounds counts, for the machine
 * has other things to do.
 *
 * graph --text ASES [SEED]: writes a made-up graph as as-rel text, for other programs.
 */
#include "graph_make.h"
#include "net/graph_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9
#define SEED   1

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double best_of(double best, double t)
{
	return best == 0 || t < best ? t : best;
}

static void fail(const char *what)
{
	fprintf(stderr, "graph: %s\n", what);
	exit(1);
}

static struct graph_builder *builder_of(const struct made_graph *made)
{
	struct graph_builder *b;

	if (graph_builder_new(&b) < 0)
		fail("no memory");
	for (size_t i = 0; i < made->links; i++)
		graph_builder_link(b, made->link[i].a, made->link[i].b,
			made->link[i].peers ? LINK_PEER : LINK_CUSTOMER);
	return b;
}

static void measure_build(const struct made_graph *made)
{
	struct graph_label label = {.day = 20666, .source = SPAN("made")};
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double t = seconds();
		struct graph_builder *b = builder_of(made);
		struct graph *g;

		if (graph_builder_open(b, &label, NULL, &g) < 0)
			fail("cannot be built");
		best = best_of(best, seconds() - t);
		graph_builder_free(b);
		if (round == 0)
			printf("%u ASes, %u links, image %.1f MB\n", g->nodes, g->links,
				(double)g->info.bytes / 1e6);
		graph_close(g);
	}
	printf("  links to a graph in memory: %8.2f ms\n", best * 1e3);
}

/* Writes a graph's image to a file in memory. */
static void write_image(const struct made_graph *made, const char *path)
{
	struct graph_label label = {.day = 20666, .source = SPAN("made")};
	struct graph_builder *b = builder_of(made);
	struct buf payload = {0};
	struct err err;

	if (graph_builder_finish(b, &label, NULL, &payload) < 0)
		fail("cannot be built");
	if (graph_write(path, buf_span(&payload), &err) < 0)
		fail(err.text);
	graph_builder_free(b);
	buf_done(&payload);
}

static void measure_open(const struct made_graph *made)
{
	char name[] = "/dev/shm/graph.XXXXXX";
	struct graph *g;
	double best = 0;
	struct err err;

	close(mkstemp(name));
	write_image(made, name);
	for (int round = 0; round < 5 * ROUNDS; round++) {
		double t = seconds();

		if (graph_open(name, &g, &err) < 0)
			fail(err.text);
		best = best_of(best, seconds() - t);
		graph_close(g);
	}
	unlink(name);
	printf("  image opened and checked:   %8.2f ms\n", best * 1e3);
}

static void write_text(uint32_t n, uint32_t seed)
{
	struct made_graph made;
	struct buf text = {0};

	graph_make(n, seed, &made);
	graph_make_text(&made, &text);
	fwrite(text.p, 1, text.n, stdout);
	buf_done(&text);
	graph_make_done(&made);
}

static void measure(uint32_t n)
{
	struct made_graph made;

	graph_make(n, SEED, &made);
	measure_build(&made);
	measure_open(&made);
	graph_make_done(&made);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = {15000, 30000, 60000, 120000};

	if (argc > 2 && strcmp(argv[1], "--text") == 0) {
		write_text((uint32_t)atoi(argv[2]), argc > 3 ? (uint32_t)atoi(argv[3]) : SEED);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		measure((uint32_t)atoi(argv[i]));
	for (int i = 0; argc == 1 && i < 4; i++)
		measure(sizes[i]);
	return 0;
}
