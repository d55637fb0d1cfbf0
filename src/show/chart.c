/* Axes go from 0 to a round number; labels are left out where they would touch. */
#include "show/chart.h"

#include "show/words.h"

#include <math.h>

#define LETTERS 12
#define GRID    0xdddddd
#define AXIS    0x777777
#define ROW     20.0
#define NAMES   190.0 /* room for the labels of rows */
#define EDGE    12.0

uint32_t chart_colour(size_t i)
{
	static const uint32_t colour[] = {
		0x0072b2, 0xd55e00, 0xcc79a7, 0x222222, 0x009e73, 0xe69f00, 0x56b4e9, 0x999999};

	return colour[i % (sizeof(colour) / sizeof(*colour))];
}

/* The least round number that is at least n; also of fractions. */
static double round_up(double n)
{
	static const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};

	if (!(n > 0))
		return 1;
	double ten = pow(10, floor(log10(n)));

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i] * ten >= n * (1 - 1e-9))
			return steps[i] * ten;
	return 10 * ten;
}

static double largest(const double *of, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(of[i]) && of[i] > most)
			most = of[i];
	return most;
}

static void put_number(
	struct plot *p, double x, double y, enum plot_anchor anchor, double n, double size)
{
	struct buf words = {0};

	words_number(&words, n);
	plot_text(p, x, y, anchor, size, false, 0, buf_span(&words));
	p->failed |= words.failed;
	buf_done(&words);
}

static bool has_part(const struct chart_bars *c, size_t bars, size_t part)
{
	for (size_t i = 0; i < bars; i++)
		if (c->value[i * c->parts + part] > 0)
			return true;
	return false;
}

/* The legend above; returns where the axis may begin. */
static double put_legend(struct plot *p, const struct chart_bars *c, size_t bars)
{
	double x = EDGE, y = 34;

	plot_text(p, EDGE, 14, PLOT_START, LETTERS, true, 0, span_cstr(c->unit));
	for (size_t i = 0; i < c->parts; i++) {
		if (!has_part(c, bars, i))
			continue;
		if (x + 120 > CHART_WIDTH) {
			x = EDGE;
			y += 18;
		}
		plot_box(p, x, y - 10, 12, 12, chart_colour(i));
		plot_text(p, x + 17, y, PLOT_START, LETTERS, false, 95, c->part[i]);
		x += 120;
	}
	return y + 16;
}

static double sum_of(const struct chart_bars *c, size_t bar)
{
	double sum = 0;

	for (size_t i = 0; i < c->parts; i++)
		sum += c->value[bar * c->parts + i];
	return sum;
}

static void put_bar(struct plot *p, const struct chart_bars *c, size_t bar, double x, double width,
	double bottom, double scale)
{
	double y = bottom;

	for (size_t i = 0; i < c->parts; i++) {
		double height = c->value[bar * c->parts + i] * scale;

		if (height > 0) {
			y -= height;
			plot_box(p, x, y, width, height, chart_colour(i));
		}
	}
}

void chart_draw_bars(struct plot *p, const struct chart_bars *c)
{
	const double left = 70, height = 180;
	size_t bars = c->bars < CHART_ROWS_MOST ? c->bars : CHART_ROWS_MOST;
	double most = 0;

	plot_init(p, CHART_WIDTH, 0);
	double top = put_legend(p, c, bars), bottom = top + height;

	for (size_t i = 0; i < bars; i++)
		most = fmax(most, sum_of(c, i));
	most = round_up(most);
	for (int i = 0; i <= 2; i++) {
		double y = bottom - i * height / 2;

		plot_line(p, left, y, CHART_WIDTH - EDGE, y, 1, i ? GRID : AXIS);
		if (i != 1 || most >= 2)
			put_number(p, left - 6, y + 4, PLOT_END, most * i / 2, LETTERS);
	}
	double step = bars ? (CHART_WIDTH - EDGE - left) / (double)bars : 0;
	size_t every = step > 0 ? (size_t)ceil(62 / step) : 1;

	for (size_t i = 0; i < bars; i++) {
		double x = left + (double)i * step;

		put_bar(p, c, i, x + 0.12 * step, fmin(0.76 * step, 60), bottom, height / most);
		if (i % every == 0)
			plot_text(p, x + 0.12 * step + fmin(0.38 * step, 30), bottom + 18,
				PLOT_MIDDLE, LETTERS, false, 0, c->label[i]);
	}
	p->height = bottom + 30;
}

static double begin_rows(
	struct plot *p, size_t n, const char *unit, struct span first, struct span last)
{
	double bottom = 8 + (double)n * ROW, right = CHART_WIDTH - EDGE;

	plot_init(p, CHART_WIDTH, bottom + 34);
	for (int i = 0; i <= 4; i++) {
		double x = NAMES + (right - NAMES) * i / 4;

		plot_line(p, x, 4, x, bottom, 1, GRID);
	}
	plot_line(p, NAMES, bottom, right, bottom, 1, AXIS);
	plot_text(p, NAMES, bottom + 16, PLOT_START, LETTERS, false, 0, first);
	plot_text(p, right, bottom + 16, PLOT_END, LETTERS, false, 0, last);
	if (unit)
		plot_text(p, (NAMES + right) / 2, bottom + 28, PLOT_MIDDLE, LETTERS, false, 0,
			span_cstr(unit));
	return right - NAMES;
}

static double clamp(double share)
{
	return share > 0 ? fmin(share, 1) : 0;
}

void chart_draw_spans(struct plot *p, const struct chart_spans *c)
{
	size_t n = c->n < CHART_ROWS_MOST ? c->n : CHART_ROWS_MOST;
	double width = begin_rows(p, n, NULL, c->first, c->last);

	for (size_t i = 0; i < n; i++) {
		double y = 8 + (double)i * ROW, from = clamp(c->from[i]), to = clamp(c->to[i]);

		plot_text(p, NAMES - 8, y + 13, PLOT_END, LETTERS, c->marked[i], NAMES - 14,
			c->label[i]);
		plot_box(p, NAMES + from * width, y + 4, fmax((to - from) * width, 3), ROW - 9,
			chart_colour(c->marked[i]));
	}
}

void chart_draw_intervals(struct plot *p, const struct chart_intervals *c)
{
	size_t n = c->n < CHART_ROWS_MOST ? c->n : CHART_ROWS_MOST;
	double most = round_up(largest(c->high, n));
	struct buf last = {0};

	words_number(&last, most);
	double width = begin_rows(p, n, c->unit, SPAN("0"), buf_span(&last));

	p->failed |= last.failed;
	buf_done(&last);
	for (size_t i = 0; i < n; i++) {
		double y = 8 + (double)i * ROW + ROW / 2 - 1;
		uint32_t colour = chart_colour(c->marked[i]);

		plot_text(p, NAMES - 8, y + 4, PLOT_END, LETTERS, c->marked[i], NAMES - 14,
			c->label[i]);
		plot_line(p, NAMES + clamp(c->low[i] / most) * width, y,
			NAMES + clamp(c->high[i] / most) * width, y, 3, colour);
		plot_dot(p, NAMES + clamp(c->value[i] / most) * width, y, 5, colour);
	}
}
