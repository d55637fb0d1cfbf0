/*
 * What the parts of depeer() share while one question is answered: who is what, and cases to be
 * run. Not for others.
 */
#ifndef CORDON_CUT_DEPEER_WORK_H
#define CORDON_CUT_DEPEER_WORK_H

#include "cut/depeer.h"
#include "cut/depeer_pass.h"

/* What a node is. */
enum depeer_is {
	IS_TARGET = 1,
	IS_CUT = 2,
	IS_KEPT = 4,
	IS_CONE = 8,      /* a target, or in the customer cone of one */
	IS_HOUSE = 16,    /* a target, or a sibling of one, or of a sibling */
	IS_TRANSIT = 32,  /* a provider of the house */
	IS_PEER = 64,     /* a peer of the house, and no provider of it */
	IS_TOP = 128,     /* of the top: the clique, or else without providers */
	IS_CAPTIVE = 256, /* without the target it is of its cone alone */
	IS_SAFE = 512,    /* still reached by all that were before */
	IS_LISTED = 1024, /* for lists in the making */
	HAD_WAY = 2048,   /* a way up to the top: before */
	HAS_WAY = 4096,   /* after, as far as others take its routes */
	HAS_WAY_OUT =
		8192, /* of a target, and of what hears of it: a way for the targets' routes */
};

/* A growing list of nodes. */
struct depeer_list {
	uint32_t *node;
	size_t n, room;
};

/* Returns 0, or -ENOMEM with the list as it was. */
int depeer_list_add(struct depeer_list *l, uint32_t node);

/* Ascending, each once. */
void depeer_list_sort(struct depeer_list *l);

/* Keeps the first `most` by an order (of pointers to nodes, none equal), in that order. Cost:
 * mostly one comparison each. */
void depeer_list_best(struct depeer_list *l, size_t most,
	int (*order)(const void *a, const void *b, void *context), void *context);

/* One more case, and its answer: sums of the measures. */
struct depeer_case {
	enum {
		CASE_TAKES,  /* reach of the targets when the node alone stops: after */
		CASE_ALONE,  /* when of transit and peers it alone is left: after */
		CASE_ORIGIN, /* who reaches the node: by what is known of the only target */
		CASE_WALK,   /* the same, by searches of its own */
		CASE_TOP,    /* is the node, after, reached by all that reached the targets?
				after: by how many it is not */
	} kind;
	uint32_t node;
	uint64_t bit; /* its first, while it is run */
	double before[MEASURES_MOST], after[MEASURES_MOST];
	double rest_before, rest_after; /* networks of those, outside the targets' cones */
};

struct depeer_cases {
	struct depeer_case *c;
	size_t n, room;
};

/* Adds one and tells its place. Returns 0 or -ENOMEM. */
int depeer_cases_add(struct depeer_cases *l, int kind, uint32_t node, size_t *ret_at);

struct depeer_work {
	const struct graph *g;
	const struct depeer_question *q;
	struct depeer *d;
	uint16_t *is; /* is[N]: enum depeer_is */
	struct depeer_list targets, house, transit, peers, tops;
	struct depeer_list cone; /* of the targets, themselves left out; providers first */
	bool cut_in_cone;        /* somebody in the cone stops */
	size_t measures;
	const double *weight[MEASURES_MOST];
	double base[MEASURES_MOST]; /* sums over all but targets */
	size_t main;                /* the measure to sort by: addresses when there are any */
	struct depeer_pass pass;
	bool ran; /* the first pass was run, with what is asked of the targets alone */
	double reached[MEASURES_MOST], left[MEASURES_MOST]; /* before, after */
	double nobody[MEASURES_MOST]; /* reach without any transit and peers */
	double by_transit;            /* networks outside reached through transit that remains */
	double outside, outside_left; /* networks outside their cones that reach them: before,
					 after */
	struct depeer_cases asked;    /* about neighbours, then about those perhaps hurt */
	size_t hurt_from;             /* where in asked.c the latter begin */
	bool many_hurt;               /* so many perhaps that they are asked about later */
	uint32_t *case_of;            /* case_of[cone.n]: places in asked.c */
	struct depeer_exits *exits;   /* exits[2 * N]: of each group, before and after; NULL when
					  no group has two members */
};

/* Runs the cases asked.c[from .. to - 1] and, the first time, all that is asked of the targets
 * alone. */
void depeer_case_run(struct depeer_work *w, size_t from, size_t to);

/* Marks IS_SAFE in the cone: those that reach, upwards past no target, a top that lacks nobody by
 * its CASE_TOP, which are asked.c[from .. to - 1]. */
void depeer_case_mark_safe(struct depeer_work *w, size_t from, size_t to);

/* The share of a sum over all but targets and one node (GRAPH_NONE: none). */
void depeer_work_shares(const struct depeer_work *w, const double *sum, uint32_t without,
	struct depeer_shares *ret_shares);

/* d->neighbours: what is to be asked; the answers. Return 0 or -ENOMEM. */
int depeer_neighbours_ask(struct depeer_work *w);
void depeer_neighbours_tell(struct depeer_work *w);

/* d->hurt. Return 0 or -ENOMEM. */
int depeer_hurt_ask(struct depeer_work *w);
int depeer_hurt_tell(struct depeer_work *w);

/*
 * ASes that give routes to nobody and take them from the same providers are reached alike; those
 * stand together after sorting. Their own part aside, one search serves them all.
 */
void depeer_hurt_sort(const struct graph *g, struct depeer_list *list);
bool depeer_hurt_is_equal(const struct graph *g, uint32_t x, uint32_t y);

/*
 * Answers the cases [from, to) the other way round: by searches from those that do not reach the
 * targets. `gone`: from those that do not after, and through no target; else from those that did
 * not before, for cases of which it is known that they lose nobody. Returns 1 when done, 0 when it
 * would have taken more than `most` searches and was not, or -ENOMEM.
 */
int depeer_inverse(struct depeer_work *w, size_t from, size_t to, size_t most, bool gone);

/* d->next. Returns 0 or -ENOMEM. */
int depeer_next(struct depeer_work *w);

#endif
