#include "test.h"

#include "judge/judge.h"
#include "judge/token.h"
#include "mails.h"

static int make(void **state)
{
	*state = judge_bench_new();
	return *state ? 0 : -1;
}

static int drop(void **state)
{
	judge_bench_free(*state);
	return 0;
}

static struct features *look(struct judge_bench *bench, struct span raw)
{
	struct verdict *v;

	assert_int_equal(judge_look(bench, raw, NULL, &v), 0);
	return v->features;
}

static void a_token_stands_once(void **state)
{
	char raw[2048];
	const struct features *f = look(*state, mail_write(raw, sizeof(raw), true, 3));

	for (size_t i = 0; i < f->start[VIEW_COUNT]; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(f->hash[i], f->hash[k]);
	for (size_t v = 0; v < VIEW_COUNT; v++)
		assert_true(f->start[v] <= f->start[v + 1]);
	assert_true(f->start[VIEW_COUNT] > 200);
}

static void the_same_mail_has_the_same_tokens(void **state)
{
	char raw[2048];
	struct span s = mail_write(raw, sizeof(raw), false, 3);
	const struct features *f = look(*state, s);
	size_t bytes = features_bytes(f);
	struct features *kept = malloc(bytes);

	memcpy(kept, f, bytes);
	look(*state, SPAN("From: x\n\ny\n"));
	f = look(*state, s);
	assert_int_equal(features_bytes(f), bytes);
	assert_memory_equal(f, kept, bytes);
	free(kept);
}

static void a_huge_mail_has_bounded_tokens(void **state)
{
	size_t n = (size_t)2 << 20;
	char *raw = malloc(n);
	uint32_t x = 1;

	/* A header of many fields, then words that are all different. */
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		raw[i] = i < n / 2 ? (i % 24 == 23 ? '\n' : i % 24 == 4 ? ':' : "abcdef"[x >> 24 & 3])
				   : (x >> 29 ? (char)('a' + (x >> 20) % 26) : ' ');
	}
	const struct features *f = look(*state, (struct span){raw, n});

	assert_true(f->start[VIEW_COUNT] <= FEATURES_MOST);
	assert_true(f->start[VIEW_COUNT] > 1000);
	free(raw);
}

static void findings_stand_in_their_order(void **state)
{
	char raw[2048];
	struct verdict *v;

	assert_int_equal(judge_look(*state, mail_write(raw, sizeof(raw), true, 5), NULL, &v), 0);
	size_t start = v->features->start[VIEW_FINDINGS];

	assert_true(v->findings.n > 0);
	assert_int_equal(v->features->start[VIEW_COUNT] - start, v->findings.n);
	for (size_t i = 0; i < v->findings.n; i++)
		assert_int_equal(v->features->hash[start + i],
			feature_of_finding(v->findings.at[i].name));
}

static void shapes(void **state)
{
	char to[SHAPE_MOST];

	(void)state;
	assert_span(((struct span){to, token_shape(SPAN("Re: AB12-xyz\xc3\xa9"), to, 99, false)}),
		"Aa: AA99-aaa??");
	assert_span(((struct span){to, token_shape(SPAN("Re: AB12-xyz  !!"), to, 99, true)}),
		"Aa: A9-a !!");
	assert_int_equal(token_shape(SPAN("abcdef"), to, 3, false), 3);
}

static void views_do_not_share_tokens(void **state)
{
	(void)state;
	for (uint32_t h = 0; h < 1000; h++)
		for (int v = 1; v < VIEW_COUNT; v++)
			assert_int_not_equal(token_value(VIEW_HEAD, h), token_value((enum view)v, h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_token_stands_once, make, drop),
		cmocka_unit_test_setup_teardown(the_same_mail_has_the_same_tokens, make, drop),
		cmocka_unit_test_setup_teardown(a_huge_mail_has_bounded_tokens, make, drop),
		cmocka_unit_test_setup_teardown(findings_stand_in_their_order, make, drop),
		cmocka_unit_test(shapes),
		cmocka_unit_test(views_do_not_share_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
