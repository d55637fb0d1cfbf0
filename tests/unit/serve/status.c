#include "test.h"

#include "serve/status.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct status *status;
static int fd;

static int set_up(void **state)
{
	(void)state;
	status = status_make(&fd);
	return status ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	status_drop(status);
	close(fd);
	return 0;
}

static void it_is_shared_and_cannot_be_cut_off(void **state)
{
	struct status *other = status_take(fd);
	int wait_status;

	(void)state;
	assert_non_null(other);
	status_add(status, STATUS_SPAM, 3);
	assert_int_equal(other->count[STATUS_SPAM], 3);
	assert_true(other->started > 0);
	status_drop(other);
	pid_t pid = fork();

	if (pid == 0) {
		status_add(status, STATUS_SPAM, 4);
		_exit(ftruncate(fd, 0) == 0);
	}
	waitpid(pid, &wait_status, 0);
	assert_int_equal(wait_status, 0);
	assert_int_equal(status->count[STATUS_SPAM], 7);
}

static void only_such_memory_is_taken(void **state)
{
	int small = memfd_create("x", MFD_ALLOW_SEALING), open_memfd = memfd_create("x", 0);

	(void)state;
	assert_int_equal(ftruncate(open_memfd, sizeof(struct status)), 0);
	assert_null(status_take(small));
	assert_int_equal(errno, EBADMSG);
	assert_null(status_take(open_memfd));
	assert_null(status_take(-1));
	close(small);
	close(open_memfd);
}

static void times_are_in_buckets(void **state)
{
	static const struct {
		uint64_t nanoseconds;
		unsigned bucket;
	} rows[] = {
		{0, 0},
		{15999, 0},
		{16000, 1},
		{31999, 1},
		{32000, 2},
		{1000000, 6},
		{(16000ULL << 22) - 1, 22},
		{16000ULL << 22, 23},
		{UINT64_MAX / 2, 23},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t before = status->bucket[rows[i].bucket];

		status_time(status, rows[i].nanoseconds);
		assert_int_equal(status->bucket[rows[i].bucket], before + 1);
	}
}

static void quantiles_are_near(void **state)
{
	(void)state;
	assert_int_equal(status_quantile(status, 0.5), 0);
	for (uint64_t i = 1; i <= 1000; i++)
		status_time(status, i * 100000); /* 0.1 .. 100 ms */
	static const struct {
		double share, low, high;
	} rows[] = {{0.01, 0.4e6, 2e6}, {0.5, 40e6, 60e6}, {0.9, 80e6, 115e6}, {0.99, 95e6, 132e6}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double got = (double)status_quantile(status, rows[i].share);

		if (got < rows[i].low || got > rows[i].high)
			fail_msg("row %zu: %g", i, got);
	}
	assert_true(status_quantile(status, 0.1) < status_quantile(status, 0.2));
	for (int i = 0; i < 100000; i++)
		status_time(status, UINT64_MAX / 4);
	assert_int_equal(status_quantile(status, 1), 16000ULL << 22);
}

static void messages_in_hand(void **state)
{
	struct digest a = digest_of(SPAN("a")), b = digest_of(SPAN("b")), got;
	uint64_t since;

	(void)state;
	assert_int_equal(status_slot_here(), -1);
	int i = status_take_up(status, &a, 100);

	assert_int_equal(status_slot_here(), i);
	int k = status_take_up(status, &b, 0); /* 0 would be a free one */

	assert_int_not_equal(i, k);
	assert_true(status_slot_read(status, i, &since, &got));
	assert_int_equal(since, 100);
	assert_memory_equal(&got, &a, sizeof(a));
	assert_true(status_slot_read(status, k, &since, &got));
	assert_memory_equal(&got, &b, sizeof(b));
	status_put_down(status, i);
	assert_int_equal(status_slot_here(), k);
	assert_false(status_slot_read(status, i, &since, &got));
	status_put_down(status, k);
	assert_int_equal(status_slot_here(), -1);
	status_put_down(status, -1);
	status_put_down(status, STATUS_SLOTS);
}

static void all_slots_may_be_taken(void **state)
{
	struct digest a = digest_of(SPAN("a"));
	bool taken[STATUS_SLOTS] = {false};

	(void)state;
	for (int n = 0; n < STATUS_SLOTS; n++) {
		int i = status_take_up(status, &a, 5);

		assert_true(i >= 0 && !taken[i]);
		taken[i] = true;
	}
	assert_int_equal(status_take_up(status, &a, 5), -1);
	status_put_down(status, 77);
	assert_int_equal(status_take_up(status, &a, 5), 77);
}

static void *take_and_put(void *context)
{
	struct digest mine = digest_of((struct span){context, 1}), got;
	uint64_t since;

	for (int n = 0; n < 20000; n++) {
		int i = status_take_up(status, &mine, 9);

		if (i < 0 || !status_slot_read(status, i, &since, &got) ||
			memcmp(&got, &mine, sizeof(got)))
			return (void *)context;
		status_put_down(status, i);
	}
	return NULL;
}

static void threads_do_not_share_slots(void **state)
{
	pthread_t thread[4];
	void *fault;

	(void)state;
	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, take_and_put, (char[]){"abcd"} + i);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], &fault);
		assert_null(fault);
	}
}

static void suspicion(void **state)
{
	struct digest d[3] = {digest_of(SPAN("0")), digest_of(SPAN("1")), digest_of(SPAN("2"))};

	(void)state;
	assert_int_equal(status_suspicion(status, &d[0]), STATUS_CLEAN);
	status->suspect[0] = (struct status_suspect){d[0], 1};
	status->suspect[1] = (struct status_suspect){d[1], 2};
	status->suspects = 2;
	assert_int_equal(status_suspicion(status, &d[0]), STATUS_SUSPECT);
	assert_int_equal(status_suspicion(status, &d[1]), STATUS_SPECIMEN);
	assert_int_equal(status_suspicion(status, &d[2]), STATUS_CLEAN);
	status->suspects = UINT32_MAX; /* a role wrote over it: no read beyond the list */
	assert_int_equal(status_suspicion(status, &d[2]), STATUS_CLEAN);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_shared_and_cannot_be_cut_off),
		T(only_such_memory_is_taken),
		T(times_are_in_buckets),
		T(quantiles_are_near),
		T(messages_in_hand),
		T(all_slots_may_be_taken),
		T(threads_do_not_share_slots),
		T(suspicion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
