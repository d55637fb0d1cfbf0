/* cordon net: tables of networks are imported, looked into and listed. */
#include "base/lines.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "net/day.h"
#include "net/import.h"
#include "net/shelf.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* "cordon: the first in FILE, line 5: TEXT", or of MRT "the first odd record in FILE, at byte 5".
 */
static void tell_first_bad(const struct import_report *r)
{
	struct buf b = {0};

	buf_str(&b,
		r->first_bad.record ? "cordon: the first odd record in " : "cordon: the first in ");
	term_clean(&b, span_cstr(r->first_bad.file));
	if (r->first_bad.record)
		buf_printf(&b, ", at byte %ju", (uintmax_t)r->first_bad.offset);
	if (r->first_bad.line)
		buf_printf(&b, ", line %ju", (uintmax_t)r->first_bad.line);
	if (!r->first_bad.record) {
		buf_str(&b, ": ");
		term_clean(&b, span_cstr(r->first_bad.text));
	}
	fprintf(stderr, "%.*s\n", SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

/* Tells what is bad, on standard error. Returns an exit code. */
static int tell_bad(const struct import_report *r)
{
	uint64_t total = 0;

	for (int i = 1; i < IMPORT_COUNTS; i++) {
		if (!r->count[i] || import_count_weight(i) != IMPORT_BAD)
			continue;
		total += r->count[i];
		fprintf(stderr, "cordon: %ju %s\n", (uintmax_t)r->count[i], import_count_words(i));
	}
	if (r->first_bad.file[0])
		tell_first_bad(r);
	if (r->cut[0])
		print_cleaned(stderr, "cordon: ", span_cstr(r->cut));
	return total ? EXIT_INPUT : EXIT_DONE;
}

static void print_import(const struct import_report *r)
{
	const uint64_t *n = r->count;
	const struct {
		uint64_t n;
		const char *what;
	} made[IMPORT_KINDS] = {
		[IMPORT_TABLE] = {n[IMPORT_ROWS] + n[IMPORT_PREFIXES], "rows"},
		[IMPORT_PATHS] = {n[IMPORT_DISTINCT], "paths"},
		[IMPORT_GRAPH] = {n[IMPORT_LINKS], "links"},
	};

	for (int i = 0; i < IMPORT_KINDS; i++)
		if (r->path[i].n)
			printf("%ju %s\t%s\n", (uintmax_t)made[i].n, made[i].what, r->path[i].p);
	for (int i = IMPORT_ROUTES; i < IMPORT_COUNTS; i++) {
		bool told = i == IMPORT_PREFIXES || i == IMPORT_DISTINCT || i == IMPORT_LINKS;

		if (n[i] && !told)
			printf("%ju %s\n", (uintmax_t)n[i], import_count_words(i));
	}
}

/* All counts of a weight, by their keys. */
static json_t *counts_json(const struct import_report *r, enum import_weight weight)
{
	json_t *j = json_object();

	for (int i = 1; i < IMPORT_COUNTS; i++)
		if (import_count_weight(i) == weight)
			json_object_set_new(
				j, import_count_key(i), json_integer((json_int_t)r->count[i]));
	return j;
}

static json_t *first_bad_json(const struct import_report *r)
{
	if (!r->first_bad.file[0])
		return json_null();
	if (r->first_bad.record)
		return json_pack("{s:o, s:I}", "file", report_text(span_cstr(r->first_bad.file)),
			"offset", (json_int_t)r->first_bad.offset);
	return json_pack("{s:o, s:I, s:o}", "file", report_text(span_cstr(r->first_bad.file)),
		"line", (json_int_t)r->first_bad.line, "text",
		report_text(span_cstr(r->first_bad.text)));
}

static void print_import_json(const struct import_report *r)
{
	char date[DAY_TEXT];
	json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "date", day_format(r->day, date),
		"taken", counts_json(r, IMPORT_TAKEN), "noted", counts_json(r, IMPORT_NOTED), "bad",
		counts_json(r, IMPORT_BAD), "first_bad", first_bad_json(r), "cut",
		r->cut[0] ? report_text(span_cstr(r->cut)) : json_null());

	for (int i = 0; i < IMPORT_KINDS; i++)
		json_object_set_new(j, import_kind_name(i),
			r->path[i].n ? report_text(buf_span(&r->path[i])) : json_null());
	print_json(j);
}

/* A file that cannot be read is the input's fault; only memory is ours. */
static int told(int rc, const struct err *err)
{
	tell_error(err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
}

/* What the progress of several files is told by. */
struct share {
	uint64_t before, total; /* bytes of the files before this one, of all; total 0: not known */
};

static uint64_t size_of(const char *path)
{
	struct stat st;

	return strcmp(path, "-") && stat(path, &st) == 0 && S_ISREG(st.st_mode)
		       ? (uint64_t)st.st_size
		       : 0;
}

/* Unknown as soon as one file's is. */
static uint64_t size_of_all(int n, char **files)
{
	uint64_t total = 0;

	for (int i = 0; i < n; i++) {
		uint64_t size = size_of(files[i]);

		if (!size)
			return 0;
		total += size;
	}
	return total;
}

static void show_import(void *context, const struct import_progress *p)
{
	const struct share *s = context;

	progress_show(s->before + p->taken, s->total, p->items, "lines and records");
}

static int import_files(
	struct import *im, const char *state, struct share *share, bool json, int n, char **files)
{
	struct import_report report;
	struct err err;

	share->total = size_of_all(n, files);
	for (int i = 0; i < n; i++) {
		int rc = import_add(im, files[i], &err);

		if (rc < 0)
			return told(rc, &err);
		share->before += size_of(files[i]);
	}
	int rc = import_finish(im, state, &report, &err);

	progress_clear();
	if (rc == 0 && json)
		print_import_json(&report);
	else if (rc == 0)
		print_import(&report);
	int code = tell_bad(&report);

	if (rc < 0) {
		tell_error(&err);
		code = rc == -EINVAL ? EXIT_INPUT : EXIT_SYSTEM;
	}
	import_report_done(&report);
	return code;
}

static int net_import_main(int argc, char **argv)
{
	static const struct usage usage = {"net import", "FILE...",
		"makes tables of origins, AS paths and graphs from published files",
		"FILE is CSV (start,end,asn,name), prefix<TAB>asn, an MMDB, MRT, the text of\n"
		"bgpdump -m, or AS relationships of CAIDA; any of them compressed; or a folder\n"
		"with such files. All given make one table.\n"};
	const char *config = NULL, *state = NULL, *date = NULL;
	struct share share = {0};
	struct import_options options = {.progress = show_import, .context = &share};
	bool json = false;
	const struct option_row rows[] = {
		{"date", 'd', OPTION_STRING, &date, "DATE", "day of the data (2008-11-11)"},
		{"source", 0, OPTION_STRING, &options.source, "NAME", "short name of its origin"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "the report as one JSON object"},
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
		       : import_files(im, site.state, &share, json, argc - first, argv + first);
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
		{"import", "make tables, paths, graphs from published files", net_import_main},
		{"lookup", "prefix, origin and holder of addresses", net_lookup_main},
		{"list", "the tables there are", net_list_main},
		{"dump", "routes of MRT files as text", net_dump_main},
		{"routes", "by which routes networks reach one", net_routes_main},
		{"show", "what is known of networks", net_show_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon net",
		"Tables of which network announces which addresses, each as of its day.", argc,
		argv);
}
