/* Who carries a network, by what would happen to its reach without each (cut/depeer.h). */
#include "cli/notice.h"

#include "cut/depeer.h"

#include <errno.h>

static int ask(const struct graph *g, uint32_t node, struct notice_upstream *ret, size_t most)
{
	struct measures m;
	struct depeer answer;
	struct depeer_question q = {.targets = &node, .ntargets = 1, .measures = &m};
	size_t n = 0;

	if (measures_new(g, NULL, 0, &m) < 0)
		return -ENOMEM;
	int rc = depeer(g, &q, &answer);

	for (size_t i = 0; rc == 0 && i < answer.nneighbours && n < most; i++)
		if (answer.neighbours[i].kind == LINK_PROVIDER)
			ret[n++] = (struct notice_upstream){g->asn[answer.neighbours[i].node],
				answer.neighbours[i].takes.of[0]};
	if (rc == 0)
		depeer_done(&answer);
	measures_done(&m);
	return rc < 0 ? rc : (int)n;
}

int notice_upstreams(struct site *site, asn_t asn, int32_t day, struct notice_upstream *ret,
	size_t most, struct err *err)
{
	const struct graph *g;
	int32_t off;
	int rc = shelf_graph(site->shelf, day, &g, &off, err);

	if (rc < 0)
		return rc;
	uint32_t node = graph_find(g, asn);

	if (node == GRAPH_NONE)
		return 0;
	rc = ask(g, node, ret, most);
	return rc < 0 ? err_sys(err, rc, "AS%u", asn) : rc;
}
