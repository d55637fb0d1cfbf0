/* Feedback reports: what is read of them, whose word is believed, and what is a sighting. */
#include "test.h"

#include "base/file.h"
#include "feed_sink.h"

#include "trace/arf.h"

#include <errno.h>

static struct message_parser *parser, *inner;

static int start(void **state)
{
	(void)state;
	parser = message_parser_new(0);
	inner = message_parser_new(0);
	return parser && inner ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	message_parser_free(parser);
	message_parser_free(inner);
	return 0;
}

/* A report of these fields that encloses that message; NULL: none. */
static void put_report(struct buf *to, const char *fields, const char *type, const char *message)
{
	buf_clear(to);
	buf_str(to, "From: Feedback <fbl@provider.example>\nTo: abuse@other.example\n"
		    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
		    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
		    "--b\nContent-Type: text/plain\n\nA report.\n\n"
		    "--b\nContent-Type: message/feedback-report\n\n");
	buf_str(to, fields);
	buf_str(to, "\n");
	if (message)
		buf_printf(to, "--b\nContent-Type: %s\n\n%s\n", type, message);
	buf_str(to, "--b--\n");
}

#define CHAIN                                                                                      \
	"Received: from x.bad.example (x.bad.example [198.51.100.7]) by mx.provider.example\n"     \
	"\twith SMTP id 1; Sun, 22 Nov 2026 09:00:00 +0000\n"                                      \
	"Received: from forged.example ([203.0.113.9]) by x.bad.example; Sat, 21 Nov 2026 "        \
	"00:00:00 +0000\n"                                                                         \
	"From: a@bad.example\nSubject: x\n\nSpam\n"

static const struct {
	const char *fields, *type, *message;
	const char *want; /* the sighting, or the key of why there is none */
} rows[] = {
	{"Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nSource-IP: 192.0.2.1\n"
	 "Source-Port: 4711\nArrival-Date: Sun, 22 Nov 2026 08:00:00 +0100\n",
		NULL, NULL, "spam 192.0.2.1:4711 2026-11-22T07:00:00Z  0\n"},
	{"FEEDBACK-TYPE:   Abuse  \nsource-ip: [IPv6:2001:db8::1]\n", NULL, NULL,
		"spam 2001:db8::1 2026-11-23T10:00:00Z  0\n"},
	{"\nFeedback-Type: abuse\nSource-IP: 192.0.2.1 (name.example)\n"
	 "Received-Date: Sun, 22 Nov 2026 08:00:00 +0100\n",
		NULL, NULL, "spam 192.0.2.1 2026-11-22T07:00:00Z  0\n"},
	/* The source of the enclosed message, by the line of the reporter's own server. */
	{"Feedback-Type: abuse\n", "message/rfc822", CHAIN,
		"spam 198.51.100.7 2026-11-22T09:00:00Z  0\n"},
	{"Feedback-Type: abuse\n", "text/rfc822-headers", CHAIN,
		"spam 198.51.100.7 2026-11-22T09:00:00Z  0\n"},
	{"Feedback-Type: abuse\nSource-IP: 192.0.2.1\n", "message/rfc822", CHAIN,
		"spam 192.0.2.1 2026-11-22T09:00:00Z  0\n"},
	{"Feedback-Type: abuse\nSource-IP: what\n", "message/rfc822", CHAIN,
		"spam 198.51.100.7 2026-11-22T09:00:00Z  0\n"},
	/* Nothing is guessed: neither from the sender's domain nor from links. */
	{"Feedback-Type: abuse\nReported-Domain: bad.example\n", NULL, NULL, "no_source"},
	{"Feedback-Type: abuse\nReported-URI: http://a.bad.example/\n", "message/rfc822",
		"From: a@bad.example\n\nSpam\n", "no_source"},
	{"Feedback-Type: abuse\nSource-IP: 192.0.2.1\nReported-URI: http://a.bad.example/x\n"
	 "Reported-Uri: http://b.bad.example/\nReported-Uri: mailto:user@example.com\n"
	 "Reported-Uri: http://192.0.2.9/\n",
		NULL, NULL, "spam 192.0.2.1 2026-11-23T10:00:00Z  0 +bad.example +192.0.2.9\n"},
	{"Feedback-Type: fraud\nReported-URI: mailto:x@y.example\nReported-URI: "
	 "http://a.bad.example:8080/\n",
		NULL, NULL, "phish a.bad.example:8080 2026-11-23T10:00:00Z  0\n"},
	{"Feedback-Type: virus\nSource-IP: 192.0.2.1\n", NULL, NULL,
		"malware 192.0.2.1 2026-11-23T10:00:00Z  0\n"},
	{"Feedback-Type: virus\n", NULL, NULL, "no_source"},
	{"Feedback-Type: auth-failure\nSource-IP: 192.0.2.1\n", NULL, NULL, "not_proven"},
	{"Feedback-Type: not-spam\nSource-IP: 192.0.2.1\n", NULL, NULL, "not_spam"},
	{"Feedback-Type: opt-out\nSource-IP: 192.0.2.1\n", NULL, NULL, "opt_out"},
	{"Feedback-Type: opt-out-list\nSource-IP: 192.0.2.1\n", NULL, NULL, "opt_out"},
	{"Feedback-Type: other\nSource-IP: 192.0.2.1\n", NULL, NULL, "type"},
	{"Feedback-Type: novel\nSource-IP: 192.0.2.1\n", NULL, NULL, "type"},
	{"Feedback-Type: not-spam\nFeedback-Type: abuse\nSource-IP: 192.0.2.1\n", NULL, NULL,
		"not_spam"},
	{"Source-IP: 192.0.2.1\n", NULL, NULL, "bad_report"},
	{"", NULL, NULL, "bad_report"},
};

