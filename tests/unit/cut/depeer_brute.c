/*
 * What-ifs held against brute force. In small random graphs every path without repeats is walked,
 * with the rule itself: an AS that stops takes no route that has passed a target. In larger ones,
 * where that takes too long, walks stand for paths. BRUTE_GRAPHS in the environment is how many
 * small ones; else 10,000.
 */
#include "../../brute.h"
#include "test.h"

#include "cut/depeer.h"
#include "net/graph_build.h"

#define LARGE_GRAPHS 100
#define LARGE_NODES  400
#define LARGE_MOST   600

/* A random question, and what each node is in it. */
struct trial {
	struct graph *g;
	struct depeer_question q;
	struct measures m;
	struct depeer d;
	uint32_t seed;
	uint32_t *targets, *cut, *keep; /* with repeats */
	int8_t *kind;                   /* kind[N * N] at a * N + b: what b is to a, or -1 */
	bool *is_target, *stops, *top, *cone;
	bool *transit, *peer; /* of the targets and their siblings */
	bool layers;          /* large, but without circles and siblings */
	bool *ever, *still;   /* [N * N] at c * N + x: x reaches c before, after; large: rows of the
				 cone */
};

static bool linked_as(const struct trial *t, uint32_t a, uint32_t b, enum link_kind kind)
{
	return t->kind[(size_t)a * t->g->nodes + b] == (int8_t)kind;
}

static bool is_up(const struct trial *t, uint32_t a, uint32_t b)
{
	return linked_as(t, a, b, LINK_PROVIDER) || linked_as(t, a, b, LINK_SIBLING);
}

/* The link is gone in the model 'link'. */
static bool is_gone(const struct trial *t, uint32_t a, uint32_t b, bool after)
{
	return after && t->q.links_only &&
	       ((t->is_target[a] && t->stops[b]) || (t->is_target[b] && t->stops[a]));
}

/* How a route that `from` has as `class` comes to `to`; ROUTE_NONE: not at all. */
static enum route_class told(
	const struct trial *t, uint32_t from, uint32_t to, enum route_class class, bool after)
{
	bool own = class == ROUTE_ORIGIN || class == ROUTE_CUSTOMER;
	int kind = t->kind[(size_t)from * t->g->nodes + to];

	if (kind < 0 || is_gone(t, from, to, after))
		return ROUTE_NONE;
	switch (kind) {
	case LINK_CUSTOMER: return ROUTE_PROVIDER;
	case LINK_SIBLING: return own ? ROUTE_CUSTOMER : class;
	case LINK_PROVIDER: return own ? ROUTE_CUSTOMER : ROUTE_NONE;
	default: return own ? ROUTE_PEER : ROUTE_NONE;
	}
}

/* Refused: the route has passed a target, and the AS takes none such. */
static bool is_refused(const struct trial *t, uint32_t to, bool tainted, bool after)
{
	return after && !t->q.links_only && tainted && t->stops[to];
}

/* -- paths without repeats */

static void walk(const struct trial *t, uint32_t at, enum route_class class, bool tainted,
	bool after, bool *on_path, bool *ret_reach)
{
	ret_reach[at] = on_path[at] = true;
	tainted |= t->is_target[at];
	for (uint32_t to = 0; to < t->g->nodes; to++) {
		enum route_class next = on_path[to] ? ROUTE_NONE : told(t, at, to, class, after);

		if (next != ROUTE_NONE && !is_refused(t, to, tainted, after))
			walk(t, to, next, tainted, after, on_path, ret_reach);
	}
	on_path[at] = false;
}

/* -- walks: the same by (node, class, tainted), each entered once */

struct state {
	uint32_t node;
	uint8_t class;
	bool tainted;
};

