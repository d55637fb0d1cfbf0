/*
 * Cases are run as many at a time as fit into one pass. Two are in every pass: the targets before
 * and after.
 *
 * Who reaches an AS c below the targets, in the model 'refusal': a route to c is refused by those
 * that stop once it has passed a target, and not before. So a search for c has two bits, one of
 * routes that have passed none, and one that targets turn it into and that those that stop refuse
 * (CASE_WALK). With a single target one bit is enough (CASE_ORIGIN), for then
 *
 *     reached(c) = reached(c, without the target) + reached(target)         (+ the target)
 *
 * before and after. A path from c that passes the target goes on from there as one from the target
 * itself would, and whoever stops on it stops the same. Other way round, c lies below the target,
 * and up to there no route has passed it, so nobody refuses it: the target has c as a customer and
 * gives it to all that it gives its own to. Where such a path comes back to an AS between c and the
 * target, that AS has the shorter one. With several targets c may lie below one of them alone, and
 * a path may come down to another: the identity does not hold.
 *
 * In the model 'link' the way from c up to the target can itself be gone, if one that stops is on
 * it; then c is searched for, too.
 */
#include "cut/depeer_work.h"

#include <string.h>

enum bit {
	BIT_BEFORE = 1 << 0,
	BIT_AFTER = 1 << 1,
	FIRST_OF_PASS = 2,

	/* In the first pass alone: */
	BIT_BY_PEERS = 1 << 2,   /* all transit stops */
	BIT_BY_TRANSIT = 1 << 3, /* those asked stop, and all peers */
	BIT_NOBODY = 1 << 4,     /* all transit and all peers */
	BIT_HAD_WAY = 1 << 5,    /* ways down from the top */
	BIT_HAS_WAY = 1 << 6,
	BIT_HAS_WAY_OUT = 1 << 7,
	FIRST_OF_FIRST = 8,
};

/* The bits of a walk, from its first on: before; after; what targets turn the latter into. */
enum { WALK_BEFORE = 1, WALK_AFTER = 2, WALK_TURNED = 4 };

static unsigned bits_of(const struct depeer_case *c)
{
	return c->kind == CASE_WALK || c->kind == CASE_TOP ? 3 : 1;
}

/* A node stops in these cases, as the question says how. */
static void stop(struct depeer_work *w, uint32_t node, uint64_t cases)
{
	if (w->q->links_only)
		depeer_pass_part(&w->pass, node, cases);
	else
		depeer_pass_refuse(&w->pass, node, cases);
}

static void stop_all(struct depeer_work *w, const uint32_t *node, size_t n, uint64_t cases)
{
	for (size_t i = 0; cases && i < n; i++)
		stop(w, node[i], cases);
}

static void origin_all(struct depeer_work *w, uint64_t cases)
{
	for (size_t i = 0; i < w->targets.n; i++)
		depeer_pass_origin(&w->pass, w->targets.node[i], cases);
}

static void set_up_fixed(struct depeer_work *w)
{
	uint64_t all = BIT_BY_PEERS | BIT_BY_TRANSIT | BIT_NOBODY;

	origin_all(w, all);
	stop_all(w, w->transit.node, w->transit.n, BIT_BY_PEERS | BIT_NOBODY);
	stop_all(w, w->peers.node, w->peers.n, BIT_BY_TRANSIT | BIT_NOBODY);
	stop_all(w, w->d->cut, w->d->ncut, BIT_BY_TRANSIT | BIT_HAS_WAY_OUT);
	if (w->q->links_only) {
		stop_all(w, w->d->cut, w->d->ncut, BIT_HAS_WAY);
		return;
	}
	/* A way past a target is one for others only as far as the target's own routes go. */
	for (size_t i = 0; i < w->targets.n; i++)
		depeer_pass_refuse(&w->pass, w->targets.node[i], BIT_HAS_WAY);
	w->pass.way_in = BIT_HAS_WAY_OUT;
	w->pass.way_out = BIT_HAS_WAY;
}

