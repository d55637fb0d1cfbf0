/* All methods in one call: who is asked about, what is told beforehand, and what DMARC makes of it.
 */
#include "auth/auth.h"
#include "base/config.h"
#include "zone.h"

static struct message_parser *mp;

static int begin(void **state)
{
	mp = message_parser_new(0);
	return mp ? setup(state) : -1;
}

static int end(void **state)
{
	message_parser_free(mp);
	return teardown(state);
}

static const struct message *parse(const char *text)
{
	struct message *m;

	assert_int_equal(message_parse(mp, span_cstr(text), &m), 0);
	return m;
}

static struct auth_question question(const char *helo, const char *from)
{
	return (struct auth_question){.ip = ip_from_v4(0xc0000201),
		.helo = span_cstr(helo),
		.mail_from = span_cstr(from),
		.receiver = SPAN("mx.example.org"),
		.domains = message_domain_tools(mp)};
}

static struct auth check(const struct auth_question *q, const char *text, struct dns_budget *b)
{
	struct auth a;

	assert_int_equal(auth_check(q, mp, parse(text), b, &arena, &a), 0);
	return a;
}

static const char sites[] =
	"good.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
	"_dmarc.good.example. TXT \"v=DMARC1; p=reject\"\n"
	"mail.good.example. A 192.0.2.1\nmail.good.example. TXT \"v=spf1 a -all\"\n"
	"1.2.0.192.in-addr.arpa. PTR mail.good.example.\n"
	"_dmarc.bank.example. TXT \"v=DMARC1; p=quarantine\"\n"
	"_dmarc.strict.example. TXT \"v=DMARC1; p=reject\"\n"
	"_dmarc.lost.example. SERVFAIL\n";

static void in_order(void **state)
{
	struct auth_question q = question("mail.good.example", "bob@good.example");
	struct dns_budget b = budget(100);
	struct auth a;

	(void)state;
	zone_add(sites);
	a = check(&q, "From: Bob <bob@good.example>\n\nhello\n", &b);
	assert_true(a.has_client);
	assert_int_equal(a.iprev, IPREV_PASS);
	assert_span(a.name, "mail.good.example");
	assert_int_equal(a.helo, IPREV_HELO_OWN);
	assert_true(a.helo_matches);
	assert_int_equal(a.spf_helo.result, SPF_PASS);
	assert_int_equal(a.spf.result, SPF_PASS);
	assert_false(a.spf.of_helo);
	assert_int_equal(a.dkim.n, 0);
	assert_int_equal(a.arc.result, ARC_NONE);
	assert_int_equal(a.dmarc.result, DMARC_PASS);
	assert_true(a.dmarc.spf_aligned);
	assert_int_equal(a.from_domains, 1);
	assert_int_equal(a.questions, b.asked);
	assert_in_range(a.questions, 5, 8);
	assert_int_equal(a.failed, 0);
}

static void null_sender(void **state)
{
	struct auth_question q = question("mail.good.example", "");
	struct dns_budget b = budget(100);
	struct auth a;

	(void)state;
	zone_add(sites);
	a = check(&q, "From: <postmaster@good.example>\n\nhello\n", &b);
	assert_true(a.spf.of_helo);
	assert_int_equal(a.spf.result, SPF_PASS);
	assert_int_equal(a.dmarc.result, DMARC_PASS);
}

/* Without the client's address what it said counts for nothing. */
static void no_client(void **state)
{
	struct auth_question q = question("mail.good.example", "bob@good.example");
	struct dns_budget b = budget(100);
	struct auth a;

	(void)state;
	zone_add(sites);
	q.ip = (struct ip){.family = IP_NONE};
	a = check(&q, "From: Bob <bob@good.example>\n\nhello\n", &b);
	assert_false(a.has_client);
	assert_int_equal(a.dmarc.result, DMARC_FAIL);
	assert_int_equal(a.questions, 1);
}

