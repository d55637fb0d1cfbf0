#include "brute.h"

#include "base/buf.h"
#include "net/graph_build.h"
#include "test.h"

/* -- graphs */

static double chance(struct random *r)
{
	return random_unit(r);
}

/* What the maker draws once a graph: how likely links of each kind are. */
struct taste {
	double peers, siblings, circles; /* shares of the links */
	uint32_t clique;                 /* so many at the top are all each other's peers */
};

static struct taste draw_taste(struct random *r, uint32_t n)
{
	struct taste t = {.peers = chance(r) * 0.6};

	if (chance(r) < 0.4)
		t.siblings = chance(r) * 0.4;
	if (chance(r) < 0.3)
		t.circles = chance(r) * 0.3;
	if (chance(r) < 0.5)
		t.clique = (uint32_t)random_below(r, 1 + (n < 12 ? n / 2 : 6));
	return t;
}

/* What the AS of the higher rank is to the one of the lower. */
static enum link_kind draw_kind(struct random *r, const struct taste *t)
{
	double x = chance(r);

	if (x < t->siblings)
		return LINK_SIBLING;
	if (x < t->siblings + t->peers)
		return LINK_PEER;
	return chance(r) < t->circles ? LINK_CUSTOMER : LINK_PROVIDER;
}

/* n different numbers in ascending order that may stand in graphs, then shuffled: rank is not
 * number. */
static asn_t *draw_numbers(struct random *r, uint32_t n)
{
	asn_t *asn = malloc(n * sizeof(*asn)), at = 0;

	assert_non_null(asn);
	for (uint32_t i = 0; i < n; i++)
		asn[i] = at += 1 + (asn_t)random_below(r, n < 5000 ? 4 : 1);
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = (uint32_t)random_below(r, i);
		asn_t swap = asn[i - 1];

		asn[i - 1] = asn[j];
		asn[j] = swap;
	}
	return asn;
}

static struct graph *finish(struct graph_builder *b)
{
	struct graph_label label = {.source = SPAN("brute"), .method = SPAN("given")};
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	return g;
}

static int read_word(struct graph_builder *b, const char *word)
{
	asn_t a, n;
	char mark;

	switch (sscanf(word, "%u%c%u", &a, &mark, &n)) {
	case 1: return graph_builder_as(b, a);
	case 2: return mark == '!' ? graph_builder_clique(b, a) : -1;
	case 3: break;
	default: return -1;
	}
	switch (mark) {
	case '>': return graph_builder_link(b, a, n, LINK_CUSTOMER);
	case '=': return graph_builder_link(b, a, n, LINK_SIBLING);
	case '-': return graph_builder_link(b, a, n, LINK_PEER);
	default: return -1;
	}
}

struct graph *brute_read(const char *links)
{
	struct graph_builder *b;
	char *copy = strdup(links), *rest = copy, *word;

	assert_non_null(copy);
	assert_int_equal(graph_builder_new(&b), 0);
	while ((word = strsep(&rest, " ")))
		if (*word && read_word(b, word) != 0)
			fail_msg("'%s' is no link", word);
	free(copy);
	return finish(b);
}

size_t brute_nodes(const struct graph *g, const char *text, uint32_t *ret_node)
{
	size_t n = 0;
	char *end;

	for (; *text; text = end + (*end == ' ')) {
		ret_node[n] = graph_find(g, (asn_t)strtoul(text, &end, 10));
		assert_int_not_equal(ret_node[n], GRAPH_NONE);
		n++;
	}
	return n;
}

struct graph *brute_graph_of(struct random *r, uint32_t n, double links_each)
{
	struct taste t = draw_taste(r, n);
	asn_t *asn = draw_numbers(r, n); /* by rank, the top first */
	struct graph_builder *b;
	double links = links_each * n;

	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(graph_builder_as(b, asn[i]), 0);
	for (uint32_t i = 0; i < t.clique; i++) {
		assert_int_equal(graph_builder_clique(b, asn[i]), 0);
		for (uint32_t j = 0; j < i; j++)
			assert_int_equal(graph_builder_link(b, asn[i], asn[j], LINK_PEER), 0);
	}
	while (n > 1 && links-- >= 1) {
		/* The lower one is any, the higher one of better rank, and rather of the best. */
		uint32_t low = 1 + (uint32_t)random_below(r, n - 1);
		uint32_t high = (uint32_t)random_below(r, 1 + random_below(r, low));

		if (low >= t.clique)
			assert_int_equal(
				graph_builder_link(b, asn[low], asn[high], draw_kind(r, &t)), 0);
	}
	free(asn);
	return finish(b);
}

