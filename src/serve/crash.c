/*
 * The handler stores two numbers in shared memory and lets the signal do what it does. It is reset
 * as it is entered: a fault within it, or a second one, ends the process at once.
 */
#include "serve/crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK ((size_t)32 << 10)

static struct status *shared;
static unsigned own_part;

static void mark_slot(void)
{
	int slot = status_slot_here();

	if (slot >= 0 && slot < STATUS_SLOTS)
		atomic_store_explicit(&shared->slot[slot].killer, 1, memory_order_relaxed);
}

static void on_fatal(int number, siginfo_t *info, void *context)
{
	(void)context;
	mark_slot();
	if (number == SIGSYS) {
		atomic_store_explicit(
			&shared->part[own_part].denied, info->si_syscall + 1, memory_order_relaxed);
		/* Blocked while it is handled, so the second one is not: it kills. */
		syscall(info->si_syscall, -1, -1, -1, -1, -1, -1);
	}
	/* A fault comes again on return; what was only sent has to be sent again. */
	if (info->si_code <= 0)
		syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

static pthread_key_t at_end; /* of a thread: its stack for signals */
static bool has_key;

static void unwatch(void *p)
{
	const stack_t none = {.ss_flags = SS_DISABLE};

	sigaltstack(&none, NULL);
	munmap(p, STACK);
}

static void make_key(void)
{
	has_key = pthread_key_create(&at_end, unwatch) == 0;
}

void crash_watch_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static _Thread_local bool watched;

	if (watched)
		return;
	watched = true;
	pthread_once(&once, make_key);
	void *p = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const stack_t stack = {.ss_sp = p, .ss_size = STACK};

	if (p == MAP_FAILED)
		return;
	/* Without the key nobody would give it back. */
	if (!has_key || pthread_setspecific(at_end, p) != 0)
		munmap(p, STACK);
	else if (sigaltstack(&stack, NULL) < 0)
		pthread_setspecific(at_end, NULL), munmap(p, STACK);
}

void crash_watch(struct status *status, unsigned part)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};
	struct sigaction action = {
		.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND};

	shared = status;
	own_part = part;
	crash_watch_thread();
	for (size_t i = 0; i < sizeof(fatal) / sizeof(*fatal); i++)
		sigaction(fatal[i], &action, NULL);
}
