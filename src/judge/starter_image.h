/* The starter model's image as it stands in the file; for starter.c and what makes it. */
#ifndef CORDON_JUDGE_STARTER_IMAGE_H
#define CORDON_JUDGE_STARTER_IMAGE_H

#include "judge/budget.h"
#include "judge/feature.h"

#define STARTER_MAGIC   "cordonSM"
#define STARTER_VERSION 1
#define STARTER_BITS    20
#define STARTER_SLOTS   ((size_t)1 << STARTER_BITS)

/*
 * Floats and floats only are in the machine's order (little-endian wherever Debian's images are
 * used). A view's log-odds: mix[v] * SQUASH * tanh(unit[v] * (sum of weights) * scale / SQUASH),
 * where scale is 1 / sqrt(tokens), but 1 for the findings, each of which speaks for itself.
 */
struct starter_image {
	float base;
	float unit[VIEW_COUNT]; /* log-odds of a weight of 1 */
	float mix[VIEW_COUNT];
	struct budget budget;   /* scores of ham that the model was not made from */
	int8_t weight[STARTER_SLOTS];
};

#define STARTER_SQUASH 8.0

/* A token's slot. */
static inline size_t starter_slot(uint32_t token)
{
	return token >> (32 - STARTER_BITS);
}

/* How much a view's sum counts, by its number of tokens. */
double starter_scale(enum view v, size_t tokens);

#endif
