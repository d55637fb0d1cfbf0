/*
 * A lower bound by flow (load.c), a good set by picking what most flow asks for, and between the
 * two a search that proves: is there a set of `size` ASes, for size from the lower bound up? The
 * first size for which there is one is the smallest, and every size that is refuted raises the
 * bound.
 *
 * The search takes an item that most flow asks for and tries both: it refuses, or it never will.
 * What never will is free: flow through it has no limit, so the bound rises either way. A branch
 * ends when the bound is over the size, or the reach under the share. An item that is used little
 * can often be freed without trying: a set that has it is larger than the size (load_pass()).
 * Prices and demand go on from branch to branch, so a pass or two a branch are enough.
 *
 * Nothing here is by chance or by the clock but when to stop.
 */
#include "cut/starve.h"
#include "cut/load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDING 1e-12 /* of the share: 29 of 100 are 0.29 */
#define CLOSE    1e-9  /* sums of the same weights in another order may differ by as much */
#define WHOLE    1e-6  /* a bound of 2.0000001 does not mean three */

#define CLIMB_PASSES  4 /* for each demand of those that are twice each other */
#define REFINEMENTS   6 /* demands near the best of these */
#define REFINE_PASSES 8 /* for each */
#define FEW           8 /* a set of so many is proven faster than the bound is refined */
#define BRANCH_PASSES 2 /* for a branch, when the first did not do */

enum told { NO, YES, STOPPED };

/* What was decided on an item. */
struct choice {
	uint32_t item;
	uint32_t freed; /* how many were freed before */
	bool refuses;
};

/* An item, and the flow that was asked of it in the last pass. */
struct wish {
	uint32_t item; /* GRAPH_NONE: nothing may refuse */
	double asked;
};

struct search {
	const struct graph *g;
	const struct starve_question *q;
	double *weight;     /* weight[N]: targets have 0 */
	double total, most; /* most: the reach that is allowed */
	struct routes *routes;
	uint8_t *class, *refuses; /* [N] */
	uint32_t *set;            /* set[N]: the best one so far */
	uint32_t n, least;
	uint64_t searches;
	double stop; /* the time to stop at, 0 for never */

	struct load *l;
	double demand, step;              /* step: the demand is moved by */
	bool rising;                      /* it was moved up last */
	double demand_least, demand_most; /* beyond, the bound only falls */
	uint32_t *picked;                 /* picked[picks]: nodes that refuse; room for N */
	uint32_t picks;
	struct choice *choice; /* choice[choices]; room for N */
	uint32_t choices;
	uint32_t *freed; /* freed[frees]: freed without trying; room for the points */
	uint32_t frees;
	struct wish *wish; /* room for N */
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool is_spent(const struct search *s)
{
	return (s->q->steps && s->searches >= s->q->steps) || (s->stop > 0 && seconds() > s->stop);
}

/* -- reach, exactly */

/* The weight that is reached when refuses[] do: in order of nodes, so always the same sum. */
static double reach_now(struct search *s)
{
	struct barrier barrier = {.refuses = s->refuses};
	double sum = 0;

	routes_reach(s->routes, s->q->targets, s->q->ntargets, &barrier, s->class);
	s->searches++;
	for (uint32_t i = 0; i < s->g->nodes; i++) {
		if (s->class[i] != ROUTE_NONE)
			sum += s->weight[i];
	}
	return sum;
}

static void mark(struct search *s, const uint32_t *set, uint32_t n, uint8_t refuses)
{
	for (uint32_t i = 0; i < n; i++)
		s->refuses[set[i]] = refuses;
}

static double reach_of(struct search *s, const uint32_t *set, uint32_t n)
{
	mark(s, set, n, 1);
	double reach = reach_now(s);

	mark(s, set, n, 0);
	return reach;
}

/* Whether the picked items are enough. The last pass knows, unless it is very close. */
static bool is_enough(struct search *s)
{
	double reach = s->l->reach;

	if (fabs(reach - s->most) > CLOSE * s->most)
		return reach < s->most;
	return reach_of(s, s->picked, s->picks) <= s->most;
}

static void save(struct search *s)
{
	memcpy(s->set, s->picked, s->picks * sizeof(*s->set));
	s->n = s->picks;
}

/* -- decisions */

static void refuse(struct search *s, uint32_t item)
{
	s->choice[s->choices++] = (struct choice){item, s->frees, true};
	s->picked[s->picks++] = load_node(s->l, item);
	load_refuse(s->l, item);
}

/* Takes back what was freed without trying, but for the first n. */
static void unfree(struct search *s, uint32_t n)
{
	while (s->frees > n)
		load_release(s->l, s->freed[--s->frees], false);
}

/* Takes the last choice back. */
static struct choice pop(struct search *s)
{
	struct choice c = s->choice[--s->choices];

