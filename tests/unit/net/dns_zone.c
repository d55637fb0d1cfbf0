/* Answers from a zone file: what is there, what is not, what fails, and what is wrong with a file.
 */
#include "test.h"

#include "net/dns_zone.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static const char zone[] = "$TTL 1h30m\n"
			   "$ORIGIN example.\n"
			   "@	IN SOA ns.example. root (1 1h ; a comment ( here\n"
			   "		2h 4294967295 4h)\n"
			   "	MX 20 b\n"
			   "	MX 10 a\n"
			   "	60 IN MX 10 c\n"
			   "	TXT \"v=spf1 \" \"-all\"\n"
			   "	IN 70 TXT plain\\032\\\"x\\;\n"
			   "a	IN A 192.0.2.1\n"
			   "	A 192.0.2.2\n"
			   "	AAAA 2001:db8::1\n"
			   "www	30 CNAME Alias\n"
			   "alias	40 CNAME a\n"
			   "dangling CNAME nowhere\n"
			   "empty	CNAME a.deep\n"
			   "loop	CNAME loop2\n"
			   "loop2	CNAME loop\n"
			   "x.y.z	A 192.0.2.3\n"
			   "*.wild	TXT wild\n"
			   "there.wild A 192.0.2.4\n"
			   "a.deep	SERVFAIL\n"
			   "broken	SERVFAIL\n"
			   "broken	A 192.0.2.5\n"
			   "half	SERVFAIL MX\n"
			   "half	MX 1 a\n"
			   "half	TXT half\n"
			   "slow	TIMEOUT TXT\n"
			   "null	MX 0 .\n"
			   "s	SRV 0 0 25 a\n"
			   "odd\\255 A 192.0.2.6\n"
			   "points	CNAME odd\\255\n"
			   "4.2.0.192.in-addr.arpa. PTR B\\001\\@.EXAMPLE.\n"
			   "\"quoted\" A 192.0.2.7\n"
			   "\n"
			   "$ORIGIN .\n"
			   "last.test. TXT \"\"";

static const char *record_text(const struct dns_record *r, enum dns_type type, char *to)
{
	if (type == DNS_A || type == DNS_AAAA)
		return ip_format(&r->ip, to);
	if (type == DNS_MX)
		sprintf(to, "%d %.*s", r->preference, SPAN_ARG(r->text));
	else
		sprintf(to, "%.*s", SPAN_ARG(r->text));
	return to;
}

/* "status ttl record|record" */
static void words(const struct dns_answer *a, enum dns_type type, char *to)
{
	char one[1024];

	to += sprintf(to, "%s %u", dns_status_name(a->status), a->ttl);
	for (size_t i = 0; i < a->n; i++)
		to += sprintf(to, "%c%s", i ? '|' : ' ', record_text(&a->record[i], type, one));
}

