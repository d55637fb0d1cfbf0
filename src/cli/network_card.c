#include "cli/network_card.h"

#include "cli/hierarchy_svg.h"
#include "cli/report.h"
#include "cli/term.h"
#include "show/clean.h"
#include "show/svg.h"
#include "show/words.h"

#include <errno.h>
#include <stdlib.h>

#define WIDTH 80
#define EDGE  20.0

static int compare_cones(const void *x, const void *y, void *graph)
{
	const struct graph *g = (const struct graph *)graph;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	if (g->cone[a] != g->cone[b])
		return g->cone[a] > g->cone[b] ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int take_neighbours(struct network_card *c, enum link_kind kind)
{
	struct nodes near = graph_neighbours(c->atlas->graph, c->node, kind);

	c->near[kind] = calloc((size_t)near.n + 1, sizeof(uint32_t));
	if (!c->near[kind])
		return -ENOMEM;
	if (near.n)
		memcpy(c->near[kind], near.node, near.n * sizeof(uint32_t));
	c->nnear[kind] = near.n;
	qsort_r(c->near[kind], near.n, sizeof(uint32_t), compare_cones, (void *)c->atlas->graph);
	return 0;
}

/* A vantage point and whether it sees the network. */
struct point {
	asn_t asn;
	bool sees, ends;
};

struct points {
	struct point *point; /* ascending by number */
	uint32_t n, room;
};

/* The point of a number, found or made; there are few, so making room by moving is cheap. */
static struct point *point_of(struct points *p, asn_t asn)
{
	uint32_t low = 0, high = p->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (p->point[middle].asn < asn)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < p->n && p->point[low].asn == asn)
		return &p->point[low];
	if (p->n == p->room) {
		uint32_t room = p->room ? 2 * p->room : 64;
		struct point *grown = realloc(p->point, (size_t)room * sizeof(*grown));

		if (!grown)
			return NULL;
		p->point = grown;
		p->room = room;
	}
	memmove(p->point + low + 1, p->point + low, (p->n - low) * sizeof(*p->point));
	p->n++;
	p->point[low] = (struct point){.asn = asn};
	return &p->point[low];
}

static int look_through_paths(struct network_card *c)
{
	const struct paths *p = c->atlas->paths;
	asn_t asn = c->atlas->graph->asn[c->node];
	struct points points = {0};

	for (uint32_t i = 0; p && i < p->n; i++) {
		const asn_t *hop = p->hop + p->start[i], *end = p->hop + p->start[i + 1];
		struct point *at = hop < end ? point_of(&points, *hop) : NULL;

		if (!at && hop < end) {
			free(points.point);
			return -ENOMEM;
		}
		for (; hop < end; hop++)
			if (*hop == asn) {
				at->sees = true;
				at->ends |= hop + 1 == end;
			}
	}
	c->points = points.n;
	for (uint32_t i = 0; i < points.n; i++) {
		c->see += points.point[i].sees;
		c->see_end += points.point[i].ends;
	}
	free(points.point);
	return 0;
}

int network_card_make(const struct atlas *a, uint32_t node, struct network_card *ret_card)
{
	struct network_card c = {.atlas = a, .node = node, .rank = 1};
	int rc = look_through_paths(&c);

	for (uint32_t i = 0; i < a->graph->nodes; i++)
		c.rank += a->graph->cone[i] > a->graph->cone[node];
	for (int kind = 0; rc == 0 && kind < LINK_KINDS; kind++)
		rc = take_neighbours(&c, (enum link_kind)kind);
	if (rc < 0)
		network_card_done(&c);
	else
		*ret_card = c;
	return rc;
}

void network_card_done(struct network_card *c)
{
	for (int kind = 0; kind < LINK_KINDS; kind++)
		free(c->near[kind]);
	*c = (struct network_card){0};
}

static void put_label(struct buf *to, const char *label)
{
	buf_printf(to, "  %-15s", label);
}

