/*
 * What-ifs in small topologies, told as a line each: shares as numbers of networks, networks by
 * their AS number. Random graphs are in depeer_brute.c.
 */
#include "brute.h"
#include "short_memory.h"

#include "base/buf.h"
#include "cut/depeer.h"

#define OUTLOOKS (OUTLOOK_AT_TOP + 1)

static const char *const outlook_name[OUTLOOKS] = {
	"apart", "cuts off", "peers remain", "transit remains", "many transits", "at top"};

/* Nodes of AS numbers "1 2 3"; "999" and others that are not in the graph are no nodes. */
static size_t read_nodes(const struct graph *g, const char *text, uint32_t *ret_node)
{
	size_t n = 0;
	char *end;

	for (; text && *text; text = *end ? end + 1 : end)
		ret_node[n++] = graph_find(g, (asn_t)strtoul(text, &end, 10));
	return n;
}

static void tell_nodes(
	struct buf *b, const struct graph *g, const char *what, const uint32_t *node, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%u", i ? " " : what, g->asn[node[i]]);
}

/* How many networks a share of all but the targets, and perhaps one, is. */
static unsigned networks(double share, uint32_t others)
{
	return (unsigned)(share * others + 0.5);
}

static void tell_hurt(
	struct buf *b, const struct graph *g, const struct depeer_hurt *h, uint32_t others)
{
	static const char *const how[] = {"lost", "less", "one left"};

	buf_printf(b, "; %u%s %s %u>%u (%u>%u)", g->asn[h->node], h->single_homed ? "!" : "",
		how[h->how], networks(h->before.of[0], others - 1),
		networks(h->after.of[0], others - 1), h->upstreams_before, h->upstreams_after);
}

static void tell(struct buf *b, const struct graph *g, const struct depeer *d, uint32_t others)
{
	buf_printf(b, "%s %u>%u peers %u", outlook_name[d->outlook],
		networks(d->reach_before.of[0], others), networks(d->reach_after.of[0], others),
		networks(d->by_peers.of[0], others));
	tell_nodes(b, g, " cut ", d->cut, d->ncut);
	tell_nodes(b, g, " strange ", d->strangers, d->nstrangers);
	tell_nodes(b, g, " left ", d->remaining, d->nremaining);
	for (size_t i = 0; i < d->nhurt; i++)
		tell_hurt(b, g, &d->hurt[i], others);
}

static uint32_t count_others(const struct graph *g, const struct depeer *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->nodes; i++)
		n += d->before[i] != ROUTE_ORIGIN;
	return n;
}

static void ask(const struct graph *g, struct depeer_question q, const char *targets,
	const char *cut, const char *keep, struct depeer *ret_depeer)
{
	uint32_t node[3][64];
	struct measures m;

	assert_int_equal(measures_new(g, NULL, 0, &m), 0);
	q.targets = node[0];
	q.ntargets = read_nodes(g, targets, node[0]);
	q.cut = node[1];
	q.ncut = read_nodes(g, cut, node[1]);
	q.keep = node[2];
	q.nkeep = read_nodes(g, keep, node[2]);
	q.measures = &m;
	assert_int_equal(depeer(g, &q, ret_depeer), 0);
	measures_done(&m);
}

/* AS26780, its providers and its peer as they were in autumn 2008; the rest is made up: 7 and 8 buy
 * from it, 9 from it and another, 2 and 3 are of the top, 20 to 23 somewhere below. */
#define MCCOLO                                                                                     \
	"1299! 3549! 2! 3! 1299-3549 1299-2 1299-3 3549-2 3549-3 2-3 1299>6939 3>6939 "            \
	"1299>26780 3549>26780 6939>26780 7575-26780 26780>7 26780>8 26780>9 2>9 3>7575 7575>20 "  \
	"2>21 3>22 6939>23"

#define CHAIN "1! 2! 1-2 1>3 2>3 3>4 4>5 5>6"

