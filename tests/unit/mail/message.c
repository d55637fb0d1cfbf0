#include "test.h"

#include "mail/message.h"

static struct message_parser *mp;

static struct message *parse(const char *raw)
{
	struct message *m = NULL;

	assert_int_equal(message_parse(mp, span_cstr(raw), &m), 0);
	return m;
}

static void one_plain_part(void **state)
{
	(void)state;
	struct message *m = parse("From: a@b\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n\r\nHello\r\n");

	assert_int_equal(m->parts, 1);
	assert_span(m->part[0].type, "text/plain");
	assert_span(m->part[0].content, "Hello\r\n");
	assert_span(m->text, "Hello\r\n");
	assert_span(message_text(mp, message_field(m, FIELD_SUBJECT)), "caf\xc3\xa9");
	assert_null(message_field(m, FIELD_DATE));
}

static void alternatives_are_all_shown(void **state)
{
	(void)state;
	struct message *m = parse("Content-Type: multipart/alternative; boundary=\"x y\"\n\n"
				  "preamble\n--x y\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
				  "--x y\nContent-Type: TEXT/Plain; charset=iso-8859-1\n"
				  "Content-Transfer-Encoding: quoted-printable\n\nna=EFve=\n!\n"
				  "--x y--\nepilogue\n");

	assert_int_equal(m->parts, 3);
	assert_int_equal(m->part[0].kind, PART_MULTIPART);
	assert_span(m->part[1].content, "hello");
	assert_span(m->part[2].content, "na\xefve!");
	assert_span(m->part[2].type, "text/plain");
	assert_span(m->text, "hello\nna\xc3\xafve!");
	assert_int_equal(m->odd.count[ANOMALY_UNCLOSED_PART], 0);
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
		cmocka_unit_test(one_plain_part),
		cmocka_unit_test(alternatives_are_all_shown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
