#include "test.h"

#include "base/utf8.h"

/* Bytes, and the code points that they are read as. */
static const struct {
	const char *bytes;
	uint32_t codes[8];
	bool valid;
} cases[] = {
	{"A\x7f", {'A', 0x7f}, true},
	{"\xc2\x80\xdf\xbf", {0x80, 0x7ff}, true},
	{"\xe0\xa0\x80\xef\xbf\xbf", {0x800, 0xffff}, true},
	{"\xed\x9f\xbf\xee\x80\x80", {0xd7ff, 0xe000}, true},
	{"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", {0x10000, 0x10ffff}, true},
	{"\xef\xbf\xbd", {UTF8_BAD}, true}, /* the replacement character in its own right */
	{"\x80", {UTF8_BAD}, false},
	{"\xff\xfe", {UTF8_BAD, UTF8_BAD}, false},
	{"\xc0\x80", {UTF8_BAD, UTF8_BAD}, false}, /* overlong NUL */
	{"\xc1\xbf", {UTF8_BAD, UTF8_BAD}, false},
	{"\xe0\x9f\xbf", {UTF8_BAD, UTF8_BAD, UTF8_BAD}, false}, /* overlong */
	{"\xed\xa0\x80", {UTF8_BAD, UTF8_BAD, UTF8_BAD}, false}, /* surrogate */
	{"\xf0\x8f\xbf\xbf", {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD}, false},
	{"\xf4\x90\x80\x80", {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD}, false}, /* over U+10FFFF */
	{"\xf5\x80", {UTF8_BAD, UTF8_BAD}, false},
	/* a longest well-formed beginning is one bad character */
	{"\xe2\x82", {UTF8_BAD}, false},
	{"\xf0\x9f\x98", {UTF8_BAD}, false},
	{"\xe2\x82"
	 "A",
		{UTF8_BAD, 'A'}, false},
	{"\xf0\x9f\x98\xc3\xa9", {UTF8_BAD, 0xe9}, false},
	/* the example of the Unicode Standard, table 3-8 */
	{"a\xf1\x80\x80\xe1\x80\xc2z", {'a', UTF8_BAD, UTF8_BAD, UTF8_BAD, 'z'}, false},
};

static void reads_as_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span rest = span_cstr(cases[i].bytes);

		for (size_t k = 0; cases[i].codes[k]; k++) {
			assert_true(rest.n > 0);
			assert_int_equal(utf8_next(&rest), cases[i].codes[k]);
		}
		assert_int_equal(rest.n, 0);
		assert_int_equal(utf8_valid(span_cstr(cases[i].bytes)), cases[i].valid);
	}
}

static void every_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x110000; code++) {
		char to[4];
		struct span s = {to, utf8_put(code, to)};
		bool scalar = code < 0x110000 && (code < 0xd800 || code > 0xdfff);

		if (!utf8_valid(s) || utf8_next(&s) != (scalar ? code : UTF8_BAD) || s.n)
			fail_msg("U+%04X", code);
	}
}

/* The eight-byte steps must not hide a bad byte at any place. */
static void a_bad_byte_is_seen_wherever_it_is(void **state)
{
	(void)state;
	char text[40];

	for (size_t n = 1; n <= sizeof(text); n++) {
		memset(text, 'a', sizeof(text));
		assert_true(utf8_valid((struct span){text, n}));
		assert_true(utf8_is_ascii((struct span){text, n}));
		for (size_t i = 0; i < n; i++) {
			text[i] = (char)0xff;
			assert_false(utf8_valid((struct span){text, n}));
			assert_false(utf8_is_ascii((struct span){text, n}));
			text[i] = 'a';
		}
	}
	assert_true(utf8_valid((struct span){NULL, 0}));
	assert_true(utf8_is_ascii((struct span){NULL, 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_standard_says),
		cmocka_unit_test(every_code_point_comes_back),
		cmocka_unit_test(a_bad_byte_is_seen_wherever_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
