#include "make.h"

#include "base/file.h"
#include "base/image.h"
#include "base/random.h"
#include "net/day.h"
#include "net/table_build.h"
#include "net/table_format.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* --- the index --- */

/* All of the index with names in the place of numbers, which depend on the order of taking in. */
static void dump(struct made *m, struct buf *to)
{
	static const char *const queries[] = {
		"SELECT seq,type,logged,hex(id) FROM record ORDER BY seq",
		"SELECT "
		"s.seq,s.at,s.kind,o.name,h.name,n.asn,n.prefix,n.holder,c.name,s.confidence,"
		"s.port,s.day_only FROM sighting s JOIN source o ON o.id=s.source JOIN host h ON "
		"h.id=s.host JOIN network n ON n.id=s.network LEFT JOIN campaign c ON "
		"c.id=s.campaign ORDER BY s.seq",
		"SELECT a.seq,h.name,n.asn,n.prefix,n.holder FROM advertised a JOIN host h ON "
		"h.id=a.host JOIN network n ON n.id=a.network ORDER BY 1,2",
		"SELECT seq,day,place FROM raw ORDER BY seq",
		"SELECT seq,name,asn,recipient,to_upstreams,at FROM notice ORDER BY seq",
		"SELECT seq,notice,what,at FROM answer ORDER BY seq",
		"SELECT c.name,p.name FROM campaign c LEFT JOIN campaign p ON p.id=c.parent ORDER "
		"BY 1",
		"SELECT name FROM source UNION ALL SELECT name FROM host ORDER BY 1",
		"SELECT asn,prefix,holder FROM network ORDER BY 1,2,3",
		"SELECT key,hex(value) FROM meta WHERE key<>'seed' ORDER BY 1",
		"SELECT name,sql FROM sqlite_schema ORDER BY 1",
	};

	buf_clear(to);
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		sqlite3_stmt *s;

		if (sqlite3_prepare_v2(ledger_db(m->l), queries[i], -1, &s, NULL) != SQLITE_OK)
			fail_msg("%s: %s", queries[i], sqlite3_errmsg(ledger_db(m->l)));
		while (sqlite3_step(s) == SQLITE_ROW) {
			for (int c = 0; c < sqlite3_column_count(s); c++)
				buf_printf(to, "%s|", (const char *)sqlite3_column_text(s, c));
			buf_byte(to, '\n');
		}
		sqlite3_finalize(s);
	}
	assert_true(buf_ok(to));
}

static void install(struct made *m, const char *date, const char *prefix, asn_t asn)
{
	struct table_label label = {.source = SPAN("test")};
	struct table_builder *b;
	struct buf payload = {0};
	struct prefix p;
	uint32_t origin;
	char path[160];

	snprintf(path, sizeof(path), "%s/net", m->folder);
	mkdir(path, 0700);
	assert_int_equal(day_parse(span_cstr(date), &label.day), 0);
	assert_int_equal(table_builder_new(&b), 0);
	assert_int_equal(prefix_parse(span_cstr(prefix), &p), 0);
	assert_int_equal(table_builder_origin(b, asn, SPAN("A Holder"), &origin), 0);
	assert_int_equal(table_builder_add_prefix(b, &p, origin), 0);
	assert_int_equal(table_builder_finish(b, &label, &payload, NULL), 0);
	snprintf(path, sizeof(path), "%s/net/%s.test.table", m->folder, date);
	assert_int_equal(
		image_write(path, TABLE_MAGIC, TABLE_VERSION, buf_span(&payload), NULL), 0);
	table_builder_free(b);
	buf_done(&payload);
}

static void add_record(struct made *m, struct record *r, const char *identity)
{
	bool new = false;

	if (ledger_add(m->l, r, SPAN("what it rests on"), span_cstr(identity), &new, &m->err) < 0)
		fail_msg("%s", m->err.text);
	assert_true(new);
}

