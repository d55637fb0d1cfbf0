#include "test.h"

#include "base/hash.h"

/* Values of other implementations: hashes are stored, so they may never change. */
static void hashes_are_those_of_the_standards(void **state)
{
	(void)state;
	/* XXH3-64 of nothing with seed 0, of xxHash's own test vectors */
	assert_int_equal(hash64(SPAN(""), 0), 0x2d06800538d394c2ULL);
	assert_int_equal(hash64((struct span){NULL, 0}, 0), 0x2d06800538d394c2ULL);
	/* BLAKE2b-256 of "abc" and of nothing, as b2sum -l 256 prints them */
	static const uint8_t abc[] = {0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72};
	static const uint8_t none[] = {0x0e, 0x57, 0x51, 0xc0, 0x26, 0xe5, 0x43, 0xb2};
	struct digest d = digest_of(SPAN("abc"));

	assert_memory_equal(d.byte, abc, sizeof(abc));
	d = digest_of((struct span){NULL, 0});
	assert_memory_equal(d.byte, none, sizeof(none));
}

static void seeds_and_bytes_matter(void **state)
{
	(void)state;
	assert_int_not_equal(hash64(SPAN("a"), 0), hash64(SPAN("a"), 1));
	assert_int_not_equal(hash64(SPAN("a"), 0), hash64(SPAN("b"), 0));
	assert_int_not_equal(hash64_mix(1, 2), hash64_mix(2, 1));
	assert_int_not_equal(hash64_mix(0, 0), hash64_mix(0, 1));
}

/* Every bit of the input must reach about half of the output's. */
static void mixing_spreads_every_bit(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		unsigned changed = 0;

		for (uint64_t i = 0; i < 256; i++)
			changed += (unsigned)__builtin_popcountll(
				hash64_mix(7, i * 0x9e3779b97f4a7c15ULL) ^
				hash64_mix(7, (i * 0x9e3779b97f4a7c15ULL) ^ 1ULL << bit));
		assert_in_range(changed / 256, 28, 36);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_standards),
		cmocka_unit_test(seeds_and_bytes_matter),
		cmocka_unit_test(mixing_spreads_every_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
