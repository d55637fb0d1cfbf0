/*
 * As much of CSS as it takes to tell hidden text: the declarations of a style attribute, and of a
 * style sheet the rules whose selector is a tag, a class, an id or a tag with one of them. Rules in
 * "@" blocks and with other selectors are not read; "!important" changes nothing.
 */
#ifndef CORDON_MAIL_CSS_H
#define CORDON_MAIL_CSS_H

#include "base/span.h"

#include <stdint.h>

/* Rules of all style sheets of a part that are kept. */
#define CSS_RULES_MOST 256

/* Ways to hide. A set bit in `known` says that the declarations decide the matter. */
enum css_hide {
	CSS_DISPLAY = 1,    /* display:none, mso-hide:all */
	CSS_VISIBILITY = 2, /* visibility:hidden or collapse */
	CSS_TINY = 4,       /* font size up to 2 px */
	CSS_OPACITY = 8,    /* opacity under 0.1 */
	CSS_BOX = 16        /* a box of no size with its overflow hidden, or far off the screen */
};

/* A colour, 0xRRGGBB, or one of these. */
#define CSS_UNSET   0xffffffffu /* not said */
#define CSS_UNKNOWN 0xfffffffeu /* said, but not to be told: an image, a gradient, an odd name */

struct css {
	uint8_t known, hides; /* enum css_hide */
	uint32_t color, ground;
};

#define CSS_NOTHING ((struct css){0, 0, CSS_UNSET, CSS_UNSET})

/* Reads declarations ("display:none; color:#fff"). Linear. */
struct css css_declarations(struct span s);

/* a, and over it what b says. */
struct css css_over(struct css a, struct css b);

/* A colour of CSS or HTML: a name, #rgb, #rrggbb, rrggbb, rgb(). CSS_UNKNOWN for anything else. */
uint32_t css_color(struct span s);

/* True when letters in one cannot be told from a ground in the other. */
bool css_color_near(uint32_t a, uint32_t b);

/* The rules of a part's sheets. */
struct css_sheet {
	uint32_t rules;
	uint64_t key[2 * CSS_RULES_MOST]; /* 0 for a free place; only set when rules > 0 */
	struct css css[2 * CSS_RULES_MOST];
};

/* Makes it empty; costs nothing. */
void css_sheet_init(struct css_sheet *sheet);

/* Adds the rules of one style element. Linear. */
void css_sheet_add(struct css_sheet *sheet, struct span s);

/* What the sheet says of an element; class is the attribute's value, of which 8 names count. */
struct css css_sheet_find(
	const struct css_sheet *sheet, struct span tag, struct span class, struct span id);

#endif