struct graph *brute_graph(struct random *r)
{
	uint32_t n = 2 + (uint32_t)random_below(r, BRUTE_NODES_MOST - 1);

	return brute_graph_of(r, n, 0.5 + chance(r) * 3.5);
}

const char *brute_show(const struct graph *g)
{
	static char text[8192];
	size_t used = 0;

	for (uint32_t a = 0; a < g->nodes; a++) {
		for (uint32_t b = a + 1; b < g->nodes; b++) {
			enum link_kind kind;

			if (graph_link(g, a, b, &kind) && used < sizeof(text) - 64)
				used += (size_t)snprintf(text + used, sizeof(text) - used,
					"%u is %u's %s. ", b, a, link_kind_name(kind));
		}
	}
	text[used] = '\0';
	return text;
}

/* -- who tells whom what */

/*
 * The class that a route of class `class` at `from` has at `to`, or ROUTE_NONE when `from` may not
 * tell it, or `to` does not take it.
 */
static enum route_class told(const struct graph *g, uint32_t from, uint32_t to,
	enum route_class class, const uint8_t *refuses, const uint8_t *parted)
{
	enum link_kind kind; /* what `from` is to `to` */

	if (class == ROUTE_NONE || !graph_link(g, to, from, &kind))
		return ROUTE_NONE;
	if (refuses && (refuses[from] || refuses[to]))
		return ROUTE_NONE;
	if (parted && parted[to] && class == ROUTE_ORIGIN)
		return ROUTE_NONE;
	bool own = class == ROUTE_ORIGIN || class == ROUTE_CUSTOMER;

	switch (kind) {
	case LINK_PROVIDER: return ROUTE_PROVIDER; /* a customer is told all */
	case LINK_SIBLING: return own ? ROUTE_CUSTOMER : class;
	case LINK_CUSTOMER: return own ? ROUTE_CUSTOMER : ROUTE_NONE;
	case LINK_PEER: return own ? ROUTE_PEER : ROUTE_NONE;
	default: fail_msg("link of no kind"); return ROUTE_NONE;
	}
}

/* -- reach: every path */

struct walk {
	const struct graph *g;
	const uint8_t *refuses, *parted;
	uint8_t *class;
	const uint8_t *is_origin;
	bool on_path[BRUTE_NODES_MOST];
};

static void walk(struct walk *w, uint32_t at, enum route_class class)
{
	if (w->class[at] == ROUTE_NONE || class < w->class[at])
		w->class[at] = (uint8_t) class;
	w->on_path[at] = true;
	for (uint32_t to = 0; to < w->g->nodes; to++) {
		enum route_class next;

		if (w->on_path[to] || w->is_origin[to])
			continue;
		next = told(w->g, at, to, class, w->refuses, w->parted);
		if (next != ROUTE_NONE)
			walk(w, to, next);
	}
	w->on_path[at] = false;
}

uint32_t brute_reach(const struct graph *g, const uint32_t *origins, size_t n,
	const uint8_t *refuses, const uint8_t *parted, uint8_t *ret_class)
{
	uint8_t is_origin[BRUTE_NODES_MOST] = {0};
	struct walk w = {.g = g,
		.refuses = refuses,
		.parted = parted,
		.class = ret_class,
		.is_origin = is_origin};
	uint32_t reached = 0;

	assert_true(g->nodes <= BRUTE_NODES_MOST);
	memset(ret_class, ROUTE_NONE, g->nodes);
	for (size_t i = 0; i < n; i++)
		is_origin[origins[i]] = 1;
	for (size_t i = 0; i < n; i++)
		if (!refuses || !refuses[origins[i]])
			walk(&w, origins[i], ROUTE_ORIGIN);
	for (uint32_t i = 0; i < g->nodes; i++)
		reached += ret_class[i] != ROUTE_NONE;
	return reached;
}

/* -- best: BGP until it settles */

