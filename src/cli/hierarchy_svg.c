#include "cli/hierarchy_svg.h"

#include "show/svg.h"
#include "show/words.h"

#include <math.h>

#define COLUMN     112.0 /* from box to box */
#define BOX        100.0
#define BOX_HIGH   34.0
#define ROW        72.0 /* from row to row */
#define MARGIN     16.0
#define ARC        26.0 /* how deep an arc hangs below a row */
#define REST       20.0 /* for the line that tells what is not drawn */
#define CLIQUE_BAR "stroke=\"#444\" stroke-width=\"2.5\""

static const struct {
	const char *box;  /* attributes of the frame */
	const char *text; /* colour of the text */
	const char *words;
} looks[LOOKS] = {
	[LOOK_PLAIN] = {"fill=\"#fff\" stroke=\"#444\"", "#222", "a network"},
	[LOOK_TARGET] = {"fill=\"#222\" stroke=\"#222\" stroke-width=\"2\"", "#fff", "the target"},
	[LOOK_REACHES] = {"fill=\"#d3e3f3\" stroke=\"#1a4f8b\"", "#222", "reaches it"},
	[LOOK_APART] = {"fill=\"#fff\" stroke=\"#999\" stroke-dasharray=\"4 3\"", "#777",
		"does not reach it"},
	[LOOK_REFUSES] = {"fill=\"#fff\" stroke=\"#b3261e\" stroke-width=\"2.5\"", "#222",
		"refuses it"},
};

/* Those of the targets are drawn stronger than those far above. */
enum line_look { LINE_IDLE, LINE_FAR, LINE_TRANSIT, LINE_PEER, LINE_ENDS, LINES };

static const struct {
	const char *line;
	const char *words;
} lines[LINES] = {
	[LINE_IDLE] = {"stroke=\"#d0d0d0\"", "carries no route to it"},
	[LINE_FAR] = {"stroke=\"#8fa9c8\"", NULL},
	[LINE_TRANSIT] = {"stroke=\"#1a4f8b\" stroke-width=\"1.5\"",
		"sells transit to the one below"},
	[LINE_PEER] = {"stroke=\"#1a4f8b\" stroke-width=\"1.8\" stroke-dasharray=\"0.1 4\" "
		       "stroke-linecap=\"round\"",
		"peers"},
	[LINE_ENDS] = {"stroke=\"#b3261e\" stroke-width=\"2\" stroke-dasharray=\"7 4\"", "ends"},
};

double hierarchy_svg_width(const struct hierarchy *h)
{
	return h->columns * COLUMN + 2 * MARGIN;
}

static double rest_height(const struct hierarchy *h)
{
	return h->more_above || h->more_peers || h->more_targets ? REST : 0;
}

double hierarchy_svg_height(const struct hierarchy *h)
{
	double y = (h->rows - 1) * ROW + BOX_HIGH;

	for (uint32_t i = 0; i < h->lines; i++)
		if (h->box[h->line[i].from].row + 1 == h->rows &&
			h->box[h->line[i].to].row + 1 == h->rows)
			return y + ARC + rest_height(h);
	return y + rest_height(h);
}

static double x_of(const struct hierarchy_panel *p, double x)
{
	return p->x + MARGIN + x * COLUMN;
}

static double y_of(const struct hierarchy_panel *p, uint32_t row)
{
	return p->y + row * ROW;
}

static bool is_target(const struct hierarchy_panel *p, uint32_t box)
{
	return p->h->box[box].role == HIERARCHY_TARGET;
}

static bool carries(const struct hierarchy_panel *p, uint32_t box)
{
	return p->look[box] != LOOK_APART && p->look[box] != LOOK_REFUSES;
}

static enum line_look look_of(const struct hierarchy_panel *p, const struct hierarchy_line *l)
{
	if ((is_target(p, l->from) && p->stops[l->to]) ||
		(is_target(p, l->to) && p->stops[l->from]))
		return LINE_ENDS;
	if (!carries(p, l->from) || !carries(p, l->to))
		return LINE_IDLE;
	if (l->kind == LINK_PEER)
		return LINE_PEER;
	return is_target(p, l->from) || is_target(p, l->to) ? LINE_TRANSIT : LINE_FAR;
}

static void put_cross(struct buf *to, double x, double y)
{
	buf_printf(to,
		"<path d=\"M%.1f %.1fl10 10m0 -10l-10 10\" stroke=\"#b3261e\" "
		"stroke-width=\"2.5\" fill=\"none\"/>\n",
		x - 5, y - 5);
}

/* Where a line leaves a box: towards where it goes, so that many do not leave from one point. */
static double port(double x, double towards)
{
	return x + fmin(fmax((towards - x) * 0.12, -0.34), 0.34);
}

