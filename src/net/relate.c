/*
 * The steps one after the other (Luckie et al., section 4): paths are taken in without exchanges,
 * the clique is found, paths that show members of it apart are left out, since such paths are made
 * up by somebody who wants a member not to take them; the links get their kinds; circles of
 * providers are broken; and all goes into the builder.
 */
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>

const char *relate_method_name(enum relate_method method)
{
	return method == RELATE_GAO ? "gao2001" : "luckie2013";
}

/* True when some hop that is not of the clique stands between two that are. */
static bool is_poisoned(const struct relate_work *w, const struct relate_path *p)
{
	bool had = false, parted = false;

	for (uint32_t i = 0; i < p->n; i++) {
		if (w->top[p->hop[i]] && parted)
			return true;
		had |= w->top[p->hop[i]];
		parted = had && !w->top[p->hop[i]];
	}
	return false;
}

static void leave_out_poisoned(struct relate_work *w)
{
	struct relate_path p;

	for (uint32_t i = 0; i < w->paths; i++) {
		relate_path(w, i, &p);
		w->left[i] = is_poisoned(w, &p);
		w->report.poisoned += w->left[i];
	}
	w->report.paths = w->paths - w->report.poisoned;
}

/* ASes that only poisoned paths show buy from the hop before: somebody must carry them. */
static void place_lost(struct relate_work *w)
{
	for (uint32_t i = 0; i < w->paths; i++) {
		if (!w->left[i])
			continue;
		for (uint32_t k = w->start[i]; k + 1 < w->start[i + 1]; k++) {
			uint32_t a = w->hop[k], b = w->hop[k + 1];

			if (w->kind[w->step[k] >> 1] != LINK_UNKNOWN ||
				(w->degree[a] && w->degree[b]))
				continue;
			step_set(w, w->step[k], w->top[b] ? LINK_PROVIDER : LINK_CUSTOMER);
			w->report.guessed++;
			w->degree[a]++;
			w->degree[b]++;
		}
	}
}

static int put_links(struct relate_work *w, struct graph_builder *b)
{
	struct relate_report *r = &w->report;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->links; i++) {
		if (w->kind[i] == LINK_UNKNOWN)
			continue;
		r->transit += w->kind[i] == LINK_PROVIDER || w->kind[i] == LINK_CUSTOMER;
		r->peers += w->kind[i] == LINK_PEER;
		r->siblings += w->kind[i] == LINK_SIBLING;
		rc = graph_builder_link(
			b, w->asn[w->end[i][0]], w->asn[w->end[i][1]], (enum link_kind)w->kind[i]);
	}
	return rc;
}

/* Links all members of the clique that no path shows side by side: member[n], place[nodes] says
 * which a node is. */
static int put_unseen(struct relate_work *w, struct graph_builder *b, const uint32_t *member,
	const uint32_t *place, uint8_t *shown)
{
	size_t n = w->report.clique;
	int rc = 0;

	for (uint32_t i = 0; i < w->links; i++)
		if (w->kind[i] != LINK_UNKNOWN && w->top[w->end[i][0]] && w->top[w->end[i][1]])
			shown[place[w->end[i][0]] * n + place[w->end[i][1]]] = 1;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; rc == 0 && k < n; k++) {
			if (shown[i * n + k])
				continue;
			rc = graph_builder_link(b, w->asn[member[i]], w->asn[member[k]], LINK_PEER);
			w->report.unseen++;
			w->report.peers++;
		}
	}
	return rc;
}

static int put_clique(struct relate_work *w, struct graph_builder *b)
{
	uint32_t *member = malloc((w->nodes + (size_t)1) * sizeof(*member));
	uint32_t *place = malloc((w->nodes + (size_t)1) * sizeof(*place));
	uint8_t *shown = NULL;
	int rc = member && place ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < w->nodes; i++) {
		if (!w->top[i])
			continue;
		place[i] = w->report.clique;
		member[w->report.clique++] = i;
	}
	if (rc == 0) {
		shown = calloc(w->report.clique + (size_t)1, w->report.clique + (size_t)1);
		rc = shown ? put_unseen(w, b, member, place, shown) : -ENOMEM;
	}
	free(member);
	free(place);
	free(shown);
	return rc;
}

static int put(struct relate_work *w, struct graph_builder *b)
{
	int rc = put_links(w, b);

	for (uint32_t i = 0; rc == 0 && i < w->nodes; i++)
		rc = w->top[i] ? graph_builder_clique(b, w->asn[i])
			       : graph_builder_as(b, w->asn[i]);
	return rc == 0 ? put_clique(w, b) : rc;
}

static int infer(struct relate_work *w, struct graph_builder *b)
{
	bool luckie = w->options->method == RELATE_LUCKIE;
	int rc = 0;

	relate_measure(w);
	if (luckie)
		rc = relate_clique(w);
	if (rc < 0)
		return rc;
	leave_out_poisoned(w);
	relate_measure(w);
	rc = luckie ? relate_luckie(w) : relate_gao(w);
	if (rc < 0)
		return rc;
	place_lost(w);
	rc = relate_circles(w);
	w->report.ases = w->nodes;
	return rc < 0 ? rc : put(w, b);
}

int relate(const struct paths *paths, const struct relate_options *options,
	struct graph_builder *builder, struct relate_report *ret_report, struct err *err)
{
	struct relate_work w;
	int rc = relate_read(&w, paths, options);

	if (rc == 0)
		rc = infer(&w, builder);
	if (rc == 0)
		*ret_report = w.report;
	relate_done(&w);
	if (rc == -EINVAL)
		return err_set(err, rc, "no AS path is left to infer relationships from");
	return rc < 0 ? err_sys(err, rc, "inferring relationships") : rc;
}
