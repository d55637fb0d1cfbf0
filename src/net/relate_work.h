/* What the steps of an inference work on: paths as nodes and links, and what is known of each.
 * Private to relate*.c. */
#ifndef CORDON_NET_RELATE_WORK_H
#define CORDON_NET_RELATE_WORK_H

#include "net/relate.h"

#define LINK_UNKNOWN LINK_KINDS /* a link's kind that is not known yet */

/*
 * A step is a link walked in one direction: 2 * link from its lower node to the higher one, one
 * more for the way back.
 */
struct relate_work {
	uint32_t nodes;
	asn_t *asn;                 /* [nodes], ascending: a node is an AS's rank by number */
	uint8_t *top;               /* [nodes]: of the clique */
	uint32_t *order;            /* [nodes]: all nodes, the highest first (relate_measure()) */
	uint32_t *rank;             /* [nodes]: where in order[] */
	uint32_t *degree, *transit; /* [nodes]: neighbours; those it was seen between (transit
				       degree) */

	uint32_t paths;
	uint32_t *start; /* [paths + 1] */
	uint32_t *hop;   /* hops of path i are hop[start[i]] .. hop[start[i + 1] - 1]; nodes */
	uint32_t *step;  /* [as hop]: the step from that hop to the next; no meaning at the last */
	uint8_t *left;   /* [paths]: left out, as poisoned */

	uint32_t links;
	uint32_t (*end)[2]; /* [links]: the lower node, the higher */
	uint8_t *kind;      /* [links]: what the higher is to the lower; LINK_UNKNOWN */
	uint8_t *mark;      /* [links]: enum relate_mark */

	const struct relate_options *options;
	int32_t day;
	struct relate_report report;
	uint64_t done; /* passes over the paths, for progress */
};

/* What the paths show of a link (relate_measure()). */
enum relate_mark {
	MARK_MIDDLE_LOW = 1,  /* its lower node in the middle of a path, */
	MARK_MIDDLE_HIGH = 2, /* or the higher one */
	MARK_SEEN = 4,        /* a path that is not left out has it */
};

/* One path: n hops, n - 1 steps. relate_path() is false for one that is left out. */
struct relate_path {
	const uint32_t *hop, *step;
	uint32_t n;
};

static inline bool relate_path(const struct relate_work *w, uint32_t i, struct relate_path *ret)
{
	ret->hop = w->hop + w->start[i];
	ret->step = w->step + w->start[i];
	ret->n = w->start[i + 1] - w->start[i];
	return !w->left[i];
}

static inline uint32_t step_tail(const struct relate_work *w, uint32_t step)
{
	return w->end[step >> 1][step & 1];
}

static inline uint32_t step_head(const struct relate_work *w, uint32_t step)
{
	return w->end[step >> 1][!(step & 1)];
}

static inline uint8_t kind_turned(uint8_t kind)
{
	return kind == LINK_PROVIDER ? LINK_CUSTOMER : kind == LINK_CUSTOMER ? LINK_PROVIDER : kind;
}

/* What the head of a step is to its tail. */
static inline uint8_t step_kind(const struct relate_work *w, uint32_t step)
{
	uint8_t kind = w->kind[step >> 1];

	return step & 1 ? kind_turned(kind) : kind;
}

static inline void step_set(struct relate_work *w, uint32_t step, uint8_t kind)
{
	w->kind[step >> 1] = step & 1 ? kind_turned(kind) : kind;
}

/* Takes the paths in: relate_read.c. Returns 0, -EINVAL when no path is usable, or -ENOMEM. */
int relate_read(
	struct relate_work *w, const struct paths *paths, const struct relate_options *options);
void relate_done(struct relate_work *w);

/* Degrees, transit degrees and order, from the paths that are not left out; the clique first, then
 * by transit degree, degree, lowest number. */
void relate_measure(struct relate_work *w);

#define RELATE_PASSES 7

/* One more pass over the paths is done. */
void relate_tell(struct relate_work *w);

/* How many vantage points see about all there is: have a quarter or more of the paths that the one
 * with most has. Returns 0 or -ENOMEM. */
int relate_views(const struct relate_work *w, uint32_t *ret_views);

/* Finds the clique, sets top[]: relate_clique.c. Returns 0 or -ENOMEM. */
int relate_clique(struct relate_work *w);

/* Each sets the kind of every link that a path shows: relate_luckie.c, relate_gao.c. */
int relate_luckie(struct relate_work *w);
int relate_gao(struct relate_work *w);

/* Makes links peers until no circle of providers is left: relate_circle.c. */
int relate_circles(struct relate_work *w);

#endif
