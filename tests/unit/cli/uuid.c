#include "test.h"

#include "cli/uuid.h"

static void sums(void **state)
{
	/* RFC 3174, 7.3, and lengths about the ends of blocks (as sha1sum gives them). */
	static const struct {
		size_t n; /* of 'a's; 0: text */
		const char *text, *sum;
	} rows[] = {
		{0, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{0, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{0, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{55, NULL, "c1c8bbdc22796e28c0e15163d20899b65621d65a"},
		{56, NULL, "c2db330f6083854c99d4b5bfb6e8f29f201be699"},
		{63, NULL, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"},
		{64, NULL, "0098ba824b5c16427bd7a1122a5a442a25ec644d"},
		{65, NULL, "11655326c708d70319be2610e8a57d9a5b959d3b"},
		{1000, NULL, "291e9a6c66994949b57ba5e650361e98fc36b1ba"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[1001], hex[41];
		uint8_t sum[20];

		memset(text, 'a', sizeof(text));
		uuid_sha1(
			rows[i].n ? (struct span){text, rows[i].n} : span_cstr(rows[i].text), sum);
		for (int k = 0; k < 20; k++)
			snprintf(hex + 2 * k, 3, "%02x", sum[k]);
		assert_string_equal(hex, rows[i].sum);
	}
}

static void names(void **state)
{
	/* RFC 9562, A.4; and the second as Python's uuid.uuid5() gives it. */
	static const struct {
		const char *space, *name, *uuid;
	} rows[] = {
		{"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com",
			"2ed6657d-e927-568b-95e1-2665a8aea6a2"},
		{"00abedb4-aa42-466c-9c01-fed23315a9b7", "{\"value\":\"198.51.100.3\"}",
			"28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t space[16];
		char text[UUID_TEXT];

		uuid_parse(rows[i].space, space);
		assert_string_equal(
			uuid_of_name(space, span_cstr(rows[i].name), text), rows[i].uuid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
