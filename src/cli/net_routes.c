/* cordon net routes: by which routes networks reach one, as of a day. */
#include "cli/asked.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/term.h"
#include "net/paths.h"
#include "net/routes.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WIDTH     80
#define NAME      40   /* columns of a holder */
#define TIES_MOST 1024 /* that are named; beyond only counted */
#define OUTPUT    ((size_t)60000)

enum format { FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON };

/* A run of the command. */
struct run {
	struct asked asked;
	const struct graph *g;
	enum format format;
	int width; /* of the table */
	uint32_t origin;
	struct route *route; /* route[N] */
	struct buf out;
};

static int flush(struct run *r)
{
	bool good = buf_ok(&r->out);

	if (good)
		fwrite(r->out.p ? r->out.p : "", 1, r->out.n, stdout);
	buf_clear(&r->out);
	return good ? EXIT_DONE : EXIT_SYSTEM;
}

/* -- all networks, a row each */

/*
 * Longer paths are in no row, where a chain of providers would make the rows grow with the square
 * of its length: `next` leads on, and --from tells them whole. No path of the real Internet comes
 * near.
 */
static bool is_in_row(const struct route *route)
{
	return route->hops <= PATH_HOPS_MOST;
}

/* The numbers of a path, from the node itself to the origin. */
static void put_path(struct run *r, struct buf *to, uint32_t node)
{
	if (!is_in_row(&r->route[node])) {
		buf_byte(to, '-');
		return;
	}
	for (uint32_t at = node; at != GRAPH_NONE; at = r->route[at].next)
		buf_printf(to, "%s%u", at == node ? "" : " ", r->g->asn[at]);
}

static void put_tsv(struct run *r, uint32_t node)
{
	const struct route *route = &r->route[node];

	buf_printf(&r->out, "%u\t%s\t", r->g->asn[node], route_class_name(route->class));
	if (route->class == ROUTE_NONE) {
		buf_str(&r->out, "-\t-\t-\t-\n");
		return;
	}
	buf_printf(&r->out, "%u\t", route->hops);
	if (route->next == GRAPH_NONE)
		buf_str(&r->out, "-");
	else
		buf_printf(&r->out, "%u", r->g->asn[route->next]);
	buf_printf(&r->out, "\t%u\t", route->ties);
	put_path(r, &r->out, node);
	buf_byte(&r->out, '\n');
}

static void put_table(struct run *r, uint32_t node)
{
	const struct route *route = &r->route[node];
	struct buf path = {0};
	char next[16] = "-";

	if (route->next != GRAPH_NONE)
		snprintf(next, sizeof(next), "%u", r->g->asn[route->next]);
	buf_printf(&r->out, "%10u  %-8s  ", r->g->asn[node], route_class_name(route->class));
	if (route->class == ROUTE_NONE) {
		buf_byte(&r->out, '\n');
		return;
	}
	buf_printf(&r->out, "%4u  %10s  %4u  ", route->hops, next, route->ties);
	put_path(r, &path, node);
	/* Its own number stands in the first column. */
	ssize_t own = span_index(buf_span(&path), ' ');

	clean_cell(&r->out,
		!is_in_row(route) ? SPAN("-")
		: own < 0         ? SPAN("")
				  : span_skip(buf_span(&path), (size_t)own + 1),
		r->width - 47);
	while (r->out.n && r->out.p[r->out.n - 1] == ' ')
		r->out.n--;
	buf_byte(&r->out, '\n');
	buf_done(&path);
}

static json_t *path_json(const struct run *r, uint32_t node)
{
	if (!is_in_row(&r->route[node]))
		return json_null();
	json_t *path = json_array();

	for (uint32_t at = node; at != GRAPH_NONE; at = r->route[at].next)
		json_array_append_new(path, json_integer(r->g->asn[at]));
	return path;
}

static json_t *row_json(const struct run *r, uint32_t node)
{
	const struct route *route = &r->route[node];
	bool has = route->class != ROUTE_NONE;
	json_t *j = atlas_json(&r->asked.atlas, node);

	json_object_set_new(j, "class", json_string(route_class_name(route->class)));
	json_object_set_new(j, "hops", has ? json_integer(route->hops) : json_null());
	json_object_set_new(j, "next",
		route->next == GRAPH_NONE ? json_null() : json_integer(r->g->asn[route->next]));
	json_object_set_new(j, "ties", json_integer(route->ties));
	json_object_set_new(j, "path", has ? path_json(r, node) : json_null());
	return j;
}

