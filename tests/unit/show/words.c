#include "test.h"

#include "show/words.h"

#include <locale.h>

static void numbers_are_in_threes(void **state)
{
	(void)state;
	static const struct {
		double n;
		const char *want;
	} rows[] = {
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1000, "1,000"},
		{4294967296.0, "4,294,967,296"},
		{12.5, "12.5"},
		{1234.0624, "1,234.062"},
		{0.9999, "1"},
		{0.25, "0.25"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		words_number(&b, rows[i].n);
		assert_span(buf_span(&b), rows[i].want);
	}
	buf_clear(&b);
	words_count(&b, 1, "network", "networks");
	buf_byte(&b, ' ');
	words_count(&b, 1200, "network", "networks");
	assert_span(buf_span(&b), "1 network 1,200 networks");
	buf_done(&b);
}

static void nearly_all_is_not_all(void **state)
{
	(void)state;
	static const struct {
		double share;
		const char *want;
	} rows[] = {
		{0, "0 %"},
		{1e-9, "<0.1 %"},
		{0.00099, "<0.1 %"},
		{0.001, "0.1 %"},
		{0.3721, "37.2 %"},
		{0.999, "99.9 %"},
		{0.9996, ">99.9 %"},
		{1, "100 %"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		words_share(&b, rows[i].share);
		assert_span(buf_span(&b), rows[i].want);
	}
	buf_done(&b);
}

static void days_off_are_told(void **state)
{
	(void)state;
	static const char *const want[] = {"of that day", "1 day off", "2 days off"};
	struct buf b = {0};

	for (int32_t i = 0; i < 3; i++) {
		buf_clear(&b);
		words_days_off(&b, i);
		assert_span(buf_span(&b), want[i]);
	}
	buf_done(&b);
}

static void lists_are_joined(void **state)
{
	(void)state;
	assert_string_equal(words_joint(0, 3), "");
	assert_string_equal(words_joint(1, 3), ", ");
	assert_string_equal(words_joint(2, 3), " and ");
	assert_string_equal(words_joint(0, 1), "");
}

static void paragraphs_are_wrapped(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int first, rest, width;
		const char *want;
	} rows[] = {
		{"", 2, 2, 20, "  \n"},
		{"one two", 0, 0, 20, "one two\n"},
		{"one two", 0, 0, 7, "one two\n"},
		{"one two", 0, 2, 6, "one\n  two\n"},
		{"a unbreakable b", 2, 2, 6, "  a\n  unbreakable\n  b\n"},
		{"\u6f22\u5b57 \u6f22", 0, 0, 6, "\u6f22\u5b57\n\u6f22\n"},
		/* A number stays with its sign. */
		{"of 99.9 % all", 0, 0, 7, "of\n99.9 %\nall\n"},
		{"of 99.9 %.", 0, 0, 9, "of\n99.9 %.\n"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		words_wrap(&b, span_cstr(rows[i].text), rows[i].first, rows[i].rest, rows[i].width);
		assert_span(buf_span(&b), rows[i].want);
	}
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_in_threes),
		cmocka_unit_test(nearly_all_is_not_all),
		cmocka_unit_test(days_off_are_told),
		cmocka_unit_test(lists_are_joined),
		cmocka_unit_test(paragraphs_are_wrapped),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
