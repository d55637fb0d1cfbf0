/* Open addressing, linear probing, doubled at three quarters. */
#include "ledger/idmap.h"

#include "base/hash.h"

#include <sodium.h>
#include <stdlib.h>

void idmap_init(struct idmap *m)
{
	*m = (struct idmap){0};
	randombytes_buf(m->seed, sizeof(m->seed));
}

void idmap_done(struct idmap *m)
{
	free(m->slot);
	m->slot = NULL;
	m->room = m->n = 0;
}

void idmap_clear(struct idmap *m)
{
	if (m->slot)
		memset(m->slot, 0, m->room * sizeof(*m->slot));
	m->n = 0;
	m->forgot = false;
}

static struct idmap_slot *place_of(const struct idmap *m, const uint64_t hash[2])
{
	size_t i = (size_t)hash[0] & (m->room - 1);

	while (m->slot[i].hash[1] &&
		(m->slot[i].hash[0] != hash[0] || m->slot[i].hash[1] != hash[1]))
		i = (i + 1) & (m->room - 1);
	return &m->slot[i];
}

int64_t idmap_get(const struct idmap *m, struct span name, uint64_t ret_hash[2])
{
	ret_hash[0] = hash64(name, m->seed[0]);
	ret_hash[1] = hash64(name, m->seed[1]) | 1;
	if (m->room == 0)
		return -1;
	const struct idmap_slot *s = place_of(m, ret_hash);

	return s->hash[1] ? s->id : -1;
}

static bool grow(struct idmap *m)
{
	struct idmap old = *m;
	size_t room = old.room ? old.room * 2 : 1024;

	if (room > IDMAP_MOST) {
		idmap_clear(m);
		m->forgot = true;
		return true;
	}
	m->slot = calloc(room, sizeof(*m->slot));
	if (!m->slot) {
		m->slot = old.slot;
		return false;
	}
	m->room = room;
	for (size_t i = 0; i < old.room; i++)
		if (old.slot[i].hash[1])
			*place_of(m, old.slot[i].hash) = old.slot[i];
	free(old.slot);
	return true;
}

void idmap_set(struct idmap *m, const uint64_t hash[2], int64_t id)
{
	if (m->n >= m->room / 4 * 3 && !grow(m)) {
		m->forgot = true;
		return;
	}
	struct idmap_slot *s = place_of(m, hash);

	m->n += s->hash[1] == 0;
	*s = (struct idmap_slot){{hash[0], hash[1]}, id};
}
