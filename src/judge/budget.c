#include "judge/budget.h"

#include <math.h>

#define REACH 16.0
/* Each good message leaves this much of the weight of those before it: the weights tend to 4,000,
 * four times what a share of a thousandth needs. */
#define FADE (1 - 1 / 4000.0f)

static unsigned bin_of(double log_odds)
{
	double x = (log_odds + REACH) * (BUDGET_BINS / (2 * REACH));

	return x <= 0 ? 0 : x >= BUDGET_BINS - 1 ? BUDGET_BINS - 1 : (unsigned)x;
}

void budget_put(struct budget *b, double log_odds, float weight)
{
	b->weight[bin_of(log_odds)] += weight;
	b->total += weight;
}

void budget_add(struct budget *b, double log_odds)
{
	for (unsigned i = 0; i < BUDGET_BINS; i++)
		b->weight[i] *= FADE;
	b->total *= FADE;
	budget_put(b, log_odds, 1);
}

void budget_remove(struct budget *b, double log_odds)
{
	float *weight = &b->weight[bin_of(log_odds)];
	float gone = *weight < 1 ? *weight : 1;

	*weight -= gone;
	b->total -= gone;
}

double budget_threshold(const struct budget *b, double share, double start)
{
	/* The new message is itself one of those that share the budget: hence the two ones. */
	double allowed = ((double)b->total + 1) * share - 1, above = 0;
	unsigned i = BUDGET_BINS;

	/* The lowest edge with no more than `allowed` at or over it; if none is, over all of them.
	 */
	while (i > 0 && above + (double)b->weight[i - 1] <= fmax(allowed, 0))
		above += (double)b->weight[--i];
	double edge = (double)i * (2 * REACH / BUDGET_BINS) - REACH;

	if (allowed < 0)
		edge = fmax(edge, start);
	return fmax(edge, 0);
}
