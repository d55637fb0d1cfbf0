/*
 * A socket whose asker does not read gets no more questions taken off it until he does: what was
 * asked by then is bounded by the questions that libunbound may have under way, and what waits to
 * be sent by a number of bytes. So an asker that hangs costs memory that is known, and no other
 * asker anything.
 */
#include "serve/resolver.h"

#include "serve/dns_message.h"
#include "serve/ipc.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/random.h>

#define BATCH 64 /* questions of one socket before others have their turn */

struct outgoing {
	struct outgoing *next;
	uint64_t id;
	uint32_t type;
	size_t n;
	char byte[];
};

struct channel {
	struct channel *next;
	struct resolver *r;
	int fd; /* -1: the asker is gone */
	struct event *in, *out;
	struct outgoing *first, **last;
	size_t queued; /* bytes */
};

struct watch {
	struct watch *next;
	struct event *event;
	void (*call)(void *context);
	void *context;
};

struct resolver {
	struct event_base *base;
	struct dns_unbound *dns;
	struct channel *channel;
	struct watch *watch;
	uint64_t instance;
	struct resolver_counts counts;
	char room[IPC_MOST];
};

/* A question that libunbound has. */
struct asked {
	struct channel *c;
	uint64_t id;
	enum dns_type type;
};

static void queue(struct channel *c, uint32_t type, uint64_t id, struct span bytes)
{
	size_t n = sizeof(struct outgoing) + bytes.n;
	struct outgoing *o = c->queued + n > RESOLVER_QUEUE_MOST ? NULL : malloc(n);

	if (!o) {
		c->r->counts.dropped++;
		return;
	}
	o->next = NULL;
	o->id = id;
	o->type = type;
	o->n = bytes.n;
	memcpy(o->byte, bytes.p, bytes.n);
	if (!c->first) {
		event_del(c->in);
		event_add(c->out, NULL);
	}
	*c->last = o;
	c->last = &o->next;
	c->queued += n;
}

static void gone(struct channel *c)
{
	struct resolver *r = c->r;

	event_del(c->in);
	event_del(c->out);
	c->fd = -1;
	for (c = r->channel; c && c->fd < 0;)
		c = c->next;
	if (!c)
		resolver_stop(r);
}

static void answer(struct channel *c, uint32_t type, uint64_t id, struct span bytes)
{
	int e = 0;

	if (c->fd < 0)
		return;
	if (c->first || (e = ipc_send(c->fd, type, id, bytes, -1, 0)) == -EAGAIN)
		queue(c, type, id, bytes);
	else if (e < 0)
		gone(c);
	else
		c->r->counts.answered++;
}

/* The asker reads again. */
static void on_out(evutil_socket_t fd, short what, void *context)
{
	struct channel *c = context;
	struct outgoing *o;
	int e = 0;

	(void)what;
	while ((o = c->first)) {
		e = ipc_send(fd, o->type, o->id, (struct span){o->byte, o->n}, -1, 0);
		if (e == -EAGAIN)
			return;
		c->r->counts.answered += e == 0;
		c->first = o->next;
		c->queued -= sizeof(*o) + o->n;
		free(o);
	}
	c->last = &c->first;
	event_del(c->out);
	event_add(c->in, NULL);
	if (e < 0)
		gone(c);
}

static void done(void *context, const struct dns_answer *a)
{
	struct asked *q = context;
	struct buf b = {0};

	dns_answer_write(q->c->r->instance, a, q->type, &b);
	if (buf_ok(&b))
		answer(q->c, DNS_ANSWER, q->id, buf_span(&b));
	buf_done(&b);
	free(q);
}

static void ask(struct channel *c, uint64_t id, struct span bytes)
{
	struct dns_question q;
	struct asked *asked;

	if (dns_question_read(bytes, &q) < 0) {
		c->r->counts.bad++;
		return;
	}
	asked = malloc(sizeof(*asked));
	if (!asked)
		return; /* his deadline tells him */
	*asked = (struct asked){c, id, q.type};
	dns_unbound_ask(c->r->dns, (struct span){q.name, q.n}, q.type,
		ipc_deadline((int64_t)q.milliseconds * 1000000), done, asked);
}

static void pong(struct channel *c, uint64_t id)
{
	struct buf b = {0};

	dns_pong_write(c->r->instance, &b);
	if (buf_ok(&b))
		answer(c, DNS_PONG, id, buf_span(&b));
	buf_done(&b);
}

