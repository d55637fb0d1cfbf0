#include "test.h"

#include "brute.h"
#include "cli/as_list.h"
#include "cli/cli.h"

#include <errno.h>

static const char *show(const struct as_list *l)
{
	static char text[256];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%u", i ? " " : "", l->asn[i]);
	return text;
}

static void lists_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want, *bad; /* bad: NULL when the list is good */
	} rows[] = {
		{"64500", "64500", NULL},
		{"AS64500", "64500", NULL},
		{"as64500,AS64501", "64500 64501", NULL},
		{" 64501 , 64500 ", "64501 64500", NULL},
		{"1.10", "65546", NULL},
		{"64500,64500,as64500", "64500", NULL},
		{"4294967295", "4294967295", NULL},
		{"4294967296", "", "4294967296"},
		{"64500,x,y", "", "x"},
		{"64500,", "", ""},
		{",64500", "", ""},
		{"", "", ""},
		{"AS", "", "AS"},
		{"-1", "", "-1"},
		{"64500 64501", "", "64500 64501"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct as_list l = {0};
		struct span bad = SPAN("untouched");
		int rc = as_list_add(&l, span_cstr(rows[i].text), &bad);

		assert_int_equal(rc, rows[i].bad ? -EINVAL : 0);
		assert_string_equal(show(&l), rows[i].want);
		if (rows[i].bad)
			assert_span(bad, rows[i].bad);
		as_list_done(&l);
	}
}

static void a_bad_list_adds_nothing(void **state)
{
	(void)state;
	static const struct usage usage = {"test", "", "Tests.", NULL};
	struct as_list l = {0};

	assert_int_equal(as_list_read(&l, &usage, "--cut", NULL), EXIT_DONE);
	assert_int_equal(as_list_read(&l, &usage, "--cut", "1,2"), EXIT_DONE);
	assert_int_equal(as_list_read(&l, &usage, "--cut", "3,x"), EXIT_USAGE);
	assert_int_equal(as_list_read(&l, &usage, "", "2,4"), EXIT_DONE);
	assert_string_equal(show(&l), "1 2 4");
	as_list_done(&l);
}

static void unknown_ones_go_to_the_end(void **state)
{
	(void)state;
	struct graph *g = brute_read("1>2 2>3");
	struct as_list l = {0};
	uint32_t *node;

	assert_int_equal(as_list_add(&l, SPAN("9,3,8,1"), NULL), 0);
	assert_int_equal(as_list_nodes(&l, g, &node), 2);
	assert_string_equal(show(&l), "3 1 9 8");
	assert_int_equal(node[0], graph_find(g, 3));
	assert_int_equal(node[1], graph_find(g, 1));
	free(node);
	as_list_done(&l);
	assert_int_equal(as_list_nodes(&l, g, &node), 0);
	free(node);
	graph_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(a_bad_list_adds_nothing),
		cmocka_unit_test(unknown_ones_go_to_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
