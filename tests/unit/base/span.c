#include "test.h"

#include <errno.h>

static void cut_gives_every_piece(void **state)
{
	(void)state;
	struct span rest = SPAN("a,,b,"), piece;

	assert_true(span_cut(&rest, ',', &piece));
	assert_span(piece, "a");
	assert_true(span_cut(&rest, ',', &piece));
	assert_span(piece, "");
	assert_true(span_cut(&rest, ',', &piece));
	assert_span(piece, "b");
	assert_true(span_cut(&rest, ',', &piece));
	assert_span(piece, "");
	assert_false(span_cut(&rest, ',', &piece));
}

static void line_takes_either_end(void **state)
{
	(void)state;
	struct span rest = SPAN("one\r\ntwo\n\nlast"), line;
	const char *const want[] = {"one", "two", "", "last"};

	for (size_t i = 0; i < 4; i++) {
		assert_true(span_line(&rest, &line));
		assert_span(line, want[i]);
	}
	assert_false(span_line(&rest, &line));
}

static void compares_without_case(void **state)
{
	(void)state;
	assert_true(span_eq_nocase(SPAN("Content-TYPE"), SPAN("content-type")));
	assert_false(span_eq_nocase(SPAN("Content-TYPE"), SPAN("content-typ")));
	assert_true(span_starts_nocase(SPAN("Text/Html"), SPAN("text/")));
	assert_true(span_ends_nocase(SPAN("invoice.PDF.exe"), SPAN(".EXE")));
	assert_false(span_starts(SPAN("Text"), SPAN("text")));
}

static void finds(void **state)
{
	(void)state;
	assert_int_equal(span_find(SPAN("a href"), SPAN("href")), 2);
	assert_int_equal(span_find(SPAN("a href"), SPAN("")), 0);
	assert_int_equal(span_find(SPAN("hre"), SPAN("href")), -1);
	assert_int_equal(span_find_nocase(SPAN("a HREF"), SPAN("href")), 2);
	assert_int_equal(span_index(SPAN("a@b@c"), '@'), 1);
	assert_int_equal(span_rindex(SPAN("a@b@c"), '@'), 3);
	assert_int_equal(span_index((struct span){NULL, 0}, '@'), -1);
}

static void trims(void **state)
{
	(void)state;
	assert_span(span_trim(SPAN(" \t a b \r\n")), "a b");
	assert_span(span_trim(SPAN(" \n")), "");
}

/* A needle of each length at each place of texts of each length, against memmem(): it is found by
 * steps of 16 places, whose edges are where it could be missed. */
static void finds_at_every_place(void **state)
{
	static const char needle[] = "xyzabcdefgh";
	char text[100];

	(void)state;
	for (size_t n = 1; n <= 10; n++)
		for (size_t length = 0; length < 60; length++)
			for (size_t at = 0; at + n <= length; at++) {
				memset(text, 'x', sizeof(text)); /* false beginnings all over */
				memcpy(text + at, needle, n);
				char *p = memmem(text, length, needle, n);

				assert_int_equal(span_find((struct span){text, length},
							 (struct span){needle, n}),
					p - text);
				/* What stands behind the text is not looked at. */
				if (n > 1)
					assert_int_equal(span_find((struct span){text, at + n - 1},
								 (struct span){needle, n}),
						-1);
			}
}

static void bytes_are_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)i;
		bool large = i >= 'A' && i <= 'Z', small = i >= 'a' && i <= 'z';
		bool digit = i >= '0' && i <= '9';

		assert_int_equal(ascii_lower(c), large ? (char)(i + 32) : c);
		assert_int_equal(ascii_is_alpha(c), large || small);
		assert_int_equal(ascii_is_alnum(c), large || small || digit);
		assert_int_equal(ascii_is_space(c), i == ' ' || (i >= 9 && i <= 13));
	}
}

static void numbers_are_checked(void **state)
{
	(void)state;
	unsigned long long n = 7;

	assert_int_equal(span_number(SPAN("65535"), 65535, &n), 0);
	assert_int_equal(n, 65535);
	assert_int_equal(span_number(SPAN("65536"), 65535, &n), -ERANGE);
	assert_int_equal(span_number(SPAN("99999999999999999999999"), ~0ULL, &n), -ERANGE);
	assert_int_equal(span_number(SPAN(""), 9, &n), -EINVAL);
	assert_int_equal(span_number(SPAN("-1"), 9, &n), -EINVAL);
	assert_int_equal(n, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_gives_every_piece),
		cmocka_unit_test(line_takes_either_end),
		cmocka_unit_test(compares_without_case),
		cmocka_unit_test(finds),
		cmocka_unit_test(finds_at_every_place),
		cmocka_unit_test(bytes_are_told_apart),
		cmocka_unit_test(trims),
		cmocka_unit_test(numbers_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
