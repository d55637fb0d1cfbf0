#include "test.h"

#include "case/arf_write.h"
#include "trace/arf.h"

static const uint8_t key[ARF_KEY_BYTES] = "a key of thirty-two bytes";

#define TOP                                                                                        \
	"Received: from dialup.example.net (dialup.example.net [192.0.2.7])\r\n"                   \
	"\tby mx.example.org (Postfix) with ESMTP id 4ABC for <mairead@example.org>;\r\n"          \
	"\tMon, 23 Nov 2026 10:00:00 +0100\r\n"

static struct arf_report report(const char *raw)
{
	return (struct arf_report){
		.raw = span_cstr(raw),
		.key = key,
		.boundary = "cordon-b-1",
		.kind = SIGHTING_SPAM,
		.source = SPAN("192.0.2.7"),
		.arrival = 1795478400,
		.incidents = 12,
		.mta = SPAN("mx.example.org"),
		.notice = SPAN("n-20261123-as64500-1"),
	};
}

static struct buf fields_of(const char *raw)
{
	struct arf_report r = report(raw);
	struct message_parser *mp = message_parser_new(0);
	struct buf b = {0};

	assert_non_null(mp);
	assert_int_equal(arf_write_fields(mp, &r, &b), 0);
	message_parser_free(mp);
	return b;
}

static void has(const struct buf *b, const char *text)
{
	if (span_find(buf_span(b), span_cstr(text)) < 0)
		fail_msg("lacks '%s':\n%.*s", text, SPAN_ARG(buf_span(b)));
}

static void lacks(const struct buf *b, const char *text)
{
	if (span_find_nocase(buf_span(b), span_cstr(text)) >= 0)
		fail_msg("has '%s':\n%.*s", text, SPAN_ARG(buf_span(b)));
}

static void what_a_desk_needs_is_there(void **state)
{
	struct buf b = fields_of(
		TOP "Date: Mon, 23 Nov 2026 09:59:00 +0000\r\n"
		    "From: \"Some One\" <some.one@victim.example>\r\nTo: Mairead "
		    "<mairead@example.org>\r\n"
		    "Subject: Mairead, you won\r\nMessage-ID: <1234.5@dialup.example.net>\r\n"
		    "X-Mailer: The Bat! (v2)\r\n\r\nDear Mairead\r\n");

	(void)state;
	has(&b, "Received: from dialup.example.net (dialup.example.net [192.0.2.7])\r\n by "
		"mx.example.org;\r\n");
	has(&b, " Mon, 23 Nov 2026 09:00:00 +0000\r\n");
	has(&b, "Date: Mon, 23 Nov 2026 09:59:00 +0000\r\n");
	has(&b, "@victim.example>\r\n");
	has(&b, "Message-ID: <1234.5@dialup.example.net>\r\n");
	has(&b, "X-Mailer: The Bat! (v2)\r\n");
	has(&b, "Subject: [left out]\r\n");
	lacks(&b, "mairead");
	lacks(&b, "some.one");
	lacks(&b, "Some One");
	lacks(&b, "4ABC");
	buf_done(&b);
}

/* Wherever a recipient is named, nothing of it comes out. */
static void recipients_do_not_come_out(void **state)
{
	static const char *const raws[] = {
		TOP "Message-ID: <mairead=example.org.77@list.example>\r\n\r\n",
		TOP
		"Delivered-To: mairead@example.org\r\nMessage-ID: <MAIREAD.1@x.example>\r\n\r\n",
		TOP "X-Original-To: mairead@example.org\r\nX-Mailer: for mairead\r\n\r\n",
		TOP "Cc: mairead@example.org\r\nFrom: mairead <x@mairead.example.net>\r\n\r\n",
		TOP "Bcc: Mairead <m@example.org>\r\nUser-Agent: m Mairead\r\n\r\n",
		"Received: from mairead-pc (h.example.net [192.0.2.7]) by mx.example.org"
		" for <mairead@example.org>; Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\n",
		"Received: from pc (mairead.dsl.example.net [192.0.2.7]) by mx.example.org"
		" for <mairead@example.org>; Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\n",
		TOP "Received: from a by b for <mairead@example.org>\r\nTo: undisclosed\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(raws) / sizeof(*raws); i++) {
		struct buf b = fields_of(raws[i]);

		lacks(&b, "mairead");
		has(&b, "[192.0.2.7]");
		buf_done(&b);
	}
}

