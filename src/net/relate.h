/*
 * Infers who sells transit to whom from AS paths: Luckie, Huffaker, Dhamdhere, Giotsas and claffy,
 * "AS Relationships, Customer Cones, and Validation", IMC 2013; Gao, "On Inferring Autonomous
 * System Relationships in the Internet", ToN 2001, as the plain fallback.
 */
#ifndef CORDON_NET_RELATE_H
#define CORDON_NET_RELATE_H

#include "net/graph_build.h"
#include "net/paths.h"

enum relate_method { RELATE_LUCKIE, RELATE_GAO };

struct relate_options {
	enum relate_method method;
	const asn_t *clique; /* clique[cliques]: the clique when it is known; else it is inferred */
	size_t cliques;
	const asn_t *exchange; /* exchange[exchanges]: AS numbers of route servers, taken out of
				  paths */
	size_t exchanges;
};

struct relate_report {
	uint32_t ases, paths;    /* that were used */
	uint32_t poisoned;       /* paths left out: a clique member seen through a lesser AS */
	uint32_t clique;         /* members of the clique */
	uint32_t transit, peers; /* links by kind */
	uint32_t turned; /* links turned or dropped so that no circle of providers is left */
};

/*
 * Infers the kind of every link in the paths and adds all ASes, links and the clique to the
 * builder. The result has no circle of providers and every AS of the paths is in it. Returns 0,
 * -EINVAL when there are no usable paths, or -ENOMEM; with a sentence in err. Same input, same
 * result.
 */
int relate(const struct paths *paths, const struct relate_options *options,
	struct graph_builder *builder, struct relate_report *ret_report, struct err *err);

/* How two graphs agree on the links that both have: told[i][j] links are of kind i in the
 * reference and j in ours; kinds as seen from the lower AS number. */
struct relate_agreement {
	uint64_t told[LINK_KINDS][LINK_KINDS];
	uint64_t only_reference, only_ours; /* links that one side alone has */
};

void relate_compare(
	const struct graph *ours, const struct graph *reference, struct relate_agreement *ret);

#endif
