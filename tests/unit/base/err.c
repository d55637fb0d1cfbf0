#include "test.h"

#include "base/err.h"

#include <errno.h>

static void a_sentence_is_written_and_the_code_returned(void **state)
{
	(void)state;
	struct err err;

	assert_int_equal(err_set(&err, -EINVAL, "%s: line %d", "file", 3), -EINVAL);
	assert_string_equal(err.text, "file: line 3");
	assert_int_equal(err_sys(&err, -ENOENT, "%s", "file"), -ENOENT);
	assert_string_equal(err.text, "file: No such file or directory");
	assert_int_equal(err_set(NULL, -EPERM, "%s", "x"), -EPERM);
	assert_int_equal(err_sys(NULL, -EPERM, "%s", "x"), -EPERM);
}

static void a_long_sentence_is_cut(void **state)
{
	(void)state;
	struct err err;
	const size_t most = sizeof(err.text) - 1;

	err_set(&err, -EINVAL, "%0600d", 7);
	assert_int_equal(strlen(err.text), most);
	err_sys(&err, -EINVAL, "%0600d", 7);
	assert_int_equal(strlen(err.text), most);
	err_sys(&err, -EINVAL, "%0*d", (int)most - 4, 7);
	assert_int_equal(strlen(err.text), most);
	assert_string_equal(err.text + most - 4, ": In");
}

static void words_may_be_put_around_it(void **state)
{
	(void)state;
	struct err err = {"inner"};

	err_set(&err, -EINVAL, "outer: %s (%s)", err.text, err.text);
	assert_string_equal(err.text, "outer: inner (inner)");
	err_sys(&err, -ENOENT, "more: %s", err.text);
	assert_string_equal(err.text, "more: outer: inner (inner): No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_is_written_and_the_code_returned),
		cmocka_unit_test(a_long_sentence_is_cut),
		cmocka_unit_test(words_may_be_put_around_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
