/*
 * Runs become one text with attributes. What came from outside and is not plain ASCII stands in a
 * directional isolate (UAX 9, 2.4.2), so that it cannot turn the text around it.
 */
#include "show/pdf_text.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define ISOLATE     "\xe2\x81\xa8" /* U+2068 */
#define END_ISOLATE "\xe2\x81\xa9" /* U+2069 */
#define WIDTH_MOST  400            /* bytes of a cell that are measured */

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void add_id(struct pdf_text *t, size_t from, size_t to)
{
	struct span s = doc_span(t->d, from, to);

	if (s.n && s.n <= 64)
		t->id[t->ids++] = s;
}

void pdf_text_init(struct pdf_text *t, const struct doc *d, cairo_t *cr)
{
	cairo_font_options_t *options = cairo_font_options_create();

	*t = (struct pdf_text){.d = d, .fonts = pango_cairo_font_map_new()};
	t->context = pango_font_map_create_context(t->fonts);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_update_context(cr, t->context);
	pango_cairo_context_set_font_options(t->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(t->context, FALSE);
	pango_context_set_base_dir(t->context, PANGO_DIRECTION_LTR);
	pango_context_set_language(t->context, pango_language_from_string("en"));
	t->id = calloc(d->blocks + d->cells + 1, sizeof(*t->id));
	t->failed = !t->id;
	if (t->failed)
		return;
	for (size_t i = 0; i < d->blocks; i++)
		add_id(t, d->block[i].id, d->block[i].id_end);
	for (size_t i = 0; i < d->cells; i++)
		add_id(t, d->cell[i].id, d->cell[i].id_end);
	qsort(t->id, t->ids, sizeof(*t->id), compare_spans);
}

void pdf_text_done(struct pdf_text *t)
{
	free(t->id);
	g_object_unref(t->context);
	g_object_unref(t->fonts);
}

static PangoLayout *layout_new(struct pdf_text *t, double width, double size, enum pdf_look look)
{
	PangoLayout *layout = pango_layout_new(t->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(
		font, look == PDF_MONO ? "DejaVu Sans Mono" : "DejaVu Sans");
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	if (look == PDF_BOLD)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	if (width > 0)
		pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	return layout;
}

static void add_attribute(PangoAttrList *list, PangoAttribute *a, size_t from, size_t to)
{
	a->start_index = (guint)from;
	a->end_index = (guint)to;
	pango_attr_list_insert(list, a);
}

static void style_run(PangoAttrList *list, enum doc_style style, size_t from, size_t to)
{
	if (style == DOC_STRONG)
		add_attribute(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, to);
	if (style == DOC_MONO || style == DOC_FOREIGN_MONO) {
		add_attribute(list, pango_attr_family_new("DejaVu Sans Mono"), from, to);
		add_attribute(list, pango_attr_scale_new(0.88), from, to);
	}
	if (style == DOC_LINK)
		add_attribute(list, pango_attr_foreground_new(0, 0x4a00, 0x9900), from, to);
}

/* No ligatures, and no hyphens where a name is broken: names are to be found and copied letter by
 * letter. */
static void set_attributes(struct pdf_laid *l, PangoAttrList *list)
{
	pango_attr_list_insert(list, pango_attr_font_features_new("liga=0, clig=0, dlig=0"));
	pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(l->layout, list);
	pango_attr_list_unref(list);
}

static void put_run(struct buf *to, const struct doc *d, const struct doc_run *r)
{
	struct span s = doc_span(d, r->text, r->text_end);
	bool apart = (r->style == DOC_FOREIGN || r->style == DOC_FOREIGN_MONO) && !utf8_is_ascii(s);

	buf_str(to, apart ? ISOLATE : "");
	buf_add(to, s);
	buf_str(to, apart ? END_ISOLATE : "");
}

void pdf_text_lay(struct pdf_text *t, const struct doc_text *text, double width, double size,
	enum pdf_look look, struct pdf_laid *ret_laid)
{
	size_t runs = text->run_end - text->run;
	struct pdf_laid l = {
		t, text, layout_new(t, width, size, look), calloc(runs + 1, sizeof(size_t)), 0};
	PangoAttrList *list = pango_attr_list_new();
	struct buf all = {0};

	for (size_t i = 0; i < runs && l.start; i++) {
		const struct doc_run *r = &t->d->run[text->run + i];

		l.start[i] = all.n;
		put_run(&all, t->d, r);
		style_run(list, r->style, l.start[i], all.n);
	}
	if (l.start)
		l.start[runs] = all.n;
	t->failed |= !l.start || all.failed;
	pango_layout_set_text(l.layout, all.n ? all.p : "", (int)all.n);
	set_attributes(&l, list);
	buf_done(&all);
	l.lines = (size_t)pango_layout_get_line_count(l.layout);
	*ret_laid = l;
}

void pdf_text_lay_words(struct pdf_text *t, struct span s, double width, double size,
	enum pdf_look look, struct pdf_laid *ret_laid)
{
	struct pdf_laid l = {t, NULL, layout_new(t, width, size, look), NULL, 0};

	pango_layout_set_text(l.layout, s.n ? s.p : "", (int)s.n);
	set_attributes(&l, pango_attr_list_new());
	l.lines = (size_t)pango_layout_get_line_count(l.layout);
	*ret_laid = l;
}

void pdf_laid_done(struct pdf_laid *l)
{
	free(l->start);
	g_object_unref(l->layout);
}

static PangoLayoutLine *line_at(const struct pdf_laid *l, size_t line)
{
	return pango_layout_get_line_readonly(l->layout, (int)line);
}

static PangoRectangle extents(const struct pdf_laid *l, size_t line)
{
	PangoRectangle box;

	pango_layout_line_get_extents(line_at(l, line), NULL, &box);
	return box;
}

/* Lines stand a little apart, which is easier to read. */
double pdf_laid_height(const struct pdf_laid *l, size_t line)
{
	return 1.12 * extents(l, line).height / PANGO_SCALE;
}

double pdf_laid_width(const struct pdf_laid *l, size_t line)
{
	return (double)extents(l, line).width / PANGO_SCALE;
}

void pdf_laid_draw(const struct pdf_laid *l, cairo_t *cr, size_t line, double x, double y)
{
	cairo_move_to(cr, x, y - (double)extents(l, line).y / PANGO_SCALE);
	pango_cairo_show_layout_line(cr, line_at(l, line));
}

/* Where a link leads, as cairo wants it; false for what must not be one. */
static bool link_attributes(const struct pdf_text *t, struct span target, char to[128])
{
	bool inside = target.n && target.p[0] == '#';
	struct span s = inside ? span_skip(target, 1) : target;

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !memchr("-._/", s.p[i], 4))
			return false;
	if (!s.n || s.n > 64 || (inside && !bsearch(&s, t->id, t->ids, sizeof(s), compare_spans)))
		return false;
	snprintf(to, 128, "%s='%.*s'", inside ? "dest" : "uri", SPAN_ARG(s));
	return true;
}

static void put_link(
	cairo_t *cr, const char *where, double x, double y, double width, double height)
{
	char attributes[256];

	snprintf(attributes, sizeof(attributes), "%s rect=[%.2f %.2f %.2f %.2f]", where, x, y,
		width, height);
	cairo_tag_begin(cr, CAIRO_TAG_LINK, attributes);
	cairo_tag_end(cr, CAIRO_TAG_LINK);
}

void pdf_laid_links(const struct pdf_laid *l, cairo_t *cr, size_t line, double x, double y)
{
	if (!l->text || !l->start)
		return;
	PangoLayoutLine *at = line_at(l, line);
	size_t from = (size_t)at->start_index, to = from + (size_t)at->length;
	char where[128];

	for (size_t i = l->text->run; i < l->text->run_end; i++) {
		const struct doc_run *r = &l->by->d->run[i];
		size_t start = l->start[i - l->text->run], end = l->start[i - l->text->run + 1];
		int *range = NULL, n = 0;

		if (r->style != DOC_LINK || end <= from || start >= to ||
			!link_attributes(
				l->by, doc_span(l->by->d, r->target, r->target_end), where))
			continue;
		pango_layout_line_get_x_ranges(at, (int)(start > from ? start : from),
			(int)(end < to ? end : to), &range, &n);
		for (int k = 0; k < n; k++)
			put_link(cr, where, x + (double)range[2 * k] / PANGO_SCALE, y,
				(double)(range[2 * k + 1] - range[2 * k]) / PANGO_SCALE,
				pdf_laid_height(l, line));
		g_free(range);
	}
}

static double width_of(struct pdf_laid *l)
{
	double most = 0;

	for (size_t i = 0; i < l->lines; i++)
		if (pdf_laid_width(l, i) > most)
			most = pdf_laid_width(l, i);
	pdf_laid_done(l);
	return most;
}

double pdf_text_width(struct pdf_text *t, struct span s, double size, enum pdf_look look)
{
	struct pdf_laid l;

	pdf_text_lay_words(t, span_take(s, WIDTH_MOST), 0, size, look, &l);
	return width_of(&l);
}

double pdf_text_width_of(struct pdf_text *t, const struct doc_text *text, double size)
{
	struct pdf_laid l;

	pdf_text_lay(t, text, 0, size, PDF_NORMAL, &l);
	return width_of(&l);
}

void pdf_text_line(struct pdf_text *t, cairo_t *cr, double x, double y, double width, double size,
	bool right, struct span s)
{
	struct pdf_laid l;

	pdf_text_lay_words(t, s, width, size, PDF_NORMAL, &l);
	pango_layout_set_height(l.layout, 0); /* one line */
	pango_layout_set_ellipsize(l.layout, PANGO_ELLIPSIZE_END);
	pdf_laid_draw(&l, cr, 0, right ? x - pdf_laid_width(&l, 0) : x, y);
	pdf_laid_done(&l);
}

void pdf_text_entry(struct pdf_text *t, cairo_t *cr, double x, double y, double width, double size,
	struct span s, struct span id)
{
	char where[128], target[80];

	cairo_tag_begin(cr, "P", NULL);
	pdf_text_line(t, cr, x, y, width, size, false, s);
	cairo_tag_end(cr, "P");
	snprintf(target, sizeof(target), "#%.*s", SPAN_ARG(span_take(id, 64)));
	if (link_attributes(t, span_cstr(target), where))
		put_link(cr, where, x, y, width, 1.4 * size);
}

void pdf_text_anchored(struct pdf_text *t, cairo_t *cr, double x, double y, double share,
	double size, bool bold, struct span s)
{
	struct pdf_laid l;

	pdf_text_lay_words(t, s, 0, size, bold ? PDF_BOLD : PDF_NORMAL, &l);
	cairo_move_to(cr, x - share * pdf_laid_width(&l, 0), y);
	pango_cairo_show_layout_line(cr, line_at(&l, 0));
	pdf_laid_done(&l);
}

/* fontconfig holds what it read by offsets, which LeakSanitizer takes for nothing. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif
#endif
