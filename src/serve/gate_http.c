/*
 * libmicrohttpd speaks HTTP and nothing else, so connections are accepted here and given to it. All
 * of them stand in one table, by which the accepting thread cuts off those that take too long;
 * whoever closes a descriptor takes it out of the table first, under the lock.
 */
#include "serve/gate_http.h"

#include "serve/gate_lines.h"
#include "serve/listen.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define STACK   ((size_t)512 << 10) /* as the milter's */
#define SECOND  ((int64_t)1000000000)
#define LOOK_MS 1000 /* how often for those that take too long */

enum state {
	FREE,
	SILENT, /* accepted, nothing came yet */
	GIVEN,  /* to libmicrohttpd, which has not begun with it */
	HTTP,
	LINES,
};

struct slot {
	struct gate_http *h;
	enum state state;
	int fd;
	int64_t since; /* it is in this state, or has been answered; nanoseconds */
	bool busy;     /* with a request that is not answered */
};

struct gate_http {
	struct gate *gate;
	int listener, wake; /* wake: an eventfd that ends the thread */
	struct MHD_Daemon *daemon;
	pthread_t thread;
	bool serves;
	atomic_bool stopping, cut, ending;
	bool closed; /* nothing is accepted any more */
	atomic_uint lines;
	pthread_mutex_t lock; /* of the table */
	struct slot slot[GATE_HTTP_MOST];
};

/* --- requests over HTTP --- */

struct path {
	const char *url;
	enum { CHECK, LEARN_SPAM, LEARN_HAM, STAT, PING } what;
};

static const struct path paths[] = {{"/checkv2", CHECK}, {"/check", CHECK}, {"/symbols", CHECK},
	{"/learnspam", LEARN_SPAM}, {"/learnham", LEARN_HAM}, {"/stat", STAT}, {"/auth", STAT},
	{"/ping", PING}};

struct request {
	const struct path *path;
	struct gate_check *check; /* of those with a message */
	unsigned status;          /* that it is answered with, when that is known before */
	const char *words;
	struct buf answer;
};

static const struct path *find_path(const char *url)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (strcmp(paths[i].url, url) == 0)
			return &paths[i];
	return NULL;
}

static bool has(struct MHD_Connection *c, const char *field)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, field) != NULL;
}

static void refuse(struct request *r, unsigned status, const char *words)
{
	r->status = status;
	r->words = words;
}

/* What can be told from the head alone. A page of some site that a browser shows could teach:
 * browsers say where a request of theirs comes from, rspamd's clients do not. */
static void look_at_head(
	struct gate_http *h, struct MHD_Connection *c, const char *method, struct request *r)
{
	bool has_message = r->path && r->path->what <= LEARN_HAM;

	if (has(c, "Origin") || has(c, "Sec-Fetch-Site"))
		refuse(r, MHD_HTTP_FORBIDDEN, "browsers are not answered here");
	else if (has(c, "Key")) /* of HTTPCrypt, which hides the path as well */
		refuse(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
			"messages are taken unencrypted: ask without a key");
	else if (!r->path)
		refuse(r, MHD_HTTP_NOT_FOUND, "no such path");
	else if (strcmp(method, "POST") && (has_message || strcmp(method, "GET")))
		refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, "a message is to be posted");
	else if (has_message && (has(c, "Compression") || has(c, "Content-Encoding")))
		refuse(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "messages are taken uncompressed");
	else if (has_message && (has(c, "File") || has(c, "Path") || has(c, "Shm")))
		refuse(r, MHD_HTTP_BAD_REQUEST,
			"no file is read here; the message is to be the body");
	else if (has_message && !(r->check = gate_check_new(h->gate)))
		refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "memory is short");
}

static enum MHD_Result on_field(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	if (value)
		gate_check_field(context, span_cstr(name), span_cstr(value));
	return MHD_YES;
}

