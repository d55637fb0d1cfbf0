/*
 * Tables against a naive oracle: all entries in a list, the narrowest that holds the address wins,
 * of equals the first. The addresses asked are the borders of every entry and their neighbours.
 */
#include "test.h"

#include "net/table.h"
#include "net/table_build.h"
#include "net/table_format.h"

#include <endian.h>
#include <errno.h>

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(text), &ip), 0);
	return ip;
}

static u128 number_of(const struct ip *ip)
{
	u128 v = 0;

	for (int i = 0; i < (ip->family == IP_V4 ? 4 : 16); i++)
		v = v << 8 | ip->byte[i];
	return v;
}

static struct ip ip_of_number(int family, u128 v)
{
	struct ip ip = {.family = (uint8_t)family};

	for (int i = family == IP_V4 ? 4 : 16; i-- > 0; v >>= 8)
		ip.byte[i] = (uint8_t)v;
	return ip;
}

/* A builder and what went in. */
struct fixture {
	struct table_builder *b;
	struct buf payload;
	struct table *t;
	uint64_t repeated;
};

static void begin(struct fixture *f)
{
	*f = (struct fixture){0};
	assert_int_equal(table_builder_new(&f->b), 0);
}

static void finish(struct fixture *f)
{
	struct table_label label = {14000, SPAN("test"), SPAN("Anyone may.")};

	assert_int_equal(table_builder_finish(f->b, &label, &f->payload, &f->repeated), 0);
	assert_int_equal(table_open_memory(buf_span(&f->payload), &f->t), 0);
}

static void done(struct fixture *f)
{
	table_close(f->t);
	table_builder_free(f->b);
	buf_done(&f->payload);
}

static void add_prefix(struct fixture *f, const char *text, asn_t asn, const char *holder)
{
	struct prefix p;
	uint32_t origin;

	assert_int_equal(prefix_parse(span_cstr(text), &p), 0);
	assert_int_equal(table_builder_origin(f->b, asn, span_cstr(holder), &origin), 0);
	assert_int_equal(table_builder_add_prefix(f->b, &p, origin), 0);
}

static int add_range(struct fixture *f, const char *first, const char *last, asn_t asn)
{
	struct ip a = ip_of(first), b = ip_of(last);
	uint32_t origin;

	assert_int_equal(table_builder_origin(f->b, asn, SPAN(""), &origin), 0);
	return table_builder_add_range(f->b, &a, &b, origin);
}

/* "PREFIX ASN HOLDER", or "-" when nothing covers the address. */
static void assert_origin(const struct fixture *f, const char *address, const char *want)
{
	struct ip ip = ip_of(address);
	char got[512] = "-", text[IP_TEXT];
	struct origin o = {0};

	if (table_lookup(f->t, &ip, &o))
		snprintf(got, sizeof(got), "%s %u %.*s", prefix_format(&o.prefix, text), o.asn,
			SPAN_ARG(o.holder));
	if (strcmp(got, want))
		fail_msg("%s: got \"%s\", want \"%s\"", address, got, want);
	if (ip.family == IP_V4)
		assert_int_equal(table_lookup_v4(f->t, ip_v4(&ip)), o.asn);
}

static void the_longest_prefix_wins(void **state)
{
	(void)state;
	struct fixture f;

	begin(&f);
	add_prefix(&f, "10.0.0.0/8", 1, "one");
	add_prefix(&f, "10.1.0.0/16", 2, "two");
	add_prefix(&f, "10.1.2.0/24", 1, "one");
	add_prefix(&f, "10.1.2.3/32", 3, "three");
	add_prefix(&f, "2001:db8::/32", 4, "four");
	add_prefix(&f, "2001:db8:0:1::/64", 5, "five");
	add_prefix(&f, "2001:db8:0:1::7/128", 6, "six");
	finish(&f);
	assert_origin(&f, "9.255.255.255", "-");
	assert_origin(&f, "10.0.0.0", "10.0.0.0/8 1 one");
	assert_origin(&f, "10.1.1.255", "10.1.0.0/16 2 two");
	assert_origin(&f, "10.1.2.2", "10.1.2.0/24 1 one");
	assert_origin(&f, "10.1.2.3", "10.1.2.3/32 3 three");
	assert_origin(&f, "10.1.2.4", "10.1.2.0/24 1 one");
	assert_origin(&f, "10.1.3.0", "10.1.0.0/16 2 two");
	assert_origin(&f, "10.255.255.255", "10.0.0.0/8 1 one");
	assert_origin(&f, "11.0.0.0", "-");
	assert_origin(&f, "2001:db8::", "2001:db8::/32 4 four");
	assert_origin(&f, "2001:db8:0:1::6", "2001:db8:0:1::/64 5 five");
	assert_origin(&f, "2001:db8:0:1::7", "2001:db8:0:1::7/128 6 six");
	assert_origin(&f, "2001:db8:0:2::", "2001:db8::/32 4 four");
	assert_origin(&f, "2001:db9::", "-");
	done(&f);
}

