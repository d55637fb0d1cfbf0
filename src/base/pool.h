/*
 * Ordered parallel work: one reader makes jobs, workers do them on every core, one writer takes
 * the results in the order in which the jobs were made. Bounded: the reader waits when too many
 * bytes or jobs are under way, so a stream of any length needs constant memory.
 */
#ifndef CORDON_BASE_POOL_H
#define CORDON_BASE_POOL_H

#include <stddef.h>

/*
 * What the caller brings. All functions but work() run on the calling thread. A job is the
 * caller's own; the pool never looks inside.
 */
struct pool_task {
	void *context;
	/* The next job, or NULL at the end; *ret_bytes is what it holds in memory. */
	void *(*make)(void *context, size_t *ret_bytes);
	/* Does a job, on the worker's thread; worker is 0 .. workers - 1. */
	void (*work)(void *context, unsigned worker, void *job);
	/* Takes a finished job, in order, and frees it. */
	void (*take)(void *context, void *job);
};

/* Cores that this process may run on, at least 1. */
unsigned pool_cores(void);

/*
 * Runs the task to its end with that many workers (0: pool_cores()); one worker means no thread at
 * all. No job is made while bytes_most bytes (0: 16 MiB) or 512 jobs are held, so the most that is
 * held is that and one job more. Returns 0 or a negative errno when no thread could be started.
 */
int pool_run(const struct pool_task *task, unsigned workers, size_t bytes_most);

/* What the caller of a plain loop brings: work() does the numbers from .. to - 1, on the worker's
 * thread; worker is 0 .. workers - 1. */
struct pool_loop {
	void *context;
	void (*work)(void *context, unsigned worker, size_t from, size_t to);
};

/*
 * Has work() do 0 .. n - 1 in runs of `step` each (at least 1; the last run may be shorter), in no
 * order. workers and returns are as in pool_run().
 */
int pool_run_loop(const struct pool_loop *loop, size_t n, size_t step, unsigned workers);

#endif
