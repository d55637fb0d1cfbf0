/* The lines on top are read back to what they were written from, whatever the client says. */
#include "test.h"

#include "mail/received.h"
#include "serve/envelope.h"

#include <stdlib.h>

#define AT 1795464000 /* 2026-11-23T20:00:00Z */

static struct received walk(struct message_parser *mp, const struct envelope *e, struct buf *raw)
{
	struct received r;
	struct message *m;

	buf_clear(raw);
	envelope_lines(e, SPAN("mx.example.org"), raw);
	for (struct span rest = buf_span(raw), line; span_line(&rest, &line);)
		assert_true(line.n <= 998);
	buf_str(raw, "Received: from liar (liar [203.0.113.66]) by mx.example.org; "
		     "Mon, 23 Nov 2026 10:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n");
	assert_int_equal(message_parse(mp, buf_span(raw), &m), 0);
	assert_int_equal(received_walk(mp, m, NULL, &r), 0);
	assert_int_equal(r.hops, 2);
	assert_int_equal(r.boundary, 0);
	assert_true(r.hop[0].has_date && r.hop[0].date.unix_s == AT);
	return r;
}

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(text), &ip), 0);
	return ip;
}

static void test_client(void **state)
{
	static const struct {
		const char *ip, *name, *helo, *rdns, *want_helo;
	} t[] = {
		{"192.0.2.1", "mail.example.net", "mail.example.net", "mail.example.net",
			"mail.example.net"},
		{"2001:db8::1", "", "[IPv6:2001:db8::1]", "", "[IPv6:2001:db8::1]"},
		{"192.0.2.1", "", "by", "", "by"},
		{"192.0.2.1", "a.example", "x (y [198.51.100.1]) by z", "a.example",
			"x??y?[198.51.100.1]??by?z"},
		{"192.0.2.1", "", "<", "", "?"},
		{"192.0.2.1", "", "a;b\r\nReceived: from c", "", "a?b??Received:?from?c"},
		{"192.0.2.1", "", "", "", "unknown"},
		{"192.0.2.1", "", "\"<a b>\"\\", "", "??a?b???"},
	};
	struct message_parser *mp = message_parser_new(0);
	struct buf raw = {0};

	(void)state;
	assert_non_null(mp);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const struct envelope e = {.ip = ip_of(t[i].ip),
			.name = span_cstr(t[i].name),
			.helo = span_cstr(t[i].helo),
			.mail_from = SPAN("a@example.net"),
			.rcpt = {SPAN("b@example.org")},
			.rcpts = 1,
			.queue_id = SPAN("4ABC"),
			.at = AT};
		struct received r = walk(mp, &e, &raw);

		assert_true(ip_eq(&r.source, &e.ip));
		assert_span(r.source_name, t[i].rdns);
		assert_span(r.source_helo, t[i].want_helo);
		assert_span(r.hop[0].by, "mx.example.org");
		assert_span(r.hop[0].id, "4ABC");
		assert_span(r.hop[0].for_, "b@example.org");
	}
	buf_done(&raw);
	message_parser_free(mp);
}

/* Long names, and every byte there is. */
static void test_hostile(void **state)
{
	struct message_parser *mp = message_parser_new(0);
	struct buf raw = {0};
	char all[700];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	const struct span s = {all, sizeof(all)};
	const struct envelope e = {.ip = ip_of("192.0.2.1"),
		.name = s, .helo = s, .tls = s, .user = s, .mail_from = s, .rcpt = {s},
		.rcpts = 1, .queue_id = s, .server = s, .at = AT};
	struct received r = walk(mp, &e, &raw);

	assert_true(ip_eq(&r.source, &e.ip));
	assert_true(raw.n < 4096);
	buf_done(&raw);
	message_parser_free(mp);
}

static void test_protocol(void **state)
{
	static const struct {
		const char *tls, *user, *with;
	} t[] = {{"", "", "ESMTP"}, {"TLSv1.3", "", "ESMTPS"}, {"", "joe", "ESMTPA"},
		{"TLSv1.3", "joe", "ESMTPSA"}};
	struct message_parser *mp = message_parser_new(0);
	struct buf raw = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct envelope e = {.ip = ip_of("192.0.2.1"),
			.helo = SPAN("a"),
			.tls = span_cstr(t[i].tls),
			.user = span_cstr(t[i].user),
			.at = AT};

		assert_span(walk(mp, &e, &raw).hop[0].with, t[i].with);
	}
	/* two recipients: none is told to the other */
	const struct envelope two = {.ip = ip_of("192.0.2.1"),
		.rcpt = {SPAN("a@x"), SPAN("b@x")},
		.rcpts = 2,
		.at = AT};

	assert_span(walk(mp, &two, &raw).hop[0].for_, "");
	buf_done(&raw);
	message_parser_free(mp);
}

static void test_local(void **state)
{
	struct message_parser *mp = message_parser_new(0);
	const struct envelope e = {.at = AT};
	struct buf raw = {0};
	struct received r;
	struct message *m;

	(void)state;
	envelope_lines(&e, SPAN("mx.example.org"), &raw);
	assert_int_equal(message_parse(mp, buf_span(&raw), &m), 0);
	assert_int_equal(received_walk(mp, m, NULL, &r), 0);
	assert_true(r.hop[0].local);
	assert_int_equal(r.source.family, IP_NONE);
	buf_done(&raw);
	message_parser_free(mp);
}

static void test_path(void **state)
{
	static const char *const t[][2] = {{"<a@b>", "a@b"}, {" <a@b> ", "a@b"}, {"<>", ""}, {"", ""},
		{"a@b", "a@b"}, {"<a@b", "<a@b"}, {"<", "<"}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_span(envelope_path(span_cstr(t[i][0])), t[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
