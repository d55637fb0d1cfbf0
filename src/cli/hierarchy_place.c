/*
 * A level has as many rows as it needs, the bigger networks in the upper ones. Within their rows
 * boxes are put in order by barycentres (Sugiyama, Tagawa, Toda, "Methods for Visual Understanding
 * of Hierarchical System Structures", 1981): sweeping down, then up, each box goes to the mean
 * place of those that it has lines with; of all orders seen the one whose lines cross least is
 * kept. A line that would run through boxes of a row between goes through the nearest gap there.
 */
#include "cli/hierarchy_place.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SWEEPS      12
#define COLUMNS_MIN 4.0
#define WIDEST      1.6  /* from box to box where a row has room to spare */
#define CLEARANCE   0.56 /* a line this far from a box's middle runs past it */
#define BESIDE      0.03 /* between lines that share a gap; all of them */
#define ALL_BESIDE  0.08

/* The boxes row by row. */
struct rows {
	struct hierarchy *h;
	const struct graph *g;
	uint32_t at[HIERARCHY_BOXES_MOST];        /* boxes, from the top, from the left */
	uint32_t start[HIERARCHY_BOXES_MOST + 1]; /* start[rows + 1]: where each begins in at[] */
	double wish[HIERARCHY_BOXES_MOST];        /* of each box: where it would stand best */
};

