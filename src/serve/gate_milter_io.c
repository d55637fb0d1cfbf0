/*
 * A thread of libmilter serves one connection until nothing more has arrived on it, then another.
 * So what was read ahead and what is to be sent belong to the thread, not the connection: both are
 * empty whenever it turns to another one.
 *
 * At the end each connection is closed for reading when nothing of a message is under way on it. Three
 * places may hold some: the system's buffer, a thread, and libmilter's session. A thread says that it
 * holds something before it takes it from the system and until what it answered is sent; the session
 * says so from the sender to the end. So who finds the first empty and then nothing said has found
 * all of them empty. What is there already can be read behind that, and answered.
 */
#include "serve/gate_milter_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define IN_MOST  16384
#define OUT_MOST 4096
#define FDS_MOST 131072
#define SEND_MS  30000 /* that a mail server may take to take an answer */
/* Whoever waits no longer than this only looks whether there is a next command, the one before
 * having ended; he is told at once, as others watch the connection (gate_milter_pool.h). Whoever
 * waits for longer is within a command. */
#define LOOK_MS 10

/* Descriptors that are left to all else: HTTP, what goes to the keeper as a file. */
#define FILES_ELSE 512

/* Bits by descriptor. */
typedef _Atomic uint64_t fd_bits[FDS_MOST / 64];

/* Connections: others' calls go straight to the system. */
static fd_bits is_connection;
/* Those that a thread has something of that is not answered, and those that a message is open on. */
static fd_bits is_held, is_open;
static pthread_mutex_t closing = PTHREAD_MUTEX_INITIALIZER; /* no descriptor is another's meanwhile */
static atomic_bool stopping;
static atomic_uint connections;
static atomic_uint connections_most;
static _Atomic uint64_t *refused_count;

static _Thread_local struct {
	int fd;         /* whose it is; valid while one of the following is set */
	bool holds;     /* its bit of is_held is set */
	size_t at, end; /* of what was read ahead */
	size_t out;     /* bytes to be sent */
	int ended;      /* what the next read gives: 0: more; 1: the end; else -errno */
	int64_t began;  /* when the thread first waited for the rest of a command */
	int accepted;   /* by this thread, last */
	char in[IN_MOST], to[OUT_MOST];
} mine;

static bool get(fd_bits bits, int fd)
{
	return atomic_load(&bits[fd / 64]) >> (fd % 64) & 1;
}

static void set(fd_bits bits, int fd, bool on)
{
	if (on)
		atomic_fetch_or(&bits[fd / 64], 1ULL << (fd % 64));
	else
		atomic_fetch_and(&bits[fd / 64], ~(1ULL << (fd % 64)));
}

static bool ours(int fd)
{
	return fd >= 0 && fd < FDS_MOST && get(is_connection, fd);
}

static void hold(bool on)
{
	if (mine.holds == on)
		return;
	mine.holds = on;
	set(is_held, mine.fd, on);
}

/* Connections that there are descriptors for. Beyond them libmilter would try to take one that waits
 * over and over, without a rest. */
static unsigned files_most(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur > FDS_MOST)
		return FDS_MOST;
	unsigned n = (unsigned)files.rlim_cur;

	return n / 2 < FILES_ELSE ? n / 2 : n - FILES_ELSE;
}

void gate_io_bound(unsigned most, _Atomic uint64_t *refused)
{
	unsigned files = files_most();

	connections_most = most && most < files ? most : files;
	refused_count = refused;
}

unsigned gate_io_connections(void)
{
	return atomic_load(&connections);
}

int gate_io_accept(int fd, struct sockaddr *address, socklen_t *n)
{
	int new = accept(fd, address, n), on = 1;

	if (new < 0)
		return new;
	if (new >= FDS_MOST || stopping ||
		(connections_most && atomic_load(&connections) >= connections_most)) {
		close(new);
		if (refused_count)
			atomic_fetch_add(refused_count, 1);
		errno = ECONNABORTED; /* libmilter takes the next one */
		return -1;
	}
	/* What goes out goes out whole; it is not to wait for an acknowledgement. */
	setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	atomic_fetch_add(&connections, 1);
	set(is_connection, new, true);
	mine.accepted = new;
	return new;
}

int gate_io_accepted(void)
{
	return mine.accepted;
}

