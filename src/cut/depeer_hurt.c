/*
 * Who else is hurt: ASes in the customer cone of the targets, for their routes may pass a target.
 * For others nothing changes but what those below the targets refuse themselves, which is not
 * counted as harm.
 *
 * Each AS of the cone is a case of its own, but for
 * - captives, who without the only target hear of nobody outside its cone: they are reached by
 *   those that reach the target;
 * - ASes without customers, siblings and peers that have the same providers: one case for all;
 * - in big cones, those with a way past the targets to an AS of the top that is itself still
 *   reached by all that reached the targets. Most are; they are asked about only where they are
 * down to one upstream, to tell who reaches them. And where it takes fewer searches, one is made
 * for each AS that the targets lost, instead (depeer_inverse.c).
 */
#include "cut/depeer_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many cases are run without first looking who is safe; so many of the top are looked at. */
#define FEW  48
#define TOPS 48

/* Has no one to give routes to and none of peers. */
static bool is_stub(const struct graph *g, uint32_t node)
{
	const uint32_t *row = g->row + 4 * (size_t)node;

	return row[LINK_SIBLING] == row[LINK_KINDS];
}

/* True when the identity of CASE_ORIGIN does not hold (depeer_case.c). */
static bool must_walk(const struct depeer_work *w)
{
	return w->targets.n > 1 || (w->q->links_only && w->cut_in_cone);
}

/*
 * All that an AS hears of without the target lies in the target's cone: its ways up lead to the
 * target, its peers are of the cone. Providers go first in the cone; in circles and among siblings
 * nobody is taken for a captive. When somebody of the cone stops, one may be hidden behind him:
 * then only those are that give nothing on, and take nothing but from the target.
 */
static bool is_captive(const struct depeer_work *w, uint32_t node)
{
	struct nodes up = graph_up(w->g, node), peers = graph_neighbours(w->g, node, LINK_PEER);
	uint16_t above = IS_TARGET | (w->cut_in_cone ? 0 : IS_CAPTIVE);

	if (w->cut_in_cone && !is_stub(w->g, node))
		return false;
	for (uint32_t i = 0; i < up.n; i++)
		if (!(w->is[up.node[i]] & above))
			return false;
	for (uint32_t i = 0; i < peers.n; i++)
		if (!(w->is[peers.node[i]] & IS_CONE))
			return false;
	return true;
}

static void mark_captives(struct depeer_work *w)
{
	for (size_t i = 0; w->targets.n == 1 && i < w->cone.n; i++)
		if (is_captive(w, w->cone.node[i]))
			w->is[w->cone.node[i]] |= IS_CAPTIVE;
}

/* A way to the top that an AS takes from somebody above: before, and after. */
static bool has_way(const struct depeer_work *w, uint32_t node, bool after)
{
	if (!after)
		return w->is[node] & HAD_WAY;
	return w->is[node] & (w->is[node] & IS_TARGET ? HAS_WAY_OUT : HAS_WAY);
}

/* A member of a circle of providers that is of the top, or has a way out of the circle. */
static bool is_exit(const struct depeer_work *w, uint32_t node, bool after)
{
	struct nodes up = graph_up(w->g, node);

	if (w->is[node] & IS_TOP && has_way(w, node, after))
		return true;
	for (uint32_t i = 0; i < up.n; i++)
		if (w->g->group[up.node[i]] != w->g->group[node] && has_way(w, up.node[i], after))
			return true;
	return false;
}

/* Two exits of a group, if there are so many. */
struct depeer_exits {
	uint32_t node[2], n;
	bool known;
};

static void find_exits(
	const struct depeer_work *w, uint32_t group, bool after, struct depeer_exits *e)
{
	const struct graph *g = w->g;
	uint32_t from = 0, to = g->nodes;

	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (g->group[g->order[mid]] < group)
			from = mid + 1;
		else
			to = mid;
	}
	e->known = true;
	for (; from < g->nodes && g->group[g->order[from]] == group && e->n < 2; from++)
		if (is_exit(w, g->order[from], after))
			e->node[e->n++] = g->order[from];
}

/* A provider in the AS's own circle is a way of its own as far as the circle has another exit than
 * the AS. Whether the way there leads through the AS is not looked at. */
static bool has_other_exit(struct depeer_work *w, uint32_t node, bool after)
{
	struct depeer_exits *e = &w->exits[2 * (size_t)w->g->group[node] + after];

	if (!e->known)
		find_exits(w, w->g->group[node], after, e);
	return e->n > 1 || (e->n == 1 && e->node[0] != node);
}

