/* Who is reached, and by which best routes: cases that tell the rules, one each, and what holds in
 * every graph. The rules themselves are held against brute force in routes_brute.c. */
#include "../../brute.h"
#include "short_memory.h"

#include "net/graph_build.h"
#include "net/routes.h"

#define NODES_MOST 16

/* A graph, who is asked for, what is in the way, and what comes out. AS numbers throughout; lists
 * are ended by 0. */
struct scene {
	const char *name, *links;
	asn_t origins[4], refuses[4], parted[4];
	const char *reach; /* a letter a node, by AS number: o, c, p (peer), u (provider), - */
	const char
		*best; /* of the first origin: "AS next hops ties" parted by ", "; NULL: unasked */
};

/* clang-format off */
static const struct scene scenes[] = {
	{"an origin alone", "7 8", {7}, {0}, {0}, "o-", ""},
	{"up", "3>2 2>1", {1}, {0}, {0}, "occ", "2 1 1 0, 3 2 2 0"},
	{"down", "1>2 2>3", {1}, {0}, {0}, "ouu", "2 1 1 0, 3 2 2 0"},
	{"across once, and no more", "1-2 2-3", {1}, {0}, {0}, "op-", "2 1 1 0"},
	{"across at the top, then down", "2>1 2-3 3>4", {1}, {0}, {0}, "ocpu",
		"2 1 1 0, 3 2 2 0, 4 3 3 0"},
	{"no valley: a customer gives no transit between providers", "1>2 3>2", {1}, {0}, {0}, "ou-",
		"2 1 1 0"},
	{"no peak of two peers: a route of a peer goes down only", "1-2 2-3 2>4 4>5", {1}, {0}, {0},
		"op-uu", "2 1 1 0, 4 2 2 0, 5 4 3 0"},
	{"what a peer gave goes to no provider", "1-2 3>2", {1}, {0}, {0}, "op-", "2 1 1 0"},
	{"a customer's long route before a peer's short one", "3>2 2>1 4>3 4-1", {1}, {0}, {0},
		"occc", "2 1 1 0, 3 2 2 0, 4 3 3 0"},
	{"a peer's long route before a provider's short one", "1>5 2>1 3>2 3-5", {1}, {0}, {0},
		"occp", "2 1 1 0, 3 2 2 0, 5 3 3 0"},
	{"a provider gives its chosen route, be it the longer", "1-3 2>1 4>2 3>4 3>5 2>5", {1}, {0}, {0},
		"occcu", "2 1 1 0, 3 4 3 0, 4 2 2 0, 5 2 2 0"},
	{"and that may take its customers a longer way", "1-3 2>1 4>2 3>4 3>5", {1}, {0}, {0},
		"occcu", "2 1 1 0, 3 4 3 0, 4 2 2 0, 5 3 4 0"},
	{"of two as good the lower number, and the tie is told", "2>1 3>1 9>2 9>3", {1}, {0}, {0}, "occc",
		"2 1 1 0, 3 1 1 0, 9 2 2 1"},
	{"the lower number, found second", "5>1 6>5 4>1 6>4 7>6", {1}, {0}, {0}, "occcc",
		"4 1 1 0, 5 1 1 0, 6 4 2 1, 7 6 3 0"},
	{"ties of peers", "2>1 3>1 4>1 9-2 9-3 9-4", {1}, {0}, {0}, "occcp",
		"2 1 1 0, 3 1 1 0, 4 1 1 0, 9 2 2 2"},
	{"ties of providers", "1>2 1>3 1>4 4>9 3>9 2>9", {1}, {0}, {0}, "ouuuu",
		"2 1 1 0, 3 1 1 0, 4 1 1 0, 9 2 2 2"},
	{"a customer and a sibling tie", "2>1 3=1 4>2 4=3", {1}, {0}, {0}, "occc",
		"2 1 1 0, 3 1 1 0, 4 2 2 1"},
	{"a peer and a sibling tie", "2>1 3-2 3=4 4-2 3-5 5>1 4=5", {1}, {0}, {0}, "occcc",
		"2 1 1 0, 3 4 3 0, 4 5 2 0, 5 1 1 0"},
	{"siblings keep a customer's route one", "1=2 3>2 2-4 2>5", {1}, {0}, {0}, "occpu",
		"2 1 1 0, 3 2 2 0, 4 2 2 0, 5 2 2 0"},
	{"siblings keep a peer's route one", "1-2 2=3 4>3 3-5 3>6", {1}, {0}, {0}, "opp--u",
		"2 1 1 0, 3 2 2 0, 6 3 3 0"},
	{"siblings keep a provider's route one", "1>2 2=3 4>3 3>5", {1}, {0}, {0}, "ouu-u",
		"2 1 1 0, 3 2 2 0, 5 3 3 0"},
	{"a mesh of siblings", "1=2 2=3 3=1 3=4 4=2", {1}, {0}, {0}, "occc",
		"2 1 1 0, 3 1 1 0, 4 2 2 1"},
	{"providers in a circle, from within", "1>2 2>3 3>1", {1}, {0}, {0}, "occ",
		"2 3 2 0, 3 1 1 0"},
	{"providers in a circle, from below", "1>2 2>3 3>1 1>9", {9}, {0}, {0}, "ccco",
		"1 9 1 0, 2 3 3 0, 3 1 2 0"},
	{"providers in a circle, from above", "1>2 2>3 3>1 9>1", {9}, {0}, {0}, "uuuo",
		"1 9 1 0, 2 1 2 0, 3 2 3 0"},
	{"two origins", "3>1 4>2 3-4", {1, 2}, {0}, {0}, "oocc", NULL},
	{"an origin named twice is one", "2>1", {1, 1}, {0}, {0}, "oc", NULL},
	{"one who refuses takes none and gives none", "2>1 3>2 3>4", {1}, {2}, {0}, "o---", ""},
	{"but others go round", "2>1 3>2 5>1 3>5", {1}, {2}, {0}, "o-cc", "3 5 2 0, 5 1 1 0"},
	{"an origin that refuses is unreached", "2>1", {1}, {1}, {0}, "--", ""},
	{"and the other one is not hurt", "3>1 3>2", {1, 2}, {1}, {0}, "-oc", NULL},
	{"one who is parted takes none straight", "2>1 3>2 3>4", {1}, {0}, {2}, "o---", ""},
	{"but takes it through others", "2>1 3>1 2>3 2-4", {1}, {0}, {2}, "occp",
		"2 3 2 0, 3 1 1 0, 4 2 3 0"},
	{"be it by a worse way", "2>1 3>1 3>2", {1}, {0}, {2}, "ouc", "2 3 2 0, 3 1 1 0"},
	{"a peer that is parted", "1-2 3>1 3-2", {1}, {0}, {2}, "opc", "2 3 2 0, 3 1 1 0"},
	{"a customer that is parted", "1>2 3>1 3>2", {1}, {0}, {2}, "ouc", "2 3 2 0, 3 1 1 0"},
	{"a sibling that is parted", "1=2 2>3", {1}, {0}, {2}, "o--", ""},
	{"an origin that is parted has its own route", "2>1", {1}, {0}, {1}, "oc", "2 1 1 0"},
	{"parted from all of the origins", "3>1 3>2 2>1", {1, 2}, {0}, {3}, "oo-", NULL},
};
/* clang-format on */

