#include "test.h"

#include "cli/mail_index.h"

#include <errno.h>

static void lines_are_entries(void **state)
{
	static const char text[] = "# a comment\n\nham a/1.eml\r\n  SPAM   b 2.eml \nspam /abs\n";
	struct mail_index x;
	size_t at = 0;

	(void)state;
	assert_int_equal(mail_index_parse(span_cstr(text), "dir/index", &x, NULL), 0);
	assert_int_equal(x.n, 3);
	assert_string_equal(x.entry[0].path, "a/1.eml");
	assert_string_equal(x.entry[0].file, "dir/a/1.eml");
	assert_false(x.entry[0].spam);
	assert_string_equal(x.entry[1].path, "b 2.eml");
	assert_true(x.entry[1].spam);
	assert_string_equal(x.file[2], "/abs");
	/* The second could not be read. */
	assert_ptr_equal(mail_index_find(&x, "dir/a/1.eml", &at), &x.entry[0]);
	assert_ptr_equal(mail_index_find(&x, "/abs", &at), &x.entry[2]);
	assert_null(mail_index_find(&x, "dir/a/1.eml", &at));
	mail_index_done(&x);
}

static void paths_are_relative_to_the_index(void **state)
{
	struct mail_index x;

	(void)state;
	assert_int_equal(mail_index_parse(SPAN("ham a"), "index", &x, NULL), 0);
	assert_string_equal(x.file[0], "a");
	mail_index_done(&x);
	assert_int_equal(mail_index_parse(SPAN("ham a"), "/index", &x, NULL), 0);
	assert_string_equal(x.file[0], "/a");
	mail_index_done(&x);
}

static void bad_lines_are_told_with_their_number(void **state)
{
	const struct {
		struct span text;
		const char *words;
	} rows[] = {
		{SPAN(""), "i: names no messages"},
		{SPAN("# ham x\n \n"), "i: names no messages"},
		{SPAN("ham a\nhamster b\n"), "i:2: not 'ham PATH' or 'spam PATH'"},
		{SPAN("ham"), "i:1: not 'ham PATH' or 'spam PATH'"},
		{SPAN("\nspam  \n"), "i:2: not 'ham PATH' or 'spam PATH'"},
		{SPAN("ham a\0bcdefghi\n"), "i:1: the path holds a zero byte"},
	};
	struct mail_index x;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(mail_index_parse(rows[i].text, "i", &x, &err), -EINVAL);
		assert_string_equal(err.text, rows[i].words);
		mail_index_done(&x);
	}
	assert_int_equal(mail_index_read("/none/such", &x, &err), -ENOENT);
	mail_index_done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_entries),
		cmocka_unit_test(paths_are_relative_to_the_index),
		cmocka_unit_test(bad_lines_are_told_with_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
