/*
 * Which networks are shown. All targets; of their providers, and of the pinned ones, each with a
 * chain of networks up to the top, so that nothing hangs in the air; then the biggest of those
 * above, until the picture is full. Cones only grow upwards, so the biggest are the top of the
 * hierarchy, and what is left out is from its middle.
 *
 * Levels are longest ways from the top: every link of transit then leads up. Siblings, and
 * providers in a circle, are as one network (graph.h: group) and share a level. Where they stand in
 * their rows is hierarchy_place.c's.
 */
#include "cli/hierarchy_place.h"

#include <errno.h>
#include <stdlib.h>

#define TARGETS_MOST (2 * HIERARCHY_ROW_MOST)
#define PEERS_MOST   6

enum mark { TARGET = 1, ABOVE = 2, NEAR = 4, PEER = 8, PINNED = 16, SHOWN = 32 };

/* A set of nodes under way to be a picture. */
struct draft {
	const struct graph *g;
	const uint32_t *targets;
	size_t ntargets;
	struct hierarchy *h;
	uint8_t *mark;   /* mark[N]: enum mark */
	uint32_t *above; /* above[h->above]: all above the targets, the weightiest first */
	uint32_t *peers; /* peers[npeers]: of the targets, those that are not above; likewise */
	uint32_t npeers;
};

/* The order in which networks have their place: pinned ones, bigger cones, lower numbers. */
static int compare_weight(const void *x, const void *y, void *context)
{
	const struct draft *d = (const struct draft *)context;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	int pinned = (d->mark[b] & PINNED) - (d->mark[a] & PINNED);

	if (pinned)
		return pinned;
	if (d->g->cone[a] != d->g->cone[b])
		return d->g->cone[a] < d->g->cone[b] ? 1 : -1;
	return a < b ? -1 : a > b;
}

/* Marks and lists nodes that have no mark of those that rule them out. */
static uint32_t collect(struct draft *d, struct nodes from, uint8_t mark, uint8_t unless,
	uint32_t *list, uint32_t n)
{
	for (uint32_t i = 0; i < from.n; i++) {
		if (d->mark[from.node[i]] & (mark | unless))
			continue;
		d->mark[from.node[i]] |= mark;
		list[n++] = from.node[i];
	}
	return n;
}

/* Finds all that is above the targets, then their peers. */
static void survey(struct draft *d)
{
	uint32_t n = 0;

	for (size_t i = 0; i < d->ntargets; i++)
		n = collect(d, graph_up(d->g, d->targets[i]), ABOVE | NEAR, TARGET, d->above, n);
	for (uint32_t next = 0; next < n; next++)
		n = collect(d, graph_up(d->g, d->above[next]), ABOVE, TARGET, d->above, n);
	d->h->above = n;
	for (size_t i = 0; i < d->ntargets; i++)
		d->npeers = collect(d, graph_neighbours(d->g, d->targets[i], LINK_PEER), PEER,
			TARGET | ABOVE, d->peers, d->npeers);
	qsort_r(d->above, n, sizeof(*d->above), compare_weight, d);
	qsort_r(d->peers, d->npeers, sizeof(*d->peers), compare_weight, d);
}

/* Shows a network if there is room. Returns true when it was not shown before. */
static bool show(struct draft *d, uint32_t node, enum hierarchy_role role)
{
	if (d->mark[node] & SHOWN || d->h->boxes == HIERARCHY_BOXES_MOST)
		return false;
	d->mark[node] |= SHOWN;
	d->h->box[d->h->boxes++] = (struct hierarchy_box){.node = node, .role = role};
	return true;
}

