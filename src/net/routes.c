#include "net/routes_search.h"

#include <errno.h>
#include <stdlib.h>

const char *route_class_name(enum route_class c)
{
	static const char *const name[] = {
		[ROUTE_NONE] = "none",
		[ROUTE_ORIGIN] = "origin",
		[ROUTE_CUSTOMER] = "customer",
		[ROUTE_PEER] = "peer",
		[ROUTE_PROVIDER] = "provider",
	};

	return name[c];
}

int routes_new_shared(const struct routes_layout *layout, struct routes **ret_routes)
{
	size_t core = (size_t)layout->core + 1;
	struct routes *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->layout = layout;
	r->queue = malloc(core * sizeof(*r->queue));
	r->class = malloc((size_t)layout->g->nodes + 1);
	r->gives = malloc(core);
	r->route = malloc(core * sizeof(*r->route));
	r->offer = malloc(core * sizeof(*r->offer));
	if (!r->queue || !r->class || !r->gives || !r->route || !r->offer) {
		routes_free(r);
		return -ENOMEM;
	}
	*ret_routes = r;
	return 0;
}

int routes_new(const struct graph *g, struct routes **ret_routes)
{
	struct routes_layout layout;
	int rc = routes_layout_init(&layout, g);

	if (rc < 0)
		return rc;
	rc = routes_new_shared(&layout, ret_routes);
	if (rc < 0) {
		routes_layout_done(&layout);
		return rc;
	}
	(*ret_routes)->own = layout;
	(*ret_routes)->layout = &(*ret_routes)->own;
	return 0;
}

void routes_free(struct routes *r)
{
	if (!r)
		return;
	routes_layout_done(&r->own);
	free(r->queue);
	free(r->class);
	free(r->gives);
	free(r->route);
	free(r->offer);
	free(r);
}
