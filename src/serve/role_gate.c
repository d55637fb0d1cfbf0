/*
 * The gate's process: before the sandbox it opens what it needs - the listener, models, tables -
 * and behind it threads of libmilter do the work, while this one listens to the supervisor.
 */
#include "serve/role.h"

#include "mail/charset.h"
#include "judge/starter.h"
#include "serve/dns_remote.h"
#include "serve/gate_http.h"
#include "serve/gate_milter.h"
#include "serve/gate_work.h"
#include "serve/listen.h"
#include "serve/wire.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECOND        ((int64_t)1000000000)
#define MODEL_EVERY_S 10
#define HALF_S        5  /* that messages which are half there have to come in, at the end */
#define SEND_S        5  /* and that all have to be answered in, beyond message_seconds */

/* Bytes of a model that are taken at most. */
#define MODEL_MOST ((size_t)256 << 20)

struct gate_role {
	struct relays relays;
	struct shelf *shelf;
	struct judge *judge; /* until the gate has it */
	struct gate *gate;
	struct ipc_client *keeper;
	struct dns_remote *dns;
	struct gate_http *http; /* NULL: rspamd's clients are not served */
	uint64_t cached; /* answers of its cache that are in the status already */
	uint64_t model;  /* its number; 0: that of the files */
	int64_t asked;  /* for a newer one, nanoseconds of CLOCK_MONOTONIC */
	bool answered;  /* the keeper has told its key */
	char name[256]; /* the host's */
};

static void close_role(struct gate_role *r)
{
	judge_close(r->judge);
	shelf_close(r->shelf);
	relays_done(&r->relays);
	free(r);
}

static int open_files(struct gate_role *r, struct role_kit *kit, struct err *err)
{
	char *starter = starter_find();
	const struct judge_options options = {.state_dir = kit->state,
		.starter = starter,
		.ham_loss = kit->config->ham_loss,
		.relays = &r->relays};
	struct policy policy;
	int rc = policy_read(&kit->config->gateway, &policy, err);

	charsets_load_all(); /* later it could not */
	if (rc == 0)
		rc = shelf_open(kit->state, &r->shelf, NULL, err);
	if (rc == 0)
		rc = judge_open(&options, &r->judge, err);
	free(starter);
	return rc;
}

/*
 * glibc's malloc opens files in /sys and /proc when threads make its ninth arena, and when it gives
 * the end of one back; behind the sandbox either would be the process's end. So there are few, and
 * their ends stay; what is large is mapped and given back by itself.
 */
