/*
 * Order: Tarjan's strongly connected components ("Depth-First Search and Linear Graph Algorithms",
 * 1972) over the links that lead down, with a stack of its own in place of recursion, since a
 * stranger's file may be a chain of a million. A component is finished after all that it leads to:
 * customers come first by themselves.
 *
 * Cones: sets of bits, 512 at a time, handed up from customers to providers, and counted. Two
 * things make that cheap. A group with a single provider is in just those cones its provider is in
 * (and in those of groups between), so it needs no bit: it counts as part of its provider, and
 * such trees are simply added up. And a group that has nothing below it but such a tree needs no
 * set. What is left are bits for groups with several providers, and sets for groups above them.
 */
#include "net/graph_shape.h"

#include <errno.h>
#include <stdlib.h>

struct walk {
	const struct graph *g;
	uint32_t *index; /* [N] when it was met, from 1; 0 not yet, UINT32_MAX when it is done */
	uint32_t *low;   /* [N] the earliest one that it leads to */
	uint32_t *next;  /* [N] the next of its links */
	uint32_t *path, *open; /* [N] stacks: those being looked at; those not yet in a group */
	uint32_t npath, nopen, met;
	uint32_t *order, *group; /* what comes out */
	uint32_t ordered, groups;
};

static void enter(struct walk *w, uint32_t node)
{
	w->index[node] = w->low[node] = ++w->met;
	w->next[node] = w->g->row[4 * (size_t)node + LINK_SIBLING];
	w->path[w->npath++] = node;
	w->open[w->nopen++] = node;
}

static void lower(struct walk *w, uint32_t node, uint32_t to)
{
	if (to < w->low[node])
		w->low[node] = to;
}

/* All links of a node are seen: it may close a group. */
static void leave(struct walk *w, uint32_t node)
{
	uint32_t member;

	if (--w->npath)
		lower(w, w->path[w->npath - 1], w->low[node]);
	if (w->low[node] != w->index[node])
		return;
	do {
		member = w->open[--w->nopen];
		w->index[member] = UINT32_MAX;
		w->order[w->ordered++] = member;
		w->group[member] = w->groups;
	} while (member != node);
	w->groups++;
}

static void walk_from(struct walk *w, uint32_t root)
{
	enter(w, root);
	while (w->npath) {
		uint32_t node = w->path[w->npath - 1];

		if (w->next[node] == w->g->row[4 * (size_t)node + LINK_PEER]) {
			leave(w, node);
			continue;
		}
		uint32_t to = w->g->col[w->next[node]++];

		if (!w->index[to])
			enter(w, to);
		else
			lower(w, node, w->index[to]);
	}
}

int64_t graph_shape_order(const struct graph *g, uint32_t *order, uint32_t *group)
{
	size_t n = (size_t)g->nodes + 1;
	uint32_t *room = calloc(5 * n, sizeof(*room));
	struct walk w = {.g = g, .order = order, .group = group};

	if (!room)
		return -ENOMEM;
	w.index = room;
	w.low = room + n;
	w.next = room + 2 * n;
	w.path = room + 3 * n;
	w.open = room + 4 * n;
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (!w.index[i])
			walk_from(&w, i);
	}
	free(room);
	return w.groups;
}

#define WORDS     8 /* of a piece of a set: one cache line */
#define COLUMNS   (64 * WORDS)
#define PARENT_NO UINT32_MAX       /* no provider */
#define PARENTS   (UINT32_MAX - 1) /* more than one */
#define PLANES    32

typedef uint64_t piece_t __attribute__((vector_size(8 * WORDS)));

struct cones {
	const struct graph *g;
	uint32_t groups;
	uint32_t *first;  /* [groups + 1] where its members begin in the order */
	uint32_t *parent; /* [groups] the one group that sells to it, PARENT_NO or PARENTS */
	uint32_t *tree;   /* [groups] ASes in it, in those groups whose parent it is, and so on */
	uint32_t *row;    /* [groups] the number of its set, or GRAPH_NONE */
	uint32_t *column; /* [columns] groups that have a bit, those of small trees first */
	uint32_t rows, columns;
	uint32_t *start;       /* [rows + 1] the sets that go into a set: child[start[r]] .. */
	uint32_t *child;       /* rows, each lower than the one that it goes into */
	uint32_t *sum;         /* [rows] ASes in the trees of its set */
	uint8_t *touched;      /* [rows] its piece has a bit */
	void *piece_room;      /* what piece lies in */
	piece_t *piece;        /* [rows] COLUMNS bits of the set, at the columns at hand */
	piece_t plane[PLANES]; /* which columns have that binary place in the size of their tree */
	unsigned planes;
};

