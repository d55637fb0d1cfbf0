/*
 * The kinds of links, after Luckie et al. (2013). A path goes up, over at most one link of peers,
 * and down again; a member of the clique, which has no providers, stands at its peak. So:
 *
 * 1. Members of the clique are peers of each other (their step 5's beginning).
 * 2. In a path with a member of the clique, what comes behind the hop after it goes down, and what
 *    comes before the hop that leads to it goes up. Each path so votes on its links (steps 5 to 7).
 *    The link from a member to the next hop is open: a customer's, or a peer's. Members of the
 *    clique that one AS hears of through another are such votes, too: it buys there.
 * 3. For links still open, an AS that has ways up and shows none of them through a neighbour does
 *    not buy from it. Then whatever that neighbour shows it is a customer's, and behind the link it
 *    goes down. The paths vote again, with these as peaks, too.
 * 4. Of an open link with a neighbour that somebody above would have heard of, were it a customer,
 *    both are peers (their last step: all else are peers). Where nobody above was listening the
 *    paths cannot tell a customer from a peer; then small ones are customers, others peers, by
 *    Gao's ratio of degrees (2001).
 *
 * The paper goes from AS to AS by rank and looks at three hops at a time; that takes a link of
 * peers at the top, with somebody beyond it to see it, to begin from, of which two vantage points
 * show few. Votes of whole paths come to the same where both can be had.
 *
 * A small AS that leaks routes looks like a provider of large ones. So against the ranks a vote
 * must be a good one (their step 7): several paths, one of which ends there.
 */
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>

#define WAYS_LEAST    3  /* paths up through a neighbour, from which on it is a provider, */
#define WAYS_SHARE    32 /* when they are one in so many of those through it */
#define SHOWN_LEAST   30 /* paths through a member of the clique, for 'it shows no way up' */
#define PAIR_LEAST    2  /* the same through any other */
#define PARTIAL       20 /* paths of a vantage point, none with a way up: it shows customers alone */
#define LISTENERS     3  /* vantage points above, from which on a customer would be known, */
#define TOP_LISTENERS 10 /* below a member of the clique, which has more neighbours */
#define LARGER        4  /* a customer so many times as large as its provider is doubtful */
#define RATIO         60 /* Gao 2001: of degrees, from which on two are no peers */

struct luckie {
	struct relate_work *w;
	/* All by step. */
	uint32_t *seen; /* paths */
	uint32_t *ways; /* of these, with a member of the clique behind the head */
	uint32_t *down; /* votes that the head is the tail's customer */
	uint32_t *ends; /* of these, in paths that end there */
	uint8_t *peak;  /* the head is no provider of the tail: behind it all goes down */
	/* All by node. */
	uint8_t *up;      /* so many ways up: links to the clique, providers; saturates */
	uint32_t *heard;  /* vantage points that see it from above */
	uint8_t *watched; /* one that sells to it is among them, or enough */
};

/* True when the ways up through a step are no small part of what it shows: not a leak. */
static bool is_way(const struct luckie *l, uint32_t step)
{
	return (uint64_t)l->ways[step] * WAYS_SHARE >= l->seen[step];
}

static bool sells(const struct luckie *l, uint32_t step)
{
	return !l->w->top[step_tail(l->w, step)] && l->ways[step] >= WAYS_LEAST && is_way(l, step);
}

/* Where the first and the last member of the clique stand; false when there is none. */
static bool find_top(const struct relate_work *w, const struct relate_path *p, uint32_t *ret_first,
	uint32_t *ret_last)
{
	bool found = false;

	for (uint32_t i = 0; i < p->n; i++) {
		if (!w->top[p->hop[i]])
			continue;
		if (!found)
			*ret_first = i;
		*ret_last = i;
		found = true;
	}
	return found;
}