/* RFC 7489, 6.6.1: a second domain in From buys nothing. */
static void from(void **state)
{
	static const struct {
		const char *text;
		size_t domains;
		enum dmarc_result result;
		enum dmarc_policy policy;
		const char *domain;
	} cases[] = {
		{"From: bob@good.example, ann@GOOD.example\n\n", 1, DMARC_PASS, DMARC_ASK_REJECT,
			"good.example"},
		{"From: bob@good.example, x@bank.example\n\n", 2, DMARC_FAIL, DMARC_ASK_QUARANTINE,
			"bank.example"},
		{"From: x@strict.example\nFrom: x@bank.example\nFrom: bob@good.example\n\n", 3,
			DMARC_FAIL, DMARC_ASK_REJECT, "strict.example"},
		{"From: bob@good.example, x@silent.example\n\n", 2, DMARC_NONE, DMARC_ASK_NONE,
			"silent.example"},
		{"From: bob@good.example, x@lost.example\n\n", 2, DMARC_TEMPERROR, DMARC_ASK_NONE,
			"lost.example"},
		{"From: a@a.example, b@b.example, c@c.example, d@d.example, e@strict.example\n\n",
			4, DMARC_NONE, DMARC_ASK_NONE, "a.example"},
		{"From: \"bob@bank.example\" <bob@good.example>\n\n", 1, DMARC_PASS,
			DMARC_ASK_REJECT, "good.example"},
		{"From: nobody\n\n", 0, DMARC_NONE, DMARC_ASK_NONE, ""},
		{"Subject: none\n\n", 0, DMARC_NONE, DMARC_ASK_NONE, ""},
	};
	struct auth_question q = question("mail.good.example", "bob@good.example");

	(void)state;
	zone_add(sites);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_budget b = budget(100);
		struct auth a = check(&q, cases[i].text, &b);

		if (a.dmarc.result != cases[i].result || a.dmarc.policy != cases[i].policy ||
			a.from_domains != cases[i].domains)
			fail_msg("%s: %s %s %zu", cases[i].text, dmarc_result_name(a.dmarc.result),
				dmarc_policy_name(a.dmarc.policy), a.from_domains);
		assert_span(a.dmarc.from, cases[i].domain);
	}
}

/* However little may be asked: what is not known is a temperror. */
static void spent(void **state)
{
	struct auth_question q = question("mail.good.example", "bob@good.example");
	struct dns_budget b = budget(0);
	struct auth a;

	(void)state;
	zone_add(sites);
	a = check(&q, "From: Bob <bob@good.example>\n\nhello\n", &b);
	assert_int_equal(a.iprev, IPREV_TEMPERROR);
	assert_int_equal(a.helo, IPREV_HELO_UNKNOWN);
	assert_int_equal(a.spf_helo.result, SPF_TEMPERROR);
	assert_int_equal(a.spf.result, SPF_TEMPERROR);
	assert_int_equal(a.dmarc.result, DMARC_TEMPERROR);
	assert_int_equal(a.questions, 0);
}

/* Names of an enemy's: an SPF record as wide as it may be, behind MAIL FROM and HELO. */
static void wide_zone(void)
{
	char line[128];

	zone_add(sites);
	zone_add("wide.example. TXT \"v=spf1 mx:a.wide.example mx:a.wide.example mx:a.wide.example "
		 "mx:a.wide.example mx:a.wide.example mx:a.wide.example mx:a.wide.example "
		 "mx:a.wide.example mx:a.wide.example mx:a.wide.example -all\"\n");
	for (int i = 0; i < 10; i++) {
		snprintf(line, sizeof(line),
			"a.wide.example. MX %d h%d.wide.example.\nh%d.wide.example. A 203.0.113.%d\n",
			i, i, i, i);
		zone_add(line);
	}
}

/* Whatever a sender's own names cost, it is seen that another's wants its mail refused; and what
 * SPF has no questions left for is a temperror. */
static void wide(void **state)
{
	struct auth_question q = question("wide.example", "a@wide.example");
	const char *text = "DKIM-Signature: v=1; a=rsa-sha256; d=strict.example; s=sel; h=from; "
			   "bh=AA==; b=AA==\nFrom: x@strict.example\n\nhello\n";

	(void)state;
	wide_zone();
	for (uint32_t n = 8; n < 400; n++) {
		arena_reset(&arena);
		struct dns_budget b = budget(n);
		struct auth a = check(&q, text, &b);

		assert_int_equal(a.dkim.signature[0].result, DKIM_PERMERROR);
		assert_int_equal(a.dmarc.result, DMARC_FAIL);
		assert_int_equal(a.dmarc.policy, DMARC_ASK_REJECT);
		assert_int_equal(a.spf.result, n < 111 + 4 ? SPF_TEMPERROR : SPF_FAIL);
		assert_in_range(a.questions, n < 200 ? n - 4 : 200, n);
		assert_int_equal(a.questions, b.asked);
		assert_int_equal(n, b.asked + b.questions);
	}
}

/* The usual number of questions is enough for the worst that SPF of a sender, its keys and DMARC
 * can ask for. */
static void usual(void **state)
{
	struct auth_question q = question("mail.good.example", "a@wide.example");
	struct config config;
	struct err err;

	(void)state;
	wide_zone();
	assert_int_equal(config_parse(SPAN(""), "none", &config, &err), 0);
	uint32_t n = (uint32_t)config.gateway.dns_questions;

	config_done(&config);
	assert_true(n >= SPF_QUESTIONS_MOST + DKIM_MOST + DMARC_QUESTIONS_WALK + IPREV_QUESTIONS_MOST);
	struct dns_budget b = budget(n);
	struct auth a = check(&q, "From: x@strict.example\n\nhello\n", &b);

	assert_int_equal(a.spf.result, SPF_FAIL);
	assert_int_equal(a.spf_helo.result, SPF_PASS);
	assert_int_equal(a.iprev, IPREV_PASS);
	assert_int_equal(a.dmarc.result, DMARC_FAIL);
	assert_int_equal(a.failed, 0);
}

