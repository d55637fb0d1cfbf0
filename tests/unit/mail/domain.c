#include "test.h"

#include "mail/domain.h"

#include <errno.h>

static struct domain_tools *tools;
static struct arena arena;

static void registrable_domains(void **state)
{
	static const struct {
		const char *host, *domain;
	} rows[] = {{"www.example.com", "example.com"}, {"example.com", "example.com"}, {"com", ""},
		{"a.b.example.co.uk", "example.co.uk"}, {"co.uk", ""},
		{"a.nosuchsuffix", "a.nosuchsuffix"}, {"192.0.2.1", ""}, {"2001:db8::1", ""},
		{"", ""}, {".com", ""}, {"a..com", ""}, {"example.com.", ""},
		{"www.xn--85x722f.com.cn", "xn--85x722f.com.cn"}};

	(void)state;
	/* Twice: the second answer is out of the cache. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			assert_span(
				domain_registrable(tools, span_cstr(rows[i].host)), rows[i].domain);
}

static void hosts_over_the_bound_have_none(void **state)
{
	char host[DOMAIN_MOST + 8];

	(void)state;
	memset(host, 'a', sizeof(host));
	memcpy(host + sizeof(host) - 4, ".com", 4);
	assert_int_equal(domain_registrable(tools, (struct span){host, sizeof(host)}).n, 0);
	assert_int_equal(
		domain_registrable(tools, (struct span){host + 8, DOMAIN_MOST}).n, DOMAIN_MOST);
}

static void known_suffixes(void **state)
{
	(void)state;
	assert_true(domain_known_suffix(tools, SPAN("a.com")));
	assert_true(domain_known_suffix(tools, SPAN("uk")));
	assert_false(domain_known_suffix(tools, SPAN("a.nosuchsuffix")));
	assert_false(domain_known_suffix(tools, SPAN("")));
	assert_false(domain_known_suffix(tools, SPAN("1.2")));
}

static void converts_labels(void **state)
{
	struct span s;

	(void)state;
	assert_int_equal(domain_to_ascii(&arena, SPAN("WWW.Example.COM"), &s), 0);
	assert_span(s, "www.example.com");
	assert_int_equal(domain_to_ascii(&arena, SPAN("fa\xc3\x9f.de"), &s), 0);
	assert_span(s, "xn--fa-hia.de");
	assert_int_equal(domain_to_ascii(&arena, SPAN("\xe2\x80\xae.de"), &s), -EINVAL);
	assert_span(domain_to_unicode(&arena, SPAN("a.xn--fa-hia.de")), "a.fa\xc3\x9f.de");
	assert_span(domain_to_unicode(&arena, SPAN("plain.de")), "plain.de");
	assert_span(domain_to_unicode(&arena, SPAN("xn--\x01.de")), "xn--\x01.de");
}

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	tools = domain_tools_new();
	return tools ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	domain_tools_free(tools);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registrable_domains),
		cmocka_unit_test(hosts_over_the_bound_have_none),
		cmocka_unit_test(known_suffixes),
		cmocka_unit_test(converts_labels),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