static void add_others(struct made *m)
{
	struct record merged = {.type = RECORD_CAMPAIGN,
		.campaign = {SPAN("c-000000000001"), SPAN("c-000000000002")}};
	struct record further = {.type = RECORD_CAMPAIGN,
		.campaign = {SPAN("c-000000000002"), SPAN("c-000000000003")}};
	struct record back = {.type = RECORD_CAMPAIGN,
		.campaign = {SPAN("c-000000000003"), SPAN("c-000000000001")}};
	struct record sent = {
		.type = RECORD_NOTICE, .notice = {64500, SPAN("n-64500-1"), false, 64500}};
	struct record came = {.type = RECORD_ANSWER,
		.answer = {SPAN("n-64500-1"), ANSWER_PROMISED, MAKE_NOON + 5}};

	add_record(m, &merged, "merged");
	add_record(m, &further, "further");
	add_record(m, &back, "back");
	add_record(m, &sent, "sent");
	add_record(m, &came, "came");
}

static void the_index_made_again_is_the_same(void **state)
{
	struct made *m = *state;
	struct buf before = {0}, after = {0};
	struct shelf *shelf;

	install(m, "2026-11-20", "198.51.100.0/24", 64500);
	install(m, "2020-01-01", "198.51.0.0/16", 64501);
	assert_int_equal(shelf_open(m->folder, &shelf, NULL, NULL), 0);
	m->shelf = shelf;
	made_open(m, true);
	made_fill(m, 0, 700);
	made_commit(m);
	m->now += 86400;
	made_fill(m, 700, 900);
	add_others(m);
	made_commit(m);
	assert_int_equal(ledger_erase(m->l, 5, &m->err), 0);
	made_fill(m, 900, 1500);
	made_commit(m);
	dump(m, &before);
	assert_non_null(strstr(before.p, "|64500|198.51.100.0/24|A Holder|"));
	assert_int_equal(ledger_reindex(m->l, NULL, NULL, &m->err), 0);
	dump(m, &after);
	assert_string_equal((buf_byte(&after, '\0'), after.p), (buf_byte(&before, '\0'), before.p));
	/* And from nothing but log and vault. */
	ledger_close(m->l);
	char path[128];

	snprintf(path, sizeof(path), "%s/ledger/index.db", m->folder);
	assert_int_equal(unlink(path), 0);
	made_open(m, true);
	assert_non_null(strstr(m->told, "1506 records behind the log and has read them"));
	dump(m, &after);
	assert_string_equal((buf_byte(&after, '\0'), after.p), before.p);
	assert_int_equal(made_fill(m, 0, 1500), 0);
	ledger_close(m->l);
	m->l = NULL;
	shelf_close(shelf);
	buf_done(&before);
	buf_done(&after);
}

static void merged_campaigns_have_one_parent(void **state)
{
	struct made *m = *state;

	made_open(m, true);
	add_others(m);
	made_commit(m);
	/* 1 went into 2, 2 into 3, and 3 into 1, which is 3 already. */
	assert_int_equal(made_ask(m, "SELECT count(*) FROM campaign"), 3);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM campaign WHERE parent IS NULL"), 1);
	assert_int_equal(
		made_ask(m, "SELECT count(*) FROM campaign c JOIN campaign p ON p.id=c.parent "
			    "WHERE p.name='c-000000000003'"),
		2);
}

static void copy(struct made *m, const char *from, const char *to)
{
	struct buf held = {0};
	char a[128], b[128];

	snprintf(a, sizeof(a), "%s/ledger/%s", m->folder, from);
	snprintf(b, sizeof(b), "%s/ledger/%s", m->folder, to);
	assert_int_equal(file_read(a, 1 << 30, &held, NULL), 0);
	assert_int_equal(file_replace(b, &(struct span){held.p, held.n}, 1, NULL), 0);
	buf_done(&held);
}

static void remove_wal(struct made *m)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/ledger/index.db-wal", m->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/ledger/index.db-shm", m->folder);
	unlink(path);
}