static uint32_t upstreams(struct depeer_work *w, uint32_t node, bool after)
{
	struct nodes providers = graph_neighbours(w->g, node, LINK_PROVIDER);
	uint32_t n = 0;

	for (uint32_t i = 0; i < providers.n; i++) {
		uint32_t p = providers.node[i];

		n += has_way(w, p, after) &&
		     (w->g->group[p] != w->g->group[node] || has_other_exit(w, node, after));
	}
	return n;
}

static bool is_one_left(struct depeer_work *w, uint32_t node)
{
	return upstreams(w, node, false) >= 2 && upstreams(w, node, true) == 1;
}

/* Those that are safe are asked about only to tell who reaches them. */
static bool is_asked(struct depeer_work *w, uint32_t node)
{
	if (w->is[node] & (IS_CUT | IS_CAPTIVE))
		return false;
	return !(w->is[node] & IS_SAFE) || is_one_left(w, node);
}

static int by_providers(const void *a, const void *b, void *context)
{
	const struct graph *g = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	bool stub_x = is_stub(g, x), stub_y = is_stub(g, y);
	struct nodes up_x = graph_up(g, x), up_y = graph_up(g, y);

	if (stub_x != stub_y)
		return stub_x ? 1 : -1;
	if (up_x.n != up_y.n)
		return up_x.n < up_y.n ? -1 : 1;
	for (uint32_t i = 0; stub_x && i < up_x.n; i++)
		if (up_x.node[i] != up_y.node[i])
			return up_x.node[i] < up_y.node[i] ? -1 : 1;
	return (x > y) - (x < y);
}

bool depeer_hurt_is_equal(const struct graph *g, uint32_t x, uint32_t y)
{
	struct nodes up_x = graph_up(g, x), up_y = graph_up(g, y);

	return is_stub(g, x) && is_stub(g, y) && up_x.n == up_y.n &&
	       memcmp(up_x.node, up_y.node, up_x.n * sizeof(*up_x.node)) == 0;
}

void depeer_hurt_sort(const struct graph *g, struct depeer_list *list)
{
	if (list->n)
		qsort_r(list->node, list->n, sizeof(*list->node), by_providers,
			(void *)(uintptr_t)g);
}

#define NO_CASE UINT32_MAX

/* Adds the cases of the cone, which is in their order: of those that are safe, or of the others. */
static int add_cases(struct depeer_work *w, bool safe)
{
	int kind = must_walk(w) ? CASE_WALK : CASE_ORIGIN;
	uint32_t last = GRAPH_NONE;

	for (size_t i = 0, at; i < w->cone.n; i++) {
		uint32_t node = w->cone.node[i];

		if (((w->is[node] & IS_SAFE) != 0) != safe)
			continue;
		w->case_of[i] = NO_CASE;
		if (!is_asked(w, node))
			continue;
		if (last == GRAPH_NONE || !depeer_hurt_is_equal(w->g, last, node))
			if (depeer_cases_add(&w->asked, kind, node, &at) < 0)
				return -ENOMEM;
		w->case_of[i] = (uint32_t)w->asked.n - 1;
		last = node;
	}
	return 0;
}

int depeer_hurt_ask(struct depeer_work *w)
{
	int rc;

	w->hurt_from = w->asked.n;
	if (!w->d->ncut)
		return 0;
	w->case_of = malloc((w->cone.n + 1) * sizeof(*w->case_of));
	if (w->pass.grouped)
		w->exits = calloc(2 * (size_t)w->g->nodes, sizeof(*w->exits));
	if (!w->case_of || (w->pass.grouped && !w->exits))
		return -ENOMEM;
	mark_captives(w);
	depeer_hurt_sort(w->g, &w->cone);
	rc = add_cases(w, false);
	w->many_hurt = w->asked.n - w->hurt_from > FEW;
	if (rc < 0 || !w->many_hurt)
		return rc;
	/* First the targets alone and the top, then those that are not safe. */
	w->asked.n = w->hurt_from;
	for (size_t i = 0, at; rc == 0 && i < w->tops.n && i < TOPS; i++)
		if (!(w->is[w->tops.node[i]] & IS_TARGET))
			rc = depeer_cases_add(&w->asked, CASE_TOP, w->tops.node[i], &at);
	return rc;
}

