/*
 * The same three passes as for reach (routes_reach.c), nearest first. Within a pass a route is one
 * link longer than the neighbour's, so a search in breadth finds shortest ones. The passes across
 * and down begin at nodes of many lengths: those stand in the queue sorted by length, one run a
 * pass, and so do those that are found, for what is found behind nodes in order of length is in
 * order itself. Taking a level off each run in turn is all the sorting there is. Where there are no
 * circles the pass down is a sweep with providers first: they have their routes by then.
 *
 * The path over `next` ends at the origin in any graph: each node's hops are those of its next and
 * one more, so they fall by one at every step and nothing is passed twice, in circles of providers
 * and meshes of siblings too. It is valley-free, because classes only get better along it.
 */
#include "net/routes_search.h"

/* An offer to a node with that route, or none. Returns true when it is its first. */
static inline bool take(struct route *has, uint32_t next, uint16_t hops, uint8_t class)
{
	if (has->class == ROUTE_NONE) {
		*has = (struct route){.next = next, .hops = hops, .class = class};
		return true;
	}
	/* The first was as short as any, so here is a tie, which the lower number wins. */
	if (has->class == class && has->hops == hops) {
		has->next = next < has->next ? next : has->next;
		has->ties += has->ties < UINT8_MAX;
	}
	return false;
}

/* The origin offers to its neighbours in the core of the kinds from .. to - 1, but for those that
 * are parted. */
static void offer_own(struct best *s, enum link_kind from, enum link_kind to, uint8_t class)
{
	struct nodes run = routes_kinds(s->l->g, s->origin, from, to);
	const uint8_t *parted = s->barrier->parted;

	for (uint32_t i = 0; i < run.n; i++) {
		uint32_t place = s->l->place[run.node[i]];

		if (place < s->l->core && !(parted && parted[run.node[i]]) &&
			take(&s->r->route[place], s->origin, 1, class))
			s->r->queue[s->tail++] = place;
	}
}

/* Which neighbours of the core a pass goes to: the kinds from .. to - 1. */
struct pass {
	enum routes_layout_kind from, to;
	enum route_class class; /* of the routes that they take */
};

static const struct pass up = {LAYOUT_PROVIDER, LAYOUT_CUSTOMER, ROUTE_CUSTOMER},
			 across = {LAYOUT_PEER, LAYOUT_LEAF, ROUTE_PEER},
			 aside = {LAYOUT_SIBLING, LAYOUT_CUSTOMER, ROUTE_PEER},
			 down = {LAYOUT_SIBLING, LAYOUT_PEER, ROUTE_PROVIDER};

/*
 * All nodes of the queue from head up to end that have routes of so many hops offer them. Returns
 * where the longer ones begin.
 */
static uint32_t offer_level(
	struct best *s, uint32_t head, uint32_t end, uint32_t hops, const struct pass *pass)
{
	struct route *route = s->r->route;
	uint32_t *queue = s->r->queue;

	for (; head < end && route[queue[head]].hops == hops; head++) {
		uint32_t u = queue[head], node = s->l->node[u];
		struct nodes to = routes_layout_neighbours(s->l, u, pass->from, pass->to);

		if (hops == ROUTE_HOPS_MOST)
			continue;
		for (uint32_t i = 0; i < to.n; i++)
			if (take(&route[to.node[i]], node, (uint16_t)(hops + 1), pass->class))
				queue[s->tail++] = to.node[i];
	}
	return head;
}

static void walk(struct best *s)
{
	uint32_t peers, a, b, c, hops;

	offer_own(s, LINK_PROVIDER, LINK_CUSTOMER, ROUTE_CUSTOMER);
	for (a = 0, hops = 1; a < s->tail; hops++)
		a = offer_level(s, a, s->tail, hops, &up);
	s->above = s->tail;
	offer_own(s, LINK_PEER, LINK_KINDS, ROUTE_PEER);
	for (a = 0, b = s->above, hops = 1; a < s->above || b < s->tail; hops++) {
		a = offer_level(s, a, s->above, hops, &across);
		b = offer_level(s, b, s->tail, hops, &aside);
	}
	peers = s->tail;
	offer_own(s, LINK_SIBLING, LINK_PEER, ROUTE_PROVIDER);
	if (!s->l->circles)
		return;
	for (a = 0, b = s->above, c = peers, hops = 1; a < s->above || b < peers || c < s->tail;
		hops++) {
		a = offer_level(s, a, s->above, hops, &down);
		b = offer_level(s, b, peers, hops, &down);
		c = offer_level(s, c, s->tail, hops, &down);
	}
}