/* A struct dns where names under slow.example take all the time that there is, and others are
 * answered once they were told beforehand. */
struct slow {
	struct dns dns;
	struct dns_budget *budget;
	char told[64][DNS_NAME];
	size_t n;
};

static void slow_soon(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct slow *s = (struct slow *)dns;

	(void)type, (void)deadline;
	if (s->n < 64)
		memcpy(s->told[s->n++], name.p, name.n + 1);
}

static void slow_ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *to, struct dns_answer *ret)
{
	struct slow *s = (struct slow *)dns;
	bool known = s->budget->deadline == INT64_MAX;

	for (size_t i = 0; i < s->n; i++)
		known |= span_eq(name, span_cstr(s->told[i]));
	*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	if (span_ends_nocase(name, SPAN("slow.example")))
		s->budget->deadline = 0;
	else if (known)
		dns_zone_dns(zone)->ask(dns_zone_dns(zone), name, type, deadline, to, ret);
}

/* Nor does the time that they take hide it. */
static void slow(void **state)
{
	static const struct {
		const char *helo, *from, *signer;
		enum spf_result spf;
	} cases[] = {
		{"slow.example", "a@slow.example", "strict.example", SPF_TEMPERROR},
		{"slow.example", "", "slow.example", SPF_TEMPERROR},
		{"slow.example", "x@strict.example", "slow.example", SPF_FAIL},
		{"mail.good.example", "a@slow.example", "slow.example", SPF_TEMPERROR},
	};

	(void)state;
	zone_add(sites);
	zone_add("strict.example. TXT \"v=spf1 include:in.strict.example -all\"\n"
		 "in.strict.example. TXT \"v=spf1 a:b.strict.example -all\"\n"
		 "b.strict.example. A 203.0.113.1\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct auth_question q = question(cases[i].helo, cases[i].from);
		struct slow s = {.dns = {.ask = slow_ask, .soon = slow_soon}};
		struct dns_budget b = {.dns = &s.dns, .deadline = INT64_MAX, .questions = 100};
		char text[256];

		s.budget = &b;
		snprintf(text, sizeof(text),
			"DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=sel; h=from; bh=AA==; b=AA==\n"
			"From: x@strict.example\n\nhello\n",
			cases[i].signer);
		struct auth a = check(&q, text, &b);

		assert_int_equal(a.spf.result, cases[i].spf);
		if (a.dmarc.result != DMARC_FAIL || a.dmarc.policy != DMARC_ASK_REJECT)
			fail_msg("%zu: %s", i, dmarc_result_name(a.dmarc.result));
	}
}

/* A struct dns that answers nothing before all was told that can be told. */
struct told {
	struct dns dns;
	char names[2048];
	bool asked;
};

static void tell(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct told *t = (struct told *)dns;

	(void)deadline;
	if (!t->asked)
		snprintf(t->names + strlen(t->names), sizeof(t->names) - strlen(t->names),
			"%.*s %s\n", SPAN_ARG(name), dns_type_name(type));
}

static void refuse(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *a, struct dns_answer *ret)
{
	(void)name, (void)type, (void)deadline, (void)a;
	((struct told *)dns)->asked = true;
	ret->status = DNS_TEMPFAIL;
}

static void beforehand(void **state)
{
	struct auth_question q = question("mail.good.example", "bob@good.example");
	struct told t = {.dns = {.ask = refuse, .soon = tell}};
	struct dns_budget b = {.dns = &t.dns, .deadline = INT64_MAX, .questions = 100};
	struct auth a = check(&q,
		"DKIM-Signature: v=1; a=rsa-sha256; d=good.example; s=sel; h=from; bh=AA==; "
		"b=AA==\n"
		"From: Bob <bob@sub.good.example>\n\nhello\n",
		&b);

	(void)state;
	assert_int_equal(a.failed, a.questions);
	assert_string_equal(t.names, "good.example TXT\n"
				     "mail.good.example TXT\n"
				     "1.2.0.192.in-addr.arpa PTR\n"
				     "mail.good.example A\n"
				     "_dmarc.sub.good.example TXT\n"
				     "_dmarc.good.example TXT\n"
				     "sel._domainkey.good.example TXT\n");
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_order),
		TEST(null_sender),
		TEST(no_client),
		TEST(from),
		TEST(spent),
		TEST(wide),
		TEST(usual),
		TEST(slow),
		TEST(beforehand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
