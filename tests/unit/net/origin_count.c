/* Counts against a naive list of all routes, asked prefix by prefix. */
#include "test.h"

#include "base/random.h"
#include "net/origin_count.h"

#include <errno.h>

static struct prefix prefix_of_text(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_cstr(text), &p), 0);
	return p;
}

static void the_origin_of_most_routes_wins(void **state)
{
	(void)state;
	static const struct {
		const char *prefix;
		asn_t asn;
	} in[] = {
		{"192.0.2.0/24", 3},
		{"2001:db8::/32", 5},
		{"192.0.2.0/24", 2},
		{"192.0.2.0/25", 7}, /* another prefix */
		{"192.0.2.0/24", 2},
		{"2001:db8::/32", 4}, /* as many: the lower */
		{"10.0.0.0/8", 1},
	};
	static const struct {
		const char *prefix;
		asn_t asn;
		uint32_t origins;
	} out[] = {
		{"10.0.0.0/8", 1, 1},
		{"192.0.2.0/24", 2, 2},
		{"192.0.2.0/25", 7, 1},
		{"2001:db8::/32", 4, 2},
	};
	struct origin_count *c;
	struct prefix_origin o;
	char text[IP_TEXT];

	assert_int_equal(origin_count_new(&c), 0);
	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		struct prefix p = prefix_of_text(in[i].prefix);

		assert_int_equal(origin_count_add(c, &p, in[i].asn), 0);
	}
	origin_count_sort(c);
	for (size_t i = 0; i < sizeof(out) / sizeof(*out); i++) {
		assert_true(origin_count_next(c, &o));
		assert_string_equal(prefix_format(&o.prefix, text), out[i].prefix);
		assert_int_equal(o.asn, out[i].asn);
		assert_int_equal(o.origins, out[i].origins);
	}
	assert_false(origin_count_next(c, &o));
	origin_count_free(c);
}

static void nothing_gives_nothing(void **state)
{
	(void)state;
	struct origin_count *c;
	struct prefix_origin o;

	assert_int_equal(origin_count_new(&c), 0);
	origin_count_sort(c);
	assert_false(origin_count_next(c, &o));
	origin_count_free(c);
}

#define PREFIXES 6000u
#define ORIGINS  4u

/* The same counts as a plain table of them. */
static void many_are_counted_as_a_list_counts_them(void **state)
{
	(void)state;
	static uint32_t routes[PREFIXES][ORIGINS];
	struct random r;
	struct origin_count *c;
	struct prefix_origin o;

	random_seed(&r, 1);
	assert_int_equal(origin_count_new(&c), 0);
	for (uint32_t i = 0; i < 60000; i++) {
		uint32_t at = (uint32_t)random_below(&r, PREFIXES);
		asn_t asn = (asn_t)random_below(&r, ORIGINS);
		struct prefix p = {ip_from_v4(at << 8), 24};

		routes[at][asn]++;
		assert_int_equal(origin_count_add(c, &p, asn), 0);
	}
	origin_count_sort(c);
	for (uint32_t at = 0; at < PREFIXES; at++) {
		asn_t best = 0;
		uint32_t origins = 0;

		for (asn_t asn = 0; asn < ORIGINS; asn++) {
			origins += routes[at][asn] > 0;
			best = routes[at][asn] > routes[at][best] ? asn : best;
		}
		if (!origins)
			continue;
		assert_true(origin_count_next(c, &o));
		assert_int_equal(ip_v4(&o.prefix.ip), at << 8);
		assert_int_equal(o.asn, best);
		assert_int_equal(o.origins, origins);
	}
	assert_false(origin_count_next(c, &o));
	origin_count_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_origin_of_most_routes_wins),
		cmocka_unit_test(nothing_gives_nothing),
		cmocka_unit_test(many_are_counted_as_a_list_counts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
