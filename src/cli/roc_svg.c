#include "cli/roc_svg.h"

#include <math.h>

#define LEFT  90.0
#define TOP   50.0
#define SIDE  480.0
#define LEAST 0.0001 /* of ham or spam, at the axes' ends */
#define MOST  0.5

static double logit(double p)
{
	return log(p / (1 - p));
}

/* Where a rate stands on an axis, 0 at LEAST .. 1 at MOST. */
static double place(double rate)
{
	double p = fmin(fmax(rate, LEAST), MOST);

	return (logit(p) - logit(LEAST)) / (logit(MOST) - logit(LEAST));
}

static double x_of(double ham_lost)
{
	return LEFT + SIDE * place(ham_lost);
}

/* Little missed spam is at the top. */
static double y_of(double spam_caught)
{
	return TOP + SIDE * place(1 - spam_caught);
}

static void axes(struct buf *to)
{
	static const double ticks[] = {0.0001, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5};

	for (size_t i = 0; i < sizeof(ticks) / sizeof(*ticks); i++) {
		double x = x_of(ticks[i]), y = y_of(1 - ticks[i]);

		buf_printf(to,
			"<path d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1f\" stroke=\"#ddd\"/>\n"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%g</text>\n"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
			x, TOP, TOP + SIDE, LEFT, y, LEFT + SIDE, x, TOP + SIDE + 20,
			100 * ticks[i], LEFT - 8, y + 4, 100 * ticks[i]);
	}
	buf_printf(to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%% of ham lost</text>\n"
		"<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\">"
		"%% of spam missed</text>\n",
		LEFT + SIDE / 2, TOP + SIDE + 44, LEFT - 52, TOP + SIDE / 2);
}

void roc_svg(
	struct buf *to, const struct roc_point *p, size_t n, struct roc_point at, const char *title)
{
	buf_printf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
		"font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text x=\"%g\" y=\"28\" font-size=\"16\">%s</text>\n",
		LEFT + SIDE + 40, TOP + SIDE + 64, LEFT, title);
	axes(to);
	buf_str(to, "<path fill=\"none\" stroke=\"#b3261e\" stroke-width=\"2\" d=\"");
	for (size_t i = 0; i < n; i++) {
		double x = x_of(p[i].ham_lost), y = y_of(p[i].spam_caught);

		/* A step: first the spam that a lower threshold catches, then the ham it costs. */
		if (i)
			buf_printf(to, "V%.1fH%.1f", y, x);
		else
			buf_printf(to, "M%.1f %.1f", x, y);
	}
	buf_printf(to,
		"\"/>\n<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#1a4f8b\"/>\n"
		"<text x=\"%.1f\" y=\"%.1f\" fill=\"#1a4f8b\">threshold in force</text>\n</svg>\n",
		x_of(at.ham_lost), y_of(at.spam_caught), x_of(at.ham_lost) + 10,
		y_of(at.spam_caught) + 16);
}
