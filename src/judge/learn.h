/*
 * Learning: a writer on the site's store. Each message is judged as if it were new, so that the
 * budget of ham (budget.h) sees an honest score, and then learned.
 */
#ifndef CORDON_JUDGE_LEARN_H
#define CORDON_JUDGE_LEARN_H

#include "base/hash.h"
#include "judge/feature.h"
#include "judge/model.h"
#include "judge/store.h"

struct learner;

/* What learning one message did. */
enum learned {
	LEARNED_NEW,    /* it was not known */
	LEARNED_AGAIN,  /* it was known under the same label: nothing changed */
	LEARNED_MENDED  /* it was known under the other label, which was taken back */
};

/* Whose label it is. */
enum teacher {
	TEACHER_PERSON,
	TEACHER_OWN, /* the judge itself (own.h): never against what is known, and never a score of
			the budget */
};

/*
 * Opens the store of a state directory for learning. starter may be NULL; it is kept, not copied.
 * Returns 0 or a negative errno with a sentence.
 */
int learner_open(const char *state_dir, const struct starter *starter, struct learner **ret,
	struct err *err);
void learner_close(struct learner *l);

/*
 * Learns one message, by its identity (mail/identity.h) and features. It is not on disk before
 * learner_commit(). Waits for another writer at the first message after a commit. What a person says
 * goes over what the judge took it for. Returns an enum learned, or a negative errno with a sentence:
 * then nothing since the last commit was learned.
 */
int learner_learn(struct learner *l, const struct digest *identity, const struct features *f,
	bool spam, enum teacher teacher, struct err *err);

/*
 * Makes all that was learned since the last commit durable and gives way to other writers. Returns
 * 0 or a negative errno with a sentence: then nothing since the last commit was learned.
 */
int learner_commit(struct learner *l, struct err *err);

/*
 * Takes over what another writer (cordon learn) committed, if there is anything: 1 when the model
 * changed, 0 when not, or a negative errno with a sentence. Only between commits.
 */
int learner_catch_up(struct learner *l, struct err *err);

/* Messages learned, by label, as of now. */
void learner_learned(const struct learner *l, uint64_t *ret_ham, uint64_t *ret_spam);

/* The model as bytes, for judge_renew() in another process; the learner's, until it learns. */
struct span learner_model(struct learner *l);

#endif
