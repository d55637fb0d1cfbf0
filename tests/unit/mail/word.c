#include "test.h"

#include "mail/word.h"
#include "scratch.h"

static const struct {
	const char *value, *text;
	unsigned bad;
} cases[] = {
	{"", "", 0},
	{"  plain \r\n", "plain", 0},
	{"a\r\n b\n\tc", "a b\tc", 0},
	{"raw caf\xe9", "raw caf\xc3\xa9", 0},
	{"=?utf-8?q?caf=C3=A9_au_lait?=", "caf\xc3\xa9 au lait", 0},
	{"=?UTF-8?B?Y2Fmw6k=?= x", "caf\xc3\xa9 x", 0},
	{"=?iso-8859-1?q?a?= =?iso-8859-1?q?b?=", "ab", 0},
	{"=?iso-8859-1?q?a?=\r\n =?utf-8?q?b?= c", "ab c", 0},
	{"=?iso-8859-1?q?a?= x =?iso-8859-1?q?b?=", "a x b", 0},
	{"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "caf\xc3\xa9", 0},
	{"=?utf-8?b?Y2Fmw?= =?utf-8?b?6k=?=", "caf\xef\xbf\xbd", 1},
	{"=?utf-8*en?q?x?=", "x", 0},
	{"x=?utf-8?q?y?=z", "xyz", 0},
	{"=?utf-8?q?two words?=", "two words", 0},
	{"=?utf-8?q?a?b?=", "a?b", 0},
	{"=?utf-8?q?=41?=", "A", 0},
	{"=?utf-8?b?aGVsbG8?=", "hello", 1},
	{"=?utf-8?x?abc?=", "=?utf-8?x?abc?=", 0},
	{"=?utf-8?q?lost", "=?utf-8?q?lost", 1},
	{"=?utf-8?q?lost =?utf-8?q?found?=", "=?utf-8?q?lost found", 1},
	{"=?utf-8?b?a?b?=", "=?utf-8?b?a?b?=", 1},
	{"=?", "=?", 0},
	{"=??q?x?=", "=??q?x?=", 0},
	{"=?utf-8?q?"
	 "?=",
		"", 0},
	{"what =? this ?=", "what =? this ?=", 0},
	{"=?koi8-r?q?=C1?= \xe9", "\xd0\xb0 \xc3\xa9", 0},
};

static void decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct anomalies odd = {0};
		struct decoder d = {.arena = &arena, .charsets = &charsets, .odd = &odd};
		struct span text;

		assert_int_equal(word_text(&d, span_cstr(cases[i].value), &text), 0);
		assert_span(text, cases[i].text);
		if (odd.count[ANOMALY_BAD_ENCODED_WORD] != cases[i].bad)
			fail_msg("%s: %u bad", cases[i].value, odd.count[ANOMALY_BAD_ENCODED_WORD]);
	}
}

static void plain_text_is_not_copied(void **state)
{
	(void)state;
	struct anomalies odd = {0};
	struct decoder d = {.arena = &arena, .charsets = &charsets, .odd = &odd};
	struct span value = SPAN(" plain"), text;

	assert_int_equal(word_text(&d, value, &text), 0);
	assert_ptr_equal(text.p, value.p + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(plain_text_is_not_copied),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