/* As after a crash between log and index. */
static void an_index_that_is_behind_reads_on(void **state)
{
	struct made *m = *state;

	made_open(m, true);
	made_fill(m, 0, 30);
	made_commit(m);
	ledger_close(m->l);
	copy(m, "index.db", "old");
	made_open(m, true);
	made_fill(m, 30, 50);
	made_commit(m);
	ledger_close(m->l);
	copy(m, "old", "index.db");
	remove_wal(m);
	made_open(m, false);
	assert_non_null(strstr(m->told, "20 records behind the log; the next writer"));
	made_reopen(m, true);
	assert_non_null(strstr(m->told, "20 records behind the log and has read them"));
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), 50);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 50);
	assert_int_equal(made_fill(m, 0, 50), 0);
}

static void mend(struct made *m)
{
	m->anew = true;
	made_open(m, true);
	assert_null(ledger_db(m->l));
	bool new;

	assert_int_equal(made_add(m, 999, &new), -EIO);
	assert_int_equal(ledger_reindex(m->l, NULL, NULL, &m->err), 0);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), 30);
	assert_int_equal(made_fill(m, 0, 30), 0);
	ledger_close(m->l);
	m->l = NULL;
	m->anew = false;
}

/* As when its maker was stopped before the tables were made: a file of one page, nothing in it. */
static void an_index_without_tables_is_made(void **state)
{
	struct made *m = *state;
	char path[128];
	sqlite3 *db;

	made_open(m, true);
	made_fill(m, 0, 30);
	made_commit(m);
	ledger_close(m->l);
	m->l = NULL;
	snprintf(path, sizeof(path), "%s/ledger/index.db", m->folder);
	assert_int_equal(unlink(path), 0);
	remove_wal(m);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(made_try(m, false), -ENOENT);
	assert_non_null(strstr(m->err.text, "there is no index"));
	made_open(m, true);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), 30);
	assert_int_equal(made_fill(m, 0, 30), 0);
}

/* What may have become of the index, and that is told. */
static const struct {
	const char *sql, *says;
} spoilt[] = {
	{"UPDATE meta SET value=7 WHERE key='size'", "another size than it has"},
	{"DELETE FROM record WHERE seq=29", "another size than it has"},
	{"UPDATE meta SET value=x'00' WHERE key='root'", "of another log"},
	{"UPDATE meta SET value=zeroblob(32) WHERE key='root'", "of another log"},
	{"INSERT INTO record(seq) VALUES(30); UPDATE meta SET value=31 WHERE key='size'",
		"the index has 31 records and the log 30"},
	{"CREATE VIEW v AS SELECT 1", "views or triggers"},
	{"CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM sighting; END",
		"views or triggers"},
	{"DROP TABLE meta", "no such table"},
	{"DROP TABLE record", "no such table"},
};

static void an_index_that_was_changed_is_told_and_mended(void **state)
{
	struct made *m = *state;
	char path[128];

	made_open(m, true);
	made_fill(m, 0, 30);
	made_commit(m);
	ledger_close(m->l);
	snprintf(path, sizeof(path), "%s/ledger/index.db", m->folder);
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(*spoilt); i++) {
		sqlite3 *db;

		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, spoilt[i].sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		for (int write = 0; write < 2; write++) {
			assert_int_equal(made_try(m, write), -EBADMSG);
			if (!strstr(m->err.text, spoilt[i].says))
				fail_msg("%s: %s", spoilt[i].sql, m->err.text);
			assert_non_null(strstr(m->err.text, "cordon ledger reindex"));
		}
		mend(m);
	}
	/* Not a database at all. */
	copy(m, "log/checkpoint", "index.db");
	remove_wal(m);
	assert_int_equal(made_try(m, true), -EBADMSG);
	mend(m);
}

/* --- raw evidence --- */

