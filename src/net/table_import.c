/*
 * A file's first bytes tell its format; text goes line by line to the format's own function, which
 * says what it made of it. Everything lands in one table_builder.
 */
#include "net/table_import.h"
#include "base/file.h"
#include "base/image.h"
#include "base/lines.h"
#include "net/day.h"
#include "net/import_format.h"
#include "net/table_format.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *import_reason_words(enum import_reason reason)
{
	static const char *const words[IMPORT_REASONS] = {
		[IMPORT_FIELDS] = "fields missing or not well quoted",
		[IMPORT_ADDRESS] = "no address where one should be",
		[IMPORT_ASN] = "no AS number",
		[IMPORT_LONG] = "line too long",
		[IMPORT_TREE] = "damaged tree",
	};

	return reason > 0 && reason < IMPORT_REASONS ? words[reason] : "";
}

int import_begin(const struct import_options *options, struct import **ret_import)
{
	struct import *im = calloc(1, sizeof(*im));
	int rc = im ? table_builder_new(&im->builder) : -ENOMEM;

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
	table_builder_free(im->builder);
	buf_done(&im->source);
	buf_done(&im->terms);
	buf_done(&im->folders);
	free(im);
}

int import_asn(struct span s, asn_t *ret_asn)
{
	unsigned long long n;

	if (span_starts_nocase(s, SPAN("AS")))
		s = span_skip(s, 2);
	if (span_number(s, UINT32_MAX, &n) < 0)
		return IMPORT_ASN;
	*ret_asn = (asn_t)n;
	return 0;
}

int import_prefix(struct import *im, const struct prefix *p, asn_t asn, struct span holder)
{
	uint32_t origin;
	int rc = table_builder_origin(im->builder, asn, holder, &origin);

	if (rc == 0)
		rc = table_builder_add_prefix(im->builder, p, origin);
	im->report.rows += rc == 0;
	return rc;
}

int import_range(struct import *im, const struct ip *first, const struct ip *last, asn_t asn,
	struct span holder)
{
	uint32_t origin;
	int rc = table_builder_origin(im->builder, asn, holder, &origin);

