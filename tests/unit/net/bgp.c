#include "test.h"

#include "mrt_writer.h"
#include "net/bgp.h"

static struct bgp_path_room room;

/* Attributes by a text of mrt_writer.h, found; the buffer must live as long. */
static struct bgp_attributes attributes(struct buf *to, unsigned as_bytes, const char *text)
{
	struct bgp_attributes a = {.as_bytes = (uint8_t)as_bytes};

	buf_clear(to);
	mrt_put_attributes(to, as_bytes, text);
	assert_int_equal(bgp_attributes_find(buf_span(to), &a), 0);
	return a;
}

static void test_find(void **state)
{
	static const struct {
		const char *text;
		unsigned odd;
		uint64_t has; /* of the type codes up to 9 */
	} row[] = {
		{"", 0, 0},
		{"origin 0", 0, 1 << 1},
		{"origin 0; med 5; atomic", 0, 1 << 1 | 1 << 4 | 1 << 6},
		{"origin 0; raw c0 63 01 00; med 5", 0, 1 << 1 | 1 << 4}, /* unknown */
		{"raw 50 01 00 01 00; med 5", 0, 1 << 1 | 1 << 4},        /* extended length */
		{"raw 50 01 00; med 5", BGP_ODD_CUT, 0},
		{"med 5; raw 40", BGP_ODD_CUT, 1 << 4},
		{"med 5; raw 40 01", BGP_ODD_CUT, 1 << 4},
		{"med 5; raw 40 01 01", BGP_ODD_CUT, 1 << 4},
		{"med 5; raw 50 01 00", BGP_ODD_CUT, 1 << 4},
		{"med 5; med 6", BGP_ODD_REPEATED, 1 << 4},
		{"med 5; med 6; raw 40", BGP_ODD_REPEATED | BGP_ODD_CUT, 1 << 4},
		{"raw c0 00 00; raw c0 ff 00", 0, 1},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct bgp_attributes a = {0};
		uint32_t med = 5;

		buf_clear(&b);
		mrt_put_attributes(&b, 4, row[i].text);
		assert_int_equal(bgp_attributes_find(buf_span(&b), &a), row[i].odd);
		assert_int_equal(a.has, row[i].has);
		assert_int_equal(bgp_number(&a, BGP_MED, &med), a.has >> BGP_MED & 1);
		assert_int_equal(med, 5);
	}
	buf_done(&b);
}

static void test_values(void **state)
{
	struct buf b = {0};
	struct bgp_attributes a = attributes(&b, 4,
		"origin 1; hop 192.0.2.7; med 4294967295; pref 7; communities 1 65538; large 1 2 "
		"3");
	struct bgp_aggregator by;
	uint32_t n = 0, part[3];
	uint8_t origin = 9;
	struct ip ip;
	char text[IP_TEXT];

	(void)state;
	assert_true(bgp_origin(&a, &origin));
	assert_int_equal(origin, 1);
	assert_true(bgp_next_hop(&a, BGP_NEXT_HOP, &ip));
	assert_string_equal(ip_format(&ip, text), "192.0.2.7");
	assert_false(bgp_next_hop(&a, BGP_MP_REACH, &ip));
	assert_true(bgp_number(&a, BGP_MED, &n));
	assert_int_equal(n, 4294967295);
	assert_true(bgp_number(&a, BGP_LOCAL_PREF, &n));
	assert_int_equal(n, 7);
	assert_false(bgp_aggregator(&a, &by));
	assert_true(bgp_community(&a, 1, &n));
	assert_int_equal(n, 65538);
	assert_false(bgp_community(&a, 2, &n));
	assert_true(bgp_large_community(&a, 0, part));
	assert_int_equal(part[0] * 100 + part[1] * 10 + part[2], 123);
	assert_false(bgp_large_community(&a, 1, part));
	buf_done(&b);
}

