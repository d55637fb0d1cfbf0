#include "cli/rank_show.h"

#include "cli/report.h"
#include "show/svg.h"
#include "show/words.h"

#include <math.h>

#define LEFT  300.0 /* of the axis; names stand before it */
#define RIGHT 860.0
#define TOP   70.0
#define ROW   22.0
#define MOST  30

struct axis {
	double low, high; /* log10 */
};

static double x_of(const struct axis *a, double badness)
{
	return LEFT + (RIGHT - LEFT) * (log10(badness) - a->low) / (a->high - a->low);
}

/* Whole powers of ten about all intervals, and 1. */
static struct axis make_axis(const struct rank_shown *s, size_t n)
{
	double low = 1, high = 1;

	for (size_t i = 0; i < n; i++) {
		low = fmin(low, fmax(s->result->entry[i].low, 1e-4));
		high = fmax(high, s->result->entry[i].high);
	}
	return (struct axis){floor(log10(low)), fmax(ceil(log10(high)), floor(log10(low)) + 1)};
}

static void write_grid(struct buf *to, const struct axis *a, double bottom)
{
	for (double p = a->low; p <= a->high; p++) {
		double x = x_of(a, pow(10, p));

		buf_printf(to,
			"<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\"/>\n"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"12\">",
			x, TOP - 4, bottom, p == 0 ? "#888" : "#ddd", x, TOP - 10);
		if (p >= 0)
			words_number(to, pow(10, p));
		else
			buf_printf(to, "%g", pow(10, p));
		buf_str(to, "</text>\n");
	}
}

static void write_entry(struct buf *to, const struct rank_shown *s, const struct axis *a, size_t i)
{
	const struct rank_entry *e = &s->result->entry[i];
	double y = TOP + ROW * ((double)i + 0.5), least = pow(10, a->low);
	struct buf name = {0};

	rank_network_name(&name, s, e->network, 80);
	buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" font-size=\"13\">",
		LEFT - 10, y + 4);
	int columns = svg_fit(buf_span(&name), LEFT - 20, 13);

	svg_words(to, &name, columns);
	buf_printf(to,
		"</text>\n<path d=\"M%.1f %.1fH%.1f\" stroke=\"#b33\" stroke-width=\"3\"/>\n"
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\" fill=\"#b33\"/>\n",
		x_of(a, fmax(e->low, least)), y, x_of(a, e->high), x_of(a, fmax(e->badness, least)),
		y);
}

void rank_svg(struct buf *to, const struct rank_shown *s)
{
	size_t n = s->result->n < s->most ? s->result->n : s->most;
	struct buf title = {0};

	n = n < MOST ? n : MOST;
	const struct axis a = make_axis(s, n);
	double bottom = TOP + ROW * (double)(n ? n : 1);

	svg_begin(to, RIGHT + 40, bottom + 40);
	buf_str(&title, "Abusive hosts up, as a multiple of the average for the size, with 90 % "
			"intervals; ");
	report_day(&title, s->question->day);
	buf_str(to, "<text x=\"16\" y=\"26\" font-size=\"15\">");
	svg_words(to, &title, 120);
	buf_str(to, "</text>\n");
	write_grid(to, &a, bottom);
	for (size_t i = 0; i < n; i++)
		write_entry(to, s, &a, i);
	if (!n)
		buf_printf(to,
			"<text x=\"16\" y=\"%.1f\" font-size=\"13\">Nothing was seen in this "
			"window.</text>\n",
			TOP + 20);
	svg_end(to);
}
