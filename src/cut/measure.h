/*
 * What reach is counted in: networks, addresses, or weights that somebody gives (users, traffic).
 * One array a measure, an entry a node.
 */
#ifndef CORDON_CUT_MEASURE_H
#define CORDON_CUT_MEASURE_H

#include "net/announced.h"
#include "net/graph.h"

#define MEASURES_MOST 4 /* ases, ipv4, ipv6, weight */

struct measure {
	const char *name; /* "ases", "ipv4", "ipv6", "weight"; static */
	double *of;       /* of[N], 0 or more; owned by the measures */
	double total;     /* sum of of[] */
};

struct measures {
	struct measure m[MEASURES_MOST];
	size_t n; /* at least 1: m[0] is always "ases", 1 each */
};

/*
 * Networks, and addresses when there is a table of origins (may be NULL): IPv4 addresses, IPv6 in
 * /48s. A measure whose total is 0 is left out. Returns 0 or -ENOMEM.
 */
int measures_new(const struct graph *g, const struct announced *list, size_t n,
	struct measures *ret_measures);
void measures_done(struct measures *m);

/* What a weight file held. */
struct weights_report {
	uint64_t rows, unknown, bad; /* used; of an AS that is not in the graph; not understood */
	char first_bad[80];
};

/*
 * Adds the measure "weight" from a file ("-": standard input): a line an AS, "AS<TAB or space or
 * comma>WEIGHT", WEIGHT a number from 0 to 1e200; comments behind '#'. An AS named twice has the
 * sum. Returns 0; -EINVAL when no row could be used; another negative errno; with a sentence in
 * err.
 */
int measures_add_weights(struct measures *m, const struct graph *g, const char *path,
	struct weights_report *ret_report, struct err *err);

#endif
