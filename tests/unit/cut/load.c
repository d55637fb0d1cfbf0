/*
 * The bound by flow: whatever prices, demand, and who refuses or is free, no set is smaller than it
 * says, and the reach of a pass is that of the routes. BRUTE_GRAPHS in the environment is how many
 * random graphs; else 10,000.
 */
#include "test.h"

#include <math.h>

#include "bits.h"
#include "cut/load.h"

static unsigned long rounds = 10000;

/* One load, and what stands for it in bits. */
struct fixture {
	struct graph *g;
	struct bits b;
	uint32_t targets, keep, refuses, open; /* open: may refuse yet */
	double weight[BRUTE_NODES_MOST];
	struct load *l;
};

static uint32_t draw_set(struct random *r, uint32_t n, double share, uint32_t *ret_node)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (random_unit(r) < share)
			ret_node[count++] = i;
	}
	return count;
}

static void begin(struct random *r, struct fixture *f)
{
	uint32_t target[BRUTE_NODES_MOST], keep[BRUTE_NODES_MOST], ntarget, nkeep;

	*f = (struct fixture){.g = brute_graph(r)};
	bits_read(&f->b, f->g);
	ntarget = draw_set(r, f->b.n, random_unit(r) * 0.3, target);
	if (!ntarget)
		target[ntarget++] = (uint32_t)random_below(r, f->b.n);
	nkeep = draw_set(r, f->b.n, (double)random_below(r, 3) / 10, keep);
	f->targets = bits_of(target, ntarget);
	f->keep = bits_of(keep, nkeep);
	for (uint32_t i = 0; i < f->b.n; i++)
		f->weight[i] = (double)random_below(r, 5) * random_unit(r);
	assert_int_equal(load_new(f->g, target, ntarget, keep, nkeep, f->weight, &f->l), 0);
}

static void end(struct fixture *f)
{
	load_free(f->l);
	graph_close(f->g);
}

static bool has_leaf_left(const struct load *l, uint32_t item)
{
	const struct load_bunch *b = &l->bunch[item - l->points];

	return b->leaves + b->taken < b[1].leaves;
}

/* Some items refuse, some are free, and prices are anything. */
static void disturb(struct random *r, struct fixture *f)
{
	struct load *l = f->l;
	double refusing = random_unit(r) * 0.5, freeing = random_unit(r) * 0.5;

	for (uint32_t i = 0; i < load_items(l); i++) {
		bool point = i < l->points;

		if (point ? l->state[i] != LOAD_OPEN : !has_leaf_left(l, i))
			continue;
		if (random_unit(r) < refusing) {
			f->refuses |= 1u << load_node(l, i);
			load_refuse(l, i);
		} else if (random_unit(r) < freeing) {
			load_release(l, i, true);
		}
	}
	for (uint32_t p = 0; p < l->points; p++)
		l->price[p] = exp(random_unit(r) * log(1000));
}

/* Which nodes may refuse yet, by the items. */
static uint32_t open_now(const struct load *l)
{
	uint32_t open = 0;

	for (uint32_t p = 0; p < l->points; p++) {
		if (l->state[p] == LOAD_OPEN)
			open |= 1u << l->node[p];
	}
	for (uint32_t i = 0; i < l->bunches; i++) {
		const struct load_bunch *b = &l->bunch[i];

		for (uint32_t k = b->leaves + b->taken; k < b[1].leaves && !b->free; k++)
			open |= 1u << l->leaf[k];
	}
	return open;
}

static double reach_of(const struct fixture *f, uint32_t refuse)
{
	uint32_t reached = bits_reach(&f->b, f->targets, f->refuses | refuse);

	return bits_sum(&f->b, reached & ~f->targets, f->weight);
}

/* What a set has at least by the last pass, for what it leaves. */
static double bound_of(const struct fixture *f, uint32_t set, double demand)
{
	double bound = f->l->flow - demand * reach_of(f, set);

	for (uint32_t p = 0; p < f->l->points; p++) {
		if (set >> f->l->node[p] & 1)
			bound += 1 - f->l->used[p];
	}
	return bound;
}