static void spread(const struct trial *t, uint32_t origin, bool after, bool *ret_reach)
{
	uint32_t n = t->g->nodes;
	bool *seen = calloc((size_t)n * 10, sizeof(*seen));
	struct state *stack = malloc(((size_t)n * 10 + 1) * sizeof(*stack));
	size_t held = 1;

	assert_true(seen && stack);
	stack[0] = (struct state){origin, ROUTE_ORIGIN, t->is_target[origin]};
	while (held) {
		struct state s = stack[--held];
		struct nodes all = graph_all(t->g, s.node);

		ret_reach[s.node] = true;
		for (uint32_t i = 0; i < all.n; i++) {
			struct state to = {all.node[i],
				(uint8_t)told(t, s.node, all.node[i], s.class, after), false};

			to.tainted = s.tainted || t->is_target[to.node];
			size_t at = (size_t)to.node * 10 + 2 * to.class + to.tainted;

			if (to.class == ROUTE_NONE || is_refused(t, to.node, s.tainted, after) ||
				seen[at])
				continue;
			seen[at] = true;
			stack[held++] = to;
		}
	}
	free(seen);
	free(stack);
}

/* -- ways up to the top that pass `without` nowhere */

static bool is_own(uint8_t class)
{
	return class == ROUTE_CUSTOMER || class == ROUTE_PEER;
}

/* Others of the top had routes to the targets, as far as they give them on there, and none has. */
static bool top_lost(const struct trial *t)
{
	bool had = false, has = false;

	for (uint32_t k = 0; k < t->g->nodes; k++) {
		had |= t->top[k] && !t->is_target[k] && is_own(t->d.before[k]);
		has |= t->top[k] && !t->is_target[k] && is_own(t->d.after[k]);
	}
	return had && !has;
}

/* Without circles an AS that was passed in vain need not be passed again. */
static bool way_up(const struct trial *t, uint32_t at, uint32_t without, bool tainted, bool after,
	bool *on_path)
{
	bool found = false;

	if (at == without || on_path[at] || is_refused(t, at, tainted, after))
		return false;
	tainted |= t->is_target[at];
	if (t->top[at] && !(after && t->is_target[at] && top_lost(t)))
		return true;
	on_path[at] = true;
	for (uint32_t up = 0; !found && up < t->g->nodes; up++)
		if (is_up(t, at, up) && !is_gone(t, at, up, after))
			found = way_up(t, up, without, tainted, after, on_path);
	on_path[at] = t->layers && !found;
	return found;
}

static uint32_t upstreams(const struct trial *t, uint32_t node, bool after)
{
	bool on_path[LARGE_MOST] = {false};
	uint32_t n = 0;

	for (uint32_t p = 0; p < t->g->nodes; p++) {
		memset(on_path, 0, t->g->nodes);
		if (linked_as(t, node, p, LINK_PROVIDER))
			n += way_up(t, p, node, false, after, on_path);
	}
	return n;
}

/* -- the question */

static uint32_t *draw_nodes(struct random *r, uint32_t nodes, size_t n)
{
	uint32_t *list = malloc((n + 1) * sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < n; i++)
		list[i] = (uint32_t)random_below(r, nodes);
	return list;
}

/* The targets, their siblings, theirs, and so on; who sells to them, who else peers with them. */
static void find_house(struct trial *t)
{
	uint32_t n = t->g->nodes;
	bool house[BRUTE_NODES_MOST];

	memcpy(house, t->is_target, n);
	for (uint32_t round = 0; round < n; round++)
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				house[i] |= house[j] && linked_as(t, i, j, LINK_SIBLING);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++) {
			t->transit[i] |= house[j] && !house[i] && linked_as(t, j, i, LINK_PROVIDER);
			t->peer[i] |= house[j] && !house[i] && linked_as(t, j, i, LINK_PEER);
		}
	for (uint32_t i = 0; i < n; i++)
		t->peer[i] &= !t->transit[i];
}

/* Who stops, by the meaning of the question. */
static void find_stops(struct trial *t)
{
	for (uint32_t i = 0; i < t->g->nodes; i++)
		t->stops[i] = t->q.all_transit && t->transit[i];
	for (size_t i = 0; !t->q.all_transit && i < t->q.ncut; i++)
		t->stops[t->cut[i]] = true;
	for (size_t i = 0; i < t->q.nkeep; i++)
		t->stops[t->keep[i]] = false;
	for (size_t i = 0; i < t->q.ntargets; i++)
		t->stops[t->targets[i]] = false;
}

