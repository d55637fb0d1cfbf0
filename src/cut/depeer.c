/*
 * One pass over the graph answers most of it: the targets before and after, without transit,
 * without one neighbour or with one alone, the ways to the top, and the routes to those below the
 * targets, each a case of depeer_pass.h. Only big targets need more than one pass.
 */
#include "cut/depeer.h"
#include "cut/depeer_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int depeer_list_add(struct depeer_list *l, uint32_t node)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		uint32_t *more = realloc(l->node, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->node = more;
		l->room = room;
	}
	l->node[l->n++] = node;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void depeer_list_sort(struct depeer_list *l)
{
	size_t n = 0;

	if (!l->n)
		return;
	qsort(l->node, l->n, sizeof(*l->node), by_number);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || l->node[i] != l->node[n - 1])
			l->node[n++] = l->node[i];
	l->n = n;
}

/* Those that come before the last of the best so far are held; when there are twice as many as
 * asked for, the lesser half goes. */
void depeer_list_best(struct depeer_list *l, size_t most,
	int (*order)(const void *a, const void *b, void *context), void *context)
{
	bool full = false;
	size_t n = 0;

	for (size_t i = 0; most && i < l->n; i++) {
		if (full && order(&l->node[i], &l->node[most - 1], context) > 0)
			continue;
		l->node[n++] = l->node[i];
		if (n < 2 * most)
			continue;
		qsort_r(l->node, n, sizeof(*l->node), order, context);
		n = most;
		full = true;
	}
	if (n)
		qsort_r(l->node, n, sizeof(*l->node), order, context);
	l->n = n < most ? n : most;
}

int depeer_cases_add(struct depeer_cases *l, int kind, uint32_t node, size_t *ret_at)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct depeer_case *more = realloc(l->c, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->c = more;
		l->room = room;
	}
	l->c[l->n] = (struct depeer_case){.node = node};
	l->c[l->n].kind = kind;
	*ret_at = l->n++;
	return 0;
}

void depeer_work_shares(const struct depeer_work *w, const double *sum, uint32_t without,
	struct depeer_shares *ret_shares)
{
	*ret_shares = (struct depeer_shares){{0}};
	for (size_t k = 0; k < w->measures; k++) {
		double own = without == GRAPH_NONE ? 0 : w->weight[k][without];
		double of = w->base[k] - own, part = sum[k] - own;

		if (of > 0 && part > 0)
			ret_shares->of[k] = part < of ? part / of : 1;
	}
}

/* Marks a node and puts it on a list, unless it has one of the marks already. */
static int mark(struct depeer_work *w, uint32_t node, uint16_t unless, uint16_t is,
	struct depeer_list *list)
{
	if (w->is[node] & (unless | is))
		return 0;
	w->is[node] |= is;
	return depeer_list_add(list, node);
}

static int mark_each(struct depeer_work *w, struct nodes nodes, uint16_t unless, uint16_t is,
	struct depeer_list *list)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < nodes.n; i++)
		rc = mark(w, nodes.node[i], unless, is, list);
	return rc;
}

static int find_targets(struct depeer_work *w)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->q->ntargets; i++)
		if (w->q->targets[i] < w->g->nodes)
			rc = mark(w, w->q->targets[i], 0, IS_TARGET, &w->targets);
	for (size_t i = 0; i < w->targets.n; i++)
		depeer_pass_target(&w->pass, w->targets.node[i]);
	return rc;
}

/* The targets with their siblings, then who sells to these, and who peers with them. */
static int find_house(struct depeer_work *w)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->targets.n; i++)
		rc = mark(w, w->targets.node[i], 0, IS_HOUSE, &w->house);
	for (size_t i = 0; rc == 0 && i < w->house.n; i++)
		rc = mark_each(w, graph_neighbours(w->g, w->house.node[i], LINK_SIBLING), 0,
			IS_HOUSE, &w->house);
	for (size_t i = 0; rc == 0 && i < w->house.n; i++)
		rc = mark_each(w, graph_neighbours(w->g, w->house.node[i], LINK_PROVIDER), IS_HOUSE,
			IS_TRANSIT, &w->transit);
	for (size_t i = 0; rc == 0 && i < w->house.n; i++)
		rc = mark_each(w, graph_neighbours(w->g, w->house.node[i], LINK_PEER),
			IS_HOUSE | IS_TRANSIT, IS_PEER, &w->peers);
	return rc;
}

/* The cone as a list, in groups that have numbers in the graph's order: providers go first. */
static int by_group_down(const void *a, const void *b, void *context)
{
	const struct graph *g = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (g->group[x] != g->group[y])
		return g->group[x] < g->group[y] ? 1 : -1;
	return (x > y) - (x < y);
}

