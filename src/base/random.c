#include "base/random.h"

#define SHIFT 397

static void init_simple(struct random *r, uint32_t seed)
{
	r->word[0] = seed;
	for (uint32_t i = 1; i < RANDOM_WORDS; i++)
		r->word[i] = 1812433253u * (r->word[i - 1] ^ (r->word[i - 1] >> 30)) + i;
	r->next = RANDOM_WORDS;
}

/* init_by_array of the paper's reference code for a key of one word. */
void random_seed(struct random *r, uint32_t seed)
{
	uint32_t *w = r->word;
	size_t i = 1;

	init_simple(r, 19650218u);
	for (size_t k = 0; k < RANDOM_WORDS; k++) {
		w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1664525u)) + seed;
		if (++i == RANDOM_WORDS) {
			w[0] = w[RANDOM_WORDS - 1];
			i = 1;
		}
	}
	for (size_t k = 1; k < RANDOM_WORDS; k++) {
		w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1566083941u)) - (uint32_t)i;
		if (++i == RANDOM_WORDS) {
			w[0] = w[RANDOM_WORDS - 1];
			i = 1;
		}
	}
	w[0] = 0x80000000u;
}

static void refill(struct random *r)
{
	uint32_t *w = r->word;

	for (size_t i = 0; i < RANDOM_WORDS; i++) {
		uint32_t y = (w[i] & 0x80000000u) | (w[(i + 1) % RANDOM_WORDS] & 0x7fffffffu);

		w[i] = w[(i + SHIFT) % RANDOM_WORDS] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
	}
	r->next = 0;
}

uint32_t random_bits(struct random *r)
{
	if (r->next >= RANDOM_WORDS)
		refill(r);
	uint32_t y = r->word[r->next++];

	y ^= y >> 11;
	y ^= (y << 7) & 0x9d2c5680u;
	y ^= (y << 15) & 0xefc60000u;
	return y ^ (y >> 18);
}

double random_unit(struct random *r)
{
	uint32_t high = random_bits(r) >> 5, low = random_bits(r) >> 6;

	return ((double)high * 67108864.0 + (double)low) / 9007199254740992.0;
}

size_t random_below(struct random *r, size_t n)
{
	return (size_t)(random_unit(r) * (double)n);
}
