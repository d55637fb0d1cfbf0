/*
 * What libmilter asks of the system for its connections goes through here: it is linked with the
 * names of these calls in place of the system's (meson.build), and is else as Debian ships it.
 *
 * It reads each command with five calls, some two hundred a message, writes each change and the
 * answer by themselves, waits an hour for the next byte of a command, and knows no most of
 * connections. Here what has arrived is read at once, what is answered goes out at once when the
 * next command is looked for, a command that began has to end in time, and connections beyond the
 * most are closed as they come.
 */
#ifndef CORDON_SERVE_GATE_MILTER_IO_H
#define CORDON_SERVE_GATE_MILTER_IO_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* A command of the protocol that began has ended by then, or the connection is closed. */
#define GATE_IO_COMMAND_S 60

/* Connections at a time (0: any number), and where those beyond are counted (may be NULL). Fewer when
 * the process may not have so many descriptors and some for all else. */
void gate_io_bound(unsigned most, _Atomic uint64_t *refused);

/* Connections that are open now, those that have not said anything yet among them. */
unsigned gate_io_connections(void);

/* The connection that this thread accepted last. */
int gate_io_accepted(void);

/* A message begins, or ends, on the connection that the calling thread serves. */
void gate_io_message(bool open);

/*
 * Takes no connections from now on, and has those closed on which no message is under way; to be
 * called again and again. A message is under way from its sender until its answer is sent, and when
 * something has arrived that was not looked at. cut: the others are closed too, but what has arrived
 * is taken and answered before. Returns how many connections are left.
 */
unsigned gate_io_stop(bool cut);

/* In place of the calls of that name. */
int gate_io_accept(int fd, struct sockaddr *address, socklen_t *n);
int gate_io_close(int fd);
int gate_io_poll(struct pollfd *p, nfds_t n, int milliseconds);
ssize_t gate_io_read(int fd, void *to, size_t n);
ssize_t gate_io_writev(int fd, const struct iovec *part, int parts);
void gate_io_syslog(int priority, int flag, const char *format, ...);

#endif
