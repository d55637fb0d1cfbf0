/*
 * ASes come one after another, the largest first, and each buys from some that came before it: so
 * there is no circle. Whom it buys from is mostly whom somebody before it bought from, which makes
 * a power law of customers (Barabasi and Albert, "Emergence of Scaling in Random Networks", 1999).
 */
#include "graph_make.h"
#include "base/hash.h"
#include "base/random.h"
#include "net/graph_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COPIES   0.8 /* of choices of a provider are copied */
#define TRANSIT  0.15 /* of ASes may sell transit */
#define PEERING  0.30 /* of ASes may peer */
#define CROWDING 2.2  /* how much peers crowd at the larger of these */
#define PEERS    2.25 /* links of peers for each AS */

struct maker {
	struct random random;
	uint32_t n;
	asn_t *number;  /* [n] by size */
	uint64_t *slot; /* pairs that have a link; 0 is free */
	size_t slots;   /* a power of two */
	struct made_graph *to;
	size_t room;
};

static void *must(void *p)
{
	if (!p) {
		perror("graph_make");
		exit(1);
	}
	return p;
}

/* The i-th number that may stand in a graph; AS_TRANS is left out. */
static asn_t public_number(uint32_t i)
{
	if (i < 60000)
		return i + 1 + (i >= 23455);
	return 131072 + i - 60000;
}

static void deal_numbers(struct maker *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t j = (uint32_t)random_below(&m->random, i + 1);

		m->number[i] = m->number[j];
		m->number[j] = public_number(i);
	}
}

/* Adds a link of the i-th and j-th AS, unless there is one. */
static bool link_up(struct maker *m, uint32_t i, uint32_t j, bool peers)
{
	uint64_t low = i < j ? i : j, high = i < j ? j : i, key = (low << 32 | high) + 1;

	if (i == j)
		return false;
	for (size_t at = hash64_mix(low, high);; at++) {
		uint64_t *slot = &m->slot[at & (m->slots - 1)];

		if (*slot == key)
			return false;
		if (*slot)
			continue;
		*slot = key;
		m->to->link[m->to->links++] = (struct made_link){m->number[i], m->number[j], peers};
		return true;
	}
}

static unsigned how_many_providers(struct random *r)
{
	static const double until[] = {0.38, 0.71, 0.87, 0.96};
	double x = random_unit(r);
	unsigned n = 1;

	while (n < 5 && x >= until[n - 1])
		n++;
	return n;
}

/* Links of transit; bought[k] is who sells in the k-th of them. */
static void make_transit(struct maker *m)
{
	uint32_t *bought = must(malloc(5 * (size_t)m->n * sizeof(*bought)));
	uint32_t sellers = (uint32_t)(TRANSIT * m->n), links = 0;

	for (uint32_t i = GRAPH_MAKE_CLIQUE; i < m->n; i++) {
		uint32_t most = i < sellers ? i : sellers;

		for (unsigned k = how_many_providers(&m->random); k; k--) {
			bool copy = links && random_unit(&m->random) < COPIES;
			uint32_t from = copy ? bought[random_below(&m->random, links)]
					     : (uint32_t)random_below(&m->random, most);

			if (link_up(m, from, i, false))
				bought[links++] = from;
		}
	}
	free(bought);
}

static void make_peers(struct maker *m)
{
	size_t want = m->to->links + (size_t)(PEERS * m->n);
	double most = PEERING * m->n;

	for (uint32_t i = 0; i < GRAPH_MAKE_CLIQUE; i++)
		for (uint32_t j = 0; j < i; j++)
			link_up(m, j, i, true);
	while (m->to->links < want) {
		double x = pow(random_unit(&m->random), CROWDING);
		double y = pow(random_unit(&m->random), CROWDING);

		link_up(m, GRAPH_MAKE_CLIQUE + (uint32_t)(x * most),
			GRAPH_MAKE_CLIQUE + (uint32_t)(y * most), true);
	}
}

static int compare_links(const void *pa, const void *pb)
{
	const struct made_link *a = pa, *b = pb;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

void graph_make(uint32_t n, uint32_t seed, struct made_graph *ret_made)
{
	struct maker m = {.n = n, .to = ret_made, .slots = 1 << 10};

	while (m.slots < 16 * (size_t)n)
		m.slots *= 2;
	random_seed(&m.random, seed);
	m.number = must(malloc(n * sizeof(*m.number)));
	m.slot = must(calloc(m.slots, sizeof(*m.slot)));
	ret_made->links = 0;
	ret_made->link = must(malloc(8 * (size_t)n * sizeof(*ret_made->link)));
	deal_numbers(&m);
	memcpy(ret_made->clique, m.number, sizeof(ret_made->clique));
	make_transit(&m);
	make_peers(&m);
	qsort(ret_made->link, ret_made->links, sizeof(*ret_made->link), compare_links);
	free(m.number);
	free(m.slot);
}

void graph_make_done(struct made_graph *made)
{
	free(made->link);
}

void graph_make_text(const struct made_graph *made, struct buf *to)
{
	buf_str(to, "# input clique:");
	for (int i = 0; i < GRAPH_MAKE_CLIQUE; i++)
		buf_printf(to, " %u", made->clique[i]);
	buf_str(to, "\n# source:topology|BGP|20260801|made|up\n");
	for (size_t i = 0; i < made->links; i++)
		buf_printf(to, "%u|%u|%s\n", made->link[i].a, made->link[i].b,
			made->link[i].peers ? "0" : "-1");
	if (!buf_ok(to))
		must(NULL);
}

struct graph *graph_make_open(uint32_t n, uint32_t seed)
{
	struct graph_label label = {.day = 20666, .source = SPAN("made"), .method = SPAN("given")};
	struct graph_builder *b;
	struct made_graph made;
	struct graph *g = NULL;
	int rc = graph_builder_new(&b);

	graph_make(n, seed, &made);
	for (int i = 0; rc == 0 && i < GRAPH_MAKE_CLIQUE; i++)
		rc = graph_builder_clique(b, made.clique[i]);
	for (size_t i = 0; rc == 0 && i < made.links; i++)
		rc = graph_builder_link(b, made.link[i].a, made.link[i].b,
			made.link[i].peers ? LINK_PEER : LINK_CUSTOMER);
	if (rc == 0)
		rc = graph_builder_open(b, &label, NULL, &g);
	if (rc < 0)
		must(NULL);
	graph_builder_free(b);
	graph_make_done(&made);
	return g;
}
