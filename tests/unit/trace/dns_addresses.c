/* Addresses of hosts from a struct dns, within a budget. */
#include "test.h"

#include "net/dns_zone.h"
#include "trace/dns_addresses.h"

static const char zone[] = "a.example A 192.0.2.1\n"
			   "a.example A 192.0.2.2\n"
			   "a.example AAAA 2001:db8::1\n"
			   "six.example AAAA 2001:db8::6\n"
			   "www.example CNAME a.example\n"
			   "broken.example SERVFAIL\n"
			   "none.example TXT x\n";

static void addresses(void **state)
{
	static const struct {
		const char *host;
		size_t room;
		const char *found;
	} cases[] = {
		{"a.example", 4, "192.0.2.1 192.0.2.2 2001:db8::1 "},
		{"a.example", 1, "192.0.2.1 "},
		{"A.Example.", 2, "192.0.2.1 192.0.2.2 "},
		{"six.example", 4, "2001:db8::6 "},
		{"www.example", 4, "192.0.2.1 192.0.2.2 2001:db8::1 "},
		{"broken.example", 4, ""},
		{"none.example", 4, ""},
		{"nothing.example", 4, ""},
		{"no..name", 4, ""},
	};
	struct dns_addresses d;
	struct resolver r = dns_addresses_resolver(&d);
	struct dns_zone *z;
	struct ip ip[4];

	(void)state;
	assert_int_equal(dns_zone_new(&z), 0);
	assert_int_equal(dns_zone_read(z, span_cstr(zone), "zone", NULL), 0);
	dns_addresses_init(&d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char found[300] = "", text[IP_TEXT];

		d.budget = (struct dns_budget){
			.dns = dns_zone_dns(z), .deadline = INT64_MAX, .questions = 2};
		int n = r.addresses(r.context, span_cstr(cases[i].host), ip, cases[i].room);

		for (int k = 0; k < n; k++)
			strcat(strcat(found, ip_format(&ip[k], text)), " ");
		assert_string_equal(found, cases[i].found);
	}
	d.budget.questions = 0;
	assert_int_equal(r.addresses(r.context, SPAN("a.example"), ip, 4), 0);
	dns_addresses_done(&d);
	dns_zone_free(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
