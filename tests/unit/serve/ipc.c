#include "test.h"

#include "serve/ipc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND 1000000000LL

static char room[IPC_MOST], many[IPC_MOST + 1];
static int pair[2];

static int make_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int end_pair(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* Descriptors that this process has open. */
static unsigned open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int receive(struct ipc_head *head, struct span *bytes, int *file)
{
	*head = (struct ipc_head){.type = 77};
	*bytes = SPAN("untouched");
	*file = -7;
	return ipc_receive(pair[1], room, 0, head, bytes, file);
}

static void messages_arrive_whole(void **state)
{
	static const size_t sizes[] = {0, 1, 15, 16, 4096, IPC_MOST - 1, IPC_MOST};
	struct ipc_head head;
	struct span bytes;
	int file;

	(void)state;
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = (char)(i * 31);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct span s = {many, sizes[i]};

		assert_int_equal(ipc_send(pair[0], 5 + (uint32_t)i, 1000 + i, s, -1, 0), 0);
		assert_int_equal(receive(&head, &bytes, &file), 1);
		assert_int_equal(head.type, 5 + i);
		assert_int_equal(head.id, 1000 + i);
		assert_int_equal(head.size, sizes[i]);
		assert_true(span_eq(bytes, s));
		assert_int_equal(file, -1);
	}
	assert_int_equal(receive(&head, &bytes, &file), 0);
	assert_int_equal(head.type, 77);
	assert_span(bytes, "untouched");
	assert_int_equal(file, -7);
	assert_int_equal(
		ipc_send(pair[0], 1, 1, (struct span){many, IPC_MOST + 1}, -1, 0), -EMSGSIZE);
}

static void a_file_goes_with_it(void **state)
{
	struct ipc_head head;
	struct span bytes, map;
	int file, sealed = ipc_seal(SPAN("a message"));

	(void)state;
	assert_true(sealed >= 0);
	assert_int_equal(ipc_send(pair[0], 2, 9, SPAN("x"), sealed, 0), 0);
	close(sealed);
	assert_int_equal(receive(&head, &bytes, &file), 1);
	assert_true(file >= 0);
	assert_int_equal(fcntl(file, F_GETFD), FD_CLOEXEC);
	assert_int_equal(ipc_map_sealed(file, 9, &map), 0);
	assert_span(map, "a message");
	munmap((void *)map.p, map.n);
	assert_int_equal(ipc_map_sealed(file, 8, &map), -EBADMSG);
	close(file);
}

/* Sends a packet as no role would: bytes as they are, with files[] beside. */
static void send_raw(const void *p, size_t n, const int *files, size_t files_n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * 253)];
	} beside = {0};
	struct iovec io = {(void *)p, n};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};

	if (files_n) {
		beside.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * files_n),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&beside.head), files, sizeof(int) * files_n);
		m.msg_control = &beside;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * files_n);
	}
	assert_int_equal(sendmsg(pair[0], &m, 0), n);
}

static void what_is_not_well_formed_is_dropped(void **state)
{
	static const struct {
		size_t sent;
		uint32_t claimed;
		int files;
	} rows[] = {
		{0, 0, 0}, /* nothing at all */
		{1, 0, 0}, /* less than a head */
		{15, 0, 0},
		{15, 0, 1}, /* and a file to be closed */
		{16, 1, 0}, /* a head that claims more */
		{16, 0xffffffff, 0},
		{17, 0, 0}, /* or less */
		{100, 100, 0},
		{16, 0, 2}, /* more files than one */
		{16, 0, 253},
		{16 + IPC_MOST + 1, IPC_MOST + 1, 0}, /* more than there is room */
		{16 + IPC_MOST + 1, IPC_MOST, 0},
		{16 + IPC_MOST + 1, IPC_MOST, 1},
	};
	static char raw[16 + IPC_MOST + 1];
	struct ipc_head head;
	struct span bytes;
	int file, files[253];
	unsigned before = open_files();

	(void)state;
	for (size_t i = 0; i < 253; i++)
		files[i] = STDERR_FILENO;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ipc_head h = {.type = 1, .size = rows[i].claimed, .id = 1};

		memcpy(raw, &h, sizeof(h));
		send_raw(raw, rows[i].sent, files, (size_t)rows[i].files);
		assert_int_equal(ipc_send(pair[0], 3, 4, SPAN("good"), -1, 0), 0);
		if (receive(&head, &bytes, &file) != -EBADMSG)
			fail_msg("row %zu was taken", i);
		assert_int_equal(file, -7);
		assert_int_equal(receive(&head, &bytes, &file), 1);
		assert_span(bytes, "good");
		assert_int_equal(open_files(), before);
	}
}

