/*
 * A message is its head and its bytes in one packet, so there is nothing to put together and
 * nothing to wait for halfway. All calls are made so as not to block; whoever may wait polls up to
 * its deadline. What the other side claims of a packet is held against what arrived.
 */
#include "serve/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* For what no poll() can wait for. */
#define NAP 1000000L

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3 */
#endif

int64_t ipc_deadline(int64_t nanoseconds_from_now)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec + nanoseconds_from_now;
}

/* Waits until the socket is as wanted, or a while when it cannot tell: 1; 0: the deadline came. */
static int wait_for(int fd, short events, int64_t deadline)
{
	int64_t left = deadline ? deadline - ipc_deadline(0) : 0;
	struct pollfd p = {.fd = fd, .events = events};
	struct timespec t = {left / SECOND, left % SECOND};

	if (left <= 0)
		return 0;
	if (!events && left > NAP)
		t = (struct timespec){0, NAP};
	int rc = ppoll(&p, 1, &t, NULL);

	return rc < 0 && errno != EINTR ? -errno : 1;
}

int ipc_send(int fd, uint32_t type, uint64_t id, struct span bytes, int file, int64_t deadline)
{
	struct ipc_head head = {.type = type, .size = (uint32_t)bytes.n, .id = id};
	struct iovec io[2] = {{&head, sizeof(head)}, {(void *)bytes.p, bytes.n}};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} beside = {0};
	struct msghdr m = {.msg_iov = io, .msg_iovlen = bytes.n ? 2 : 1};

	if (bytes.n > IPC_MOST)
		return -EMSGSIZE;
	if (file >= 0) {
		beside.head = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&beside.head), &file, sizeof(file));
		m.msg_control = &beside;
		m.msg_controllen = sizeof(beside.room);
	}
	for (;;) {
		if (sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		/* ETOOMANYREFS: as many descriptors are on their way as this user may have open. */
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS && errno != ETOOMANYREFS)
			return -errno;
		int rc = errno == EINTR ? 1 : wait_for(fd, errno == EAGAIN ? POLLOUT : 0, deadline);

		if (rc <= 0)
			return rc < 0 ? rc : -EAGAIN;
	}
}

/* Takes the first descriptor that came with a packet, and closes all others; -1 when none did. */
static int take_file(struct msghdr *m)
{
	int first = -1, fd;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; CMSG_LEN(at + sizeof(fd)) <= c->cmsg_len; at += sizeof(fd)) {
			memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
			if (first < 0)
				first = fd;
			else
				close(fd);
		}
	}
	return first;
}

/* Nothing was received: an empty packet, or the other side has gone? */
static int empty_or_gone(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};

	return poll(&p, 1, 0) == 1 && p.revents & (POLLHUP | POLLRDHUP) ? -ECONNRESET : -EBADMSG;
}

int ipc_receive(int fd, char *room, int64_t deadline, struct ipc_head *ret_head,
	struct span *ret_bytes, int *ret_file)
{
	struct ipc_head head;
	struct iovec io[2] = {{&head, sizeof(head)}, {room, IPC_MOST}};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} beside;
	struct msghdr m;
	ssize_t n;

	for (;;) {
		/* CMSG_LEN, not the room with its padding, in which a second one would fit. */
		m = (struct msghdr){.msg_iov = io,
			.msg_iovlen = 2,
			.msg_control = &beside,
			.msg_controllen = CMSG_LEN(sizeof(int))};
		n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n >= 0)
			break;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		int rc = errno == EINTR ? 1 : wait_for(fd, POLLIN, deadline);

		if (rc <= 0)
			return rc;
	}
	int file = take_file(&m);

	if ((size_t)n < sizeof(head) || head.size != (size_t)n - sizeof(head) ||
		m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		if (file >= 0)
			close(file);
		return n == 0 ? empty_or_gone(fd) : -EBADMSG;
	}
	*ret_head = head;
	*ret_bytes = (struct span){room, head.size};
	*ret_file = file;
	return 1;
}

static int write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -errno;
		s = span_skip(s, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

int ipc_seal(struct span bytes)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("cordon", flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("cordon", flags);
	if (fd < 0)
		return -errno;
	int rc = write_all(fd, bytes);

	if (rc == 0 && fcntl(fd, F_ADD_SEALS,
			       F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		rc = -errno;
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

int ipc_map_sealed(int fd, size_t most, struct span *ret_bytes)
{
	const int want = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	struct statfs where;

	/* Huge pages have seals too, but reading them may be a SIGBUS when they are used up. */
	if (seals < 0 || (seals & want) != want || fstat(fd, &st) < 0 || fstatfs(fd, &where) < 0 ||
		where.f_type != TMPFS_MAGIC || st.st_size < 0 || (size_t)st.st_size > most)
		return -EBADMSG;
	if (st.st_size == 0) {
		*ret_bytes = (struct span){0};
		return 0;
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	*ret_bytes = (struct span){p, (size_t)st.st_size};
	return 0;
}
