#include "test.h"

#include "mail/received.h"

/* clang-format off: the tables stay as they are written */

/* One line and what it says. "-" for the peer's address stands for none. */
static const struct {
	const char *line, *ip, *rdns, *helo, *by, *with, *id, *for_;
	bool local;
} lines[] = {
	/* Postfix */
	{"from mail.example.org (mx1.example.org [192.0.2.7])\r\n\tby in.example.net (Postfix) "
	 "with ESMTPS id 4F040440F0\r\n\tfor <ann@example.net>; Tue, 30 Jul 2002 03:30:03 -0400 "
	 "(EDT)",
		"192.0.2.7", "mx1.example.org", "mail.example.org", "in.example.net", "ESMTPS",
		"4F040440F0", "ann@example.net", false},
	{"from ylmf-pc (unknown [192.0.2.7]) by in.example.net (Postfix) with SMTP id 1; x",
		"192.0.2.7", "", "ylmf-pc", "in.example.net", "SMTP", "1", "", false},
	{"from a (b [IPv6:2001:db8::1]) (using TLSv1.3 with cipher X (256/256 bits) key-exchange "
	 "X25519) (No client certificate requested) by c (Postfix) with ESMTPS id 2; x",
		"2001:db8::1", "b", "a", "c", "ESMTPS", "2", "", false},
	{"by phobos.example.net (Postfix, from userid 500) id 9972E43C32; x", "-", "", "",
		"phobos.example.net", "", "9972E43C32", "", true},
	/* Sendmail */
	{"from 198.51.100.1 (rdns.example.org [192.0.2.7]) by b.example.net (8.12.5/8.12.5) with "
	 "ESMTP id g6 for <a@b>; x",
		"192.0.2.7", "rdns.example.org", "198.51.100.1", "b.example.net", "ESMTP", "g6",
		"a@b", false},
	{"from gw (root@gw.example.org [192.0.2.7] (may be forged)) (authenticated) by b "
	 "(8.9.3/8.9.3) with ESMTP id Q; x",
		"192.0.2.7", "", "gw", "b", "ESMTP", "Q", "", false},
	{"from a (cpunks@[192.0.2.7]) by b (8.11.6/8.11.6) with ESMTP id Q (envelope-from c@d); x",
		"192.0.2.7", "", "a", "b", "ESMTP", "Q", "", false},
	{"(from mdom@localhost) by e.example.org (8.8.8/8.8.8) id TAA08390 for list-outgoing; x",
		"-", "", "", "e.example.org", "", "TAA08390", "list-outgoing", true},
	/* Exim */
	{"from dhcp1.example.ie ([192.0.2.7] helo=example.ie) by b.example.ie with esmtp (Exim "
	 "4.05) id 17c for ilug@example.ie; x",
		"192.0.2.7", "dhcp1.example.ie", "example.ie", "b.example.ie", "esmtp", "17c",
		"ilug@example.ie", false},
	{"from [192.0.2.7] (port=1234 helo=[198.51.100.1] ident=root) by b with smtp (Exim 3.35 #1 "
	 "(Debian)) id 17X; x",
		"192.0.2.7", "", "[198.51.100.1]", "b", "smtp", "17X", "", false},
	{"from x.example.org ([192.0.2.7]:3456) by b with esmtps (TLS1.3) tls TLS_AES (Exim 4.96) "
	 "(envelope-from <a@b>) id 1p; x",
		"192.0.2.7", "x.example.org", "x.example.org", "b", "esmtps", "1p", "", false},
	/* qmail */
	{"from unknown (HELO techdirt.example) (192.0.2.7) by t2.example.net with SMTP; 30 Jul "
	 "2002 07:25:09 -0000",
		"192.0.2.7", "", "techdirt.example", "t2.example.net", "SMTP", "", "", false},
	{"from dsl.example.net (HELO JMHALL) (bob@192.0.2.7) by m.example.net with SMTP; x",
		"192.0.2.7", "dsl.example.net", "JMHALL", "m.example.net", "SMTP", "", "", false},
	{"from unknown (192.0.2.7) by m1.example.com with QMQP; x", "192.0.2.7", "", "",
		"m1.example.com", "QMQP", "", "", false},
	{"(qmail 2756 invoked from network); 30 Jul 2002 07:25:09 -0000", "-", "", "", "", "", "",
		"", true},
	{"(qmail 29729 invoked by uid 104); 21 Aug 2002 15:47:35 -0000", "-", "", "", "", "", "",
		"", true},
	/* Exchange, Microsoft 365 */
	{"from x.example.org (192.0.2.7) by y.example.net (198.51.100.5) with Microsoft SMTP "
	 "Server (version=TLS1_2, cipher=X) id 15.1.2; x",
		"192.0.2.7", "", "x.example.org", "y.example.net", "Microsoft SMTP Server",
		"15.1.2", "", false},
	{"from A.prod.outlook.com (2603:10a6:20b:b2::38) by B.prod.outlook.com "
	 "(2603:10a6:10:38::20) with Microsoft SMTP Server id 15.20.1 via Frontend Transport; x",
		"2603:10a6:20b:b2::38", "", "A.prod.outlook.com", "B.prod.outlook.com",
		"Microsoft SMTP Server", "15.20.1", "", false},
	{"from A.prod.outlook.com ([fe80::1:2%3]) by A.prod.outlook.com ([fe80::1:2%3]) with mapi "
	 "id 15.20; x",
		"fe80::1:2", "", "A.prod.outlook.com", "A.prod.outlook.com", "mapi", "15.20", "",
		false},
	{"from mail pickup service by hotmail.example with Microsoft SMTPSVC; x", "-", "", "mail",
		"hotmail.example", "Microsoft SMTPSVC", "", "", true},
	{"by sw17.example.com with Internet Mail Service (5.5.2653.19) id <L81TGDFL>; x", "-", "",
		"", "sw17.example.com", "Internet Mail Service", "L81TGDFL", "", true},
	/* Google, Amazon */
	{"from mail-sor-f41.google.com (mail-sor-f41.google.com. [192.0.2.7]) by mx.google.com "
	 "with SMTPS id z1 for <a@b> (Google Transport Security); x",
		"192.0.2.7", "mail-sor-f41.google.com", "mail-sor-f41.google.com", "mx.google.com",
		"SMTPS", "z1", "a@b", false},
	{"by 2002:a05:7022:1:b0:1:2:3 with SMTP id abc; x", "-", "", "", "2002:a05:7022:1:b0:1:2:3",
		"SMTP", "abc", "", true},
	{"from a1-2.smtp-out.amazonses.com (a1-2.smtp-out.amazonses.com [192.0.2.7]) by "
	 "inbound-smtp.us-east-1.amazonaws.com with SMTP id v6 for x@y; x",
		"192.0.2.7", "a1-2.smtp-out.amazonses.com", "a1-2.smtp-out.amazonses.com",
		"inbound-smtp.us-east-1.amazonaws.com", "SMTP", "v6", "x@y", false},
	/* fetched, handed over, and from the web */
	{"from phobos [127.0.0.1] by localhost with IMAP (fetchmail-5.9.0) for jm@localhost "
	 "(single-drop); x",
		"127.0.0.1", "phobos", "", "localhost", "IMAP", "", "jm@localhost", true},
	{"from mail.example.net [192.0.2.7] by localhost with POP3 (fetchmail-5.9.0) for "
	 "jm@localhost; x",
		"192.0.2.7", "mail.example.net", "", "localhost", "POP3", "", "jm@localhost", true},
	{"from mx.example.net by mx.example.net with LMTP id 4ABC (envelope-from <a@b>) for <c@d>; "
	 "x",
		"-", "", "mx.example.net", "mx.example.net", "LMTP", "4ABC", "c@d", true},
	{"from mx ([unix socket]) by mx (Cyrus v2.1.4) with LMTP; x", "-", "", "mx", "mx", "LMTP",
		"", "", true},
	{"from 192.0.2.7 by lw15fd.example.com with HTTP; x", "192.0.2.7", "", "",
		"lw15fd.example.com", "HTTP", "", "", false},
	{"from [192.0.2.7] by web12107.example.com via HTTP; x", "192.0.2.7", "", "",
		"web12107.example.com", "HTTP", "", "", false},
	{"from agent3 (192.0.2.7) by acmta4.example.com (PowerMTA(TM) v1.5); Tue, 16 Jul 2002 "
	 "19:58:40 -0700 (envelope-from <a@b>)",
		"192.0.2.7", "", "agent3", "acmta4.example.com", "", "", "", false},
	/* what a peer can write must not be taken for what the writer saw */
	{"from [198.51.100.1] by b with SMTP id 1; x", "-", "", "[198.51.100.1]", "b", "SMTP", "1",
		"", false},
	{"from 198.51.100.1 by b with ESMTP; x", "-", "", "198.51.100.1", "b", "ESMTP", "", "",
		false},
	{"from unknown (HELO x) (198.51.100.1) (192.0.2.7) by b with SMTP; x", "192.0.2.7", "", "x",
		"b", "SMTP", "", "", false},
	{"from x (y [198.51.100.1]) by z (r [192.0.2.7]) by b with SMTP; x", "192.0.2.7", "r", "x",
		"b", "SMTP", "", "", false},
	{"from a ([198.51.100.1]@r [192.0.2.7]) by b with SMTP; x", "192.0.2.7", "r", "a", "b",
		"SMTP", "", "", false},
	{"from a ([198.51.100.1] helo=@r [192.0.2.7]) by b with SMTP; x", "192.0.2.7", "r", "a",
		"b", "SMTP", "", "", false},
	{"from a (r [192.0.2.7]) by b with SMTP for <\"x> ([198.51.100.1]) by y\"@c>; x",
		"192.0.2.7", "r", "a", "b", "SMTP", "", "\"x> ([198.51.100.1]) by y\"@c", false},
	{"from a ([192.0.2.7] ident=x@198.51.100.1) by b with SMTP; x", "192.0.2.7", "", "a", "b",
		"SMTP", "", "", false},
	{"from a ([192.0.2.7] ident=x[198.51.100.1]) by b with SMTP; x", "192.0.2.7", "", "a", "b",
		"SMTP", "", "", false},
	/* ports, commas, and names with the address right behind */
	{"from ([192.0.2.7:33672]) by e (ecelerity HEAD) with SMTP id EE/2; x", "192.0.2.7", "", "",
		"e", "SMTP", "EE/2", "", false},
	{"from a (192.0.2.7:23198) by b with SMTP; x", "192.0.2.7", "", "a", "b", "SMTP", "", "",
		false},
	{"from a (2001:db8::7) by b with SMTP; x", "2001:db8::7", "", "a", "b", "SMTP", "", "",
		false},
	{"from a (r[192.0.2.7]) by b with SMTP; x", "192.0.2.7", "r", "a", "b", "SMTP", "", "",
		false},
	{"from a (r[198.51.100.1] s[192.0.2.7]) by b with SMTP; x", "192.0.2.7", "s", "a", "b",
		"SMTP", "", "", false},
	{"from a(192.0.2.7, HELO h) by b, id 1; x", "192.0.2.7", "", "a", "b", "", "1", "", false},
	/* nonsense */
	{"", "-", "", "", "", "", "", "", true},
	{"from", "-", "", "", "", "", "", "", false},
	{"from (((", "-", "", "", "", "", "", "", false},
	{"from a (b [192.0.2.7", "192.0.2.7", "b", "a", "", "", "", "", false},
	{"by by with with id id for <", "-", "", "", "", "", "", "<", true},
	{"from a (999.0.2.7 [192.0.2.700]) by b", "-", "", "a", "b", "", "", "", false},
};

