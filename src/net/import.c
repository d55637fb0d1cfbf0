/*
 * A file's first bytes tell its format, and the format's own reader puts what it finds into the
 * builders: rows of origins straight into that of the table, routes into counts and paths
 * (import_routes.c), links into a graph. At the end each becomes an image. They are finished one
 * after the other, and each is freed before the next, so that their peaks do not add up.
 */
#include "net/import.h"
#include "base/file.h"
#include "base/image.h"
#include "net/day.h"
#include "net/graph_format.h"
#include "net/import_format.h"
#include "net/mrt.h"
#include "net/table_format.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define TICKS      8192      /* items between two calls of progress() */
#define TIME_FIRST 315532800 /* 1980-01-01, before which there was no BGP: a clock not set */

int import_begin(const struct import_options *options, struct import **ret_import)
{
	struct import *im = calloc(1, sizeof(*im));
	int rc = im ? table_builder_new(&im->table) : -ENOMEM;

	if (rc < 0) {
		free(im);
		return rc;
	}
	im->options = *options;
	if (options->source)
		import_tell_source(im, span_cstr(options->source));
	*ret_import = im;
	return 0;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	table_builder_free(im->table);
	origin_count_free(im->origins);
	paths_builder_free(im->paths);
	graph_builder_free(im->graph);
	free(im->room);
	buf_done(&im->source);
	buf_done(&im->terms);
	buf_done(&im->folders);
	free(im);
}

int import_prefix(struct import *im, const struct prefix *p, asn_t asn, struct span holder)
{
	uint32_t origin;
	int rc = table_builder_origin(im->table, asn, holder, &origin);

	if (rc == 0)
		rc = table_builder_add_prefix(im->table, p, origin);
	im->report.count[IMPORT_ROWS] += rc == 0;
	return rc;
}

int import_range(struct import *im, const struct ip *first, const struct ip *last, asn_t asn,
	struct span holder)
{
	uint32_t origin;
	int rc = table_builder_origin(im->table, asn, holder, &origin);

	if (rc == 0)
		rc = table_builder_add_range(im->table, first, last, origin);
	im->report.count[IMPORT_ROWS] += rc == 0;
	return rc == -EINVAL ? IMPORT_ADDRESS : rc;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void import_first_bad(struct import *im, uint64_t line, struct span text)
{
	struct import_report *r = &im->report;

	if (r->first_bad.file[0])
		return;
	snprintf(r->first_bad.file, sizeof(r->first_bad.file), "%s", last_part(im->path));
	snprintf(r->first_bad.text, sizeof(r->first_bad.text), "%.*s", SPAN_ARG(text));
	r->first_bad.line = line;
}

void import_skip(struct import *im, enum import_count c, uint64_t line, struct span text)
{
	im->report.count[c]++;
	import_first_bad(im, line, text);
}

void import_cut(struct import *im, const char *why)
{
	struct import_report *r = &im->report;
	bool named = span_starts(span_cstr(why), span_cstr(im->path)); /* the stream does */

	if (r->count[IMPORT_CUT]++ == 0)
		snprintf(r->cut, sizeof(r->cut), "%s%s%s", named ? "" : im->path, named ? "" : ": ",
			why);
}

void import_tick(struct import *im)
{
	struct import_progress p = {.items = ++im->items};

	if (im->items % TICKS || !im->options.progress)
		return;
	p.taken = stream_taken(im->from);
	p.size = stream_size(im->from);
	im->options.progress(im->options.context, &p);
}

int import_fail(struct import *im, int rc, const char *unit, uint64_t at, struct err *err)
{
	if (rc == -E2BIG)
		return err_set(err, rc,
			"%s: %s %ju: more prefixes, paths or links than one import may have",
			im->path, unit, (uintmax_t)at);
	return err_sys(err, rc, "%s: %s %ju", im->path, unit, (uintmax_t)at);
}

int import_tell_day(struct import *im, int32_t day, struct err *err)
{
	char a[DAY_TEXT], b[DAY_TEXT];

	if (im->has_day && im->day != day && !im->options.has_day)
		return err_set(err, -EINVAL,
			"%s says it is of %s, a file before it %s: import them apart, or say "
			"--date",
			im->path, day_format(day, a), day_format(im->day, b));
	im->has_day = true;
	im->day = day;
	return 0;
}

int import_tell_time(struct import *im, uint32_t time, struct err *err)
{
	return time < TIME_FIRST ? 0 : import_tell_day(im, (int32_t)(time / 86400), err);
}

static int read_stream(struct import *im, struct lines *l, struct err *err)
{
	struct span head;
	int rc = lines_peek(l, &head, err);

	if (rc < 0)
		return rc;
	if (mrt_is(head))
		return import_mrt(im, head, l->stream, err);
	if (import_is_mmdb(head))
		return import_mmdb(im, head, l->stream, err);
	return import_lines(im, l, err);
}

static int add_file(struct import *im, const char *path, struct err *err)
{
	struct stream *stream;
	struct lines l;
	int rc = stream_open(path, &stream, err);

	im->path = path;
	im->has_time = false;
	if (rc < 0)
		return rc;
	im->from = stream;
	rc = lines_init(&l, stream);
	rc = rc < 0 ? err_sys(err, rc, "%s", path) : read_stream(im, &l, err);
	lines_done(&l);
	stream_close(stream);
	im->from = NULL;
	return rc < 0 ? rc : import_label_file(im, path, err);
}

/* Names of data files in a folder; what else lies in a package is passed over. */
static int is_data_file(const struct dirent *d)
{
	static const char *const ends[] = {".csv", ".dat", ".tsv", ".mmdb", ".mrt"};
	static const char *const starts[] = {"rib.", "bview.", "updates."};
	struct span name = import_unpacked_name(span_cstr(d->d_name));

	if (name.n == 0 || name.p[0] == '.' || span_find(name, SPAN("-num.")) >= 0)
		return 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_ends_nocase(name, span_cstr(ends[i])))
			return 1;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (span_starts(name, span_cstr(starts[i])))
			return 1;
	return span_find(name, SPAN(".as-rel")) >= 0;
}

