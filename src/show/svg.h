/* What pictures share: the frame, and text that may come from anywhere. */
#ifndef CORDON_SHOW_SVG_H
#define CORDON_SHOW_SVG_H

#include "base/buf.h"

/* Begins a picture on white, so many pixels wide and high; ends it. */
void svg_begin(struct buf *to, double width, double height);
void svg_end(struct buf *to);

/*
 * Appends s as text of an element or attribute: cleaned as for a terminal (term.h), cut to at most
 * `columns` of them with an ellipsis, and escaped; so it is well-formed whatever s holds.
 */
void svg_text(struct buf *to, struct span s, int columns);

/* The same of a buffer, which is freed; that its memory was short is handed on. */
void svg_words(struct buf *to, struct buf *words, int columns);

/*
 * Appends words as lines of text from x, y on, of a size in pixels, broken at blanks to fit a
 * width; then the words are freed, as by svg_words(). Returns where the line below would stand.
 */
double svg_paragraph(
	struct buf *to, double x, double y, double width, double size, struct buf *words);

/*
 * How many columns of s fit into a width, by how wide letters are in common sans-serif fonts of a
 * size, in pixels; for svg_text(). What fits whole has all its columns.
 */
int svg_fit(struct span s, double width, double size);

/* How wide a text is by the same measure. */
double svg_width(struct span s, double size);

#endif