/* Levels from the top; within one those above and targets first, the bigger before others. */
static int compare_size(const void *x, const void *y, void *context)
{
	const struct rows *r = (const struct rows *)context;
	const struct hierarchy_box *a = &r->h->box[*(const uint32_t *)x];
	const struct hierarchy_box *b = &r->h->box[*(const uint32_t *)y];
	bool peer_a = a->role == HIERARCHY_PEER, peer_b = b->role == HIERARCHY_PEER;

	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (peer_a != peer_b)
		return peer_a ? 1 : -1;
	if (r->g->cone[a->node] != r->g->cone[b->node])
		return r->g->cone[a->node] > r->g->cone[b->node] ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

/* Cuts a level of n boxes, which begin at at[first], into rows of about the same length. */
static void cut_level(struct rows *r, uint32_t first, uint32_t n)
{
	uint32_t parts = (n + HIERARCHY_ROW_MOST - 1) / HIERARCHY_ROW_MOST;

	for (uint32_t part = 0; part < parts; part++) {
		uint32_t from = first + n * part / parts, to = first + n * (part + 1) / parts;

		for (uint32_t i = from; i < to; i++)
			r->h->box[r->at[i]].row = r->h->rows;
		if (to - from > r->h->columns)
			r->h->columns = to - from;
		r->start[++r->h->rows] = to;
	}
}

static void cut_rows(struct rows *r)
{
	struct hierarchy *h = r->h;

	for (uint32_t i = 0; i < h->boxes; i++)
		r->at[i] = i;
	qsort_r(r->at, h->boxes, sizeof(*r->at), compare_size, r);
	h->columns = COLUMNS_MIN;
	for (uint32_t i = 0, end; i < h->boxes; i = end) {
		for (end = i; end < h->boxes && h->box[r->at[end]].level == h->box[r->at[i]].level;)
			end++;
		cut_level(r, i, end - i);
	}
}

/* Lines within a level that has several rows may now lead down: they are turned. */
static void turn_lines(struct hierarchy *h)
{
	static const enum link_kind other_way[LINK_KINDS] = {
		[LINK_PROVIDER] = LINK_CUSTOMER,
		[LINK_SIBLING] = LINK_SIBLING,
		[LINK_CUSTOMER] = LINK_PROVIDER,
		[LINK_PEER] = LINK_PEER,
	};

	for (uint32_t i = 0; i < h->lines; i++) {
		struct hierarchy_line *l = &h->line[i];

		if (h->box[l->to].row > h->box[l->from].row)
			*l = (struct hierarchy_line){
				.from = l->to, .to = l->from, .kind = other_way[l->kind]};
	}
}

/* Stands the boxes of a row side by side in their order, around the middle. */
static void set_row(struct rows *r, uint32_t row)
{
	uint32_t n = r->start[row + 1] - r->start[row];
	double step = fmin(r->h->columns / n, WIDEST);

	for (uint32_t i = 0; i < n; i++)
		r->h->box[r->at[r->start[row] + i]].x =
			r->h->columns / 2 + (i - (n - 1) / 2.0) * step;
}

static int compare_wish(const void *x, const void *y, void *context)
{
	const struct rows *r = (const struct rows *)context;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	if (r->wish[a] != r->wish[b])
		return r->wish[a] < r->wish[b] ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Wishes of all boxes of a row: the mean place of what they have lines with above, or below. */
static void wish_row(struct rows *r, uint32_t row, bool above)
{
	double sum[HIERARCHY_BOXES_MOST] = {0};
	uint32_t n[HIERARCHY_BOXES_MOST] = {0};

	for (uint32_t i = 0; i < r->h->lines; i++) {
		const struct hierarchy_line *l = &r->h->line[i];
		uint32_t one = above ? l->from : l->to, other = above ? l->to : l->from;

		if (r->h->box[one].row == row && r->h->box[other].row != row) {
			sum[one] += r->h->box[other].x;
			n[one]++;
		}
	}
	for (uint32_t i = r->start[row]; i < r->start[row + 1]; i++) {
		uint32_t b = r->at[i];

		r->wish[b] = n[b] ? sum[b] / n[b] : r->h->box[b].x;
	}
}

/* The targets in the middle of their row, the peers to both sides of them. */
static void wish_aside(struct rows *r, uint32_t row)
{
	uint32_t peers = 0;

	for (uint32_t i = r->start[row]; i < r->start[row + 1]; i++)
		if (r->h->box[r->at[i]].role == HIERARCHY_PEER)
			r->wish[r->at[i]] = peers++ % 2 ? -1000.0 - peers : 1000.0 + peers;
}

static void order_row(struct rows *r, uint32_t row, bool above)
{
	wish_row(r, row, above);
	if (row + 1 == r->h->rows)
		wish_aside(r, row);
	qsort_r(r->at + r->start[row], r->start[row + 1] - r->start[row], sizeof(*r->at),
		compare_wish, r);
	set_row(r, row);
}

/* Where a line is at a row, when it runs straight. */
static double x_at(const struct hierarchy *h, const struct hierarchy_line *l, double row)
{
	const struct hierarchy_box *a = &h->box[l->from], *b = &h->box[l->to];

	return a->row == b->row ? a->x
				: a->x + (b->x - a->x) * (a->row - row) / ((double)a->row - b->row);
}

static bool lines_cross(
	const struct hierarchy *h, const struct hierarchy_line *l, const struct hierarchy_line *m)
{
	uint32_t top_l = h->box[l->to].row, top_m = h->box[m->to].row;
	uint32_t end_l = h->box[l->from].row, end_m = h->box[m->from].row;
	uint32_t top = top_l > top_m ? top_l : top_m, end = end_l < end_m ? end_l : end_m;

	return top < end &&
	       (x_at(h, l, top) - x_at(h, m, top)) * (x_at(h, l, end) - x_at(h, m, end)) < -1e-9;
}

static uint32_t count_crossings(const struct hierarchy *h)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->lines; i++)
		for (uint32_t k = 0; k < i; k++)
			n += lines_cross(h, &h->line[i], &h->line[k]);
	return n;
}

static void keep_order(struct rows *r, struct rows *best, uint32_t *crossings)
{
	uint32_t n = count_crossings(r->h);

	if (n < *crossings) {
		*crossings = n;
		*best = *r;
	}
}

