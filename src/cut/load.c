/*
 * The bound. Let S be a set whose refusal leaves a reach of at most B. Send flow from the targets
 * to what is reached, along valley-free routes, so that no more than 1 passes an AS that may refuse
 * and an AS of weight w takes at most d w. All flow to what S cuts off passes S, so |S| is at least
 * the flow but for what goes to the rest, which is at most d B. Any flow and any d is a bound; the
 * best is the dual of the linear program of the problem. (For B = 0 that is Menger's theorem but
 * for ASes that are passed twice, once up and once down, which makes the problem hard: Erlebach et
 * al.)
 *
 * One pass makes one flow. Forth, from the targets: every AS that has a route learns how well it is
 * connected. Each has a resistance, price plus what is before it; those that feed an AS count as
 * wires in parallel, (sum r^-8)^(-1/8), so that a way along which nobody is dear is preferred and
 * others as good share. Back, from the leaves: each AS takes what its customers ask of it and its
 * own demand, cuts that to 1, and asks its feeders for it, in proportion to r^-8. Prices rise where
 * more than 1 was asked and fall where less was, so that passes get better; none is ever wrong.
 *
 * Order. Routes up are those of customers; each AS is done after all its customers. Then any route,
 * each AS after all its providers. Members of a group (siblings, providers in a circle) are done in
 * the order in which routes enter it, and feed only those behind them.
 */
#include "cut/load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE       GRAPH_NONE
#define PULL_MOST  1e30 /* of a target: whoever can have a route there pays nobody for it */
#define PRICE_MOST 1e3

enum side { ANY, UP };

static uint32_t item_bunch(const struct load *l, uint32_t item)
{
	return item - l->points;
}

void load_refuse(struct load *l, uint32_t item)
{
	if (item < l->points)
		l->state[item] = LOAD_REFUSES;
	else
		l->bunch[item_bunch(l, item)].taken++;
}

void load_allow(struct load *l, uint32_t item)
{
	if (item < l->points)
		l->state[item] = LOAD_OPEN;
	else
		l->bunch[item_bunch(l, item)].taken--;
}

void load_release(struct load *l, uint32_t item, bool free)
{
	if (item < l->points)
		l->state[item] = free ? LOAD_FREE : LOAD_OPEN;
	else
		l->bunch[item_bunch(l, item)].free = free;
}

uint32_t load_node(const struct load *l, uint32_t item)
{
	if (item < l->points)
		return l->node[item];
	const struct load_bunch *b = &l->bunch[item_bunch(l, item)];

	return l->leaf[b->leaves + b->taken];
}

/* -- forth */

static double eighth_root(double x)
{
	return sqrt(sqrt(sqrt(x)));
}

/* How much flow comes to an AS whose feeders pull so much together. */
static double pull_behind(double feeders, double price)
{
	double r;

	if (feeders <= 0 || price <= 0)
		return feeders;
	r = price + 1 / eighth_root(feeders);
	r *= r;
	r *= r;
	return 1 / (r * r);
}

static double price_of(const struct load *l, uint32_t p)
{
	return l->state[p] == LOAD_FREE ? 0 : l->price[p];
}

/* A pull that is 0 means no route, so none that there is may become 0. */
static float as_pull(double x)
{
	return x <= 0 ? 0 : x < 1e-36 ? 1e-36f : x > PULL_MOST ? (float)PULL_MOST : (float)x;
}

static double sum_pulls(const struct load *l, const uint32_t *side, uint32_t from, uint32_t to)
{
	double sum = 0;

	for (uint32_t i = from; i < to; i++)
		sum += (double)l->pull[side[i]];
	return sum;
}

/* Returns true when p has a route of a customer. */
static bool climb(struct load *l, uint32_t p)
{
	double sum = sum_pulls(l, l->climb, l->climbs[p], l->climbs[p + 1]);

	l->climbed[p] = sum;
	l->pull[2 * p + UP] = as_pull(l->target[p] ? PULL_MOST : pull_behind(sum, price_of(l, p)));
	return l->target[p] || sum > 0;
}