static const struct route no_route = {.next = GRAPH_NONE};

static void begin(struct best *s)
{
	const uint8_t *refuses = s->barrier->refuses;
	struct route *route = s->r->route;
	uint32_t place = s->l->place[s->origin];

	s->tail = s->above = 0;
	for (uint32_t i = 0; i < s->l->core; i++) {
		route[i] = no_route;
		if (refuses && refuses[s->l->node[i]])
			route[i].class = ROUTE_BARRED;
	}
	if (place < s->l->core && route[place].class == ROUTE_NONE)
		route[place].class = ROUTE_ORIGIN;
}

static uint64_t offer_of(const struct route *route, uint32_t node)
{
	if (route->class <= ROUTE_ORIGIN || route->hops == ROUTE_HOPS_MOST)
		return NO_OFFER;
	return (uint64_t)ROUTE_PROVIDER << 48 | (uint64_t)(route->hops + 1) << 32 | node;
}

static inline struct route unpack(uint64_t x)
{
	return (struct route){.next = (uint32_t)x,
		.hops = offer_hops(x),
		.class = (uint8_t)(x >> 48),
		.ties = (uint8_t)(x >> 56)};
}

/* Of two offers, the first of which has the lower node, the better one, with a tie counted. */
static inline uint64_t better(uint64_t a, uint64_t b)
{
	bool tie = (a ^ b) << 8 >> 40 == 0 && a >> 56 < UINT8_MAX;

	return (a << 8 <= b << 8 ? a : b) + ((uint64_t)tie << 56);
}

static inline struct route choose(const uint64_t *offer, const uint32_t *from, uint32_t n)
{
	uint64_t best = n ? offer[from[0]] : NO_OFFER;

	for (uint32_t k = 1; k < n; k++)
		best = better(best, offer[from[k]]);
	return unpack(best == NO_OFFER ? GRAPH_NONE : best);
}

struct route routes_best_of(const uint64_t *offer, const uint32_t *providers, uint32_t n)
{
	return choose(offer, providers, n);
}

static bool origin_refuses(const struct best *s)
{
	return s->barrier->refuses && s->barrier->refuses[s->origin];
}

void routes_best_core(struct best *s)
{
	const struct routes_layout *l = s->l;
	struct route *route = s->r->route, *out = s->out;
	uint64_t *offer = s->r->offer;

	begin(s);
	if (!origin_refuses(s))
		walk(s);
	for (uint32_t i = 0, core = l->core; i < core; i++) {
		/* The pass down, unless it was walked for the sake of circles. */
		if (route[i].class == ROUTE_NONE && !l->circles) {
			struct nodes from =
				routes_layout_neighbours(l, i, LAYOUT_PROVIDER, LAYOUT_SIBLING);

			route[i] = choose(offer, from.node, from.n);
		}
		if (route[i].class == ROUTE_BARRED)
			route[i] = no_route;
		out[l->node[i]] = route[i];
		offer[i] = offer_of(&route[i], l->node[i]);
	}
}

/* Leaves choose among what their so many providers offer. */
static inline __attribute__((always_inline)) void sweep(
	struct best *s, const struct leaves *run, uint32_t providers)
{
	const uint8_t *refuses = s->barrier->refuses;
	const uint32_t *node = s->l->node + run->first, *from = run->up;
	const uint64_t *offer = s->r->offer;
	struct route *out = s->out;

	for (uint32_t i = 0, n = run->n; i < n; i++, from += providers) {
		bool bars = refuses && refuses[node[i]];

		out[node[i]] = bars ? no_route : choose(offer, from, providers);
	}
}

/* Most leaves have few providers: loops without a count are a good deal faster. */
static void sweep_run(struct best *s, const struct leaves *run)
{
	switch (run->providers) {
	case 1: sweep(s, run, 1); break;
	case 2: sweep(s, run, 2); break;
	case 3: sweep(s, run, 3); break;
	default: sweep(s, run, run->providers); break;
	}
}

/* An offer to a leaf that has a route of its provider, or a better one, or none. */
static void offer_leaf(
	struct best *s, uint32_t node, uint32_t next, uint16_t hops, enum route_class class)
{
	struct route *has = &s->out[node];
	bool has_better = has->class < class || (has->class == class && has->hops < hops);

