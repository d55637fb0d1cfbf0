#include "test.h"

#include "cli/cli.h"

static bool flag;
static const char *text;
static unsigned long number;
static int choice, code;

static const struct usage usage = {"test", "PATH...", "Tests.", NULL};
static const struct option_row rows[] = {
	{"flag", 'f', OPTION_FLAG, &flag, NULL, "a flag"},
	{"text", 't', OPTION_STRING, &text, "TEXT", "a text"},
	{"number", 0, OPTION_NUMBER, &number, "N", "a number"},
	{"choice", 'c', OPTION_CHOICE, &choice, "one|two|three", "a choice"},
	{0},
};

/* Reads a command line that is cut at blanks; at most 8 words. */
static int given(const char *line)
{
	static char copy[128];
	char *argv[10], *save;
	int argc = 0;

	flag = false;
	text = NULL;
	number = 0;
	choice = 0;
	code = -1;
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	return option_read(&usage, rows, argc, argv, &code);
}

static void options_are_read(void **state)
{
	(void)state;
	assert_int_equal(given("test --flag --text=a -c two --number 12 path"), 7);
	assert_true(flag);
	assert_string_equal(text, "a");
	assert_int_equal(number, 12);
	assert_int_equal(choice, 1);
	assert_int_equal(given("test"), 1);
	assert_int_equal(given("test -- --flag"), 2);
	assert_false(flag);
}

static void a_wrong_use_is_told(void **state)
{
	(void)state;
	const char *const wrong[] = {"test --nope", "test --text", "test --choice four",
		"test --number x", "test --number -1", "test -t"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(given(wrong[i]), -1);
		assert_int_equal(code, EXIT_USAGE);
	}
}

static void help_ends_well(void **state)
{
	(void)state;
	assert_int_equal(given("test --help"), -1);
	assert_int_equal(code, EXIT_DONE);
	assert_int_equal(given("test -h"), -1);
	assert_int_equal(code, EXIT_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(a_wrong_use_is_told),
		cmocka_unit_test(help_ends_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