static void read_nodes(const struct graph *g, const asn_t *asn, uint8_t *ret_is)
{
	memset(ret_is, 0, g->nodes);
	for (; *asn; asn++)
		ret_is[graph_find(g, *asn)] = 1;
}

static void show_best(const struct graph *g, const struct route *route, char *to, size_t room)
{
	size_t n = 0;

	to[0] = '\0';
	for (uint32_t i = 0; i < g->nodes; i++)
		if (route[i].next != GRAPH_NONE)
			n += (size_t)snprintf(to + n, room - n, "%s%u %u %u %u", n ? ", " : "",
				g->asn[i], g->asn[route[i].next], route[i].hops, route[i].ties);
}

/* What routes_ties() finds is what is counted in the route, and begins with its next. */
static void ties_agree(const struct scene *s, const struct graph *g, const struct route *route,
	const struct barrier *barrier)
{
	uint32_t next[NODES_MOST], one[2] = {0, 77};

	for (uint32_t i = 0; i < g->nodes; i++) {
		size_t n = routes_ties(g, route, i, barrier, next, NODES_MOST);
		bool has = route[i].next != GRAPH_NONE;

		if (n != (has ? route[i].ties + 1u : 0) || (has && next[0] != route[i].next))
			fail_msg("%s: AS%u has %zu ties", s->name, g->asn[i], n);
		assert_int_equal(routes_ties(g, route, i, barrier, one, 1), n);
		assert_int_equal(one[1], 77);
		assert_true(n == 0 || one[0] == next[0]);
	}
}

