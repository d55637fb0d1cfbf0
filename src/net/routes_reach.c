/*
 * Three passes, since each class of route comes from one kind of neighbour and a worse class never
 * makes a better one: up from the origins over providers and siblings (customer routes), once
 * across to peers and on to their siblings (peer routes), and down from all of these to customers
 * and siblings (provider routes). Whoever has a route from an earlier pass keeps it.
 *
 * The passes walk the core. Leaves can only be given to: by peers during the pass across, and by
 * providers in a sweep at the end (routes_layout.h). Where there are no circles the pass down is a
 * sweep too, over the core with providers first: most find a route at the first of their providers.
 */
#include "net/routes_search.h"

/* A search for who is reached. Classes are by place. */
struct reach {
	const struct routes_layout *l;
	const struct barrier *barrier;
	const uint32_t *origins; /* nodes */
	size_t norigins;
	uint8_t *class;
	uint32_t *queue;
	uint32_t tail;  /* nodes in the queue */
	uint8_t *gives; /* what class a leaf gets from a core node, if any */
};

/*
 * A node of the core gives its route to a run of others. About every second one has a route
 * already, which no branch can foretell; so each is written behind the queue's end and the end
 * moves past it if it is new.
 */
static inline void give(struct reach *s, struct nodes to, uint8_t class)
{
	uint8_t *classes = s->class;
	uint32_t *end = s->queue + s->tail;

	for (uint32_t i = 0; i < to.n; i++) {
		uint32_t v = to.node[i];
		uint8_t has = classes[v];

		*end = v;
		end += has == ROUTE_NONE;
		classes[v] = has == ROUTE_NONE ? class : has;
	}
	s->tail = (uint32_t)(end - s->queue);
}

/* The same to leaves, which do not give it on. */
static void give_leaves(struct reach *s, struct nodes to, uint8_t class)
{
	for (uint32_t i = 0; i < to.n; i++)
		if (s->class[to.node[i]] == ROUTE_NONE)
			s->class[to.node[i]] = class;
}

/* The same from an origin, straight from which some take none; the run is of the graph's nodes. */
static void give_own(struct reach *s, struct nodes to, uint8_t class)
{
	const uint8_t *parted = s->barrier->parted;

	for (uint32_t i = 0; i < to.n; i++) {
		uint32_t node = to.node[i], v = s->l->place[node];

		if (s->class[v] != ROUTE_NONE || (parted && parted[node]))
			continue;
		s->class[v] = class;
		if (v < s->l->core)
			s->queue[s->tail++] = v;
	}
}

/* All origins give to their neighbours of the kinds from .. to - 1. */
static void give_owns(struct reach *s, enum link_kind from, enum link_kind to, uint8_t class)
{
	const struct graph *g = s->l->g;

	for (size_t i = 0; i < s->norigins; i++)
		if (s->class[s->l->place[s->origins[i]]] == ROUTE_ORIGIN)
			give_own(s, routes_kinds(g, s->origins[i], from, to), class);
}

static void begin(struct reach *s)
{
	const uint8_t *refuses = s->barrier->refuses;
	const struct routes_layout *l = s->l;

	memset(s->class, ROUTE_NONE, l->g->nodes);
	for (uint32_t i = 0; refuses && i < l->core; i++)
		s->class[i] = refuses[l->node[i]] ? ROUTE_BARRED : ROUTE_NONE;
	for (size_t i = 0; i < s->norigins; i++)
		if (!refuses || !refuses[s->origins[i]])
			s->class[l->place[s->origins[i]]] = ROUTE_ORIGIN;
}

