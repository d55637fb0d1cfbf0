#include "test.h"

#include "trace/mail_sighting.h"

#define NOW 1791900000LL /* 2026-10-13 */
#define AT  1791280800LL /* 2026-10-06T10:00:00Z */

static struct judge_bench *bench;
static struct judge *judge;

static int make(void **state)
{
	const struct judge_options options = {.ham_loss = 0.001};

	(void)state;
	bench = judge_bench_new();
	return bench && judge_open(&options, &judge, NULL) == 0 ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	judge_bench_free(bench);
	judge_close(judge);
	return 0;
}

static const struct mail_sighting_rules plain = {.now = NOW, .source = {"mail", 4}, .kind = -1};

static enum mail_sighting_lack make_of(
	const char *raw, const struct mail_sighting_rules *rules, struct mail_sighting *ret)
{
	struct verdict *v;
	struct trace t;

	assert_int_equal(judge_message(judge, bench, span_cstr(raw), &v), 0);
	assert_int_equal(trace_message(v->mp, v->m, &v->chain, NULL, NULL, &t), 0);
	return mail_sighting_make(v, &t, rules, ret);
}

#define RECEIVED                                                                                   \
	"Received: from bot.example (bot.example [203.0.113.9]) by mx.home.example (Postfix) with" \
	" ESMTP id A1 for <x@home.example>; Tue, 6 Oct 2026 12:00:00 +0200\n"
#define HEAD "From: a@b.example\nTo: x@home.example\nSubject: s\n"
#define HTML "Content-Type: text/html\n\n"

static void facts_of_a_message(void **state)
{
	struct mail_sighting m;
	const struct sighting *s = &m.sighting;
	const char *field;

	(void)state;
	assert_int_equal(
		make_of(RECEIVED HEAD HTML "<a href=\"http://www.shop.example/1\">x</a>"
					   "<a href=\"http://a.shop.example/2\">y</a>"
					   "<a href=\"http://x.home.example/unsubscribe\">u</a>"
					   "<a href=\"http://www.paypal.com/\">p</a>"
					   "<img src=\"http://pixel.example/p.gif\">"
					   "<a href=\"http://198.51.100.077/\">z</a>\n",
			&plain, &m),
		MAIL_SIGHTING_MADE);
	assert_int_equal(sighting_check(s, &field), 0);
	assert_int_equal(s->at, AT);
	assert_false(s->day_only);
	assert_int_equal(ip_v4(&s->where.ip), 0xcb007109);
	assert_int_equal(s->where.length, 32);
	assert_span(s->source, "mail");
	assert_int_equal(s->advertises, 2);
	assert_span(s->advertised[0], "shop.example");
	assert_in_range(s->confidence, 1, 99);
	assert_int_equal(s->domain.n + s->campaign.n + s->port, 0);
}

static void times(void **state)
{
	static const struct {
		const char *raw;
		enum mail_sighting_lack lack;
		int64_t at;
		bool day_only;
	} rows[] = {
		{RECEIVED "Date: Mon, 1 Jan 2001 00:00:00 +0000\n" HEAD "\nx\n", 0, AT, false},
		{HEAD "\nx\n", MAIL_SIGHTING_NO_SOURCE, 0, false},
		{"Received: from a (a [10.0.0.1]) by mx.home.example; Tue, 6 Oct 2026 10:00:00 "
		 "+0000\n" HEAD "\nx\n",
			MAIL_SIGHTING_NO_SOURCE, 0, false},
		{"Received: from a (a [203.0.113.9]) by mx.home.example; yesterday\n"
		 "Date: Tue, 6 Oct 2026 10:00:00 +0000\n" HEAD "\nx\n",
			0, AT - 36000, true},
		{"Received: from a (a [203.0.113.9]) by mx.home.example; yesterday\n" HEAD "\nx\n",
			MAIL_SIGHTING_NO_DATE, 0, false},
		{"Received: from a (a [203.0.113.9]) by mx.home.example; yesterday\n"
		 "Date: Tue, 6 Oct 2027 10:00:00 +0000\n" HEAD "\nx\n",
			MAIL_SIGHTING_NO_DATE, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mail_sighting m = {.sighting.at = 7};
		enum mail_sighting_lack lack = make_of(rows[i].raw, &plain, &m);

		if (lack != rows[i].lack)
			fail_msg("row %zu: %d, not %d", i, lack, rows[i].lack);
		assert_int_equal(m.sighting.at, lack ? 7 : rows[i].at);
		assert_int_equal(m.sighting.day_only, rows[i].day_only);
	}
}

static void the_trap_and_a_forced_kind(void **state)
{
	struct mail_sighting_rules rules = plain;
	struct mail_sighting m;

	(void)state;
	rules.trap = true;
	rules.kind = SIGHTING_PHISH;
	assert_int_equal(make_of(RECEIVED HEAD "\nx\n", &rules, &m), MAIL_SIGHTING_MADE);
	assert_in_range(m.sighting.confidence, 95, 99);
	assert_int_equal(m.sighting.kind, SIGHTING_PHISH);
}

static void no_more_hosts_than_fit(void **state)
{
	struct mail_sighting m;

	(void)state;
	make_of(RECEIVED HEAD HTML
		"<a href=\"http://a%25\xc3\xa4'.example/\">x</a><a href=\"http://[::zz]/\">x</a>"
		"<a href=\"http://a.example/\">x</a><a href=\"http://b.example/\">x</a>"
		"<a href=\"http://c.example/\">x</a><a href=\"http://d.example/\">x</a>"
		"<a href=\"http://e.example/\">x</a><a href=\"http://[2001:DB8:0::1]/\">x</a>\n",
		&plain, &m);
	assert_int_equal(m.sighting.advertises, SIGHTING_HOSTS_MOST);
	assert_span(m.sighting.advertised[3], "d.example");
}

/* Each sign alone gives its kind, malware before phish, and is a finding that some check may give.
 */
static void kinds(void **state)
{
	struct findings f = {.n = 1, .at = {{.name = "links/one"}}};

	(void)state;
	assert_int_equal(mail_sighting_kind(&f), SIGHTING_SPAM);
	for (int kind = 0; kind < SIGHTING_KINDS; kind++)
		for (const char *const *s = mail_sighting_signs(kind); *s; s++) {
			bool known = false;

			f.at[0].name = *s;
			assert_int_equal(mail_sighting_kind(&f), kind);
			for (const struct check *const *c = checks; *c; c++)
				for (const char *const *v = (*c)->variants; *v; v++)
					known |= !strcmp(*v, *s);
			if (!known)
				fail_msg("no check gives %s", *s);
		}
	f.n = 2;
	f.at[0].name = "brand-name/from";
	f.at[1].name = "attachment/program";
	assert_int_equal(mail_sighting_kind(&f), SIGHTING_MALWARE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_a_message),
		cmocka_unit_test(times),
		cmocka_unit_test(the_trap_and_a_forced_kind),
		cmocka_unit_test(no_more_hosts_than_fit),
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
