/*
 * Every allocation of a parse fails once, the first, the second and so on, until one parse needs
 * no more: each gives -ENOMEM or a good message, and nothing is left behind.
 */
#include "short_memory.h"
#include "test.h"

#include "base/buf.h"
#include "mail/message.h"

#include <errno.h>

/* A message that goes through every part of the parser, and is larger than one block. */
static void write_rich(struct buf *b)
{
	buf_str(b, "From: =?koi8-r?q?=C1?= <a@b.example>\nSubject: =?utf-8?q?=C3=A9?=\n"
		   "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
		   "--b\nContent-Type: text/html; charset=windows-1251\n\n<p>\xe0\xe1 ");
	for (int i = 0; i < 2000; i++)
		buf_printf(b, "<a href='http://host%d.example/x'>link %d</a>\n", i, i);
	buf_str(b, "\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n");
	for (int i = 0; i < 4000; i++)
		buf_str(b, "aGVsbG8gaHR0cDovL2V4YW1wbGUub3JnIHdvcmxkIGFuZCBzbyBvbg==\n");
	buf_str(b, "\n--b\nContent-Type: message/rfc822; name*0*=utf-8''%c3; name*1*=%a9\n"
		   "Content-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4KCnRleHQK\n"
		   "--b\n\nbegin 644 a\n#0V%T\n`\nend\n\n--b--\n");
	assert_true(buf_ok(b));
}

/* One run from a cold start; returns what message_parse() did, or -ENOMEM when it had no parser. */
static int parse_once(struct span raw)
{
	struct message_parser *mp = message_parser_new(0);
	struct message *m = NULL;
	int rc = mp ? message_parse(mp, raw, &m) : -ENOMEM;

	assert_true(rc == 0 || rc == -ENOMEM);
	if (rc == 0) {
		assert_true(m->parts >= 1 && m->parts <= 7);
		message_text(mp, &m->part[0].fields.at[0]);
	}
	message_parser_free(mp);
	return rc;
}

static void try_all(bool on)
{
	struct buf b = {0};

	write_rich(&b);
	/* The parser itself and the first block at least. */
	assert_true(fail_each(parse_once, buf_span(&b), on) >= 2);
	buf_done(&b);
}

static void each_fails_once(void **state)
{
	(void)state;
	try_all(false);
}

static void each_fails_for_good(void **state)
{
	(void)state;
	try_all(true);
}

static void warm_parsers_allocate_nothing(void **state)
{
	(void)state;
	struct message_parser *mp = message_parser_new(0);
	struct span raw = SPAN("Subject: =?koi8-r?q?=C1?=\nContent-Type: text/html; "
			       "charset=koi8-r\n\n<a href='http://a.example/'>\xc1</a>\n");
	struct message *m;

	assert_int_equal(message_parse(mp, raw, &m), 0);
	asked = 0;
	assert_int_equal(message_parse(mp, raw, &m), 0);
	assert_span(message_text(mp, message_field(m, FIELD_SUBJECT)), "\xd0\xb0");
	assert_int_equal(asked, 0);
	message_parser_free(mp);
}

static void budgets_are_kept(void **state)
{
	(void)state;
	struct buf b = {0};

	write_rich(&b);
	for (size_t budget = 1024; budget < ((size_t)8 << 20); budget += budget / 2) {
		struct message_parser *mp = message_parser_new(budget);
		struct message *m = NULL;
		int rc = message_parse(mp, buf_span(&b), &m);

		/* Without room for one part there is no message. */
		assert_true(rc == 0 || budget < 4096);
		if (rc == 0 && budget < 100000)
			assert_true(m->odd.count[ANOMALY_BUDGET] > 0);
		message_parser_free(mp);
	}
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fails_once),
		cmocka_unit_test(each_fails_for_good),
		cmocka_unit_test(warm_parsers_allocate_nothing),
		cmocka_unit_test(budgets_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