static int put_rows(struct run *r)
{
	int code = EXIT_DONE;

	if (r->format == FORMAT_TABLE)
		buf_printf(&r->out, "%10s  %-8s  %4s  %10s  %4s  %s\n", "AS", "class", "hops",
			"next", "ties", "path");
	else if (r->format == FORMAT_TSV)
		buf_str(&r->out, "as\tclass\thops\tnext\tties\tpath\n");
	for (uint32_t i = 0; i < r->g->nodes && code == EXIT_DONE; i++) {
		if (r->format == FORMAT_JSON)
			code = asked_print_json(row_json(r, i));
		else if (r->format == FORMAT_TABLE)
			put_table(r, i);
		else
			put_tsv(r, i);
		if (r->out.n > OUTPUT)
			code = flush(r);
	}
	return code == EXIT_DONE ? flush(r) : code;
}

/* "AS64505 Brackwater Hosting Ltd is reached by 49 of 49 other networks: ..." */
static void summary_words(const struct run *r, struct buf *to)
{
	uint64_t of[ROUTE_PROVIDER + 1] = {0}, hops = 0, reached;
	unsigned longest = 0;

	for (uint32_t i = 0; i < r->g->nodes; i++) {
		of[r->route[i].class]++;
		hops += r->route[i].hops;
		longest = r->route[i].hops > longest ? r->route[i].hops : longest;
	}
	reached = of[ROUTE_CUSTOMER] + of[ROUTE_PEER] + of[ROUTE_PROVIDER];
	atlas_name(to, &r->asked.atlas, r->origin, NAME);
	buf_str(to, " is reached by ");
	words_number(to, (double)reached);
	buf_str(to, " of ");
	words_number(to, r->g->nodes - 1.0);
	buf_str(to, " other networks");
	if (reached) {
		buf_str(to, ": ");
		words_number(to, (double)of[ROUTE_CUSTOMER]);
		buf_str(to, " by a route of a customer, ");
		words_number(to, (double)of[ROUTE_PEER]);
		buf_str(to, " of a peer, ");
		words_number(to, (double)of[ROUTE_PROVIDER]);
		buf_printf(to, " of a provider; %.1f hops on average, at most %u",
			(double)hops / (double)reached, longest);
	}
	buf_byte(to, '.');
}

/* -- one network, its whole path */

/* What the hop at `to` is to the one before it. */
static const char *relation(const struct run *r, uint32_t from, uint32_t to)
{
	enum link_kind kind;

	return graph_link(r->g, from, to, &kind) ? link_kind_name(kind) : "-";
}

/* The neighbours whose routes tie with the node's, the one taken left out. Returns how many there
 * are; at most TIES_MOST stand in ret_node. */
static size_t other_ties(const struct run *r, uint32_t node, uint32_t ret_node[TIES_MOST])
{
	uint32_t all[TIES_MOST + 1];
	size_t n = routes_ties(r->g, r->route, node, NULL, all, TIES_MOST + 1);

	if (n <= 1)
		return 0;
	memcpy(ret_node, all + 1, ((n < TIES_MOST + 1 ? n : TIES_MOST + 1) - 1) * sizeof(*all));
	return n - 1;
}

static void put_hops_tsv(struct run *r, uint32_t node)
{
	uint32_t ties[TIES_MOST], before = GRAPH_NONE;
	struct buf label = {0};

	for (uint32_t at = node; at != GRAPH_NONE; before = at, at = r->route[at].next) {
		size_t n = other_ties(r, at, ties);

		buf_printf(&r->out, "%u\t%u\t%s\t%s\t", r->g->asn[node], r->g->asn[at],
			before == GRAPH_NONE ? "-" : relation(r, before, at),
			route_class_name(r->route[at].class));
		buf_clear(&label);
		atlas_label(&label, &r->asked.atlas, at);
		clean_text(&r->out, buf_span(&label));
		for (size_t i = 0; i < n && i < TIES_MOST; i++)
			buf_printf(&r->out, "%c%u", i ? ' ' : '\t', r->g->asn[ties[i]]);
		buf_str(&r->out, n ? "\n" : "\t-\n");
	}
	buf_done(&label);
}