static void count_ways(struct luckie *l)
{
	struct relate_work *w = l->w;
	struct relate_path p;

	for (uint32_t i = 0; i < w->paths; i++) {
		uint32_t first, last = 0;

		if (!relate_path(w, i, &p))
			continue;
		find_top(w, &p, &first, &last);
		for (uint32_t k = 0; k + 1 < p.n; k++) {
			l->seen[p.step[k]]++;
			l->ways[p.step[k]] += k + 1 < last;
		}
	}
	relate_tell(w);
}

/* One path's votes. Where it would go up behind a peak it tells nothing. */
static void vote(struct luckie *l, const struct relate_path *p)
{
	const struct relate_work *w = l->w;
	uint32_t first = 0, last, up = 0, peak = 0; /* up: so many steps go up */

	if (find_top(w, p, &first, &last) && first > 0)
		up = first - 1;
	for (uint32_t i = up; i + 1 < p->n; i++)
		if (sells(l, p->step[i]) || step_kind(w, p->step[i]) == LINK_PROVIDER)
			up = i + 1;
	while (peak + 1 < p->n && !l->peak[p->step[peak]])
		peak++;
	if (peak + 1 < up)
		return;
	for (uint32_t i = 0; i < up; i++)
		l->down[p->step[i] ^ 1] += is_way(l, p->step[i]);
	for (uint32_t i = peak + 1; i + 1 < p->n; i++) {
		l->down[p->step[i]]++;
		l->ends[p->step[i]] += i + 2 == p->n;
	}
}

/* True when votes that the head is the tail's customer are to be believed. */
static bool is_credible(const struct luckie *l, uint32_t step)
{
	const struct relate_work *w = l->w;
	uint32_t provider = step_tail(w, step), customer = step_head(w, step);

	if (w->rank[provider] < w->rank[customer] ||
		w->transit[customer] < LARGER * ((uint64_t)w->transit[provider] + 1))
		return true;
	return l->down[step] >= WAYS_LEAST && l->ends[step];
}

static void decide(struct luckie *l, uint32_t link)
{
	struct relate_work *w = l->w;
	uint32_t step = 2 * link, low = w->end[link][0], high = w->end[link][1];
	uint32_t down = w->top[high] ? 0 : l->down[step];
	uint32_t turned = w->top[low] ? 0 : l->down[step + 1];

	if (turned > down || (turned == down && w->rank[high] < w->rank[low]))
		step++;
	if ((down || turned) && is_credible(l, step))
		step_set(w, step, LINK_CUSTOMER);
}

static void vote_all(struct luckie *l)
{
	struct relate_work *w = l->w;
	struct relate_path p;

	memset(l->down, 0, 2 * (size_t)w->links * sizeof(*l->down));
	memset(l->ends, 0, 2 * (size_t)w->links * sizeof(*l->ends));
	for (uint32_t i = 0; i < w->paths; i++)
		if (relate_path(w, i, &p))
			vote(l, &p);
	for (uint32_t i = 0; i < w->links; i++)
		if (w->kind[i] == LINK_UNKNOWN)
			decide(l, i);
	relate_tell(w);
}

static void begin_with_top(struct luckie *l)
{
	struct relate_work *w = l->w;

	for (uint32_t i = 0; i < w->links; i++) {
		bool low = w->top[w->end[i][0]], high = w->top[w->end[i][1]];

		if (low && high)
			w->kind[i] = LINK_PEER;
		l->peak[2 * i] = low;
		l->peak[2 * i + 1] = high;
	}
}

static void count_up(struct luckie *l)
{
	const struct relate_work *w = l->w;

	for (uint32_t step = 0; step < 2 * w->links; step++) {
		uint32_t tail = step_tail(w, step);

		if (l->seen[step] && l->up[tail] < UINT8_MAX && !w->top[tail])
			l->up[tail] += w->top[step_head(w, step)] || sells(l, step);
	}
}

