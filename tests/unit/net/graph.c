/*
 * Graphs against a naive builder: a matrix of who is what to whom, and who reaches whom by paths
 * over it. Then hostile shapes, odd links, and images that lie.
 */
#include "test.h"

#include "base/image.h"
#include "base/random.h"
#include "net/graph_build.h"
#include "net/graph_format.h"
#include "net/graph_shape.h"

#include <errno.h>
#include <unistd.h>

static const struct graph_label label = {
	.day = 14195, .source = {"test", 4}, .method = {"given", 5}, .terms = {"free", 4}};

#define MOST 48

/* The naive graph: node i has number number[i], ascending. */
struct naive {
	uint32_t n;
	asn_t number[MOST];
	bool used[MOST];
	uint8_t kind[MOST][MOST]; /* what j is to i, and one more; 0: no link */
	bool mutual[MOST][MOST];
	bool down[MOST][MOST]; /* j is in the cone of i */
	struct graph_odd odd;
};

static enum link_kind turn(enum link_kind kind)
{
	return kind == LINK_PROVIDER ? LINK_CUSTOMER : kind == LINK_CUSTOMER ? LINK_PROVIDER : kind;
}

static void naive_set(struct naive *w, uint32_t i, uint32_t j, enum link_kind kind)
{
	w->kind[i][j] = (uint8_t)(kind + 1);
	w->kind[j][i] = (uint8_t)(turn(kind) + 1);
}

static void naive_add(struct naive *w, uint32_t i, uint32_t j, enum link_kind kind)
{
	if (i == j) {
		w->odd.loops++;
		return;
	}
	uint8_t now = w->kind[i][j];
	bool transit = kind == LINK_PROVIDER || kind == LINK_CUSTOMER;

	w->used[i] = w->used[j] = true;
	if (!now)
		naive_set(w, i, j, kind);
	else if (now == kind + 1 || (w->mutual[i][j] && transit))
		w->odd.repeated++;
	else if (transit && now == turn(kind) + 1) {
		w->odd.mutual++;
		naive_set(w, i, j, LINK_SIBLING);
		w->mutual[i][j] = w->mutual[j][i] = true;
	} else {
		w->odd.contrary++;
	}
}

static void naive_close(struct naive *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		for (uint32_t j = 0; j < w->n; j++)
			w->down[i][j] = i == j || w->kind[i][j] == LINK_SIBLING + 1 ||
					w->kind[i][j] == LINK_CUSTOMER + 1;
	for (uint32_t k = 0; k < w->n; k++)
		for (uint32_t i = 0; i < w->n; i++)
			for (uint32_t j = 0; j < w->n; j++)
				w->down[i][j] |= w->down[i][k] && w->down[k][j];
	for (uint32_t i = 0; i < w->n; i++) {
		bool first = true, circle = false;

		for (uint32_t j = 0; j < i; j++)
			first &= !(w->down[i][j] && w->down[j][i]);
		for (uint32_t j = 0; j < w->n; j++)
			for (uint32_t k = 0; k < w->n; k++)
				circle |= w->down[i][j] && w->down[j][i] && w->down[i][k] &&
					  w->down[k][i] && w->kind[j][k] == LINK_PROVIDER + 1;
		w->odd.circles += first && circle;
	}
}

/* A node of the naive graph by its number in the other. */
static uint32_t naive_of(const struct naive *w, asn_t asn)
{
	for (uint32_t i = 0; i < w->n; i++) {
		if (w->number[i] == asn)
			return i;
	}
	fail_msg("AS%u is in no link", asn);
	return 0;
}

