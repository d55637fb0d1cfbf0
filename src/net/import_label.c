/*
 * What stands around the data: dates and names in paths, a package.json, licence texts. Whoever
 * shows what a table says owes its makers their line, so the texts travel with the table.
 */
#include "base/file.h"
#include "net/day.h"
#include "net/import_format.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define SOURCE_MOST 64
#define TERMS_MOST  ((size_t)64 << 10)

void import_tell_source(struct import *im, struct span name)
{
	if (im->source.n)
		return;
	for (size_t i = 0; i < name.n && im->source.n < SOURCE_MOST; i++) {
		char c = name.p[i];
		bool keep = ascii_is_alnum(c) || c == '_';

		if (keep)
			buf_byte(&im->source, c);
		else if (im->source.n && im->source.p[im->source.n - 1] != '-')
			buf_byte(&im->source, '-');
	}
	while (im->source.n && im->source.p[im->source.n - 1] == '-')
		im->source.n--;
}

/* Takes a date off the end of a name, with what parts it from the rest. */
static struct span without_date(struct span name)
{
	int32_t day;

	for (size_t n = 8; n <= 10; n += 2) {
		if (name.n < n || day_parse(span_skip(name, name.n - n), &day) < 0)
			continue;
		name.n -= n;
		while (name.n && !ascii_is_alnum(name.p[name.n - 1]))
			name.n--;
	}
	return name;
}

struct span import_unpacked_name(struct span name)
{
	static const char *const packed[] = {".gz", ".bz2", ".xz", ".zst"};

	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		if (span_ends_nocase(name, span_cstr(packed[i])))
			return span_take(name, name.n - strlen(packed[i]));
	return name;
}

/*
 * A file's name up to its first '.', without a date and without "-ipv4" and "-ipv6" behind; where
 * it begins with a date, the piece behind that ("20100701.as-rel.txt").
 */
static struct span name_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span rest = import_unpacked_name(span_cstr(slash ? slash + 1 : path));
	struct span name = {NULL, 0}, piece;
	ssize_t dot = span_rindex(rest, '.');

	if (dot > 0)
		rest.n = (size_t)dot; /* its type */
	while (name.n == 0 && span_cut(&rest, '.', &piece))
		name = without_date(piece);
	if (span_ends_nocase(name, SPAN("-ipv4")) || span_ends_nocase(name, SPAN("-ipv6")))
		name.n -= 5;
	return name;
}

/* The folder of a path, "." for none, into to[PATH_MAX]. */
static int folder_of(const char *path, char *to)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? snprintf(to, PATH_MAX, "%.*s", (int)(slash - path + 1), path)
		      : snprintf(to, PATH_MAX, "./");

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int is_licence(const struct dirent *d)
{
	struct span name = span_cstr(d->d_name);

	return span_find_nocase(name, SPAN("licen")) >= 0 && d->d_name[0] != '.';
}

/* Appends a licence's text to the terms, a blank line between two. What cannot be read, such as a
 * folder of that name, is none. */
static int add_terms(struct import *im, const char *path, struct err *err)
{
	struct buf text = {0};
	int rc = file_read(path, TERMS_MOST, &text, err);

	if (rc == 0) {
		if (im->terms.n)
			buf_str(&im->terms, "\n\n");
		buf_add(&im->terms, span_trim(buf_span(&text)));
	}
	buf_done(&text);
	return rc == -ENOMEM ? rc : 0;
}

/* Reads the licence texts of a folder, once a folder. */
static int add_licences(struct import *im, const char *folder, struct err *err)
{
	struct span known = buf_span(&im->folders), one;
	struct dirent **names;
	int rc = 0;

	while (known.n && span_cut(&known, '\0', &one))
		if (span_eq(one, span_cstr(folder)))
			return 0;
	buf_add(&im->folders, (struct span){folder, strlen(folder) + 1});
	int n = scandir(folder, &names, is_licence, alphasort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		if (rc == 0 && snprintf(path, sizeof(path), "%s%s", folder, names[i]->d_name) <
				       (int)sizeof(path))
			rc = add_terms(im, path, err);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return rc;
}

int import_label_file(struct import *im, const char *path, struct err *err)
{
	char folder[PATH_MAX];

	if (!strcmp(path, "-"))
		return 0;
	if (!im->has_path_day)
		im->has_path_day = day_find(span_cstr(path), &im->path_day);
	import_tell_source(im, name_of_path(path));
	if (im->options.terms || folder_of(path, folder) < 0)
		return 0;
	return add_licences(im, folder, err);
}

/* "2.3.20260617" is of 17 June 2026. */
static int read_package(struct import *im, const json_t *package, struct err *err)
{
	const char *name = json_string_value(json_object_get(package, "name"));
	const char *version = json_string_value(json_object_get(package, "version"));
	const char *licence = json_string_value(json_object_get(package, "license"));
	int32_t day;

	if (name)
		import_tell_source(im, span_cstr(name));
	if (licence && !im->options.terms)
		buf_printf(&im->terms, "%s%s: %s", im->terms.n ? "\n\n" : "",
			name ? name : "package", licence);
	return version && day_find(span_cstr(version), &day) ? import_tell_day(im, day, err) : 0;
}

int import_label_package(struct import *im, const char *folder, struct err *err)
{
	char path[PATH_MAX];

	im->path = folder;
	if (snprintf(path, sizeof(path), "%s/package.json", folder) >= (int)sizeof(path))
		return 0;
	json_t *package = json_load_file(path, 0, NULL);
	int rc = package ? read_package(im, package, err) : 0;

	json_decref(package);
	return rc;
}