static void erasing_leaves_the_record(void **state)
{
	struct made *m = *state;
	struct buf text = {0}, raw = {0};
	struct record r;
	uint8_t salt[32];

	made_open(m, true);
	made_fill(m, 0, 10);
	assert_int_equal(ledger_erase(m->l, 4, &m->err), 0);
	assert_int_equal(ledger_raw(m->l, 4, salt, &raw, &m->err), -ENOENT);
	assert_int_equal(raw.n, 0);
	assert_int_equal(ledger_raw(m->l, 5, salt, &raw, &m->err), 0);
	assert_int_equal(ledger_record(m->l, 4, &text, NULL, &r, &m->err), 0);
	assert_true(r.has_raw);
	assert_int_equal(ledger_record(m->l, 10, &text, NULL, &r, &m->err), 0);
	assert_int_equal(r.type, RECORD_ERASURE);
	assert_int_equal(r.erasure.record, 4);
	assert_int_equal(ledger_erase(m->l, 4, &m->err), -ENOENT);
	assert_int_equal(ledger_erase(m->l, 10, &m->err), -ENOENT);
	assert_int_equal(ledger_erase(m->l, 99, &m->err), -ERANGE);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 11);
	buf_done(&text);
	buf_done(&raw);
}

static void raw_evidence_expires(void **state)
{
	struct made *m = *state;
	struct buf raw = {0};
	uint8_t salt[32];

	m->keep_raw_days = 2;
	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	m->now += 86400;
	made_fill(m, 10, 20);
	made_commit(m);
	m->now += 86400;
	made_reopen(m, true);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 20);
	m->now += 86400;
	made_reopen(m, true);
	assert_non_null(strstr(m->told, "raw evidence of 1 day was erased"));
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 10);
	assert_int_equal(ledger_raw(m->l, 3, salt, &raw, &m->err), -ENOENT);
	assert_int_equal(ledger_raw(m->l, 13, salt, &raw, &m->err), 0);
	assert_int_equal(ledger_reindex(m->l, NULL, NULL, &m->err), 0);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 10);
	m->keep_raw_days = 0;
	made_reopen(m, true);
	assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), 0);
	assert_int_equal(made_fill(m, 20, 30), 10);
	made_commit(m);
	assert_int_equal(ledger_raw(m->l, 23, salt, &raw, &m->err), -ENOENT);
	buf_done(&raw);
}

/* Bytes of all files of the ledger, one after the other. */
static struct buf all_bytes;

static int take_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return flag == FTW_F ? file_read(path, 1 << 30, &all_bytes, NULL) : 0;
}

static void nothing_that_is_stored_names_a_person(void **state)
{
	static const struct span secrets[] = {SPAN("someone"), SPAN("private.example"),
		SPAN("Subject"), SPAN("secret"), SPAN("?id="), SPAN("http://")};
	struct made *m = *state;

	made_open(m, true);
	made_fill(m, 0, 500);
	add_others(m);
	made_commit(m);
	ledger_close(m->l);
	m->l = NULL;
	buf_clear(&all_bytes);
	assert_int_equal(nftw(m->folder, take_file, 16, FTW_PHYS), 0);
	assert_true(span_find(buf_span(&all_bytes), SPAN("shop3.example")) >= 0);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (span_find_nocase(buf_span(&all_bytes), secrets[i]) >= 0)
			fail_msg("\"%s\" is stored in the clear", secrets[i].p);
	buf_done(&all_bytes);
}

/* --- time, writers, crashes --- */

