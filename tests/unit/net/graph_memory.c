/* Graphs while memory runs short: told, nothing leaked, nothing half done. */
#include "short_memory.h"

#include "net/graph_build.h"

static int fill(struct graph_builder *b)
{
	int rc = 0;

	/* Enough for every array to grow, circles, and sets of cones. */
	for (uint32_t i = 1; i < 2000 && rc == 0; i++) {
		rc = graph_builder_link(b, i, i / 2 + 1, LINK_PROVIDER);
		if (rc == 0 && i % 3 == 0)
			rc = graph_builder_link(b, i, i / 3 + 1, LINK_PROVIDER);
		if (rc == 0)
			rc = graph_builder_clique(b, i);
	}
	return rc;
}

static int build(struct span raw)
{
	struct graph_label label = {.source = raw};
	struct graph_builder *b;
	struct graph *g = NULL;
	int rc = graph_builder_new(&b);

	if (rc < 0)
		return rc;
	rc = fill(b);
	if (rc == 0)
		rc = graph_builder_open(b, &label, NULL, &g);
	if (rc == 0) {
		assert_int_equal(g->nodes, 1999);
		assert_int_equal(g->cone[1], 1998);
	} else {
		assert_null(g);
	}
	graph_close(g);
	graph_builder_free(b);
	return rc;
}

static void short_memory_is_told(void **state)
{
	(void)state;
	assert_true(fail_each(build, SPAN("source"), false) > 15);
	assert_true(fail_each(build, SPAN("source"), true) > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
