#include "test.h"

#include "judge/judge.h"
#include "judge/learn.h"
#include "mail/identity.h"
#include "mails.h"

#include <errno.h>

struct fixture {
	char dir[64];
	struct judge_bench *bench;
	struct err err;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-learn-XXXXXX");
	f->bench = judge_bench_new();
	*state = f;
	return mkdtemp(f->dir) && f->bench ? 0 : -1;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	judge_bench_free(f->bench);
	free(f);
	return system(command);
}

/* Learns one mail of the test's own; returns what the learner did. */
static int learn(struct fixture *f, struct learner *l, unsigned i, bool is, bool as)
{
	struct verdict *v;
	char raw[2048];

	assert_int_equal(judge_look(f->bench, mail_write(raw, sizeof(raw), is, i), NULL, &v), 0);
	struct digest d = identity_digest(v->m);

	return learner_learn(l, &d, v->features, as, TEACHER_PERSON, &f->err);
}

static enum action judged(struct fixture *f, unsigned i, bool spam)
{
	struct judge_options options = {.state_dir = f->dir, .ham_loss = 0.001};
	struct judge *j;
	struct verdict *v;
	char raw[2048];

	assert_int_equal(judge_open(&options, &j, &f->err), 0);
	assert_int_equal(
		judge_message(j, f->bench, mail_write(raw, sizeof(raw), spam, i), &v), 0);
	enum action a = v->action;

	judge_close(j);
	return a;
}

static void learning_twice_counts_once(void **state)
{
	struct fixture *f = *state;
	struct learner *l;

	assert_int_equal(learner_open(f->dir, NULL, &l, &f->err), 0);
	assert_int_equal(learn(f, l, 1, true, true), LEARNED_NEW);
	assert_int_equal(learn(f, l, 1, true, true), LEARNED_AGAIN);
	assert_int_equal(learner_commit(l, &f->err), 0);
	assert_int_equal(learn(f, l, 1, true, true), LEARNED_AGAIN);
	assert_int_equal(learn(f, l, 1, true, false), LEARNED_MENDED);
	assert_int_equal(learn(f, l, 1, true, false), LEARNED_AGAIN);
	assert_int_equal(learner_commit(l, &f->err), 0);
	learner_close(l);
}

static void what_is_committed_judges(void **state)
{
	struct fixture *f = *state;
	struct learner *l;

	assert_int_equal(learner_open(f->dir, NULL, &l, &f->err), 0);
	for (unsigned i = 0; i < 40; i++) {
		assert_int_equal(learn(f, l, i, true, true), LEARNED_NEW);
		assert_int_equal(learn(f, l, i, false, false), LEARNED_NEW);
	}
	assert_int_equal(judged(f, 100, true), ACTION_HAM); /* even odds: nothing committed */
	assert_int_equal(learner_commit(l, &f->err), 0);
	assert_int_not_equal(judged(f, 100, true), ACTION_HAM);
	assert_int_equal(judged(f, 100, false), ACTION_HAM);
	learner_close(l);
}

static void a_learner_that_ends_without_commit_learned_nothing(void **state)
{
	struct fixture *f = *state;
	struct learner *l;

	assert_int_equal(learner_open(f->dir, NULL, &l, &f->err), 0);
	assert_int_equal(learn(f, l, 1, true, true), LEARNED_NEW);
	learner_close(l);
	assert_int_equal(learner_open(f->dir, NULL, &l, &f->err), 0);
	assert_int_equal(learn(f, l, 1, true, true), LEARNED_NEW);
	learner_close(l);
}

