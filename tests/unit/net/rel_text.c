#include "test.h"

#include "base/random.h"
#include "net/day.h"
#include "net/rel_text.h"

#include <errno.h>

/* "-": no link. Else the neighbours of the lower number: what the higher one is to it. */
static void assert_line(const char *line, int want, bool looks, const char *kind)
{
	struct graph_label label = {0};
	struct graph_builder *b;
	struct graph *g;
	int32_t day = -1;
	enum link_kind got = LINK_KINDS;

	assert_int_equal(graph_builder_new(&b), 0);
	int rc = rel_text_line(b, span_cstr(line), &day);

	if (rc != want)
		fail_msg("\"%s\": got %d, want %d", line, rc, want);
	if (rel_text_is(span_cstr(line)) != looks)
		fail_msg("\"%s\": looks like a relationship or not", line);
	assert_int_equal(graph_builder_open(b, &label, NULL, &g), 0);
	if (g->nodes == 2 && g->links == 1)
		assert_true(graph_link(g, 0, 1, &got));
	if (strcmp(got == LINK_KINDS ? "-" : link_kind_name(got), kind))
		fail_msg("\"%s\": got %d, want %s", line, got, kind);
	graph_close(g);
	graph_builder_free(b);
}

static void lines_are_understood(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int want;
		bool looks;
		const char *kind; /* what the higher number is to the lower one */
	} cases[] = {
		{"174|3356|0", REL_LINK, true, "peer"},
		{"174|3356|-1", REL_LINK, true, "customer"},
		{"3356|174|-1", REL_LINK, true, "provider"},
		{"174|3356|1", REL_LINK, true, "provider"},
		{"3356|174|1", REL_LINK, true, "customer"},
		{"174|3356|2", REL_LINK, true, "sibling"},
		{"174|3356|3", REL_LINK, true, "sibling"},
		{"174|3356|0|bgp", REL_LINK, true, "peer"},
		{"174|3356|-1|mlp,bgp", REL_LINK, true, "customer"},
		{"174|3356|-1|", REL_LINK, true, "customer"},
		{"  174|3356|0 \r", REL_LINK, true, "peer"},
		{"AS174|as3356|0", REL_LINK, true, "peer"},
		{"174|4200000000|0", REL_LINK, true, "-"}, /* private: left out by the builder */
		{"174|174|0", REL_LINK, true, "-"},
		{"174|3356|0|1299", REL_LINK, false, "peer"}, /* may be a path */
		{"174|3356|1299", REL_BAD_KIND, false, "-"},
		{"174|3356|-2", REL_BAD_KIND, false, "-"},
		{"174|3356|", REL_BAD_KIND, false, "-"},
		{"174|3356|00", REL_BAD_KIND, false, "-"},
		{"174|3356", REL_BAD_FIELDS, false, "-"},
		{"174|3356|0|bgp|x", REL_BAD_FIELDS, false, "-"},
		{"174 3356 -1", REL_BAD_FIELDS, false, "-"},
		{"x", REL_BAD_FIELDS, false, "-"},
		{"|3356|0", REL_BAD_ASN, false, "-"},
		{"174|-1|0", REL_BAD_ASN, false, "-"},
		{"174|4294967296|0", REL_BAD_ASN, false, "-"},
		{"174 |3356|0", REL_BAD_ASN, false, "-"},
		{"", REL_COMMENT, false, "-"},
		{" \t ", REL_COMMENT, false, "-"},
		{"#", REL_COMMENT, false, "-"},
		{"# IXP ASes: 1200 4635 5507", REL_COMMENT, false, "-"},
		{"# step 1: set peering in clique", REL_COMMENT, false, "-"},
		{"# program start time: 20110304 11:56:53", REL_COMMENT, false, "-"},
		{"# source:topology|BGP|20230701|ripe|rrc00", REL_DAY, false, "-"},
		{"# source:topology|BGP|20230701", REL_DAY, false, "-"},
		{"#source:topology|BGP|2023-07-01|ripe", REL_DAY, false, "-"},
		{"# source:topology|BGP|20231301|ripe", REL_COMMENT, false, "-"},
		{"# source:topology|BGP", REL_COMMENT, false, "-"},
		{"# source:", REL_COMMENT, false, "-"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_line(cases[i].line, cases[i].want, cases[i].looks, cases[i].kind);
}

/* Reads a whole text; the first day told is the graph's. */
static struct graph *read_text(const char *text, size_t n, struct graph_odd *ret_odd)
{
	struct graph_label label = {.source = SPAN("test"), .method = SPAN("given")};
	struct span rest = {text, n}, line;
	struct graph_builder *b;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	while (span_line(&rest, &line)) {
		int32_t day;
		int rc = rel_text_line(b, line, &day);

		assert_true(rc >= 0);
		if (rc == REL_DAY && !label.day)
			label.day = day;
	}
	assert_int_equal(graph_builder_open(b, &label, ret_odd, &g), 0);
	graph_builder_free(b);
	return g;
}

static void a_file_is_read(void **state)
{
	(void)state;
	static const char text[] = "# input clique: 174 3356 1299\n"
				   "# IXP ASes: 1200 4635\n"
				   "# source:topology|BGP|20230701|ripe|rrc00\n"
				   "# source:topology|BGP|20230702|ripe|rrc00\n"
				   "# step 1: set peering in clique\n"
				   "174|3356|0|bgp\n"
				   "3356|20001|-1|bgp\n"
				   "174|20001|-1|bgp\n"
				   "20001|20002|0|mlp\n";
	struct graph *g = read_text(text, sizeof(text) - 1, NULL);
	char day[DAY_TEXT];

	assert_int_equal(g->nodes, 5);
	assert_int_equal(g->links, 4);
	assert_string_equal(day_format(g->info.day, day), "2023-07-01");
	assert_int_equal(g->flags[graph_find(g, 1299)], GRAPH_CLIQUE);
	assert_int_equal(g->flags[graph_find(g, 20001)], 0);
	assert_int_equal(g->cone[graph_find(g, 3356)], 2);
	assert_int_equal(graph_find(g, 1200), GRAPH_NONE);
	graph_close(g);
}

static void cliques_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		uint32_t nodes;
	} cases[] = {
		{"# inferred clique: 174 209", 2},
		{"# inferred clique:174  209 174", 2},
		{"#input clique: 174 x 209,3356 AS701", 2},
		{"# inferred clique: ", 0},
		{"# inferred clique", 0},
		{"# inferred clique: 64512 0", 0},
		{"# clique: 174 209", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct graph *g = read_text(cases[i].line, strlen(cases[i].line), NULL);

		if (g->nodes != cases[i].nodes)
			fail_msg("\"%s\": %u nodes", cases[i].line, g->nodes);
		for (uint32_t k = 0; k < g->nodes; k++)
			assert_int_equal(g->flags[k], GRAPH_CLIQUE);
		graph_close(g);
	}
}

