/* Names and budgets of questions to the DNS. */
#include "test.h"

#include "net/dns.h"

#include <errno.h>
#include <time.h>

struct counted {
	struct dns dns;
	int asked, soon;
	char name[DNS_NAME];
};

static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	struct counted *c = (struct counted *)dns;

	(void)type;
	(void)deadline;
	(void)arena;
	c->asked++;
	memcpy(c->name, name.p, name.n + 1);
	*ret = (struct dns_answer){.status = c->asked == 2 ? DNS_TEMPFAIL : DNS_NXDOMAIN};
}

static void soon(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	(void)name;
	(void)type;
	(void)deadline;
	((struct counted *)dns)->soon++;
}

static int64_t in_seconds(int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec + seconds) * 1000000000;
}

static void names(void **state)
{
	static const struct {
		struct span in;
		const char *out; /* NULL: none */
	} cases[] = {
		{SPAN("Example.ORG."), "example.org"},
		{SPAN("_dmarc.example.org"), "_dmarc.example.org"},
		{SPAN("a\xff.example"), "a\xff.example"},
		{SPAN(""), NULL},
		{SPAN("."), NULL},
		{SPAN("a..b"), NULL},
		{SPAN(".a"), NULL},
		{SPAN("a.."), NULL},
		{SPAN("a\0b.example"), NULL},
		{SPAN("0123456789012345678901234567890123456789012345678901234567890123.org"), NULL},
	};
	char to[DNS_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int n = dns_name(cases[i].in, to);

		if (!cases[i].out) {
			assert_int_equal(n, -EINVAL);
			continue;
		}
		assert_string_equal(to, cases[i].out);
		assert_int_equal(n, (int)strlen(cases[i].out));
	}
	char longest[256];

	for (int i = 0; i < 256; i++)
		longest[i] = i % 64 == 63 ? '.' : 'a';
	assert_int_equal(dns_name((struct span){longest, 253}, to), 253);
	assert_int_equal(dns_name((struct span){longest, 254}, to), -EINVAL);
}

static void reverse(void **state)
{
	struct ip ip;
	char to[DNS_NAME];

	(void)state;
	assert_int_equal(ip_parse(SPAN("192.0.2.1"), &ip), 0);
	assert_string_equal(dns_reverse_name(&ip, to), "1.2.0.192.in-addr.arpa");
	assert_int_equal(ip_parse(SPAN("2001:db8::567:89ab"), &ip), 0);
	assert_string_equal(dns_reverse_name(&ip, to),
		"b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

static void budget(void **state)
{
	struct counted c = {.dns = {.ask = ask, .soon = soon}};
	struct dns_budget b = {.dns = &c.dns, .deadline = in_seconds(100), .questions = 3};
	static const enum dns_status expect[] = {
		DNS_NXDOMAIN, DNS_TEMPFAIL, DNS_NXDOMAIN, DNS_SPENT};
	struct dns_answer a;

	(void)state;
	dns_ask(&b, SPAN("no..name"), DNS_TXT, NULL, &a);
	assert_int_equal(a.status, DNS_UNFIT);
	assert_int_equal(c.asked, 0);
	for (size_t i = 0; i < 4; i++) {
		dns_soon(&b, SPAN("a.example"), DNS_TXT);
		dns_ask(&b, SPAN("A.Example."), DNS_TXT, NULL, &a);
		assert_int_equal(a.status, expect[i]);
	}
	assert_string_equal(c.name, "a.example");
	assert_int_equal(c.asked, 3);
	assert_int_equal(c.soon, 3);
	assert_int_equal(b.asked, 3);
	assert_int_equal(b.failed, 1);

	/* When the time is up, what is known is still told. */
	b = (struct dns_budget){.dns = &c.dns, .deadline = in_seconds(-1), .questions = 3};
	dns_ask(&b, SPAN("a.example"), DNS_TXT, NULL, &a);
	assert_int_equal(c.asked, 4);
	assert_int_equal(b.asked, 1);

	b = (struct dns_budget){.deadline = in_seconds(100), .questions = 3};
	dns_ask(&b, SPAN("a.example"), DNS_TXT, NULL, &a);
	assert_int_equal(a.status, DNS_SPENT);
	dns_soon(&b, SPAN("a.example"), DNS_TXT);
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(dns_type_name(DNS_AAAA), "AAAA");
	assert_int_equal(dns_type_of(SPAN("txt")), DNS_TXT);
	assert_int_equal(dns_type_of(SPAN("TX")), 0);
	assert_string_equal(dns_status_name(DNS_TEMPFAIL), "tempfail");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(reverse),
		cmocka_unit_test(budget),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