/* A smooth way up from one point to another. */
static void put_rise(struct buf *to, double x0, double y0, double x1, double y1)
{
	double half = (y0 - y1) / 2;

	buf_printf(to, "C%.1f %.1f %.1f %.1f %.1f %.1f", x0, y0 - half, x1, y1 + half, x1, y1);
}

/* Up over the bends, straight through each row. */
static void put_way(struct buf *to, const struct hierarchy_panel *p, const struct hierarchy_line *l)
{
	const struct hierarchy_box *a = &p->h->box[l->from], *b = &p->h->box[l->to];
	const struct hierarchy_bend *bend = p->h->bend + l->bend;
	double x = x_of(p, port(a->x, l->bends ? bend[0].x : b->x)), y = y_of(p, a->row);

	buf_printf(to, "M%.1f %.1f", x, y);
	for (uint32_t i = 0; i < l->bends; i++) {
		double next = x_of(p, bend[i].x), top = y_of(p, bend[i].row);

		put_rise(to, x, y, next, top + BOX_HIGH);
		buf_printf(to, "V%.1f", top);
		x = next;
		y = top;
	}
	put_rise(to, x, y, x_of(p, port(b->x, l->bends ? bend[l->bends - 1].x : a->x)),
		y_of(p, b->row) + BOX_HIGH);
}

/* Between boxes of one row: an arc below them. */
static void put_arc(struct buf *to, const struct hierarchy_panel *p, const struct hierarchy_line *l)
{
	const struct hierarchy_box *a = &p->h->box[l->from], *b = &p->h->box[l->to];
	double y = y_of(p, a->row) + BOX_HIGH, ax = x_of(p, a->x), bx = x_of(p, b->x);

	buf_printf(to, "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", ax, y, ax, y + ARC, bx, y + ARC,
		bx, y);
}

/* A cross on a link that ends, near the one that ends it. */
static void put_end(struct buf *to, const struct hierarchy_panel *p, const struct hierarchy_line *l)
{
	const struct hierarchy_box *a = &p->h->box[l->from], *b = &p->h->box[l->to];

	if (a->row == b->row)
		put_cross(to, x_of(p, (a->x + b->x) / 2), y_of(p, a->row) + BOX_HIGH + 0.75 * ARC);
	else
		put_cross(to,
			x_of(p, port(b->x, l->bends ? p->h->bend[l->bend + l->bends - 1].x : a->x)),
			y_of(p, b->row) + BOX_HIGH + 9);
}

static void put_lines(struct buf *to, const struct hierarchy_panel *p, enum line_look look)
{
	for (uint32_t i = 0; i < p->h->lines; i++) {
		const struct hierarchy_line *l = &p->h->line[i];

		if (look_of(p, l) != look)
			continue;
		buf_printf(to, "<path fill=\"none\" %s d=\"", lines[look].line);
		if (p->h->box[l->from].row == p->h->box[l->to].row)
			put_arc(to, p, l);
		else
			put_way(to, p, l);
		buf_str(to, "\"/>\n");
		if (look == LINE_ENDS)
			put_end(to, p, l);
	}
}

static void put_frame(
	struct buf *to, double x, double y, double width, double height, int look, bool clique)
{
	buf_printf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\" %s/>\n",
		x, y, width, height, looks[look].box);
	if (clique)
		buf_printf(to, "<path d=\"M%.1f %.1fh%.1f\" " CLIQUE_BAR "/>\n", x + 6, y - 4,
			width - 12);
}

/* Number and holder; the number alone in the middle when the holder is not known. */
static void put_label(
	struct buf *to, const struct hierarchy_panel *p, uint32_t i, double x, double y)
{
	const char *colour = looks[p->look[i]].text;
	uint32_t node = p->h->box[i].node;
	bool known = atlas_holder(p->atlas, node).n;
	struct buf label = {0};

	buf_printf(to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-weight=\"bold\" "
		"fill=\"%s\">AS%u</text>\n",
		x, y + (known ? 14.5 : 21.5), colour, p->atlas->graph->asn[node]);
	if (!known)
		return;
	atlas_label(&label, p->atlas, node);
	buf_printf(to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"10\" "
		"fill=\"%s\">",
		x, y + 27.5, colour);
	svg_words(to, &label, svg_fit(buf_span(&label), BOX - 8, 10));
	buf_str(to, "</text>\n");
}