static int add_folder(struct import *im, const char *path, struct err *err)
{
	struct dirent **names;
	int n = scandir(path, &names, is_data_file, alphasort);
	int rc = n < 0    ? err_sys(err, -errno, "%s", path)
		 : n == 0 ? err_set(err, -EINVAL,
				    "%s: no data file in it (*.csv, *.tsv, *.dat, *.mmdb, *.mrt, "
				    "rib.*, bview.*, updates.*, *.as-rel*)",
				    path)
			  : import_label_package(im, path, err);

	for (int i = 0; i < n; i++) {
		char file[PATH_MAX];

		if (rc == 0 && snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name) >=
				       (int)sizeof(file))
			rc = err_sys(err, -ENAMETOOLONG, "%s", path);
		if (rc == 0)
			rc = add_file(im, file, err);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return rc;
}

int import_add(struct import *im, const char *path, struct err *err)
{
	struct stat st;

	if (strcmp(path, "-") && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(im, path, err);
	return add_file(im, path, err);
}

static int find_day(const struct import *im, int32_t *ret_day, struct err *err)
{
	if (!im->options.has_day && !im->has_day && !im->has_path_day)
		return err_set(err, -EINVAL,
			"%s: neither the file nor its name tells of which day it is; say --date "
			"YYYY-MM-DD",
			im->path ? im->path : "import");
	*ret_day = im->options.has_day ? im->options.day : im->has_day ? im->day : im->path_day;
	return 0;
}

/* What all images of an import have in common. */
struct label {
	int32_t day;
	struct span source, terms;
	const char *folder; /* where they go */
};

static int fail_build(int rc, struct err *err)
{
	if (rc == -E2BIG)
		return err_set(err, rc, "import: more than one image may hold, or links too deep");
	return err_sys(err, rc, "import");
}

static int write_image(const struct label *label, enum import_kind kind, struct span payload,
	struct import_report *report, struct err *err)
{
	char date[DAY_TEXT];
	struct buf *path = &report->path[kind];
	int rc;

	buf_printf(path, "%s/%s.%.*s.%s", label->folder, day_format(label->day, date),
		SPAN_ARG(label->source), import_kind_name(kind));
	buf_byte(path, '\0');
	if (!buf_ok(path))
		return err_sys(err, -ENOMEM, "import");
	path->n--;
	if (kind == IMPORT_TABLE)
		rc = image_write(path->p, TABLE_MAGIC, TABLE_VERSION, payload, err);
	else
		rc = kind == IMPORT_PATHS ? paths_write(path->p, payload, err)
					  : graph_write(path->p, payload, err);
	if (rc < 0)
		path->n = 0;
	return rc;
}

static void count_paths(const struct import *im, uint64_t *count)
{
	const struct paths_odd *odd = paths_builder_odd(im->paths);

	count[IMPORT_DISTINCT] = paths_builder_count(im->paths);
	count[IMPORT_PATH_PREPENDED] = odd->prepended;
	count[IMPORT_PATH_SETS] = odd->sets;
	count[IMPORT_PATH_CONFEDS] = odd->confeds;
	count[IMPORT_PATH_LOOPS] = odd->loops;
	count[IMPORT_PATH_SCOPE] = odd->scope;
	count[IMPORT_PATH_LONG] = odd->long_ones;
	count[IMPORT_PATH_EMPTY] = odd->empty;
}

static int finish_paths(
	struct import *im, const struct label *label, struct import_report *report, struct err *err)
{
	struct paths_label l = {label->day, label->source, label->terms};
	struct buf payload = {0};
	int rc = 0;

	if (report->count[IMPORT_DISTINCT] == 0)
		return 0;
	rc = paths_builder_finish(im->paths, &l, &payload);
	paths_builder_free(im->paths);
	im->paths = NULL;
	rc = rc < 0 ? fail_build(rc, err)
		    : write_image(label, IMPORT_PATHS, buf_span(&payload), report, err);
	buf_done(&payload);
	return rc;
}

static void count_links(const struct graph_odd *odd, uint64_t *count)
{
	count[IMPORT_LINK_LOOPS] = odd->loops;
	count[IMPORT_LINK_SCOPE] = odd->scope;
	count[IMPORT_LINK_REPEATED] = odd->repeated;
	count[IMPORT_LINK_MUTUAL] = odd->mutual;
	count[IMPORT_LINK_CONTRARY] = odd->contrary;
	count[IMPORT_LINK_CIRCLES] = odd->circles;
}

static int finish_graph(
	struct import *im, const struct label *label, struct import_report *report, struct err *err)
{
	struct graph_label l = {label->day, label->source, SPAN("given"), label->terms};
	struct graph_odd odd = {0};
	struct buf payload = {0};
	int rc;

	if (report->count[IMPORT_LINKS] == 0)
		return 0;
	rc = graph_builder_finish(im->graph, &l, &odd, &payload);
	graph_builder_free(im->graph);
	im->graph = NULL;
	count_links(&odd, report->count);
	if (rc == 0) /* those of the graph: without repeats */
		report->count[IMPORT_LINKS] = ((const struct graph_head *)(void *)payload.p)->links;
	if (rc == -E2BIG)
		err_set(err, rc,
			"import: more ASes or links than a graph may have, or too many "
			"providers one above the other");
	else if (rc < 0)
		fail_build(rc, err);
	else
		rc = write_image(label, IMPORT_GRAPH, buf_span(&payload), report, err);
	buf_done(&payload);
	return rc;
}

static int finish_table(
	struct import *im, const struct label *label, struct import_report *report, struct err *err)
{
	struct table_label l = {label->day, label->source, label->terms};
	struct buf payload = {0};
	int rc = import_routes_finish(im, report->count);

	if (rc < 0)
		return fail_build(rc, err);
	if (report->count[IMPORT_ROWS] + report->count[IMPORT_PREFIXES] == 0)
		return 0;
	rc = table_builder_finish(im->table, &l, &payload, &report->count[IMPORT_REPEATED]);
	rc = rc < 0 ? fail_build(rc, err)
		    : write_image(label, IMPORT_TABLE, buf_span(&payload), report, err);
	buf_done(&payload);
	return rc;
}

static bool has_made(const struct import_report *r)
{
	return r->path[IMPORT_TABLE].n || r->path[IMPORT_PATHS].n || r->path[IMPORT_GRAPH].n;
}

static int nothing(const struct import *im, struct err *err)
{
	return err_set(
		err, -EINVAL, "%s: no row that could be used", im->path ? im->path : "import");
}

static int finish_all(
	struct import *im, struct label *label, struct import_report *report, struct err *err)
{
	int rc = find_day(im, &label->day, err);

	if (rc < 0)
		return rc;
	report->day = label->day;
	rc = file_make_folder(label->folder, err);
	if (rc == 0)
		rc = finish_paths(im, label, report, err);
	if (rc == 0)
		rc = finish_graph(im, label, report, err);
	if (rc == 0)
		rc = finish_table(im, label, report, err);
	return rc < 0 || has_made(report) ? rc : nothing(im, err);
}

int import_finish(
	struct import *im, const char *state_dir, struct import_report *ret_report, struct err *err)
{
	struct label label = {0};
	char folder[PATH_MAX];

	if (im->paths)
		count_paths(im, im->report.count);
	if (im->graph)
		im->report.count[IMPORT_LINKS] = graph_builder_links(im->graph);
	*ret_report = im->report;
	if (!im->report.count[IMPORT_ROWS] && !im->paths && !im->report.count[IMPORT_LINKS])
		return nothing(im, err);
	import_tell_source(im, SPAN("table"));
	if (!buf_ok(&im->source) || !buf_ok(&im->terms))
		return err_sys(err, -ENOMEM, "import");
	if (snprintf(folder, sizeof(folder), "%s/net", state_dir) >= (int)sizeof(folder))
		return err_sys(err, -ENAMETOOLONG, "%s", state_dir);
	label.folder = folder;
	label.source = buf_span(&im->source);
	label.terms = im->options.terms ? span_cstr(im->options.terms) : buf_span(&im->terms);
	return finish_all(im, &label, ret_report, err);
}
