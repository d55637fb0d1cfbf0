/*
 * The smallest set for a share: told by hand for small graphs, held against all subsets of random
 * ones, and on larger ones against all sets of one, two and three ASes. BRUTE_GRAPHS in the
 * environment is how many random graphs; else 10,000.
 */
#include "test.h"

#include <math.h>

#include "bits.h"
#include "cut/starve.h"
#include "net/graph_build.h"

static unsigned long rounds = 10000;

/* -- a question and who asks it */

struct asked {
	struct graph *g;
	struct starve_question q;
	uint32_t target[64], keep[64];
	struct measure measure;
};

static void measure_up(struct asked *a)
{
	a->measure.name = "test";
	a->measure.total = 0;
	for (uint32_t i = 0; i < a->g->nodes; i++)
		a->measure.total += a->measure.of[i];
	a->q.measure = &a->measure;
	a->q.targets = a->target;
	a->q.keep = a->q.nkeep ? a->keep : NULL;
}

static void asked_done(struct asked *a)
{
	free(a->measure.of);
	graph_close(a->g);
}

static bool is_among(uint32_t node, const uint32_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == node)
			return true;
	}
	return false;
}

/* The weight that counts, targets left out. */
static double whole_of(const struct asked *a)
{
	double sum = 0;

	for (uint32_t i = 0; i < a->g->nodes; i++) {
		if (!is_among(i, a->target, a->q.ntargets))
			sum += a->measure.of[i];
	}
	return sum;
}

/* The share that reaches a target when a set refuses, as routes.h has it. */
static double share_left(const struct asked *a, const uint32_t *set, uint32_t n)
{
	uint8_t *refuses = calloc(a->g->nodes, 1), *class = malloc(a->g->nodes);
	struct barrier barrier = {.refuses = refuses};
	struct routes *r;
	double sum = 0, whole = whole_of(a);

	assert_int_equal(routes_new(a->g, &r), 0);
	for (uint32_t i = 0; i < n; i++)
		refuses[set[i]] = 1;
	routes_reach(r, a->target, a->q.ntargets, &barrier, class);
	for (uint32_t i = 0; i < a->g->nodes; i++) {
		if (class[i] != ROUTE_NONE && !is_among(i, a->target, a->q.ntargets))
			sum += a->measure.of[i];
	}
	routes_free(r);
	free(refuses);
	free(class);
	return whole > 0 ? sum / whole : 0;
}

/* What must hold of any answer. */
static void check_sound(const struct asked *a, const struct starve *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		assert_true(!i || s->set[i] > s->set[i - 1]);
		assert_true(s->set[i] < a->g->nodes);
		assert_false(is_among(s->set[i], a->target, a->q.ntargets));
		assert_false(is_among(s->set[i], a->keep, a->q.nkeep));
	}
	assert_true(s->searches > 0);
	if (s->state == STARVE_NEVER) {
		assert_int_equal(s->n, 0);
		assert_true(s->reach > a->q.share);
		return;
	}
	double left = share_left(a, s->set, s->n);

	assert_true(left <= a->q.share * (1 + 1e-11));
	assert_true(fabs(left - s->reach) <= 1e-12);
	assert_true(s->at_least <= s->n);
	assert_int_equal(s->state == STARVE_OPTIMAL, s->at_least == s->n);
}

/* -- told by hand */

