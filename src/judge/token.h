/*
 * Tokens: bytes under a tag become 32-bit hashes, each of which a view keeps once. Inside the
 * judge; not for others.
 *
 * A message has a few thousand tokens and the time for each is nanoseconds, so tokens are hashed
 * as they are cut (FNV-1a, finished by MurmurHash3's mixer) and never stored as text.
 */
#ifndef CORDON_JUDGE_TOKEN_H
#define CORDON_JUDGE_TOKEN_H

#include "judge/feature.h"

#define TOKEN_SLOT_BITS 14 /* about twice FEATURES_MOST slots */

/* Where tokens go: the features being filled and the set of those they have. */
struct tokens {
	struct features *to;
	size_t n, most; /* tokens so far; bound for the present view */
	enum view view; /* the one being filled */
	/* Open hash set: where a token stands in to->hash, plus 1; 0 for none. 32 KiB, which costs
	 * less to clear for each message than a set with stamps costs in cache. */
	uint16_t slot[(size_t)1 << TOKEN_SLOT_BITS];
};

/* Starts a message; a view of at most `most` tokens, which follows the one before; ends it. */
void tokens_start(struct tokens *t, struct features *to);
void tokens_view(struct tokens *t, enum view v, size_t most);
void tokens_end(struct tokens *t);

/* FNV-1a of the bytes from a start value; the second folds ASCII letters to lower case. */
uint32_t token_hash(uint32_t h, struct span s);
uint32_t token_hash_folded(uint32_t h, struct span s);

/* A start value for tokens of one kind. */
uint32_t token_tag(const char *tag);

/*
 * The token that a hash gives in a view: another in each. MurmurHash3's 32-bit finaliser
 * (Appleby, public domain), so that every bit reaches every bit.
 */
static inline uint32_t token_value(enum view v, uint32_t h)
{
	h += 0x9e3779b9u * ((uint32_t)v + 1);
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ h >> 16;
}

/*
 * Adds a token to hash[n], unless it is there or n == most; the new n. Apart from token_put(), so
 * that a loop over bytes can keep all of this in registers. In the header because it is called
 * thousands of times a message.
 */
static inline size_t token_insert(
	uint16_t *slot, uint32_t *hash, size_t n, size_t most, uint32_t token)
{
	uint32_t k = token >> (32 - TOKEN_SLOT_BITS);

	for (; slot[k]; k = (k + 1) % (1u << TOKEN_SLOT_BITS))
		if (hash[slot[k] - 1] == token)
			return n;
	if (n == most)
		return n;
	hash[n] = token;
	slot[k] = (uint16_t)(n + 1);
	return n + 1;
}

/* Adds a hash as a token of the present view, unless it is there or the view is full. */
static inline void token_put(struct tokens *t, uint32_t h)
{
	t->n = token_insert(t->slot, t->to->hash, t->n, t->most, token_value(t->view, h));
}

/* Adds bytes under a tag: as they stand, without case, as a number, as their shape. */
void token_add(struct tokens *t, const char *tag, struct span s);
void token_add_folded(struct tokens *t, const char *tag, struct span s);
void token_add_number(struct tokens *t, const char *tag, uint32_t n);

/*
 * The shape of bytes: a digit becomes 9, a capital A, a small letter a, what is not ASCII ?; with
 * `runs` equal neighbours of these are written once. At most `most` (<= SHAPE_MOST) bytes of shape.
 */
#define SHAPE_MOST 320
void token_add_shape(struct tokens *t, const char *tag, struct span s, size_t most, bool runs);
size_t token_shape(struct span s, char *to, size_t most, bool runs);

/* Adds every sequence of four bytes. */
void token_add_grams(struct tokens *t, struct span s);

/* How many bits a number has: a scale in steps of two. */
uint32_t token_scale(size_t n);

/* Adds the tokens of VIEW_TRAITS and of VIEW_BODY (feature_traits.c, feature_body.c). */
void feature_traits(struct tokens *t, const struct check_input *in);
void feature_body(struct tokens *t, const struct check_input *in);

#endif
