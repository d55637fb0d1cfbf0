#include "test.h"

#include "case/redact.h"

static char *redacted(struct span raw)
{
	struct buf b = {0};

	redact_message(&b, raw);
	assert_true(buf_ok(&b));
	char *text = strndup(b.p ? b.p : "", b.n);

	buf_done(&b);
	return text;
}

static void is(struct span raw, const char *want)
{
	char *got = redacted(raw);

	assert_string_equal(got, want);
	free(got);
}

static void the_way_and_the_program_are_quoted(void **state)
{
	(void)state;
	is(SPAN("Received: from a.example ([192.0.2.7]) by mx.victim.example\n"
		"\tfor <jane.doe@victim.example>; Mon, 23 Nov 2026 10:00:00 +0000\n"
		"Message-ID: <unique-jane@x>\n"
		"X-Mailer: Bulk 1.0\n"
		"From: Jane Doe <jane.doe@victim.example>\n"
		"Subject: cheap pills for jane.doe\n"
		"To: Jane Doe <jane.doe@victim.example>\n"
		"\n"
		"Dear Jane,\n"
		"visit http://shop.example/?u=amFuZQ==\n"),
		"Received: from a[.]example ([192[.]0[.]2[.]7]) by [struck out] for <[struck "
		"out]>; Mon, 23 Nov 2026 10:00:00 +0000\n"
		"X-Mailer: Bulk 1[.]0\n"
		"Subject: cheap pills for [struck out]\n"
		"\n"
		"Dear [struck out],\n"
		"visit hxxp://shop[.]example/[...]\n");
}

static void what_could_hide_a_name_is_not_quoted(void **state)
{
	(void)state;
	is(SPAN("Subject: =?utf-8?B?SmFuZQ==?= hello\nContent-Transfer-Encoding: base64\n\n"
		"SmFuZQ==\n"),
		"Subject: [struck out] hello\nContent-Transfer-Encoding: base64\n\n"
		"[text not quoted]\n");
	is(SPAN("Subject: x\n\n--boundary\nContent-Type: text\n\nJane\n"),
		"Subject: x\n\n[further parts not quoted]\n");
}

/* Whatever field names them and wherever they stand, recipients are not in what is quoted. */
static void recipients_are_nowhere(void **state)
{
	static const char *const fields[] = {"To", "cc", "BCC", "Delivered-To", "X-Original-To",
		"Envelope-To", "Apparently-To", "Resent-To"};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct buf raw = {0};

		buf_printf(&raw,
			"Subject: VICTIM.EXAMPLE and Zebedee\n%s: \"Zebedee Q\"\n\t"
			"<zeb.q@victim.example>\n\nzeb.q, Zebedee: http://victim.example/x "
			"mailto:zeb.q%%40victim.example victim.example@bounce.example\n",
			fields[i]);
		char *got = redacted(buf_span(&raw));

		assert_null(strcasestr(got, "victim"));
		assert_null(strcasestr(got, "zeb"));
		free(got);
		buf_done(&raw);
	}
}

/* Nor are pieces of a mailbox's name, and names in other bytes than the message has them in. */
static void names_in_other_forms_are_nowhere(void **state)
{
	static const char *const to[] = {
		"Received: from x by y for <john.zebedee+lists@v.example>; now",
		"To: zebedee-shop@v.example", "To: =?utf-8?q?Zebed=65e?= <zq@v.example>",
		("To: Z\xc3\x84"
		 "bedee <zq@v.example>")};

	(void)state;
	for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++) {
		struct buf raw = {0};

		buf_printf(&raw,
			"From: Post for Zebedee <a@b.example>\n%s\nSubject: Zebedee, z\xc3\xa4"
			"bedee!\nX-Mailer: Bulk 1\n\nDear ZEBEDEE, z\xc3\xa4"
			"bedee\n",
			to[i]);
		char *got = redacted(buf_span(&raw));

		assert_non_null(strstr(got, "Bulk 1"));
		assert_null(strcasestr(got, "zebed"));
		if (i == 3)
			assert_null(strcasestr(got, "bedee"));
		free(got);
		buf_done(&raw);
	}
}

static void long_and_odd_input_is_bounded(void **state)
{
	struct buf raw = {0};

	(void)state;
	buf_str(&raw, "Subject: ");
	for (int i = 0; i < 5000; i++)
		buf_str(&raw, "word\x1b ");
	buf_str(&raw, "\nTo: ");
	for (int i = 0; i < 200; i++)
		buf_printf(&raw, "person%d@example.net, ", i);
	buf_str(&raw, "\n\nperson199 is not known to be one\n");
	char *got = redacted(buf_span(&raw));

	assert_null(strchr(got, '\x1b'));
	assert_null(strstr(got, "person199"));
	assert_true(strlen(got) < 600);
	free(got);
	buf_done(&raw);
	is(SPAN(""), "\n");
	is(SPAN("\0\0\xff"), "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_and_the_program_are_quoted),
		cmocka_unit_test(what_could_hide_a_name_is_not_quoted),
		cmocka_unit_test(recipients_are_nowhere),
		cmocka_unit_test(names_in_other_forms_are_nowhere),
		cmocka_unit_test(long_and_odd_input_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
