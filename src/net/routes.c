/*
 * Three passes, since each class of route comes from one kind of neighbour and a worse class never
 * makes a better one: up from the origin over providers and siblings (customer routes), once across
 * to peers and on to their siblings (peer routes), and down from all of these to customers and
 * siblings (provider routes). Whoever has a route from an earlier pass keeps it.
 *
 * Within a pass a route's length is that of the neighbour's route plus one, so the nearest first
 * are found by searching in breadth. The passes across and down begin at nodes of many lengths:
 * those stand in the queue sorted by length, one run a pass, and so do those that are found, for
 * what is found behind nodes in order of their length is in order itself. Taking the shortest head
 * of the runs each time is all the sorting there is.
 *
 * The path over `next` ends at the origin in any graph: each node's hops are those of its next and
 * one more, so they fall by one at every step and nothing is passed twice, in circles of providers
 * and meshes of siblings too. It is valley-free because classes only get better along it.
 */
#include "net/routes.h"

#include <errno.h>
#include <stdlib.h>

/* Stands for the class of nodes that refuse while a search goes on: they count as having one. */
#define BARRED UINT8_MAX

struct routes {
	const struct graph *g;
	uint32_t *queue; /* queue[N + 1]: nodes with a route, in the order they were found */
};

const char *route_class_name(enum route_class c)
{
	static const char *const name[] = {
		[ROUTE_NONE] = "none",
		[ROUTE_ORIGIN] = "origin",
		[ROUTE_CUSTOMER] = "customer",
		[ROUTE_PEER] = "peer",
		[ROUTE_PROVIDER] = "provider",
	};

	return name[c];
}

int routes_new(const struct graph *g, struct routes **ret_routes)
{
	struct routes *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->g = g;
	r->queue = malloc(((size_t)g->nodes + 1) * sizeof(*r->queue));
	if (!r->queue) {
		free(r);
		return -ENOMEM;
	}
	*ret_routes = r;
	return 0;
}

void routes_free(struct routes *r)
{
	if (!r)
		return;
	free(r->queue);
	free(r);
}

/* A search for who is reached. */
struct reach {
	uint8_t *class;
	uint32_t *queue;
	uint32_t tail;         /* nodes in the queue */
	uint32_t origins;      /* of those, the first ones, which are origins */
	const uint8_t *parted; /* NULL: nobody is */
};

/*
 * The head-th node of the queue gives its route to a run of neighbours. About every second one has
 * a route already, which no branch can foretell; so each is written behind the queue's end and the
 * end moves past it if it is new.
 */
static inline void give(struct reach *s, uint32_t head, struct nodes to, uint8_t class)
{
	const uint8_t *parted = head < s->origins ? s->parted : NULL;

	for (uint32_t i = 0; i < to.n; i++) {
		uint32_t v = to.node[i];
		uint8_t has = s->class[v];
		bool takes = has == ROUTE_NONE && !(parted && parted[v]);

		s->queue[s->tail] = v;
		s->tail += takes;
		s->class[v] = takes ? class : has;
	}
}

static void take_origins(struct reach *s, const uint32_t *origins, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->class[origins[i]] != ROUTE_NONE)
			continue; /* named twice, or refuses */
		s->class[origins[i]] = ROUTE_ORIGIN;
		s->queue[s->tail++] = origins[i];
	}
	s->origins = s->tail;
}

static void spread(struct reach *s, const struct graph *g)
{
	uint32_t head, above;

	for (head = 0; head < s->tail; head++)
		give(s, head, graph_up(g, s->queue[head]), ROUTE_CUSTOMER);
	above = s->tail;
	for (head = 0; head < above; head++)
		give(s, head, graph_neighbours(g, s->queue[head], LINK_PEER), ROUTE_PEER);
	for (; head < s->tail; head++)
		give(s, head, graph_neighbours(g, s->queue[head], LINK_SIBLING), ROUTE_PEER);
	for (head = 0; head < s->tail; head++)
		give(s, head, graph_down(g, s->queue[head]), ROUTE_PROVIDER);
}

uint32_t routes_reach(struct routes *r, const uint32_t *origins, size_t n,
	const struct barrier *barrier, uint8_t *ret_class)
{
	const uint8_t *refuses = barrier ? barrier->refuses : NULL;
	uint32_t nodes = r->g->nodes;
	struct reach s = {
		.class = ret_class,
		.queue = r->queue,
		.parted = barrier ? barrier->parted : NULL,
	};

	memset(ret_class, ROUTE_NONE, nodes);
	for (uint32_t i = 0; refuses && i < nodes; i++)
		ret_class[i] = refuses[i] ? BARRED : ROUTE_NONE;
	take_origins(&s, origins, n);
	spread(&s, r->g);
	for (uint32_t i = 0; refuses && i < nodes; i++)
		ret_class[i] = ret_class[i] == BARRED ? ROUTE_NONE : ret_class[i];
	return s.tail;
}