/* The weightiest provider, or GRAPH_NONE; also when one is shown, so that a chain ends there. */
static uint32_t next_up(struct draft *d, uint32_t node)
{
	struct nodes up = graph_neighbours(d->g, node, LINK_PROVIDER);
	uint32_t best = GRAPH_NONE;

	for (uint32_t i = 0; i < up.n; i++) {
		uint32_t p = up.node[i];

		if (d->mark[p] & SHOWN)
			return GRAPH_NONE;
		if (best == GRAPH_NONE || compare_weight(&p, &best, d) < 0)
			best = p;
	}
	return best;
}

static void show_chain(struct draft *d, uint32_t node)
{
	while (node != GRAPH_NONE && show(d, node, HIERARCHY_ABOVE))
		node = next_up(d, node);
}

static void choose(struct draft *d)
{
	struct hierarchy *h = d->h;

	for (size_t i = 0; i < d->ntargets && i < TARGETS_MOST; i++)
		show(d, d->targets[i], HIERARCHY_TARGET);
	h->more_targets = (uint32_t)d->ntargets - h->boxes;
	for (uint32_t i = 0; i < d->npeers && i < PEERS_MOST; i++)
		show(d, d->peers[i], HIERARCHY_PEER);
	h->more_peers = d->npeers < PEERS_MOST ? 0 : d->npeers - PEERS_MOST;
	uint32_t others = h->boxes;

	for (uint32_t i = 0; i < h->above; i++)
		if (d->mark[d->above[i]] & (PINNED | NEAR))
			show_chain(d, d->above[i]);
	for (uint32_t i = 0; i < h->above; i++)
		show(d, d->above[i], HIERARCHY_ABOVE);
	h->more_above = h->above - (h->boxes - others);
}

static uint32_t box_of(const struct hierarchy *h, uint32_t node)
{
	uint32_t i = 0;

	while (i < h->boxes && h->box[i].node != node)
		i++;
	return i;
}

/* The boxes with those of the top first, so that each stands behind its providers. */
static int compare_order(const void *x, const void *y, void *context)
{
	const uint32_t *place = (const uint32_t *)context;
	uint32_t a = place[((const struct hierarchy_box *)x)->node];
	uint32_t b = place[((const struct hierarchy_box *)y)->node];

	return a < b ? 1 : a > b ? -1 : 0;
}

static void sort_boxes(struct draft *d, uint32_t *place)
{
	for (uint32_t i = 0; i < d->g->nodes; i++)
		place[d->g->order[i]] = i;
	qsort_r(d->h->box, d->h->boxes, sizeof(*d->h->box), compare_order, place);
}

/* The level of one box by the providers outside its group; counts those that are not shown. */
static uint32_t level_of(struct draft *d, struct hierarchy_box *b)
{
	struct nodes up = graph_neighbours(d->g, b->node, LINK_PROVIDER);
	uint32_t level = 0;

	for (uint32_t i = 0; i < up.n; i++) {
		const struct hierarchy_box *p = NULL;

		if (d->mark[up.node[i]] & SHOWN)
			p = &d->h->box[box_of(d->h, up.node[i])];
		else if (b->role != HIERARCHY_PEER)
			b->more_up++;
		if (p && p->role == HIERARCHY_ABOVE &&
			d->g->group[p->node] != d->g->group[b->node] && p->level >= level)
			level = p->level + 1;
	}
	return level || !b->more_up ? level : 1;
}

/* Gives each group above the lowest level that one of it has; targets and peers the last. */
static void set_levels(struct draft *d)
{
	struct hierarchy *h = d->h;
	uint32_t last = 0;

	for (uint32_t i = 0, end; i < h->boxes; i = end) {
		uint32_t level = 0;

		for (end = i; end < h->boxes &&
			      d->g->group[h->box[end].node] == d->g->group[h->box[i].node];
			end++) {
			uint32_t own = level_of(d, &h->box[end]);

			level = own > level ? own : level;
		}
		for (uint32_t k = i; k < end; k++) {
			h->box[k].level = level;
			if (h->box[k].role == HIERARCHY_ABOVE && level >= last)
				last = level + 1;
		}
	}
	for (uint32_t i = 0; i < h->boxes; i++)
		if (h->box[i].role != HIERARCHY_ABOVE)
			h->box[i].level = last;
	h->levels = last + 1;
}

