/* What the messages of a campaign share in words: one example, whose words are struck out as others
 * turn out not to have them. */
#ifndef CORDON_JUDGE_CAMPAIGN_TEMPLATE_H
#define CORDON_JUDGE_CAMPAIGN_TEMPLATE_H

#include "base/buf.h"
#include "judge/campaign_print.h"

#define TEMPLATE_TOKENS_MOST 480

/* One block, freed by free(). */
struct template
{
	uint32_t bytes;                  /* of the block */
	uint16_t seen;                   /* messages compared with the example */
	uint16_t subject;                /* bytes of the subject, the first of text */
	uint16_t text;                   /* bytes */
	uint16_t subject_tokens, tokens; /* the latter with the subject's */
	uint16_t mailer;                 /* bytes of the mailer's words, behind the text */
	/* hits[tokens]: how many messages of `seen` have it; got[tokens]: who got such a one
	 * (campaign_template.c); text; mailer */
	uint8_t hits[];
};

/* Makes it of an example; NULL when memory is short. */
struct template *template_make(const struct campaign_print *p);

/* Compares it with another message. Linear. */
void template_compare(struct template *t, uint64_t key, const struct campaign_print *p);

/* Whether a block of so many bytes, from a file, is whole. */
bool template_is_sound(const struct template *t, size_t bytes);

/* Appends what is shared, the rest as U+2026; nothing when nothing was compared yet. A word that
 * not two recipients are known to have got is the rest, unless anybody's are shown. */
void template_subject(const struct template *t, bool anybodys, struct buf *to);
void template_text(const struct template *t, bool anybodys, struct buf *to);
struct span template_mailer(const struct template *t);

#endif
