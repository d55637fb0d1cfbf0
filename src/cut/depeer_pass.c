/*
 * Valley-free: up, one link of peers, down. So a search is a pass over the nodes in the graph's
 * order (each after its customers), which gives words on to providers; one over links of peers; and
 * one backwards, in which words are taken from providers. A word has a bit for every case, so that
 * all cases share the cost of reading the graph. Most nodes have nobody below: they begin the climb
 * and end the descent in any order, so in that of memory.
 *
 * Nodes of one group (siblings, circles of providers) give on to each other until none has news: a
 * queue, which a node joins at most once for every bit that it learns.
 *
 * Barriers are looked at only for nodes that are marked, which few are.
 */
#include "cut/depeer_pass.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum mark { TARGET = 1, BARRED = 2, QUEUED = 4, CORE = 8 };

static void find_core(struct depeer_pass *p)
{
	const struct graph *g = p->g;

	for (uint32_t node = 0; node < g->nodes; node++)
		if (graph_down(g, node).n)
			p->mark[node] |= CORE;
	for (uint32_t i = 0; i < g->nodes; i++)
		if (p->mark[g->order[i]] & CORE)
			p->core[p->ncore++] = g->order[i];
	if (g->nodes)
		p->grouped = g->group[g->order[g->nodes - 1]] + 1 != g->nodes;
}

int depeer_pass_init(struct depeer_pass *p, const struct graph *g, bool parts)
{
	size_t n = (size_t)g->nodes + 1;

	*p = (struct depeer_pass){.g = g};
	p->word = calloc(n, sizeof(*p->word));
	p->peer = calloc(n, sizeof(*p->peer));
	p->refuses = calloc(n, sizeof(*p->refuses));
	p->parted = parts ? calloc(n, sizeof(*p->parted)) : NULL;
	p->mark = calloc(n, sizeof(*p->mark));
	p->core = malloc(n * sizeof(*p->core));
	p->queue = malloc(n * sizeof(*p->queue));
	p->barred = malloc(n * sizeof(*p->barred));
	if (!p->word || !p->peer || !p->refuses || (parts && !p->parted) || !p->mark || !p->core ||
		!p->queue || !p->barred) {
		depeer_pass_done(p);
		return -ENOMEM;
	}
	find_core(p);
	return 0;
}

void depeer_pass_done(struct depeer_pass *p)
{
	free(p->word);
	free(p->peer);
	free(p->refuses);
	free(p->parted);
	free(p->mark);
	free(p->core);
	free(p->queue);
	free(p->barred);
	*p = (struct depeer_pass){.g = NULL};
}

void depeer_pass_target(struct depeer_pass *p, uint32_t node)
{
	p->mark[node] |= TARGET;
}

void depeer_pass_clear(struct depeer_pass *p)
{
	if (p->used) { /* at first they are new from calloc() */
		memset(p->word, 0, p->g->nodes * sizeof(*p->word));
		memset(p->peer, 0, p->g->nodes * sizeof(*p->peer));
	}
	p->used = true;
	for (uint32_t i = 0; i < p->nbarred; i++) {
		uint32_t node = p->barred[i];

		p->refuses[node] = 0;
		if (p->parted)
			p->parted[node] = 0;
		p->mark[node] &= (uint8_t)~BARRED;
	}
	p->nbarred = 0;
	p->way_in = p->way_out = p->turned = 0;
}

static void bar(struct depeer_pass *p, uint32_t node)
{
	if (p->mark[node] & BARRED)
		return;
	p->mark[node] |= BARRED;
	p->barred[p->nbarred++] = node;
}

void depeer_pass_refuse(struct depeer_pass *p, uint32_t node, uint64_t cases)
{
	bar(p, node);
	p->refuses[node] |= cases;
}

void depeer_pass_part(struct depeer_pass *p, uint32_t node, uint64_t cases)
{
	bar(p, node);
	p->parted[node] |= cases;
}

/* What of a word gets over a link to a marked node. */
static uint64_t past_barriers(
	const struct depeer_pass *p, uint32_t from, uint32_t to, uint64_t word)
{
	word &= ~p->refuses[to];
	if (p->parted && p->mark[from] & TARGET)
		word &= ~p->parted[to];
	if (p->parted && p->mark[to] & TARGET)
		word &= ~p->parted[from];
	return word;
}

