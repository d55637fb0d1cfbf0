/* What a notice tells, from an index made by hand; how it reads; how often one may go. */
#include "test.h"

#include "case/notice.h"
#include "case/notice_limit.h"
#include "ledger/index.h"

#include <errno.h>
#include <locale.h>

#define DAY 86400
#define T0  1795392000 /* 2026-11-23 */

static sqlite3 *db;
static struct arena arena;

static void sql(const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

/* One sighting; network 1 is AS64500. */
static void seen(int seq, int64_t at, enum sighting_kind kind, int source, int host, int network,
	int port, bool raw)
{
	char text[400];

	snprintf(text, sizeof(text),
		"INSERT INTO sighting VALUES(%d, %lld, %d, %d, %d, %d, NULL, %d, %d, %d);", seq,
		(long long)at, kind, source, host, network, 50 + seq % 50, port, source != 1);
	sql(text);
	snprintf(text, sizeof(text), "INSERT INTO raw VALUES(%d, 0, 0);", seq);
	if (raw)
		sql(text);
}

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sql(index_schema);
	sql("INSERT INTO source VALUES(1, 'mail'), (2, 'c2list'), (3, 'other')");
	sql("INSERT INTO host VALUES(1, '192.0.2.1'), (2, '192.0.2.2'), (3, '192.0.2.0/28'),"
	    "(4, 'evil.example.com')");
	sql("INSERT INTO network VALUES(1, 64500, '192.0.2.0/24', 'Example Net'),"
	    "(2, 64501, '198.51.100.0/24', 'Another'), (3, 64500, '203.0.113.0/24', 'Example "
	    "Net')");
	seen(1, T0 + 100, SIGHTING_SPAM, 1, 1, 1, 0, true);
	seen(2, T0 + 200, SIGHTING_SPAM, 1, 1, 1, 0, true);
	seen(3, T0 + 300, SIGHTING_SPAM, 2, 1, 1, 0, false); /* a list says so too */
	seen(4, T0 + DAY, SIGHTING_C2, 2, 2, 1, 443, false);
	seen(5, T0 + DAY, SIGHTING_C2, 3, 2, 3, 443, false); /* its other prefix */
	seen(6, T0 + 2 * DAY, SIGHTING_LISTED, 2, 3, 1, 0, false);
	seen(7, T0 + 400, SIGHTING_SPAM, 1, 1, 2, 0, true); /* somebody else's */
	seen(8, T0 - 1, SIGHTING_SPAM, 1, 1, 1, 0, true);   /* before */
	seen(9, T0 + 3 * DAY, SIGHTING_PHISH, 2, 4, 1, 0, false);
	arena_init(&arena, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return sqlite3_close(db);
}

static struct notice_facts gather(int64_t from, int64_t until)
{
	struct notice_facts f;
	struct err err;

	if (notice_gather(db, 64500, from, until, &arena, &f, &err) < 0)
		fail_msg("%s", err.text);
	return f;
}

static void facts_are_of_the_network_and_the_time(void **state)
{
	struct notice_facts f = gather(T0, T0 + 3 * DAY);

	(void)state;
	assert_span(f.holder, "Example Net");
	assert_int_equal(f.sightings, 6);
	assert_int_equal(f.last, T0 + 3 * DAY);
	assert_int_equal(f.hosts, 4);
	/* Command servers first; both of its prefixes are one host. */
	assert_span(f.host[0].name, "192.0.2.2");
	assert_int_equal(f.host[0].kind, SIGHTING_C2);
	assert_int_equal(f.host[0].count, 2);
	assert_int_equal(f.host[0].port, 443);
	assert_span(f.host[0].sources, "c2list,other");
	assert_true(f.host[0].day_only);
	/* Our own mail apart from what lists say. */
	assert_span(f.host[1].name, "192.0.2.1");
	assert_true(f.host[1].by_mail);
	assert_int_equal(f.host[1].count, 2);
	assert_int_equal(f.host[1].raw_seq, 2);
	assert_int_equal(f.host[1].raw_at, T0 + 200);
	assert_int_equal(f.host[1].first_seq, 1);
	assert_false(f.host[1].day_only);
	assert_false(f.host[2].by_mail);
	assert_true(f.host[2].raw_seq == NOTICE_NONE);
	assert_int_equal(f.host[3].kind, SIGHTING_LISTED);
	assert_int_equal(f.kind[SIGHTING_SPAM].sightings, 3);
	assert_int_equal(f.kind[SIGHTING_SPAM].hosts, 1);
	assert_int_equal(f.kind[SIGHTING_SPAM].first, T0 + 100);
	assert_int_equal(f.pasts, 0);
}

static void nothing_seen_is_said(void **state)
{
	struct notice_facts f;
	struct err err;

	(void)state;
	assert_int_equal(notice_gather(db, 64500, 0, DAY, &arena, &f, &err), -ENODATA);
	assert_non_null(strstr(err.text, "the last was 2026-11-26"));
	assert_int_equal(notice_gather(db, 1, 0, DAY, &arena, &f, &err), -ENODATA);
	assert_null(strstr(err.text, "the last was"));
	sql("DROP TABLE host");
	assert_int_equal(notice_gather(db, 64500, T0, T0 + DAY, &arena, &f, &err), -EIO);
	assert_non_null(strstr(err.text, "reindex"));
}

static void history_has_the_last_answer_and_what_came_since(void **state)
{
	struct notice_facts f;

	(void)state;
	sql("INSERT INTO notice VALUES(20, 'n-1', 64500, 64500, 0, 1795392250),"
	    "(21, 'n-2', 64500, 64502, 1, 1795478400), (22, 'n-3', 64501, 64501, 0, 1795478400)");
	sql("INSERT INTO answer VALUES(23, 'n-1', 0, 1795392300), (24, 'n-1', 2, 1795392400),"
	    "(25, 'n-3', 1, 1795478500)");
	f = gather(T0, T0 + 3 * DAY);
	assert_int_equal(f.pasts, 2);
	assert_span(f.past[0].name, "n-2");
	assert_true(f.past[0].to_upstreams);
	assert_false(f.past[0].answered);
	assert_int_equal(f.past[0].since, 2);
	assert_span(f.past[1].name, "n-1");
	assert_int_equal(f.past[1].answer, ANSWER_PROMISED);
	assert_int_equal(f.past[1].since, 5);
}

static int give_record(void *context, uint64_t seq, struct buf *to)
{
	(void)context;
	buf_printf(to, "{\"seq\":%llu}", (unsigned long long)seq);
	return 0;
}

static int give_proof(void *context, uint64_t seq, struct buf *to)
{
	(void)context;
	buf_printf(to, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)seq);
	return 0;
}