static void find_parents(struct cones *c)
{
	const struct graph *g = c->g;

	for (uint32_t i = 0; i < c->groups; i++)
		c->parent[i] = PARENT_NO;
	for (uint32_t i = 0; i < g->nodes; i++) {
		struct nodes up = graph_neighbours(g, i, LINK_PROVIDER);
		uint32_t group = g->group[i], *parent = &c->parent[group];

		for (uint32_t k = 0; k < up.n; k++) {
			uint32_t to = g->group[up.node[k]];

			if (to != group && *parent != to)
				*parent = *parent == PARENT_NO ? to : PARENTS;
		}
	}
}

/* Customers have lower numbers than their providers, so they are added up before. */
static void add_up_trees(struct cones *c)
{
	for (uint32_t i = 0; i < c->g->nodes; i++)
		c->tree[c->g->group[i]]++;
	for (uint32_t i = 0; i < c->groups; i++)
		c->first[i + 1] = c->first[i] + c->tree[i];
	for (uint32_t i = 0; i < c->groups; i++) {
		if (c->parent[i] < c->groups)
			c->tree[c->parent[i]] += c->tree[i];
	}
}

/* A group needs a set when anything below it has a bit. Also counts what goes into each set. */
static size_t find_rows(struct cones *c)
{
	const struct graph *g = c->g;
	size_t children = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		c->row[g->group[i]] = GRAPH_NONE;
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t group = g->group[g->order[i]];
		struct nodes down = graph_neighbours(g, g->order[i], LINK_CUSTOMER);

		for (uint32_t k = 0; k < down.n; k++) {
			uint32_t to = g->group[down.node[k]];
			bool has_row = to != group && c->row[to] != GRAPH_NONE;

			children += has_row;
			if (c->row[group] == GRAPH_NONE &&
				(has_row || (to != group && c->parent[to] == PARENTS)))
				c->row[group] = c->rows++;
		}
	}
	return children;
}

static unsigned binary_places(uint32_t n)
{
	return n ? 32 - (unsigned)__builtin_clz(n) : 0;
}

/* Columns by the length of their tree's size in binary: so most pieces need few planes. */
static void sort_columns(struct cones *c)
{
	uint32_t at[34] = {0};

	for (uint32_t i = 0; i < c->groups; i++)
		at[binary_places(c->tree[i]) + 1] += c->parent[i] == PARENTS;
	for (int i = 1; i < 34; i++)
		at[i] += at[i - 1];
	for (uint32_t i = 0; i < c->groups; i++) {
		if (c->parent[i] == PARENTS) {
			c->column[at[binary_places(c->tree[i])]++] = i;
			c->columns++;
		}
	}
}

/* Nodes of one group stand side by side in the order, so its list grows in one place. */
static void find_children(struct cones *c)
{
	const struct graph *g = c->g;
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t group = g->group[g->order[i]], row = c->row[group];
		struct nodes down = graph_neighbours(g, g->order[i], LINK_CUSTOMER);

		if (row == GRAPH_NONE)
			continue;
		for (uint32_t k = 0; k < down.n; k++) {
			uint32_t to = g->group[down.node[k]];

			if (to != group && c->row[to] != GRAPH_NONE)
				c->child[n++] = c->row[to];
		}
		c->start[row + 1] = n;
	}
}

/* Puts a column's bit into the sets of all groups that sell to it. */
static void put_bit(struct cones *c, uint32_t group, uint32_t bit)
{
	for (uint32_t i = c->first[group]; i < c->first[group + 1]; i++) {
		struct nodes up = graph_neighbours(c->g, c->g->order[i], LINK_PROVIDER);

		for (uint32_t k = 0; k < up.n; k++) {
			uint32_t to = c->g->group[up.node[k]], row = c->row[to];

			if (to == group)
				continue;
			if (!c->touched[row])
				c->piece[row] = (piece_t){0};
			c->touched[row] = 1;
			c->piece[row][bit / 64] |= 1ull << bit % 64;
		}
	}
}

