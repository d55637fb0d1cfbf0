/* Short memory at every allocation: what the pictures and cards take is given back, and the failure
 * is told. */
#include "short_memory.h"

#include "brute.h"
#include "cli/as_list.h"
#include "cli/depeer_svg.h"
#include "cli/network_card.h"

static struct atlas atlas;

static int draw_above(struct span unused)
{
	const uint32_t nodes[] = {graph_find(atlas.graph, 9), graph_find(atlas.graph, 8)};
	struct buf svg = {0};
	int rc = network_card_svg(&svg, &atlas, nodes, 2);

	(void)unused;
	buf_done(&svg);
	return rc;
}

static int make_card(struct span unused)
{
	struct network_card card;
	int rc = network_card_make(&atlas, graph_find(atlas.graph, 9), &card);

	(void)unused;
	if (rc == 0)
		network_card_done(&card);
	return rc;
}

static int draw_answer(struct span unused)
{
	uint32_t target = graph_find(atlas.graph, 9), cut = graph_find(atlas.graph, 4);
	uint8_t class[16] = {0};
	struct measures measures;
	struct buf svg = {0};
	int rc = measures_new(atlas.graph, NULL, 0, &measures);

	(void)unused;
	if (rc < 0)
		return rc;
	const struct depeer_question q = {.targets = &target, .ntargets = 1, .measures = &measures};
	const struct depeer_answer a = {.atlas = &atlas,
		.question = &q,
		.depeer = {.cut = &cut, .ncut = 1, .before = class, .after = class}};

	rc = depeer_svg(&svg, &a);
	buf_done(&svg);
	measures_done(&measures);
	return rc;
}

static int read_list(struct span text)
{
	struct as_list l = {0};
	uint32_t *node = NULL;
	int rc = as_list_add(&l, text, NULL);

	if (rc == 0) {
		ssize_t n = as_list_nodes(&l, atlas.graph, &node);

		rc = n < 0 ? (int)n : 0;
	}
	free(node);
	as_list_done(&l);
	return rc;
}

static void short_memory_is_told(void **state)
{
	(void)state;
	static int (*const all[])(struct span) = {draw_above, make_card, draw_answer, read_list};

	atlas.graph = brute_read("1! 2! 1-2 1>4 2>5 4>9 5>8 8>9 9-6 6-8");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (int on = 0; on < 2; on++)
			assert_true(fail_each(all[i], SPAN("9,4,77"), on) >= 2);
	graph_close((struct graph *)atlas.graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(short_memory_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
