/*
 * Names to the numbers that stand for them in the index, so that SQLite need not be asked for each.
 * A memory, not a store: when it is full it forgets all.
 */
#ifndef CORDON_LEDGER_IDMAP_H
#define CORDON_LEDGER_IDMAP_H

#include "base/span.h"

#include <stdint.h>

#define IDMAP_MOST ((size_t)1 << 22) /* slots of 24 bytes: 96 MiB */

/* The names themselves are not kept: 128 bits of hash under seeds of the process stand for them. */
struct idmap_slot {
	uint64_t hash[2]; /* [1] is never 0 in a slot that is used */
	int64_t id;
};

struct idmap {
	struct idmap_slot *slot;
	size_t room, n; /* room is a power of two, or 0 */
	bool forgot;    /* it was full once: what it lacks may be known all the same */
	uint64_t seed[2];
};

/* {0} after idmap_init(), which takes random seeds. */
void idmap_init(struct idmap *m);
void idmap_done(struct idmap *m);

/* Empties it and keeps its memory and `forgot` as false. */
void idmap_clear(struct idmap *m);

/* The number of a name, or -1. A slot for it in *ret_hash, to be given to idmap_set(). */
int64_t idmap_get(const struct idmap *m, struct span name, uint64_t ret_hash[2]);

/* Keeps one; when memory is short it is not kept. */
void idmap_set(struct idmap *m, const uint64_t hash[2], int64_t id);

#endif
