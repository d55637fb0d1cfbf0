/* DMARC: where the record is found, what is aligned, what is asked for; by both RFCs. */
#include "auth/dmarc.h"
#include "zone.h"

static struct domain_tools *domains;

static struct spf spf_of(const char *domain, enum spf_result result)
{
	return (struct spf){.domain = span_cstr(domain), .result = result};
}

static struct dkim dkim_of(const char *domain, enum dkim_result result)
{
	struct dkim dkim = {.n = *domain ? 1 : 0};

	dkim.signature[0] = (struct dkim_signature){.domain = span_cstr(domain), .result = result};
	return dkim;
}

static struct dmarc ask(const struct dmarc_question *q, uint32_t questions, uint32_t *ret_asked)
{
	struct dns_budget b = budget(questions);
	struct dmarc d;

	assert_int_equal(dmarc_check(q, &b, &arena, &d), 0);
	if (ret_asked)
		*ret_asked = b.asked;
	return d;
}

#define LIST DMARC_BY_SUFFIX_LIST
#define WALK DMARC_BY_TREE_WALK
#define BOTH 2

enum {
	PASS = DMARC_PASS,
	FAIL = DMARC_FAIL,
	NONE = DMARC_NONE,
	PERM = DMARC_PERMERROR,
	TEMP = DMARC_TEMPERROR
};
enum { N = DMARC_ASK_NONE, Q = DMARC_ASK_QUARANTINE, R = DMARC_ASK_REJECT };
enum { NO, YES };

static const char example_zone[] =
	"_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=quarantine; np=none\"\n"
	"a.example.com. A 192.0.2.1\n"
	"_dmarc.own.example.com. TXT \"v=DMARC1; p=none\"\n"
	"own.example.com. A 192.0.2.1\n"
	"strict.example.net. A 192.0.2.1\n"
	"_dmarc.example.net. TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"\n"
	"_dmarc.two.example.com. TXT \"v=DMARC1; p=reject\"\n"
	"_dmarc.two.example.com. TXT \"v=DMARC1; p=none\"\n"
	"two.example.com. A 192.0.2.1\n"
	"_dmarc.noise.example. TXT \"v=spf1 -all\"\n"
	"_dmarc.noise.example. TXT \"v=DMARC1; p=reject\"\n"
	"_dmarc.wrong.example. TXT \"v=DMARC1; p=block\"\n"
	"_dmarc.lost.example. SERVFAIL TXT\n"
	"_dmarc.xn--god-sna.example. TXT \"v=DMARC1; p=quarantine\"\n"
	"silent.example. A 192.0.2.1\n"
	/* Two organisations below one name, told apart by psd=. */
	"_dmarc.host.example. TXT \"v=DMARC1; p=none; psd=y; sp=quarantine\"\n"
	"_dmarc.cust.host.example. TXT \"v=DMARC1; p=reject\"\n"
	"x.cust.host.example. A 192.0.2.1\n"
	"poor.host.example. A 192.0.2.1\n"
	"_dmarc.big.example. TXT \"v=DMARC1; p=reject\"\n"
	"_dmarc.dept.big.example. TXT \"v=DMARC1; p=quarantine; psd=n\"\n"
	"x.dept.big.example. A 192.0.2.1\n";