static void mark_cone(struct trial *t)
{
	uint32_t *stack = malloc(t->g->nodes * sizeof(*stack));
	uint8_t *cone = calloc(t->g->nodes, 1);

	assert_true(stack && cone);
	for (size_t i = 0; i < t->q.ntargets; i++)
		graph_mark_cone(t->g, t->targets[i], cone, stack);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		t->cone[i] = cone[i];
	free(stack);
	free(cone);
}

static void mark_top(struct trial *t)
{
	bool clique = false;

	for (uint32_t i = 0; i < t->g->nodes; i++)
		clique |= t->top[i] = t->g->flags[i] & GRAPH_CLIQUE;
	for (uint32_t i = 0; !clique && i < t->g->nodes; i++) {
		/* All that it reaches upwards reach it upwards: its group has none above. */
		t->top[i] = true;
		for (uint32_t j = 0; j < t->g->nodes; j++)
			for (uint32_t k = 0; k < t->g->nodes; k++)
				if (t->g->group[j] == t->g->group[i] && is_up(t, j, k) &&
					t->g->group[k] != t->g->group[i])
					t->top[i] = false;
	}
}

static void draw_measures(struct trial *t, struct random *r)
{
	assert_int_equal(measures_new(t->g, NULL, 0, &t->m), 0);
	if (random_below(r, 4) == 0)
		return;
	struct measure *m = &t->m.m[t->m.n++];

	*m = (struct measure){.name = "ipv4", .of = calloc(t->g->nodes + 1, sizeof(double))};
	assert_non_null(m->of);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		m->total += m->of[i] = (double)random_below(r, 20) * 256;
}

static void draw(struct trial *t, struct random *r, struct graph *g, size_t targets, size_t cut)
{
	uint32_t n = g->nodes;

	*t = (struct trial){.g = g, .seed = t->seed};
	t->q = (struct depeer_question){.measures = &t->m,
		.ntargets = targets,
		.ncut = cut,
		.nkeep = random_below(r, 4) ? 0 : random_below(r, 3),
		.all_transit = random_below(r, 5) == 0,
		.links_only = random_below(r, 3) == 0,
		.biggest = (uint32_t)random_below(r, n + 3)};
	t->q.targets = t->targets = draw_nodes(r, n, t->q.ntargets);
	t->q.cut = t->cut = draw_nodes(r, n, t->q.ncut);
	t->q.keep = t->keep = draw_nodes(r, n, t->q.nkeep);
	t->kind = calloc((size_t)n * n, 1);
	t->transit = calloc(n, sizeof(bool));
	t->peer = calloc(n, sizeof(bool));
	t->is_target = calloc(n, sizeof(bool));
	t->stops = calloc(n, sizeof(bool));
	t->top = calloc(n, sizeof(bool));
	t->cone = calloc(n, sizeof(bool));
	t->ever = calloc((size_t)n * n, sizeof(bool));
	t->still = calloc((size_t)n * n, sizeof(bool));
	assert_true(t->kind && t->transit && t->peer && t->is_target && t->stops && t->top &&
		    t->cone && t->ever && t->still);
	for (size_t i = 0; i < t->q.ntargets; i++)
		t->is_target[t->targets[i]] = true;
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++) {
			enum link_kind kind;
			bool linked = graph_link(g, a, b, &kind);

			t->kind[(size_t)a * n + b] = linked ? (int8_t)kind : -1;
		}
	draw_measures(t, r);
}

static void done(struct trial *t)
{
	depeer_done(&t->d);
	measures_done(&t->m);
	free(t->targets);
	free(t->cut);
	free(t->keep);
	free(t->kind);
	free(t->transit);
	free(t->peer);
	free(t->is_target);
	free(t->stops);
	free(t->top);
	free(t->cone);
	free(t->ever);
	free(t->still);
	graph_close(t->g);
}

static void show_list(const char *what, const uint32_t *node, size_t n)
{
	print_error("%s:", what);
	for (size_t i = 0; i < n; i++)
		print_error(" %u", node[i]);
	print_error("\n");
}

