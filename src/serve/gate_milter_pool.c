/*
 * A connection is watched (EPOLLONESHOT) or served by one thread, never both. So none but that
 * thread looks at its context, and what the lock guards is the list alone, by which silent ones are
 * found.
 */
#include "serve/gate_milter_pool.h"

#include "serve/crash.h"
#include "serve/gate_milter.h"
#include "serve/gate_milter_io.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

#define IDLE_LEAST 2
#define IDLE_MOST  8 /* threads that wait; those beyond end */
#define SWEEP_S    60
#define SPAWN_NS   1000000 /* between two new threads: in that time those that are there do a lot */

#define MI_CONTINUE 1 /* as mfapi.h has it for a libmilter that is built with its pool */

/* libmilter's own, the same in each version that has the pool. */
int mi_engine(SMFICTX *ctx); /* MI_CONTINUE: nothing more has arrived */
void mi_clr_ctx(SMFICTX *ctx);

struct session {
	SMFICTX *ctx;
	int fd;
	int64_t silent; /* since then, in seconds of CLOCK_MONOTONIC; 0: it is served */
	struct session *before, *next;
};

static int watched = -1; /* the epoll */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *first; /* under the lock, as are all `silent` */
static int64_t swept;
static atomic_uint idle;
static atomic_bool scarce; /* threads that wait; it was said */
static sem_t wanted;

static int64_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int watch(struct session *s, int how)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = s};

	pthread_mutex_lock(&lock);
	s->silent = now_s();
	pthread_mutex_unlock(&lock);
	return epoll_ctl(watched, how, s->fd, &e); /* from here on it may be another thread's */
}

static void forget(struct session *s)
{
	pthread_mutex_lock(&lock);
	*(s->before ? &s->before->next : &first) = s->next;
	if (s->next)
		s->next->before = s->before;
	pthread_mutex_unlock(&lock);
	free(s);
}

int gate_milter_pool_session(SMFICTX *ctx)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		return MI_FAILURE;
	*s = (struct session){.ctx = ctx, .fd = gate_io_accepted()};
	pthread_mutex_lock(&lock);
	s->next = first;
	if (first)
		first->before = s;
	first = s;
	pthread_mutex_unlock(&lock);
	if (watch(s, EPOLL_CTL_ADD) == 0)
		return MI_SUCCESS;
	forget(s);
	return MI_FAILURE;
}

static void serve(struct session *s)
{
	pthread_mutex_lock(&lock);
	s->silent = 0;
	pthread_mutex_unlock(&lock);
	if (mi_engine(s->ctx) == MI_CONTINUE && watch(s, EPOLL_CTL_MOD) == 0)
		return;
	SMFICTX *ctx = s->ctx;

	forget(s); /* before its descriptor is another's */
	mi_clr_ctx(ctx);
}

/* Ends silent connections by closing them for reading: that is something to read, so whoever serves
 * it finds the end. */
static void sweep(void)
{
	int64_t now = now_s();

	pthread_mutex_lock(&lock);
	if (now - swept >= SWEEP_S) {
		swept = now;
		for (const struct session *s = first; s; s = s->next)
			if (s->silent && now - s->silent > GATE_MILTER_SILENCE_S)
				shutdown(s->fd, SHUT_RD);
	}
	pthread_mutex_unlock(&lock);
}

static void *work(void *unused)
{
	(void)unused;
	crash_watch_thread();
	for (;;) {
		struct epoll_event e;

		/* Counted before it waits, so that threads are rather one too many than too few. */
		if (atomic_fetch_add(&idle, 1) >= IDLE_MOST)
			break;
		int n = epoll_wait(watched, &e, 1, SWEEP_S * 1000);

		if (atomic_fetch_sub(&idle, 1) <= IDLE_LEAST && n > 0 &&
			!atomic_exchange(&scarce, true))
			sem_post(&wanted);
		if (n > 0)
			serve(e.data.ptr);
		sweep();
	}
	atomic_fetch_sub(&idle, 1);
	return NULL;
}

/* When there can be none, those that are there go on alone. */
static bool begin(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL) != 0)
		return false;
	pthread_detach(thread);
	return true;
}

/*
 * Sees to it that some threads wait. When thousands of connections have something at once - they
 * all end - each takes no time, and a thread each would be thousands; so there is a millisecond
 * between two new threads, in which others come back.
 */
static void *relieve(void *unused)
{
	const struct timespec rest = {0, SPAWN_NS};

	(void)unused;
	for (;;) {
		while (sem_wait(&wanted) < 0)
			;
		atomic_store(&scarce, false);
		while (nanosleep(&rest, NULL), atomic_load(&idle) <= IDLE_LEAST)
			begin(work);
	}
	return NULL;
}

int gate_milter_pool_init(void)
{
	watched = epoll_create1(EPOLL_CLOEXEC);
	sem_init(&wanted, 0, 0);
	swept = now_s();
	return watched >= 0 && begin(work) && begin(relieve) ? MI_SUCCESS : MI_FAILURE;
}