static void reports_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf text = {0}, got = {0};
		struct message *m;
		struct sighting s;
		struct arf r;

		put_report(&text, rows[i].fields, rows[i].type, rows[i].message);
		assert_int_equal(message_parse(parser, buf_span(&text), &m), 0);
		int rc = arf_read(parser, m, inner, &r);

		if (rc == FEED_TAKEN) {
			assert_span(r.reporter, "provider.example");
			rc = arf_sighting(parser, &r, &s);
		}
		if (rc == FEED_TAKEN)
			feed_sink_line(&got, &s);
		else
			buf_str(&got, feed_count_key((enum feed_count)rc));
		if (!span_eq(buf_span(&got), span_cstr(rows[i].want)))
			fail_msg("%s: %.*s", rows[i].fields, SPAN_ARG(buf_span(&got)));
		buf_done(&text);
		buf_done(&got);
	}
}

static void all_that_is_said_is_kept(void **state)
{
	(void)state;
	struct buf text = {0};
	struct message *m;
	struct arf r;

	put_report(&text,
		"Feedback-Type: abuse\nIncidents: 17\nReported-Domain: One.example\n"
		"Reported-Domain: two.example\nReported-URI: http://a.example/\n",
		"message/rfc822", CHAIN);
	assert_int_equal(message_parse(parser, buf_span(&text), &m), 0);
	assert_int_equal(arf_read(parser, m, inner, &r), FEED_TAKEN);
	assert_int_equal(r.type, ARF_ABUSE);
	assert_true(r.enclosed);
	assert_int_equal(r.incidents, 17);
	assert_span(r.domain, "One.example");
	assert_int_equal(r.uris, 1);
	assert_span(r.uri[0], "http://a.example/");
	buf_done(&text);
}

