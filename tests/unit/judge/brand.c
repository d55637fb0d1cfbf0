/* The tables of public knowledge: names, hosts, brands. */
#include "test.h"

#include "judge/brand.h"
#include "judge/hosts.h"
#include "judge/names.h"

static void names_are_looked_up(void **state)
{
	(void)state;
	const struct names_list lists[] = {{1, "one two"}, {2, "two\n three"}, {4, ""}};
	struct names *merged = names_new(lists, 3, true), *first = names_new(lists, 3, false);

	assert_non_null(merged);
	assert_non_null(first);
	assert_int_equal(names_get(merged, SPAN("two")), 3);
	assert_int_equal(names_get(first, SPAN("two")), 1);
	assert_int_equal(names_get(first, SPAN("three")), 2);
	assert_int_equal(names_get(first, SPAN("four")), -1);
	assert_int_equal(names_get(first, SPAN("")), -1);
	names_free(merged);
	names_free(first);
}

static void one_slip(void **state)
{
	(void)state;
	assert_true(name_one_slip(SPAN("paypal"), SPAN("paypall")));
	assert_true(name_one_slip(SPAN("paypal"), SPAN("papal")));
	assert_true(name_one_slip(SPAN("paypal"), SPAN("paypol")));
	assert_true(name_one_slip(SPAN("paypal"), SPAN("payapl")));
	assert_true(name_one_slip(SPAN("aab"), SPAN("ab")));
	assert_false(name_one_slip(SPAN("paypal"), SPAN("paypal")));
	assert_false(name_one_slip(SPAN("paypal"), SPAN("papla")));
	assert_false(name_one_slip(SPAN("paypal"), SPAN("paypalxx")));
}

static void hosts_have_kinds(void **state)
{
	(void)state;
	assert_true(host_kind(SPAN("gmail.com")) & HOST_FREEMAIL);
	assert_true(host_kind(SPAN("u1.ct.sendgrid.net")) & HOST_CLICK);
	assert_true(host_kind(SPAN("a.b.c.d.e.f.g.h.blob.core.windows.net")) & HOST_STORAGE);
	assert_true(host_kind(SPAN("x.duckdns.org")) & HOST_DYNAMIC);
	assert_int_equal(host_kind(SPAN("notgmail.com")), 0);
	assert_int_equal(host_kind(SPAN("gmail.com.example.org")), 0);
	assert_int_equal(host_kind(SPAN("")), 0);
	assert_true(host_cheap_tld(SPAN("a.icu")));
	assert_false(host_cheap_tld(SPAN("icu.org")));
	assert_false(host_cheap_tld(SPAN("icu")));
}

static void brands_own_domains(void **state)
{
	(void)state;
	const struct brand *amazon = brand_of_domain(SPAN("amazon.com"));

	assert_non_null(amazon);
	assert_string_equal(amazon->shown, "Amazon");
	assert_true(brand_owns(amazon, SPAN("amazon.co.jp")));
	assert_true(brand_owns(amazon, SPAN("amazon.de")));
	assert_false(brand_owns(amazon, SPAN("amazon.tk")));
	assert_false(brand_owns(amazon, SPAN("amazon.top")));
	assert_false(brand_owns(amazon, SPAN("amazon-pay.de")));
	assert_null(brand_of_domain(SPAN("example.org")));
	/* Every brand owns the domains that it lists. */
	for (size_t i = 0; i < brands; i++) {
		struct span rest = span_cstr(brand_table[i].domains), domain;

		while (span_cut(&rest, ' ', &domain))
			assert_true(brand_owns(&brand_table[i], domain));
	}
}

static void brands_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool strict;
		const char *first; /* NULL for none */
	} cases[] = {
		{"paypal", false, "PayPal"},
		{"paypal service", true, "PayPal"},
		{"how paypal was made", true, NULL},
		{"chase miller", false, NULL},
		{"chase", false, "Chase"},
		{"chase online", false, "Chase"},
		{"anna@gmail.com", false, NULL},
		{"dhl paket", false, "DHL"},
		{"bodhla", false, NULL},
		{"", false, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct brand *named[BRANDS_NAMED];
		size_t n = brands_in_name(span_cstr(cases[i].text), cases[i].strict, named);

		if (!cases[i].first)
			assert_int_equal(n, 0);
		else if (n == 0)
			fail_msg("no brand in \"%s\"", cases[i].text);
		else
			assert_string_equal(named[0]->shown, cases[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_looked_up),
		cmocka_unit_test(one_slip),
		cmocka_unit_test(hosts_have_kinds),
		cmocka_unit_test(brands_own_domains),
		cmocka_unit_test(brands_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
