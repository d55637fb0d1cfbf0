/*
 * A resolver's end of a socket for tests of the gate's end: a thread that answers by the name's
 * beginning (ok, none, nothing, fail: TTL of the number behind it, else 60; hang: never; bad: bytes
 * without sense; wrong: another kind of message), and can be dead or deaf.
 */
#ifndef CORDON_TESTS_DNS_FAKE_H
#define CORDON_TESTS_DNS_FAKE_H

#include <stdatomic.h>
#include <stdint.h>
#include <pthread.h>

enum dns_fake_mode {
	FAKE_ANSWERS,
	FAKE_DEAD, /* takes all and says nothing */
	FAKE_DEAF, /* takes nothing */
};

struct dns_fake {
	int fd, gate; /* its own end and ours; closed by dns_fake_stop() */
	pthread_t thread;
	atomic_int mode, stop;
	_Atomic uint64_t instance;
	atomic_uint asked, pinged;
};

void dns_fake_start(struct dns_fake *f);
void dns_fake_stop(struct dns_fake *f);

#endif