/* Returns true when p has any route. */
static bool feed(struct load *l, uint32_t p)
{
	double sum = sum_pulls(l, l->feeder, l->feeders[p], l->feeders[p + 1]);
	double own = (double)l->pull[2 * p + UP];
	double behind = l->target[p] ? 0 : pull_behind(sum, price_of(l, p));

	l->fed[p] = sum;
	l->pull[2 * p + ANY] = as_pull(own + behind);
	l->own[p] = own + behind > 0 ? own / (own + behind) : 0;
	return own + behind > 0;
}

static bool reach(struct load *l, uint32_t p, enum side side)
{
	return l->state[p] != LOAD_REFUSES && (side == UP ? climb(l, p) : feed(l, p));
}

static void put(struct load *l, uint32_t p, enum side side)
{
	l->rank[side][p] = l->n[side];
	l->order[side][l->n[side]++] = p;
}

/*
 * A group of more than one: first those whom a route enters from outside, then whom these give it
 * to, and so on. Only then do they learn their pulls, each from those before it: what stands behind
 * still has a pull of 0.
 */
static void sweep_group(struct load *l, uint32_t from, uint32_t to, enum side side)
{
	uint32_t first = l->n[side];

	for (uint32_t p = from; p < to; p++) {
		if (reach(l, p, side))
			put(l, p, side);
		l->pull[2 * p + side] = 0;
	}
	for (uint32_t i = first; i < l->n[side]; i++) {
		uint32_t p = l->order[side][i];
		struct nodes next =
			side == UP ? graph_up(l->g, l->node[p]) : graph_down(l->g, l->node[p]);

		for (uint32_t k = 0; k < next.n; k++) {
			uint32_t q = l->of[next.node[k]];

			if (q >= from && q < to && l->rank[side][q] == NONE &&
				l->state[q] != LOAD_REFUSES)
				put(l, q, side);
		}
	}
	for (uint32_t i = first; i < l->n[side]; i++)
		reach(l, l->order[side][i], side);
}

static void sweep(struct load *l, uint32_t block, enum side side)
{
	uint32_t from = l->block[block], to = l->block[block + 1];

	if (to - from > 1)
		sweep_group(l, from, to, side);
	else if (reach(l, from, side))
		put(l, from, side);
}

/* -- back */

static struct load_flow share(struct load_flow f, double by)
{
	return (struct load_flow){f.flow * by, f.slope * by};
}

/* Asks feeders for flow. Members of p's group that stand behind it do not feed it. */
static void ask(struct load *l, uint32_t p, struct load_flow f, double pulls, enum side side)
{
	const uint32_t *row = side == UP ? l->climbs : l->feeders, *rank = l->rank[side];
	const uint32_t *from = side == UP ? l->climb : l->feeder;

	if (pulls <= 0)
		return;
	f = share(f, 1 / pulls);
	for (uint32_t i = row[p]; i < row[p + 1]; i++) {
		uint32_t s = from[i];
		double pull = (double)l->pull[s];

		if ((s & 1) == side && rank[s / 2] >= rank[p])
			continue;
		l->through[s].flow += f.flow * pull;
		l->through[s].slope += f.slope * pull;
	}
}

/* Cuts a flow to what there is room for. */
static struct load_flow cut(struct load_flow f, double room)
{
	return f.flow > room ? (struct load_flow){room > 0 ? room : 0, 0} : f;
}

/* What is drawn from p for its own customers' sake and its own. Leaves in through[ANY] what of it
 * comes over routes of p's customers. */
static void give_any(struct load *l, uint32_t p, double demand)
{
	struct load_flow *f = &l->through[2 * p + ANY];

	f->flow += demand * l->weight[p];
	f->slope += l->weight[p];
	l->asked[p] = f->flow;
	if (l->state[p] == LOAD_OPEN)
		*f = cut(*f, 1);
	l->used[p] = f->flow;
	if (l->own[p] < 1)
		ask(l, p, share(*f, 1 - l->own[p]), l->fed[p], ANY);
	*f = share(*f, l->own[p]);
}

