/*
 * Packets of a hostile role: each line of the input is one, its first byte how many descriptors
 * come with it. Whatever was sent, the receiver takes it or drops it, stays in its room, leaves
 * nothing open, and takes the next good one.
 */
#include "serve/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char room[IPC_MOST];

static void check(bool good)
{
	if (!good)
		abort();
}

static void send_packet(int fd, struct span packet, size_t files, int file)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * 4)];
	} beside = {0};
	struct iovec io = {(void *)packet.p, packet.n};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
	int list[4] = {file, file, file, file};

	if (files) {
		beside.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * files),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&beside.head), list, sizeof(int) * files);
		m.msg_control = &beside;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * files);
	}
	check(sendmsg(fd, &m, MSG_DONTWAIT) >= 0);
}

/* Takes one: what came is as its head says and within the packet's bytes. */
static void take(int fd, struct span packet, size_t files)
{
	struct ipc_head head;
	struct span bytes, map;
	int file, rc = ipc_receive(fd, room, 0, &head, &bytes, &file);

	check(rc == 1 || rc == -EBADMSG);
	if (rc < 0)
		return;
	check(bytes.p == room && bytes.n == head.size && packet.n == sizeof(head) + bytes.n);
	check(files == (file >= 0));
	if (file >= 0) {
		if (ipc_map_sealed(file, 64, &map) == 0)
			munmap((void *)map.p, map.n);
		close(file);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, packet;
	int pair[2], sealed = ipc_seal(SPAN("beside"));

	check(sealed >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	while (span_cut(&rest, '\n', &packet)) {
		size_t files = packet.n ? (unsigned char)packet.p[0] % 5 : 0;

		packet = span_take(span_skip(packet, 1), 4096);
		send_packet(pair[0], packet, files, sealed);
		take(pair[1], packet, files);
	}
	check(ipc_send(pair[0], 1, 2, SPAN("good"), -1, 0) == 0);
	take(pair[1], SPAN("0123456789abcdefgood"), 0);
	close(pair[0]);
	close(pair[1]);
	close(sealed);
	/* Whatever was left open would be the lowest free descriptors. */
	int next = open("/dev/null", O_RDONLY);

	check(next >= 0 && next <= (sealed < pair[0] ? sealed : pair[0]));
	close(next);
	return 0;
}
