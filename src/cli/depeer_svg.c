/*
 * Two panels of one hierarchy side by side, so that the eye finds what changed: on the left as it
 * is, on the right when those named have stopped. Below each, a bar a measure for the share that
 * reaches the targets.
 */
#include "cli/depeer_svg.h"

#include "cli/hierarchy_svg.h"
#include "cli/report.h"
#include "show/svg.h"
#include "show/words.h"

#include <errno.h>
#include <math.h>

#define EDGE       20.0
#define GAP        28.0 /* between the panels */
#define TITLE_SIZE 18.0
#define TEXT_SIZE  12.0
#define LINE       17.0 /* of text */
#define BAR_LABEL  110.0
#define BAR_SHARE  60.0
#define BAR        20.0

struct page {
	struct buf *to;
	const struct depeer_answer *a;
	struct hierarchy h;
	uint8_t look[2][HIERARCHY_BOXES_MOST]; /* before, after */
	bool stops[2][HIERARCHY_BOXES_MOST];
	double panel; /* width of one */
	double y;     /* how far down the page is filled */
};

static void put_head_line(struct page *p, double x, double size, struct buf *words)
{
	buf_printf(p->to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" font-weight=\"bold\">", x,
		p->y, size);
	svg_words(p->to, words, 90);
	buf_str(p->to, "</text>\n");
}

/* Over the width of the page. */
static void put_paragraph(struct page *p, struct buf *words)
{
	p->y = svg_paragraph(p->to, EDGE, p->y, 2 * p->panel + GAP, TEXT_SIZE, words);
}

static bool is_among(const uint32_t *list, size_t n, uint32_t node)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == node)
			return true;
	return false;
}

/* How each box looks before and after. */
static void set_looks(struct page *p)
{
	const struct depeer *d = &p->a->depeer;

	for (uint32_t i = 0; i < p->h.boxes; i++) {
		const struct hierarchy_box *b = &p->h.box[i];
		bool cut = is_among(d->cut, d->ncut, b->node);

		p->stops[1][i] = cut;
		p->look[0][i] = d->before[b->node] != ROUTE_NONE ? LOOK_REACHES : LOOK_APART;
		p->look[1][i] = d->after[b->node] != ROUTE_NONE ? LOOK_REACHES : LOOK_APART;
		if (cut && !p->a->question->links_only)
			p->look[1][i] = LOOK_REFUSES;
		if (b->role == HIERARCHY_TARGET)
			p->look[0][i] = p->look[1][i] = LOOK_TARGET;
	}
}

static void put_head(struct page *p)
{
	const struct depeer_question *q = p->a->question;
	struct buf title = {0}, verdict = {0};

	buf_str(&title, "De-peering ");
	if (q->ntargets == 1)
		atlas_name(&title, p->a->atlas, q->targets[0], 60);
	else
		depeer_targets(&title, p->a);
	p->y = EDGE + TITLE_SIZE;
	put_head_line(p, EDGE, TITLE_SIZE, &title);
	p->y += LINE + 6;
	depeer_verdict(&verdict, p->a);
	put_paragraph(p, &verdict);
}

/* "before", "after AS174 and AS3356 refuse", over the panels. */
static void put_panel_titles(struct page *p)
{
	const struct depeer *d = &p->a->depeer;
	struct buf before = {0}, after = {0};

	buf_str(&before, "before");
	buf_str(&after, "after ");
	if (d->ncut)
		atlas_numbers(&after, p->a->atlas, d->cut, d->ncut, 4);
	else
		buf_str(&after, "nobody");
	if (p->a->question->links_only)
		buf_str(&after, d->ncut == 1 ? " ends its links" : " end their links");
	else
		buf_str(&after, d->ncut > 1 ? " refuse" : " refuses");
	p->y += 16;
	put_head_line(p, EDGE + 16, 14, &before);
	put_head_line(p, EDGE + p->panel + GAP + 16, 14, &after);
	p->y += 22;
}

/* One bar; that of before stands behind it as a frame, so that the loss is seen on the right. */
static void put_bar(struct page *p, double x, const struct measure *m, double share, double before)
{
	double full = p->panel - 32 - BAR_LABEL - BAR_SHARE, from = x + 16 + BAR_LABEL;
	struct buf text = {0};

	words_share(&text, share);
	buf_printf(p->to,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"#eee\"/>\n"
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"#1a4f8b\"/>\n"
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"none\" "
		"stroke=\"#222\"/>\n"
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" font-size=\"11\">%s</text>\n"
		"<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" font-weight=\"bold\">",
		from, p->y, full, from, p->y, full * share, from, p->y, full * before, from - 8,
		p->y + 10, depeer_counts(m), from + full + 8, p->y + 10);
	svg_words(p->to, &text, 20);
	buf_str(p->to, "</text>\n");
}

static double bounded(double share)
{
	return fmin(fmax(share, 0), 1);
}

static void put_bars(struct page *p)
{
	const struct measures *m = p->a->question->measures;
	const struct depeer *d = &p->a->depeer;

	p->y += 20;
	for (size_t i = 0; i < m->n; i++) {
		double before = bounded(d->reach_before.of[i]);

		put_bar(p, EDGE, &m->m[i], before, before);
		put_bar(p, EDGE + p->panel + GAP, &m->m[i], bounded(d->reach_after.of[i]), before);
		p->y += BAR;
	}
}

static void put_panels(struct page *p)
{
	struct hierarchy_panel panels[2];

	put_panel_titles(p);
	for (int i = 0; i < 2; i++) {
		panels[i] = (struct hierarchy_panel){.h = &p->h,
			.atlas = p->a->atlas,
			.look = p->look[i],
			.stops = p->stops[i],
			.x = EDGE + i * (p->panel + GAP),
			.y = p->y};
		hierarchy_svg(p->to, &panels[i]);
	}
	p->y += hierarchy_svg_height(&p->h);
	put_bars(p);
	p->y += 14;
	p->y += hierarchy_svg_legend(p->to, panels, 2, EDGE, p->y, 2 * p->panel + GAP);
}

/* Where it comes from, small at the foot. */
static void put_foot(struct page *p)
{
	const struct atlas *a = p->a->atlas;
	struct buf text = {0};

	buf_str(&text, "Asked for ");
	report_day(&text, a->day);
	buf_str(&text, ". ");
	atlas_graph_words(&text, a);
	buf_byte(&text, ' ');
	atlas_table_words(&text, a);
	buf_str(&text, " Shares are of all networks, addresses or weight but the targets' own; the "
		       "most that valley-free routes allow.");
	p->y += LINE;
	put_paragraph(p, &text);
}

int depeer_svg(struct buf *to, const struct depeer_answer *a)
{
	struct buf body = {0};
	struct page p = {.to = &body, .a = a};
	int rc = hierarchy_new(a->atlas->graph, a->question->targets, a->question->ntargets,
		a->depeer.cut, a->depeer.ncut, &p.h);

	if (rc < 0)
		return rc;
	p.panel = hierarchy_svg_width(&p.h);
	set_looks(&p);
	put_head(&p);
	put_panels(&p);
	put_foot(&p);
	svg_begin(to, 2 * (EDGE + p.panel) + GAP, p.y + EDGE - LINE);
	buf_add(to, buf_span(&body));
	svg_end(to);
	hierarchy_done(&p.h);
	rc = buf_ok(&body) && buf_ok(to) ? 0 : -ENOMEM;
	buf_done(&body);
	return rc;
}
