/* What reach is counted in, from tables of origins and from weight files. */
#include "brute.h"
#include "short_memory.h"

#include "cut/measure.h"

#include <unistd.h>

static char path[] = "/tmp/cordon-measure-XXXXXX";

static struct graph *graph; /* AS3, AS7, AS64500, AS65538 (1.2): nodes 0 to 3 */

static void put(const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void assert_measure(
	const struct measures *m, size_t k, const char *name, const double *of, double total)
{
	assert_true(k < m->n);
	assert_string_equal(m->m[k].name, name);
	for (uint32_t i = 0; i < graph->nodes; i++)
		assert_float_equal(m->m[k].of[i], of[i], 0);
	assert_float_equal(m->m[k].total, total, 0);
}

static void test_new(void **state)
{
	static const struct announced all[] = {
		{.asn = 2, .v4_addresses = 999, .v6_48s = 999},
		{.asn = 3, .v4_addresses = 256},
		{.asn = 64500, .v4_addresses = 1 << 20, .v6_48s = 65536},
		{.asn = 65538, .v6_48s = 1},
	};
	static const struct {
		const struct announced *list;
		size_t n;
		bool v4, v6;
	} row[] = {
		{NULL, 0, false, false},
		{all, 0, false, false},
		{all, 1, false, false}, /* of an AS that is not in the graph */
		{all, 2, true, false},
		{all, 4, true, true},
		{all + 3, 1, false, true},
	};
	static const double one[] = {1, 1, 1, 1};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct measures m;
		double v6[4] = {0}, sum = 0;

		assert_int_equal(measures_new(graph, row[i].list, row[i].n, &m), 0);
		assert_int_equal(m.n, 1 + row[i].v4 + row[i].v6);
		assert_measure(&m, 0, "ases", one, 4);
		for (size_t k = 0; row[i].v6 && k < row[i].n; k++) {
			uint32_t node = graph_find(graph, row[i].list[k].asn);

			if (node != GRAPH_NONE)
				sum += v6[node] = (double)row[i].list[k].v6_48s;
		}
		if (row[i].v6)
			assert_measure(&m, m.n - 1, "ipv6", v6, sum);
		if (row[i].v4)
			assert_float_equal(m.m[1].of[0], 256, 0);
		measures_done(&m);
		assert_int_equal(m.n, 0);
	}
}

static const struct {
	const char *text;
	double of[4];
	uint64_t rows, unknown, bad;
	const char *first_bad; /* NULL: the file is refused */
} row[] = {
	{"3\t5\n7 2.5\nAS64500,1e3\n", {5, 2.5, 1000, 0}, 3, 0, 0, ""},
	{"1.2 7\n65538, 1\n", {0, 0, 0, 8}, 2, 0, 0, ""},
	{"# users\n\n  3 , 4  # of 2008\n#7 9\n", {4, 0, 0, 0}, 1, 0, 0, ""},
	{"3 1\n3 2\nas3\t.5", {3.5, 0, 0, 0}, 3, 0, 0, ""},
	{"3 1\r\n99 5\r\n", {1, 0, 0, 0}, 1, 1, 0, ""},
	{"3 1\n7\nx 1\n", {1, 0, 0, 0}, 1, 0, 2, "7"},
	{"3 1\n7 -1\n", {1, 0, 0, 0}, 1, 0, 1, "7 -1"},
	{"3 1\n7 +1\n7 nan\n7 inf\n7 0x10\n7 1e999\n", {1, 0, 0, 0}, 1, 0, 5, "7 +1"},
	{"3 1\n7 1 2\n", {1, 0, 0, 0}, 1, 0, 1, "7 1 2"},
	{"3 1\n7 1e\n", {1, 0, 0, 0}, 1, 0, 1, "7 1e"},
	{"3 0\n7 1\n", {0, 1, 0, 0}, 2, 0, 0, ""},
	{"3 1\n7 00000000000000000000000000000000000000000000000000000000000000001\n", {1, 0, 0, 0},
		1, 0, 1, "7 00000000000000000000000000000000000000000000000000000000000000001"},
	/* Nothing that could be used. */
	{"", {0}, 0, 0, 0, NULL},
	{"# nothing\n", {0}, 0, 0, 0, NULL},
	{"3 0\n", {0}, 1, 0, 0, NULL},
	{"99 5\n", {0}, 0, 1, 0, NULL},
	{"one,two\n", {0}, 0, 0, 1, NULL},
	/* Sums stay finite. */
	{"3 1e201\n7 1e308\n", {0}, 0, 0, 2, NULL},
	{"3 1e200\n7 1e200\n", {1e200, 1e200, 0, 0}, 2, 0, 0, ""},
};

static void test_weights(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct weights_report r = {.rows = 77};
		struct measures m;
		struct err err = {{0}};
		double total = 0;

		for (size_t k = 0; k < 4; k++)
			total += row[i].of[k];
		put(row[i].text);
		assert_int_equal(measures_new(graph, NULL, 0, &m), 0);
		int rc = measures_add_weights(&m, graph, path, &r, &err);

		assert_int_equal(rc, row[i].first_bad ? 0 : -EINVAL);
		assert_int_equal(r.rows, row[i].rows);
		assert_int_equal(r.unknown, row[i].unknown);
		assert_int_equal(r.bad, row[i].bad);
		assert_int_equal(m.n, rc == 0 ? 2 : 1);
		if (rc == 0) {
			assert_measure(&m, 1, "weight", row[i].of, total);
			assert_string_equal(r.first_bad, row[i].first_bad);
		} else {
			assert_non_null(strstr(err.text, path));
		}
		measures_done(&m);
	}
}

static void test_no_file(void **state)
{
	struct weights_report r;
	struct measures m;
	struct err err = {{0}};

	(void)state;
	assert_int_equal(measures_new(graph, NULL, 0, &m), 0);
	assert_int_equal(
		measures_add_weights(&m, graph, "/nonexistent/weights", &r, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/weights"));
	assert_int_equal(m.n, 1);
	measures_done(&m);
}

static int once(struct span raw)
{
	static const struct announced list[] = {{.asn = 3, .v4_addresses = 1, .v6_48s = 1}};
	struct weights_report r;
	struct measures m = {.n = 77};
	int rc = measures_new(graph, list, raw.n, &m);

	if (rc < 0) {
		assert_int_equal(m.n, 77);
		return rc;
	}
	rc = measures_add_weights(&m, graph, path, &r, NULL);
	assert_int_equal(m.n, 1 + 2 * raw.n + (rc == 0));
	measures_done(&m);
	return rc;
}

static void test_memory(void **state)
{
	(void)state;
	put("3 1\n");
	for (size_t n = 0; n < 2; n++)
		for (int on = 0; on < 2; on++)
			assert_true(fail_each(once, (struct span){NULL, n}, on) >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_memory),
	};
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	graph = brute_read("3>7 64500 65538");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	graph_close(graph);
	unlink(path);
	return failed;
}
