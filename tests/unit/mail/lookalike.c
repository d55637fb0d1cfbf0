#include "test.h"

#include "mail/domain.h"

static void look_alikes_share_a_skeleton(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"paypal", "PayPal", true},
		{"paypal", "p\xd0\xb0yp\xd0\xb0l", true},         /* Cyrillic a */
		{"paypal", "\xcf\x81\xce\xb1ypal", true},         /* Greek rho, alpha */
		{"paypal", "\xef\xbd\x90\xef\xbd\x81ypal", true}, /* full-width */
		{"paypal", "paypa1", true}, {"paypal", "p\xc3\xa1yp\xc3\xa0l", true}, /* marks */
		{"paypal", "pa\xcc\x81ypal", true},                       /* a combining mark */
		{"paypal", "pay\xe2\x80\x8bpal", true},                   /* a zero-width space */
		{"paypal", "\xf0\x9d\x91\x9d\xf0\x9d\x91\x8eypal", true}, /* mathematical italics */
		{"microsoft", "rnicr0s0ft", true}, {"www", "vvvvvv", true},
		{"doom", "cl00rn", true}, {"hon", "\xd5\xb0\xd6\x85\xd5\xb8", true}, /* Armenian */
		{"es", "35", true}, {"paypal", "paypai", false}, {"bank", "rank", false},
		{"\xe4\xb8\xad", "\xe5\x9b\xbd", false}, /* Han stands as it is */
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span a = domain_skeleton(&arena, span_cstr(rows[i].a));
		struct span b = domain_skeleton(&arena, span_cstr(rows[i].b));

		assert_true(a.n > 0 && b.n > 0);
		assert_int_equal(span_eq(a, b), rows[i].same);
	}
	arena_done(&arena);
}

static void scripts_are_told(void **state)
{
	static const struct {
		uint32_t code;
		enum script script;
	} rows[] = {{'a', SCRIPT_LATIN}, {'1', SCRIPT_COMMON}, {'-', SCRIPT_COMMON},
		{0xe9, SCRIPT_LATIN}, {0xd7, SCRIPT_COMMON}, {0x301, SCRIPT_COMMON},
		{0x3b1, SCRIPT_GREEK}, {0x430, SCRIPT_CYRILLIC}, {0x561, SCRIPT_ARMENIAN},
		{0x5d0, SCRIPT_HEBREW}, {0x628, SCRIPT_ARABIC}, {0x915, SCRIPT_INDIC},
		{0xe01, SCRIPT_THAI}, {0x4e2d, SCRIPT_HAN}, {0x3042, SCRIPT_KANA},
		{0xac00, SCRIPT_HANGUL}, {0x2028, SCRIPT_COMMON}, {0x1f600, SCRIPT_COMMON},
		{0x12000, SCRIPT_OTHER}, {0x10ffff, SCRIPT_OTHER}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(script_of(rows[i].code), rows[i].script);
}

static void mixtures_are_told(void **state)
{
	(void)state;
	assert_false(script_mixed(SPAN("plain-1")));
	assert_false(script_mixed(SPAN("")));
	assert_true(script_mixed(SPAN("p\xd0\xb0ypal")));
	assert_false(script_mixed(SPAN("\xd0\xbf\xd0\xb0")));
	assert_false(script_mixed(SPAN("a\xe4\xb8\xad\xe3\x81\x82"))); /* Latin, Han, kana */
	assert_true(script_mixed(SPAN("\xea\xb0\x80\xe3\x81\x82")));   /* Hangul, kana */
}

static void unseen_characters_are_counted(void **state)
{
	(void)state;
	assert_int_equal(count_invisible(SPAN("plain text, nothing else")), 0);
	assert_int_equal(count_invisible(SPAN("a\xe2\x80\x8b"
					      "b\xc2\xad"
					      "c\xef\xbb\xbf")),
		3);
	assert_int_equal(count_bidi(SPAN("exe.\xe2\x80\xae"
					 "fdp\xe2\x80\xac")),
		2);
	assert_int_equal(count_bidi(SPAN("a\xe2\x80\x8b")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look_alikes_share_a_skeleton),
		cmocka_unit_test(scripts_are_told),
		cmocka_unit_test(mixtures_are_told),
		cmocka_unit_test(unseen_characters_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