/* Values of a length that they cannot have are as none. */
static void test_wrong_lengths(void **state)
{
	static const char *const texts[] = {
		"raw 40 01 00; raw 40 03 03 01 02 03; raw 80 04 02 00 01",
		"raw 40 01 02 00 00; raw 40 03 05 01 02 03 04 05; raw 80 04 05 00 01 02 03 04",
		"raw 40 03 10 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10",
		"raw c0 07 07 00 00 00 00 00 00 00",
		"raw 80 0e 00",
		"raw 80 0e 03 00 02 01",
		"raw 80 0e 05 00 02 01 10 20",
		"raw 80 0e 06 00 02 01 02 20 01",
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct bgp_attributes a = attributes(&b, 4, texts[i]);
		struct bgp_aggregator by;
		uint8_t origin;
		uint32_t n;
		struct ip ip;

		assert_false(bgp_origin(&a, &origin));
		assert_false(bgp_next_hop(&a, BGP_NEXT_HOP, &ip));
		assert_false(bgp_next_hop(&a, BGP_MP_REACH, &ip));
		assert_false(bgp_number(&a, BGP_MED, &n));
		assert_false(bgp_aggregator(&a, &by));
	}
	buf_done(&b);
}

static void test_mp_next_hop(void **state)
{
	static const struct {
		bool abridged;
		const char *text, *want; /* NULL: none */
	} row[] = {
		{false, "reach 2 1 2001:db8::1 2001:db8::/32", "2001:db8::1"},
		{false, "reach 1 1 192.0.2.1 10.0.0.0/8", "192.0.2.1"},
		{true, "tablehop 2001:db8::1", "2001:db8::1"},
		{true, "tablehop 2001:db8::1 fe80::1", "2001:db8::1"},
		{true, "tablehop 192.0.2.1", "192.0.2.1"},
		{true, "reach 2 1 2001:db8::1 2001:db8::/32", "2001:db8::1"}, /* the whole of it */
		{true, "raw 80 0e 00", NULL},
		{true, "raw 80 0e 05 10 20 01 0d b8", NULL},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct bgp_attributes a = attributes(&b, 4, row[i].text);
		struct ip ip;
		char text[IP_TEXT];

		a.abridged = row[i].abridged;
		assert_int_equal(bgp_next_hop(&a, BGP_MP_REACH, &ip), row[i].want != NULL);
		if (row[i].want)
			assert_string_equal(ip_format(&ip, text), row[i].want);
	}
	buf_done(&b);
}

static void test_mp_nlri(void **state)
{
	static const struct {
		enum bgp_attribute type;
		const char *text;
		int afi, safi, n; /* n: bytes of prefixes; -1: damaged */
	} row[] = {
		{BGP_MP_REACH, "reach 2 1 2001:db8::1 2001:db8::/32", 2, 1, 5},
		{BGP_MP_REACH, "reach 1 2 192.0.2.1 224.0.0.0/4", 1, 2, 2},
		{BGP_MP_REACH, "reach 1 128 192.0.2.1", 1, 128, 0},
		/* one SNPA of three half bytes (RFC 2858 2) */
		{BGP_MP_REACH, "raw 80 0e 0e 00 01 01 04 c0 00 02 01 01 03 01 02 08 0a", 1, 1, 2},
		{BGP_MP_REACH, "raw 80 0e 0a 00 01 01 04 c0 00 02 01 01 03", 0, 0, -1},
		{BGP_MP_REACH, "raw 80 0e 08 00 01 01 04 c0 00 02 01", 0, 0, -1},
		{BGP_MP_UNREACH, "unreach 2 1 2001:db8::/32 ::/0", 2, 1, 6},
		{BGP_MP_UNREACH, "unreach 2 1", 2, 1, 0},
		{BGP_MP_UNREACH, "raw 80 0f 02 00 02", 0, 0, -1},
		{BGP_MP_UNREACH, "origin 0", 0, 0, -1},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct bgp_attributes a = attributes(&b, 4, row[i].text);
		struct bgp_nlri nlri = {0};

		assert_int_equal(bgp_mp_nlri(&a, row[i].type, &nlri), row[i].n >= 0);
		assert_int_equal(nlri.afi, row[i].afi);
		assert_int_equal(nlri.safi, row[i].safi);
		assert_int_equal(nlri.prefixes.n, row[i].n < 0 ? 0 : row[i].n);
	}
	buf_done(&b);
}

