/*
 * Lessons go into the site's model. Whoever teaches waits until it is on disk: answers are held back
 * until the commit, which many lessons share. The gate asks for the model when it likes and gets a
 * copy if it changed.
 */
#include "serve/keeper_work.h"
#include "serve/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NOT_LEARNED 255

static int open_own(struct keeper *k, struct err *err)
{
	bool aside;
	int rc = own_open(k->kit->state, &k->own, &aside, err);

	if (rc == 0 && aside)
		keeper_say("own.db was damaged; it is now own.db.bad: what was learned by itself "
			   "before cannot be undone by itself");
	return rc;
}

int lessons_open_starter(struct keeper *k, struct err *err)
{
	char *path = starter_find();
	int rc = path ? starter_open(path, &k->starter, err) : 0;

	free(path);
	return rc;
}

int lessons_open(struct keeper *k, struct err *err)
{
	if (!k->features && !(k->features = calloc(1, sizeof(*k->features))))
		return err_sys(err, -ENOMEM, "lessons");
	int rc = learner_open(k->kit->state, k->starter, &k->learner, err);

	if (rc == 0)
		rc = open_own(k, err);
	if (rc == 0)
		rc = lessons_catch_up(k, err);
	/* A number that no keeper before gave: the gate may have outlived it. */
	if (rc == 0 && !k->model)
		k->model = (uint64_t)ipc_deadline(0);
	return rc;
}

void lessons_close(struct keeper *k)
{
	for (size_t i = 0; i < k->n_waiting; i++)
		lessons_refuse(k, k->waiting[i]);
	k->n_waiting = 0;
	k->lessons_waiting = false;
	learner_close(k->learner);
	k->learner = NULL;
	own_close(k->own);
	k->own = NULL;
}

static void answer(struct keeper *k, uint64_t id, uint8_t outcome)
{
	const struct span bytes = {(const char *)&outcome, 1};

	if (id)
		ipc_send(k->kit->to[ROLE_GATE], KEEPER_LEARNED, id, bytes, -1, 0);
}

void lessons_refuse(struct keeper *k, uint64_t id)
{
	answer(k, id, NOT_LEARNED);
}

static int undo(
	void *context, const struct digest *identity, const struct features *f, struct err *err)
{
	struct keeper *k = context;
	int rc = learner_learn(k->learner, identity, f, k->said_spam, TEACHER_PERSON, err);

	return rc < 0 ? rc : 0;
}

/* What a person says goes; what was learned by itself and is like it is undone with it. */
static int learn_said(struct keeper *k, const struct learn_wish *w, struct err *err)
{
	k->said_spam = w->spam;
	int rc = own_contradicted(k->own, &w->identity, w->spam, time(NULL), undo, k, NULL, err);

	if (rc == 0)
		rc = learner_learn(
			k->learner, &w->identity, w->features, w->spam, TEACHER_PERSON, err);
	if (rc >= 0 && rc != LEARNED_AGAIN)
		status_add(k->kit->status, STATUS_LEARNED_USER, 1);
	return rc;
}

/* The gateway's own idea; NOT_LEARNED when it is not taken up. */
static int learn_own(struct keeper *k, const struct learn_wish *w, struct err *err)
{
	uint64_t ham, spam;

	learner_learned(k->learner, &ham, &spam);
	int rc = k->kit->config->gateway.learn_self
		? own_ask(k->own, w, ham, spam, time(NULL), err)
		: OWN_UNCLEAR;

	if (rc != OWN_YES) {
		status_add(k->kit->status, STATUS_LEARN_HELD, rc > 0);
		return rc < 0 ? rc : NOT_LEARNED;
	}
	rc = learner_learn(k->learner, &w->identity, w->features, w->spam, TEACHER_OWN, err);
	if (rc != LEARNED_NEW)
		return rc;
	status_add(k->kit->status, STATUS_LEARNED_SELF, 1);
	int noted = own_note(k->own, w, time(NULL), err);

	return noted < 0 ? noted : rc;
}

int lessons_add(struct keeper *k, const struct learn_wish *w, uint64_t id, struct err *err)
{
	const size_t room = sizeof(k->waiting) / sizeof(k->waiting[0]);
	int rc = k->n_waiting == room ? lessons_commit(k, err) : 0;

	if (rc == 0)
		rc = w->self ? learn_own(k, w, err) : learn_said(k, w, err);
	if (rc < 0 || rc == NOT_LEARNED) {
		answer(k, id, NOT_LEARNED);
		return rc < 0 ? rc : 0;
	}
	k->lessons_waiting = true;
	if (id) {
		k->waiting[k->n_waiting] = id;
		k->outcome[k->n_waiting++] = (uint8_t)rc;
	}
	return 0;
}

int lessons_commit(struct keeper *k, struct err *err)
{
	if (!k->lessons_waiting)
		return 0;
	int rc = learner_commit(k->learner, err);

	for (size_t i = 0; i < k->n_waiting; i++)
		answer(k, k->waiting[i], rc == 0 ? k->outcome[i] : NOT_LEARNED);
	k->n_waiting = 0;
	k->lessons_waiting = false;
	k->model++;
	return rc;
}

int lessons_catch_up(struct keeper *k, struct err *err)
{
	int rc = learner_catch_up(k->learner, err);

	k->model += rc == 1;
	return rc < 0 ? rc : 0;
}

void lessons_tell_model(struct keeper *k, uint64_t id, struct span question)
{
	struct wire_reader r = {.left = question};
	const uint64_t had = wire_get_u64(&r);
	struct buf bytes = {0};
	int file = -1;

	if (!wire_ended(&r)) {
		status_add(k->kit->status, STATUS_IPC_BAD, 1);
		return;
	}
	if (k->learner && had != k->model)
		file = ipc_seal(learner_model(k->learner));
	wire_u64(&bytes, file >= 0 ? k->model : had);
	wire_u64(&bytes, k->campaigns ? campaigns_key(k->campaigns) : 0);
	if (buf_ok(&bytes))
		ipc_send(k->kit->to[ROLE_GATE], KEEPER_MODEL_IS, id, buf_span(&bytes), file, 0);
	if (file >= 0)
		close(file);
	buf_done(&bytes);
}
