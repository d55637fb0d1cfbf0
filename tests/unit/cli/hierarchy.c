/* Hierarchies: told by hand for small graphs, and what every layout holds to, for random ones. */
#include "test.h"

#include "base/buf.h"
#include "brute.h"
#include "cli/hierarchy.h"

#include <math.h>

/* The rows from the top, parted by '/': AS numbers from the left. */
static const char *show_rows(const struct graph *g, const struct hierarchy *h)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t row = 0; row < h->rows; row++) {
		if (row)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " / ");
		double last = -1e9;

		for (;;) {
			const struct hierarchy_box *next = NULL;

			for (uint32_t i = 0; i < h->boxes; i++)
				if (h->box[i].row == row && h->box[i].x > last &&
					(!next || h->box[i].x < next->x))
					next = &h->box[i];
			if (!next)
				break;
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u",
				last > -1e9 ? " " : "", g->asn[next->node]);
			last = next->x;
		}
	}
	return text;
}

static uint32_t count_kind(const struct hierarchy *h, enum link_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->lines; i++)
		n += h->line[i].kind == kind;
	return n;
}

static const struct {
	const char *links;
	asn_t target;
	const char *rows;
	uint32_t transit, peers, siblings; /* lines */
} cases[] = {
	{"9", 9, "9", 0, 0, 0},
	{"1>9", 9, "1 / 9", 1, 0, 0},
	{"1>2 2>9", 9, "1 / 2 / 9", 2, 0, 0},
	/* the longest way counts: 1 sells to 9 as well, and still 2 stands between */
	{"1>2 2>9 1>9", 9, "1 / 2 / 9", 3, 0, 0},
	/* without crossings: who is above whom stands over them */
	{"1! 2! 1-2 1>4 2>3 3>9 4>9", 9, "2 1 / 3 4 / 9", 4, 0, 0},
	/* what is below the target, or beside what is above, is no matter of it */
	{"1>9 9>10 1>11 1-12", 9, "1 / 9", 1, 0, 0},
	/* peers at the sides, the biggest nearest; their providers are not drawn */
	{"1>9 9-5 9-6 9-7 5>51 5>52 6>61 8>7", 9, "1 / 6 9 5 7", 1, 3, 0},
	/* a peer that is above as well stands there */
	{"1>2 2>9 9-1", 9, "1 / 2 / 9", 2, 1, 0},
	/* siblings share a level, and the link is drawn once */
	{"1>2 2=3 3>9", 9, "1 / 2 3 / 9", 2, 0, 1},
	{"1>2 2=9", 9, "1 / 2 / 9", 1, 0, 1},
	/* providers in a circle too */
	{"1>2 2>3 3>1 3>9", 9, "1 2 3 / 9", 4, 0, 0},
};

static void by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct graph *g = brute_read(cases[i].links);
		uint32_t target = graph_find(g, cases[i].target);
		struct hierarchy h;

		assert_int_equal(hierarchy_new(g, &target, 1, NULL, 0, &h), 0);
		assert_string_equal(show_rows(g, &h), cases[i].rows);
		assert_int_equal(count_kind(&h, LINK_PROVIDER), cases[i].transit);
		assert_int_equal(count_kind(&h, LINK_PEER), cases[i].peers);
		assert_int_equal(count_kind(&h, LINK_SIBLING), cases[i].siblings);
		hierarchy_done(&h);
		graph_close(g);
	}
}

/* Targets stand at the bottom even if one sells to what is above another; then the link is drawn
 * as what it is seen from below. */
static void targets_stand_at_the_bottom(void **state)
{
	(void)state;
	struct graph *g = brute_read("1>2 2>3 3>4");
	uint32_t targets[] = {graph_find(g, 4), graph_find(g, 2)};
	struct hierarchy h;

	assert_int_equal(hierarchy_new(g, targets, 2, NULL, 0, &h), 0);
	assert_int_equal(h.levels, 2);
	assert_int_equal(count_kind(&h, LINK_PROVIDER), 2);
	assert_int_equal(count_kind(&h, LINK_CUSTOMER), 1);
	hierarchy_done(&h);
	graph_close(g);
}

static void pinned_ones_are_shown(void **state)
{
	(void)state;
	/* 9 buys from 300 networks of one customer each but the last, which have more. */
	struct buf links = {0};

	for (int i = 100; i < 400; i++)
		buf_printf(&links, "%s%d>9", i > 100 ? " " : "", i);
	for (int i = 300; i < 400; i++)
		buf_printf(&links, " %d>%d", i, 1000 + i);
	buf_byte(&links, '\0');
	struct graph *g = brute_read(links.p);
	uint32_t target = graph_find(g, 9), pinned = graph_find(g, 150), shown = 0;
	struct hierarchy h;

	assert_int_equal(hierarchy_new(g, &target, 1, &pinned, 1, &h), 0);
	assert_int_equal(h.boxes, HIERARCHY_BOXES_MOST);
	assert_int_equal(h.above, 300);
	assert_int_equal(h.more_above, 300 - (HIERARCHY_BOXES_MOST - 1));
	for (uint32_t i = 0; i < h.boxes; i++) {
		asn_t asn = g->asn[h.box[i].node];

		shown += h.box[i].node == pinned;
		assert_true(asn == 9 || asn == 150 || asn >= 300);
	}
	assert_int_equal(shown, 1);
	hierarchy_done(&h);
	graph_close(g);
	buf_done(&links);
}

