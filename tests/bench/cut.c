/*
 * cut [--table] [ASES...]: what sets of ASes cost to find, at 15,000 to 120,000 ASes or those
 * given, in CPU time (user and system), for targets of several kinds: stubs with one to five
 * providers, networks with 30 to 300 in their cone, with 150 to 300 peers, and with over 1,000 in
 * their cone; and what it costs to ask what would follow if all their transit refused. Sets for a
 * share have two seconds each. With --table it prints, instead of the figures of all, a row for
 * each kind of target and share.
 */
#include "graph_make.h"
#include "base/random.h"
#include "cut/depeer.h"
#include "cut/part.h"
#include "cut/starve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEED    1
#define STEPS   2000 /* searches of the graph for a set; about a second at 60,000 ASes */
#define KINDS   8
#define EACH    6 /* targets of a kind */
#define TARGETS (KINDS * EACH)

static const char *const kind_name[KINDS] = {"stub, 1 provider", "stub, 2 providers",
	"stub, 3 providers", "stub, 4 providers", "stub, 5 providers", "cone of 30 to 300",
	"150 to 300 peers", "cone over 1,000"};

static const double shares[] = {0.5, 0.1, 0.01, 0.001};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
	fprintf(stderr, "cut: %s\n", what);
	exit(1);
}

