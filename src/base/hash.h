/*
 * Two kinds of hash. hash64: fast, for tables and features; never for anything an enemy gains by
 * colliding. digest: BLAKE2b-256 of libsodium, where two inputs must not be confused.
 */
#ifndef CORDON_BASE_HASH_H
#define CORDON_BASE_HASH_H

#include "base/span.h"

#include <stdint.h>

/* XXH3 of the bytes with a seed: stable across machines and versions (libxxhash promises it). */
uint64_t hash64(struct span s, uint64_t seed);

/* Mixes two 64-bit values into one (the finaliser of splitmix64 over a * odd + b). */
static inline uint64_t hash64_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15ULL + b;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

#define DIGEST_BYTES 32

struct digest {
	uint8_t byte[DIGEST_BYTES];
};

/* BLAKE2b-256 of the bytes. */
struct digest digest_of(struct span s);

#endif