static void put_announced(struct buf *to, const struct network_card *c)
{
	const struct announced *a = atlas_announced(c->atlas, c->node);

	put_label(to, "announces");
	if (!c->atlas->addresses.list) {
		buf_str(to, "-\n");
		return;
	}
	if (!a || (!a->v4_prefixes && !a->v6_prefixes)) {
		buf_str(to, "nothing\n");
		return;
	}
	if (a->v4_prefixes) {
		words_count(to, a->v4_prefixes, "IPv4 prefix", "IPv4 prefixes");
		buf_str(to, " with ");
		words_count(to, a->v4_addresses, "address", "addresses");
	}
	if (a->v4_prefixes && a->v6_prefixes)
		buf_str(to, "; ");
	if (a->v6_prefixes) {
		words_count(to, a->v6_prefixes, "IPv6 prefix", "IPv6 prefixes");
		buf_str(to, " with ");
		words_count(to, a->v6_48s, "/48", "/48s");
	}
	buf_byte(to, '\n');
}

static void put_size(struct buf *to, const struct network_card *c)
{
	const struct graph *g = c->atlas->graph;

	put_label(to, "customer cone");
	words_count(to, g->cone[c->node], "network", "networks");
	buf_str(to, ", itself included\n");
	put_label(to, "rank");
	words_number(to, c->rank);
	buf_str(to, " of ");
	words_number(to, g->nodes);
	buf_str(to, " by customer cone\n");
	put_label(to, "at the top");
	buf_str(to, g->flags[c->node] & GRAPH_CLIQUE ? "yes, of the clique\n" : "no\n");
}

static void put_seen(struct buf *to, const struct network_card *c)
{
	put_label(to, "seen by");
	if (!c->atlas->paths) {
		buf_str(to, "-\n");
		return;
	}
	buf_printf(to, "%u of ", c->see);
	words_count(to, c->points, "vantage point", "vantage points");
	buf_printf(to, ", by %u as the origin of a path\n", c->see_end);
}

static void put_neighbours(struct buf *to, const struct network_card *c, enum link_kind kind)
{
	static const char *const heads[] = {
		[LINK_PROVIDER] = "Providers",
		[LINK_SIBLING] = "Siblings",
		[LINK_CUSTOMER] = "Customers",
		[LINK_PEER] = "Peers",
	};
	char head[32];
	struct buf text = {0};

	if (!c->nnear[kind])
		return;
	snprintf(head, sizeof(head), "%s (%u)", heads[kind], c->nnear[kind]);
	buf_printf(to, "\n%s%s%s", term_colour(COLOUR_BOLD), head, term_colour(COLOUR_NONE));
	buf_printf(to, "%*s\n", WIDTH - (int)strlen(head), "cone");
	for (uint32_t i = 0; i < c->nnear[kind]; i++) {
		uint32_t node = c->near[kind][i];

		buf_printf(to, "  AS%-10u", c->atlas->graph->asn[node]);
		atlas_label(&text, c->atlas, node);
		clean_cell(to, buf_span(&text), WIDTH - 14 - 12);
		buf_clear(&text);
		words_number(&text, c->atlas->graph->cone[node]);
		buf_printf(to, "%12.*s\n", SPAN_ARG(buf_span(&text)));
		buf_clear(&text);
	}
	buf_done(&text);
}

/* The kinds of neighbours that it has none of. */
static void put_none(struct buf *to, const struct network_card *c, const enum link_kind *order)
{
	size_t none = 0, told = 0;

	for (int kind = 0; kind < LINK_KINDS; kind++)
		none += !c->nnear[kind];
	if (none)
		buf_str(to, "\nNot known of it: ");
	for (size_t i = 0; i < LINK_KINDS; i++)
		if (!c->nnear[order[i]])
			buf_printf(
				to, "%s%ss", words_joint(told++, none), link_kind_name(order[i]));
	buf_str(to, none ? ".\n" : "");
}

void network_card_text(struct buf *to, const struct network_card *c)
{
	static const enum link_kind order[] = {
		LINK_PROVIDER, LINK_PEER, LINK_SIBLING, LINK_CUSTOMER};

	buf_str(to, term_colour(COLOUR_BOLD));
	atlas_name(to, c->atlas, c->node, WIDTH - 14);
	buf_printf(to, "%s\n", term_colour(COLOUR_NONE));
	put_announced(to, c);
	put_size(to, c);
	put_seen(to, c);
	for (size_t i = 0; i < LINK_KINDS; i++)
		put_neighbours(to, c, order[i]);
	put_none(to, c, order);
}

