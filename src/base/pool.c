/*
 * Jobs stand in a ring in the order they were made. Workers take the oldest one not yet begun; the
 * calling thread refills the ring, takes finished jobs off its tail, and works as well when there
 * is neither to do: so n workers are n - 1 threads and the caller.
 */
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define RING 512

enum state { WAITING, BUSY, DONE };

struct slot {
	void *job;
	size_t bytes;
	enum state state;
};

struct pool {
	const struct pool_task *task;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot ring[RING];
	unsigned long head, next, tail; /* made, begun, taken: tail <= next <= head */
	size_t bytes, bytes_most;
	bool ended;
};

unsigned pool_cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n > 0 ? (unsigned)n : 1;
}

/* Begins and does the oldest waiting job; called and returns with the lock held. */
static void do_one(struct pool *p, unsigned worker)
{
	struct slot *s = &p->ring[p->next++ % RING];

	s->state = BUSY;
	pthread_mutex_unlock(&p->lock);
	p->task->work(p->task->context, worker, s->job);
	pthread_mutex_lock(&p->lock);
	s->state = DONE;
	pthread_cond_broadcast(&p->changed);
}

struct worker {
	struct pool *pool;
	unsigned number;
	pthread_t thread;
};

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	while (!p->ended || p->next < p->head) {
		if (p->next < p->head)
			do_one(p, w->number);
		else
			pthread_cond_wait(&p->changed, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static bool has_room(const struct pool *p)
{
	return !p->ended && p->head - p->tail < RING &&
	       (p->head == p->tail || p->bytes < p->bytes_most);
}

/* Makes one job and puts it in the ring; lock held, let go while it is made. */
static void make_one(struct pool *p)
{
	size_t bytes = 0;

	pthread_mutex_unlock(&p->lock);
	void *job = p->task->make(p->task->context, &bytes);

	pthread_mutex_lock(&p->lock);
	if (!job) {
		p->ended = true;
	} else {
		p->ring[p->head++ % RING] = (struct slot){job, bytes, WAITING};
		p->bytes += bytes;
	}
	pthread_cond_broadcast(&p->changed);
}

static void take_one(struct pool *p)
{
	struct slot s = p->ring[p->tail % RING];

	pthread_mutex_unlock(&p->lock);
	p->task->take(p->task->context, s.job);
	pthread_mutex_lock(&p->lock);
	p->tail++;
	p->bytes -= s.bytes;
}

/* The calling thread's part: results first, then new jobs, then help, then wait. */
static void run(struct pool *p, bool alone)
{
	pthread_mutex_lock(&p->lock);
	while (!p->ended || p->tail < p->head) {
		if (p->tail < p->head && p->ring[p->tail % RING].state == DONE)
			take_one(p);
		else if (has_room(p) && !(alone && p->next < p->head))
			make_one(p);
		else if (p->next < p->head)
			do_one(p, 0);
		else
			pthread_cond_wait(&p->changed, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
}

int pool_run(const struct pool_task *task, unsigned workers, size_t bytes_most)
{
	struct pool *p = calloc(1, sizeof(*p));
	unsigned n = workers ? workers : pool_cores(), started = 0;
	struct worker *w = calloc(n, sizeof(*w));
	int rc = p && w ? 0 : -ENOMEM;

	if (rc == 0) {
		p->task = task;
		p->bytes_most = bytes_most ? bytes_most : (size_t)16 << 20;
		pthread_mutex_init(&p->lock, NULL);
		pthread_cond_init(&p->changed, NULL);
		for (unsigned i = 1; i < n; i++) {
			w[started] = (struct worker){.pool = p, .number = i};
			if (pthread_create(&w[started].thread, NULL, worker_main, &w[started]))
				break; /* fewer threads do the same work */
			started++;
		}
		run(p, started == 0);
		for (unsigned i = 0; i < started; i++)
			pthread_join(w[i].thread, NULL);
		pthread_cond_destroy(&p->changed);
		pthread_mutex_destroy(&p->lock);
	}
	free(w);
	free(p);
	return rc;
}

/* A loop under way; a job is a number, one higher than its run's, since NULL is the end. */
struct runs {
	const struct pool_loop *loop;
	size_t n, step, next;
};

static void *make_run(void *context, size_t *ret_bytes)
{
	struct runs *r = context;

	*ret_bytes = 1;
	return r->next * r->step < r->n ? (void *)(uintptr_t)++r->next : NULL;
}

static void work_run(void *context, unsigned worker, void *job)
{
	const struct runs *r = context;
	size_t from = ((uintptr_t)job - 1) * r->step, left = r->n - from;

	r->loop->work(r->loop->context, worker, from, from + (left < r->step ? left : r->step));
}

static void take_run(void *context, void *job)
{
	(void)context;
	(void)job;
}

int pool_run_loop(const struct pool_loop *loop, size_t n, size_t step, unsigned workers)
{
	struct runs r = {loop, n, step, 0};
	const struct pool_task task = {
		.context = &r, .make = make_run, .work = work_run, .take = take_run};

	return pool_run(&task, workers, 0);
}
