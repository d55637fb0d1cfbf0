#include "base/hash.h"

#include <sodium.h>
#include <xxhash.h>

/* libsodium takes the version of BLAKE2b that this processor is fastest with, but only once it was
 * started; digests are the same without. */
__attribute__((constructor)) static void start(void)
{
	if (sodium_init() < 0)
		return; /* then it does without */
}

uint64_t hash64(struct span s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p ? s.p : "", s.n, seed);
}

struct digest digest_of(struct span s)
{
	struct digest d;

	crypto_generichash(
		d.byte, sizeof(d.byte), (const unsigned char *)(s.p ? s.p : ""), s.n, NULL, 0);
	return d;
}
