#include "views.h"

#include "net/graph_build.h"
#include "net/paths_build.h"
#include "net/routes.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "views: %s\n", what);
	abort();
}

static bool is_view(const struct view *view, size_t n, uint32_t node)
{
	for (size_t i = 0; i < n; i++)
		if (view[i].node == node)
			return true;
	return false;
}

static uint32_t most_peers(const struct graph *g, const struct view *view, size_t n)
{
	uint32_t best = GRAPH_NONE, most = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t peers = graph_neighbours(g, i, LINK_PEER).n;

		if (peers <= most || g->flags[i] & GRAPH_CLIQUE || is_view(view, n, i))
			continue;
		most = peers;
		best = i;
	}
	return best;
}

void views_pick(const struct graph *g, struct random *r, enum view_pick pick, bool partial,
	size_t n, struct view *view, size_t *at)
{
	for (size_t i = 0, tries = 0; i < n;) {
		uint32_t node = pick == VIEW_LARGE ? most_peers(g, view, *at)
						   : (uint32_t)random_below(r, g->nodes);

		must(node != GRAPH_NONE && tries++ < 100 * (size_t)g->nodes, "too few ASes");
		if (is_view(view, *at, node) ||
			(pick == VIEW_TRANSIT && !graph_neighbours(g, node, LINK_CUSTOMER).n))
			continue;
		view[(*at)++] = (struct view){node, partial};
		i++;
	}
}

#define CLIQUE  12
#define REGIONS 6

/* An Internet in the making; ASes by size, the largest first. */
struct maker {
	struct random *r;
	struct graph_builder *b;
	uint32_t n, carriers, regional; /* up to there */
	uint32_t *customers;            /* [n] */
	uint8_t *linked;                /* [carriers * n]: pairs, the smaller number first */
};

static asn_t number_of(uint32_t i)
{
	return 200000 + i * 7919 % 100003;
}

static uint32_t region_of(uint32_t i)
{
	return (i * 2654435761u >> 16) % REGIONS;
}

static bool chance(struct maker *m, double p)
{
	return random_unit(m->r) < p;
}

static void link_up(struct maker *m, uint32_t a, uint32_t b, enum link_kind kind)
{
	uint32_t low = a < b ? a : b, high = a < b ? b : a;
	uint8_t *linked = low < m->regional ? &m->linked[(size_t)low * m->n + high] : NULL;

	if (a == b || !linked || *linked)
		return;
	*linked = 1;
	m->customers[a] += kind == LINK_CUSTOMER;
	must(graph_builder_link(m->b, number_of(a), number_of(b), kind) == 0, "no memory");
}

/* Somebody from .. to - 1 of a region (REGIONS: of any), more likely one with many customers. */
static uint32_t draw(struct maker *m, uint32_t from, uint32_t to, uint32_t region)
{
	double sum = 0, at;
	uint32_t i = from;

	for (uint32_t k = from; k < to; k++)
		if (region == REGIONS || region_of(k) == region)
			sum += m->customers[k] + 1;
	at = random_unit(m->r) * sum;
	for (; i + 1 < to; i++) {
		if (region != REGIONS && region_of(i) != region)
			continue;
		at -= m->customers[i] + 1;
		if (at < 0)
			break;
	}
	return i;
}

static unsigned how_many(struct maker *m)
{
	double x = random_unit(m->r);

	return x < 0.4 ? 1 : x < 0.75 ? 2 : x < 0.92 ? 3 : 4;
}

static void make_carrier(struct maker *m, uint32_t i)
{
	for (unsigned k = how_many(m) + 1; k; k--)
		link_up(m, draw(m, 0, CLIQUE, REGIONS), i, LINK_CUSTOMER);
	if (i > 2 * CLIQUE && chance(m, 0.4))
		link_up(m, draw(m, CLIQUE, i, REGIONS), i, LINK_CUSTOMER);
	for (uint32_t k = 0; k < CLIQUE && i % 4 == 0; k++)
		if (chance(m, 0.3))
			link_up(m, k, i, LINK_PEER);
	for (uint32_t k = CLIQUE; k < i; k++)
		if (chance(m, region_of(k) == region_of(i) ? 0.5 : 0.1))
			link_up(m, k, i, LINK_PEER);
}

static void make_small(struct maker *m, uint32_t i)
{
	bool stub = i >= m->regional;
	uint32_t region = region_of(i);

	for (unsigned k = how_many(m); k; k--) {
		bool abroad = chance(m, 0.05), top = chance(m, stub ? 0.06 : 0.15);
		uint32_t from = stub && chance(m, 0.5) ? m->carriers : CLIQUE;
		uint32_t to = stub ? m->regional : m->carriers;

		link_up(m,
			top ? draw(m, 0, CLIQUE, REGIONS)
			    : draw(m, from, to, abroad ? REGIONS : region),
			i, LINK_CUSTOMER);
	}
	for (uint32_t k = CLIQUE; !stub && k < i; k++)
		if (region_of(k) == region && chance(m, 0.06))
			link_up(m, k, i, LINK_PEER);
	if (stub && chance(m, 0.05))
		link_up(m, draw(m, CLIQUE, m->regional, region), i, LINK_PEER);
}

