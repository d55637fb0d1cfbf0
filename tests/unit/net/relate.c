/* Relationships inferred from paths: small cases, one rule each; then made-up Internets, where the
 * truth is known; what must hold whatever the paths are; and memory that runs short. */
#include "../../views.h"
#include "net/paths_build.h"
#include "net/relate.h"
#include "short_memory.h"

#define DAY 20666 /* 2026-08-01 */

/* Paths written as "1 2 3, 1 2 4". */
static struct paths *read_paths(const char *text, int32_t day)
{
	struct paths_label label = {.day = day, .source = SPAN("test")};
	struct span rest = span_cstr(text), one, word;
	struct paths_builder *b;
	struct paths *p;

	assert_int_equal(paths_builder_new(&b), 0);
	while (span_cut(&rest, ',', &one)) {
		asn_t hop[128];
		size_t n = 0;

		while (span_cut(&one, ' ', &word))
			if (word.n)
				hop[n++] = (asn_t)strtoul(word.p, NULL, 10);
		assert_int_equal(paths_builder_add(b, hop, NULL, n), 0);
	}
	assert_int_equal(paths_builder_open(b, &label, &p), 0);
	paths_builder_free(b);
	return p;
}

static struct graph *infer(
	const struct paths *p, const struct relate_options *options, struct relate_report *ret)
{
	struct graph_label label = {.day = p->info.day};
	struct graph_builder *b;
	struct graph_odd odd;
	struct err err = {""};
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	int rc = relate(p, options, b, ret, &err);

	if (rc < 0)
		fail_msg("%s", err.text);
	assert_int_equal(graph_builder_open(b, &label, &odd, &g), 0);
	graph_builder_free(b);
	assert_int_equal(odd.circles, 0);
	assert_int_equal(odd.repeated + odd.mutual + odd.contrary + odd.loops + odd.scope, 0);
	assert_int_equal(g->nodes, ret->ases);
	assert_int_equal(g->links, ret->transit + ret->peers + ret->siblings);
	return g;
}

/* "1>2 1-3 2=4 3<4 5": 1 sells to 2, 1 and 3 are peers, 2 and 4 siblings, 4 sells to 3, 5 has no
 * link; the clique in front, as "1! ". */
static void show(const struct graph *g, char *to)
{
	static const char sign[] = {[LINK_PROVIDER] = '<',
		[LINK_SIBLING] = '=',
		[LINK_CUSTOMER] = '>',
		[LINK_PEER] = '-'};
	char *from = to;

	*to = '\0';
	for (uint32_t i = 0; i < g->nodes; i++)
		if (g->flags[i] & GRAPH_CLIQUE)
			to += sprintf(to, "%u! ", g->asn[i]);
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (!graph_all(g, i).n)
			to += sprintf(to, "%u ", g->asn[i]);
		for (uint32_t k = i + 1; k < g->nodes; k++) {
			enum link_kind kind;

			if (graph_link(g, i, k, &kind))
				to += sprintf(to, "%u%c%u ", g->asn[i], sign[kind], g->asn[k]);
		}
	}
	if (to > from)
		to[-1] = '\0';
}

struct scene {
	const char *name, *paths, *want;
	asn_t clique[4], exchange[2]; /* ended by 0; no clique: inferred from the paths alone */
	enum relate_method method;
};