static void order_rows(struct rows *r)
{
	uint32_t crossings = UINT32_MAX, rows = r->h->rows;
	struct rows best;

	for (uint32_t row = 0; row < rows; row++)
		set_row(r, row);
	order_row(r, rows - 1, true);
	keep_order(r, &best, &crossings);
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		for (uint32_t row = rows - 1; row-- > 0;)
			order_row(r, row, false);
		keep_order(r, &best, &crossings);
		for (uint32_t row = 1; row < rows; row++)
			order_row(r, row, true);
		keep_order(r, &best, &crossings);
	}
	*r = best;
	for (uint32_t row = 0; row < rows; row++)
		set_row(r, row);
}

/* The place nearest x where a line runs through a row past its boxes: x itself, or a gap. */
static double passage(const struct rows *r, uint32_t row, double x)
{
	const uint32_t *at = r->at + r->start[row];
	const struct hierarchy_box *box = r->h->box;
	uint32_t n = r->start[row + 1] - r->start[row];
	double half = n > 1 ? fmin((box[at[1]].x - box[at[0]].x) / 2, CLEARANCE) : CLEARANCE;
	double best = box[at[0]].x - half;
	bool past = true;

	for (uint32_t i = 0; i < n; i++) {
		double middle = box[at[i]].x, near = x < middle ? middle - half : middle + half;

		past = past && fabs(middle - x) >= half;
		if (fabs(near - x) < fabs(best - x))
			best = near;
	}
	return past ? x : best;
}

static void bend_line(struct rows *r, struct hierarchy_line *l)
{
	struct hierarchy *h = r->h;
	const struct hierarchy_box *to = &h->box[l->to];
	double x = h->box[l->from].x;

	l->bend = h->bends;
	for (uint32_t row = h->box[l->from].row; row-- > to->row + 1;) {
		/* On its way from where it is to its end. */
		x += (to->x - x) / (row + 1 - to->row);
		x = passage(r, row, x);
		h->bend[h->bends++] = (struct hierarchy_bend){row, x};
	}
	l->bends = h->bends - l->bend;
}

/* Where a bend's line comes from and goes to, so that lines side by side need not cross. */
static double heading(const struct hierarchy *h, const struct hierarchy_line *l)
{
	return h->box[l->from].x + h->box[l->to].x;
}

/* Sets lines that share a gap side by side in it. wide[] and line[] have an entry a bend. */
static void spread_bends(struct hierarchy *h, double *wide, const uint32_t *line)
{
	for (uint32_t i = 0; i < h->bends; i++) {
		uint32_t before = 0, all = 0;
		double mine = heading(h, &h->line[line[i]]);

		for (uint32_t k = 0; k < h->bends; k++) {
			double other = heading(h, &h->line[line[k]]);

			if (h->bend[k].row != h->bend[i].row || h->bend[k].x != h->bend[i].x)
				continue;
			all++;
			before += other < mine || (other == mine && k < i);
		}
		wide[i] = (before - (all - 1) / 2.0) * fmin(BESIDE, ALL_BESIDE / all);
	}
	for (uint32_t i = 0; i < h->bends; i++)
		h->bend[i].x += wide[i];
}

static int bend_lines(struct rows *r)
{
	struct hierarchy *h = r->h;
	size_t most = (size_t)h->lines * h->rows + 1;
	double *wide = calloc(most, sizeof(*wide));
	uint32_t *line = calloc(most, sizeof(*line));

	h->bend = calloc(most, sizeof(*h->bend));
	int rc = wide && line && h->bend ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < h->lines; i++) {
		bend_line(r, &h->line[i]);
		for (uint32_t k = h->line[i].bend; k < h->bends; k++)
			line[k] = i;
	}
	if (rc == 0)
		spread_bends(h, wide, line);
	free(wide);
	free(line);
	return rc;
}

int hierarchy_place(struct hierarchy *h, const struct graph *g)
{
	struct rows r = {.h = h, .g = g};

	cut_rows(&r);
	turn_lines(h);
	order_rows(&r);
	return bend_lines(&r);
}
