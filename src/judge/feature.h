/*
 * What a message is made of, as the models see it: numbers (hashes of tokens) in several views,
 * each of which looks at the message in its own way. Every view holds a token once; two views
 * share one only by chance. The tokens are listed in docs/design/judge.md.
 */
#ifndef CORDON_JUDGE_FEATURE_H
#define CORDON_JUDGE_FEATURE_H

#include "judge/check.h"

/* X(id, "name", "what it looks at, in words") */
#define VIEWS(X)                                                                                   \
	X(HEAD, "header bytes", "byte sequences of the header section")                            \
	X(TEXT, "text bytes", "byte sequences of the visible text")                                \
	X(WORDS, "words", "words of the visible text")                                             \
	X(TRAITS, "mailer traits", "order and shape of header fields, hosts and addresses in them") \
	X(BODY, "body and links", "subject, links, parts and proportions")                         \
	X(FINDINGS, "findings", "what the checks found")

enum view {
#define X(id, name, words) VIEW_##id,
	VIEWS(X)
#undef X
	VIEW_COUNT
};

/* The most tokens of one message: what the views' bounds add up to, so that none can crowd out
 * another. */
#define FEATURES_MOST 8260

/*
 * Tokens of view v stand at hash[start[v]] .. hash[start[v + 1] - 1]; those of VIEW_FINDINGS in the
 * order of the findings. What is behind start[VIEW_COUNT] is not set: features_bytes() tells how
 * much of the struct counts, and that much may be copied.
 */
struct features {
	uint16_t start[VIEW_COUNT + 1];
	uint32_t hash[FEATURES_MOST];
};

/* Room to take features with; used again for every message, by one thread at a time. */
struct feature_scratch;
struct feature_scratch *feature_scratch_new(void); /* NULL when memory is short */
void feature_scratch_free(struct feature_scratch *s);

/* Takes the features of a message that was checked. Linear in the message, bounded in work. */
void features_take(struct feature_scratch *s, const struct check_input *in,
	const struct findings *findings, struct features *ret);

/* Bytes of the struct that hold something. */
size_t features_bytes(const struct features *f);

/* Reads what features_bytes() bytes of a struct are, as another process of the same program wrote
 * them: false for what cannot be one; *room may then hold anything. */
bool features_read(struct span bytes, struct features *room);

/* What features_bytes() is for most messages, for bounds on memory. */
#define FEATURES_TYPICAL ((size_t)16 << 10)

/* The token of a finding's name in VIEW_FINDINGS. */
uint32_t feature_of_finding(const char *name);

/* The name of a view and what it looks at; static. */
const char *view_name(enum view v);
const char *view_words(enum view v);

#endif
