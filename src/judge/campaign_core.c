#include "judge/campaign_core.h"

#include <errno.h>
#include <stdlib.h>

#define SEEN_EVERY   8  /* one message in so many moves the mean of how steadily it is met */
#define STEADY_LEAST 24 /* of 126: met in under a fifth of the messages */

static const uint32_t room_most[ROOMS] = {CORE_TEXT_MOST, CORE_LINK_MOST, CORE_FORM_MOST};

int core_make(const struct weighed *message, struct core *ret_core)
{
	struct core c = {0};
	uint32_t had[ROOMS] = {0}, take[PRINT_MOST];

	memcpy(c.reach, message->reach, sizeof(c.reach));
	for (uint32_t i = 0; i < message->n; i++) {
		enum shingle_room room = shingle_room(message->shingle[i]);

		if (had[room]++ < room_most[room])
			take[c.n++] = i;
		else if (had[room] == room_most[room] + 1)
			c.reach[room] = message->shingle[i];
	}
	c.shingle = malloc(core_bytes(&c) + 1);
	if (!c.shingle)
		return -ENOMEM;
	for (uint32_t i = 0; i < c.n; i++) {
		c.shingle[i] = message->shingle[take[i]];
		core_weight(&c)[i] = message->weight[take[i]];
		core_state(&c)[i] = STATE_NEW;
	}
	*ret_core = c;
	return 0;
}

void core_done(struct core *c)
{
	free(c->shingle);
	*c = (struct core){0};
}

static float times(uint32_t reach)
{
	return 4294967296.0f / ((float)reach + 1) / WEIGHT_ONE;
}

void core_meet(const struct weighed *core, const struct weighed *message, struct meeting *ret)
{
	uint32_t reach[ROOMS], of_core[ROOMS] = {0}, of_message[ROOMS] = {0}, both[ROOMS] = {0};

	for (int r = 0; r < ROOMS; r++)
		reach[r] = core->reach[r] < message->reach[r] ? core->reach[r] : message->reach[r];
	for (uint32_t i = 0; i < message->n; i++) {
		enum shingle_room room = shingle_room(message->shingle[i]);

		if (message->shingle[i] < reach[room])
			of_message[room] += message->weight[i];
	}
	for (uint32_t i = 0, k = 0; i < core->n; i++) {
		uint32_t s = core->shingle[i];
		enum shingle_room room = shingle_room(s);

		if (s >= reach[room])
			continue;
		while (k < message->n && message->shingle[k] < s)
			k++;
		if (k < message->n && message->shingle[k] == s) {
			both[room] += message->weight[k];
			of_core[room] += message->weight[k];
		} else {
			of_core[room] += core->weight[i];
		}
	}
	*ret = (struct meeting){0};
	for (int r = 0; r < ROOMS; r++) {
		float by = times(reach[r]);

		ret->both += (float)both[r] * by;
		ret->core += (float)of_core[r] * by;
		ret->message += (float)of_message[r] * by;
		ret->solid += r == ROOM_FORM ? 0 : (float)both[r] * by;
	}
	ret->link = (float)both[ROOM_LINK] * times(reach[ROOM_LINK]);
}

/* Takes the shingles marked in drop[n] out. */
static void shrink(struct core *c, const bool *drop)
{
	uint8_t weight[CORE_MOST], state[CORE_MOST];
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		if (drop[i])
			continue;
		c->shingle[n] = c->shingle[i];
		weight[n] = core_weight(c)[i];
		state[n++] = core_state(c)[i];
	}
	c->n = n;
	memcpy(core_weight(c), weight, n);
	memcpy(core_state(c), state, n);
}

void core_learn(struct core *c, const struct weighed *message, bool prune,
	void (*gone)(void *context, uint32_t shingle), void *context)
{
	bool drop[CORE_MOST];
	bool any = false;

	for (uint32_t i = 0, k = 0; i < c->n; i++) {
		uint32_t s = c->shingle[i];
		uint8_t *state = &core_state(c)[i];
		uint32_t steady = *state & STATE_STEADY;

		drop[i] = false;
		while (k < message->n && message->shingle[k] < s)
			k++;
		if (k < message->n && message->shingle[k] == s) {
			steady += (126 - steady + SEEN_EVERY - 1) / SEEN_EVERY;
			core_weight(c)[i] = message->weight[k];
		} else if (s < message->reach[shingle_room(s)]) {
			steady -= (steady + SEEN_EVERY - 1) / SEEN_EVERY;
		}
		*state = (uint8_t)((*state & STATE_FOUND) | steady);
		if (prune && steady < STEADY_LEAST) {
			any = drop[i] = true;
			if (*state & STATE_FOUND)
				gone(context, s);
		}
	}
	if (any)
		shrink(c, drop);
}