static json_t *neighbours_json(const struct network_card *c, enum link_kind kind)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->nnear[kind]; i++) {
		json_t *j = atlas_json(c->atlas, c->near[kind][i]);

		json_object_set_new(
			j, "cone", json_integer(c->atlas->graph->cone[c->near[kind][i]]));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *announced_json(const struct network_card *c)
{
	const struct announced *a = atlas_announced(c->atlas, c->node);

	if (!c->atlas->addresses.list)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I}", "ipv4_prefixes",
		(json_int_t)(a ? a->v4_prefixes : 0), "ipv4_addresses",
		(json_int_t)(a ? a->v4_addresses : 0), "ipv6_prefixes",
		(json_int_t)(a ? a->v6_prefixes : 0), "ipv6_48s", (json_int_t)(a ? a->v6_48s : 0));
}

static json_t *seen_json(const struct network_card *c)
{
	if (!c->atlas->paths)
		return json_null();
	json_t *j = atlas_source_json(c->atlas->paths->info.source, c->atlas->paths->info.day,
		c->atlas->paths->info.terms, &c->atlas->paths_fit);

	json_object_set_new(j, "vantage_points", json_integer(c->points));
	json_object_set_new(j, "see", json_integer(c->see));
	json_object_set_new(j, "see_as_origin", json_integer(c->see_end));
	return j;
}

json_t *network_card_json(const struct network_card *c)
{
	const struct graph *g = c->atlas->graph;
	json_t *j = atlas_json(c->atlas, c->node);

	json_object_set_new(j, "announces", announced_json(c));
	json_object_set_new(j, "cone", json_integer(g->cone[c->node]));
	json_object_set_new(j, "rank", json_integer(c->rank));
	json_object_set_new(j, "clique", json_boolean(g->flags[c->node] & GRAPH_CLIQUE));
	json_object_set_new(j, "providers", neighbours_json(c, LINK_PROVIDER));
	json_object_set_new(j, "peers", neighbours_json(c, LINK_PEER));
	json_object_set_new(j, "siblings", neighbours_json(c, LINK_SIBLING));
	json_object_set_new(j, "customers", neighbours_json(c, LINK_CUSTOMER));
	json_object_set_new(j, "seen", seen_json(c));
	atlas_sources_json(j, c->atlas);
	return j;
}

/* Above the panel; returns where that begins. */
static double put_title(
	struct buf *to, const struct atlas *a, const uint32_t *node, size_t n, double width)
{
	struct buf title = {0}, source = {0};

	buf_str(&title, "Above ");
	if (n == 1)
		atlas_name(&title, a, *node, 44);
	else
		atlas_numbers(&title, a, node, n, 4);
	atlas_graph_words(&source, a);
	buf_printf(to, "<text x=\"%.0f\" y=\"34\" font-size=\"16\" font-weight=\"bold\">", EDGE);
	svg_words(to, &title, 60);
	buf_str(to, "</text>\n");
	return svg_paragraph(to, EDGE, 54, width, 11, &source) + 12;
}

int network_card_svg(struct buf *to, const struct atlas *a, const uint32_t *node, size_t n)
{
	uint8_t look[HIERARCHY_BOXES_MOST];
	static const bool stops[HIERARCHY_BOXES_MOST];
	struct buf body = {0};
	struct hierarchy h;
	int rc = hierarchy_new(a->graph, node, n, NULL, 0, &h);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < h.boxes; i++)
		look[i] = h.box[i].role == HIERARCHY_TARGET ? LOOK_TARGET : LOOK_PLAIN;
	double width = hierarchy_svg_width(&h), y = put_title(&body, a, node, n, width);
	const struct hierarchy_panel panel = {&h, a, look, stops, EDGE, y};

	hierarchy_svg(&body, &panel);
	y += hierarchy_svg_height(&h) + 24;
	y += hierarchy_svg_legend(&body, &panel, 1, EDGE, y, width);
	svg_begin(to, width + 2 * EDGE, y + EDGE);
	buf_add(to, buf_span(&body));
	svg_end(to);
	rc = buf_ok(&body) && buf_ok(to) ? 0 : -ENOMEM;
	buf_done(&body);
	hierarchy_done(&h);
	return rc;
}
