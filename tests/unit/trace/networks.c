#include "test.h"

#include "trace/networks.h"

/* A trace from one address on one network, as if it had been looked up. */
static struct trace from(const char *address, asn_t asn, const char *holder, int32_t day)
{
	struct trace t = {.day = day, .day_known = true, .has_source = true};

	assert_int_equal(ip_parse(span_cstr(address), &t.source.ip), 0);
	t.source.on = (struct attribution){.ip = t.source.ip,
		.found = asn != 0,
		.origin = {.asn = asn, .holder = span_cstr(holder)}};
	return t;
}

static void messages_and_addresses_are_counted(void **state)
{
	(void)state;
	struct networks *n = networks_new();
	const struct trace traces[] = {
		from("192.0.2.1", 64500, "Brackwater", 100),
		from("192.0.2.1", 64500, "Brackwater", 103),
		from("192.0.2.2", 64500, "Brackwater", 99),
		from("203.0.113.9", 64501, "Elsewhere", 100),
		from("198.51.100.1", 0, "", 100),
	};
	size_t count;

	for (size_t i = 0; i < sizeof(traces) / sizeof(*traces); i++)
		assert_int_equal(networks_add(n, &traces[i]), 0);
	const struct network *w = networks_ranked(n, &count);

	assert_int_equal(count, 3);
	assert_int_equal(w[0].asn, 64500);
	assert_string_equal(w[0].holder, "Brackwater");
	assert_int_equal(w[0].messages, 3);
	assert_int_equal(w[0].addresses, 2);
	assert_int_equal(w[0].first_day, 99);
	assert_int_equal(w[0].last_day, 103);
	/* Equal counts: by number, unknown networks as 0. */
	assert_int_equal(w[1].asn, 0);
	assert_int_equal(w[2].asn, 64501);
	networks_free(n);
}

static void advertised_hosts_count_apart(void **state)
{
	(void)state;
	struct networks *n = networks_new();
	struct trace t = from("192.0.2.1", 64500, "Sender", 1);
	struct advertised h = {.n = 1};
	size_t count;

	h.at[0] = from("203.0.113.9", 64501, "Host", 1).source;
	t.host = &h;
	t.hosts = 1;
	assert_int_equal(networks_add(n, &t), 0);
	const struct network *w = networks_ranked(n, &count);

	assert_int_equal(count, 2);
	assert_int_equal(w[1].asn, 64501);
	assert_int_equal(w[1].messages, 0);
	assert_int_equal(w[1].hosts, 1);
	networks_free(n);
}

static void many_networks_and_addresses(void **state)
{
	(void)state;
	struct networks *n = networks_new();
	size_t count;

	for (uint32_t i = 0; i < 20000; i++) {
		struct trace t = from("192.0.2.1", 1 + i % 5000 * 7, "x", 1);

		t.source.ip = ip_from_v4(i);
		assert_int_equal(networks_add(n, &t), 0);
	}
	const struct network *w = networks_ranked(n, &count);

	assert_int_equal(count, 5000);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(w[i].asn, 1 + i * 7);
		assert_int_equal(w[i].messages, 4);
		assert_int_equal(w[i].addresses, 4);
	}
	networks_free(n);
}

static void long_holders_are_cut_on_a_character(void **state)
{
	(void)state;
	struct networks *n = networks_new();
	char name[120];
	size_t count;

	/* 94 letters, then two bytes of one character: it does not fit before the NUL. */
	memset(name, 'a', 94);
	strcpy(name + 94, "\u00e9xyz");
	struct trace t = from("192.0.2.1", 64500, name, 1);

	assert_int_equal(networks_add(n, &t), 0);
	assert_int_equal(strlen(networks_ranked(n, &count)[0].holder), 94);
	networks_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_and_addresses_are_counted),
		cmocka_unit_test(advertised_hosts_count_apart),
		cmocka_unit_test(many_networks_and_addresses),
		cmocka_unit_test(long_holders_are_cut_on_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
