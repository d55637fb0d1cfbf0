/*
 * What is to be expected of networks in some days to come: by how it went before. Of hosts that
 * were last seen so many days ago a share was seen again; campaigns that were in a network brought
 * more hosts to it; the rest was new.
 */
#ifndef CORDON_RANK_RANK_FORETELL_H
#define CORDON_RANK_RANK_FORETELL_H

#include "rank/rank.h"

#define FORETELL_AGES 13 /* 0 days, 1, 2 to 3, 4 to 7 ... */

/* How it went, over all networks. */
struct foretell {
	double again[FORETELL_AGES]; /* share of hosts that were seen again, by their age */
	double more;                 /* hosts of a known campaign for each that it had there */
	double others;               /* other hosts that were new: all of them */
};

/* s[n] by network and host. What was seen in `days` up to the edge, by what had been seen before;
 * as far back as the window. */
void foretell_learn(const struct rank_seen *s, size_t n, int32_t edge, int32_t days, int32_t window,
	struct foretell *ret_foretell);

/* Adds to[network]: hosts that will be seen again, and those of known campaigns. No campaign is
 * known to to[] beyond what s[n] names. */
void foretell_known(const struct rank_seen *s, size_t n, int32_t edge, int32_t window,
	const struct foretell *f, double *to);

#endif