static inline uint64_t over_link(
	const struct depeer_pass *p, uint32_t from, uint32_t to, uint64_t word)
{
	return p->mark[to] & (TARGET | BARRED) ? past_barriers(p, from, to, word) : word;
}

/* What a node gives on of a word: targets turn some cases into others. */
static inline uint64_t leaving(const struct depeer_pass *p, uint32_t node, uint64_t word)
{
	if (!(p->mark[node] & TARGET))
		return word;
	if (word & p->way_in)
		word |= p->way_out;
	return (word & ~p->turned) | (word & p->turned) << 1;
}

/* A node gives its word on; none of those that get it is in its group. */
static void give(struct depeer_pass *p, uint32_t node, struct nodes to)
{
	uint64_t word = leaving(p, node, p->word[node]);

	for (uint32_t i = 0; i < to.n; i++)
		p->word[to.node[i]] |= over_link(p, node, to.node[i], word);
}

/* Nodes that wait, in a ring with room for a whole group. */
struct waiting {
	uint32_t room, first, n;
};

static void wait_in(struct depeer_pass *p, struct waiting *q, uint32_t node)
{
	if (p->mark[node] & QUEUED)
		return;
	p->mark[node] |= QUEUED;
	p->queue[(q->first + q->n++) % q->room] = node;
}

static uint32_t wait_out(struct depeer_pass *p, struct waiting *q)
{
	uint32_t node = p->queue[q->first];

	q->first = (q->first + 1) % q->room;
	q->n--;
	p->mark[node] &= (uint8_t)~QUEUED;
	return node;
}

/* The same as give() for a whole group, core[from .. to - 1]. */
static void settle(struct depeer_pass *p, uint32_t from, uint32_t to,
	struct nodes (*next)(const struct graph *g, uint32_t node))
{
	const struct graph *g = p->g;
	struct waiting q = {.room = to - from};

	for (uint32_t i = from; i < to; i++)
		if (p->word[p->core[i]])
			wait_in(p, &q, p->core[i]);
	while (q.n) {
		uint32_t node = wait_out(p, &q);
		uint64_t word = leaving(p, node, p->word[node]);
		struct nodes list = next(g, node);

		for (uint32_t i = 0; i < list.n; i++) {
			uint32_t other = list.node[i];
			uint64_t news = over_link(p, node, other, word) & ~p->word[other];

			p->word[other] |= news;
			if (news && g->group[other] == g->group[node])
				wait_in(p, &q, other);
		}
	}
}

static bool same_group(const struct depeer_pass *p, uint32_t i, uint32_t j)
{
	return p->grouped && p->g->group[p->core[i]] == p->g->group[p->core[j]];
}

static void climb(struct depeer_pass *p)
{
	const struct graph *g = p->g;

	for (uint32_t node = 0; node < g->nodes; node++)
		if (p->word[node] && !(p->mark[node] & CORE))
			give(p, node, graph_up(g, node));
	for (uint32_t i = 0, end; i < p->ncore; i = end) {
		end = i + 1;
		while (end < p->ncore && same_group(p, end, i))
			end++;
		if (end > i + 1)
			settle(p, i, end, graph_up);
		else if (p->word[p->core[i]])
			give(p, p->core[i], graph_up(g, p->core[i]));
	}
}

/* Routes of peers go on over links of siblings. */
static void peers_of_siblings(struct depeer_pass *p, struct waiting *q)
{
	while (q->n) {
		uint32_t node = wait_out(p, q);
		struct nodes siblings = graph_neighbours(p->g, node, LINK_SIBLING);
		uint64_t gives = leaving(p, node, p->peer[node]);

		for (uint32_t i = 0; i < siblings.n; i++) {
			uint32_t other = siblings.node[i];
			uint64_t word = over_link(p, node, other, gives);

			if (word & ~p->peer[other])
				wait_in(p, q, other);
			p->peer[other] |= word;
		}
	}
}

