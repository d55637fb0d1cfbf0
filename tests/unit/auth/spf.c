/* check_host(): identities, errors, bounds; zones made by an enemy cost no more than they may. */
#include "auth/spf.h"
#include "zone.h"

static struct spf_question question(const char *ip, const char *helo, const char *from)
{
	struct spf_question q = {.helo = span_cstr(helo), .mail_from = span_cstr(from)};

	if (*ip)
		assert_int_equal(ip_parse(span_cstr(ip), &q.ip), 0);
	return q;
}

static struct spf ask(const char *ip, const char *helo, const char *from)
{
	struct spf_question q = question(ip, helo, from);
	struct dns_budget b = budget(1000);
	struct spf spf;

	assert_int_equal(spf_check(&q, &b, &arena, &spf), 0);
	return spf;
}

/* Which domain is asked for, and of whom. */
static void identities(void **state)
{
	static const struct {
		const char *ip, *helo, *from;
		enum spf_result result;
		const char *domain;
		bool of_helo;
	} cases[] = {
		{"192.0.2.1", "x", "a@good.example", SPF_PASS, "good.example", false},
		{"192.0.2.1", "x", "A@GOOD.Example.", SPF_PASS, "GOOD.Example.", false},
		{"192.0.2.1", "good.example", "", SPF_PASS, "good.example", true},
		{"192.0.2.9", "good.example", "", SPF_FAIL, "good.example", true},
		{"192.0.2.1", "x", "good.example", SPF_PASS, "good.example", false},
		{"192.0.2.1", "x", "\"a@b\"@good.example", SPF_PASS, "good.example", false},
		{"192.0.2.1", "x", "a@g\xc3\xb6od.example", SPF_PASS, "xn--god-sna.example", false},
		{"192.0.2.1", "x", "a@g\xff.example", SPF_NONE, "g\xff.example", false},
		{"192.0.2.1", "x", "a@", SPF_NONE, "", false},
		{"192.0.2.1", "", "", SPF_NONE, "", true},
		{"192.0.2.1", "[192.0.2.1]", "", SPF_NONE, "[192.0.2.1]", true},
		{"192.0.2.1", "localhost", "", SPF_NONE, "localhost", true},
		{"192.0.2.1", "x", "a@silent.example", SPF_NONE, "silent.example", false},
		{"", "x", "a@good.example", SPF_NONE, "good.example", false},
	};

	(void)state;
	zone_add("good.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
		 "xn--god-sna.example. TXT \"v=spf1 +all\"\n"
		 "localhost. TXT \"v=spf1 +all\"\n"
		 "silent.example. A 192.0.2.1\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct spf spf = ask(cases[i].ip, cases[i].helo, cases[i].from);

		if (spf.result != cases[i].result)
			fail_msg("%s: %s", cases[i].from, spf_result_name(spf.result));
		assert_span(spf.domain, cases[i].domain);
		assert_int_equal(spf.of_helo, cases[i].of_helo);
	}
}

