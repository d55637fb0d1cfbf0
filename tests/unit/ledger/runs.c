/* Sorted runs: all that went in is found and comes out in order, however it came; damage is told.
 */
#include "test.h"

#include "base/random.h"
#include "ledger/index.h"
#include "ledger/runs.h"

#include <errno.h>
#include <stdlib.h>

#define OF 5

static sqlite3 *db;

static void sql(const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

static int make(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sql(index_schema);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sqlite3_close(db);
	return 0;
}

static int64_t ask(const char *text)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);

	sqlite3_finalize(s);
	return n;
}

/* What a look-up has given: how often, and the sum. */
struct found {
	uint64_t n, sum, stop_at;
};

static int take(void *context, uint64_t number)
{
	struct found *f = context;

	f->n++;
	f->sum += number;
	return f->n == f->stop_at;
}

static uint64_t key_of(uint64_t i, uint64_t keys)
{
	return (i % keys + 1) * 0x9e3779b97f4a7c15u;
}

/* Puts n entries in by batches of up to `most`; entry i has key i % keys. */
static void fill(struct runs *r, uint64_t n, uint64_t keys, uint64_t most, struct random *random)
{
	uint64_t *entry = calloc(most + 1, 16);
	struct err err;

	for (uint64_t i = 0; i < n;) {
		uint64_t batch = 1 + random_below(random, (uint32_t)most), k = 0;

		for (; k < batch && i < n; k++, i++) {
			entry[2 * k] = key_of(i, keys);
			entry[2 * k + 1] = i;
		}
		assert_int_equal(runs_put(r, entry, k, &err), 0);
	}
	free(entry);
}

static void look(struct runs *r, uint64_t n, uint64_t keys)
{
	struct err err;

	for (uint64_t k = 0; k < 2 * keys; k++) {
		struct found f = {0};
		uint64_t times = k < keys ? n / keys + (k < n % keys) : 0;
		uint64_t key = k < keys ? key_of(k, keys) : key_of(k - keys, keys) + 1;

		assert_int_equal(runs_find(r, key, take, &f, &err), 0);
		assert_int_equal(f.n, times);
		assert_int_equal(f.sum, times * k + (times ? keys * (times * (times - 1) / 2) : 0));
	}
}

static void walk_all(uint64_t n, uint64_t from, uint64_t to)
{
	uint64_t e[RUNS_WORDS], last = 0, count = 0;
	struct runs_walk w;
	struct err err;
	int rc;

	assert_int_equal(runs_walk_open(&w, db, 2, OF, OF, from, to, &err), 0);
	while ((rc = runs_walk_next(&w, e, &err)) == 1) {
		assert_true(e[0] >= last && e[0] >= from && e[0] <= to);
		last = e[0];
		count++;
	}
	assert_int_equal(rc, 0);
	if (from == 0 && to == UINT64_MAX)
		assert_int_equal(count, n);
	runs_walk_close(&w);
}

static const struct {
	uint64_t n, keys, most;
	int64_t runs; /* that there may be, at most */
} fills[] = {
	{1, 1, 1, 1},
	{252, 252, 1, 1},
	{2000, 2000, 1, 4},
	{40000, 40000, 900, 9},
	{40000, 7, 5000, 9}, /* a key goes over many parts */
	{120000, 100000, 30000, 9},
};

static void what_goes_in_is_found(void **state)
{
	struct random random;

	for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
		struct runs r, again;

		if (i)
			make(state);
		random_seed(&random, i + 1);
		runs_init(&r, db, OF, 2);
		fill(&r, fills[i].n, fills[i].keys, fills[i].most, &random);
		look(&r, fills[i].n, fills[i].keys);
		runs_init(&again, db, OF, 2);
		look(&again, fills[i].n, fills[i].keys);
		walk_all(fills[i].n, 0, UINT64_MAX);
		walk_all(0, UINT64_MAX / 3, UINT64_MAX / 2);
		assert_true(ask("SELECT count(*) FROM run") <= fills[i].runs);
		assert_int_equal(ask("SELECT sum(n) FROM run"), fills[i].n);
		assert_int_equal(ask("SELECT count(*) FROM run_part WHERE id >> 24 NOT IN"
				     " (SELECT id FROM run)"),
			0);
		assert_int_equal(
			ask("SELECT count(*) FROM run_part WHERE length(entries) > 4032"), 0);
		runs_done(&r);
		runs_done(&again);
		if (i + 1 < sizeof fills / sizeof *fills)
			drop(state);
	}
}