static void it_is_written_as_it_says(void **state)
{
	(void)state;
	static const char text[] = "# inferred clique: 1 2\n"
				   "# source:topology|BGP|20081111|x|y\n"
				   "1|2|0\n4|3|2\n3|1|1\n2|3|-1\n9|1|0\n2|5|-1|bgp\n";
	struct graph *g = read_text(text, sizeof(text) - 1, NULL);
	char *got;
	size_t n;
	FILE *to = open_memstream(&got, &n);

	assert_int_equal(rel_text_write(g, to), 0);
	fclose(to);
	assert_string_equal(got, "# source:topology|BGP|20081111|test\n"
				 "# method: given\n"
				 "# inferred clique: 1 2\n"
				 "1|2|0\n1|3|-1\n1|9|0\n2|3|-1\n2|5|-1\n3|4|2\n");
	free(got);
	graph_close(g);
}

static void odd_labels_stay_in_their_line(void **state)
{
	(void)state;
	struct graph_label label = {.source = SPAN("a\nb"), .terms = SPAN("x\n1|2|0\r\x1b[2J")};
	struct graph_builder *b;
	struct graph *g;
	char *got;
	size_t n;
	FILE *to = open_memstream(&got, &n);

	assert_int_equal(graph_builder_new(&b), 0);
	assert_int_equal(graph_builder_open(b, &label, NULL, &g), 0);
	assert_int_equal(rel_text_write(g, to), 0);
	fclose(to);
	assert_string_equal(got, "# source:topology|BGP|19700101|a b\n# terms: x 1|2|0  [2J\n");
	free(got);
	graph_close(g);
	graph_builder_free(b);
}

static void failure_to_write_is_told(void **state)
{
	(void)state;
	struct graph *g = read_text("1|2|0\n", 6, NULL);
	FILE *full = fopen("/dev/full", "w");

	if (full) {
		assert_int_equal(rel_text_write(g, full), -ENOSPC);
		fclose(full);
	}
	graph_close(g);
}

/* What is written and read again is the same graph, byte for byte. */
static void texts_go_round(void **state)
{
	(void)state;
	struct random r;

	random_seed(&r, 11);
	for (int i = 0; i < 300; i++) {
		char *text, *again;
		size_t n, m;
		FILE *to = open_memstream(&text, &n);

		fprintf(to, "# source:topology|BGP|20081111|x\n# inferred clique: 3 5 70\n");
		for (size_t k = random_below(&r, 200); k; k--)
			fprintf(to, "%zu|%zu|%d\n", 1 + random_below(&r, 60),
				1 + random_below(&r, 60), (int)random_below(&r, 4) - 1);
		fclose(to);
		struct graph *g = read_text(text, n, NULL), *h;
		struct graph_odd odd;

		to = open_memstream(&again, &m);
		assert_int_equal(rel_text_write(g, to), 0);
		fclose(to);
		h = read_text(again, m, &odd);
		assert_int_equal(
			odd.loops + odd.scope + odd.repeated + odd.mutual + odd.contrary, 0);
		assert_int_equal(g->nodes, h->nodes);
		assert_int_equal(g->links, h->links);
		assert_int_equal(g->info.day, h->info.day);
		assert_memory_equal(g->asn, h->asn, g->nodes * sizeof(*g->asn));
		assert_memory_equal(g->row, h->row, (4 * g->nodes + 1) * sizeof(*g->row));
		assert_memory_equal(g->col, h->col, 2 * g->links * sizeof(*g->col));
		assert_memory_equal(g->cone, h->cone, g->nodes * sizeof(*g->cone));
		assert_memory_equal(g->flags, h->flags, g->nodes);
		graph_close(g);
		graph_close(h);
		free(text);
		free(again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_understood),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(cliques_are_read),
		cmocka_unit_test(it_is_written_as_it_says),
		cmocka_unit_test(odd_labels_stay_in_their_line),
		cmocka_unit_test(failure_to_write_is_told),
		cmocka_unit_test(texts_go_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