/* What some questions took and gave. */
struct tally {
	uint32_t asked, proven, largest, widest; /* widest: gap between the bounds */
	double took[TARGETS];                    /* milliseconds, of each */
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(struct tally *t)
{
	qsort(t->took, t->asked, sizeof(*t->took), by_size);
	return t->asked ? t->took[t->asked / 2] : 0;
}

static double longest(const struct tally *t)
{
	double most = 0;

	for (uint32_t i = 0; i < t->asked; i++)
		most = t->took[i] > most ? t->took[i] : most;
	return most;
}

/* -- targets */

static bool is_of(const struct graph *g, uint32_t v, unsigned kind)
{
	uint32_t peers = graph_neighbours(g, v, LINK_PEER).n;

	switch (kind) {
	case 5: return g->cone[v] >= 30 && g->cone[v] <= 300;
	case 6: return peers >= 150 && peers <= 300;
	case 7: return g->cone[v] > 1000;
	default: return g->cone[v] == 1 && graph_neighbours(g, v, LINK_PROVIDER).n == kind + 1;
	}
}

/* Draws EACH of every kind, kind by kind; a graph that lacks a kind gives any AS. */
static void draw_targets(const struct graph *g, uint32_t *ret_target)
{
	struct random r;

	random_seed(&r, SEED);
	for (unsigned i = 0; i < TARGETS; i++) {
		uint32_t v, tries = 100 * g->nodes;

		do {
			v = (uint32_t)random_below(&r, g->nodes);
		} while (--tries && !is_of(g, v, i / EACH));
		ret_target[i] = v;
	}
}

/* -- questions */

static void ask_part(const struct graph *g, uint32_t target, struct tally *t)
{
	struct part_sets p;
	double from = seconds();

	if (part_find(g, &target, 1, NULL, 0, &p) < 0)
		fail("no memory");
	t->took[t->asked++] = (seconds() - from) * 1e3;
	if (p.size > t->largest)
		t->largest = p.size;
	part_done(&p);
}

static void ask_starve(const struct graph *g, uint32_t target, const struct measure *m,
	double share, struct tally *t)
{
	struct starve_question q = {.targets = &target,
		.ntargets = 1,
		.measure = m,
		.share = share,
		.steps = STEPS};
	struct starve s;
	double from = seconds();

	if (starve_find(g, &q, &s) < 0)
		fail("no memory");
	t->took[t->asked++] = (seconds() - from) * 1e3;
	t->proven += s.state != STARVE_BOUNDED;
	if (s.n > t->largest)
		t->largest = s.n;
	if (s.n - s.at_least > t->widest)
		t->widest = s.n - s.at_least;
	starve_done(&s);
}

/* What would follow if all transit of a target refused, in two measures. */
static void ask_depeer(
	const struct graph *g, uint32_t target, const struct measure *m, struct tally *t)
{
	struct measures both = {.m = {*m, *m}, .n = 2};
	struct depeer_question q = {.targets = &target,
		.ntargets = 1,
		.all_transit = true,
		.measures = &both,
		.biggest = 10};
	struct depeer d;
	double from;

	both.m[1].name = "ipv4";
	from = seconds();
	if (depeer(g, &q, &d) < 0)
		fail("no memory");
	t->took[t->asked++] = (seconds() - from) * 1e3;
	depeer_done(&d);
}

/* -- reports */

/* Ordinary networks are those of the first six kinds. */
static void tell_what_ifs(const struct graph *g, const uint32_t *target, const struct measure *m)
{
	struct tally ordinary = {0}, peers = {0}, big = {0};

	for (unsigned i = 0; i < TARGETS; i++)
		ask_depeer(g, target[i], m,
			i / EACH < 6    ? &ordinary
			: i / EACH == 6 ? &peers
					: &big);
	printf("  what-if, ordinary, median: %.2f ms\n", median(&ordinary));
	printf("  what-if, ordinary, longest: %.2f ms\n", longest(&ordinary));
	printf("  what-if, 150 to 300 peers, longest: %.2f ms\n", longest(&peers));
	printf("  what-if, cone over 1,000, longest: %.2f ms\n", longest(&big));
}

static void tell_all(const struct graph *g, const uint32_t *target, const struct measure *m)
{
	struct tally parts = {0};

	tell_what_ifs(g, target, m);
	for (unsigned i = 0; i < TARGETS; i++)
		ask_part(g, target[i], &parts);
	printf("  part, median: %.2f ms\n  part, longest: %.2f ms\n", median(&parts),
		longest(&parts));
	for (size_t k = 0; k < sizeof(shares) / sizeof(shares[0]); k++) {
		struct tally t = {0};

		for (unsigned i = 0; i < TARGETS; i++)
			ask_starve(g, target[i], m, shares[k], &t);
		printf("  to %g, median: %.0f ms\n  to %g, longest: %.0f ms\n", shares[k],
			median(&t), shares[k], longest(&t));
		printf("  to %g, proven: %.1f %%\n", shares[k], 100. * t.proven / t.asked);
	}
}

static void tell_kinds(const struct graph *g, const uint32_t *target, const struct measure *m)
{
	printf("| target | share | proven | most ASes | widest gap | median, ms | longest, ms |\n"
	       "| --- | --- | --- | --- | --- | --- | --- |\n");
	for (unsigned kind = 0; kind < KINDS; kind++) {
		for (size_t k = 0; k < sizeof(shares) / sizeof(shares[0]); k++) {
			struct tally t = {0};

			for (unsigned i = 0; i < EACH; i++)
				ask_starve(g, target[kind * EACH + i], m, shares[k], &t);
			printf("| %s | %g | %u of %u | %u | %u | %.0f | %.0f |\n", kind_name[kind],
				shares[k], t.proven, t.asked, t.largest, t.widest, median(&t),
				longest(&t));
		}
	}
}

static void measure(uint32_t ases, bool table)
{
	struct graph *g = graph_make_open(ases, SEED);
	struct measure m = {"ases", malloc(g->nodes * sizeof(double)), g->nodes};
	uint32_t target[TARGETS];

	if (!m.of)
		fail("no memory");
	for (uint32_t i = 0; i < g->nodes; i++)
		m.of[i] = 1;
	draw_targets(g, target);
	printf("%u ASes, %u links\n", g->nodes, g->links);
	if (table)
		tell_kinds(g, target, &m);
	else
		tell_all(g, target, &m);
	fflush(stdout);
	free(m.of);
	graph_close(g);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = {15000, 30000, 60000, 120000};
	bool table = argc > 1 && !strcmp(argv[1], "--table");

	for (int i = 1 + table; i < argc; i++)
		measure((uint32_t)strtoul(argv[i], NULL, 10), table);
	for (size_t i = 0; argc == 1 + table && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(sizes[i], table);
	return 0;
}
