/* Canonical forms, against the examples of RFC 6376, 3.4.5, cases by hand, and another way to make
 * them. */
#include "test.h"

#include "auth/body_hash.h"
#include "base/buf.h"
#include "base/random.h"
#include "dkim_signer.h"

static void to_buf(void *arg, const char *p, size_t n)
{
	buf_add(arg, (struct span){p, n});
}

static void body_of(struct span body, enum canon canon, struct buf *to)
{
	struct canon_sink sink;

	to->n = 0;
	canon_sink_init(&sink, to_buf, to);
	canon_body(&sink, body, canon);
	canon_sink_flush(&sink);
}

static void bodies(void **state)
{
	static const struct {
		const char *body, *simple, *relaxed;
	} table[] = {
		{"", "\r\n", ""},
		{"\r\n", "\r\n", ""},
		{"\n\n\r\n\n", "\r\n", ""},
		{" \r\n\t\n", " \r\n\t\r\n", ""},
		{" \n\n", " \r\n", ""},
		{"a", "a\r\n", "a\r\n"},
		{"a\n", "a\r\n", "a\r\n"},
		{"a\r\n\r\n", "a\r\n", "a\r\n"},
		{"\n\na\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
		{" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
		{"a\n \nb", "a\r\n \r\nb\r\n", "a\r\n\r\nb\r\n"},
		{"a  b\t\tc \td\n", "a  b\t\tc \td\r\n", "a b c d\r\n"},
		{"\ta\n", "\ta\r\n", " a\r\n"},
		{"a\rb\n", "a\rb\r\n", "a\rb\r\n"}, /* a CR is a byte */
		{"a\r\r\n", "a\r\r\n", "a\r\r\n"},  /* so is the first of two */
		{"a\r", "a\r\r\n", "a\r\r\n"},      /* and one at the end */
		{"a \r", "a \r\r\n", "a \r\r\n"},
		{"long line of plain text  here", "long line of plain text  here\r\n",
			"long line of plain text here\r\n"},
		{"exactly8 and  two", "exactly8 and  two\r\n", "exactly8 and two\r\n"},
	};
	struct buf to = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		body_of(span_cstr(table[i].body), CANON_SIMPLE, &to);
		assert_span(buf_span(&to), table[i].simple);
		body_of(span_cstr(table[i].body), CANON_RELAXED, &to);
		assert_span(buf_span(&to), table[i].relaxed);
	}
	body_of((struct span){"a\0  b\0", 6}, CANON_RELAXED, &to);
	assert_int_equal(to.n, 7);
	assert_memory_equal(to.p, "a\0 b\0\r\n", 7);
	buf_done(&to);
}

/* Finds the field whose text is all of `raw`, as the parser would. */
static struct field field_of(const char *raw, const char *without, struct span *ret_without)
{
	const char *colon = strchr(raw, ':');
	size_t n = (size_t)(colon - raw);

	while (n && raw[n - 1] == ' ')
		n--;
	*ret_without = (struct span){NULL, 0};
	if (*without)
		*ret_without = (struct span){strstr(colon, without), strlen(without)};
	return (struct field){.name = {raw, n}, .value = span_cstr(colon + 1)};
}

static void fields(void **state)
{
	static const struct {
		const char *raw, *without, *simple, *relaxed;
	} table[] = {
		{"A: X", "", "A: X", "a:X"},
		{"B : Y\t\r\n\tZ  ", "", "B : Y\t\r\n\tZ  ", "b:Y Z"},
		{"Bcc:", "", "Bcc:", "bcc:"},
		{"Subject:  \r\n ", "", "Subject:  \r\n ", "subject:"},
		{"LF:a\n b", "", "LF:a\r\n b", "lf:a b"},
		{"CRs:a\r\r\n b", "", "CRs:a\r\n b", "crs:a b"},
		{"DKIM-Signature: a=1; b= AB\r\n CD ; c=2", " AB\r\n CD ",
			"DKIM-Signature: a=1; b=; c=2", "dkim-signature:a=1; b=; c=2"},
		{"DKIM-Signature: a=1;\r\n b=ABCD", "ABCD",
			"DKIM-Signature: a=1;\r\n b=", "dkim-signature:a=1; b="},
	};
	struct canon_sink sink;
	struct buf to = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct span without;
		struct field f = field_of(table[i].raw, table[i].without, &without);

		for (int relaxed = 0; relaxed < 2; relaxed++) {
			to.n = 0;
			canon_sink_init(&sink, to_buf, &to);
			canon_field(&sink, &f, relaxed ? CANON_RELAXED : CANON_SIMPLE, without);
			canon_sink_flush(&sink);
			assert_span(buf_span(&to), relaxed ? table[i].relaxed : table[i].simple);
		}
	}
	buf_done(&to);
}

/* Random text with many blanks and line ends, sometimes longer than the sink holds. */
static void random_body(struct random *r, struct buf *to)
{
	static const char some[] = " \t \r\n\n\n\rab cdefgh.";
	size_t n = random_below(r, 8) ? random_below(r, 120) : random_below(r, 40000);

	to->n = 0;
	buf_str(to, "");
	while (n--) {
		if (random_below(r, 20) == 0)
			buf_str(to, "plain words that need no change at all, and go on");
		buf_byte(to, some[random_below(r, sizeof(some) - 1)]);
	}
}

static void against_another_way(void **state)
{
	struct buf body = {0}, got = {0}, want = {0};
	struct random r;

	(void)state;
	random_seed(&r, 6376);
	for (int i = 0; i < 4000; i++) {
		random_body(&r, &body);
		for (int relaxed = 0; relaxed < 2; relaxed++) {
			want.n = 0;
			body_of(buf_span(&body), relaxed ? CANON_RELAXED : CANON_SIMPLE, &got);
			signer_canon_body(&want, buf_span(&body), relaxed);
			assert_int_equal(got.n, want.n);
			assert_memory_equal(got.p ? got.p : "", want.p ? want.p : "", got.n);
		}
	}
	buf_done(&body);
	buf_done(&got);
	buf_done(&want);
}

/* Jobs of any length, hash and form, together, give what each gives alone. */
static void hashes_together(void **state)
{
	struct buf body = {0}, canon = {0};
	struct body_hash job[9], *list[9];
	struct random r;

	(void)state;
	random_seed(&r, 8601);
	for (int round = 0; round < 300; round++) {
		random_body(&r, &body);
		for (int i = 0; i < 9; i++) {
			job[i] = (struct body_hash){
				.canon = random_below(&r, 2) ? CANON_RELAXED : CANON_SIMPLE,
				.hash = random_below(&r, 2) ? SIGN_SHA1 : SIGN_SHA256,
				.length = random_below(&r, 2) ? BODY_WHOLE
							      : random_below(&r, body.n + 3)};
			list[i] = &job[i];
		}
		assert_int_equal(body_hash(buf_span(&body), list, 9), 0);
		for (int i = 0; i < 9; i++) {
			uint8_t digest[EVP_MAX_MD_SIZE];

			body_of(buf_span(&body), job[i].canon, &canon);
			assert_int_equal(job[i].whole, canon.n);
			EVP_Digest(canon.p ? canon.p : "",
				job[i].length < canon.n ? job[i].length : canon.n, digest, NULL,
				sign_hash_md(job[i].hash), NULL);
			assert_memory_equal(digest, job[i].digest, sign_hash_bytes(job[i].hash));
		}
	}
	assert_int_equal(body_hash(SPAN("x"), NULL, 0), 0);
	buf_done(&body);
	buf_done(&canon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(fields),
		cmocka_unit_test(against_another_way),
		cmocka_unit_test(hashes_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