/* What decided, and why there is an error. */
static void told(void **state)
{
	static const struct {
		const char *from;
		enum spf_result result;
		const char *mechanism, *explanation;
		bool reason;
	} cases[] = {
		{"a@outer.example", SPF_PASS, "include:inner.example", "", false},
		{"a@refuse.example", SPF_FAIL, "-all", "192.0.2.7 may not, says refuse.example",
			false},
		{"a@moved.example", SPF_FAIL, "-all", "192.0.2.7 may not, says refuse.example",
			false},
		{"a@quiet.example", SPF_FAIL, "-include:inner.example", "", false},
		{"a@badwhy.example", SPF_FAIL, "-all", "", false},
		{"a@twowhy.example", SPF_FAIL, "-all", "", false},
		{"a@broken.example", SPF_PERMERROR, "", "", true},
		{"a@two.example", SPF_PERMERROR, "", "", true},
		{"a@lost.example", SPF_TEMPERROR, "", "", true},
		{"a@lostmx.example", SPF_TEMPERROR, "mx", "", true},
		{"a@lostinc.example", SPF_TEMPERROR, "include:lost.example", "", true},
		{"a@noinc.example", SPF_PERMERROR, "include:nobody.example", "", true},
		{"a@nowhere.example", SPF_PERMERROR, "", "", true},
		{"a@nothing.example", SPF_NEUTRAL, "", "", false},
		{"a@soft.example", SPF_SOFTFAIL, "~all", "", false},
	};

	(void)state;
	zone_add("outer.example. TXT \"v=spf1 include:inner.example -all exp=why.example\"\n"
		 "inner.example. TXT \"v=spf1 ip4:192.0.2.0/24 -all exp=why.example\"\n"
		 "refuse.example. TXT \"v=spf1 -all exp=why.example\"\n"
		 "why.example. TXT \"%{c} may not, says \" \"%{d}\"\n"
		 "moved.example. TXT \"v=spf1 redirect=refuse.example\"\n"
		 "quiet.example. TXT \"v=spf1 -include:inner.example\"\n"
		 "badwhy.example. TXT \"v=spf1 -all exp=bad.why.example\"\n"
		 "bad.why.example. TXT \"%{\"\n"
		 "twowhy.example. TXT \"v=spf1 -all exp=two.why.example\"\n"
		 "two.why.example. TXT one\ntwo.why.example. TXT two\n"
		 "broken.example. TXT \"v=spf1 +all foo\"\n"
		 "two.example. TXT \"v=spf1 +all\"\ntwo.example. TXT \"v=spf1 -all\"\n"
		 "lost.example. SERVFAIL\n"
		 "lostmx.example. TXT \"v=spf1 mx +all\"\nlostmx.example. SERVFAIL MX\n"
		 "lostinc.example. TXT \"v=spf1 include:lost.example +all\"\n"
		 "noinc.example. TXT \"v=spf1 include:nobody.example +all\"\n"
		 "nowhere.example. TXT \"v=spf1 redirect=nobody.example\"\n"
		 "nothing.example. TXT \"v=spf1\"\n"
		 "soft.example. TXT \"v=spf1 ~all\"\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct spf spf = ask("192.0.2.7", "x", cases[i].from);

		if (spf.result != cases[i].result)
			fail_msg("%s: %s", cases[i].from, spf_result_name(spf.result));
		assert_span(spf.mechanism, cases[i].mechanism);
		assert_span(spf.explanation, cases[i].explanation);
		assert_int_equal(spf.reason != NULL, cases[i].reason);
	}
}

/* RFC 8616, 4: names are asked for in A-labels, and no name is made of a local part beyond ASCII. */
static void internationalised(void **state)
{
#define UE "\xc3\xbc"
	static const struct {
		const char *from, *helo;
		enum spf_result result;
		unsigned voids;
		const char *explanation;
	} cases[] = {
		{"a@b" UE "cher.example", "x", SPF_PASS, 0, ""},
		{"a@o.example", "x.b" UE "cher.example", SPF_PASS, 0, ""},
		{"a@l.example", "x", SPF_PASS, 0, ""},
		{UE "@l.example", "x", SPF_FAIL, 0, "no mail from l.example"},
		{UE "@s.example", "x", SPF_FAIL, 0, ""},
		{UE "@terms.example", "x", SPF_NEUTRAL, 0, ""},
		{UE "@moved.example", "x", SPF_PERMERROR, 0, ""},
		{UE "@text.example", "x", SPF_FAIL, 0, ""},
		{"a@text.example", "x", SPF_FAIL, 0, "not a"},
	};

	(void)state;
	zone_add("xn--bcher-kva.example. TXT \"v=spf1 exists:%{o}.seen.example -all\"\n"
		 "xn--bcher-kva.example.seen.example. A 127.0.0.2\n"
		 "o.example. TXT \"v=spf1 exists:%{h2}.seen.example -all\"\n"
		 "l.example. TXT \"v=spf1 exists:%{L}.l.example -all exp=why.example\"\n"
		 "*.l.example. A 127.0.0.2\n"
		 "why.example. TXT \"no mail from %{d}\"\n"
		 "s.example. TXT \"v=spf1 exists:%{s}.l.example -all exp=%{l}.example\"\n"
		 "*.example. TXT \"anything\"\n"
		 "terms.example. TXT \"v=spf1 a:%{l}.l.example mx:%{l}.l.example ptr:%{l}.l.example "
		 "include:%{l}.l.example -exists:%{l}.l.example ?all\"\n"
		 "moved.example. TXT \"v=spf1 redirect=%{l}.l.example\"\n"
		 "text.example. TXT \"v=spf1 -all exp=not.example\"\n"
		 "not.example. TXT \"not %{l}\"\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct spf spf = ask("192.0.2.1", cases[i].helo, cases[i].from);

		if (spf.result != cases[i].result || spf.void_lookups != cases[i].voids)
			fail_msg("%s: %s, %u", cases[i].from, spf_result_name(spf.result),
				spf.void_lookups);
		assert_span(spf.explanation, cases[i].explanation);
	}
}

