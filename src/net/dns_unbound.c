/*
 * libunbound does the resolving; what is added here are bounds. It gives up on a question when it
 * has tried everything, which can take a minute: the asker is told DNS_TEMPFAIL at the deadline by
 * a timer of ours, and the question goes on without him, so that the next one finds its answer in
 * the cache. Two numbers bound what goes on: questions that somebody waits for, and all.
 */
#include "net/dns_unbound.h"

#include "base/file.h"
#include "net/dns_wire.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#define CACHE     ((size_t)32 << 20)
#define SOCKETS   4096
#define TCP       128 /* of them */
#define OTHERS    64  /* descriptors that are for something else */
#define WAITING   4096
#define LATE      2 /* times as many may be under way, with those whose asker gave up */
#define FILE_MOST ((size_t)1 << 20)
#define ARENA     ((size_t)128 << 10)
#define CLASS_IN  1
#define NXDOMAIN  3

struct question {
	struct question *next, **back; /* of all that are under way */
	struct dns_unbound *u;
	dns_unbound_done done;
	void *context;
	struct event timer;
	bool told;   /* the asker has his answer */
	bool asking; /* ub_resolve_event() has not returned yet */
	bool ended;  /* and libunbound is through with it already */
	enum dns_type type;
	size_t n;
	char name[DNS_NAME];
};

struct dns_unbound {
	struct ub_ctx *ctx;
	struct event_base *base;
	struct arena arena;
	struct question *first;
	struct dns_unbound_counts counts;
	unsigned waiting_most;
	bool closing;
};

static void tell(struct question *q, const struct dns_answer *a)
{
	struct dns_unbound *u = q->u;

	q->told = true;
	u->counts.waiting--;
	u->counts.failed += a->status == DNS_TEMPFAIL;
	event_del(&q->timer);
	q->done(q->context, a);
}

static void tell_failure(struct question *q)
{
	tell(q, &(struct dns_answer){.status = DNS_TEMPFAIL});
}

static void question_free(struct question *q)
{
	if (q->next)
		q->next->back = q->back;
	*q->back = q->next;
	q->u->counts.under_way--;
	free(q);
}

static void late(evutil_socket_t fd, short what, void *context)
{
	struct question *q = context;

	(void)fd;
	(void)what;
	q->u->counts.late++;
	tell_failure(q);
}