static void reads_the_lines_that_are_met(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char ip[IP_TEXT] = "-";
		struct hop h;

		received_parse(span_cstr(lines[i].line), &h);
		if (h.ip.family)
			ip_format(&h.ip, ip);
		assert_string_equal(ip, lines[i].ip);
		assert_span(h.rdns, lines[i].rdns);
		assert_span(h.helo, lines[i].helo);
		assert_span(h.by, lines[i].by);
		assert_span(h.with, lines[i].with);
		assert_span(h.id, lines[i].id);
		assert_span(h.for_, lines[i].for_);
		assert_int_equal(h.local, lines[i].local);
		assert_int_equal(h.has_date, strstr(lines[i].line, "200") != NULL &&
						     strstr(lines[i].line, "; x") == NULL);
	}
}

#define OUTSIDE                                                                                    \
	"Received: from evil (r.example.org [192.0.2.7]) by mx.site.example (Postfix) with SMTP "  \
	"id 1; x\n"
#define FORGED                                                                                     \
	"Received: from a (b [198.51.100.1]) by mx.site.example (Postfix) with SMTP id 2; x\n"

/* A chain, the index of the last line that is believed, and the source. */
static const struct {
	const char *about, *head;
	int boundary;
	const char *source, *name;
} chains[] = {
	{"no line", "Subject: x\n", -1, "-", ""},
	{"one line", OUTSIDE, 0, "192.0.2.7", "r.example.org"},
	{"what is below the boundary is not believed", OUTSIDE FORGED, 0, "192.0.2.7",
		"r.example.org"},
	{"a relay at a private address",
		"Received: from mx (mx.site.example [10.1.2.3]) by in.site.example with ESMTP id "
		"0; x\n" OUTSIDE FORGED,
		1, "192.0.2.7", "r.example.org"},
	{"a relay by its network",
		"Received: from mx (mx.relay.example [203.0.113.9]) by in.site.example with ESMTP "
		"id 0; x\n" OUTSIDE FORGED,
		1, "192.0.2.7", "r.example.org"},
	{"a relay by its name",
		"Received: from mx (mx1.ours.example [198.51.100.9]) by in.site.example with ESMTP "
		"id 0; x\n" OUTSIDE FORGED,
		1, "192.0.2.7", "r.example.org"},
	{"not by what it calls itself",
		"Received: from mx1.ours.example (unknown [198.51.100.9]) by in.site.example with "
		"ESMTP id 0; x\n" OUTSIDE,
		0, "198.51.100.9", ""},
	{"nor by a name in the site's domain that is not listed",
		"Received: from dsl7.site.example (dsl7.site.example [198.51.100.9]) by "
		"in.site.example with ESMTP id 0; x\n" OUTSIDE,
		0, "198.51.100.9", "dsl7.site.example"},
	{"a content filter",
		"Received: from localhost (localhost [127.0.0.1]) by mx.site.example (Postfix) "
		"with ESMTP id 3; x\n"
		"Received: from mx.site.example ([127.0.0.1]) by localhost (mx.site.example "
		"[127.0.0.1]) (amavisd-new, port 10024) with LMTP id 4; x\n" OUTSIDE FORGED,
		2, "192.0.2.7", "r.example.org"},
	{"delivery by LMTP",
		"Received: from mx.site.example by mx.site.example with LMTP id 9; x\n" OUTSIDE
			FORGED,
		1, "192.0.2.7", "r.example.org"},
	{"fetched from a provider",
		"Received: from localhost (j [127.0.0.1]) by home.example (Postfix) with ESMTP id "
		"3; x\n"
		"Received: from j [127.0.0.1] by localhost with IMAP (fetchmail-5.9.0) for "
		"a@localhost; x\n"
		"Received: from d (localhost [127.0.0.1]) by d.provider.example (8.11.6/8.11.6) "
		"with ESMTP id g; x\n"
		"Received: from xent ([192.0.2.7]) by d.provider.example (8.11.6/8.11.6) with "
		"ESMTP id h; x\n" FORGED,
		3, "192.0.2.7", ""},
	{"fetched from a global address",
		"Received: from d.provider.example [203.0.113.77] by localhost with POP3 "
		"(fetchmail-5.9.0) for a@localhost; x\n"
		"Received: from xent ([192.0.2.7]) by d.provider.example (8.11.6/8.11.6) with "
		"ESMTP id h; x\n" FORGED,
		1, "192.0.2.7", ""},
	{"qmail's two lines",
		"Received: (qmail 2756 invoked from network); 30 Jul 2002 07:25:09 -0000\n"
		"Received: from unknown (HELO x) (192.0.2.7) by mx.site.example with SMTP; "
		"x\n" FORGED,
		1, "192.0.2.7", ""},
	{"submitted on the spot",
		"Received: by mx.site.example (Postfix, from userid 500) id 5; x\n", 0, "-", ""},
	{"submitted on the spot, with a line of another site below",
		"Received: by mx.site.example (Postfix, from userid 500) id 5; x\n"
		"Received: from a (b [198.51.100.1]) by mx.elsewhere.test (Postfix) with SMTP id "
		"2; x\n",
		0, "-", ""},
	{"handed to a program and back",
		"Received: by mx.site.example (Postfix, from userid 500) id 5; x\n" OUTSIDE, 1,
		"192.0.2.7", "r.example.org"},
	{"submitted at a private address",
		"Received: from pc ([10.1.2.3]) by mx.site.example with ESMTPSA id 0; x\n", 0, "-",
		""},
	{"Google's inside",
		"Received: by 2002:a05:7022:1:b0:1:2:3 with SMTP id abc; x\n"
		"Received: from m (m.example.org. [192.0.2.7]) by mx.google.com with SMTPS id z1; "
		"x\n" FORGED,
		1, "192.0.2.7", "m.example.org"},
	{"Microsoft's inside",
		"Received: from A.eurprd08.prod.outlook.com (2603:10a6:20b:b2::38) by "
		"B.eurprd08.prod.outlook.com (2603:10a6:10:38::20) with Microsoft SMTP Server id "
		"15.20; x\n"
		"Received: from V.eop-EUR01.prod.protection.outlook.com (2603:10a6:4:91:cafe::6b) "
		"by A.outlook.office365.com (2603:10a6:4:91::13) with Microsoft SMTP Server id "
		"15.20; x\n"
		"Received: from mx.example.org (192.0.2.7) by V.mail.protection.outlook.com "
		"(10.152.2.60) with Microsoft SMTP Server id 15.20; x\n" FORGED,
		2, "192.0.2.7", ""},
	{"Microsoft's addresses are outside of other sites",
		"Received: from A.prod.outlook.com (2603:10a6:20b:b2::38) by mx.site.example "
		"(2001:db8::1) with Microsoft SMTP Server id 15; x\n" FORGED,
		0, "2603:10a6:20b:b2::38", ""},
	{"a line that hides its peer ends it",
		"Received: from evil by mx.site.example with SMTP id 1; x\n" FORGED, 0, "-", ""},
	{"an address that nobody has",
		"Received: from evil ([240.0.0.1]) by mx.site.example with SMTP id 1; x\n" FORGED,
		0, "-", ""},
	{"webmail", "Received: from [192.0.2.7] by web1.site.example via HTTP; x\n" FORGED, 0,
		"192.0.2.7", ""},
	{"only our own relays",
		"Received: from mx (mx1.ours.example [198.51.100.9]) by in.site.example with ESMTP "
		"id 0; x\n",
		0, "-", ""},
};

