/*
 * The few that suffice: told by hand for small graphs, held against all subsets of random ones, and
 * for larger ones against single augmenting paths and against the removal of ASes one and two at a
 * time. BRUTE_GRAPHS in the environment is how many random graphs; else 10,000.
 */
#include "test.h"

#include "bits.h"
#include "cut/part.h"
#include "net/graph_build.h"

static unsigned long rounds = 10000;

/* -- told by hand */

/* "1 2, 1 3": sets of AS numbers. */
static const char *show_sets(const struct graph *g, const struct part_sets *p)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < p->sets * p->size && used < sizeof(text) - 16; i++) {
		const char *gap = !i ? "" : i % p->size ? " " : ", ";

		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%u", gap, g->asn[p->set[i]]);
	}
	return text;
}

static const struct {
	const char *links, *targets, *keep;
	unsigned state;
	uint32_t above;
	bool by_clique;
	const char *sets;
} cases[] = {
	/* the clique, and members of it can be cut as well */
	{"1! 1>2 2>3", "3", "", PART_FOUND, 2, true, "1, 2"},
	{"1! 2! 1-2 1>3 2>3", "3", "", PART_FOUND, 2, true, "1 2"},
	{"1! 2! 1-2 1>3 2>4 3>5 4>5", "5", "", PART_FOUND, 4, true, "1 2, 1 4, 2 3, 3 4"},
	{"1! 2! 1>3 2>3 3>5 3>4 4>5", "5", "", PART_FOUND, 4, true, "3"},
	/* above the clique somebody sells to it: nobody needs to be asked there */
	{"1! 9>1 8>1 1>2", "2", "", PART_FOUND, 3, true, "1"},
	{"1! 2! 1>2 2>3", "3", "", PART_FOUND, 2, true, "2"},
	/* no clique: who has no provider */
	{"1>2 2>3", "3", "", PART_FOUND, 2, false, "1, 2"},
	{"1>3 2>3", "3", "", PART_FOUND, 2, false, "1 2"},
	{"1>3 2>3 3>4 5>4", "4", "", PART_FOUND, 4, false, "3 5"},
	/* siblings: as one in reach, but each refuses for itself */
	{"1! 1>2 2=3", "3", "", PART_FOUND, 2, true, "1, 2"},
	{"1! 1>2 1>3 2=3", "3", "", PART_FOUND, 2, true, "1"},
	{"1=2 2>3", "3", "", PART_FOUND, 2, false, "2"},
	{"1=2", "2", "", PART_FOUND, 1, false, "1"},
	/* providers in a circle, with and without a way out */
	{"1>2 2>3 3>1 3>4", "4", "", PART_FOUND, 3, false, "3"},
	{"1>2 2>3 3>1 3>4", "1", "", PART_FOUND, 2, false, "3"},
	{"1>2 2>3 3>1 3>4 5>1", "4", "", PART_FOUND, 4, false, "1, 2, 3, 5"},
	/* several targets; one above another; named twice */
	{"1! 1>2 2>3 1>4", "3 4", "", PART_FOUND, 2, true, "1"},
	{"1! 1>2 2>3 2>4", "3 4", "", PART_FOUND, 2, true, "1, 2"},
	{"1! 1>2 2>3", "3 2", "", PART_FOUND, 1, true, "1"},
	{"1! 1>2 2>3 5>3 1>5", "3 2 3", "", PART_FOUND, 2, true, "1"},
	{"1>2 2>3", "1 3", "", PART_AT_TOP, 1, false, ""},
	{"1>2 3>4", "1 4", "", PART_FOUND, 1, false, "3"},
	/* kept: around them, or not at all; that targets are kept means nothing */
	{"1! 1>2 2>3", "3", "2", PART_FOUND, 2, true, "1"},
	{"1! 1>2 2>3", "3", "1 3", PART_FOUND, 2, true, "2"},
	{"1! 1>2 2>3", "3", "1 2", PART_KEPT, 2, true, ""},
	{"1! 2! 1>3 2>3", "3", "1", PART_KEPT, 2, true, ""},
	{"1! 2! 1>4 2>4 4>5 1>5", "5", "4", PART_FOUND, 3, true, "1 2"},
	/* nothing to part */
	{"1! 1>2 3>4", "4", "", PART_APART, 1, true, ""},
	{"1! 1-2", "2", "", PART_APART, 0, true, ""},
	{"1! 1>2", "1", "", PART_AT_TOP, 0, true, ""},
	{"1! 9>1 1>2", "1 2", "", PART_AT_TOP, 1, true, ""},
	{"1! 2>3 1>3", "2 3", "", PART_FOUND, 1, true, "1"},
	{"1-2", "2", "", PART_AT_TOP, 0, false, ""},
};