static int ask_many(struct depeer_work *w)
{
	size_t first = w->hurt_from, safe;
	int rc;

	depeer_case_mark_safe(w, first, w->asked.n);
	w->asked.n = first;
	if ((rc = add_cases(w, false)) < 0)
		return rc;
	safe = w->asked.n;
	if ((rc = add_cases(w, true)) < 0)
		return rc;
	if (!must_walk(w) && (rc = depeer_inverse(w, first, w->asked.n, safe - first, true)) != 0)
		return rc < 0 ? rc : 0;
	if (safe > first)
		depeer_case_run(w, first, safe);
	if ((rc = depeer_inverse(w, safe, w->asked.n, w->asked.n - safe, false)) != 0)
		return rc < 0 ? rc : 0;
	if (w->asked.n > safe)
		depeer_case_run(w, safe, w->asked.n);
	return 0;
}

static bool is_single_homed(const struct depeer_work *w, uint32_t node)
{
	struct nodes up = graph_up(w->g, node);

	for (uint32_t i = 0; i < up.n; i++)
		if (!(w->is[up.node[i]] & IS_TARGET))
			return false;
	return graph_neighbours(w->g, node, LINK_PROVIDER).n > 0;
}

/* What the targets' own case says of a captive, in the form of a case. */
static struct depeer_case as_targets(const struct depeer_work *w)
{
	struct depeer_case c = {.rest_before = w->outside, .rest_after = w->outside_left};

	memcpy(c.before, w->reached, sizeof(c.before));
	memcpy(c.after, w->left, sizeof(c.after));
	return c;
}

/* Returns whether the AS is hurt, and how. */
static bool judge(struct depeer_work *w, uint32_t node, const struct depeer_case *c,
	struct depeer_hurt *ret_hurt)
{
	struct depeer_hurt h = {.node = node,
		.single_homed = is_single_homed(w, node),
		.upstreams_before = upstreams(w, node, false),
		.upstreams_after = upstreams(w, node, true)};

	if (c->before[0] > c->after[0])
		h.how = c->rest_before > 0 && c->rest_after <= 0 && !has_way(w, node, true)
				? HURT_LOST
				: HURT_LESS;
	else if (h.upstreams_before >= 2 && h.upstreams_after == 1)
		h.how = HURT_ONE_LEFT;
	else
		return false;
	depeer_work_shares(w, c->before, node, &h.before);
	depeer_work_shares(w, c->after, node, &h.after);
	for (size_t k = 0; k < w->measures; k++)
		h.owns[k] = w->weight[k][node];
	*ret_hurt = h;
	return true;
}

static int by_need(const void *a, const void *b, void *context)
{
	const struct depeer_hurt *x = a, *y = b;
	const struct depeer_work *w = context;
	uint32_t cone_x = w->g->cone[x->node], cone_y = w->g->cone[y->node];

	if (x->single_homed != y->single_homed)
		return x->single_homed ? -1 : 1;
	if (x->owns[w->main] != y->owns[w->main])
		return x->owns[w->main] < y->owns[w->main] ? 1 : -1;
	if (x->how != y->how)
		return x->how < y->how ? -1 : 1;
	if (cone_x != cone_y)
		return cone_x < cone_y ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

static int add_hurt(struct depeer *d, size_t *room, const struct depeer_hurt *h)
{
	if (d->nhurt == *room) {
		size_t more = *room ? 2 * *room : 16;
		struct depeer_hurt *bigger = realloc(d->hurt, more * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		d->hurt = bigger;
		*room = more;
	}
	d->hurt[d->nhurt++] = *h;
	return 0;
}

int depeer_hurt_tell(struct depeer_work *w)
{
	struct depeer_case targets = as_targets(w);
	struct depeer_hurt h;
	size_t room = 0;
	int rc = w->many_hurt ? ask_many(w) : 0;

	for (size_t i = 0; rc == 0 && w->d->ncut && i < w->cone.n; i++) {
		uint32_t node = w->cone.node[i], at = w->case_of[i];

		if (at == NO_CASE && !(w->is[node] & IS_CAPTIVE))
			continue;
		if (!(w->is[node] & IS_CUT) &&
			judge(w, node, at == NO_CASE ? &targets : &w->asked.c[at], &h))
			rc = add_hurt(w->d, &room, &h);
	}
	if (rc == 0 && w->d->nhurt)
		qsort_r(w->d->hurt, w->d->nhurt, sizeof(*w->d->hurt), by_need, w);
	return rc;
}
