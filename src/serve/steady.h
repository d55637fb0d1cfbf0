/*
 * A clock that may jump - set wrong, or right again - for what is deleted by age. It goes on from
 * when it was first asked by the time that has passed since, and is never ahead of the system's: so
 * nothing gets old by a jump, in either direction.
 */
#ifndef CORDON_SERVE_STEADY_H
#define CORDON_SERVE_STEADY_H

#include <stdbool.h>
#include <stdint.h>

struct steady {
	int64_t ahead; /* the system's clock, of CLOCK_BOOTTIME, when it was first asked */
	bool begun;
};

/* Seconds since 1970 UTC. real: the system's clock; since_boot: CLOCK_BOOTTIME, which passes while the
 * machine is suspended too; both in seconds. */
static inline int64_t steady_at(struct steady *s, int64_t real, int64_t since_boot)
{
	if (!s->begun)
		*s = (struct steady){real - since_boot, true};
	int64_t steady = since_boot + s->ahead;

	return steady < real ? steady : real;
}

#endif
