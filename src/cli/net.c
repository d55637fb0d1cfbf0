/* cordon net: tables of networks are imported, looked into and listed. */
#include "base/lines.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "net/day.h"
#include "net/shelf.h"
#include "net/table_import.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Prints one value as a line of JSON and frees it. */
static void print_json(json_t *j)
{
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

static int read_day(const struct usage *usage, const char *text, int32_t *ret_day)
{
	if (day_parse(span_cstr(text), ret_day) == 0)
		return EXIT_DONE;
	return usage_error(usage, "--date: '%s' is no date like 2008-11-11", text);
}

static void print_cleaned(FILE *to, const char *before, struct span s)
{
	struct buf b = {0};

	term_clean(&b, s);
	fprintf(to, "%s%.*s\n", before, SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

/* Tells what was left out, on standard error. Returns an exit code. */
static int tell_skipped(const struct import_report *r)
{
	uint64_t total = 0;

	for (int i = 1; i < IMPORT_REASONS; i++) {
		total += r->skipped[i];
		if (r->skipped[i])
			fprintf(stderr, "cordon: %ju rows left out: %s\n", (uintmax_t)r->skipped[i],
				import_reason_words(i));
	}
	if (!total)
		return EXIT_DONE;
	fprintf(stderr, "cordon: the first in %s", r->first_bad.file);
	if (r->first_bad.line)
		fprintf(stderr, ", line %ju", (uintmax_t)r->first_bad.line);
	print_cleaned(stderr, ": ", span_cstr(r->first_bad.text));
	return EXIT_INPUT;
}

static void print_report(const struct import_report *r, struct span path)
{
	printf("%ju rows\t%.*s\n", (uintmax_t)r->rows, SPAN_ARG(path));
	if (r->repeated)
		printf("%ju rows gave the addresses of an earlier one, which counts\n",
			(uintmax_t)r->repeated);
	if (r->sets)
		printf("%ju rows had several origins, the first was taken\n", (uintmax_t)r->sets);
}

/* A file that cannot be read is the input's fault; only memory is ours. */
static int told(int rc, const struct err *err)
{
	tell_error(err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
}

static int import_files(struct import *im, const char *state, int n, char **files)
{
	struct import_report report;
	struct buf path = {0};
	struct err err;
	int code = EXIT_DONE;

	for (int i = 0; i < n; i++) {
		int rc = import_add(im, files[i], &err);

		if (rc < 0)
			return told(rc, &err);
	}
	int rc = import_finish(im, state, &report, &path, &err);

	if (rc == 0)
		print_report(&report, buf_span(&path));
	code = tell_skipped(&report);
	if (rc < 0) {
		tell_error(&err);
		code = rc == -EINVAL ? EXIT_INPUT : EXIT_SYSTEM;
	}
	buf_done(&path);
	return code;
}

static int net_import_main(int argc, char **argv)
{
	static const struct usage usage = {"net import", "FILE...",
		"makes a table of origins from published files and installs it",
		"FILE is CSV (start,end,asn,name), prefix<TAB>asn, an MMDB, any of them "
		"compressed, or\n"
		"a folder with such files; all given make one table.\n"};
	const char *config = NULL, *state = NULL, *date = NULL;
	struct import_options options = {0};
	const struct option_row rows[] = {
		{"date", 'd', OPTION_STRING, &date, "DATE", "day of the data (2008-11-11)"},
		{"source", 0, OPTION_STRING, &options.source, "NAME", "short name of its origin"},
		{"terms", 0, OPTION_STRING, &options.terms, "TEXT", "licence and attribution"},
		SITE_OPTIONS(&config, &state),
		{NULL},
	};
	struct import *im = NULL;
	struct site site;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no FILE given");
	options.has_day = date != NULL;
	code = date ? read_day(&usage, date, &options.day) : EXIT_DONE;
	if (code != EXIT_DONE)
		return code;
	code = site_open(&site, config, state);
	if (code != EXIT_DONE)
		return code;
	code = import_begin(&options, &im) < 0
		       ? EXIT_SYSTEM
		       : import_files(im, site.state, argc - first, argv + first);
	import_free(im);
	site_close(&site);
	return code;
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
		buf_add(out, a->origin.holder); /* cleaned when it was imported */
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
		return told(rc, &err);
	rc = lines_init(&lines, in);
	if (rc < 0)
		err_sys(&err, rc, "standard input");
	while (rc >= 0 && (rc = lines_next(&lines, LINES_MOST, &line, &too_long, &err)) > 0)
		look_up_line(l, line);
	lines_done(&lines);
	stream_close(in);
	return rc < 0 ? told(rc, &err) : EXIT_DONE;
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
		print_cleaned(stderr, ": ", span_cstr(l->first_bad));
		code = EXIT_INPUT;
	}
	return code;
}

/* The site with its shelf; an empty shelf is told, for nothing can be found in it. */
static int open_shelf(struct site *site, const char *config, const char *state)
{
	int code = site_open(site, config, state);

	if (code != EXIT_DONE)
		return code;
	code = site_open_shelf(site);
	if (code != EXIT_DONE)
		site_close(site);
	else if (shelf_count(site->shelf) == 0)
		fprintf(stderr,
			"cordon: no table in %s/net yet; 'cordon net import FILE...' makes one\n",
			site->state);
	return code;
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
	if (date && read_day(&usage, date, &l.day) != EXIT_DONE)
		return EXIT_USAGE;
	code = open_shelf(&site, config, state);
	if (code != EXIT_DONE)
		return code;
	l.shelf = site.shelf;
	code = look_up_all(&l, argc - first, argv + first);
	if (code == EXIT_DONE && shelf_count(site.shelf) == 0)
		code = EXIT_INPUT;
	site_close(&site);
	return code;
}

static void list_json(const struct table_info *info)
{
	char date[DAY_TEXT];

	print_json(json_pack("{s:s, s:o, s:I, s:I, s:I, s:I, s:o}", "date",
		day_format(info->day, date), "source", report_text(info->source), "ipv4",
		(json_int_t)info->v4, "ipv6", (json_int_t)info->v6, "origins",
		(json_int_t)info->asns, "bytes", (json_int_t)info->bytes, "terms",
		report_text(info->terms)));
}

static void list_text(const struct table_info *info)
{
	struct span terms = info->terms, line;
	struct buf source = {0};
	char date[DAY_TEXT];

	term_cell(&source, info->source, 24);
	printf("%s  %.*s  %8u IPv4  %8u IPv6  %6u origins  %5.1f MB\n", day_format(info->day, date),
		SPAN_ARG(buf_span(&source)), info->v4, info->v6, info->asns,
		(double)info->bytes / 1e6);
	buf_done(&source);
	while (span_line(&terms, &line))
		print_cleaned(stdout, "            ", line);
}

static int net_list_main(int argc, char **argv)
{
	static const struct usage usage = {
		"net list", "", "lists the tables: date, source, entries, size, terms", NULL};
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
	code = open_shelf(&site, config, state);
	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < shelf_count(site.shelf); i++) {
		struct table_info info;

		shelf_info(site.shelf, i, &info);
		if (json)
			list_json(&info);
		else
			list_text(&info);
	}
	site_close(&site);
	return EXIT_DONE;
}

int net_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"import", "make a table from published files", net_import_main},
		{"lookup", "prefix, origin and holder of addresses", net_lookup_main},
		{"list", "the tables there are", net_list_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon net",
		"Tables of which network announces which addresses, each as of its day.", argc,
		argv);
}
