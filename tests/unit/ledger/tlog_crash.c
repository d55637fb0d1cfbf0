/*
 * A log whose writer is stopped after every byte and every call, and one whose disk fails at every
 * call in every way: what was acknowledged is there, what was not is there whole or not at all, and
 * no tree that was ever shown is contradicted.
 */
#include "disk.h"

#include <unistd.h>

#include "ledger/tlog.h"

static char folder[64];

/* What a run has seen acknowledged. */
struct seen {
	uint64_t acknowledged, tried;
	struct tlog_tree tree[32];
	unsigned trees;
	int error; /* the last one */
};

static int append(struct tlog *t, struct seen *s, uint64_t count, struct err *err)
{
	struct buf b = {0}, all = {0};
	struct span *entry = calloc(count, sizeof(*entry));
	size_t at = 0;
	uint64_t first = 0, from = tlog_tree(t).size;

	for (uint64_t i = 0; i < count; i++) {
		buf_clear(&b);
		buf_printf(&b, "%llu", (unsigned long long)(from + i));
		entry[i].n = b.n;
		buf_add(&all, buf_span(&b));
	}
	for (uint64_t i = 0; i < count; at += entry[i++].n)
		entry[i].p = all.p + at;
	int rc = tlog_append(t, entry, count, &first, err);

	if (rc == 0) {
		assert_int_equal(first, from);
		s->tree[s->trees++] = tlog_tree(t);
		s->acknowledged = from + count;
	} else {
		assert_int_equal(tlog_tree(t).size, from);
		s->error = rc;
	}
	if (from + count > s->tried)
		s->tried = from + count;
	free(entry);
	buf_done(&b);
	buf_done(&all);
	return rc;
}

/* Opens, appends batches[] up to a 0, closes; so for every line of it. */
static void run(const uint64_t batches[][6], unsigned sessions, struct seen *s)
{
	for (unsigned i = 0; i < sessions; i++) {
		struct tlog *t = NULL;
		struct err err = {""};
		int rc = tlog_open(folder, TLOG_WRITE, "log", &t, &err);

		if (rc < 0) {
			assert_true(err.text[0] != '\0');
			s->error = rc;
			continue;
		}
		for (unsigned k = 0; batches[i][k]; k++)
			append(t, s, batches[i][k], &err);
		tlog_close(t);
	}
}

static int check_entry(void *context, uint64_t index, struct span entry, struct err *err)
{
	char want[24];

	(void)context;
	(void)err;
	snprintf(want, sizeof(want), "%llu", (unsigned long long)index);
	assert_true(span_eq(entry, span_cstr(want)));
	return 0;
}

static void tell(void *context, const char *fault)
{
	print_error("%s: %s\n", (const char *)context, fault);
}

/* All that was acknowledged is there, as it was, and nothing contradicts what was shown. */
static void check(const char *what, enum tlog_mode mode, const struct seen *s)
{
	struct tlog_verify_options options = {.tell = tell, .context = (void *)what};
	struct tlog_report report;
	struct tlog *t = NULL;
	struct err err = {""};
	uint8_t root[32];
	int rc = tlog_open(folder, mode, "log", &t, &err);

	if (mode == TLOG_READ && s->acknowledged == 0 && rc == -ENOENT)
		return;
	if (rc < 0)
		print_error("%s: %s\n", what, err.text);
	assert_int_equal(rc, 0);
	assert_true(tlog_tree(t).size >= s->acknowledged && tlog_tree(t).size <= s->tried);
	for (unsigned i = 0; i < s->trees; i++) {
		assert_int_equal(tlog_root_at(t, s->tree[i].size, root, &err), 0);
		assert_memory_equal(root, s->tree[i].root, 32);
	}
	assert_int_equal(tlog_walk(t, 0, tlog_tree(t).size, check_entry, NULL, &err), 0);
	assert_int_equal(tlog_verify(t, &options, &report, &err), 0);
	tlog_close(t);
}

/* Stops after every `step` points of a run, and sees what is left. */
static void stopped(const uint64_t batches[][6], unsigned sessions, unsigned step)
{
	uint64_t end = 0;

	for (uint64_t at = 0;; at += step) {
		struct seen s = {0};
		char what[64];

		folder_make(folder);
		disk_good();
		disk.stop_at = at;
		run(batches, sessions, &s);
		end = disk.dead ? 0 : disk.points;
		disk_good();
		snprintf(what, sizeof(what), "stopped at %llu", (unsigned long long)at);
		check(what, TLOG_READ, &s);
		check(what, TLOG_WRITE, &s);
		folder_remove(folder);
		if (end)
			break;
	}
	assert_true(end > 1000);
}

