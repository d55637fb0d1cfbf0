/*
 * A stream of mail with known truth: messages of so many templates, each varied, between messages
 * that are related to none. Made up, deterministic by its seed.
 *
 * All text is of one vocabulary of 20,000 words by Zipf's law, with words that like to follow one
 * another and words of a topic; templates have 40 to 300 words, but for those of an image and a
 * link, which have 4 to 14. A template varies its messages by words (slots with a few words each),
 * by order (sentences shuffled, some left out), by image and link (another sub-domain, path and
 * image every time), by hash-busters (random words and strings before, in or behind the text, or
 * hidden), each with a little of the others; half greet by name. Three templates in ten are sent by
 * kits that forge another mail program in each message. Half of the messages, related or
 * not, end in one of 60 footers; there are 25 skeletons of HTML and 40 mail programs for all.
 */
#ifndef CORDON_TESTS_CAMPAIGN_MAKE_H
#define CORDON_TESTS_CAMPAIGN_MAKE_H

#include "base/buf.h"

#include <stdint.h>

#define CAMPAIGN_UNRELATED UINT32_MAX

struct campaign_maker;

struct campaign_setting {
	uint32_t seed;
	uint32_t templates;
	double unrelated; /* share of the messages */
	bool hard;        /* more of every variation: half of the words in slots of up to 6, a
			     quarter of the sentences left out, random words up to as many as the
			     template has, 8 domains a template instead of 3 */
};

/* NULL when memory is short. */
struct campaign_maker *campaign_maker_new(const struct campaign_setting *setting);
void campaign_maker_free(struct campaign_maker *m);

/* Appends the next message; *ret_template is its template, or CAMPAIGN_UNRELATED. */
void campaign_maker_next(struct campaign_maker *m, struct buf *to, uint32_t *ret_template);

/* What kind of variation a template has most of: "words", "order", "image", "buster"; static. */
const char *campaign_maker_kind(const struct campaign_maker *m, uint32_t template);

/*
 * How well a grouping fits the truth: over all pairs of messages, those that are grouped together
 * against those of one template.
 */
struct pairwise {
	double precision, recall, f1;
};

/* truth[n], group[n]; a message of no template is alone. -ENOMEM when memory is short. */
int pairwise_of(const uint32_t *truth, const uint32_t *group, size_t n, struct pairwise *ret);

#endif