	if (rc == 0)
		rc = table_builder_add_range(im->builder, first, last, origin);
	im->report.rows += rc == 0;
	return rc == -EINVAL ? IMPORT_ADDRESS : rc;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void import_skip(struct import *im, enum import_reason reason, uint64_t line, struct span text)
{
	struct import_report *r = &im->report;

	im->report.skipped[reason]++;
	if (r->first_bad.file[0])
		return;
	snprintf(r->first_bad.file, sizeof(r->first_bad.file), "%s", last_part(im->path));
	snprintf(r->first_bad.text, sizeof(r->first_bad.text), "%.*s", SPAN_ARG(text));
	r->first_bad.line = line;
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

static bool is_comment(struct span line)
{
	return !line.n || line.p[0] == '#' || line.p[0] == ';';
}

/* What a format is told from: the first line that is neither empty nor a comment. */
static struct span first_row(struct span head)
{
	struct span line;

	while (span_line(&head, &line))
		if (!is_comment(span_trim(line)))
			return line;
	return (struct span){NULL, 0};
}

static import_line *format_of(struct span head)
{
	struct span row = first_row(head);
	size_t n = 0;
	struct prefix p;

	if (memchr(row.p ? row.p : "", '\0', row.n))
		return NULL;
	while (n < row.n && row.p[n] != '\t' && row.p[n] != ' ' && row.p[n] != ',')
		n++;
	if (n < row.n && row.p[n] == ',')
		return import_csv_line;
	return n < row.n && prefix_parse(span_take(row, n), &p) == 0 ? import_pair_line : NULL;
}

/* A comment may tell of which day the table is: "; Original file : rib.20080501.0644.bz2". */
static int read_comment(struct import *im, struct span line, struct err *err)
{
	int32_t day;

	if (im->report.rows || im->has_day || !day_find(line, &day))
		return 0;
	return import_tell_day(im, day, err);
}

/* Names of columns: the first holds neither '.' nor ':', which every address does. */
static bool is_header(struct span line)
{
	struct span first = {NULL, 0};

	span_cut(&line, ',', &first);
	return span_index(first, '.') < 0 && span_index(first, ':') < 0;
}

static int read_lines(struct import *im, struct lines *l, import_line *format, struct err *err)
{
	struct span line;
	bool too_long, header = format == import_csv_line;
	uint64_t number = 0;
	int rc;

	while ((rc = lines_next(l, IMPORT_LINE_MOST, &line, &too_long, err)) > 0) {
		number++;
		if (is_comment(line)) {
			rc = read_comment(im, line, err);
			if (rc < 0)
				return rc;
			continue;
		}
		rc = too_long ? IMPORT_LONG : format(im, line);
		if (rc < 0)
			return err_sys(err, rc, "%s: line %ju", im->path, (uintmax_t)number);
		if (rc > 0 && !(header && is_header(line)))
			import_skip(im, (enum import_reason)rc, number, line);
		header = false;
	}
	return rc;
}

static int read_stream(struct import *im, struct lines *l, struct err *err)
{
	struct span head;
	int rc = lines_peek(l, &head, err);

	if (rc < 0)
		return rc;
	if (import_is_mmdb(head))
		return import_mmdb(im, head, l->stream, err);
	import_line *format = format_of(head);

	if (!format)
		return err_set(err, -EINVAL,
			"%s: neither CSV (start,end,asn,name), nor prefix<TAB>asn, nor MMDB; if it "
			"is an archive, unpack it first",
			im->path);
	return read_lines(im, l, format, err);
}

static int add_file(struct import *im, const char *path, struct err *err)
{
	struct stream *stream;
	struct lines l;
	int rc = stream_open(path, &stream, err);

	im->path = path;
	if (rc < 0)
		return rc;
	rc = lines_init(&l, stream);
	rc = rc < 0 ? err_sys(err, rc, "%s", path) : read_stream(im, &l, err);
	lines_done(&l);
	stream_close(stream);
	return rc < 0 ? rc : import_label_file(im, path, err);
}

/* Names of data files in a folder; what else lies in a package is passed over. */
static int is_data_file(const struct dirent *d)
{
	static const char *const ends[] = {".csv", ".dat", ".tsv", ".mmdb"};
	struct span name = span_cstr(d->d_name);

	if (span_ends_nocase(name, SPAN(".gz")))
		name.n -= 3;
	else if (span_ends_nocase(name, SPAN(".zst")))
		name.n -= 4;
	if (name.n == 0 || name.p[0] == '.' || span_find(name, SPAN("-num.")) >= 0)
		return 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_ends_nocase(name, span_cstr(ends[i])))
			return 1;
	return 0;
}

static int add_folder(struct import *im, const char *path, struct err *err)
{
	struct dirent **names;
	int n = scandir(path, &names, is_data_file, alphasort);
	int rc = n < 0 ? err_sys(err, -errno, "%s", path)
		 : n == 0
			 ? err_set(err, -EINVAL, "%s: no *.csv, *.tsv, *.dat or *.mmdb in it", path)
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

static int write_table(struct import *im, const char *state_dir, int32_t day,
	const struct buf *payload, struct buf *ret_path, struct err *err)
{
	char folder[PATH_MAX], path[PATH_MAX + 128], date[DAY_TEXT];
	int rc;

	if (snprintf(folder, sizeof(folder), "%s/net", state_dir) >= (int)sizeof(folder))
		return err_sys(err, -ENAMETOOLONG, "%s", state_dir);
	snprintf(path, sizeof(path), "%s/%s.%.*s.table", folder, day_format(day, date),
		SPAN_ARG(buf_span(&im->source)));
	rc = file_make_folder(folder, err);
	if (rc == 0)
		rc = image_write(path, TABLE_MAGIC, TABLE_VERSION, buf_span(payload), err);
	if (rc == 0)
		buf_str(ret_path, path);
	return rc;
}

int import_finish(struct import *im, const char *state_dir, struct import_report *ret_report,
	struct buf *ret_path, struct err *err)
{
	struct buf payload = {0};
	struct table_label label;
	int rc;

	*ret_report = im->report;
	if (im->report.rows == 0)
		return err_set(err, -EINVAL, "%s: no row that could be used",
			im->path ? im->path : "import");
	import_tell_source(im, SPAN("table"));
	if (!buf_ok(&im->source) || !buf_ok(&im->terms))
		return err_sys(err, -ENOMEM, "import");
	rc = find_day(im, &label.day, err);
	if (rc < 0)
		return rc;
	label.source = buf_span(&im->source);
	label.terms = im->options.terms ? span_cstr(im->options.terms) : buf_span(&im->terms);
	rc = table_builder_finish(im->builder, &label, &payload, &ret_report->repeated);
	rc = rc < 0 ? err_sys(err, rc, "import")
		    : write_table(im, state_dir, label.day, &payload, ret_path, err);
	buf_done(&payload);
	return rc;
}