static const struct {
	int org;
	const char *from, *spf, *dkim; /* domains that pass */
	int result, policy;
	const char *found_at, *organisation;
	bool spf_aligned, dkim_aligned;
} cases[] = {
	/* clang-format off */
	{BOTH, "example.com", "example.com", "", PASS, R, "example.com", "example.com", YES, NO},
	{BOTH, "Example.COM", "", "EXAMPLE.com", PASS, R, "example.com", "example.com", NO, YES},
	{BOTH, "example.com", "b.example.com", "c.example.com", PASS, R, "example.com", "example.com", YES, YES},
	{BOTH, "example.com", "evil-example.com", "com", FAIL, R, "example.com", "example.com", NO, NO},
	{BOTH, "example.com", "", "", FAIL, R, "example.com", "example.com", NO, NO},
	{BOTH, "a.example.com", "", "example.com", PASS, Q, "example.com", "example.com", NO, YES},
	{BOTH, "nobody.example.com", "", "", FAIL, N, "example.com", "example.com", NO, NO},
	{BOTH, "own.example.com", "a.example.com", "", PASS, N, "own.example.com", "example.com", YES, NO},
	{BOTH, "example.net", "example.net", "", PASS, R, "example.net", "example.net", YES, NO},
	{BOTH, "strict.example.net", "example.net", "a.strict.example.net", FAIL, R, "example.net", "example.net", NO, NO},
	{LIST, "two.example.com", "", "", NONE, N, "", "example.com", NO, NO},
	{WALK, "two.example.com", "", "", FAIL, Q, "example.com", "example.com", NO, NO},
	{BOTH, "noise.example", "", "", FAIL, R, "noise.example", "noise.example", NO, NO},
	{BOTH, "wrong.example", "wrong.example", "", PERM, N, "wrong.example", "wrong.example", NO, NO},
	{BOTH, "lost.example", "lost.example", "", TEMP, N, "", "lost.example", NO, NO},
	{BOTH, "silent.example", "silent.example", "", NONE, N, "", "silent.example", NO, NO},
	{BOTH, "g\xc3\xb6" "od.example", "", "xn--god-sna.example", PASS, Q, "xn--god-sna.example", "xn--god-sna.example", NO, YES},
	{BOTH, "", "example.com", "", NONE, N, "", "", NO, NO},
	{BOTH, "[192.0.2.1]", "", "", NONE, N, "", "", NO, NO},
	{BOTH, "a..b", "", "", NONE, N, "", "", NO, NO},
	/* The list knows nothing of host.example; the walk does. */
	{LIST, "x.cust.host.example", "host.example", "", PASS, Q, "host.example", "host.example", YES, NO},
	{WALK, "x.cust.host.example", "host.example", "", FAIL, R, "cust.host.example", "cust.host.example", NO, NO},
	{WALK, "x.cust.host.example", "", "y.cust.host.example", PASS, R, "cust.host.example", "cust.host.example", NO, YES},
	{WALK, "poor.host.example", "cust.host.example", "a.poor.host.example", PASS, Q, "host.example", "poor.host.example", NO, YES},
	{WALK, "host.example", "cust.host.example", "host.example", PASS, N, "host.example", "host.example", YES, YES},
	{WALK, "x.dept.big.example", "big.example", "dept.big.example", PASS, Q, "dept.big.example", "dept.big.example", NO, YES},
	{WALK, "big.example", "x.dept.big.example", "y.big.example", PASS, R, "big.example", "big.example", NO, YES},
	/* clang-format on */
};

static void check_case(size_t i, enum dmarc_org org)
{
	struct spf spf = spf_of(cases[i].spf, *cases[i].spf ? SPF_PASS : SPF_FAIL);
	struct dkim dkim = dkim_of(cases[i].dkim, DKIM_PASS);
	struct dmarc_question q = {.from = span_cstr(cases[i].from),
		.spf = &spf,
		.dkim = &dkim,
		.org = org,
		.domains = domains};
	struct dmarc d = ask(&q, 100, NULL);

	if ((int)d.result != cases[i].result || (int)d.policy != cases[i].policy ||
		d.spf_aligned != cases[i].spf_aligned || d.dkim_aligned != cases[i].dkim_aligned)
		fail_msg("%s by %s: %s %s, aligned %d %d: %s", cases[i].from,
			org == LIST ? "list" : "walk", dmarc_result_name(d.result),
			dmarc_policy_name(d.policy), d.spf_aligned, d.dkim_aligned,
			d.reason ? d.reason : "");
	assert_span(d.found_at, cases[i].found_at);
	assert_span(d.organisation, cases[i].organisation);
	assert_int_equal(d.apply, d.result == DMARC_FAIL ? d.policy : DMARC_ASK_NONE);
	assert_int_equal(d.reason == NULL, d.result == DMARC_PASS);
}

