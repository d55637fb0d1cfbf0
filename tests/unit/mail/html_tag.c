#include "test.h"

#include "mail/html_tag.h"

static void every_tag_is_found(void **state)
{
	static const char *const name[] = {
#define X(id, name, kinds) name,
		HTML_TAGS(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		assert_int_equal(html_tag(span_cstr(name[i])), i);
		assert_true(i == 0 || strcmp(name[i - 1], name[i]) < 0);
	}
}

static void others_are_other(void **state)
{
	static const char *const name[] = {"", "abbr", "zzz", "q", "blockquotes", "1", "h7",
		"averyveryverylongname", "o:p", "tabl", "tablet"};

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		assert_int_equal(html_tag(span_cstr(name[i])), TAG_OTHER);
	assert_int_equal(html_tag_kinds(TAG_OTHER), 0);
}

static void case_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(html_tag(SPAN("TaBLe")), TAG_TABLE);
	assert_true(html_tag_kinds(TAG_TABLE) & KIND_BLOCK);
	assert_true(html_tag_kinds(TAG_BR) & KIND_VOID);
	assert_true(html_tag_kinds(TAG_FONT) & KIND_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tag_is_found),
		cmocka_unit_test(others_are_other),
		cmocka_unit_test(case_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