/* The ways begin at the top. A target there ends to be one when others of the top had routes to it
 * and none has any more. */
static void set_up_ways(struct depeer_work *w)
{
	uint64_t heard = 0;

	for (size_t i = 0; i < w->tops.n; i++)
		if (!(w->is[w->tops.node[i]] & IS_TARGET))
			heard |= w->pass.word[w->tops.node[i]] | w->pass.peer[w->tops.node[i]];
	for (size_t i = 0; i < w->tops.n; i++) {
		uint32_t top = w->tops.node[i];
		uint64_t ways = BIT_HAD_WAY | BIT_HAS_WAY | BIT_HAS_WAY_OUT;

		if (w->is[top] & IS_TARGET && heard & BIT_BEFORE && !(heard & BIT_AFTER))
			ways = BIT_HAD_WAY;
		if (!w->q->links_only)
			ways &= ~w->pass.refuses[top];
		depeer_pass_below(&w->pass, top, ways);
	}
}

static void set_up_case(struct depeer_work *w, const struct depeer_case *c, uint64_t bit)
{
	switch (c->kind) {
	case CASE_TAKES:
		origin_all(w, bit);
		stop(w, c->node, bit);
		break;
	case CASE_ALONE: origin_all(w, bit); break; /* set_up_alone() */
	case CASE_ORIGIN:
		depeer_pass_origin(&w->pass, c->node, bit);
		depeer_pass_refuse(&w->pass, w->targets.node[0], bit);
		break;
	case CASE_WALK:
	case CASE_TOP:
		depeer_pass_origin(&w->pass, c->node, bit * (WALK_BEFORE | WALK_AFTER));
		if (w->q->links_only) {
			stop_all(w, w->d->cut, w->d->ncut, bit * WALK_AFTER);
		} else {
			stop_all(w, w->d->cut, w->d->ncut, bit * WALK_TURNED);
			w->pass.turned |= bit * WALK_AFTER;
		}
		break;
	}
}

/* All transit and peers stop in the cases of each other. */
static void set_up_alone(struct depeer_work *w, const struct depeer_case *c, size_t n)
{
	uint64_t *stops = w->q->links_only ? w->pass.parted : w->pass.refuses, all = 0;

	for (size_t i = 0; i < n; i++)
		all |= c[i].kind == CASE_ALONE ? c[i].bit : 0;
	stop_all(w, w->transit.node, w->transit.n, all);
	stop_all(w, w->peers.node, w->peers.n, all);
	for (size_t i = 0; i < n; i++)
		if (c[i].kind == CASE_ALONE)
			stops[c[i].node] &= ~c[i].bit;
}

/* Gives bits to as many cases as fit, and returns how many. */
static size_t set_up(struct depeer_work *w, struct depeer_case *c, size_t n)
{
	unsigned bit = w->ran ? FIRST_OF_PASS : FIRST_OF_FIRST;
	size_t fit = 0;

	depeer_pass_clear(&w->pass);
	origin_all(w, BIT_BEFORE | BIT_AFTER);
	stop_all(w, w->d->cut, w->d->ncut, BIT_AFTER);
	if (!w->ran)
		set_up_fixed(w);
	for (; fit < n && bit + bits_of(&c[fit]) <= DEPEER_PASS_CASES; fit++) {
		c[fit].bit = 1ULL << bit;
		bit += bits_of(&c[fit]);
		set_up_case(w, &c[fit], c[fit].bit);
	}
	set_up_alone(w, c, fit);
	return fit;
}

/* The sums of a case: one or all four. */
enum { SUM_AFTER, SUM_BEFORE, SUM_REST_BEFORE, SUM_REST_AFTER, SUMS };

