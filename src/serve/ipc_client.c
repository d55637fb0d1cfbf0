/*
 * One thread takes answers off the socket and gives each to the question with its number; it also
 * ends the questions whose deadline passed. So a question ends exactly once, and always there:
 * found by number in a table, by deadline in a heap, and whoever takes it out of both ends it.
 *
 * Numbers begin anywhere. The one that asked before us on this socket may have died, and the
 * answers to its questions must not be taken for answers to ours.
 */
#include "serve/ipc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SECOND  1000000000LL
#define BUCKETS 1024
#define MOST    65536 /* questions under way */
#define BATCH   64    /* answers taken before deadlines are looked at again */

struct question {
	uint64_t id;
	int64_t deadline;
	size_t at; /* in the heap */
	struct question *next;
	/* Ends it; file is to be closed or kept. type 0: no answer came; why is a negative errno.
	 */
	void (*end)(struct question *q, uint32_t type, struct span bytes, int file, int why);
};

struct ipc_client {
	int fd, bell; /* bell: an eventfd that wakes the thread */
	pthread_t thread;
	pthread_mutex_t lock;
	struct question *bucket[BUCKETS];
	struct question **heap; /* heap[n], the earliest deadline first */
	size_t n, room;
	uint64_t next_id;
	bool stop, gone; /* gone: the other side is */
	_Atomic uint64_t bad;
	char bytes[IPC_MOST];
};

static void heap_put(struct ipc_client *c, struct question *q, size_t at)
{
	c->heap[at] = q;
	q->at = at;
}

static void heap_up(struct ipc_client *c, struct question *q, size_t at)
{
	for (; at && c->heap[(at - 1) / 2]->deadline > q->deadline; at = (at - 1) / 2)
		heap_put(c, c->heap[(at - 1) / 2], at);
	heap_put(c, q, at);
}

static void heap_down(struct ipc_client *c, struct question *q, size_t at)
{
	for (size_t below; (below = 2 * at + 1) < c->n; at = below) {
		if (below + 1 < c->n && c->heap[below + 1]->deadline < c->heap[below]->deadline)
			below++;
		if (q->deadline <= c->heap[below]->deadline)
			break;
		heap_put(c, c->heap[below], at);
	}
	heap_put(c, q, at);
}

static int heap_grow(struct ipc_client *c)
{
	size_t room = c->room ? c->room * 2 : 64;
	struct question **heap;

	if (c->n < c->room)
		return 0;
	if (c->n >= MOST)
		return -EAGAIN;
	heap = realloc(c->heap, room * sizeof(struct question *));
	if (!heap)
		return -ENOMEM;
	c->heap = heap;
	c->room = room;
	return 0;
}

/* Takes a question out of table and heap: true, and it is the caller's to end. */
static bool take_out(struct ipc_client *c, uint64_t id, struct question **ret)
{
	struct question **link = &c->bucket[id % BUCKETS];

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	if (!*link)
		return false;
	struct question *q = *link, *last = c->heap[--c->n];

	*link = q->next;
	if (last != q) {
		heap_up(c, last, q->at);
		heap_down(c, last, last->at);
	}
	*ret = q;
	return true;
}

static void ring(struct ipc_client *c)
{
	const uint64_t one = 1;

	if (write(c->bell, &one, sizeof(one)) < 0)
		return; /* it rings already */
}

/* Puts a question in, under a number of its own. From then on it may end at any moment. */
static int put_in(struct ipc_client *c, struct question *q, uint64_t *ret_id)
{
	pthread_mutex_lock(&c->lock);
	int rc = c->gone ? -ECONNRESET : heap_grow(c);

	if (rc == 0) {
		q->id = c->next_id++;
		if (q->id == 0) /* which would want no answer */
			q->id = c->next_id++;
		q->next = c->bucket[q->id % BUCKETS];
		c->bucket[q->id % BUCKETS] = q;
		heap_up(c, q, c->n++);
		*ret_id = q->id;
	}
	bool first = rc == 0 && q->at == 0;

	pthread_mutex_unlock(&c->lock);
	if (first)
		ring(c);
	return rc;
}

/* Asks. 0: the question will be ended, or was; else it is the caller's again. */
static int ask(struct ipc_client *c, struct question *q, uint32_t type, struct span bytes, int file,
	int64_t send_by)
{
	uint64_t id;
	int rc = put_in(c, q, &id);

	if (rc < 0)
		return rc;
	rc = ipc_send(c->fd, type, id, bytes, file, send_by);
	if (rc == 0)
		return 0;
	pthread_mutex_lock(&c->lock);
	bool ours = take_out(c, id, &q);

	pthread_mutex_unlock(&c->lock);
	return ours ? rc : 0;
}

static void take_answer(
	struct ipc_client *c, const struct ipc_head *head, struct span bytes, int file)
{
	struct question *q = NULL;

	pthread_mutex_lock(&c->lock);
	bool found = head->type && take_out(c, head->id, &q);

	pthread_mutex_unlock(&c->lock);
	if (found) {
		q->end(q, head->type, bytes, file, 0);
		return;
	}
	/* Also an answer that came too late, which is nobody's fault; no more can be told. */
	if (file >= 0)
		close(file);
}