/* clang-format on */

/* The networks and names that the chains above count as ours. */
static void walk(struct message_parser *mp, const char *head, bool listed, struct received *ret)
{
	static const struct prefix net = {{.family = IP_V4, .byte = {203, 0, 113, 0}}, 26};
	const struct span names[] = {SPAN("mx.nobody.example"), SPAN(".ours.example")};
	const struct relays relays = {&net, 1, names, 2};
	struct message *m;

	assert_int_equal(message_parse(mp, span_cstr(head), &m), 0);
	assert_int_equal(received_walk(mp, m, listed ? &relays : NULL, ret), 0);
}

static void finds_the_boundary(void **state)
{
	(void)state;
	struct message_parser *mp = message_parser_new(0);

	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		char ip[IP_TEXT] = "-", text[4096];
		struct received r;

		snprintf(text, sizeof(text), "%sFrom: a@b\n\nbody\n", chains[i].head);
		walk(mp, text, true, &r);
		if (r.source.family)
			ip_format(&r.source, ip);
		assert_int_equal(r.boundary, chains[i].boundary);
		assert_string_equal(ip, chains[i].source);
		assert_span(r.source_name, chains[i].name);
		for (size_t k = 0; k < r.hops; k++)
			assert_int_equal(r.hop[k].trusted, (ssize_t)k <= r.boundary);
	}
	message_parser_free(mp);
}

