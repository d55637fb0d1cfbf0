/* All methods in one call: who is asked about, what is told beforehand, and what DMARC makes of it.
 */
#include "auth/auth.h"
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
		TEST(beforehand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
