/* The index in a ledger's life: that it is renewed, what waits in it, what the rank reads of it. */
#include "make.h"

#include "ledger/index_seen.h"

#include <errno.h>

static int make(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	folder_make(m->folder);
	m->now = MAKE_NOON;
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

/* Whatever an index of another version holds: a reader is told, a writer makes it anew. */
static void an_index_of_another_version_is_made_anew(void **state)
{
	struct made *m = *state;

	made_open(m, true);
	made_fill(m, 0, 30);
	made_commit(m);
	assert_int_equal(sqlite3_exec(ledger_db(m->l),
				 "UPDATE meta SET value=1 WHERE key='version'; DROP TABLE run;"
				 "DELETE FROM sighting",
				 NULL, NULL, NULL),
		SQLITE_OK);
	ledger_close(m->l);
	assert_int_equal(made_try(m, false), -ESTALE);
	assert_non_null(strstr(m->err.text, "cordon ledger reindex"));
	made_open(m, true);
	assert_non_null(strstr(m->told, "made again from the log"));
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), 30);
	assert_int_equal(made_fill(m, 0, 31), 1);
	made_reopen(m, false);
	assert_string_equal(m->told, "");
}

/* What the rank reads is what the rows say, however it came in; and what is not is told. */
static void what_was_seen_is_what_the_rows_say(void **state)
{
	static const char *const spoil[] = {
		"UPDATE sighting SET at=at+86400 WHERE seq=3000",
		"UPDATE sighting SET confidence=100 WHERE confidence=99",
		"DELETE FROM sighting WHERE seq=7",
		"DELETE FROM run_part WHERE id=(SELECT max(id) FROM run_part)",
	};
	struct made *m = *state;

	m->keep_raw_days = 0;
	made_open(m, true);
	for (unsigned i = 0, n = 1; i < 4000; i += n, n = n * 5 % 997 + 1) {
		made_fill(m, i, i + n);
		made_commit(m);
		m->now += 7200;
	}
	assert_int_equal(seen_check(ledger_db(m->l), &m->err), 0);
	assert_true(made_ask(m, "SELECT count(*) FROM run WHERE of>=16") < 10);
	assert_int_equal(ledger_reindex(m->l, NULL, NULL, &m->err), 0);
	assert_int_equal(seen_check(ledger_db(m->l), &m->err), 0);
	assert_int_equal(made_fill(m, 0, 4000), 0);
	for (size_t i = 0; i < sizeof(spoil) / sizeof(*spoil); i++) {
		sqlite3 *db = ledger_db(m->l);

		assert_int_equal(sqlite3_exec(db, "SAVEPOINT s", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, spoil[i], NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(seen_check(db, &m->err), -EBADMSG);
		assert_int_equal(sqlite3_exec(db, "ROLLBACK TO s", NULL, NULL, NULL), SQLITE_OK);
	}
}

/* What others see of the index, which is another connection; in the log it all is already. */
static long long seen_by_others(const struct made *m)
{
	struct made other = *m;
	long long n;

	other.l = NULL;
	assert_int_equal(made_try(&other, false), 0);
	n = made_ask(&other, "SELECT count(*) FROM sighting");
	ledger_close(other.l);
	return n;
}

/* Batches that fill up go into the log, and the index shows them to others a little later; what is
 * committed by name, or closed, is there for all. */
static void the_index_lags_while_much_comes_in(void **state)
{
	struct made *m = *state;
	unsigned n = 2 * LEDGER_BATCH + 100;

	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	made_fill(m, 10, n);
	assert_true(tlog_tree(ledger_log(m->l)).size > 10);
	assert_int_equal(seen_by_others(m), 10);
	assert_int_equal(made_fill(m, 0, n), 0);
	made_commit(m);
	assert_int_equal(seen_by_others(m), n);
	made_fill(m, n, n + LEDGER_BATCH + 100);
	assert_int_equal(seen_by_others(m), n);
	uint64_t logged = tlog_tree(ledger_log(m->l)).size;

	made_reopen(m, false); /* what was not in the log yet is dropped */
	assert_string_equal(m->told, "");
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), logged);
	made_reopen(m, true);
	assert_int_equal(made_fill(m, 0, (unsigned)logged + 5), 5);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		T(an_index_of_another_version_is_made_anew),
		T(what_was_seen_is_what_the_rows_say),
		T(the_index_lags_while_much_comes_in),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