/* Has it marked as busy or not, which it is from now on. */
static void set_busy(struct gate_http *h, struct MHD_Connection *c, bool busy)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct slot *s = info ? info->socket_context : NULL;

	if (!s)
		return;
	pthread_mutex_lock(&h->lock);
	s->busy = busy;
	if (!busy)
		s->since = ipc_deadline(0);
	pthread_mutex_unlock(&h->lock);
}

static struct request *begin(
	struct gate_http *h, struct MHD_Connection *c, const char *url, const char *method)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	set_busy(h, c, true);
	r->path = find_path(url);
	look_at_head(h, c, method, r);
	if (r->check)
		MHD_get_connection_values(c, MHD_HEADER_KIND, on_field, r->check);
	return r;
}

static const char *answer(struct gate_http *h, struct request *r)
{
	if (r->status) {
		buf_printf(&r->answer, "{\"error\":\"%s\"}", r->words);
		return "application/json";
	}
	r->status = MHD_HTTP_OK;
	switch (r->path->what) {
	case CHECK: gate_check_json(r->check, &r->answer); break;
	case LEARN_SPAM:
	case LEARN_HAM:
		r->status = gate_check_learn(r->check, r->path->what == LEARN_SPAM, &r->answer);
		break;
	case STAT: gate_check_stat(gate_status(h->gate), &r->answer); break;
	case PING: buf_str(&r->answer, "pong\r\n"); return "text/plain";
	}
	return "application/json";
}

static enum MHD_Result send_answer(
	struct gate_http *h, struct MHD_Connection *c, struct request *r, const char *type)
{
	size_t n = buf_ok(&r->answer) ? r->answer.n : 0;
	struct MHD_Response *m =
		MHD_create_response_from_buffer(n, r->answer.p, MHD_RESPMEM_PERSISTENT);

	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Server", "cordon");
	MHD_add_response_header(m, "Content-Type", type);
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	if (h->stopping) /* it is the connection's last one */
		MHD_add_response_header(m, "Connection", "close");
	enum MHD_Result ok = MHD_queue_response(
		c, buf_ok(&r->answer) ? r->status : MHD_HTTP_SERVICE_UNAVAILABLE, m);

	MHD_destroy_response(m);
	return ok;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_n, void **state)
{
	struct gate_http *h = context;
	struct request *r = *state;

	(void)version;
	if (!r) { /* the head is here; the body is still to come */
		*state = begin(h, c, url, method);
		return *state ? MHD_YES : MHD_NO;
	}
	if (*upload_n) {
		if (r->check)
			gate_check_body(r->check, (struct span){upload, *upload_n});
		*upload_n = 0;
		return MHD_YES;
	}
	return send_answer(h, c, r, answer(h, r));
}

/* --- the table of connections --- */

static struct slot *slot_of(struct gate_http *h, int fd)
{
	for (size_t i = 0; i < GATE_HTTP_MOST; i++)
		if (h->slot[i].state != FREE && h->slot[i].fd == fd)
			return &h->slot[i];
	return NULL;
}

static void on_completed(
	void *context, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
	struct request *r = *state;

	(void)how;
	if (!r)
		return;
	gate_check_free(r->check);
	buf_done(&r->answer);
	free(r);
	*state = NULL;
	set_busy(context, c, false);
}

static void on_connection(void *context, struct MHD_Connection *c, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	struct gate_http *h = context;
	struct slot *s = *socket_context;

	pthread_mutex_lock(&h->lock);
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

		s = info ? slot_of(h, info->connect_fd) : NULL;
		if (s)
			s->state = HTTP;
		*socket_context = s;
	} else if (s) {
		s->state = FREE;
	}
	pthread_mutex_unlock(&h->lock);
}

/* --- the thread that accepts --- */