static void by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct graph *g = brute_read(cases[i].links);
		uint32_t target[8], keep[8];
		size_t ntarget = brute_nodes(g, cases[i].targets, target);
		size_t nkeep = brute_nodes(g, cases[i].keep, keep);
		struct part_sets p;

		assert_int_equal(part_find(g, target, ntarget, keep, nkeep, &p), 0);
		if (p.state != cases[i].state || p.above != cases[i].above || p.more ||
			p.by_clique != cases[i].by_clique ||
			strcmp(show_sets(g, &p), cases[i].sets))
			fail_msg("%s for %s: state %d, %u above, '%s'", cases[i].links,
				cases[i].targets, p.state, p.above, show_sets(g, &p));
		part_done(&p);
		graph_close(g);
	}
}

/* -- all subsets */

struct top {
	struct bits b;
	uint32_t targets, keep, clique;
};

static void read_top(const struct graph *g, struct top *t)
{
	bits_read(&t->b, g);
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (g->flags[i] & GRAPH_CLIQUE)
			t->clique |= 1u << i;
	}
}

static uint32_t above_of(const struct top *t, uint32_t set, uint32_t refuse)
{
	return bits_closure(t->b.up, set, refuse);
}

/* Who is of the top: of the clique, or whose equals above have no provider that is not one. */
static uint32_t top_of(const struct top *t, uint32_t above)
{
	uint32_t top = 0;

	if (t->clique)
		return t->clique & above;
	for (uint32_t i = 0; i < t->b.n; i++) {
		uint32_t over = above_of(t, 1u << i, 0), bought = 0, equals = 0;

		for (uint32_t k = 0; k < t->b.n; k++) {
			if ((over >> k & 1) && (above_of(t, 1u << k, 0) >> i & 1))
				equals |= 1u << k;
		}
		for (uint32_t k = 0; k < t->b.n; k++) {
			if (equals >> k & 1)
				bought |= t->b.provider[k];
		}
		if (!(bought & ~equals))
			top |= 1u << i;
	}
	return top & above & ~t->targets;
}

#define ALL_MOST 4096

struct answer {
	unsigned state;
	uint32_t above, size, sets;
	uint32_t set[ALL_MOST]; /* bits */
};

static void brute_part(const struct top *t, struct answer *ret)
{
	uint32_t above = above_of(t, t->targets, 0), top = top_of(t, above);
	uint32_t free = above & ~t->targets & ~t->keep;

	*ret = (struct answer){.state = PART_FOUND};
	ret->above = (uint32_t)__builtin_popcount(above & ~t->targets);
	if (t->clique & t->targets)
		ret->state = PART_AT_TOP;
	else if (!top)
		ret->state = t->clique ? PART_APART : PART_AT_TOP;
	else if (above_of(t, t->targets, free) & top)
		ret->state = PART_KEPT;
	if (ret->state != PART_FOUND)
		return;
	for (ret->size = 1; !ret->sets; ret->size++) {
		for (uint32_t set = free;; set = (set - 1) & free) {
			if (__builtin_popcount(set) == (int)ret->size &&
				!(above_of(t, t->targets, set) & top))
				ret->set[ret->sets++] = set;
			if (!set)
				break;
		}
	}
	ret->size--;
}