static void table(void **state)
{
	(void)state;
	zone_add(example_zone);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int org = 0; org < 2; org++)
			if (cases[i].org == BOTH || cases[i].org == org)
				check_case(i, (enum dmarc_org)org);
}

/* What is not known and would matter makes it a temperror; what would not, does not. */
static void temporary(void **state)
{
	static const struct {
		enum spf_result spf;
		const char *spf_domain;
		enum dkim_result dkim;
		const char *dkim_domain;
		enum dmarc_result result;
	} errors[] = {
		{SPF_TEMPERROR, "example.com", DKIM_FAIL, "example.com", DMARC_TEMPERROR},
		{SPF_TEMPERROR, "other.example", DKIM_FAIL, "example.com", DMARC_FAIL},
		{SPF_FAIL, "example.com", DKIM_TEMPERROR, "example.com", DMARC_TEMPERROR},
		{SPF_FAIL, "example.com", DKIM_TEMPERROR, "other.example", DMARC_FAIL},
		{SPF_PASS, "example.com", DKIM_TEMPERROR, "example.com", DMARC_PASS},
		{SPF_TEMPERROR, "example.com", DKIM_PASS, "example.com", DMARC_PASS},
		{SPF_PERMERROR, "example.com", DKIM_PERMERROR, "example.com", DMARC_FAIL},
		{SPF_SOFTFAIL, "example.com", DKIM_POLICY, "example.com", DMARC_FAIL},
	};

	(void)state;
	zone_add(example_zone);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		for (int org = 0; org < 2; org++) {
			struct spf spf = spf_of(errors[i].spf_domain, errors[i].spf);
			struct dkim dkim = dkim_of(errors[i].dkim_domain, errors[i].dkim);
			struct dmarc_question q = {.from = SPAN("example.com"),
				.spf = &spf,
				.dkim = &dkim,
				.org = (enum dmarc_org)org,
				.domains = domains};

			assert_int_equal(ask(&q, 100, NULL).result, errors[i].result);
		}
}

