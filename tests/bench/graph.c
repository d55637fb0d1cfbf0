/*
 * graph [ASES...]: what the AS graph costs, at 15,000 to 120,000 ASes or those given: text read
 * into a graph in memory, and an image opened, in CPU time (user and system). The best of several
 * rounds counts, for the machine has other things to do.
 *
 * graph --text ASES [SEED]: writes a made-up graph as as-rel text, for other programs.
 */
#include "graph_make.h"
#include "base/lines.h"
#include "net/rel_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9
#define SEED   1

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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

/* Reads a file and builds its graph; the payload is the caller's. */
static struct buf load_text(const char *path)
{
	struct graph_label label = {.source = SPAN("made"), .method = SPAN("given")};
	struct stream *stream;
	struct buf payload = {0};
	struct graph_builder *b;
	struct lines lines;
	struct span line;
	struct err err;
	bool cut;
	int rc;

	if (stream_open(path, &stream, &err) < 0)
		fail(err.text);
	if (lines_init(&lines, stream) < 0 || graph_builder_new(&b) < 0)
		fail("no memory");
	while ((rc = lines_next(&lines, LINES_MOST, &line, &cut, &err)) > 0) {
		if (rel_text_line(b, line, &label.day) < 0)
			fail("no memory");
	}
	if (rc < 0 || graph_builder_finish(b, &label, NULL, &payload) < 0)
		fail("cannot be built");
	graph_builder_free(b);
	lines_done(&lines);
	stream_close(stream);
	return payload;
}

static void measure_load(const char *text)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double t = seconds();
		struct buf payload = load_text(text);
		struct graph *g;

		if (graph_open_memory(buf_span(&payload), &g) < 0)
			fail("not a graph");
		best = best_of(best, seconds() - t);
		if (round == 0)
			printf("%u ASes, %u links, image %.1f MB\n", g->nodes, g->links,
				(double)g->info.bytes / 1e6);
		graph_close(g);
		buf_done(&payload);
	}
	printf("  as-rel text to a graph in memory: %8.2f ms\n", best * 1e3);
}

static void measure_open(const char *text, const char *path)
{
	struct buf payload = load_text(text);
	double best = 0;
	struct err err;

	if (graph_write(path, buf_span(&payload), &err) < 0)
		fail(err.text);
	buf_done(&payload);
	for (int round = 0; round < 5 * ROUNDS; round++) {
		double t = seconds();
		struct graph *g;

		if (graph_open(path, &g, &err) < 0)
			fail(err.text);
		best = best_of(best, seconds() - t);
		graph_close(g);
	}
	printf("  image opened and checked:         %8.2f ms\n", best * 1e3);
}

static void write_text(uint32_t n, uint32_t seed, FILE *to)
{
	struct made_graph made;
	struct buf text = {0};

	graph_make(n, seed, &made);
	graph_make_text(&made, &text);
	if (fwrite(text.p, 1, text.n, to) != text.n)
		fail("cannot write the text");
	buf_done(&text);
	graph_make_done(&made);
}

static void measure(uint32_t n)
{
	char text[] = "/dev/shm/as-rel.XXXXXX", image[] = "/dev/shm/graph.XXXXXX";
	FILE *to = fdopen(mkstemp(text), "w");

	if (!to || close(mkstemp(image)) < 0)
		fail("cannot write to /dev/shm");
	write_text(n, SEED, to);
	fclose(to);
	measure_load(text);
	measure_open(text, image);
	unlink(text);
	unlink(image);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = {15000, 30000, 60000, 120000};

	if (argc > 2 && strcmp(argv[1], "--text") == 0) {
		write_text(
			(uint32_t)atoi(argv[2]), argc > 3 ? (uint32_t)atoi(argv[3]) : SEED, stdout);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		measure((uint32_t)atoi(argv[i]));
	for (int i = 0; argc == 1 && i < 4; i++)
		measure(sizes[i]);
	return 0;
}
