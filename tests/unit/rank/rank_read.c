/* What is read of an index is what its rows say, whatever is asked: days, windows, what was known
 * then, a split, and by what networks are told apart. */
#include "test.h"

#include "base/random.h"
#include "ledger/index_seen.h"
#include "ledger/index.h"
#include "rank/rank_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROWS      40000
#define HOSTS     6000 /* so many that several threads read */
#define NETWORKS  12   /* beside number 0, four ASes of three prefixes; two have one holder */
#define CAMPAIGNS 6    /* 5 is part of 2, 6 of 1 */
#define FIRST_DAY 19000
#define DAYS      900
#define FILE_OF   "/tmp/cordon-rank-read-XXXXXX"

/* A sighting, or a stay; what it is of stands first. */
struct stay {
	uint32_t network, host, campaign, source, kind;
	int32_t first, last, logged;
	uint32_t confidence;
};

static struct stay row[ROWS];
static sqlite3 *db;
static char path[] = FILE_OF;

static void sql(const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

static void make_words(void)
{
	char text[256];

	for (int i = 1; i <= NETWORKS; i++) {
		snprintf(text, sizeof text,
			"INSERT INTO network VALUES(%d, %d, '198.51.%d.0/24', 'Holder %d')", i,
			64500 + (i - 1) / 3, i, (i - 1) / 3 % 3);
		sql(text);
	}
	sql("INSERT INTO source VALUES(1, 'c'), (2, 'a'), (3, 'b')");
	sql("INSERT INTO campaign VALUES(1,'k1',NULL),(2,'k2',NULL),(3,'k3',NULL),(4,'k4',NULL),"
	    "(5,'k5',2),(6,'k6',1)");
	sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
	    " INSERT INTO host SELECT i, iif(i % 50 = 7, '10.0.0.0/' || (8 + i % 25), 'h' || i)"
	    " FROM n");
}

static void make_row(struct random *r, struct stay *s)
{
	*s = (struct stay){
		.network = random_below(r, NETWORKS + 1),
		.host = 1 + random_below(r, random_below(r, 3) ? HOSTS : 40),
		.campaign = random_below(r, 2) ? random_below(r, CAMPAIGNS + 1) : 0,
		.source = 1 + random_below(r, 3),
		.kind = random_below(r, 3),
		.first = FIRST_DAY + (int32_t)random_below(r, DAYS),
		.confidence = 1 + random_below(r, 100),
	};
	s->last = s->first;
	s->logged = s->first + (int32_t)(random_below(r, 2) ? 0 : random_below(r, 60));
}

/* The rows, and what is read of them, put in by batches of many sizes. */
static int make(void **state)
{
	struct random *r = calloc(1, sizeof *r);
	struct seen_batch batch = {0};
	struct err err;
	size_t next = 1;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sql("PRAGMA synchronous=OFF; BEGIN");
	sql(index_schema);
	make_words();
	random_seed(r, 4);
	for (size_t i = 0; i < ROWS; i++) {
		struct stay *s = &row[i];

		make_row(r, s);
		const struct seen one = {s->host, s->network, s->campaign, s->source,
			(uint8_t)s->kind, (uint8_t)s->confidence, s->first, s->logged, 1};

		assert_int_equal(seen_add(&batch, &one), 0);
		if (i == next) {
			assert_int_equal(seen_put(&batch, db, &err), 0);
			next += 1 + random_below(r, 3000);
		}
	}
	assert_int_equal(seen_put(&batch, db, &err), 0);
	sql("COMMIT");
	seen_done(&batch);
	free(r);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sqlite3_close(db);
	unlink(path);
	return 0;
}