/* What an AS has chosen: its path, itself first. */
struct choice {
	enum route_class class;
	uint32_t n; /* ASes of the path */
	uint32_t path[BRUTE_PATH_MOST];
	uint8_t ties;
};

static bool stands_in(const struct choice *c, uint32_t node)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->path[i] == node)
			return true;
	return false;
}

/* Negative when (class, length) a is better than b; 0 when they tie. */
static int compare(enum route_class a, uint32_t a_n, enum route_class b, uint32_t b_n)
{
	return a != b ? (int)a - (int)b : (int)a_n - (int)b_n;
}

/* The node chooses anew. Returns true when it chose otherwise than before. */
static bool choose(const struct graph *g, uint32_t node, const uint8_t *refuses,
	const uint8_t *parted, struct choice *all)
{
	struct nodes to = graph_all(g, node);
	struct choice *mine = &all[node];
	uint32_t best = GRAPH_NONE, ties = 0;
	enum route_class best_class = ROUTE_NONE;

	for (uint32_t i = 0; i < to.n; i++) {
		const struct choice *c = &all[to.node[i]];
		enum route_class class = told(g, to.node[i], node, c->class, refuses, parted);

		if (class == ROUTE_NONE || stands_in(c, node))
			continue;
		int order = best == GRAPH_NONE ? -1 : compare(class, c->n, best_class, all[best].n);

		if (order > 0)
			continue;
		ties = order < 0 ? 0 : ties + 1;
		if (order < 0 || g->asn[to.node[i]] < g->asn[best])
			best = to.node[i];
		best_class = class;
	}
	struct choice now = {.class = best_class, .ties = (uint8_t)(ties < 255 ? ties : 255)};

	if (best != GRAPH_NONE) {
		now.n = all[best].n + 1;
		assert_true(now.n < BRUTE_PATH_MOST);
		now.path[0] = node;
		memcpy(now.path + 1, all[best].path, all[best].n * sizeof(*now.path));
	}
	bool differs = now.class != mine->class || now.n != mine->n || now.ties != mine->ties ||
		       memcmp(now.path, mine->path, now.n * sizeof(*now.path)) != 0;

	if (differs)
		*mine = now;
	return differs;
}

/* Everybody chooses once, in random order. Returns how many changed their mind. */
static uint32_t play(const struct graph *g, uint32_t origin, const uint8_t *refuses,
	const uint8_t *parted, struct random *r, struct choice *all, uint32_t *turn)
{
	uint32_t changed = 0;

	for (uint32_t i = g->nodes; i > 0; i--) {
		uint32_t j = (uint32_t)random_below(r, i), node = turn[j];

		turn[j] = turn[i - 1];
		turn[i - 1] = node;
		changed += node != origin && choose(g, node, refuses, parted, all);
	}
	return changed;
}

void brute_best(const struct graph *g, uint32_t origin, const uint8_t *refuses,
	const uint8_t *parted, struct random *r, struct route *ret_route, uint32_t *ret_path)
{
	struct choice *all = calloc(g->nodes, sizeof(*all));
	uint32_t *turn = malloc(g->nodes * sizeof(*turn)), rounds = 0;

	assert_non_null(all);
	assert_non_null(turn);
	for (uint32_t i = 0; i < g->nodes; i++)
		turn[i] = i;
	if (!refuses || !refuses[origin])
		all[origin] = (struct choice){.class = ROUTE_ORIGIN, .n = 1, .path = {origin}};
	while (play(g, origin, refuses, parted, r, all, turn))
		assert_true(++rounds < 10 * BRUTE_PATH_MOST);
	for (uint32_t i = 0; i < g->nodes; i++) {
		const struct choice *c = &all[i];

		ret_route[i] = (struct route){
			.next = c->n > 1 ? c->path[1] : GRAPH_NONE,
			.hops = (uint16_t)(c->n ? c->n - 1 : 0),
			.class = (uint8_t)c->class,
			.ties = c->ties,
		};
		if (!ret_path)
			continue;
		memcpy(ret_path + (size_t)i * BRUTE_PATH_MOST, c->path, c->n * sizeof(*c->path));
		ret_path[(size_t)i * BRUTE_PATH_MOST + c->n] = GRAPH_NONE;
	}
	free(all);
	free(turn);
}
