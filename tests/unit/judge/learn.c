#include "test.h"

#include "judge/learn.h"

#include <errno.h>
#include <unistd.h>

static void remove_state(const char *dir)
{
	static const char *const names[] = {"data.mdb", "lock.mdb", ""};
	char file[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(file, sizeof(file), "%s/learned/%s", dir, names[i]);
		assert_int_equal(remove(file), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* What an older version had learned is learned again, not taken for known. */
static void another_versions_labels_are_forgotten(void **state)
{
	(void)state;
	char dir[] = "/tmp/cordon-learn-XXXXXX";
	const struct digest one = {{1}};
	const char old[] = "a state of another size";
	struct features *f = calloc(1, sizeof(*f));
	struct learner *l;
	struct store *s;
	struct err err;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(store_open(dir, true, &s, &err), 0);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_set_label(s, &one, LABEL_SPAM, &err), 0);
	assert_int_equal(store_save(s, old, sizeof(old), &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_close(s);

	assert_int_equal(learner_open(dir, NULL, &l, &err), 0);
	assert_int_equal(learner_learn(l, &one, f, true, &err), LEARNED_NEW);
	assert_int_equal(learner_learn(l, &one, f, true, &err), LEARNED_AGAIN);
	assert_int_equal(learner_commit(l, &err), 0);
	assert_int_equal(learner_learn(l, &one, f, false, &err), LEARNED_MENDED);
	learner_close(l);
	free(f);
	remove_state(dir);
}

/* Changes one byte of a run of c on the disk. */
static void damage(const char *dir, int c)
{
	char path[64];
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
	(void)state;
	char dir[] = "/tmp/cordon-learn-XXXXXX";
	const struct digest one = {{1}};
	struct features *f = calloc(1, sizeof(*f));
	char *old = malloc(model_state_bytes());
	struct learner *l;
	struct store *s;
	struct err err;

	assert_non_null(mkdtemp(dir));
	memset(old, 7, model_state_bytes());
	assert_int_equal(store_open(dir, true, &s, &err), 0);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_save(s, old, model_state_bytes(), &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	store_close(s);
	damage(dir, 7);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(learner_open(dir, NULL, &l, &err), 0);
		assert_int_equal(learner_learn(l, &one, f, true, &err), -EBADMSG);
		assert_int_equal(learner_commit(l, &err), 0);
		learner_close(l);
	}
	free(old);
	free(f);
	remove_state(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_versions_labels_are_forgotten),
		cmocka_unit_test(a_damaged_state_is_not_saved_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