/* Takes what answers there are; false when the other side has gone. */
static bool take_answers(struct ipc_client *c)
{
	struct ipc_head head;
	struct span bytes;
	int file, rc = 1;

	for (int i = 0; i < BATCH && rc; i++) {
		rc = ipc_receive(c->fd, c->bytes, 0, &head, &bytes, &file);
		if (rc == 1)
			take_answer(c, &head, bytes, file);
		else if (rc == -EBADMSG)
			atomic_fetch_add_explicit(&c->bad, 1, memory_order_relaxed);
		else if (rc < 0)
			return false;
	}
	return true;
}

/* Ends the questions whose deadline passed, or all; the nanoseconds until the next, -1 for none. */
static int64_t end_late(struct ipc_client *c, bool all)
{
	for (;;) {
		struct question *q = NULL;
		int64_t left = -1;

		pthread_mutex_lock(&c->lock);
		if (c->n) {
			left = c->heap[0]->deadline - ipc_deadline(0);
			if (left <= 0 || all)
				take_out(c, c->heap[0]->id, &q);
		}
		pthread_mutex_unlock(&c->lock);
		if (!q)
			return left;
		q->end(q, 0, (struct span){0}, -1, all ? -ECONNRESET : -ETIMEDOUT);
	}
}

static bool stopped(struct ipc_client *c, bool gone)
{
	pthread_mutex_lock(&c->lock);
	bool stop = c->stop;

	c->gone |= gone;
	pthread_mutex_unlock(&c->lock);
	return stop || gone;
}

static void *client_thread(void *context)
{
	struct ipc_client *c = context;
	struct pollfd p[2] = {{.fd = c->fd, .events = POLLIN}, {.fd = c->bell, .events = POLLIN}};
	bool there = true;
	uint64_t rung;

	while (!stopped(c, !there)) {
		int64_t left = end_late(c, false);
		struct timespec t = {left / SECOND, left % SECOND};

		if (ppoll(p, 2, left < 0 ? NULL : &t, NULL) < 0)
			continue;
		if (p[1].revents && read(c->bell, &rung, sizeof(rung)) < 0)
			continue;
		if (p[0].revents)
			there = take_answers(c);
	}
	end_late(c, true);
	return NULL;
}

int ipc_client_new(int fd, struct ipc_client **ret, struct err *err)
{
	struct ipc_client *c = calloc(1, sizeof(*c));

	if (!c)
		return err_sys(err, -ENOMEM, "questions to another role");
	c->fd = fd;
	c->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&c->lock, NULL);
	int rc = c->bell < 0 ? -errno : 0;

	if (rc == 0 && getrandom(&c->next_id, sizeof(c->next_id), 0) < 0)
		rc = -errno;
	if (rc == 0)
		rc = -pthread_create(&c->thread, NULL, client_thread, c);
	if (rc == 0) {
		*ret = c;
		return 0;
	}
	if (c->bell >= 0)
		close(c->bell);
	free(c);
	return err_sys(err, rc, "questions to another role");
}

void ipc_client_free(struct ipc_client *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_mutex_unlock(&c->lock);
	ring(c);
	pthread_join(c->thread, NULL);
	pthread_mutex_destroy(&c->lock);
	close(c->bell);
	free(c->heap);
	free(c);
}

uint64_t ipc_client_bad(const struct ipc_client *c)
{
	return atomic_load_explicit(&c->bad, memory_order_relaxed);
}

/* A question whose asker waits. */
struct waiting {
	struct question q;
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool ended;
	int result;
	uint32_t type;
	struct buf *to;
	int file;
};

static void end_waiting(struct question *q, uint32_t type, struct span bytes, int file, int why)
{
	struct waiting *w = (struct waiting *)q;

	pthread_mutex_lock(&w->lock);
	w->type = type;
	w->file = file;
	w->result = why;
	buf_add(w->to, bytes);
	w->ended = true;
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

static int wait_end(struct waiting *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->ended)
		pthread_cond_wait(&w->done, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return w->result < 0 ? w->result : buf_ok(w->to) ? 0 : -ENOMEM;
}

int ipc_ask(struct ipc_client *c, uint32_t type, struct span bytes, int file, int64_t deadline,
	uint32_t *ret_type, struct buf *to, int *ret_file)
{
	struct waiting w = {
		.q = {.deadline = deadline, .end = end_waiting},
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER,
		.to = to,
		.file = -1,
	};
	int rc = ask(c, &w.q, type, bytes, file, deadline);

	if (rc == 0)
		rc = wait_end(&w);
	if (w.file >= 0 && (rc < 0 || !ret_file)) {
		close(w.file);
		w.file = -1;
	}
	if (rc < 0)
		return rc;
	*ret_type = w.type;
	if (ret_file)
		*ret_file = w.file;
	return 0;
}

/* A question that nobody waits for. */
struct later {
	struct question q;
	void (*answered)(void *context, uint32_t type, struct span bytes);
	void *context;
};

static void end_later(struct question *q, uint32_t type, struct span bytes, int file, int why)
{
	struct later *l = (struct later *)q;

	(void)why;
	if (file >= 0)
		close(file);
	l->answered(l->context, type, bytes);
	free(l);
}

int ipc_ask_later(struct ipc_client *c, uint32_t type, struct span bytes, int file,
	int64_t deadline, void (*answered)(void *context, uint32_t type, struct span bytes),
	void *context)
{
	struct later *l = malloc(sizeof(*l));

	if (!l)
		return -ENOMEM;
	*l = (struct later){
		.q = {.deadline = deadline, .end = end_later},
		.answered = answered,
		.context = context,
	};
	int rc = ask(c, &l->q, type, bytes, file, 0);

	if (rc < 0)
		free(l);
	return rc;
}