/* libunbound's answer. Of another code than these the packet is not to be looked at. */
static void answered(void *context, int rcode, void *packet, int n, int sec, char *why, int limited)
{
	struct question *q = context;
	struct dns_unbound *u = q->u;
	struct span message = {packet, n > 0 ? (size_t)n : 0};
	struct dns_answer a;

	(void)why;
	(void)limited;
	if (u->closing)
		return;
	if (!q->told) {
		arena_reset(&u->arena);
		if ((rcode != 0 && rcode != NXDOMAIN) || !packet || sec == 1 ||
			dns_wire_answer(message, (struct span){q->name, q->n}, q->type, sec == 2,
				&u->arena, &a) < 0)
			a = (struct dns_answer){.status = DNS_TEMPFAIL};
		tell(q, &a);
	}
	q->ended = true;
	if (!q->asking)
		question_free(q);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct question *question_new(struct dns_unbound *u, struct span name, enum dns_type type,
	dns_unbound_done done, void *context)
{
	struct question *q;

	if (u->counts.waiting >= u->waiting_most || u->counts.under_way >= u->waiting_most * LATE) {
		u->counts.refused++;
		return NULL;
	}
	q = calloc(1, sizeof(*q));
	if (!q)
		return NULL;
	*q = (struct question){.u = u, .done = done, .context = context, .type = type, .n = name.n};
	memcpy(q->name, name.p, name.n);
	q->next = u->first;
	q->back = &u->first;
	if (q->next)
		q->next->back = &q->next;
	u->first = q;
	u->counts.waiting++;
	u->counts.under_way++;
	return q;
}

void dns_unbound_ask(struct dns_unbound *u, struct span name, enum dns_type type, int64_t deadline,
	dns_unbound_done done, void *context)
{
	char text[DNS_NAME_TEXT];
	int64_t left = deadline - now();
	struct timeval t = {left / 1000000000, left % 1000000000 / 1000};
	struct question *q = left > 0 ? question_new(u, name, type, done, context) : NULL;

	u->counts.asked++;
	if (!q) {
		u->counts.failed++;
		done(context, &(struct dns_answer){.status = DNS_TEMPFAIL});
		return;
	}
	dns_name_text(name, text);
	evtimer_assign(&q->timer, u->base, late, q);
	evtimer_add(&q->timer, &t);
	q->asking = true;
	if (ub_resolve_event(u->ctx, text, (int)type, CLASS_IN, q, answered, NULL) != 0) {
		q->ended = true;
		if (!q->told)
			tell_failure(q);
	}
	q->asking = false;
	if (q->ended)
		question_free(q);
}

void dns_unbound_counts(const struct dns_unbound *u, struct dns_unbound_counts *ret)
{
	*ret = u->counts;
}

size_t dns_unbound_read_resolv_conf(struct span text, char (*to)[IP_TEXT])
{
	struct span line, word;
	struct ip ip;
	size_t n = 0;

	while (n < DNS_UNBOUND_FORWARDS && span_line(&text, &line)) {
		line = span_trim(line);
		if (!span_starts(line, SPAN("nameserver")) || line.n < 11 ||
			!ascii_is_space(line.p[10]))
			continue;
		word = span_trim(span_skip(line, 10));
		for (size_t i = 0; i < word.n; i++)
			if (ascii_is_space(word.p[i]) || word.p[i] == '%')
				word.n = i;
		if (ip_parse(word, &ip) == 0)
			ip_format(&ip, to[n++]);
	}
	return n;
}

/* An address with or without @port: 0, or -EINVAL. */
static int check_address(const char *address, struct err *err)
{
	struct span s = span_cstr(address), ip_text;
	unsigned long long port;
	struct ip ip;

	span_cut(&s, '@', &ip_text);
	if (ip_parse(ip_text, &ip) < 0 || (s.p && (span_number(s, 65535, &port) < 0 || !port)))
		return err_set(err, -EINVAL,
			"%s is no address of a resolver: write as 192.0.2.53 or 192.0.2.53@5353",
			address);
	return 0;
}

static int refused(const char *what, int code, struct err *err)
{
	return err_set(err, -EIO, "libunbound refuses %s: %s", what, ub_strerror(code));
}

/* That a file can be read, since what libunbound says of one that cannot is lost. */
static int check_file(const char *path, struct err *err)
{
	struct buf b = {0};
	int r = file_read(path, FILE_MOST, &b, err);

	buf_done(&b);
	return r;
}

static int set_forward(struct dns_unbound *u, const char *address, struct err *err)
{
	int r = check_address(address, err);

	if (r == 0 && (r = ub_ctx_set_fwd(u->ctx, address)) != 0)
		return refused(address, r, err);
	return r;
}

static int set_resolvers(
	struct dns_unbound *u, const struct dns_unbound_options *o, struct err *err)
{
	char found[DNS_UNBOUND_FORWARDS][IP_TEXT];
	struct buf text = {0};
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < o->forwards && r == 0; i++)
		r = set_forward(u, o->forward[i], err);
	if (o->forwards || !o->resolv_conf || r < 0)
		return r;
	r = file_read(o->resolv_conf, FILE_MOST, &text, err);
	if (r >= 0) {
		n = dns_unbound_read_resolv_conf(buf_span(&text), found);
		r = n ? 0
		      : err_set(err, -EINVAL,
				"%s names no resolver: name some in the "
				"configuration, or write \"root\"",
				o->resolv_conf);
	}
	buf_done(&text);
	for (size_t i = 0; i < n && r == 0; i++)
		r = set_forward(u, found[i], err);
	return r;
}

static int set_stubs(struct dns_unbound *u, const struct dns_unbound_options *o, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < o->stubs && r == 0; i++) {
		r = check_address(o->stub[i].address, err);
		if (r == 0)
			r = ub_ctx_set_stub(u->ctx, o->stub[i].zone, o->stub[i].address, 0);
		if (r > 0 || (r < 0 && r != -EINVAL))
			return refused(o->stub[i].zone, r, err);
	}
	return r;
}

static int set_files(struct dns_unbound *u, const struct dns_unbound_options *o, struct err *err)
{
	const char *const path[] = {o->hosts, o->trust_anchor, o->root_hints};
	int r = 0;

	for (size_t i = 0; i < 3; i++)
		if (path[i] && (r = check_file(path[i], err)) < 0)
			return r;
	if (o->hosts && (r = ub_ctx_hosts(u->ctx, o->hosts)) != 0)
		return refused(o->hosts, r, err);
	if (o->trust_anchor && (r = ub_ctx_add_ta_file(u->ctx, o->trust_anchor)) != 0)
		return refused(o->trust_anchor, r, err);
	if (o->root_hints && (r = ub_ctx_set_option(u->ctx, "root-hints:", o->root_hints)) != 0)
		return refused(o->root_hints, r, err);
	return 0;
}