static void walk_core(struct reach *s)
{
	const struct routes_layout *l = s->l;
	uint32_t head, above;

	give_owns(s, LINK_PROVIDER, LINK_CUSTOMER, ROUTE_CUSTOMER);
	for (head = 0; head < s->tail; head++)
		give(s,
			routes_layout_neighbours(
				l, s->queue[head], LAYOUT_PROVIDER, LAYOUT_CUSTOMER),
			ROUTE_CUSTOMER);
	above = s->tail;
	give_owns(s, LINK_PEER, LINK_KINDS, ROUTE_PEER);
	for (head = 0; head < above; head++) {
		give(s, routes_layout_neighbours(l, s->queue[head], LAYOUT_PEER, LAYOUT_LEAF),
			ROUTE_PEER);
		give_leaves(s,
			routes_layout_neighbours(l, s->queue[head], LAYOUT_LEAF, LAYOUT_KINDS),
			ROUTE_PEER);
	}
	for (; head < s->tail; head++)
		give(s,
			routes_layout_neighbours(
				l, s->queue[head], LAYOUT_SIBLING, LAYOUT_CUSTOMER),
			ROUTE_PEER);
	give_owns(s, LINK_SIBLING, LINK_PEER, ROUTE_PROVIDER);
	for (head = 0; l->circles && head < s->tail; head++)
		give(s, routes_layout_neighbours(l, s->queue[head], LAYOUT_SIBLING, LAYOUT_PEER),
			ROUTE_PROVIDER);
}

/* What a core node gets of its providers, when all of them have been dealt with. */
static inline uint8_t given_to(const struct reach *s, uint32_t place)
{
	struct nodes from = routes_layout_neighbours(s->l, place, LAYOUT_PROVIDER, LAYOUT_SIBLING);
	uint8_t given = ROUTE_NONE;

	for (uint32_t i = 0; i < from.n && given == ROUTE_NONE; i++)
		given = s->gives[from.node[i]];
	return given;
}

/*
 * The pass down, unless it was walked for the sake of circles, and the core's classes written.
 * Returns how many have one. Origins gave what is theirs before.
 */
static uint32_t finish_core(struct reach *s, uint8_t *ret_class)
{
	uint32_t reached = 0;

	for (uint32_t i = 0; i < s->l->core; i++) {
		uint8_t class = s->class[i];

		if (class == ROUTE_NONE && !s->l->circles)
			class = given_to(s, i);
		if (class == ROUTE_BARRED)
			class = ROUTE_NONE;
		s->gives[i] = class > ROUTE_ORIGIN ? ROUTE_PROVIDER : ROUTE_NONE;
		ret_class[s->l->node[i]] = class;
		reached += class != ROUTE_NONE;
	}
	return reached;
}

/* Leaves take what any of their so many providers gives. Returns how many are reached. */
static inline __attribute__((always_inline)) uint32_t sweep(
	const struct reach *s, const struct leaves *run, uint32_t providers, uint8_t *ret_class)
{
	const uint8_t *refuses = s->barrier->refuses, *has = s->class + run->first;
	const uint32_t *node = s->l->node + run->first, *up = run->up;
	const uint8_t *gives = s->gives;
	uint32_t reached = 0;

	for (uint32_t i = 0, n = run->n; i < n; i++, up += providers) {
		uint8_t class = has[i], given = ROUTE_NONE;

		for (uint32_t k = 0; k < providers; k++)
			given |= gives[up[k]];
		class = class == ROUTE_NONE ? given : class;
		if (refuses && refuses[node[i]])
			class = ROUTE_NONE;
		ret_class[node[i]] = class;
		reached += class != ROUTE_NONE;
	}
	return reached;
}

/* Most leaves have few providers: loops without a count are a good deal faster. */
static uint32_t sweep_run(const struct reach *s, const struct leaves *run, uint8_t *ret_class)
{
	switch (run->providers) {
	case 1: return sweep(s, run, 1, ret_class);
	case 2: return sweep(s, run, 2, ret_class);
	case 3: return sweep(s, run, 3, ret_class);
	default: return sweep(s, run, run->providers, ret_class);
	}
}

uint32_t routes_reach(struct routes *r, const uint32_t *origins, size_t n,
	const struct barrier *barrier, uint8_t *ret_class)
{
	static const struct barrier none = {NULL, NULL};
	struct reach s = {
		.l = r->layout,
		.barrier = barrier ? barrier : &none,
		.origins = origins,
		.norigins = n,
		.class = r->class,
		.queue = r->queue,
		.gives = r->gives,
	};

	begin(&s);
	walk_core(&s);
	uint32_t reached = finish_core(&s, ret_class);

	for (size_t i = 0; i < s.l->runs; i++)
		reached += sweep_run(&s, &s.l->leaves[i], ret_class);
	return reached;
}
