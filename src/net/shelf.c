/*
 * There are few files (a person keeps some dozens), so the nearest one is found by looking at each.
 * Tables are opened at once, since nearly every command asks them. A graph or paths are opened when
 * they are asked for: their day is in their name, and once they are open, what they say of
 * themselves counts.
 */
#include "net/shelf.h"
#include "net/day.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define STALE_DAYS 366
#define NAME_DAY   10 /* bytes of "2008-11-11" */

struct file {
	char *name;
	int32_t day;
	bool open, has_day;
	union {
		struct table *table;
		struct graph *graph;
		struct paths *paths;
	} is;
};

struct shelf {
	char *folder;
	struct file *files[SHELF_KINDS];
	size_t n[SHELF_KINDS];
};

const char *shelf_kind_name(enum shelf_kind kind)
{
	static const char *const name[SHELF_KINDS] = {"table", "graph", "paths"};

	return name[kind];
}

/* The kind that a name's suffix tells, or SHELF_KINDS. */
static enum shelf_kind kind_of(struct span name)
{
	for (int kind = 0; kind < SHELF_KINDS; kind++) {
		struct span suffix = span_cstr(shelf_kind_name((enum shelf_kind)kind));

		if (name.n > suffix.n + 1 && name.p[0] != '.' &&
			name.p[name.n - suffix.n - 1] == '.' && span_ends_nocase(name, suffix))
			return (enum shelf_kind)kind;
	}
	return SHELF_KINDS;
}

static int is_ours(const struct dirent *d)
{
	return kind_of(span_cstr(d->d_name)) != SHELF_KINDS;
}

static int open_table(struct file *f, const char *path, struct err *err)
{
	struct table_info info;
	int rc = table_open(path, &f->is.table, err);

	if (rc == 0) {
		table_info(f->is.table, &info);
		f->day = info.day;
	}
	return rc;
}

static int open_graph(struct file *f, const char *path, struct err *err)
{
	int rc = graph_open(path, &f->is.graph, err);

	if (rc == 0)
		f->day = f->is.graph->info.day;
	return rc;
}

static int open_paths(struct file *f, const char *path, struct err *err)
{
	int rc = paths_open(path, &f->is.paths, err);

	if (rc == 0)
		f->day = f->is.paths->info.day;
	return rc;
}

/* Opens a file unless it is open; from then on its day is what it says itself. */
static int open_file(const struct shelf *s, enum shelf_kind kind, struct file *f, struct err *err)
{
	static int (*const open[SHELF_KINDS])(struct file *, const char *, struct err *) = {
		open_table, open_graph, open_paths};
	char path[PATH_MAX];

	if (f->open)
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", s->folder, f->name) >= (int)sizeof(path))
		return err_sys(err, -ENAMETOOLONG, "%s", s->folder);
	int rc = open[kind](f, path, err);

	f->open = f->has_day = rc == 0;
	return rc;
}

static void close_file(enum shelf_kind kind, struct file *f)
{
	if (f->open && kind == SHELF_TABLE)
		table_close(f->is.table);
	else if (f->open && kind == SHELF_GRAPH)
		graph_close(f->is.graph);
	else if (f->open)
		paths_close(f->is.paths);
	free(f->name);
}

/*
 * Notes a file. A table that cannot be used is counted and left out; memory that is short is a
 * failure. Others are opened now only when their name does not tell the day, and then what is wrong
 * with them is told when they are asked for.
 */
static int add_file(struct shelf *s, const char *name, size_t *bad, struct err *err)
{
	enum shelf_kind kind = kind_of(span_cstr(name));
	struct file *f = &s->files[kind][s->n[kind]];
	int rc = 0;

	*f = (struct file){.name = strdup(name)};
	if (!f->name)
		return err_sys(err, -ENOMEM, "%s", s->folder);
	if (kind == SHELF_TABLE)
		rc = open_file(s, kind, f, err);
	else
		f->has_day = strlen(name) > NAME_DAY && name[NAME_DAY] == '.' &&
			     day_parse((struct span){name, NAME_DAY}, &f->day) == 0;
	if (kind != SHELF_TABLE && !f->has_day && open_file(s, kind, f, NULL) == -ENOMEM)
		rc = err_sys(err, -ENOMEM, "%s", s->folder);
	if (rc < 0 && rc != -ENOMEM)
		(*bad)++;
	if (rc < 0)
		close_file(kind, f);
	else
		s->n[kind]++;
	return rc == -ENOMEM ? rc : 0;
}