/* Sends what is to be sent. A peer that does not take it is one that is gone. */
static void flush(void)
{
	struct pollfd p = {mine.fd, POLLOUT, 0};
	size_t sent = 0;

	while (sent < mine.out) {
		ssize_t n =
			send(mine.fd, mine.to + sent, mine.out - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			sent += (size_t)n;
		else if (errno == EINTR || (errno == EAGAIN && poll(&p, 1, SEND_MS) > 0))
			continue;
		else
			break;
	}
	if (sent < mine.out)
		mine.ended = -EPIPE;
	mine.out = 0;
}

/* Turns to a connection. */
static void turn_to(int fd)
{
	if (mine.fd == fd)
		return;
	if (mine.out)
		flush();
	hold(false);
	mine.fd = fd;
	mine.at = mine.end = mine.out = 0;
	mine.ended = 0;
	mine.began = 0;
}

int gate_io_close(int fd)
{
	if (!ours(fd))
		return close(fd);
	if (mine.fd == fd) {
		if (mine.out)
			flush();
		turn_to(-1);
	}
	pthread_mutex_lock(&closing);
	set(is_open, fd, false);
	set(is_held, fd, false);
	set(is_connection, fd, false);
	atomic_fetch_sub(&connections, 1);
	int rc = close(fd);

	pthread_mutex_unlock(&closing);
	return rc;
}

void gate_io_message(bool open)
{
	if (ours(mine.fd))
		set(is_open, mine.fd, open);
}

/* Nothing is left of what was read, and what was answered is sent. */
static void rest(void)
{
	if (stopping && !get(is_open, mine.fd))
		shutdown(mine.fd, SHUT_RD); /* what has arrived can still be read */
	hold(false);
}

static bool idle(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0 && !get(is_held, fd) &&
	       !get(is_open, fd);
}

unsigned gate_io_stop(bool cut)
{
	atomic_store(&stopping, true);
	for (int i = 0; i < FDS_MOST / 64; i++)
		for (int fd = i * 64; atomic_load(&is_connection[i]) && fd < i * 64 + 64; fd++) {
			pthread_mutex_lock(&closing);
			if (get(is_connection, fd) && (cut || idle(fd)))
				shutdown(fd, SHUT_RD);
			pthread_mutex_unlock(&closing);
		}
	return atomic_load(&connections);
}

/* Takes what has arrived: true when a read would not wait. */
static bool fill(void)
{
	if (mine.at < mine.end || mine.ended)
		return true;
	hold(true);
	ssize_t n = recv(mine.fd, mine.in, IN_MOST, MSG_DONTWAIT);

	mine.at = 0;
	mine.end = n > 0 ? (size_t)n : 0;
	if (n == 0)
		mine.ended = 1;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		mine.ended = -errno;
	return n > 0 || mine.ended;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How long may be waited for the rest of a command. */
static int patience(void)
{
	int64_t now = now_ms(), left;

	if (!mine.began)
		mine.began = now;
	left = mine.began + GATE_IO_COMMAND_S * 1000 - now;
	return left > 0 ? (int)left : 0;
}

int gate_io_poll(struct pollfd *p, nfds_t n, int milliseconds)
{
	if (n != 1 || !ours(p->fd))
		return poll(p, n, milliseconds);
	const bool looks = milliseconds >= 0 && milliseconds <= LOOK_MS;

	turn_to(p->fd);
	p->revents = p->events & (POLLIN | POLLOUT);
	if (p->events & POLLOUT)
		return 1;
	if (looks) /* what comes is another command, also when it is here already */
		mine.began = 0;
	if (mine.at < mine.end)
		return 1;
	if (mine.out)
		flush();
	if (fill())
		return 1;
	rest();
	p->revents = 0;
	return looks ? 0 : poll(p, 1, patience());
}

ssize_t gate_io_read(int fd, void *to, size_t n)
{
	if (!ours(fd))
		return read(fd, to, n);
	turn_to(fd);
	hold(true);
	if (mine.at == mine.end && !mine.ended && n >= IN_MOST)
		return recv(fd, to, n, 0);
	if (!fill())
		return recv(fd, to, n, 0);
	if (mine.at == mine.end) {
		errno = mine.ended < 0 ? -mine.ended : 0;
		return mine.ended < 0 ? -1 : 0;
	}
	if (n > mine.end - mine.at)
		n = mine.end - mine.at;
	memcpy(to, mine.in + mine.at, n);
	mine.at += n;
	return (ssize_t)n;
}

ssize_t gate_io_writev(int fd, const struct iovec *part, int parts)
{
	size_t all = 0;

	if (!ours(fd))
		return writev(fd, part, parts);
	turn_to(fd);
	for (int i = 0; i < parts; i++)
		all += part[i].iov_len;
	if (all > OUT_MOST - mine.out)
		flush();
	if (all > OUT_MOST)
		return writev(fd, part, parts);
	for (int i = 0; i < parts; i++) {
		if (part[i].iov_len)
			memcpy(mine.to + mine.out, part[i].iov_base, part[i].iov_len);
		mine.out += part[i].iov_len;
	}
	return (ssize_t)all;
}

/* Its log would open a socket, which the gate may not; and whoever floods us is not to flood the
 * log. */
void gate_io_syslog(int priority, int flag, const char *format, ...)
{
	static _Atomic int64_t quiet_until;
	int64_t now = now_ms();
	char text[256];
	va_list ap;

	(void)priority, (void)flag;
	if (now < atomic_load(&quiet_until))
		return;
	atomic_store(&quiet_until, now + 10000);
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(stderr, "cordon: milter: %s\n", text);
}