static void assert_links(const struct graph *g, const struct naive *w)
{
	uint32_t links = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t wi = naive_of(w, g->asn[i]), n = 0;

		for (int kind = 0; kind < LINK_KINDS; kind++) {
			struct nodes run = graph_neighbours(g, i, (enum link_kind)kind);

			n += run.n;
			for (uint32_t k = 0; k < run.n; k++) {
				assert_true(k == 0 || run.node[k - 1] < run.node[k]);
				assert_int_equal(
					w->kind[wi][naive_of(w, g->asn[run.node[k]])], kind + 1);
			}
		}
		assert_int_equal(n, graph_all(g, i).n);
		for (uint32_t j = 0; j < g->nodes; j++) {
			uint8_t want = w->kind[wi][naive_of(w, g->asn[j])];
			enum link_kind kind = LINK_KINDS;

			links += want > 0;
			n -= want > 0;
			assert_int_equal(graph_link(g, i, j, &kind), want > 0);
			assert_int_equal(kind, want ? want - 1 : LINK_KINDS);
		}
		assert_int_equal(n, 0);
	}
	assert_int_equal(links, 2 * g->links);
}

static void assert_shape(const struct graph *g, const struct naive *w)
{
	uint8_t mark[MOST];
	uint32_t stack[MOST], place[MOST];

	for (uint32_t i = 0; i < g->nodes; i++)
		place[g->order[i]] = i;
	for (uint32_t i = 0; i < g->nodes; i++) {
		uint32_t wi = naive_of(w, g->asn[i]), cone = 0;

		memset(mark, 0, sizeof(mark));
		assert_int_equal(graph_mark_cone(g, i, mark, stack), g->cone[i]);
		for (uint32_t j = 0; j < g->nodes; j++) {
			uint32_t wj = naive_of(w, g->asn[j]);

			cone += w->down[wi][wj];
			assert_int_equal(mark[j], w->down[wi][wj]);
			assert_int_equal(
				g->group[i] == g->group[j], w->down[wi][wj] && w->down[wj][wi]);
			if (g->group[i] != g->group[j] && w->down[wi][wj])
				assert_true(place[j] < place[i]);
		}
		assert_int_equal(cone, g->cone[i]);
		if (i)
			assert_true(g->group[g->order[i]] - g->group[g->order[i - 1]] <= 1);
	}
	if (g->nodes)
		assert_int_equal(g->group[g->order[0]], 0);
}

static void assert_same_odd(const struct graph_odd *a, const struct graph_odd *b)
{
	assert_int_equal(a->loops, b->loops);
	assert_int_equal(a->scope, b->scope);
	assert_int_equal(a->repeated, b->repeated);
	assert_int_equal(a->mutual, b->mutual);
	assert_int_equal(a->contrary, b->contrary);
	assert_int_equal(a->circles, b->circles);
}

/* A random graph: `up` of 100 links go from a lower to a higher number, so few circles or many. */
static void try_random(struct random *r, unsigned up)
{
	struct naive w = {.n = 1 + (uint32_t)random_below(r, MOST)};
	size_t links = random_below(r, 4 * w.n + 1);
	struct graph_builder *b;
	struct graph_odd odd;
	struct graph *g;
	uint32_t used = 0;

	for (uint32_t i = 0; i < w.n; i++)
		w.number[i] = (i ? w.number[i - 1] : 0) + 1 + (i % 7 == 6 ? 1u << 27 : i % 5);
	assert_int_equal(graph_builder_new(&b), 0);
	for (size_t k = 0; k < links; k++) {
		uint32_t i = (uint32_t)random_below(r, w.n), j = (uint32_t)random_below(r, w.n);
		enum link_kind kind = (enum link_kind)random_below(r, LINK_KINDS);

		if (kind == LINK_SIBLING && random_below(r, 3))
			kind = LINK_PEER;
		if (random_below(r, 100) < up && kind != LINK_PEER)
			kind = i < j ? LINK_PROVIDER : LINK_CUSTOMER;
		naive_add(&w, i, j, kind);
		assert_int_equal(graph_builder_link(b, w.number[i], w.number[j], kind), 0);
	}
	naive_close(&w);
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	for (uint32_t i = 0; i < w.n; i++) {
		used += w.used[i];
		assert_int_equal(graph_find(g, w.number[i]) != GRAPH_NONE, w.used[i]);
	}
	assert_int_equal(g->nodes, used);
	assert_same_odd(&odd, &w.odd);
	assert_links(g, &w);
	assert_shape(g, &w);
	graph_close(g);
	graph_builder_free(b);
}

