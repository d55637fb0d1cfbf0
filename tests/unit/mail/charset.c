#include "test.h"

#include "base/utf8.h"
#include "mail/charset.h"
#include "scratch.h"

static const struct {
	const char *label, *bytes, *text;
	bool bad;
} cases[] = {
	{"", "plain", "plain", false},
	{"", "caf\xc3\xa9", "caf\xc3\xa9", false},
	{"", "caf\xe9 \x93x\x94", "caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d", false},
	{"us-ascii", "plain", "plain", false},
	{"us-ascii", "caf\xe9", "caf\xc3\xa9", true},
	{"utf8", "caf\xc3\xa9", "caf\xc3\xa9", false},
	{"UTF-8", "caf\xe9!", "caf\xef\xbf\xbd!", true},
	{"iso-8859-1", "\x80\xe9", "\xe2\x82\xac\xc3\xa9", false},
	{"ISO_8859-15", "\xa4", "\xe2\x82\xac", false},
	{"Windows-1251", "\xcf\xf0", "\xd0\x9f\xd1\x80", false},
	{"koi8-r", "\xc1\xc2", "\xd0\xb0\xd0\xb1", false},
	{"cp-850", "\x82", "\xc3\xa9", false},
	{"x-sjis", "\x93\xfa\x96\x7b", "\xe6\x97\xa5\xe6\x9c\xac", false},
	{"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac", false},
	{"csISO2022JP", "\x1b$BF|\x1b(B!", "\xe6\x97\xa5!", false},
	{"gb2312", "\xc4\xe3", "\xe4\xbd\xa0", false},
	{"big5", "\xa7\x41", "\xe4\xbd\xa0", false},
	{"ks_c_5601-1987", "\xb0\xa1", "\xea\xb0\x80", false},
	{"euc-kr", "\xb0\xa1x\xff", "\xea\xb0\x80x\xef\xbf\xbd", true},
	{"euc-kr", "x\xb0", "x\xef\xbf\xbd", true},
	{"unicode-1-1-utf-7", "a+AOk-", "a\xc3\xa9", false},
	{"no-such-charset", "caf\xe9", "caf\xc3\xa9", true},
	{"no-such-charset", "caf\xc3\xa9", "caf\xc3\xa9", true},
	{"UTF-8//IGNORE//x", "caf\xe9", "caf\xc3\xa9", true},
	{"a-label-that-is-longer-than-any-that-is-known-to-anybody", "x", "x", true},
};

static void converts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span label = span_cstr(cases[i].label), in = span_cstr(cases[i].bytes), text;
		struct anomalies odd = {0};
		char to[CHARSET_ROOM(64)];

		assert_int_equal(charset_decode(&charsets, &arena, label, in, &odd, &text), 0);
		assert_span(text, cases[i].text);
		if ((odd.count[ANOMALY_BAD_CHARSET] > 0) != cases[i].bad)
			fail_msg("%s: bad", cases[i].label);
		size_t n = charset_write(&charsets, label, in, to, &odd);

		assert_span(((struct span){to, n}), cases[i].text);
	}
}

static void utf8_is_not_copied(void **state)
{
	(void)state;
	struct span in = SPAN("caf\xc3\xa9"), text;
	struct anomalies odd = {0};

	assert_int_equal(charset_decode(&charsets, &arena, SPAN("utf-8"), in, &odd, &text), 0);
	assert_ptr_equal(text.p, in.p);
}

static void labels_are_sorted_and_known_to_iconv(void **state)
{
	(void)state;
	for (size_t i = 0; i < charset_labels_n; i++) {
		assert_true(
			i == 0 || strcmp(charset_labels[i - 1].label, charset_labels[i].label) < 0);
		for (const char *p = charset_labels[i].label; *p; p++)
			assert_true(ascii_is_alnum(*p) && ascii_lower(*p) == *p);
		assert_string_equal(
			charset_name(span_cstr(charset_labels[i].label)), charset_labels[i].name);
		iconv_t cd = iconv_open("UTF-8", charset_labels[i].name);

		if (cd == (iconv_t)-1)
			fail_msg("iconv has no %s", charset_labels[i].name);
		else
			iconv_close(cd);
	}
}

/* The cache holds fewer converters than are used here in turn; every byte of every charset gives
 * UTF-8 within the room that is promised. */
static void every_charset_takes_every_byte(void **state)
{
	(void)state;
	char all[512], to[CHARSET_ROOM(512)];

	for (size_t i = 0; i < 512; i++)
		all[i] = (char)(i * 7 + i / 256);
	for (size_t i = 0; i < charset_labels_n; i++) {
		struct anomalies odd = {0};
		struct span label = span_cstr(charset_labels[i].label);
		size_t n = charset_write(&charsets, label, (struct span){all, 512}, to, &odd);

		assert_true(n <= sizeof(to));
		assert_true(utf8_valid((struct span){to, n}));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(converts),
		cmocka_unit_test(utf8_is_not_copied),
		cmocka_unit_test(labels_are_sorted_and_known_to_iconv),
		cmocka_unit_test(every_charset_takes_every_byte),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
