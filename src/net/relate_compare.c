#include "net/relate.h"

/* Adds each link of a graph once, at its lower number. What the other has of it is told, or that it
 * has none. */
static void look_up_all(
	const struct graph *g, const struct graph *other, bool told, struct relate_agreement *a)
{
	uint64_t *alone = told ? a->only_ours : a->only_reference;

	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t there = graph_find(other, g->asn[i]);

		for (int kind = 0; kind < LINK_KINDS; kind++) {
			struct nodes n = graph_neighbours(g, i, (enum link_kind)kind);

			for (uint32_t k = 0; k < n.n; k++) {
				enum link_kind other_kind;

				if (n.node[k] < i)
					continue;
				uint32_t end = there == GRAPH_NONE
						       ? GRAPH_NONE
						       : graph_find(other, g->asn[n.node[k]]);

				if (end == GRAPH_NONE ||
					!graph_link(other, there, end, &other_kind))
					alone[kind]++;
				else if (told)
					a->told[other_kind][kind]++;
			}
		}
	}
}

void relate_compare(
	const struct graph *ours, const struct graph *reference, struct relate_agreement *ret)
{
	*ret = (struct relate_agreement){0};
	look_up_all(ours, reference, true, ret);
	look_up_all(reference, ours, false, ret);
}
