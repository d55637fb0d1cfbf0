/* Names of people in what is kept, as hashes. */
#include "serve/decided_people.h"

#include "test.h"

static const struct {
	const char *name, *address, *shape; /* '~' stands for itself and sixteen hex digits */
} cases[] = {
	{"an address", "joe@example.org", "~@example.org"},
	{"its domain in lower case", "joe@EXAMPLE.org", "~@example.org"},
	{"of two, the last", "\"a@b\"@example.org", "~@example.org"},
	{"without a domain", "joe", "~"},
	{"the null sender", "", ""},
};

static const struct person_key key = {{1, 2, 3}}, other = {{4}};

static void has_shape(const char *name, struct span got, const char *shape)
{
	size_t hex = 0;

	if (!*shape) {
		assert_int_equal(got.n, 0);
		return;
	}
	assert_int_equal(got.p[0], '~');
	while (hex + 1 < got.n && strchr("0123456789abcdef", got.p[hex + 1]))
		hex++;
	if (hex != 16 || !span_eq(span_skip(got, 17), span_cstr(shape + 1)))
		fail_msg("%s: %.*s", name, SPAN_ARG(got));
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span address = span_cstr(cases[i].address);
		struct decided d = {.sender = address,
			.user = address,
			.recipient = {address, address},
			.recipients = 2,
			.message_id = SPAN("<joe.1@example.org>"),
			.queue_id = SPAN("4Gh")};
		struct decided_people room;

		decided_hash_people(&d, &key, &room);
		has_shape(cases[i].name, d.sender, cases[i].shape);
		assert_true(span_eq(d.sender, d.user));
		assert_true(span_eq(d.sender, d.recipient[0]));
		assert_true(span_eq(d.sender, d.recipient[1]));
		assert_int_equal(d.message_id.n, 0);
		assert_true(span_eq(d.queue_id, SPAN("4Gh")));
	}
}

/* The same person is the same word, in whatever case; another, or by another key, another. */
static void test_words(void **state)
{
	char a[PERSON_MOST], b[PERSON_MOST];

	(void)state;
	assert_string_equal(person_hash(&key, SPAN("Joe@Example.ORG"), a),
		person_hash(&key, SPAN("joe@example.org"), b));
	assert_string_not_equal(person_hash(&key, SPAN("jo@example.org"), a), b);
	assert_string_not_equal(person_hash(&other, SPAN("joe@example.org"), a), b);
}

/* The longest that is kept is not written beyond its room. */
static void test_long(void **state)
{
	char text[2000], room[PERSON_MOST + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[1] = '@';
	room[PERSON_MOST] = 'x';
	person_hash(&key, (struct span){text, sizeof(text)}, room);
	assert_true(strlen(room) < PERSON_MOST);
	assert_int_equal(room[PERSON_MOST], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
