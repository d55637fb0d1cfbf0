/* Processes beside each other: writers that are killed, two writers, readers beside a writer. */
#include "folder.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/random.h"
#include "ledger/tlog.h"

#define KILLS 60 /* of a short run; the variable of that name tells another number */

static char folder[64];

static int make(void **state)
{
	(void)state;
	folder_make(folder);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

/* Appends batches of 1 to 40 entries for ever and writes the tree after each into a pipe. */
static void write_on(int pipe, unsigned seed)
{
	struct buf all = {0}, b = {0};
	struct span entry[40];
	struct random r;
	struct tlog *t;
	struct err err;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* when the test fails, too */
	random_seed(&r, seed);
	if (tlog_open(folder, TLOG_WRITE, "log", &t, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	for (;;) {
		size_t n = 1 + random_below(&r, 40), at = 0;

		buf_clear(&all);
		for (size_t i = 0; i < n; i++) {
			folder_entry(tlog_tree(t).size + i, &b);
			entry[i].n = b.n;
			buf_add(&all, buf_span(&b));
		}
		for (size_t i = 0; i < n; at += entry[i++].n)
			entry[i].p = all.p + at;
		if (tlog_append(t, entry, n, NULL, &err) < 0)
			_exit(2);
		struct tlog_tree tree = tlog_tree(t);

		if (write(pipe, &tree, sizeof(tree)) != sizeof(tree))
			_exit(0);
	}
}

static int check_entry(void *context, uint64_t index, struct span entry, struct err *err)
{
	struct buf want = {0};

	(void)context;
	(void)err;
	folder_entry(index, &want);
	assert_true(span_eq(entry, buf_span(&want)));
	buf_done(&want);
	return 0;
}

/* Kills writers at random moments: what each has reported is there, and no tree contradicts one
 * that was there before. */
static void killed(void **state)
{
	struct tlog_tree last = {0}, tree;
	const char *wanted = getenv("KILLS");
	struct random r;
	unsigned with_work = 0;

	(void)state;
	random_seed(&r, 4);
	for (unsigned i = 0; i < (wanted ? (unsigned)atoi(wanted) : KILLS); i++) {
		int end[2];
		struct tlog *t;
		struct err err = {""};
		uint8_t root[32];

		assert_int_equal(pipe(end), 0);
		pid_t pid = fork();

		if (pid == 0)
			write_on(end[1], i);
		close(end[1]);
		usleep((useconds_t)random_below(&r, 6000));
		kill(pid, SIGKILL);
		int status;

		waitpid(pid, &status, 0);
		assert_true(WIFSIGNALED(status));
		struct tlog_tree before = last;

		while (read(end[0], &tree, sizeof(tree)) == sizeof(tree))
			last = tree;
		close(end[0]);
		with_work += last.size > before.size;
		if (last.size == 0)
			continue;
		assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &t, &err), 0);
		assert_true(tlog_tree(t).size >= last.size);
		assert_int_equal(tlog_root_at(t, last.size, root, &err), 0);
		assert_memory_equal(root, last.root, 32);
		assert_int_equal(tlog_root_at(t, before.size, root, &err), 0);
		if (before.size)
			assert_memory_equal(root, before.root, 32);
		assert_int_equal(
			tlog_walk(t, before.size, tlog_tree(t).size, check_entry, NULL, &err), 0);
		last = tlog_tree(t);
		tlog_close(t);
	}
	assert_true(with_work > 0);

	struct tlog_report report;
	struct tlog *t;
	struct err err = {""};

	assert_int_equal(tlog_open(folder, TLOG_WRITE, NULL, &t, &err), 0);
	assert_int_equal(tlog_walk(t, 0, tlog_tree(t).size, check_entry, NULL, &err), 0);
	assert_int_equal(tlog_verify(t, NULL, &report, &err), 0);
	tlog_close(t);
}

static void two_writers(void **state)
{
	struct tlog *t, *second = NULL;
	struct err err = {""};
	char pid[32];

	(void)state;
	assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &second, &err), -EBUSY);
	assert_null(second);
	snprintf(pid, sizeof(pid), "process %d", (int)getpid());
	assert_non_null(strstr(err.text, pid));
	tlog_close(t);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
	tlog_close(t);
}

/* A reader that follows a writer sees whole trees only, and each continues the last. */
static void reader_beside(void **state)
{
	struct tlog *t = NULL, *other;
	struct err err = {""};
	int end[2];
	uint64_t seen = 0;
	unsigned steps = 0;
	struct tlog_tree tree;

	(void)state;
	assert_int_equal(pipe(end), 0);
	pid_t pid = fork();

	if (pid == 0)
		write_on(end[1], 1);
	close(end[1]);
	for (unsigned i = 0; i < 400; i++) {
		assert_int_equal(read(end[0], &tree, sizeof(tree)), sizeof(tree));
		int rc = t ? tlog_refresh(t, &err) : tlog_open(folder, TLOG_READ, NULL, &t, &err);

		if (rc < 0)
			print_error("%s\n", err.text);
		assert_int_equal(rc, 0);
		assert_true(tlog_tree(t).size >= tree.size);
		steps += tlog_tree(t).size > seen;
		rc = tlog_walk(t, seen, tlog_tree(t).size, check_entry, NULL, &err);
		if (rc < 0)
			print_error("%s\n", err.text);
		assert_int_equal(rc, 0);
		seen = tlog_tree(t).size;
		if (i % 50 == 0) {
			struct tlog_report report;

			assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &other, &err), 0);
			rc = tlog_verify(other, NULL, &report, &err);
			if (rc < 0)
				print_error("%s\n", err.text);
			assert_int_equal(rc, 0);
			tlog_close(other);
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(end[0]);
	assert_true(steps > 20);
	tlog_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed, make, clean),
		cmocka_unit_test_setup_teardown(two_writers, make, clean),
		cmocka_unit_test_setup_teardown(reader_beside, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