/* By date; files whose date is not known are the last. */
static int compare_days(const void *pa, const void *pb)
{
	const struct file *a = pa, *b = pb;

	if (a->has_day != b->has_day)
		return a->has_day ? -1 : 1;
	return a->day < b->day ? -1 : a->day > b->day;
}

static int add_all(struct shelf *s, size_t *bad, struct err *err)
{
	struct dirent **names;
	int n = scandir(s->folder, &names, is_ours, alphasort), rc = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : err_sys(err, -errno, "%s", s->folder);
	for (int kind = 0; kind < SHELF_KINDS; kind++) {
		s->files[kind] = calloc((size_t)n + 1, sizeof(struct file));
		if (!s->files[kind])
			rc = err_sys(err, -ENOMEM, "%s", s->folder);
	}
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_file(s, names[i]->d_name, bad, err);
		free(names[i]);
	}
	free(names);
	/* Files of one day stay in order of their names (the sort of glibc is stable). */
	for (int kind = 0; rc == 0 && kind < SHELF_KINDS; kind++)
		qsort(s->files[kind], s->n[kind], sizeof(struct file), compare_days);
	return rc;
}

int shelf_open(const char *state_dir, struct shelf **ret_shelf, size_t *ret_bad, struct err *err)
{
	struct shelf *s = calloc(1, sizeof(*s));
	size_t bad = 0;

	if (!s || asprintf(&s->folder, "%s/net", state_dir) < 0) {
		free(s);
		return err_sys(err, -ENOMEM, "%s", state_dir);
	}
	int rc = add_all(s, &bad, err);

	if (rc < 0) {
		shelf_close(s);
		return rc;
	}
	if (ret_bad)
		*ret_bad = bad;
	*ret_shelf = s;
	return 0;
}

void shelf_close(struct shelf *s)
{
	if (!s)
		return;
	for (int kind = 0; kind < SHELF_KINDS; kind++) {
		for (size_t i = 0; i < s->n[kind]; i++)
			close_file((enum shelf_kind)kind, &s->files[kind][i]);
		free(s->files[kind]);
	}
	free(s->folder);
	free(s);
}

size_t shelf_count(const struct shelf *s)
{
	return s->n[SHELF_TABLE];
}

void shelf_info(const struct shelf *s, size_t i, struct table_info *ret_info)
{
	table_info(s->files[SHELF_TABLE][i].is.table, ret_info);
}

static int64_t days_between(int32_t a, int32_t b)
{
	return llabs((int64_t)a - b);
}

static int32_t days_off(const struct file *f, int32_t day)
{
	int64_t off = days_between(f->day, day);

	return off > INT32_MAX ? INT32_MAX : (int32_t)off;
}

static bool has_family(const struct table *t, enum ip_family family)
{
	struct table_info info = {0};

	table_info(t, &info);
	return family == IP_NONE || (family == IP_V4 ? info.v4 : info.v6) > 0;
}

/* The file nearest a day, of two as near the earlier; of tables one that has any entry of the
 * family. One whose day is not known, since it is damaged, is nearest when there is no other. */
static struct file *nearest(
	const struct shelf *s, enum shelf_kind kind, enum ip_family family, int32_t day)
{
	struct file *best = NULL;

	for (size_t i = 0; i < s->n[kind]; i++) {
		struct file *f = &s->files[kind][i];

		if (kind == SHELF_TABLE && !has_family(f->is.table, family))
			continue;
		if (!best ||
			(f->has_day && days_between(f->day, day) < days_between(best->day, day)))
			best = f;
	}
	return best;
}