static void a_clock_that_goes_back_is_told(void **state)
{
	struct made *m = *state;
	struct buf text = {0};
	struct record r;

	made_open(m, true);
	made_fill(m, 0, 2);
	made_commit(m);
	m->now -= 2; /* as NTP does */
	made_fill(m, 2, 3);
	assert_string_equal(m->told, "");
	m->now -= 100;
	made_fill(m, 3, 5);
	assert_string_equal(m->told,
		"the clock went backwards, from 2026-11-23T12:00:00Z to 2026-11-23T11:58:18Z: "
		"records are in the order of the log\n");
	made_commit(m);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 6);
	assert_int_equal(ledger_record(m->l, 2, &text, NULL, &r, &m->err), 0);
	assert_int_equal(r.logged, MAKE_NOON);
	assert_int_equal(ledger_record(m->l, 3, &text, NULL, &r, &m->err), 0);
	assert_int_equal(r.type, RECORD_CLOCK);
	assert_int_equal(r.clock.before, MAKE_NOON);
	assert_int_equal(r.logged, MAKE_NOON - 102);
	/* Also when it went back while nobody was looking, and to another day. */
	m->now -= 86400 * 3;
	made_reopen(m, true);
	made_fill(m, 5, 6);
	assert_non_null(strstr(m->told, "the clock went backwards"));
	made_commit(m);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 8);
	m->now = -1;
	bool new;

	assert_int_equal(made_add(m, 7, &new), -EINVAL);
	assert_non_null(strstr(m->err.text, "clock"));
	buf_done(&text);
}

static void a_second_writer_is_told(void **state)
{
	struct made *m = *state, other = *m;
	bool new;

	made_open(m, true);
	made_fill(m, 0, 10);
	made_commit(m);
	assert_int_equal(made_try(&other, true), -EBUSY);
	assert_int_equal(made_try(&other, false), 0);
	made_fill(m, 10, 20);
	made_commit(m);
	/* A reader beside the writer sees one state, in the index as in the log, until it closes.
	 */
	assert_int_equal(made_ask(&other, "SELECT count(*) FROM record"), 10);
	assert_int_equal(made_ask(&other, "SELECT value FROM meta WHERE key='size'"), 10);
	assert_int_equal(tlog_tree(ledger_log(other.l)).size, 10);
	assert_int_equal(made_add(&other, 30, &new), -EACCES);
	ledger_close(other.l);
	assert_int_equal(made_try(&other, false), 0);
	assert_int_equal(made_ask(&other, "SELECT count(*) FROM record"), 20);
	ledger_close(other.l);
}

static void large_batches_and_days_commit_themselves(void **state)
{
	struct made *m = *state;

	m->keep_raw_days = 0;
	made_open(m, true);
	made_fill(m, 0, LEDGER_BATCH + 5);
	assert_true(tlog_tree(ledger_log(m->l)).size >= LEDGER_BATCH - 1);
	made_commit(m);
	made_fill(m, LEDGER_BATCH + 5, LEDGER_BATCH + 9);
	m->now += 86400;
	made_fill(m, LEDGER_BATCH + 9, LEDGER_BATCH + 10);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, LEDGER_BATCH + 9);
}

static void a_bad_sighting_leaves_the_rest(void **state)
{
	struct made *m = *state;
	struct made_sighting one;
	bool new;

	made_open(m, true);
	made_fill(m, 0, 3);
	made_sighting(&one, 3);
	one.s.domain = SPAN("both.example");
	assert_int_equal(
		ledger_add_sighting(m->l, &one.s, span_cstr(one.raw), one.identity, &new, &m->err),
		-EINVAL);
	assert_non_null(strstr(m->err.text, "\"domain\""));
	assert_false(ledger_has(m->l, one.identity));
	made_fill(m, 4, 6);
	made_commit(m);
	assert_int_equal(tlog_tree(ledger_log(m->l)).size, 5);
}

/* The key of ids is gone: told, and the ledger goes on. */
static void a_new_key_of_ids_is_told(void **state)
{
	struct made *m = *state;
	char path[128];

	made_open(m, true);
	made_fill(m, 0, 3);
	made_commit(m);
	ledger_close(m->l);
	snprintf(path, sizeof(path), "%s/ledger/id.key", m->folder);
	assert_int_equal(unlink(path), 0);
	made_open(m, true);
	assert_non_null(strstr(m->told, "id.key was gone"));
	assert_int_equal(made_fill(m, 0, 3), 3);
}

