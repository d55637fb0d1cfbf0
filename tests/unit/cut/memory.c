/* Memory that runs short while sets are looked for: nothing is lost, and the failure is told. */
#include "test.h"

#include "brute.h"
#include "cut/part.h"
#include "cut/starve.h"
#include "short_memory.h"

static struct graph *graph; /* AS5 is the one to be parted; AS3 and AS4 may be cut, or the top */

static int part_once(struct span raw)
{
	uint32_t target = graph_find(graph, 5), keep = graph_find(graph, 4);
	struct part_sets p = {.state = PART_AT_TOP};
	int rc = part_find(graph, &target, 1, &keep, raw.n, &p);

	assert_int_equal(p.state, rc < 0 ? PART_AT_TOP : PART_FOUND);
	if (rc == 0)
		part_done(&p);
	return rc;
}

static void part(void **state)
{
	(void)state;
	for (size_t keep = 0; keep < 2; keep++) {
		struct span raw = {NULL, keep};

		assert_true(fail_each(part_once, raw, false) >= 8);
		assert_true(fail_each(part_once, raw, true) >= 8);
	}
}

static int starve_once(struct span raw)
{
	uint32_t target = graph_find(graph, 5), keep = graph_find(graph, 4);
	double of[] = {1, 1, 1, 1, 1};
	struct measure measure = {"test", of, 5};
	struct starve_question q = {.targets = &target,
		.ntargets = 1,
		.keep = &keep,
		.nkeep = raw.n,
		.measure = &measure,
		.share = 0.5};
	struct starve s = {.state = STARVE_NEVER};
	int rc = starve_find(graph, &q, &s);

	assert_int_equal(s.state, rc < 0 ? STARVE_NEVER : STARVE_OPTIMAL);
	if (rc == 0)
		starve_done(&s);
	return rc;
}

static void starve(void **state)
{
	(void)state;
	for (size_t keep = 0; keep < 2; keep++) {
		struct span raw = {NULL, keep};

		assert_true(fail_each(starve_once, raw, false) >= 40);
		assert_true(fail_each(starve_once, raw, true) >= 40);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part),
		cmocka_unit_test(starve),
	};

	graph = brute_read("1! 2! 1-2 1>3 2>4 3>5 4>5");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	graph_close(graph);
	return failed;
}
