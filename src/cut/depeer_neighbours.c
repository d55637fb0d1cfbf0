/*
 * Each neighbour of the targets, and what it alone takes or leaves. A neighbour that gives to
 * nobody (no customers, no siblings) takes but its own reach, and adds but that, so only the others
 * need searches. Customers and siblings are neither transit nor peers: when one of them alone is
 * left, nobody is.
 */
#include "cut/depeer_work.h"

#include <errno.h>
#include <stdlib.h>

static bool gives_to_nobody(const struct depeer_work *w, uint32_t node)
{
	return !w->q->links_only && !graph_down(w->g, node).n;
}

/* What a neighbour is to the targets, when it is several things to several: in this order. */
static const enum link_kind kinds[] = {LINK_PROVIDER, LINK_SIBLING, LINK_PEER, LINK_CUSTOMER};

static int list_kind(struct depeer_work *w, enum link_kind kind, struct depeer_list *list)
{
	for (size_t i = 0; i < w->targets.n; i++) {
		struct nodes next = graph_neighbours(w->g, w->targets.node[i], kind);

		for (uint32_t j = 0; j < next.n; j++) {
			if (w->is[next.node[j]] & (IS_TARGET | IS_LISTED))
				continue;
			w->is[next.node[j]] |= IS_LISTED;
			if (depeer_list_add(list, next.node[j]) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

static int list_all(struct depeer_work *w, struct depeer_list *list, size_t *end)
{
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < LINK_KINDS; k++) {
		rc = list_kind(w, kinds[k], list);
		end[k] = list->n;
	}
	for (size_t i = 0; i < list->n; i++)
		w->is[list->node[i]] &= (uint16_t)~IS_LISTED;
	return rc;
}

/* Cases of a neighbour stand together: takes, then alone when there is one. */
static int ask(struct depeer_work *w, const struct depeer_neighbour *n)
{
	size_t at;

	if (gives_to_nobody(w, n->node))
		return 0;
	if (depeer_cases_add(&w->asked, CASE_TAKES, n->node, &at) < 0)
		return -ENOMEM;
	if (!(w->is[n->node] & (IS_TRANSIT | IS_PEER)))
		return 0;
	return depeer_cases_add(&w->asked, CASE_ALONE, n->node, &at);
}

int depeer_neighbours_ask(struct depeer_work *w)
{
	struct depeer_list list = {NULL};
	size_t end[LINK_KINDS] = {0};
	int rc = list_all(w, &list, end);

	w->d->neighbours = rc < 0 ? NULL : calloc(list.n + 1, sizeof(*w->d->neighbours));
	if (!w->d->neighbours)
		rc = -ENOMEM;
	for (size_t i = 0, k = 0; rc == 0 && i < list.n; i++) {
		struct depeer_neighbour *n = &w->d->neighbours[w->d->nneighbours++];

		while (i >= end[k])
			k++;
		n->node = list.node[i];
		n->kind = kinds[k];
		n->cut = (w->is[n->node] & IS_CUT) != 0;
		rc = ask(w, n);
	}
	free(list.node);
	return rc;
}

static void tell(
	const struct depeer_work *w, struct depeer_neighbour *n, const struct depeer_case **c)
{
	double takes[MEASURES_MOST], alone[MEASURES_MOST];
	bool silent = gives_to_nobody(w, n->node);
	bool alone_counts = (w->is[n->node] & (IS_TRANSIT | IS_PEER)) != 0;
	const struct depeer_case *without = silent ? NULL : (*c)++;
	const struct depeer_case *left = silent || !alone_counts ? NULL : (*c)++;

	for (size_t k = 0; k < w->measures; k++) {
		double own = w->weight[k][n->node];

		takes[k] = without ? w->reached[k] - without->after[k] : own;
		alone[k] = left ? left->after[k] : w->nobody[k] + (alone_counts ? own : 0);
	}
	depeer_work_shares(w, takes, GRAPH_NONE, &n->takes);
	depeer_work_shares(w, alone, GRAPH_NONE, &n->alone);
}

static int by_what_it_takes(const void *a, const void *b, void *context)
{
	const struct depeer_neighbour *x = a, *y = b;
	size_t main = ((const struct depeer_work *)context)->main;

	if (x->takes.of[main] != y->takes.of[main])
		return x->takes.of[main] < y->takes.of[main] ? 1 : -1;
	if (x->alone.of[main] != y->alone.of[main])
		return x->alone.of[main] < y->alone.of[main] ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

void depeer_neighbours_tell(struct depeer_work *w)
{
	const struct depeer_case *c = w->asked.c;

	for (size_t i = 0; i < w->d->nneighbours; i++)
		tell(w, &w->d->neighbours[i], &c);
	if (w->d->nneighbours)
		qsort_r(w->d->neighbours, w->d->nneighbours, sizeof(*w->d->neighbours),
			by_what_it_takes, w);
}