static void secrets_are_ours_alone(void **state)
{
	static const char *const name[] = {"id.key", "raw.key", "index.db"};
	struct made *m = *state;
	struct stat st;

	made_open(m, true);
	made_fill(m, 0, 3);
	made_commit(m);
	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/ledger/%s", m->folder, name[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 077, 0);
	}
}

/* Takes sightings in, in batches, and tells after each commit how many there are. */
static void work(struct made *m, int fd, unsigned from)
{
	if (made_try(m, true) < 0)
		_exit(1);
	for (unsigned i = from;; i++) {
		bool new;

		if (made_add(m, i, &new) < 0)
			_exit(2);
		if (i % 13 != 0)
			continue;
		unsigned n = i + 1;

		if (ledger_commit(m->l, &m->err) < 0 || write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(3);
	}
}

static void whoever_is_killed_loses_nothing(void **state)
{
	struct made *m = *state;
	struct random r;
	const char *asked = getenv("KILLS");
	int kills = asked ? atoi(asked) : 100;
	unsigned acknowledged = 0;

	random_seed(&r, 26);
	for (int round = 0; round < kills; round++) {
		int pipes[2], status;
		unsigned n;

		assert_int_equal(pipe(pipes), 0);
		pid_t child = fork();

		if (child == 0)
			work(m, pipes[1], acknowledged);
		close(pipes[1]);
		/* At least one batch, so that there is something to lose. */
		if (read(pipes[0], &n, sizeof(n)) == sizeof(n))
			acknowledged = n;
		usleep((useconds_t)random_below(&r, 8000));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		while (read(pipes[0], &n, sizeof(n)) == sizeof(n))
			acknowledged = n;
		close(pipes[0]);
		made_open(m, true);
		uint64_t size = tlog_tree(ledger_log(m->l)).size;

		assert_true(size >= acknowledged);
		assert_int_equal(made_ask(m, "SELECT count(*) FROM sighting"), size);
		assert_int_equal(made_ask(m, "SELECT count(*) FROM raw"), size);
		if (round % 10 == 9) {
			assert_int_equal(made_fill(m, 0, acknowledged), 0);
			assert_int_equal(made_ask(m, "SELECT count(*) FROM pragma_integrity_check "
						     "WHERE integrity_check<>'ok'"),
				0);
		}
		ledger_close(m->l);
		m->l = NULL;
	}
	struct tlog_report report;
	struct buf raw = {0};
	uint8_t salt[32];

	made_open(m, true);
	assert_int_equal(
		tlog_verify(ledger_log(m->l), &(struct tlog_verify_options){0}, &report, &m->err),
		0);
	for (unsigned i = 0; i < acknowledged; i++)
		if (ledger_raw(m->l, i, salt, &raw, &m->err) < 0)
			fail_msg("%s", m->err.text);
	buf_done(&raw);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		T(a_reader_of_nothing_is_told),
		T(what_is_committed_is_read_back),
		T(raw_evidence_is_what_the_record_says),
		T(the_same_again_adds_nothing),
		T(what_was_not_committed_is_dropped),
		T(the_index_made_again_is_the_same),
		T(merged_campaigns_have_one_parent),
		T(an_index_that_is_behind_reads_on),
		T(an_index_without_tables_is_made),
		T(an_index_that_was_changed_is_told_and_mended),
		T(erasing_leaves_the_record),
		T(raw_evidence_expires),
		T(nothing_that_is_stored_names_a_person),
		T(a_clock_that_goes_back_is_told),
		T(a_second_writer_is_told),
		T(large_batches_and_days_commit_themselves),
		T(a_bad_sighting_leaves_the_rest),
		T(a_new_key_of_ids_is_told),
		T(secrets_are_ours_alone),
		T(whoever_is_killed_loses_nothing),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