struct graph *views_internet(uint32_t n, uint32_t seed)
{
	struct random r;
	struct maker m = {.r = &r, .n = n, .carriers = n * 3 / 100, .regional = n / 8};
	struct graph *g;

	random_seed(&r, seed);
	m.customers = calloc(n, sizeof(*m.customers));
	m.linked = calloc(m.regional, n);
	must(m.customers && m.linked && graph_builder_new(&m.b) == 0, "no memory");
	for (uint32_t i = 0; i < n; i++) {
		if (i < CLIQUE)
			must(graph_builder_clique(m.b, number_of(i)) == 0, "no memory");
		for (uint32_t k = 0; i < CLIQUE && k < i; k++)
			link_up(&m, k, i, LINK_PEER);
		if (i >= CLIQUE && i < m.carriers)
			make_carrier(&m, i);
		else if (i >= m.carriers)
			make_small(&m, i);
	}
	must(graph_builder_open(m.b, &(struct graph_label){0}, NULL, &g) == 0, "no memory");
	graph_builder_free(m.b);
	free(m.customers);
	free(m.linked);
	return g;
}

/* Appends the path from a node to the origin of the routes; false when it gets too long. */
static bool follow(
	const struct graph *g, const struct route *route, uint32_t from, asn_t *hop, size_t *n)
{
	for (uint32_t node = from; node != GRAPH_NONE; node = route[node].next) {
		if (*n == PATH_HOPS_MOST)
			return false;
		hop[(*n)++] = g->asn[node];
	}
	return true;
}

static void add_views(const struct graph *g, const struct route *route, const struct view *view,
	size_t n, struct paths_builder *to)
{
	for (size_t i = 0; i < n; i++) {
		enum route_class most = view[i].partial ? ROUTE_CUSTOMER : ROUTE_PROVIDER;
		enum route_class class = (enum route_class)route[view[i].node].class;
		asn_t hop[PATH_HOPS_MOST];
		size_t hops = 0;

		if (class == ROUTE_NONE || class > most)
			continue;
		if (follow(g, route, view[i].node, hop, &hops))
			must(paths_builder_add(to, hop, NULL, hops) == 0, "no memory");
	}
}

/* A customer tells one provider what it heard of another; a vantage point takes it. */
static void add_leak(const struct graph *g, struct routes *routes, struct route *route,
	const struct view *view, struct random *r, struct paths_builder *to)
{
	uint32_t leaker = (uint32_t)random_below(r, g->nodes);
	struct nodes up = graph_neighbours(g, leaker, LINK_PROVIDER);
	asn_t hop[2 * PATH_HOPS_MOST];
	size_t n = 0;

	if (up.n < 2 || view->partial)
		return;
	uint32_t into = (uint32_t)random_below(r, up.n);
	uint32_t from = (into + 1 + (uint32_t)random_below(r, up.n - 1)) % up.n;

	routes_best(routes, up.node[into], NULL, route);
	if (route[view->node].class == ROUTE_NONE || !follow(g, route, view->node, hop, &n))
		return;
	hop[n++] = g->asn[leaker];
	routes_best(routes, (uint32_t)random_below(r, g->nodes), NULL, route);
	if (route[up.node[from]].class != ROUTE_NONE && n < PATH_HOPS_MOST &&
		follow(g, route, up.node[from], hop, &n))
		must(paths_builder_add(to, hop, NULL, n) == 0,
			"no memory"); /* no loops: its care */
}

struct paths *views_paths(const struct graph *g, const struct view *view, size_t n, size_t leaks,
	struct random *r, int32_t day)
{
	struct paths_label label = {.day = day, .source = SPAN("views")};
	struct route *route = calloc(g->nodes, sizeof(*route));
	struct paths_builder *b;
	struct routes *routes;
	struct paths *p;

	must(route && routes_new(g, &routes) == 0 && paths_builder_new(&b) == 0, "no memory");
	for (uint32_t i = 0; i < g->nodes; i++) {
		routes_best(routes, i, NULL, route);
		add_views(g, route, view, n, b);
	}
	for (size_t i = 0; i < leaks; i++)
		add_leak(g, routes, route, &view[random_below(r, n)], r, b);
	must(paths_builder_open(b, &label, &p) == 0, "no memory");
	paths_builder_free(b);
	routes_free(routes);
	free(route);
	return p;
}
