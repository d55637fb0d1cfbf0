/* The resolver's role: what the configuration says of the DNS becomes libunbound's options, before
 * the sandbox closes; behind it there is only the loop. */
#include "serve/resolver.h"
#include "serve/role.h"

#include <unistd.h>

#define RESOLV_CONF "/etc/resolv.conf"
#define HOSTS       "/etc/hosts"
#define ALIVE       500 /* milliseconds */
#define SOCKETS     4096
#define MEMORY      ((size_t)1 << 30)
#define FILES       (SOCKETS + 256) /* TCP and our own beside them */

struct self {
	struct role_kit *kit;
	struct resolver *resolver;
	uint64_t bad; /* told so far */
};

static bool from_root(const struct config_gateway *g)
{
	return g->dns_n == 1 && strcmp(g->dns[0], "root") == 0;
}

static int role_open(struct role_kit *kit, void **ret_self, struct err *err)
{
	const struct config_gateway *g = &kit->config->gateway;
	bool root = from_root(g);
	struct dns_unbound_options o = {
		.forward = (const char *const *)g->dns,
		.forwards = root ? 0 : g->dns_n,
		.resolv_conf = root ? NULL : RESOLV_CONF,
		.hosts = access(HOSTS, R_OK) == 0 ? HOSTS : NULL,
		.trust_anchor =
			root && access(DNS_UNBOUND_ANCHOR, R_OK) == 0 ? DNS_UNBOUND_ANCHOR : NULL,
		.sockets = SOCKETS,
	};
	struct resolver *r = NULL;
	int e = resolver_open(&o, &r, err);

	if (e == 0)
		*ret_self = r;
	return e;
}

static void control(void *context)
{
	struct self *s = context;
	enum role_word w;

	/* Of a reload there is nothing to take: another resolver is a file to read or an address
	 * that libunbound takes only at its start, and so a start of this role. */
	while ((w = role_told(s->kit)) != ROLE_NOTHING)
		if (w == ROLE_STOP)
			resolver_stop(s->resolver);
}

static void tick(void *context)
{
	struct self *s = context;
	struct resolver_counts c;

	role_alive(s->kit, ROLE_RESOLVER);
	resolver_counts(s->resolver, &c);
	status_add(s->kit->status, STATUS_IPC_BAD, c.bad - s->bad);
	s->bad = c.bad;
}

static int role_run(struct role_kit *kit, void *self)
{
	struct self s = {.kit = kit, .resolver = self};
	int e = resolver_watch(s.resolver, kit->control, control, &s);

	for (int i = 0; i < ROLES && e == 0; i++)
		if (kit->to[i] >= 0)
			e = resolver_serve(s.resolver, kit->to[i]);
	if (e == 0)
		e = resolver_every(s.resolver, ALIVE, tick, &s);
	if (e == 0) {
		role_ready(kit);
		tick(&s);
		resolver_run(s.resolver);
	}
	resolver_free(s.resolver);
	return e < 0;
}

const struct role_definition role_resolver = {
	.role = ROLE_RESOLVER,
	.rights = {.sockets_out = true, .memory = MEMORY, .files = FILES},
	.open = role_open,
	.run = role_run,
};
