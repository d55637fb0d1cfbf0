#include "test.h"

#include "case/contact.h"

#include <errno.h>

static void addresses(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{"abuse@example.net", true},
		{"abuse+desk.1@mail-2.example.co.uk", true},
		{"Abuse@EXAMPLE.net", true},
		{"a@b.xn--p1ai", true},
		{"", false},
		{"abuse", false},
		{"abuse@localhost", false},
		{"@example.net", false},
		{"abuse@", false},
		{"abuse@example.net.", false},
		{"abuse@@example.net", false},
		{"a b@example.net", false},
		{".abuse@example.net", false},
		{"abuse.@example.net", false},
		{"a..b@example.net", false},
		{"\"abuse\"@example.net", false},
		{"abuse@[192.0.2.1]", false},
		{"abuse@192.0.2.1", false},
		{"abuse@-example.net", false},
		{"abuse@exa_mple.net", false},
		{"abuse@example.net>", false},
		{"abuse@example.net\r\nBcc: x@example.org", false},
		{"abuse@ex\xc3\xa4mple.net", false},
		{"abuse%example.org@example.net", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (contact_mail_ok(span_cstr(cases[i].text)) != cases[i].good)
			fail_msg("%s", cases[i].text);
	assert_false(contact_mail_ok((struct span){"a\0b@example.net", 15}));

	char large[400];

	memset(large, 'a', sizeof(large));
	assert_false(contact_mail_ok((struct span){large, sizeof(large)}));
	memcpy(large + 65, "@example.net", 12);
	assert_false(contact_mail_ok((struct span){large, 77}));
	assert_true(contact_mail_ok((struct span){large + 1, 76}));
}

static void an_address_is_there_once(void **state)
{
	struct contact c = {0};

	(void)state;
	assert_true(contact_add(&c, SPAN("a@example.net")));
	assert_false(contact_add(&c, SPAN("A@Example.NET")));
	assert_true(contact_add(&c, SPAN("b@example.net")));
	assert_true(contact_add(&c, SPAN("c@example.net")));
	assert_true(contact_add(&c, SPAN("d@example.net")));
	assert_false(contact_add(&c, SPAN("e@example.net")));
	assert_int_equal(c.mails, CONTACT_MAILS_MOST);
}

static const char list[] = "# own contacts\n"
			   "\n"
			   "AS64500  abuse@example.net , second@example.net # as agreed\r\n"
			   "64501\ta#b@example.org\n"
			   "AS64502 none\n"
			   "AS64502 abuse@example.org\n"
			   "AS64500 third@example.net";

static void the_list_is_asked(void **state)
{
	struct contact c;

	(void)state;
	assert_int_equal(contact_list_check(span_cstr(list), "list", NULL), 0);
	assert_true(contact_list_find(span_cstr(list), 64500, &c));
	assert_int_equal(c.from, CONTACT_LIST);
	assert_int_equal(c.mails, 3);
	assert_string_equal(c.mail[0], "abuse@example.net");
	assert_string_equal(c.mail[1], "second@example.net");
	assert_string_equal(c.mail[2], "third@example.net");
	assert_true(contact_list_find(span_cstr(list), 64501, &c));
	assert_string_equal(c.mail[0], "a#b@example.org");
	assert_true(contact_list_find(span_cstr(list), 64502, &c));
	assert_int_equal(c.from, CONTACT_STOP);
	assert_int_equal(c.mails, 0);
	assert_non_null(strstr(c.said, "not to be written to"));
	assert_false(contact_list_find(span_cstr(list), 64503, &c));
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"\nASX abuse@example.net\n", "own:2: 'ASX' is no AS number"},
		{"AS64500\n", "own:1: '' is no mail address"},
		{"AS64500 abuse\n", "own:1: 'abuse' is no mail address"},
		{"AS64500 abuse@example.net x@example.net\n", "is no mail address"},
		{"AS64500 abuse@example.net,\n", "is no mail address"},
		{"AS64500 none abuse@example.net\n", "is no mail address"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err;

		assert_int_equal(
			contact_list_check(span_cstr(cases[i].text), "own", &err), -EINVAL);
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s", err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(an_address_is_there_once),
		cmocka_unit_test(the_list_is_asked),
		cmocka_unit_test(bad_lines_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