/* True when the paths through a step are enough to say that its head is no provider. */
static bool shows_none(const struct luckie *l, uint32_t step)
{
	const struct relate_work *w = l->w;
	uint32_t tail = step_tail(w, step), head = step_head(w, step);

	if (w->top[tail])
		return true;
	if (w->kind[step >> 1] != LINK_UNKNOWN)
		return step_kind(w, step) == LINK_CUSTOMER;
	if (!l->seen[step] || sells(l, step))
		return false;
	if (w->top[head])
		return l->up[tail] > 1 && l->seen[step] >= SHOWN_LEAST;
	return l->up[tail] && l->seen[step] >= PAIR_LEAST;
}

/* A vantage point of many paths, none of which has a way up, shows routes of its customers, or of
 * those and its peers (step 6: vantage points that give few routes). */
static int find_partial(struct luckie *l)
{
	const struct relate_work *w = l->w;
	uint32_t *has = calloc(w->nodes + (size_t)1, sizeof(*has));
	struct relate_path p;

	if (!has)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->paths; i++)
		if (relate_path(w, i, &p) && p.n > 1)
			has[p.hop[0]]++;
	for (uint32_t i = 0; i < w->paths; i++)
		if (relate_path(w, i, &p) && p.n > 1 && has[p.hop[0]] >= PARTIAL &&
			!l->up[p.hop[0]])
			l->peak[p.step[0]] = 1;
	free(has);
	return 0;
}

static int find_peaks(struct luckie *l)
{
	const struct relate_work *w = l->w;

	count_up(l);
	for (uint32_t step = 0; step < 2 * w->links; step++)
		l->peak[step] = shows_none(l, step);
	return find_partial(l);
}

/* True when behind a step all goes down. */
static bool goes_over(const struct luckie *l, uint32_t step)
{
	uint8_t kind = step_kind(l->w, step);

	return kind == LINK_PEER || kind == LINK_CUSTOMER ||
	       (kind == LINK_UNKNOWN && l->peak[step]);
}

/* Notes that a path's vantage point sees its hops behind the peak from above. */
static void listen(struct luckie *l, const struct relate_path *p, uint32_t *last)
{
	const struct relate_work *w = l->w;
	uint32_t view = p->hop[0], i = 0;

	if (!w->top[view] && !l->up[view])
		return;
	while (i + 1 < p->n && !goes_over(l, p->step[i]))
		i++;
	if (i == 0 && p->n > 1 && step_kind(w, p->step[0]) == LINK_CUSTOMER)
		l->watched[p->hop[1]] = 1;
	for (i++; i < p->n; i++) {
		if (last[p->hop[i]] == view + 1)
			continue;
		last[p->hop[i]] = view + 1;
		l->heard[p->hop[i]]++;
	}
}

/* Paths of one vantage point after the other. */
static int listen_all(struct luckie *l)
{
	const struct relate_work *w = l->w;
	uint32_t *first = calloc(w->nodes + (size_t)2, sizeof(*first));
	uint32_t *path = malloc((w->paths + (size_t)1) * sizeof(*path));
	uint32_t *last = calloc(w->nodes + (size_t)1, sizeof(*last));
	struct relate_path p;
	int rc = first && path && last ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < w->paths; i++)
		first[w->hop[w->start[i]] + 1]++;
	for (uint32_t i = 0; rc == 0 && i < w->nodes; i++)
		first[i + 1] += first[i];
	for (uint32_t i = 0; rc == 0 && i < w->paths; i++)
		path[first[w->hop[w->start[i]]]++] = i;
	for (uint32_t i = 0; rc == 0 && i < w->paths; i++)
		if (relate_path(w, path[i], &p))
			listen(l, &p, last);
	for (uint32_t i = 0; rc == 0 && i < w->nodes; i++)
		l->watched[i] |= l->heard[i] >= (w->top[i] ? TOP_LISTENERS : LISTENERS);
	free(first);
	free(path);
	free(last);
	relate_tell(l->w);
	return rc;
}

