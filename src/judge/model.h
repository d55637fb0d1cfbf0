/*
 * The learned model: what a site knows of its mail, as a table of fixed size, learned one message
 * at a time and usable after each.
 *
 * In every view (feature.h) two small learners of unlike temper look at the same table: a logistic
 * regression, trained only near its boundary (Goodman and Yih 2006; Sculley 2007), and a naive
 * Bayes over counts, trained on what it does not yet know well; the findings have the second alone.
 * Their log-odds, with those of the starter model, are added up by a mixer, itself a logistic
 * regression learned online (as in Mattern 2012 and the PAQ compressors). docs/design/judge.md has
 * the formulas, what was measured, and what was tried and left out.
 */
#ifndef CORDON_JUDGE_MODEL_H
#define CORDON_JUDGE_MODEL_H

#include "judge/feature.h"
#include "judge/starter.h"

#include <stdint.h>

struct model;

/* What the models think of one message. All are log-odds, towards spam above 0. */
struct opinion {
	double log_odds;               /* all together */
	double probability;            /* of spam: 1 / (1 + exp(-log_odds)) */
	double base;                   /* before anything is known of the message */
	double view[VIEW_COUNT];       /* what each view moved, starter and site together */
	double finding[FINDINGS_MOST]; /* of view[VIEW_FINDINGS], what each finding moved */
	double starter, site;          /* the same sum, by who knew */
};

/* A model that has learned nothing; NULL when memory is short. model_free() takes NULL. */
struct model *model_new(void);
void model_free(struct model *m);

/* Makes it forget all. */
void model_clear(struct model *m);

/* The whole state as bytes, to be stored and loaded (store.h): one version, one size. */
void *model_state(struct model *m);
size_t model_state_bytes(void);

/* Messages learned, by label. */
void model_learned(const struct model *m, uint64_t *ret_ham, uint64_t *ret_spam);

/*
 * The opinion of starter (may be NULL) and model of a message's features. Changes nothing, so any
 * number of threads may ask at once. Linear in the features, about 15 microseconds.
 */
void model_opinion(const struct model *m, const struct starter *s, const struct features *f,
	struct opinion *ret);

/*
 * Learns one message, once: its score as it stood before goes into the budget of ham.
 * About twice the cost of an opinion.
 */
void model_learn(struct model *m, const struct starter *s, const struct features *f, bool spam);

/*
 * The same for a message whose label is the judge's own: its score stays out of the budget of ham,
 * which is true of mail as it comes, and not of what the judge itself was sure of.
 */
void model_learn_own(struct model *m, const struct starter *s, const struct features *f, bool spam);

/* Learns a message that was learned under the other label, and takes back what that left; own: that
 * label was the judge's own. */
void model_mend(
	struct model *m, const struct starter *s, const struct features *f, bool spam, bool own);

/* The least log-odds at which spam may be called so, for a share of lost ham (budget.h). */
double model_threshold(const struct model *m, const struct starter *s, double ham_loss);

#endif
