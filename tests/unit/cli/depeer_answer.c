/* The sentences of `cordon depeer`, each for every way things can be. */
#include "test.h"

#include "brute.h"
#include "cli/depeer_answer.h"
#include "cli/depeer_json.h"
#include "cli/depeer_svg.h"
#include "cli/depeer_text.h"

#include <locale.h>

/* An answer that can be turned into any. 9 buys from 3, 4, 5 and is a peer of 6. */
struct world {
	struct atlas atlas;
	struct measures measures;
	struct depeer_question question;
	struct starve_question limit;
	struct depeer_answer answer;
	uint32_t nodes[6];
	uint8_t before[6], after[6];
};

static uint32_t *node_of(struct world *w, asn_t asn)
{
	return &w->nodes[graph_find(w->atlas.graph, asn)];
}

static void world_init(struct world *w)
{
	*w = (struct world){0};
	w->atlas.graph = brute_read("3>9 4>9 5>9 6-9 3>7");
	for (uint32_t i = 0; i < 6; i++)
		w->nodes[i] = i;
	assert_int_equal(measures_new(w->atlas.graph, NULL, 0, &w->measures), 0);
	w->question = (struct depeer_question){
		.targets = node_of(w, 9), .ntargets = 1, .measures = &w->measures};
	w->limit = (struct starve_question){.measure = &w->measures.m[0], .share = 0.05};
	w->answer = (struct depeer_answer){.atlas = &w->atlas, .question = &w->question};
	w->answer.depeer = (struct depeer){.cut = node_of(w, 3),
		.ncut = 2,
		.before = w->before,
		.after = w->after,
		.reach_before = {{0.998}},
		.reach_after = {{0.003}},
		.by_peers = {{0.021}}};
}

static void world_done(struct world *w)
{
	measures_done(&w->measures);
	graph_close((struct graph *)w->atlas.graph);
}

