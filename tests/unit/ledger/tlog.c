/* The log in a folder: what goes in comes out, proven, after any opening and closing. */
#include "folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/proof.h"
#include "ledger/tlog.h"

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

static struct tlog *open_log(enum tlog_mode mode)
{
	struct tlog *t = NULL;
	struct err err = {""};
	int rc = tlog_open(folder, mode, "example.com/log", &t, &err);

	if (rc < 0)
		print_error("%s\n", err.text);
	assert_int_equal(rc, 0);
	return t;
}

/* Appends entries from .. to - 1 in one batch. */
static void append(struct tlog *t, uint64_t from, uint64_t to)
{
	struct buf b = {0}, all = {0};
	struct span *entry = calloc(to - from, sizeof(*entry));
	size_t at = 0;
	uint64_t first = 0;
	struct err err = {""};

	for (uint64_t i = from; i < to; i++) {
		folder_entry(i, &b);
		entry[i - from].n = b.n;
		buf_add(&all, buf_span(&b));
	}
	for (uint64_t i = 0; i < to - from; at += entry[i++].n)
		entry[i].p = all.p + at;
	if (tlog_append(t, entry, to - from, &first, &err) < 0)
		print_error("%s\n", err.text);
	assert_string_equal(err.text, "");
	assert_int_equal(first, from);
	free(entry);
	buf_done(&b);
	buf_done(&all);
}

static int check_entry(void *context, uint64_t index, struct span entry, struct err *err)
{
	uint64_t *next = context;
	struct buf want = {0};

	(void)err;
	assert_int_equal(index, *next);
	folder_entry(index, &want);
	assert_true(span_eq(entry, buf_span(&want)));
	buf_done(&want);
	(*next)++;
	return 0;
}

/* A letter with its highest bit set is another text, not the same proof. */
static void refuses_other_letters(struct span entry, struct buf *proof, const struct note_key *key)
{
	struct proof_said said;

	for (size_t i = 0; i < proof->n; i += 5) {
		proof->p[i] ^= (char)0x80;
		assert_true(proof_check(entry, buf_span(proof), key, &said, NULL) < 0);
		proof->p[i] ^= (char)0x80;
	}
}

/* Everything that the log holds is as it was put in, with proofs. */
static void check_all(struct tlog *t, uint64_t size, uint64_t step)
{
	struct buf entry = {0}, proof = {0};
	struct proof_said said;
	struct err err = {""};
	uint64_t next = 0;

	assert_int_equal(tlog_tree(t).size, size);
	assert_int_equal(tlog_walk(t, 0, size, check_entry, &next, &err), 0);
	assert_int_equal(next, size);
	for (uint64_t i = 0; i < size; i += step) {
		buf_clear(&entry);
		buf_clear(&proof);
		assert_int_equal(tlog_entry(t, i, &entry, &err), 0);
		next = i;
		check_entry(&next, i, buf_span(&entry), &err);
		assert_int_equal(tlog_prove(t, i, &proof, &err), 0);
		assert_int_equal(
			proof_check(buf_span(&entry), buf_span(&proof), tlog_key(t), &said, &err),
			0);
		assert_int_equal(said.index, i);
		assert_int_equal(said.tree.size, size);
		refuses_other_letters(buf_span(&entry), &proof, tlog_key(t));
	}
	buf_done(&entry);
	buf_done(&proof);
}

static void grows(void **state)
{
	static const uint64_t stop[] = {0, 1, 2, 3, 255, 256, 257, 511, 512, 600, 3000, 66000};
	struct tlog *reader = NULL;
	struct tlog_tree before[sizeof(stop) / sizeof(*stop)];
	struct buf hashes = {0};
	struct err err;
	uint64_t size = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(stop) / sizeof(*stop); i++) {
		struct tlog *t = open_log(TLOG_WRITE);

		check_all(t, size, 1 + size / 50);
		if (stop[i] > size)
			append(t, size, stop[i]);
		size = stop[i];
		check_all(t, size, 1 + size / 50);
		before[i] = tlog_tree(t);
		if (!reader)
			reader = open_log(TLOG_READ);
		assert_int_equal(tlog_refresh(reader, &err), 0);
		check_all(reader, size, 1 + size / 50);
		for (size_t k = 0; k <= i; k++) {
			struct tlog_tree now = tlog_tree(reader);
			uint8_t root[32];

			buf_clear(&hashes);
			assert_int_equal(
				tlog_consistency(reader, before[k].size, &hashes, &err), 0);
			assert_int_equal(
				proof_check_consistency(&before[k], &now, buf_span(&hashes), &err),
				0);
			assert_int_equal(tlog_root_at(reader, before[k].size, root, &err), 0);
			assert_memory_equal(root, before[k].root, 32);
		}
		tlog_close(t);
	}
	tlog_close(reader);
	buf_done(&hashes);
}

/* As if killed: the journal is not folded, and the next writer plays it again. */
static void unfinished(void **state)
{
	(void)state;
	uint64_t size = 0;

	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			struct tlog *t = open_log(TLOG_WRITE);

			append(t, size, size + 17);
			append(t, size + 17, size + 40);
			_exit(0);
		}
		int status;

		waitpid(pid, &status, 0);
		assert_int_equal(status, 0);
		size += 40;
		struct tlog *r = open_log(TLOG_READ);

		check_all(r, size, 7);
		tlog_close(r);
	}
	struct tlog *t = open_log(TLOG_WRITE);

	check_all(t, size, 1);
	tlog_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(grows, make, clean),
		cmocka_unit_test_setup_teardown(unfinished, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