static const struct {
	const char *graph, *targets, *cut, *keep;
	bool all, links;
	const char *want;
} row[] = {
	/* All three together leave it its peer and its customers; any two leave it most. 9 has
	 * another provider, so nobody loses it. */
	{MCCOLO, "26780", "1299 3549 6939", "", false, false,
		"peers remain 13>5 peers 5 cut 1299 3549 6939; 7! less 12>4 (1>0); 8! "
		"less 12>4 (1>0); 9 one left 12>12 (2>1)"},
	{MCCOLO, "26780", "1299 3549", "", false, false,
		"transit remains 13>11 peers 5 cut 1299 3549 left 6939; 7! less 12>10 "
		"(1>1); 8! less 12>10 (1>1)"},
	{MCCOLO, "26780", "3549 6939", "", false, false,
		"transit remains 13>10 peers 5 cut 3549 6939 left 1299; 7! less 12>9 "
		"(1>1); 8! less 12>9 (1>1)"},
	{MCCOLO, "26780", "", "", true, false,
		"peers remain 13>5 peers 5 cut 1299 3549 6939; 7! less 12>4 (1>0); 8! "
		"less 12>4 (1>0); 9 one left 12>12 (2>1)"},
	{MCCOLO, "26780", "", "6939", true, false,
		"transit remains 13>11 peers 5 cut 1299 3549 left 6939; 7! less 12>10 "
		"(1>1); 8! less 12>10 (1>1)"},
	{MCCOLO, "26780", "1299 3549 6939", "", false, true,
		"peers remain 13>5 peers 5 cut 1299 3549 6939; 7! less 12>4 (1>0); 8! "
		"less 12>4 (1>0); 9 one left 12>12 (2>1)"},
	{MCCOLO, "26780", "2 3", "", false, false,
		"transit remains 13>9 peers 5 cut 2 3 strange 2 3 left 1299 3549 6939; "
		"7! less 12>8 (1>1); 8! less 12>8 (1>1)"},
	{MCCOLO, "26780 7 8 9", "1299 3549 6939", "", false, false,
		"transit remains 10>6 peers 2 cut 1299 3549 6939 left 2"},

	/* All that stands above has to stop somewhere; who has no link with it, too. */
	{CHAIN, "5", "3", "", false, false,
		"transit remains 5>2 peers 1 cut 3 strange 3 left 4; 6! less 4>1 (1>0)"},
	{CHAIN, "5", "3", "", false, true, "transit remains 5>5 peers 1 cut 3 strange 3 left 4"},
	{CHAIN, "5", "4", "4", false, false, "transit remains 5>5 peers 1 left 4"},
	{CHAIN, "5", "6", "", false, false, "transit remains 5>4 peers 1 cut 6 left 4"},
	{CHAIN, "5", "6", "", false, true, "transit remains 5>4 peers 1 cut 6 left 4"},

	/* Outlooks. */
	{"1! 2! 1-2 1>3 2>3 4", "4", "1", "", false, false, "apart 0>0 peers 0 cut 1 strange 1"},
	{"1! 2! 1-2 1>3 2>3", "1", "2", "", false, false,
		"at top 2>1 peers 2 cut 2; 3 one left 1>1 (2>1)"},
	{"1! 2! 3! 4! 5! 1-2 1-3 1-4 1-5 2-3 2-4 2-5 3-4 3-5 4-5 1>6 2>6 3>6 4>6 5>6", "6", "1", "",
		false, false, "many transits 5>4 peers 0 cut 1 left 2 3 4 5"},
	{"1! 2! 1-2 1>3 1>4 2>5 2>8 3-4 3-5 3-8 4>6 5>7", "3", "1", "", false, false,
		"peers remain 7>5 peers 5 cut 1"},

	/* A sibling brings it what its providers sell; they count as the targets' own. */
	{"1! 2! 1-2 1>3 2>4 3=4 3>5 2>6", "3", "1", "", false, false,
		"transit remains 5>4 peers 2 cut 1 left 2; 5! less 4>3 (1>1)"},
	{"1! 2! 1-2 1>3 2>4 3=4 3>5 2>6", "3", "", "", true, false,
		"cuts off 5>2 peers 2 cut 1 2 strange 2; 5! lost 4>1 (1>0)"},
	{"1! 2! 1-2 1>3 2>4 3=4 3>5 2>6", "3", "1 2", "", false, false,
		"cuts off 5>2 peers 2 cut 1 2 strange 2; 5! lost 4>1 (1>0)"},
	{"1! 2! 1-2 1>3 2>4 3=4 3>5 2>6", "3 4", "1 2", "", false, false,
		"cuts off 4>1 peers 1 cut 1 2; 5! lost 3>0 (1>0)"},

	/* Targets in a row, two below different providers, one below another that stops. */
	{"1! 2! 1-2 1>3 3>4 4>5 2>6 6>5 4>7", "3 4", "1", "", false, false,
		"cuts off 5>2 peers 2 cut 1; 7! lost 4>1 (1>0); 5 one left 4>4 (2>1)"},
	{"1! 2! 1-2 1>3 2>4 3>5 4>5 3>6", "3 4", "1 2", "", false, false,
		"cuts off 4>2 peers 2 cut 1 2; 5! lost 3>1 (2>0); 6! lost 3>1 (1>0)"},
	{"1! 2! 1-2 1>3 3>4 4>5 4>6 2>6", "3", "4", "", false, false,
		"transit remains 5>3 peers 3 cut 4 left 1"},

	/* A circle of providers: 4 is 3's way out and no other. */
	{"1! 2! 1-2 1>9 2>9 9>3 3>4 4>5 5>3 1>5", "9", "1 2", "", false, false,
		"cuts off 5>3 peers 3 cut 1 2; 3 one left 4>4 (2>1); 5 one left 4>4 (2>1)"},

	/* No clique: whoever has no provider is the top. */
	{"1-2 1>3 2>3 3>4 2>4", "3", "1 2", "", false, false,
		"cuts off 3>1 peers 1 cut 1 2; 4 one left 2>2 (2>1)"},

	/* Hostile. */
	{"1! 2! 1-2 1>3", "1 2 3", "1 2 3", "", false, false, "apart 0>0 peers 0"},
	{"1! 2! 1-2 1>3 2>3 3>4", "1 2", "3", "", false, false, "at top 2>0 peers 2 cut 3"},
	{"1! 2! 1-2 1>3 2>3 3>4", "3", "1 2 3 4", "", false, false,
		"cuts off 3>0 peers 1 cut 1 2 4"},
	{"1! 2! 1-2 1>3 2>3 3>4", "3 3 3", "1 1 2 1", "2 2", false, false,
		"transit remains 3>2 peers 1 cut 1 left 2; 4! less 2>1 (1>1)"},
	{"1! 2! 1-2 1>3 2>3 3>4", "3 999", "1 999", "999", false, false,
		"transit remains 3>2 peers 1 cut 1 left 2; 4! less 2>1 (1>1)"},
	{"1! 2! 1-2 1>3 2>3 3>4", "999", "1", "", false, false,
		"apart 0>0 peers 0 cut 1 strange 1"},
	{"1", "1", "1", "1", true, true, "apart 0>0 peers 0"},
	{"1 2", "2", "", "", true, false, "apart 0>0 peers 0"},
};

