#include "judge/budget.h"

#include <math.h>

#define REACH 16.0
/* Scores count fully for about the last 50,000 good messages; then all counts are halved. */
#define FADE_AT 100000.0f

static unsigned bin_of(double log_odds)
{
	double x = (log_odds + REACH) * (BUDGET_BINS / (2 * REACH));

	return x <= 0 ? 0 : x >= BUDGET_BINS - 1 ? BUDGET_BINS - 1 : (unsigned)x;
}

void budget_add(struct budget *b, double log_odds)
{
	b->count[bin_of(log_odds)] += 1;
	b->total += 1;
	if (b->total < FADE_AT)
		return;
	for (unsigned i = 0; i < BUDGET_BINS; i++)
		b->count[i] /= 2;
	b->total /= 2;
}

void budget_remove(struct budget *b, double log_odds)
{
	float *count = &b->count[bin_of(log_odds)];
	float gone = *count < 1 ? *count : 1;

	*count -= gone;
	b->total -= gone;
}

double budget_threshold(const struct budget *b, double share, double start)
{
	double allowed = floor(((double)b->total + 1) * share), above = 0;
	unsigned i = BUDGET_BINS;

	/* The lowest edge with no more than `allowed` scores at or over it. */
	while (i > 0 && above + (double)b->count[i - 1] <= allowed)
		above += (double)b->count[--i];
	double edge = (double)i * (2 * REACH / BUDGET_BINS) - REACH;

	if (allowed < 1)
		edge = fmax(edge, start);
	return fmax(edge, 0);
}