static void expect(
	const struct trial *t, bool good, const char *what, uint32_t node, double got, double want)
{
	if (good)
		return;
	print_error("seed %u, %u nodes%s%s: %s\n", t->seed, t->g->nodes,
		t->q.links_only ? ", links only" : "", t->q.all_transit ? ", all transit" : "",
		t->g->nodes <= BRUTE_NODES_MOST ? brute_show(t->g) : "");
	show_list("targets", t->targets, t->q.ntargets);
	show_list("cut", t->d.cut, t->d.ncut);
	fail_msg("%s of %u: %.17g, not %.17g", what, node, got, want);
}

/* -- what is asked of the answers */

static double sum_of(const struct trial *t, size_t k, const bool *reach, uint32_t without)
{
	double sum = 0;

	for (uint32_t i = 0; i < t->g->nodes; i++)
		if (reach[i] && !t->is_target[i] && i != without)
			sum += t->m.m[k].of[i];
	return sum;
}

static double share_of(const struct trial *t, size_t k, const bool *reach, uint32_t without)
{
	double of = 0;

	for (uint32_t i = 0; i < t->g->nodes; i++)
		if (!t->is_target[i] && i != without)
			of += t->m.m[k].of[i];
	return of > 0 ? sum_of(t, k, reach, without) / of : 0;
}

static void same_shares(const struct trial *t, const char *what, uint32_t node,
	const struct depeer_shares *got, const bool *reach)
{
	for (size_t k = 0; k < t->m.n; k++) {
		double want = share_of(t, k, reach, node);

		expect(t, got->of[k] - want < 1e-12 && want - got->of[k] < 1e-12, what, node,
			got->of[k], want);
	}
}

/* Who of all reaches the targets while these stop. */
static void targets_reach(struct trial *t, const bool *stops, bool *ret_reach)
{
	uint8_t mask[BRUTE_NODES_MOST] = {0}, class[BRUTE_NODES_MOST];

	for (uint32_t i = 0; i < t->g->nodes; i++)
		mask[i] = stops[i];
	brute_reach(t->g, t->targets, t->q.ntargets, t->q.links_only ? NULL : mask,
		t->q.links_only ? mask : NULL, class);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		ret_reach[i] = class[i] != ROUTE_NONE;
}

static void ask_targets(struct trial *t)
{
	bool reach[BRUTE_NODES_MOST], nobody[BRUTE_NODES_MOST] = {false};
	uint8_t mask[BRUTE_NODES_MOST] = {0}, want[BRUTE_NODES_MOST];

	brute_reach(t->g, t->targets, t->q.ntargets, NULL, NULL, want);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		expect(t, t->d.before[i] == want[i], "class before", i, t->d.before[i], want[i]);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		mask[i] = t->stops[i];
	brute_reach(t->g, t->targets, t->q.ntargets, t->q.links_only ? NULL : mask,
		t->q.links_only ? mask : NULL, want);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		expect(t, t->d.after[i] == want[i], "class after", i, t->d.after[i], want[i]);
	targets_reach(t, nobody, reach);
	same_shares(t, "reach before", GRAPH_NONE, &t->d.reach_before, reach);
	targets_reach(t, t->stops, reach);
	same_shares(t, "reach after", GRAPH_NONE, &t->d.reach_after, reach);
}

static bool touches_target(const struct trial *t, uint32_t node)
{
	for (uint32_t i = 0; i < t->g->nodes; i++)
		if (t->is_target[i] && t->kind[(size_t)i * t->g->nodes + node] >= 0)
			return true;
	return false;
}

