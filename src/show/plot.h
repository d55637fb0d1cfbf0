/*
 * A picture as drawing commands, so that the same one is written as SVG and drawn on paper and the
 * two cannot differ. Units are pixels of a web page, 0, 0 is above on the left.
 */
#ifndef CORDON_SHOW_PLOT_H
#define CORDON_SHOW_PLOT_H

#include "base/buf.h"

#include <stdint.h>

enum plot_kind { PLOT_BOX, PLOT_LINE, PLOT_DOT, PLOT_TEXT };
enum plot_anchor { PLOT_START, PLOT_MIDDLE, PLOT_END };

struct plot_item {
	uint8_t kind;          /* enum plot_kind */
	uint8_t anchor;        /* enum plot_anchor; of texts: which end of it stands at x */
	bool bold;             /* of texts */
	uint32_t colour;       /* 0xrrggbb */
	double x, y;           /* of texts: of the base line; of dots: of the middle */
	double x2, y2;         /* boxes: width and height; lines: the other end */
	double size;           /* lines: width; dots: radius; texts: height of the letters */
	size_t text, text_end; /* of texts: where in the plot's */
};

struct plot {
	double width, height;
	struct plot_item *item; /* item[n], owned */
	size_t n, room;
	struct buf text; /* all texts, cleaned */
	bool failed;     /* memory was short, and something is missing */
};

/* {0} is an empty plot. */
void plot_init(struct plot *p, double width, double height);
void plot_done(struct plot *p);

/* Nothing is drawn when a number is not finite. Failure sticks: plot_ok() tells at the end. */
void plot_box(struct plot *p, double x, double y, double width, double height, uint32_t colour);
void plot_line(
	struct plot *p, double x, double y, double x2, double y2, double width, uint32_t colour);
void plot_dot(struct plot *p, double x, double y, double radius, uint32_t colour);

/* Text of anybody's: cleaned (clean.h), and cut with an ellipsis to about `width`; 0: as long as it
 * is, but 200 columns at most. */
void plot_text(struct plot *p, double x, double y, enum plot_anchor anchor, double size, bool bold,
	double width, struct span text);

bool plot_ok(const struct plot *p);

/* The text of an item. */
struct span plot_words(const struct plot *p, const struct plot_item *item);

/*
 * Appends it as an SVG element for a page: no fixed size, so that it scales; named by the id that
 * is given (letters, digits, '-'), which begins all ids in it. title and description are what is
 * read out to those who cannot see it.
 */
void plot_svg(
	struct buf *to, const struct plot *p, const char *id, struct span title, struct span words);

#endif
