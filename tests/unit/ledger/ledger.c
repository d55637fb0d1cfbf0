#include "make.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static int make(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	folder_make(m->folder);
	m->now = MAKE_NOON;
	m->keep_raw_days = 30;
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

static void a_reader_of_nothing_is_told(void **state)
{
	struct made *m = *state;

	assert_int_equal(made_try(m, false), -ENOENT);
	assert_non_null(strstr(m->err.text, "there is no ledger yet"));
}

static void what_is_committed_is_read_back(void **state)
{
	struct made *m = *state;
	struct buf text = {0}, raw = {0};
	struct made_sighting one;
	struct record r;
	uint8_t salt[32];
	bool new = false;

	made_open(m, true);
	assert_int_equal(made_fill(m, 0, 300), 300);
	made_commit(m);
	made_reopen(m, false);
	assert_string_equal(m->told, "");
	for (unsigned i = 0; i < 300; i++) {
		made_sighting(&one, i);
		assert_int_equal(ledger_record(m->l, i, &text, NULL, &r, &m->err), 0);
		assert_int_equal(r.type, RECORD_SIGHTING);
		assert_int_equal(r.logged, MAKE_NOON);
		assert_int_equal(r.sighting.kind, one.s.kind);
		assert_int_equal(r.sighting.at, one.s.at);
		assert_true(ip_eq(&r.sighting.where.ip, &one.s.where.ip));
		assert_true(span_eq(r.sighting.campaign, one.s.campaign));
		assert_int_equal(r.sighting.advertises, one.s.advertises);
		buf_clear(&raw);
		assert_int_equal(ledger_raw(m->l, i, salt, &raw, &m->err), 0);
		assert_true(span_eq(buf_span(&raw), span_cstr(one.raw)));
	}
	assert_int_equal(ledger_record(m->l, 300, &text, NULL, &r, &m->err), -ERANGE);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), 300);
	assert_int_equal(made_add(m, 1, &new), -EACCES);
	buf_done(&text);
	buf_done(&raw);
}

/* `cat salt raw | sha256sum` */
static void raw_evidence_is_what_the_record_says(void **state)
{
	struct made *m = *state;
	struct buf text = {0}, raw = {0};
	uint8_t salt[32], sum[32];
	struct record r;

	made_open(m, true);
	made_fill(m, 0, 5);
	made_commit(m);
	assert_int_equal(ledger_record(m->l, 3, &text, NULL, &r, &m->err), 0);
	buf_add(&raw, (struct span){(const char *)salt, 32});
	assert_int_equal(ledger_raw(m->l, 3, salt, &raw, &m->err), 0);
	memcpy(raw.p, salt, 32);
	crypto_hash_sha256(sum, (const uint8_t *)raw.p, raw.n);
	assert_true(r.has_raw);
	assert_memory_equal(sum, r.raw, 32);
	buf_done(&text);
	buf_done(&raw);
}

static void the_same_again_adds_nothing(void **state)
{
	struct made *m = *state;
	struct made_sighting one;

	made_open(m, true);
	assert_int_equal(made_fill(m, 0, 40), 40);
	assert_int_equal(made_fill(m, 0, 40), 0); /* not committed yet */
	made_sighting(&one, 17);
	assert_true(ledger_has(m->l, one.identity));
	made_sighting(&one, 41);
	assert_false(ledger_has(m->l, one.identity));
	made_commit(m);
	assert_int_equal(made_fill(m, 0, 50), 10);
	made_commit(m);
	made_reopen(m, true);
	assert_int_equal(made_fill(m, 0, 51), 1);
	made_commit(m);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 51);
}

static void what_was_not_committed_is_dropped(void **state)
{
	struct made *m = *state;

	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	made_fill(m, 10, 20);
	made_reopen(m, true);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 10);
	assert_int_equal(made_fill(m, 0, 20), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_of_nothing_is_told, make, drop),
		cmocka_unit_test_setup_teardown(what_is_committed_is_read_back, make, drop),
		cmocka_unit_test_setup_teardown(raw_evidence_is_what_the_record_says, make, drop),
		cmocka_unit_test_setup_teardown(the_same_again_adds_nothing, make, drop),
		cmocka_unit_test_setup_teardown(what_was_not_committed_is_dropped, make, drop),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