static void ask_neighbour(struct trial *t, const struct depeer_neighbour *n)
{
	bool stops[BRUTE_NODES_MOST] = {false}, full[BRUTE_NODES_MOST], less[BRUTE_NODES_MOST];
	bool found = false;

	for (uint32_t i = 0; i < t->g->nodes; i++)
		found |= t->is_target[i] && linked_as(t, i, n->node, n->kind);
	expect(t, found && !t->is_target[n->node], "kind", n->node, n->kind, 0);
	expect(t, n->cut == t->stops[n->node], "cut", n->node, n->cut, t->stops[n->node]);
	targets_reach(t, stops, full);
	stops[n->node] = true;
	targets_reach(t, stops, less);
	for (uint32_t i = 0; i < t->g->nodes; i++)
		full[i] &= !less[i];
	for (size_t k = 0; k < t->m.n; k++) {
		double want = share_of(t, k, full, GRAPH_NONE);

		expect(t, n->takes.of[k] - want < 1e-12 && want - n->takes.of[k] < 1e-12, "takes",
			n->node, n->takes.of[k], want);
	}
	for (uint32_t i = 0; i < t->g->nodes; i++)
		stops[i] = i != n->node && (t->transit[i] || t->peer[i]);
	targets_reach(t, stops, full);
	for (size_t k = 0; k < t->m.n; k++) {
		double want = share_of(t, k, full, GRAPH_NONE);

		expect(t, n->alone.of[k] - want < 1e-12 && want - n->alone.of[k] < 1e-12, "alone",
			n->node, n->alone.of[k], want);
	}
}

static void ask_lists(struct trial *t)
{
	bool stops[BRUTE_NODES_MOST], reach[BRUTE_NODES_MOST];
	size_t cut = 0, strangers = 0, neighbours = 0, remaining = 0;

	for (uint32_t i = 0; i < t->g->nodes; i++) {
		bool linked = touches_target(t, i);

		if (t->stops[i])
			expect(t, cut < t->d.ncut && t->d.cut[cut++] == i, "cut", i, 0, 1);
		if (t->stops[i] && !linked)
			expect(t, strangers < t->d.nstrangers && t->d.strangers[strangers++] == i,
				"stranger", i, 0, 1);
		if (t->transit[i] && !t->stops[i])
			expect(t, remaining < t->d.nremaining && t->d.remaining[remaining++] == i,
				"remaining", i, 0, 1);
		neighbours += linked && !t->is_target[i];
		stops[i] = t->transit[i];
	}
	expect(t, cut == t->d.ncut, "cuts", 0, (double)t->d.ncut, (double)cut);
	expect(t, strangers == t->d.nstrangers, "strangers", 0, 0, 0);
	expect(t, remaining == t->d.nremaining, "remaining", 0, 0, 0);
	expect(t, neighbours == t->d.nneighbours, "neighbours", 0, (double)t->d.nneighbours,
		(double)neighbours);
	targets_reach(t, stops, reach);
	same_shares(t, "by peers", GRAPH_NONE, &t->d.by_peers, reach);
	for (size_t i = 0; i < t->d.nneighbours; i++)
		ask_neighbour(t, &t->d.neighbours[i]);
}

static void ask_biggest(struct trial *t)
{
	const struct depeer_network *b = t->d.biggest;
	size_t others = 0;

	for (uint32_t i = 0; i < t->g->nodes; i++)
		others += !t->is_target[i];
	size_t want = t->q.biggest < others ? t->q.biggest : others;

	expect(t, t->d.nbiggest == want, "biggest", 0, (double)t->d.nbiggest, (double)want);
	for (size_t i = 0; i < want; i++) {
		expect(t,
			i == 0 || t->g->cone[b[i].node] < t->g->cone[b[i - 1].node] ||
				(t->g->cone[b[i].node] == t->g->cone[b[i - 1].node] &&
					b[i].node > b[i - 1].node),
			"order of biggest", b[i].node, 0, 0);
		expect(t,
			!t->is_target[b[i].node] && b[i].before == t->d.before[b[i].node] &&
				b[i].after == t->d.after[b[i].node],
			"big", b[i].node, b[i].after, t->d.after[b[i].node]);
	}
}

/* -- who is hurt */

static const struct depeer_hurt *hurt_of(const struct trial *t, uint32_t node)
{
	const struct depeer_hurt *found = NULL;

	for (size_t i = 0; i < t->d.nhurt; i++)
		if (t->d.hurt[i].node == node) {
			expect(t, !found, "hurt twice", node, 2, 1);
			found = &t->d.hurt[i];
		}
	return found;
}

static bool any_outside(const struct trial *t, const bool *reach)
{
	for (uint32_t i = 0; i < t->g->nodes; i++)
		if (reach[i] && !t->cone[i])
			return true;
	return false;
}

