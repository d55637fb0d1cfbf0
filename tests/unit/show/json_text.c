/* Text from outside as JSON: what readers would refuse is replaced. */
#include "test.h"

#include "show/json_text.h"

static void text(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} cases[] = {
		{SPAN(""), ""},
		{SPAN("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
		{SPAN("a\xff" "b"), "a\xef\xbf\xbd" "b"},
		{SPAN("a\0b"), "a\xef\xbf\xbd" "b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *j = json_text(cases[i].in);

		assert_non_null(j);
		assert_string_equal(json_string_value(j), cases[i].out);
		assert_int_equal(json_string_length(j), strlen(cases[i].out));
		json_decref(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