static int give_raw(void *context, uint64_t seq, struct buf *to)
{
	(void)context;
	if (seq != 2)
		return -ENOENT;
	buf_str(to, "Received: from a.example.net (a.example.net [192.0.2.1]) by mx.example.org\r\n"
		    " for <mairead@example.org>; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
		    "From: x@example.com\r\nTo: Mairead <mairead@example.org>\r\n"
		    "Subject: for Mairead\r\n\r\nhttp://evil.example.com/mairead\r\n");
	return 0;
}

static const uint8_t key[32] = "key";
static const struct notice_evidence evidence = {
	NULL, give_record, give_proof, give_raw, "mx.example.org/cordon+1234abcd+AXYZ"};
static struct contact contact = {
	.from = CONTACT_LIST, .mail = {"abuse@example.net", "noc@example.net"}, .mails = 2};

static struct notice notice(const struct notice_facts *f)
{
	return (struct notice){
		.name = "n-20261126-as64500-1",
		.facts = f,
		.to_asn = 64500,
		.to = &contact,
		.by = {SPAN("Example \"Mail\""), SPAN("abuse@mx.example.org"),
			SPAN("mx.example.org")},
		.written = T0 + 3 * DAY,
		.quiet_days = 7,
		.key = key,
		.evidence = &evidence,
	};
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

static void the_words_say_what_is_needed(void **state)
{
	struct notice_facts f = gather(T0, T0 + 4 * DAY);
	struct notice n = notice(&f);
	struct buf b = {0};
	struct span rest, line;

	(void)state;
	notice_words(&n, &b);
	has(&b, "To the abuse desk of AS64500,\n");
	has(&b, "AS64500 (Example Net) 7 times from");
	has(&b, "a command server of a botnet: 2 times, at 1 host");
	has(&b, "192.0.2.2 port 443: a command server of a botnet, 2 times; first\n      "
		"2026-11-24, last");
	has(&b, "192.0.2.1: handed in spam, 2 times; first 2026-11-23 00:01, last");
	has(&b, "our own mail");
	has(&b, "evil[.]example[.]com");
	lacks(&b, "evil.example.com");
	has(&b, "n-20261126-as64500-1 in the");
	has(&b, evidence.log_key);
	rest = buf_span(&b);
	while (span_line(&rest, &line))
		if (line.n > 78)
			fail_msg("too long: %.*s", SPAN_ARG(line));
	buf_clear(&b);
	n.to_upstreams = true;
	n.to_asn = 64502;
	notice_words(&n, &b);
	has(&b, "To the abuse desk of AS64502,\n");
	has(&b, "you carry traffic of AS64500");
	buf_done(&b);
}

/* Two messages of AS64501 and one of AS64500 itself lead to hosts of AS64500; one leads to two. */
static void lead_there(void)
{
	sql("INSERT INTO host VALUES(5, '192.0.2.50'), (6, '192.0.2.60')");
	seen(30, T0 + 500, SIGHTING_SPAM, 1, 1, 2, 0, true);
	seen(31, T0 + 5 * DAY, SIGHTING_PHISH, 1, 1, 2, 0, true);
	sql("INSERT INTO advertised VALUES(30, 5, 1), (30, 6, 3), (31, 5, 1), (2, 5, 1), (7, 4, "
	    "0)");
}

static void what_leads_there_is_told_apart(void **state)
{
	struct notice_facts f, before = gather(T0, T0 + 6 * DAY);
	struct notice n;
	struct buf b = {0};

	(void)state;
	assert_int_equal(before.hosts, before.acts);
	lead_there();
	f = gather(T0, T0 + 6 * DAY);
	assert_int_equal(f.sightings, before.sightings);
	assert_int_equal(f.acts, before.acts);
	assert_int_equal(f.led.sightings, 3);
	assert_int_equal(f.led.hosts, 2);
	assert_int_equal(f.led.first, T0 + 200);
	assert_int_equal(f.last, T0 + 5 * DAY);
	assert_int_equal(f.hosts, f.acts + 3);
	const struct notice_host *h = &f.host[f.acts];

	assert_span(h[0].name, "192.0.2.50");
	assert_int_equal(h[0].kind, SIGHTING_PHISH);
	assert_true(h[0].led_to);
	assert_span(h[1].name, "192.0.2.50");
	assert_int_equal(h[1].count, 2);
	assert_true(h[1].raw_seq == NOTICE_NONE); /* the message is not this host's */
	assert_span(h[2].name, "192.0.2.60");
	n = notice(&f);
	notice_words(&n, &b);
	has(&b, "7 times, and abuse from");
	has(&b, "leads to hosts there 3 times, from 2026-11-23");
	has(&b, "hosting of what abuse leads to: 3 messages or reports lead to 2 hosts");
	has(&b, "192.0.2.50: phish leads to it, 1 time;");
	has(&b, "take away what is there for abuse");
	buf_clear(&b);
	notice_csv(&f, &b);
	has(&b, "\r\n192.0.2.60,,spam,1,2026-11-23T00:08:20Z,2026-11-23T00:08:20Z,80,\"mail\",30,"
		"30,"
		"led-to\r\n");
	buf_done(&b);
}

static void a_network_that_only_hosts_gets_one_too(void **state)
{
	struct notice_facts f;
	struct notice n;
	struct message_parser *mp = message_parser_new(0);
	struct buf b = {0};

	(void)state;
	lead_there();
	f = gather(T0 + 4 * DAY, T0 + 6 * DAY);
	assert_int_equal(f.sightings, 0);
	assert_int_equal(f.acts, 0);
	assert_int_equal(f.led.sightings, 1);
	n = notice(&f);
	assert_int_equal(notice_write(mp, &n, &b), 0);
	has(&b, "abuse from AS64500:\r\n hosting of what abuse leads to\r\n");
	lacks(&b, "Feedback-Type: abuse");
	lacks(&b, "text/rfc822-headers");
	has(&b, "record-31.proof");
	buf_clear(&b);
	notice_words(&n, &b);
	has(&b, "we saw abuse from anywhere that leads to hosts of AS64500 (Example Net) 1");
	lacks(&b, "the worst first");
	buf_clear(&b);
	assert_int_equal(notice_xarf(&n, 0, &b), 0);
	has(&b, "\"url\": \"http://192.0.2.50/\"");
	has(&b, "\"led_to\": true");
	message_parser_free(mp);
	buf_done(&b);
}

/* A holder's name is a stranger's text. */
static void a_holder_cannot_break_out(void **state)
{
	struct notice_facts f;
	struct buf b = {0};
	struct notice n;

	(void)state;
	sql("UPDATE network SET holder = 'Evil' || char(10) || 'http://evil.example/' || char(27) "
	    "|| '[2J'"
	    " WHERE asn = 64500");
	f = gather(T0, T0 + 4 * DAY);
	n = notice(&f);
	notice_words(&n, &b);
	has(&b, "Evil hxxp://evil[.]example/");
	lacks(&b, "\033");
	buf_done(&b);
}

static void the_mail_parses_and_names_nobody(void **state)
{
	struct notice_facts f = gather(T0, T0 + 4 * DAY);
	struct notice n = notice(&f);
	struct message_parser *mp = message_parser_new(0);
	struct message *m;
	struct buf a = {0}, b = {0};
	size_t xarf = 0, arf = 0, proofs = 0;

	(void)state;
	n.attachment = &(struct notice_attachment){"case.pdf", "application/pdf", SPAN("%PDF")};
	n.attachments = 1;
	assert_int_equal(notice_write(mp, &n, &a), 0);
	assert_int_equal(notice_write(mp, &n, &b), 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	has(&a, "From: \"Example \\\"Mail\\\"\"\r\n <abuse@mx.example.org>\r\n");
	has(&a, "To: <abuse@example.net>,\r\n <noc@example.net>\r\n");
	has(&a, "Subject: [n-20261126-as64500-1] abuse from AS64500:\r\n c2, phish, spam, "
		"listed\r\n");
	lacks(&a, "mairead");
	lacks(&a, "x@example.com");
	for (size_t i = 0; i < a.n; i++)
		if ((a.p[i] == '\n' && a.p[i - 1] != '\r') || (unsigned char)a.p[i] >= 0x80)
			fail_msg("a bare LF or 8-bit byte at %zu", i);
	assert_int_equal(message_parse(mp, buf_span(&a), &m), 0);
	assert_span(m->part[0].type, "multipart/mixed");
	for (size_t i = 0; i < m->parts; i++) {
		const struct part *p = &m->part[i];

		xarf += span_eq(p->filename, SPAN("xarf.json"));
		arf += span_eq(p->type, SPAN("text/rfc822-headers"));
		proofs += span_ends_nocase(p->filename, SPAN(".proof"));
		assert_true(span_find(p->content, SPAN("airead")) < 0);
	}
	assert_int_equal(xarf, 5);
	assert_int_equal(arf, 1);
	assert_int_equal(proofs, 5);
	message_parser_free(mp);
	buf_done(&a);
	buf_done(&b);
}

static void other_letters_are_encoded(void **state)
{
	struct notice_facts f = gather(T0, T0 + DAY);
	struct notice n = notice(&f);
	struct message_parser *mp = message_parser_new(0);
	struct message *m;
	struct buf a = {0};

	(void)state;
	n.by.org = SPAN("B\u00fcro f\u00fcr M\u00fcll "
			"\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57");
	assert_int_equal(notice_write(mp, &n, &a), 0);
	for (size_t i = 0; i < a.n; i++)
		assert_true((unsigned char)a.p[i] < 0x80);
	assert_int_equal(message_parse(mp, buf_span(&a), &m), 0);
	assert_true(span_starts(
		message_text(mp, message_field(m, FIELD_FROM)), SPAN("B\u00fcro f\u00fcr")));
	assert_true(span_find(m->text, SPAN("B\u00fcro f\u00fcr M\u00fcll")) > 0);
	message_parser_free(mp);
	buf_done(&a);
}

static void the_list_is_csv(void **state)
{
	struct notice_facts f = gather(T0 + DAY, T0 + 2 * DAY);
	struct buf b = {0};

	(void)state;
	notice_csv(&f, &b);
	assert_span(buf_span(&b), "host,port,kind,sightings,first_seen,last_seen,confidence,"
				  "sources,first_record,last_record,how\r\n"
				  "192.0.2.2,443,c2,2,2026-11-24T00:00:00Z,2026-11-24T00:00:00Z,55,"
				  "\"c2list,other\",4,5,did\r\n");
	buf_done(&b);
}

static void limits(void **state)
{
	static const struct {
		const char *what, *notices;
		asn_t asn, to;
		int64_t now;
		const char *says; /* NULL: it may go */
	} cases[] = {
		{"nothing was sent", "", 64500, 64500, T0, NULL},
		{"the same network within the days", "(1,'n-a',64500,64500,0,1795392000)", 64500,
			64500, T0 + 6 * DAY, "the next may go at 2026-11-30T00:00:00Z"},
		{"after the days", "(1,'n-a',64500,64500,0,1795392000)", 64500, 64500, T0 + 7 * DAY,
			NULL},
		{"about another network", "(1,'n-a',64501,64501,0,1795392000)", 64500, 64500,
			T0 + DAY / 2, NULL},
		{"to its upstream, which got none", "(1,'n-a',64500,64500,0,1795392000)", 64500,
			64502, T0 + DAY, NULL},
		{"two to one upstream in a day",
			"(1,'n-a',64501,64502,1,1795392000),(2,'n-b',64503,64502,1,1795393000)",
			64500, 64502, T0 + DAY / 2,
			"no more than 2 may go; the next may go at 2026-11-24T00:00:00Z"},
		{"the day after",
			"(1,'n-a',64501,64502,1,1795392000),(2,'n-b',64503,64502,1,1795393000)",
			64500, 64502, T0 + DAY, NULL},
		{"three within an hour",
			"(1,'n-a',1,1,0,1795392000),(2,'n-b',2,2,0,1795392100),(3,'n-c',3,3,0,"
			"1795392200)",
			64500, 64500, T0 + 600, "the next may go at 2026-11-23T01:00:00Z"},
		{"an hour later",
			"(1,'n-a',1,1,0,1795392000),(2,'n-b',2,2,0,1795392100),(3,'n-c',3,3,0,"
			"1795392200)",
			64500, 64500, T0 + 3600, NULL},
	};
	const struct notice_limits l = {.network_days = 7, .contact_daily = 2, .hourly = 3};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct notice_meta meta = {.name = "n-new", .asn = cases[i].asn, .to = cases[i].to};
		char said[256] = "", text[600];
		struct err err;
		int rc;

		sql("DELETE FROM notice");
		snprintf(text, sizeof(text), "INSERT INTO notice VALUES%s", cases[i].notices);
		if (*cases[i].notices)
			sql(text);
		rc = notice_limit(db, "/nonexistent", &l, &meta, cases[i].now, said, &err);
		if (rc != !cases[i].says || (cases[i].says && !strstr(said, cases[i].says)))
			fail_msg("%s: %d %s", cases[i].what, rc, said);
	}
}

/* One address for several networks; and what may have been sent counts as sent. */
static void limits_know_addresses_and_marks(void **state)
{
	const struct notice_limits l = {.network_days = 7, .contact_daily = 1, .hourly = 10};
	struct notice_meta sent = {.name = "n-a",
		.asn = 64501,
		.to = 64501,
		.sender = "abuse@mx.example.org",
		.contact = {.from = CONTACT_LIST, .mail = {"shared@example.net"}, .mails = 1}};
	struct notice_meta meta = sent;
	char folder[] = "/tmp/cordon-limit.XXXXXX", made[NOTICE_NAME_MOST + 1], said[256],
	     text[128];

	(void)state;
	strcpy(meta.name, "n-new");
	meta.asn = meta.to = 64500;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(notice_store_make(folder, "n-a", NULL, NULL, made, NULL), 0);
	strcpy(sent.name, made);
	assert_int_equal(notice_store_put(folder, &sent, SPAN("x"), NULL), 0);
	assert_int_equal(notice_limit(db, folder, &l, &meta, T0 + 10, said, NULL), 1);
	assert_int_equal(notice_store_mark(folder, made, "sending", T0, "x", NULL), 0);
	assert_int_equal(notice_limit(db, folder, &l, &meta, T0 + 10, said, NULL), 0);
	strcpy(meta.contact.mail[0], "other@example.net");
	assert_int_equal(notice_limit(db, folder, &l, &meta, T0 + 10, said, NULL), 1);
	strcpy(meta.contact.mail[0], "SHARED@example.net");
	snprintf(text, sizeof(text), "INSERT INTO notice VALUES(1, '%s', 64501, 64501, 0, %d)",
		made, T0);
	sql(text);
	assert_int_equal(notice_limit(db, folder, &l, &meta, T0 + 10, said, NULL), 0);
	assert_non_null(strstr(said, "got 1 within a day"));
	snprintf(text, sizeof(text), "rm -rf '%s'", folder);
	assert_int_equal(system(text), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			facts_are_of_the_network_and_the_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_seen_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			history_has_the_last_answer_and_what_came_since, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_words_say_what_is_needed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_leads_there_is_told_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_network_that_only_hosts_gets_one_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_holder_cannot_break_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_mail_parses_and_names_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_letters_are_encoded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_list_is_csv, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_know_addresses_and_marks, set_up, tear_down),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