/* A search for best routes. */
struct best {
	const struct graph *g;
	struct route *route;
	uint32_t *queue;
	uint32_t tail;
	const uint8_t *parted; /* NULL: nobody is */
};

/*
 * A node offers its route to a run of neighbours. Who has none takes it; for who has one of the
 * same class and length, which is then as short as any, it is a tie that the lower number wins.
 */
static inline void offer(struct best *s, uint32_t u, struct nodes to, uint8_t class)
{
	struct route *route = s->route;
	const uint8_t *parted = route[u].class == ROUTE_ORIGIN ? s->parted : NULL;
	uint16_t hops = route[u].hops + 1;

	if (route[u].hops == ROUTE_HOPS_MOST)
		return;
	for (uint32_t i = 0; i < to.n; i++) {
		uint32_t v = to.node[i];
		struct route *has = &route[v];

		if (has->class == ROUTE_NONE && !(parted && parted[v])) {
			*has = (struct route){.next = u, .hops = hops, .class = class};
			s->queue[s->tail++] = v;
		} else if (has->class == class && has->hops == hops) {
			has->next = u < has->next ? u : has->next;
			has->ties += has->ties < UINT8_MAX;
		}
	}
}

/* Which neighbours a pass goes to: the kinds from .. to - 1, which stand side by side. */
struct pass {
	enum link_kind from, to;
	enum route_class class; /* of the routes that they take */
};

static const struct pass up = {LINK_PROVIDER, LINK_CUSTOMER, ROUTE_CUSTOMER},
			 across = {LINK_PEER, LINK_KINDS, ROUTE_PEER},
			 aside = {LINK_SIBLING, LINK_CUSTOMER, ROUTE_PEER},
			 down = {LINK_SIBLING, LINK_PEER, ROUTE_PROVIDER};

/*
 * All nodes of the queue from head up to end that have routes of so many hops offer them. Returns
 * where the longer ones begin.
 */
static uint32_t offer_level(
	struct best *s, uint32_t head, uint32_t end, uint32_t hops, const struct pass *pass)
{
	const struct graph *g = s->g;

	for (; head < end && s->route[s->queue[head]].hops == hops; head++) {
		uint32_t u = s->queue[head];
		const uint32_t *row = g->row + 4 * (size_t)u;
		struct nodes to = {g->col + row[pass->from], row[pass->to] - row[pass->from]};

		offer(s, u, to, pass->class);
	}
	return head;
}

static void search(struct best *s)
{
	uint32_t customers, peers, a, b, c, hops;

	for (a = 0, hops = 0; a < s->tail; hops++)
		a = offer_level(s, a, s->tail, hops, &up);
	customers = s->tail;
	for (a = 0, b = customers, hops = 0; a < customers || b < s->tail; hops++) {
		a = offer_level(s, a, customers, hops, &across);
		b = offer_level(s, b, s->tail, hops, &aside);
	}
	peers = s->tail;
	for (a = 0, b = customers, c = peers, hops = 0; a < customers || b < peers || c < s->tail;
		hops++) {
		a = offer_level(s, a, customers, hops, &down);
		b = offer_level(s, b, peers, hops, &down);
		c = offer_level(s, c, s->tail, hops, &down);
	}
}

void routes_best(
	struct routes *r, uint32_t origin, const struct barrier *barrier, struct route *ret_route)
{
	const uint8_t *refuses = barrier ? barrier->refuses : NULL;
	uint32_t nodes = r->g->nodes;
	struct best s = {
		.g = r->g,
		.route = ret_route,
		.queue = r->queue,
		.parted = barrier ? barrier->parted : NULL,
	};

	for (uint32_t i = 0; i < nodes; i++)
		ret_route[i] = (struct route){
			.next = GRAPH_NONE, .class = refuses && refuses[i] ? BARRED : ROUTE_NONE};
	if (ret_route[origin].class == ROUTE_NONE) {
		ret_route[origin].class = ROUTE_ORIGIN;
		s.queue[s.tail++] = origin;
	}
	search(&s);
	for (uint32_t i = 0; refuses && i < nodes; i++)
		if (ret_route[i].class == BARRED)
			ret_route[i].class = ROUTE_NONE;
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