static bool in_circle(const struct trial *t, uint32_t node)
{
	for (uint32_t p = 0; p < t->g->nodes; p++)
		if (linked_as(t, node, p, LINK_PROVIDER) && t->g->group[p] == t->g->group[node])
			return true;
	return false;
}

/* The answer about one AS of the cone; upstreams are counted where that can be done. */
static void ask_hurt(struct trial *t, uint32_t c, bool ways)
{
	const bool *ever = t->ever + (size_t)c * t->g->nodes;
	const bool *still = t->still + (size_t)c * t->g->nodes;
	const struct depeer_hurt *h = hurt_of(t, c);
	bool less = sum_of(t, 0, still, c) < sum_of(t, 0, ever, c);
	bool on_path[LARGE_MOST] = {false};

	if (less) {
		bool gone = any_outside(t, ever) && !any_outside(t, still);

		expect(t, h && h->how != HURT_ONE_LEFT, "less", c, h ? (int)h->how : -1, HURT_LESS);
		if (!gone)
			expect(t, h->how == HURT_LESS, "less, not lost", c, h->how, HURT_LESS);
		else if (ways)
			expect(t,
				(h->how == HURT_LOST) ==
					!way_up(t, c, GRAPH_NONE, false, true, on_path),
				"lost", c, h->how, HURT_LOST);
	} else {
		expect(t, !h || h->how == HURT_ONE_LEFT, "unhurt", c, h ? (int)h->how : -1, -1);
	}
	if (h) {
		same_shares(t, "who reached it", c, &h->before, ever);
		same_shares(t, "who reaches it", c, &h->after, still);
	}
	if (!ways || in_circle(t, c))
		return;
	uint32_t before = upstreams(t, c, false), after = upstreams(t, c, true);

	if (h)
		expect(t, h->upstreams_before == before && h->upstreams_after == after, "upstreams",
			c, h->upstreams_after, after);
	if (!less)
		expect(t, (h != NULL) == (before >= 2 && after == 1), "one left", c, h != NULL,
			before >= 2 && after == 1);
}

static void ask_order(const struct trial *t)
{
	size_t main = t->m.n - 1;

	for (size_t i = 1; i < t->d.nhurt; i++) {
		const struct depeer_hurt *a = &t->d.hurt[i - 1], *b = &t->d.hurt[i];

		expect(t,
			a->single_homed > b->single_homed ||
				(a->single_homed == b->single_homed &&
					a->owns[main] >= b->owns[main]),
			"order of hurt", b->node, b->owns[main], a->owns[main]);
	}
}

static void ask_small(struct trial *t)
{
	uint32_t n = t->g->nodes;

	find_house(t);
	find_stops(t);
	mark_cone(t);
	mark_top(t);
	assert_int_equal(depeer(t->g, &t->q, &t->d), 0);
	ask_targets(t);
	ask_lists(t);
	ask_biggest(t);
	for (uint32_t c = 0; c < n; c++) {
		bool on_path[BRUTE_NODES_MOST] = {false};

		if (!t->cone[c] || t->is_target[c] || t->stops[c]) {
			expect(t, !hurt_of(t, c), "not to be hurt", c, 1, 0);
			continue;
		}
		walk(t, c, ROUTE_ORIGIN, false, false, on_path, t->ever + (size_t)c * n);
		walk(t, c, ROUTE_ORIGIN, false, true, on_path, t->still + (size_t)c * n);
		ask_hurt(t, c, true);
	}
	ask_order(t);
}

static unsigned long graphs = 10000;

static void test_small(void **state)
{
	struct random r;
	struct trial t;

	(void)state;
	for (uint32_t seed = 0; seed < graphs; seed++) {
		random_seed(&r, seed);
		struct graph *g = brute_graph(&r);

		t.seed = seed;
		draw(&t, &r, g, 1 + random_below(&r, 3), random_below(&r, 5));
		ask_small(&t);
		done(&t);
	}
}

/* -- larger graphs: big cones, many cases, several passes */