static int find_cone(struct depeer_work *w)
{
	int rc = 0;

	for (size_t i = 0; i < w->targets.n; i++)
		w->is[w->targets.node[i]] |= IS_CONE;
	for (size_t i = 0; rc == 0 && i < w->targets.n; i++)
		rc = mark_each(w, graph_down(w->g, w->targets.node[i]), 0, IS_CONE, &w->cone);
	for (size_t i = 0; rc == 0 && i < w->cone.n; i++)
		rc = mark_each(w, graph_down(w->g, w->cone.node[i]), 0, IS_CONE, &w->cone);
	if (rc == 0 && w->cone.n)
		qsort_r(w->cone.node, w->cone.n, sizeof(*w->cone.node), by_group_down,
			(void *)(uintptr_t)w->g);
	return rc;
}

/* Those that stop: never a target, nor one that is kept. */
static int find_cut(struct depeer_work *w)
{
	const uint32_t *from = w->q->all_transit ? w->transit.node : w->q->cut;
	size_t n = w->q->all_transit ? w->transit.n : w->q->ncut;
	struct depeer_list cut = {NULL}, strangers = {NULL};
	int rc = 0;

	for (size_t i = 0; i < w->q->nkeep; i++)
		if (w->q->keep[i] < w->g->nodes)
			w->is[w->q->keep[i]] |= IS_KEPT;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (from[i] < w->g->nodes)
			rc = mark(w, from[i], IS_TARGET | IS_KEPT, IS_CUT, &cut);
	depeer_list_sort(&cut);
	for (size_t i = 0; rc == 0 && i < cut.n; i++) {
		struct nodes all = graph_all(w->g, cut.node[i]);
		bool linked = false;

		for (uint32_t j = 0; !linked && j < all.n; j++)
			linked = w->is[all.node[j]] & IS_TARGET;
		if (!linked)
			rc = depeer_list_add(&strangers, cut.node[i]);
		w->cut_in_cone |= (w->is[cut.node[i]] & IS_CONE) != 0;
	}
	w->d->cut = cut.node;
	w->d->ncut = cut.n;
	w->d->strangers = strangers.node;
	w->d->nstrangers = strangers.n;
	return rc;
}

/* Without a clique the top are groups that have no provider outside. */
static int find_top_groups(struct depeer_work *w)
{
	const struct graph *g = w->g;
	int rc = 0;

	for (uint32_t i = 0, end; rc == 0 && i < g->nodes; i = end) {
		uint32_t group = g->group[g->order[i]];
		bool is_top = true;

		for (end = i; end < g->nodes && g->group[g->order[end]] == group; end++) {
			struct nodes up = graph_up(g, g->order[end]);

			for (uint32_t j = 0; is_top && j < up.n; j++)
				is_top = g->group[up.node[j]] == group;
		}
		for (uint32_t j = i; rc == 0 && is_top && j < end; j++)
			rc = mark(w, g->order[j], 0, IS_TOP, &w->tops);
	}
	return rc;
}

static int find_tops(struct depeer_work *w)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->g->nodes; i++)
		if (w->g->flags[i] & GRAPH_CLIQUE)
			rc = mark(w, i, 0, IS_TOP, &w->tops);
	return rc == 0 && !w->tops.n ? find_top_groups(w) : rc;
}

static void find_measures(struct depeer_work *w)
{
	const struct measures *m = w->q->measures;

	w->measures = m->n;
	for (size_t k = 0; k < m->n; k++) {
		w->weight[k] = m->m[k].of;
		w->base[k] = m->m[k].total;
		for (size_t i = 0; i < w->targets.n; i++)
			w->base[k] -= m->m[k].of[w->targets.node[i]];
		if (strcmp(m->m[k].name, "ipv4") == 0)
			w->main = k;
	}
}

static int find_remaining(struct depeer_work *w)
{
	struct depeer_list l = {NULL};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->transit.n; i++)
		if (!(w->is[w->transit.node[i]] & IS_CUT))
			rc = depeer_list_add(&l, w->transit.node[i]);
	depeer_list_sort(&l);
	w->d->remaining = l.node;
	w->d->nremaining = l.n;
	return rc;
}

/* The biggest by cone, targets left out. */
static int bigger(const void *a, const void *b, void *context)
{
	const struct graph *g = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (g->cone[x] != g->cone[y])
		return g->cone[x] < g->cone[y] ? 1 : -1;
	return (x > y) - (x < y);
}

