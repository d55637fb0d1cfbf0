#include "test.h"

#include "net/ip.h"

#include <arpa/inet.h>
#include <errno.h>

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(text), &ip), 0);
	return ip;
}

static struct prefix prefix_from(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_cstr(text), &p), 0);
	return p;
}

static void good_addresses_come_out_canonical(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"::", "::"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"2001:DB8::1", "2001:db8::1"},
		{"2001:0db8:0000:0000:0001:0000:0000:0001",
			"2001:db8::1:0:0:1"},                     /* RFC 5952, 4.2.3 */
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* 4.2.2 */
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"::ffff:192.0.2.1", "192.0.2.1"}, /* RFC 4291, 2.5.5.2 */
		{"::FFFF:c000:201", "192.0.2.1"},
		{"0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"},
		{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
		{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
		{"1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304"},
		{"::1.2.3.4", "::102:304"},
	};
	char text[IP_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ip ip = ip_of(rows[i].in);

		assert_string_equal(ip_format(&ip, text), rows[i].out);
	}
}

static void bad_addresses_are_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {"", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5",
		"256.1.1.1", "1.2.3.256", "01.2.3.4", "1.2.3.00", "1.2.3.0004", " 1.2.3.4",
		"1.2.3.4 ", "1..2.3", ".1.2.3", "0x1.2.3.4", "1.2.3.-4", ":", ":::", "1:::2",
		"::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
		"12345::", "g::", "1:", ":1", "::1:", "fe80::1%eth0", "1::2/64", "::1.2.3",
		"::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "::256.0.0.1",
		"::01.2.3.4", "[::1]", "::ffff:1.2.3.4%1"};
	struct ip ip = {.family = 77};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (ip_parse(span_cstr(rows[i]), &ip) != -EINVAL)
			fail_msg("taken: \"%s\"", rows[i]);
		assert_int_equal(ip.family, 77);
	}
}

static uint32_t next_random(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

/* Random addresses with many zero groups, against the C library's own reader and writer. */
static void agrees_with_the_system(void **state)
{
	(void)state;
	uint32_t seed = 1;
	char theirs[INET6_ADDRSTRLEN], ours[IP_TEXT];
	struct ip back;

	for (int round = 0; round < 20000; round++) {
		struct ip ip = {.family = IP_V6};

		for (int i = 0; i < 16; i++) {
			uint32_t r = next_random(&seed);

			ip.byte[i] = r >> 31 ? 0 : (uint8_t)(r >> 20);
		}
		ip.byte[0] |= 0x20; /* away from ::/80, which the C library writes in another way */
		inet_ntop(AF_INET6, ip.byte, theirs, sizeof(theirs));
		assert_string_equal(ip_format(&ip, ours), theirs);
		assert_int_equal(ip_parse(span_cstr(ours), &back), 0);
		assert_true(ip_eq(&ip, &back));
		ip = ip_from_v4(next_random(&seed));
		inet_ntop(AF_INET, ip.byte, theirs, sizeof(theirs));
		assert_string_equal(ip_format(&ip, ours), theirs);
		assert_int_equal(ip_parse(span_cstr(ours), &back), 0);
		assert_true(ip_eq(&ip, &back));
	}
}

/* Texts made of an address's own characters: both readers take the same ones. */
static void refuses_what_the_system_refuses(void **state)
{
	(void)state;
	static const char alphabet[] = "::::....0123fF";
	uint32_t seed = 7;

	for (int round = 0; round < 200000; round++) {
		char text[24];
		size_t n = next_random(&seed) >> 16;
		struct ip ip;
		uint8_t theirs[16];

		n = n % 20 + 1;
		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[(next_random(&seed) >> 20) % (sizeof(alphabet) - 1)];
		text[n] = '\0';
		bool good = ip_parse(span_cstr(text), &ip) == 0;

		if (good != (inet_pton(AF_INET6, text, theirs) == 1 ||
				    inet_pton(AF_INET, text, theirs) == 1))
			fail_msg("%s: we %s it", text, good ? "take" : "refuse");
	}
}

static void prefixes_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"192.0.2.77/24", "192.0.2.0/24"},
		{"192.0.2.1", "192.0.2.1/32"},
		{"255.255.255.255/0", "0.0.0.0/0"},
		{"255.255.255.255/1", "128.0.0.0/1"},
		{"10.1.2.3/31", "10.1.2.2/31"},
		{"2001:db8:ffff::/33", "2001:db8:8000::/33"},
		{"2001:db8::1", "2001:db8::1/128"},
		{"::/0", "::/0"},
		{"::ffff:192.0.2.0/120", "192.0.2.0/24"},
		{"::ffff:192.0.2.0/96", "0.0.0.0/0"},
		{"::ffff:0:0/95", "::fffe:0:0/95"},
	};
	static const char *const bad[] = {"", "/", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/08",
		"1.2.3.4/-1", "1.2.3.4/ 8", "1.2.3.4/8/8", "::/129", "::/0128", "/8", "1.2.3/8"};
	char text[IP_TEXT];
	struct prefix p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		p = prefix_from(rows[i].in);
		assert_string_equal(prefix_format(&p, text), rows[i].out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (prefix_parse(span_cstr(bad[i]), &p) != -EINVAL)
			fail_msg("taken: \"%s\"", bad[i]);
}

