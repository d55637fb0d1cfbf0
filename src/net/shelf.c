/*
 * All tables are opened at once and stand in order of their days. There are few (a person keeps
 * some dozens), so the nearest one is found by looking at each.
 */
#include "net/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define STALE_DAYS 366

struct shelf {
	struct table **tables;
	size_t n;
};

static int is_table(const struct dirent *d)
{
	return d->d_name[0] != '.' && span_ends_nocase(span_cstr(d->d_name), SPAN(".table"));
}

static int32_t day_of(const struct table *t)
{
	struct table_info info;

	table_info(t, &info);
	return info.day;
}

static int compare_days(const void *a, const void *b)
{
	int32_t x = day_of(*(struct table *const *)a), y = day_of(*(struct table *const *)b);

	return x < y ? -1 : x > y;
}

/* Opens one file; one that cannot be used is counted, but memory that is short is a failure. */
static int open_one(
	struct shelf *s, const char *folder, const char *name, size_t *bad, struct err *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return err_sys(err, -ENAMETOOLONG, "%s", folder);
	int rc = table_open(path, &s->tables[s->n], err);

	if (rc == -ENOMEM)
		return rc;
	if (rc < 0)
		(*bad)++;
	else
		s->n++;
	return 0;
}

static int open_all(struct shelf *s, const char *folder, size_t *bad, struct err *err)
{
	struct dirent **names;
	int n = scandir(folder, &names, is_table, alphasort);

	if (n < 0)
		return errno == ENOENT ? 0 : err_sys(err, -errno, "%s", folder);
	s->tables = calloc((size_t)n + 1, sizeof(struct table *));
	int rc = s->tables ? 0 : err_sys(err, -ENOMEM, "%s", folder);

	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = open_one(s, folder, names[i]->d_name, bad, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

int shelf_open(const char *state_dir, struct shelf **ret_shelf, size_t *ret_bad, struct err *err)
{
	struct shelf *s = calloc(1, sizeof(*s));
	char folder[PATH_MAX];
	size_t bad = 0;

	if (!s)
		return err_sys(err, -ENOMEM, "%s", state_dir);
	int rc = snprintf(folder, sizeof(folder), "%s/net", state_dir) < (int)sizeof(folder)
			 ? open_all(s, folder, &bad, err)
			 : err_sys(err, -ENAMETOOLONG, "%s", state_dir);

	if (rc < 0) {
		shelf_close(s);
		return rc;
	}
	/* Tables of one day stay in order of their names (the sort of glibc is stable). */
	if (s->n)
		qsort(s->tables, s->n, sizeof(*s->tables), compare_days);
	if (ret_bad)
		*ret_bad = bad;
	*ret_shelf = s;
	return 0;
}

void shelf_close(struct shelf *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		table_close(s->tables[i]);
	free(s->tables);
	free(s);
}

size_t shelf_count(const struct shelf *s)
{
	return s->n;
}

void shelf_info(const struct shelf *s, size_t i, struct table_info *ret_info)
{
	table_info(s->tables[i], ret_info);
}

static int64_t days_between(int32_t a, int32_t b)
{
	return llabs((int64_t)a - b);
}

/* The table nearest a day that has any entry of the family; of two as near the earlier. */
static const struct table *nearest(const struct shelf *s, uint8_t family, int32_t day)
{
	const struct table *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct table_info info;

		table_info(s->tables[i], &info);
		if ((family == IP_V4 ? info.v4 : info.v6) == 0)
			continue;
		if (!best || days_between(info.day, day) < days_between(day_of(best), day))
			best = s->tables[i];
	}
	return best;
}

bool shelf_attribute(const struct shelf *s, const struct ip *ip, int32_t day,
	struct attribution *ret_attribution)
{
	const struct table *t = nearest(s, ip->family, day);

	if (!t)
		return false;
	int64_t off = days_between(day_of(t), day);

	*ret_attribution = (struct attribution){
		.ip = *ip,
		.table_day = day_of(t),
		.days_off = off > INT32_MAX ? INT32_MAX : (int32_t)off,
		.stale = off > STALE_DAYS,
	};
	ret_attribution->found =
		ip_may_look_up(ip) && table_lookup(t, ip, &ret_attribution->origin);
	return true;
}
