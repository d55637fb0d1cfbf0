/*
 * next GRAPH [LATER]: how often depeer() names who carries a network next, on graphs in image
 * files.
 *
 * Leave one out: of every AS with two or more providers one is hidden, a twentieth of the ASes at a
 * time, and depeer() is asked who comes next. ASes are in two halves by a hash of their number: the
 * weights in src/cut/depeer_next.c were chosen on "tuned", so "held" is what counts.
 *
 * With LATER, a graph of a later day: of the ASes that have a provider there that they had not, how
 * often is one of the new ones among those named.
 *
 * Prints a line a set: how many were asked; then for the first 1, 5 and 10 named how many per cent
 * were hits, by depeer(), and by the plain rules that the AS with the biggest customer cone comes
 * next, or the one with most customers. All leave out who sells to the AS already.
 */
#include "base/hash.h"
#include "cut/depeer.h"
#include "net/graph_build.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 20
#define FIRST  10 /* so many are named */

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "next: %s\n", what);
	exit(1);
}

static void *need(void *p)
{
	if (!p)
		fail("no memory");
	return p;
}

/* The three ways to name who comes next. */
enum way { OURS, BIGGEST, POPULAR, WAYS };

struct score {
	uint32_t asked, hit[WAYS][FIRST]; /* hit[][i]: the first hit stands at place i */
};

/* -- the plain rules */

struct ranking {
	uint32_t *node; /* node[N], best first */
};

static const struct graph *sorted;
static enum way sorted_by;

static uint32_t size_of(uint32_t node)
{
	return sorted_by == BIGGEST ? sorted->cone[node]
				    : graph_neighbours(sorted, node, LINK_CUSTOMER).n;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (size_of(x) != size_of(y))
		return size_of(x) < size_of(y) ? 1 : -1;
	return (x > y) - (x < y);
}

static void rank_all(const struct graph *g, enum way way, struct ranking *ret_ranking)
{
	ret_ranking->node = need(malloc((g->nodes + 1) * sizeof(uint32_t)));
	for (uint32_t i = 0; i < g->nodes; i++)
		ret_ranking->node[i] = i;
	sorted = g;
	sorted_by = way;
	qsort(ret_ranking->node, g->nodes, sizeof(uint32_t), by_size);
}

static bool sells(const struct graph *g, uint32_t node, uint32_t to)
{
	enum link_kind kind;

	return graph_link(g, to, node, &kind) && kind == LINK_PROVIDER;
}

static size_t name_plain(
	const struct graph *g, const struct ranking *r, uint32_t as, uint32_t *ret_node)
{
	size_t n = 0;

	for (uint32_t i = 0; i < g->nodes && n < FIRST; i++)
		if (r->node[i] != as && !sells(g, r->node[i], as))
			ret_node[n++] = r->node[i];
	return n;
}

/* -- asking */

struct asker {
	const struct graph *g;
	struct measures measures;
	struct ranking plain[WAYS];
};

static void asker_init(struct asker *a, const struct graph *g)
{
	*a = (struct asker){.g = g};
	if (measures_new(g, NULL, 0, &a->measures) < 0)
		fail("no memory");
	rank_all(g, BIGGEST, &a->plain[BIGGEST]);
	rank_all(g, POPULAR, &a->plain[POPULAR]);
}

static void asker_done(struct asker *a)
{
	measures_done(&a->measures);
	free(a->plain[BIGGEST].node);
	free(a->plain[POPULAR].node);
}

static size_t name(const struct asker *a, enum way way, uint32_t as, uint32_t *ret_node)
{
	struct depeer_question q = {.targets = &as, .ntargets = 1, .measures = &a->measures};
	struct depeer d;
	size_t n;

	if (way != OURS)
		return name_plain(a->g, &a->plain[way], as, ret_node);
	if (depeer(a->g, &q, &d) < 0)
		fail("no memory");
	n = d.nnext;
	for (size_t i = 0; i < n; i++)
		ret_node[i] = d.next[i].node;
	depeer_done(&d);
	return n;
}

/* Asks who comes next to an AS; right[nright] are those that do. */
static void ask(const struct asker *a, uint32_t as, const uint32_t *right, size_t nright,
	struct score *score)
{
	uint32_t named[FIRST];

