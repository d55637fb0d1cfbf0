/* Delays as a histogram: counted by the gate, told by the web role, compared by cordon top. */
#ifndef CORDON_SERVE_DELAYS_H
#define CORDON_SERVE_DELAYS_H

#include <stdint.h>

/* Bucket i holds what took less than 2^i times 16 microseconds, and no less than those before it;
 * the last one all others. */
#define DELAYS_BUCKETS 24
#define DELAYS_FIRST   16000ULL /* nanoseconds */

/*
 * The time under which the given share (0 .. 1) of n[DELAYS_BUCKETS] stayed, in nanoseconds: an
 * estimate, evenly within its bucket; for the last bucket, where it begins. 0 when there are none.
 */
uint64_t delays_quantile(const uint64_t *n, double share);

#endif
