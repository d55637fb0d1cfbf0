/*
 * The web role: metrics, health and a JSON API, read only, over HTTP on loopback or a UNIX socket.
 * It sees the shared status and may read the state directory; it writes nothing, connects to nothing
 * and is told nothing by the other roles.
 */
#include "ledger/db.h"
#include "serve/decided_json.h"
#include "serve/decisions.h"
#include "serve/listen.h"
#include "serve/person.h"
#include "serve/role.h"
#include "serve/told.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 128
#define CONNECTIONS_FREE 16 /* the oldest ones are closed so that so many more can come */
#define TIMEOUT_S        15 /* of silence */
#define MEMORY_MOST      ((size_t)64 << 10) /* of one connection: request line and header fields */
#define LIST_MOST        1000               /* decisions of one answer */
#define LIST_USUAL       50

/* Somebody who is connected. */
struct guest {
	int fd;
	uint64_t number; /* they are counted as they come, from 1; 0: nobody */
	bool leaving;    /* was shown out; the HTTP server has not closed it yet */
};

struct web {
	struct role_kit *kit;
	int listener;
	struct MHD_Daemon *daemon;
	/* Of the HTTP server's thread alone. */
	struct guest guest[CONNECTIONS_MOST];
	uint64_t guests_seen;
};

/* An answer: its status and bytes, of a type. */
struct reply {
	unsigned status;
	const char *type;
	struct buf body;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* --- answers --- */

/* Takes the object over; NULL: memory is short. */
static void reply_json(struct reply *r, unsigned status, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	r->status = text ? status : MHD_HTTP_SERVICE_UNAVAILABLE;
	r->type = "application/json";
	buf_str(&r->body, text ? text : "{\"error\":\"memory is short\"}");
	buf_byte(&r->body, '\n');
	free(text);
	json_decref(j);
}

static void reply_error(struct reply *r, unsigned status, const char *words)
{
	reply_json(r, status, json_pack("{s:s}", "error", words));
}

static void metrics(struct web *w, struct MHD_Connection *c, struct reply *r)
{
	(void)c;
	r->status = MHD_HTTP_OK;
	r->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
	told_metrics(w->kit->status, now_ns(), &r->body);
}

static void healthz(struct web *w, struct MHD_Connection *c, struct reply *r)
{
	bool ok;
	json_t *j = told_health(w->kit->status, now_ns(), &ok);

	(void)c;
	reply_json(r, ok ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, j);
}

static void status(struct web *w, struct MHD_Connection *c, struct reply *r)
{
	(void)c;
	reply_json(r, MHD_HTTP_OK, told_status(w->kit->status, now_ns()));
}

/* --- decisions --- */

static const char *argument(struct MHD_Connection *c, const char *name)
{
	const char *value = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, name);

	return value && *value ? value : NULL;
}

static bool read_time(struct MHD_Connection *c, const char *name, int64_t *ret)
{
	const char *text = argument(c, name);
	bool day;

	return !text || sighting_time_parse(span_cstr(text), ret, &day) == 0;
}

static bool read_action(const char *text, int *ret)
{
	for (int i = 0; text && i < DECISIONS; i++)
		if (strcmp(text, decision_action_name((enum decision_action)i)) == 0) {
			*ret = i;
			return true;
		}
	return !text;
}

/* NULL when all arguments make sense, else what does not. */
static const char *read_question(struct MHD_Connection *c, struct decisions_question *q)
{
	const char *last = argument(c, "last");
	char none[] = "", *end = none;

	*q = (struct decisions_question){.until = INT64_MAX, .action = -1, .most = LIST_USUAL,
		.id = argument(c, "id"), .sender = argument(c, "sender"),
		.recipient = argument(c, "recipient"), .queue_id = argument(c, "queue_id")};
	if (last)
		q->most = strtoul(last, &end, 10);
	if (*end || q->most < 1 || q->most > LIST_MOST)
		return "last is a number from 1 to 1000";
	if (!read_time(c, "since", &q->since) || !read_time(c, "until", &q->until))
		return "since and until are days or times: 2026-10-05, 2026-10-05T12:00:00Z";
	if (!read_action(argument(c, "action"), &q->action))
		return "action is accept, tag, quarantine, tempfail, reject or discard";
	return NULL;
}