	score->asked++;
	for (enum way way = 0; way < WAYS; way++) {
		size_t n = name(a, way, as, named), hit = n;

		for (size_t i = n; i-- > 0;)
			for (size_t k = 0; k < nright; k++)
				if (named[i] == right[k])
					hit = i;
		if (hit < n)
			score->hit[way][hit]++;
	}
}

static double within(const struct score *s, enum way way, uint32_t first)
{
	uint32_t hits = 0;

	for (uint32_t i = 0; i < first; i++)
		hits += s->hit[way][i];
	return s->asked ? 100.0 * hits / s->asked : 0;
}

static void show(const char *set, const struct score *s)
{
	static const uint32_t first[] = {1, 5, 10};

	printf("%s %u\n", set, s->asked);
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		printf("  %u: %.1f %.1f %.1f\n", first[i], within(s, OURS, first[i]),
			within(s, BIGGEST, first[i]), within(s, POPULAR, first[i]));
}

/* -- leave one out */

/* The provider of an AS that is hidden in a round, or GRAPH_NONE. */
static uint32_t hidden(const struct graph *g, uint32_t as, unsigned round)
{
	struct nodes providers = graph_neighbours(g, as, LINK_PROVIDER);

	if (providers.n < 2 || hash64_mix(2, g->asn[as]) % ROUNDS != round)
		return GRAPH_NONE;
	return providers.node[hash64_mix(3, g->asn[as]) % providers.n];
}

static struct graph *without_hidden(const struct graph *g, unsigned round)
{
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *less = NULL;
	int rc = graph_builder_new(&b);

	for (uint32_t i = 0; rc == 0 && i < g->nodes; i++) {
		struct nodes all = graph_all(g, i);
		uint32_t hide = hidden(g, i, round);

		rc = graph_builder_as(b, g->asn[i]);
		if (rc == 0 && g->flags[i] & GRAPH_CLIQUE)
			rc = graph_builder_clique(b, g->asn[i]);
		for (uint32_t j = 0; rc == 0 && j < all.n; j++) {
			enum link_kind kind;

			graph_link(g, i, all.node[j], &kind);
			if (all.node[j] != hide && kind != LINK_CUSTOMER)
				rc = graph_builder_link(b, g->asn[i], g->asn[all.node[j]], kind);
		}
	}
	if (rc < 0 || graph_builder_open(b, &(struct graph_label){.day = 0}, &odd, &less) < 0)
		fail("no memory");
	graph_builder_free(b);
	return less;
}

static void leave_one_out(const struct graph *g)
{
	struct score half[2] = {{0}};

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct graph *less = without_hidden(g, round);
		struct asker a;

		asker_init(&a, less);
		for (uint32_t i = 0; i < g->nodes; i++) {
			uint32_t right = hidden(g, i, round);

			if (right != GRAPH_NONE)
				ask(&a, i, &right, 1, &half[hash64_mix(0, g->asn[i]) & 1]);
		}
		asker_done(&a);
		graph_close(less);
	}
	show("held", &half[1]);
	show("tuned", &half[0]);
}

/* -- what came later */

static void came_later(const struct graph *g, const struct graph *later)
{
	uint32_t *right = need(malloc((later->nodes + 1) * sizeof(*right)));
	struct score score = {0};
	struct asker a;

	asker_init(&a, g);
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t then = graph_find(later, g->asn[i]);
		size_t n = 0;

		if (then == GRAPH_NONE || !graph_neighbours(g, i, LINK_PROVIDER).n)
			continue;
		struct nodes providers = graph_neighbours(later, then, LINK_PROVIDER);

		for (uint32_t j = 0; j < providers.n; j++) {
			uint32_t was = graph_find(g, later->asn[providers.node[j]]);

			if (was != GRAPH_NONE && !sells(g, was, i))
				right[n++] = was;
		}
		if (n)
			ask(&a, i, right, n, &score);
	}
	asker_done(&a);
	free(right);
	show("later", &score);
}

static struct graph *open_graph(const char *path)
{
	struct err err;
	struct graph *g;

	if (graph_open(path, &g, &err) < 0)
		fail(err.text);
	return g;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3)
		fail("next GRAPH [LATER]");
	struct graph *g = open_graph(argv[1]);

	printf("graph %u\n", g->nodes);
	leave_one_out(g);
	if (argc == 3) {
		struct graph *later = open_graph(argv[2]);

		came_later(g, later);
		graph_close(later);
	}
	graph_close(g);
	return 0;
}