static void a_look_up_stops_when_told(void **state)
{
	struct random random;
	struct runs r;
	struct found f = {.stop_at = 3};
	struct err err;

	(void)state;
	random_seed(&random, 1);
	runs_init(&r, db, OF, 2);
	fill(&r, 1000, 10, 100, &random);
	assert_int_equal(runs_find(&r, key_of(3, 10), take, &f, &err), 1);
	assert_int_equal(f.n, 3);
	runs_done(&r);
}

/* Entries of three words that differ in confidence and count alone are one. */
static void entries_fold(void **state)
{
	const uint64_t sure = 1ull << RUNS_COUNT, most = sure - 1, day = 1ull << RUNS_FOLD;
	uint64_t put[][3] = {{1, 1, day | 9 * sure | 1}, {1, 1, day | 7 * sure | 2},
		{1, 1, 2 * day | sure | 1}, {1, 2, day | sure | most}, {1, 2, day | 2 * sure | 1}};
	const uint64_t want[][3] = {{1, 1, day | 9 * sure | 6}, {1, 1, 2 * day | sure | 2},
		{1, 2, day | sure | most}, {1, 2, day | sure | most}, {1, 2, day | 2 * sure | 2}};
	uint64_t e[RUNS_WORDS];
	struct runs_walk w;
	struct runs r;
	struct err err;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		uint64_t again[5][3];

		memcpy(again, put, sizeof put);
		runs_init(&r, db, OF, 3);
		assert_int_equal(runs_put(&r, again[0], 5, &err), 0);
		runs_done(&r);
	}
	assert_int_equal(runs_walk_open(&w, db, 3, OF, OF, 0, UINT64_MAX, &err), 0);
	for (; runs_walk_next(&w, e, &err) == 1; n++) {
		assert_true(n < 5);
		assert_memory_equal(e, want[n], sizeof e);
	}
	assert_int_equal(n, 5);
	runs_walk_close(&w);
}

static const char *const spoilt[] = {
	"DELETE FROM run_part WHERE id % 16777216 = 1",
	"UPDATE run_part SET entries = substr(entries, 1, 31)",
	"UPDATE run_part SET entries = NULL",
	"UPDATE run_part SET entries = zeroblob(8192)",
	"UPDATE run SET fence = substr(fence, 9)",
	"UPDATE run SET fence = NULL",
	"UPDATE run SET n = n * 1000",
	"UPDATE run SET n = -1",
};

static void damage_is_told(void **state)
{
	struct random random;
	struct runs r;
	struct err err;

	(void)state;
	random_seed(&random, 1);
	runs_init(&r, db, OF, 2);
	fill(&r, 5000, 5000, 5000, &random);
	runs_done(&r);
	for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
		int rc = 0;

		sql("SAVEPOINT s");
		sql(spoilt[i]);
		runs_init(&r, db, OF, 2);
		for (uint64_t k = 0; k < 5000 && rc == 0; k++)
			rc = runs_find(&r, key_of(k, 5000), take, &(struct found){0}, &err);
		if (rc != -EBADMSG)
			fail_msg("%s: %d", spoilt[i], rc);
		assert_non_null(strstr(err.text, "reindex"));
		/* What it does to one who puts more in is no worse. */
		rc = runs_put(&r, (uint64_t[2]){1, 1}, 1, &err);
		assert_true(rc == 0 || rc == -EBADMSG);
		runs_done(&r);
		sql("ROLLBACK TO s");
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		T(what_goes_in_is_found),
		T(a_look_up_stops_when_told),
		T(entries_fold),
		T(damage_is_told),
	};

	return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
