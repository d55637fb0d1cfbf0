/* A short list, the latest first; the oldest is forgotten. */
#include "serve/suspects.h"

/* Counts a death of that message: how many it has now. */
static uint32_t count_one(struct suspects *x, const struct digest *d)
{
	struct status_suspect found = {*d, 0};
	size_t at = 0;

	while (at < x->n && memcmp(&x->list[at].digest, d, sizeof(*d)) != 0)
		at++;
	if (at < x->n)
		found = x->list[at];
	else if (x->n < STATUS_SUSPECTS)
		x->n++;
	else
		at = STATUS_SUSPECTS - 1;
	memmove(&x->list[1], &x->list[0], at * sizeof(x->list[0]));
	found.deaths += found.deaths < UINT32_MAX;
	x->list[0] = found;
	return found.deaths;
}

static bool any_marked(const struct status *s)
{
	struct digest d;
	uint64_t since;

	for (int i = 0; i < STATUS_SLOTS; i++)
		if (s->slot[i].killer && status_slot_read(s, i, &since, &d))
			return true;
	return false;
}

static void publish(const struct suspects *x, struct status *s)
{
	memcpy(s->suspect, x->list, sizeof(s->suspect));
	atomic_store_explicit(&s->suspects, (uint32_t)x->n, memory_order_release);
}

size_t suspects_count(struct suspects *x, struct status *s, size_t *ret_specimens)
{
	bool marked = any_marked(s);
	size_t n = 0, specimens = 0;
	struct digest d;
	uint64_t since;

	for (int i = 0; i < STATUS_SLOTS; i++) {
		if (status_slot_read(s, i, &since, &d) && (!marked || s->slot[i].killer)) {
			specimens += count_one(x, &d) == 2;
			n++;
		}
		atomic_store(&s->slot[i].killer, 0);
		atomic_store(&s->slot[i].since, 0);
	}
	publish(x, s);
	*ret_specimens = specimens;
	return n;
}

size_t suspects_mark_stuck(struct status *s, uint64_t before)
{
	struct digest d;
	uint64_t since;
	size_t n = 0;

	for (int i = 0; i < STATUS_SLOTS; i++)
		if (status_slot_read(s, i, &since, &d) && since < before) {
			atomic_store(&s->slot[i].killer, 1);
			n++;
		}
	return n;
}
