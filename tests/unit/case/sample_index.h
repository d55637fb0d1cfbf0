/* An index of a made-up ledger: AS64505 and others, seen in October and November 2026. */
#ifndef CORDON_TESTS_SAMPLE_INDEX_H
#define CORDON_TESTS_SAMPLE_INDEX_H

#include "test.h"

#include "ledger/index.h"
#include "trace/sighting.h"

#define SAMPLE_DAY    20775 /* 2026-11-18 */
#define AT(day, hour) ((int64_t)(day)*86400 + (hour)*3600)

static void sql(sqlite3 *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void sql(sqlite3 *db, const char *format, ...)
{
	char *text, *why = NULL;
	va_list ap;

	va_start(ap, format);
	assert_true(vasprintf(&text, format, ap) > 0);
	va_end(ap);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	free(text);
}

/* seq counts up; one sighting and its record. */
static void saw(sqlite3 *db, int seq, int64_t at, enum sighting_kind kind, int source, int host,
	int network, const char *campaign)
{
	sql(db, "INSERT INTO record VALUES(%d, 0, %lld, x'%032x')", seq, (long long)at + 60, seq);
	sql(db, "INSERT INTO sighting VALUES(%d, %lld, %d, %d, %d, %d, %s, 90, 0, %d)", seq,
		(long long)at, kind, source, host, network, campaign, source == 2);
}

/*
 * AS64505 has networks 1 and 2. Host 10 is a command server, seen on days 0, 5 and 9; host 11 sends
 * spam of campaign 1 on two days; hosts 12 and 13 once, 13 by campaign 2, which is part of 1;
 * prefix 14 is listed. AS64511 (network 3) has one bot of campaign 1. Two sightings are of nobody.
 */
static sqlite3 *sample_index(void)
{
	const int day = SAMPLE_DAY - 40;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sql(db, "%s", index_schema);
	sql(db, "INSERT INTO meta VALUES('tables', '20741 networks 525764; 3 tables 00ff')");
	sql(db, "INSERT INTO source VALUES(1, 'mail'), (2, 'c2-list')");
	sql(db, "INSERT INTO host VALUES(10, '198.51.100.10'), (11, '198.51.100.11'), "
		"(12, '198.51.100.12'), (13, '203.0.113.13'), (14, '198.51.100.0/24'), "
		"(15, '192.0.2.15'), (16, 'evil.example'), (17, '192.0.2.17')");
	sql(db, "INSERT INTO network VALUES(1, 64505, '198.51.100.0/24', 'Brackwater Hosting "
		"Ltd'), "
		"(2, 64505, '203.0.113.0/24', 'Brackwater Hosting Ltd'), "
		"(3, 64511, '192.0.2.0/24', 'Silverstrand')");
	sql(db, "INSERT INTO campaign VALUES(1, 'c-000000000001', NULL), "
		"(2, 'c-000000000002', 1)");
	saw(db, 0, AT(day, 0), SIGHTING_C2, 2, 10, 1, "NULL");
	saw(db, 1, AT(day + 1, 4), SIGHTING_SPAM, 1, 11, 1, "1");
	saw(db, 2, AT(day + 1, 5), SIGHTING_SPAM, 1, 11, 1, "1");
	saw(db, 3, AT(day + 5, 0), SIGHTING_C2, 2, 10, 1, "NULL");
	saw(db, 4, AT(day + 6, 7), SIGHTING_SPAM, 1, 11, 1, "1");
	saw(db, 5, AT(day + 6, 8), SIGHTING_SPAM, 1, 12, 1, "NULL");
	saw(db, 6, AT(day + 7, 8), SIGHTING_SPAM, 1, 13, 2, "2");
	saw(db, 7, AT(day + 9, 0), SIGHTING_C2, 2, 10, 1, "NULL");
	saw(db, 8, AT(day + 30, 0), SIGHTING_LISTED, 2, 14, 1, "NULL");
	saw(db, 9, AT(day + 30, 1), SIGHTING_SPAM, 1, 15, 3, "1");
	saw(db, 10, AT(day + 31, 1), SIGHTING_SPAM, 1, 16, 0, "NULL");
	saw(db, 11, AT(day + 31, 2), SIGHTING_SPAM, 1, 17, 0, "NULL");
	sql(db, "INSERT INTO advertised VALUES(1, 16, 0), (2, 16, 0), (6, 17, 3)");
	sql(db, "INSERT INTO record VALUES(12, 2, %lld, x'0c')", (long long)AT(day + 32, 0));
	sql(db, "INSERT INTO notice VALUES(12, 'n-1', 64505, 64505, 0, %lld)",
		(long long)AT(day + 32, 0));
	sql(db, "INSERT INTO record VALUES(13, 3, %lld, x'0d')", (long long)AT(day + 33, 0));
	sql(db, "INSERT INTO answer VALUES(13, 'n-1', 1, %lld)", (long long)AT(day + 33, 0));
	sql(db, "INSERT INTO record VALUES(14, 5, %lld, x'0e')", (long long)AT(SAMPLE_DAY, 12));
	return db;
}

/* Beside it: mail that leads to AS64505. Record 9, of a bot elsewhere, leads to hosts 18 and 19,
 * and so does 1, which AS64505 itself handed in; 11 is nobody's; 10 leads to a name. */
static inline void sample_led(sqlite3 *db)
{
	sql(db, "INSERT INTO host VALUES(18, '198.51.100.18'), (19, '203.0.113.19')");
	sql(db, "INSERT INTO advertised VALUES(9, 18, 1), (9, 19, 2), (1, 18, 1), (11, 18, 1), "
		"(10, 16, 0)");
}

#endif
