/*
 * Each question runs the loop until its own answer is there; what was said to come soon is asked
 * in passing, and its answer stays in libunbound's cache.
 */
#include "cli/auth_dns.h"

#include "net/dns_unbound.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#define HOSTS "/etc/hosts"

struct auth_dns {
	struct dns dns;
	struct event_base *base;
	struct dns_unbound *unbound;
};

/* A question that is waited for. */
struct waiting {
	struct arena *arena;
	struct dns_answer *ret;
	bool done;
};

/* Copies an answer, which is gone soon; what memory does not hold is no answer. */
static void keep(const struct dns_answer *a, struct arena *arena, struct dns_answer *ret)
{
	struct dns_record *record = arena_zalloc(arena, a->n ? a->n : 1, sizeof(*record));

	*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	if (!record)
		return;
	for (size_t i = 0; i < a->n; i++) {
		record[i] = a->record[i];
		record[i].text = arena_copy(arena, a->record[i].text);
		if (record[i].text.n != a->record[i].text.n)
			return;
	}
	*ret = *a;
	ret->record = record;
}

static void take(void *context, const struct dns_answer *answer)
{
	struct waiting *w = context;

	keep(answer, w->arena, w->ret);
	w->done = true;
}

static void drop(void *context, const struct dns_answer *answer)
{
	(void)context;
	(void)answer;
}

static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	struct auth_dns *d = (struct auth_dns *)dns;
	struct waiting w = {.arena = arena, .ret = ret};

	*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	dns_unbound_ask(d->unbound, name, type, deadline, take, &w);
	while (!w.done && event_base_loop(d->base, EVLOOP_ONCE) == 0)
		;
}

static void soon(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	dns_unbound_ask(((struct auth_dns *)dns)->unbound, name, type, deadline, drop, NULL);
}

int auth_dns_open(char *const *server, size_t n, struct auth_dns **ret, struct err *err)
{
	struct auth_dns *d = calloc(1, sizeof(*d));
	bool root = n == 1 && strcmp(server[0], "root") == 0;
	const struct dns_unbound_options options = {.forward = (const char *const *)server,
		.forwards = root ? 0 : n,
		.resolv_conf = n ? NULL : "/etc/resolv.conf",
		.hosts = access(HOSTS, R_OK) == 0 ? HOSTS : NULL,
		/* Who forwards to a resolver leaves validation to it, as the gateway does. */
		.trust_anchor =
			root && access(DNS_UNBOUND_ANCHOR, R_OK) == 0 ? DNS_UNBOUND_ANCHOR : NULL};
	int rc;

	if (d)
		d->base = event_base_new();
	if (!d || !d->base)
		rc = err_sys(err, -ENOMEM, "the resolver");
	else
		rc = dns_unbound_new(d->base, &options, &d->unbound, err);
	if (rc < 0) {
		auth_dns_close(d);
		return rc;
	}
	d->dns = (struct dns){.ask = ask, .soon = soon};
	*ret = d;
	return 0;
}

void auth_dns_close(struct auth_dns *d)
{
	if (!d)
		return;
	dns_unbound_free(d->unbound);
	if (d->base)
		event_base_free(d->base);
	free(d);
}

struct dns *auth_dns_dns(struct auth_dns *d)
{
	return &d->dns;
}
