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

#define TOKEN_SLOT_BITS 14 /* twice FEATURES_MOST slots */

/* Where tokens go: the features being filled and the set of those they have. */
struct tokens {
	struct features *to;
	size_t n, most;                              /* tokens so far; bound for the present view */
	enum view view;                              /* the one being filled */
	uint32_t now;                                /* stamp of this message, not 0 */
	uint64_t slot[(size_t)1 << TOKEN_SLOT_BITS]; /* open hash set of now << 32 | token */
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
 * The token that a hash gives in a view: no two views share one. MurmurHash3's 32-bit finaliser
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

/* Adds a hash as a token of the present view, unless it is there or the view is full. In the
 * header because it is called thousands of times a message. */
static inline void token_put(struct tokens *t, uint32_t h)
{
	uint32_t token = token_value(t->view, h), k = token >> (32 - TOKEN_SLOT_BITS);
	uint64_t mark = (uint64_t)t->now << 32 | token;

	for (; t->slot[k] >> 32 == t->now; k = (k + 1) % (1u << TOKEN_SLOT_BITS))
		if (t->slot[k] == mark)
			return;
	if (t->n == t->most)
		return;
	t->slot[k] = mark;
	t->to->hash[t->n++] = token;
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
