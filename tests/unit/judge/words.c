#include "test.h"

#include "judge/check/words.h"

static struct arena arena;

static struct words_text fold(const char *raw)
{
	struct words_text t;

	words_fold(&arena, span_cstr(raw), &t);
	return t;
}

static void folds(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *want;
	} cases[] = {
		{"", ""},
		{"Hello  World\r\n\tagain ", "hello world again "},
		{"  lead", "lead"},
		{"0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef"},
		{"SIXTEEN LETTERS  AND MORE OF THEM THERE",
			"sixteen letters and more of them there"},
		{"\xc3\x84rger, \xc5\x81\xc3\xb3"
		 "d\xc5\xba, \xc4\xb0stanbul",
			"arger, lodz, istanbul"},
		{"Stra\xc3\x9f"
		 "e",
			"strase"},
		{"\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2",
			"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
		{"a\xc2\xa0\xe3\x80\x80"
		 "b",
			"a b"},
		{"pass\xe2\x80\x8bword", "password"},
		{"pay\xc2\xadpal", "paypal"},
		{"\xef\xbc\xa1\xef\xbd\x82\xef\xbc\x91", "ab1"},
		{"\xf0\x9d\x90\x80\xf0\x9d\x9f\x8e", "a0"},
		{"it\xe2\x80\x99s \xe2\x80\x9cso\xe2\x80\x9d \xe2\x80\x93", "it's \"so\" -"},
		{"e\xcc\x81t\xc3\xa9", "ete"},
		{"bad \xff byte", "bad ? byte"},
		{"DEL \x7f\x7f\x7f\x01\x7f then sixteen letters more",
			"del then sixteen letters more"},
		{"\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f", ""},
		{"\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(fold(cases[i].raw).folded, cases[i].want);
}

static void counts_oddities(void **state)
{
	(void)state;
	struct words_text t = fold("p\xd0\xb0y \xd0\xb0 x\xe2\x80\x8by \xe2\x80\x8b z\xc2\xad"
				   "a "
				   "\xef\xbc\xa1 \xf0\x9d\x90\x80 \xe2\x80\xae \xe6\xbc\xa2");

	assert_int_equal(t.odd[WORDS_MIXED].count, 1);
	assert_span(t.odd[WORDS_MIXED].first, "\xd0\xb0");
	assert_int_equal(t.odd[WORDS_CYRILLIC].count, 2);
	assert_int_equal(t.odd[WORDS_ZERO_WIDTH].count, 1);
	assert_int_equal(t.odd[WORDS_SOFT_HYPHEN].count, 1);
	assert_int_equal(t.odd[WORDS_FULL_WIDTH].count, 1);
	assert_int_equal(t.odd[WORDS_MATHS].count, 1);
	assert_int_equal(t.odd[WORDS_TURNED].count, 1);
	assert_int_equal(t.odd[WORDS_EAST_ASIAN].count, 1);
}

/* Evidence is the raw bytes, wherever in a long text it stands and whatever is folded away. */
static void finds_raw_bytes_again(void **state)
{
	(void)state;
	static const char filler[] =
		"Some \xc3\xa4  words,\r\n\r\n  and \xe2\x80\x8bmore  \xc2\xa0 ";
	const struct words_group group = {3, 2, "verify your account"};
	struct words_set *set = words_set_new(&group, 1);

	assert_non_null(set);
	for (size_t before = 0; before < 60; before++) {
		char raw[8192] = "";
		struct words_hits hits[WORDS_IDS_MOST];

		for (size_t i = 0; i < before; i++)
			strcat(raw, filler);
		strcat(raw, "V\xc3\xa9rify \n your\xe2\x80\x8b Account!");
		struct words_text t = fold(raw);

		words_find(set, &t, hits);
		assert_int_equal(hits[3].phrases, 1);
		assert_span(words_raw(&t, hits[3].at, hits[3].n),
			"V\xc3\xa9rify \n your\xe2\x80\x8b Account");
		arena_reset(&arena);
	}
	words_set_free(set);
}

static void finds_at_word_boundaries(void **state)
{
	(void)state;
	static const struct {
		const char *phrase, *text;
		unsigned want;
	} cases[] = {
		{"dhl", "your dhl parcel", 1},
		{"dhl", "dhl", 1},
		{"dhl", "adhl dhls", 0},
		{"dhl", "x-dhl-y", 1},
		{"click here", "please click here.", 1},
		{"click here", "click  hereby", 0},
		{"fund*", "these funds", 1},
		{"your _ account", "your paypal account", 1},
		{"your _ account", "your account", 0},
		{"your _ account", "your big fat account", 0},
		{"\xe9\xaa\x8c\xe8\xaf\x81", "\xe8\xaf\xb7\xe9\xaa\x8c\xe8\xaf\x81\xe6\x82\xa8", 1},
		{"abcd|abcd efgh|abcd", "abcd efgh", 3},
		{"exactly8", "exactly8", 1},
		{"exactly8 and", "exactly8 or", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct words_group group = {0, 1, cases[i].phrase};
		struct words_set *set = words_set_new(&group, 1);
		struct words_hits hits[WORDS_IDS_MOST];
		struct words_text t = fold(cases[i].text);

		assert_non_null(set);
		words_find(set, &t, hits);
		assert_int_equal(hits[0].phrases, cases[i].want);
		assert_int_equal(hits[0].points, cases[i].want);
		words_set_free(set);
	}
}

/* A word that lies across the blocks of 64 bytes is one word, and found. */
static void finds_across_blocks(void **state)
{
	(void)state;
	const struct words_group group = {0, 1, "needle here"};
	struct words_set *set = words_set_new(&group, 1);

	assert_non_null(set);
	for (int before = 40; before < 140; before++) {
		struct words_hits hits[WORDS_IDS_MOST];
		char raw[256];

		snprintf(raw, sizeof(raw), "%*s needle here", before, "x");
		for (int i = 0; i < before; i++)
			raw[i] = 'x';
		struct words_text t = fold(raw);

		assert_int_equal(words_find(set, &t, hits), 3);
		assert_int_equal(hits[0].phrases, 1);
		assert_int_equal(hits[0].at, before + 1);
	}
	words_set_free(set);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds),
		cmocka_unit_test(counts_oddities),
		cmocka_unit_test(finds_raw_bytes_again),
		cmocka_unit_test(finds_at_word_boundaries),
		cmocka_unit_test(finds_across_blocks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