static void random_graphs_are_as_the_naive_ones(void **state)
{
	(void)state;
	struct random r;

	random_seed(&r, 20080501);
	for (int i = 0; i < 1500; i++)
		try_random(&r, i % 3 == 0 ? 100 : i % 3 == 1 ? 97 : 50);
}

static struct graph_builder *begin(void)
{
	struct graph_builder *b;

	assert_int_equal(graph_builder_new(&b), 0);
	return b;
}

static struct graph *end(struct graph_builder *b, struct graph_odd *ret_odd)
{
	struct graph *g;

	assert_int_equal(graph_builder_open(b, &label, ret_odd, &g), 0);
	graph_builder_free(b);
	return g;
}

/* Public numbers, ascending with i: beyond the private, reserved and documentation ones. */
static asn_t number(uint32_t i)
{
	return 200000 + i;
}

/* Cones beyond the 512 bits of a piece, with trees of many sizes: against a plain search. */
static void large_cones_are_as_searched(void **state)
{
	(void)state;
	const uint32_t n = 6000;
	struct graph_builder *b = begin();
	uint8_t *mark = malloc(n);
	uint32_t *stack = malloc(n * sizeof(*stack));
	struct random r;

	random_seed(&r, 7);
	for (uint32_t i = 1; i < n; i++) {
		size_t providers = i % 3 ? 1 + random_below(&r, 3) : 1;

		for (size_t k = 0; k < providers; k++)
			graph_builder_link(b, number(i),
				number((uint32_t)(random_below(&r, i) * random_below(&r, i) / i)),
				i % 97 == 0 ? LINK_SIBLING : LINK_PROVIDER);
	}
	struct graph *g = end(b, NULL);

	assert_int_equal(g->nodes, n);
	assert_int_equal(g->cone[0], n);
	for (uint32_t i = 0; i < n; i++) {
		memset(mark, 0, n);
		assert_int_equal(graph_mark_cone(g, i, mark, stack), g->cone[i]);
	}
	graph_close(g);
	free(mark);
	free(stack);
}

static void circle(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		graph_builder_link(b, number(i), number((i + 1) % n), LINK_PROVIDER);
}

static void chain(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++)
		graph_builder_link(b, number(i), number(i + 1), LINK_PROVIDER);
}

static void star(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++)
		graph_builder_link(b, number(n - 1), number(i), LINK_CUSTOMER);
}

/* Each buys from the two above it: deep, and no tree. */
static void ladder(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++) {
		graph_builder_link(b, number(i), number(i + 1), LINK_PROVIDER);
		if (i + 2 < n)
			graph_builder_link(b, number(i), number(i + 2), LINK_PROVIDER);
	}
}

static void siblings(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i++)
		graph_builder_link(b, number(i), number(i + 1), LINK_SIBLING);
}

static void repeats(struct graph_builder *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		graph_builder_link(b, number(0), number(1), LINK_PROVIDER);
}

static void hostile_shapes_are_built(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*make)(struct graph_builder *b, uint32_t n);
		uint32_t n, nodes, groups, circles, low_cone, high_cone;
	} cases[] = {
		{"circle", circle, 100000, 100000, 1, 1, 100000, 100000},
		{"chain", chain, 1000000, 1000000, 1000000, 0, 1, 1000000},
		{"star", star, 300000, 300000, 300000, 0, 1, 300000},
		{"ladder", ladder, 20000, 20000, 20000, 0, 1, 20000},
		{"siblings", siblings, 100000, 100000, 1, 0, 100000, 100000},
		{"repeats", repeats, 100000, 2, 2, 0, 1, 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct graph_builder *b = begin();
		struct graph_odd odd;

		cases[i].make(b, cases[i].n);
		struct graph *g = end(b, &odd);
		uint32_t low = graph_find(g, number(0));
		uint32_t high = graph_find(g, number(cases[i].nodes - 1));

		print_message("%s\n", cases[i].name);
		assert_int_equal(g->nodes, cases[i].nodes);
		assert_int_equal(g->group[g->order[g->nodes - 1]] + 1, cases[i].groups);
		assert_int_equal(odd.circles, cases[i].circles);
		assert_int_equal(g->cone[low], cases[i].low_cone);
		assert_int_equal(g->cone[high], cases[i].high_cone);
		graph_close(g);
	}
}