static const struct {
	const char *links, *targets, *keep;
	const char *weights; /* by AS number in order; "": 1 each */
	double share;
	unsigned state;
	const char *set; /* AS numbers; "?": any set of the size n */
	uint32_t n;
	double reach;
} cases[] = {
	/* all reach it, and that is allowed */
	{"1>2 1>3 1>4", "2", "", "", 1, STARVE_OPTIMAL, "", 0, 1},
	/* one provider carries all */
	{"1>2 1>3 1>4 1>5", "2", "", "", 0.5, STARVE_OPTIMAL, "1", 1, 0},
	{"1>2 1>3 1>4 1>5", "2", "", "", 0, STARVE_OPTIMAL, "1", 1, 0},
	/* who refuses is lost itself: one of four is enough */
	{"1>2 1>3 1>4 1>5", "2", "", "", 0.75, STARVE_OPTIMAL, "?", 1, 0.75},
	/* two providers: both, or one and a half of the rest */
	{"1>3 2>3 1>4 2>4 1>5 2>5", "3", "", "", 0.5, STARVE_OPTIMAL, "?", 2, 0.5},
	{"1>3 2>3 1>4 2>4 1>5 2>5 1>6 2>6", "3", "", "", 0.4, STARVE_OPTIMAL, "1 2", 2, 0},
	/* the top is better than what is below it */
	{"1>2 1>3 2>9 3>9 1>4 1>5 1>6 1>7", "9", "", "", 0.35, STARVE_OPTIMAL, "1", 1, 2. / 7},
	/* weights decide; 6 weighs as much as all others */
	{"1>2 1>3 1>6 4>2 4>5", "2", "", "1 1 1 1 1 5", 0.4, STARVE_OPTIMAL, "1", 1, 2. / 9},
	{"1>2 1>3 1>4 1>5", "2", "1", "1 1 1 1 9", 0.25, STARVE_OPTIMAL, "5", 1, 0.25},
	/* kept: around it, or never */
	{"1>2 1>3 1>4 1>5", "2", "1", "", 0.5, STARVE_OPTIMAL, "?", 2, 0.5},
	{"1>2 1>3 1>4 1>5", "2", "1", "", 0.25, STARVE_OPTIMAL, "3 4 5", 3, 0.25},
	{"1>2 1>3 1>4 1>5", "2", "1", "", 0.2, STARVE_NEVER, "", 0, 0.25},
	{"1>2 1>3 1>4 1>5", "2", "1 3 4 5", "", 0.5, STARVE_NEVER, "", 0, 1},
	/* peers carry it to their customers */
	{"1-2 1>3 1>4 5-2 5>6", "2", "", "", 0.4, STARVE_OPTIMAL, "1", 1, 0.4},
	{"1-2 1>3 1>4 5-2 5>6", "2", "", "", 0.3, STARVE_OPTIMAL, "1 5", 2, 0},
	/* siblings of the target do all that it does */
	{"1=2 1>3 1>4 1>5", "2", "", "", 0, STARVE_OPTIMAL, "1", 1, 0},
	/* a circle of providers */
	{"1>2 2>3 3>1 1>4 2>5 3>6", "4", "", "", 0, STARVE_OPTIMAL, "1", 1, 0},
	/* several targets; one carries the other */
	{"1>2 2>3 1>4 1>5", "2 3", "", "", 0, STARVE_OPTIMAL, "1", 1, 0},
	{"1>2 3>4 1>5 3>6", "2 4", "", "", 0, STARVE_OPTIMAL, "1 3", 2, 0},
	/* 29 of 100 is 0.29, whatever 0.29 * 100 is */
	{"1>2 1>3", "2", "", "29 1 71", 0.29, STARVE_OPTIMAL, "?", 1, 0},
	{"1>2 1>3", "2", "1", "29 1 71", 0.29, STARVE_OPTIMAL, "3", 1, 0.29},
	/* nobody weighs anything; nobody is there */
	{"1>2 1>3", "2", "", "0 1 0", 0, STARVE_OPTIMAL, "", 0, 0},
	{"1>2", "1 2", "", "", 0, STARVE_OPTIMAL, "", 0, 0},
	{"1 2", "1", "", "", 0, STARVE_OPTIMAL, "", 0, 0},
	/* weights whose sum is no number */
	{"1>2 1>3 1>4", "2", "", "1e308 1 1e308 1e308", 0, STARVE_OPTIMAL, "1", 1, 0},
	{"1>2 1>3 1>4", "2", "", "1 1 1e308 1e308", 0.5, STARVE_OPTIMAL, "?", 1, 0.5},
	{"1>2 1>3 1>4", "2", "", "1 1 1e-308 1e308", 0.5, STARVE_OPTIMAL, "?", 1, 0},
};

static void read_case(struct asked *a, size_t i)
{
	char *at = (char *)(uintptr_t)cases[i].weights;

	*a = (struct asked){.g = brute_read(cases[i].links), .q.share = cases[i].share};
	a->q.ntargets = brute_nodes(a->g, cases[i].targets, a->target);
	a->q.nkeep = brute_nodes(a->g, cases[i].keep, a->keep);
	a->measure.of = calloc(a->g->nodes, sizeof(*a->measure.of));
	for (uint32_t k = 0; k < a->g->nodes; k++)
		a->measure.of[k] = *at ? strtod(at, &at) : 1;
	measure_up(a);
}

static void by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked a;
		struct starve s;
		uint32_t set[64];
		bool any = !strcmp(cases[i].set, "?");

		read_case(&a, i);
		assert_int_equal(starve_find(a.g, &a.q, &s), 0);
		size_t n = any ? cases[i].n : brute_nodes(a.g, cases[i].set, set);

		if (s.state != cases[i].state || s.n != n ||
			(!any && memcmp(s.set, set, n * sizeof(*set))) ||
			(!any && fabs(s.reach - cases[i].reach) > 1e-12))
			fail_msg("%s for %s at %g: state %u, %u, reach %g", cases[i].links,
				cases[i].targets, cases[i].share, s.state, s.n, s.reach);
		if (isfinite(a.measure.total))
			check_sound(&a, &s);
		starve_done(&s);
		asked_done(&a);
	}
}

