/* One thread, one message at a time. */
#include "dns_fake.h"

#include "serve/dns_message.h"
#include "serve/ipc.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int starts(const char *name, const char *word)
{
	return strncmp(name, word, strlen(word)) == 0;
}

static void answer(struct dns_fake *f, uint64_t id, const struct dns_question *q)
{
	static const struct dns_record record = {
		.ip = {.family = IP_V4, .byte = {192, 0, 2, 1}}, .text = {"text", 4}};
	const char *digits = strpbrk(q->name, "0123456789.");
	struct dns_answer a = {.status = DNS_OK, .record = &record, .n = 1, .ttl = 60};
	struct buf b = {0};

	if (*digits != '.')
		a.ttl = (uint32_t)strtoul(digits, NULL, 10);
	if (starts(q->name, "hang"))
		return;
	if (!starts(q->name, "ok"))
		a.n = 0;
	if (starts(q->name, "none"))
		a.status = DNS_NODATA;
	if (starts(q->name, "nothing"))
		a.status = DNS_NXDOMAIN;
	if (starts(q->name, "fail"))
		a = (struct dns_answer){.status = DNS_TEMPFAIL};
	dns_answer_write(atomic_load(&f->instance), &a, q->type, &b);
	if (starts(q->name, "bad"))
		b.n -= 1;
	ipc_send(f->fd, starts(q->name, "wrong") ? 77 : DNS_ANSWER, id, buf_span(&b), -1,
		ipc_deadline(1000000000));
	buf_done(&b);
}

static void take(struct dns_fake *f, const struct ipc_head *head, struct span bytes)
{
	struct dns_question q;
	struct buf b = {0};

	while (atomic_load(&f->mode) == FAKE_DEAF && !atomic_load(&f->stop))
		usleep(1000); /* it became so while we waited for this one */
	if (head->type == DNS_PING) {
		atomic_fetch_add(&f->pinged, 1);
		if (atomic_load(&f->mode) == FAKE_DEAD)
			return;
		dns_pong_write(atomic_load(&f->instance), &b);
		ipc_send(f->fd, DNS_PONG, head->id, buf_span(&b), -1, ipc_deadline(1000000000));
		buf_done(&b);
	} else {
		assert(head->type == DNS_ASK && dns_question_read(bytes, &q) == 0);
		atomic_fetch_add(&f->asked, 1);
		if (atomic_load(&f->mode) != FAKE_DEAD)
			answer(f, head->id, &q);
	}
}

static void *run(void *context)
{
	struct dns_fake *f = context;
	char *room = malloc(IPC_MOST);
	struct ipc_head head;
	struct span bytes;
	int file;

	while (!atomic_load(&f->stop)) {
		if (atomic_load(&f->mode) == FAKE_DEAF)
			usleep(1000);
		else if (ipc_receive(f->fd, room, ipc_deadline(10000000), &head, &bytes, &file) ==
			 1)
			take(f, &head, bytes);
	}
	free(room);
	return NULL;
}

void dns_fake_start(struct dns_fake *f)
{
	int pair[2];
	int rc = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);

	assert(rc == 0);
	*f = (struct dns_fake){.fd = pair[0], .gate = pair[1], .instance = 1};
	rc = pthread_create(&f->thread, NULL, run, f);
	assert(rc == 0);
}

void dns_fake_stop(struct dns_fake *f)
{
	atomic_store(&f->stop, 1);
	pthread_join(f->thread, NULL);
	close(f->fd);
	close(f->gate);
}