/* Nobody passes more than 1 but who is free, and all that is not reached passes nothing. */
static void check_flow(const struct fixture *f)
{
	const struct load *l = f->l;
	uint32_t reached = bits_reach(&f->b, f->targets, f->refuses);

	for (uint32_t p = 0; p < l->points; p++) {
		assert_true(l->state[p] != LOAD_OPEN || l->used[p] <= 1 + 1e-12);
		assert_true(l->used[p] <= l->asked[p] * (1 + 1e-12));
		assert_true((reached >> l->node[p] & 1) || l->asked[p] <= 0);
	}
}

static void check(const struct fixture *f, double demand)
{
	uint32_t open = open_now(f->l);

	assert_int_equal(open & (f->targets | f->keep | f->refuses), 0);
	if (fabs(f->l->reach - reach_of(f, 0)) > 1e-12)
		fail_msg("%s: reach %g for %g", brute_show(f->g), f->l->reach, reach_of(f, 0));
	check_flow(f);
	for (uint32_t set = open;; set = (set - 1) & open) {
		double bound = bound_of(f, set, demand);

		if (__builtin_popcount(set) < bound - 1e-9)
			fail_msg("%s: bound %g for %d", brute_show(f->g), bound,
				__builtin_popcount(set));
		if (!set)
			break;
	}
}

static void never_wrong(void **state)
{
	struct random r;
	unsigned long good = 0;

	(void)state;
	random_seed(&r, 1);
	for (unsigned long i = 0; i < rounds; i++) {
		double demand = exp(random_unit(&r) * 12 - 6);
		struct fixture f;

		begin(&r, &f);
		if (random_below(&r, 4))
			disturb(&r, &f);
		for (int k = 0; k < 3; k++) {
			load_pass(f.l, demand);
			check(&f, demand);
			load_learn(f.l);
		}
		good += f.l->flow > 1;
		end(&f);
	}
	assert_true(good > rounds / 10);
}

/* Each step back leaves the load as it was. */
static void steps_back(void **state)
{
	struct random r;

	(void)state;
	random_seed(&r, 2);
	for (unsigned long i = 0; i < rounds / 10; i++) {
		struct fixture f;

		begin(&r, &f);
		load_pass(f.l, 1);
		double flow = f.l->flow, reach = f.l->reach;
		uint32_t open = open_now(f.l);

		for (uint32_t k = 0; k < load_items(f.l); k++) {
			if (k < f.l->points ? f.l->state[k] != LOAD_OPEN : !has_leaf_left(f.l, k))
				continue;
			uint32_t node = load_node(f.l, k);

			load_refuse(f.l, k);
			assert_int_equal(open_now(f.l), open & ~(1u << node));
			load_allow(f.l, k);
			load_release(f.l, k, true);
			assert_int_equal(open_now(f.l) >> node & 1, 0);
			load_release(f.l, k, false);
		}
		assert_int_equal(open_now(f.l), open);
		load_pass(f.l, 1);
		assert_true(f.l->flow == flow && f.l->reach == reach);
		end(&f);
	}
}

/* Prices are learned: of two ways up to AS4 the first pass crowds the shorter one. */
static void learns(void **state)
{
	struct graph *g = brute_read("2>1 3>1 4>2 5>3 6>5 4>6 4>7 4>8 4>9 4>10 4>11 4>12");
	uint32_t target = graph_find(g, 1), keep = graph_find(g, 4);
	double weight[12], first;
	struct load *l;

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		weight[i] = 1;
	assert_int_equal(load_new(g, &target, 1, &keep, 1, weight, &l), 0);
	load_pass(l, 0.2);
	first = l->flow;
	for (int i = 0; i < 20; i++) {
		load_learn(l);
		load_pass(l, 0.2);
	}
	assert_true(first < 1.5 && l->flow > 1.95 && l->flow < 2.001);
	load_free(l);
	graph_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_wrong),
		cmocka_unit_test(steps_back),
		cmocka_unit_test(learns),
	};

	if (getenv("BRUTE_GRAPHS"))
		rounds = strtoul(getenv("BRUTE_GRAPHS"), NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
