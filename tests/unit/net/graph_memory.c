/* Graphs, and what is counted for them, while memory runs short: told, nothing leaked, nothing half
 * done. */
#include "short_memory.h"

#include "net/announced.h"
#include "net/graph_build.h"
#include "net/table_build.h"

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

static struct table *table;

static int count(struct span raw)
{
	struct announced *list = NULL;
	size_t n;
	int rc = announced_count(table, &list, &n);

	(void)raw;
	assert_true(rc == 0 || !list);
	free(list);
	return rc;
}

static void short_memory_while_counting_is_told(void **state)
{
	(void)state;
	struct table_label label = {0};
	struct table_builder *b;
	struct buf payload = {0};
	struct prefix p;
	uint32_t origin;

	assert_int_equal(table_builder_new(&b), 0);
	assert_int_equal(table_builder_origin(b, 1, SPAN("One"), &origin), 0);
	assert_int_equal(prefix_parse(SPAN("192.0.2.0/24"), &p), 0);
	assert_int_equal(table_builder_add_prefix(b, &p, origin), 0);
	assert_int_equal(table_builder_finish(b, &label, &payload, NULL), 0);
	assert_int_equal(table_open_memory(buf_span(&payload), &table), 0);
	assert_int_equal(fail_each(count, SPAN(""), false), 3);
	table_close(table);
	table_builder_free(b);
	buf_done(&payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_memory_is_told),
		cmocka_unit_test(short_memory_while_counting_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