/* Returns how many sums are asked for. */
static size_t ask_case(const struct depeer_case *c, struct depeer_sum *ask)
{
	uint64_t bit = c->bit, before = bit | BIT_BEFORE, after = bit | BIT_AFTER;

	if (bits_of(c) == 3) {
		before = bit * WALK_BEFORE;
		after = bit * (WALK_AFTER | WALK_TURNED);
	}
	switch (c->kind) {
	case CASE_TAKES:
	case CASE_ALONE: ask[SUM_AFTER] = (struct depeer_sum){bit, 0}; return 1;
	case CASE_TOP: ask[SUM_AFTER] = (struct depeer_sum){BIT_BEFORE, after}; return 1;
	default: break;
	}
	ask[SUM_AFTER] = (struct depeer_sum){after, 0};
	ask[SUM_BEFORE] = (struct depeer_sum){before, 0};
	ask[SUM_REST_BEFORE] = (struct depeer_sum){before, DEPEER_PASS_INSIDE};
	ask[SUM_REST_AFTER] = (struct depeer_sum){after, DEPEER_PASS_INSIDE};
	return SUMS;
}

/* Takes the sums that were asked for, and returns how many numbers they were. */
static size_t answer_case(const struct depeer_work *w, const double *sum, struct depeer_case *c)
{
	struct depeer_sum asked[SUMS];
	size_t row = w->measures, n = ask_case(c, asked);

	memcpy(c->after, sum + SUM_AFTER * row, row * sizeof(*sum));
	if (n == 1)
		return row;
	memcpy(c->before, sum + SUM_BEFORE * row, row * sizeof(*sum));
	c->rest_before = sum[SUM_REST_BEFORE * row];
	c->rest_after = sum[SUM_REST_AFTER * row];
	return SUMS * row;
}

/* What is asked of the targets alone, behind those of cases. */
enum {
	FIXED_BEFORE,
	FIXED_AFTER,
	FIXED_BY_PEERS,
	FIXED_BY_TRANSIT,
	FIXED_NOBODY,
	FIXED_OUTSIDE,
	FIXED_OUTSIDE_LEFT,
	FIXED
};

static const struct depeer_sum fixed[FIXED] = {
	[FIXED_BEFORE] = {BIT_BEFORE, 0},
	[FIXED_AFTER] = {BIT_AFTER, 0},
	[FIXED_BY_PEERS] = {BIT_BY_PEERS, 0},
	[FIXED_BY_TRANSIT] = {BIT_BY_TRANSIT, DEPEER_PASS_INSIDE},
	[FIXED_NOBODY] = {BIT_NOBODY, 0},
	[FIXED_OUTSIDE] = {BIT_BEFORE, DEPEER_PASS_INSIDE},
	[FIXED_OUTSIDE_LEFT] = {BIT_AFTER, DEPEER_PASS_INSIDE},
};

static void answer_fixed(struct depeer_work *w, const double *sum)
{
	size_t row = w->measures;

	memcpy(w->reached, sum + FIXED_BEFORE * row, row * sizeof(*sum));
	memcpy(w->left, sum + FIXED_AFTER * row, row * sizeof(*sum));
	memcpy(w->nobody, sum + FIXED_NOBODY * row, row * sizeof(*sum));
	depeer_work_shares(w, sum + FIXED_BY_PEERS * row, GRAPH_NONE, &w->d->by_peers);
	w->by_transit = sum[FIXED_BY_TRANSIT * row];
	w->outside = sum[FIXED_OUTSIDE * row];
	w->outside_left = sum[FIXED_OUTSIDE_LEFT * row];
}

/* By whether there is a route of a customer (1), and of a peer (2). */
static const uint8_t class_of[4] = {ROUTE_NONE, ROUTE_CUSTOMER, ROUTE_PEER, ROUTE_CUSTOMER};

