/*
 * The core of a campaign: the shingles of its first message that its other messages have, too. It
 * only ever loses some; so messages that have parts of two campaigns cannot lead one over into the
 * other.
 */
#ifndef CORDON_JUDGE_CAMPAIGN_CORE_H
#define CORDON_JUDGE_CAMPAIGN_CORE_H

#include "judge/campaign_print.h"

#define CORE_TEXT_MOST 96 /* shingles kept, by room */
#define CORE_LINK_MOST 24
#define CORE_FORM_MOST 16
#define CORE_MOST      (CORE_TEXT_MOST + CORE_LINK_MOST + CORE_FORM_MOST)

#define WEIGHT_ONE 32 /* a pair of words that no other campaign has weighs that; see weigh() */

/* Shingles, each with how much it tells; of a message or a core. */
struct weighed {
	uint32_t n;
	uint32_t reach[ROOMS];
	const uint32_t *shingle; /* ascending */
	const uint8_t *weight;
};

struct core {
	uint32_t n;
	uint32_t reach[ROOMS];
	uint32_t *shingle; /* shingle[n], then weight[n], then state[n]: one block, owned */
};

/* state: how steadily it is met, 0 .. 126, in the lower bits; and whether the index has it. */
#define STATE_STEADY 127u
#define STATE_FOUND  128u
#define STATE_NEW    64u

static inline uint8_t *core_weight(const struct core *c)
{
	return (uint8_t *)(c->shingle + c->n);
}

static inline uint8_t *core_state(const struct core *c)
{
	return core_weight(c) + c->n;
}

static inline size_t core_bytes(const struct core *c)
{
	return c->n * (sizeof(uint32_t) + 2);
}

static inline struct weighed core_weighed(const struct core *c)
{
	return (struct weighed){
		c->n, {c->reach[0], c->reach[1], c->reach[2]}, c->shingle, core_weight(c)};
}

/* Makes the core of a first message. 0 or -ENOMEM. */
int core_make(const struct weighed *message, struct core *ret_core);
void core_done(struct core *c);

/* How two sets of shingles meet, each sum estimated for the whole message or core and in units of
 * WEIGHT_ONE. */
struct meeting {
	float both, core, message;
	float solid; /* of both: words, pairs of words and links, without form */
	float link;  /* of both: links alone */
};
void core_meet(const struct weighed *core, const struct weighed *message, struct meeting *ret);

/*
 * Learns from a message of the campaign: what it has grows steadier and takes its weight, what it
 * lacks less steady. When prune is true what is met too seldom goes for good; gone() is called for
 * what the index had of it.
 */
void core_learn(struct core *c, const struct weighed *message, bool prune,
	void (*gone)(void *context, uint32_t shingle), void *context);

#endif