static void answers(void **state)
{
	static const struct {
		const char *name;
		enum dns_type type;
		const char *answer;
	} cases[] = {
		{"example", DNS_MX, "ok 60 10 a.example|10 c.example|20 b.example"},
		{"example", DNS_TXT, "ok 70 v=spf1 -all|plain \"x;"},
		{"example", DNS_SOA, "ok 5400 ns.example"},
		{"example", DNS_A, "nodata 300"},
		{"a.example", DNS_A, "ok 5400 192.0.2.1|192.0.2.2"},
		{"a.example", DNS_AAAA, "ok 5400 2001:db8::1"},
		{"www.example", DNS_A, "ok 30 192.0.2.1|192.0.2.2"},
		{"www.example", DNS_TXT, "nodata 30"},
		{"www.example", DNS_CNAME, "ok 30 alias.example"},
		{"dangling.example", DNS_A, "nxdomain 300"},
		{"empty.example", DNS_A, "tempfail 0"},
		{"loop.example", DNS_A, "tempfail 0"},
		{"loop.example", DNS_CNAME, "ok 5400 loop2.example"},
		{"nothing.example", DNS_A, "nxdomain 300"},
		{"z.example", DNS_A, "nodata 300"},
		{"y.z.example", DNS_A, "nodata 300"},
		{"x.y.z.example", DNS_A, "ok 5400 192.0.2.3"},
		{"w.x.y.z.example", DNS_A, "nxdomain 300"},
		{"a.b.wild.example", DNS_TXT, "ok 5400 wild"},
		{"a.b.wild.example", DNS_A, "nodata 300"},
		{"wild.example", DNS_TXT, "nodata 300"},
		{"there.wild.example", DNS_TXT, "nodata 300"},
		{"under.there.wild.example", DNS_TXT, "nxdomain 300"},
		{"broken.example", DNS_TXT, "tempfail 0"},
		{"broken.example", DNS_A, "ok 5400 192.0.2.5"},
		{"half.example", DNS_MX, "tempfail 0"},
		{"half.example", DNS_TXT, "ok 5400 half"},
		{"half.example", DNS_A, "nodata 300"},
		{"slow.example", DNS_TXT, "tempfail 0"},
		{"slow.example", DNS_A, "nodata 300"},
		{"null.example", DNS_MX, "ok 5400 0 "},
		{"s.example", DNS_A, "nodata 300"},
		{"odd\xff.example", DNS_A, "ok 5400 192.0.2.6"},
		{"points.example", DNS_A, "ok 5400 192.0.2.6"},
		{"points.example", DNS_CNAME, "ok 5400 odd\\255.example"},
		{"4.2.0.192.in-addr.arpa", DNS_PTR, "ok 5400 b\\001\\064.example"},
		{"quoted.example", DNS_A, "ok 5400 192.0.2.7"},
		{"last.test", DNS_TXT, "ok 5400 "},
		{"org", DNS_A, "nxdomain 300"},
	};
	struct dns_zone *z;
	struct arena arena;
	struct err err = {""};

	(void)state;
	assert_int_equal(dns_zone_new(&z), 0);
	arena_init(&arena, 1 << 20);
	if (dns_zone_read(z, span_cstr(zone), "zone", &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_answer a;
		char text[4096];

		dns_zone_dns(z)->ask(
			dns_zone_dns(z), span_cstr(cases[i].name), cases[i].type, 0, &arena, &a);
		words(&a, cases[i].type, text);
		if (strcmp(text, cases[i].answer) != 0)
			fail_msg("%s %s: %s, not %s", cases[i].name, dns_type_name(cases[i].type),
				text, cases[i].answer);
	}
	arena_done(&arena);
	dns_zone_free(z);
}

static void errors(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"a.test FOO 1", "zone:1: FOO is no type: write A, "},
		{"\n\na.test A 1.2.3", "zone:3: 1.2.3 is no IPv4 address: write as 192.0.2.1"},
		{"a.test AAAA 1.2.3.4", "is no IPv6 address"},
		{"a.test AAAA ::ffff:1.2.3.4", "is no IPv6 address"},
		{"a.test A", "the line ends where an address is to stand"},
		{"a.test A 192.0.2.1 192.0.2.2", "more on the line than belongs to a A"},
		{"a.test", "the line ends where a type is to stand"},
		{" A 192.0.2.1", "lacks a name"},
		{"a.test MX a.test", "a.test is no number from 0 to 65535"},
		{"a.test MX 65536 a.test", "is no number"},
		{"a.test TXT \"open\nb.test TXT x", "zone:1: a string does not end on its line"},
		{"a.test TXT (\n\"a\"\n\n", "zone:1: a ( is never closed"},
		{"a.test TXT )", "a ) without its ("},
		{"a.test TXT \\256", "at most \\255"},
		{"a.test TXT \\25", "wants three"},
		{"a.test TXT", "where a string is to stand"},
		{"a..test A 192.0.2.1", "a name that cannot be"},
		{"a.test MX 0 a..b", "MX of a.test: a name that cannot be"},
		{"a\\.b.test A 192.0.2.1", "a name that cannot be"},
		{"a\\999.test A 192.0.2.1", "a name that cannot be"},
		{"a.test A 192.0.2.1\na.test CNAME b.test", "zone:2: a.test has a CNAME"},
		{"a.test CNAME b.test\na.test A 192.0.2.1", "zone:2: a.test has a CNAME"},
		{"a.test CNAME b\na.test CNAME c", "a CNAME stands alone"},
		{"$INCLUDE x", "$INCLUDE is not known: there are $ORIGIN and $TTL"},
		{"$TTL 1y", "1y is no time"},
		{"$TTL 9999999999", "is no time"},
		{"a.test SERVFAIL FOO", "FOO is no type that can fail"},
		{"a.test 60 60 A 192.0.2.1", "60 is no type"},
		{"a.test SOA a b 1 2 3 x 5", "two names and five numbers"},
		{"\"\" A 192.0.2.1", "a name is empty"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_zone *z;
		struct err err = {""};

		assert_int_equal(dns_zone_new(&z), 0);
		assert_int_equal(dns_zone_read(z, span_cstr(cases[i].text), "zone", &err), -EINVAL);
		if (!strstr(err.text, cases[i].words))
			fail_msg("%s: %s", cases[i].text, err.text);
		dns_zone_free(z);
	}
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What times out answers at the deadline, not before. */
static void timeout(void **state)
{
	struct dns_zone *z;
	struct dns_answer a;
	struct arena arena;
	struct dns_budget b = {.deadline = now() + 20000000, .questions = 2};

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_int_equal(dns_zone_new(&z), 0);
	assert_int_equal(dns_zone_fail(z, SPAN("Slow.test"), 0, DNS_FAULT_TIMEOUT), 0);
	b.dns = dns_zone_dns(z);
	dns_ask(&b, SPAN("slow.TEST."), DNS_A, &arena, &a);
	assert_int_equal(a.status, DNS_TEMPFAIL);
	assert_true(now() >= b.deadline);
	assert_int_equal(dns_zone_fail(z, SPAN("a..b"), 0, DNS_FAULT_TIMEOUT), -EINVAL);
	arena_done(&arena);
	dns_zone_free(z);
}

/* What a test adds by itself: bytes as they are, many names, more than an answer holds. */
static void added(void **state)
{
	static char bytes[20000];
	struct dns_record r = {.text = {bytes, sizeof(bytes)}}, host = {.text = SPAN("t.test")};
	struct dns_zone *z;
	struct dns_answer a;
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_int_equal(dns_zone_new(&z), 0);
	assert_int_equal(dns_zone_add(z, SPAN("t.test"), DNS_TXT, 1, &r), 0);
	assert_int_equal(dns_zone_add(z, SPAN("t.test"), DNS_TXT, 1, &r), 0);
	assert_int_equal(dns_zone_add(z, SPAN("t.test"), DNS_CNAME, 1, &host), -EEXIST);
	assert_int_equal(
		dns_zone_add(z, SPAN("u.test"), DNS_CNAME, 1, &(struct dns_record){0}), -EINVAL);
	for (int i = 0; i < 10000; i++) {
		char name[32];

		sprintf(name, "n%d.test", i);
		assert_int_equal(dns_zone_add(z, span_cstr(name), DNS_CNAME, 1, &host), 0);
		assert_int_equal(dns_zone_add(z, SPAN("many.test"), DNS_NS, 1, &host), 0);
	}
	struct dns *dns = dns_zone_dns(z);

	dns->ask(dns, SPAN("n9999.test"), DNS_TXT, 0, &arena, &a);
	assert_int_equal(a.status, DNS_OK);
	assert_true(a.cut);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.record[0].text.n, sizeof(bytes));
	dns->ask(dns, SPAN("many.test"), DNS_NS, 0, &arena, &a);
	assert_true(a.cut);
	assert_int_equal(a.n, DNS_RECORDS_MOST);
	dns_zone_free(z);
	assert_span(a.record[127].text, "t.test"); /* the asker's, not the zone's */

	struct arena small;

	arena_init(&small, 100);
	assert_int_equal(dns_zone_new(&z), 0);
	assert_int_equal(dns_zone_add(z, SPAN("t.test"), DNS_TXT, 1, &r), 0);
	dns = dns_zone_dns(z);
	dns->ask(dns, SPAN("t.test"), DNS_TXT, 0, &small, &a);
	assert_int_equal(a.status, DNS_TEMPFAIL);
	dns_zone_free(z);
	arena_done(&small);
	arena_done(&arena);
}

static void file(void **state)
{
	char path[] = "zone-XXXXXX";
	int fd = mkstemp(path);
	struct dns_zone *z = NULL;
	struct err err = {""};

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, zone, sizeof(zone) - 1), sizeof(zone) - 1);
	assert_int_equal(dns_zone_open(path, &z, &err), 0);
	dns_zone_free(z);
	z = NULL;
	assert_int_equal(write(fd, "\nx FOO", 6), 6);
	assert_int_equal(dns_zone_open(path, &z, &err), -EINVAL);
	char expect[64];
	int line = 2;

	for (const char *c = zone; *c; c++)
		line += *c == '\n';
	sprintf(expect, "%s:%d: FOO is no type", path, line);
	assert_non_null(strstr(err.text, expect));
	unlink(path);
	close(fd);
	assert_int_equal(dns_zone_open(path, &z, &err), -ENOENT);
	assert_null(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(errors),
		cmocka_unit_test(timeout),
		cmocka_unit_test(added),
		cmocka_unit_test(file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