/* -- what every layout holds to */

static void boxes_do_not_touch(const struct hierarchy *h)
{
	for (uint32_t i = 0; i < h->boxes; i++) {
		assert_true(h->box[i].row < h->rows && h->box[i].level < h->levels);
		assert_true(h->box[i].x >= 0.49 && h->box[i].x <= h->columns - 0.49);
		for (uint32_t k = 0; k < i; k++) {
			assert_int_not_equal(h->box[i].node, h->box[k].node);
			assert_true(h->box[i].row != h->box[k].row ||
				    fabs(h->box[i].x - h->box[k].x) > 0.999);
		}
	}
}

static void lines_are_links_that_lead_up(const struct graph *g, const struct hierarchy *h)
{
	for (uint32_t i = 0; i < h->lines; i++) {
		const struct hierarchy_line *l = &h->line[i];
		const struct hierarchy_box *from = &h->box[l->from], *to = &h->box[l->to];
		enum link_kind kind;

		assert_true(graph_link(g, from->node, to->node, &kind));
		assert_int_equal(kind, l->kind);
		assert_true(to->row <= from->row);
		assert_int_equal(l->bends, from->row - to->row ? from->row - to->row - 1 : 0);
		for (uint32_t k = 0; k < i; k++)
			assert_false((l->from == h->line[k].from && l->to == h->line[k].to) ||
				     (l->from == h->line[k].to && l->to == h->line[k].from));
	}
}

/* Half a box is 0.45 wide. */
static void bends_pass_between_boxes(const struct hierarchy *h)
{
	for (uint32_t i = 0; i < h->bends; i++)
		for (uint32_t k = 0; k < h->boxes; k++)
			assert_true(h->box[k].row != h->bend[i].row ||
				    fabs(h->box[k].x - h->bend[i].x) > 0.45);
}

/* Who is shown above has a line to what is above it, or tells how many there are, or is the top. */
static void nobody_hangs_in_the_air(const struct graph *g, const struct hierarchy *h)
{
	for (uint32_t i = 0; i < h->boxes; i++) {
		const struct hierarchy_box *b = &h->box[i];
		struct nodes up = graph_neighbours(g, b->node, LINK_PROVIDER);
		uint32_t lines = 0;

		for (uint32_t k = 0; k < h->lines; k++)
			lines += (h->line[k].from == i && h->line[k].kind == LINK_PROVIDER) ||
				 (h->line[k].to == i && h->line[k].kind == LINK_CUSTOMER);
		if (b->role != HIERARCHY_PEER)
			assert_int_equal(lines + b->more_up, up.n);
	}
}

static void check(const struct graph *g, const uint32_t *targets, size_t n)
{
	struct hierarchy h, again;
	uint32_t shown[3] = {0};

	assert_int_equal(hierarchy_new(g, targets, n, NULL, 0, &h), 0);
	assert_true(h.boxes <= HIERARCHY_BOXES_MOST);
	for (uint32_t i = 0; i < h.boxes; i++)
		shown[h.box[i].role]++;
	assert_int_equal(shown[HIERARCHY_TARGET] + h.more_targets, n);
	assert_int_equal(shown[HIERARCHY_ABOVE] + h.more_above, h.above);
	boxes_do_not_touch(&h);
	lines_are_links_that_lead_up(g, &h);
	bends_pass_between_boxes(&h);
	nobody_hangs_in_the_air(g, &h);
	assert_int_equal(hierarchy_new(g, targets, n, NULL, 0, &again), 0);
	assert_memory_equal(h.box, again.box, h.boxes * sizeof(*h.box));
	assert_memory_equal(h.bend, again.bend, h.bends * sizeof(*h.bend));
	hierarchy_done(&again);
	hierarchy_done(&h);
}

static void any_graph_is_laid_out(void **state)
{
	struct random r;

	(void)state;
	random_seed(&r, 7);
	for (int i = 0; i < 600; i++) {
		uint32_t n = i % 3 ? 2 + (uint32_t)i : 0;
		struct graph *g = n ? brute_graph_of(&r, n, 1 + i % 5) : brute_graph(&r);
		uint32_t targets[20];
		size_t count = 1 + random_below(&r, i % 7 ? 2 : 20);

		if (count > g->nodes)
			count = g->nodes;
		for (size_t k = 0; k < count; k++)
			targets[k] = (uint32_t)((g->nodes - 1 - k * 3 % g->nodes));
		/* Each once. */
		size_t once = 0;

		for (size_t k = 0; k < count; k++) {
			bool had = false;

			for (size_t m = 0; m < once; m++)
				had |= targets[m] == targets[k];
			if (!had)
				targets[once++] = targets[k];
		}
		check(g, targets, once);
		graph_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(targets_stand_at_the_bottom),
		cmocka_unit_test(pinned_ones_are_shown),
		cmocka_unit_test(any_graph_is_laid_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
