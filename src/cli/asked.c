#include "cli/asked.h"

#include "base/file.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "net/day.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int asked_short_of_memory(void)
{
	struct err err;

	err_sys(&err, -ENOMEM, "networks");
	tell_error(&err);
	return EXIT_SYSTEM;
}

int asked_open(struct asked *q, const struct usage *usage)
{
	int32_t day = (int32_t)(time(NULL) / 86400);
	struct err err;

	if (q->date && day_parse(span_cstr(q->date), &day) < 0)
		return usage_error(usage, "--date: '%s' is no date like 2008-11-11", q->date);
	int code = site_open(&q->site, q->config, q->state);

	if (code == EXIT_DONE)
		code = site_open_shelf(&q->site);
	if (code != EXIT_DONE)
		return code;
	int rc = atlas_open(q->site.shelf, day, &q->atlas, &err);

	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOENT ? EXIT_INPUT : EXIT_SYSTEM;
}

void asked_close(struct asked *q)
{
	atlas_close(&q->atlas);
	site_close(&q->site);
}

static void tell_missing(const struct asked *q, asn_t asn, const char *what)
{
	struct buf text = {0};
	struct err err;

	buf_printf(&text, "AS%u %s of ", asn, what);
	report_day(&text, q->atlas.graph->info.day);
	buf_str(&text, "; 'cordon net import FILE' with AS paths or relationships of about ");
	report_day(&text, q->atlas.day);
	buf_str(&text, " may add it");
	err_set(&err, -ENOENT, "%.*s", SPAN_ARG(buf_span(&text)));
	tell_error(&err);
	buf_done(&text);
}

int asked_nodes(const struct asked *q, struct as_list *l, uint32_t **ret_node, size_t *ret_n)
{
	const struct graph *g = q->atlas.graph;
	ssize_t n = as_list_nodes(l, g, ret_node);

	if (n < 0)
		return asked_short_of_memory();
	for (ssize_t i = 0; i < n; i++)
		if (!graph_all(g, (*ret_node)[i]).n)
			tell_missing(q, l->asn[i], "has no link in the graph");
	for (size_t i = (size_t)n; i < l->n; i++)
		tell_missing(q, l->asn[i], "is not in the graph");
	*ret_n = (size_t)n;
	return (size_t)n < l->n ? EXIT_INPUT : EXIT_DONE;
}

bool asked_svg_alone(const struct asked *q)
{
	return q->svg && !strcmp(q->svg, "-");
}

int asked_write_svg(const struct asked *q, struct buf *svg)
{
	struct span text = buf_span(svg);
	struct err err;
	int code = EXIT_DONE;

	if (!buf_ok(svg)) {
		code = asked_short_of_memory();
	} else if (asked_svg_alone(q)) {
		fwrite(text.p, 1, text.n, stdout);
	} else if (file_replace(q->svg, &text, 1, &err) < 0) {
		tell_error(&err);
		code = EXIT_SYSTEM;
	}
	buf_done(svg);
	return code;
}

int asked_print_json(json_t *j)
{
	if (!j)
		return asked_short_of_memory();
	json_dumpf(j, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(j);
	return EXIT_DONE;
}

int asked_print(struct buf *text)
{
	int code = buf_ok(text) ? EXIT_DONE : asked_short_of_memory();

	if (code == EXIT_DONE)
		fwrite(text->p ? text->p : "", 1, text->n, stdout);
	buf_done(text);
	return code;
}
