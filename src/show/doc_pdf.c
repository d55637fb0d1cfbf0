/*
 * The document goes through twice: the first time into nothing, to learn on which page each
 * heading comes to stand and how many pages there are; the second time for good. Page numbers have
 * a place of fixed width, so both passes break pages alike.
 *
 * All text is put line by line; what has a tag of its own never crosses a page.
 */
#include "show/doc_pdf.h"

#include "show/pdf_text.h"
#include "show/words.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* In points. */
#define PAGE_WIDTH   595.0
#define PAGE_HEIGHT  842.0
#define EDGE         54.0
#define HEAD_MOST    58.0
#define WIDTH        (PAGE_WIDTH - 2 * EDGE)
#define BOTTOM       (PAGE_HEIGHT - 62)
#define BODY         9.5
#define SMALL        8.0
#define CODE         7.5
#define CELL_GAP     7.0
#define COLUMNS_MOST 16

struct pages {
	const struct doc *d;
	struct pdf_text text; /* what texts are laid out with */
	cairo_surface_t *surface;
	cairo_t *cr;
	double y;
	unsigned page, total; /* from 1; total 0 in the first pass */
	unsigned *page_of;    /* page_of[blocks] of headings, from the first pass */
	int outline[4];       /* the last item of each level */
};

static cairo_status_t take_bytes(void *context, const unsigned char *bytes, unsigned n)
{
	struct buf *to = context;

	if (!to)
		return CAIRO_STATUS_SUCCESS;
	buf_add(to, (struct span){(const char *)bytes, n});
	return buf_ok(to) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

static void put_footer(struct pages *w)
{
	struct buf words = {0};
	const double y = PAGE_HEIGHT - 36;

	if (w->d->blocks)
		doc_flat(&words, w->d, &w->d->block[0].text);
	pdf_text_line(&w->text, w->cr, EDGE, y, WIDTH - 90, SMALL, false, buf_span(&words));
	buf_clear(&words);
	buf_printf(&words, "page %u of %u", w->page, w->total);
	pdf_text_line(&w->text, w->cr, EDGE + WIDTH, y, 90, SMALL, true, buf_span(&words));
	buf_done(&words);
}

static void next_page(struct pages *w)
{
	put_footer(w);
	cairo_show_page(w->cr);
	w->page++;
	w->y = EDGE;
}

/* Room for so much, else a new page; returns whether one was begun. */
static bool need(struct pages *w, double height)
{
	if (w->y + height <= BOTTOM || w->y <= EDGE)
		return false;
	next_page(w);
	return true;
}

/* A tag that is not closed over pages. */
static void tag(struct pages *w, const char *name, bool begin)
{
	if (begin)
		cairo_tag_begin(w->cr, name, NULL);
	else
		cairo_tag_end(w->cr, name);
}

static void put_target(struct pages *w, size_t from, size_t to)
{
	struct span id = doc_span(w->d, from, to);
	char attributes[128];

	if (!id.n || id.n > 64)
		return;
	snprintf(attributes, sizeof(attributes), "name='%.*s' x=%.1f y=%.1f", SPAN_ARG(id), EDGE,
		w->y);
	cairo_tag_begin(w->cr, CAIRO_TAG_DEST, attributes);
	cairo_tag_end(w->cr, CAIRO_TAG_DEST);
}

/* Lines of a text one by one from the left edge at x on, each page's share under a tag of its
 * own. */
static void put_lines(struct pages *w, struct pdf_laid *l, double x, const char *name)
{
	size_t line = 0;

	while (line < l->lines) {
		need(w, pdf_laid_height(l, line));
		size_t first = line;
		double y = w->y;

		tag(w, name, true);
		do {
			pdf_laid_draw(l, w->cr, line, x, y);
			y += pdf_laid_height(l, line++);
		} while (line < l->lines && y + pdf_laid_height(l, line) <= BOTTOM);
		tag(w, name, false);
		for (double at = w->y; first < line; first++) {
			pdf_laid_links(l, w->cr, first, x, at);
			at += pdf_laid_height(l, first);
		}
		w->y = y;
	}
}

static void put_text(struct pages *w, const struct doc_text *t, double x, double size,
	enum pdf_look look, const char *name)
{
	struct pdf_laid l;

	pdf_text_lay(&w->text, t, WIDTH - (x - EDGE), size, look, &l);
	put_lines(w, &l, x, name);
	pdf_laid_done(&l);
}

static void put_words(struct pages *w, struct span s, double size, enum pdf_look look)
{
	struct pdf_laid l;

	pdf_text_lay_words(&w->text, s, WIDTH, size, look, &l);
	put_lines(w, &l, EDGE, "P");
	pdf_laid_done(&l);
}

static void put_outline(struct pages *w, const struct doc_block *b, unsigned page)
{
	struct buf words = {0};
	char where[96];
	struct span id = doc_span(w->d, b->id, b->id_end);
	int level = b->level < 1 ? 1 : b->level > 3 ? 3 : b->level;

	doc_flat(&words, w->d, &b->text);
	buf_byte(&words, '\0');
	if (id.n && id.n <= 64)
		snprintf(where, sizeof(where), "dest='%.*s'", SPAN_ARG(id));
	else
		snprintf(where, sizeof(where), "page=%u", page);
	/* The title stands beside the sections, not over them. */
	int above = level <= 2 ? CAIRO_PDF_OUTLINE_ROOT : w->outline[level - 1];

	if (buf_ok(&words))
		w->outline[level] = cairo_pdf_surface_add_outline(w->surface, above, words.p, where,
			level == 1 ? CAIRO_PDF_OUTLINE_FLAG_BOLD : 0);
	buf_done(&words);
}

static void put_heading(struct pages *w, size_t i)
{
	static const double sizes[] = {0, 18, 13, 10.5}, before[] = {0, 0, 16, 10};
	static const char *const tags[] = {"", "H1", "H2", "H3"};
	const struct doc_block *b = &w->d->block[i];

	if (w->y > EDGE)
		w->y += before[b->level];
	need(w, 90); /* it stands with what follows */
	w->page_of[i] = w->page;
	put_target(w, b->id, b->id_end);
	put_outline(w, b, w->page);
	if (b->level == 2) {
		cairo_rectangle(w->cr, EDGE, w->y, WIDTH, 1);
		cairo_fill(w->cr);
		w->y += 6;
	}
	put_text(w, &b->text, EDGE, sizes[b->level], PDF_BOLD, tags[b->level]);
	w->y += 4;
}

static void put_note(struct pages *w, const struct doc_block *b)
{
	struct pdf_laid l;
	double height = 0;

	pdf_text_lay(&w->text, &b->text, WIDTH - 14, BODY, PDF_NORMAL, &l);
	for (size_t i = 0; i < l.lines; i++)
		height += pdf_laid_height(&l, i);
	if (height < 300)
		need(w, height);
	if (w->y + height <= BOTTOM) {
		cairo_set_source_rgb(w->cr, 0.7, 0.35, 0);
		cairo_rectangle(w->cr, EDGE, w->y, 4, height);
		cairo_fill(w->cr);
		cairo_set_source_rgb(w->cr, 0, 0, 0);
	}
	put_lines(w, &l, EDGE + 14, "P");
	pdf_laid_done(&l);
	w->y += 6;
}

static void put_item(struct pages *w, const struct doc_block *b)
{
	need(w, 2 * BODY);
	cairo_new_path(w->cr);
	cairo_arc(w->cr, EDGE + 6, w->y + 0.75 * BODY, 1.6, 0, 2 * M_PI);
	cairo_fill(w->cr);
	put_text(w, &b->text, EDGE + 14, BODY, PDF_NORMAL, "P");
	w->y += 3;
}

/* How wide columns are: as wide as they want where all have room; else those that want more than
 * a bound get the bound, which is as high as can be. Columns that are whole come first. */
static void share_width(const struct doc_column *column, double *width, size_t n, double room)
{
	double want[COLUMNS_MOST], share = room / (double)n, low = 0, high = room;

	for (size_t i = 0; i < n; i++) {
		bool first = (column[i].whole || column[i].right) && width[i] < share;

		want[i] = first ? 0 : width[i];
		room -= first ? width[i] : 0;
	}
	for (int step = 0; step < 40; step++) {
		double bound = (low + high) / 2, sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += fmin(want[i], bound);
		if (sum > room)
			high = bound;
		else
			low = bound;
	}
	for (size_t i = 0; i < n; i++)
		if (want[i] > 0)
			width[i] = fmin(want[i], low);
}

static void table_widths(struct pages *w, const struct doc_block *b, double *width)
{
	size_t rows = doc_rows(b);

	for (size_t c = 0; c < b->columns; c++) {
		/* A head may be broken where what is below it is narrow. */
		width[c] = fmin(HEAD_MOST,
			pdf_text_width(&w->text, span_cstr(b->column[c].head), SMALL, PDF_BOLD));
		for (size_t r = 0; r < rows; r++)
			width[c] = fmax(width[c],
				pdf_text_width_of(&w->text, &doc_at(w->d, b, r, c)->text, SMALL));
		width[c] += 1; /* what rounding takes */
	}
	share_width(b->column, width, b->columns, WIDTH - CELL_GAP * (double)(b->columns - 1));
}

/* A row that is laid out. */
struct row {
	struct pdf_laid cell[COLUMNS_MOST];
	double height;
};

static void row_height(struct row *r, size_t n)
{
	r->height = 0;
	for (size_t c = 0; c < n; c++) {
		double height = 0;

		for (size_t i = 0; i < r->cell[c].lines; i++)
			height += pdf_laid_height(&r->cell[c], i);
		r->height = fmax(r->height, height);
	}
	r->height += 4;
}

static void row_draw(struct pages *w, struct row *r, const struct doc_block *b, const double *width,
	bool head, bool tagged)
{
	double x = EDGE;

	if (tagged)
		tag(w, "TR", true);
	for (size_t c = 0; c < b->columns; c++) {
		const char *name = head || c == 0 ? "TH" : "TD";
		struct pdf_laid *l = &r->cell[c];
		double y = w->y + 2;

		if (tagged)
			tag(w, name, true);
		for (size_t i = 0; i < l->lines; i++) {
			double at = x + (b->column[c].right ? width[c] - pdf_laid_width(l, i) : 0);

			if (y + pdf_laid_height(l, i) > BOTTOM + 10)
				break; /* higher than a page: the rest is cut off */
			pdf_laid_draw(l, w->cr, i, at, y);
			y += pdf_laid_height(l, i);
		}
		if (tagged)
			tag(w, name, false);
		y = w->y + 2;
		for (size_t i = 0; i < l->lines; i++) {
			pdf_laid_links(l, w->cr, i,
				x + (b->column[c].right ? width[c] - pdf_laid_width(l, i) : 0), y);
			y += pdf_laid_height(l, i);
		}
		x += width[c] + CELL_GAP;
	}
	if (tagged)
		tag(w, "TR", false);
	w->y += r->height;
	cairo_set_source_rgb(w->cr, head ? 0 : 0.75, head ? 0 : 0.75, head ? 0 : 0.75);
	cairo_rectangle(w->cr, EDGE, w->y - 1, WIDTH, head ? 1 : 0.5);
	cairo_fill(w->cr);
	cairo_set_source_rgb(w->cr, 0, 0, 0);
}

static void put_rows(struct pages *w, const struct doc_block *b, struct row *head, double *width)
{
	size_t rows = doc_rows(b);

	row_draw(w, head, b, width, true, true);
	for (size_t i = 0; i < rows; i++) {
		struct row r;

		for (size_t c = 0; c < b->columns; c++)
			pdf_text_lay(&w->text, &doc_at(w->d, b, i, c)->text, width[c], SMALL,
				PDF_NORMAL, &r.cell[c]);
		row_height(&r, b->columns);
		if (need(w, r.height))
			row_draw(w, head, b, width, true, false);
		put_target(w, doc_at(w->d, b, i, 0)->id, doc_at(w->d, b, i, 0)->id_end);
		row_draw(w, &r, b, width, false, true);
		for (size_t c = 0; c < b->columns; c++)
			pdf_laid_done(&r.cell[c]);
	}
}

static void put_table(struct pages *w, const struct doc_block *b)
{
	double width[COLUMNS_MOST];
	struct row head;

	if (!b->columns || b->columns > COLUMNS_MOST)
		return;
	table_widths(w, b, width);
	for (size_t c = 0; c < b->columns; c++)
		pdf_text_lay_words(&w->text, span_cstr(b->column[c].head), width[c], SMALL,
			PDF_BOLD, &head.cell[c]);
	row_height(&head, b->columns);
	need(w, head.height + 60);
	put_target(w, b->id, b->id_end);
	put_text(w, &b->text, EDGE, SMALL + 0.5, PDF_BOLD, "P");
	tag(w, "Table", true);
	put_rows(w, b, &head, width);
	tag(w, "Table", false);
	for (size_t c = 0; c < b->columns; c++)
		pdf_laid_done(&head.cell[c]);
	w->y += 10;
}

static void draw_item(struct pages *w, const struct plot *p, const struct plot_item *i)
{
	cairo_t *cr = w->cr;

	cairo_set_source_rgb(cr, (i->colour >> 16 & 255) / 255.0, (i->colour >> 8 & 255) / 255.0,
		(i->colour & 255) / 255.0);
	switch (i->kind) {
	case PLOT_BOX:
		cairo_rectangle(cr, i->x, i->y, i->x2, i->y2);
		cairo_fill(cr);
		return;
	case PLOT_LINE:
		cairo_set_line_width(cr, i->size);
		cairo_move_to(cr, i->x, i->y);
		cairo_line_to(cr, i->x2, i->y2);
		cairo_stroke(cr);
		return;
	case PLOT_DOT:
		cairo_new_path(cr);
		cairo_arc(cr, i->x, i->y, i->size, 0, 2 * M_PI);
		cairo_fill(cr);
		return;
	}
	pdf_text_anchored(
		&w->text, cr, i->x, i->y, i->anchor / 2.0, i->size, i->bold, plot_words(p, i));
}

static void put_plot(struct pages *w, const struct doc_block *b)
{
	double scale = b->plot.width > 0 ? WIDTH / b->plot.width : 1;
	double height = b->plot.height * scale;

	/* A picture that is higher than a page is made smaller. */
	if (height > BOTTOM - EDGE - 60) {
		scale *= (BOTTOM - EDGE - 60) / height;
		height = BOTTOM - EDGE - 60;
	}
	need(w, height + 50);
	put_target(w, b->id, b->id_end);
	put_words(w, doc_span(w->d, b->title, b->title_end), SMALL + 0.5, PDF_BOLD);
	w->y += 2;
	tag(w, "Figure", true);
	cairo_save(w->cr);
	cairo_translate(w->cr, EDGE, w->y);
	cairo_scale(w->cr, scale, scale);
	for (size_t i = 0; i < b->plot.n; i++)
		draw_item(w, &b->plot, &b->plot.item[i]);
	cairo_restore(w->cr);
	tag(w, "Figure", false);
	cairo_set_source_rgb(w->cr, 0, 0, 0);
	w->y += height + 2;
	put_text(w, &b->text, EDGE, SMALL, PDF_NORMAL, "P");
	w->y += 8;
}

static void put_contents(struct pages *w)
{
	put_words(w, SPAN("Contents"), 13, PDF_BOLD);
	for (size_t i = 0; i < w->d->blocks; i++) {
		const struct doc_block *b = &w->d->block[i];
		struct buf words = {0};
		char number[16];

		if (b->kind != DOC_HEADING || b->level != 2 || b->id == b->id_end)
			continue;
		need(w, 2 * BODY);
		doc_flat(&words, w->d, &b->text);
		pdf_text_entry(&w->text, w->cr, EDGE, w->y, WIDTH - 40, BODY, buf_span(&words),
			doc_span(w->d, b->id, b->id_end));
		snprintf(number, sizeof(number), "%u", w->page_of[i]);
		pdf_text_line(
			&w->text, w->cr, EDGE + WIDTH, w->y, 40, BODY, true, span_cstr(number));
		w->y += 1.45 * BODY;
		buf_done(&words);
	}
}

static void put_block(struct pages *w, size_t i)
{
	const struct doc_block *b = &w->d->block[i];

	switch (b->kind) {
	case DOC_HEADING: put_heading(w, i); return;
	case DOC_PARA:
		/* What leads to a list stands with it. */
		if (i + 1 < w->d->blocks && w->d->block[i + 1].kind == DOC_ITEM)
			need(w, 5 * BODY);
		put_text(w, &b->text, EDGE, BODY, PDF_NORMAL, "P");
		w->y += 6;
		return;
	case DOC_NOTE: put_note(w, b); return;
	case DOC_ITEM: put_item(w, b); return;
	case DOC_CODE:
		put_text(w, &b->text, EDGE, CODE, PDF_MONO, "P");
		w->y += 4;
		return;
	case DOC_TABLE: put_table(w, b); return;
	case DOC_PLOT: put_plot(w, b); return;
	case DOC_FOLD: put_words(w, doc_span(w->d, b->title, b->title_end), CODE, PDF_NORMAL);
	}
}

static void set_metadata(cairo_surface_t *s, const struct doc *d)
{
	struct buf title = {0};
	char made[32];
	time_t at = (time_t)d->made;
	struct tm tm;

	if (d->blocks)
		doc_flat(&title, d, &d->block[0].text);
	buf_byte(&title, '\0');
	if (buf_ok(&title))
		cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, title.p);
	buf_done(&title);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, d->author);
	if (gmtime_r(&at, &tm) && strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", &tm)) {
		cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, made);
		cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, made);
	}
}