static int compare(const void *pa, const void *pb)
{
	const struct stay *a = pa, *b = pb;
	const int64_t keys[][2] = {{a->network, b->network}, {a->host, b->host},
		{a->campaign, b->campaign}, {a->source, b->source}, {a->kind, b->kind},
		{a->first, b->first}, {a->confidence, b->confidence}};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* The stays of the rows by their plain meaning; how many. Networks are told apart by one of them.
 */
static size_t expect(const struct rank_question *q, struct stay *to)
{
	static const uint32_t parent[] = {0, 1, 2, 3, 4, 2, 1};
	int32_t window = q->window ? q->window : RANK_WINDOW;
	size_t n = 0, stays = 0;

	for (size_t i = 0; i < ROWS; i++) {
		struct stay s = row[i];
		uint32_t as = (s.network - 1) / 3;

		if (!s.network || s.first > q->day || s.first <= q->day - 4 * window ||
			(q->known && s.logged > q->day))
			continue;
		s.campaign = parent[s.campaign];
		s.source = s.source == 1 ? 2 : s.source - 2; /* by name */
		s.network = q->by == RANK_BY_PREFIX ? s.network : q->by == RANK_BY_AS ? as : as % 3;
		to[n++] = s;
	}
	qsort(to, n, sizeof *to, compare);
	for (size_t i = 0; i < n; i++) {
		struct stay *last = stays ? &to[stays - 1] : NULL, s = to[i];
		bool same = last && last->network == s.network && last->host == s.host &&
			    last->campaign == s.campaign && last->source == s.source &&
			    last->kind == s.kind && s.first - last->last <= RANK_GAP &&
			    (!q->split || (last->last <= q->split) == (s.first <= q->split));

		if (!same)
			to[stays++] = s;
		else if (s.confidence > last->confidence)
			last->confidence = s.confidence;
		if (same)
			last->last = s.first;
	}
	qsort(to, stays, sizeof *to, compare);
	return stays;
}

/* Ours for the reading's number. */
static uint32_t network_of(const struct rank_reading *r, enum rank_by by, uint32_t network)
{
	const struct rank_name *n = &r->name[network];

	if (by == RANK_BY_PREFIX)
		return n->prefix.ip.byte[2];
	return by == RANK_BY_AS ? n->asn - 64500 : (uint32_t)(n->holder.p[7] - '0');
}

static void check(const struct rank_question *q)
{
	static struct stay want[ROWS], got[ROWS];
	struct rank_reading r;
	struct err err;
	size_t n = expect(q, want), named = 0;

	if (rank_read(db, NULL, q, &r, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(r.world.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct rank_seen *s = &r.seen[i];

		got[i] = (struct stay){network_of(&r, q->by, s->network), s->host, s->campaign,
			s->source, s->kind, s->first, s->last, 0, s->confidence};
		named += s->bits > 0;
		assert_int_equal(s->bits, s->host % 50 == 7 ? 32 - (8 + s->host % 25) : 0);
	}
	qsort(got, n, sizeof *got, compare);
	for (size_t i = 0; i < n; i++)
		assert_true(compare(&got[i], &want[i]) == 0 && got[i].last == want[i].last);
	assert_true(n == 0 || named > 0);
	rank_read_done(&r);
}

static void stays_are_what_the_rows_say(void **state)
{
	static const int32_t days[] = {FIRST_DAY - 1, FIRST_DAY + 3, FIRST_DAY + 200,
		FIRST_DAY + 455, FIRST_DAY + 600, FIRST_DAY + DAYS + 50, FIRST_DAY + 3000};
	static const int32_t windows[] = {0, 7, 30, 400};

	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		for (size_t j = 0; j < sizeof windows / sizeof *windows; j++)
			for (int k = 0; k < 12; k++)
				check(&(struct rank_question){.day = days[i],
					.window = windows[j],
					.by = (enum rank_by)(k % 3),
					.known = k / 3 % 2,
					.split = k / 6 ? days[i] - 20 : 0,
					.threads = 1 + (unsigned)k % 4});
}

/* What is counted of the sightings that were read. */
static void sightings_are_counted(void **state)
{
	const struct rank_question q = {.day = FIRST_DAY + DAYS, .window = DAYS, .threads = 2};
	struct rank_reading r;
	struct err err;
	uint64_t of_nobody = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		of_nobody += row[i].network == 0;
	assert_int_equal(rank_read(db, NULL, &q, &r, &err), 0);
	assert_int_equal(r.sightings, ROWS);
	assert_int_equal(r.unattributed, of_nobody);
	assert_int_equal(r.first_day, FIRST_DAY);
	assert_int_equal(r.last_day, FIRST_DAY + DAYS - 1);
	rank_read_done(&r);
}

/* A reader whose state is older than the file reads its own state. */
static void a_reader_sees_one_state(void **state)
{
	const struct rank_question q = {.day = FIRST_DAY + DAYS, .window = DAYS, .threads = 2};
	sqlite3 *writer;
	struct rank_reading r;
	struct seen_batch batch = {0};
	struct seen one = {1, 1, 0, 1, 0, 50, FIRST_DAY + 1, FIRST_DAY + 1, 1};
	struct err err;

	(void)state;
	sql("PRAGMA journal_mode=WAL; INSERT INTO meta VALUES('size', 40000)");
	sql("BEGIN; SELECT * FROM meta");
	assert_int_equal(sqlite3_open(path, &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "BEGIN; UPDATE meta SET value=40001 WHERE key='size'",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(seen_add(&batch, &one), 0);
	assert_int_equal(seen_put(&batch, writer, &err), 0);
	assert_int_equal(sqlite3_exec(writer, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(rank_read(db, NULL, &q, &r, &err), 0);
	assert_int_equal(r.sightings, ROWS);
	rank_read_done(&r);
	sql("COMMIT");
	assert_int_equal(rank_read(db, NULL, &q, &r, &err), 0);
	assert_int_equal(r.sightings, ROWS + 1);
	rank_read_done(&r);
	seen_done(&batch);
	sqlite3_close(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_are_what_the_rows_say),
		cmocka_unit_test(sightings_are_counted),
		cmocka_unit_test(a_reader_sees_one_state),
	};

	return cmocka_run_group_tests_name("rank_read", tests, make, drop);
}
