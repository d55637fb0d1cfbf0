/* Kinds of charts, as plots. Every chart stands beside a table of the same numbers. */
#ifndef CORDON_SHOW_CHART_H
#define CORDON_SHOW_CHART_H

#include "show/plot.h"

/* Colours that can be told apart by most who see colours otherwise (Okabe and Ito 2008), repeated
 * beyond the eighth. */
uint32_t chart_colour(size_t i);

/*
 * Bars of parts that stand on each other: value[bar * parts + part], 0 or more; a label a bar and a
 * name a part, with a legend of the parts that any bar has.
 */
struct chart_bars {
	size_t bars, parts;
	const double *value;
	const struct span *label, *part;
	const char *unit; /* above the axis: "sightings a month" */
};

/* Spans of time, one below the other: from .. to of the axis 0 .. 1; marked ones are of another
 * colour. */
struct chart_spans {
	size_t n;
	const struct span *label;
	const double *from, *to; /* 0 .. 1 */
	const bool *marked;
	struct span first, last; /* what stands below the ends of the axis */
};

/* Values with their intervals, one below the other, low <= value <= high. */
struct chart_intervals {
	size_t n;
	const struct span *label;
	const double *low, *value, *high;
	const bool *marked;
	const char *unit; /* below the axis */
};

#define CHART_WIDTH     680.0
#define CHART_ROWS_MOST 120 /* bars or rows beyond are left out */

/* Each fills in an empty plot, CHART_WIDTH wide, which the caller ends. */
void chart_draw_bars(struct plot *p, const struct chart_bars *c);
void chart_draw_spans(struct plot *p, const struct chart_spans *c);
void chart_draw_intervals(struct plot *p, const struct chart_intervals *c);

#endif
