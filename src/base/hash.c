#include "base/hash.h"

#include <sodium.h>
#include <xxhash.h>

uint64_t hash64(struct span s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p ? s.p : "", s.n, seed);
}

struct digest digest_of(struct span s)
{
	struct digest d;

	crypto_generichash(d.byte, sizeof(d.byte), (const unsigned char *)(s.p ? s.p : ""), s.n,
		NULL, 0);
	return d;
}