	unfree(s, c.freed);
	if (c.refuses) {
		load_allow(s->l, c.item);
		s->picks--;
	} else {
		load_release(s->l, c.item, false);
	}
	return c;
}

static void take_all_back(struct search *s)
{
	while (s->choices)
		pop(s);
	unfree(s, 0);
}

/* -- the bound */

/* A pass with what was learned. Returns how many must refuse besides those picked. */
static double pass(struct search *s)
{
	load_pass(s->l, s->demand);
	s->searches++;
	load_learn(s->l);
	return s->l->flow * (1 - 1e-10) - s->demand * s->most - WHOLE;
}

/* What some passes with one demand gave: the best bound, and the slope that flow had there. */
struct tried {
	double demand, bound, slope;
};

static struct tried try_demand(struct search *s, double demand, int passes)
{
	struct tried best = {.demand = demand, .bound = -INFINITY};
	double most = INFINITY; /* no bound is higher: nobody was asked too much */

	s->demand = demand;
	for (int i = 0; i == 0 || (i < passes && best.bound < 0.98 * most && !is_spent(s)); i++) {
		double bound = pass(s);

		most = demand * (s->l->reach - s->most);

		if (bound > best.bound) {
			best.bound = bound;
			best.slope = s->l->slope;
		}
	}
	return best;
}

static void raise_least(struct search *s, double bound)
{
	if (ceil(bound) > s->least)
		s->least = (uint32_t)ceil(bound);
}

/*
 * The bound as a function of the demand has one summit; prices that are not learned yet may hide
 * it. We climb by doubling, from where all that is reached draws no more than 1 together, until the
 * bound falls. Leaves the best, and what stands on either side of it.
 */
static void climb_bound(struct search *s, struct tried at[3])
{
	double demand = 2 * s->demand_least;
	struct tried last = {.demand = s->demand_least};

	at[0] = at[1] = at[2] = (struct tried){.demand = demand};
	for (; demand <= s->demand_most && s->least < s->n && !is_spent(s); demand *= 2) {
		struct tried now = try_demand(s, demand, CLIMB_PASSES);
		bool flat = now.bound < at[1].bound + WHOLE;

		if (now.bound > at[1].bound) {
			at[0] = last;
			at[1] = at[2] = now;
			raise_least(s, now.bound);
		} else if (at[2].demand <= at[1].demand) {
			at[2] = now;
		}
		last = now;
		if (now.bound < 0.8 * at[1].bound || now.bound <= 0 || (flat && s->most <= 0))
			break;
	}
}

/* The demand to try between two: where their tangents meet, if they do. */
static double between(const struct search *s, const struct tried *low, const struct tried *high)
{
	double up = low->slope - s->most, down = high->slope - s->most;
	double at =
		(high->bound - low->bound + up * low->demand - down * high->demand) / (up - down);
	double gap = (high->demand - low->demand) / 64;

	if (!(up > 0 && down < 0) || at < low->demand + gap || at > high->demand - gap)
		return sqrt(low->demand * high->demand);
	return at;
}

/* Goes on to the summit from below, above, and the best between. */
static void refine_bound(struct search *s, struct tried at[3])
{
	for (int i = 0; i < REFINEMENTS && s->least < s->n && !is_spent(s); i++) {
		bool up = at[1].slope > s->most;
		struct tried *side = up ? &at[2] : &at[0];

		if (fabs(side->demand / at[1].demand - 1) < 1e-6)
			break;
		double demand = up ? between(s, &at[1], side) : between(s, side, &at[1]);
		struct tried now = try_demand(s, demand, REFINE_PASSES);

		if (now.bound > at[1].bound) {
			at[up ? 0 : 2] = at[1];
			at[1] = now;
			raise_least(s, now.bound);
		} else {
			*side = now;
		}
	}
	s->demand = at[1].demand;
}

/* -- a good set */

/* The leaf that may refuse and weighs most, and what it draws. */
static struct wish most_ripe(const struct search *s)
{
	const struct load *l = s->l;

	if (l->ripe == GRAPH_NONE)
		return (struct wish){GRAPH_NONE, 0};
	const struct load_bunch *b = &l->bunch[l->ripe];