/* -- all subsets */

/* The size of the smallest set that leaves no more, or more than all ASes. */
static uint32_t smallest(const struct asked *a, double most)
{
	struct bits b;

	bits_read(&b, a->g);
	uint32_t targets = bits_of(a->target, a->q.ntargets), best = b.n + 1;
	uint32_t free = ~(targets | bits_of(a->keep, a->q.nkeep)) & ((1u << b.n) - 1);

	for (uint32_t set = free;; set = (set - 1) & free) {
		uint32_t left = bits_reach(&b, targets, set) & ~targets;

		if ((uint32_t)__builtin_popcount(set) < best &&
			bits_sum(&b, left, a->measure.of) <= most)
			best = (uint32_t)__builtin_popcount(set);
		if (!set)
			break;
	}
	return best;
}

static double draw_weight(struct random *r, int taste)
{
	switch (taste) {
	case 0: return 1;
	case 1: return (double)random_below(r, 4);
	case 2: return random_unit(r);
	case 3: return pow(random_unit(r), -4);
	case 4: return random_below(r, 3) ? 0 : 1 + (double)random_below(r, 1000);
	default: return random_below(r, 2) ? 1e150 * random_unit(r) : 1e-150;
	}
}

static size_t draw_nodes(struct random *r, const struct graph *g, double share, uint32_t *ret_node)
{
	size_t n = 0;

	for (uint32_t i = 0; i < g->nodes && n < 60; i++) {
		if (random_unit(r) < share)
			ret_node[n++] = i;
	}
	return n;
}

/* Shares that are as likely to be met exactly as not. */
static double draw_share(struct random *r, const struct asked *a)
{
	double whole = whole_of(a);

	switch (random_below(r, 4)) {
	case 0: return 0;
	case 1: return whole > 0 ? floor(random_unit(r) * whole) / whole : 0;
	case 2: return random_unit(r) * random_unit(r);
	default: return random_unit(r);
	}
}

static void draw_question(struct random *r, struct graph *g, struct asked *a)
{
	int taste = (int)random_below(r, 6);

	*a = (struct asked){.g = g};
	a->q.ntargets = draw_nodes(r, g, random_unit(r) * 0.3, a->target);
	if (!a->q.ntargets || random_below(r, 2))
		a->target[0] = (uint32_t)random_below(r, g->nodes), a->q.ntargets = 1;
	a->q.nkeep = draw_nodes(r, g, (double)random_below(r, 4) / 10, a->keep);
	a->measure.of = calloc(g->nodes, sizeof(*a->measure.of));
	for (uint32_t i = 0; i < g->nodes; i++)
		a->measure.of[i] = draw_weight(r, taste);
	measure_up(a);
	a->q.share = draw_share(r, a);
}

/* With a bound on steps: whatever is said holds. */
static void check_bounded(struct asked *a, uint32_t best, uint64_t steps)
{
	struct starve s;

	a->q.steps = steps;
	assert_int_equal(starve_find(a->g, &a->q, &s), 0);
	check_sound(a, &s);
	if (s.state == STARVE_NEVER)
		assert_true(best > a->g->nodes);
	else
		assert_in_range(best, s.at_least, s.n);
	starve_done(&s);
	a->q.steps = 0;
}

static void all_subsets(void **state)
{
	struct random r;
	unsigned long sizes[BRUTE_NODES_MOST + 2] = {0};

	(void)state;
	random_seed(&r, 1);
	for (unsigned long i = 0; i < rounds; i++) {
		struct asked a;
		struct starve s;

		draw_question(&r, brute_graph(&r), &a);
		double most = a.q.share * whole_of(&a) * (1 + 1e-12);
		uint32_t best = smallest(&a, most);

		assert_int_equal(starve_find(a.g, &a.q, &s), 0);
		check_sound(&a, &s);
		if (s.state != (best > a.g->nodes ? STARVE_NEVER : STARVE_OPTIMAL) ||
			(best <= a.g->nodes && s.n != best))
			fail_msg("graph %lu: %s: state %u, %u for %u at %.17g", i, brute_show(a.g),
				s.state, s.n, best, a.q.share);
		sizes[best > a.g->nodes ? BRUTE_NODES_MOST + 1 : best]++;
		check_bounded(&a, best, 1 + random_below(&r, s.searches + 1));
		starve_done(&s);
		asked_done(&a);
	}
	for (uint32_t i = 0; i <= BRUTE_NODES_MOST; i++)
		print_message("%u: %lu, ", i, sizes[i]);
	print_message("never: %lu\n", sizes[BRUTE_NODES_MOST + 1]);
}

