/* cordon net: addresses are looked up in the tables of networks, and what there is is listed. */
#include "base/lines.h"
#include "cli/cli.h"
#include "cli/net.h"
#include "cli/report.h"
#include "cli/site.h"
#include "net/day.h"
#include "net/shelf.h"
#include "show/clean.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void net_print_json(json_t *j)
{
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

int net_read_day(const struct usage *usage, const char *text, int32_t *ret_day)
{
	if (day_parse(span_cstr(text), ret_day) == 0)
		return EXIT_DONE;
	return usage_error(usage, "--date: '%s' is no date like 2008-11-11", text);
}

void net_print_cleaned(FILE *to, const char *before, struct span s)
{
	struct buf b = {0};

	clean_text(&b, s);
	fprintf(to, "%s%.*s\n", before, SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

int net_told(int rc, const struct err *err)
{
	tell_error(err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
}

/* A run of lookups. */
struct lookups {
	const struct shelf *shelf;
	struct buf out;
	int32_t day;
	bool json;
	uint64_t bad; /* arguments or lines that were no address */
	char first_bad[80];
};

static void flush_lookups(struct lookups *l)
{
	fwrite(l->out.p ? l->out.p : "", 1, l->out.n, stdout);
	buf_clear(&l->out);
}

static void put_json(struct lookups *l, const struct attribution *a)
{
	json_t *j = report_attribution_json(a);

	json_object_set_new(j, "scope", json_string(ip_scope_name(ip_scope(&a->ip))));
	char *line = json_dumps(j, JSON_COMPACT);

	buf_str(&l->out, line ? line : "");
	buf_byte(&l->out, '\n');
	free(line);
	json_decref(j);
}

/* Columns parted by tabs: address, prefix, AS number, holder, date of the table that was asked. A
 * '-' stands for what is not known; special-purpose addresses have their scope for a holder. */
static void put_row(struct lookups *l, const struct attribution *a, bool asked)
{
	char text[IP_TEXT];
	struct buf *out = &l->out;

	buf_str(out, ip_format(&a->ip, text));
	buf_byte(out, '\t');
	buf_str(out, a->found ? prefix_format(&a->origin.prefix, text) : "-");
	if (a->found && a->origin.asn)
		buf_printf(out, "\tAS%u\t", a->origin.asn);
	else
		buf_str(out, "\t-\t");
	if (a->found && a->origin.holder.n)
		clean_text(out, a->origin.holder); /* a stranger chose it */
	else
		buf_str(out,
			a->found || ip_may_look_up(&a->ip) ? "-" : ip_scope_name(ip_scope(&a->ip)));
	buf_byte(out, '\t');
	buf_str(out, asked ? day_format(a->table_day, text) : "-");
	buf_str(out, a->stale ? "\tstale\n" : "\n");
}

static void look_up(struct lookups *l, struct span text)
{
	struct attribution a = {0};
	struct ip ip;

	if (ip_parse(text, &ip) < 0) {
		if (l->bad++ == 0)
			snprintf(l->first_bad, sizeof(l->first_bad), "%.*s", SPAN_ARG(text));
		return;
	}
	bool asked = shelf_attribute(l->shelf, &ip, l->day, &a);

	a.ip = ip;
	if (l->json)
		put_json(l, &a);
	else
		put_row(l, &a, asked);
	if (l->out.n > 60000)
		flush_lookups(l);
}

/* The first word of a line; comments and empty lines are passed over. */
static void look_up_line(struct lookups *l, struct span line)
{
	size_t n = 0;

	line = span_trim(line);
	while (n < line.n && !ascii_is_space(line.p[n]))
		n++;
	if (n && line.p[0] != '#')
		look_up(l, span_take(line, n));
}

static int look_up_input(struct lookups *l)
{
	struct stream *in;
	struct lines lines;
	struct span line;
	struct err err;
	bool too_long;
	int rc = stream_open("-", &in, &err);

	if (rc < 0)
		return net_told(rc, &err);
	rc = lines_init(&lines, in);
	if (rc < 0)
		err_sys(&err, rc, "standard input");
	while (rc >= 0 && (rc = lines_next(&lines, LINES_MOST, &line, &too_long, &err)) > 0)
		look_up_line(l, line);
	lines_done(&lines);
	stream_close(in);
	return rc < 0 ? net_told(rc, &err) : EXIT_DONE;
}

static int look_up_all(struct lookups *l, int n, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < n && code == EXIT_DONE; i++) {
		if (strcmp(arguments[i], "-"))
			look_up(l, span_cstr(arguments[i]));
		else
			code = look_up_input(l);
	}
	flush_lookups(l);
	buf_done(&l->out);
	if (l->bad && code == EXIT_DONE) {
		fprintf(stderr, "cordon: %ju not an address, the first", (uintmax_t)l->bad);
		net_print_cleaned(stderr, ": ", span_cstr(l->first_bad));
		code = EXIT_INPUT;
	}
	return code;
}

/* The site with its shelf; that there is nothing of what is asked is told. */
static int open_shelf(struct site *site, bool tables, const char *config, const char *state)
{
	int code = site_open(site, config, state);
	size_t n;

	if (code != EXIT_DONE)
		return code;
	code = site_open_shelf(site);
	if (code != EXIT_DONE) {
		site_close(site);
		return code;
	}
	n = shelf_files(site->shelf, SHELF_TABLE);
	if (!tables)
		n += shelf_files(site->shelf, SHELF_GRAPH) + shelf_files(site->shelf, SHELF_PATHS);
	if (!n)
		fprintf(stderr,
			"cordon: no table in %s/net yet; 'cordon net import FILE...' makes one\n",
			site->state);
	return EXIT_DONE;
}

static int net_lookup_main(int argc, char **argv)
{
	static const struct usage usage = {"net lookup", "ADDRESS...",
		"tells prefix, origin and holder of addresses as of a day",
		"'-' reads addresses from standard input, the first word of each line.\n"};
	const char *config = NULL, *state = NULL, *date = NULL;
	struct lookups l = {.day = (int32_t)(time(NULL) / 86400)};
	const struct option_row rows[] = {
		{"date", 'd', OPTION_STRING, &date, "DATE", "as of that day (default today)"},
		{"json", 'j', OPTION_FLAG, &l.json, NULL, "one JSON object a line"},
		SITE_OPTIONS(&config, &state),
		{NULL},
	};
	struct site site;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no ADDRESS given");
	if (date && net_read_day(&usage, date, &l.day) != EXIT_DONE)
		return EXIT_USAGE;
	code = open_shelf(&site, true, config, state);
	if (code != EXIT_DONE)
		return code;
	l.shelf = site.shelf;
	code = look_up_all(&l, argc - first, argv + first);
	if (code == EXIT_DONE && shelf_count(site.shelf) == 0)
		code = EXIT_INPUT;
	site_close(&site);
	return code;
}

/* What a file of a kind holds, in a person's words. */
static void describe(struct buf *to, const struct shelf_file *f)
{
	struct table_info info;

	if (f->kind == SHELF_TABLE) {
		table_info(f->table, &info);
		buf_printf(to, "%8u IPv4 %8u IPv6 %7u origins", info.v4, info.v6, info.asns);
	} else if (f->kind == SHELF_GRAPH) {
		buf_printf(to, "%8u ASes %8u links, ", f->graph->nodes, f->graph->links);
		clean_text(to, f->graph->info.method);
	} else {
		buf_printf(to, "%8u paths of %ju routes", f->paths->n,
			(uintmax_t)f->paths->info.odd.routes);
	}
}

static void list_text(const struct shelf_file *f)
{
	struct span terms = f->terms, line;
	struct buf source = {0}, holds = {0};
	char date[DAY_TEXT];

	clean_cell(&source, f->source, 24);
	describe(&holds, f);
	printf("%s  %.*s  %-5s  %-42.*s  %6.1f MB\n", day_format(f->day, date),
		SPAN_ARG(buf_span(&source)), shelf_kind_name(f->kind), SPAN_ARG(buf_span(&holds)),
		(double)f->bytes / 1e6);
	buf_done(&source);
	buf_done(&holds);
	while (span_line(&terms, &line))
		net_print_cleaned(stdout, "            ", line);
}

static json_t *counts_of_file(const struct shelf_file *f)
{
	struct table_info info;

	if (f->kind == SHELF_GRAPH)
		return json_pack("{s:I, s:I, s:o}", "ases", (json_int_t)f->graph->nodes, "links",
			(json_int_t)f->graph->links, "method", json_text(f->graph->info.method));
	if (f->kind == SHELF_PATHS)
		return json_pack("{s:I, s:I}", "paths", (json_int_t)f->paths->n, "routes",
			(json_int_t)f->paths->info.odd.routes);
	table_info(f->table, &info);
	return json_pack("{s:I, s:I, s:I}", "ipv4", (json_int_t)info.v4, "ipv6",
		(json_int_t)info.v6, "origins", (json_int_t)info.asns);
}

static void list_json(const struct shelf_file *f)
{
	char date[DAY_TEXT];
	json_t *counts = counts_of_file(f);
	json_t *j = json_pack("{s:s, s:s, s:o}", "kind", shelf_kind_name(f->kind), "date",
		day_format(f->day, date), "source", json_text(f->source));

	json_object_update(j, counts);
	json_decref(counts);
	json_object_set_new(j, "bytes", json_integer((json_int_t)f->bytes));
	json_object_set_new(j, "terms", json_text(f->terms));
	net_print_json(j);
}

/* One that cannot be used is told and passed over. Returns an exit code. */
static int list_kind(struct shelf *shelf, enum shelf_kind kind, bool json)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < shelf_files(shelf, kind); i++) {
		struct shelf_file f;
		struct err err;
		int rc = shelf_file(shelf, kind, i, &f, &err);

		if (rc < 0)
			code = net_told(rc, &err);
		else if (json)
			list_json(&f);
		else
			list_text(&f);
	}
	return code;
}

static int list_all(struct shelf *shelf, bool json)
{
	int code = EXIT_DONE;

	for (int kind = 0; kind < SHELF_KINDS; kind++) {
		int rc = list_kind(shelf, (enum shelf_kind)kind, json);

		code = rc > code ? rc : code;
	}
	return code;
}

static int net_list_main(int argc, char **argv)
{
	static const struct usage usage = {"net list", "",
		"lists the tables, graphs and paths: date, source, kind, size, terms", NULL};
	const char *config = NULL, *state = NULL;
	bool json = false;
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &json, NULL, "one JSON object a line"},
		SITE_OPTIONS(&config, &state),
		{NULL},
	};
	struct site site;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument");
	code = open_shelf(&site, false, config, state);
	if (code != EXIT_DONE)
		return code;
	code = list_all(site.shelf, json);
	site_close(&site);
	return code;
}

int net_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"import", "make tables, paths, graphs from published files", net_import_main},
		{"lookup", "prefix, origin and holder of addresses", net_lookup_main},
		{"list", "the tables, graphs and paths there are", net_list_main},
		{"dump", "routes of MRT files as text", net_dump_main},
		{"relate", "infer relationships of ASes from imported paths", net_relate_main},
		{"routes", "by which routes networks reach one", net_routes_main},
		{"show", "what is known of networks", net_show_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon net",
		"Tables of which network announces which addresses, each as of its day.", argc,
		argv);
}