static void play_scene(const struct scene *s)
{
	struct graph *g = brute_read(s->links);
	uint8_t class[NODES_MOST], refuses[NODES_MOST], parted[NODES_MOST];
	char letters[NODES_MOST + 1] = "", text[512];
	uint32_t origins[4], reached = 0;
	struct route route[NODES_MOST];
	struct routes *r;
	size_t n;

	for (n = 0; n < 4 && s->origins[n]; n++)
		origins[n] = graph_find(g, s->origins[n]);
	read_nodes(g, s->refuses, refuses);
	read_nodes(g, s->parted, parted);
	assert_int_equal(routes_new(g, &r), 0);
	const struct barrier barrier = {
		s->refuses[0] ? refuses : NULL, s->parted[0] ? parted : NULL};
	uint32_t got = routes_reach(r, origins, n, &barrier, class);

	for (uint32_t i = 0; i < g->nodes; i++) {
		letters[i] = "-ocpu"[class[i]];
		reached += class[i] != ROUTE_NONE;
	}
	if (strcmp(letters, s->reach) != 0 || got != reached)
		fail_msg("%s: reach is %s (%u), not %s", s->name, letters, got, s->reach);
	if (s->best) {
		routes_best(r, origins[0], &barrier, route);
		show_best(g, route, text, sizeof(text));
		if (strcmp(text, s->best) != 0)
			fail_msg("%s: best are '%s', not '%s'", s->name, text, s->best);
		ties_agree(s, g, route, &barrier);
	}
	routes_free(r);
	graph_close(g);
}

static void scenes_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		play_scene(&scenes[i]);
}

/* Anything may be NULL. */
static void without_barriers(void **state)
{
	struct graph *g = brute_read("2>1 2>3");
	uint8_t class[3];
	struct route route[3];
	uint32_t origin = 0, next;
	struct routes *r;

	(void)state;
	assert_int_equal(routes_new(g, &r), 0);
	assert_int_equal(routes_reach(r, &origin, 1, NULL, class), 3);
	assert_int_equal(routes_reach(r, NULL, 0, NULL, class), 0);
	assert_int_equal(class[0], ROUTE_NONE);
	routes_best(r, origin, NULL, route);
	assert_int_equal(route[2].hops, 2);
	assert_int_equal(routes_ties(g, route, 2, NULL, &next, 1), 1);
	assert_int_equal(next, 1);
	routes_free(r);
	routes_free(NULL);
	graph_close(g);
}

static void classes_have_names(void **state)
{
	(void)state;
	assert_string_equal(route_class_name(ROUTE_NONE), "none");
	assert_string_equal(route_class_name(ROUTE_ORIGIN), "origin");
	assert_string_equal(route_class_name(ROUTE_CUSTOMER), "customer");
	assert_string_equal(route_class_name(ROUTE_PEER), "peer");
	assert_string_equal(route_class_name(ROUTE_PROVIDER), "provider");
}

/* A chain of n ASes, each the `kind` of the next. */
static struct graph *make_chain(uint32_t n, enum link_kind kind)
{
	struct graph_label label = {.day = 0};
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 1; i < n; i++)
		assert_int_equal(graph_builder_link(b, 200000 + i, 200000 + i - 1, kind), 0);
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	return g;
}