/* clang-format off */
static const struct scene scenes[] = {
	{"up, across the top, down", "9 1 2 8 7, 9 1 2 8 6, 9 1 2 8 5",
		"1! 2! 1-2 1>9 2>8 5<8 6<8 7<8", {1, 2}},
	{"the clique is linked, seen or not", "9 1 5, 9 2 6, 9 3 7",
		"1! 2! 3! 1-2 1-3 1>5 1>9 2-3 2>6 2>9 3>7 3>9", {1, 2, 3}},
	{"one of it that no path has is none", "9 1 5", "1! 1>5 1>9", {1, 2}},
	{"from one hop behind it on all is sold down", "9 1 4 5 6", "1! 1>4 1>9 4>5 5>6", {1}},
	{"before it all buys", "9 8 7 1 2, 9 8 7 1 3, 9 8 7 1 4",
		"1! 1>2 1>3 1>4 1>7 7>8 8>9", {1}},
	{"a stub beside it buys", "1 5, 9 1 6", "1! 1>5 1>6 1>9", {1}},
	{"who hears of one of it through another buys there", "9 1 2, 9 1 2 5, 9 1 2 6",
		"1! 2! 1-2 1>9 2>5 2>6", {1, 2}},
	{"a neighbour that shows no way up sells none",
		"9 1 2 3, 9 1 2 4, 9 1 2 5, 9 7 6, 9 7 6 8",
		"1! 2! 1-2 1>9 2>3 2>4 2>5 6<7 6>8 7-9", {1, 2}},
	{"votes of more paths count more", "9 1 4 5, 9 1 4 5 6, 9 1 5 4", "1! 1>4 1>5 1>9 4>5 5>6", {1}},
	{"a poisoned path is left out; who is lost by that is placed",
		"9 1 4 5, 9 1 6 2 7, 9 2 4", "1! 2! 1-2 1>4 1>6 1>9 2>4 2>7 2>9 4>5", {1, 2}},
	{"exchanges are taken out", "9 1 50 4 5, 9 1 50, 50 1 4", "1! 1>4 1>9 4>5", {1}, {50}},
	{"an AS alone", "9", "9! 9", {9}},
	{"nobody knows", "8 9", "8-9", {0}},
	{"inferred: the largest that fit together", "9 1 2 4 5, 9 1 3 5, 9 3 1 4 6, 9 2 3 6",
		"1! 2! 3! 1-2 1-3 1>4 1>9 2-3 2>4 2>9 3>5 3>6 3>9 4>5 4>6", {0}},
	{"gao: up to the largest and down, peers beside it", "9 1 4, 5 1 6 7", "1-4 1>5 1-6 1>9 6>7",
		{0}, {0}, RELATE_GAO},
	{"gao: who sells to each other are siblings", "9 1 4 5, 9 1 5 4, 9 1 6 5 4, 9 1 6 4 5",
		"1-4 1-5 1-6 1>9 4=5 4<6 5<6", {0}, {0}, RELATE_GAO},
};
/* clang-format on */

static size_t length(const asn_t *list, size_t most)
{
	size_t n = 0;

	while (n < most && list[n])
		n++;
	return n;
}

static void small_cases(void **state)
{
	(void)state;
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		const struct scene *s = &scenes[i];
		const struct relate_options options = {.method = s->method,
			.unaided = true,
			.clique = s->clique,
			.cliques = length(s->clique, 4),
			.exchange = s->exchange,
			.exchanges = length(s->exchange, 2)};
		struct paths *p = read_paths(s->paths, DAY);
		struct relate_report r;
		struct graph *g = infer(p, &options, &r);
		char got[1000];

		show(g, got);
		if (strcmp(got, s->want)) {
			print_message("%s:\n got \"%s\"\nwant \"%s\"\n", s->name, got, s->want);
			wrong++;
		}
		graph_close(g);
		paths_close(p);
	}
	assert_int_equal(wrong, 0);
}

/* How much of what vantage points see of a made-up Internet must be told right. */
struct internet {
	const char *name;
	unsigned large, transit, any, partial, leaks; /* vantage points, and what disturbs */
	enum relate_method method;
	bool given;                /* the clique is */
	double least, least_peers; /* share of links of transit, of peers */
	unsigned clique;           /* so many of its 12 are found at least, and one other at most */
};

static const struct internet internets[] = {
	{"two vantage points", 1, 0, 1, 0, 0, RELATE_LUCKIE, true, 0.99, 0.8, 12},
	{"with leaks", 1, 0, 1, 0, 100, RELATE_LUCKIE, true, 0.985, 0.7, 12},
	{"twenty, clique inferred", 0, 10, 10, 0, 0, RELATE_LUCKIE, false, 0.985, 0.85, 8},
	{"and twenty partial ones", 0, 10, 10, 20, 0, RELATE_LUCKIE, false, 0.985, 0.85, 8},
	{"many", 0, 30, 30, 0, 0, RELATE_LUCKIE, false, 0.995, 0.85, 10},
	{"many, with leaks", 0, 30, 30, 0, 1000, RELATE_LUCKIE, false, 0.99, 0.8, 10},
	{"gao", 0, 10, 10, 0, 0, RELATE_GAO, false, 0.97, 0.3, 0},
};

static size_t clique_of(const struct graph *g, asn_t *to)
{
	size_t n = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		if (g->flags[i] & GRAPH_CLIQUE)
			to[n++] = g->asn[i];
	return n;
}

static void assert_clique(const struct graph *ours, const struct graph *truth, unsigned least)
{
	unsigned found = 0, others = 0;

	for (uint32_t i = 0; i < ours->nodes; i++) {
		if (!(ours->flags[i] & GRAPH_CLIQUE))
			continue;
		assert_int_equal(graph_neighbours(ours, i, LINK_PROVIDER).n, 0);
		if (truth->flags[graph_find(truth, ours->asn[i])] & GRAPH_CLIQUE)
			found++;
		else
			others++;
	}
	assert_in_range(found, least, 12);
	assert_in_range(others, 0, 1);
}

