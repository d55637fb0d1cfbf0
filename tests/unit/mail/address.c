#include "test.h"

#include "base/buf.h"
#include "mail/address.h"

static struct message_parser *mp;

/* Each mailbox as "name|local|domain|group". */
static const struct {
	const char *value, *want;
	unsigned bad; /* BAD_ADDRESS counted */
} cases[] = {
	{"", "", 0},
	{"jdoe@Machine.Example", "|jdoe|machine.example|", 0},
	{"John Doe <jdoe@machine.example>", "John Doe|jdoe|machine.example|", 0},
	{"\"Joe Q. \\\"P\\\" Public\" <a@b.example>", "Joe Q. \"P\" Public|a|b.example|", 0},
	{"a@b, c@d,,\r\n e@f", "|a|b|;|c|d|;|e|f|", 0},
	{"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete|silly.test|",
		0},
	{"a@b (Ann (of) Green)", "Ann (of) Green|a|b|", 0},
	{"Group: Ann <a@b>, c@d ; e@f", "Ann|a|b|Group;|c|d|Group;|e|f|", 0},
	{"undisclosed-recipients:;", "", 0},
	{"<@one.test,@two.test:mary@example.net>", "|mary|example.net|", 0},
	{"jdoe@test  . example", "|jdoe|test.example|", 0},
	{"\"a b\"@c", "|a b|c|", 0},
	{"\"odd@local\"@c", "|odd@local|c|", 0},
	{"=?utf-8?q?J=C3=B6rg?= <j@x>", "J\xc3\xb6rg|j|x|", 0},
	{"\"=?utf-8?b?SsO2cmc=?=\" <j@x>", "J\xc3\xb6rg|j|x|", 0},
	{"J\xf6rg <j@x>", "J\xc3\xb6rg|j|x|", 0},
	{"service@paypal.com <crook@evil.example>", "service@paypal.com|crook|evil.example|", 0},
	{"Ann ann@example.org", "Ann|ann|example.org|", 0},
	{"<>", "|||", 1},
	{"postmaster", "|postmaster||", 1},
	{"\"Ann <a@b>, c@d", "Ann|a|b|;|c|d|", 1},
	{"Ann (Green <a@b>", "Ann (Green|a|b|", 1},
	{"Ann <a@b", "Ann|a|b|", 1},
	{"Ann <<a@b>", "Ann|a|b|", 1},
	{"<one@x> <two@y>", "|two|y|", 1},
	{"a@b; c@d", "|a|b|;|c|d|", 0},
};

static void reads_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct anomalies odd = {0};
		struct address *list = NULL;
		int n = address_list(mp, span_cstr(cases[i].value), &odd, &list);
		struct buf got = {0};

		assert_true(n >= 0);
		for (int k = 0; k < n; k++)
			buf_printf(&got, "%s%.*s|%.*s|%.*s|%.*s", k ? ";" : "",
				SPAN_ARG(list[k].name), SPAN_ARG(list[k].local),
				SPAN_ARG(list[k].domain), SPAN_ARG(list[k].group));
		buf_byte(&got, 0);
		if (strcmp(got.p, cases[i].want) != 0 ||
			odd.count[ANOMALY_BAD_ADDRESS] != cases[i].bad)
			fail_msg("%s\n gave %s, %u bad\n not  %s, %u bad", cases[i].value, got.p,
				odd.count[ANOMALY_BAD_ADDRESS], cases[i].want, cases[i].bad);
		buf_done(&got);
	}
}

static void lists_are_bounded(void **state)
{
	(void)state;
	char value[1100 * 4 + 1];
	struct anomalies odd = {0};
	struct address *list;

	for (size_t i = 0; i < 1100; i++)
		memcpy(value + 4 * i, "a@b,", 5);
	assert_int_equal(address_list(mp, span_cstr(value), &odd, &list), 1000);
	assert_int_equal(odd.count[ANOMALY_BAD_ADDRESS], 100);
	assert_int_equal(address_list(mp, span_cstr(value), NULL, &list), 1000);
}

static void first_of_a_field(void **state)
{
	(void)state;
	struct message *m;
	struct address a;
	struct span raw = SPAN("From: Ann <a@B>, c@d\nTo: \n\n");

	assert_int_equal(message_parse(mp, raw, &m), 0);
	assert_true(address_first(mp, m, FIELD_FROM, &a));
	assert_span(a.name, "Ann");
	assert_span(a.domain, "b");
	assert_false(address_first(mp, m, FIELD_TO, &a));
	assert_false(address_first(mp, m, FIELD_CC, &a));
}

static int setup(void **state)
{
	(void)state;
	mp = message_parser_new(0);
	return mp ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	message_parser_free(mp);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(first_of_a_field),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