/* -- larger graphs */

/* Plain enumeration: whether some set of `size` of the ASes from `from` on, with those before that
 * are in it, is enough. */
struct plain {
	const struct asked *a;
	struct routes *r;
	uint8_t *refuses, *class;
	double most;
	uint32_t *free, n; /* who may refuse */
};

static bool is_enough(struct plain *p)
{
	struct barrier barrier = {.refuses = p->refuses};
	double sum = 0;

	routes_reach(p->r, p->a->target, p->a->q.ntargets, &barrier, p->class);
	for (uint32_t i = 0; i < p->a->g->nodes; i++) {
		if (p->class[i] != ROUTE_NONE && !is_among(i, p->a->target, p->a->q.ntargets))
			sum += p->a->measure.of[i];
	}
	return sum <= p->most;
}

static bool try_size(struct plain *p, uint32_t from, uint32_t size)
{
	if (!size)
		return is_enough(p);
	for (uint32_t i = from; i + size <= p->n; i++) {
		p->refuses[p->free[i]] = 1;
		bool enough = try_size(p, i + 1, size - 1);

		p->refuses[p->free[i]] = 0;
		if (enough)
			return true;
	}
	return false;
}

/* The smallest size up to `most`; most + 1 when it is more. */
static uint32_t smallest_plain(const struct asked *a, uint32_t most)
{
	uint32_t n = a->g->nodes, size = 0;
	struct plain p = {.a = a,
		.refuses = calloc(n, 1),
		.class = malloc(n),
		.free = malloc(n * sizeof(uint32_t)),
		.most = a->q.share * whole_of(a) * (1 + 1e-12)};

	assert_int_equal(routes_new(a->g, &p.r), 0);
	for (uint32_t i = 0; i < n; i++) {
		if (!is_among(i, a->target, a->q.ntargets) && !is_among(i, a->keep, a->q.nkeep))
			p.free[p.n++] = i;
	}
	while (size <= most && !try_size(&p, 0, size))
		size++;
	routes_free(p.r);
	free(p.refuses);
	free(p.class);
	free(p.free);
	return size;
}

static void by_size(void **state)
{
	struct random r;
	unsigned long sizes[5] = {0};

	(void)state;
	random_seed(&r, 2);
	for (unsigned long i = 0; i < 50 + rounds / 100; i++) {
		uint32_t n = 20 + (uint32_t)random_below(&r, i % 8 ? 25 : 60), most = i % 8 ? 3 : 2;
		struct asked a;
		struct starve s;

		draw_question(&r, brute_graph_of(&r, n, 0.8 + 3 * random_unit(&r)), &a);
		uint32_t best = smallest_plain(&a, most);

		a.q.steps = best > most ? 2000 : 0;
		assert_int_equal(starve_find(a.g, &a.q, &s), 0);
		check_sound(&a, &s);
		if (best <= most ? s.state != STARVE_OPTIMAL || s.n != best
				 : s.state != STARVE_NEVER && s.n <= most)
			fail_msg("graph %lu: state %u, %u for %u at %.17g", i, s.state, s.n, best,
				a.q.share);
		sizes[best]++;
		starve_done(&s);
		asked_done(&a);
	}
	print_message("0: %lu, 1: %lu, 2: %lu, 3: %lu, more: %lu\n", sizes[0], sizes[1], sizes[2],
		sizes[3], sizes[4]);
	assert_true(sizes[2] > 5 && sizes[3] > 2);
}

/* -- hostile shapes: AS1 is the target */

enum shape {
	STAR,  /* customers of the target */
	CHAIN, /* each is the provider of the one before it */
	DOWN,  /* each is the customer of the one before it */
	MESH,  /* all are siblings */
	ROPE,  /* each is the sibling of the one before it */
	RING,  /* a circle of providers, and each has a customer */
	DENSE, /* providers of the target, and many who buy from three of them */
};