static void test_told(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct graph *g = brute_read(row[i].graph);
		struct depeer d;

		ask(g,
			(struct depeer_question){
				.all_transit = row[i].all, .links_only = row[i].links},
			row[i].targets, row[i].cut, row[i].keep, &d);
		buf_clear(&b);
		tell(&b, g, &d, count_others(g, &d));
		buf_byte(&b, '\0');
		assert_string_equal(b.p, row[i].want);
		depeer_done(&d);
		graph_close(g);
	}
	buf_done(&b);
}

/* -- neighbours: takes, alone, as numbers of networks */

static const struct {
	const char *graph, *targets, *cut, *want;
	bool links;
} neighbour_row[] = {
	{MCCOLO, "26780", "1299",
		"6939 provider 2 9; 7575 peer 2 5; 1299! provider 1 8; 3549 provider 1 "
		"8; 7 customer 1 3; 8 customer 1 3; 9 customer 1 3",
		false},
	{MCCOLO, "26780", "1299",
		"7 customer 1 3; 8 customer 1 3; 1299! provider 0 13; 3549 provider 0 "
		"13; 6939 provider 0 13; 7575 peer 0 5; 9 customer 0 3",
		true},
	{CHAIN, "4", "", "3 provider 3 5; 5 customer 2 2", false},
	{"1! 2! 1-2 1>3 2>4 3=4 3>5 5>6 3>7", "3", "",
		"5 customer 2 4; 1 provider 1 5; 4 sibling 1 4; 7 customer 1 4", false},
	{"1! 2! 1-2 1>3 1>4 3-4 3>5 3-6 6>7 2>6", "3 5", "6",
		"1 provider 2 2; 6! peer 2 2; 4 peer 1 1", false},
	{"1", "1", "", "", false},
};

static void tell_neighbours(struct buf *b, const struct graph *g, const struct depeer *d)
{
	uint32_t others = count_others(g, d);

	for (size_t i = 0; i < d->nneighbours; i++) {
		const struct depeer_neighbour *n = &d->neighbours[i];

		buf_printf(b, "%s%u%s %s %u %u", i ? "; " : "", g->asn[n->node], n->cut ? "!" : "",
			link_kind_name(n->kind), networks(n->takes.of[0], others),
			networks(n->alone.of[0], others));
	}
	buf_byte(b, '\0');
}

