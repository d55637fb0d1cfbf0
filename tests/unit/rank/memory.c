/* Memory that runs short while networks are ranked: nothing is lost, and the failure is told. */
#include "test.h"

#include "rank/rank.h"
#include "short_memory.h"

static int rank_once(struct span raw)
{
	struct rank_network network[3] = {{256}, {65536}, {0}};
	struct rank_seen seen[40];
	struct rank_notice notice = {0, 900, RANK_SILENT};
	struct rank_result r = {.n = 99};

	for (uint32_t i = 0; i < 40; i++)
		seen[i] = (struct rank_seen){.network = i % 3,
			.host = i,
			.first = 800 + (int32_t)i * 5,
			.last = 801 + (int32_t)i * 5,
			.source = (uint16_t)(i % 2),
			.confidence = 90,
			.campaign = i % 4};
	const struct rank_world w = {.network = network,
		.networks = 3,
		.seen = seen,
		.n = raw.n,
		.day = 1000,
		.notice = &notice,
		.notices = 1};
	const struct rank_options o = {.threads = 1};
	int rc = rank(&w, &o, &r);

	if (rc < 0)
		assert_int_equal(r.n, 99);
	else
		rank_done(&r);
	return rc;
}

static void short_memory(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 40; n += 40) {
		struct span raw = {NULL, n};

		assert_true(fail_each(rank_once, raw, false) >= 10);
		assert_true(fail_each(rank_once, raw, true) >= 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