static uint32_t bits_of_set(const struct part_sets *p, uint32_t set)
{
	uint32_t bits = 0;

	for (uint32_t k = 0; k < p->size; k++) {
		uint32_t node = p->set[set * p->size + k];

		assert_true(!k || node > p->set[set * p->size + k - 1]);
		bits |= 1u << node;
	}
	return bits;
}

/* The one whose lowest node is lower comes first: a set's bits read from the lowest. */
static bool stands_before(uint32_t a, uint32_t b)
{
	uint32_t differ = a ^ b;

	return a & (differ & -differ);
}

static void check(const struct graph *g, const struct part_sets *p, const struct answer *a)
{
	if (p->state != a->state || p->above != a->above || p->size != a->size ||
		p->sets != (a->sets < PART_SETS_MOST ? a->sets : PART_SETS_MOST) ||
		p->more != (a->sets >= PART_SETS_MOST))
		fail_msg("%s: state %u for %u, size %u for %u, %u sets for %u", brute_show(g),
			p->state, a->state, p->size, a->size, p->sets, a->sets);
	for (uint32_t i = 0; i < p->sets; i++) {
		uint32_t bits = bits_of_set(p, i), k = 0;

		while (k < a->sets && a->set[k] != bits)
			k++;
		if (k == a->sets)
			fail_msg("%s: a set that is none", brute_show(g));
		assert_true(!i || stands_before(bits_of_set(p, i - 1), bits));
	}
}

static size_t draw_nodes(struct random *r, const struct graph *g, double share, uint32_t *ret_node,
	uint32_t *ret_bits)
{
	size_t n = 0;

	*ret_bits = 0;
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (random_unit(r) < share) {
			ret_node[n++] = i;
			*ret_bits |= 1u << i;
		}
	}
	return n;
}

static void all_subsets(void **state)
{
	struct random r;
	static struct answer a;
	unsigned long found[4] = {0}, more = 0;

	(void)state;
	random_seed(&r, 1);
	for (unsigned long i = 0; i < rounds; i++) {
		struct graph *g = brute_graph(&r);
		uint32_t target[BRUTE_NODES_MOST], keep[BRUTE_NODES_MOST];
		struct top t = {0};
		size_t ntarget = draw_nodes(&r, g, random_unit(&r) * 0.3, target, &t.targets);
		size_t nkeep = draw_nodes(&r, g, (double)random_below(&r, 4) / 10, keep, &t.keep);
		struct part_sets p;

		if (!ntarget) {
			target[ntarget++] = (uint32_t)random_below(&r, g->nodes);
			t.targets = 1u << target[0];
		}
		read_top(g, &t);
		brute_part(&t, &a);
		assert_int_equal(part_find(g, target, ntarget, keep, nkeep, &p), 0);
		check(g, &p, &a);
		found[p.state]++;
		more += p.more;
		part_done(&p);
		graph_close(g);
	}
	print_message("found %lu, apart %lu, at the top %lu, kept %lu; more %lu\n", found[0],
		found[1], found[2], found[3], more);
}

/* -- larger graphs */

struct links {
	struct graph_builder *b;
};

static struct links begin(void)
{
	struct links l;

	assert_int_equal(graph_builder_new(&l.b), 0);
	return l;
}

static void sells(struct links *l, asn_t provider, asn_t customer)
{
	assert_int_equal(graph_builder_link(l->b, customer, provider, LINK_PROVIDER), 0);
}

static struct graph *end(struct links *l)
{
	struct graph_label label = {.source = SPAN("test"), .method = SPAN("given")};
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_open(l->b, &label, &odd, &g), 0);
	graph_builder_free(l->b);
	return g;
}

/* Whether anything of the top (without provider: these graphs have no clique, siblings, circles)
 * is above a target when the ASes of a set refuse. */