/* How many sockets are left to us; the soft limit is raised as far as it goes. */
static unsigned sockets(unsigned want)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return want;
	if (l.rlim_cur < want + TCP + OTHERS && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max < want + TCP + OTHERS ? l.rlim_max : want + TCP + OTHERS;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	if (l.rlim_cur < want + TCP + OTHERS)
		want = l.rlim_cur > TCP + OTHERS + 16 ? (unsigned)l.rlim_cur - TCP - OTHERS : 16;
	return want;
}

static int set_options(struct dns_unbound *u, const struct dns_unbound_options *o, struct err *err)
{
	size_t cache = o->cache ? o->cache : CACHE;
	char range[24], messages[24], records[24], keys[24], tcp[24];
	const struct {
		const char *name, *value;
	} options[] = {
		{"outgoing-range:", range},
		{"num-queries-per-thread:", range},
		{"outgoing-num-tcp:", tcp},
		{"msg-cache-size:", messages},
		{"rrset-cache-size:", records},
		{"key-cache-size:", keys},
		{"neg-cache-size:", keys},
		{"edns-buffer-size:", "1232"}, /* no fragments: dnsflagday.net/2020 */
		{"cache-max-ttl:", "86400"},
		{"cache-max-negative-ttl:", "3600"}, /* RFC 2308, 5: one to three hours */
		/* A server that did not answer is tried again soon, for a resolver of ours that was
		 * started anew must not stay dead to us for the usual quarter of an hour; and a
		 * try waits four seconds at most in place of two minutes. */
		{"infra-host-ttl:", "30"},
		{"infra-keep-probing:", "yes"},
		{"infra-cache-max-rtt:", "4000"},
		/* Our own resolver may know names of private addresses, and live beside us. */
		{"unblock-lan-zones:", "yes"},
		{"insecure-lan-zones:", "yes"},
		{"do-not-query-localhost:", "no"},
	};

	snprintf(range, sizeof(range), "%u", sockets(o->sockets ? o->sockets : SOCKETS));
	snprintf(tcp, sizeof(tcp), "%d", TCP);
	snprintf(messages, sizeof(messages), "%zu", cache / 4);
	snprintf(records, sizeof(records), "%zu", cache / 2);
	snprintf(keys, sizeof(keys), "%zu", cache / 8);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		int r = ub_ctx_set_option(u->ctx, options[i].name, options[i].value);

		if (r != 0)
			return refused(options[i].name, r, err);
	}
	return 0;
}

static void ready(void *context, int rcode, void *packet, int n, int sec, char *why, int limited)
{
	(void)packet, (void)n, (void)sec, (void)why, (void)limited;
	*(int *)context = rcode;
}

/* Makes libunbound read its files and set itself up, which it does at the first question: one that
 * it answers from a zone of its own, before the call returns. */
static int begin(struct dns_unbound *u, struct err *err)
{
	int code = -1;
	int r = ub_resolve_event(u->ctx, "localhost.", DNS_A, CLASS_IN, &code, ready, NULL);

	if (r != 0)
		return err_set(err, -EIO,
			"libunbound does not start: %s (is the trust anchor's file well formed?)",
			ub_strerror(r));
	return code == 0 ? 0 : err_set(err, -EIO, "libunbound does not know localhost");
}

int dns_unbound_new(struct event_base *base, const struct dns_unbound_options *o,
	struct dns_unbound **ret, struct err *err)
{
	struct dns_unbound *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return err_sys(err, -ENOMEM, "resolver");
	u->base = base;
	u->waiting_most = o->waiting ? o->waiting : WAITING;
	arena_init(&u->arena, ARENA);
	u->ctx = ub_ctx_create_event(base);
	if (!u->ctx) {
		free(u);
		return err_set(err, -EIO, "libunbound was built without libevent");
	}
	ub_ctx_debugout(u->ctx, NULL); /* a library does not write to stderr */
	r = set_options(u, o, err);
	if (r == 0)
		r = set_resolvers(u, o, err);
	if (r == 0)
		r = set_stubs(u, o, err);
	if (r == 0)
		r = set_files(u, o, err);
	if (r == 0)
		r = begin(u, err);
	if (r < 0) {
		dns_unbound_free(u);
		return r;
	}
	*ret = u;
	return 0;
}

void dns_unbound_free(struct dns_unbound *u)
{
	if (!u)
		return;
	u->closing = true;
	for (struct question *q = u->first; q; q = q->next)
		if (!q->told)
			tell_failure(q);
	ub_ctx_delete(u->ctx);
	while (u->first)
		question_free(u->first);
	arena_done(&u->arena);
	free(u);
}