/* What cairo says is wrong, as an error of ours. */
static int told(cairo_status_t status, bool short_of_memory, struct err *err)
{
	if (status == CAIRO_STATUS_NO_MEMORY || (status == CAIRO_STATUS_SUCCESS && short_of_memory))
		return err_sys(err, -ENOMEM, "PDF");
	if (status != CAIRO_STATUS_SUCCESS)
		return err_set(err, -EIO, "PDF: cairo: %s", cairo_status_to_string(status));
	return 0;
}

/* One pass into a buffer, or into nothing; *total is how many pages it came to. */
static int pass(
	const struct doc *d, struct buf *to, unsigned *page_of, unsigned *total, struct err *err)
{
	struct pages w = {.d = d, .page = 1, .total = *total, .page_of = page_of, .y = EDGE};
	bool listed = false;

	w.surface = cairo_pdf_surface_create_for_stream(take_bytes, to, PAGE_WIDTH, PAGE_HEIGHT);
	set_metadata(w.surface, d);
	w.cr = cairo_create(w.surface);
	pdf_text_init(&w.text, d, w.cr);
	for (size_t i = 0; i < d->blocks; i++) {
		const struct doc_block *b = &d->block[i];

		if (!listed && b->kind == DOC_HEADING && b->level == 2) {
			put_contents(&w);
			listed = true;
		}
		put_block(&w, i);
	}
	put_footer(&w);
	cairo_show_page(w.cr);
	cairo_status_t status = cairo_status(w.cr);
	bool failed = w.text.failed;

	pdf_text_done(&w.text);
	cairo_destroy(w.cr);
	cairo_surface_finish(w.surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(w.surface);
	cairo_surface_destroy(w.surface);
	*total = w.page;
	return told(status, failed, err);
}

int doc_pdf(struct buf *to, const struct doc *d, struct err *err)
{
	unsigned total = 0;
	unsigned *page_of = calloc(d->blocks + 1, sizeof(*page_of));

	if (!page_of || !doc_ok(d)) {
		free(page_of);
		return err_sys(err, -ENOMEM, "PDF");
	}
	int rc = pass(d, NULL, page_of, &total, err);

	if (rc == 0)
		rc = pass(d, to, page_of, &total, err);
	free(page_of);
	return rc;
}