static void test_neighbours(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(neighbour_row) / sizeof(*neighbour_row); i++) {
		struct graph *g = brute_read(neighbour_row[i].graph);
		struct depeer d;

		ask(g, (struct depeer_question){.links_only = neighbour_row[i].links},
			neighbour_row[i].targets, neighbour_row[i].cut, "", &d);
		buf_clear(&b);
		tell_neighbours(&b, g, &d);
		assert_string_equal(b.p, neighbour_row[i].want);
		depeer_done(&d);
		graph_close(g);
	}
	buf_done(&b);
}

/* -- who carries them next */

static const struct {
	const char *graph, *targets, *cut, *keep, *want;
} next_row[] = {
	/* 3 buys from 1 as 4, 5 and 6 do, who also buy from 2; 7 does from 8. */
	{"1! 2! 8! 1-2 1-8 2-8 1>3 1>4 1>5 1>6 2>4 2>5 2>6 1>7 8>7 8>9", "3", "1", "",
		"2 siblings 0 customers 0 alike 3 of 8 cone 0.44; 8 siblings 0 customers "
		"0 alike 2 of 8 cone 0.33"},
	/* The one that stops is none; one that never will is. */
	{"1! 2! 8! 1-2 1-8 2-8 1>3 1>4 1>5 1>6 2>4 2>5 2>6 1>7 8>7 8>9", "3", "1 2", "",
		"8 siblings 0 customers 0 alike 2 of 8 cone 0.33"},
	{"1! 2! 8! 1-2 1-8 2-8 1>3 1>4 1>5 1>6 2>4 2>5 2>6 1>7 8>7 8>9", "3", "1 2", "2",
		"2 siblings 0 customers 0 alike 3 of 8 cone 0.44; 8 siblings 0 customers "
		"0 alike 2 of 8 cone 0.33"},
	/* Links that there are: a peer, a customer that sells; one without any way to the top. */
	{"1! 2! 1-2 1>3 2>4 4>5 3-4 3>6 2>6 6>7 3>8 8>9", "3", "1", "",
		"4 peer siblings 0 customers 0 alike 1 of 8 cone 0.22; 2 siblings 0 "
		"customers 1 alike 2 of 8 cone 0.56; 6 customer siblings 0 customers 0 "
		"alike 1 of 8 cone 0.22"},
	/* Siblings, and customers. */
	{"1! 2! 5! 6! 1-2 1-5 1-6 2-5 2-6 5-6 1>3 3=4 5>4 6>4 3>7 2>7 3>8 2>8 6>9", "3", "", "",
		"6 siblings 1 customers 0 alike 1 of 7 cone 0.67; 5 siblings 1 customers "
		"0 alike 0 of 7 cone 0.56; 2 siblings 0 customers 2 alike 2 of 7 cone "
		"0.33"},
	{"1! 2! 1-2 1>3 2>3", "3", "", "", ""},
	{"1! 2! 1-2 1>3 2>3", "1 2 3", "", "", ""},
};

static void tell_next(struct buf *b, const struct graph *g, const struct depeer *d)
{
	for (size_t i = 0; i < d->nnext; i++) {
		const struct depeer_candidate *c = &d->next[i];

		assert_true(i == 0 || c->score <= d->next[i - 1].score);
		buf_printf(b, "%s%u%s%s siblings %u customers %u alike %u of %u cone %.2f",
			i ? "; " : "", g->asn[c->node], c->is_peer ? " peer" : "",
			c->is_customer ? " customer" : "", c->siblings, c->customers, c->alike,
			c->alike_of, c->cone_share);
	}
	buf_byte(b, '\0');
}

static void test_next(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(next_row) / sizeof(*next_row); i++) {
		struct graph *g = brute_read(next_row[i].graph);
		struct depeer d;

		ask(g, (struct depeer_question){0}, next_row[i].targets, next_row[i].cut,
			next_row[i].keep, &d);
		buf_clear(&b);
		tell_next(&b, g, &d);
		assert_string_equal(b.p, next_row[i].want);
		depeer_done(&d);
		graph_close(g);
	}
	buf_done(&b);
}

/* -- the biggest */