static void a_range_answers_its_largest_block(void **state)
{
	(void)state;
	struct fixture f;

	begin(&f);
	add_range(&f, "192.0.2.3", "192.0.2.130", 7);
	add_range(&f, "2001:db8::", "2001:db8:2:ffff:ffff:ffff:ffff:ffff", 8);
	finish(&f);
	assert_origin(&f, "192.0.2.2", "-");
	assert_origin(&f, "192.0.2.3", "192.0.2.3/32 7 ");
	assert_origin(&f, "192.0.2.4", "192.0.2.4/30 7 ");
	assert_origin(&f, "192.0.2.100", "192.0.2.64/26 7 ");
	assert_origin(&f, "192.0.2.129", "192.0.2.128/31 7 ");
	assert_origin(&f, "192.0.2.131", "-");
	assert_origin(&f, "2001:db8:1::1", "2001:db8::/47 8 ");
	assert_origin(&f, "2001:db8:2::1", "2001:db8:2::/48 8 ");
	done(&f);
}

static void of_overlapping_ranges_the_narrower_wins(void **state)
{
	(void)state;
	struct fixture f;

	begin(&f);
	add_range(&f, "10.0.0.0", "10.0.0.99", 1);
	add_range(&f, "10.0.0.50", "10.0.0.120", 2); /* narrower, reaches beyond */
	add_range(&f, "10.0.0.60", "10.0.0.69", 3);
	finish(&f);
	assert_origin(&f, "10.0.0.49", "10.0.0.48/31 1 ");
	assert_origin(&f, "10.0.0.50", "10.0.0.50/31 2 ");
	assert_origin(&f, "10.0.0.60", "10.0.0.60/30 3 ");
	assert_origin(&f, "10.0.0.70", "10.0.0.70/31 2 ");
	assert_origin(&f, "10.0.0.120", "10.0.0.120/32 2 ");
	assert_origin(&f, "10.0.0.121", "-");
	done(&f);
}

static void of_the_same_prefix_the_first_counts(void **state)
{
	(void)state;
	struct fixture f;
	struct table_info info;

	begin(&f);
	add_prefix(&f, "198.51.100.0/24", 5, "");
	add_prefix(&f, "198.51.100.0/25", 6, "");
	add_prefix(&f, "198.51.100.0/24", 4, "");
	finish(&f);
	assert_int_equal(f.repeated, 1);
	assert_origin(&f, "198.51.100.200", "198.51.100.0/24 5 ");
	table_info(f.t, &info);
	assert_int_equal(info.v4, 2);
	done(&f);
}

static void the_whole_space_can_be_covered(void **state)
{
	(void)state;
	struct fixture f;

	begin(&f);
	add_prefix(&f, "0.0.0.0/0", 1, "all");
	add_prefix(&f, "::/0", 2, "all");
	add_prefix(&f, "255.255.255.255/32", 3, "");
	add_prefix(&f, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 4, "");
	add_range(&f, "0.0.0.0", "0.0.0.0", 5);
	finish(&f);
	assert_origin(&f, "0.0.0.0", "0.0.0.0/32 5 ");
	assert_origin(&f, "0.0.0.1", "0.0.0.0/0 1 all");
	assert_origin(&f, "255.255.255.254", "0.0.0.0/0 1 all");
	assert_origin(&f, "255.255.255.255", "255.255.255.255/32 3 ");
	assert_origin(&f, "::", "::/0 2 all");
	assert_origin(&f, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128 4 ");
	done(&f);
}

static void an_empty_table_finds_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct table_info info;
	struct origin o;

	begin(&f);
	finish(&f);
	assert_origin(&f, "8.8.8.8", "-");
	assert_origin(&f, "2600::", "-");
	assert_false(table_lookup(f.t, &(struct ip){0}, &o));
	table_info(f.t, &info);
	assert_int_equal(info.day, 14000);
	assert_int_equal(info.v4 + info.v6 + info.asns, 0);
	assert_span(info.source, "test");
	assert_span(info.terms, "Anyone may.");
	done(&f);
}

static void origin_zero_is_found_without_a_number(void **state)
{
	(void)state;
	struct fixture f;

	begin(&f);
	add_prefix(&f, "10.0.0.0/8", 0, "");
	add_prefix(&f, "11.0.0.0/8", 0, "Somebody");
	finish(&f);
	assert_origin(&f, "10.0.0.1", "10.0.0.0/8 0 ");
	assert_origin(&f, "11.0.0.1", "11.0.0.0/8 0 Somebody");
	assert_origin(&f, "12.0.0.1", "-");
	done(&f);
}