static void *serve_lines(void *slot)
{
	struct slot *s = slot;
	struct gate_http *h = s->h;
	int fd = s->fd;

	gate_lines_serve(h->gate, fd, GATE_HTTP_SILENCE_S, &h->cut);
	pthread_mutex_lock(&h->lock);
	s->state = FREE;
	pthread_mutex_unlock(&h->lock);
	close(fd);
	atomic_fetch_sub(&h->lines, 1);
	return NULL;
}

static bool start_lines(struct gate_http *h, struct slot *s)
{
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	atomic_fetch_add(&h->lines, 1);
	bool ok = pthread_create(&thread, &small, serve_lines, s) == 0;

	if (!ok)
		atomic_fetch_sub(&h->lines, 1);
	pthread_attr_destroy(&small);
	return ok;
}

static void set_state(struct gate_http *h, struct slot *s, enum state state)
{
	pthread_mutex_lock(&h->lock);
	s->state = state;
	s->since = ipc_deadline(0);
	pthread_mutex_unlock(&h->lock);
}

/* Ours to close: nobody serves it yet. */
static void drop(struct gate_http *h, struct slot *s)
{
	set_state(h, s, FREE);
	close(s->fd);
}

/* Its first byte is here, or its end. */
static void give(struct gate_http *h, struct slot *s)
{
	struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
	socklen_t peer_n = sizeof(peer);
	char first;

	if (recv(s->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) {
		drop(h, s);
		return;
	}
	if (gate_lines_speaks(first)) {
		set_state(h, s, LINES);
		if (!start_lines(h, s))
			drop(h, s);
		return;
	}
	set_state(h, s, GIVEN);
	getpeername(s->fd, (struct sockaddr *)&peer, &peer_n);
	/* When it cannot be served, libmicrohttpd closes it. */
	if (MHD_add_connection(h->daemon, s->fd, (struct sockaddr *)&peer, peer_n) != MHD_YES)
		set_state(h, s, FREE);
}

static void take_one(struct gate_http *h)
{
	int fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	pthread_mutex_lock(&h->lock);
	struct slot *s = slot_of(h, fd); /* closed before it was begun with */

	for (size_t i = 0; !s && i < GATE_HTTP_MOST; i++)
		if (h->slot[i].state == FREE)
			s = &h->slot[i];
	if (s)
		*s = (struct slot){h, SILENT, fd, ipc_deadline(0), false};
	pthread_mutex_unlock(&h->lock);
	if (!s)
		close(fd);
}

/* Those that take too long. Whoever serves one sees its end, and closes it. */
static void cut_off(struct gate_http *h)
{
	int64_t now = ipc_deadline(0);

	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < GATE_HTTP_MOST; i++) {
		struct slot *s = &h->slot[i];
		int64_t took = now - s->since;

		if (s->state >= HTTP && took > GATE_HTTP_LONGEST_S * SECOND) {
			shutdown(s->fd, SHUT_RDWR);
		} else if (s->state == SILENT && took > GATE_HTTP_SILENCE_S * SECOND) {
			s->state = FREE;
			close(s->fd);
		} else if (s->state == GIVEN && took > GATE_HTTP_SILENCE_S * SECOND) {
			s->state = FREE;
		}
	}
	pthread_mutex_unlock(&h->lock);
}

/* What is to be waited for: wake, the listener while there is room, and the silent ones; of[i] is
 * the slot of p[i], NULL for the first two. Returns how many. */
static size_t list(struct gate_http *h, struct pollfd *p, struct slot **of)
{
	size_t n = 2;
	bool room = false;

	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < GATE_HTTP_MOST; i++) {
		room = room || h->slot[i].state == FREE;
		if (h->slot[i].state != SILENT)
			continue;
		of[n] = &h->slot[i];
		p[n++] = (struct pollfd){.fd = h->slot[i].fd, .events = POLLIN};
	}
	pthread_mutex_unlock(&h->lock);
	p[0] = (struct pollfd){.fd = h->wake, .events = POLLIN};
	p[1] = (struct pollfd){.fd = room && !h->closed ? h->listener : -1, .events = POLLIN};
	return n;
}