/* So deep that counting cones would take hours: told, not tried. */
static void too_deep_is_refused(void **state)
{
	(void)state;
	struct graph_builder *b = begin();
	struct graph *g = NULL;

	ladder(b, 1000000);
	assert_int_equal(graph_builder_open(b, &label, NULL, &g), -E2BIG);
	assert_null(g);
	graph_builder_free(b);
}

/* One AS more than a graph may have. */
static void too_many_ases_are_refused(void **state)
{
	(void)state;
	struct graph_builder *b = begin();
	struct graph *g = NULL;

	for (uint32_t i = 0; i <= GRAPH_NODES_MOST; i++)
		assert_int_equal(graph_builder_as(b, number(i)), 0);
	assert_int_equal(graph_builder_open(b, &label, NULL, &g), -E2BIG);
	assert_null(g);
	graph_builder_free(b);
}

static void odd_links_are_counted(void **state)
{
	(void)state;
	static const struct {
		asn_t a, b;
		enum link_kind kind;
	} links[] = {
		{10, 20, LINK_PROVIDER}, {10, 20, LINK_PROVIDER}, {20, 10, LINK_CUSTOMER}, /* 2 */
		{10, 20, LINK_PEER}, {20, 10, LINK_SIBLING},      /* 2 contrary */
		{30, 40, LINK_CUSTOMER}, {30, 40, LINK_PROVIDER}, /* mutual */
		{40, 30, LINK_CUSTOMER}, {30, 40, LINK_SIBLING},  /* 2 repeated */
		{30, 40, LINK_PEER},                              /* contrary */
		{50, 60, LINK_PEER}, {50, 60, LINK_PROVIDER},
		{50, 60, LINK_CUSTOMER},                      /* 2 contrary */
		{50, 50, LINK_PEER}, {70, 70, LINK_PROVIDER}, /* loops */
		{10, 64512, LINK_PEER}, {0, 10, LINK_PEER}, {23456, 23456, LINK_PEER}, /* scope */
		{10, 4294967295u, LINK_PROVIDER},
		{64496, 65551, LINK_PEER}, /* documentation may stand */
	};
	struct graph_builder *b = begin();
	struct graph_odd odd;
	enum link_kind kind;

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		assert_int_equal(graph_builder_link(b, links[i].a, links[i].b, links[i].kind), 0);
	assert_int_equal(graph_builder_links(b), 14);
	struct graph *g = end(b, &odd);

	assert_same_odd(
		&odd, &(struct graph_odd){
			      .loops = 2, .scope = 4, .repeated = 4, .mutual = 1, .contrary = 5});
	assert_int_equal(g->nodes, 8);
	assert_int_equal(g->links, 4);
	assert_int_equal(graph_find(g, 70), GRAPH_NONE);
	assert_int_equal(graph_find(g, 23456), GRAPH_NONE);
	assert_true(graph_link(g, graph_find(g, 10), graph_find(g, 20), &kind));
	assert_int_equal(kind, LINK_PROVIDER);
	assert_true(graph_link(g, graph_find(g, 40), graph_find(g, 30), &kind));
	assert_int_equal(kind, LINK_SIBLING);
	assert_true(graph_link(g, graph_find(g, 60), graph_find(g, 50), &kind));
	assert_int_equal(kind, LINK_PEER);
	graph_close(g);
}

