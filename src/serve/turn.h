/*
 * Whose turn it is: a few may work at once, the others stand in line. First come, first served, so
 * that none waits for much longer than the rest; a semaphore would give the turn to whoever runs at
 * the moment, before those whom it wakes. Who has begun and only steps aside, to wait for something
 * else, comes back before those who have not begun.
 */
#ifndef CORDON_SERVE_TURN_H
#define CORDON_SERVE_TURN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum turn_line {
	TURN_BACK, /* who stepped aside */
	TURN_NEW,
	TURN_LINES
};

struct turn_waiter;

struct turn {
	pthread_mutex_t lock;
	unsigned free; /* turns that nobody has; 0 while somebody waits */
	struct turn_waiter *first[TURN_LINES], *last[TURN_LINES];
};

/* As many as may work at once; at least 1. */
void turn_init(struct turn *t, unsigned n);
/* Nobody has one or waits for one. */
void turn_done(struct turn *t);

/* Waits for a turn by the deadline (nanoseconds of CLOCK_MONOTONIC; INT64_MAX: for ever); false
 * when there was none. May be called by many threads. */
bool turn_take(struct turn *t, enum turn_line line, int64_t deadline);
void turn_leave(struct turn *t);

#endif