static json_t *hops_json(const struct run *r, uint32_t node)
{
	uint32_t ties[TIES_MOST], before = GRAPH_NONE;
	json_t *path = json_array();

	for (uint32_t at = node; at != GRAPH_NONE; before = at, at = r->route[at].next) {
		json_t *hop = atlas_json(&r->asked.atlas, at), *others = json_array();
		size_t n = other_ties(r, at, ties);

		for (size_t i = 0; i < n && i < TIES_MOST; i++)
			json_array_append_new(others, atlas_json(&r->asked.atlas, ties[i]));
		json_object_set_new(hop, "relation",
			before == GRAPH_NONE ? json_null() : json_string(relation(r, before, at)));
		json_object_set_new(
			hop, "class", json_string(route_class_name(r->route[at].class)));
		json_object_set_new(hop, "ties", others);
		json_array_append_new(path, hop);
	}
	return path;
}

static json_t *from_json(const struct run *r, uint32_t node)
{
	const struct route *route = &r->route[node];
	bool has = route->class != ROUTE_NONE;
	json_t *j = atlas_json(&r->asked.atlas, node);

	json_object_set_new(j, "to", atlas_json(&r->asked.atlas, r->origin));
	json_object_set_new(j, "class", json_string(route_class_name(route->class)));
	json_object_set_new(j, "hops", has ? json_integer(route->hops) : json_null());
	json_object_set_new(j, "path", has ? hops_json(r, node) : json_null());
	atlas_sources_json(j, &r->asked.atlas);
	return j;
}

/* "From AS64496 Corrib Broadband Ltd to AS64505 Brackwater Hosting Ltd: 2 hops, ..." */
static void from_words(const struct run *r, struct buf *to, uint32_t node)
{
	const struct route *route = &r->route[node];

	atlas_name(to, &r->asked.atlas, node, NAME);
	if (route->class == ROUTE_ORIGIN) {
		buf_str(to, " is where the routes begin.");
		return;
	}
	buf_str(to, route->class == ROUTE_NONE ? " has no route to " : " reaches ");
	atlas_name(to, &r->asked.atlas, r->origin, NAME);
	if (route->class != ROUTE_NONE) {
		buf_str(to, " in ");
		words_count(to, route->hops, "hop", "hops");
		buf_printf(to, ", by a route of a %s", route_class_name(route->class));
	}
	buf_byte(to, '.');
}

static void tie_words(const struct run *r, struct buf *to, uint32_t node)
{
	uint32_t ties[TIES_MOST];
	size_t n = other_ties(r, node, ties);

	if (!n)
		return;
	buf_printf(to, "AS%u has as good a route over ", r->g->asn[node]);
	atlas_numbers(to, &r->asked.atlas, ties, n < TIES_MOST ? n : TIES_MOST, 12);
	buf_printf(to, "; AS%u has the lowest number.", r->g->asn[r->route[node].next]);
}

static void put_hops(struct run *r, uint32_t node)
{
	struct buf words = {0};
	uint32_t before = node;

	from_words(r, &words, node);
	words_wrap(&r->out, buf_span(&words), 0, 0, WIDTH);
	for (uint32_t at = node; r->route[node].hops && at != GRAPH_NONE;
		before = at, at = r->route[at].next) {
		buf_printf(&r->out, "  %-8s  AS%-10u  ", at == node ? "" : relation(r, before, at),
			r->g->asn[at]);
		buf_clear(&words);
		atlas_label(&words, &r->asked.atlas, at);
		clean_cell(&r->out, buf_span(&words), NAME);
		while (r->out.p && r->out.p[r->out.n - 1] == ' ')
			r->out.n--;
		buf_byte(&r->out, '\n');
	}
	for (uint32_t at = node; at != GRAPH_NONE; at = r->route[at].next) {
		buf_clear(&words);
		tie_words(r, &words, at);
		if (words.n)
			words_wrap(&r->out, buf_span(&words), 0, 0, WIDTH);
	}
	buf_done(&words);
}

/* -- the command */

static void put_sources(struct run *r)
{
	static void (*const all[])(struct buf *, const struct atlas *) = {
		atlas_graph_words, atlas_table_words};
	struct buf words = {0};

	buf_byte(&r->out, '\n');
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		buf_clear(&words);
		all[i](&words, &r->asked.atlas);
		words_wrap(&r->out, buf_span(&words), 0, 0, WIDTH);
	}
	buf_done(&words);
}