static void keep_classes(struct depeer_work *w)
{
	for (uint32_t i = 0; i < w->g->nodes; i++) {
		uint64_t word = w->pass.word[i], peer = w->pass.peer[i];

		w->d->before[i] = class_of[(word & 1) | (peer & 1) << 1];
		w->d->after[i] = class_of[(word >> 1 & 1) | (peer & 2)];
	}
	for (size_t i = 0; i < w->targets.n; i++)
		w->d->before[w->targets.node[i]] = w->d->after[w->targets.node[i]] = ROUTE_ORIGIN;
}

_Static_assert(BIT_BEFORE == 1 && BIT_AFTER == 2, "keep_classes() goes by their places");
_Static_assert(BIT_HAD_WAY << 6 == HAD_WAY && BIT_HAS_WAY << 6 == HAS_WAY &&
		       BIT_HAS_WAY_OUT << 6 == HAS_WAY_OUT,
	"keep_rest() moves the three at once");

static void keep_rest(struct depeer_work *w)
{
	for (uint32_t i = 0; i < w->g->nodes; i++) {
		uint64_t word = w->pass.word[i];

		if (w->d->before[i] == ROUTE_NONE)
			w->d->before[i] = word & BIT_BEFORE ? ROUTE_PROVIDER : ROUTE_NONE;
		if (w->d->after[i] == ROUTE_NONE)
			w->d->after[i] = word & BIT_AFTER ? ROUTE_PROVIDER : ROUTE_NONE;
		w->is[i] |= (uint16_t)(word << 6 & (HAD_WAY | HAS_WAY | HAS_WAY_OUT));
	}
}

/* All sums of a pass; `whole`: also of what is asked of the targets alone. */
static void sum_up(struct depeer_work *w, struct depeer_case *c, size_t n, bool whole)
{
	struct depeer_sum ask[DEPEER_PASS_CASES * SUMS + FIXED];
	double sum[(DEPEER_PASS_CASES * SUMS + FIXED) * MEASURES_MOST];
	const double *answer = sum;
	size_t asked = 0;

	for (size_t i = 0; i < w->cone.n; i++)
		w->pass.word[w->cone.node[i]] |= DEPEER_PASS_INSIDE;
	for (size_t i = 0; i < n; i++)
		asked += ask_case(&c[i], &ask[asked]);
	memcpy(ask + asked, fixed, sizeof(fixed));
	asked += whole ? FIXED : 0;
	depeer_pass_sum(&w->pass, ask, asked, w->weight, w->measures, sum);
	for (size_t i = 0; i < n; i++)
		answer += answer_case(w, answer, &c[i]);
	if (whole)
		answer_fixed(w, answer);
}

/* Runs as many cases as fit into a pass, and returns how many. */
static size_t run_pass(struct depeer_work *w, struct depeer_case *c, size_t n)
{
	bool whole = !w->ran;

	n = set_up(w, c, n);
	depeer_pass_up(&w->pass);
	if (whole) {
		set_up_ways(w);
		keep_classes(w);
	}
	depeer_pass_down(&w->pass);
	if (whole)
		keep_rest(w);
	sum_up(w, c, n, whole);
	w->ran = true;
	return n;
}

void depeer_case_run(struct depeer_work *w, size_t from, size_t to)
{
	do {
		struct depeer_case *c = from < to ? &w->asked.c[from] : NULL;

		from += run_pass(w, c, to - from);
	} while (from < to);
}

void depeer_case_mark_safe(struct depeer_work *w, size_t from, size_t to)
{
	depeer_pass_clear(&w->pass);
	for (size_t i = 0; i < w->targets.n; i++)
		depeer_pass_refuse(&w->pass, w->targets.node[i], 1);
	for (size_t i = from; i < to; i++)
		if (w->asked.c[i].after[0] <= 0)
			depeer_pass_below(&w->pass, w->asked.c[i].node, 1);
	depeer_pass_down(&w->pass);
	for (size_t i = 0; i < w->cone.n; i++)
		if (w->pass.word[w->cone.node[i]] & 1)
			w->is[w->cone.node[i]] |= IS_SAFE;
}
