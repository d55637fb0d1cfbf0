#include "test.h"

#include "base/random.h"
#include "campaign_make.h"
#include "judge/campaign.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400

struct fixture {
	char dir[64];
	struct err err;
	struct message_parser *parser;
	struct campaigns *c;
	struct random random;
	struct buf text;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-campaign-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->parser = message_parser_new(0);
	f->c = campaigns_new(&(struct campaigns_options){.key = 7});
	random_seed(&f->random, 3);
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	assert_int_equal(system(command), 0);
	campaigns_close(f->c);
	message_parser_free(f->parser);
	buf_done(&f->text);
	free(f);
	return 0;
}

/* Puts a message and gives what became of it. */
static struct campaign_put put_raw(struct fixture *f, struct span raw, int64_t at)
{
	struct campaign_print *p;
	struct campaign_put put;
	struct message *m;

	assert_int_equal(message_parse(f->parser, raw, &m), 0);
	p = campaign_print_take(campaigns_key(f->c), f->parser, m);
	assert_non_null(p);
	assert_true(campaign_print_bytes(p) <= CAMPAIGN_PRINT_MOST);
	assert_int_equal(campaigns_put(f->c, p, at, &put), 0);
	free(p);
	return put;
}

/* The same of a body under a plain header. */
static struct campaign_put put_body(struct fixture *f, const char *to, const char *body, int64_t at)
{
	buf_clear(&f->text);
	buf_printf(&f->text,
		"Delivered-To: %s\nFrom: Sales <sales@shop.example>\nTo: %s\nSubject: An offer for "
		"you\n"
		"Date: Fri, 9 Oct 2026 10:00:00 +0000\nMessage-ID: <%08x@shop.example>\n\n%s\n",
		to, to, random_bits(&f->random), body);
	return put_raw(f, buf_span(&f->text), at);
}

/* A text of n words that no other has, under a number. */
static const char *words(struct fixture *f, unsigned number, size_t n)
{
	static char text[8][8192];
	static int turn;
	char *to = text[turn++ % 8];
	struct random r;
	size_t at = 0;

	(void)f;
	random_seed(&r, number);
	to[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 6; k++)
			to[at++] = (char)('a' + random_below(&r, 26));
		to[at++] = i % 9 == 8 ? '\n' : ' ';
	}
	to[at] = '\0';
	return to;
}

static const char *both(const char *a, const char *b)
{
	static char text[4][16400];
	static int turn;
	char *to = text[turn++ % 4];

	snprintf(to, 16400, "%s\n%s", a, b);
	return to;
}

static void a_template_with_varied_words_is_one(void **state)
{
	static const char *const bodies[] = {
		"Dear customer, we offer the finest garden chairs of this season at half the "
		"price. "
		"Order before Monday and delivery is free of charge everywhere.",
		"Dear friend, we offer the finest garden chairs of this season at half the cost. "
		"Order before Sunday and delivery is free of charge everywhere.",
		"Order before Friday and delivery is free of charge everywhere. Hello reader, we "
		"offer "
		"the finest garden chairs of this season at half the price.",
		"xk3j2h wombat Dear customer, we offer the finest garden chairs of this season at "
		"a "
		"third of the price. Order before Monday and delivery is free of charge anywhere. "
		"qqz",
	};
	struct fixture *f = *state;
	struct campaign_put first = put_body(f, "a@x.example", bodies[0], 1000);
	struct campaign one;

	assert_true(first.is_new);
	for (size_t i = 1; i < 4; i++) {
		struct campaign_put put = put_body(f, "b@x.example", bodies[i], 1000 + (int64_t)i);

		assert_false(put.is_new);
		assert_string_equal(put.name, first.name);
	}
	assert_int_equal(campaigns_count(f->c), 1);
	assert_true(campaigns_find(f->c, first.name, &one));
	assert_int_equal(one.messages, 4);
	assert_int_equal(one.first, 1000);
	assert_int_equal(one.last, 1003);
	assert_false(campaigns_find(f->c, "c-000000000000", &one));
}