void depeer_pass_up(struct depeer_pass *p)
{
	const struct graph *g = p->g;
	struct waiting q = {.room = g->nodes};

	climb(p);
	for (uint32_t node = 0; node < g->nodes; node++) {
		struct nodes peers = graph_neighbours(g, node, LINK_PEER);
		uint64_t word = leaving(p, node, p->word[node]);

		for (uint32_t i = 0; word && i < peers.n; i++) {
			uint32_t other = peers.node[i];

			p->peer[other] |= over_link(p, node, other, word);
			if (p->grouped && graph_neighbours(g, other, LINK_SIBLING).n)
				wait_in(p, &q, other);
		}
	}
	peers_of_siblings(p, &q);
}

/* A node takes the words of those above, with an eye on barriers, and on targets in its group. */
static void take_with_care(struct depeer_pass *p, uint32_t node)
{
	struct nodes up = graph_up(p->g, node);
	uint64_t word = p->word[node] | p->peer[node];

	for (uint32_t i = 0; i < up.n; i++)
		word |= over_link(p, up.node[i], node, leaving(p, up.node[i], p->word[up.node[i]]));
	p->word[node] = word;
}

/* The same for most. Those above are done, and have in word what they give on. */
static inline void take(struct depeer_pass *p, uint32_t node)
{
	struct nodes up = graph_up(p->g, node);
	uint64_t word = p->word[node] | p->peer[node];

	for (uint32_t i = 0; i < up.n; i++)
		word |= p->word[up.node[i]];
	p->word[node] = word;
}

static inline void take_any(struct depeer_pass *p, uint32_t node)
{
	if (!(p->mark[node] & (TARGET | BARRED))) {
		take(p, node);
		return;
	}
	take_with_care(p, node);
	p->word[node] = leaving(p, node, p->word[node]);
}

static void take_group(struct depeer_pass *p, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		take_with_care(p, p->core[i]);
	settle(p, from, to, graph_down);
	for (uint32_t i = from; i < to; i++)
		p->word[p->core[i]] = leaving(p, p->core[i], p->word[p->core[i]]);
}

void depeer_pass_down(struct depeer_pass *p)
{
	for (uint32_t end = p->ncore, i; end > 0; end = i) {
		i = end - 1;
		while (i > 0 && same_group(p, i - 1, i))
			i--;
		if (end > i + 1)
			take_group(p, i, end);
		else
			take_any(p, p->core[i]);
	}
	for (uint32_t node = 0; node < p->g->nodes; node++)
		if (!(p->mark[node] & CORE))
			take_any(p, node);
}

/*
 * Sums. Most nodes have one of a few words, so weights are first summed by word, in a small cache,
 * and what falls out of it goes to the sets.
 */
#define SLOTS 256

struct slot {
	uint64_t word;
	bool used;
	double sum[DEPEER_PASS_WEIGHTS];
};

static void flush(
	struct slot *s, const struct depeer_sum *set, size_t n, size_t weights, double *ret_sum)
{
	for (size_t i = 0; s->used && i < n; i++)
		if (s->word & set[i].any && !(s->word & set[i].none))
			for (size_t k = 0; k < weights; k++)
				ret_sum[i * weights + k] += s->sum[k];
	*s = (struct slot){.used = false};
}

void depeer_pass_sum(const struct depeer_pass *p, const struct depeer_sum *set, size_t n,
	const double *const *weight, size_t weights, double *ret_sum)
{
	struct slot slots[SLOTS] = {{.used = false}};

	memset(ret_sum, 0, n * weights * sizeof(*ret_sum));
	for (uint32_t node = 0; node < p->g->nodes; node++) {
		uint64_t word = p->word[node];
		struct slot *s = &slots[word * 0x9e3779b97f4a7c15ULL >> 56];

		if (!word || p->mark[node] & TARGET)
			continue;
		if (s->word != word) {
			flush(s, set, n, weights, ret_sum);
			s->word = word;
		}
		s->used = true;
		for (size_t k = 0; k < weights; k++)
			s->sum[k] += weight[k][node];
	}
	for (size_t i = 0; i < SLOTS; i++)
		flush(&slots[i], set, n, weights, ret_sum);
}
