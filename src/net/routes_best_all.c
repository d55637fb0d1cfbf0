/* One search after another for each origin, on as many threads as there are; they share the graph's
 * layout. A job is some origins, so that the pool's lock is seldom taken. */
#include "base/pool.h"
#include "net/routes_search.h"

#include <errno.h>
#include <stdlib.h>

#define ORIGINS_EACH 16 /* of a job */

struct worker {
	struct routes *routes;
	struct route *route; /* route[N] */
};

struct all {
	const uint32_t *origins;
	size_t n, next;
	const struct barrier *barrier;
	const struct routes_sink *sink;
	struct worker *worker;
};

static void *make(void *context, size_t *ret_bytes)
{
	struct all *a = context;
	const uint32_t *job = a->origins + a->next;

	if (a->next >= a->n)
		return NULL;
	a->next += ORIGINS_EACH;
	*ret_bytes = 1;
	return (void *)(uintptr_t)job;
}

static void work(void *context, unsigned worker, void *job)
{
	const struct all *a = context;
	const struct worker *w = &a->worker[worker];
	const uint32_t *origin = job, *end = a->origins + a->n;

	for (unsigned i = 0; i < ORIGINS_EACH && origin + i < end; i++) {
		routes_best(w->routes, origin[i], a->barrier, w->route);
		a->sink->take(a->sink->context, worker, origin[i], w->route);
	}
}

static void take(void *context, void *job)
{
	(void)context;
	(void)job;
}

static void free_workers(struct worker *w, unsigned n)
{
	for (unsigned i = 0; w && i < n; i++) {
		routes_free(w[i].routes);
		free(w[i].route);
	}
	free(w);
}

static int new_workers(const struct layout *layout, unsigned n, struct worker **ret_workers)
{
	struct worker *w = calloc(n, sizeof(*w));
	int rc = w ? 0 : -ENOMEM;

	for (unsigned i = 0; rc == 0 && i < n; i++) {
		w[i].route = malloc(((size_t)layout->g->nodes + 1) * sizeof(*w[i].route));
		rc = w[i].route ? routes_new_shared(layout, &w[i].routes) : -ENOMEM;
	}
	if (rc < 0)
		free_workers(w, n);
	else
		*ret_workers = w;
	return rc;
}

int routes_best_all(const struct graph *g, const uint32_t *origins, size_t n,
	const struct barrier *barrier, unsigned threads, const struct routes_sink *sink)
{
	struct all a = {.origins = origins, .n = n, .barrier = barrier, .sink = sink};
	const struct pool_task task = {.context = &a, .make = make, .work = work, .take = take};
	struct layout layout;
	int rc = layout_init(&layout, g);

	if (rc < 0)
		return rc;
	threads = threads ? threads : pool_cores();
	rc = new_workers(&layout, threads, &a.worker);
	if (rc == 0) {
		rc = pool_run(&task, threads, 0);
		free_workers(a.worker, threads);
	}
	layout_done(&layout);
	return rc;
}
