/* DNS messages: what they say to a question, and what is none. */
#include "test.h"

#include "net/dns_wire.h"

#include <errno.h>

/* A message is written here as pieces: 'q' the question for a.example, records as functions. */
struct message {
	char byte[70000];
	size_t n;
};

static void put(struct message *m, uint32_t x, size_t bytes)
{
	while (bytes--)
		m->byte[m->n++] = (char)(x >> (8 * bytes));
}

static void head(struct message *m, unsigned flags, unsigned answers, unsigned authority)
{
	m->n = 0;
	put(m, 0x1234, 2);
	put(m, flags, 2);
	put(m, 1, 2);
	put(m, answers, 2);
	put(m, authority, 2);
	put(m, 0, 2);
}

static void name(struct message *m, const char *s)
{
	m->n += dns_wire_put_name(span_cstr(s), m->byte + m->n);
}

static void question(struct message *m, const char *s, enum dns_type type)
{
	name(m, s);
	put(m, type, 2);
	put(m, 1, 2);
}

/* owner NULL: a pointer to the question's name. data is added as it is. */
static void record(
	struct message *m, const char *owner, enum dns_type type, uint32_t ttl, struct span data)
{
	if (owner)
		name(m, owner);
	else
		put(m, 0xc00c, 2);
	put(m, type, 2);
	put(m, 1, 2);
	put(m, ttl, 4);
	put(m, (uint32_t)data.n, 2);
	memcpy(m->byte + m->n, data.p, data.n);
	m->n += data.n;
}

static void cname(struct message *m, const char *owner, uint32_t ttl, const char *target)
{
	char wire[DNS_WIRE_NAME];
	size_t n = dns_wire_put_name(span_cstr(target), wire);

	record(m, owner, DNS_CNAME, ttl, (struct span){wire, n});
}

static void soa(struct message *m, uint32_t ttl, uint32_t minimum)
{
	struct message data = {.n = 0};

	name(&data, "ns.example");
	name(&data, "root.example");
	for (int i = 0; i < 4; i++)
		put(&data, 1, 4);
	put(&data, minimum, 4);
	record(m, "example", DNS_SOA, ttl, (struct span){data.byte, data.n});
}

static struct arena arena;

static int answer(const struct message *m, enum dns_type type, struct dns_answer *ret)
{
	return dns_wire_answer(
		(struct span){m->byte, m->n}, SPAN("a.example"), type, true, &arena, ret);
}

static struct message m;

static void assert_status(enum dns_type type, enum dns_status status, uint32_t ttl, size_t n)
{
	struct dns_answer a;

	assert_int_equal(answer(&m, type, &a), 0);
	assert_int_equal(a.status, status);
	assert_int_equal(a.ttl, ttl);
	assert_int_equal(a.n, n);
	assert_int_equal(a.secure, status != DNS_TEMPFAIL);
}

static void records(void **state)
{
	struct dns_answer a;
	char text[IP_TEXT];

	(void)state;
	head(&m, 0x8180, 2, 0);
	question(&m, "A.Example", DNS_A);
	record(&m, NULL, DNS_A, 60, SPAN("\xc0\0\2\1"));
	record(&m, "A.EXAMPLE", DNS_A, 50, SPAN("\xc0\0\2\2"));
	assert_status(DNS_A, DNS_OK, 50, 2);
	assert_int_equal(answer(&m, DNS_A, &a), 0);
	assert_string_equal(ip_format(&a.record[1].ip, text), "192.0.2.2");

	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_AAAA);
	record(&m, NULL, DNS_AAAA, 60, SPAN("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"));
	record(&m, NULL, DNS_AAAA, 60, SPAN("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1"));
	assert_status(DNS_AAAA, DNS_OK, 60, 1);
	assert_int_equal(answer(&m, DNS_AAAA, &a), 0);
	assert_string_equal(ip_format(&a.record[0].ip, text), "2001:db8::1");

	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_MX);
	record(&m, NULL, DNS_MX, 60, SPAN("\0\x14\1b\xc0\x0e"));
	record(&m, NULL, DNS_MX, 60, SPAN("\0\x0a\4\1.@Z\xc0\x0e"));
	assert_int_equal(answer(&m, DNS_MX, &a), 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.record[0].preference, 10);
	assert_span(a.record[0].text, "\\001\\046\\064z.example");
	assert_span(a.record[1].text, "b.example");

	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_TXT);
	record(&m, NULL, DNS_TXT, 60, SPAN("\2ab\0\3 cd"));
	record(&m, NULL, DNS_TXT, 0x80000000, SPAN("\0"));
	assert_int_equal(answer(&m, DNS_TXT, &a), 0);
	assert_int_equal(a.ttl, 0);
	assert_span(a.record[0].text, "ab cd");
	assert_int_equal(a.record[1].text.n, 0);

	head(&m, 0x8180, 1, 0);
	question(&m, "a.example", DNS_SOA);
	put(&m, 0, 0);
	soa(&m, 60, 5);
	assert_status(DNS_SOA, DNS_NODATA, 0, 0); /* of another name */
	head(&m, 0x8180, 1, 0);
	question(&m, "a.example", DNS_MX);
	record(&m, NULL, DNS_MX, 60, SPAN("\0\0\0"));
	assert_int_equal(answer(&m, DNS_MX, &a), 0);
	assert_int_equal(a.record[0].text.n, 0); /* null MX, RFC 7505 */
}

