/* cordon net relate: relationships of ASes inferred from the paths that were imported. */
#include "base/lines.h"
#include "cli/as_list.h"
#include "cli/net.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "net/day.h"
#include "net/rel_text.h"
#include "net/relate.h"
#include "show/words.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#define CLIQUE_MOST 1000

/* What is asked, and what comes of it. */
struct run {
	struct relate_options options;
	const char *output, *compare, *source; /* as given; NULL when not */
	bool json;
	const struct paths *paths;
	int32_t days_off;
	struct relate_report report;
	struct buf payload; /* of the graph */
	struct graph *graph;
	char file[PATH_MAX]; /* where it is installed */
	uint32_t apart;      /* ASes from which no way up leads to the clique */
	bool compared;
	struct relate_agreement agreement;
};

/* Rows and columns of the comparison. */
enum { TRANSIT, TURNED, PEERS, SIBLINGS, COLUMNS };

static const char *const row_name[] = {
	[TRANSIT] = "transit", [PEERS] = "peers", [SIBLINGS] = "siblings"};

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	const struct run *r = context;

	progress_show(done, total, r->paths->n, "paths");
}

/* Links of the reference's kinds, by ours. */
static void count_row(const struct relate_agreement *a, int row, uint64_t to[COLUMNS])
{
	static const enum link_kind lone[] = {[PEERS] = LINK_PEER, [SIBLINGS] = LINK_SIBLING};
	const uint64_t(*told)[LINK_KINDS] = a->told;

	if (row == TRANSIT) {
		to[TRANSIT] =
			told[LINK_PROVIDER][LINK_PROVIDER] + told[LINK_CUSTOMER][LINK_CUSTOMER];
		to[TURNED] =
			told[LINK_PROVIDER][LINK_CUSTOMER] + told[LINK_CUSTOMER][LINK_PROVIDER];
		to[PEERS] = told[LINK_PROVIDER][LINK_PEER] + told[LINK_CUSTOMER][LINK_PEER];
		to[SIBLINGS] =
			told[LINK_PROVIDER][LINK_SIBLING] + told[LINK_CUSTOMER][LINK_SIBLING];
		return;
	}
	to[TRANSIT] = told[lone[row]][LINK_PROVIDER] + told[lone[row]][LINK_CUSTOMER];
	to[TURNED] = 0;
	to[PEERS] = told[lone[row]][LINK_PEER];
	to[SIBLINGS] = told[lone[row]][LINK_SIBLING];
}

static uint64_t sum_of(const uint64_t n[COLUMNS])
{
	return n[TRANSIT] + n[TURNED] + n[PEERS] + n[SIBLINGS];
}

static uint64_t transit_of(const uint64_t n[LINK_KINDS])
{
	return n[LINK_PROVIDER] + n[LINK_CUSTOMER];
}