static void unrelated_mail_stands_alone(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 300; i++)
		assert_true(put_body(f, "a@x.example", words(f, i, 30 + i % 50), i).is_new);
	assert_int_equal(campaigns_count(f->c), 300);
}

/* Nothing that names somebody is in what is shown; nor what only one message has. */
static void a_template_names_nobody(void **state)
{
	static const char *const who[] = {"Ann Archer <ann.archer@x.example>",
		"Bob Bowman <bob.bowman@y.example>", "Cid Carter <cid.carter@z.example>",
		"Dan Decker <dan.decker@w.example>"};
	static const char *const first[] = {"Ann Archer", "Bob Bowman", "Cid Carter", "Dan Decker"};
	struct fixture *f = *state;
	struct campaign_put put;
	struct campaign one;
	char body[1024];

	for (int i = 0; i < 4; i++) {
		snprintf(body, sizeof(body),
			"Hello %s, your parcel number Z%dK77%d81 could not be delivered to your "
			"house "
			"this morning because the fee was not paid. Write to help%d@post.example "
			"or "
			"call the office in Antwerp for a new day, and bring this letter with you.",
			first[i], i, i * 7, i);
		put = put_body(f, who[i], body, i);
	}
	assert_true(campaigns_find(f->c, put.name, &one));
	assert_int_equal(one.messages, 4);
	char *text = strndup(one.template_.p, one.template_.n);

	for (int i = 0; i < 4; i++)
		for (const char *word = "Ann\0Bob\0Cid\0Dan\0", *w = word + 4 * i; *w; w += 4)
			assert_null(strstr(text, w));
	assert_null(strchr(text, '@'));
	assert_null(strstr(text, "K77"));
	assert_non_null(strstr(text, "parcel number \xe2\x80\xa6 could not be delivered"));
	assert_non_null(strstr(text, "bring this letter with you."));
	free(text);
	assert_span(one.subject, "An offer for you");
	assert_non_null(strstr(strndupa(one.mailer.p, one.mailer.n), "fields From, To, Subject"));
}

/* Nor one whose name stands only in a Received line, in other letters, or behind too many others.
 */
static void a_template_names_no_recipient_in_other_places(void **state)
{
	static const char *const heads[] = {
		"Received: from bot (unknown [192.0.2.9]) by mx.example.net with ESMTP id A1\n"
		"\tfor <ottilie.k\xc3\xa4sewald@x.example>; Fri, 9 Oct 2026 10:00:00 +0000\n",
		"Bcc: Ottilie K\xc3\xa4sewald <ok@x.example>\n",
		"X-Rcpt-To: ottilie.k\xc3\xa4sewald@x.example\n",
		"To: aba, abb, abc, abd, abe, abf, abg, abh, abi, abj, abk, abl, abm, abn, abo, "
		"abp,\n"
		" aca, acb, acc, acd, ace, acf, acg, ach, aci, acj, ack, acl, acm, acn, aco, acp,\n"
		" ada, adb, adc, add, ade, adf, adg, adh, adi, adj, adk, adl, adm, adn, ado, adp,\n"
		" Ottilie K\xc3\xa4sewald <ok@x.example>\n",
	};
	static const char *const secret[] = {"OTTILIE", "Ottilie", "K\xc3\x84SEWALD", "sewald"};
	struct fixture *f = *state;
	struct campaign_put put;
	struct campaign one;

	for (size_t h = 0; h < sizeof(heads) / sizeof(*heads); h++) {
		for (int i = 0; i < 5; i++) {
			buf_clear(&f->text);
			buf_printf(&f->text,
				"%sFrom: Sales <sales@shop.example>\nSubject: OTTILIE, your "
				"order\nContent-Type: text/plain; charset=utf-8\nMessage-ID: "
				"<%08x@shop.example>\n\nDear Ottilie K\xc3\x84SEWALD, the house at "
				"number %d was not found by our driver this morning, so %s the "
				"parcel waits for you at the office in town.\n",
				heads[h], random_bits(&f->random), i, words(f, (unsigned)h, 20));
			put = put_raw(f, buf_span(&f->text), i);
		}
		assert_true(campaigns_find(f->c, put.name, &one));
		assert_int_equal(one.messages, 5);
		for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++) {
			assert_int_equal(span_find(one.subject, span_cstr(secret[i])), -1);
			assert_int_equal(span_find(one.template_, span_cstr(secret[i])), -1);
		}
		assert_int_equal(one.template_.n == 0, h == 3);
	}
}

