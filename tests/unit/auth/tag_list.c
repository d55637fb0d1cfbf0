/* Lists of tags: what is one, what is none, and what hostile ones come to. */
#include "test.h"

#include "auth/tag_list.h"

#include <errno.h>

static void lists(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *tags; /* "name[value]" one after another */
	} table[] = {
		{"", 0, ""},
		{" \t\r\n ", 0, ""},
		{"a=1", 0, "a[1]"},
		{"a=1;", 0, "a[1]"},
		{" a = 1 ; b_2 =x y\r\n\tz ;\r\n ", 0, "a[1]b_2[x y\r\n\tz]"},
		{"a=;b=", 0, "a[]b[]"},
		{"a==;b=c=d", 0, "a[=]b[c=d]"},
		{"a=1;A=2", 0, "a[1]A[2]"},
		{"a=\xc3\xa9", 0, "a[\xc3\xa9]"},
		{"a=1;a=1", -EEXIST, ""},
		{"x=1;b=2; x =3", -EEXIST, ""},
		{";", -EINVAL, ""},
		{"a=1;;", -EINVAL, ""},
		{";a=1", -EINVAL, ""},
		{"a=1;;b=2", -EINVAL, ""},
		{"a", -EINVAL, ""},
		{"a=1;b", -EINVAL, ""},
		{"=1", -EINVAL, ""},
		{"1a=1", -EINVAL, ""},
		{"a-b=1", -EINVAL, ""},
		{"a b=1", -EINVAL, ""},
		{"a=\x01", -EINVAL, ""},
		{"a=\x7f", -EINVAL, ""},
		{"a=1\f", -EINVAL, ""},
	};
	struct tag_list list;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char text[256] = "";
		int r = tag_list_read(span_cstr(table[i].text), &list);

		if (r != table[i].want)
			fail_msg("%s: %d", table[i].text, r);
		for (size_t k = 0; r == 0 && k < list.n; k++)
			sprintf(text + strlen(text), "%.*s[%.*s]", SPAN_ARG(list.at[k].name),
				SPAN_ARG(list.at[k].value));
		assert_string_equal(text, table[i].tags);
	}
	assert_int_equal(tag_list_read((struct span){"a=\0", 3}, &list), -EINVAL);
}

static void white_space_around(void **state)
{
	struct tag_list list;

	(void)state;
	assert_int_equal(tag_list_read(SPAN("x=1; b = \r\n ab cd \t;c=2"), &list), 0);
	assert_span(tag_list_get(&list, "b")->value, "ab cd");
	assert_span(tag_list_get(&list, "b")->whole, " \r\n ab cd \t");
	assert_null(tag_list_get(&list, "d"));
	assert_null(tag_list_get(&list, "B"));
}

/* As many tags as are read, and one more. */
static void many(void **state)
{
	char text[16 * TAGS_MOST] = "";
	struct tag_list list;

	(void)state;
	for (int i = 0; i < TAGS_MOST; i++)
		sprintf(text + strlen(text), "t%d=%d;", i, i);
	assert_int_equal(tag_list_read(span_cstr(text), &list), 0);
	assert_int_equal(list.n, TAGS_MOST);
	strcat(text, "more=1");
	assert_int_equal(tag_list_read(span_cstr(text), &list), -E2BIG);
}

static void base64(void **state)
{
	static const struct {
		const char *text;
		ssize_t want;
		const char *bytes;
	} table[] = {
		{"", 0, ""},
		{"YWJj", 3, "abc"},
		{"Y W\r\n\tJj ", 3, "abc"},
		{"YWI=", 2, "ab"},
		{"YWI", 2, "ab"}, /* padding may lack: RFC 6376, 3.5, base64string */
		{"YQ= =", 1, "a"},
		{"YQ", 1, "a"},
		{"Y", -EINVAL, ""},
		{"YWJjZ", -EINVAL, ""},
		{"YWI=YWI=", -EINVAL, ""},
		{"YQ===", -EINVAL, ""},
		{"YW-j", -EINVAL, ""},
		{"YWJj*", -EINVAL, ""},
		{"YWJjZA==", 4, "abcd"},
		{"YWJjZGU=", -E2BIG, ""},
	};
	uint8_t to[4];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		ssize_t n = tag_base64(span_cstr(table[i].text), to, sizeof(to));

		if (n != table[i].want)
			fail_msg("%s: %zd", table[i].text, n);
		if (n > 0)
			assert_memory_equal(to, table[i].bytes, (size_t)n);
	}
}

static void colons(void **state)
{
	struct span rest = SPAN("a : b\r\n :: c"), piece;
	char text[64] = "";

	(void)state;
	while (tag_piece(&rest, &piece))
		sprintf(text + strlen(text), "[%.*s]", SPAN_ARG(piece));
	assert_string_equal(text, "[a][b][][c]");
	assert_true(tag_lists(SPAN("y : s"), "s"));
	assert_false(tag_lists(SPAN("y : S"), "s"));
	assert_false(tag_lists(SPAN("email2"), "email"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(white_space_around),
		cmocka_unit_test(many),
		cmocka_unit_test(base64),
		cmocka_unit_test(colons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
