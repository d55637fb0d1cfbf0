/* Names of an address that lead back to it, and what a HELO is. */
#include "auth/iprev.h"
#include "zone.h"

static const char names_zone[] =
	"1.2.0.192.in-addr.arpa. PTR mail.good.example.\n"
	"mail.good.example. A 192.0.2.1\nhelo.good.example. A 192.0.2.1\n"
	"mail.good.example. A 192.0.2.77\n"
	"2.2.0.192.in-addr.arpa. PTR mail.good.example.\n" /* does not lead back */
	"3.2.0.192.in-addr.arpa. PTR nowhere.example.\n"
	"4.2.0.192.in-addr.arpa. SERVFAIL\n"
	"5.2.0.192.in-addr.arpa. PTR nowhere.example.\n5.2.0.192.in-addr.arpa. PTR lost.example.\n"
	"lost.example. SERVFAIL\n"
	"6.2.0.192.in-addr.arpa. PTR lost.example.\n6.2.0.192.in-addr.arpa. PTR six.example.\n"
	"6.2.0.192.in-addr.arpa. PTR sixth.example.\n"
	"six.example. A 192.0.2.6\nsixth.example. A 192.0.2.6\n"
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR "
	"six.example.\n"
	"six.example. AAAA 2001:db8::1\n";

static void table(void **state)
{
	static const struct {
		const char *ip, *helo;
		enum iprev_result result;
		const char *name;
		enum iprev_helo is;
	} cases[] = {
		{"192.0.2.1", "mail.good.example", IPREV_PASS, "mail.good.example", IPREV_HELO_OWN},
		{"192.0.2.1", "MAIL.good.example.", IPREV_PASS, "mail.good.example",
			IPREV_HELO_OWN},
		{"192.0.2.1", "helo.good.example", IPREV_PASS, "mail.good.example", IPREV_HELO_OWN},
		{"192.0.2.1", "six.example", IPREV_PASS, "mail.good.example", IPREV_HELO_OTHER},
		{"192.0.2.1", "none.example", IPREV_PASS, "mail.good.example", IPREV_HELO_NOWHERE},
		{"192.0.2.1", "lost.example", IPREV_PASS, "mail.good.example", IPREV_HELO_UNKNOWN},
		{"192.0.2.1", "localhost", IPREV_PASS, "mail.good.example", IPREV_HELO_NO_NAME},
		{"192.0.2.1", "a..b", IPREV_PASS, "mail.good.example", IPREV_HELO_NO_NAME},
		{"192.0.2.1", "", IPREV_PASS, "mail.good.example", IPREV_HELO_NO_NAME},
		{"192.0.2.1", "[192.0.2.1]", IPREV_PASS, "mail.good.example", IPREV_HELO_OWN},
		{"192.0.2.1", "[192.0.2.9]", IPREV_PASS, "mail.good.example", IPREV_HELO_OTHER},
		{"192.0.2.1", "192.0.2.9", IPREV_PASS, "mail.good.example", IPREV_HELO_OTHER},
		{"2001:db8::1", "[IPv6:2001:db8::1]", IPREV_PASS, "six.example", IPREV_HELO_OWN},
		{"2001:db8::1", "[IPv6:2001:db8::1", IPREV_PASS, "six.example", IPREV_HELO_NO_NAME},
		{"2001:db8::1", "six.example", IPREV_PASS, "six.example", IPREV_HELO_OWN},
		/* A name of the address, though it does not lead back. */
		{"192.0.2.2", "mail.good.example", IPREV_FAIL, "", IPREV_HELO_OWN},
		{"192.0.2.3", "six.example", IPREV_FAIL, "", IPREV_HELO_OTHER},
		{"192.0.2.4", "six.example", IPREV_TEMPERROR, "", IPREV_HELO_OTHER},
		{"192.0.2.5", "six.example", IPREV_TEMPERROR, "", IPREV_HELO_OTHER},
		{"192.0.2.6", "sixth.example", IPREV_PASS, "sixth.example", IPREV_HELO_OWN},
		{"192.0.2.6", "other.example", IPREV_PASS, "six.example", IPREV_HELO_NOWHERE},
		{"192.0.2.99", "six.example", IPREV_PERMERROR, "", IPREV_HELO_OTHER},
	};

	(void)state;
	zone_add(names_zone);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_budget b = budget(100);
		struct ip ip;

		assert_int_equal(ip_parse(span_cstr(cases[i].ip), &ip), 0);
		struct iprev r = iprev_check(&ip, span_cstr(cases[i].helo), &b, &arena);

		if (r.result != cases[i].result || r.helo != cases[i].is)
			fail_msg("%s %s: %s, %s", cases[i].ip, cases[i].helo,
				iprev_result_name(r.result), iprev_helo_name(r.helo));
		assert_span(r.name, cases[i].name);
	}
}

/* A hundred names cost no more than ten; what may not be asked is not known. */
static void bounds(void **state)
{
	struct ip ip = ip_from_v4(0xc0000201);
	char line[96];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line), "1.2.0.192.in-addr.arpa. PTR n%d.example.\n", i);
		zone_add(line);
	}
	zone_add("helo.example. A 192.0.2.1\n");
	for (uint32_t n = 0; n <= IPREV_QUESTIONS_MOST; n++) {
		struct dns_budget b = budget(n);
		struct iprev r = iprev_check(&ip, SPAN("helo.example"), &b, &arena);

		assert_int_equal(b.asked, n);
		assert_int_equal(r.result, n > IPREV_NAMES_MOST ? IPREV_FAIL : IPREV_TEMPERROR);
		assert_int_equal(
			r.helo, n == IPREV_QUESTIONS_MOST ? IPREV_HELO_OWN : IPREV_HELO_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(table), TEST(bounds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