static void origins_are_kept_once_and_clean(void **state)
{
	(void)state;
	struct fixture f;
	struct table_info info;
	char longest[1000];
	uint32_t a, b, c;

	memset(longest, 'x', sizeof(longest));
	memcpy(longest + HOLDER_MOST - 1, "\xc3\xa9", 2); /* would be cut in the middle */
	begin(&f);
	assert_int_equal(table_builder_origin(f.b, 9, SPAN("Nine"), &a), 0);
	assert_int_equal(table_builder_origin(f.b, 9, SPAN("Nine"), &b), 0);
	assert_int_equal(table_builder_origin(f.b, 9, SPAN("Neun"), &c), 0);
	assert_int_equal(a, b);
	assert_int_not_equal(a, c);
	add_prefix(&f, "10.0.0.0/24", 1, "a\x1b[1m\tb\x7f");
	add_prefix(&f, "10.0.1.0/24", 2, "bad \xff\xc3");
	assert_int_equal(table_builder_origin(f.b, 3, (struct span){longest, 1000}, &a), 0);
	assert_int_equal(
		table_builder_add_prefix(f.b, &(struct prefix){ip_of("10.0.2.0"), 24}, a), 0);
	finish(&f);
	assert_origin(&f, "10.0.0.1", "10.0.0.0/24 1 a [1m b ");
	assert_origin(&f, "10.0.1.1", "10.0.1.0/24 2 bad \xef\xbf\xbd\xef\xbf\xbd");
	struct ip ip = ip_of("10.0.2.1");
	struct origin o;

	assert_true(table_lookup(f.t, &ip, &o));
	assert_int_equal(o.holder.n, HOLDER_MOST - 1);
	table_info(f.t, &info);
	assert_int_equal(info.asns, 4);
	done(&f);
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	struct prefix none = {0}, deep = {ip_of("1.2.3.4"), 33};
	struct ip four = ip_of("1.2.3.4"), six = ip_of("::1");

	begin(&f);
	assert_int_equal(table_builder_add_prefix(f.b, &none, 0), -EINVAL);
	assert_int_equal(table_builder_add_prefix(f.b, &deep, 0), -EINVAL);
	assert_int_equal(table_builder_add_range(f.b, &four, &six, 0), -EINVAL);
	assert_int_equal(add_range(&f, "1.2.3.5", "1.2.3.4", 1), -EINVAL);
	finish(&f);
	done(&f);
}

/* The oracle's entry. */
struct known {
	int family;
	u128 first, last;
	asn_t asn;
	unsigned length; /* VALUE_RANGE for a range */
};

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Clustered, so that entries nest, touch and overlap. */
static struct known random_entry(uint64_t *seed, int family)
{
	unsigned bits = family == IP_V4 ? 32 : 128;
	u128 max = family == IP_V4 ? UINT32_MAX : ~(u128)0;
	u128 v = (u128)next_random(seed) << 64 | next_random(seed);
	unsigned style = next_random(seed) % 8;
	struct known k = {.family = family, .asn = (asn_t)(next_random(seed) % 5)};

	v &= max;
	if (style < 6) /* few high bits, few low bits: near one another */
		v &= (u128)3 << (bits - 2) | (u128)0xf << (bits / 2) | 0x1f;
	if (style % 2) {
		k.length = next_random(seed) % (bits + 1);
		u128 host = k.length == 0 ? max : ((u128)1 << (bits - k.length)) - 1;

		k.first = v & ~host;
		k.last = k.first | host;
	} else {
		u128 size = next_random(seed) >> (next_random(seed) % 64);

		k.length = VALUE_RANGE;
		k.first = v;
		k.last = max - v < size ? max : v + size;
	}
	return k;
}

static const struct known *narrowest(const struct known *at, size_t n, int family, u128 v)
{
	const struct known *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (at[i].family == family && at[i].first <= v && v <= at[i].last &&
			(!best || at[i].last - at[i].first < best->last - best->first))
			best = &at[i];
	return best;
}