struct agreement {
	const struct graph *g;
	struct routes *routes;
	struct route *want;
	unsigned taken;
};

static void agree(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	struct agreement *a = context;

	(void)worker;
	routes_best(a->routes, origin, NULL, a->want);
	for (uint32_t i = 0; i < a->g->nodes; i++)
		if (memcmp(&route[i], &a->want[i], sizeof(*route)) != 0)
			fail_msg("the route of %u to %u differs", i, origin);
	a->taken++;
}

/* Searches for the best routes of all agree with those for one. */
static void all_agree(const struct graph *g, const uint32_t *origins, size_t n)
{
	struct agreement a = {.g = g, .want = malloc(g->nodes * sizeof(*a.want))};
	const struct routes_sink sink = {&a, agree};

	assert_int_equal(routes_new(g, &a.routes), 0);
	assert_int_equal(routes_best_all(g, origins, n, NULL, 1, &sink), 0);
	assert_int_equal(a.taken, n);
	routes_free(a.routes);
	free(a.want);
}

/* Routes end after ROUTE_HOPS_MOST links, reach does not. */
static void the_longest_path(void **state)
{
	static const enum link_kind kinds[] = {LINK_PROVIDER, LINK_SIBLING, LINK_CUSTOMER};
	const uint32_t n = ROUTE_HOPS_MOST + 40;

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct graph *g = make_chain(n, kinds[k]);
		struct route *route = malloc(n * sizeof(*route));
		uint8_t *class = malloc(n);
		uint32_t origin = 0;
		struct routes *r;

		assert_int_equal(routes_new(g, &r), 0);
		assert_int_equal(routes_reach(r, &origin, 1, NULL, class), n);
		routes_best(r, origin, NULL, route);
		assert_int_equal(route[ROUTE_HOPS_MOST].hops, ROUTE_HOPS_MOST);
		assert_int_equal(route[ROUTE_HOPS_MOST].next, ROUTE_HOPS_MOST - 1);
		assert_int_equal(route[ROUTE_HOPS_MOST + 1].class, ROUTE_NONE);
		assert_int_equal(route[ROUTE_HOPS_MOST + 1].next, GRAPH_NONE);
		all_agree(g, (const uint32_t[]){0, n / 2, n - 1}, 3);
		free(class);
		free(route);
		routes_free(r);
		graph_close(g);
	}
}

/* n networks with numbers from 1000 are customers of AS2000 and providers of AS1. */
static struct graph *make_fan(uint32_t n)
{
	struct graph_label label = {.day = 0};
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(graph_builder_link(b, 1, 1000 + i, LINK_PROVIDER), 0);
		assert_int_equal(graph_builder_link(b, 2000, 1000 + i, LINK_CUSTOMER), 0);
	}
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	return g;
}

/* As many ties as the count has room for, and more, on the way up and down. */
static void very_many_ties(void **state)
{
	static const uint32_t sizes[] = {4, 254, 255, 256, 257, 300};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint32_t n = sizes[i], top = n + 1, next[2];
		struct graph *g = make_fan(n);
		struct route route[302];
		struct routes *r;

		assert_int_equal(routes_new(g, &r), 0);
		for (uint32_t from = 0; from <= top; from += top) {
			routes_best(r, top - from, NULL, route);
			assert_int_equal(route[from].hops, 2);
			assert_int_equal(route[from].ties, n - 1 < 255 ? n - 1 : 255);
			assert_int_equal(route[from].next, 1);
			assert_int_equal(routes_ties(g, route, from, NULL, next, 2), n);
			assert_int_equal(next[1], 2);
		}
		all_agree(g, (const uint32_t[]){0, 1, top}, 3);
		routes_free(r);
		graph_close(g);
	}
}

/* -- short memory */

static struct graph *given;

static int search_once(struct span raw)
{
	struct routes *r;
	int rc = routes_new(given, &r);

	(void)raw;
	if (rc == 0)
		routes_free(r);
	return rc;
}

