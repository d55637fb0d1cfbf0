/*
 * Memory that runs short: the allocator is wrapped, and each allocation in turn is refused while a
 * table is built, and while a shelf is opened. Both must say so, leak nothing, and do as well as
 * ever when asked again.
 */
#include "test.h"

#include "base/image.h"
#include "net/graph_build.h"
#include "net/shelf.h"
#include "net/table_build.h"
#include "net/table_format.h"

#include <errno.h>
#include <sys/stat.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static long left = -1; /* allocations until one is refused; negative: none is */

static bool refuse(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t n)
{
	return refuse() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return refuse() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return refuse() ? NULL : __real_realloc(p, n);
}

/* Builds a table that outgrows every first room, and opens it. */
static int build(uint64_t *ret_sum)
{
	struct table_builder *b;
	struct buf payload = {0};
	struct table_label label = {1, SPAN("source"), SPAN("terms")};
	struct table *t;
	int rc = table_builder_new(&b);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < 5000 && rc == 0; i++) {
		struct prefix p = {ip_from_v4(i << 12), 20};
		char holder[32];
		uint32_t origin;

		snprintf(holder, sizeof(holder), "holder %u", i);
		rc = table_builder_origin(b, i, span_cstr(holder), &origin);
		if (rc == 0)
			rc = table_builder_add_prefix(b, &p, origin);
	}
	if (rc == 0)
		rc = table_builder_finish(b, &label, &payload, NULL);
	if (rc == 0)
		rc = table_open_memory(buf_span(&payload), &t);
	if (rc == 0) {
		*ret_sum = 0;
		for (uint32_t i = 0; i < 5000; i++)
			*ret_sum += table_lookup_v4(t, i << 12);
		table_close(t);
	}
	table_builder_free(b);
	buf_done(&payload);
	return rc;
}

static void every_refusal_is_told(void **state)
{
	(void)state;
	uint64_t want, sum;
	long at = 0;
	int rc;

	assert_int_equal(build(&want), 0);
	assert_int_equal(want, 4999 * 5000 / 2);
	do {
		left = at++;
		rc = build(&sum);
		if (left >= 0) { /* fewer allocations than that: all have been refused once */
			assert_int_equal(rc, 0);
			break;
		}
		assert_int_equal(rc, -ENOMEM);
	} while (at < 1000);
	left = -1;
	assert_true(at > 10 && at < 1000);
	assert_int_equal(build(&sum), 0);
	assert_int_equal(sum, want);
}

static char folder[64];

/* A folder with a table and two graphs, one of which does not tell its day by its name. */
static int make_folder(void **state)
{
	(void)state;
	struct table_label table = {1, SPAN("source"), SPAN("terms")};
	struct graph_label graph = {.day = 1};
	struct table_builder *t;
	struct graph_builder *g;
	struct buf a = {0}, b = {0};
	char path[128];

	snprintf(folder, sizeof(folder), "/tmp/test-memory.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/net", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(table_builder_new(&t), 0);
	assert_int_equal(graph_builder_new(&g), 0);
	assert_int_equal(graph_builder_link(g, 1, 2, LINK_PEER), 0);
	assert_int_equal(table_builder_finish(t, &table, &a, NULL), 0);
	assert_int_equal(graph_builder_finish(g, &graph, NULL, &b), 0);
	snprintf(path, sizeof(path), "%s/net/1970-01-02.a.table", folder);
	assert_int_equal(image_write(path, TABLE_MAGIC, TABLE_VERSION, buf_span(&a), NULL), 0);
	snprintf(path, sizeof(path), "%s/net/1970-01-02.a.graph", folder);
	assert_int_equal(graph_write(path, buf_span(&b), NULL), 0);
	snprintf(path, sizeof(path), "%s/net/undated.graph", folder);
	assert_int_equal(graph_write(path, buf_span(&b), NULL), 0);
	table_builder_free(t);
	graph_builder_free(g);
	buf_done(&a);
	buf_done(&b);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static int open_shelf(void)
{
	const struct graph *g;
	struct shelf *s;
	size_t bad = 0;
	int rc = shelf_open(folder, &s, &bad, NULL);

	if (rc < 0)
		return rc;
	assert_int_equal(bad, 0);
	assert_int_equal(shelf_count(s), 1);
	assert_int_equal(shelf_files(s, SHELF_GRAPH), 2);
	rc = shelf_graph(s, 1, &g, NULL, NULL);
	if (rc == 0)
		assert_int_equal(g->nodes, 2);
	shelf_close(s);
	return rc;
}

static void every_refusal_of_a_shelf_is_told(void **state)
{
	(void)state;
	long at = 0;
	int rc;

	do {
		left = at++;
		rc = open_shelf();
		assert_int_equal(rc, left >= 0 ? 0 : -ENOMEM);
	} while (left < 0);
	left = -1;
	assert_true(at > 8);
	assert_int_equal(open_shelf(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_is_told),
		cmocka_unit_test_setup_teardown(
			every_refusal_of_a_shelf_is_told, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
