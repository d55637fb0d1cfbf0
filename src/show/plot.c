/* Drawing commands are kept in one list; writers go over it in order. */
#include "show/plot.h"

#include "show/clean.h"
#include "show/svg.h"

#include <math.h>
#include <stdlib.h>

#define MOST_COLUMNS 200

void plot_init(struct plot *p, double width, double height)
{
	*p = (struct plot){.width = width, .height = height};
}

void plot_done(struct plot *p)
{
	free(p->item);
	buf_done(&p->text);
	*p = (struct plot){0};
}

bool plot_ok(const struct plot *p)
{
	return !p->failed && buf_ok(&p->text);
}

static void add(struct plot *p, const struct plot_item *item)
{
	if (!isfinite(item->x + item->y + item->x2 + item->y2 + item->size))
		return;
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		void *more = reallocarray(p->item, room, sizeof(*p->item));

		if (!more) {
			p->failed = true;
			return;
		}
		p->item = more;
		p->room = room;
	}
	p->item[p->n++] = *item;
}

void plot_box(struct plot *p, double x, double y, double width, double height, uint32_t colour)
{
	add(p, &(struct plot_item){.kind = PLOT_BOX,
		       .colour = colour,
		       .x = x,
		       .y = y,
		       .x2 = width,
		       .y2 = height});
}

void plot_line(
	struct plot *p, double x, double y, double x2, double y2, double width, uint32_t colour)
{
	add(p, &(struct plot_item){.kind = PLOT_LINE,
		       .colour = colour,
		       .x = x,
		       .y = y,
		       .x2 = x2,
		       .y2 = y2,
		       .size = width});
}

void plot_dot(struct plot *p, double x, double y, double radius, uint32_t colour)
{
	add(p, &(struct plot_item){
		       .kind = PLOT_DOT, .colour = colour, .x = x, .y = y, .size = radius});
}

void plot_text(struct plot *p, double x, double y, enum plot_anchor anchor, double size, bool bold,
	double width, struct span text)
{
	struct plot_item item = {.kind = PLOT_TEXT,
		.anchor = (uint8_t)anchor,
		.bold = bold,
		.colour = 0x222222,
		.x = x,
		.y = y,
		.size = size,
		.text = p->text.n};
	struct buf shown = {0};

	clean_text(&shown, span_take(text, (size_t)MOST_COLUMNS * 4));
	struct span s = span_trim(buf_span(&shown));
	/* Fonts differ: the one on paper is wider than most. */
	int columns = width > 0 ? svg_fit(s, 0.86 * width, size) : clean_columns(s);

	clean_cell(&p->text, s, columns < MOST_COLUMNS ? columns : MOST_COLUMNS);
	p->failed |= shown.failed;
	buf_done(&shown);
	item.text_end = p->text.n;
	add(p, &item);
}

struct span plot_words(const struct plot *p, const struct plot_item *item)
{
	return span_between(p->text.p + item->text, p->text.p + item->text_end);
}

static void put_item(struct buf *to, const struct plot *p, const struct plot_item *i)
{
	static const char *const anchors[] = {"start", "middle", "end"};

	switch (i->kind) {
	case PLOT_BOX:
		buf_printf(to,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
			"fill=\"#%06x\"/>\n",
			i->x, i->y, i->x2, i->y2, i->colour);
		return;
	case PLOT_LINE:
		buf_printf(to,
			"<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#%06x\" "
			"stroke-width=\"%.1f\"/>\n",
			i->x, i->y, i->x2, i->y2, i->colour, i->size);
		return;
	case PLOT_DOT:
		buf_printf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#%06x\"/>\n",
			i->x, i->y, i->size, i->colour);
		return;
	}
	buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" text-anchor=\"%s\"%s>", i->x,
		i->y, i->size, anchors[i->anchor], i->bold ? " font-weight=\"bold\"" : "");
	clean_markup(to, plot_words(p, i));
	buf_str(to, "</text>\n");
}

void plot_svg(
	struct buf *to, const struct plot *p, const char *id, struct span title, struct span words)
{
	buf_printf(to,
		"<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"%s-t %s-d\" "
		"font-family=\"sans-serif\" fill=\"#222222\">\n<title id=\"%s-t\">",
		p->width, p->height, id, id, id);
	clean_markup(to, title);
	buf_printf(to, "</title>\n<desc id=\"%s-d\">", id);
	clean_markup(to, words);
	buf_str(to, "</desc>\n");
	for (size_t i = 0; i < p->n; i++)
		put_item(to, p, &p->item[i]);
	buf_str(to, "</svg>\n");
	to->failed |= !plot_ok(p);
}
