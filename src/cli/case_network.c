#include "cli/case_network.h"

#include "cli/atlas.h"
#include "cli/depeer_answer.h"
#include "cli/network_card.h"
#include "net/day.h"

#include <errno.h>

#define HURT_MOST 20 /* networks that are told to be hurt */
#define BIGGEST   1  /* networks that depeer() tells of; none is shown here */

static struct case_source source_of(struct case_file *c, struct span name, struct span terms,
	int32_t day, const struct fit *fit)
{
	return (struct case_source){.present = true,
		.name = case_keep(c, name),
		.terms = case_keep(c, terms),
		.day = day,
		.days_off = fit->days_off,
		.stale = fit->stale};
}

static struct case_source table_of(struct case_file *c, const struct origins *o)
{
	if (!o->list)
		return (struct case_source){0};
	return source_of(c, o->table.source, o->table.terms, o->table.day, &o->fit);
}

/* The last address of a prefix. */
static struct ip end_of(const struct prefix *p)
{
	struct ip end = p->ip;
	unsigned longest = end.family == IP_V4 ? 32 : 128;

	for (unsigned bit = p->length; bit < longest; bit++)
		end.byte[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return end;
}

/* "198.51.100.0/24", or where a run of addresses begins and ends. */
static void segment_words(struct buf *to, const struct table_segment *s)
{
	char first[IP_TEXT], last[IP_TEXT];
	unsigned longest = s->first.family == IP_V4 ? 32 : 128;

	for (unsigned length = 0; length <= longest; length++) {
		struct prefix p = prefix_of(&s->first, length);
		struct ip end = end_of(&p);

		if (ip_eq(&p.ip, &s->first) && ip_eq(&end, &s->last)) {
			buf_str(to, prefix_format(&p, first));
			return;
		}
	}
	buf_printf(to, "%s to %s", ip_format(&s->first, first), ip_format(&s->last, last));
}

static int list_prefixes(struct case_file *c, const struct table *t, struct err *err)
{
	static const enum ip_family families[] = {IP_V4, IP_V6};
	struct span *list = arena_zalloc(&c->memory, CASE_PREFIXES_MOST, sizeof(*list));
	struct case_network *n = &c->network;
	struct table_segment s;

	if (!list)
		return err_sys(err, -ENOMEM, "case");
	for (size_t i = 0; i < 2; i++) {
		struct table_cursor cursor = {.family = families[i]};

		while (table_next_segment(t, &cursor, &s)) {
			struct buf words = {0};
			struct span holder;

			if (table_origin(t, s.origin, &holder) != c->asn ||
				n->prefixes_all++ >= CASE_PREFIXES_MOST)
				continue;
			segment_words(&words, &s);
			list[n->prefixes++] = case_keep(c, buf_span(&words));
			buf_done(&words);
		}
	}
	n->prefix = list;
	return 0;
}

/* Prefixes, sizes and the holder. The table is the one that the atlas counted. */
static int fill_tables(
	struct case_file *c, struct shelf *shelf, const struct atlas *a, struct err *err)
{
	struct case_network *n = &c->network;
	const struct announced *found = atlas_announced_of(a, c->asn);
	const struct table *t = shelf_table(shelf, IP_V4, c->day, NULL);

	n->table = table_of(c, &a->addresses);
	n->holders = table_of(c, &a->holders);
	n->holder = case_keep(c, atlas_holder_of(a, c->asn));
	n->announces = a->addresses.list != NULL;
	if (found) {
		n->v4_prefixes = found->v4_prefixes;
		n->v6_prefixes = found->v6_prefixes;
		n->v4_addresses = found->v4_addresses;
		n->v6_48s = found->v6_48s;
	}
	if (!t)
		t = shelf_table(shelf, IP_NONE, c->day, NULL);
	return t ? list_prefixes(c, t, err) : 0;
}

static struct case_other other_of(struct case_file *c, const struct atlas *a, uint32_t node)
{
	struct buf label = {0};

	if (atlas_holder(a, node).n)
		atlas_label(&label, a, node);
	const struct case_other o = {a->graph->asn[node], case_keep(c, buf_span(&label))};

	buf_done(&label);
	return o;
}

static int fill_neighbours(
	struct case_file *c, const struct atlas *a, uint32_t node, struct err *err)
{
	struct case_network *n = &c->network;
	struct network_card card;

	if (network_card_make(a, node, &card) < 0)
		return err_sys(err, -ENOMEM, "case");
	struct case_other *list =
		arena_zalloc(&c->memory, card.nnear[LINK_PROVIDER] + 1, sizeof(*list));