/* One of a campaign whose text greets somebody whom no header names; `head` tells who got it. */
static struct campaign got_by(struct fixture *f, const char *head, int i)
{
	struct campaign one;

	buf_clear(&f->text);
	buf_printf(&f->text,
		"%sFrom: Sales <sales@shop.example>\nTo: forged%d@list%d.example\nSubject: "
		"Ottilie, "
		"your order\nMessage-ID: <%08x@shop.example>\n\nDear Ottilie Sewald, the house at "
		"number %d was not found by our driver this morning, so the parcel waits for you "
		"at "
		"the office in town until the end of the week.\n",
		head, i, i, random_bits(&f->random), i);
	struct campaign_put put = put_raw(f, buf_span(&f->text), i);

	assert_true(campaigns_find(f->c, put.name, &one));
	return one;
}

static bool says(const struct campaign *one, const char *word)
{
	return span_find(one->template_, span_cstr(word)) >= 0 ||
	       span_find(one->subject, span_cstr(word)) >= 0;
}

/* What all messages to one recipient have may be what that one is called. */
static void what_one_recipient_alone_got_is_not_shown(void **state)
{
	static const struct {
		const char *head[5]; /* of the messages, in turn */
		bool two;            /* recipients, at least */
	} cases[] = {
		/* Nobody says who got them; To is the sender's to write. */
		{{"", "", "", "", ""}, false},
		{{"Delivered-To: u47@x.example\n", "Delivered-To: u47@x.example\n",
			 "Delivered-To: u47@x.example\n", "", "Delivered-To: u47@x.example\n"},
			false},
		/* One person's addresses: with tags, at other domains, in other letters. */
		{{"Delivered-To: u47@x.example\n", "Delivered-To: <u47+shop@x.example>\n",
			 "Delivered-To: U47@y.example\n", "Delivered-To: u47\n",
			 "X-Original-To: other@x.example\nDelivered-To: u47@x.example\n"},
			false},
		{{"Received: from b by mx.example.net with ESMTP id A1 for <u47@x.example>; Fri, 9 "
		  "Oct "
		  "2026 10:00:00 +0000\n",
			 "X-Original-To: u47@x.example\n", "Envelope-To: u47@x.example\n",
			 "X-Rcpt-To: u47@x.example, u48@x.example\n", ""},
			false},
		{{"Delivered-To: u47@x.example\n", "Delivered-To: u47@x.example\n",
			 "Delivered-To: u48@x.example\n", "Delivered-To: u47@x.example\n",
			 "Delivered-To: u48@x.example\n"},
			true},
		{{"", "X-Original-To: u47@x.example\n",
			 "Received: from b by mx.example.net with ESMTP id A1 for <u48@x.example>; "
			 "Fri, "
			 "9 Oct 2026 10:00:00 +0000\n",
			 "", ""},
			true},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct campaign one = {0};

		campaigns_close(f->c);
		f->c = campaigns_new(&(struct campaigns_options){.key = 7 + i});
		for (int k = 0; k < 5; k++)
			one = got_by(f, cases[i].head[k], k);
		assert_int_equal(one.messages, 5);
		assert_int_equal(says(&one, "parcel waits"), cases[i].two);
		assert_int_equal(says(&one, "order"), cases[i].two);
		/* Two who got the very same words are called by none of them. */
		assert_int_equal(says(&one, "Ottilie"), cases[i].two);
	}
}