	if (s->barrier->refuses && s->barrier->refuses[node])
		return;
	if (has->class != ROUTE_NONE && has_better)
		return;
	if (has->class != class || has->hops != hops)
		has->class = ROUTE_NONE;
	take(has, next, hops, (uint8_t) class);
}

static void offer_own_leaves(struct best *s, enum link_kind kind, enum route_class class)
{
	struct nodes run = graph_neighbours(s->l->g, s->origin, kind);
	const uint8_t *parted = s->barrier->parted;

	for (uint32_t i = 0; i < run.n; i++)
		if (s->l->place[run.node[i]] >= s->l->core && !(parted && parted[run.node[i]]))
			offer_leaf(s, run.node[i], s->origin, 1, class);
}

void routes_best_leaves(struct best *s)
{
	if (origin_refuses(s))
		return;
	if (s->l->place[s->origin] >= s->l->core)
		s->out[s->origin] = (struct route){.next = GRAPH_NONE, .class = ROUTE_ORIGIN};
	offer_own_leaves(s, LINK_PEER, ROUTE_PEER);
	offer_own_leaves(s, LINK_CUSTOMER, ROUTE_PROVIDER);
	for (uint32_t head = 0; head < s->above; head++) {
		uint32_t u = s->r->queue[head], hops = s->r->route[u].hops;
		struct nodes to = routes_layout_neighbours(s->l, u, LAYOUT_LEAF, LAYOUT_KINDS);

		for (uint32_t i = 0; i < to.n && hops < ROUTE_HOPS_MOST; i++)
			offer_leaf(s, s->l->node[to.node[i]], s->l->node[u], (uint16_t)(hops + 1),
				ROUTE_PEER);
	}
}

void routes_best(
	struct routes *r, uint32_t origin, const struct barrier *barrier, struct route *ret_route)
{
	static const struct barrier none = {NULL, NULL};
	struct best s = {
		.r = r,
		.l = r->layout,
		.barrier = barrier ? barrier : &none,
		.origin = origin,
		.out = ret_route,
	};

	routes_best_core(&s);
	for (size_t i = 0; i < s.l->runs; i++)
		sweep_run(&s, &s.l->leaves[i]);
	routes_best_leaves(&s);
}

/* True when a neighbour of that kind offers a route as good as the node's own. */
static bool offers_as_good(
	const struct route *mine, const struct route *theirs, enum link_kind kind, bool parted)
{
	uint8_t class = theirs->class;

	if (class == ROUTE_NONE || theirs->hops + 1 != mine->hops ||
		(class == ROUTE_ORIGIN && parted))
		return false;
	if (kind == LINK_PROVIDER)
		return mine->class == ROUTE_PROVIDER;
	if (kind == LINK_SIBLING && class != ROUTE_ORIGIN)
		return mine->class == class;
	return class <= ROUTE_CUSTOMER &&
	       mine->class == (kind == LINK_PEER ? ROUTE_PEER : ROUTE_CUSTOMER);
}

size_t routes_ties(const struct graph *g, const struct route *route, uint32_t node,
	const struct barrier *barrier, uint32_t *ret_next, size_t most)
{
	static const enum link_kind from[] = {
		[ROUTE_CUSTOMER] = LINK_CUSTOMER,
		[ROUTE_PEER] = LINK_PEER,
		[ROUTE_PROVIDER] = LINK_PROVIDER,
	};
	const struct route *mine = &route[node];
	bool parted = barrier && barrier->parted && barrier->parted[node];
	size_t n = 0;

	if (mine->class <= ROUTE_ORIGIN)
		return 0;
	/* Two runs in order of number, taken as one. */
	struct nodes a = graph_neighbours(g, node, from[mine->class]),
		     b = graph_neighbours(g, node, LINK_SIBLING);

	for (uint32_t i = 0, j = 0; i < a.n || j < b.n;) {
		bool of_a = j == b.n || (i < a.n && a.node[i] < b.node[j]);
		uint32_t u = of_a ? a.node[i++] : b.node[j++];

		if (!offers_as_good(
			    mine, &route[u], of_a ? from[mine->class] : LINK_SIBLING, parted))
			continue;
		if (n < most)
			ret_next[n] = u;
		n++;
	}
	return n;
}