static void *serve(void *context)
{
	struct gate_http *h = context;
	struct pollfd p[GATE_HTTP_MOST + 2];
	struct slot *of[GATE_HTTP_MOST + 2];
	int64_t looked = 0;

	while (!h->ending) {
		bool stops = h->stopping; /* then who has come before is still taken */
		size_t n = list(h, p, of);

		poll(p, n, stops || (n == 2 && p[1].fd < 0) ? 20 : LOOK_MS);
		if (p[1].revents)
			take_one(h);
		else if (stops && p[1].fd >= 0)
			h->closed = true;
		for (size_t i = 2; i < n; i++)
			if (p[i].revents)
				give(h, of[i]);
		if (ipc_deadline(0) - looked > SECOND) {
			looked = ipc_deadline(0);
			cut_off(h);
		}
	}
	return NULL;
}

/* --- all of it --- */

int gate_http_listen(const char *where, struct gate_http **ret, struct err *err)
{
	struct gate_http *h = calloc(1, sizeof(*h));

	if (!h)
		return err_sys(err, -ENOMEM, "check");
	pthread_mutex_init(&h->lock, NULL);
	h->wake = -1;
	int rc = listen_on(where, &h->listener, err);

	if (rc == 0 && (h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
		rc = err_sys(err, -errno, "check");
		close(h->listener);
	}
	if (rc < 0)
		free(h);
	else
		*ret = h;
	return rc;
}

int gate_http_serve(struct gate_http *h, struct gate *gate, struct err *err)
{
	h->gate = gate;
	h->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC |
					     MHD_USE_THREAD_PER_CONNECTION |
					     MHD_USE_NO_LISTEN_SOCKET,
		0, NULL, NULL, on_request, h, MHD_OPTION_CONNECTION_LIMIT, GATE_HTTP_MOST,
		MHD_OPTION_CONNECTION_TIMEOUT, GATE_HTTP_SILENCE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, GATE_HTTP_HEAD, MHD_OPTION_THREAD_STACK_SIZE,
		STACK, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, h, MHD_OPTION_END);
	if (!h->daemon)
		return err_set(err, -ENOMEM, "check: the HTTP server does not start");
	int rc = -pthread_create(&h->thread, NULL, serve, h);

	if (rc < 0)
		return err_sys(err, rc, "check: a thread");
	h->serves = true;
	return 0;
}

/* Nothing of a request has arrived that is not answered. */
static bool idle(const struct slot *s)
{
	char byte;

	return s->state != LINES && recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0 &&
	       !s->busy;
}

unsigned gate_http_stop(struct gate_http *h, bool cut)
{
	unsigned left = 0;

	if (!h)
		return 0;
	atomic_store(&h->stopping, true);
	atomic_store(&h->cut, cut);
	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < GATE_HTTP_MOST; i++) {
		const struct slot *s = &h->slot[i];

		left += s->state != FREE;
		if (s->state != FREE && s->state != GIVEN && (cut || idle(s)))
			shutdown(s->fd, SHUT_RD);
	}
	pthread_mutex_unlock(&h->lock);
	return left;
}

void gate_http_close(struct gate_http *h)
{
	if (!h)
		return;
	gate_http_stop(h, false);
	atomic_store(&h->ending, true);
	if (h->serves && write(h->wake, &(uint64_t){1}, sizeof(uint64_t)) > 0)
		pthread_join(h->thread, NULL);
	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < GATE_HTTP_MOST; i++) {
		if (h->slot[i].state == LINES)
			shutdown(h->slot[i].fd, SHUT_RDWR);
		if (h->slot[i].state == SILENT)
			close(h->slot[i].fd);
	}
	pthread_mutex_unlock(&h->lock);
	if (h->daemon)
		MHD_stop_daemon(h->daemon);
	while (atomic_load(&h->lines))
		usleep(1000);
	close(h->wake);
	close(h->listener);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
