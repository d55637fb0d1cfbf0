/*
 * How well the rank foretells: a part of what was seen is hidden, the rest is ranked, and what was
 * hidden is the answer. Beside it, told the same and helped the same: plain counts of hosts, hosts
 * by size, and CIRCL's formula (hosts a day and source, by size).
 */
#ifndef CORDON_RANK_RANK_JUDGE_H
#define CORDON_RANK_RANK_JUDGE_H

#include "rank/rank.h"

enum rank_method { RANK_OURS, RANK_COUNTS, RANK_BY_SIZE, RANK_CIRCL, RANK_METHODS };

const char *rank_method_name(enum rank_method m);  /* "cordon", "counts", ...: static */
const char *rank_method_words(enum rank_method m); /* static */

#define RANK_FIRST 50 /* networks that precision looks at */

struct rank_trial {
	int32_t days;    /* hidden: the last so many; 0: all days are shown */
	bool has_source; /* hidden: what `source` says, shown is what others say */
	uint16_t source;
	const double *truth; /* truth[networks]: how bad they are, where that is known; else NULL:
				what was hidden tells it */
};

struct rank_score {
	double log_score; /* mean of ln of the probability given to the hidden number of hosts
			     of a network; nearer 0 is better */
	/* Rank correlations (Spearman) over the networks of which anything was shown: no method
	   orders the others. */
	double of_hosts;       /* what is foretold with the hidden number of hosts */
	double of_badness;     /* how bad it is taken to be with the truth, or hidden hosts over
				  what is usual */
	double first_of_hosts; /* share of the first RANK_FIRST that it foretells that are among the
				  first by hidden hosts */
	double first_of_badness; /* of the first RANK_FIRST of its order, by badness */
};

struct rank_judgement {
	struct rank_score score[RANK_METHODS];
	size_t networks;     /* looked at */
	size_t seen, hidden; /* with anything shown, with anything hidden */
	uint64_t hosts_shown, hosts_hidden;
};

/*
 * Judges. What hides days is foretold by the rate, by hosts that will be seen again and by
 * campaigns that go on (rank_foretell.h); a source by the rate alone. Each method gives each
 * network a number, x; a negative binomial of mean exp(a) (x + b)^c size^d and a size that may grow
 * with its mean is fitted to the answers of one half of the networks, and asked about the other
 * half; and the other way round. So volume and spread of what is hidden need not be guessed by
 * anybody, and no method has more help than another. Returns 0, -ENOMEM, or -EINVAL when nothing is
 * hidden or nothing is shown.
 */
int rank_judge(const struct rank_world *w, const struct rank_options *o, const struct rank_trial *t,
	struct rank_judgement *ret_judgement);

#endif
