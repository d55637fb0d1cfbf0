/* Bytes of the mail server's: what is waited for, and for how long. The clock and the waiting are the
 * test's. */
#include "test.h"

#include "serve/gate_milter_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MS 3700000 /* libmilter's */
#define LOOK_MS    1       /* with which it looks for a next command */

static int64_t now_ms, each_ms; /* each wait takes so long */
static const char *comes;       /* behind each wait */
static int client;

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	(void)clock;
	*ret = (struct timespec){now_ms / 1000, now_ms % 1000 * 1000000};
	return 0;
}

int poll(struct pollfd *p, nfds_t n, int milliseconds)
{
	assert_int_equal(n, 1);
	if (milliseconds < each_ms) {
		now_ms += milliseconds;
		return 0;
	}
	now_ms += each_ms;
	assert_int_equal(write(client, comes, strlen(comes)), strlen(comes));
	p->revents = POLLIN;
	return 1;
}

static int waits(int fd, int milliseconds)
{
	struct pollfd p = {fd, POLLIN, 0};

	return gate_io_poll(&p, 1, milliseconds);
}

static int listens(void)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(listen(listener, 1), 0); /* at any port */
	return listener;
}

/* What becomes of one who connects. */
static int accepts(int listener)
{
	struct sockaddr_in at;
	socklen_t n = sizeof(at);

	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, n), 0);
	return gate_io_accept(listener, NULL, NULL);
}

static int connection(void)
{
	int listener = listens(), fd = accepts(listener);

	assert_true(fd >= 0);
	close(listener);
	return fd;
}

/* Commands of two bytes, each of which is half there when the one before ends: as the pieces of a
 * large body come over a line that is slow. */
static void a_slow_line_is_not_a_slow_command(void **state)
{
	int fd = connection();
	char byte;

	(void)state;
	each_ms = 10000;
	comes = "ba";
	assert_int_equal(write(client, "a", 1), 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(waits(fd, LOOK_MS), 1);
		assert_int_equal(gate_io_read(fd, &byte, 1), 1);
		assert_int_equal(byte, 'a');
		assert_int_equal(waits(fd, TIMEOUT_MS), 1);
		assert_int_equal(gate_io_read(fd, &byte, 1), 1);
		assert_int_equal(byte, 'b');
	}
	gate_io_close(fd);
	close(client);
}

/* A byte now and then, and never the end. */
static void a_slow_command_ends(void **state)
{
	int fd = connection(), got = 0;
	char byte;

	(void)state;
	each_ms = 10000;
	comes = "a";
	int64_t begun = now_ms;

	assert_int_equal(waits(fd, LOOK_MS), 0);
	while (waits(fd, TIMEOUT_MS) == 1 && got < 100)
		got += (int)gate_io_read(fd, &byte, 1);
	assert_int_equal(got, GATE_IO_COMMAND_S * 1000 / each_ms);
	assert_int_equal(now_ms - begun, GATE_IO_COMMAND_S * 1000);
	gate_io_close(fd);
	close(client);
}

/* There are never fewer descriptors than connections that are taken. */
static void descriptors_bound_connections(void **state)
{
	struct rlimit had, few = {256, 256};
	_Atomic uint64_t refused = 0;
	int fd[256], n = 0, listener = listens();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
	few.rlim_max = had.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	gate_io_bound(100000, &refused);
	while ((fd[n] = accepts(listener)) >= 0) {
		n++;
		close(client);
	}
	assert_int_equal(errno, ECONNABORTED);
	assert_int_equal(n, 128);
	assert_int_equal(refused, 1);
	close(client);
	close(listener);
	while (n > 0)
		gate_io_close(fd[--n]);
	assert_int_equal(gate_io_connections(), 0);
	gate_io_bound(0, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_line_is_not_a_slow_command),
		cmocka_unit_test(a_slow_command_ends),
		cmocka_unit_test(descriptors_bound_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
