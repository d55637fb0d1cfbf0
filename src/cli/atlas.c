#include "cli/atlas.h"

#include "cli/report.h"
#include "net/day.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdlib.h>

#define LINKS_STALE   92
#define HOLDERS_STALE 366

static struct fit fit_of(int32_t days_off, int32_t stale)
{
	return (struct fit){days_off, days_off > stale};
}

static bool has_holders(const struct origins *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].holder.n)
			return true;
	return false;
}

static void origins_done(struct origins *o)
{
	free(o->list);
	*o = (struct origins){0};
}

/* Counts a table; one that is empty is none. */
static int count_origins(
	const struct table *t, int32_t days_off, struct origins *ret_origins, struct err *err)
{
	struct origins o = {.fit = fit_of(days_off, HOLDERS_STALE)};
	int rc = announced_count(t, &o.list, &o.n);

	if (rc < 0)
		return err_sys(err, rc, "table of origins");
	table_info(t, &o.table);
	if (o.n)
		*ret_origins = o;
	else
		free(o.list);
	return 0;
}

static int32_t days_between(int32_t a, int32_t b)
{
	int64_t days = llabs((int64_t)a - b);

	return days > INT32_MAX ? INT32_MAX : (int32_t)days;
}

/* The nearest table with holders: each table is looked at until none that is left is nearer. */
static int find_holders(struct atlas *a, struct shelf *shelf, struct err *err)
{
	for (size_t i = 0; i < shelf_files(shelf, SHELF_TABLE); i++) {
		struct shelf_file file;
		struct origins o = {0};
		int rc = shelf_file(shelf, SHELF_TABLE, i, &file, err);
		int32_t off = rc < 0 ? 0 : days_between(file.day, a->day);

		if (rc == 0 && a->holders.list && off >= a->holders.fit.days_off)
			continue;
		if (rc == 0)
			rc = count_origins(file.table, off, &o, err);
		if (rc < 0)
			return rc;
		if (has_holders(&o)) {
			origins_done(&a->holders);
			a->holders = o;
		} else {
			origins_done(&o);
		}
	}
	return 0;
}

static int open_tables(struct atlas *a, struct shelf *shelf, struct err *err)
{
	int32_t off;
	const struct table *t = shelf_table(shelf, IP_V4, a->day, &off);

	if (!t)
		t = shelf_table(shelf, IP_NONE, a->day, &off);
	int rc = t ? count_origins(t, off, &a->addresses, err) : 0;

	if (rc == 0 && !has_holders(&a->addresses))
		rc = find_holders(a, shelf, err);
	return rc;
}

int atlas_open_tables(struct shelf *shelf, int32_t day, struct atlas *ret_atlas, struct err *err)
{
	struct atlas a = {.day = day};
	int rc = open_tables(&a, shelf, err);

	if (rc < 0)
		atlas_close(&a);
	else
		*ret_atlas = a;
	return rc;
}

int atlas_open(struct shelf *shelf, int32_t day, struct atlas *ret_atlas, struct err *err)
{
	struct atlas a = {.day = day};
	int32_t off;
	int rc = shelf_graph(shelf, day, &a.graph, &off, err);

	if (rc < 0)
		return rc;
	a.graph_fit = fit_of(off, LINKS_STALE);
	rc = open_tables(&a, shelf, err);
	if (rc < 0)
		atlas_close(&a);
	else
		*ret_atlas = a;
	return rc;
}

int atlas_open_paths(struct atlas *a, struct shelf *shelf, struct err *err)
{
	const struct paths *paths;
	int32_t off;
	int rc = shelf_paths(shelf, a->day, &paths, &off, err);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	a->paths = paths;
	a->paths_fit = fit_of(off, LINKS_STALE);
	return 0;
}

void atlas_close(struct atlas *a)
{
	origins_done(&a->addresses);
	origins_done(&a->holders);
	*a = (struct atlas){0};
}

static const struct announced *find(const struct origins *o, asn_t asn)
{
	return o->list ? announced_find(o->list, o->n, asn) : NULL;
}

const struct announced *atlas_announced_of(const struct atlas *a, asn_t asn)
{
	return find(&a->addresses, asn);
}

const struct announced *atlas_announced(const struct atlas *a, uint32_t node)
{
	return atlas_announced_of(a, a->graph->asn[node]);
}

/* Who names holders. */
static const struct origins *namer(const struct atlas *a)
{
	return a->holders.list ? &a->holders : &a->addresses;
}

struct span atlas_holder_of(const struct atlas *a, asn_t asn)
{
	const struct announced *found = find(namer(a), asn);

	return found ? found->holder : (struct span){0};
}

struct span atlas_holder(const struct atlas *a, uint32_t node)
{
	return atlas_holder_of(a, a->graph->asn[node]);
}

void atlas_label(struct buf *to, const struct atlas *a, uint32_t node)
{
	struct span holder = atlas_holder(a, node);
	char day[DAY_TEXT];

	if (holder.n && namer(a)->fit.stale)
		buf_printf(to, "in %.4s: ", day_format(namer(a)->table.day, day));
	buf_add(to, holder.n ? holder : SPAN("-"));
}

