/*
 * bench-rank-read [SIGHTINGS [NETWORKS]]: makes an index of made-up sightings in the folder at hand
 * (some 100 bytes each; it is removed again), then reads and ranks it, and prints what each took,
 * in wall and in CPU time. Twelve streams; four windows of days; two or three sightings of a host,
 * which are seldom near enough to be one stay. Networks have sizes of 2^8 to 2^22, and hosts stand
 * in them as the square of chance falls.
 */
#include "base/random.h"
#include "ledger/index_seen.h"
#include "ledger/index.h"
#include "rank/rank_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LAST_DAY 20000
#define DAYS     (4 * RANK_WINDOW)
#define SOURCES  6
#define KINDS    2
#define BATCH    131072 /* sightings that the index takes in at a time */
#define FILE_OF  "bench-rank.db"

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench-rank-read: %s\n", what);
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *row;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		fail(sqlite3_errmsg(db));
	return row;
}

static void put(sqlite3_stmt *row)
{
	if (sqlite3_step(row) != SQLITE_DONE || sqlite3_reset(row) != SQLITE_OK)
		fail("a row cannot be put");
}

static void make_words(sqlite3 *db, size_t hosts, size_t networks)
{
	sqlite3_stmt *host = prepared(db, "INSERT INTO host VALUES(?1, ?2)");
	sqlite3_stmt *network = prepared(db, "INSERT INTO network VALUES(?1, ?1 + 1000, ?2, 'X')");
	char name[64];

	for (size_t i = 1; i <= hosts; i++) {
		snprintf(name, sizeof name, "%zu.%zu.%zu.%zu", i >> 24, i >> 16 & 255, i >> 8 & 255,
			i & 255);
		sqlite3_bind_int64(host, 1, (sqlite3_int64)i);
		sqlite3_bind_text(host, 2, name, -1, SQLITE_STATIC);
		put(host);
	}
	for (size_t i = 1; i <= networks; i++) {
		snprintf(name, sizeof name, "%zu.%zu.%zu.0/24", i >> 16, i >> 8 & 255, i & 255);
		sqlite3_bind_int64(network, 1, (sqlite3_int64)i);
		sqlite3_bind_text(network, 2, name, -1, SQLITE_STATIC);
		put(network);
	}
	sqlite3_finalize(host);
	sqlite3_finalize(network);
}

static void put_seen(struct seen_batch *b, sqlite3 *db)
{
	struct err err;

	if (seen_put(b, db, &err) < 0)
		fail(err.text);
}

/* Rows of `sighting`, and the days of hosts as intake puts them in. */
static void make_sightings(sqlite3 *db, struct random *r, size_t n, const uint32_t *of)
{
	size_t hosts = n / 5 * 2 + 1;
	struct seen_batch batch = {0};
	sqlite3_stmt *row =
		prepared(db, "INSERT INTO sighting VALUES(?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, 0, 0)");

	for (size_t i = 0; i < n; i++) {
		struct seen s = {.host = 1 + (uint32_t)random_below(r, hosts), .count = 1};
		double day = LAST_DAY + 1 - DAYS * (1 - (double)i / (double)n);

		s.day = s.logged = (int32_t)day;
		s.kind = (uint8_t)(1 + random_below(r, KINDS));
		s.source = 1 + (uint32_t)random_below(r, SOURCES);
		s.network = of[s.host];
		s.confidence = (uint8_t)(50 + 10 * random_below(r, 6));
		sqlite3_bind_int64(row, 1, (sqlite3_int64)i);
		sqlite3_bind_int64(row, 2, (sqlite3_int64)(day * 86400));
		sqlite3_bind_int64(row, 3, s.kind);
		sqlite3_bind_int64(row, 4, s.source);
		sqlite3_bind_int64(row, 5, s.host);
		sqlite3_bind_int64(row, 6, s.network);
		sqlite3_bind_int64(row, 7, s.confidence);
		put(row);
		if (seen_add(&batch, &s) < 0)
			fail("memory is short");
		if (batch.n == BATCH)
			put_seen(&batch, db);
	}
	put_seen(&batch, db);
	seen_done(&batch);
	sqlite3_finalize(row);
}

static void make_index(struct random *r, size_t n, size_t networks)
{
	size_t hosts = n / 5 * 2 + 1;
	uint32_t *of = malloc((hosts + 1) * sizeof *of);
	sqlite3 *db = NULL;

	unlink(FILE_OF);
	if (!of || sqlite3_open(FILE_OF, &db) != SQLITE_OK)
		fail("the index cannot be made");
	run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
	run(db, index_schema);
	run(db, "INSERT INTO source VALUES(1,'a'),(2,'b'),(3,'c'),(4,'d'),(5,'e'),(6,'f')");
	make_words(db, hosts, networks);
	for (size_t i = 1; i <= hosts; i++)
		of[i] = 1 + (uint32_t)((double)networks * pow(random_unit(r), 2));
	make_sightings(db, r, n, of);
	run(db, "COMMIT");
	sqlite3_close(db);
	free(of);
}

static void print(const char *what, double wall, double cpu)
{
	printf("  %s, wall: %.2f s\n  %s, CPU: %.2f s\n", what, wall, what, cpu);
}

static void measure(struct random *r)
{
	const struct rank_question q = {.day = LAST_DAY, .by = RANK_BY_AS};
	struct rank_reading reading;
	struct rank_result result;
	struct err err;
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(FILE_OF, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		fail("the index cannot be opened");
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	if (rank_read(db, NULL, &q, &reading, &err) < 0)
		fail(err.text);
	print("read", now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	for (size_t i = 0; i < reading.world.networks; i++)
		reading.network[i].size = exp2(8 + 14 * pow(random_unit(r), 2));
	wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	if (rank(&reading.world, &(struct rank_options){0}, &result) < 0)
		fail("no rank");
	print("ranked", now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	printf("  stays: %zu of_hosts\n  networks: %zu ranked\n  likelihood: %.6f ln\n",
		reading.world.n, result.n, result.likelihood);
	rank_done(&result);
	rank_read_done(&reading);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)atoll(argv[1]) : 10000000;
	size_t networks = argc > 2 ? (size_t)atoll(argv[2]) : 100000;
	struct random *r = calloc(1, sizeof *r);

	if (!r || n < 10 || !networks)
		fail("usage: bench-rank-read [SIGHTINGS [NETWORKS]]");
	random_seed(r, 1);
	make_index(r, n, networks);
	printf("%zu sightings, %zu networks\n", n, networks);
	measure(r);
	unlink(FILE_OF);
	free(r);
	return 0;
}
