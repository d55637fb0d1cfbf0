#include "test.h"

#include "show/chart.h"

#include <math.h>

static size_t count(const struct plot *p, enum plot_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->item[i].kind == kind;
	return n;
}

/* Whether the plot has a text that is just this. */
static bool says(const struct plot *p, const char *words)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->item[i].kind == PLOT_TEXT &&
			span_eq(span_trim(plot_words(p, &p->item[i])), span_cstr(words)))
			return true;
	return false;
}

static void what_is_drawn_is_written(void **state)
{
	struct plot p;
	struct buf b = {0};

	(void)state;
	plot_init(&p, 100, 50);
	plot_box(&p, 1, 2, 3, 4, 0xff0080);
	plot_line(&p, 0, 0, 10, 10, 2, 0);
	plot_dot(&p, 5, 5, 2, 0x123456);
	plot_text(&p, 7, 8, PLOT_END, 12, true, 0, SPAN("a < b"));
	assert_true(plot_ok(&p));
	plot_svg(&b, &p, "p1", SPAN("T & U"), SPAN("what is seen"));
	assert_span(buf_span(&b),
		"<svg viewBox=\"0 0 100 50\" role=\"img\" aria-labelledby=\"p1-t p1-d\" "
		"font-family=\"sans-serif\" fill=\"#222222\">\n"
		"<title id=\"p1-t\">T &amp; U</title>\n<desc id=\"p1-d\">what is seen</desc>\n"
		"<rect x=\"1.0\" y=\"2.0\" width=\"3.0\" height=\"4.0\" fill=\"#ff0080\"/>\n"
		"<path d=\"M0.0 0.0L10.0 10.0\" stroke=\"#000000\" stroke-width=\"2.0\"/>\n"
		"<circle cx=\"5.0\" cy=\"5.0\" r=\"2.0\" fill=\"#123456\"/>\n"
		"<text x=\"7.0\" y=\"8.0\" font-size=\"12\" text-anchor=\"end\" "
		"font-weight=\"bold\">a &lt; b</text>\n</svg>\n");
	buf_done(&b);
	plot_done(&p);
}

static void what_is_no_number_is_not_drawn(void **state)
{
	struct plot p;

	(void)state;
	plot_init(&p, 100, 50);
	plot_box(&p, NAN, 2, 3, 4, 0);
	plot_line(&p, 0, 0, INFINITY, 10, 2, 0);
	plot_dot(&p, 5, 5, -INFINITY, 0);
	assert_int_equal(p.n, 0);
	plot_done(&p);
}

static void text_is_cut_to_its_width(void **state)
{
	struct plot p;
	char longest[5000];

	(void)state;
	memset(longest, 'W', sizeof(longest));
	plot_init(&p, 100, 50);
	plot_text(&p, 0, 0, PLOT_START, 12, false, 60, SPAN("Brackwater Hosting Ltd"));
	plot_text(&p, 0, 0, PLOT_START, 12, false, 0, (struct span){longest, sizeof(longest)});
	assert_true(plot_words(&p, &p.item[0]).n < 14);
	assert_true(plot_words(&p, &p.item[1]).n <= 203);
	plot_done(&p);
}

static void bars_stand_on_each_other(void **state)
{
	const double value[] = {3, 0, 1, 0, 4, 0};
	const struct span label[] = {{"a", 1}, {"b", 1}}, part[] = {{"x", 1}, {"y", 1}, {"z", 1}};
	const struct chart_bars c = {2, 3, value, label, part, "a month"};
	struct plot p;

	(void)state;
	chart_draw_bars(&p, &c);
	/* Three in the legend, and three parts that are more than nothing. */
	assert_true(says(&p, "x") && says(&p, "y") && says(&p, "z"));
	assert_int_equal(count(&p, PLOT_BOX), 3 + 3);
	assert_true(says(&p, "a") && says(&p, "b") && says(&p, "a month") && says(&p, "4"));
	for (size_t i = 0; i < p.n; i++)
		assert_true(p.item[i].x >= 0 && p.item[i].x <= p.width && p.item[i].y >= 0 &&
			    p.item[i].y <= p.height);
	plot_done(&p);
}

static void nothing_is_a_chart_too(void **state)
{
	const struct chart_bars bars = {.unit = "u"};
	const struct chart_spans spans = {0};
	const struct chart_intervals intervals = {.unit = "u"};
	struct plot p;

	(void)state;
	chart_draw_bars(&p, &bars);
	assert_true(plot_ok(&p));
	plot_done(&p);
	chart_draw_spans(&p, &spans);
	assert_true(plot_ok(&p));
	plot_done(&p);
	chart_draw_intervals(&p, &intervals);
	assert_true(plot_ok(&p));
	plot_done(&p);
}

static void spans_and_intervals_stay_within(void **state)
{
	const struct span label[] = {{"one", 3}, {"two", 3}};
	const double from[] = {-1, 0.5}, to[] = {0.2, 7}, mid[] = {0.1, 3};
	const bool marked[] = {true, false};
	const struct chart_spans spans = {2, label, from, to, marked, SPAN("2026"), SPAN("2027")};
	const struct chart_intervals intervals = {2, label, from, mid, to, marked, "unit"};
	struct plot p;

	(void)state;
	chart_draw_spans(&p, &spans);
	assert_int_equal(count(&p, PLOT_BOX), 2);
	assert_true(says(&p, "2026") && says(&p, "2027") && says(&p, "one"));
	for (size_t i = 0; i < p.n; i++)
		assert_true(p.item[i].x >= 0 && p.item[i].x <= p.width);
	plot_done(&p);
	chart_draw_intervals(&p, &intervals);
	assert_int_equal(count(&p, PLOT_DOT), 2);
	assert_true(says(&p, "8"));
	for (size_t i = 0; i < p.n; i++)
		assert_true(p.item[i].x >= 0 && p.item[i].x <= p.width);
	plot_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_drawn_is_written),
		cmocka_unit_test(what_is_no_number_is_not_drawn),
		cmocka_unit_test(text_is_cut_to_its_width),
		cmocka_unit_test(bars_stand_on_each_other),
		cmocka_unit_test(nothing_is_a_chart_too),
		cmocka_unit_test(spans_and_intervals_stay_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
