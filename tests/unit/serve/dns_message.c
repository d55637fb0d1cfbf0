/* Questions and answers between gate and resolver: there and back, and what is refused. */
#include "test.h"

#include "serve/dns_message.h"
#include "serve/wire.h"

#include <errno.h>

static struct arena arena;

static void questions(void **state)
{
	struct dns_question q = {DNS_TXT, 1234, "_dmarc.\xff.example", 16}, back;
	struct buf b = {0};

	(void)state;
	dns_question_write(&q, &b);
	assert_int_equal(dns_question_read(buf_span(&b), &back), 0);
	assert_int_equal(back.type, DNS_TXT);
	assert_int_equal(back.milliseconds, 1234);
	assert_string_equal(back.name, q.name);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(dns_question_read((struct span){b.p, n}, &back), -EBADMSG);
	buf_byte(&b, 'x');
	assert_int_equal(dns_question_read(buf_span(&b), &back), -EBADMSG);

	static const struct {
		uint16_t type;
		uint32_t milliseconds;
		struct span name;
	} bad[] = {
		{99, 1, SPAN("a.example")},
		{DNS_A, DNS_MILLISECONDS_MOST + 1, SPAN("a.example")},
		{DNS_A, 1, SPAN("A.example")},
		{DNS_A, 1, SPAN("a.example.")},
		{DNS_A, 1, SPAN("a..example")},
		{DNS_A, 1, SPAN("a\0b.example")},
		{DNS_A, 1, SPAN("")},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_clear(&b);
		wire_u16(&b, bad[i].type);
		wire_u32(&b, bad[i].milliseconds);
		wire_text(&b, bad[i].name, 300);
		assert_int_equal(dns_question_read(buf_span(&b), &back), -EBADMSG);
	}
	buf_done(&b);
}

static struct ip address(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(text), &ip), 0);
	return ip;
}

static void same(const struct dns_answer *a, const struct dns_answer *b)
{
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->secure, b->secure);
	assert_int_equal(a->cut, b->cut);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_true(ip_eq(&a->record[i].ip, &b->record[i].ip));
		assert_true(span_eq(a->record[i].text, b->record[i].text));
		assert_int_equal(a->record[i].preference, b->record[i].preference);
	}
}

static void answers(void **state)
{
	const struct dns_record a[] = {{.ip = address("192.0.2.1")}, {.ip = address("192.0.2.2")}};
	const struct dns_record aaaa[] = {{.ip = address("2001:db8::1")}};
	const struct dns_record mx[] = {{.text = SPAN("a\\046b.example"), .preference = 1},
		{.text = SPAN(""), .preference = 65535}};
	const struct dns_record txt[] = {{.text = SPAN("v=spf1 \0\xff\n")}, {.text = SPAN("")}};
	const struct {
		enum dns_type type;
		struct dns_answer a;
	} cases[] = {
		{DNS_A, {.status = DNS_OK, .record = a, .n = 2, .ttl = 60}},
		{DNS_AAAA, {.status = DNS_OK, .record = aaaa, .n = 1, .ttl = 1, .secure = true}},
		{DNS_MX, {.status = DNS_OK, .record = mx, .n = 2, .ttl = 60, .cut = true}},
		{DNS_TXT, {.status = DNS_OK, .record = txt, .n = 2}},
		{DNS_TXT, {.status = DNS_NXDOMAIN, .ttl = 5, .secure = true}},
		{DNS_TXT, {.status = DNS_NODATA, .ttl = 5}},
		{DNS_A, {.status = DNS_TEMPFAIL, .cut = true}},
	};
	struct dns_answer back;
	uint64_t instance;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		dns_answer_write(77, &cases[i].a, cases[i].type, &b);
		assert_int_equal(
			dns_answer_read(buf_span(&b), cases[i].type, &arena, &instance, &back), 0);
		assert_int_equal(instance, 77);
		same(&back, &cases[i].a);
		assert_int_equal(
			dns_answer_read(buf_span(&b), cases[i].type, NULL, &instance, &back), 0);
		assert_null(back.record);
		for (size_t n = 0; n < b.n; n++)
			assert_int_equal(dns_answer_read((struct span){b.p, n}, cases[i].type,
						 &arena, &instance, &back),
				-EBADMSG);
		buf_byte(&b, 0);
		assert_int_equal(
			dns_answer_read(buf_span(&b), cases[i].type, &arena, &instance, &back),
			-EBADMSG);
	}
	buf_done(&b);
}