/*
 * Adds what box a has above it, or beside. Siblings on one level, and targets that are peers, both
 * have the link: it is the earlier box's. One of the targets may sell to what is above another;
 * since it stands below, the link goes up from it.
 */
static void add_line(struct draft *d, uint32_t a, uint32_t node, enum link_kind kind)
{
	struct hierarchy *h = d->h;
	struct hierarchy_line line = {.from = a, .kind = kind};

	if (!(d->mark[node] & SHOWN))
		return;
	line.to = box_of(h, node);
	const struct hierarchy_box *from = &h->box[a], *to = &h->box[line.to];
	bool both = kind == LINK_SIBLING || (kind == LINK_PEER && to->role == HIERARCHY_TARGET);

	if (both && (to->level > from->level || (to->level == from->level && line.to < a)))
		return;
	if (to->level > from->level)
		line = (struct hierarchy_line){.from = line.to, .to = a, .kind = LINK_CUSTOMER};
	h->line[h->lines++] = line;
}

static void add_lines(struct draft *d)
{
	static const enum link_kind kinds[] = {LINK_PROVIDER, LINK_SIBLING, LINK_PEER};

	/* How many kinds are shown: those above a peer are no matter of the targets'. */
	static const size_t shown[] = {
		[HIERARCHY_TARGET] = 3, [HIERARCHY_ABOVE] = 2, [HIERARCHY_PEER] = 0};

	for (uint32_t a = 0; a < d->h->boxes; a++) {
		for (size_t k = 0; k < shown[d->h->box[a].role]; k++) {
			struct nodes near = graph_neighbours(d->g, d->h->box[a].node, kinds[k]);

			for (uint32_t i = 0; i < near.n; i++)
				add_line(d, a, near.node[i], kinds[k]);
		}
	}
}

/* Room for a picture that is as full as can be. */
static int make_room(struct draft *d, uint32_t **ret_place)
{
	size_t boxes = HIERARCHY_BOXES_MOST, nodes = (size_t)d->g->nodes + 1;

	d->mark = calloc(nodes, sizeof(*d->mark));
	d->above = calloc(nodes, sizeof(*d->above));
	d->peers = calloc(nodes, sizeof(*d->peers));
	*ret_place = calloc(nodes, sizeof(**ret_place));
	d->h->box = calloc(boxes, sizeof(*d->h->box));
	d->h->line = calloc(boxes * boxes, sizeof(*d->h->line));
	return d->mark && d->above && d->peers && *ret_place && d->h->box && d->h->line ? 0
											: -ENOMEM;
}

int hierarchy_new(const struct graph *g, const uint32_t *targets, size_t ntargets,
	const uint32_t *pinned, size_t npinned, struct hierarchy *ret_hierarchy)
{
	struct hierarchy h = {0};
	struct draft d = {.g = g, .targets = targets, .ntargets = ntargets, .h = &h};
	uint32_t *place = NULL;
	int rc = make_room(&d, &place);

	if (rc == 0) {
		for (size_t i = 0; i < ntargets; i++)
			d.mark[targets[i]] |= TARGET;
		for (size_t i = 0; i < npinned; i++)
			d.mark[pinned[i]] |= PINNED;
		survey(&d);
		choose(&d);
		sort_boxes(&d, place);
		set_levels(&d);
		add_lines(&d);
		rc = hierarchy_place(&h, g);
	}
	free(d.mark);
	free(d.above);
	free(d.peers);
	free(place);
	if (rc < 0)
		hierarchy_done(&h);
	else
		*ret_hierarchy = h;
	return rc;
}

void hierarchy_done(struct hierarchy *h)
{
	free(h->box);
	free(h->line);
	free(h->bend);
	*h = (struct hierarchy){0};
}
