/*
 * The rank of networks by abuse: how many times as many abusive hosts are up in a network as in
 * others of its size, with how well that is known. The model and where it comes from:
 * docs/design/rank.md. Here nothing is read: arrays go in, so that invented worlds and the ledger
 * (rank/rank_read.h) are ranked alike.
 */
#ifndef CORDON_RANK_RANK_H
#define CORDON_RANK_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANK_KINDS     16 /* kinds of abuse are numbers below */
#define RANK_STREAMS   48 /* of a source and a kind; the smallest beyond share one */
#define RANK_WINDOW    90 /* days back that count, unless asked otherwise */
#define RANK_HALF_LIFE 30 /* days after which what was last seen counts half */
#define RANK_GAP       14 /* days without a sighting after which a host is taken to be gone */
#define RANK_FRESH     7  /* what was seen in so many days is likely still there */
#define RANK_LIKENESS                                                                              \
	0.2               /* correlation among hosts of one campaign, or of one listed prefix:     \
			     n of them count n / (1 + 0.2 (n - 1)), never as 5 (Kish 1965) */
#define RANK_PATIENCE 7   /* days that a desk has to answer before its silence counts */
#define RANK_SURE     0.9 /* the intervals hold the truth so often */

/* A network; its number is its place in the array. */
struct rank_network {
	double size; /* addresses that it announces; 0 or less: not known */
};

/* A host seen doing something, once or for a while. */
struct rank_seen {
	uint32_t network;
	uint32_t host;       /* the same number is the same host */
	uint32_t campaign;   /* 0: none that is known */
	int32_t first, last; /* days since 1970-01-01, last >= first */
	uint16_t source;
	uint8_t kind;       /* below RANK_KINDS */
	uint8_t confidence; /* percent, 1 .. 100 */
	uint8_t bits;       /* log2 of the addresses named: 0 for a host, 8 for a listed IPv4 /24 */
};

/* What became of a notice about a network. */
enum rank_answer {
	RANK_SILENT,
	RANK_RECEIPT,
	RANK_PROMISED,
	RANK_ACTED,
	RANK_REFUSED,
	RANK_BOUNCED
};

struct rank_notice {
	uint32_t network;
	int32_t day;
	enum rank_answer answer; /* the best that came back */
};

/* What is known. Observations that make no sense (a network or kind that there is not, days out of
 * order, after `day`) are left out and counted. */
struct rank_world {
	const struct rank_network *network; /* network[networks]: those without a sighting too, for
					       they tell what is usual */
	size_t networks;
	const struct rank_seen *seen; /* seen[n], in any order */
	size_t n;
	const struct rank_notice *notice; /* notice[notices] */
	size_t notices;
	int32_t day; /* that the rank is of: what was seen later is left out */
};

/* {0} is good. */
struct rank_options {
	int32_t window;    /* days; 0: RANK_WINDOW */
	int32_t half_life; /* days; 0: a third of the window */
	uint32_t kinds;    /* a bit for each kind that counts; 0: all */
	unsigned threads;  /* 0: all cores; the result is the same whatever it is */
};

/* One source's sightings of one kind, and what was learned of them. */
struct rank_stream {
	uint16_t source; /* UINT16_MAX: several small ones */
	uint8_t kind;
	bool prefixes;    /* of prefixes named as a whole, not of hosts */
	double incidents; /* how much it saw, as it is counted */
	double unit;      /* weight of its usual incident that is of no campaign: sum of squares /
			     sum; for hosts that is their usual confidence */
	double scale;     /* a network of 2^16 addresses is expected to have so many incidents */
	double exponent;  /* and one of S addresses (S / 2^16)^exponent times as many */
	double agreement; /* how well its counts foretell what others see of the same networks: ln
			     of the badness is known from it alone to no better than 1 /
			     sqrt(agreement), however much it counts */
	double named;     /* share of networks of which it says anything */
	double astray;    /* of those that it names, the share of which it says anything at all,
			     whatever the badness; of all, half of that is out of its sight */
};

struct rank_entry {
	uint32_t network;
	/* Abusive hosts up at a time, as a multiple of what is usual for the size. */
	double badness;   /* as likely more as less */
	double low, high; /* it is between them with probability RANK_SURE */
	/* What it is made of: badness = rate * stay_factor * silence_factor. */
	double rate, rate_low, rate_high; /* of new hosts, as a multiple */
	double rate_mean;                 /* its expectation, for foretelling */
	double stay_factor, silence_factor;
	double expected; /* incidents that all streams together would see of a usual one */
	double counted;  /* incidents that they saw: hosts after all weights */
	uint32_t hosts, campaigns, sources, listed; /* as they were seen, without weights; listed:
						       prefixes that were named as a whole */
	uint32_t host_kind[RANK_KINDS];
	uint32_t fresh;    /* hosts that were seen in the last RANK_FRESH days */
	double before;     /* badness at the end of the window before */
	bool before_known; /* it was seen then */
	/* How long hosts stay, in days; see also docs/design/rank.md for what is not known. */
	double stay, stay_low, stay_high; /* median, shrunk towards other networks' */
	double stay_seen; /* Kaplan-Meier median of its own; below 0: more than half are still up */
	uint32_t gone;    /* hosts that were seen to be gone */
	uint32_t notices, silent;
};

/* Rates stand on a grid; what is usual is learned for so many classes of size apart. */
#define RANK_GRID    128
#define RANK_CLASSES 5

struct rank_result {
	struct rank_entry *entry; /* entry[n]: all that were seen in the window, the worst first, by
				     `low`; of the same the one with more hosts, then the first */
	size_t n;
	struct rank_stream stream[RANK_STREAMS];
	size_t streams;
	double likelihood; /* ln, of all that was counted; of use only beside another */
	double prior[RANK_CLASSES][RANK_GRID]; /* share of networks of a class of size whose rate
						  is about rank_grid(i) times `usual` */
	double usual;                          /* mean of the prior over all networks */
	bool stays_known; /* enough hosts were seen to go; else every stay_factor is 1 */
	double stay_shape, stay_days; /* hazards of going are Gamma(shape, rate stay_days) */
	double silent_share;          /* of notices, over all networks */
	size_t unfit;                 /* observations left out */
	double *unseen;               /* for rank_unseen(): by size; owned */
};

/* The i-th rate of the grid; they are evenly apart in their logarithm. */
double rank_grid(size_t i);

/* How many incidents a network of a size is expected to have in which none was seen. */
double rank_unseen(const struct rank_result *r, double size);

/* The class of a size: up to 2^10 addresses, 2^13, 2^16, 2^19, and more. */
size_t rank_class(double size);

/*
 * Ranks. Returns 0 and the result, which the caller frees with rank_done(); -ENOMEM; -EINVAL for
 * options below 0. The same world in any order gives the same result to rounding (sums are taken in
 * one order, so: to the bit). Cost: n log n, and 1 KiB of work for each network that was seen.
 */
int rank(const struct rank_world *w, const struct rank_options *o, struct rank_result *ret_result);
void rank_done(struct rank_result *r);

#endif