/* A question came; -1 as a descriptor beside it, or it is closed: nothing of ours has one. */
static void take(struct channel *c, const struct ipc_head *head, struct span bytes, int file)
{
	if (file >= 0)
		evutil_closesocket(file);
	if (head->type == DNS_ASK && head->id && file < 0)
		ask(c, head->id, bytes);
	else if (head->type == DNS_PING && head->id && !bytes.n && file < 0)
		pong(c, head->id);
	else
		c->r->counts.bad++;
}

static void on_in(evutil_socket_t fd, short what, void *context)
{
	struct channel *c = context;
	struct ipc_head head;
	struct span bytes;
	int file;

	(void)what;
	for (int i = 0; i < BATCH && !c->first && c->fd >= 0; i++) {
		int e = ipc_receive(fd, c->r->room, 0, &head, &bytes, &file);

		if (e == 0)
			return;
		if (e == 1)
			take(c, &head, bytes, file);
		else if (e == -EBADMSG)
			c->r->counts.bad++;
		else
			gone(c);
	}
}

int resolver_serve(struct resolver *r, int fd)
{
	struct channel *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	*c = (struct channel){.r = r, .fd = fd, .next = r->channel};
	c->last = &c->first;
	c->in = event_new(r->base, fd, EV_READ | EV_PERSIST, on_in, c);
	c->out = event_new(r->base, fd, EV_WRITE | EV_PERSIST, on_out, c);
	r->channel = c;
	if (!c->in || !c->out || event_add(c->in, NULL) < 0) {
		c->fd = -1;
		return -ENOMEM;
	}
	return 0;
}

static void on_watch(evutil_socket_t fd, short what, void *context)
{
	struct watch *w = context;

	(void)fd;
	(void)what;
	w->call(w->context);
}

static int watch(struct resolver *r, int fd, const struct timeval *t, void (*call)(void *context),
	void *context)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	*w = (struct watch){.next = r->watch, .call = call, .context = context};
	w->event = event_new(r->base, fd, (fd < 0 ? 0 : EV_READ) | EV_PERSIST, on_watch, w);
	r->watch = w;
	return w->event && event_add(w->event, t) == 0 ? 0 : -ENOMEM;
}

int resolver_watch(struct resolver *r, int fd, void (*ready)(void *context), void *context)
{
	return watch(r, fd, NULL, ready, context);
}

int resolver_every(
	struct resolver *r, unsigned milliseconds, void (*tick)(void *context), void *context)
{
	struct timeval t = {milliseconds / 1000, milliseconds % 1000 * 1000};

	return watch(r, -1, &t, tick, context);
}

int resolver_open(const struct dns_unbound_options *o, struct resolver **ret, struct err *err)
{
	struct resolver *r = calloc(1, sizeof(*r));
	int e = -ENOMEM;

	if (r)
		r->base = event_base_new();
	if (!r || !r->base)
		e = err_sys(err, -ENOMEM, "resolver");
	else if (getrandom(&r->instance, sizeof(r->instance), 0) < 0)
		e = err_sys(err, -errno, "random numbers");
	else
		e = dns_unbound_new(r->base, o, &r->dns, err);
	if (e < 0) {
		resolver_free(r);
		return e;
	}
	*ret = r;
	return 0;
}

static void event_end(struct event *e)
{
	if (e)
		event_free(e);
}

static void channel_free(struct channel *c)
{
	event_end(c->in);
	event_end(c->out);
	while (c->first) {
		struct outgoing *o = c->first;

		c->first = o->next;
		free(o);
	}
	free(c);
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	dns_unbound_free(r->dns);
	for (struct channel *c = r->channel, *next; c; c = next) {
		next = c->next;
		channel_free(c);
	}
	for (struct watch *w = r->watch, *next; w; w = next) {
		next = w->next;
		event_end(w->event);
		free(w);
	}
	if (r->base)
		event_base_free(r->base);
	free(r);
}

void resolver_run(struct resolver *r)
{
	event_base_dispatch(r->base);
}

void resolver_stop(struct resolver *r)
{
	event_base_loopbreak(r->base);
}

void resolver_counts(const struct resolver *r, struct resolver_counts *ret)
{
	*ret = r->counts;
	dns_unbound_counts(r->dns, &ret->dns);
}
