/* Text on pages of paper, for doc_pdf.c: laid out by pango, drawn line by line, with its links. */
#ifndef CORDON_SHOW_PDF_TEXT_H
#define CORDON_SHOW_PDF_TEXT_H

#include "show/doc.h"

#include <pango/pangocairo.h>

enum pdf_look { PDF_NORMAL, PDF_BOLD, PDF_MONO };

/* What texts are laid out with. */
struct pdf_text {
	const struct doc *d;
	PangoFontMap *fonts;
	PangoContext *context;
	struct span *id; /* id[ids]: all that links may lead to, sorted; owned */
	size_t ids;
	bool failed;
};

void pdf_text_init(struct pdf_text *t, const struct doc *d, cairo_t *cr);
void pdf_text_done(struct pdf_text *t);

/* A text that is laid out, `lines` of it; given back by pdf_laid_done(). */
struct pdf_laid {
	const struct pdf_text *by;
	const struct doc_text *text; /* NULL for words without links */
	PangoLayout *layout;
	size_t *start; /* start[runs of the text]: where each begins in the layout's text; owned */
	size_t lines;
};

/* Width and size in points. */
void pdf_text_lay(struct pdf_text *t, const struct doc_text *text, double width, double size,
	enum pdf_look look, struct pdf_laid *ret_laid);
void pdf_text_lay_words(struct pdf_text *t, struct span s, double width, double size,
	enum pdf_look look, struct pdf_laid *ret_laid);
void pdf_laid_done(struct pdf_laid *l);

double pdf_laid_height(const struct pdf_laid *l, size_t line);
double pdf_laid_width(const struct pdf_laid *l, size_t line);

/* Draws a line, its upper left corner at x, y; adds the links that it has. */
void pdf_laid_draw(const struct pdf_laid *l, cairo_t *cr, size_t line, double x, double y);
void pdf_laid_links(const struct pdf_laid *l, cairo_t *cr, size_t line, double x, double y);

/* How wide a text is on one line; bounded. */
double pdf_text_width(struct pdf_text *t, struct span s, double size, enum pdf_look look);
double pdf_text_width_of(struct pdf_text *t, const struct doc_text *text, double size);

/* One line, cut with an ellipsis; with `right` it ends at x. */
void pdf_text_line(struct pdf_text *t, cairo_t *cr, double x, double y, double width, double size,
	bool right, struct span s);

/* The same as a link to an id. */
void pdf_text_entry(struct pdf_text *t, cairo_t *cr, double x, double y, double width, double size,
	struct span s, struct span id);

/* One line on a base line, in the colour that is set; a share of its width stands before x. */
void pdf_text_anchored(struct pdf_text *t, cairo_t *cr, double x, double y, double share,
	double size, bool bold, struct span s);

#endif