/* The client's names: errors there are not the sender's, and %{p} is one of the ten. */
static void client_names(void **state)
{
	struct spf spf;

	(void)state;
	zone_add("1.2.0.192.in-addr.arpa. PTR lies.example.\n"
		 "1.2.0.192.in-addr.arpa. PTR lost.example.\n"
		 "1.2.0.192.in-addr.arpa. PTR mx.p.example.\n"
		 "lies.example. A 192.0.2.9\nlost.example. SERVFAIL\nmx.p.example. A 192.0.2.1\n"
		 "2.2.0.192.in-addr.arpa. SERVFAIL\n"
		 "p.example. TXT \"v=spf1 ptr -all\"\n"
		 "lies.example. TXT \"v=spf1 ptr -all\"\n"
		 "lost.example. TXT \"v=spf1 ptr -all\"\n"
		 "macro.example. TXT \"v=spf1 exists:%{p}.seen.example -all\"\n"
		 "mx.p.example.seen.example. A 127.0.0.2\n"
		 "ten.example. TXT \"v=spf1 a a a a a a a a a exists:%{p}.seen.example -all\"\n"
		 "ten.example. A 192.0.2.99\n");
	assert_int_equal(ask("192.0.2.1", "x", "a@p.example").result, SPF_PASS);
	assert_int_equal(ask("192.0.2.1", "x", "a@lies.example").result, SPF_FAIL);
	assert_int_equal(ask("192.0.2.1", "x", "a@lost.example").result, SPF_FAIL);
	assert_int_equal(ask("192.0.2.2", "x", "a@p.example").result, SPF_FAIL);
	spf = ask("192.0.2.1", "x", "a@macro.example");
	assert_int_equal(spf.result, SPF_PASS);
	assert_int_equal(spf.lookups, 2);
	assert_int_equal(ask("192.0.2.1", "x", "a@ten.example").result, SPF_PERMERROR);
}

/* Terms that lead to nothing: two may. An MX all of whose hosts do is one. */
static void voids(void **state)
{
	static const struct {
		const char *terms;
		enum spf_result result;
		unsigned voids;
	} cases[] = {
		{"a:n1.example a:n2.example ?all", SPF_NEUTRAL, 2},
		{"a:n1.example exists:n2.example mx:n3.example ?all", SPF_PERMERROR, 3},
		{"a:n1.example ip4:192.0.2.1 a:n2.example a:n3.example -all", SPF_PASS, 1},
		{"mx:dead.example mx:dead.example ?all", SPF_NEUTRAL, 2},
		{"mx:dead.example mx:dead.example mx:dead.example ?all", SPF_PERMERROR, 3},
		{"mx:half.example mx:half.example mx:half.example ?all", SPF_NEUTRAL, 0},
		{"ptr ptr:x.example ptr:y.example ?all", SPF_NEUTRAL, 0},
		{"a:%{h}.a.example mx:%{h}.a.example exists:%{h}.a.example ?all", SPF_NEUTRAL, 0},
	};

	(void)state;
	zone_add("dead.example. MX 1 a.dead.example.\ndead.example. MX 2 b.dead.example.\n"
		 "half.example. MX 1 a.dead.example.\nhalf.example. MX 2 b.half.example.\n"
		 "b.half.example. A 192.0.2.77\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256], from[32];
		struct spf spf;

		snprintf(
			text, sizeof(text), "v%zu.example. TXT \"v=spf1 %s\"\n", i, cases[i].terms);
		zone_add(text);
		snprintf(from, sizeof(from), "a@v%zu.example", i);
		spf = ask("192.0.2.1", "no..name", from);
		assert_int_equal(spf.result, cases[i].result);
		assert_int_equal(spf.void_lookups, cases[i].voids);
	}
}

/* A domain whose every include leads to ten more, MX of a hundred hosts, and the rest of them. */
static void hostile_zone(void)
{
	char line[4096];

	zone_add("*.bomb.example. TXT \"v=spf1 include:%{d}.a.bomb.example "
		 "include:%{d}.b.bomb.example include:c.bomb.example include:d.bomb.example "
		 "\" \"include:e.bomb.example include:f.bomb.example include:g.bomb.example "
		 "include:h.bomb.example include:i.bomb.example include:j.bomb.example "
		 "mx:mx.example -all exp=%{p}.bomb.example\"\n"
		 "loop.example. TXT \"v=spf1 redirect=loop.example exp=loop.example\"\n"
		 "wide.example. TXT \"v=spf1 mx:ten.example mx:ten.example mx:ten.example "
		 "mx:ten.example mx:ten.example mx:ten.example mx:ten.example mx:ten.example "
		 "mx:ten.example mx:ten.example -all exp=why.example\"\n"
		 "why.example. TXT \"%{p}\"\n"
		 "names.example. TXT \"v=spf1 ptr:nobody.example a:%{p}.nobody.example -all\"\n"
		 "many.example. TXT \"v=spf1 mx:mx.example -all\"\n");
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
			"mx.example. MX %d h%d.mx.example.\nh%d.mx.example. A 203.0.113.%d\n"
			"1.2.0.192.in-addr.arpa. PTR h%d.mx.example.\n",
			i, i, i, i, i);
		zone_add(line);
	}
	for (int i = 0; i < 10; i++) {
		snprintf(line, sizeof(line), "ten.example. MX %d h%d.mx.example.\n", i, i);
		zone_add(line);
	}
}

