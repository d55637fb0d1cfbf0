/*
 * Blocks are chained newest first. An allocation bumps `used` in the newest; when it does not fit,
 * a spare block that is large enough is taken, or a new one of at least 64 KiB is made.
 */
#include "base/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define BLOCK_LEAST ((size_t)64 << 10)
#define KEEP_MOST   ((size_t)1 << 20)
#define ALIGN       alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(ALIGN) char data[];
};

void arena_init(struct arena *a, size_t budget)
{
	*a = (struct arena){.budget = budget};
}

static void free_chain(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_done(struct arena *a)
{
	free_chain(a->block);
	free_chain(a->spare);
	arena_init(a, a->budget);
}

void arena_reset(struct arena *a)
{
	struct arena_block *kept = NULL, *b = a->block;
	size_t sum = 0;

	/* Both chains are walked; what fits under KEEP_MOST is kept, in any order. */
	for (int pass = 0; pass < 2; pass++, b = a->spare) {
		while (b) {
			struct arena_block *next = b->next;

			if (sum + b->size <= KEEP_MOST) {
				sum += b->size;
				b->used = 0;
				b->next = kept;
				kept = b;
			} else {
				free(b);
			}
			b = next;
		}
	}
	a->block = NULL;
	a->spare = kept;
	a->used = 0;
	a->spent = false;
}

/* Puts a block with room for n bytes at the head of the chain in use; false when there is none. */
static bool add_block(struct arena *a, size_t n)
{
	for (struct arena_block **at = &a->spare; *at; at = &(*at)->next) {
		struct arena_block *b = *at;

		if (b->size < n)
			continue;
		*at = b->next;
		b->next = a->block;
		a->block = b;
		return true;
	}
	/* Grow with what is in use, so that the number of blocks stays logarithmic. */
	size_t size = a->used > BLOCK_LEAST ? a->used : BLOCK_LEAST;

	if (size > KEEP_MOST)
		size = KEEP_MOST;
	if (size < n)
		size = n;
	struct arena_block *b = malloc(sizeof(*b) + size);

	if (!b)
		return false;
	*b = (struct arena_block){.next = a->block, .size = size};
	a->block = b;
	return true;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t want;

	if (__builtin_add_overflow(n ? n : 1, ALIGN - 1, &want))
		return NULL;
	want &= ~(ALIGN - 1);
	if (want > a->budget - a->used) {
		a->spent = true;
		return NULL;
	}
	if ((!a->block || a->block->size - a->block->used < want) && !add_block(a, want))
		return NULL;
	void *p = a->block->data + a->block->used;

	a->block->used += want;
	a->used += want;
	return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	void *p = arena_alloc(a, n);

	return p ? memset(p, 0, n) : NULL;
}

void arena_trim(struct arena *a, void *p, size_t had, size_t keep)
{
	size_t old = ((had ? had : 1) + ALIGN - 1) & ~(ALIGN - 1);
	size_t new = ((keep ? keep : 1) + ALIGN - 1) & ~(ALIGN - 1);

	if (!a->block || new >= old || (char *)p + old != a->block->data + a->block->used)
		return;
	a->block->used -= old - new;
	a->used -= old - new;
}

int arena_grow(struct arena *a, void **items, size_t *room, size_t count, size_t size)
{
	size_t more, bytes;

	if (count < *room)
		return 0;
	if (__builtin_mul_overflow(*room ? *room : 4, (size_t)2, &more) ||
	    __builtin_mul_overflow(more, size, &bytes))
		return -ENOMEM;
	void *p = arena_alloc(a, bytes);

	if (!p)
		return -ENOMEM;
	if (count)
		memcpy(p, *items, count * size);
	*items = p;
	*room = more;
	return 0;
}

struct span arena_copy(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n);

	if (!p)
		return (struct span){NULL, 0};
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct span){p, s.n};
}

bool arena_spent(const struct arena *a)
{
	return a->spent;
}
