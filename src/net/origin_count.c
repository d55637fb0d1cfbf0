/*
 * Pairs stand in one array in the order of their coming; a hash table over them has their numbers.
 * Tables of collectors tell all routes of a prefix one behind the other, so the pair of the route
 * before is tried first.
 *
 * As in paths_build.c the hash is seeded by chance, which the result does not show.
 */
#include "net/origin_count.h"
#include "base/hash.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/* What a pair is found by. */
struct key {
	uint64_t high, low; /* the address as a number: compares as it sorts */
	asn_t asn;
	uint8_t family, length;
	uint16_t zero;
};

struct pair {
	struct key key;
	uint32_t routes; /* saturates */
	uint32_t zero;
};

struct origin_count {
	struct pair *pair;
	uint32_t n, room;
	uint32_t *slots; /* numbers of pairs and 1; 0 is free */
	size_t n_slots;  /* a power of two, at least twice n */
	uint32_t last;   /* the pair of the route before */
	uint32_t at;     /* origin_count_next() */
	uint64_t seed;
};

#define ROOM_FIRST 1024

int origin_count_new(struct origin_count **ret_counts)
{
	struct origin_count *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->room = ROOM_FIRST;
	c->pair = malloc(c->room * sizeof(*c->pair));
	c->n_slots = 2 * ROOM_FIRST;
	c->slots = calloc(c->n_slots, sizeof(*c->slots));
	if (!c->pair || !c->slots) {
		origin_count_free(c);
		return -ENOMEM;
	}
	if (getrandom(&c->seed, sizeof(c->seed), GRND_NONBLOCK) < 0)
		c->seed = (uintptr_t)c; /* early at boot: better than none */
	*ret_counts = c;
	return 0;
}

void origin_count_free(struct origin_count *c)
{
	if (!c)
		return;
	free(c->pair);
	free(c->slots);
	free(c);
}

static struct key key_of(const struct prefix *p, asn_t asn)
{
	uint64_t half[2];

	memcpy(half, p->ip.byte, sizeof(half));
	return (struct key){be64toh(half[0]), be64toh(half[1]), asn, p->ip.family, p->length, 0};
}

static bool is_key(const struct key *a, const struct key *b)
{
	return a->high == b->high && a->low == b->low && a->asn == b->asn &&
	       a->family == b->family && a->length == b->length;
}

/* The slot where a pair stands or would stand. At least half are free. */
static uint32_t *find_slot(const struct origin_count *c, const struct key *key)
{
	uint64_t i = hash64((struct span){(const char *)key, sizeof(*key)}, c->seed);

	for (;; i++) {
		uint32_t *slot = &c->slots[i & (c->n_slots - 1)];

		if (!*slot || is_key(&c->pair[*slot - 1].key, key))
			return slot;
	}
}

static int grow(struct origin_count *c)
{
	if (c->n == ORIGIN_COUNT_MOST)
		return -E2BIG;
	struct pair *pair = realloc(c->pair, 2 * (size_t)c->room * sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	c->pair = pair;
	uint32_t *slots = calloc(2 * c->n_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(c->slots);
	c->slots = slots;
	c->n_slots *= 2;
	c->room *= 2;
	for (uint32_t i = 0; i < c->n; i++)
		*find_slot(c, &c->pair[i].key) = i + 1;
	return 0;
}

int origin_count_add(struct origin_count *c, const struct prefix *p, asn_t origin)
{
	struct key key = key_of(p, origin);
	struct pair *pair = &c->pair[c->last];
	int rc;

	if (!c->n || !is_key(&pair->key, &key)) {
		uint32_t *slot = find_slot(c, &key);

		if (!*slot && c->n == c->room) {
			rc = grow(c);
			if (rc < 0)
				return rc;
			slot = find_slot(c, &key);
		}
		if (!*slot) {
			c->pair[c->n] = (struct pair){.key = key};
			*slot = ++c->n;
		}
		c->last = *slot - 1;
		pair = &c->pair[c->last];
	}
	pair->routes += pair->routes < UINT32_MAX;
	return 0;
}

static int compare_prefixes(const struct key *a, const struct key *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return a->length < b->length ? -1 : a->length > b->length;
}

/* The pairs of a prefix in order of their AS numbers, so that of equals the lower comes first. */
static int compare_pairs(const void *pa, const void *pb)
{
	const struct key *a = &((const struct pair *)pa)->key, *b = &((const struct pair *)pb)->key;
	int order = compare_prefixes(a, b);

	return order ? order : a->asn < b->asn ? -1 : a->asn > b->asn;
}

void origin_count_sort(struct origin_count *c)
{
	bool sorted = true;

	free(c->slots);
	c->slots = NULL;
	for (uint32_t i = 1; i < c->n && sorted; i++)
		sorted = compare_pairs(&c->pair[i - 1], &c->pair[i]) < 0;
	if (!sorted)
		qsort(c->pair, c->n, sizeof(*c->pair), compare_pairs);
}

static struct ip ip_of(const struct key *k)
{
	uint64_t half[2] = {htobe64(k->high), htobe64(k->low)};
	struct ip ip = {.family = k->family};

	memcpy(ip.byte, half, sizeof(half));
	return ip;
}

bool origin_count_next(struct origin_count *c, struct prefix_origin *ret)
{
	const struct pair *best = &c->pair[c->at];
	uint32_t first = c->at;

	if (first == c->n)
		return false;
	for (; c->at < c->n && compare_prefixes(&best->key, &c->pair[c->at].key) == 0; c->at++)
		if (c->pair[c->at].routes > best->routes)
			best = &c->pair[c->at];
	*ret = (struct prefix_origin){
		{ip_of(&best->key), best->key.length}, best->key.asn, c->at - first};
	return true;
}