static void nothing_is_ours_unless_said(void **state)
{
	(void)state;
	struct message_parser *mp = message_parser_new(0);
	struct received r;
	char ip[IP_TEXT];

	walk(mp,
		"Received: from x (mx1.ours.example [203.0.113.9]) by in.site.example; x\n" OUTSIDE
		"\n",
		false, &r);
	assert_int_equal(r.boundary, 0);
	assert_string_equal(ip_format(&r.source, ip), "203.0.113.9");
	message_parser_free(mp);
}

static void a_chain_is_read_a_hundred_deep(void **state)
{
	(void)state;
	struct message_parser *mp = message_parser_new(0);
	static char text[64000];
	struct received r;
	size_t n = 0;

	for (int i = 0; i < 150; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"Received: from a (b [10.0.0.%d]) by c with SMTP; x\n", i);
	snprintf(text + n, sizeof(text) - n, OUTSIDE "\n");
	walk(mp, text, false, &r);
	assert_int_equal(r.hops, 100);
	assert_int_equal(r.boundary, 99);
	assert_int_equal(r.source.family, IP_NONE);
	message_parser_free(mp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_lines_that_are_met),
		cmocka_unit_test(finds_the_boundary),
		cmocka_unit_test(nothing_is_ours_unless_said),
		cmocka_unit_test(a_chain_is_read_a_hundred_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