static void ases_stand_without_links(void **state)
{
	(void)state;
	struct graph_builder *b = begin();
	struct graph_odd odd;

	graph_builder_as(b, 9);
	graph_builder_clique(b, 3);
	graph_builder_as(b, 3);
	graph_builder_link(b, 5, 3, LINK_PROVIDER);
	graph_builder_clique(b, 65000);
	struct graph *g = end(b, &odd);

	assert_int_equal(odd.scope, 1);
	assert_int_equal(g->nodes, 3);
	assert_int_equal(g->flags[0], GRAPH_CLIQUE);
	assert_int_equal(g->flags[1], 0);
	assert_int_equal(g->asn[2], 9);
	assert_int_equal(g->cone[2], 1);
	assert_int_equal(graph_all(g, 2).n, 0);
	graph_close(g);
	g = end(begin(), &odd);
	assert_int_equal(g->nodes, 0);
	assert_int_equal(g->links, 0);
	assert_int_equal(graph_find(g, 1), GRAPH_NONE);
	graph_close(g);
}

/* The small graph that the tests of images use: 1 and 2 peer, 3 buys from both, 4 is 3's sibling.
 */
static void small_payload(struct buf *payload)
{
	struct graph_builder *b = begin();

	graph_builder_link(b, 1, 2, LINK_PEER);
	graph_builder_link(b, 3, 1, LINK_PROVIDER);
	graph_builder_link(b, 3, 2, LINK_PROVIDER);
	graph_builder_link(b, 3, 4, LINK_SIBLING);
	graph_builder_clique(b, 1);
	graph_builder_clique(b, 2);
	assert_int_equal(graph_builder_finish(b, &label, NULL, payload), 0);
	graph_builder_free(b);
}

static void images_open_as_they_were_written(void **state)
{
	(void)state;
	char path[] = "/tmp/test-graph.XXXXXX";
	struct buf payload = {0};
	struct graph *g = NULL;
	struct err err;

	close(mkstemp(path));
	small_payload(&payload);
	assert_int_equal(graph_write(path, buf_span(&payload), &err), 0);
	assert_int_equal(graph_open(path, &g, &err), 0);
	assert_int_equal(g->info.day, 14195);
	assert_span(g->info.source, "test");
	assert_span(g->info.method, "given");
	assert_span(g->info.terms, "free");
	assert_int_equal(g->info.bytes, payload.n);
	assert_int_equal(g->nodes, 4);
	assert_int_equal(g->links, 4);
	assert_int_equal(g->cone[0], 3);
	assert_int_equal(g->cone[3], 2);
	assert_int_equal(g->flags[1], GRAPH_CLIQUE);
	assert_string_equal(link_kind_name(LINK_SIBLING), "sibling");
	graph_close(g);
	g = NULL;
	assert_int_equal(
		image_write(path, GRAPH_MAGIC, GRAPH_VERSION, SPAN("no graph at all"), &err), 0);
	assert_int_equal(graph_open(path, &g, &err), -EBADMSG);
	assert_non_null(strstr(err.text, path));
	unlink(path);
	assert_int_equal(graph_open(path, &g, &err), -ENOENT);
	assert_null(g);
	buf_done(&payload);
}

/* Every number of a small image is set to some others: either the image is refused or all that a
 * walk may do stays inside. */
static void walk(const struct graph *g)
{
	uint8_t *mark = calloc(g->nodes + 1, 1);
	uint32_t *stack = malloc((g->nodes + 1) * sizeof(*stack));

	for (uint32_t i = 0; i < g->nodes; i++) {
		enum link_kind kind;

		for (uint32_t j = 0; j < g->nodes; j++)
			graph_link(g, i, j, &kind);
		graph_mark_cone(g, g->order[i], mark, stack);
		graph_find(g, g->asn[i]);
	}
	free(mark);
	free(stack);
}