/* Each of these differs from a good answer in one thing. */
static void lies(void **state)
{
	static const struct {
		uint8_t status, flags;
		uint32_t ttl;
		uint16_t n;
		uint16_t preference[2];
		struct span name[2];
		int expect;
	} cases[] = {
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a.b"), SPAN("c.d")}, 0},
		{DNS_OK, 0, 60, 2, {2, 1}, {SPAN("a.b"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 4, 60, 2, {1, 2}, {SPAN("a.b"), SPAN("c.d")}, -EBADMSG},
		{DNS_NODATA, 0, 60, 2, {1, 2}, {SPAN("a.b"), SPAN("c.d")}, -EBADMSG},
		{DNS_SPENT, 0, 60, 0, {0}, {{0}}, -EBADMSG},
		{DNS_TEMPFAIL, 0, 60, 0, {0}, {{0}}, -EBADMSG},
		{DNS_OK, 0, 60, 0, {0}, {{0}}, -EBADMSG},
		{DNS_OK, 0, 60, 129, {1, 2}, {SPAN("a.b"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a.B"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a b"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a\nb"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a\xff"), SPAN("c.d")}, -EBADMSG},
		{DNS_OK, 0, 60, 2, {1, 2}, {SPAN("a;b"), SPAN("c.d")}, -EBADMSG},
	};
	struct dns_answer a;
	uint64_t instance;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		wire_u64(&b, 1);
		wire_u8(&b, cases[i].status);
		wire_u8(&b, cases[i].flags);
		wire_u32(&b, cases[i].ttl);
		wire_u16(&b, cases[i].n);
		for (int k = 0; k < cases[i].n; k++) {
			wire_u16(&b, cases[i].preference[k % 2]);
			wire_text(&b, cases[i].name[k % 2], 300);
		}
		assert_int_equal(dns_answer_read(buf_span(&b), DNS_MX, &arena, &instance, &a),
			cases[i].expect);
	}
	buf_done(&b);
}

/* More text than an answer may hold, within the bounds of a record each. */
static void much(void **state)
{
	static char text[DNS_BYTES_MOST];
	struct dns_record r[] = {{.text = {text, sizeof(text)}}, {.text = SPAN("x")}};
	struct dns_answer a = {.status = DNS_OK, .record = r, .n = 1}, back;
	uint64_t instance;
	struct buf b = {0};
	struct arena small;

	(void)state;
	dns_answer_write(1, &a, DNS_TXT, &b);
	assert_int_equal(dns_answer_read(buf_span(&b), DNS_TXT, &arena, &instance, &back), 0);
	arena_init(&small, 1000);
	assert_int_equal(dns_answer_read(buf_span(&b), DNS_TXT, &small, &instance, &back), -ENOMEM);
	arena_done(&small);
	a.n = 2;
	buf_clear(&b);
	dns_answer_write(1, &a, DNS_TXT, &b);
	assert_int_equal(
		dns_answer_read(buf_span(&b), DNS_TXT, &arena, &instance, &back), -EBADMSG);
	buf_done(&b);
}

static void pongs(void **state)
{
	struct buf b = {0};
	uint64_t instance = 0;

	(void)state;
	dns_pong_write(0x123456789abcdef0, &b);
	assert_int_equal(dns_pong_read(buf_span(&b), &instance), 0);
	assert_true(instance == 0x123456789abcdef0);
	assert_int_equal(dns_pong_read((struct span){b.p, 7}, &instance), -EBADMSG);
	buf_byte(&b, 0);
	assert_int_equal(dns_pong_read(buf_span(&b), &instance), -EBADMSG);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions),
		cmocka_unit_test(answers),
		cmocka_unit_test(lies),
		cmocka_unit_test(much),
		cmocka_unit_test(pongs),
	};

	arena_init(&arena, (size_t)1 << 24);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_done(&arena);
	return failed;
}