/* A name that one recipient's messages have stays out when another got others of the template. */
static void a_name_in_the_messages_to_one_stays_out(void **state)
{
	struct fixture *f = *state;
	struct campaign_put put;
	struct campaign one;
	char body[512];

	/* The example is a message to the one who is greeted in nine of ten. */
	for (int i = 0; i < 10; i++) {
		snprintf(body, sizeof(body),
			"Dear %s, the house at number %d was not found by our driver this morning, "
			"so the parcel waits for you at the office in town until the week ends.",
			i == 9 ? "Konrad" : "Ottilie", i);
		put = put_body(f, i == 9 ? "u48@x.example" : "u47@x.example", body, i);
	}
	assert_true(campaigns_find(f->c, put.name, &one));
	assert_int_equal(one.messages, 10);
	assert_false(says(&one, "Ottilie"));
	assert_false(says(&one, "Konrad"));
	assert_true(says(&one, "parcel waits for you"));
}

static void one_message_leaves_no_words(void **state)
{
	struct fixture *f = *state;
	struct campaign one;
	struct campaign_put put = put_body(f, "a@x.example", words(f, 5, 60), 1);

	assert_true(campaigns_find(f->c, put.name, &one));
	assert_int_equal(one.template_.n + one.subject.n + one.mailer.n, 0);
	put_body(f, "a@x.example", words(f, 5, 60), 1);
	assert_true(campaigns_find(f->c, put.name, &one));
	assert_int_equal(one.messages, 2);
	assert_int_equal(one.template_.n, 0); /* of one of the two, still */
	assert_true(one.mailer.n > 0);
}

/* Mail with a picture, a link and hardly a word; sub-domain and path are new every time. */
static void links_tell_when_words_do_not(void **state)
{
	struct fixture *f = *state;
	const char *name[2][12];
	struct campaign one;

	for (int i = 0; i < 12; i++)
		for (int k = 0; k < 2; k++) {
			buf_clear(&f->text);
			buf_printf(&f->text,
				"From: a%d@b.example\nTo: c@d.example\nSubject: %s\nContent-Type: "
				"text/html\n\n<html><body><center>%s<a "
				"href=\"http://k%dq.%s/r%d/\">"
				"<img src=\"http://i%d.%s/pics/o%dx.gif\"></a></center>",
				i, k ? "Quick loans" : "Cheap pills", k ? "Money now" : "Be well",
				i, k ? "bankomatic.com" : "pillpalace.net", i * 3, i,
				k ? "bankomatic.com" : "pillpalace.net", i * 5);
			name[k][i] = strdup(put_raw(f, buf_span(&f->text), i).name);
		}
	for (int k = 0; k < 2; k++) {
		for (int i = 1; i < 12; i++)
			assert_string_equal(name[k][i], name[k][0]);
		assert_true(campaigns_find(f->c, name[k][0], &one));
		assert_int_equal(one.messages, 12);
	}
	assert_string_not_equal(name[0][0], name[1][0]);
	for (int i = 0; i < 24; i++)
		free((char *)name[i / 12][i % 12]);
}

/* An enemy sends mail that is half of one campaign and half of another, as much as he likes: they
 * stay two. */