static void lying_images_do_no_harm(void **state)
{
	(void)state;
	static const uint32_t lies[] = {0, 1, 2, 3, 4, 5, 8, 17, 1u << 20, 1u << 31, UINT32_MAX};
	struct buf payload = {0};
	size_t refused = 0, taken = 0;

	small_payload(&payload);
	for (size_t at = 0; at + 4 <= payload.n; at += 4) {
		for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
			uint32_t truth;
			struct graph *g;

			memcpy(&truth, payload.p + at, 4);
			memcpy(payload.p + at, &lies[i], 4);
			if (graph_open_memory(buf_span(&payload), &g) == 0) {
				taken++;
				walk(g);
				graph_close(g);
			} else {
				refused++;
			}
			memcpy(payload.p + at, &truth, 4);
		}
	}
	assert_true(refused > 500);
	assert_true(taken > 60);
	for (size_t n = 0; n < payload.n; n++) {
		struct graph *g;

		assert_int_equal(graph_open_memory(span_take(buf_span(&payload), n), &g), -EBADMSG);
	}
	buf_done(&payload);
}

/* One lie for each thing that is checked; those that leave every number in range among them. */
static void each_lie_is_told(void **state)
{
	(void)state;
	struct buf payload = {0};
	struct graph *g;
	static const struct {
		enum graph_section section;
		uint32_t at, value;
	} lies[] = {
		{GRAPH_ASN, 1, 1},   /* a number twice */
		{GRAPH_ROW, 0, 1},   /* the first run does not begin at 0 */
		{GRAPH_ROW, 2, 9},   /* beyond all neighbours */
		{GRAPH_ROW, 16, 7},  /* the last ends too soon */
		{GRAPH_ROW, 9, 0},   /* falls */
		{GRAPH_COL, 7, 4},   /* no node */
		{GRAPH_ORDER, 3, 4}, /* no node */
		{GRAPH_ORDER, 0, 0}, /* a node twice, another not at all */
		{GRAPH_GROUP, 3, 1}, /* the first group is not 0 */
		{GRAPH_GROUP, 0, 3}, /* a gap between groups */
		{GRAPH_CONE, 2, 0},
		{GRAPH_CONE, 2, 5},
	};

	small_payload(&payload);
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		const struct graph_head *h = (const void *)payload.p;
		char *p = payload.p + h->place[lies[i].section].offset + 4 * lies[i].at;
		uint32_t truth;

		memcpy(&truth, p, 4);
		assert_int_not_equal(truth, lies[i].value);
		memcpy(p, &lies[i].value, 4);
		if (graph_open_memory(buf_span(&payload), &g) != -EBADMSG)
			fail_msg("lie %zu is believed", i);
		memcpy(p, &truth, 4);
		assert_int_equal(graph_open_memory(buf_span(&payload), &g), 0);
		graph_close(g);
	}
	buf_done(&payload);
}

/* Rows that rise by little each, through all of 2^32 and back to 0. */
static void rows_that_wrap_around_are_refused(void **state)
{
	(void)state;
	const uint32_t n = 70000;
	struct graph_builder *b = begin();
	struct buf payload = {0};
	struct graph *g;

	for (uint32_t i = 0; i < n; i++)
		graph_builder_as(b, number(i));
	assert_int_equal(graph_builder_finish(b, &label, NULL, &payload), 0);
	graph_builder_free(b);
	assert_int_equal(graph_open_memory(buf_span(&payload), &g), 0);
	graph_close(g);
	const struct graph_head *h = (const void *)payload.p;
	uint32_t *row = (void *)(payload.p + h->place[GRAPH_ROW].offset);

	for (uint64_t i = 0; i <= 4 * (uint64_t)n; i++)
		row[i] = (uint32_t)((i << 32) / (4 * (uint64_t)n));
	assert_int_equal(graph_open_memory(buf_span(&payload), &g), -EBADMSG);
	buf_done(&payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_graphs_are_as_the_naive_ones),
		cmocka_unit_test(large_cones_are_as_searched),
		cmocka_unit_test(hostile_shapes_are_built),
		cmocka_unit_test(too_deep_is_refused),
		cmocka_unit_test(too_many_ases_are_refused),
		cmocka_unit_test(odd_links_are_counted),
		cmocka_unit_test(ases_stand_without_links),
		cmocka_unit_test(images_open_as_they_were_written),
		cmocka_unit_test(lying_images_do_no_harm),
		cmocka_unit_test(each_lie_is_told),
		cmocka_unit_test(rows_that_wrap_around_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