static void link_up(struct graph_builder *b, enum shape shape, uint32_t i, uint32_t n)
{
	uint32_t sellers = n / 10;

	switch (shape) {
	case STAR: graph_builder_link(b, i, 1, LINK_PROVIDER); break;
	case CHAIN: graph_builder_link(b, i - 1, i, LINK_PROVIDER); break;
	case DOWN: graph_builder_link(b, i, i - 1, LINK_PROVIDER); break;
	case ROPE: graph_builder_link(b, i, i - 1, LINK_SIBLING); break;
	case MESH:
		for (uint32_t k = 1; k < i; k++)
			graph_builder_link(b, i, k, LINK_SIBLING);
		break;
	case RING:
		graph_builder_link(b, i - 1, i == n ? 1 : i, LINK_PROVIDER);
		graph_builder_link(b, n + i, i - 1, LINK_PROVIDER);
		break;
	case DENSE:
		if (i <= sellers + 1)
			graph_builder_link(b, 1, i, LINK_PROVIDER);
		for (uint32_t k = 1; k <= 3 && i > sellers + 1; k++)
			graph_builder_link(b, i, 2 + i * k * k % sellers, LINK_PROVIDER);
		break;
	}
}

static struct graph *draw_shape(enum shape shape, uint32_t n)
{
	struct graph_label label = {.source = SPAN("test"), .method = SPAN("given")};
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	for (uint32_t i = 2; i <= n; i++)
		link_up(b, shape, i, n);
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	return g;
}

/* clang-format off */
static const struct {
	enum shape shape;
	uint32_t ases;
	double share;
	uint64_t steps;
	uint32_t n; /* 0: not known, or not found in so many steps */
} shapes[] = {
	{STAR, 20001, 0.3, 0, 14000},
	{STAR, 20001, 0, 0, 20000},
	{STAR, 20001, 0.9999, 0, 2},
	{CHAIN, 20001, 0.5, 0, 1},
	{CHAIN, 20001, 0, 0, 1},
	{DOWN, 20001, 0.5, 0, 1},
	{MESH, 201, 0.5, 0, 100},
	{MESH, 201, 0, 0, 200},
	{ROPE, 20001, 0.01, 0, 1},
	{RING, 5000, 0.4, 0, 2},
	{RING, 5000, 0, 0, 3},
	{DENSE, 400, 0.3, 300, 0},
	{DENSE, 400, 0.7, 300, 0},
	{DENSE, 4000, 0.05, 100, 0},
};
/* clang-format on */

static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct asked a = {.g = draw_shape(shapes[i].shape, shapes[i].ases)};
		struct starve s;

		a.q.share = shapes[i].share;
		a.q.steps = shapes[i].steps;
		a.target[0] = graph_find(a.g, 1);
		a.q.ntargets = 1;
		a.measure.of = calloc(a.g->nodes, sizeof(*a.measure.of));
		for (uint32_t k = 0; k < a.g->nodes; k++)
			a.measure.of[k] = 1;
		measure_up(&a);
		assert_int_equal(starve_find(a.g, &a.q, &s), 0);
		check_sound(&a, &s);
		if (shapes[i].n && (s.state != STARVE_OPTIMAL || s.n != shapes[i].n))
			fail_msg("shape %zu: state %u, %u", i, s.state, s.n);
		print_message("shape %zu: %u, at least %u, %lu searches\n", i, s.n, s.at_least,
			s.searches);
		if (s.state == STARVE_BOUNDED)
			assert_in_range(s.searches, shapes[i].steps, shapes[i].steps + 3);
		starve_done(&s);
		asked_done(&a);
	}
}

/* The same question has the same answer; the clock only stops. */
static void again(void **state)
{
	struct random r;

	(void)state;
	random_seed(&r, 3);
	for (int i = 0; i < 20; i++) {
		struct asked a;
		struct starve s, t;

		draw_question(&r, brute_graph_of(&r, 60, 3), &a);
		a.q.steps = 40;
		assert_int_equal(starve_find(a.g, &a.q, &s), 0);
		a.q.seconds = 1000;
		assert_int_equal(starve_find(a.g, &a.q, &t), 0);
		assert_int_equal(s.state, t.state);
		assert_int_equal(s.n, t.n);
		assert_int_equal(s.at_least, t.at_least);
		assert_int_equal(s.searches, t.searches);
		assert_memory_equal(s.set, t.set, s.n * sizeof(*s.set));
		starve_done(&t);
		a.q.steps = 0;
		a.q.seconds = 1e-9;
		assert_int_equal(starve_find(a.g, &a.q, &t), 0);
		check_sound(&a, &t);
		starve_done(&t);
		starve_done(&s);
		asked_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(all_subsets),
		cmocka_unit_test(by_size),
		cmocka_unit_test(hostile),
		cmocka_unit_test(again),
	};

	if (getenv("BRUTE_GRAPHS"))
		rounds = strtoul(getenv("BRUTE_GRAPHS"), NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