static void bridges_do_not_glue(void **state)
{
	struct fixture *f = *state;
	char *a = strdup(words(f, 100, 60)), *b = strdup(words(f, 200, 60));
	char name_a[CAMPAIGN_NAME], name_b[CAMPAIGN_NAME];
	struct campaign_put put;
	struct campaign one;

	for (int i = 0; i < 20; i++) {
		put = put_body(f, "x@x.example", both(a, words(f, 1000u + (unsigned)i, 3)), i);
		memcpy(name_a, put.name, sizeof(name_a));
		put = put_body(f, "x@x.example", both(b, words(f, 2000u + (unsigned)i, 3)), i);
		memcpy(name_b, put.name, sizeof(name_b));
	}
	for (int i = 0; i < 500; i++) {
		put = put_body(f, "x@x.example", both(a, b), 20 + i);
		assert_int_equal(put.merges, 0);
	}
	put = put_body(f, "x@x.example", a, 600);
	assert_string_equal(put.name, name_a);
	put = put_body(f, "x@x.example", b, 600);
	assert_string_equal(put.name, name_b);
	assert_true(campaigns_find(f->c, name_a, &one));
	assert_true(campaigns_find(f->c, name_b, &one));
	free(a);
	free(b);
}

/* A long chain, each message a tenth further on from the one before: the ends are not one. */
static void a_chain_does_not_glue(void **state)
{
	struct fixture *f = *state;
	const char *all = words(f, 9, 700);
	char first[CAMPAIGN_NAME], body[8192];
	struct campaign_put put;

	for (size_t i = 0; i + 60 <= 700; i += 6) {
		snprintf(body, sizeof(body), "%.*s", 60 * 7, all + i * 7);
		put = put_body(f, "x@x.example", body, (int64_t)i);
		if (i == 0)
			memcpy(first, put.name, sizeof(first));
	}
	assert_string_not_equal(put.name, first);
}

/* Two campaigns begun apart, for their first messages had little in common, turn out to be one:
 * both cores lose what was theirs alone. */
static void two_that_are_one_are_merged(void **state)
{
	struct fixture *f = *state;
	size_t merges = 0;
	char last[CAMPAIGN_NAME];

	for (unsigned i = 0; i < 60; i++) {
		/* Of ten paragraphs every message has six. */
		char body[8192] = "";
		bool has[10] = {false};

		for (int n = 0; n < 6;) {
			size_t k = random_below(&f->random, 10);

			if (has[k])
				continue;
			has[k] = true;
			n++;
			strcat(body, words(f, 7000 + (unsigned)k, 12));
			strcat(body, "\n");
		}
		struct campaign_put put = put_body(f, "x@x.example", body, i);

		merges += put.merges;
		for (size_t k = 0; k < put.merges; k++) {
			struct campaign one;

			assert_false(campaigns_find(f->c, put.merged[k], &one));
			assert_string_not_equal(put.merged[k], put.name);
		}
		memcpy(last, put.name, sizeof(last));
	}
	struct campaign one;

	assert_true(campaigns_find(f->c, last, &one));
	assert_true(one.messages > 50);
	assert_true(merges > 0);
}

/* A message of somebody's own words over a footer that all have. */
static struct campaign_put put_footed(struct fixture *f, unsigned i, size_t own, const char *footer)
{
	buf_clear(&f->text);
	buf_printf(&f->text, "From: a%u@b%u.example\nX-Mailer: P%c%c\nTo: c@d.example\n\n%s\n%s\n",
		i, i, 'a' + i % 26, 'a' + i / 26, words(f, 5000 + i, own), footer);
	return put_raw(f, buf_span(&f->text), i);
}

/* Short messages of many hands that are mostly footer are taken for a campaign; once longer ones
 * come, it is found out, closed, and what it shared is common. */
static void a_footer_is_found_out(void **state)
{
	struct fixture *f = *state;
	char *footer = strdup(words(f, 42, 40));
	char name[CAMPAIGN_NAME];
	struct campaign one;
	size_t alone = 0;

	for (unsigned i = 0; i < 12; i++)
		memcpy(name, put_footed(f, i, 8, footer).name, sizeof(name));
	assert_true(campaigns_find(f->c, name, &one));
	assert_int_equal(one.messages, 12);
	for (unsigned i = 12; i < 312; i++)
		alone += put_footed(f, i, 110, footer).is_new && i >= 112;
	assert_int_equal(alone, 200);
	assert_true(campaigns_find(f->c, name, &one));
	assert_true(one.boilerplate);
	assert_true(one.messages < 60);
	free(footer);
}