static void assert_agreement(
	const struct internet *in, const struct graph *ours, const struct graph *truth)
{
	struct relate_agreement a;
	uint64_t transit = 0, peers = 0;

	relate_compare(ours, truth, &a);
	for (int k = 0; k < LINK_KINDS; k++) {
		transit += a.told[LINK_PROVIDER][k] + a.told[LINK_CUSTOMER][k];
		peers += a.told[LINK_PEER][k];
	}
	double right = (double)(a.told[LINK_PROVIDER][LINK_PROVIDER] +
				a.told[LINK_CUSTOMER][LINK_CUSTOMER]) /
		       (double)transit;
	double right_peers = (double)a.told[LINK_PEER][LINK_PEER] / (double)peers;

	if (right < in->least || right_peers < in->least_peers)
		fail_msg("%s: %.4f of transit, %.4f of peers", in->name, right, right_peers);
}

static void made_up_internets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(internets) / sizeof(*internets); i++) {
		const struct internet *in = &internets[i];
		struct graph *truth = views_internet(4000, (uint32_t)i);
		struct relate_options options = {.method = in->method};
		struct relate_report report;
		struct view view[100];
		asn_t clique[12];
		struct random r;
		size_t n = 0;

		random_seed(&r, (uint32_t)i);
		views_pick(truth, &r, VIEW_LARGE, false, in->large, view, &n);
		views_pick(truth, &r, VIEW_TRANSIT, false, in->transit, view, &n);
		views_pick(truth, &r, VIEW_ANY, false, in->any, view, &n);
		views_pick(truth, &r, VIEW_TRANSIT, true, in->partial, view, &n);
		struct paths *p = views_paths(truth, view, n, in->leaks, &r, DAY);

		options.clique = clique;
		options.cliques = in->given ? clique_of(truth, clique) : 0;
		struct graph *ours = infer(p, &options, &report);

		assert_agreement(in, ours, truth);
		assert_clique(ours, truth, in->clique);
		graph_close(ours);
		paths_close(p);
		graph_close(truth);
	}
}

/* Paths of one vantage point that is linked to the first n of a list, which never shows their
 * links; each has so many customers. Then what is given. */
static struct paths *paths_to(const asn_t *list, size_t n, const char *more, int32_t day)
{
	struct buf text = {0};

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 20; k++)
			buf_printf(&text, "64500 %u %zu %zu,", list[i], 1000 + 40 * i + k,
				5000 + 40 * i + k);
	buf_str(&text, more);
	buf_byte(&text, '\0');
	struct paths *p = read_paths(text.p, day);

	buf_done(&text);
	return p;
}