/* What an older version had learned is learned again, not taken for known. */
static void another_versions_labels_are_forgotten(void **state)
{
	struct fixture *fixture = *state;
	const char *dir = fixture->dir;
	const struct digest one = {{1}};
	const char old[] = "a state of another size";
	struct features *f = calloc(1, sizeof(*f));
	struct learner *l;
	struct store *s;
	struct err err;

	assert_int_equal(store_open(dir, true, &s, &err), 0);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_set_label(s, &one, LABEL_SPAM, &err), 0);
	assert_int_equal(store_save(s, old, sizeof(old), &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_close(s);

	assert_int_equal(learner_open(dir, NULL, &l, &err), 0);
	assert_int_equal(learner_learn(l, &one, f, true, TEACHER_PERSON, &err), LEARNED_NEW);
	assert_int_equal(learner_learn(l, &one, f, true, TEACHER_PERSON, &err), LEARNED_AGAIN);
	assert_int_equal(learner_commit(l, &err), 0);
	assert_int_equal(learner_learn(l, &one, f, false, TEACHER_PERSON, &err), LEARNED_MENDED);
	learner_close(l);
	free(f);
}

/* Changes one byte of a run of c on the disk. */
static void damage(const char *dir, int c)
{
	char path[128];
	int run = 0, got;

	snprintf(path, sizeof(path), "%s/learned/data.mdb", dir);
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	while (run < 1000 && (got = getc(file)) != EOF)
		run = got == c ? run + 1 : 0;
	assert_int_equal(run, 1000);
	fseek(file, 0, SEEK_CUR);
	putc(c + 1, file);
	fclose(file);
}

/* A learner that cannot read the state does not write one over it that would pass for whole. */
static void a_damaged_state_is_not_saved_again(void **state)
{
	struct fixture *fixture = *state;
	const char *dir = fixture->dir;
	const struct digest one = {{1}};
	struct features *f = calloc(1, sizeof(*f));
	char *old = malloc(model_state_bytes());
	struct learner *l;
	struct store *s;
	struct err err;

	memset(old, 7, model_state_bytes());
	assert_int_equal(store_open(dir, true, &s, &err), 0);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_save(s, old, model_state_bytes(), &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_close(s);
	damage(dir, 7);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(learner_open(dir, NULL, &l, &err), 0);
		assert_int_equal(learner_learn(l, &one, f, true, TEACHER_PERSON, &err), -EBADMSG);
		assert_int_equal(learner_commit(l, &err), 0);
		learner_close(l);
	}
	free(old);
	free(f);
}

/* A judge made of the model's bytes is of one mind with one that reads the store; and what another
 * learner committed is taken over. */
static void a_model_travels_as_bytes(void **state)
{
	struct fixture *f = *state;
	struct learner *l, *other;
	struct judge *j;
	struct verdict *v;
	uint64_t ham, spam;
	char raw[2048];

	assert_int_equal(learner_open(f->dir, NULL, &l, &f->err), 0);
	assert_int_equal(learner_catch_up(l, &f->err), 0);
	for (unsigned i = 0; i < 40; i++)
		learn(f, l, i, i & 1, i & 1);
	assert_int_equal(learner_catch_up(l, &f->err), 0); /* not while something is under way */
	assert_int_equal(learner_commit(l, &f->err), 0);
	assert_int_equal(learner_catch_up(l, &f->err), 0);
	const struct judge_options o = {.ham_loss = 0.001};
	struct span model = learner_model(l);
	struct judge *bare;

	assert_int_equal(judge_open(&o, &bare, &f->err), 0);
	assert_int_equal(judge_renew(bare, model, &j, &f->err), 0);
	judge_learned(j, &ham, &spam);
	assert_int_equal(ham, 20);
	assert_int_equal(spam, 20);
	assert_int_equal(judge_message(j, f->bench, mail_write(raw, sizeof(raw), true, 99), &v), 0);
	enum action action = v->action;

	judge_close(j);
	model.n--;
	assert_int_equal(judge_renew(bare, model, &j, &f->err), -EBADMSG);
	learner_close(l);
	assert_int_equal(action, judged(f, 99, true));

	/* Two processes, as one may not open a store twice: this one comes back to what the other
	 * did, here by opening in turn. */
	assert_int_equal(learner_open(f->dir, NULL, &other, &f->err), 0);
	assert_int_equal(learner_catch_up(other, &f->err), 1);
	assert_int_equal(learner_catch_up(other, &f->err), 0);
	assert_int_equal(judge_renew(bare, learner_model(other), &j, &f->err), 0);
	judge_close(bare);
	judge_learned(j, &ham, &spam);
	assert_int_equal(ham + spam, 40);
	judge_close(j);
	learner_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_model_travels_as_bytes, make, drop),
		cmocka_unit_test_setup_teardown(learning_twice_counts_once, make, drop),
		cmocka_unit_test_setup_teardown(what_is_committed_judges, make, drop),
		cmocka_unit_test_setup_teardown(
			a_learner_that_ends_without_commit_learned_nothing, make, drop),
		cmocka_unit_test_setup_teardown(
			another_versions_labels_are_forgotten, make, drop),
		cmocka_unit_test_setup_teardown(a_damaged_state_is_not_saved_again, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
