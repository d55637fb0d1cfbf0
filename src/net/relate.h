/*
 * Infers who sells transit to whom from AS paths: Luckie, Huffaker, Dhamdhere, Giotsas and claffy,
 * "AS Relationships, Customer Cones, and Validation", IMC 2013, made fit for few vantage points;
 * Gao, "On Inferring Autonomous System Relationships in the Internet", ToN 2001, as the plain
 * fallback. docs/design/net.md, "Relationships", tells what is done and where it differs.
 */
#ifndef CORDON_NET_RELATE_H
#define CORDON_NET_RELATE_H

#include "net/graph_build.h"
#include "net/paths.h"

enum relate_method { RELATE_LUCKIE, RELATE_GAO };

/* What a graph is labelled with: "luckie2013", "gao2001"; static. */
const char *relate_method_name(enum relate_method method);

struct relate_options {
	enum relate_method method;
	const asn_t *clique; /* clique[cliques]: the clique when it is known; else it is inferred;
				Gao knows none */
	size_t cliques;
	bool unaided;          /* infer it from the paths alone, without relate_known_top() */
	const asn_t *exchange; /* exchange[exchanges]: AS numbers of route servers at exchanges,
				  taken out of paths; relate_known_exchanges() has a list */
	size_t exchanges;
	void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL */
	void *context;
};

/* Where the clique came from. */
enum relate_source {
	RELATE_NONE,     /* there is none: Gao's method has none */
	RELATE_GIVEN,    /* the caller said so */
	RELATE_KNOWN,    /* networks known to need no transit on that day, as far as the paths do
			    not speak against it */
	RELATE_INFERRED, /* from the paths, though known ones may be among it */
};

struct relate_report {
	uint32_t ases, paths; /* that were used */
	uint32_t views;       /* vantage points that see about all there is */
	uint32_t poisoned;    /* paths left out: a clique member seen through a lesser AS */
	enum relate_source source;
	uint32_t clique;                   /* members of the clique */
	uint32_t transit, peers, siblings; /* links by kind */
	uint32_t unseen;  /* of the peers: links of the clique that no path shows */
	uint32_t guessed; /* links whose kind no path tells: set by the sizes of both ends, or as
			     what most links of their kind are */
	uint32_t turned;  /* links made peers so that no circle of providers is left */
};

/*
 * Infers the kind of every link in the paths and adds all ASes, links and the clique to the
 * builder. The result has no circle of providers, and every AS of the paths is in it but for
 * exchanges. All members of the clique are linked as peers with each other, seen or not: without
 * these links there would be no way across the top. Luckie's method infers no siblings.
 *
 * Returns 0, -EINVAL when there is no usable path, -E2BIG (bounds of graph.h) or -ENOMEM; with a
 * sentence in err. Same input, same result. Cost: some passes over the hops, and sorting the ASes.
 * Memory: about 10 bytes a hop, 60 a link, 90 an AS.
 */
int relate(const struct paths *paths, const struct relate_options *options,
	struct graph_builder *builder, struct relate_report *ret_report, struct err *err);

/*
 * True when an AS is known to have needed nobody's transit on that day (days since 1970-01-01): a
 * list kept by hand, of what is said in public. Only a hint where the paths themselves cannot tell.
 */
bool relate_known_top(asn_t asn, int32_t day);

/* AS numbers that route servers of exchanges have used; static, ascending. */
const asn_t *relate_known_exchanges(size_t *ret_n);

/* How two graphs agree on the links that both have: told[i][j] links are of kind i in the
 * reference and j in ours; kinds as seen from the lower AS number. */
struct relate_agreement {
	uint64_t told[LINK_KINDS][LINK_KINDS];
	uint64_t only_reference[LINK_KINDS], only_ours[LINK_KINDS]; /* that one side alone has */
};

/* Cost: links of both, times the logarithm of the largest number of neighbours. */
void relate_compare(
	const struct graph *ours, const struct graph *reference, struct relate_agreement *ret);

#endif