static int list_bigger(struct depeer_work *w, uint32_t than, struct depeer_list *list)
{
	int rc = 0;

	list->n = 0;
	for (uint32_t i = 0; rc == 0 && i < w->g->nodes; i++)
		if (w->g->cone[i] > than && !(w->is[i] & IS_TARGET))
			rc = depeer_list_add(list, i);
	return rc;
}

static int find_biggest(struct depeer_work *w)
{
	struct depeer_list all = {NULL};
	int rc = w->q->biggest ? list_bigger(w, 1, &all) : 0;

	if (rc == 0 && all.n < w->q->biggest) /* those without customers, too */
		rc = list_bigger(w, 0, &all);
	depeer_list_best(&all, w->q->biggest, bigger, (void *)(uintptr_t)w->g);
	if (rc == 0 && !(w->d->biggest = malloc((all.n + 1) * sizeof(*w->d->biggest))))
		rc = -ENOMEM;
	for (size_t i = 0; rc == 0 && i < all.n; i++)
		w->d->biggest[w->d->nbiggest++] = (struct depeer_network){
			all.node[i], w->d->before[all.node[i]], w->d->after[all.node[i]]};
	free(all.node);
	return rc;
}

/* By networks outside the targets' cones, for those inside mostly reach them still: up to this
 * share of what it was is little, so many more transits are many. */
#define LITTLE 0.1
#define MANY   4

static bool any_at_top(const struct depeer_work *w)
{
	for (size_t i = 0; i < w->targets.n; i++)
		if (w->is[w->targets.node[i]] & IS_TOP)
			return true;
	return false;
}

static enum depeer_outlook outlook(const struct depeer_work *w)
{
	double little = LITTLE * w->outside;

	if (w->reached[0] > 0 && any_at_top(w))
		return OUTLOOK_AT_TOP;
	if (w->outside <= 0)
		return OUTLOOK_ALREADY_APART;
	if (w->outside_left <= little)
		return OUTLOOK_CUTS_OFF;
	if (!w->d->nremaining || w->by_transit <= little)
		return OUTLOOK_PEERS_REMAIN;
	return w->d->nremaining < MANY ? OUTLOOK_TRANSIT_REMAINS : OUTLOOK_MANY_TRANSITS;
}

static int set_up(struct depeer_work *w)
{
	size_t n = (size_t)w->g->nodes + 1;
	int rc = depeer_pass_init(&w->pass, w->g, w->q->links_only);

	w->is = calloc(n, sizeof(*w->is));
	w->d->before = malloc(n);
	w->d->after = malloc(n);
	if (rc < 0 || !w->is || !w->d->before || !w->d->after)
		return -ENOMEM;
	if ((rc = find_targets(w)) < 0 || (rc = find_house(w)) < 0 || (rc = find_cone(w)) < 0 ||
		(rc = find_cut(w)) < 0 || (rc = find_tops(w)) < 0)
		return rc;
	find_measures(w);
	return find_remaining(w);
}

static int answer(struct depeer_work *w)
{
	int rc;

	if ((rc = set_up(w)) < 0 || (rc = depeer_neighbours_ask(w)) < 0 ||
		(rc = depeer_hurt_ask(w)) < 0)
		return rc;
	depeer_case_run(w, 0, w->asked.n);
	depeer_work_shares(w, w->reached, GRAPH_NONE, &w->d->reach_before);
	depeer_work_shares(w, w->left, GRAPH_NONE, &w->d->reach_after);
	depeer_neighbours_tell(w);
	if ((rc = depeer_hurt_tell(w)) < 0 || (rc = find_biggest(w)) < 0)
		return rc;
	w->d->outlook = outlook(w);
	return depeer_next(w);
}

int depeer(const struct graph *g, const struct depeer_question *q, struct depeer *ret_depeer)
{
	struct depeer d = {NULL};
	struct depeer_work w = {.g = g, .q = q, .d = &d};
	int rc = answer(&w);

	depeer_pass_done(&w.pass);
	free(w.is);
	free(w.targets.node);
	free(w.house.node);
	free(w.transit.node);
	free(w.peers.node);
	free(w.tops.node);
	free(w.cone.node);
	free(w.asked.c);
	free(w.case_of);
	free(w.exits);
	if (rc < 0)
		depeer_done(&d);
	else
		*ret_depeer = d;
	return rc;
}

void depeer_done(struct depeer *d)
{
	free(d->cut);
	free(d->strangers);
	free(d->before);
	free(d->after);
	free(d->biggest);
	free(d->hurt);
	free(d->neighbours);
	free(d->remaining);
	free(d->next);
	*d = (struct depeer){NULL};
}