static void test_aggregator(void **state)
{
	static const struct {
		unsigned as_bytes;
		const char *text;
		asn_t want;
	} row[] = {
		{2, "aggregator 7", 7}, {4, "aggregator 4200000000", 4200000000},
		{4, "raw c0 07 06 00 07 c0 00 02 63", 7}, /* its length tells */
		{2, "aggregator 23456; as4aggregator 4200000000", 4200000000},
		{2, "aggregator 23456", 23456}, {2, "aggregator 7; as4aggregator 4200000000", 7},
		{4, "aggregator 23456; as4aggregator 4200000000", 23456}, /* RFC 6793 4.1 */
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct bgp_attributes a = attributes(&b, row[i].as_bytes, row[i].text);
		struct bgp_aggregator by = {0};

		assert_true(bgp_aggregator(&a, &by));
		assert_int_equal(by.asn, row[i].want);
		assert_int_equal(ip_v4(&by.ip), 0xc0000263);
	}
	buf_done(&b);
}

/* As mrt_put_path_text() reads it, with '!' behind a damaged one. */
static void path_text(struct buf *to, const struct bgp_path *p)
{
	static const char open[] = " { ([", close[] = " } )]";

	buf_clear(to);
	for (size_t i = 0; i < p->n; i++) {
		unsigned now = p->segment ? p->segment[i] & 127 : BGP_SEQUENCE;
		bool begins = p->segment && p->segment[i] & BGP_SEGMENT_BEGINS;
		bool ends = i + 1 == p->n || !p->segment || p->segment[i + 1] & BGP_SEGMENT_BEGINS;

		if (i)
			buf_byte(to, ' ');
		if (begins && now != BGP_SEQUENCE)
			buf_byte(to, open[now]);
		buf_printf(to, "%u", p->hop[i]);
		if (ends && now != BGP_SEQUENCE)
			buf_byte(to, close[now]);
	}
	buf_str(to, p->damaged ? "!" : "");
}

static void test_path(void **state)
{
	static const struct {
		unsigned as_bytes;
		const char *text, *want;
		bool plain;
	} row[] = {
		{4, "origin 0", "", true},
		{4, "path", "", true},
		{2, "path 1 2 3", "1 2 3", true},
		{4, "path 1 4200000000 3", "1 4200000000 3", true},
		{4, "path 1 {2,3} 4", "1 {2 3} 4", false},
		{4, "path (1 2) [3,4] 5 {6}", "(1 2) [3 4] 5 {6}", false},
		{4, "path {1} {2}", "{1} {2}", false},
		/* two sequences, an empty one among them */
		{2, "raw 40 02 0a 02 01 00 01 02 00 02 01 00 02", "1 2", true},
		{2, "raw 40 02 06 02 02 00 01 00 02", "1 2", true},
		{2, "raw 40 02 05 02 02 00 01 00", "!", true},
		{2, "raw 40 02 07 02 01 00 01 01 01 00", "1!", true},
		{2, "raw 40 02 05 02 01 00 01 01", "1!", true},
		{2, "raw 40 02 08 02 01 00 01 05 01 00 02", "1!", true},
		{2, "raw 40 02 04 00 01 00 02", "!", true},
		{4, "raw 40 02 04 02 01 00 02", "!", true},
	};
	struct buf b = {0}, got = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct bgp_attributes a = attributes(&b, row[i].as_bytes, row[i].text);
		struct bgp_path path;

		bgp_path(&a, &room, &path);
		path_text(&got, &path);
		assert_span(buf_span(&got), row[i].want);
		assert_int_equal(!path.segment, row[i].plain);
	}
	buf_done(&b);
	buf_done(&got);
}