static void the_same_address_has_the_same_hash(void **state)
{
	struct buf a = fields_of("From: a@x.example\r\n\r\n"),
		   b = fields_of("From: a@x.example\r\n\r\n");
	struct buf c = fields_of("From: b@x.example\r\n\r\n");

	(void)state;
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	assert_false(span_eq(buf_span(&a), buf_span(&c)));
	buf_done(&a);
	buf_done(&b);
	buf_done(&c);
}

static void fields_cannot_be_smuggled_in(void **state)
{
	struct buf b = fields_of(TOP "Message-ID: <a@b>\r\n X-Evil: 1\r\nX-Mailer: a\rX-Evil: 2\r\n"
				     "User-Agent: \033[2J\r\nDate: \xff\r\n\r\n");

	(void)state;
	lacks(&b, "X-Evil");
	lacks(&b, "\033");
	lacks(&b, "\xff");
	has(&b, "Date: [left out]\r\n");
	buf_done(&b);
	b = fields_of("");
	has(&b, "Subject: [left out]\r\n");
	buf_done(&b);
}

static void the_report_has_its_three_parts(void **state)
{
	struct arf_report r = report(TOP "From: a@x.example\r\n\r\nbody\r\n");
	struct message_parser *mp = message_parser_new(0);
	struct message *m;
	struct buf b = {0};

	(void)state;
	r.kind = SIGHTING_PHISH;
	assert_int_equal(arf_write(mp, &r, &b), 0);
	has(&b, "Feedback-Type: fraud\r\n");
	has(&b, "User-Agent: cordon/");
	has(&b, "\r\nVersion: 1\r\n");
	has(&b, "Source-IP: 192.0.2.7\r\n");
	has(&b, "Arrival-Date: Tue, 24 Nov 2026 00:00:00 +0000\r\n");
	has(&b, "Incidents: 12\r\n");
	has(&b, "Reporting-MTA: dns; mx.example.org\r\n");
	lacks(&b, "body");
	assert_int_equal(message_parse(mp, buf_span(&b), &m), 0);
	assert_int_equal(m->parts, 4);
	assert_span(m->part[0].type, "multipart/report");
	assert_span(m->part[1].type, "text/plain");
	assert_span(m->part[2].type, "message/feedback-report");
	assert_span(m->part[3].type, "text/rfc822-headers");
	message_parser_free(mp);
	buf_done(&b);
}

/* What our own reader of such reports makes of it. */
static void it_is_read_again(void **state)
{
	static const struct {
		enum sighting_kind kind;
		enum arf_type type;
	} cases[] = {{SIGHTING_SPAM, ARF_ABUSE}, {SIGHTING_PHISH, ARF_FRAUD},
		{SIGHTING_MALWARE, ARF_VIRUS}};
	struct message_parser *mp = message_parser_new(0), *inner = message_parser_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arf_report r = report(TOP "From: a@x.example\r\n\r\nbody\r\n");
		struct message *m;
		struct arf back;
		struct buf b = {0}, mail = {0};
		char text[IP_TEXT];

		r.kind = cases[i].kind;
		assert_int_equal(arf_write(mp, &r, &b), 0);
		buf_str(&mail, "From: abuse@mx.example.org\r\nMIME-Version: 1.0\r\n");
		buf_add(&mail, buf_span(&b));
		assert_int_equal(message_parse(mp, buf_span(&mail), &m), 0);
		assert_int_equal(arf_read(mp, m, inner, &back), FEED_TAKEN);
		assert_int_equal(back.type, cases[i].type);
		assert_string_equal(ip_format(&back.source, text), "192.0.2.7");
		assert_false(back.enclosed);
		assert_int_equal(back.at, r.arrival);
		assert_int_equal(back.incidents, 12);
		buf_done(&b);
		buf_done(&mail);
	}
	message_parser_free(mp);
	message_parser_free(inner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_desk_needs_is_there),
		cmocka_unit_test(recipients_do_not_come_out),
		cmocka_unit_test(the_same_address_has_the_same_hash),
		cmocka_unit_test(fields_cannot_be_smuggled_in),
		cmocka_unit_test(the_report_has_its_three_parts),
		cmocka_unit_test(it_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