static int append(void *context, const struct decided *d)
{
	return json_array_append_new(context, decided_json(d)) < 0 ? -ENOMEM : 0;
}

static int find(struct web *w, struct decisions_question *q, json_t *list, struct err *err)
{
	char sender[PERSON_MOST], recipient[PERSON_MOST];
	struct decisions *d;
	struct person_key key;
	int rc = decisions_open(w->kit->state, false, &d, NULL, err);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc; /* nothing was decided yet: an empty list */
	if (person_key_read(w->kit->state, false, &key, NULL) == 0) {
		if (q->sender && q->sender[0] != '@')
			q->sender_hash = person_hash(&key, span_cstr(q->sender), sender);
		if (q->recipient && q->recipient[0] != '@')
			q->recipient_hash = person_hash(&key, span_cstr(q->recipient), recipient);
	}
	rc = decisions_find(d, q, append, list, err);
	decisions_close(d);
	return rc;
}

static void decisions(struct web *w, struct MHD_Connection *c, struct reply *r)
{
	struct decisions_question q;
	const char *wrong = read_question(c, &q);
	struct err err = {""};

	if (wrong) {
		reply_error(r, MHD_HTTP_BAD_REQUEST, wrong);
		return;
	}
	json_t *list = json_array();

	if (!list || find(w, &q, list, &err) < 0) {
		json_decref(list);
		reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "decisions cannot be read");
		fprintf(stderr, "cordon web: %s\n", err.text);
		return;
	}
	reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "decisions", list));
}

static void front(struct web *w, struct MHD_Connection *c, struct reply *r);

static const struct {
	const char *path, *words;
	void (*answer)(struct web *w, struct MHD_Connection *c, struct reply *r);
} pages[] = {
	{"/", "this list", front},
	{"/metrics", "counters and times, for OpenMetrics collectors", metrics},
	{"/healthz", "how each part is; 503 when one fails", healthz},
	{"/api/v1/status", "the same and more, as JSON", status},
	{"/api/v1/decisions", "messages decided: id, sender, recipient, queue_id, action, since, until, "
			      "last", decisions},
};
#define PAGES (sizeof(pages) / sizeof(*pages))

static void front(struct web *w, struct MHD_Connection *c, struct reply *r)
{
	json_t *list = json_object();

	(void)w;
	(void)c;
	for (size_t i = 0; i < PAGES; i++)
		json_object_set_new(list, pages[i].path, json_string(pages[i].words));
	reply_json(r, MHD_HTTP_OK, json_pack("{s:s, s:s, s:o}", "program", "cordon", "version",
					   CORDON_VERSION, "paths", list));
}

/* --- HTTP --- */

/* A page of another site that a browser shows may send it here, and by DNS rebinding read what comes
 * back; the name that it asks for gives it away. Addresses, localhost and names of UNIX sockets pass.
 */
static bool host_is_ours(const char *host)
{
	struct span s = span_cstr(host);
	struct ip ip;

	if (!host)
		return true;
	if (s.n && s.p[0] == '[') {
		ssize_t end = span_index(s, ']');

		s = end < 0 ? s : span_take(span_skip(s, 1), (size_t)end - 1);
	} else {
		ssize_t colon = span_index(s, ':');

		s = colon < 0 ? s : span_take(s, (size_t)colon);
	}
	return ip_parse(s, &ip) == 0 || span_eq_nocase(s, SPAN("localhost"));
}

static enum MHD_Result send_reply(struct MHD_Connection *c, struct reply *r)
{
	struct MHD_Response *m;
	size_t n = buf_ok(&r->body) ? r->body.n : 0;