static void a_prefix_has_its_own_addresses_alone(void **state)
{
	(void)state;
	static const struct {
		const char *prefix, *ip;
		bool has;
	} rows[] = {
		{"192.0.2.0/24", "192.0.2.255", true},
		{"192.0.2.0/24", "192.0.3.0", false},
		{"192.0.2.0/23", "192.0.3.0", true},
		{"192.0.2.4/30", "192.0.2.7", true},
		{"192.0.2.4/30", "192.0.2.8", false},
		{"0.0.0.0/0", "255.0.0.1", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "1.2.3.4", false},
		{"2001:db8::/33", "2001:db8:7fff::", true},
		{"2001:db8::/33", "2001:db8:8000::", false},
		{"2001:db8::1/128", "2001:db8::1", true},
		{"2001:db8::1/128", "2001:db8::2", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct prefix p = prefix_from(rows[i].prefix);
		struct ip ip = ip_of(rows[i].ip);

		if (prefix_has(&p, &ip) != rows[i].has)
			fail_msg("%s, %s", rows[i].prefix, rows[i].ip);
	}
}

static void order_is_by_family_then_value(void **state)
{
	(void)state;
	const struct ip none = {0}, low = ip_of("9.0.0.0"), high = ip_of("10.0.0.0"),
			six = ip_of("::1");

	assert_true(ip_compare(&none, &low) < 0);
	assert_true(ip_compare(&low, &high) < 0);
	assert_true(ip_compare(&six, &high) > 0);
	assert_true(ip_eq(&high, &high));
	assert_false(ip_eq(&high, &low));
	assert_int_equal(ip_v4(&high), 0x0a000000);
}

static void scopes(void **state)
{
	(void)state;
	static const struct {
		const char *ip, *scope;
	} rows[] = {
		{"8.8.8.8", "global"},
		{"0.1.2.3", "reserved"},
		{"10.0.0.1", "private"},
		{"100.63.255.255", "global"},
		{"100.64.0.0", "private"},
		{"100.128.0.0", "global"},
		{"127.9.9.9", "loopback"},
		{"169.254.1.1", "link-local"},
		{"172.15.255.255", "global"},
		{"172.31.255.255", "private"},
		{"172.32.0.0", "global"},
		{"192.0.0.8", "reserved"},
		{"192.0.2.200", "documentation"},
		{"192.88.99.1", "reserved"},
		{"192.168.1.1", "private"},
		{"198.19.255.255", "reserved"},
		{"198.20.0.0", "global"},
		{"198.51.100.9", "documentation"},
		{"203.0.113.9", "documentation"},
		{"203.0.114.9", "global"},
		{"223.255.255.255", "global"},
		{"224.0.0.1", "multicast"},
		{"239.255.255.255", "multicast"},
		{"255.255.255.255", "reserved"},
		{"::", "reserved"},
		{"::1", "loopback"},
		{"::2", "reserved"},
		{"64:ff9b::1", "reserved"},
		{"100::1", "reserved"},
		{"2001::1", "reserved"},
		{"2001:1ff::1", "reserved"},
		{"2001:200::1", "global"},
		{"2001:db8::1", "documentation"},
		{"2001:db9::1", "global"},
		{"2002::1", "reserved"},
		{"2600::1", "global"},
		{"3fff:fff::1", "documentation"},
		{"3fff:1000::1", "global"},
		{"4000::1", "reserved"},
		{"fc00::1", "private"},
		{"fdff::1", "private"},
		{"fe80::1", "link-local"},
		{"febf::1", "link-local"},
		{"fec0::1", "reserved"},
		{"ff02::1", "multicast"},
		{"::ffff:10.0.0.1", "private"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ip ip = ip_of(rows[i].ip);

		if (strcmp(ip_scope_name(ip_scope(&ip)), rows[i].scope))
			fail_msg("%s: %s", rows[i].ip, ip_scope_name(ip_scope(&ip)));
		assert_int_equal(
			ip_may_look_up(&ip), !strcmp(rows[i].scope, "global") ||
						     !strcmp(rows[i].scope, "documentation"));
	}
	assert_int_equal(ip_scope(&(struct ip){0}), IP_RESERVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_come_out_canonical),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(agrees_with_the_system),
		cmocka_unit_test(refuses_what_the_system_refuses),
		cmocka_unit_test(prefixes_are_read),
		cmocka_unit_test(a_prefix_has_its_own_addresses_alone),
		cmocka_unit_test(order_is_by_family_then_value),
		cmocka_unit_test(scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