static bool reaches_top(const struct graph *g, uint32_t target, const uint32_t *set, size_t n)
{
	uint8_t *seen = calloc(g->nodes, 1);
	uint32_t *stack = malloc(g->nodes * sizeof(*stack)), count = 0;
	bool top = false;

	for (size_t i = 0; i < n; i++)
		seen[set[i]] = 1;
	stack[count++] = target;
	while (count && !top) {
		struct nodes up = graph_neighbours(g, stack[--count], LINK_PROVIDER);

		top = !up.n;
		for (uint32_t k = 0; k < up.n; k++) {
			if (!seen[up.node[k]]) {
				seen[up.node[k]] = 1;
				stack[count++] = up.node[k];
			}
		}
	}
	free(seen);
	free(stack);
	return top;
}

/* All AS numbers from 1 on: i buys from some that are before it. */
static struct graph *draw_hierarchy(struct random *r, uint32_t n)
{
	struct links l = begin();
	uint32_t most = 1 + (uint32_t)random_below(r, 4);
	uint32_t far = 2 + (uint32_t)random_below(r, random_below(r, 2) ? 5 : n);

	for (uint32_t i = 2; i <= n; i++) {
		for (size_t k = random_below(r, most + 1) + (far < 7); k > 0; k--) {
			uint32_t back = 1 + (uint32_t)random_below(r, i - 1 < far ? i - 1 : far);

			sells(&l, i - back, i);
		}
	}
	assert_int_equal(graph_builder_as(l.b, 1), 0);
	assert_int_equal(graph_builder_as(l.b, n), 0);
	return end(&l);
}

/* How many sets of one AS part the target, or of two when there is none. */
static uint32_t count_by_removal(const struct graph *g, uint32_t target, uint32_t *ret_size)
{
	uint32_t singles = 0, pairs = 0, set[2];

	for (set[0] = 0; set[0] < target; set[0]++)
		singles += !reaches_top(g, target, set, 1);
	*ret_size = singles ? 1 : 2;
	for (set[0] = 0; set[0] < target && !singles; set[0]++) {
		for (set[1] = set[0] + 1; set[1] < target; set[1]++)
			pairs += !reaches_top(g, target, set, 2);
	}
	return singles ? singles : pairs;
}

static void by_removal(void **state)
{
	struct random r;
	unsigned compared = 0, more = 0;

	(void)state;
	random_seed(&r, 2);
	for (unsigned long i = 0; i < 20 + rounds / 200; i++) {
		struct graph *g = draw_hierarchy(&r, 30 + (uint32_t)random_below(&r, 60));
		uint32_t target = g->nodes - 1, size, count;
		struct part_sets p;

		assert_int_equal(part_find(g, &target, 1, NULL, 0, &p), 0);
		if (p.state == PART_FOUND && p.size <= 2) {
			count = count_by_removal(g, target, &size);
			assert_int_equal(p.size, size);
			assert_int_equal(p.more, count >= PART_SETS_MOST);
			assert_int_equal(p.sets, count < PART_SETS_MOST ? count : PART_SETS_MOST);
			compared++;
			more += p.more;
		}
		for (uint32_t k = 0; k < p.sets; k++)
			assert_false(reaches_top(g, target, p.set + k * p.size, p.size));
		part_done(&p);
		graph_close(g);
	}
	print_message("compared %u; more %u\n", compared, more);
	assert_true(compared > 10 && more > 0);
}

/*
 * The number of paths to the top that share no AS, by single augmenting paths over a matrix: at
 * most as many sets can do with fewer. Another algorithm, and other data.
 */
struct paths {
	const struct graph *g;
	uint8_t *left; /* left[from * points + to] */
	uint32_t points;
	uint32_t *from; /* from[points]: where the search came from */
};

static bool find_path(struct paths *p, uint32_t start, uint32_t end)
{
	uint32_t *queue = malloc(p->points * sizeof(*queue)), n = 0;

	memset(p->from, 0xff, p->points * sizeof(*p->from));
	p->from[start] = start;
	queue[n++] = start;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < p->points; k++) {
			if (p->left[queue[i] * p->points + k] && p->from[k] == GRAPH_NONE) {
				p->from[k] = queue[i];
				queue[n++] = k;
			}
		}
	}
	free(queue);
	return p->from[end] != GRAPH_NONE;
}

