/*
 * Reproducible random numbers: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998),
 * seeded as by init_by_array with one key, so that a run here and one in a language that ships the
 * same generator (Python's `random`) draw the same numbers. Never for secrets.
 */
#ifndef CORDON_BASE_RANDOM_H
#define CORDON_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_WORDS 624

struct random {
	uint32_t word[RANDOM_WORDS];
	size_t next;
};

void random_seed(struct random *r, uint32_t seed);

/* 32 random bits. */
uint32_t random_bits(struct random *r);

/* A double from [0, 1) with 53 random bits. */
double random_unit(struct random *r);

/* An index from 0 .. n - 1; n is at least 1. */
size_t random_below(struct random *r, size_t n);

#endif