static void count_take(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	(void)worker;
	(void)origin;
	(void)route;
	++*(unsigned *)context;
}

static int best_all_once(struct span raw)
{
	const uint32_t origins[] = {0, 1, 2};
	unsigned taken = 0;
	const struct routes_sink sink = {&taken, count_take};
	int rc = routes_best_all(given, origins, 3, NULL, 1, &sink);

	(void)raw;
	assert_int_equal(taken, rc == 0 ? 3 : 0);
	return rc;
}

static int reach_all_once(struct span raw)
{
	const uint32_t origins[] = {0, 1, 2};
	const double *const weight[] = {NULL};
	double sum[3] = {-1, -1, -1}, *const sums[] = {sum};
	int rc = routes_reach_all(given, origins, 3, NULL, weight, 1, 1, sums);

	(void)raw;
	for (int i = 0; i < 3; i++)
		assert_true(sum[i] == (rc == 0 ? 2 : -1));
	return rc;
}

static void memory_is_short(void **state)
{
	static int (*const once[])(struct span) = {search_once, best_all_once, reach_all_once};

	(void)state;
	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++) {
		given = brute_read("2>1 2=3");
		assert_true(fail_each(once[i], SPAN(""), false) > 0);
		assert_true(fail_each(once[i], SPAN(""), true) > 0);
		graph_close(given);
	}
}

/* -- many origins */

/* A circle of providers so long that sweeps over it take too many: it is searched one by one. */
static void a_long_circle(void **state)
{
	enum { N = 700 };
	struct graph_label label = {.day = 0};
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;
	uint32_t origins[N];
	uint8_t refuses[N] = {[100] = 1};
	const double *const weight[] = {NULL};
	double sum[N], *const sums[] = {sum};

	(void)state;
	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 0; i < N; i++) {
		/* Neighbours in the circle have numbers far apart. */
		asn_t a = 200000 + i * 331 % N, c = 200000 + (i + 1) * 331 % N;

		assert_int_equal(graph_builder_link(b, a, c, LINK_PROVIDER), 0);
		origins[i] = i;
	}
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	assert_int_equal(g->nodes, N);
	assert_int_equal(routes_reach_all(g, origins, N, NULL, weight, 1, 2, sums), 0);
	for (uint32_t i = 0; i < N; i++)
		assert_true(sum[i] == N - 1);
	assert_int_equal(routes_reach_all(g, origins, N, refuses, weight, 1, 2, sums), 0);
	for (uint32_t i = 0; i < N; i++)
		assert_true(sum[i] == (i == 100 ? 0 : N - 2));
	graph_close(g);
}

struct met {
	uint8_t by[600]; /* [origin] how often, and was the route right */
};

static void meet(void *context, unsigned worker, uint32_t origin, const struct route *route)
{
	struct met *m = context;

	m->by[origin] +=
		worker < 3 && route[origin].class == ROUTE_ORIGIN && route[599].next == origin;
}

/* Several threads: each origin is taken once, with its own routes. */
static void on_several_threads(void **state)
{
	struct met m = {{0}};
	const struct routes_sink sink = {&m, meet};
	uint32_t origins[599];
	struct graph_label label = {.day = 0};
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;

	(void)state;
	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 0; i < 599; i++) {
		assert_int_equal(graph_builder_link(b, 1000 + i, 9000, LINK_PROVIDER), 0);
		origins[i] = i;
	}
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	assert_int_equal(routes_best_all(g, origins, 599, NULL, 3, &sink), 0);
	for (uint32_t i = 0; i < 599; i++)
		assert_int_equal(m.by[i], 1);
	assert_int_equal(routes_best_all(g, origins, 0, NULL, 0, &sink), 0);
	graph_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scenes_hold),
		cmocka_unit_test(without_barriers),
		cmocka_unit_test(classes_have_names),
		cmocka_unit_test(the_longest_path),
		cmocka_unit_test(very_many_ties),
		cmocka_unit_test(memory_is_short),
		cmocka_unit_test(a_long_circle),
		cmocka_unit_test(on_several_threads),
	};

	return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