const struct table *shelf_table(
	const struct shelf *s, enum ip_family family, int32_t day, int32_t *ret_days_off)
{
	const struct file *f = nearest(s, SHELF_TABLE, family, day);

	if (f && ret_days_off)
		*ret_days_off = days_off(f, day);
	return f ? f->is.table : NULL;
}

/*
 * The nearest file, open. One that is of another day than its name says is asked again whether it
 * is the nearest; each time one more is open, so that ends.
 */
static int open_nearest(
	struct shelf *s, enum shelf_kind kind, int32_t day, struct file **ret_file, struct err *err)
{
	static const char *const none[SHELF_KINDS] = {
		[SHELF_GRAPH] = "no AS graph in %s yet; 'cordon net import FILE' takes as-rel "
				"files, 'cordon net relate' makes one from imported paths",
		[SHELF_PATHS] = "no AS paths in %s yet; 'cordon net import FILE' keeps those of "
				"collectors' tables (MRT, bgpdump -m)",
	};

	for (;;) {
		struct file *f = nearest(s, kind, IP_NONE, day);

		if (!f)
			return err_set(err, -ENOENT, none[kind], s->folder);
		if (f->open) {
			*ret_file = f;
			return 0;
		}
		int rc = open_file(s, kind, f, err);

		if (rc < 0)
			return rc;
	}
}

int shelf_graph(struct shelf *s, int32_t day, const struct graph **ret_graph, int32_t *ret_days_off,
	struct err *err)
{
	struct file *f;
	int rc = open_nearest(s, SHELF_GRAPH, day, &f, err);

	if (rc < 0)
		return rc;
	*ret_graph = f->is.graph;
	if (ret_days_off)
		*ret_days_off = days_off(f, day);
	return 0;
}

int shelf_paths(struct shelf *s, int32_t day, const struct paths **ret_paths, int32_t *ret_days_off,
	struct err *err)
{
	struct file *f;
	int rc = open_nearest(s, SHELF_PATHS, day, &f, err);

	if (rc < 0)
		return rc;
	*ret_paths = f->is.paths;
	if (ret_days_off)
		*ret_days_off = days_off(f, day);
	return 0;
}

size_t shelf_files(const struct shelf *s, enum shelf_kind kind)
{
	return s->n[kind];
}

/* What an open file says of itself. */
static struct shelf_file describe(enum shelf_kind kind, const struct file *f)
{
	struct shelf_file d = {.kind = kind, .name = f->name, .day = f->day};
	struct table_info info;

	switch (kind) {
	case SHELF_TABLE:
		table_info(f->is.table, &info);
		d.table = f->is.table;
		d.source = info.source;
		d.terms = info.terms;
		d.bytes = info.bytes;
		break;
	case SHELF_GRAPH:
		d.graph = f->is.graph;
		d.source = f->is.graph->info.source;
		d.terms = f->is.graph->info.terms;
		d.bytes = f->is.graph->info.bytes;
		break;
	default:
		d.paths = f->is.paths;
		d.source = f->is.paths->info.source;
		d.terms = f->is.paths->info.terms;
		d.bytes = f->is.paths->info.bytes;
	}
	return d;
}

int shelf_file(struct shelf *s, enum shelf_kind kind, size_t i, struct shelf_file *ret_file,
	struct err *err)
{
	struct file *f = &s->files[kind][i];
	int rc = open_file(s, kind, f, err);

	if (rc == 0)
		*ret_file = describe(kind, f);
	return rc;
}

bool shelf_attribute(const struct shelf *s, const struct ip *ip, int32_t day,
	struct attribution *ret_attribution)
{
	enum ip_family family = ip->family == IP_V4 ? IP_V4 : IP_V6;
	const struct file *f = nearest(s, SHELF_TABLE, family, day);

	if (!f)
		return false;
	*ret_attribution = (struct attribution){
		.ip = *ip,
		.table_day = f->day,
		.days_off = days_off(f, day),
		.stale = days_between(f->day, day) > STALE_DAYS,
	};
	ret_attribution->found =
		ip_may_look_up(ip) && table_lookup(f->is.table, ip, &ret_attribution->origin);
	return true;
}