static int put_from(struct run *r, const uint32_t *from, size_t n)
{
	int code = EXIT_DONE;

	if (r->format == FORMAT_TSV)
		buf_str(&r->out, "from\tas\trelation\tclass\tholder\tties\n");
	for (size_t i = 0; i < n && code == EXIT_DONE; i++) {
		if (r->format == FORMAT_JSON) {
			code = asked_print_json(from_json(r, from[i]));
		} else if (r->format == FORMAT_TSV) {
			put_hops_tsv(r, from[i]);
		} else {
			buf_str(&r->out, i ? "\n" : "");
			put_hops(r, from[i]);
		}
	}
	if (r->format == FORMAT_TABLE)
		put_sources(r);
	return code == EXIT_DONE ? flush(r) : code;
}

static int put_all(struct run *r)
{
	struct buf words = {0};
	int code = put_rows(r);

	if (code != EXIT_DONE || r->format != FORMAT_TABLE)
		return code;
	summary_words(r, &words);
	buf_byte(&r->out, '\n');
	words_wrap(&r->out, buf_span(&words), 0, 0, WIDTH);
	buf_done(&words);
	put_sources(r);
	return flush(r);
}

static int search(struct run *r)
{
	struct routes *routes = NULL;
	struct err err;

	r->route = malloc(((size_t)r->g->nodes + 1) * sizeof(*r->route));
	if (!r->route || routes_new(r->g, &routes) < 0) {
		err_sys(&err, -ENOMEM, "routes");
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	routes_best(routes, r->origin, NULL, r->route);
	routes_free(routes);
	return EXIT_DONE;
}

static int run(struct run *r, const struct usage *usage, struct as_list *to, struct as_list *from)
{
	uint32_t *origin = NULL, *node = NULL;
	size_t n = 0, nodes = 0;
	int code = asked_open(&r->asked, usage), missing = EXIT_DONE;

	if (code == EXIT_DONE)
		code = asked_nodes(&r->asked, to, &origin, &n);
	if (code == EXIT_DONE && from->n)
		missing = asked_nodes(&r->asked, from, &node, &nodes);
	if (code == EXIT_DONE && missing != EXIT_SYSTEM && (nodes || !from->n)) {
		r->g = r->asked.atlas.graph;
		r->origin = *origin;
		code = search(r);
		if (code == EXIT_DONE)
			code = from->n ? put_from(r, node, nodes) : put_all(r);
	}
	free(origin);
	free(node);
	return code == EXIT_DONE ? missing : code;
}

int net_routes_main(int argc, char **argv)
{
	static const struct usage usage = {"net routes", "ORIGIN",
		"tells by which routes networks reach one, as of a day",
		"ORIGIN is a number such as AS64500 or 64500. The best route of every network, or "
		"with\n"
		"--from of some, hop by hop, with all that tie.\n"};
	struct run r = {.width = term_width()};
	struct as_list to = {0}, from = {0};
	const char *from_text = NULL;
	bool json = false;
	int format = isatty(STDOUT_FILENO) ? FORMAT_TABLE : FORMAT_TSV;
	const struct option_row rows[] = {
		{"date", 'd', OPTION_STRING, &r.asked.date, "DATE",
			"as of that day (default today)"},
		{"format", 'f', OPTION_CHOICE, &format, "table|tsv|json",
			"how to write (a table on a terminal, else tsv)"},
		{"from", 0, OPTION_STRING, &from_text, "AS,...", "only of these networks"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "the same as --format json"},
		SITE_OPTIONS(&r.asked.config, &r.asked.state),
		{NULL},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first + 1 != argc)
		return usage_error(&usage, first == argc ? "no ORIGIN given" : "takes one ORIGIN");
	r.format = json ? FORMAT_JSON : (enum format)format;
	code = as_list_read(&to, &usage, "", argv[first]);
	if (code == EXIT_DONE && to.n != 1)
		code = usage_error(&usage, "takes one ORIGIN");
	if (code == EXIT_DONE)
		code = as_list_read(&from, &usage, "--from", from_text);
	if (code == EXIT_DONE)
		code = run(&r, &usage, &to, &from);
	as_list_done(&to);
	as_list_done(&from);
	buf_done(&r.out);
	free(r.route);
	asked_close(&r.asked);
	return code;
}
