/* Macro strings: the examples of RFC 7208, 7.4, the grammar, and what goes beyond the bounds. */
#include "test.h"

#include "auth/spf_macro.h"

static struct spf_macro_values values(const char *ip)
{
	struct spf_macro_values v = {.local = SPAN("strong-bad"),
		.sender = SPAN("email.example.com"),
		.domain = SPAN("email.example.com"),
		.helo = SPAN("mx.example.org"),
		.now = 1445385600};

	assert_int_equal(ip_parse(span_cstr(ip), &v.ip), 0);
	return v;
}

static char *expand(const char *s, enum spf_macro_place place, const struct spf_macro_values *v)
{
	struct arena arena;
	struct span made;
	char *text;

	arena_init(&arena, 1 << 16);
	assert_true(spf_macro_valid(span_cstr(s), place));
	assert_int_equal(spf_macro_expand(span_cstr(s), place, v, &arena, &made), 0);
	text = strndup(made.p ? made.p : "", made.n);
	arena_done(&arena);
	return text;
}

static void expands(void **state)
{
	static const struct {
		const char *ip, *in, *out;
	} cases[] = {
		{"192.0.2.3", "%{s}", "strong-bad@email.example.com"},
		{"192.0.2.3", "%{o}", "email.example.com"},
		{"192.0.2.3", "%{d4}", "email.example.com"},
		{"192.0.2.3", "%{d3}", "email.example.com"},
		{"192.0.2.3", "%{d2}", "example.com"},
		{"192.0.2.3", "%{d1}", "com"},
		{"192.0.2.3", "%{dr}", "com.example.email"},
		{"192.0.2.3", "%{d2r}", "example.email"},
		{"192.0.2.3", "%{d1R}", "email"},
		{"192.0.2.3", "%{l}", "strong-bad"},
		{"192.0.2.3", "%{l-}", "strong.bad"},
		{"192.0.2.3", "%{lr}", "strong-bad"},
		{"192.0.2.3", "%{lr-}", "bad.strong"},
		{"192.0.2.3", "%{l1r-}", "strong"},
		{"192.0.2.3", "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
		{"192.0.2.3", "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
		{"192.0.2.3", "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
			"bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
		{"2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
			"1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf."
			"example.com"},
		{"192.0.2.3", "%{h}.%{p}", "mx.example.org.unknown"},
		{"192.0.2.3", "%%.%-.%{d99999999999999999999}", "%.%20.email.example.com"},
		{"192.0.2.3", "%{d.+2}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct spf_macro_values v = values(cases[i].ip);

		if (!cases[i].out) {
			assert_false(spf_macro_valid(span_cstr(cases[i].in), SPF_MACRO_NAME));
			continue;
		}
		char *got = expand(cases[i].in, SPF_MACRO_NAME, &v);

		assert_string_equal(got, cases[i].out);
		free(got);
	}
}

static void texts(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"%{c} is not one of %{d}'s", "2001:db8::1 is not one of email.example.com's"},
		{"See http://x.example/why?s=%{S};i=%{I1}&r=%{R}%_%{t}",
			"See http://x.example/why?s=strong-bad%40email.example.com;i=1&r=unknown "
			"1445385600"},
		{"", ""},
	};
	struct spf_macro_values v = values("2001:db8::1");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *got = expand(cases[i].in, SPF_MACRO_TEXT, &v);

		assert_string_equal(got, cases[i].out);
		free(got);
	}
}

static void grammar(void **state)
{
	static const struct {
		const char *in;
		bool valid, domain;
	} cases[] = {
		{"example.com", true, true},
		{"example.com.", true, true},
		{".com", true, true},
		{"a.b-c", true, true},
		{"%{d}", true, true},
		{"x.%%", true, true},
		{"%{l}.example.com", true, true},
		{"foo:bar/baz.example.com", true, true},
		{"com", true, false},
		{"com.", true, false},
		{"a.1", true, false},
		{"a.-b", true, false},
		{"a.b-", true, false},
		{"a.b_c", true, false},
		{"%{d}x", true, false},
		{"", true, false},
		{"a b.com", false, false},
		{"a\x80.com", false, false},
		{"a\r.com", false, false},
		{"%", false, false},
		{"%x.com", false, false},
		{"%{}", false, false},
		{"%{d", false, false},
		{"%{x}", false, false},
		{"%{d0}", false, false},
		{"%{d2r1}", false, false},
		{"%{d!}", false, false},
		{"%{ d}", false, false},
		{"%{c}.com", false, false},
		{"%{r}.com", false, false},
		{"%{t}.com", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = span_cstr(cases[i].in);

		if (spf_macro_valid(s, SPF_MACRO_NAME) != cases[i].valid ||
			spf_macro_is_domain(s) != cases[i].domain)
			fail_msg("%s", cases[i].in);
	}
	assert_true(spf_macro_valid(SPAN("%{c} %{r} %{t}"), SPF_MACRO_TEXT));
	assert_true(spf_macro_uses(SPAN("a.%{P2r-}.%{d}"), 'p'));
	assert_false(spf_macro_uses(SPAN("p.%%{p}.%{d}"), 'p'));
}

/* 7.3: labels go on the left, and so much that it fits. */
static void too_long(void **state)
{
	struct spf_macro_values v = values("192.0.2.3");
	char local[300], *got;

	(void)state;
	for (size_t i = 0; i < sizeof(local); i++)
		local[i] = i % 10 == 9 ? '.' : 'a';
	v.local = (struct span){local, sizeof(local)};
	got = expand("%{l}.example.com", SPF_MACRO_NAME, &v);
	assert_int_equal(strlen(got), 252); /* 24 labels of 9 and a dot, then ".example.com" */
	assert_true(memcmp(got, "aaaaaaaaa.", 10) == 0);
	assert_string_equal(got + 240, ".example.com");
	free(got);
}

/* A thousand macros over the longest values make no more than one. */
static void bombs(void **state)
{
	struct spf_macro_values v = values("192.0.2.3");
	char *bomb = calloc(1, 40000), *local = malloc(100000), *got;

	(void)state;
	memset(local, 'a', 100000);
	for (size_t i = 0; i < 100000; i += 60)
		local[i] = '-';
	v.local = (struct span){local, 100000};
	for (size_t i = 0; i < 7000; i++)
		memcpy(bomb + 5 * i, "%{Lr}", 5);
	got = expand(bomb, SPF_MACRO_TEXT, &v);
	assert_int_equal(strlen(got), SPF_MACRO_TEXT_MOST);
	free(got);
	strcpy(bomb + 35000, "%{l-}.example.com");
	got = expand(bomb, SPF_MACRO_NAME, &v);
	assert_in_range(strlen(got), 190, 253);
	assert_string_equal(got + strlen(got) - 12, ".example.com");
	free(got);
	free(bomb);
	free(local);
}

static void no_memory(void **state)
{
	struct spf_macro_values v = values("192.0.2.3");
	struct arena arena;
	struct span made = SPAN("untouched");

	(void)state;
	arena_init(&arena, 4);
	assert_int_not_equal(spf_macro_expand(SPAN("%{d}"), SPF_MACRO_NAME, &v, &arena, &made), 0);
	assert_span(made, "untouched");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands),
		cmocka_unit_test(texts),
		cmocka_unit_test(grammar),
		cmocka_unit_test(too_long),
		cmocka_unit_test(bombs),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