static uint32_t count_paths(const struct graph *g, uint32_t target)
{
	uint32_t points = 2 * g->nodes + 1, count = 0, end = points - 1;
	struct paths p = {g, calloc(points, points), points, malloc(points * sizeof(uint32_t))};

	for (uint32_t i = 0; i < g->nodes; i++) {
		struct nodes up = graph_neighbours(g, i, LINK_PROVIDER);

		p.left[2 * i * points + 2 * i + 1] = 1;
		for (uint32_t k = 0; k < up.n; k++)
			p.left[(2 * i + 1) * points + 2 * up.node[k]] = 1;
		if (!up.n)
			p.left[(2 * i + 1) * points + end] = 1;
	}
	while (find_path(&p, 2 * target + 1, end)) {
		for (uint32_t k = end; k != 2 * target + 1; k = p.from[k]) {
			p.left[p.from[k] * points + k]--;
			p.left[k * points + p.from[k]]++;
		}
		count++;
	}
	free(p.left);
	free(p.from);
	return count;
}

static void by_paths(void **state)
{
	struct random r;
	uint32_t largest = 0;

	(void)state;
	random_seed(&r, 3);
	for (unsigned long i = 0; i < 5 + rounds / 2000; i++) {
		struct links l = begin();
		uint32_t n = 300 + (uint32_t)random_below(&r, 300), customers = 200;

		/* The target buys widely, so that what is above it decides. */
		for (uint32_t k = 2; k < n; k++)
			for (size_t m = 1 + random_below(&r, 4); m > 0 && k > 10; m--)
				sells(&l, 1 + (asn_t)random_below(&r, k - 1), k);
		for (; customers; customers--)
			sells(&l, 1 + (asn_t)random_below(&r, n - 1), n);
		struct graph *g = end(&l);
		uint32_t target = g->nodes - 1;
		struct part_sets p;

		assert_int_equal(part_find(g, &target, 1, NULL, 0, &p), 0);
		assert_int_equal(p.state, PART_FOUND);
		assert_int_equal(p.size, count_paths(g, target));
		for (uint32_t k = 0; k < p.sets; k++)
			assert_false(reaches_top(g, target, p.set + k * p.size, p.size));
		if (p.size > largest)
			largest = p.size;
		part_done(&p);
		graph_close(g);
	}
	assert_true(largest > 5);
}

/* -- hostile shapes */

/* `wide` chains of `deep` ASes, each its own way to the top: deep ^ wide sets. */
static struct graph *draw_chains(uint32_t wide, uint32_t deep)
{
	struct links l = begin();

	for (uint32_t i = 0; i < wide; i++) {
		for (uint32_t k = 0; k < deep; k++)
			sells(&l, 2 + i * deep + k, k ? 1 + i * deep + k : 1);
	}
	return end(&l);
}

static const struct {
	uint32_t wide, deep, sets;
	bool more;
} shapes[] = {
	{1, 19, 19, false},
	{1, 20, 20, true},
	{1, 21, 20, true},
	{2, 4, 16, false},
	{4, 2, 16, false},
	{5, 2, 20, true},
	{1, 50000, 20, true},
	{10000, 2, 20, true},
	{10000, 1, 1, false},
	{200, 200, 20, true},
};

static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct graph *g = draw_chains(shapes[i].wide, shapes[i].deep);
		uint32_t target = 0;
		struct part_sets p;

		assert_int_equal(part_find(g, &target, 1, NULL, 0, &p), 0);
		assert_int_equal(p.state, PART_FOUND);
		assert_int_equal(p.size, shapes[i].wide);
		assert_int_equal(p.sets, shapes[i].sets);
		assert_int_equal(p.more, shapes[i].more);
		for (uint32_t k = 0; k < p.sets; k++)
			assert_false(reaches_top(g, target, p.set + (size_t)k * p.size, p.size));
		part_done(&p);
		graph_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(all_subsets),
		cmocka_unit_test(by_removal),
		cmocka_unit_test(by_paths),
		cmocka_unit_test(hostile),
	};

	if (getenv("BRUTE_GRAPHS"))
		rounds = strtoul(getenv("BRUTE_GRAPHS"), NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
