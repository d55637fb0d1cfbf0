/*
 * Paths of any kind: the first byte says how they are read (bit 0: Gao; bit 1: with a clique given;
 * bit 2: with an exchange; bit 3: numbers that are known to be of the top; bits 4 and 5: the day),
 * then a byte is a hop, and 0 ends a path. What comes out has every AS, and no circle of providers.
 */
#include "net/paths_build.h"
#include "net/relate.h"

#include <stdlib.h>

static const asn_t known[] = {174, 209, 701, 1239, 1299, 2828, 2914, 3257, 3320, 3356, 3549, 3561,
	5511, 6453, 6461, 7018};

static asn_t number_of(uint8_t mode, uint8_t byte)
{
	return mode & 8 && byte <= sizeof(known) / sizeof(*known) ? known[byte - 1] : 10000u + byte;
}

static struct paths *read_paths(const uint8_t *data, size_t size)
{
	struct paths_label label = {.day = 9000 + 2000 * (data[0] >> 4 & 3)};
	struct paths_builder *b;
	struct paths *p;
	asn_t hop[256];
	size_t n = 0;

	if (paths_builder_new(&b) < 0)
		abort();
	for (size_t i = 1; i < size; i++) {
		if (data[i] && n < sizeof(hop) / sizeof(*hop)) {
			hop[n++] = number_of(data[0], data[i]);
			continue;
		}
		if (paths_builder_add(b, hop, NULL, n) < 0)
			abort();
		n = 0;
	}
	if (paths_builder_add(b, hop, NULL, n) < 0 || paths_builder_open(b, &label, &p) < 0)
		abort();
	paths_builder_free(b);
	return p;
}

static void check(const struct paths *p, const struct relate_options *options,
	const struct relate_report *r, struct graph_builder *b)
{
	struct graph_odd odd;
	struct graph *g;

	if (graph_builder_open(b, &(struct graph_label){0}, &odd, &g) < 0)
		abort();
	if (odd.circles || odd.repeated || odd.contrary || odd.mutual || odd.loops || odd.scope)
		abort();
	if (g->nodes != r->ases || g->links != r->transit + r->peers + r->siblings)
		abort();
	for (uint32_t i = 0; i < p->start[p->n]; i++)
		if (graph_find(g, p->hop[i]) == GRAPH_NONE &&
			!(options->exchanges && p->hop[i] == *options->exchange))
			abort();
	for (uint32_t i = 0; i < g->nodes; i++)
		if (g->flags[i] & GRAPH_CLIQUE && graph_neighbours(g, i, LINK_PROVIDER).n)
			abort();
	graph_close(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const asn_t clique[] = {10001, 10002, 10003}, exchange[] = {10004};
	struct relate_options options = {0};
	struct relate_report r;
	struct graph_builder *b;

	if (!size)
		return 0;
	struct paths *p = read_paths(data, size);

	options.method = data[0] & 1 ? RELATE_GAO : RELATE_LUCKIE;
	options.clique = clique;
	options.cliques = data[0] & 2 ? 3 : 0;
	options.exchange = exchange;
	options.exchanges = data[0] & 4 ? 1 : 0;
	if (graph_builder_new(&b) < 0)
		abort();
	if (relate(p, &options, b, &r, NULL) == 0)
		check(p, &options, &r, b);
	graph_builder_free(b);
	paths_close(p);
	return 0;
}
