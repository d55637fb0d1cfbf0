/*
 * A thread of libmilter serves one connection until nothing more has arrived on it, then another.
 * So what was read ahead and what is to be sent belong to the thread, not the connection: both are
 * empty whenever it turns to another one.
 */
#include "serve/gate_milter_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

/* Connections, as bits: others' calls go straight to the system. */
static _Atomic uint64_t is_connection[FDS_MOST / 64];
static atomic_uint connections;
static atomic_uint connections_most;
static _Atomic uint64_t *refused_count;

static _Thread_local struct {
	int fd;         /* whose it is; valid while one of the following is set */
	size_t at, end; /* of what was read ahead */
	size_t out;     /* bytes to be sent */
	int ended;      /* what the next read gives: 0: more; 1: the end; else -errno */
	int64_t began;  /* when the thread first waited for the rest of a command */
	int accepted;   /* by this thread, last */
	char in[IN_MOST], to[OUT_MOST];
} mine;

static bool ours(int fd)
{
	return fd >= 0 && fd < FDS_MOST && atomic_load(&is_connection[fd / 64]) >> (fd % 64) & 1;
}

void gate_io_bound(unsigned most, _Atomic uint64_t *refused)
{
	connections_most = most;
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
	if (new >= FDS_MOST ||
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
	atomic_fetch_or(&is_connection[new / 64], 1ULL << (new % 64));
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
	atomic_fetch_and(&is_connection[fd / 64], ~(1ULL << (fd % 64)));
	atomic_fetch_sub(&connections, 1);
	return close(fd);
}

/* Takes what has arrived: true when a read would not wait. */
static bool fill(void)
{
	if (mine.at < mine.end || mine.ended)
		return true;
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
	turn_to(p->fd);
	p->revents = p->events & (POLLIN | POLLOUT);
	if (p->events & POLLOUT)
		return 1;
	if (mine.at < mine.end)
		return 1;
	if (mine.out)
		flush();
	if (fill())
		return 1;
	p->revents = 0;
	if (milliseconds >= 0 && milliseconds <= LOOK_MS) {
		mine.began = 0;
		return 0;
	}
	return poll(p, 1, patience());
}

ssize_t gate_io_read(int fd, void *to, size_t n)
{
	if (!ours(fd))
		return read(fd, to, n);
	turn_to(fd);
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
