#include "test.h"

#include "mail/param.h"
#include "scratch.h"

static struct params params;

/* The value, and the parameter "name" of each. */
static const struct {
	const char *field, *value, *name;
	unsigned bad;
} cases[] = {
	{"text/plain", "text/plain", "", 0},
	{" text/plain ; charset=us-ascii", "text/plain", "", 0},
	{"text/plain (a comment; name=no); name=x", "text/plain", "x", 0},
	{" a / b; name=x", "a / b", "x", 0},
	{"(c) a (c;) / (c) b (c); name=x", "a (c;) / (c) b", "x", 0},
	{"a (c) b; name=x", "a", "x", 1},
	{"a/b; name=plain.txt", "a/b", "plain.txt", 0},
	{"a/b; NAME=\"a b;c.txt\"", "a/b", "a b;c.txt", 0},
	{"a/b; name=\"say \\\"hi\\\"\"", "a/b", "say \"hi\"", 0},
	{"a/b; name=\"C:\\dir\\file\"", "a/b", "C:\\dir\\file", 0},
	{"a/b;\r\n name=\r\n\t\"x\r\n y\"", "a/b", "x y", 0},
	{"a/b; name = x (a comment)", "a/b", "x", 0},
	{"a/b; name=my file.doc; x=y", "a/b", "my file.doc", 0},
	{"a/b; name=one; name=two", "a/b", "one", 0},
	{"a/b; name=\"=?utf-8?q?=C3=A9?=\"", "a/b", "\xc3\xa9", 0},
	{"a/b; name=\xe9", "a/b", "\xc3\xa9", 0},
	{"a/b; name*=utf-8'en'%C3%A9%20x", "a/b", "\xc3\xa9 x", 0},
	{"a/b; name=plain; name*=utf-8''rich", "a/b", "rich", 0},
	{"a/b; name*=iso-8859-1''%E9%zz%", "a/b", "\xc3\xa9%zz%", 0},
	{"a/b; name*1=b; name*0=a; name*2=c", "a/b", "abc", 0},
	{"a/b; name*0*=utf-8''%C3; name*1*=%A9; name*2=\" x\"", "a/b", "\xc3\xa9 x", 0},
	{"a/b; name*1=a; name*2=b", "a/b", "ab", 0},
	{"a/b; name*0=a; name*2=c", "a/b", "a", 0},
	{"a/b; name*999=a", "a/b", "a", 0},
	{"a/b; x=y name=z", "a/b", "z", 1},
	{"a/b; x=\"y\" name=z", "a/b", "z", 0},
	{"a/b name=z", "a/b", "z", 1},
	{"a/b; name=\"lost; x=y", "a/b", "lost", 1},
	{"a/b; name", "a/b", "", 1},
	{"a/b; =x; name=y", "a/b", "y", 0},
	{"a/b;;; name=y;", "a/b", "y", 0},
	{"a/b; \"junk\"; name=y", "a/b", "y", 3},
	{"a/b (never closed; name=x", "a/b", "x", 3},
	{"", "", "", 0},
};

static void reads_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct anomalies odd = {0};
		struct decoder d = {.arena = &arena, .charsets = &charsets, .odd = &odd};
		struct span name;

		params_read(span_cstr(cases[i].field), &odd, &params);
		assert_int_equal(params_get(&d, &params, SPAN("name"), PARAM_TEXT, &name), 0);
		assert_span(params.value, cases[i].value);
		assert_span(name, cases[i].name);
		if (odd.count[ANOMALY_BAD_PARAMETER] != cases[i].bad)
			fail_msg("%s: %u bad", cases[i].field, odd.count[ANOMALY_BAD_PARAMETER]);
	}
}

static void boundaries_are_bytes(void **state)
{
	(void)state;
	struct anomalies odd = {0};
	struct decoder d = {.arena = &arena, .charsets = &charsets, .odd = &odd};
	struct span b;

	params_read(SPAN("multipart/mixed; boundary=\"=?utf-8?q?x?=\""), &odd, &params);
	assert_int_equal(params_get(&d, &params, SPAN("boundary"), PARAM_BYTES, &b), 0);
	assert_span(b, "=?utf-8?q?x?=");
}

static void parameters_are_bounded(void **state)
{
	(void)state;
	char field[4 + (PARAMS_MOST + 10) * 4 + 1] = "a/b";
	struct anomalies odd = {0};

	for (size_t i = 0; i < PARAMS_MOST + 10; i++)
		strcat(field, ";x=y");
	params_read(span_cstr(field), &odd, &params);
	assert_int_equal(params.n, PARAMS_MOST);
	assert_int_equal(odd.count[ANOMALY_BAD_PARAMETER], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_parameters),
		cmocka_unit_test(boundaries_are_bytes),
		cmocka_unit_test(parameters_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
