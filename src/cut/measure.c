#include "cut/measure.h"
#include "base/lines.h"
#include "net/asn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int add(struct measures *m, const char *name, uint32_t nodes)
{
	double *of = calloc((size_t)nodes + 1, sizeof(*of));

	if (!of)
		return -ENOMEM;
	m->m[m->n++] = (struct measure){.name = name, .of = of};
	return 0;
}

static void sum_up(struct measure *m, uint32_t nodes)
{
	m->total = 0;
	for (uint32_t i = 0; i < nodes; i++)
		m->total += m->of[i];
}

/* Takes the last measure away again when there is nothing in it. */
static void keep_if_any(struct measures *m)
{
	if (m->m[m->n - 1].total <= 0)
		free(m->m[--m->n].of);
}

static void fill_announced(
	struct measure *m, const struct graph *g, const struct announced *list, size_t n, bool v6)
{
	for (uint32_t i = 0; i < g->nodes; i++) {
		const struct announced *a = announced_find(list, n, g->asn[i]);

		if (a)
			m->of[i] = (double)(v6 ? a->v6_48s : a->v4_addresses);
	}
}

int measures_new(const struct graph *g, const struct announced *list, size_t n,
	struct measures *ret_measures)
{
	struct measures m = {.n = 0};
	int rc = add(&m, "ases", g->nodes);

	if (rc == 0) {
		for (uint32_t i = 0; i < g->nodes; i++)
			m.m[0].of[i] = 1;
		sum_up(&m.m[0], g->nodes);
	}
	for (int v6 = 0; rc == 0 && list && v6 < 2; v6++) {
		rc = add(&m, v6 ? "ipv6" : "ipv4", g->nodes);
		if (rc < 0)
			break;
		fill_announced(&m.m[m.n - 1], g, list, n, v6);
		sum_up(&m.m[m.n - 1], g->nodes);
		keep_if_any(&m);
	}
	if (rc < 0)
		measures_done(&m);
	else
		*ret_measures = m;
	return rc;
}

void measures_done(struct measures *m)
{
	while (m->n)
		free(m->m[--m->n].of);
}

/* Over this a sum might not be finite. */
#define WEIGHT_MOST 1e200

/* A number of 0 or more, decimal, all of s. */
static bool read_weight(struct span s, double *ret_weight)
{
	char text[64], *end;

	if (!s.n || s.n >= sizeof(text) || !(ascii_is_digit(s.p[0]) || s.p[0] == '.') ||
		span_index(s, 'x') >= 0 || span_index(s, 'X') >= 0)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*ret_weight = strtod(text, &end);
	return end == text + s.n && *ret_weight <= WEIGHT_MOST;
}

static bool is_gap(char c)
{
	return c == ',' || ascii_is_space(c);
}

/* One row without its comment. Returns false when it cannot be understood. */
static bool take_row(
	struct measure *m, const struct graph *g, struct span row, struct weights_report *r)
{
	size_t n = 0, gap;
	double weight;
	asn_t asn;

	while (n < row.n && !is_gap(row.p[n]))
		n++;
	for (gap = n; gap < row.n && is_gap(row.p[gap]);)
		gap++;
	if (asn_parse(span_take(row, n), &asn) < 0 || !read_weight(span_skip(row, gap), &weight))
		return false;
	uint32_t node = graph_find(g, asn);

	if (node == GRAPH_NONE) {
		r->unknown++;
	} else {
		m->of[node] += weight;
		r->rows++;
	}
	return true;
}

static void take_line(
	struct measure *m, const struct graph *g, struct span line, struct weights_report *r)
{
	ssize_t comment = span_index(line, '#');
	struct span row = span_trim(comment < 0 ? line : span_take(line, (size_t)comment));

	if (!row.n || take_row(m, g, row, r))
		return;
	if (r->bad++ == 0)
		snprintf(r->first_bad, sizeof(r->first_bad), "%.*s", SPAN_ARG(row));
}

static int take_file(struct measure *m, const struct graph *g, const char *path,
	struct weights_report *r, struct err *err)
{
	struct stream *stream;
	struct lines lines;
	struct span line;
	bool too_long;
	int rc = stream_open(path, &stream, err);

	if (rc < 0)
		return rc;
	rc = lines_init(&lines, stream);
	if (rc < 0)
		err_sys(err, rc, "%s", path);
	while (rc >= 0 && (rc = lines_next(&lines, 256, &line, &too_long, err)) > 0)
		take_line(m, g, line, r);
	lines_done(&lines);
	stream_close(stream);
	return rc;
}

int measures_add_weights(struct measures *m, const struct graph *g, const char *path,
	struct weights_report *ret_report, struct err *err)
{
	struct weights_report r = {0};
	int rc = add(m, "weight", g->nodes);

	if (rc < 0)
		return err_sys(err, rc, "%s", path);
	struct measure *mine = &m->m[m->n - 1];

	rc = take_file(mine, g, path, &r, err);
	sum_up(mine, g->nodes);
	if (rc == 0 && mine->total <= 0)
		rc = err_set(err, -EINVAL,
			"%s: no weight over 0 of an AS in the graph; a line is AS, TAB, WEIGHT",
			path);
	if (rc < 0)
		free(m->m[--m->n].of);
	*ret_report = r;
	return rc;
}
