/*
 * The budget of lost ham: how high a score must be before a message may be called spam, so that of
 * good mail no more than the share the operator allows is lost.
 *
 * It follows from the site's own past: the scores that its good mail got before it was learned. A
 * new good message scores over the k-th highest of n past ones with probability at most k / (n + 1),
 * whatever the distribution, if they are exchangeable (conformal prediction; Vovk, Gammerman and
 * Shafer, 2005). Mail drifts and the judge learns, so they are not quite; therefore a score counts
 * for less the older it is (Barber, Candes, Ramdas and Tibshirani, 2023, bound what that costs).
 * While there are too few scores for the share, the past cannot tell, and the threshold stands
 * over every score seen and over a start that the caller gives.
 */
#ifndef CORDON_JUDGE_BUDGET_H
#define CORDON_JUDGE_BUDGET_H

#include <stdint.h>

#define BUDGET_BINS 1024

/* Past scores of good mail; flat, so that it can be stored as it is. {0} is empty. */
struct budget {
	float weight[BUDGET_BINS]; /* over log-odds -16 .. 16; the first and last bin are open */
	float total;
};

/* Takes in the log-odds that a good message got when it was judged. */
void budget_add(struct budget *b, double log_odds);

/* Takes in one of many scores that came at no particular time, with a weight of its own. */
void budget_put(struct budget *b, double log_odds, float weight);

/* Takes it out again, when the message turns out not to be good. */
void budget_remove(struct budget *b, double log_odds);

/*
 * The least log-odds at which a message may be called spam for that share of lost ham, 0 < share
 * < 1. Never under 0, where spam and ham are equally likely; not under `start` while there are fewer
 * than 1 / share - 1 scores. A share under 1 / 4,000 always leaves it to the start: scores older than
 * some thousand messages have faded.
 */
double budget_threshold(const struct budget *b, double share, double start);

#endif
