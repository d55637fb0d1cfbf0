#include "test.h"

#include "mail/codec.h"

static const struct {
	const char *in, *out;
	unsigned bad;
} base64s[] = {
	{"", "", 0},
	{"aGVsbG8=", "hello", 0},
	{"aGVs\r\nbG8=\r\n", "hello", 0},
	{"a G\tV s b G 8 =", "hello", 0},
	{"aGVsbG8", "hello", 1},
	{"aGVsbG8gd29ybGQ=", "hello world", 0},
	{"aGVs*bG8=", "hello", 1},
	{"aGVsb", "hel", 1},
	{"QQ==QkI=Q0ND", "ABBCCC", 0},
	{"QQ==\nQkI=\n", "ABB", 0},
	{"aGVsbG8=\n____\nYou are on a list\n", "hello", 0},
	{"aGVsbG8= ignored", "hello", 0},
	{"=aGVs", "hel", 0},
	{"+/+/", "\xfb\xff\xbf", 0},
};

static void base64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(base64s) / sizeof(*base64s); i++) {
		char to[64];
		uint32_t bad = 0;
		size_t n = base64_decode(span_cstr(base64s[i].in), to, sizeof(to), &bad);

		assert_span(((struct span){to, n}), base64s[i].out);
		assert_int_equal(bad, base64s[i].bad);
	}
}

/* However little room there is, what is written is the beginning, or the end, of the whole. */
static void base64_fits_its_room(void **state)
{
	(void)state;
	const struct span in = SPAN("YWJj\nZGVmZ2hpamtsbW5v\r\ncHFyc3R1dnd4eXo=\n");
	const char *all = "abcdefghijklmnopqrstuvwxyz";

	for (size_t room = 0; room <= 26; room++) {
		char to[32];
		uint32_t bad = 0;
		size_t n = base64_decode(in, to, room, &bad);

		assert_int_equal(n, room);
		assert_memory_equal(to, all, n);
		assert_int_equal(bad, 0);
		n = base64_decode_tail(in, to, room);
		assert_true(n <= room && n + 5 > room);
		assert_memory_equal(to, all + 26 - n, n);
	}
}

static const struct {
	const char *in, *body, *word;
	unsigned bad_body, bad_word;
} qps[] = {
	{"a=3Db", "a=b", "a=b", 0, 0},
	{"a=3db=C3=a9", "a=b\xc3\xa9", "a=b\xc3\xa9", 0, 0},
	{"soft=\nbreak=\r\nbreak= \t\nend", "softbreakbreakend", "soft=\nbreak=\r\nbreak= \t\nend",
		0, 3},
	{"blanks  \t\nat=20 \r\nends ", "blanks\nat \r\nends ", "blanks  \t\nat  \r\nends ", 0, 0},
	{"a_b", "a_b", "a b", 0, 0},
	{"=XY ==41 =4", "=XY =A =4", "=XY =A =4", 3, 3},
	{"end=", "end", "end=", 0, 1},
	{"end= ", "end", "end= ", 0, 1},
};

static void quoted_printable(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(qps) / sizeof(*qps); i++) {
		char to[64];
		uint32_t bad = 0;
		size_t n = qp_decode(span_cstr(qps[i].in), QP_BODY, to, &bad);

		assert_span(((struct span){to, n}), qps[i].body);
		assert_int_equal(bad, qps[i].bad_body);
		bad = 0;
		n = qp_decode(span_cstr(qps[i].in), QP_WORD, to, &bad);
		assert_span(((struct span){to, n}), qps[i].word);
		assert_int_equal(bad, qps[i].bad_word);
	}
}

static const struct {
	const char *text, *name, *whole, *data; /* name NULL: no block */
} uus[] = {
	{"hi\nbegin 644 a b.txt\n#0V%T\n`\nend\nho\n", "a b.txt",
		"begin 644 a b.txt\n#0V%T\n`\nend\n", "Cat"},
	{"begin 0644 x\r\n#0V%T\r\n", "x", "begin 0644 x\r\n#0V%T\r\n", "Cat"},
	{"begin 644 x\n#0V%T\nplain text\n", "x", "begin 644 x\n#0V%T\n", "Cat"},
	{"begin 644 x\n%0V%T\"0@ \nend", "x", "begin 644 x\n%0V%T\"0@ \nend", "Cat\t\x08"},
	{"begin 644 x\nplain text\n", NULL, NULL, NULL},
	{"begin 64 x\n#0V%T\nend\n", NULL, NULL, NULL},
	{"begin 644 \n#0V%T\nend\n", NULL, NULL, NULL},
	{"we begin 644 x\n#0V%T\nend\n", NULL, NULL, NULL},
	{"begin 644 x", NULL, NULL, NULL},
	{"", NULL, NULL, NULL},
};

static void uuencoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(uus) / sizeof(*uus); i++) {
		struct uu_block block;
		char to[64];
		uint32_t bad = 0;
		bool found = uu_find(span_cstr(uus[i].text), &block);

		assert_int_equal(found, uus[i].name != NULL);
		if (!found)
			continue;
		assert_span(block.name, uus[i].name);
		assert_span(block.whole, uus[i].whole);
		size_t n = uu_decode(block.data, to, &bad);

		assert_span(((struct span){to, n}), uus[i].data);
		assert_int_equal(bad, 0);
	}
}

/* Encoders and mailers drop the blanks at the end of a line; they stood for zeros. */
static void uuencoded_without_trailing_blanks(void **state)
{
	(void)state;
	char to[8];
	uint32_t bad = 0;

	assert_int_equal(uu_decode(SPAN("#0P\n"), to, &bad), 3);
	assert_memory_equal(to, "C\0\0", 3);
	assert_int_equal(bad, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(base64_fits_its_room),
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(uuencoded),
		cmocka_unit_test(uuencoded_without_trailing_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
