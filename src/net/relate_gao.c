/*
 * Gao's refined algorithm (2001), with its algorithm for peers. The AS with the most neighbours in
 * a path is its top; up to there each AS buys from the next, from there on it sells. What the paths
 * say of each link is counted: more than once in both ways, or once in both, makes siblings, else
 * the kind that was said more than once. Links beside a top may be peers instead: of the two there
 * only the one to the larger neighbour, when it is so in all paths and degrees differ by less than
 * sixty times.
 */
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>

#define OFTEN 1  /* Gao's L: what was said so often or less may be a mistake */
#define RATIO 60 /* Gao's R */

struct gao {
	struct relate_work *w;
	uint32_t *buys;   /* by step: paths that say that the tail buys from the head */
	uint8_t *no_peer; /* by link */
};

/* Where in the path its top stands: the first of those with most neighbours. */
static uint32_t top_of(const struct relate_work *w, const struct relate_path *p)
{
	uint32_t top = 0;

	for (uint32_t i = 1; i < p->n; i++)
		if (w->degree[p->hop[i]] > w->degree[p->hop[top]])
			top = i;
	return top;
}

static void count_path(struct gao *g, const struct relate_path *p)
{
	uint32_t top = top_of(g->w, p);

	for (uint32_t i = 0; i + 1 < p->n; i++)
		g->buys[p->step[i] ^ (i >= top)]++;
}

static uint8_t kind_of(const struct gao *g, uint32_t step)
{
	uint32_t there = g->buys[step], back = g->buys[step ^ 1];

	if (there && back && (there > OFTEN) == (back > OFTEN))
		return LINK_SIBLING;
	return there > back ? LINK_PROVIDER : LINK_CUSTOMER;
}

/* What cannot be peers: all links but those beside the top, and of these the one to the smaller. */
static void exclude(struct gao *g, const struct relate_path *p)
{
	const struct relate_work *w = g->w;
	uint32_t top = top_of(w, p);
	bool before = top > 0, behind = top + 1 < p->n;

	for (uint32_t i = 0; i + 1 < p->n; i++)
		if (i + 1 != top && i != top)
			g->no_peer[p->step[i] >> 1] = 1;
	if (!before || !behind)
		return;
	bool larger = w->degree[p->hop[top - 1]] > w->degree[p->hop[top + 1]];

	g->no_peer[p->step[larger ? top : top - 1] >> 1] = 1;
}

static void settle(struct gao *g)
{
	struct relate_work *w = g->w;

	for (uint32_t i = 0; i < w->links; i++) {
		uint64_t x = w->degree[w->end[i][0]], y = w->degree[w->end[i][1]];

		if (!(w->mark[i] & MARK_SEEN))
			continue;
		w->kind[i] = kind_of(g, 2 * i);
		if (!g->no_peer[i] && w->kind[i] != LINK_SIBLING && x < RATIO * y && y < RATIO * x)
			w->kind[i] = LINK_PEER;
	}
}

int relate_gao(struct relate_work *w)
{
	struct gao g = {.w = w};
	struct relate_path p;

	g.buys = calloc(2 * (size_t)w->links + 2, sizeof(*g.buys));
	g.no_peer = calloc(w->links + (size_t)1, 1);
	int rc = g.buys && g.no_peer ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < w->paths; i++)
		if (relate_path(w, i, &p))
			count_path(&g, &p);
	relate_tell(w);
	for (uint32_t i = 0; rc == 0 && i < w->paths; i++)
		if (relate_path(w, i, &p))
			exclude(&g, &p);
	relate_tell(w);
	if (rc == 0)
		settle(&g);
	free(g.buys);
	free(g.no_peer);
	return rc;
}