/* RFC 6793 4.2.3; T stands for AS_TRANS. */
static void test_as4_path(void **state)
{
	static const struct {
		const char *path, *as4, *more, *want;
	} row[] = {
		{"1 23456 3", "70000 3", "", "1 70000 3"},
		{"1 23456 3", "1 70000 3", "", "1 70000 3"},
		{"23456 3", "1 70000 3", "", "23456 3"}, /* longer: worth nothing */
		{"1 23456 {23456,4}", "70000 {70001,4}", "", "1 70000 {70001 4}"},
		{"1 2 {23456,4,5}", "{70001,4}", "", "1 2 {70001 4}"}, /* a set counts once */
		{"{1,2} 23456", "70000", "", "{1 2} 70000"},
		{"{1,2} 7 23456", "70000", "", "{1 2} 7 70000"},
		{"1 {5,6} {7,8} 23456", "{7,8} 70000", "", "1 {5 6} {7 8} 70000"},
		/* confederations count nothing and stay where they are before the rest */
		{"(65000 65001) 1 23456", "70000", "", "(65000 65001) 1 70000"},
		{"(65000 65001) 23456", "70000", "", "(65000 65001) 70000"},
		{"1 (65000 65001) 23456", "70000", "", "1 (65000 65001) 70000"},
		{"1 23456", "(65000) 70000", "", "1 70000"}, /* RFC 6793 6 */
		{"1 23456", "", "", "1 23456"},
		{"1 23456", "70000", "aggregator 23456; as4aggregator 70000", "1 70000"},
		{"1 23456", "70000", "aggregator 7; as4aggregator 70000", "1 23456"},
		{"1 23456", "70000", "aggregator 7", "1 70000"},
		{"", "70000", "", ""},
	};
	struct buf b = {0}, got = {0};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		for (unsigned as_bytes = 2; as_bytes <= 4; as_bytes += 2) {
			struct bgp_path path;

			snprintf(text, sizeof(text), "path %s; as4path %s; %s", row[i].path,
				row[i].as4, row[i].more);
			struct bgp_attributes a = attributes(&b, as_bytes, text);

			bgp_path(&a, &room, &path);
			path_text(&got, &path);
			if (as_bytes == 2)
				assert_span(buf_span(&got), row[i].want);
			else /* AS4_PATH says nothing where numbers are wide (RFC 6793 4.1) */
				assert_true(!path.n || path.hop[path.n - 1] < 70000);
			assert_false(path.damaged);
		}
	}
	buf_done(&b);
	buf_done(&got);
}

/* The longest that there can be: both lists of numbers of two bytes and four fill their room. */
static void test_longest(void **state)
{
	struct bgp_attributes a = {.as_bytes = 2};
	struct buf b = {0}, value = {0};
	struct bgp_path path;

	(void)state;
	for (int i = 0; i < 120; i++) {
		mrt_put8(&value, i % 2 ? BGP_SET : BGP_SEQUENCE);
		mrt_put8(&value, 255);
		for (unsigned k = 0; k < 255; k++)
			mrt_put16(&value, k);
	}
	mrt_put_attribute(&b, BGP_AS_PATH, buf_span(&value));
	buf_clear(&value);
	for (int i = 0; i < 4; i++) {
		mrt_put8(&value, BGP_SEQUENCE);
		mrt_put8(&value, 250);
		for (unsigned k = 0; k < 250; k++)
			mrt_put32(&value, 100000 + k);
	}
	mrt_put_attribute(&b, BGP_AS4_PATH, buf_span(&value));
	assert_true(b.n < 65536 && b.n > 65000);
	assert_int_equal(bgp_attributes_find(buf_span(&b), &a), 0);
	bgp_path(&a, &room, &path);
	assert_false(path.damaged);
	assert_int_equal(path.hop[path.n - 1], 100249);
	/* 60 sequences of 255 and 60 sets: what 1,000 hops are fewer than 60 * 256 is kept */
	size_t weight = 0;

	for (size_t i = 0; i < path.n; i++)
		weight += (path.segment[i] & 127) == BGP_SEQUENCE ||
			  path.segment[i] == (BGP_SET | BGP_SEGMENT_BEGINS);
	assert_int_equal(weight, 60 * 256);
	buf_done(&b);
	buf_done(&value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_wrong_lengths),
		cmocka_unit_test(test_mp_next_hop),
		cmocka_unit_test(test_mp_nlri),
		cmocka_unit_test(test_aggregator),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_as4_path),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
