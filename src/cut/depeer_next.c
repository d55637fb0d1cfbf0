/*
 * Who might carry the targets next. Networks buy from whom networks like them buy from. How much a
 * network y is alike:
 *
 *     for each provider of the targets (those that stop too) that sells to y: one part in so many
 *     customers as that provider has, less the more the two differ in how many customers they have;
 *     and a little for an AS number near a target's, which the same registry gave at about the same
 *     time, so mostly in the same part of the world.
 *
 * It votes with that for each of its providers. To the votes come siblings and customers of the
 * targets that buy from a candidate, a link with a target that there is already, and, since without
 * any of that the biggest are likeliest, its share of all sales.
 *
 * The weights of likeness, numbers, customers and sales were chosen on one half of a real graph and
 * measured on the other (docs/design/cut.md, tests/bench/next). Those of siblings and of links that
 * there are cannot be measured so: they are judgement.
 */
#include "cut/depeer_work.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define NEAR         0.2  /* all votes for near numbers, against 1 for shared providers */
#define NEAR_FALL    60.0 /* ASes in the graph over which nearness falls to 1/e */
#define NEAR_WIDTH   300  /* how far it is looked at */
#define NEAR_TARGETS 16   /* of how many targets */
#define SALES        0.03 /* votes for sales, against the same */
#define CUSTOMERS    0.1
#define SIBLINGS     0.5
#define PEERS        0.1  /* for a link with a target that there is: of a peer, */
#define BUYERS       0.03 /* of a customer */
#define ALIKE_MOST   200  /* so many of those alike are counted to say why */

struct next {
	struct depeer_work *w;
	double *alike, *vote;    /* [N] */
	struct depeer_list like; /* nodes that are alike at all */
	uint32_t customers;      /* of the targets, one of two counted twice */
};

static int add_alike(struct next *n, uint32_t node, double how_much)
{
	if (n->w->is[node] & IS_HOUSE)
		return 0;
	if (n->alike[node] <= 0 && depeer_list_add(&n->like, node) < 0)
		return -ENOMEM;
	n->alike[node] += how_much;
	return 0;
}

/* 1 for as many customers, less the more they differ: the square root of their ratio. */
static double same_size(const struct next *n, uint32_t node)
{
	double mine = 1 + n->customers;
	double other = 1 + graph_neighbours(n->w->g, node, LINK_CUSTOMER).n;

	return sqrt(mine < other ? mine / other : other / mine);
}

static int share_providers(struct next *n)
{
	const struct depeer_list *transit = &n->w->transit;
	int rc = 0;

	for (size_t i = 0; i < transit->n; i++) {
		struct nodes sold = graph_neighbours(n->w->g, transit->node[i], LINK_CUSTOMER);
		double part = 1.0 / ((double)sold.n * (double)transit->n);

		for (uint32_t j = 0; rc == 0 && j < sold.n; j++)
			rc = add_alike(n, sold.node[j], part * same_size(n, sold.node[j]));
	}
	return rc;
}

static int near_number(struct next *n, uint32_t target, double all)
{
	double fall = exp(-1 / NEAR_FALL), part = fall, sum = 0;
	int rc = 0;

	for (uint32_t d = 0; d < NEAR_WIDTH; d++, part *= fall)
		sum += 2 * part;
	part = fall * all / sum;
	for (uint32_t d = 1; rc == 0 && d <= NEAR_WIDTH; d++, part *= fall) {
		if (d <= target)
			rc = add_alike(n, target - d, part);
		if (rc == 0 && d < n->w->g->nodes - target)
			rc = add_alike(n, target + d, part);
	}
	return rc;
}

static void vote_for_providers(struct next *n, uint32_t node, double part)
{
	struct nodes providers = graph_neighbours(n->w->g, node, LINK_PROVIDER);

	for (uint32_t i = 0; i < providers.n; i++)
		n->vote[providers.node[i]] += part;
}

static void vote_by_links(struct next *n, uint32_t target)
{
	struct nodes customers = graph_neighbours(n->w->g, target, LINK_CUSTOMER);
	struct nodes peers = graph_neighbours(n->w->g, target, LINK_PEER);

	for (uint32_t i = 0; i < customers.n; i++) {
		vote_for_providers(n, customers.node[i], CUSTOMERS / n->customers);
		n->vote[customers.node[i]] += BUYERS;
	}
	for (uint32_t i = 0; i < peers.n; i++)
		n->vote[peers.node[i]] += PEERS;
}

static int vote(struct next *n)
{
	const struct depeer_list *targets = &n->w->targets, *house = &n->w->house;
	size_t near = targets->n < NEAR_TARGETS ? targets->n : NEAR_TARGETS;
	size_t siblings = house->n - targets->n;
	int rc = share_providers(n);

	for (size_t i = 0; rc == 0 && i < near; i++)
		rc = near_number(n, targets->node[i], NEAR / (double)near);
	for (size_t i = 0; i < n->like.n; i++)
		vote_for_providers(n, n->like.node[i], n->alike[n->like.node[i]]);
	for (size_t i = 0; i < house->n; i++)
		if (!(n->w->is[house->node[i]] & IS_TARGET))
			vote_for_providers(n, house->node[i], SIBLINGS / (double)siblings);
	for (size_t i = 0; i < targets->n; i++)
		vote_by_links(n, targets->node[i]);
	return rc;
}