/* DISK_STEP=1 stops at every point and takes a minute; the usual step is told by the caller. */
static unsigned step_of(unsigned usual)
{
	const char *step = getenv("DISK_STEP");

	return step ? (unsigned)atoi(step) : usual;
}

static void any_byte(void **state)
{
	static const uint64_t batches[][6] = {{1, 2}, {3}, {1}};

	(void)state;
	stopped(batches, 3, step_of(13));
}

/* With a tile and a bundle that become full. */
static void any_tile(void **state)
{
	static const uint64_t batches[][6] = {{250, 4, 1, 1, 3}, {253, 1}};

	(void)state;
	stopped(batches, 2, step_of(301));
}

/* One call fails with an error; `on`: those behind it too, until there is room again. */
static void failing(int error, bool on, bool half)
{
	static const uint64_t batches[][6] = {{2, 253, 1, 4}, {1, 300}};
	bool any = true;

	for (unsigned at = 1; any; at++) {
		struct seen s = {0};
		char what[80];

		snprintf(what, sizeof(what), "%s at call %u%s%s", strerror(error), at,
			on ? " and on" : "", half ? ", half written" : "");
		folder_make(folder);
		disk_good();
		disk.fail_at = at;
		disk.error = error;
		disk.on = on;
		disk.half = half;
		run(batches, 2, &s);
		any = disk.failed;
		disk_good();
		assert_true(any || s.error == 0);
		assert_true(any || s.acknowledged == s.tried);
		check(what, TLOG_READ, &s);
		check(what, TLOG_WRITE, &s);
		run(batches, 2, &s);
		check(what, TLOG_READ, &s);
		folder_remove(folder);
	}
}

static void errors(void **state)
{
	static const int error[] = {ENOSPC, EIO};

	(void)state;
	if (!getenv("DISK_STEP")) {
		failing(ENOSPC, true, true);
		failing(EIO, false, false);
		return;
	}
	for (size_t i = 0; i < sizeof(error) / sizeof(*error); i++) {
		failing(error[i], false, false);
		failing(error[i], true, false);
		failing(error[i], true, true);
	}
	failing(EINTR, false, true);
	failing(EFBIG, true, true);
	failing(EDQUOT, true, false);
}

/* A full disk leaves nothing of the batch, and the log goes on once there is room. */
static void full_disk(void **state)
{
	struct seen s = {0};
	struct tlog *t = NULL;
	struct err err = {""};

	(void)state;
	for (unsigned at = 1, done = 0; !done; at++) {
		folder_make(folder);
		disk_good();
		s = (struct seen){0};
		assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
		assert_int_equal(append(t, &s, 200, &err), 0);
		disk_good();
		disk.fail_at = at;
		disk.error = ENOSPC;
		disk.on = true;
		done = append(t, &s, 100, &err) == 0;
		disk_good();
		assert_int_equal(tlog_tree(t).size, done ? 300 : 200);
		check("disk full, told", TLOG_READ, &s);
		assert_int_equal(append(t, &s, 77, &err), 0);
		assert_int_equal(tlog_tree(t).size, done ? 377 : 277);
		s.tried = tlog_tree(t).size;
		check("room again", TLOG_READ, &s);
		tlog_close(t);
		check("closed", TLOG_WRITE, &s);
		folder_remove(folder);
	}
}

/* After a failed sync nothing is taken until the log is opened again. */
static void poisoned(void **state)
{
	struct seen s = {0};
	struct tlog *t = NULL;
	struct err err = {""};

	(void)state;
	folder_make(folder);
	disk_good();
	assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
	assert_int_equal(append(t, &s, 3, &err), 0);
	disk_good();
	disk.fail_at = 2; /* the write, then its sync */
	disk.error = EIO;
	assert_int_equal(append(t, &s, 3, &err), -EIO);
	disk_good();
	assert_int_equal(append(t, &s, 3, &err), -EIO);
	assert_non_null(strstr(err.text, "opened again"));
	tlog_close(t);
	check("after a failed sync", TLOG_WRITE, &s);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_byte),
		cmocka_unit_test(any_tile),
		cmocka_unit_test(errors),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(poisoned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
