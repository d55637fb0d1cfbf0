#include "sample_index.h"

#include "case/case_read.h"

#include <errno.h>

static void read_of(sqlite3 *db, asn_t asn, int32_t day, int32_t window, struct case_file *c)
{
	const struct case_asked asked = {.asn = asn, .day = day, .window = window};
	struct err err = {""};
	int rc = case_read(db, &asked, c, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
}

static void everything_is_counted(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	read_of(db, 64505, -1, 0, &c);
	assert_int_equal(c.day, SAMPLE_DAY - 9); /* of the newest sighting */
	assert_int_equal(c.window, CASE_WINDOW);
	assert_int_equal(c.log_size, 15);
	assert_span(c.tables, "networks of 2026-10-15, 3 tables 00ff");
	assert_int_equal(c.all.sightings, 9);
	assert_int_equal(c.all.hosts, 5);
	assert_int_equal(c.all.day_only, 4);
	assert_int_equal(c.kind[SIGHTING_SPAM].sightings, 5);
	assert_int_equal(c.kind[SIGHTING_SPAM].hosts, 3);
	assert_int_equal(c.kind[SIGHTING_C2].sightings, 3);
	assert_int_equal(c.kind[SIGHTING_C2].hosts, 1);
	assert_int_equal(c.unattributed, 2);
	assert_int_equal(c.everywhere, 12);
	assert_int_equal(c.clock_back, 1);
	assert_int_equal(c.as_whole, 1);
	assert_int_equal(c.v4_24s, 2);
	assert_int_equal(c.hosts_one_day, 3);
	case_done(&c);
	sqlite3_close(db);
}

static void hosts_are_told_by_how_long_they_were_seen(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	read_of(db, 64505, -1, 0, &c);
	assert_int_equal(c.hosts, 5);
	assert_span(c.host[0].name, "198.51.100.10");
	assert_int_equal(c.host[0].days, 3);
	assert_int_equal(sighting_day(c.host[0].last) - sighting_day(c.host[0].first), 9);
	assert_int_equal(c.host[0].claim.n, 2);
	assert_int_equal(c.host[0].claim.seq[0], 0);
	assert_int_equal(c.host[0].claim.seq[1], 7);
	assert_int_equal(c.host[0].claim.total, 3);
	assert_span(c.host[1].name, "198.51.100.11");
	assert_int_equal(c.host[1].days, 2);
	assert_int_equal(c.host[1].campaigns, 3);
	assert_int_equal(c.c2s, 1);
	assert_int_equal(c.c2[0].sightings, 3);
	case_done(&c);
	sqlite3_close(db);
}

static void campaigns_that_are_one_are_one(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	read_of(db, 64505, -1, 0, &c);
	assert_int_equal(c.campaigns, 1);
	assert_span(c.campaign[0].here.name, "c-000000000001");
	assert_int_equal(c.campaign[0].here.sightings, 4);
	assert_int_equal(c.campaign[0].here.hosts, 2);
	assert_int_equal(c.campaign[0].sightings_all, 5);
	assert_int_equal(c.campaign[0].hosts_all, 3);
	assert_int_equal(c.campaign[0].networks_all, 2);
	assert_int_equal(c.campaign[0].bots, 2);
	assert_span(c.campaign[0].bot[0], "198.51.100.11");
	assert_int_equal(c.campaign[0].nadvertised, 2);
	assert_span(c.campaign[0].advertised[0], "evil.example");
	case_done(&c);
	sqlite3_close(db);
}

static void months_sources_prefixes_and_notices(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;
	uint64_t sum = 0;

	(void)state;
	read_of(db, 64505, -1, 60, &c);
	for (size_t i = 0; i < c.months; i++)
		sum += c.month[i].sightings;
	assert_int_equal(c.months, 3); /* 2026-09-20 .. 2026-11-18 */
	assert_int_equal(c.month[0].sightings, 0);
	assert_int_equal(c.month[1].id, 2026 * 12 + 9);
	assert_int_equal(c.month[1].hosts, 4);
	assert_int_equal(sum, c.all.sightings);
	assert_int_equal(c.sources, 2);
	assert_span(c.source[0].name, "mail");
	assert_int_equal(c.source[0].hosts, 3);
	assert_int_equal(c.source[1].day_only, 4);
	assert_int_equal(c.prefixes, 2);
	assert_span(c.prefix[0].name, "198.51.100.0/24");
	assert_int_equal(c.prefix[0].hosts, 4);
	assert_int_equal(c.notices, 1);
	assert_span(c.notice[0].name, "n-1");
	assert_int_equal(c.notice[0].answers, 1);
	assert_int_equal(c.notice[0].answer[0].what, ANSWER_ACTED);
	assert_int_equal(c.notice[0].answer[0].seq, 13);
	case_done(&c);
	sqlite3_close(db);
}

static void only_the_window_counts(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	read_of(db, 64505, SAMPLE_DAY - 40 + 6, 2, &c); /* days 5 and 6 */
	assert_int_equal(c.all.sightings, 3);
	assert_int_equal(c.all.hosts, 3);
	assert_int_equal(c.notices, 0); /* was sent later */
	case_done(&c);
	read_of(db, 64505, SAMPLE_DAY + 400, 30, &c);
	assert_int_equal(c.all.sightings, 0);
	assert_int_equal(c.notices, 1);
	case_done(&c);
	sqlite3_close(db);
}

static void nothing_known_is_an_empty_case(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;
	uint64_t *seq;
	size_t n;

	(void)state;
	read_of(db, 65551, -1, 0, &c);
	assert_int_equal(c.all.sightings, 0);
	assert_int_equal(c.hosts, 0);
	assert_int_equal(case_cited(&c, &seq, &n), 0);
	assert_int_equal(n, 0);
	free(seq);
	case_done(&c);
	sqlite3_close(db);
}

static void what_is_cited_is_sorted_and_once(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;
	uint64_t *seq;
	size_t n;

	(void)state;
	read_of(db, 64505, -1, 0, &c);
	assert_int_equal(case_cited(&c, &seq, &n), 0);
	assert_int_equal(n, 11); /* all nine, the notice and its answer */
	for (size_t i = 0; i < n; i++)
		assert_int_equal(seq[i], i < 9 ? i : i + 3);
	free(seq);
	case_done(&c);
	sqlite3_close(db);
}

static void claims_keep_first_last_and_a_few(void **state)
{
	(void)state;
	for (size_t most = 1; most <= CASE_RECORDS_MOST; most++) {
		struct case_claim a = {0}, b = {0};

		for (uint64_t i = 100; i < 1100; i++) {
			case_claim_add(&a, i, most);
			case_claim_add(&b, i, most);
		}
		case_claim_end(&a);
		case_claim_end(&b);
		assert_int_equal(a.n, most);
		assert_int_equal(a.total, 1000);
		assert_int_equal(a.seq[0], 100);
		assert_true(most == 1 || a.seq[most - 1] == 1099);
		assert_memory_equal(&a, &b, sizeof(a));
		for (size_t i = 1; i < most; i++)
			assert_true(a.seq[i] > a.seq[i - 1]);
	}
}

static void what_leads_there_is_apart_and_once(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file without, c;
	uint64_t *seq;
	size_t n;

	(void)state;
	read_of(db, 64505, -1, 0, &without);
	assert_int_equal(without.led.all.sightings, 0);
	assert_int_equal(without.led.hosts, 0);
	assert_int_equal(without.led.by_name, 2);
	sample_led(db);
	read_of(db, 64505, -1, 0, &c);
	/* No deed of its addresses. */
	assert_int_equal(c.all.sightings, without.all.sightings);
	assert_int_equal(c.hosts_all, without.hosts_all);
	/* Record 9 leads to two hosts and is one sighting. */
	assert_int_equal(c.led.all.sightings, 3);
	assert_int_equal(c.led.all.hosts, 2);
	assert_int_equal(c.led.all.by_kind[SIGHTING_SPAM], 3);
	assert_int_equal(c.led.all.claim.total, 3);
	assert_int_equal(c.led.own, 1);
	assert_int_equal(c.led.from, 3);
	assert_int_equal(c.led.networks, 2);
	assert_int_equal(c.led.by_name, 3);
	assert_int_equal(c.led.hosts, 2);
	assert_span(c.led.host[0].of.name, "198.51.100.18");
	assert_int_equal(c.led.host[0].of.sightings, 3);
	assert_int_equal(c.led.host[0].of.days, 3);
	assert_int_equal(c.led.host[0].of.first, AT(SAMPLE_DAY - 40 + 1, 4));
	assert_int_equal(c.led.host[0].of.last, AT(SAMPLE_DAY - 40 + 31, 2));
	assert_int_equal(c.led.host[0].campaigns, 1);
	assert_span(c.led.host[0].campaign[0], "c-000000000001");
	assert_int_equal(c.led.host[1].of.sightings, 1);
	assert_int_equal(case_cited(&c, &seq, &n), 0);
	assert_int_equal(n, 13); /* 9 and 11 too */
	free(seq);
	case_done(&c);
	case_done(&without);
	read_of(db, 64505, SAMPLE_DAY - 35, 10, &c); /* only record 1 */
	assert_int_equal(c.led.all.sightings, 1);
	case_done(&c);
	sqlite3_close(db);
}

/* Records of long ago that are taken in today do not make a case of today. */
static void a_case_ends_when_something_was_last_seen(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	sql(db, "UPDATE record SET logged = logged + 86400 * 3650");
	read_of(db, 64505, -1, 0, &c);
	assert_int_equal(c.day, SAMPLE_DAY - 9);
	assert_false(c.day_asked);
	assert_int_equal(c.all.sightings, 9);
	assert_int_equal(c.hosts_still, 1);
	assert_int_equal(c.looking, 2);
	case_done(&c);
	/* Nobody told of anybody in the days before this one. */
	read_of(db, 64505, SAMPLE_DAY - 12, 0, &c);
	assert_true(c.day_asked);
	assert_int_equal(c.hosts_still, 0);
	assert_int_equal(c.looking, 0);
	case_done(&c);
	sqlite3_close(db);
}

static void a_broken_index_is_told(void **state)
{
	const struct case_asked asked = {.asn = 1, .day = -1};
	struct case_file c;
	struct err err;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(case_read(db, &asked, &c, &err), -EIO);
	assert_non_null(strstr(err.text, "no such table"));
	assert_non_null(strstr(err.text, "reindex"));
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_counted),
		cmocka_unit_test(hosts_are_told_by_how_long_they_were_seen),
		cmocka_unit_test(campaigns_that_are_one_are_one),
		cmocka_unit_test(months_sources_prefixes_and_notices),
		cmocka_unit_test(only_the_window_counts),
		cmocka_unit_test(nothing_known_is_an_empty_case),
		cmocka_unit_test(what_is_cited_is_sorted_and_once),
		cmocka_unit_test(claims_keep_first_last_and_a_few),
		cmocka_unit_test(what_leads_there_is_apart_and_once),
		cmocka_unit_test(a_case_ends_when_something_was_last_seen),
		cmocka_unit_test(a_broken_index_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