void atlas_name(struct buf *to, const struct atlas *a, uint32_t node, int most)
{
	struct buf label = {0};

	buf_printf(to, "AS%u", a->graph->asn[node]);
	if (!atlas_holder(a, node).n)
		return;
	atlas_label(&label, a, node);
	buf_byte(to, ' ');
	clean_cell(to, buf_span(&label), most);
	while (to->n && to->p[to->n - 1] == ' ')
		to->n--;
	buf_done(&label);
}

void atlas_numbers(
	struct buf *to, const struct atlas *a, const uint32_t *node, size_t n, size_t most)
{
	size_t shown = n <= most ? n : most - 1, items = n <= most ? n : most;

	for (size_t i = 0; i < shown; i++)
		buf_printf(to, "%sAS%u", words_joint(i, items), a->graph->asn[node[i]]);
	if (shown == n)
		return;
	buf_str(to, words_joint(shown, items));
	words_number(to, (double)(n - shown));
	buf_str(to, shown ? " more" : " networks");
}

/* "Graph as-rel of 2008-11-01, 10 days off"; what it means when it is stale. */
static void source_words(struct buf *to, const char *what, struct span name, int32_t day,
	const struct fit *fit, const char *stale)
{
	buf_printf(to, "%s ", what);
	clean_text(to, name);
	buf_str(to, " of ");
	report_day(to, day);
	buf_str(to, ", ");
	words_days_off(to, fit->days_off);
	if (fit->stale)
		buf_printf(to, " (stale: %s)", stale);
}

static const char links_stale[] = "links may have been others; import some nearer the day";
static const char prefixes_stale[] =
	"prefixes may have been others'; import a table nearer the day";
static const char holders_stale[] = "a number may have been another's, so names have the year";

void atlas_graph_words(struct buf *to, const struct atlas *a)
{
	const struct graph_info *info = &a->graph->info;

	source_words(to, "Graph", info->source, info->day, &a->graph_fit, links_stale);
	buf_str(to, ": ");
	words_count(to, a->graph->nodes, "network", "networks");
	buf_str(to, ", ");
	words_count(to, a->graph->links, "link", "links");
	buf_byte(to, '.');
}

void atlas_table_words(struct buf *to, const struct atlas *a)
{
	const struct origins *counted = &a->addresses, *named = namer(a);

	if (!counted->list) {
		buf_str(to, "No table of origins: only networks are counted, and none has a name; "
			    "'cordon net import FILE' with prefixes and origins of about that day "
			    "adds addresses and holders.");
		return;
	}
	source_words(to,
		named == counted ? "Addresses and holders:" : "Addresses:", counted->table.source,
		counted->table.day, &counted->fit,
		named == counted ? holders_stale : prefixes_stale);
	buf_byte(to, '.');
	if (named == counted)
		return;
	source_words(
		to, " Holders:", named->table.source, named->table.day, &named->fit, holders_stale);
	buf_byte(to, '.');
}

void atlas_paths_words(struct buf *to, const struct atlas *a)
{
	if (!a->paths)
		return;
	source_words(to, "Paths:", a->paths->info.source, a->paths->info.day, &a->paths_fit,
		"others may see it by now");
	buf_byte(to, '.');
}

json_t *atlas_source_json(struct span name, int32_t day, struct span terms, const struct fit *fit)
{
	struct buf text = {0};

	report_day(&text, day);
	json_t *j = json_pack("{s:o, s:o, s:i, s:b, s:o}", "source", json_text(name), "date",
		json_text(buf_span(&text)), "days_off", (int)fit->days_off, "stale",
		(int)fit->stale, "terms", json_text(terms));

	buf_done(&text);
	return j;
}

static json_t *origins_json(const struct origins *o)
{
	return o->list ? atlas_source_json(o->table.source, o->table.day, o->table.terms, &o->fit)
		       : json_null();
}

void atlas_sources_json(json_t *to, const struct atlas *a)
{
	const struct graph_info *info = &a->graph->info;
	json_t *graph = atlas_source_json(info->source, info->day, info->terms, &a->graph_fit);
	struct buf day = {0};

	json_object_set_new(graph, "method", json_text(info->method));
	json_object_set_new(graph, "networks", json_integer(a->graph->nodes));
	json_object_set_new(graph, "links", json_integer(a->graph->links));
	report_day(&day, a->day);
	json_object_set_new(to, "day", json_text(buf_span(&day)));
	json_object_set_new(to, "graph", graph);
	json_object_set_new(to, "table", origins_json(&a->addresses));
	json_object_set_new(to, "holders", origins_json(&a->holders));
	buf_done(&day);
}

json_t *atlas_json(const struct atlas *a, uint32_t node)
{
	struct span holder = atlas_holder(a, node);

	return json_pack("{s:I, s:o}", "asn", (json_int_t)a->graph->asn[node], "holder",
		holder.n ? json_text(holder) : json_null());
}
