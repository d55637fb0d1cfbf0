/*
 * The messages that were in hand when the gate died. One that was so twice is not judged again; see
 * status_suspicion(). The truth is the supervisor's own; what the gate sees is a copy that is made
 * while there is none.
 */
#ifndef CORDON_SERVE_SUSPECTS_H
#define CORDON_SERVE_SUSPECTS_H

#include "serve/status.h"

struct suspects {
	size_t n;
	struct status_suspect list[STATUS_SUSPECTS]; /* the latest first */
};

/*
 * After a death: counts the messages of threads that died with them in hand; when none is marked,
 * all that were in hand, since nobody knows which. Frees all slots, and publishes the list. Returns
 * how many were counted; *ret_specimens is how many of them were so the second time.
 */
size_t suspects_count(struct suspects *x, struct status *s, size_t *ret_specimens);

/* Marks the messages that are in hand since before that time (nanoseconds of CLOCK_MONOTONIC) as
 * killers; how many those are. */
size_t suspects_mark_stuck(struct status *s, uint64_t before);

#endif
