/* A ledger whose parts fail, one at a time; and short memory. */
#include "make.h"

#include "short_memory.h"

#include <errno.h>

char *__wrap_strdup(const char *s);

char *__wrap_strdup(const char *s)
{
	char *copy = __wrap_malloc(strlen(s) + 1);

	return copy ? strcpy(copy, s) : NULL;
}

/* The next call fails with that, once. When append_unsure is set the batch is in the log although
 * the append failed, as when only its sync is in doubt. */
static int fail_append, fail_vault;
static bool append_unsure;

int __real_tlog_append(
	struct tlog *t, const struct span *entries, size_t n, uint64_t *ret_first, struct err *err);
int __wrap_tlog_append(
	struct tlog *t, const struct span *entries, size_t n, uint64_t *ret_first, struct err *err);
int __real_vault_sync(struct vault *v, struct err *err);
int __wrap_vault_sync(struct vault *v, struct err *err);

static int once_failing(int *code, struct err *err)
{
	int rc = *code;

	*code = 0;
	return rc ? err_sys(err, rc, "a part") : 0;
}

int __wrap_tlog_append(
	struct tlog *t, const struct span *entries, size_t n, uint64_t *ret_first, struct err *err)
{
	if (append_unsure)
		__real_tlog_append(t, entries, n, ret_first, err);
	int rc = once_failing(&fail_append, err);

	return rc ? rc : __real_tlog_append(t, entries, n, ret_first, err);
}

bool __real_tlog_has_failed(const struct tlog *t);
bool __wrap_tlog_has_failed(const struct tlog *t);

bool __wrap_tlog_has_failed(const struct tlog *t)
{
	return append_unsure || __real_tlog_has_failed(t);
}

int __wrap_vault_sync(struct vault *v, struct err *err)
{
	int rc = once_failing(&fail_vault, err);

	return rc ? rc : __real_vault_sync(v, err);
}

static int make(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	folder_make(m->folder);
	m->now = MAKE_NOON;
	m->keep_raw_days = 30;
	fail_append = fail_vault = 0;
	append_unsure = false;
	*state = m;
	return 0;
}

static int drop(void **state)
{
	struct made *m = *state;

	ledger_close(m->l);
	folder_remove(m->folder);
	free(m);
	return 0;
}

/* Nothing of a batch that fails is there, and the next one, with the same in it, is. */
static void a_batch_that_fails_is_dropped_whole(void **state)
{
	struct made *m = *state;

	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	for (int i = 0; i < 4; i++) {
		int *fails = i % 2 ? &fail_vault : &fail_append;
		unsigned from = 10 + (unsigned)i * 5;

		made_fill(m, from, from + 5);
		*fails = i < 2 ? -ENOSPC : -EIO;
		assert_int_equal(ledger_commit(m->l, &m->err), i < 2 ? -ENOSPC : -EIO);
		assert_int_equal(tlog_tree(ledger_log(m->l)).size, from);
		assert_int_equal(ledger_commit(m->l, &m->err), 0);
		assert_int_equal(tlog_tree(ledger_log(m->l)).size, from);
		assert_int_equal(made_fill(m, from, from + 5), 5);
		made_commit(m);
	}
	made_reopen(m, true);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 30);
	assert_int_equal(made_fill(m, 0, 30), 0);
	struct buf raw = {0};
	uint8_t salt[32];

	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(ledger_raw(m->l, i, salt, &raw, &m->err), 0);
	buf_done(&raw);
}

/* After a failed sync nobody knows whether the batch is in the log; if it is, its raw evidence is
 * there too. */
static void a_batch_in_doubt_keeps_its_raw_evidence(void **state)
{
	struct made *m = *state;
	struct buf raw = {0};
	uint8_t salt[32];

	made_open(m, true);
	made_fill(m, 0, 5);
	append_unsure = true;
	fail_append = -EIO;
	assert_int_equal(ledger_commit(m->l, &m->err), -EIO);
	append_unsure = false;
	made_reopen(m, true);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(ledger_raw(m->l, i, salt, &raw, &m->err), 0);
	assert_int_equal(made_fill(m, 0, 5), 0);
	buf_done(&raw);
}

/* What is in the log is acknowledged though the index failed, and nothing more is taken, since what
 * comes again would not be known. */
static void an_index_that_fails_is_told_and_catches_up(void **state)
{
	struct made *m = *state;
	bool new;

	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	assert_int_equal(
		sqlite3_exec(ledger_db(m->l), "PRAGMA query_only=ON", NULL, NULL, NULL), SQLITE_OK);
	made_fill(m, 10, 15);
	assert_int_equal(ledger_commit(m->l, &m->err), 0);
	assert_non_null(strstr(m->told, "the log has the records, the index could not take them"));
	assert_int_equal(made_add(m, 15, &new), -EIO);
	assert_non_null(strstr(m->err.text, "open the ledger again"));
	made_reopen(m, true);
	assert_non_null(strstr(m->told, "5 records behind"));
	assert_int_equal(made_fill(m, 0, 16), 1);
}

static struct made *shared;

/* A ledger's whole life. What failed for want of memory can be done again. */
static int live(struct span raw)
{
	struct made *m = shared;
	struct buf text = {0};
	bool new;
	(void)raw;
	int rc = made_try(m, true);

	for (unsigned i = 0; i < 3 && rc == 0; i++)
		rc = made_add(m, i, &new);
	if (rc == 0)
		rc = ledger_commit(m->l, &m->err);
	/* The index alone may have failed: then adding, and erasing, is refused. */
	bool behind = rc == 0 && strstr(m->told, "could not take them");

	if (rc == 0 && !behind)
		rc = ledger_reindex(m->l, NULL, NULL, &m->err);
	if (rc == 0 && !behind) {
		uint8_t salt[32];

		rc = ledger_raw(m->l, 1, salt, &text, &m->err);
	}
	ledger_close(m->l);
	m->l = NULL;
	buf_done(&text);
	return rc;
}

static void short_memory_is_told(void **state)
{
	for (int on = 0; on < 2; on++) {
		make((void **)&shared);
		*state = shared;
		assert_true(fail_each(live, SPAN(""), on) > 10);
		made_open(shared, true);
		assert_int_equal(tlog_tree(ledger_log(shared->l)).size, 3);
		assert_int_equal(made_fill(shared, 0, 3), 0);
		drop((void **)&shared);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_batch_that_fails_is_dropped_whole, make, drop),
		cmocka_unit_test_setup_teardown(
			a_batch_in_doubt_keeps_its_raw_evidence, make, drop),
		cmocka_unit_test_setup_teardown(
			an_index_that_fails_is_told_and_catches_up, make, drop),
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests_name("ledger_faults", tests, NULL, NULL);
}
