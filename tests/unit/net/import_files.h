/* Files written into a folder of the test's own, imported, opened and asked: for import*.c. */
#ifndef CORDON_TESTS_IMPORT_FILES_H
#define CORDON_TESTS_IMPORT_FILES_H

#include "test.h"

#include "base/file.h"
#include "net/graph.h"
#include "net/import.h"
#include "net/paths.h"
#include "net/table.h"

#include <errno.h>
#include <unistd.h>

static char folder[64];

static inline int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test-import.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
	(void)state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* Writes a file into the folder and returns its path, good until the next but three. */
static inline const char *write_file(const char *name, struct span content)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	assert_int_equal(file_make_folder(path, NULL), 0);
	*slash = '/';
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
	fclose(f);
	return path;
}

struct result {
	int rc;
	struct import_report report;
	struct err err;
};

/* Imports files (NULL ends) and installs the table in the folder. */
static inline struct result import_all(
	const struct import_options *options, const char *const *files)
{
	struct result r = {0};
	struct import *im;

	assert_int_equal(import_begin(options, &im), 0);
	for (; *files && r.rc == 0; files++)
		r.rc = import_add(im, *files, &r.err);
	if (r.rc == 0)
		r.rc = import_finish(im, folder, &r.report, &r.err);
	import_free(im);
	return r;
}

static inline struct result import_text(const char *name, const char *text)
{
	return import_all(&(struct import_options){0},
		(const char *const[]){write_file(name, span_cstr(text)), NULL});
}

/* "PREFIX ASN HOLDER", or "-", of an address in a table file. */
static inline void assert_origin(const struct result *r, const char *address, const char *want)
{
	char path[256], got[512] = "-", text[IP_TEXT];
	struct origin o;
	struct table *t;
	struct ip ip;

	snprintf(path, sizeof(path), "%.*s", SPAN_ARG(buf_span(&r->report.path[IMPORT_TABLE])));
	assert_int_equal(table_open(path, &t, NULL), 0);
	assert_int_equal(ip_parse(span_cstr(address), &ip), 0);
	if (table_lookup(t, &ip, &o))
		snprintf(got, sizeof(got), "%s %u %.*s", prefix_format(&o.prefix, text), o.asn,
			SPAN_ARG(o.holder));
	table_close(t);
	if (strcmp(got, want))
		fail_msg("%s: got \"%s\", want \"%s\"", address, got, want);
}

static inline void assert_installed_as(struct result *r, const char *name)
{
	char want[256];

	if (r->rc < 0)
		fail_msg("%s", r->err.text);
	snprintf(want, sizeof(want), "%s/net/%s", folder, name);
	assert_span(buf_span(&r->report.path[IMPORT_TABLE]), want);
}

/* One count that is expected. */
struct count {
	enum import_count c;
	uint64_t n;
};

/* All counts of a report: those of want, and no other. */
static inline void assert_counts(const struct result *r, const struct count *want, size_t n)
{
	uint64_t left[IMPORT_COUNTS];

	memcpy(left, r->report.count, sizeof(left));
	for (size_t i = 0; i < n; i++) {
		if (left[want[i].c] != want[i].n)
			fail_msg("%s: %ju, not %ju", import_count_key(want[i].c),
				(uintmax_t)left[want[i].c], (uintmax_t)want[i].n);
		left[want[i].c] = 0;
	}
	for (int i = 1; i < IMPORT_COUNTS; i++)
		if (left[i])
			fail_msg("%s: %ju, not 0", import_count_key(i), (uintmax_t)left[i]);
}

#define COUNTS(r, ...)                                                                             \
	assert_counts(&(r), (const struct count[]){__VA_ARGS__},                                   \
		sizeof((const struct count[]){__VA_ARGS__}) / sizeof(struct count))

/* The paths of a result, "1 2 3 x2; 4 5 x1", in their order. */
static inline void assert_paths(const struct result *r, const char *want)
{
	char got[1024], *to = got;
	struct paths *p;

	if (r->rc < 0)
		fail_msg("%s", r->err.text);
	assert_int_equal(paths_open(r->report.path[IMPORT_PATHS].p, &p, NULL), 0);
	*to = '\0';
	for (uint32_t i = 0; i < p->n; i++) {
		to += sprintf(to, "%s", i ? "; " : "");
		for (uint32_t h = p->start[i]; h < p->start[i + 1]; h++)
			to += sprintf(to, "%u ", p->hop[h]);
		to += sprintf(to, "x%u", p->routes[i]);
	}
	paths_close(p);
	assert_string_equal(got, want);
}

#endif