static void those_not_seen_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct campaign_put old, new;
	struct campaign one;

	campaigns_close(f->c);
	f->c = campaigns_new(&(struct campaigns_options){.key = 7, .keep_days = 30});
	old = put_body(f, "x@x.example", words(f, 1, 50), 100 * DAY);
	/* One message from the far future does not make the others old. */
	put_body(f, "x@x.example", words(f, 2, 50), 9000 * (int64_t)DAY);
	assert_true(campaigns_find(f->c, old.name, &one));
	for (int day = 101; day < 140; day++)
		new = put_body(f, "x@x.example", words(f, 3, 50), day * (int64_t)DAY);
	assert_false(campaigns_find(f->c, old.name, &one));
	assert_true(campaigns_find(f->c, new.name, &one));
	assert_int_equal(one.messages, 39);
	assert_true(put_body(f, "x@x.example", words(f, 1, 50), 140 * DAY).is_new);
}

/* A flood of messages that stand alone takes no more memory than is allowed, and does not push out
 * a campaign that is at work. */
static void a_flood_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct campaign_put first;
	struct campaign one;

	campaigns_close(f->c);
	f->c = campaigns_new(&(struct campaigns_options){.key = 7, .most = 100});
	for (int i = 0; i < 8; i++)
		first = put_body(f, "x@x.example", words(f, 1, 50), i);
	for (unsigned i = 0; i < 2000; i++) {
		put_body(f, "x@x.example", words(f, 10 + i, 20), 10 + i);
		assert_true(campaigns_count(f->c) <= 100);
	}
	assert_true(campaigns_find(f->c, first.name, &one));
	assert_false(put_body(f, "x@x.example", words(f, 1, 50), 3000).is_new);
	size_t seen = 0;

	for (size_t i = 0; i < campaigns_count(f->c); i++) {
		campaigns_at(f->c, i, &one);
		seen += one.messages;
	}
	assert_true(seen >= campaigns_count(f->c) + 8);
}

/* Under another key other shingles are looked at, and prints do not mix. */
static void prints_are_of_one_key(void **state)
{
	struct fixture *f = *state;
	struct campaign_put put;
	struct message *m;

	assert_int_equal(message_parse(f->parser, SPAN("Subject: x\n\nhello\n"), &m), 0);
	struct campaign_print *p = campaign_print_take(8, f->parser, m);

	assert_int_equal(campaigns_put(f->c, p, 1, &put), -EINVAL);
	assert_int_equal(campaigns_count(f->c), 0);
	free(p);
	struct campaigns *a = campaigns_new(NULL), *b = campaigns_new(NULL);

	assert_int_not_equal(campaigns_key(a), campaigns_key(b));
	campaigns_close(a);
	campaigns_close(b);
}

/* --- the made-up stream --- */

static struct campaign_setting setting = {.seed = 5, .templates = 40, .unrelated = 0.3};

/* Puts the messages from .. to - 1 of the stream into c; names go to name. */
static void put_stream(struct fixture *f, struct campaign_maker *maker, size_t n,
	char (*name)[CAMPAIGN_NAME], uint32_t *truth)
{
	for (size_t i = 0; i < n; i++) {
		buf_clear(&f->text);
		campaign_maker_next(maker, &f->text, &truth[i]);
		struct campaign_put put = put_raw(f, buf_span(&f->text), (int64_t)i * 60);

		memcpy(name[i], put.name, CAMPAIGN_NAME);
		for (size_t m = 0; m < put.merges; m++)
			for (size_t k = 0; k < i; k++)
				if (strcmp(name[k], put.merged[m]) == 0)
					memcpy(name[k], put.name, CAMPAIGN_NAME);
	}
}