static bool is_peerlike(const struct relate_work *w, uint32_t a, uint32_t b)
{
	uint64_t x = w->degree[a], y = w->degree[b];

	return x < RATIO * y && y < RATIO * x;
}

static void guess(struct luckie *l, uint32_t step, uint8_t kind)
{
	step_set(l->w, step, kind);
	l->w->report.guessed++;
}

/* An open link between two outside the clique. */
static void settle_pair(struct luckie *l, uint32_t link)
{
	struct relate_work *w = l->w;
	uint32_t step = 2 * link + !l->peak[2 * link]; /* the way that has a peak, if one has */
	uint32_t tail = step_tail(w, step), head = step_head(w, step);

	if (l->down[step] || l->down[step ^ 1])
		guess(l, step, LINK_PEER); /* no credible vote */
	else if (l->peak[step] && l->watched[tail])
		step_set(w, step, LINK_PEER);
	else if (l->peak[step] && !w->transit[head])
		guess(l, step, LINK_CUSTOMER);
	else if (!l->peak[step] && !w->transit[tail] != !w->transit[head])
		guess(l, step, w->transit[tail] ? LINK_CUSTOMER : LINK_PROVIDER);
	else if (is_peerlike(w, tail, head))
		guess(l, step, LINK_PEER);
	else
		guess(l, step, w->rank[tail] < w->rank[head] ? LINK_CUSTOMER : LINK_PROVIDER);
}

/* An open link of a member of the clique with somebody else: the clique buys from nobody. */
static void settle_top(struct luckie *l, uint32_t link)
{
	struct relate_work *w = l->w;
	uint32_t step = 2 * link + !w->top[w->end[link][0]]; /* downwards */
	uint32_t tail = step_tail(w, step), head = step_head(w, step);

	if (l->peak[step ^ 1])
		step_set(w, step, LINK_PEER); /* it shows the other no way up */
	else if (!w->transit[head])
		guess(l, step, LINK_CUSTOMER); /* their step 9 */
	else if (l->watched[tail])
		step_set(w, step, LINK_PEER);
	else
		guess(l, step, LINK_CUSTOMER);
}

static void settle(struct luckie *l)
{
	struct relate_work *w = l->w;

	for (uint32_t i = 0; i < w->links; i++) {
		bool low = w->top[w->end[i][0]], high = w->top[w->end[i][1]];

		if (w->kind[i] != LINK_UNKNOWN || !(w->mark[i] & MARK_SEEN))
			continue;
		if (low || high)
			settle_top(l, i);
		else
			settle_pair(l, i);
	}
}

static int make_room(struct luckie *l)
{
	size_t steps = 2 * (size_t)l->w->links + 2, nodes = l->w->nodes + (size_t)1;

	l->seen = calloc(steps, sizeof(*l->seen));
	l->ways = calloc(steps, sizeof(*l->ways));
	l->down = calloc(steps, sizeof(*l->down));
	l->ends = calloc(steps, sizeof(*l->ends));
	l->peak = calloc(steps, 1);
	l->up = calloc(nodes, 1);
	l->heard = calloc(nodes, sizeof(*l->heard));
	l->watched = calloc(nodes, 1);
	return l->seen && l->ways && l->down && l->ends && l->peak && l->up && l->heard &&
			       l->watched
		       ? 0
		       : -ENOMEM;
}

static void free_room(struct luckie *l)
{
	free(l->seen);
	free(l->ways);
	free(l->down);
	free(l->ends);
	free(l->peak);
	free(l->up);
	free(l->heard);
	free(l->watched);
}

int relate_luckie(struct relate_work *w)
{
	struct luckie l = {.w = w};
	int rc = make_room(&l);

	if (rc == 0) {
		begin_with_top(&l);
		count_ways(&l);
		vote_all(&l);
		rc = find_peaks(&l);
	}
	if (rc == 0) {
		vote_all(&l);
		rc = listen_all(&l);
	}
	if (rc == 0)
		settle(&l);
	free_room(&l);
	return rc;
}
