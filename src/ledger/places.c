/* A hash table of the day's pieces; commitments are hashes, so their first bytes serve as one. */
#include "ledger/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 128 bits of a commitment: nobody who does not make the raw evidence can choose them. */
struct places_slot {
	uint64_t key[2];
	uint64_t offset; /* and one, so that 0 is a slot that is not used */
};

void places_done(struct places *p)
{
	free(p->slot);
	*p = (struct places){.vault = p->vault};
}

static struct places_slot *slot_of(const struct places *p, const uint64_t key[2])
{
	size_t i = (size_t)key[0] & (p->room - 1);

	while (p->slot[i].offset && (p->slot[i].key[0] != key[0] || p->slot[i].key[1] != key[1]))
		i = (i + 1) & (p->room - 1);
	return &p->slot[i];
}

static int grow(struct places *p)
{
	struct places old = *p;
	size_t room = old.room ? old.room * 2 : 1024;
	struct places_slot *slot = calloc(room, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	p->slot = slot;
	p->room = room;
	for (size_t i = 0; i < old.room; i++)
		if (old.slot[i].offset)
			*slot_of(p, old.slot[i].key) = old.slot[i];
	free(old.slot);
	return 0;
}

static int take(
	void *context, struct vault_place place, const uint8_t commitment[32], struct err *err)
{
	struct places *p = context;
	uint64_t key[2];

	if (p->n >= p->room / 4 * 3 && grow(p) < 0)
		return err_sys(err, -ENOMEM, "places of raw evidence");
	memcpy(key, commitment, sizeof(key));
	struct places_slot *s = slot_of(p, key);

	p->n += s->offset == 0;
	*s = (struct places_slot){{key[0], key[1]}, place.offset + 1};
	return 0;
}

int places_find(struct places *p, int32_t day, const uint8_t commitment[32],
	struct vault_place *ret_place, struct err *err)
{
	uint64_t key[2];

	if (!p->loaded || p->day != day) {
		if (p->slot)
			memset(p->slot, 0, p->room * sizeof(*p->slot));
		p->n = 0;
		p->loaded = false;
		int rc = vault_walk(p->vault, day, take, p, NULL, err);

		if (rc < 0)
			return rc;
		p->loaded = true;
		p->day = day;
	}
	if (p->n == 0)
		return 0;
	memcpy(key, commitment, sizeof(key));
	const struct places_slot *s = slot_of(p, key);

	if (s->offset == 0)
		return 0;
	*ret_place = (struct vault_place){day, s->offset - 1};
	return 1;
}
