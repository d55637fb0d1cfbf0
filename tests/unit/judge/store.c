#include "test.h"

#include "judge/store.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_BYTES 300000

struct fixture {
	char dir[64];
	struct err err;
	char *bytes;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->bytes = calloc(1, STATE_BYTES);
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	assert_int_equal(system(command), 0);
	free(f->bytes);
	free(f);
	return 0;
}

static struct store *open_store(struct fixture *f, bool write)
{
	struct store *s;

	assert_int_equal(store_open(f->dir, write, &s, &f->err), 0);
	assert_int_equal(store_begin(s, &f->err), 0);
	return s;
}

static void a_reader_of_nothing_is_told(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	assert_int_equal(store_open(f->dir, false, &s, &f->err), -ENOENT);
	assert_non_null(strstr(f->err.text, f->dir));
}

static void what_is_committed_is_read_back(void **state)
{
	struct fixture *f = *state;
	struct digest one = digest_of(SPAN("one")), two = digest_of(SPAN("two"));
	struct store *s = open_store(f, true);

	assert_int_equal(store_load(s, f->bytes, STATE_BYTES, &f->err), 0);
	memset(f->bytes, 7, STATE_BYTES);
	assert_int_equal(store_set_label(s, &one, LABEL_SPAM, &f->err), 0);
	assert_int_equal(store_save(s, f->bytes, STATE_BYTES, &f->err), 0);
	assert_int_equal(store_commit(s, &f->err), 0);
	store_close(s);

	char *again = calloc(1, STATE_BYTES);

	s = open_store(f, false);
	assert_int_equal(store_load(s, again, STATE_BYTES, &f->err), 1);
	assert_memory_equal(again, f->bytes, STATE_BYTES);
	assert_int_equal(store_label(s, &one), LABEL_SPAM);
	assert_int_equal(store_label(s, &two), LABEL_NONE);
	assert_int_equal(store_labels(s), 1);
	assert_int_equal(store_generation(s), 1);
	/* A state of another size is of another version. */
	assert_int_equal(store_load(s, again, STATE_BYTES - 1, &f->err), 0);
	store_close(s);
	free(again);
}

/* Bytes changed on the disk are told, not believed. */
static void a_damaged_state_is_told(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_store(f, true);
	char path[128];

	memset(f->bytes, 7, STATE_BYTES);
	assert_int_equal(store_save(s, f->bytes, STATE_BYTES, &f->err), 0);
	assert_int_equal(store_commit(s, &f->err), 0);
	store_close(s);
	snprintf(path, sizeof(path), "%s/learned/data.mdb", f->dir);
	FILE *file = fopen(path, "r+b");
	int c, run = 0;

	assert_non_null(file);
	while (run < 1000 && (c = getc(file)) != EOF)
		run = c == 7 ? run + 1 : 0;
	assert_int_equal(run, 1000);
	fseek(file, 0, SEEK_CUR);
	putc(8, file);
	fclose(file);
	s = open_store(f, false);
	assert_int_equal(store_load(s, f->bytes, STATE_BYTES, &f->err), -EBADMSG);
	assert_non_null(strstr(f->err.text, f->dir));
	assert_non_null(strstr(f->err.text, "put it aside and learn again"));
	store_close(s);
}

static void an_abort_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct digest one = digest_of(SPAN("one"));
	struct store *s = open_store(f, true);

	assert_int_equal(store_set_label(s, &one, LABEL_HAM, &f->err), 0);
	store_abort(s);
	assert_int_equal(store_begin(s, &f->err), 0);
	assert_int_equal(store_label(s, &one), LABEL_NONE);
	store_close(s);
}

/* A reader, begun before a commit, keeps its view and is not held up by the writer. */
static void a_reader_is_never_blocked(void **state)
{
	struct fixture *f = *state;
	struct digest one = digest_of(SPAN("one"));
	struct store *w = open_store(f, true);

	assert_int_equal(store_set_label(w, &one, LABEL_HAM, &f->err), 0);
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct store *r;
		struct err err;
		bool good = store_open(f->dir, false, &r, &err) == 0 && store_begin(r, &err) == 0 &&
			    store_label(r, &one) == LABEL_NONE;

		_exit(good ? 0 : 1);
	}
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(store_commit(w, &f->err), 0);
	store_close(w);
}

/* Only pages that changed are written: the file does not grow with every save of the same. */
static void saving_the_same_writes_little(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (int i = 0; i < 50; i++) {
		struct store *s = open_store(f, true);

		f->bytes[0] = (char)i;
		assert_int_equal(store_save(s, f->bytes, STATE_BYTES, &f->err), 0);
		assert_int_equal(store_commit(s, &f->err), 0);
		store_close(s);
	}
	snprintf(path, sizeof(path), "%s/learned/data.mdb", f->dir);
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	assert_true(ftell(file) < 4 * STATE_BYTES);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_of_nothing_is_told, make, drop),
		cmocka_unit_test_setup_teardown(what_is_committed_is_read_back, make, drop),
		cmocka_unit_test_setup_teardown(a_damaged_state_is_told, make, drop),
		cmocka_unit_test_setup_teardown(an_abort_leaves_nothing, make, drop),
		cmocka_unit_test_setup_teardown(a_reader_is_never_blocked, make, drop),
		cmocka_unit_test_setup_teardown(saving_the_same_writes_little, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
