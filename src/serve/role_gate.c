/*
 * The gate's process: before the sandbox it opens what it needs - the listener, models, tables - and
 * behind it threads of libmilter do the work, while this one listens to the supervisor.
 */
#include "serve/role.h"

#include "serve/gate_milter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define STOP_S 20 /* that messages in hand have to be finished in */

/* Bytes of a model that are taken at most. */
#define MODEL_MOST ((size_t)256 << 20)

struct gate_role {
	struct relays relays;
	struct shelf *shelf;
	struct judge *judge; /* until the gate has it */
	struct gate *gate;
	struct ipc_client *keeper;
	char name[256];
};

/* The starter model's file: the environment's, the installed one, or the source's; NULL: none. */
static const char *find_starter(void)
{
	static const char *const places[] = {
		CORDON_DATA "/starter.model", CORDON_SOURCE "/share/starter.model"};
	const char *own = getenv("CORDON_STARTER");

	if (own)
		return *own ? own : NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

static int read_relays(const struct config *c, struct relays *r, struct err *err)
{
	struct prefix *net = calloc(c->nets + 1, sizeof(*net));
	struct span *name = calloc(c->names + 1, sizeof(*name));

	*r = (struct relays){net, c->nets, name, c->names};
	if (!net || !name)
		return err_sys(err, -ENOMEM, "relays");
	for (size_t i = 0; i < c->nets; i++)
		if (prefix_parse(span_cstr(c->relay_nets[i]), &net[i]) < 0)
			return err_set(err, -EINVAL,
				"relays: '%s' is no address or prefix (192.0.2.0/24); names go into "
				"relay_names",
				c->relay_nets[i]);
	for (size_t i = 0; i < c->names; i++)
		name[i] = span_cstr(c->relay_names[i]);
	return 0;
}

static void close_role(struct gate_role *r)
{
	judge_close(r->judge);
	shelf_close(r->shelf);
	free((void *)r->relays.net);
	free((void *)r->relays.name);
	free(r);
}

static int open_files(struct gate_role *r, struct role_kit *kit, struct err *err)
{
	const struct judge_options options = {.state_dir = kit->state,
		.starter = find_starter(),
		.ham_loss = kit->config->ham_loss,
		.relays = &r->relays};
	struct policy policy;
	int rc = policy_read(&kit->config->gateway, &policy, err);

	if (rc == 0)
		rc = shelf_open(kit->state, &r->shelf, NULL, err);
	if (rc == 0)
		rc = judge_open(&options, &r->judge, err);
	return rc;
}

static int open_role(struct role_kit *kit, void **ret_self, struct err *err)
{
	const struct config_gateway *c = &kit->config->gateway;
	struct gate_role *r = calloc(1, sizeof(*r));

	if (!r)
		return err_sys(err, -ENOMEM, "the gate");
	gethostname(r->name, sizeof(r->name) - 1);
	if (c->name)
		snprintf(r->name, sizeof(r->name), "%s", c->name);
	int rc = read_relays(kit->config, &r->relays, err);

	if (rc == 0)
		rc = open_files(r, kit, err);
	if (rc == 0)
		rc = gate_milter_listen(c->milter, err);
	if (rc < 0)
		close_role(r);
	else
		*ret_self = r;
	return rc;
}

static int make_gate(struct gate_role *r, struct role_kit *kit, struct err *err)
{
	struct gate_parts parts = {.config = &kit->config->gateway,
		.name = span_cstr(r->name),
		.judge = r->judge,
		.shelf = r->shelf,
		.status = kit->status,
		.keeper = kit->to[ROLE_KEEPER]};
	int rc = 0;

	if (parts.keeper >= 0)
		rc = ipc_client_new(parts.keeper, &r->keeper, err);
	parts.ask_keeper = r->keeper;
	if (rc == 0)
		rc = gate_new(&parts, &r->gate, err);
	if (rc == 0)
		r->judge = NULL;
	return rc;
}

/* The model as the keeper has it now. Without an answer the old one stays. */
static void take_model(struct gate_role *r)
{
	struct span model = {NULL, 0};
	struct buf none = {0};
	uint32_t type;
	int file = -1;

	if (!r->keeper || ipc_ask(r->keeper, KEEPER_MODEL, SPAN(""), -1, ipc_deadline(5000000000),
				  &type, &none, &file) < 0)
		return;
	if (type == KEEPER_MODEL_IS && file >= 0 && ipc_map_sealed(file, MODEL_MOST, &model) == 0) {
		gate_renew(r->gate, model, NULL);
		munmap((void *)model.p, model.n);
	}
	if (file >= 0)
		close(file);
	buf_done(&none);
}

/* Until nothing is in hand, or that takes too long. */
static void finish(struct gate_role *r, struct role_kit *kit)
{
	gate_milter_stop();
	for (int i = 0; i < STOP_S * 20 && gate_in_hand(r->gate); i++) {
		usleep(50000);
		role_alive(kit, ROLE_GATE);
	}
}

/* Until the supervisor says so, or the listener ends. */
static int listen_to_supervisor(struct gate_role *r, struct role_kit *kit)
{
	struct pollfd control = {.fd = kit->control, .events = POLLIN};

	while (gate_milter_serves()) {
		role_alive(kit, ROLE_GATE);
		poll(&control, 1, 500);
		switch (role_told(kit)) {
		case ROLE_STOP: finish(r, kit); return EXIT_SUCCESS;
		case ROLE_TABLES: take_model(r); break;
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
	if (make_gate(r, kit, &err) < 0 || gate_milter_serve(r->gate, &err) < 0) {
		fprintf(stderr, "cordon: gate: %s\n", err.text);
		return EXIT_FAILURE;
	}
	role_ready(kit);
	return listen_to_supervisor(r, kit);
}

const struct role_definition role_gate = {
	.role = ROLE_GATE,
	.rights = {.threads = true, .files = 16384},
	.open = open_role,
	.run = run_role,
};