/* Sells to somebody, not to a target now, does not refuse to, and has a way to the top. */
static bool is_candidate(const struct next *n, uint32_t node)
{
	uint16_t is = n->w->is[node];

	return !(is & (IS_HOUSE | IS_CUT | IS_CAPTIVE | IS_LISTED)) && is & HAS_WAY &&
	       graph_neighbours(n->w->g, node, LINK_CUSTOMER).n;
}

/* Those that sell to a target now are marked IS_LISTED. */
static void mark_sellers(struct next *n)
{
	for (size_t i = 0; i < n->w->targets.n; i++) {
		struct nodes providers =
			graph_neighbours(n->w->g, n->w->targets.node[i], LINK_PROVIDER);

		for (uint32_t j = 0; j < providers.n; j++)
			n->w->is[providers.node[j]] |= IS_LISTED;
	}
}

static bool is_likelier(const struct depeer_candidate *a, const struct depeer_candidate *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->cone_share != b->cone_share)
		return a->cone_share > b->cone_share;
	return a->node < b->node;
}

/* Puts it into its place among the best, if it is one of them. */
static void rank(struct depeer *d, struct depeer_candidate c)
{
	size_t at = d->nnext;

	while (at > 0 && is_likelier(&c, &d->next[at - 1]))
		at--;
	if (at >= DEPEER_NEXT_MOST)
		return;
	if (d->nnext < DEPEER_NEXT_MOST)
		d->nnext++;
	for (size_t i = d->nnext - 1; i > at; i--)
		d->next[i] = d->next[i - 1];
	d->next[at] = c;
}

static void rank_all(struct next *n)
{
	const struct graph *g = n->w->g;
	const struct depeer_pass *pass = &n->w->pass;
	double sales = 0;

	for (uint32_t i = 0; i < pass->ncore; i++)
		sales += graph_neighbours(g, pass->core[i], LINK_CUSTOMER).n;
	for (uint32_t i = 0; i < pass->ncore; i++) {
		uint32_t node = pass->core[i];
		struct depeer_candidate c = {.node = node, .score = n->vote[node]};

		if (!is_candidate(n, node))
			continue;
		c.score += SALES * graph_neighbours(g, node, LINK_CUSTOMER).n / sales;
		c.cone_share = (double)g->cone[node] / g->nodes;
		rank(n->w->d, c);
	}
}

/* -- why */

static bool buys(const struct graph *g, uint32_t node, uint32_t from)
{
	enum link_kind kind;

	return graph_link(g, node, from, &kind) && kind == LINK_PROVIDER;
}

static int by_likeness(const void *a, const void *b, void *context)
{
	const double *alike = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (alike[x] != alike[y])
		return alike[x] < alike[y] ? 1 : -1;
	return (x > y) - (x < y);
}

static void say_why(const struct next *n, struct depeer_candidate *c)
{
	const struct graph *g = n->w->g;
	const struct depeer_list *house = &n->w->house;
	enum link_kind kind;

	c->alike_of = (uint32_t)n->like.n;
	for (uint32_t i = 0; i < c->alike_of; i++)
		c->alike += buys(g, n->like.node[i], c->node);
	for (size_t i = 0; i < house->n; i++) {
		struct nodes customers = graph_neighbours(g, house->node[i], LINK_CUSTOMER);

		if (!(n->w->is[house->node[i]] & IS_TARGET)) {
			c->siblings += buys(g, house->node[i], c->node);
			continue;
		}
		if (graph_link(g, house->node[i], c->node, &kind)) {
			c->is_peer |= kind == LINK_PEER;
			c->is_customer |= kind == LINK_CUSTOMER;
		}
		for (uint32_t j = 0; j < customers.n; j++)
			c->customers += buys(g, customers.node[j], c->node);
	}
}

int depeer_next(struct depeer_work *w)
{
	struct next n = {.w = w};
	int rc = 0;

	n.alike = calloc((size_t)w->g->nodes + 1, sizeof(*n.alike));
	n.vote = calloc((size_t)w->g->nodes + 1, sizeof(*n.vote));
	w->d->next = calloc(DEPEER_NEXT_MOST, sizeof(*w->d->next));
	if (!n.alike || !n.vote || !w->d->next)
		rc = -ENOMEM;
	for (size_t i = 0; i < w->targets.n; i++)
		n.customers += graph_neighbours(w->g, w->targets.node[i], LINK_CUSTOMER).n;
	if (rc == 0 && (rc = vote(&n)) == 0) {
		mark_sellers(&n);
		rank_all(&n);
		depeer_list_best(&n.like, ALIKE_MOST, by_likeness, n.alike);
		for (size_t i = 0; i < w->d->nnext; i++)
			say_why(&n, &w->d->next[i]);
	}
	free(n.like.node);
	free(n.alike);
	free(n.vote);
	return rc;
}
