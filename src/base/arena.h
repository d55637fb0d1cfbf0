/*
 * An arena hands out memory that lives exactly as long as one message. Nothing is freed by itself:
 * arena_reset() takes all of it back at once and keeps the blocks for the next message, so a warm
 * arena costs no malloc.
 *
 * It has a budget: hostile input may ask for more, and then arena_alloc() returns NULL as it does
 * when memory is short. Callers take NULL as 'stop growing here and use what there is', and ask
 * arena_spent() to tell the two apart. Not for use by two threads at once.
 */
#ifndef CORDON_BASE_ARENA_H
#define CORDON_BASE_ARENA_H

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* the one in use; older ones hang behind it */
	struct arena_block *spare; /* kept by arena_reset for reuse */
	size_t used, budget;       /* bytes handed out since the reset; their bound */
	bool spent;                /* an allocation was refused for the budget */
};

/* Makes an empty arena that hands out at most budget bytes between resets. Allocates nothing. */
void arena_init(struct arena *a, size_t budget);

/* Gives all memory back to the system. The arena may be used again. */
void arena_done(struct arena *a);

/*
 * Takes back all that was handed out. Keeps up to 1 MiB of blocks for the next use and frees the
 * rest, so one large message does not stay in memory.
 */
void arena_reset(struct arena *a);

/*
 * n bytes, aligned for any type, not zeroed; NULL when the budget is used up or memory is short.
 * n == 0 gives a valid pointer. Amortised constant time.
 */
void *arena_alloc(struct arena *a, size_t n);

/* The same for count things of size bytes each, zeroed; NULL also when the product overflows. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);

/*
 * Gives back the end of the newest allocation, which started at p and was `had` bytes long: it is
 * now `keep` bytes. For decoders that ask for the worst case and write less. Does nothing when p
 * is not the newest.
 */
void arena_trim(struct arena *a, void *p, size_t had, size_t keep);

/*
 * Makes room for one more item in an array that grows in the arena: *items has room for *room
 * items of size bytes and holds count. Doubles it when full (the old copy stays in the arena until
 * the reset). Returns 0, or -ENOMEM with everything as it was.
 */
int arena_grow(struct arena *a, void **items, size_t *room, size_t count, size_t size);

/* A copy of s in the arena; the empty span when it cannot be had. */
struct span arena_copy(struct arena *a, struct span s);

/* True when an allocation was refused for the budget since the last reset. */
bool arena_spent(const struct arena *a);

#endif
