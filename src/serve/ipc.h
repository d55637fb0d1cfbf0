/*
 * Messages between roles, over SOCK_SEQPACKET: each arrives whole or not at all. Neither side
 * believes the other: what is too short, too long or unknown is dropped and counted.
 */
#ifndef CORDON_SERVE_IPC_H
#define CORDON_SERVE_IPC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

/* Bytes of one message beside its head. What is larger travels as a sealed memfd beside it. */
#define IPC_MOST ((size_t)64 << 10)

struct ipc_head {
	uint32_t type; /* what the two roles have agreed on */
	uint32_t size; /* bytes that follow */
	uint64_t id;   /* of a question, and of the answer to it; 0: none is wanted */
};

/*
 * Sends, by the deadline (nanoseconds of CLOCK_MONOTONIC; 0: at once or not at all). file: a
 * descriptor to go with it, -1 for none; it stays the caller's. Returns 0, -EAGAIN when the other
 * side does not take it in time, -EMSGSIZE beyond IPC_MOST, or another negative errno (-EPIPE when
 * the other side has gone). Any number of threads may send.
 */
int ipc_send(int fd, uint32_t type, uint64_t id, struct span bytes, int file, int64_t deadline);

/*
 * Takes the next message into `room` (IPC_MOST bytes): 1, and *ret_bytes is of room, *ret_file the
 * descriptor that came with it, the caller's to close, or -1; 0 when there is none by the deadline
 * (0: do not wait); or a negative errno. -EBADMSG for one that is not well formed (its head short,
 * another size than its head says, over IPC_MOST, more descriptors than one): it is gone, what came
 * with it closed, and the next may be taken. -ECONNRESET when the other side has gone and nothing
 * is left.
 */
int ipc_receive(int fd, char *room, int64_t deadline, struct ipc_head *ret_head,
	struct span *ret_bytes, int *ret_file);

/* Bytes as a memfd, sealed against change and growth; a descriptor or a negative errno. And its
 * bytes mapped for reading: -EBADMSG when it is not sealed, not of memory or larger than most;
 * munmap() ends it, but for none, which are {NULL, 0}. */
int ipc_seal(struct span bytes);
int ipc_map_sealed(int fd, size_t most, struct span *ret_bytes);

/*
 * Questions of many threads over one socket, each answered when its answer comes. The socket stays
 * the caller's. Has a thread of its own, so role_rights.threads is needed. At most 65,536 questions
 * are under way; beyond them -EAGAIN.
 */
struct ipc_client;
int ipc_client_new(int fd, struct ipc_client **ret, struct err *err);
void ipc_client_free(struct ipc_client *c); /* ends what is under way as unanswered */

/* Messages that were not well formed, so far. */
uint64_t ipc_client_bad(const struct ipc_client *c);

/*
 * Asks and waits until the deadline: 0 with the answer's type and its bytes appended to `to` (and
 * its descriptor or -1, when ret_file is not NULL; else closed), -ETIMEDOUT, -EAGAIN as ipc_send(),
 * -ECONNRESET when the other side has gone, -ENOMEM.
 */
int ipc_ask(struct ipc_client *c, uint32_t type, struct span bytes, int file, int64_t deadline,
	uint32_t *ret_type, struct buf *to, int *ret_file);

/*
 * Asks and does not wait: returns 0, and answered() is called on the client's own thread once, with
 * bytes of n 0 and type 0 when the deadline passed first; or a negative errno, and it is not called.
 * -EAGAIN when the other side cannot take the question now. answered() may ask again, later.
 */
int ipc_ask_later(struct ipc_client *c, uint32_t type, struct span bytes, int file,
	int64_t deadline, void (*answered)(void *context, uint32_t type, struct span bytes),
	void *context);

/* Nanoseconds of CLOCK_MONOTONIC from now. */
int64_t ipc_deadline(int64_t nanoseconds_from_now);

#endif