static void test_biggest(void **state)
{
	static const struct {
		uint32_t biggest;
		const char *want;
	} biggest_row[] = {
		{0, ""},
		{1, "1 customer>none"},
		{3, "1 customer>none; 2 customer>none; 3 customer>none"},
		{9, "1 customer>none; 2 customer>none; 3 customer>none; 5 provider>provider; "
		    "6 provider>provider"},
	};
	struct graph *g = brute_read("1! 2! 1-2 1>3 2>3 3>4 4>5 4>6");
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(biggest_row) / sizeof(*biggest_row); i++) {
		struct depeer d;

		ask(g, (struct depeer_question){.biggest = biggest_row[i].biggest}, "4", "3", "",
			&d);
		buf_clear(&b);
		for (size_t j = 0; j < d.nbiggest; j++)
			buf_printf(&b, "%s%u %s>%s", j ? "; " : "", g->asn[d.biggest[j].node],
				route_class_name(d.biggest[j].before),
				route_class_name(d.biggest[j].after));
		buf_byte(&b, '\0');
		assert_string_equal(b.p, biggest_row[i].want);
		depeer_done(&d);
	}
	buf_done(&b);
	graph_close(g);
}

/* -- addresses: what is sorted by, and what is lost */

static void test_addresses(void **state)
{
	static const struct announced list[] = {
		{.asn = 1, .v4_addresses = 1000},
		{.asn = 4, .v4_addresses = 3000},
		{.asn = 6, .v4_addresses = 256},
		{.asn = 7, .v4_addresses = 512},
		{.asn = 8, .v4_addresses = 4096},
	};
	struct graph *g = brute_read("1! 2! 1-2 1>3 2>3 1>4 3>6 3>7 3>8 2>8 3>5");
	uint32_t target = graph_find(g, 3);
	struct depeer_question q = {.targets = &target, .ntargets = 1, .all_transit = true};
	struct measures m;
	struct depeer d;

	(void)state;
	assert_int_equal(measures_new(g, list, sizeof(list) / sizeof(*list), &m), 0);
	q.measures = &m;
	assert_int_equal(depeer(g, &q, &d), 0);
	/* Without 3: 8864 addresses, of which its customers 6, 7 and 8 have 4864. */
	assert_float_equal(d.reach_after.of[1], 4864.0 / 8864, 1e-12);
	assert_int_equal(d.nhurt, 4);
	/* Those who have no other go first, most addresses first. */
	assert_int_equal(g->asn[d.hurt[0].node], 7);
	assert_int_equal(g->asn[d.hurt[1].node], 6);
	assert_int_equal(g->asn[d.hurt[2].node], 5);
	assert_int_equal(g->asn[d.hurt[3].node], 8);
	assert_float_equal(d.hurt[0].owns[1], 512, 0);
	/* 7 is reached by the others' 8352 before, and by 6 and 8 after. */
	assert_float_equal(d.hurt[0].before.of[1], 1, 1e-12);
	assert_float_equal(d.hurt[0].after.of[1], (256.0 + 4096) / 8352, 1e-12);
	depeer_done(&d);
	measures_done(&m);
	graph_close(g);
}

/* -- short memory: with a question of one pass, and with one of many */

static struct graph *scarce;
static struct measures scarce_measures;

static int scarce_once(struct span raw)
{
	uint32_t biggest = 0, targets[2] = {0, 1};
	struct depeer_question q = {.targets = targets,
		.ntargets = raw.n % 3,
		.all_transit = true,
		.measures = &scarce_measures,
		.biggest = 5,
		.links_only = raw.n >= 3};
	struct depeer d = {.ncut = 77};

	for (uint32_t i = 0; i < scarce->nodes; i++)
		if (scarce->cone[i] > scarce->cone[biggest])
			biggest = i;
	targets[0] = biggest;
	int rc = depeer(scarce, &q, &d);

	if (rc == 0)
		depeer_done(&d);
	else
		assert_int_equal(d.ncut, 77);
	return rc;
}

static void test_memory(void **state)
{
	struct random r;

	(void)state;
	random_seed(&r, 5);
	for (uint32_t n = 20; n <= 400; n *= 20) {
		scarce = brute_graph_of(&r, n, 2.5);
		assert_int_equal(measures_new(scarce, NULL, 0, &scarce_measures), 0);
		for (size_t how = 1; how < 6; how++) {
			struct span raw = {NULL, how};

			assert_true(fail_each(scarce_once, raw, false) > 10);
			assert_true(fail_each(scarce_once, raw, true) > 10);
		}
		measures_done(&scarce_measures);
		graph_close(scarce);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_biggest),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