static void known_ones_are_asked_where_paths_tell_nothing(void **state)
{
	(void)state;
	static const asn_t list[] = {174, 701, 1239, 3356, 3549, 2497, 8220};
	static const struct {
		const char *name, *more, *want;
		int32_t day;
		bool unaided;
		enum relate_source source;
	} rows[] = {
		{"2010", "", "174 701 1239 3356 3549", 14791, false, RELATE_KNOWN},
		{"2024", "", "174 701 3356", 19724, false, RELATE_KNOWN},
		{"the paths say that one buys from another",
			"174 701 1239 901,174 701 1239 902,174 701 1239 903,3356 701 1239 901",
			"174 701 3356 3549", 14791, false, RELATE_KNOWN},
		{"it buys what it hears",
			"1239 701 174 901,1239 701 174 902,1239 701 174 903,1239 701 3356 901",
			"174 701 3356 3549", 14791, false, RELATE_KNOWN},
		{"not asked", "", "174 701 1239 2497 3356 3549 8220", 14791, true, RELATE_INFERRED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct paths *p = paths_to(list, 7, rows[i].more, rows[i].day);
		struct relate_options options = {.unaided = rows[i].unaided};
		struct relate_report r;
		struct graph *g = infer(p, &options, &r);
		asn_t clique[64];
		struct buf got = {0};

		for (size_t k = 0, n = clique_of(g, clique); k < n; k++)
			buf_printf(&got, k ? " %u" : "%u", clique[k]);
		buf_byte(&got, '\0');
		assert_string_equal(got.p, rows[i].want);
		assert_int_equal(r.source, rows[i].source);
		buf_done(&got);
		graph_close(g);
		paths_close(p);
	}
}

static void numbers_that_happen_to_be_known_are_not_asked(void **state)
{
	(void)state;
	static const asn_t list[] = {174, 701, 9001, 9002, 9003, 9004};
	struct paths *p = paths_to(list, 6, "", 14791);
	struct relate_options options = {.method = RELATE_LUCKIE};
	struct relate_report r;
	struct graph *g = infer(p, &options, &r);

	assert_int_equal(r.source, RELATE_INFERRED);
	assert_int_equal(r.clique, 6);
	graph_close(g);
	paths_close(p);
}

static void what_is_known(void **state)
{
	(void)state;
	static const struct {
		asn_t asn;
		int32_t day;
		bool top;
	} rows[] = {{3356, 14791, true}, {3549, 14791, true}, {3549, 15340, false}, /* 2012 */
		{6762, 14791, false}, {6762, 15706, true}, {2497, 14791, false},
		{1239, 19723, false} /* 2024-01-01 */, {1239, 19722, true}, {0, 0, false}};
	const asn_t *exchange;
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(relate_known_top(rows[i].asn, rows[i].day), rows[i].top);
	exchange = relate_known_exchanges(&n);
	assert_in_range(n, 20, 1000);
	for (size_t i = 1; i < n; i++)
		assert_true(exchange[i - 1] < exchange[i]);
}

/* What infer() asserts, and that the same comes of it again. */
static void assert_sound(const struct paths *p, const struct relate_options *options)
{
	struct relate_report r, again;
	struct graph *g = infer(p, options, &r), *other = infer(p, options, &again);
	struct relate_agreement a;

	assert_int_equal(memcmp(&r, &again, sizeof(r)), 0);
	relate_compare(g, other, &a);
	for (int i = 0; i < LINK_KINDS; i++)
		for (int k = 0; k < LINK_KINDS; k++)
			assert_true(a.told[i][k] == 0 || i == k);
	for (uint32_t i = 0; i < p->start[p->n]; i++)
		assert_true(graph_find(g, p->hop[i]) != GRAPH_NONE);
	graph_close(g);
	graph_close(other);
}

/* Paths of any hops whatever among a few ASes, so that they contradict each other. */
static void paths_that_make_no_sense(void **state)
{
	(void)state;
	struct random r;

	random_seed(&r, 1);
	for (int round = 0; round < 2000; round++) {
		struct paths_builder *b;
		struct paths *p;
		size_t ases = 2 + random_below(&r, 12), n = 1 + random_below(&r, 60);

		assert_int_equal(paths_builder_new(&b), 0);
		for (size_t i = 0; i < n; i++) {
			asn_t hop[8];
			size_t hops = 1 + random_below(&r, 8);

			for (size_t k = 0; k < hops; k++)
				hop[k] = 1 + (asn_t)random_below(&r, ases);
			assert_int_equal(paths_builder_add(b, hop, NULL, hops), 0);
		}
		assert_int_equal(paths_builder_open(b, &(struct paths_label){0}, &p), 0);
		paths_builder_free(b);
		for (int method = 0; p->n && method < 2; method++)
			assert_sound(
				p, &(struct relate_options){.method = (enum relate_method)method});
		paths_close(p);
	}
}

/* Permutes hop[from ..] in all ways. */
static void add_permutations(struct paths_builder *b, asn_t *hop, size_t from, size_t n)
{
	if (from == n)
		assert_int_equal(paths_builder_add(b, hop, NULL, n), 0);
	for (size_t i = from; i < n; i++) {
		asn_t t = hop[from];

		hop[from] = hop[i];
		hop[i] = t;
		add_permutations(b, hop, from + 1, n);
		hop[i] = hop[from];
		hop[from] = t;
	}
}

static void all_permutations_and_a_star(void **state)
{
	(void)state;
	asn_t hop[] = {1, 2, 3, 4, 5, 6, 7};
	struct paths_builder *b;
	struct paths *p;

	assert_int_equal(paths_builder_new(&b), 0);
	add_permutations(b, hop, 0, 7);
	for (asn_t i = 0; i < 50000; i++) {
		const asn_t star[] = {200000 + i, 9, 260000 + i};

		assert_int_equal(paths_builder_add(b, star, NULL, 3), 0);
	}
	assert_int_equal(paths_builder_open(b, &(struct paths_label){0}, &p), 0);
	paths_builder_free(b);
	assert_sound(p, &(struct relate_options){.method = RELATE_LUCKIE});
	assert_sound(p, &(struct relate_options){.method = RELATE_GAO});
	paths_close(p);
}

static void no_path_is_an_error(void **state)
{
	(void)state;
	struct paths *none = read_paths("", DAY), *exchange = read_paths("50", DAY);
	const asn_t list[] = {50};
	struct relate_options options = {.exchange = list, .exchanges = 1};
	struct relate_report r = {.ases = 7};
	struct graph_builder *b;
	struct err err;

	assert_int_equal(graph_builder_new(&b), 0);
	assert_int_equal(relate(none, &options, b, &r, &err), -EINVAL);
	assert_int_equal(relate(exchange, &options, b, &r, &err), -EINVAL);
	assert_string_equal(err.text, "no AS path is left to infer relationships from");
	assert_int_equal(relate(none, &options, b, &r, NULL), -EINVAL);
	assert_int_equal(r.ases, 7);
	assert_int_equal(graph_builder_links(b), 0);
	graph_builder_free(b);
	paths_close(none);
	paths_close(exchange);
}

static struct graph *graph_of(const asn_t (*link)[3], size_t n)
{
	struct graph_builder *b;
	struct graph *g;

	assert_int_equal(graph_builder_new(&b), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
			graph_builder_link(b, link[i][0], link[i][1], (enum link_kind)link[i][2]),
			0);
	assert_int_equal(graph_builder_open(b, &(struct graph_label){0}, NULL, &g), 0);
	graph_builder_free(b);
	return g;
}

static void graphs_are_compared(void **state)
{
	(void)state;
	static const asn_t ours[][3] = {{1, 2, LINK_CUSTOMER}, {1, 3, LINK_CUSTOMER},
		{1, 4, LINK_PEER}, {2, 3, LINK_PEER}, {5, 2, LINK_PROVIDER}, {3, 4, LINK_SIBLING},
		{8, 9, LINK_PEER}};
	static const asn_t reference[][3] = {{1, 2, LINK_CUSTOMER}, {1, 3, LINK_PROVIDER},
		{1, 4, LINK_CUSTOMER}, {2, 3, LINK_PEER}, {3, 4, LINK_PEER}, {1, 6, LINK_PROVIDER},
		{2, 4, LINK_PEER}};
	struct graph *a = graph_of(ours, 7), *b = graph_of(reference, 7);
	struct relate_agreement got, want = {0};

	want.told[LINK_CUSTOMER][LINK_CUSTOMER] = 1;
	want.told[LINK_PROVIDER][LINK_CUSTOMER] = 1;
	want.told[LINK_CUSTOMER][LINK_PEER] = 1;
	want.told[LINK_PEER][LINK_PEER] = 1;
	want.told[LINK_PEER][LINK_SIBLING] = 1;
	want.only_ours[LINK_CUSTOMER] = 1; /* 2 sells to 5 */
	want.only_ours[LINK_PEER] = 1;
	want.only_reference[LINK_PROVIDER] = 1;
	want.only_reference[LINK_PEER] = 1;
	relate_compare(a, b, &got);
	assert_memory_equal(&got, &want, sizeof(got));
	graph_close(a);
	graph_close(b);
}

static struct paths *few; /* for run_once() */
static enum relate_method few_method;

/* One run for fail_each(). */
static int run_once(struct span raw)
{
	struct relate_options options = {.method = few_method};
	struct relate_report r;
	struct graph_builder *b;
	int rc = graph_builder_new(&b);

	(void)raw;
	if (rc == 0) {
		rc = relate(few, &options, b, &r, NULL);
		graph_builder_free(b);
	}
	return rc;
}

static void memory_runs_short(void **state)
{
	(void)state;
	static const asn_t list[] = {174, 701, 1239, 3356, 3549};

	few = paths_to(list, 5, "701 64500 174 12,7 174 3356 8,1 2 3,9 3 2 1", 14791);
	few_method = RELATE_LUCKIE;
	assert_in_range(fail_each(run_once, SPAN(""), false), 30, 1000);
	few_method = RELATE_GAO;
	assert_in_range(fail_each(run_once, SPAN(""), true), 15, 1000);
	paths_close(few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_cases),
		cmocka_unit_test(made_up_internets),
		cmocka_unit_test(known_ones_are_asked_where_paths_tell_nothing),
		cmocka_unit_test(numbers_that_happen_to_be_known_are_not_asked),
		cmocka_unit_test(what_is_known),
		cmocka_unit_test(paths_that_make_no_sense),
		cmocka_unit_test(all_permutations_and_a_star),
		cmocka_unit_test(no_path_is_an_error),
		cmocka_unit_test(graphs_are_compared),
		cmocka_unit_test(memory_runs_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