static void ask_large(struct trial *t)
{
	uint32_t n = t->g->nodes;

	mark_cone(t);
	if (t->layers)
		mark_top(t);
	assert_true(t->g->nodes <= LARGE_MOST);
	assert_int_equal(depeer(t->g, &t->q, &t->d), 0);
	for (size_t i = 0; i < t->d.ncut; i++)
		t->stops[t->d.cut[i]] = true;
	for (uint32_t c = 0; c < n; c++) {
		if (!t->cone[c] || t->is_target[c] || t->stops[c]) {
			expect(t, !hurt_of(t, c), "not to be hurt", c, 1, 0);
			continue;
		}
		spread(t, c, false, t->ever + (size_t)c * n);
		spread(t, c, true, t->still + (size_t)c * n);
		ask_hurt(t, c, t->layers);
	}
	ask_order(t);
}

/* The biggest AS but those for which chance has it otherwise. */
static uint32_t draw_big(struct random *r, const struct graph *g)
{
	uint32_t big = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		if (g->cone[i] > g->cone[big] && random_below(r, 4))
			big = i;
	return big;
}

static void link_up(struct graph_builder *b, asn_t customer, asn_t provider)
{
	if (customer != provider)
		assert_int_equal(graph_builder_link(b, customer, provider, LINK_PROVIDER), 0);
}

/* As real ones are: a clique in full mesh, all others below it, but for a few apart from all. */
static struct graph *layered(struct random *r, asn_t n)
{
	asn_t clique = 3 + (asn_t)random_below(r, 3), middle = clique + 10 + n / 8;
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	for (asn_t a = 1; a <= clique; a++) {
		assert_int_equal(graph_builder_clique(b, a), 0);
		for (asn_t other = 1; other < a; other++)
			assert_int_equal(graph_builder_link(b, a, other, LINK_PEER), 0);
	}
	for (asn_t a = clique + 1; a <= n; a++) {
		asn_t above = a <= middle ? a - 1 : middle;

		for (size_t links = 1 + random_below(r, 3); links; links--)
			link_up(b, a,
				1 + (asn_t)random_below(r, random_below(r, 3) ? clique : above));
		if (random_below(r, 8) == 0)
			graph_builder_link(
				b, a, clique + 1 + (asn_t)random_below(r, a - clique), LINK_PEER);
	}
	for (asn_t a = n + 1; a < n + 8; a++)
		link_up(b, a, n + 8);
	assert_int_equal(
		graph_builder_open(b, &(struct graph_label){.source = SPAN("test")}, &odd, &g), 0);
	graph_builder_free(b);
	return g;
}

/* Who stops are neighbours of the targets, mostly those that are not below them, or anybody. */
static void draw_large(struct trial *t, struct random *r, struct graph *g)
{
	draw(t, r, g, 1 + random_below(r, 2), random_below(r, 40));
	memset(t->is_target, 0, g->nodes);
	for (size_t i = 0; i < t->q.ntargets; i++) {
		t->targets[i] = i && t->seed % 3 ? t->targets[i] : draw_big(r, g);
		t->is_target[t->targets[i]] = true;
	}
	for (size_t i = 0; t->seed % 4 && i < t->q.ncut; i++) {
		uint32_t target = t->targets[i % t->q.ntargets];
		struct nodes all = t->seed % 4 == 1 ? graph_all(g, target)
						    : graph_neighbours(g, target,
							      i % 3 ? LINK_PEER : LINK_PROVIDER);

		t->cut[i] = all.n ? all.node[random_below(r, all.n)] : t->cut[i];
	}
}

/* Big ones are targets; who stops are their neighbours, all transit, or anybody. */
static void test_large(void **state)
{
	struct random r;
	struct trial t;

	(void)state;
	for (uint32_t seed = 0; seed < (graphs < LARGE_GRAPHS ? graphs : LARGE_GRAPHS); seed++) {
		random_seed(&r, seed);
		uint32_t n = 100 + (uint32_t)random_below(&r, LARGE_NODES);

		t.seed = seed;
		draw_large(&t, &r,
			seed % 5 < 3 ? layered(&r, n)
				     : brute_graph_of(&r, n, 1.5 + 3 * random_unit(&r)));
		ask_large(&t);
		done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
	};

	if (getenv("BRUTE_GRAPHS"))
		graphs = strtoul(getenv("BRUTE_GRAPHS"), NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