static void chains(void **state)
{
	char from[32], to[32];

	(void)state;
	head(&m, 0x8180, 3, 0);
	question(&m, "a.example", DNS_A);
	record(&m, "c.example", DNS_A, 60, SPAN("\xc0\0\2\1"));
	cname(&m, "b.example", 20, "C.example");
	cname(&m, "a.example", 30, "b.example");
	assert_status(DNS_A, DNS_OK, 20, 1);

	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_A);
	cname(&m, "a.example", 30, "b.example");
	cname(&m, "b.example", 30, "a.example");
	assert_status(DNS_A, DNS_TEMPFAIL, 0, 0);

	for (int n = 16; n < 18; n++) {
		head(&m, 0x8180, (unsigned)n + 1, 0);
		question(&m, "a.example", DNS_A);
		strcpy(from, "a.example");
		for (int i = 0; i < n; i++) {
			sprintf(to, "a%d.example", i);
			cname(&m, from, 30, to);
			strcpy(from, to);
		}
		record(&m, from, DNS_A, 60, SPAN("\xc0\0\2\1"));
		assert_status(DNS_A, n == 16 ? DNS_OK : DNS_TEMPFAIL, n == 16 ? 30 : 0, n == 16);
	}
	head(&m, 0x8183, 1, 1);
	question(&m, "a.example", DNS_A);
	cname(&m, "a.example", 30, "b.example");
	soa(&m, 60, 40);
	assert_status(DNS_A, DNS_NXDOMAIN, 30, 0);
}

static void none(void **state)
{
	static const struct {
		unsigned flags;
		uint32_t ttl, minimum;
		enum dns_status status;
		uint32_t expect;
	} cases[] = {
		{0x8183, 60, 40, DNS_NXDOMAIN, 40},
		{0x8180, 60, 40, DNS_NODATA, 40},
		{0x8180, 30, 40, DNS_NODATA, 30},
		{0x8182, 60, 40, DNS_TEMPFAIL, 0},
		{0x8185, 60, 40, DNS_TEMPFAIL, 0},
		{0x8380, 60, 40, DNS_TEMPFAIL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		head(&m, cases[i].flags, 0, 1);
		question(&m, "a.example", DNS_A);
		soa(&m, cases[i].ttl, cases[i].minimum);
		assert_status(DNS_A, cases[i].status, cases[i].expect, 0);
	}
	head(&m, 0x8183, 0, 0);
	question(&m, "a.example", DNS_A);
	assert_status(DNS_A, DNS_NXDOMAIN, 0, 0);
}

/* What is no answer, or not well formed. */
static void lies(void **state)
{
	static const struct {
		enum dns_type type;
		struct span data;
	} cases[] = {
		{DNS_A, SPAN("\1\2\3")},
		{DNS_A, SPAN("\1\2\3\4\5")},
		{DNS_AAAA, SPAN("\1\2\3\4")},
		{DNS_TXT, SPAN("")},
		{DNS_TXT, SPAN("\5abcd")},
		{DNS_MX, SPAN("\0")},
		{DNS_MX, SPAN("\0\1")},
		{DNS_MX, SPAN("\0\1\1a")},
		{DNS_NS, SPAN("\1a\0x")},
		{DNS_NS, SPAN("\x40")},
		{DNS_NS, SPAN("\xc0")},
		{DNS_NS, SPAN("\xff\xff")},
		{DNS_NS, SPAN("\xc0\x27")}, /* to itself */
		{DNS_SOA, SPAN("\1a\0\1b\0")},
	};
	struct dns_answer a = {.n = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		head(&m, 0x8180, 1, 0);
		question(&m, "a.example", cases[i].type);
		record(&m, NULL, cases[i].type, 60, cases[i].data);
		assert_int_equal(answer(&m, cases[i].type, &a), -EBADMSG);
	}
	static const struct {
		unsigned flags;
		const char *name;
		enum dns_type type;
	} asked[] = {{0x0180, "a.example", DNS_A}, {0x8180, "b.example", DNS_A},
		{0x8180, "a.example.x", DNS_A}, {0x8180, "a.example", DNS_MX}};

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		head(&m, asked[i].flags, 0, 0);
		question(&m, asked[i].name, asked[i].type);
		assert_int_equal(answer(&m, DNS_A, &a), -EBADMSG);
	}
	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_A);
	record(&m, NULL, DNS_A, 60, SPAN("\1\2\3\4"));
	assert_int_equal(answer(&m, DNS_A, &a), -EBADMSG); /* two were promised */
	for (size_t n = m.n; n-- > 0;) {
		m.n = n;
		assert_int_equal(answer(&m, DNS_A, &a), -EBADMSG);
	}
	assert_int_equal(a.n, 77); /* untouched */
}

static void much(void **state)
{
	static char string[256] = {(char)255};
	struct dns_answer a;
	struct message data = {.n = 0};

	(void)state;
	head(&m, 0x8180, 1000, 0);
	question(&m, "a.example", DNS_A);
	for (int i = 0; i < 1000; i++)
		record(&m, NULL, DNS_A, 60, SPAN("\1\2\3\4"));
	assert_int_equal(answer(&m, DNS_A, &a), 0);
	assert_int_equal(a.n, DNS_RECORDS_MOST);
	assert_true(a.cut);
	for (int i = 0; i < 130; i++) {
		memcpy(data.byte + data.n, string, 256);
		data.n += 256;
	}
	head(&m, 0x8180, 2, 0);
	question(&m, "a.example", DNS_TXT);
	record(&m, NULL, DNS_TXT, 60, (struct span){data.byte, data.n});
	record(&m, NULL, DNS_TXT, 60, (struct span){string, 256});
	assert_int_equal(answer(&m, DNS_TXT, &a), 0);
	assert_int_equal(
		a.status, DNS_TEMPFAIL); /* the first is too long: what it says is not known */
	assert_true(a.cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(chains),
		cmocka_unit_test(none),
		cmocka_unit_test(lies),
		cmocka_unit_test(much),
	};

	arena_init(&arena, (size_t)1 << 24);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_done(&arena);
	return failed;
}
