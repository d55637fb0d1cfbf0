/*
 * The budget of lost ham: how high a score must be before a message may be called spam, so that of
 * good mail no more than the share the operator allows is lost.
 *
 * It follows from the site's own past: the scores that its good mail got before it was learned.
 * With n such scores, a threshold over all but the floor((n + 1) * share) highest of them is passed
 * by the next good message with at most that probability, whatever the distribution, if the
 * messages are exchangeable (split conformal prediction; Vovk, Gammerman and Shafer, 2005). While
 * floor((n + 1) * share) is 0 the past cannot tell, and the threshold stands over every score seen
 * and over a start that the caller gives. Mail drifts, so old scores fade.
 */
#ifndef CORDON_JUDGE_BUDGET_H
#define CORDON_JUDGE_BUDGET_H

#include <stdint.h>

#define BUDGET_BINS 1024

/* Past scores of good mail; flat, so that it can be stored as it is. {0} is empty. */
struct budget {
	float count[BUDGET_BINS]; /* over log-odds -16 .. 16; the first and last bin are open */
	float total;
};

/* Takes in the log-odds that a good message got when it was judged. */
void budget_add(struct budget *b, double log_odds);

/* Takes it out again, when the message turns out not to be good. */
void budget_remove(struct budget *b, double log_odds);

/*
 * The least log-odds at which a message may be called spam for that share of lost ham, 0 < share
 * < 1. Never under 0, where spam and ham are equally likely; not under `start` while there are fewer
 * than 1 / share - 1 scores.
 */
double budget_threshold(const struct budget *b, double share, double start);

#endif