static void tame_malloc(void)
{
	mallopt(M_ARENA_MAX, 4);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

static int open_role(struct role_kit *kit, void **ret_self, struct err *err)
{
	const struct config_gateway *c = &kit->config->gateway;
	struct gate_role *r = calloc(1, sizeof(*r));

	if (!r)
		return err_sys(err, -ENOMEM, "the gate");
	tame_malloc();
	tzset(); /* gmtime_r() would read a file when it is first called */
	gethostname(r->name, sizeof(r->name) - 1);
	int rc = relays_read(kit->config->relay_nets, kit->config->nets, kit->config->relay_names,
		kit->config->names, &r->relays, err);

	if (rc == 0)
		rc = open_files(r, kit, err);
	if (rc == 0)
		rc = gate_milter_listen(c->milter, err);
	if (rc == 0 && c->check)
		rc = gate_http_listen(c->check, &r->http, err);
	if (rc == 0)
		rc = listen_give(c->milter, c->user, err);
	if (rc == 0)
		rc = listen_give(c->check, c->user, err);
	if (rc < 0)
		close_role(r);
	else
		*ret_self = r;
	return rc;
}

/* Ours in Authentication-Results. */
static struct span our_name(const struct gate_role *r, const struct role_kit *kit)
{
	const char *set = kit->config->gateway.name;

	return span_cstr(set ? set : r->name);
}

static int make_gate(struct gate_role *r, struct role_kit *kit, struct err *err)
{
	struct gate_parts parts = {.config = &kit->config->gateway,
		.name = our_name(r, kit),
		.judge = r->judge,
		.shelf = r->shelf,
		.status = kit->status,
		.keeper = kit->to[ROLE_KEEPER]};
	int rc = 0;

	if (parts.keeper >= 0)
		rc = ipc_client_new(parts.keeper, &r->keeper, err);
	parts.ask_keeper = r->keeper;
	if (rc == 0 && kit->to[ROLE_RESOLVER] >= 0)
		rc = dns_remote_new(kit->to[ROLE_RESOLVER], NULL, &r->dns, err);
	parts.dns = r->dns ? dns_remote_dns(r->dns) : NULL;
	if (rc == 0)
		rc = gate_new(&parts, &r->gate, err);
	if (rc == 0)
		r->judge = NULL;
	return rc;
}

/*
 * Asks the keeper for a newer model, and for the key of prints; without an answer all stays.
 * Whoever comes from the keeper is not believed more than anybody: judge_renew() takes what has the
 * size.
 */
static void take_model(struct gate_role *r)
{
	struct span model = {NULL, 0};
	struct buf had = {0}, answer = {0};
	uint32_t type = 0;
	int file = -1;

	r->asked = gate_now();
	wire_u64(&had, r->model);
	if (!r->keeper || ipc_ask(r->keeper, KEEPER_MODEL, buf_span(&had), -1,
				  ipc_deadline(500000000), &type, &answer, &file) < 0)
		type = 0;
	struct wire_reader w = {.left = buf_span(&answer)};
	uint64_t number = wire_get_u64(&w), key = wire_get_u64(&w);

	if (type == KEEPER_MODEL_IS && wire_ended(&w)) {
		gate_set_campaign_key(r->gate, key);
		r->answered = key != 0;
		if (file >= 0 && ipc_map_sealed(file, MODEL_MOST, &model) == 0) {
			if (gate_renew(r->gate, model, NULL) == 0)
				r->model = number;
			munmap((void *)model.p, model.n);
		}
	}
	if (file >= 0)
		close(file);
	buf_done(&had);
	buf_done(&answer);
}

/* Until all that came was answered, or that takes too long. */
static void finish(struct gate_role *r, struct role_kit *kit)
{
	const int64_t begun = gate_now(), half = begun + HALF_S * SECOND;
	const int64_t end = half + (kit->config->gateway.message_seconds + SEND_S) * SECOND;
	unsigned left = 1;

	while (left && gate_now() < end) {
		bool cut = gate_now() > half;

		left = gate_milter_stop(cut) + gate_http_stop(r->http, cut);
		role_alive(kit, ROLE_GATE);
		if (left)
			usleep(20000);
	}
}

/* How often the DNS was answered from the gate's own cache, for all to see. */
static void count_cached(struct gate_role *r, struct role_kit *kit)
{
	struct dns_remote_counts c;

	if (!r->dns)
		return;
	dns_remote_counts(r->dns, &c);
	status_add(kit->status, STATUS_DNS_CACHED, c.cached - r->cached);
	r->cached = c.cached;
}

/* The configuration was read again. */
static void configure(struct gate_role *r, struct role_kit *kit)
{
	struct err err;

	if (gate_configure(r->gate, &kit->config->gateway, our_name(r, kit), &err) < 0)
		role_tell(kit, "%s; it goes on as before", err.text);
	else
		gate_milter_bound();
}

/* Until the supervisor says so, or the listener ends. */
static int listen_to_supervisor(struct gate_role *r, struct role_kit *kit)
{
	struct pollfd control = {.fd = kit->control, .events = POLLIN};

	while (gate_milter_serves()) {
		role_alive(kit, ROLE_GATE);
		count_cached(r, kit);
		if (gate_now() - r->asked > (r->answered ? MODEL_EVERY_S : 1) * SECOND)
			take_model(r);
		poll(&control, 1, 500);
		switch (role_told(kit)) {
		case ROLE_STOP: finish(r, kit); return EXIT_SUCCESS;
		case ROLE_TABLES: take_model(r); break;
		case ROLE_RELOAD: configure(r, kit); break;
		default: break;
		}
	}
	fprintf(stderr, "cordon: gate: the listener ended\n");
	return EXIT_FAILURE;
}

static int run_role(struct role_kit *kit, void *self)
{
	struct gate_role *r = self;
	struct err err;

	/* The supervisor says when to stop; libmilter would end by these without finishing. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	atomic_store(&kit->status->sessions_now, 0); /* those of one that died are gone */
	if (make_gate(r, kit, &err) < 0 || gate_milter_serve(r->gate, &err) < 0 ||
		(r->http && gate_http_serve(r->http, r->gate, &err) < 0)) {
		fprintf(stderr, "cordon: gate: %s\n", err.text);
		return EXIT_FAILURE;
	}
	role_ready(kit);
	return listen_to_supervisor(r, kit);
}

const struct role_definition role_gate = {
	.role = ROLE_GATE,
	.rights = {.threads = true, .files = 32768, .memory = (size_t)8 << 30},
	.open = open_role,
	.run = run_role,
};
