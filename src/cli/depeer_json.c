#include "cli/depeer_json.h"

#include "cli/report.h"

/* A sentence as JSON; the buffer is then empty. */
static json_t *words_json(struct buf *words)
{
	json_t *j = json_text(buf_span(words));

	buf_done(words);
	return j;
}

static json_t *nodes_json(const struct depeer_answer *a, const uint32_t *node, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, atlas_json(a->atlas, node[i]));
	return list;
}

/* A number a measure, by the measure's name. */
static json_t *by_measure(const struct depeer_answer *a, const double *of)
{
	const struct measures *m = a->question->measures;
	json_t *j = json_object();

	for (size_t i = 0; i < m->n; i++)
		json_object_set_new(j, m->m[i].name, json_real(of[i]));
	return j;
}

static json_t *shares_json(const struct depeer_answer *a, const struct depeer_shares *s)
{
	return by_measure(a, s->of);
}

static json_t *totals_json(const struct depeer_answer *a)
{
	const struct measures *m = a->question->measures;
	double total[MEASURES_MOST];

	for (size_t i = 0; i < m->n; i++)
		total[i] = m->m[i].total;
	return by_measure(a, total);
}

static json_t *cut_json(const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	json_t *list = json_array();

	for (size_t i = 0, s = 0; i < d->ncut; i++) {
		json_t *j = atlas_json(a->atlas, d->cut[i]);
		bool stranger = s < d->nstrangers && d->strangers[s] == d->cut[i];

		s += stranger;
		json_object_set_new(j, "neighbour", json_boolean(!stranger));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *biggest_json(const struct depeer_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->depeer.nbiggest; i++) {
		const struct depeer_network *n = &a->depeer.biggest[i];
		json_t *j = atlas_json(a->atlas, n->node);

		json_object_set_new(j, "cone", json_integer(a->atlas->graph->cone[n->node]));
		json_object_set_new(j, "before", json_string(route_class_name(n->before)));
		json_object_set_new(j, "after", json_string(route_class_name(n->after)));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *hurt_json(const struct depeer_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->depeer.nhurt; i++) {
		const struct depeer_hurt *h = &a->depeer.hurt[i];
		json_t *j = atlas_json(a->atlas, h->node);

		json_object_set_new(j, "how", json_string(depeer_hurt_name(h)));
		json_object_set_new(j, "single_homed", json_boolean(h->single_homed));
		json_object_set_new(j, "upstreams_before", json_integer(h->upstreams_before));
		json_object_set_new(j, "upstreams_after", json_integer(h->upstreams_after));
		json_object_set_new(j, "before", shares_json(a, &h->before));
		json_object_set_new(j, "after", shares_json(a, &h->after));
		json_object_set_new(j, "owns", by_measure(a, h->owns));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *neighbours_json(const struct depeer_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->depeer.nneighbours; i++) {
		const struct depeer_neighbour *n = &a->depeer.neighbours[i];
		json_t *j = atlas_json(a->atlas, n->node);

		json_object_set_new(j, "kind", json_string(link_kind_name(n->kind)));
		json_object_set_new(j, "stops", json_boolean(n->cut));
		json_object_set_new(j, "takes", shares_json(a, &n->takes));
		json_object_set_new(j, "leaves", shares_json(a, &n->alone));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *next_json(const struct depeer_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->depeer.nnext; i++) {
		const struct depeer_candidate *c = &a->depeer.next[i];
		json_t *j = atlas_json(a->atlas, c->node);
		struct buf words = {0};

		depeer_candidate_words(&words, c);
		json_object_set_new(j, "score", json_real(c->score));
		json_object_set_new(j, "is_peer", json_boolean(c->is_peer));
		json_object_set_new(j, "is_customer", json_boolean(c->is_customer));
		json_object_set_new(j, "siblings", json_integer(c->siblings));
		json_object_set_new(j, "customers", json_integer(c->customers));
		json_object_set_new(j, "alike", json_integer(c->alike));
		json_object_set_new(j, "alike_of", json_integer(c->alike_of));
		json_object_set_new(j, "cone_share", json_real(c->cone_share));
		json_object_set_new(j, "words", words_json(&words));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *part_json(const struct depeer_answer *a)
{
	const struct part_sets *p = &a->part;
	json_t *sets = json_array();
	struct buf words = {0};

	for (uint32_t i = 0; p->state == PART_FOUND && i < p->sets; i++)
		json_array_append_new(sets, nodes_json(a, p->set + i * p->size, p->size));
	depeer_part_words(&words, a);
	return json_pack("{s:s, s:i, s:o, s:b, s:i, s:b, s:o}", "state", depeer_part_name(a),
		"size", (int)p->size, "sets", sets, "more", (int)p->more, "above", (int)p->above,
		"by_clique", (int)p->by_clique, "words", words_json(&words));
}

static json_t *starve_json(const struct depeer_answer *a)
{
	const struct starve *s = &a->starve;
	struct buf words = {0};

	if (!a->limit)
		return json_null();
	depeer_starve_words(&words, a);
	return json_pack("{s:f, s:s, s:s, s:o, s:i, s:f, s:I, s:o}", "share", a->limit->share,
		"measure", a->limit->measure->name, "state", depeer_starve_name(a), "set",
		nodes_json(a, s->set, s->n), "at_least", (int)s->at_least, "reach", s->reach,
		"searches", (json_int_t)s->searches, "words", words_json(&words));
}

static json_t *reach_json(const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;

	return json_pack("{s:o, s:o, s:o, s:o}", "total", totals_json(a), "before",
		shares_json(a, &d->reach_before), "after", shares_json(a, &d->reach_after),
		"by_peers", shares_json(a, &d->by_peers));
}

json_t *depeer_json(const struct depeer_answer *a)
{
	const struct depeer_question *q = a->question;
	json_t *j = json_object();
	struct buf verdict = {0};

	depeer_verdict(&verdict, a);
	json_object_set_new(j, "targets", nodes_json(a, q->targets, q->ntargets));
	json_object_set_new(j, "outlook", json_string(depeer_outlook_name(a)));
	json_object_set_new(j, "verdict", words_json(&verdict));
	atlas_sources_json(j, a->atlas);
	json_object_set_new(j, "model", json_string(q->links_only ? "link" : "refusal"));
	json_object_set_new(j, "cut", cut_json(a));
	json_object_set_new(j, "kept", nodes_json(a, q->keep, q->nkeep));
	json_object_set_new(j, "reach", reach_json(a));
	json_object_set_new(j, "biggest", biggest_json(a));
	json_object_set_new(j, "hurt", hurt_json(a));
	json_object_set_new(
		j, "remaining", nodes_json(a, a->depeer.remaining, a->depeer.nremaining));
	json_object_set_new(j, "next", next_json(a));
	json_object_set_new(j, "few", part_json(a));
	json_object_set_new(j, "few_to_share", starve_json(a));
	json_object_set_new(j, "neighbours", neighbours_json(a));
	return j;
}
