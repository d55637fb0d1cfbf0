/*
 * Valley-free paths are valley-free backwards, too. So who reaches an AS c is known from searches
 * from the others: x reaches c if c reaches x. All that reach the targets are known to reach c
 * anyway (the identity in depeer_case.c; or by being safe, depeer_hurt.c), so only those that do
 * not need a search, and these are few when the targets' cone is big or little is lost.
 */
#include "cut/depeer_work.h"

#include <errno.h>
#include <stdlib.h>

/*
 * ASes that one search stands for. None of them tells another when the targets are gone and were
 * their only providers; but then they stop themselves, and nobody asks for them.
 */
struct alike {
	uint32_t node;
	bool ever; /* they did not reach the targets before either */
	double sum[MEASURES_MOST], outside;
};

/* Those that do not reach the targets (after or before) and are none. */
static int list_lost(struct depeer_work *w, bool gone, struct depeer_list *ret_list)
{
	const uint8_t *class = gone ? w->d->after : w->d->before;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->g->nodes; i++)
		if (class[i] == ROUTE_NONE)
			rc = depeer_list_add(ret_list, i);
	depeer_hurt_sort(w->g, ret_list);
	return rc;
}

static bool is_alike(const struct depeer_work *w, const struct alike *a, uint32_t node)
{
	return depeer_hurt_is_equal(w->g, a->node, node) &&
	       a->ever == (w->d->before[node] == ROUTE_NONE);
}

/* Returns how many searches are needed. */
static size_t group(const struct depeer_work *w, const struct depeer_list *list, struct alike *a)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		uint32_t node = list->node[i];

		if (n == 0 || !is_alike(w, &a[n - 1], node))
			a[n++] = (struct alike){
				.node = node, .ever = w->d->before[node] == ROUTE_NONE};
		for (size_t k = 0; k < w->measures; k++)
			a[n - 1].sum[k] += w->weight[k][node];
		a[n - 1].outside += !(w->is[node] & IS_CONE);
	}
	return n;
}

static void begin(const struct depeer_work *w, struct depeer_case *c)
{
	for (size_t k = 0; k < w->measures; k++) {
		c->before[k] = w->reached[k];
		c->after[k] = w->left[k];
	}
	c->rest_before = w->outside;
	c->rest_after = w->outside_left;
}

/* Who is safe is reached as before. */
static void begin_safe(const struct depeer_work *w, struct depeer_case *c)
{
	begin(w, c);
	for (size_t k = 0; k < w->measures; k++)
		c->after[k] = w->reached[k];
	c->rest_after = w->outside;
}

static void count(const struct depeer_work *w, const struct alike *a, struct depeer_case *c)
{
	for (size_t k = 0; k < w->measures; k++) {
		c->after[k] += a->sum[k];
		c->before[k] += a->ever ? a->sum[k] : 0;
	}
	c->rest_after += a->outside;
	c->rest_before += a->ever ? a->outside : 0;
}

static void run(
	struct depeer_work *w, size_t from, size_t to, const struct alike *a, size_t n, bool gone)
{
	depeer_pass_clear(&w->pass);
	for (size_t i = 0; i < n; i++)
		depeer_pass_origin(&w->pass, a[i].node, 1ULL << i);
	for (size_t i = 0; gone && i < w->targets.n; i++)
		depeer_pass_refuse(&w->pass, w->targets.node[i], UINT64_MAX);
	depeer_pass_up(&w->pass);
	depeer_pass_down(&w->pass);
	for (size_t i = from; i < to; i++) {
		struct depeer_case *c = &w->asked.c[i];

		for (uint64_t word = w->pass.word[c->node]; word; word &= word - 1)
			count(w, &a[__builtin_ctzll(word)], c);
	}
}

int depeer_inverse(struct depeer_work *w, size_t from, size_t to, size_t most, bool gone)
{
	struct depeer_list lost = {NULL};
	struct alike *a = NULL;
	size_t n = 0;
	int rc = list_lost(w, gone, &lost);

	if (rc == 0 && !(a = malloc((lost.n + 1) * sizeof(*a))))
		rc = -ENOMEM;
	if (rc == 0 && (n = group(w, &lost, a)) <= most) {
		for (size_t i = from; i < to; i++)
			(gone ? begin : begin_safe)(w, &w->asked.c[i]);
		for (size_t i = 0; i < n; i += DEPEER_PASS_CASES)
			run(w, from, to, a + i,
				n - i < DEPEER_PASS_CASES ? n - i : DEPEER_PASS_CASES, gone);
		rc = 1;
	}
	free(lost.node);
	free(a);
	return rc;
}
