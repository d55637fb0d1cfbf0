/*
 * A turn that is left goes to the first in line by hand: it is never free in between, so nobody who
 * comes just then gets ahead.
 */
#include "serve/turn.h"

#include <errno.h>
#include <semaphore.h>
#include <stddef.h>
#include <time.h>

struct turn_waiter {
	struct turn_waiter *before, *next;
	sem_t mine;
	bool has; /* the turn; under the lock */
};

void turn_init(struct turn *t, unsigned n)
{
	*t = (struct turn){.free = n};
	pthread_mutex_init(&t->lock, NULL);
}

void turn_done(struct turn *t)
{
	pthread_mutex_destroy(&t->lock);
}

static void line_up(struct turn *t, enum turn_line line, struct turn_waiter *w)
{
	w->before = t->last[line];
	if (w->before)
		w->before->next = w;
	else
		t->first[line] = w;
	t->last[line] = w;
}

static void step_out(struct turn *t, enum turn_line line, struct turn_waiter *w)
{
	*(w->before ? &w->before->next : &t->first[line]) = w->next;
	*(w->next ? &w->next->before : &t->last[line]) = w->before;
}

static void wait_until(sem_t *s, int64_t deadline)
{
	const struct timespec until = {deadline / 1000000000, deadline % 1000000000};

	while (sem_clockwait(s, CLOCK_MONOTONIC, &until) < 0 && errno == EINTR)
		;
}

bool turn_take(struct turn *t, enum turn_line line, int64_t deadline)
{
	struct turn_waiter w = {.has = false};

	pthread_mutex_lock(&t->lock);
	if (t->free) {
		t->free--;
		pthread_mutex_unlock(&t->lock);
		return true;
	}
	sem_init(&w.mine, 0, 0);
	line_up(t, line, &w);
	pthread_mutex_unlock(&t->lock);
	wait_until(&w.mine, deadline);
	pthread_mutex_lock(&t->lock);
	if (!w.has)
		step_out(t, line, &w);
	pthread_mutex_unlock(&t->lock);
	sem_destroy(&w.mine);
	return w.has;
}

void turn_leave(struct turn *t)
{
	pthread_mutex_lock(&t->lock);
	enum turn_line line = t->first[TURN_BACK] ? TURN_BACK : TURN_NEW;
	struct turn_waiter *w = t->first[line];

	if (w) {
		step_out(t, line, w);
		w->has = true;
		sem_post(&w->mine); /* under the lock: it is on the other's stack */
	} else {
		t->free++;
	}
	pthread_mutex_unlock(&t->lock);
}
