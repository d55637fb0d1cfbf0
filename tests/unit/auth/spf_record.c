/* The grammar of SPF records (RFC 7208, 12): what is sound, and what each term says. */
#include "test.h"

#include "auth/spf_record.h"

static void is_record(void **state)
{
	(void)state;
	assert_true(spf_record_is(SPAN("v=spf1")));
	assert_true(spf_record_is(SPAN("V=SpF1 -all")));
	assert_false(spf_record_is(SPAN("v=spf10 -all")));
	assert_false(spf_record_is(SPAN("v=spf1\t-all")));
	assert_false(spf_record_is(SPAN(" v=spf1")));
	assert_false(spf_record_is(SPAN("v=spf")));
	assert_false(spf_record_is(SPAN("")));
}

static void sound(void **state)
{
	static const struct {
		const char *terms;
		bool sound;
	} cases[] = {
		{"", true},
		{"  a   mx  ", true},
		{"+a -A:example.com ~mx/24 ?ptr exists:%{i}.x.org ALL", true},
		{"a/0 a//0 a/32//128 a:example.com/8//64 mx:%{d}/24", true},
		{"a:%{d/}/24", true},
		{"ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::1 ip6:::ffff:1.2.3.4",
			true},
		{"redirect=example.com exp=%{d} unknown=%{d}/x. x.y-z_1=", true},
		{"x=1 x=1", true},
		{"a/33", false},
		{"a//129", false},
		{"a/024", false},
		{"a/", false},
		{"a/x", false},
		{"a:", false},
		{"a:/24", false},
		{"a:example.com/24/24", false},
		{"a:example.com:8080", false},
		{"mx:com", false},
		{"ptr/24", false},
		{"all:example.com", false},
		{"all/8", false},
		{"all.", false},
		{"include", false},
		{"include:", false},
		{"include:example.com/24", false},
		{"exists", false},
		{"ip4", false},
		{"ip4:", false},
		{"ip4/24", false},
		{"ip4:1.2.3", false},
		{"ip4:1.2.3.4.5", false},
		{"ip4:1.2.3.04", false},
		{"ip4:1.2.3.256", false},
		{"ip4:1.2.3.4//32", false},
		{"ip4:1.2.3.4/33", false},
		{"ip4:2001:db8::1", false},
		{"ip6:1.2.3.4", false},
		{"ip6:2001:db8::1%eth0", false},
		{"ip6:2001:db8::/129", false},
		{"ip6:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
			false},
		{"nonsense", false},
		{"++a", false},
		{"-", false},
		{":", false},
		{"-redirect=example.com", false},
		{"redirect=", false},
		{"redirect=com", false},
		{"redirect=a.org redirect=b.org", false},
		{"exp=a.org exp=a.org", false},
		{"x=%", false},
		{"x=%{c}", false},
		{"1x=a", false},
		{"=a", false},
		{"a\tmx", false},
		{"a\xff", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];
		struct spf_record r;

		snprintf(text, sizeof(text), "v=spf1 %s", cases[i].terms);
		const char *wrong = spf_record_parse(span_cstr(text), &r);

		if (!wrong != cases[i].sound)
			fail_msg("%s: %s", text, wrong ? wrong : "sound");
	}
}

static void terms(void **state)
{
	static const struct {
		const char *text;
		enum spf_mechanism mechanism;
		enum spf_result result;
		const char *domain, *net;
		int v4, v6;
	} want[] = {
		{"a", SPF_A, SPF_PASS, "", NULL, 32, 128},
		{"?MX:a.%{d}/24//64", SPF_MX, SPF_NEUTRAL, "a.%{d}", NULL, 24, 64},
		{"-ip4:192.0.2.7/24", SPF_IP4, SPF_FAIL, "", "192.0.2.0/24", 0, 0},
		{"~ip6:2001:DB8::7/32", SPF_IP6, SPF_SOFTFAIL, "", "2001:db8::/32", 0, 0},
		{"ip6:::ffff:192.0.2.0/120", SPF_IP6, SPF_PASS, "", "192.0.2.0/24", 0, 0},
		{"+all", SPF_ALL, SPF_PASS, "", NULL, 32, 128},
	};
	struct spf_record r;
	struct spf_term t;
	struct span rest;

	(void)state;
	assert_null(spf_record_parse(
		SPAN("v=spf1 a redirect=b.org ?MX:a.%{d}/24//64 -ip4:192.0.2.7/24 x=y "
		     "~ip6:2001:DB8::7/32 ip6:::ffff:192.0.2.0/120 Exp=%{d}.e.org +all"),
		&r));
	assert_span(r.redirect, "b.org");
	assert_span(r.exp, "%{d}.e.org");
	rest = r.terms;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		char net[IP_TEXT];

		assert_true(spf_record_next(&rest, &t));
		assert_span(t.text, want[i].text);
		assert_int_equal(t.mechanism, want[i].mechanism);
		assert_int_equal(t.result, want[i].result);
		assert_span(t.domain, want[i].domain);
		if (want[i].net) {
			assert_string_equal(prefix_format(&t.net, net), want[i].net);
		} else {
			assert_int_equal(t.v4, want[i].v4);
			assert_int_equal(t.v6, want[i].v6);
		}
	}
	assert_false(spf_record_next(&rest, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_record),
		cmocka_unit_test(sound),
		cmocka_unit_test(terms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
