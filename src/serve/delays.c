#include "serve/delays.h"

uint64_t delays_quantile(const uint64_t *n, double share)
{
	uint64_t all = 0, below = 0;
	unsigned i = 0;

	for (unsigned k = 0; k < DELAYS_BUCKETS; k++)
		all += n[k];
	if (all == 0)
		return 0;
	double want = share * (double)all;

	while (i < DELAYS_BUCKETS - 1 && (double)(below + n[i]) < want)
		below += n[i++];
	double from = i ? (double)(DELAYS_FIRST << (i - 1)) : 0, to = (double)(DELAYS_FIRST << i);
	double part = n[i] ? (want - (double)below) / (double)n[i] : 0;

	/* The last has no end; all that is known of it is where it begins. */
	return (uint64_t)(i == DELAYS_BUCKETS - 1 ? from : from + (to - from) * part);
}