static void hostile(void **state)
{
	static const struct {
		const char *from;
		enum spf_result result;
		uint32_t asked; /* at most */
	} cases[] = {
		{"a@x.bomb.example", SPF_PERMERROR, 11},
		{"a@loop.example", SPF_PERMERROR, 11},
		{"a@many.example", SPF_PERMERROR, 12},
		{"a@wide.example", SPF_FAIL, SPF_QUESTIONS_MOST},
		{"a@names.example", SPF_FAIL, 13},
	};

	(void)state;
	hostile_zone();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct spf_question q = question("192.0.2.1", "x", cases[i].from);
		struct dns_budget b = budget(1000);
		struct spf spf;

		assert_int_equal(spf_check(&q, &b, &arena, &spf), 0);
		if (spf.result != cases[i].result || b.asked > cases[i].asked)
			fail_msg("%s: %s after %u questions", cases[i].from,
				spf_result_name(spf.result), b.asked);
		assert_in_range(spf.lookups, 1, 10);
	}
	assert_true(arena.used < (size_t)1 << 20);
}

/* However little may be asked, what is not known is a temperror, never fail or permerror. */
static void spent(void **state)
{
	struct spf_question q = question("192.0.2.1", "x", "a@wide.example");
	struct spf spf;

	(void)state;
	hostile_zone();
	for (uint32_t n = 0; n < 1 + 110; n++) {
		struct dns_budget b = budget(n);

		assert_int_equal(spf_check(&q, &b, &arena, &spf), 0);
		assert_int_equal(spf.result, SPF_TEMPERROR);
		assert_non_null(spf.reason);
	}
	struct dns_budget b = budget(111);

	spf_check(&q, &b, &arena, &spf);
	assert_int_equal(spf.result, SPF_FAIL);
	assert_int_equal(spf.explanation.n, 0);
}

/* A struct dns that counts what is told beforehand. */
struct counted {
	struct dns dns;
	unsigned soon;
	char name[64][DNS_NAME];
};

static void pass_on(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *a, struct dns_answer *ret)
{
	struct dns *to = dns_zone_dns(zone);

	(void)dns;
	to->ask(to, name, type, deadline, a, ret);
}

static void count_soon(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct counted *c = (struct counted *)dns;

	(void)type;
	(void)deadline;
	if (c->soon < 64)
		memcpy(c->name[c->soon++], name.p, name.n + 1);
}

/* What can be asked side by side is told beforehand, and not what is never reached. */
static void beforehand(void **state)
{
	struct counted c = {.dns = {.ask = pass_on, .soon = count_soon}};
	struct dns_budget b = {.dns = &c.dns, .deadline = INT64_MAX, .questions = 100};
	struct spf_question q = question("192.0.2.1", "x", "a@soon.example");
	struct spf spf;

	(void)state;
	zone_add("soon.example. TXT \"v=spf1 ip4:192.0.2.9 a:a.example ?include:b.example "
		 "exists:%{p}.c.example mx:d.example ip4:192.0.2.1 a:never.example -all\"\n"
		 "first.example. TXT \"v=spf1 ip4:192.0.2.1 a:a.example -all\"\n"
		 "b.example. TXT \"v=spf1 -all\"\n");
	spf_check(&q, &b, &arena, &spf);
	assert_int_equal(spf.result, SPF_PERMERROR); /* three lead to nothing */
	assert_int_equal(c.soon, 3);
	assert_string_equal(c.name[0], "a.example");
	assert_string_equal(c.name[1], "b.example");
	assert_string_equal(c.name[2], "d.example");
	c.soon = 0;
	q = question("192.0.2.1", "x", "a@first.example");
	spf_check(&q, &b, &arena, &spf);
	assert_int_equal(spf.result, SPF_PASS);
	assert_int_equal(c.soon, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identities),
		TEST(told),
		TEST(internationalised),
		TEST(client_names),
		TEST(voids),
		TEST(hostile),
		TEST(spent),
		TEST(beforehand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