/* What is drawn from p by its peers and those it climbs to, and what it left itself. */
static void give_up(struct load *l, uint32_t p)
{
	struct load_flow f = l->through[2 * p + UP], own = l->through[2 * p + ANY];

	l->asked[p] += f.flow;
	if (l->state[p] == LOAD_OPEN)
		f = cut(f, 1 - l->used[p]);
	l->used[p] += f.flow;
	f.flow += own.flow;
	f.slope += own.slope;
	if (l->target[p]) {
		l->flow += f.flow;
		l->slope += f.slope;
	} else {
		ask(l, p, f, l->climbed[p], UP);
	}
}

/* What the leaves of a bunch draw: those that may refuse no more than 1 each. */
static struct load_flow draw(const struct load *l, const struct load_bunch *b, double demand)
{
	uint32_t first = b->leaves + b->taken, low = first, high = b[1].leaves;

	while (low < high && !b->free) {
		uint32_t middle = low + (high - low) / 2;

		if (demand * l->leaf_weight[middle] > 1)
			low = middle + 1;
		else
			high = middle;
	}
	double slope = b->kept + (low < b[1].leaves ? l->leaf_behind[low] : 0);

	return (struct load_flow){demand * slope + (low - first), slope};
}

static double weight_of(const struct load *l, const struct load_bunch *b)
{
	uint32_t first = b->leaves + b->taken;

	return b->kept + (first < b[1].leaves ? l->leaf_behind[first] : 0);
}

/* Of the open bunches that are reached, the one with the heaviest leaf. */
static void ripen(struct load *l, uint32_t bunch, double *most)
{
	const struct load_bunch *b = &l->bunch[bunch];
	uint32_t next = b->leaves + b->taken;

	if (!b->free && next < b[1].leaves && l->leaf_weight[next] > *most) {
		*most = l->leaf_weight[next];
		l->ripe = bunch;
	}
}

static void give_bunches(struct load *l, double demand)
{
	double most = 0;

	for (uint32_t i = 0; i < l->bunches; i++) {
		const struct load_bunch *b = &l->bunch[i];
		double pulls = sum_pulls(l, l->feeder, b->feeders, b[1].feeders);

		if (pulls <= 0)
			continue;
		struct load_flow f = draw(l, b, demand);

		l->reach += weight_of(l, b);
		ripen(l, i, &most);
		f = share(f, 1 / pulls);
		for (uint32_t k = b->feeders; k < b[1].feeders; k++) {
			struct load_flow *to = &l->through[l->feeder[k]];
			double pull = (double)l->pull[l->feeder[k]];

			to->flow += f.flow * pull;
			to->slope += f.slope * pull;
		}
	}
}

void load_pass(struct load *l, double demand)
{
	size_t n = l->points;

	memset(l->pull, 0, 2 * n * sizeof(*l->pull));
	memset(l->through, 0, 2 * n * sizeof(*l->through));
	memset(l->asked, 0, n * sizeof(*l->asked));
	memset(l->used, 0, n * sizeof(*l->used));
	l->reach = l->flow = l->slope = 0;
	l->ripe = NONE;
	for (int side = ANY; side <= UP; side++) {
		memset(l->rank[side], 0xff, n * sizeof(*l->rank[side]));
		l->n[side] = 0;
	}
	for (uint32_t i = 0; i < l->highs; i++)
		sweep(l, l->high[i], UP);
	for (uint32_t i = 0; i < l->blocks; i++)
		sweep(l, i, ANY);
	give_bunches(l, demand);
	for (uint32_t i = l->n[ANY]; i-- > 0;) {
		l->reach += l->weight[l->order[ANY][i]];
		give_any(l, l->order[ANY][i], demand);
	}
	for (uint32_t i = l->n[UP]; i-- > 0;)
		give_up(l, l->order[UP][i]);
}

void load_learn(struct load *l)
{
	for (uint32_t i = 0; i < l->n[ANY]; i++) {
		uint32_t p = l->order[ANY][i];
		double by = l->asked[p] > 4 ? 2 : l->asked[p] < 0.25 ? 0.5 : sqrt(l->asked[p]);

		l->price[p] *= by;
		if (l->price[p] < 1)
			l->price[p] = 1;
		else if (l->price[p] > PRICE_MOST)
			l->price[p] = PRICE_MOST;
	}
}
