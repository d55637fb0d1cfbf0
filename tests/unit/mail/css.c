#include "test.h"

#include "base/buf.h"
#include "mail/css.h"

static void colors_are_read(void **state)
{
	static const struct {
		const char *text;
		uint32_t color;
	} rows[] = {{"white", 0xffffff}, {" BLACK ", 0}, {"#fff", 0xffffff}, {"#1a2b3c", 0x1a2b3c},
		{"1a2b3c", 0x1a2b3c}, {"#12345678", 0x123456}, {"rgb(255, 0,10)", 0xff000a},
		{"rgb(100%,0%,0%)", 0xff0000}, {"rgba(1,2,3,0.5)", 0x010203},
		{"rgba(1,2,3,0)", CSS_UNKNOWN}, {"rgb(300,-5,0)", 0xff0000},
		{"rgb(1,2)", CSS_UNKNOWN}, {"#12", CSS_UNKNOWN}, {"#ggg", CSS_UNKNOWN},
		{"nosuch", CSS_UNKNOWN}, {"", CSS_UNKNOWN}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(css_color(span_cstr(rows[i].text)), rows[i].color);
}

static void near_colors_are_near(void **state)
{
	(void)state;
	assert_true(css_color_near(0xffffff, 0xfffffe));
	assert_true(css_color_near(0xf0f0f0, 0xffffff));
	assert_false(css_color_near(0xeeeeee, 0xffffff));
	assert_false(css_color_near(0xff0000, 0xffffff));
	assert_false(css_color_near(CSS_UNKNOWN, CSS_UNKNOWN));
}

static void declarations_hide(void **state)
{
	static const struct {
		const char *text;
		unsigned hides;
	} rows[] = {
		{"display:none", CSS_DISPLAY},
		{" Display : NONE ! important ;", CSS_DISPLAY},
		{"/* x */display/**/:none", 0},
		{"/* x */ display:/* y */none", CSS_DISPLAY},
		{"display:none;display:block", 0},
		{"display:block", 0},
		{"mso-hide:all", CSS_DISPLAY},
		{"visibility:hidden", CSS_VISIBILITY},
		{"visibility:visible", 0},
		{"font-size:0", CSS_TINY},
		{"font-size:2px", CSS_TINY},
		{"font-size:1.5pt", CSS_TINY},
		{"font-size:.1em", CSS_TINY},
		{"font-size:3px", 0},
		{"font-size:1em", 0},
		{"font-size:small", 0},
		{"font:0/0 a", CSS_TINY},
		{"font:bold 12px Arial", 0},
		{"opacity:0", CSS_OPACITY},
		{"opacity:0.9", 0},
		{"height:0;overflow:hidden", CSS_BOX},
		{"height:0", 0},
		{"overflow:hidden", 0},
		{"text-indent:-999em", CSS_BOX},
		{"text-indent:-1em", 0},
		{"position:absolute;top:-9999px", CSS_BOX},
		{"top:-9999px", 0},
		{"display", 0},
		{":none", 0},
		{";;;", 0},
		{"", 0},
		{"font-size:nan", 0},
		{"a:url(data:x;display:none)", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(css_declarations(span_cstr(rows[i].text)).hides, rows[i].hides);
}

static void grounds_are_read(void **state)
{
	static const struct {
		const char *text;
		uint32_t ground;
	} rows[] = {{"background:#000", 0}, {"background:black url(x.png)", 0},
		{"background:url(x.png) black", CSS_UNKNOWN},
		{"background:no-repeat red", 0xff0000}, {"background:none", CSS_UNSET},
		{"background-color:rgb(1,2,3)", 0x010203}, {"background-image:url(x)", CSS_UNKNOWN},
		{"color:red", CSS_UNSET}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(css_declarations(span_cstr(rows[i].text)).ground, rows[i].ground);
}

static void rules_are_found(void **state)
{
	static struct css_sheet sheet;
	const struct span none = {NULL, 0};

	(void)state;
	css_sheet_init(&sheet);
	assert_int_equal(css_sheet_find(&sheet, SPAN("p"), SPAN("a"), none).hides, 0);
	css_sheet_add(&sheet,
		SPAN("<!-- /* x{} */ @import 'a'; @media x { .a{display:none} } P , .b{opacity:0}"
		     "div.c{font-size:0} #d{visibility:hidden} e f{display:none} "
		     ".g:hover{display:none}"
		     " .h{display:none} .h{display:block} .i{display:none"));
	assert_int_equal(css_sheet_find(&sheet, SPAN("p"), none, none).hides, CSS_OPACITY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), SPAN("x b"), none).hides, CSS_OPACITY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("DIV"), SPAN("c"), none).hides, CSS_TINY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("p"), SPAN("c"), none).hides, CSS_OPACITY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), none, SPAN("d")).hides, CSS_VISIBILITY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("f"), none, none).hides, 0);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), SPAN("a"), none).hides, 0);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), SPAN("g"), none).hides, 0);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), SPAN("h"), none).hides, 0);
	assert_int_equal(css_sheet_find(&sheet, SPAN("i"), SPAN("i"), none).hides, CSS_DISPLAY);
}

static void rules_are_bounded(void **state)
{
	static struct css_sheet sheet;
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 3 * CSS_RULES_MOST; i++)
		buf_printf(&b, ".c%d{display:none}", i);
	css_sheet_init(&sheet);
	css_sheet_add(&sheet, buf_span(&b));
	assert_int_equal(sheet.rules, CSS_RULES_MOST);
	assert_int_equal(
		css_sheet_find(&sheet, SPAN("p"), SPAN("c0"), SPAN("")).hides, CSS_DISPLAY);
	assert_int_equal(css_sheet_find(&sheet, SPAN("p"), SPAN("c700"), SPAN("")).hides, 0);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colors_are_read),
		cmocka_unit_test(near_colors_are_near),
		cmocka_unit_test(declarations_hide),
		cmocka_unit_test(grounds_are_read),
		cmocka_unit_test(rules_are_found),
		cmocka_unit_test(rules_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