static void put_cell(struct buf *to, uint64_t n)
{
	struct buf b = {0};

	words_number(&b, (double)n);
	buf_printf(to, " %10.*s", SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

static void print_agreement(const struct relate_agreement *a)
{
	struct buf to = {0};

	buf_printf(&to, "%-14s %10s %10s %10s %10s   agree\n", "reference", "transit", "turned",
		"peers", "siblings");
	for (int row = 0; row < COLUMNS; row++) {
		uint64_t n[COLUMNS];

		if (row == TURNED)
			continue;
		count_row(a, row, n);
		if (row == SIBLINGS && !sum_of(n))
			continue;
		buf_printf(&to, "%-14s", row_name[row]);
		for (int i = 0; i < COLUMNS; i++)
			put_cell(&to, n[i]);
		if (sum_of(n))
			buf_printf(&to, " %6.2f %%", 100.0 * (double)n[row] / (double)sum_of(n));
		buf_byte(&to, '\n');
	}
	buf_printf(&to, "%-14s", "only there");
	put_cell(&to, transit_of(a->only_reference));
	put_cell(&to, 0);
	put_cell(&to, a->only_reference[LINK_PEER]);
	put_cell(&to, a->only_reference[LINK_SIBLING]);
	buf_printf(&to, "\n%-14s", "only here");
	put_cell(&to, transit_of(a->only_ours));
	put_cell(&to, 0);
	put_cell(&to, a->only_ours[LINK_PEER]);
	put_cell(&to, a->only_ours[LINK_SIBLING]);
	printf("%.*s\n", SPAN_ARG(buf_span(&to)));
	buf_done(&to);
}

static json_t *only_json(const uint64_t n[LINK_KINDS])
{
	return json_pack("{s:I, s:I, s:I}", "transit", (json_int_t)transit_of(n), "peers",
		(json_int_t)n[LINK_PEER], "siblings", (json_int_t)n[LINK_SIBLING]);
}

static json_t *agreement_json(const struct relate_agreement *a)
{
	json_t *j = json_object();

	for (int row = 0; row < COLUMNS; row++) {
		uint64_t n[COLUMNS];

		if (row == TURNED)
			continue;
		count_row(a, row, n);
		json_object_set_new(j, row_name[row],
			json_pack("{s:I, s:I, s:I, s:I, s:o}", "transit", (json_int_t)n[TRANSIT],
				"turned", (json_int_t)n[TURNED], "peers", (json_int_t)n[PEERS],
				"siblings", (json_int_t)n[SIBLINGS], "agree",
				sum_of(n) ? json_real((double)n[row] / (double)sum_of(n))
					  : json_null()));
	}
	json_object_set_new(j, "only_reference", only_json(a->only_reference));
	json_object_set_new(j, "only_ours", only_json(a->only_ours));
	return j;
}

static const char *source_name(enum relate_source source)
{
	static const char *const name[] = {[RELATE_NONE] = "none",
		[RELATE_GIVEN] = "given",
		[RELATE_KNOWN] = "known",
		[RELATE_INFERRED] = "inferred"};

	return name[source];
}

static void print_json(const struct run *r)
{
	const struct relate_report *n = &r->report;
	char date[DAY_TEXT];
	json_t *clique = json_array();

	for (uint32_t i = 0; i < r->graph->nodes; i++)
		if (r->graph->flags[i] & GRAPH_CLIQUE)
			json_array_append_new(clique, json_integer(r->graph->asn[i]));
	net_print_json(json_pack(
		"{s:s, s:o, s:s, s:o, s:I, s:I, s:I, s:I, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:I, s:o}",
		"date", day_format(r->paths->info.day, date), "source",
		json_text(r->graph->info.source), "method", relate_method_name(r->options.method),
		"graph", json_text(span_cstr(r->file)), "ases", (json_int_t)n->ases, "paths",
		(json_int_t)n->paths, "views", (json_int_t)n->views, "poisoned",
		(json_int_t)n->poisoned, "clique", clique, "clique_is", source_name(n->source),
		"transit", (json_int_t)n->transit, "peers", (json_int_t)n->peers, "siblings",
		(json_int_t)n->siblings, "unseen", (json_int_t)n->unseen, "guessed",
		(json_int_t)n->guessed, "turned", (json_int_t)n->turned, "apart",
		(json_int_t)r->apart, "agreement",
		r->compared ? agreement_json(&r->agreement) : json_null()));
}

/* Adds "N WORDS" as a line when there are any. */
static void put_count(struct buf *to, uint64_t n, const char *words)
{
	if (!n)
		return;
	buf_str(to, "  ");
	words_number(to, (double)n);
	buf_printf(to, " %s\n", words);
}

static void put_clique(struct buf *to, const struct run *r)
{
	static const char *const words[] = {[RELATE_GIVEN] = "as given",
		[RELATE_KNOWN] = "known on that day",
		[RELATE_INFERRED] = "inferred"};

	if (!r->report.clique)
		return;
	buf_printf(to, "  clique (%s):", words[r->report.source]);
	for (uint32_t i = 0; i < r->graph->nodes; i++)
		if (r->graph->flags[i] & GRAPH_CLIQUE)
			buf_printf(to, " %u", r->graph->asn[i]);
	buf_byte(to, '\n');
}

/* The summary, on standard error: standard output is for the links. */
static void tell_summary(const struct run *r)
{
	const struct relate_report *n = &r->report;
	struct buf to = {0};
	char date[DAY_TEXT];

	buf_printf(&to, "paths of %s, ", day_format(r->paths->info.day, date));
	words_days_off(&to, r->days_off);
	buf_printf(&to, "; %s\n", relate_method_name(r->options.method));
	put_count(&to, n->ases, "ASes");
	put_count(&to, n->paths, "paths");
	put_count(&to, n->views, "vantage points that see about all there is");
	put_count(&to, n->poisoned, "paths left out as poisoned");
	put_clique(&to, r);
	put_count(&to, n->transit, "links of transit");
	put_count(&to, n->peers, "links of peers");
	put_count(&to, n->unseen, "of these between members of the clique, seen in no path");
	put_count(&to, n->siblings, "links of siblings");
	put_count(&to, n->guessed, "links that no path tells the kind of: set by sizes");
	put_count(&to, n->turned, "links made peers to break circles of providers");
	put_count(&to, r->apart, "ASes whose providers on the way to the clique no path shows");
	fprintf(stderr, "%.*s  %s\n", SPAN_ARG(buf_span(&to)), r->file);
	buf_done(&to);
}

/* Reads a relationship file into a graph. Lines that are none are counted. */
static int read_reference(
	const char *path, struct graph **ret_graph, uint64_t *ret_bad, struct err *err)
{
	struct graph_builder *b = NULL;
	struct stream *in = NULL;
	struct lines lines = {0};
	struct span line;
	int32_t day = 0;
	bool too_long;
	int rc = stream_open(path, &in, err);

	if (rc < 0)
		return rc;
	rc = graph_builder_new(&b) < 0 || lines_init(&lines, in) < 0
		     ? err_sys(err, -ENOMEM, "%s", path)
		     : 0;
	while (rc >= 0 && (rc = lines_next(&lines, LINES_MOST, &line, &too_long, err)) > 0) {
		rc = rel_text_line(b, line, &day);
		*ret_bad += rc >= REL_BAD_FIELDS;
		if (rc < 0)
			err_sys(err, rc, "%s", path);
	}
	if (rc == 0 && !graph_builder_links(b))
		rc = err_set(err, -EINVAL, "%s: no relationship of ASes in it", path);
	if (rc == 0 && (rc = graph_builder_open(b, &(struct graph_label){0}, NULL, ret_graph)) < 0)
		err_sys(err, rc, "%s", path);
	lines_done(&lines);
	stream_close(in);
	graph_builder_free(b);
	return rc;
}

static int compare(struct run *r)
{
	struct graph *reference;
	uint64_t bad = 0;
	struct err err;
	int rc = read_reference(r->compare, &reference, &bad, &err);

	if (rc < 0)
		return net_told(rc, &err);
	relate_compare(r->graph, reference, &r->agreement);
	graph_close(reference);
	r->compared = true;
	if (bad)
		fprintf(stderr, "cordon: %s: %ju lines are no relationship\n", r->compare,
			(uintmax_t)bad);
	return bad ? EXIT_INPUT : EXIT_DONE;
}

static int failed_to_write(const char *path, int rc)
{
	struct err err;

	err_sys(&err, rc, "%s", path);
	tell_error(&err);
	return EXIT_SYSTEM;
}

static int write_text(const struct run *r)
{
	bool to_file = r->output && strcmp(r->output, "-") != 0;
	FILE *to = to_file ? fopen(r->output, "we") : stdout;

	if (!to)
		return failed_to_write(r->output, -errno);
	int rc = rel_text_write(r->graph, to);

	if (to_file && fclose(to) != 0 && rc == 0)
		rc = -errno;
	return rc < 0 ? failed_to_write(to_file ? r->output : "standard output", rc) : EXIT_DONE;
}

/* Counts the ASes that are in no cone of the clique. */
static int count_apart(struct run *r)
{
	const struct graph *g = r->graph;
	uint8_t *below = calloc(g->nodes + (size_t)1, 1);
	uint32_t *stack = malloc((g->nodes + (size_t)1) * sizeof(*stack)), reached = 0;
	int rc = below && stack ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < g->nodes; i++)
		if (g->flags[i] & GRAPH_CLIQUE)
			reached += graph_mark_cone(g, i, below, stack);
	r->apart = reached ? g->nodes - reached : 0;
	free(below);
	free(stack);
	return rc;
}

/* Where the graph goes. One that was imported there stays: it is no inference. */
static int find_place(struct run *r, const char *state, struct err *err)
{
	struct span source = r->source ? span_cstr(r->source) : r->paths->info.source;
	char date[DAY_TEXT];
	struct graph *there;
	int n = snprintf(r->file, sizeof(r->file), "%s/net/%s.%.*s.graph", state,
		day_format(r->paths->info.day, date), SPAN_ARG(source));

	if (n >= (int)sizeof(r->file))
		return err_sys(err, -ENAMETOOLONG, "%s", state);
	if (!source.n || span_index(source, '/') >= 0)
		return err_set(err, -EINVAL, "--source: a short name without '/'");
	if (graph_open(r->file, &there, NULL) < 0)
		return 0;
	bool given = span_eq(there->info.method, SPAN("given"));

	graph_close(there);
	return given ? err_set(err, -EEXIST,
			       "%s was imported and is not overwritten; --source names another",
			       r->file)
		     : 0;
}

static int infer(struct run *r, const char *state, struct err *err)
{
	const struct paths_info *info = &r->paths->info;
	struct graph_label label = {info->day, r->source ? span_cstr(r->source) : info->source,
		span_cstr(relate_method_name(r->options.method)), info->terms};
	struct graph_builder *b = NULL;
	struct graph_odd odd;
	int rc = find_place(r, state, err);

	if (rc < 0)
		return rc;
	rc = graph_builder_new(&b);
	rc = rc < 0 ? err_sys(err, rc, "relate")
		    : relate(r->paths, &r->options, b, &r->report, err);
	if (rc == 0 && ((rc = graph_builder_finish(b, &label, &odd, &r->payload)) < 0 ||
			       (rc = graph_open_memory(buf_span(&r->payload), &r->graph)) < 0 ||
			       (rc = count_apart(r)) < 0))
		err_sys(err, rc, "relate");
	if (rc == 0)
		rc = graph_write(r->file, buf_span(&r->payload), err);
	graph_builder_free(b);
	progress_clear();
	return rc;
}

/* From the shelf to the outputs. Returns an exit code. */
static int run(struct run *r, struct site *site, int32_t day)
{
	struct err err;
	int code = EXIT_DONE, rc = shelf_paths(site->shelf, day, &r->paths, &r->days_off, &err);

	if (rc == 0)
		rc = infer(r, site->state, &err);
	if (rc < 0) {
		tell_error(&err);
		return rc == -ENOENT || rc == -EINVAL || rc == -EBADMSG || rc == -EEXIST
			       ? EXIT_INPUT
			       : EXIT_SYSTEM;
	}
	if (r->compare)
		code = compare(r);
	if (r->output || (!r->json && !r->compare)) {
		int written = write_text(r);

		code = written == EXIT_DONE ? code : written;
	}
	if (r->json)
		print_json(r);
	else
		tell_summary(r);
	if (r->compared && !r->json)
		print_agreement(&r->agreement);
	return code;
}

/* The lists, and with them the rest. */
static int read_lists(struct run *r, const struct usage *usage, const char *clique,
	const char *exchange, struct as_list *tops, struct as_list *servers)
{
	int code = as_list_read(tops, usage, "--clique", clique);

	if (code == EXIT_DONE && exchange && strcmp(exchange, "none") != 0)
		code = as_list_read(servers, usage, "--exchange", exchange);
	if (code == EXIT_DONE && tops->n > CLIQUE_MOST)
		code = usage_error(usage, "--clique: at most %d", CLIQUE_MOST);
	if (code == EXIT_DONE && tops->n && r->options.method == RELATE_GAO)
		code = usage_error(usage, "--clique: Gao's method knows none");
	r->options.clique = tops->asn;
	r->options.cliques = tops->n;
	r->options.exchange = servers->asn;
	r->options.exchanges = servers->n;
	if (!exchange)
		r->options.exchange = relate_known_exchanges(&r->options.exchanges);
	return code;
}

int net_relate_main(int argc, char **argv)
{
	static const struct usage usage = {"net relate", "",
		"infers who sells transit to whom from imported paths",
		"Makes a graph of it, and prints its links as CAIDA does: PROVIDER|CUSTOMER|-1 and "
		"PEER|PEER|0.\n"};
	const char *config = NULL, *state = NULL, *date = NULL, *clique = NULL, *exchange = NULL;
	struct run r = {.options = {.progress = show_progress, .context = &r}};
	int method = RELATE_LUCKIE, code, first;
	int32_t day = (int32_t)(time(NULL) / 86400);
	const struct option_row rows[] = {
		{"clique", 0, OPTION_STRING, &clique, "AS,...", "who is at the top"},
		{"compare", 0, OPTION_STRING, &r.compare, "FILE",
			"how it agrees with a file of relationships"},
		{"date", 'd', OPTION_STRING, &date, "DATE", "paths of that day (default today)"},
		{"exchange", 0, OPTION_STRING, &exchange, "AS,...",
			"route servers to take out of paths; 'none' (default: a list)"},
		{"json", 'j', OPTION_FLAG, &r.json, NULL, "the summary as one JSON object"},
		{"method", 0, OPTION_CHOICE, &method, "luckie|gao", "how (default luckie)"},
		{"output", 0, OPTION_STRING, &r.output, "FILE", "where to write the links"},
		{"source", 0, OPTION_STRING, &r.source, "NAME", "short name of the graph"},
		{"unaided", 0, OPTION_FLAG, &r.options.unaided, NULL,
			"the clique from the paths alone, no list asked"},
		SITE_OPTIONS(&config, &state),
		{NULL},
	};
	struct as_list tops = {0}, servers = {0};
	struct site site;

	first = option_read(&usage, rows, argc, argv, &code);
	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument");
	r.options.method = (enum relate_method)method;
	code = date ? net_read_day(&usage, date, &day) : EXIT_DONE;
	if (code == EXIT_DONE)
		code = read_lists(&r, &usage, clique, exchange, &tops, &servers);
	if (code == EXIT_DONE && (code = site_open(&site, config, state)) == EXIT_DONE) {
		if ((code = site_open_shelf(&site)) == EXIT_DONE)
			code = run(&r, &site, day);
		graph_close(r.graph);
		buf_done(&r.payload);
		site_close(&site);
	}
	as_list_done(&tops);
	as_list_done(&servers);
	return code;
}