static void nobody_reads(void **state)
{
	struct span big = {many, IPC_MOST};
	unsigned sent = 0;

	(void)state;
	while (ipc_send(pair[0], 1, 1, big, -1, 0) == 0)
		assert_true(++sent < 10000);
	assert_int_equal(ipc_send(pair[0], 1, 1, big, -1, 0), -EAGAIN);
	int64_t before = ipc_deadline(0);

	assert_int_equal(ipc_send(pair[0], 1, 1, big, -1, ipc_deadline(SECOND / 50)), -EAGAIN);
	assert_true(ipc_deadline(0) - before >= SECOND / 50);
	assert_int_equal(ipc_send(pair[0], 1, 1, big, -1, before), -EAGAIN);
}

static void nothing_comes(void **state)
{
	int64_t before = ipc_deadline(0);
	struct ipc_head head;
	struct span bytes;
	int file;

	(void)state;
	assert_int_equal(ipc_receive(pair[1], room, before + SECOND / 50, &head, &bytes, &file), 0);
	assert_true(ipc_deadline(0) - before >= SECOND / 50);
}

static void the_other_side_goes(void **state)
{
	struct ipc_head head;
	struct span bytes;
	int file;

	(void)state;
	assert_int_equal(ipc_send(pair[0], 1, 1, SPAN("last"), -1, 0), 0);
	close(pair[0]);
	assert_int_equal(receive(&head, &bytes, &file), 1);
	assert_span(bytes, "last");
	assert_int_equal(receive(&head, &bytes, &file), -ECONNRESET);
	assert_int_equal(ipc_send(pair[1], 1, 1, SPAN("x"), -1, 0), -EPIPE);
	pair[0] = dup(pair[1]);
}

static void only_sealed_memory_is_mapped(void **state)
{
	char path[] = "/tmp/cordon-ipc-XXXXXX";
	int plain = mkstemp(path), open_memfd = memfd_create("x", MFD_ALLOW_SEALING), pipes[2];
	struct span map = SPAN("untouched");

	(void)state;
	unlink(path);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(plain, "x", 1), 1);
	assert_int_equal(write(open_memfd, "x", 1), 1);
	assert_int_equal(ipc_map_sealed(plain, 10, &map), -EBADMSG);
	assert_int_equal(ipc_map_sealed(pipes[0], 10, &map), -EBADMSG);
	assert_int_equal(ipc_map_sealed(-1, 10, &map), -EBADMSG);
	assert_int_equal(fcntl(open_memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	assert_int_equal(ipc_map_sealed(open_memfd, 10, &map), -EBADMSG);
	assert_span(map, "untouched");
	int empty = ipc_seal((struct span){0});

	assert_int_equal(ipc_map_sealed(empty, 0, &map), 0);
	assert_int_equal(map.n, 0);
	assert_int_equal(write(empty, "x", 1), -1);
	close(empty);
	close(plain);
	close(open_memfd);
	close(pipes[0]);
	close(pipes[1]);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_pair, end_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(messages_arrive_whole),
		T(a_file_goes_with_it),
		T(what_is_not_well_formed_is_dropped),
		T(nobody_reads),
		T(nothing_comes),
		T(the_other_side_goes),
		cmocka_unit_test(only_sealed_memory_is_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