	return (struct wish){l->points + l->ripe, s->demand * l->leaf_weight[b->leaves + b->taken]};
}

static struct wish most_asked(const struct search *s)
{
	const struct load *l = s->l;
	struct wish best = most_ripe(s);

	for (uint32_t p = 0; p < l->points; p++) {
		if (l->state[p] == LOAD_OPEN && l->asked[p] > best.asked)
			best = (struct wish){p, l->asked[p]};
	}
	return best;
}

static int compare_wishes(const void *pa, const void *pb)
{
	const struct wish *a = pa, *b = pb;

	if (a->asked != b->asked)
		return a->asked > b->asked ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

/* The points that are asked at least half of `most`, into wish[], the most asked first. */
static uint32_t list_wishes(struct search *s, double most)
{
	const struct load *l = s->l;
	uint32_t n = 0;

	for (uint32_t p = 0; p < l->points; p++) {
		if (l->state[p] == LOAD_OPEN && l->asked[p] > 0 && 2 * l->asked[p] >= most)
			s->wish[n++] = (struct wish){p, l->asked[p]};
	}
	qsort(s->wish, n, sizeof(*s->wish), compare_wishes);
	return n;
}

/* After the heaviest leaf of a bunch was taken: whether the next one goes with it. */
static bool is_still_ripe(const struct load *l, uint32_t bunch)
{
	const struct load_bunch *b = &l->bunch[bunch];
	uint32_t next = b->leaves + b->taken;

	return next < b[1].leaves && l->leaf_weight[next] * 2 > l->leaf_weight[next - 1];
}

/* Picks those most asked, at most n: as long as they are asked half as much as the first. */
static void pick_some(struct search *s, double n)
{
	double most = most_asked(s).asked;
	uint32_t wishes = list_wishes(s, most);

	for (uint32_t i = 0; n >= 1; n--) {
		struct wish next = most_ripe(s);

		if (i < wishes && s->wish[i].asked >= next.asked)
			next = s->wish[i++];
		if (next.item == GRAPH_NONE || 2 * next.asked < most)
			break;
		refuse(s, next.item);
		if (next.item >= s->l->points && !is_still_ripe(s->l, s->l->ripe))
			s->l->ripe = GRAPH_NONE;
	}
}

static bool has_up(const struct search *s, uint32_t node)
{
	return s->class[node] == ROUTE_ORIGIN || s->class[node] == ROUTE_CUSTOMER;
}

/* Whether an AS that refuses would be reached if it did not, and by a route for everybody. */
static bool comes_back(const struct search *s, uint32_t node, bool *ret_up)
{
	struct nodes up = graph_up(s->g, node), down = graph_down(s->g, node);
	struct nodes peers = graph_neighbours(s->g, node, LINK_PEER);
	bool back = false;

	for (uint32_t i = 0; i < down.n && !back; i++)
		back = has_up(s, down.node[i]);
	*ret_up = back;
	for (uint32_t i = 0; i < peers.n && !back; i++)
		back = has_up(s, peers.node[i]);
	for (uint32_t i = 0; i < up.n && !back; i++)
		back = s->class[up.node[i]] != ROUTE_NONE;
	return back;
}

/* At least so much weight comes back when an AS no longer refuses: its own, and its neighbours'. */
static double brings_back(const struct search *s, uint32_t node)
{
	bool up;

	if (!comes_back(s, node, &up))
		return 0;
	struct nodes to = up ? graph_all(s->g, node) : graph_down(s->g, node);
	double sum = s->weight[node];

	for (uint32_t i = 0; i < to.n; i++) {
		if (s->class[to.node[i]] == ROUTE_NONE && !s->refuses[to.node[i]])
			sum += s->weight[to.node[i]];
	}
	return sum;
}

/* Orders the best set by what its members bring back, the least first. */
static void order_set(struct search *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		s->wish[i] = (struct wish){s->set[i], -brings_back(s, s->set[i])};
	qsort(s->wish, s->n, sizeof(*s->wish), compare_wishes);
	for (uint32_t i = 0; i < s->n; i++)
		s->set[i] = s->wish[i].item;
}

/* Whether a member can do without refusing, by what it brings back at least. */
static bool may_go(const struct search *s, uint32_t node, double reach)
{
	return reach + brings_back(s, node) <= s->most * (1 + CLOSE);
}

/*
 * Leaves out of the best set what it does not need, beginning with those that bring back least:
 * one, then two, then four at a time, as long as it goes well.
 */
static void thin(struct search *s)
{
	uint32_t n = s->n, i = 0, kept = 0, step = 1;

	mark(s, s->set, n, 1);
	double reach = reach_now(s);

	order_set(s);
	while (i < n && s->n > s->least && !is_spent(s)) {
		if (!may_go(s, s->set[i], reach)) {
			s->set[kept++] = s->set[i++];
			continue;
		}
		uint32_t some = step < n - i ? step : n - i;

		some = some < s->n - s->least ? some : s->n - s->least;
		mark(s, s->set + i, some, 0);
		double without = reach_now(s);

		if (without <= s->most) {
			reach = without;
			s->n -= some;
			i += some;
			step *= 2;
			continue;
		}
		mark(s, s->set + i, some, 1);
		reach_now(s);
		step = some > 1 ? some / 2 : 1;
		if (some == 1)
			s->set[kept++] = s->set[i++];
	}
	memmove(s->set + kept, s->set + i, (n - i) * sizeof(*s->set));
	memset(s->refuses, 0, s->g->nodes);
}

/* Picks until it is enough; the more are needed at least, the more at a time. */
static void pick(struct search *s)
{
	while (s->least < s->n && !is_spent(s)) {
		uint32_t before = s->picks;
		double need = pass(s);

		if (s->picks < s->n && is_enough(s)) {
			save(s);
			thin(s);
			break;
		}
		pick_some(s, fmax(need / 16, 1));
		if (s->picks == before || s->picks >= s->n)
			break;
	}
	take_all_back(s);
}

/* -- the search */

/* Frees what no set of `slack` over the bound can have. */
static void free_idle(struct search *s, double slack)
{
	struct load *l = s->l;

	for (uint32_t p = 0; p < l->points; p++) {
		if (l->state[p] == LOAD_OPEN && 1 - l->used[p] > slack) {
			load_release(l, p, true);
			s->freed[s->frees++] = p;
		}
	}
}

/* More demand while more is left than may be: there the bound still rises. */
static void move_demand(struct search *s)
{
	bool up = s->l->slope > s->most;

	s->step = up == s->rising ? fmin(s->step * 1.2, 2) : fmax(sqrt(s->step), 1.02);
	s->rising = up;
	s->demand *= up ? s->step : 1 / s->step;
	s->demand = fmin(fmax(s->demand, s->demand_least), s->demand_most);
}

/* Looks at the branch as it stands: YES, it is enough; NO, it never will be with so many more;
 * STOPPED: cannot tell. */
static enum told examine(struct search *s, uint32_t more)
{
	for (int i = 0; i < BRANCH_PASSES && !is_spent(s); i++) {
		double need = pass(s);

		if (i == 0 && is_enough(s))
			return YES;
		if (!more || need > more)
			return NO;
		free_idle(s, more - need);
		move_demand(s);
	}
	return STOPPED;
}

/* Turns the last choice to refuse into its contrary. Returns false when there is none left. */
static bool turn_back(struct search *s)
{
	while (s->choices) {
		struct choice c = pop(s);

		if (!c.refuses)
			continue;
		load_release(s->l, c.item, true);
		s->choice[s->choices++] = (struct choice){c.item, s->frees, false};
		return true;
	}
	return false;
}

/* Whether there is a set of that size; it is then the best. */
static enum told search_size(struct search *s, uint32_t size)
{
	enum told told = STOPPED;

	while (told == STOPPED && !is_spent(s)) {
		struct wish next = {GRAPH_NONE, 0};
		enum told here = examine(s, size - s->picks);

		if (here == STOPPED)
			next = most_asked(s);
		if (here == YES) {
			save(s);
			told = YES;
		} else if (next.item != GRAPH_NONE) {
			refuse(s, next.item);
		} else if (here == NO || !is_spent(s)) {
			told = turn_back(s) ? STOPPED : NO;
		}
	}
	take_all_back(s);
	return told;
}

static void prove(struct search *s)
{
	while (s->least < s->n) {
		enum told told = search_size(s, s->least);

		if (told != NO)
			return;
		s->least++;
	}
}

/* -- what needs no search */

/* The reach when all refuse that may; those who must then are the set to begin with. */
static double refuse_all(struct search *s)
{
	const struct starve_question *q = s->q;

	memset(s->refuses, 1, s->g->nodes);
	mark(s, q->keep, (uint32_t)q->nkeep, 0);
	mark(s, q->targets, (uint32_t)q->ntargets, 0);
	double reach = reach_now(s);

	for (uint32_t i = 0; i < s->g->nodes; i++) {
		uint8_t class = s->class[i];
		bool all = class == ROUTE_ORIGIN || class == ROUTE_CUSTOMER;
		struct nodes to = all ? graph_all(s->g, i) : graph_down(s->g, i);

		for (uint32_t k = 0; k < to.n && class != ROUTE_NONE; k++) {
			if (s->refuses[to.node[k]] == 1) {
				s->refuses[to.node[k]] = 2;
				s->set[s->n++] = to.node[k];
			}
		}
	}
	memset(s->refuses, 0, s->g->nodes);
	return reach;
}

/* Weights as they count: targets have none. The greatest is brought to about 1, by a power of two,
 * so that no digit changes; then sums are finite and demands of any size. */
static int weigh(struct search *s)
{
	size_t n = s->g->nodes;
	double most = 0, least = INFINITY;
	int exponent;

	s->weight = malloc((n + 1) * sizeof(*s->weight));
	if (!s->weight)
		return -ENOMEM;
	memcpy(s->weight, s->q->measure->of, n * sizeof(*s->weight));
	for (size_t i = 0; i < s->q->ntargets; i++)
		s->weight[s->q->targets[i]] = 0;
	for (size_t i = 0; i < n; i++)
		most = fmax(most, s->weight[i]);
	frexp(most, &exponent);
	for (size_t i = 0; i < n; i++) {
		s->total += s->weight[i] = ldexp(s->weight[i], -exponent);
		if (s->weight[i] > 0)
			least = fmin(least, s->weight[i]);
	}
	s->most = s->q->share * s->total * (1 + ROUNDING);
	s->demand_least = 0.5 / s->total;
	s->demand_most = fmin(2 / least, 1e200);
	return 0;
}

static int init(struct search *s)
{
	size_t n = (size_t)s->g->nodes + 1;
	int rc = weigh(s);

	s->class = malloc(n);
	s->refuses = calloc(n, 1);
	s->set = malloc(n * sizeof(*s->set));
	s->picked = malloc(n * sizeof(*s->picked));
	s->choice = malloc(n * sizeof(*s->choice));
	s->wish = malloc(n * sizeof(*s->wish));
	if (rc < 0 || !s->class || !s->refuses || !s->set || !s->picked || !s->choice || !s->wish)
		return -ENOMEM;
	if (s->q->seconds > 0)
		s->stop = seconds() + s->q->seconds;
	return routes_new(s->g, &s->routes);
}

static void done(struct search *s)
{
	free(s->weight);
	free(s->class);
	free(s->refuses);
	free(s->set);
	free(s->picked);
	free(s->choice);
	free(s->freed);
	free(s->wish);
	routes_free(s->routes);
	load_free(s->l);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int look(struct search *s)
{
	const struct starve_question *q = s->q;
	struct tried at[3];
	int rc = load_new(s->g, q->targets, q->ntargets, q->keep, q->nkeep, s->weight, &s->l);

	if (rc < 0)
		return rc;
	s->freed = malloc(((size_t)s->l->points + 1) * sizeof(*s->freed));
	if (!s->freed)
		return -ENOMEM;
	s->least = 1;
	s->step = 1.2;
	climb_bound(s, at);
	s->demand = at[1].demand;
	thin(s);
	pick(s);
	if (s->n > FEW) {
		refine_bound(s, at);
		pick(s);
	}
	prove(s);
	return 0;
}

/* The answer is made in s->set, s->n and s->least. */
static int find(struct search *s, struct starve *ret)
{
	double reach = reach_of(s, NULL, 0);

	if (reach > s->most) {
		reach = refuse_all(s);
		if (reach > s->most) {
			s->n = 0;
			ret->state = STARVE_NEVER;
		} else {
			int rc = look(s);

			if (rc < 0)
				return rc;
			ret->state = s->least == s->n ? STARVE_OPTIMAL : STARVE_BOUNDED;
			reach = reach_of(s, s->set, s->n);
		}
	}
	qsort(s->set, s->n, sizeof(*s->set), by_number);
	ret->n = s->n;
	ret->at_least = s->least;
	ret->reach = s->total > 0 ? reach / s->total : 0;
	ret->searches = s->searches;
	return 0;
}

int starve_find(const struct graph *g, const struct starve_question *q, struct starve *ret_starve)
{
	struct search s = {.g = g, .q = q};
	struct starve found = {.state = STARVE_OPTIMAL};
	int rc = init(&s);

	if (rc == 0)
		rc = find(&s, &found);
	if (rc == 0) {
		found.set = s.set;
		s.set = NULL;
		*ret_starve = found;
	}
	done(&s);
	return rc;
}

void starve_done(struct starve *s)
{
	free(s->set);
	*s = (struct starve){0};
}