static void says(void (*words)(struct buf *, const struct depeer_answer *), const struct world *w,
	const char *want)
{
	struct buf b = {0};

	words(&b, &w->answer);
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

#define REACH "When AS3 and AS4 refuse AS9, 0.3 % of networks still reach AS9; before: 99.8 %."

static void the_verdict_says_whether_it_works(void **state)
{
	(void)state;
	static const struct {
		enum depeer_outlook outlook;
		size_t ncut, nremaining;
		bool links_only;
		const char *name, *want;
	} rows[] = {
		{OUTLOOK_CUTS_OFF, 2, 0, false, "cuts-off",
			"Yes, that cuts it off from all but a few. " REACH},
		{OUTLOOK_PEERS_REMAIN, 2, 0, false, "peers-remain",
			"Only in part: no transit is left, but peers are. " REACH},
		{OUTLOOK_PEERS_REMAIN, 2, 1, false, "peers-remain",
			"Only in part: little transit is left, but peers are. " REACH},
		{OUTLOOK_TRANSIT_REMAINS, 2, 1, false, "transit-remains",
			"No: AS5 still carries AS9. " REACH},
		{OUTLOOK_TRANSIT_REMAINS, 2, 0, false, "transit-remains",
			"No: there is other transit. " REACH},
		{OUTLOOK_MANY_TRANSITS, 2, 3, false, "many-transits",
			"No: AS5, AS6 and AS7 still carry AS9, and transit from so many is more "
			"than a few can end. " REACH},
		{OUTLOOK_AT_TOP, 0, 0, false, "at-top",
			"No: AS9 needs nobody's transit, so there is nobody above to refuse. "
			"0.3 % of networks still reach AS9; before: 99.8 %."},
		{OUTLOOK_ALREADY_APART, 0, 0, false, "already-apart",
			"There is nothing to cut off: in this graph nobody reaches AS9 as it is."},
		{OUTLOOK_TRANSIT_REMAINS, 1, 1, true, "transit-remains",
			"No: AS5 still carries AS9. When the links of AS3 with AS9 end, 0.3 % of "
			"networks still reach AS9; before: 99.8 %."},
		{OUTLOOK_CUTS_OFF, 1, 0, false, "cuts-off",
			"Yes, that cuts it off from all but a few. When AS3 refuses AS9, 0.3 % of "
			"networks still reach AS9; before: 99.8 %."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		world_init(&w);
		w.answer.depeer.outlook = rows[i].outlook;
		w.answer.depeer.ncut = rows[i].ncut;
		w.answer.depeer.remaining = node_of(&w, 5);
		w.answer.depeer.nremaining = rows[i].nremaining;
		w.question.links_only = rows[i].links_only;
		says(depeer_verdict, &w, rows[i].want);
		assert_string_equal(depeer_outlook_name(&w.answer), rows[i].name);
		world_done(&w);
	}
}

static void who_is_hurt_is_counted(void **state)
{
	(void)state;
	struct depeer_hurt hurt[4] = {
		{.how = HURT_LOST}, {.how = HURT_LOST}, {.how = HURT_LESS}, {.how = HURT_ONE_LEFT}};
	struct world w;

	world_init(&w);
	says(depeer_hurt_words, &w, "Nobody: no other network loses reach.");
	w.answer.depeer.hurt = hurt;
	w.answer.depeer.nhurt = 2;
	says(depeer_hurt_words, &w, "2 networks cut off as well.");
	w.answer.depeer.nhurt = 3;
	says(depeer_hurt_words, &w, "2 networks cut off as well and 1 network reached by fewer.");
	w.answer.depeer.nhurt = 4;
	says(depeer_hurt_words, &w,
		"2 networks cut off as well, 1 network reached by fewer and 1 network "
		"reached as before but down to one upstream.");
	assert_string_equal(depeer_hurt_name(&hurt[0]), "lost");
	assert_string_equal(depeer_hurt_name(&hurt[2]), "less");
	assert_string_equal(depeer_hurt_name(&hurt[3]), "one-left");
	world_done(&w);
}

#define PEERS " With all transit gone, peers would leave it 2.1 % of networks."

static void the_few_are_told_with_their_proof(void **state)
{
	(void)state;
	static const struct {
		struct part_sets part;
		const char *name, *want;
	} rows[] = {
		{{.state = PART_FOUND, .size = 1, .sets = 1, .by_clique = true}, "found",
			"The fewest that part it from the top: 1 network. The top is the "
			"clique." PEERS},
		{{.state = PART_FOUND, .size = 2, .sets = 3, .by_clique = true}, "found",
			"The fewest that part it from the top: 2 networks, in 3 ways; that no "
			"fewer do it is proved by maximum flow. The top is the clique." PEERS},
		{{.state = PART_FOUND, .size = 2, .sets = 20, .more = true, .by_clique = true},
			"found",
			"The fewest that part it from the top: 2 networks, in 20 ways or more; "
			"that no fewer do it is proved by maximum flow. The top is the "
			"clique." PEERS},
		{{.state = PART_FOUND, .size = 1, .sets = 2}, "found",
			"The fewest that part it from the top: 1 network, in 2 ways. The top is "
			"those above it that buy from nobody, since the graph names no "
			"clique." PEERS},
		{{.state = PART_APART}, "apart",
			"Nothing of the top is above it: there is nothing to part." PEERS},
		{{.state = PART_AT_TOP}, "at-top",
			"It is of the top itself: nobody above can part it." PEERS},
		{{.state = PART_KEPT}, "kept",
			"No set is enough: those to be kept carry it to the top." PEERS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		world_init(&w);
		w.answer.part = rows[i].part;
		says(depeer_part_words, &w, rows[i].want);
		assert_string_equal(depeer_part_name(&w.answer), rows[i].name);
		world_done(&w);
	}
}

static void the_set_under_a_share_has_its_proof_in_words(void **state)
{
	(void)state;
	static const struct {
		struct starve starve;
		const char *name, *want;
	} rows[] = {
		{{.state = STARVE_OPTIMAL, .n = 3, .at_least = 3, .reach = 0.041}, "optimal",
			"3 networks do it; 4.1 % of networks are left. Optimal: no 2 networks do "
			"it."},
		{{.state = STARVE_OPTIMAL, .n = 2, .at_least = 2, .reach = 0}, "optimal",
			"2 networks do it; 0 % of networks are left. Optimal: no 1 network does "
			"it."},
		{{.state = STARVE_OPTIMAL, .n = 1, .at_least = 1, .reach = 0.04}, "optimal",
			"1 network does it; 4.0 % of networks are left. Optimal: with nobody "
			"refusing it is more."},
		{{.state = STARVE_OPTIMAL, .n = 0, .reach = 0.02}, "optimal",
			"Nobody has to refuse: 2.0 % of networks reach it as it is."},
		{{.state = STARVE_BOUNDED, .n = 5, .at_least = 3, .reach = 0.049}, "bounded",
			"5 networks do it; 4.9 % of networks are left. The best found in the time "
			"given: between 3 and 5 are needed; a longer search (--seconds) may find "
			"fewer."},
		{{.state = STARVE_NEVER, .reach = 0.4}, "never",
			"No set does it: were all others to refuse, 40.0 % of networks would "
			"still reach it."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		world_init(&w);
		w.answer.limit = &w.limit;
		w.answer.starve = rows[i].starve;
		says(depeer_starve_words, &w, rows[i].want);
		assert_string_equal(depeer_starve_name(&w.answer), rows[i].name);
		world_done(&w);
	}
}

static void candidates_have_reasons(void **state)
{
	(void)state;
	static const struct {
		struct depeer_candidate c;
		const char *want;
	} rows[] = {
		{{.cone_share = 0.12}, "12.0 % of all networks are below it"},
		{{.is_peer = true, .cone_share = 0.0001},
			"has a link with it already, as its peer; <0.1 % of all networks are "
			"below it"},
		{{.is_customer = true, .siblings = 1, .customers = 2, .alike = 17, .alike_of = 40},
			"has a link with it already, as its customer; 1 sibling of it buys there; "
			"2 customers of it buy there; 17 of 40 networks like it buy there; 0 % of "
			"all networks are below it"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		depeer_candidate_words(&b, &rows[i].c);
		assert_span(buf_span(&b), rows[i].want);
	}
	buf_done(&b);
}

static void the_measure_that_tells_most_is_named_too(void **state)
{
	(void)state;
	struct announced list[] = {{.asn = 9, .v4_addresses = 256}, {.asn = 3, .v4_addresses = 1}};
	struct world w;

	world_init(&w);
	assert_int_equal(depeer_chief(&w.answer), 0);
	measures_done(&w.measures);
	/* Ascending by number. */
	list[0].asn = 3;
	list[1].asn = 9;
	assert_int_equal(measures_new(w.atlas.graph, list, 2, &w.measures), 0);
	assert_int_equal(depeer_chief(&w.answer), 1);
	w.answer.depeer.outlook = OUTLOOK_CUTS_OFF;
	w.answer.depeer.reach_before.of[1] = 1;
	says(depeer_verdict, &w,
		"Yes, that cuts it off from all but a few. When AS3 and AS4 refuse AS9, 0.3 % of "
		"networks and 0 % of IPv4 addresses still reach AS9; before: 99.8 % and 100 %.");
	w.answer.depeer.reach_after.of[0] = 0;
	says(depeer_verdict, &w,
		"Yes, that cuts it off. When AS3 and AS4 refuse AS9, 0 % of networks and 0 % of "
		"IPv4 addresses still reach AS9; before: 99.8 % and 100 %.");
	world_done(&w);
}

/* The longest line of a report fits, and every number is told by all three. */
static void all_outputs_take_the_answer(void **state)
{
	(void)state;
	static const char holder[] = "A holder with a name that is longer than any column can be, "
				     "and more <&> of it";
	struct announced list[] = {
		{.asn = 3, .v4_addresses = 4000000000, .holder = {holder, sizeof(holder) - 1}},
		{.asn = 9, .v4_addresses = 1, .holder = {holder, sizeof(holder) - 1}}};
	struct depeer_network biggest = {0, ROUTE_CUSTOMER, ROUTE_PROVIDER};
	struct depeer_hurt hurt = {.node = 0,
		.how = HURT_LESS,
		.upstreams_before = 100,
		.upstreams_after = 99,
		.before = {{0.9995, 0.9995}},
		.after = {{0.9995, 0.0001}},
		.owns = {1, 4000000000}};
	struct depeer_neighbour neighbour = {.node = 0,
		.kind = LINK_PROVIDER,
		.cut = true,
		.takes = {{0.9995, 0.9995}},
		.alone = {{0.9995, 0.9995}}};
	struct depeer_candidate next = {.node = 0, .cone_share = 0.2};
	struct world w;
	struct buf text = {0}, svg = {0};
	struct span rest, line;

	world_init(&w);
	measures_done(&w.measures);
	assert_int_equal(measures_new(w.atlas.graph, list, 2, &w.measures), 0);
	w.atlas.addresses = (struct origins){.list = list, .n = 2, .fit = {4000, true}};
	w.answer.limit = &w.limit;
	w.answer.part =
		(struct part_sets){.state = PART_FOUND, .size = 1, .sets = 2, .set = w.nodes};
	w.answer.starve = (struct starve){.n = 2, .set = w.nodes};
	struct depeer *d = &w.answer.depeer;

	d->reach_after.of[0] = 0.0001;
	d->outlook = OUTLOOK_TRANSIT_REMAINS;
	d->biggest = &biggest;
	d->hurt = &hurt;
	d->neighbours = &neighbour;
	d->next = &next;
	d->remaining = w.nodes;
	d->nbiggest = d->nhurt = d->nneighbours = d->nnext = d->nremaining = 1;
	depeer_text(&text, &w.answer);
	rest = buf_span(&text);
	while (span_line(&rest, &line)) {
		/* Of one byte each, but for the ellipsis. */
		size_t columns = line.n - (span_find(line, SPAN("\u2026")) >= 0 ? 2 : 0);

		if (columns > DEPEER_TEXT_WIDTH)
			fail_msg("%zu columns: %.*s", columns, SPAN_ARG(line));
		assert_false(line.n && line.p[line.n - 1] == ' ');
	}
	json_t *j = depeer_json(&w.answer);

	assert_non_null(j);
	assert_int_equal(json_array_size(json_object_get(j, "hurt")), 1);
	json_decref(j);
	assert_int_equal(depeer_svg(&svg, &w.answer), 0);
	assert_true(span_find(buf_span(&svg), SPAN("<&>")) < 0);
	assert_true(span_find(buf_span(&svg), SPAN(">&lt;0.1 %<")) > 0);
	buf_done(&svg);
	buf_done(&text);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_says_whether_it_works),
		cmocka_unit_test(who_is_hurt_is_counted),
		cmocka_unit_test(the_few_are_told_with_their_proof),
		cmocka_unit_test(the_set_under_a_share_has_its_proof_in_words),
		cmocka_unit_test(candidates_have_reasons),
		cmocka_unit_test(the_measure_that_tells_most_is_named_too),
		cmocka_unit_test(all_outputs_take_the_answer),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
