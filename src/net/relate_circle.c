/*
 * Circles of providers are broken. Siblings are as one; in the graph of these and their providers
 * the strongly connected components are found (Tarjan, "Depth-First Search and Linear Graph
 * Algorithms", 1972, without recursion). Every circle lies in one of them and somewhere goes from a
 * provider to a customer of higher rank; such links become peers. What is left goes down the ranks,
 * so one pass is enough, and links in no circle stay as they are.
 */
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>

#define NOT_YET UINT32_MAX

struct circles {
	struct relate_work *w;
	uint32_t *one;   /* [nodes]: whom it is as one with: the highest of its siblings */
	uint32_t *first; /* [nodes + 1]: in up[], the providers of each, by whom they are as one */
	uint32_t *up;
	uint32_t *at;                           /* [nodes]: in up[], the next to look at */
	uint32_t *index, *low, *parent, *stack; /* [nodes]: Tarjan's */
	uint32_t n_index, n_stack;
	uint8_t *open;  /* [nodes]: on the stack */
	uint32_t *part; /* [nodes]: component */
};

static uint32_t one_of(struct circles *c, uint32_t node)
{
	while (c->one[node] != node) {
		c->one[node] = c->one[c->one[node]];
		node = c->one[node];
	}
	return node;
}

static void join_siblings(struct circles *c)
{
	const struct relate_work *w = c->w;

	for (uint32_t i = 0; i < w->nodes; i++)
		c->one[i] = i;
	for (uint32_t i = 0; i < w->links; i++) {
		if (w->kind[i] != LINK_SIBLING)
			continue;
		uint32_t a = one_of(c, w->end[i][0]), b = one_of(c, w->end[i][1]);

		if (w->rank[a] < w->rank[b])
			c->one[b] = a;
		else
			c->one[a] = b;
	}
}

/* The customer of a link, or NOT_YET when it is no link of transit. */
static uint32_t customer_of(const struct relate_work *w, uint32_t link, uint32_t *ret_provider)
{
	int customer = w->kind[link] == LINK_CUSTOMER;

	if (w->kind[link] != LINK_CUSTOMER && w->kind[link] != LINK_PROVIDER)
		return NOT_YET;
	*ret_provider = w->end[link][!customer];
	return w->end[link][customer];
}

static void list_providers(struct circles *c)
{
	const struct relate_work *w = c->w;
	uint32_t provider;

	for (uint32_t i = 0; i < w->links; i++) {
		uint32_t customer = customer_of(w, i, &provider);

		if (customer != NOT_YET)
			c->first[one_of(c, customer) + 1]++;
	}
	for (uint32_t i = 0; i < w->nodes; i++) {
		c->first[i + 1] += c->first[i];
		c->at[i] = c->first[i];
	}
	for (uint32_t i = 0; i < w->links; i++) {
		uint32_t customer = customer_of(w, i, &provider);

		if (customer != NOT_YET)
			c->up[c->at[one_of(c, customer)]++] = one_of(c, provider);
	}
	for (uint32_t i = 0; i < w->nodes; i++)
		c->at[i] = c->first[i];
}

static void enter(struct circles *c, uint32_t node, uint32_t parent)
{
	c->index[node] = c->low[node] = c->n_index++;
	c->parent[node] = parent;
	c->stack[c->n_stack++] = node;
	c->open[node] = 1;
}

static void leave(struct circles *c, uint32_t node)
{
	uint32_t parent = c->parent[node], member;

	if (c->low[node] == c->index[node]) {
		do {
			member = c->stack[--c->n_stack];
			c->open[member] = 0;
			c->part[member] = node;
		} while (member != node);
	}
	if (parent != NOT_YET && c->low[node] < c->low[parent])
		c->low[parent] = c->low[node];
}

static void walk(struct circles *c, uint32_t from)
{
	enter(c, from, NOT_YET);
	for (uint32_t node = from; node != NOT_YET;) {
		if (c->at[node] == c->first[node + 1]) {
			leave(c, node);
			node = c->parent[node];
			continue;
		}
		uint32_t next = c->up[c->at[node]++];

		if (c->index[next] == NOT_YET) {
			enter(c, next, node);
			node = next;
		} else if (c->open[next] && c->index[next] < c->low[node]) {
			c->low[node] = c->index[next];
		}
	}
}

static void turn(struct circles *c)
{
	struct relate_work *w = c->w;
	uint32_t provider;

	for (uint32_t i = 0; i < w->links; i++) {
		uint32_t customer = customer_of(w, i, &provider);

		if (customer == NOT_YET)
			continue;
		uint32_t a = one_of(c, provider), b = one_of(c, customer);

		if (c->part[a] != c->part[b] || (a != b && w->rank[a] < w->rank[b]))
			continue;
		w->kind[i] = LINK_PEER;
		w->report.turned++;
	}
}

static int make_room(struct circles *c)
{
	size_t n = c->w->nodes + (size_t)2;

	c->one = malloc(n * sizeof(*c->one));
	c->first = calloc(n, sizeof(*c->first));
	c->up = malloc((c->w->links + (size_t)1) * sizeof(*c->up));
	c->at = malloc(n * sizeof(*c->at));
	c->index = malloc(n * sizeof(*c->index));
	c->low = malloc(n * sizeof(*c->low));
	c->parent = malloc(n * sizeof(*c->parent));
	c->stack = malloc(n * sizeof(*c->stack));
	c->open = calloc(n, 1);
	c->part = malloc(n * sizeof(*c->part));
	return c->one && c->first && c->up && c->at && c->index && c->low && c->parent &&
			       c->stack && c->open && c->part
		       ? 0
		       : -ENOMEM;
}

int relate_circles(struct relate_work *w)
{
	struct circles c = {.w = w};
	int rc = make_room(&c);

	if (rc == 0) {
		join_siblings(&c);
		list_providers(&c);
		memset(c.index, 0xff, w->nodes * sizeof(*c.index));
		for (uint32_t i = 0; i < w->nodes; i++)
			if (c.one[i] == i && c.index[i] == NOT_YET)
				walk(&c, i);
		turn(&c);
	}
	free(c.one);
	free(c.first);
	free(c.up);
	free(c.at);
	free(c.index);
	free(c.low);
	free(c.parent);
	free(c.stack);
	free(c.open);
	free(c.part);
	return rc;
}
