#include "judge/learn.h"

#include <errno.h>
#include <stdlib.h>

struct learner {
	struct store *store;
	struct model *model;
	const struct starter *starter;
	uint64_t generation; /* of the state that the model in memory is */
	bool begun;          /* a transaction is under way */
};

int learner_open(
	const char *state_dir, const struct starter *starter, struct learner **ret, struct err *err)
{
	struct learner *l = calloc(1, sizeof(*l));
	int rc = l && (l->model = model_new()) ? 0 : err_sys(err, -ENOMEM, "%s", state_dir);

	if (rc == 0) {
		l->starter = starter;
		rc = store_open(state_dir, true, &l->store, err);
	}
	if (rc < 0)
		learner_close(l);
	else
		*ret = l;
	return rc;
}

void learner_close(struct learner *l)
{
	if (!l)
		return;
	store_close(l->store);
	model_free(l->model);
	free(l);
}

/* Drops what is not committed: the model in memory is then not what is on disk. */
static int drop(struct learner *l, int rc)
{
	store_abort(l->store);
	l->begun = false;
	l->generation = 0;
	return rc;
}

/* Takes the write lock; another writer may have gone on since, then its state is taken over. */
static int begin(struct learner *l, struct err *err)
{
	int rc = store_begin(l->store, err);

	if (rc < 0)
		return rc;
	l->begun = true;
	if (l->generation && store_generation(l->store) == l->generation)
		return 0;
	rc = store_load(l->store, model_state(l->model), model_state_bytes(), err);
	if (rc != 0)
		return rc < 0 ? drop(l, rc) : 0;
	/* Nothing was saved, or another version's state: what that had learned is to be learned
	 * again, and not to be taken for known. */
	model_clear(l->model);
	rc = store_forget(l->store, err);
	return rc < 0 ? drop(l, rc) : 0;
}

/* What the label is from now on, and how the model gets to know it. */
static enum learned teach(struct learner *l, const struct features *f, enum label before, bool spam,
	enum teacher teacher)
{
	if (before == LABEL_NONE) {
		if (teacher == TEACHER_OWN)
			model_learn_own(l->model, l->starter, f, spam);
		else
			model_learn(l->model, l->starter, f, spam);
		return LEARNED_NEW;
	}
	if (label_is_spam(before) == spam)
		return LEARNED_AGAIN;
	model_mend(l->model, l->starter, f, spam, label_is_own(before));
	return LEARNED_MENDED;
}

int learner_learn(struct learner *l, const struct digest *identity, const struct features *f,
	bool spam, enum teacher teacher, struct err *err)
{
	const bool own = teacher == TEACHER_OWN;
	enum label label = spam ? own ? LABEL_OWN_SPAM : LABEL_SPAM
				: own ? LABEL_OWN_HAM : LABEL_HAM;
	int rc = l->begun ? 0 : begin(l, err);

	if (rc < 0)
		return rc;
	enum label before = store_label(l->store, identity);

	if (before == label || (own && before != LABEL_NONE))
		return LEARNED_AGAIN;
	enum learned what = teach(l, f, before, spam, teacher);

	rc = store_set_label(l->store, identity, label, err);
	return rc < 0 ? drop(l, rc) : (int)what;
}

int learner_commit(struct learner *l, struct err *err)
{
	if (!l->begun)
		return 0;
	int rc = store_save(l->store, model_state(l->model), model_state_bytes(), err);

	l->generation = store_generation(l->store);
	if (rc == 0)
		rc = store_commit(l->store, err);
	if (rc < 0)
		return drop(l, rc);
	l->begun = false;
	return 0;
}

int learner_catch_up(struct learner *l, struct err *err)
{
	const uint64_t before = l->generation;

	if (l->begun)
		return 0;
	int rc = begin(l, err);

	if (rc < 0)
		return rc;
	uint64_t now = store_generation(l->store);

	store_abort(l->store);
	l->begun = false;
	l->generation = now;
	return now != before;
}

void learner_learned(const struct learner *l, uint64_t *ret_ham, uint64_t *ret_spam)
{
	model_learned(l->model, ret_ham, ret_spam);
}

struct span learner_model(struct learner *l)
{
	return (struct span){model_state(l->model), model_state_bytes()};
}