static void check_against(
	const struct table *t, const struct known *at, size_t n, int family, u128 v)
{
	const struct known *want = narrowest(at, n, family, v);
	struct ip ip = ip_of_number(family, v);
	struct origin o;
	bool found = table_lookup(t, &ip, &o);

	assert_int_equal(found, want != NULL);
	if (family == IP_V4)
		assert_int_equal(table_lookup_v4(t, (uint32_t)v), want ? want->asn : 0);
	if (!want)
		return;
	assert_int_equal(o.asn, want->asn);
	assert_true(prefix_has(&o.prefix, &ip));
	if (want->length != VALUE_RANGE) {
		assert_int_equal(o.prefix.length, want->length);
		return;
	}
	/* All of the block has the same answer, and it lies in the range. */
	unsigned bits = family == IP_V4 ? 32 : 128;
	u128 first = number_of(&o.prefix.ip);
	u128 host = o.prefix.length == 0 ? ~(u128)0 : ((u128)1 << (bits - o.prefix.length)) - 1;

	assert_true(first >= want->first && (first | host) <= want->last);
	assert_true(narrowest(at, n, family, first) == want);
	assert_true(narrowest(at, n, family, first | host) == want);
}

static void add_known(struct fixture *f, const struct known *k)
{
	struct ip first = ip_of_number(k->family, k->first),
		  last = ip_of_number(k->family, k->last);
	uint32_t origin;

	assert_int_equal(table_builder_origin(f->b, k->asn, SPAN("x"), &origin), 0);
	if (k->length == VALUE_RANGE)
		assert_int_equal(table_builder_add_range(f->b, &first, &last, origin), 0);
	else
		assert_int_equal(table_builder_add_prefix(
					 f->b, &(struct prefix){first, (uint8_t)k->length}, origin),
			0);
}

static void agrees_with_the_oracle(void **state)
{
	(void)state;
	uint64_t seed = 88172645463325252ULL;
	struct known known[60];

	for (int round = 0; round < 150; round++) {
		size_t n = next_random(&seed) % 60 + 1;
		struct fixture f;

		begin(&f);
		for (size_t i = 0; i < n; i++) {
			known[i] = random_entry(&seed, i % 2 ? IP_V4 : IP_V6);
			add_known(&f, &known[i]);
		}
		finish(&f);
		for (size_t i = 0; i < n; i++) {
			int family = known[i].family;
			u128 max = family == IP_V4 ? UINT32_MAX : ~(u128)0;

			check_against(f.t, known, n, family, known[i].first);
			check_against(f.t, known, n, family, known[i].last);
			check_against(f.t, known, n, family, (known[i].first - 1) & max);
			check_against(f.t, known, n, family, (known[i].last + 1) & max);
			check_against(f.t, known, n, family, next_random(&seed) & max);
		}
		done(&f);
	}
}

/* Every word of a good image is damaged in turn: refused, or harmless. */
static void damage_never_reads_astray(void **state)
{
	(void)state;
	static const uint32_t bad[] = {0, 1, 0x7fffffff, 0xffffffff};
	struct fixture f;
	struct ip four = ip_of("10.1.2.3"), six = ip_of("2001:db8::1");
	struct origin o;
	size_t refused = 0;

	begin(&f);
	add_prefix(&f, "10.0.0.0/8", 1, "one");
	add_prefix(&f, "10.1.2.0/24", 2, "two");
	add_prefix(&f, "2001:db8::/32", 3, "three");
	finish(&f);
	for (size_t at = 0; at < sizeof(struct table_head) + 256; at += 4) {
		for (size_t i = 0; i < 4; i++) {
			uint32_t before;
			struct table *t;

			memcpy(&before, f.payload.p + at, 4);
			memcpy(f.payload.p + at, &bad[i], 4);
			if (table_open_memory(buf_span(&f.payload), &t) == 0) {
				table_lookup(t, &four, &o);
				table_lookup(t, &six, &o);
				table_close(t);
			} else {
				refused++;
			}
			memcpy(f.payload.p + at, &before, 4);
		}
	}
	assert_true(refused > 50);
	done(&f);
}

static void a_short_image_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	struct table *t = NULL;

	begin(&f);
	add_prefix(&f, "10.0.0.0/8", 1, "one");
	finish(&f);
	for (size_t n = 0; n < f.payload.n; n += n < 256 ? 1 : 4093) {
		char *exact = malloc(n ? n : 1);

		memcpy(exact, f.payload.p, n);
		assert_int_equal(table_open_memory((struct span){exact, n}, &t), -EBADMSG);
		free(exact);
	}
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(a_range_answers_its_largest_block),
		cmocka_unit_test(of_overlapping_ranges_the_narrower_wins),
		cmocka_unit_test(of_the_same_prefix_the_first_counts),
		cmocka_unit_test(the_whole_space_can_be_covered),
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(origin_zero_is_found_without_a_number),
		cmocka_unit_test(origins_are_kept_once_and_clean),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(agrees_with_the_oracle),
		cmocka_unit_test(damage_never_reads_astray),
		cmocka_unit_test(a_short_image_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
