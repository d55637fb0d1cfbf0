/* Our own relays, as a configuration names them. */
#include "mail/received.h"

#include <errno.h>
#include <stdlib.h>

static int read_nets(char *const *nets, size_t n, struct prefix *to, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_parse(span_cstr(nets[i]), &to[i]) < 0)
			return err_set(err, -EINVAL,
				"relays: '%s' is no address or prefix (192.0.2.0/24); names go "
				"into relay_names",
				nets[i]);
	return 0;
}

int relays_read(char *const *nets, size_t n_nets, char *const *names, size_t n_names,
	struct relays *ret, struct err *err)
{
	struct prefix *net = calloc(n_nets + 1, sizeof(*net));
	struct span *name = calloc(n_names + 1, sizeof(*name));
	int rc = net && name ? read_nets(nets, n_nets, net, err) : err_sys(err, -ENOMEM, "relays");

	if (rc < 0) {
		free(net);
		free(name);
		return rc;
	}
	for (size_t i = 0; i < n_names; i++)
		name[i] = span_cstr(names[i]);
	*ret = (struct relays){net, n_nets, name, n_names};
	return 0;
}

void relays_done(struct relays *r)
{
	free((void *)r->net);
	free((void *)r->name);
	*r = (struct relays){0};
}