	for (uint32_t i = 0; list && i < card.nnear[LINK_PROVIDER]; i++)
		list[n->upstreams++] = other_of(c, a, card.near[LINK_PROVIDER][i]);
	n->upstream = list;
	n->peers = card.nnear[LINK_PEER];
	n->customers = card.nnear[LINK_CUSTOMER];
	n->cone = a->graph->cone[node];
	network_card_done(&card);
	return list ? 0 : err_sys(err, -ENOMEM, "case");
}

/* Words in a buffer, into the case; the buffer is freed. */
static struct span keep_words(struct case_file *c, struct buf *words)
{
	struct span kept = case_keep(c, buf_span(words));

	buf_done(words);
	return kept;
}

static const char *hurt_words(const struct depeer_hurt *h)
{
	static const char *const words[] = {
		[HURT_LOST] = "cut off as well",
		[HURT_LESS] = "reached by fewer",
		[HURT_ONE_LEFT] = "reached as before, but down to one upstream",
	};

	return words[h->how];
}

static int keep_hurt(struct case_file *c, const struct depeer_answer *answer, struct err *err)
{
	const struct depeer *d = &answer->depeer;
	size_t n = d->nhurt < HURT_MOST ? d->nhurt : HURT_MOST;
	struct case_hurt *list = arena_zalloc(&c->memory, n + 1, sizeof(*list));

	if (!list)
		return err_sys(err, -ENOMEM, "case");
	for (size_t i = 0; i < n; i++)
		list[i] = (struct case_hurt){
			.who = other_of(c, answer->atlas, d->hurt[i].node),
			.how = span_cstr(hurt_words(&d->hurt[i])),
			.before = d->hurt[i].before.of[0],
			.after = d->hurt[i].after.of[0],
		};
	c->depeer.hurt = list;
	c->depeer.nhurt = n;
	c->depeer.hurt_all = d->nhurt;
	return 0;
}

static int fill_depeer(struct case_file *c, const struct atlas *a, uint32_t node, struct err *err)
{
	struct measures m;
	struct depeer_answer answer;
	struct buf verdict = {0}, hurt = {0}, few = {0};

	if (measures_new(a->graph, a->addresses.list, a->addresses.n, &m) < 0)
		return err_sys(err, -ENOMEM, "case");
	const struct depeer_question question = {
		.targets = &node,
		.ntargets = 1,
		.all_transit = true,
		.measures = &m,
		.biggest = BIGGEST,
	};
	int rc = depeer_answer_find(a, &question, NULL, &answer);

	if (rc < 0) {
		measures_done(&m);
		return err_sys(err, rc, "case");
	}
	depeer_verdict(&verdict, &answer);
	depeer_hurt_words(&hurt, &answer);
	depeer_part_words(&few, &answer);
	c->depeer.present = true;
	c->depeer.verdict = keep_words(c, &verdict);
	c->depeer.hurt_words = keep_words(c, &hurt);
	c->depeer.few_words = keep_words(c, &few);
	rc = keep_hurt(c, &answer, err);
	depeer_answer_done(&answer);
	measures_done(&m);
	return rc;
}

static int fill_graph(struct case_file *c, const struct atlas *a, struct err *err)
{
	const struct graph_info *info = &a->graph->info;
	uint32_t node = graph_find(a->graph, c->asn);

	c->network.graph = source_of(c, info->source, info->terms, info->day, &a->graph_fit);
	if (node == GRAPH_NONE) {
		c->depeer.why_not = SPAN("the network is not in the graph of networks nearest that "
					 "day; 'cordon net import FILE' with relationships or AS "
					 "paths may add it.");
		return 0;
	}
	int rc = fill_neighbours(c, a, node, err);

	return rc < 0 ? rc : fill_depeer(c, a, node, err);
}

int case_network_fill(struct case_file *c, struct shelf *shelf, struct err *err)
{
	struct atlas a;
	int rc = atlas_open(shelf, c->day, &a, err);
	bool graph = rc == 0;

	if (rc == -ENOENT) {
		c->depeer.why_not = SPAN("no graph of networks is installed; 'cordon net import "
					 "FILE' takes relationships or AS paths.");
		rc = atlas_open_tables(shelf, c->day, &a, err);
	}
	if (rc < 0)
		return rc;
	rc = fill_tables(c, shelf, &a, err);
	if (rc == 0 && graph)
		rc = fill_graph(c, &a, err);
	atlas_close(&a);
	return rc;
}