/* Mailboxes through feed_read(): other mail is counted, the report itself is the evidence. */
static struct feed_report read_mail(const char *text, struct feed_sink *k, bool source)
{
	char path[] = "/tmp/test-arf.XXXXXX";
	int fd = mkstemp(path);
	struct feed_options o = feed_sink_options(k);
	struct feed_report r = {0};
	struct err err;
	FILE *f = fdopen(fd, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
	if (!source)
		o.source = SPAN("");
	if (feed_read(path, &o, &r, &err) < 0)
		fail_msg("%s", err.text);
	remove(path);
	return r;
}

static void a_mailbox_of_reports(void **state)
{
	(void)state;
	struct buf one = {0}, box = {0};
	struct feed_sink k = {0};

	put_report(&one, "Feedback-Type: abuse\nSource-IP: 192.0.2.1\n", NULL, NULL);
	for (int i = 0; i < 2; i++) {
		buf_str(&box, "From fbl@provider.example Mon Nov 23 10:00:00 2026\n");
		buf_add(&box, buf_span(&one));
		buf_str(&box, "\n");
	}
	buf_str(&box,
		"From a@b Mon Nov 23 10:00:00 2026\nFrom: a@b.example\nSubject: hi\n\nHi\n\n");
	put_report(&one, "Source-IP: 192.0.2.1\n", NULL, NULL);
	buf_str(&box, "From x@y Mon Nov 23 10:00:00 2026\n");
	buf_add(&box, buf_span(&one));
	buf_byte(&box, '\0');
	struct feed_report r = read_mail(box.p, &k, false);

	assert_int_equal(r.format, FEED_MAIL);
	assert_int_equal(r.count[FEED_TAKEN], 2);
	assert_int_equal(r.count[FEED_NO_REPORT], 1);
	assert_int_equal(r.count[FEED_BAD_REPORT], 1);
	assert_true(r.shown[0].message);
	assert_int_equal(r.shown[0].number, 4);
	assert_int_equal(k.raws, 2);
	assert_span(buf_span(&k.text),
		"spam 192.0.2.1 2026-11-23T10:00:00Z by.provider.example 67\n"
		"spam 192.0.2.1 2026-11-23T10:00:00Z by.provider.example 67\n");
	/* The same report twice is the same. */
	struct span ids = buf_span(&k.identities), first = {NULL, 0}, second = {NULL, 0};

	span_line(&ids, &first);
	span_line(&ids, &second);
	assert_true(first.n > 40 && span_eq(first, second));
	feed_sink_done(&k);
	buf_done(&one);
	buf_done(&box);
}

/* What encloses the report is not what the report encloses: the reporter's own server would be
 * blamed. */
static void a_forwarded_report(void **state)
{
	(void)state;
	struct buf report = {0}, mail = {0};
	struct message *m;
	struct sighting s;
	struct arf r;

	for (int with = 0; with < 2; with++) {
		put_report(
			&report, "Feedback-Type: abuse\n", "message/rfc822", with ? CHAIN : NULL);
		buf_clear(&mail);
		buf_str(&mail,
			"From: desk@site.example\nMIME-Version: 1.0\n"
			"Content-Type: multipart/mixed; boundary=outer\n\n"
			"--outer\nContent-Type: message/rfc822\n\n"
			"Received: from fbl.provider.example ([203.0.113.77]) by mx.site.example;"
			" Mon, 23 Nov 2026 10:00:01 +0000\n");
		buf_add(&mail, buf_span(&report));
		buf_str(&mail, "--outer--\n");
		assert_int_equal(message_parse(parser, buf_span(&mail), &m), 0);
		assert_int_equal(arf_read(parser, m, inner, &r), FEED_TAKEN);
		assert_int_equal(arf_sighting(parser, &r, &s), with ? FEED_TAKEN : FEED_NO_SOURCE);
		if (with)
			assert_int_equal(ip_v4(&s.where.ip), 0xc6336407);
	}
	buf_done(&report);
	buf_done(&mail);
}

static void xarf_by_mail(void **state)
{
	(void)state;
	static const char json[] =
		"From: a@cert.example\nMIME-Version: 1.0\nX-XARF: PLAIN\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"
		"--b\nContent-Type: text/plain\n\nHello\n"
		"--b\nContent-Type: application/json; name=xarf.json\n"
		"Content-Transfer-Encoding: base64\n\n"
		/* {"Version":"3","Report":{"ReportType":"Spam","SourceIp":"192.0.2.1",
		 * "Date":"2026-08-22T03:00:29Z"}} */
		"eyJWZXJzaW9uIjoiMyIsIlJlcG9ydCI6eyJSZXBvcnRUeXBlIjoiU3BhbSIsIlNvdXJjZUlwIjoi\n"
		"MTkyLjAuMi4xIiwiRGF0ZSI6IjIwMjYtMDgtMjJUMDM6MDA6MjlaIn19\n--b--\n";
	static const char fields[] =
		"From: a@cert.example\nMIME-Version: 1.0\nX-ARF: yes\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"
		"--b\nContent-Type: text/plain\n\nHello\n"
		"--b\nContent-Type: text/plain; name=report.txt\n\n"
		"Reported-From: abuse@cert.example\nReport-Type: port-scan\nSource: 192.0.2.2\n"
		"Date: Sat, 22 Aug 2026 03:00:29 +0200\n--b--\n";
	struct feed_sink k = {0};

	assert_int_equal(read_mail(json, &k, false).count[FEED_TAKEN], 1);
	assert_int_equal(read_mail(fields, &k, false).count[FEED_TAKEN], 1);
	assert_int_equal(read_mail(fields, &k, true).count[FEED_TAKEN], 1);
	assert_span(buf_span(&k.text), "spam 192.0.2.1 2026-08-22T03:00:29Z by.unknown 67\n"
				       "scan 192.0.2.2 2026-08-22T01:00:29Z by.cert.example 67\n"
				       "scan 192.0.2.2 2026-08-22T01:00:29Z test 67\n");
	feed_sink_done(&k);
}

/* Over PART_CONTENT_MOST, which is as far as the parser decodes what is no text. */
static void long_xarf_by_mail(void **state)
{
	(void)state;
	struct feed_sink k = {0};
	struct buf b = {0};

	buf_str(&b,
		"From: a@cert.example\nMIME-Version: 1.0\nContent-Type: application/json\n"
		"Content-Transfer-Encoding: quoted-printable\n\n"
		"{\"Version\":\"3\",\"Report\":{\"ReportType\":\"Spam\",\"SourceIp\":\"192.0.2.1\","
		"\"Date\":\"2026-08-22T03:00:29Z\",\"x\":\"=\n");
	for (int i = 0; i < 10000; i++)
		buf_str(&b, "=78 and so on, up to the end of a line, which is encoded too=\n");
	buf_str(&b, "\"}}\n");
	buf_byte(&b, '\0');
	assert_int_equal(read_mail(b.p, &k, false).count[FEED_TAKEN], 1);
	assert_span(buf_span(&k.text), "spam 192.0.2.1 2026-08-22T03:00:29Z by.unknown 67\n");
	assert_true(k.raw_bytes > PART_CONTENT_MOST);
	feed_sink_done(&k);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_read),
		cmocka_unit_test(all_that_is_said_is_kept),
		cmocka_unit_test(a_mailbox_of_reports),
		cmocka_unit_test(a_forwarded_report),
		cmocka_unit_test(xarf_by_mail),
		cmocka_unit_test(long_xarf_by_mail),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