static void resumed_is_unbroken(void **state)
{
	enum { N = 3000, PIECES = 6 };
	struct fixture *f = *state;
	static char name[2][N][CAMPAIGN_NAME];
	static uint32_t truth[N];
	struct campaigns_options options = {.key = 7, .most = 300};

	for (int run = 0; run < 2; run++) {
		struct campaign_maker *maker = campaign_maker_new(&setting);

		campaigns_close(f->c);
		if (run == 0)
			f->c = campaigns_new(&options);
		else
			assert_int_equal(campaigns_open(f->dir, true, &options, &f->c, &f->err), 0);
		for (int piece = 0; piece < PIECES; piece++) {
			size_t from = (size_t)piece * (N / PIECES);

			for (size_t i = from; i < from + N / PIECES; i++) {
				buf_clear(&f->text);
				campaign_maker_next(maker, &f->text, &truth[i]);
				struct campaign_put put =
					put_raw(f, buf_span(&f->text), (int64_t)i * 60);

				memcpy(name[run][i], put.name, CAMPAIGN_NAME);
			}
			if (run == 0)
				continue;
			assert_int_equal(campaigns_save(f->c, (uint64_t)piece + 10, &f->err), 0);
			campaigns_close(f->c);
			f->c = NULL;
			assert_int_equal(campaigns_open(f->dir, true, &options, &f->c, &f->err), 0);
			assert_int_equal(campaigns_mark(f->c), (uint64_t)piece + 10);
		}
		campaign_maker_free(maker);
	}
	assert_memory_equal(name[0], name[1], sizeof(name[0]));
}

static void the_stream_is_told_apart(void **state)
{
	enum { N = 20000 };
	struct fixture *f = *state;
	static char name[N][CAMPAIGN_NAME];
	static uint32_t truth[N], group[N];
	struct campaign_maker *maker = campaign_maker_new(&setting);
	struct pairwise p;

	put_stream(f, maker, N, name, truth);
	campaign_maker_free(maker);
	for (size_t i = 0; i < N; i++) /* 48 bits of a permutation: their lower half will do */
		group[i] = (uint32_t)strtoull(name[i] + 2, NULL, 16);
	assert_int_equal(pairwise_of(truth, group, N, &p), 0);
	print_message("precision %.4f, recall %.4f, F1 %.4f\n", p.precision, p.recall, p.f1);
	assert_true(p.f1 >= 0.98);
}

/* --- keeping --- */

static void one_writer_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct campaigns *a, *b;

	assert_int_equal(campaigns_open(f->dir, true, NULL, &a, &f->err), 0);
	assert_int_equal(campaigns_mark(a), 0);
	assert_int_equal(campaigns_open(f->dir, true, NULL, &b, &f->err), -EBUSY);
	assert_non_null(strstr(f->err.text, f->dir));
	assert_int_equal(campaigns_open(f->dir, false, NULL, &b, &f->err), 0);
	assert_int_equal(campaigns_key(a), campaigns_key(b)); /* the key was kept at once */
	assert_int_equal(campaigns_save(b, 1, &f->err), -EROFS);
	campaigns_close(a);
	campaigns_close(b);
	assert_int_equal(campaigns_open(f->dir, true, NULL, &a, &f->err), 0);
	campaigns_close(a);
}

static void a_reader_of_nothing_sees_nothing(void **state)
{
	struct fixture *f = *state;
	struct campaigns *c;
	char path[128];

	snprintf(path, sizeof(path), "%s/none", f->dir);
	assert_int_equal(campaigns_open(path, false, NULL, &c, &f->err), 0);
	assert_int_equal(campaigns_count(c), 0);
	campaigns_close(c);
	assert_int_equal(access(path, F_OK), -1);
}

