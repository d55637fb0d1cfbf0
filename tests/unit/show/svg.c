#include "test.h"

#include "show/svg.h"

#include <locale.h>

static void text(struct span s, int columns, const char *want)
{
	struct buf b = {0};

	svg_text(&b, s, columns);
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

static void text_is_well_formed_whatever_it_holds(void **state)
{
	(void)state;
	text(SPAN("</text><script>alert(1)</script>"), 100,
		"&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
	text(SPAN("a & b \"c\" 'd'"), 100, "a &amp; b &quot;c&quot; &#39;d&#39;");
	text(SPAN("]]>&#0;"), 100, "]]&gt;&amp;#0;");
	text(SPAN("a\0b\033[2J\177"), 100, "a\ufffdb\ufffd[2J\ufffd");
	text(SPAN("\xff\xfe\xc3"), 100, "\ufffd\ufffd\ufffd");
	/* Surrogates, and U+FFFE and U+FFFF, which XML 1.0 does not have. */
	text(SPAN("\xed\xa0\x80"), 100, "\ufffd\ufffd\ufffd");
	text(SPAN("\xef\xbf\xbe\xef\xbf\xbf"), 100, "\ufffd\ufffd");
	text(SPAN("a\u202egnp"), 100, "a\ufffdgnp");
}

static void text_is_cut_before_it_is_escaped(void **state)
{
	(void)state;
	text(SPAN("abcdef"), 6, "abcdef");
	text(SPAN("abcdef"), 5, "abcd\u2026");
	text(SPAN("<<<<<<"), 3, "&lt;&lt;\u2026");
	text(SPAN("ab   "), 10, "ab");
	text(SPAN(""), 10, "");
}

static void what_fits_is_wide_as_it_is(void **state)
{
	(void)state;
	const struct span words = SPAN("Brackwater Hosting Ltd");

	assert_int_equal(svg_fit(words, 1000, 10), 22);
	assert_int_equal(svg_fit(words, svg_width(words, 10), 10), 22);
	for (int width = 10; width < 120; width++) {
		int columns = svg_fit(words, width, 10);
		struct buf b = {0};

		svg_text(&b, words, columns);
		assert_true(svg_width(buf_span(&b), 10) <= width || columns == 1);
		buf_done(&b);
	}
	/* A narrow letter takes less than a wide one. */
	assert_true(svg_fit(SPAN("illillillill"), 40, 10) > svg_fit(SPAN("WMWMWMWMWMWM"), 40, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_well_formed_whatever_it_holds),
		cmocka_unit_test(text_is_cut_before_it_is_escaped),
		cmocka_unit_test(what_fits_is_wide_as_it_is),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
