/* Processes that die with messages in hand: whose it was is known, whichever way the thread died. */
#include "test.h"

#include "serve/crash.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum way { BY_SEGV, BY_ABORT, BY_FAULT, BY_STACK };

static struct status *shared;
static sem_t holds;

static void take_up(const char *name)
{
	struct digest d = digest_of(span_cstr(name));

	status_take_up(shared, &d, 1);
}

__attribute__((noreturn)) static void *bystander(void *unused)
{
	(void)unused;
	crash_watch_thread();
	take_up("of another");
	sem_post(&holds);
	for (;;)
		pause();
}

/* Each call needs its own kilobyte, which is used after the next has returned. */
__attribute__((noinline)) static int deeper(volatile char *before, int n)
{
	volatile char room[1024];

	room[0] = (char)n;
	room[1023] = before[0];
	return n < 0 ? 0 : deeper(room, n + 1) + room[1023];
}

static void *dies(void *way)
{
	volatile char first = 0;
	volatile char *volatile nowhere = NULL;

	crash_watch_thread();
	crash_watch_thread(); /* as for each message */
	take_up("the killer");
	switch (*(enum way *)way) {
	case BY_SEGV: raise(SIGSEGV); break;
	case BY_ABORT: abort();
	case BY_FAULT: *nowhere = 1; break;
	case BY_STACK: return (void *)(intptr_t)deeper(&first, 0);
	}
	return NULL;
}

static void die_in_a_thread(enum way way)
{
	const struct rlimit no_core = {0, 0};
	pthread_attr_t small;
	pthread_t thread;

	setrlimit(RLIMIT_CORE, &no_core);
	crash_watch(shared, 0);
	sem_init(&holds, 0, 0);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 512 << 10);
	pthread_create(&thread, &small, bystander, NULL);
	sem_wait(&holds);
	pthread_create(&thread, &small, dies, &way);
	pthread_join(thread, NULL);
	_exit(0);
}

static void the_killer_alone_is_marked(void **state)
{
	static const struct {
		enum way way;
		int signal;
	} rows[] = {{BY_SEGV, SIGSEGV}, {BY_ABORT, SIGABRT}, {BY_FAULT, SIGSEGV}, {BY_STACK, SIGSEGV}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct digest killer = digest_of(SPAN("the killer"));
		unsigned marked = 0, killers = 0;
		int fd, how = 0;

		shared = status_make(&fd);
		assert_non_null(shared);
		pid_t child = fork();

		if (child == 0)
			die_in_a_thread(rows[i].way);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how));
		assert_int_equal(WTERMSIG(how), rows[i].signal);
		for (int s = 0; s < STATUS_SLOTS; s++) {
			bool is = memcmp(&shared->slot[s].digest, &killer, sizeof(killer)) == 0;

			marked += shared->slot[s].killer;
			killers += shared->slot[s].killer && is;
		}
		assert_int_equal(marked, 1);
		assert_int_equal(killers, 1);
		status_drop(shared);
		close(fd);
	}
}

static unsigned mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned n = 0;
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

static void *watched(void *unused)
{
	(void)unused;
	crash_watch_thread();
	return NULL;
}

static void a_thread_that_ends_leaves_nothing(void **state)
{
	unsigned before = 0;

	(void)state;
	for (int i = 0; i < 220; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, watched, NULL), 0);
		pthread_join(thread, NULL);
		if (i == 20)
			before = mappings();
	}
	assert_in_range(mappings(), 0, before + 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_killer_alone_is_marked),
		cmocka_unit_test(a_thread_that_ends_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
