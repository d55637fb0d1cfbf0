#include "test.h"

#include "show/clean.h"

#include <locale.h>

static void cell(const char *text, int width, const char *want)
{
	struct buf b = {0};

	clean_cell(&b, span_cstr(text), width);
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

static void cells_have_their_width(void **state)
{
	(void)state;
	cell("abc", 5, "abc  ");
	cell("abcde", 5, "abcde");
	cell("abcdef", 5, "abcd\u2026");
	cell("", 3, "   ");
	/* A wide character takes two columns and is never cut in half. */
	cell("\u6f22\u5b57\u6f22", 6, "\u6f22\u5b57\u6f22");
	cell("\u6f22\u5b57\u6f22", 5, "\u6f22\u5b57\u2026");
	cell("\u6f22\u5b57\u6f22", 4, "\u6f22\u2026 ");
	/* A combining accent takes none. */
	cell("e\u0301t", 4, "e\u0301t  ");
}

static void clean(const char *text, const char *want)
{
	struct buf b = {0};

	clean_text(&b, span_cstr(text));
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

static void a_message_cannot_write_over_the_table(void **state)
{
	(void)state;
	clean("a\033[2Jb", "a\ufffd[2Jb");
	clean("a\r\n\t b", "a b");
	clean("a\u202egnp.exe", "a\ufffdgnp.exe");
	clean("pay\u200bpal", "pay\ufffdpal");
	clean("\xff\xfe", "\ufffd\ufffd");
	clean("\xc2\x9b"
	      "31m",
		"\ufffd31m");
	clean("Mair\u00e9ad \u043f\u0440\u0438\u0432\u0435\u0442",
		"Mair\u00e9ad \u043f\u0440\u0438\u0432\u0435\u0442");
}

static void columns_are_counted(void **state)
{
	(void)state;
	assert_int_equal(clean_columns(SPAN("abc")), 3);
	assert_int_equal(clean_columns(SPAN("\u6f22\u5b57")), 4);
	assert_int_equal(clean_columns(SPAN("a \t\n b")), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_have_their_width),
		cmocka_unit_test(a_message_cannot_write_over_the_table),
		cmocka_unit_test(columns_are_counted),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