static void begin_piece(struct cones *c, uint32_t from, uint32_t n)
{
	memset(c->touched, 0, c->rows);
	memset(c->plane, 0, sizeof(c->plane));
	c->planes = 0;
	for (uint32_t bit = 0; bit < n; bit++) {
		uint32_t group = c->column[from + bit], size = c->tree[group];

		for (unsigned k = 0; k < binary_places(size); k++)
			c->plane[k][bit / 64] |= (uint64_t)(size >> k & 1) << bit % 64;
		if (binary_places(size) > c->planes)
			c->planes = binary_places(size);
		put_bit(c, group, bit);
	}
}

static inline __attribute__((always_inline)) uint32_t weigh(const struct cones *c, uint32_t row)
{
	uint32_t sum = 0;

	for (unsigned k = 0; k < c->planes; k++) {
		piece_t both = c->piece[row] & c->plane[k];
		uint32_t bits = 0;

		for (int i = 0; i < WORDS; i++)
			bits += (uint32_t)__builtin_popcountll(both[i]);
		sum += bits << k;
	}
	return sum;
}

/* Hands a piece up, from customers to providers, and adds up what is in it. */
static inline __attribute__((always_inline)) void hand_up(struct cones *c)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		uint8_t touched = c->touched[row];

		for (uint32_t i = c->start[row]; i < c->start[row + 1]; i++) {
			uint32_t from = c->child[i];

			if (!c->touched[from])
				continue;
			c->piece[row] = touched ? c->piece[row] | c->piece[from] : c->piece[from];
			touched = 1;
		}
		c->touched[row] = touched;
		if (touched)
			c->sum[row] += weigh(c, row);
	}
}

#ifdef __x86_64__
__attribute__((target("avx2,popcnt"))) static void hand_up_avx2(struct cones *c)
{
	hand_up(c);
}

static void hand_up_best(struct cones *c)
{
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"))
		hand_up_avx2(c);
	else
		hand_up(c);
}
#else
static void hand_up_best(struct cones *c)
{
	hand_up(c);
}
#endif

static int alloc_groups(struct cones *c)
{
	size_t n = (size_t)c->groups + 1;
	uint32_t *room = calloc(5 * n, sizeof(*room));

	c->first = room;
	if (!room)
		return -ENOMEM;
	c->parent = room + n;
	c->tree = room + 2 * n;
	c->row = room + 3 * n;
	c->column = room + 4 * n;
	return 0;
}

static int alloc_rows(struct cones *c, size_t children)
{
	size_t rows = (size_t)c->rows + 1, line = sizeof(piece_t);

	c->start = calloc(rows, sizeof(*c->start));
	c->child = malloc((children + 1) * sizeof(*c->child));
	c->sum = calloc(rows, sizeof(*c->sum));
	c->touched = malloc(rows);
	c->piece_room = malloc((rows + 1) * line);
	if (!c->start || !c->child || !c->sum || !c->touched || !c->piece_room)
		return -ENOMEM;
	c->piece = (void *)(((uintptr_t)c->piece_room + line - 1) / line * line);
	return 0;
}

static void free_cones(struct cones *c)
{
	free(c->first);
	free(c->start);
	free(c->child);
	free(c->sum);
	free(c->touched);
	free(c->piece_room);
}

static int fill_sets(struct cones *c)
{
	size_t children = find_rows(c);

	sort_columns(c);
	uint64_t pieces = (c->columns + COLUMNS - 1) / COLUMNS;

	if (pieces * (children + c->rows) > GRAPH_SHAPE_STEPS)
		return -E2BIG;
	if (alloc_rows(c, children) < 0)
		return -ENOMEM;
	find_children(c);
	for (uint32_t from = 0; from < c->columns; from += COLUMNS) {
		uint32_t left = c->columns - from;

		begin_piece(c, from, left < COLUMNS ? left : COLUMNS);
		hand_up_best(c);
	}
	return 0;
}

int graph_shape_cones(const struct graph *g, uint32_t groups, uint32_t *cone)
{
	struct cones c = {.g = g, .groups = groups};
	int rc = alloc_groups(&c);

	if (rc < 0)
		return rc;
	find_parents(&c);
	add_up_trees(&c);
	rc = fill_sets(&c);
	for (uint32_t i = 0; rc == 0 && i < g->nodes; i++) {
		uint32_t group = g->group[i], row = c.row[group];

		cone[i] = c.tree[group] + (row == GRAPH_NONE ? 0 : c.sum[row]);
	}
	free_cones(&c);
	return rc;
}