	m = MHD_create_response_from_buffer(n, r->body.p, MHD_RESPMEM_MUST_COPY);
	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", r->type);
	MHD_add_response_header(m, "Cache-Control", "no-store");
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	if (r->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(m, "Allow", "GET, HEAD");
	enum MHD_Result ok = MHD_queue_response(
		c, buf_ok(&r->body) ? r->status : MHD_HTTP_SERVICE_UNAVAILABLE, m);

	MHD_destroy_response(m);
	return ok;
}

static void answer(struct web *w, struct MHD_Connection *c, const char *url, struct reply *r)
{
	for (size_t i = 0; i < PAGES; i++)
		if (strcmp(url, pages[i].path) == 0) {
			pages[i].answer(w, c, r);
			return;
		}
	reply_error(r, MHD_HTTP_NOT_FOUND, "no such path; / lists them");
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_n, void **state)
{
	static int seen;
	struct reply r = {.status = 0};

	(void)version;
	(void)upload;
	if (!*state) { /* the header fields are here; the body is still to come */
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_n) { /* nothing is asked by a body; it is passed over */
		*upload_n = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		reply_error(&r, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET is answered here");
	else if (!host_is_ours(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host")))
		reply_error(&r, MHD_HTTP_FORBIDDEN, "ask by address or as localhost");
	else
		answer(context, c, url, &r);
	enum MHD_Result ok = send_reply(c, &r);

	buf_done(&r.body);
	return ok;
}

/* --- who is connected ---
 *
 * Who sends half of a request, or a byte now and then, could hold a place for as long as he likes,
 * and all places with many connections. So whoever comes when few places are left takes that of him
 * who came first: an answer takes milliseconds, and who has been here for as long as it took a hundred
 * others to come had his time.
 */

static void show_out_oldest(struct web *w)
{
	struct guest *oldest = NULL;
	size_t here = 0;

	for (size_t i = 0; i < CONNECTIONS_MOST; i++) {
		struct guest *g = &w->guest[i];

		if (!g->number || g->leaving)
			continue;
		here++;
		if (!oldest || g->number < oldest->number)
			oldest = g;
	}
	if (here > CONNECTIONS_MOST - CONNECTIONS_FREE) {
		oldest->leaving = true;
		shutdown(oldest->fd, SHUT_RDWR); /* the HTTP server sees that, and closes it */
	}
}

static void on_connection(void *context, struct MHD_Connection *c, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	struct web *w = context;
	struct guest *g = *socket_context;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (g)
			g->number = 0;
		return;
	}
	for (size_t i = 0; info && !g && i < CONNECTIONS_MOST; i++)
		if (!w->guest[i].number)
			g = &w->guest[i];
	*socket_context = g;
	if (g)
		*g = (struct guest){.fd = info->connect_fd, .number = ++w->guests_seen};
	show_out_oldest(w);
}

/* --- the role --- */

static int web_open(struct role_kit *kit, void **ret_self, struct err *err)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w)
		return err_sys(err, -ENOMEM, "the web role");
	w->kit = kit;
	w->listener = -1;
	tzset();
	db_read_only();
	int rc = kit->config->gateway.web ? listen_on(kit->config->gateway.web, &w->listener, err) : 0;

	if (rc == 0)
		rc = listen_give(kit->config->gateway.web, kit->config->gateway.user, err);
	if (rc < 0) {
		if (w->listener >= 0)
			close(w->listener);
		free(w);
		return rc;
	}
	*ret_self = w;
	return 0;
}

static int web_run(struct role_kit *kit, void *self)
{
	struct web *w = self;
	enum role_word word = ROLE_NOTHING;

	if (w->listener >= 0) {
		w->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL,
			NULL, on_request, w, MHD_OPTION_LISTEN_SOCKET, w->listener,
			MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT,
			TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_MOST,
			MHD_OPTION_NOTIFY_CONNECTION, on_connection, w, MHD_OPTION_END);
		if (!w->daemon) {
			fprintf(stderr, "cordon web: the HTTP server does not start\n");
			return EXIT_FAILURE;
		}
	}
	role_ready(kit);
	while (word != ROLE_STOP) {
		struct pollfd control = {.fd = kit->control, .events = POLLIN};

		role_alive(kit, ROLE_WEB);
		poll(&control, 1, 500);
		word = role_told(kit);
	}
	if (w->daemon)
		MHD_stop_daemon(w->daemon);
	free(w);
	return EXIT_SUCCESS;
}

const struct role_definition role_web = {
	.role = ROLE_WEB,
	.rights = {.files_read = true, .threads = true, .files = 256, .memory = (size_t)1 << 30},
	.open = web_open,
	.run = web_run,
};
