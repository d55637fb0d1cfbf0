#include "test.h"

#include "base/hash.h"
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct job {
	unsigned number;
	uint64_t result;
};

/* A run and what was seen of it. */
struct run {
	unsigned jobs, workers;
	size_t job_bytes;
	unsigned slow_us; /* work takes up to that long, at random */
	unsigned made, taken;
	unsigned held, held_most; /* jobs that are made and not taken */
	pthread_t caller;
	atomic_uint busy[16]; /* jobs that a worker is at: never more than one */
	atomic_uint worked, wrong;
};

static void *make(void *context, size_t *ret_bytes)
{
	struct run *r = context;

	r->wrong += !pthread_equal(pthread_self(), r->caller);
	if (r->made == r->jobs)
		return NULL;
	struct job *job = calloc(1, sizeof(*job));

	job->number = r->made++;
	*ret_bytes = r->job_bytes;
	if (++r->held > r->held_most)
		r->held_most = r->held;
	return job;
}

static void work(void *context, unsigned worker, void *arg)
{
	struct run *r = context;
	struct job *job = arg;

	if (worker >= r->workers || atomic_fetch_add(&r->busy[worker], 1) != 0)
		r->wrong++;
	if (r->slow_us)
		usleep((unsigned)(hash64_mix(job->number, 1) % r->slow_us));
	job->result = hash64_mix(job->number, 2);
	r->worked++;
	atomic_fetch_sub(&r->busy[worker], 1);
}

static void take(void *context, void *arg)
{
	struct run *r = context;
	struct job *job = arg;

	r->wrong += !pthread_equal(pthread_self(), r->caller);
	r->wrong += job->number != r->taken++ || job->result != hash64_mix(job->number, 2);
	r->held--;
	free(job);
}

static void run(struct run *r, size_t bytes_most)
{
	const struct pool_task task = {r, make, work, take};

	r->caller = pthread_self();
	assert_int_equal(pool_run(&task, r->workers, bytes_most), 0);
	assert_int_equal(r->taken, r->jobs);
	assert_int_equal(r->worked, r->jobs);
	assert_int_equal(r->wrong, 0);
	assert_int_equal(r->held, 0);
}

static const unsigned workers[] = {1, 2, 8};

static void results_come_in_the_order_of_the_jobs(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run slow = {
			.jobs = 400, .workers = workers[i], .job_bytes = 1, .slow_us = 300};
		struct run fast = {.jobs = 20000, .workers = workers[i], .job_bytes = 1};

		run(&slow, 0);
		run(&fast, 0);
	}
}

static void memory_is_bounded_by_bytes_and_by_jobs(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run few = {
			.jobs = 300, .workers = workers[i], .job_bytes = 100, .slow_us = 100};
		struct run many = {
			.jobs = 3000, .workers = workers[i], .job_bytes = 0, .slow_us = 20};
		struct run large = {.jobs = 50, .workers = workers[i], .job_bytes = 1 << 20};

		run(&few, 1000);
		assert_in_range(few.held_most, 1, 10);
		run(&many, 1000);
		assert_in_range(many.held_most, 1, 512);
		run(&large, 10); /* a job larger than the bound is done alone */
		assert_int_equal(large.held_most, 1);
	}
}

static void one_worker_is_the_caller(void **state)
{
	(void)state;
	struct run r = {.jobs = 100, .workers = 1, .job_bytes = 1};

	run(&r, 0);
	assert_int_equal(r.held_most, 1);
}

static void nothing_to_do_is_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run r = {.jobs = 0, .workers = workers[i]};

		run(&r, 0);
	}
	assert_true(pool_cores() >= 1);
}

/* How often each number of a loop was worked on; numbers are one worker's at a time. */
struct counted {
	uint8_t times[1000];
	size_t longest[8];
};

static void count(void *context, unsigned worker, size_t from, size_t to)
{
	struct counted *c = context;

	if (to - from > c->longest[worker])
		c->longest[worker] = to - from;
	for (; from < to; from++)
		c->times[from]++;
}

static void a_loop_does_each_number_once(void **state)
{
	static const size_t n[] = {0, 1, 7, 8, 9, 1000}, step[] = {1, 8, 2000};

	(void)state;
	for (size_t i = 0; i < 3 * 6 * 3; i++) {
		struct counted c = {{0}, {0}};
		const struct pool_loop loop = {&c, count};
		size_t most = n[i % 6], by = step[i / 6 % 3];

		assert_int_equal(pool_run_loop(&loop, most, by, (unsigned)workers[i / 18]), 0);
		for (size_t k = 0; k < 1000; k++)
			assert_int_equal(c.times[k], k < most);
		for (size_t k = 0; k < 8; k++)
			assert_true(c.longest[k] <= by);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_come_in_the_order_of_the_jobs),
		cmocka_unit_test(memory_is_bounded_by_bytes_and_by_jobs),
		cmocka_unit_test(one_worker_is_the_caller),
		cmocka_unit_test(nothing_to_do_is_done),
		cmocka_unit_test(a_loop_does_each_number_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