static void put_box(struct buf *to, const struct hierarchy_panel *p, uint32_t i)
{
	const struct hierarchy_box *b = &p->h->box[i];
	const struct graph *g = p->atlas->graph;
	double x = x_of(p, b->x), y = y_of(p, b->row);
	struct buf full = {0};

	atlas_name(&full, p->atlas, b->node, 200);
	buf_str(to, "<g><title>");
	svg_words(to, &full, 220);
	buf_str(to, "</title>\n");
	put_frame(to, x - BOX / 2, y, BOX, BOX_HIGH, p->look[i], g->flags[b->node] & GRAPH_CLIQUE);
	put_label(to, p, i, x, y);
	if (b->more_up)
		buf_printf(to,
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" font-size=\"9\" "
			"fill=\"#555\">\u2191%u</text>\n",
			x + BOX / 2, y - 3, b->more_up);
	if (p->look[i] == LOOK_REFUSES || p->stops[i])
		put_cross(to, x + BOX / 2 - 9, y + 9);
	buf_str(to, "</g>\n");
}

static void add_more(struct buf *to, uint32_t n, const char *what)
{
	if (!n)
		return;
	buf_str(to, to->n ? ", +" : "not drawn: +");
	words_number(to, n);
	buf_printf(to, " %s", what);
}

/* What there was no room for. */
static void put_rest(struct buf *to, const struct hierarchy_panel *p)
{
	struct buf words = {0};

	add_more(&words, p->h->more_above, "more above");
	add_more(&words, p->h->more_peers, "more peers");
	add_more(&words, p->h->more_targets, "more targets");
	if (words.n) {
		buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" fill=\"#555\">",
			p->x + MARGIN, p->y + hierarchy_svg_height(p->h) - 4);
		svg_words(to, &words, 200);
		buf_str(to, "</text>\n");
	}
}

void hierarchy_svg(struct buf *to, const struct hierarchy_panel *p)
{
	for (int look = 0; look < LINES; look++)
		put_lines(to, p, (enum line_look)look);
	for (uint32_t i = 0; i < p->h->boxes; i++)
		put_box(to, p, i);
	put_rest(to, p);
}

/* The legend as it grows: where the next item goes. */
struct legend {
	struct buf *to;
	double left, right, x, y;
};

/* Room for a sign of 30 pixels with words behind it, which are set; returns where the sign goes. */
static double put_item(struct legend *l, const char *words)
{
	double wide = 38 + 5.8 * (double)strlen(words) + 18, x;

	if (l->x + wide > l->right && l->x > l->left) {
		l->x = l->left;
		l->y += 20;
	}
	x = l->x;
	buf_printf(l->to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\">%s</text>\n", x + 38,
		l->y + 11, words);
	l->x += wide;
	return x;
}

static void put_look_items(struct legend *l, unsigned shown)
{
	for (int look = LOOK_TARGET; look < LOOKS; look++) {
		if (!(shown & 1u << look))
			continue;
		double x = put_item(l, looks[look].words);

		put_frame(l->to, x, l->y, 30, 14, look, false);
		if (look == LOOK_REFUSES)
			put_cross(l->to, x + 22, l->y + 7);
	}
}

static void put_line_items(struct legend *l, unsigned shown)
{
	for (int look = 0; look < LINES; look++) {
		if (!(shown & 1u << look) || !lines[look].words)
			continue;
		double x = put_item(l, lines[look].words);

		buf_printf(
			l->to, "<path d=\"M%.1f %.1fh30\" %s/>\n", x, l->y + 7, lines[look].line);
		if (look == LINE_ENDS)
			put_cross(l->to, x + 15, l->y + 7);
	}
}

/* Which looks there are among the boxes and lines of panels, as bits. */
static unsigned lines_shown(const struct hierarchy_panel *p)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < p->h->lines; i++)
		shown |= 1u << look_of(p, &p->h->line[i]);
	return shown;
}

double hierarchy_svg_legend(
	struct buf *to, const struct hierarchy_panel *p, size_t n, double x, double y, double width)
{
	struct legend l = {to, x, x + width, x, y};
	unsigned boxes = 0, links = 0;
	bool clique = false, more = false;

	for (size_t k = 0; k < n; k++) {
		for (uint32_t i = 0; i < p[k].h->boxes; i++) {
			const struct hierarchy_box *b = &p[k].h->box[i];

			boxes |= 1u << p[k].look[i];
			clique |= p[k].atlas->graph->flags[b->node] & GRAPH_CLIQUE;
			more |= b->more_up > 0;
		}
		links |= lines_shown(&p[k]);
	}
	put_look_items(&l, boxes);
	if (clique) {
		double at = put_item(&l, "of the clique at the top, where all are peers");

		buf_printf(to, "<path d=\"M%.1f %.1fh30\" " CLIQUE_BAR "/>\n", at, l.y + 7);
	}
	put_line_items(&l, links);
	if (more) {
		double at = put_item(&l, "so many more providers, not drawn");

		buf_printf(to,
			"<text x=\"%.1f\" y=\"%.1f\" font-size=\"10\" fill=\"#555\" "
			"text-anchor=\"end\">\u2191"
			"3</text>\n",
			at + 30, l.y + 11);
	}
	return l.y + 20 - y;
}