/* A walk of which one answer is lacking: the domain itself is sure, its kin is not. */
static void walk_with_a_hole(void **state)
{
	struct spf spf = spf_of("kin.hole.example", SPF_PASS);
	struct dmarc_question q = {
		.from = SPAN("hole.example"), .spf = &spf, .org = DMARC_BY_TREE_WALK};

	(void)state;
	zone_add("_dmarc.hole.example. TXT \"v=DMARC1; p=reject\"\n_dmarc.example. SERVFAIL\n"
		 "_dmarc.lost.kin.example.org. SERVFAIL\n"
		 "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"\n");
	assert_int_equal(ask(&q, 100, NULL).result, DMARC_TEMPERROR);
	spf = spf_of("hole.example", SPF_PASS);
	assert_int_equal(ask(&q, 100, NULL).result, DMARC_PASS);
	q.from = SPAN("a.hole.example");
	assert_int_equal(ask(&q, 100, NULL).result, DMARC_TEMPERROR);
	q.from = SPAN("example.org");
	spf = spf_of("lost.kin.example.org", SPF_PASS);
	assert_int_equal(ask(&q, 100, NULL).result, DMARC_TEMPERROR);
}

/* pct=, t= and the draw (RFC 7489, 6.6.4; RFC 9989, 4.7). */
static void milder(void **state)
{
	static const struct {
		const char *record;
		enum dmarc_org org;
		uint32_t draw;
		enum dmarc_policy policy, apply;
	} rows[] = {
		{"p=reject; pct=30", LIST, 29, DMARC_ASK_REJECT, DMARC_ASK_REJECT},
		{"p=reject; pct=30", LIST, 30, DMARC_ASK_REJECT, DMARC_ASK_QUARANTINE},
		{"p=reject; pct=30", WALK, 99, DMARC_ASK_REJECT, DMARC_ASK_REJECT},
		{"p=quarantine; pct=0", LIST, 0, DMARC_ASK_QUARANTINE, DMARC_ASK_NONE},
		{"p=none; pct=0", LIST, 0, DMARC_ASK_NONE, DMARC_ASK_NONE},
		{"p=reject; t=y", WALK, 0, DMARC_ASK_REJECT, DMARC_ASK_QUARANTINE},
		{"p=quarantine; t=y", LIST, 0, DMARC_ASK_QUARANTINE, DMARC_ASK_NONE},
		{"p=reject; t=y; pct=0", LIST, 0, DMARC_ASK_REJECT, DMARC_ASK_QUARANTINE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[128], from[32];

		snprintf(from, sizeof(from), "p%zu.example", i);
		snprintf(text, sizeof(text), "_dmarc.%s. TXT \"v=DMARC1; %s\"\n", from,
			rows[i].record);
		zone_add(text);
		struct dmarc_question q = {.from = span_cstr(from),
			.org = rows[i].org,
			.draw = rows[i].draw,
			.domains = domains};
		struct dmarc d = ask(&q, 100, NULL);

		assert_int_equal(d.result, DMARC_FAIL);
		assert_int_equal(d.policy, rows[i].policy);
		assert_int_equal(d.apply, rows[i].apply);
	}
}

static const char deep[] = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.mail.example.com";

/* A name of many labels costs eight questions (RFC 9989, 4.10), and signatures of many as well. */
static void bounds(void **state)
{
	struct dkim dkim = {.n = DKIM_MOST};
	struct spf spf = spf_of("0.0.0.0.0.0.0.0.0.0.0.0.example.com", SPF_PASS);
	struct dmarc_question q = {
		.from = span_cstr(deep), .org = WALK, .spf = &spf, .dkim = &dkim};
	char name[DKIM_MOST][64];
	uint32_t asked;

	(void)state;
	assert_int_equal(ask(&q, 1000, &asked).result, DMARC_NONE);
	assert_int_equal(asked, 8);
	zone_add("_dmarc.example.com. TXT \"v=DMARC1; p=reject; np=reject\"\n"
		 "_dmarc.0.example.com. TXT \"v=DMARC1; psd=n\"\n");
	for (int i = 0; i < DKIM_MOST; i++) {
		snprintf(name[i], sizeof(name[i]), "%d.1.2.3.4.5.6.7.8.9.0.example.com", i);
		dkim.signature[i].domain = span_cstr(name[i]);
		dkim.signature[i].result = DKIM_PASS;
	}
	assert_int_equal(ask(&q, 1000, &asked).result, DMARC_FAIL);
	assert_in_range(asked, 8 + 9 * 6, DMARC_QUESTIONS_MOST);
	for (uint32_t n = 0; n < asked - 1; n++)
		assert_int_equal(ask(&q, n, NULL).result, DMARC_TEMPERROR);
}

struct told {
	struct dns dns;
	unsigned n;
	char name[16][DNS_NAME];
};

static void tell(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct told *t = (struct told *)dns;

	(void)deadline;
	assert_int_equal(type, DNS_TXT);
	memcpy(t->name[t->n++], name.p, name.n + 1);
}

static void beforehand(void **state)
{
	struct told t = {.dns = {.soon = tell}};
	struct dns_budget b = {.dns = &t.dns, .deadline = INT64_MAX, .questions = 100};
	struct dmarc_question q = {
		.from = SPAN("A.Mail.Example.co.uk"), .org = LIST, .domains = domains};

	(void)state;
	dmarc_soon(&q, &b, &arena);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.name[0], "_dmarc.a.mail.example.co.uk");
	assert_string_equal(t.name[1], "_dmarc.example.co.uk");
	t.n = 0;
	q.org = WALK;
	q.from = span_cstr(deep);
	dmarc_soon(&q, &b, &arena);
	assert_int_equal(t.n, 8);
	assert_string_equal(t.name[1], "_dmarc.m.n.o.p.mail.example.com");
	assert_string_equal(t.name[7], "_dmarc.com");
	q.from = SPAN("a..b");
	dmarc_soon(&q, &b, &arena);
	assert_int_equal(t.n, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(table),
		TEST(temporary),
		TEST(walk_with_a_hole),
		TEST(milder),
		TEST(bounds),
		TEST(beforehand),
	};
	int failed;

	domains = domain_tools_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	domain_tools_free(domains);
	return failed;
}
