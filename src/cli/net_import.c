/* cordon net import: files that others publish become tables, paths and graphs. */
#include "cli/cli.h"
#include "cli/net.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "net/day.h"
#include "net/import.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* "cordon: the first in FILE, line 5: TEXT", or of MRT "the first odd record in FILE, at byte 5".
 */
static void tell_first_bad(const struct import_report *r)
{
	struct buf b = {0};

	buf_str(&b,
		r->first_bad.record ? "cordon: the first odd record in " : "cordon: the first in ");
	clean_text(&b, span_cstr(r->first_bad.file));
	if (r->first_bad.record)
		buf_printf(&b, ", at byte %ju", (uintmax_t)r->first_bad.offset);
	if (r->first_bad.line)
		buf_printf(&b, ", line %ju", (uintmax_t)r->first_bad.line);
	if (!r->first_bad.record) {
		buf_str(&b, ": ");
		clean_text(&b, span_cstr(r->first_bad.text));
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
		net_print_cleaned(stderr, "cordon: ", span_cstr(r->cut));
	return total ? EXIT_INPUT : EXIT_DONE;
}

static void print_import(const struct import_report *r)
{
	const uint64_t *n = r->count;
	const struct {
		uint64_t n;
		const char *one, *many;
	} made[IMPORT_KINDS] = {
		[IMPORT_TABLE] = {n[IMPORT_ROWS] + n[IMPORT_PREFIXES], "row", "rows"},
		[IMPORT_PATHS] = {n[IMPORT_DISTINCT], "path", "paths"},
		[IMPORT_GRAPH] = {n[IMPORT_LINKS], "link", "links"},
	};

	for (int i = 0; i < IMPORT_KINDS; i++)
		if (r->path[i].n)
			printf("%ju %s\t%s\n", (uintmax_t)made[i].n,
				made[i].n == 1 ? made[i].one : made[i].many, r->path[i].p);
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
		return json_pack("{s:o, s:I}", "file", json_text(span_cstr(r->first_bad.file)),
			"offset", (json_int_t)r->first_bad.offset);
	return json_pack("{s:o, s:I, s:o}", "file", json_text(span_cstr(r->first_bad.file)),
		"line", (json_int_t)r->first_bad.line, "text",
		json_text(span_cstr(r->first_bad.text)));
}

static void print_import_json(const struct import_report *r)
{
	char date[DAY_TEXT];
	json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "date", day_format(r->day, date),
		"taken", counts_json(r, IMPORT_TAKEN), "noted", counts_json(r, IMPORT_NOTED), "bad",
		counts_json(r, IMPORT_BAD), "first_bad", first_bad_json(r), "cut",
		r->cut[0] ? json_text(span_cstr(r->cut)) : json_null());

	for (int i = 0; i < IMPORT_KINDS; i++)
		json_object_set_new(j, import_kind_name(i),
			r->path[i].n ? json_text(buf_span(&r->path[i])) : json_null());
	net_print_json(j);
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
			return net_told(rc, &err);
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

int net_import_main(int argc, char **argv)
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
	code = date ? net_read_day(&usage, date, &options.day) : EXIT_DONE;
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
