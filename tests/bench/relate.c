/*
 * relate [PATHS...]: how well relationships are inferred, and how fast. Without PATHS, from what
 * some vantage points would see of made-up Internets (tests/views.h), held against the truth: of
 * the links that they see, how many of transit are told as that, the right way around, and how many
 * of peers. With PATHS, images of paths: what is inferred from each, and in how much CPU time (the
 * least of several rounds).
 */
#include "../views.h"
#include "net/relate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ASES   8000
#define GRAPHS 3
#define ROUNDS 5
#define MOST   256

static void *must(void *p)
{
	if (!p) {
		perror("relate");
		exit(1);
	}
	return p;
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct graph *infer(const struct paths *p, const struct relate_options *options,
	struct relate_report *ret_report)
{
	struct graph_builder *b;
	struct graph *g = NULL;
	struct err err = {""};

	if (graph_builder_new(&b) < 0)
		must(NULL);
	if (relate(p, options, b, ret_report, &err) < 0) {
		fprintf(stderr, "relate: %s\n", err.text);
		exit(1);
	}
	if (graph_builder_open(b, &(struct graph_label){.day = p->info.day}, NULL, &g) < 0)
		must(NULL);
	graph_builder_free(b);
	return g;
}

/* One row of the table: which vantage points. */
struct row {
	const char *name;
	unsigned large, transit, any, partial, leaks;
};

static const struct row rows[] = {
	{"1 large", 1, 0, 0, 0, 0},
	{"1 of transit", 0, 1, 0, 0, 0},
	{"1 large, 1 any", 1, 0, 1, 0, 0},
	{"the same, 200 leaks", 1, 0, 1, 0, 200},
	{"5 of transit", 0, 5, 0, 0, 0},
	{"10 of transit, 10 any", 0, 10, 10, 0, 0},
	{"the same, 40 partial", 0, 10, 10, 40, 0},
	{"50 of transit, 50 any", 0, 50, 50, 0, 0},
	{"the same, 2,000 leaks", 0, 50, 50, 0, 2000},
};

struct score {
	uint64_t transit, right, turned, peers, peers_right, members, clique;
};

static struct paths *see(const struct graph *g, const struct row *row, uint32_t seed)
{
	struct view view[MOST];
	struct random r;
	size_t n = 0;

	random_seed(&r, seed);
	views_pick(g, &r, VIEW_LARGE, false, row->large, view, &n);
	views_pick(g, &r, VIEW_TRANSIT, false, row->transit, view, &n);
	views_pick(g, &r, VIEW_ANY, false, row->any, view, &n);
	views_pick(g, &r, VIEW_TRANSIT, true, row->partial, view, &n);
	return views_paths(g, view, n, row->leaks, &r, 20666);
}

static void add_score(const struct graph *truth, const struct paths *p,
	const struct relate_options *options, struct score *s)
{
	struct relate_report report;
	struct graph *ours = infer(p, options, &report);
	struct relate_agreement a;

	relate_compare(ours, truth, &a);
	for (int k = 0; k < LINK_KINDS; k++) {
		s->transit += a.told[LINK_PROVIDER][k] + a.told[LINK_CUSTOMER][k];
		s->peers += a.told[LINK_PEER][k];
	}
	s->right += a.told[LINK_PROVIDER][LINK_PROVIDER] + a.told[LINK_CUSTOMER][LINK_CUSTOMER];
	s->turned += a.told[LINK_PROVIDER][LINK_CUSTOMER] + a.told[LINK_CUSTOMER][LINK_PROVIDER];
	s->peers_right += a.told[LINK_PEER][LINK_PEER];
	for (uint32_t i = 0; i < ours->nodes; i++) {
		if (!(ours->flags[i] & GRAPH_CLIQUE))
			continue;
		s->members++;
		s->clique += truth->flags[graph_find(truth, ours->asn[i])] & GRAPH_CLIQUE;
	}
	graph_close(ours);
}

static double percent(uint64_t n, uint64_t of)
{
	return of ? 100.0 * (double)n / (double)of : 100;
}

static void print_score(const char *method, const struct score *s)
{
	printf("  %-14s %8.2f %8.2f %8.2f   %4.1f of %4.1f\n", method,
		percent(s->right, s->transit), percent(s->turned, s->transit),
		percent(s->peers_right, s->peers), (double)s->clique / GRAPHS,
		(double)s->members / GRAPHS);
}

static void run_row(const struct row *row)
{
	static const char *const name[] = {"luckie", "clique given", "gao"};
	struct score score[3] = {{0}};
	uint64_t links;

	for (uint32_t seed = 0; seed < GRAPHS; seed++) {
		struct graph *g = views_internet(ASES, seed);
		struct paths *p = see(g, row, seed);
		struct relate_options options[3] = {{0}, {.cliques = 0}, {.method = RELATE_GAO}};
		asn_t clique[MOST];

		options[1].clique = clique;
		for (uint32_t i = 0; i < g->nodes; i++)
			if (g->flags[i] & GRAPH_CLIQUE)
				clique[options[1].cliques++] = g->asn[i];
		for (int i = 0; i < 3; i++)
			add_score(g, p, &options[i], &score[i]);
		paths_close(p);
		graph_close(g);
	}
	links = (score[0].transit + score[0].peers) / GRAPHS;
	printf("%s (%ju links, %.1f %% of peers)\n", row->name, (uintmax_t)links,
		percent(score[0].peers, score[0].transit + score[0].peers));
	for (int i = 0; i < 3; i++)
		print_score(name[i], &score[i]);
}

static void run_paths(const char *path)
{
	struct relate_options options = {.method = RELATE_LUCKIE};
	struct relate_report r;
	struct err err = {""};
	struct paths *p;
	double best = 0;

	options.exchange = relate_known_exchanges(&options.exchanges);
	if (paths_open(path, &p, &err) < 0) {
		fprintf(stderr, "relate: %s\n", err.text);
		exit(1);
	}
	for (int i = 0; i < ROUNDS; i++) {
		double from = cpu_seconds();
		struct graph_builder *b;

		if (graph_builder_new(&b) < 0)
			must(NULL);
		if (relate(p, &options, b, &r, &err) < 0) {
			fprintf(stderr, "relate: %s\n", err.text);
			exit(1);
		}
		graph_builder_free(b);
		from = cpu_seconds() - from;
		best = i == 0 || from < best ? from : best;
	}
	printf("%s: %u paths, %u ASes, %u links of transit, %u of peers, %.3f s\n", path, r.paths,
		r.ases, r.transit, r.peers, best);
	paths_close(p);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_paths(argv[i]);
	if (argc > 1)
		return 0;
	printf("%d made-up graphs of %d ASes; of links seen, %%\n", GRAPHS, ASES);
	printf("  %-14s %8s %8s %8s   %s\n", "", "transit", "turned", "peers", "clique");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		run_row(&rows[i]);
	return 0;
}