/* A byte changed anywhere is told, and so is an end that lacks. */
static void damage_is_told(void **state)
{
	struct fixture *f = *state;
	struct campaigns *c;
	char path[128];
	struct stat st;

	campaigns_close(f->c);
	assert_int_equal(campaigns_open(f->dir, true, NULL, &f->c, &f->err), 0);
	for (unsigned i = 0; i < 5; i++)
		put_body(f, "x@x.example", words(f, i / 2, 50), i);
	assert_int_equal(campaigns_save(f->c, 3, &f->err), 0);
	snprintf(path, sizeof(path), "%s/campaigns", f->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (off_t at = 0; at < st.st_size; at += st.st_size / 37) {
		FILE *file = fopen(path, "r+b");
		int byte;

		fseek(file, at, SEEK_SET);
		byte = getc(file);
		fseek(file, at, SEEK_SET);
		putc(byte ^ 0x10, file);
		fclose(file);
		assert_int_equal(campaigns_open(f->dir, false, NULL, &c, &f->err), -EBADMSG);
		assert_non_null(strstr(f->err.text, "remove it"));
		file = fopen(path, "r+b");
		fseek(file, at, SEEK_SET);
		putc(byte, file);
		fclose(file);
	}
	assert_int_equal(campaigns_open(f->dir, false, NULL, &c, &f->err), 0);
	assert_int_equal(campaigns_count(c), 3);
	campaigns_close(c);
	assert_int_equal(truncate(path, st.st_size - 1), 0);
	assert_int_equal(campaigns_open(f->dir, false, NULL, &c, &f->err), -EBADMSG);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(campaigns_open(f->dir, false, NULL, &c, &f->err), -EBADMSG);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

/* A print that travels is the same; one that was cut or bent is refused or at least whole. */
static void a_print_travels_as_bytes(void **state)
{
	struct fixture *f = *state;
	static const char raw[] = "From: a@b.example\nSubject: a word or two\n\n"
				  "Some words that are looked at, http://shop.example/buy now.\n";
	struct message *m;
	struct campaign_print *back;
	struct campaign_put put;

	assert_int_equal(message_parse(f->parser, span_cstr(raw), &m), 0);
	struct campaign_print *p = campaign_print_take(campaigns_key(f->c), f->parser, m);

	assert_non_null(p);
	const size_t n = campaign_print_bytes(p);
	char *bytes = malloc(n);

	assert_non_null(bytes);
	memcpy(bytes, p, n);
	assert_int_equal(campaign_print_read((struct span){bytes, n}, &back), 0);
	assert_memory_equal(back, p, n);
	assert_int_equal(campaigns_put(f->c, back, 0, &put), 0);
	free(back);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(campaign_print_read((struct span){bytes, i}, &back), -EBADMSG);
	for (size_t i = 0; i < n * 8; i++) {
		bytes[i / 8] ^= (char)(1 << i % 8);
		int rc = campaign_print_read((struct span){bytes, n}, &back);

		assert_true(rc == 0 || rc == -EBADMSG);
		if (rc == 0) {
			campaigns_put(f->c, back, 0, &put);
			free(back);
		}
		bytes[i / 8] ^= (char)(1 << i % 8);
	}
	free(bytes);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_template_with_varied_words_is_one),
		T(unrelated_mail_stands_alone),
		T(a_template_names_nobody),
		T(a_template_names_no_recipient_in_other_places),
		T(what_one_recipient_alone_got_is_not_shown),
		T(a_name_in_the_messages_to_one_stays_out),
		T(one_message_leaves_no_words),
		T(links_tell_when_words_do_not),
		T(bridges_do_not_glue),
		T(a_chain_does_not_glue),
		T(two_that_are_one_are_merged),
		T(a_footer_is_found_out),
		T(those_not_seen_are_forgotten),
		T(a_flood_is_bounded),
		T(prints_are_of_one_key),
		T(a_print_travels_as_bytes),
		T(resumed_is_unbroken),
		T(the_stream_is_told_apart),
		T(one_writer_at_a_time),
		T(a_reader_of_nothing_sees_nothing),
		T(damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
