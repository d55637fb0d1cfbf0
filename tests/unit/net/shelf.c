#include "test.h"

#include "base/image.h"
#include "net/day.h"
#include "net/graph_build.h"
#include "net/paths_build.h"
#include "net/shelf.h"
#include "net/table_build.h"
#include "net/table_format.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	char net[80];

	snprintf(folder, sizeof(folder), "/tmp/test-shelf.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(net, sizeof(net), "%s/net", folder);
	return mkdir(net, 0700);
}

static int remove_folder(void **state)
{
	(void)state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* Installs a table of one day with a prefix of one family. */
static void install(const char *date, const char *prefix, asn_t asn)
{
	struct table_label label = {.source = SPAN("test")};
	struct table_builder *b;
	struct buf payload = {0};
	struct prefix p;
	uint32_t origin;
	char path[128];

	assert_int_equal(day_parse(span_cstr(date), &label.day), 0);
	assert_int_equal(table_builder_new(&b), 0);
	assert_int_equal(prefix_parse(span_cstr(prefix), &p), 0);
	assert_int_equal(table_builder_origin(b, asn, SPAN("Holder"), &origin), 0);
	assert_int_equal(table_builder_add_prefix(b, &p, origin), 0);
	assert_int_equal(table_builder_finish(b, &label, &payload, NULL), 0);
	snprintf(path, sizeof(path), "%s/net/%s.test.table", folder, date);
	assert_int_equal(
		image_write(path, TABLE_MAGIC, TABLE_VERSION, buf_span(&payload), NULL), 0);
	table_builder_free(b);
	buf_done(&payload);
}

static void a_missing_folder_is_an_empty_shelf(void **state)
{
	(void)state;
	struct shelf *s;
	struct attribution a;
	struct ip ip = ip_from_v4(0x08080808);
	size_t bad = 7;

	assert_int_equal(shelf_open("/nowhere/at/all", &s, &bad, NULL), 0);
	assert_int_equal(bad, 0);
	assert_int_equal(shelf_count(s), 0);
	assert_false(shelf_attribute(s, &ip, 14000, &a));
	shelf_close(s);
}

/* Asks and shows the answer as "TABLE-DATE OFF STALE ASN", or "-" when no table can be asked. */
static void assert_attribution(const char *address, const char *date, const char *want)
{
	char got[80] = "-", text[DAY_TEXT];
	struct attribution a;
	struct shelf *s;
	struct ip ip;
	int32_t day;

	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	assert_int_equal(ip_parse(span_cstr(address), &ip), 0);
	assert_int_equal(day_parse(span_cstr(date), &day), 0);
	if (shelf_attribute(s, &ip, day, &a)) {
		assert_true(ip_eq(&a.ip, &ip));
		snprintf(got, sizeof(got), "%s %d %s ", day_format(a.table_day, text), a.days_off,
			a.stale ? "stale" : "fresh");
		snprintf(got + strlen(got), 20, a.found ? "%u" : "none", a.origin.asn);
	}
	shelf_close(s);
	if (strcmp(got, want))
		fail_msg("%s at %s: got \"%s\", want \"%s\"", address, date, got, want);
}

static void the_nearest_table_answers(void **state)
{
	(void)state;
	install("2008-05-01", "8.0.0.0/8", 1);
	install("2009-05-01", "8.0.0.0/8", 2);
	install("2009-05-03", "8.8.0.0/16", 3);
	install("2015-11-01", "2600::/16", 6);
	assert_attribution("8.8.8.8", "2008-05-01", "2008-05-01 0 fresh 1");
	assert_attribution("8.8.8.8", "2000-01-01", "2008-05-01 3043 stale 1");
	assert_attribution("8.8.8.8", "2008-10-30", "2008-05-01 182 fresh 1");
	assert_attribution("8.8.8.8", "2008-11-01", "2009-05-01 181 fresh 2");
	assert_attribution(
		"8.8.8.8", "2009-05-02", "2009-05-01 1 fresh 2"); /* of two the earlier */
	assert_attribution("8.1.8.8", "2009-05-03", "2009-05-03 0 fresh none");
	assert_attribution("8.8.8.8", "2010-05-04", "2009-05-03 366 fresh 3");
	assert_attribution("8.8.8.8", "2010-05-05", "2009-05-03 367 stale 3");
	/* The table of 2015 has no IPv4, those before it no IPv6. */
	assert_attribution("8.8.8.8", "2015-11-01", "2009-05-03 2373 stale 3");
	assert_attribution("2600::1", "2008-05-01", "2015-11-01 2740 stale 6");
}

static void special_addresses_are_never_found(void **state)
{
	(void)state;
	install("2020-01-01", "0.0.0.0/0", 9);
	assert_attribution("10.0.0.1", "2020-01-01", "2020-01-01 0 fresh none");
	assert_attribution("127.0.0.1", "2020-01-01", "2020-01-01 0 fresh none");
	assert_attribution("192.0.2.1", "2020-01-01", "2020-01-01 0 fresh 9");
	assert_attribution("9.9.9.9", "2020-01-01", "2020-01-01 0 fresh 9");
}

static void damaged_tables_are_left_out(void **state)
{
	(void)state;
	struct shelf *s;
	struct err err;
	size_t before, bad;
	char path[128];

	assert_int_equal(shelf_open(folder, &s, &bad, &err), 0);
	assert_int_equal(bad, 0);
	before = shelf_count(s);
	shelf_close(s);
	snprintf(path, sizeof(path), "%s/net/2021-01-01.bad.table", folder);
	install("2021-01-01", "8.0.0.0/8", 1);
	char good[128];

	snprintf(good, sizeof(good), "%s/net/2021-01-01.test.table", folder);
	assert_int_equal(rename(good, path), 0);
	FILE *f = fopen(path, "r+b");

	fseek(f, 5000, SEEK_SET);
	fputc(1, f);
	fclose(f);
	assert_int_equal(shelf_open(folder, &s, &bad, &err), 0);
	assert_int_equal(bad, 1);
	assert_int_equal(shelf_count(s), before);
	assert_non_null(strstr(err.text, "2021-01-01.bad.table"));
	shelf_close(s);
	/* A sound image whose payload is no table. */
	assert_int_equal(image_write(path, TABLE_MAGIC, TABLE_VERSION, SPAN("nothing"), NULL), 0);
	assert_int_equal(shelf_open(folder, &s, &bad, &err), 0);
	assert_int_equal(bad, 1);
	shelf_close(s);
}

static void tables_are_listed_by_date(void **state)
{
	(void)state;
	struct table_info info;
	struct shelf *s;
	int32_t last = 0;

	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	assert_true(shelf_count(s) >= 5);
	for (size_t i = 0; i < shelf_count(s); i++) {
		shelf_info(s, i, &info);
		assert_true(info.day > last);
		last = info.day;
	}
	shelf_close(s);
}

static int32_t day_of(const char *date)
{
	int32_t day;

	assert_int_equal(day_parse(span_cstr(date), &day), 0);
	return day;
}

/* Installs a graph of one link of that AS, under any name. */
static void install_graph(const char *name, const char *date, asn_t asn)
{
	struct graph_label label = {
		.day = day_of(date), .source = SPAN("test"), .terms = SPAN("free")};
	struct graph_builder *b;
	struct buf payload = {0};
	char path[128];

	assert_int_equal(graph_builder_new(&b), 0);
	assert_int_equal(graph_builder_link(b, asn, asn + 1, LINK_PEER), 0);
	assert_int_equal(graph_builder_finish(b, &label, NULL, &payload), 0);
	snprintf(path, sizeof(path), "%s/net/%s", folder, name);
	assert_int_equal(graph_write(path, buf_span(&payload), NULL), 0);
	graph_builder_free(b);
	buf_done(&payload);
}

static void install_paths(const char *name, const char *date, asn_t asn)
{
	struct paths_label label = {.day = day_of(date), .source = SPAN("test")};
	struct paths_builder *b;
	struct buf payload = {0};
	char path[128];

	assert_int_equal(paths_builder_new(&b), 0);
	assert_int_equal(paths_builder_add(b, (asn_t[]){asn, asn + 1}, NULL, 2), 0);
	assert_int_equal(paths_builder_finish(b, &label, &payload), 0);
	snprintf(path, sizeof(path), "%s/net/%s", folder, name);
	assert_int_equal(paths_write(path, buf_span(&payload), NULL), 0);
	paths_builder_free(b);
	buf_done(&payload);
}

/* Something under a name that is no image at all. */
static void install_junk(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/net/%s", folder, name);
	FILE *f = fopen(path, "w");

	fputs("junk", f);
	fclose(f);
}

static void remove_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/net/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void assert_graph(struct shelf *s, const char *date, asn_t want, int32_t want_off)
{
	const struct graph *g;
	struct err err;
	int32_t off;
	int rc = shelf_graph(s, day_of(date), &g, &off, &err);

	if (rc < 0)
		fail_msg("%s: %s", date, err.text);
	assert_int_equal(g->asn[0], want);
	assert_int_equal(off, want_off);
}

static void what_is_not_there_says_what_to_do(void **state)
{
	(void)state;
	const struct graph *g = NULL;
	const struct paths *p = NULL;
	struct shelf *s;
	struct err err;

	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	assert_int_equal(shelf_files(s, SHELF_GRAPH), 0);
	assert_int_equal(shelf_graph(s, 0, &g, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.text, "cordon net import"));
	assert_non_null(strstr(err.text, "cordon net relate"));
	assert_int_equal(shelf_paths(s, 0, &p, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.text, "cordon net import"));
	assert_null(g);
	assert_null(p);
	shelf_close(s);
}

static void the_nearest_graph_is_opened(void **state)
{
	(void)state;
	struct shelf *s;

	install_graph("2008-05-01.a.graph", "2008-05-01", 100);
	install_graph("2008-05-01.b.graph", "2008-05-01", 200);
	install_graph("2009-05-01.a.graph", "2009-05-01", 300);
	install_graph("by-hand.graph", "2012-01-01", 400);
	install_graph("2030-01-01.wrong.graph", "2010-01-01", 500); /* the name lies */
	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	assert_int_equal(shelf_files(s, SHELF_GRAPH), 5);
	assert_graph(s, "2000-01-01", 100, 3043);
	assert_graph(s, "2008-10-30", 100, 182);
	assert_graph(s, "2008-11-01", 300, 181);
	assert_graph(s, "2013-01-01", 400, 366);
	assert_graph(s, "2029-01-01", 400, 6210); /* once the liar is known */
	assert_graph(s, "2010-01-02", 500, 1);
	shelf_close(s);
	remove_file("2030-01-01.wrong.graph");
}

static void the_nearest_paths_are_opened(void **state)
{
	(void)state;
	const struct paths *p;
	struct shelf *s;
	int32_t off;

	install_paths("2008-05-01.a.paths", "2008-05-01", 10);
	install_paths("mine.paths", "2010-07-01", 20);
	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	assert_int_equal(shelf_paths(s, day_of("2010-07-03"), &p, &off, NULL), 0);
	assert_int_equal(p->hop[0], 20);
	assert_int_equal(off, 2);
	assert_int_equal(shelf_paths(s, day_of("2008-04-30"), &p, NULL, NULL), 0);
	assert_int_equal(p->hop[0], 10);
	shelf_close(s);
}

/* One that is damaged is no reason to answer from another year; the others still do. */
static void damaged_graphs_are_told(void **state)
{
	(void)state;
	const struct graph *g = NULL;
	struct shelf *s;
	struct err err;

	install_junk("2008-11-11.bad.graph");
	install_junk("undated.graph");
	assert_int_equal(shelf_open(folder, &s, NULL, &err), 0);
	assert_int_equal(shelf_graph(s, day_of("2008-11-11"), &g, NULL, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "2008-11-11.bad.graph"));
	assert_null(g);
	assert_graph(s, "2009-05-01", 300, 0);
	assert_graph(s, "2100-01-01", 400, 32142);
	shelf_close(s);
	remove_file("2008-11-11.bad.graph");
}

static void all_kinds_are_listed(void **state)
{
	(void)state;
	static const struct {
		enum shelf_kind kind;
		const char *name;
	} want[] = {
		{SHELF_GRAPH, "2008-05-01.a.graph"},
		{SHELF_GRAPH, "2008-05-01.b.graph"},
		{SHELF_GRAPH, "2009-05-01.a.graph"},
		{SHELF_GRAPH, "by-hand.graph"},
		{SHELF_GRAPH, NULL}, /* undated.graph, which is junk */
		{SHELF_PATHS, "2008-05-01.a.paths"},
		{SHELF_PATHS, "mine.paths"},
	};
	size_t at[SHELF_KINDS] = {0};
	struct shelf_file file;
	struct shelf *s;
	struct err err;

	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		int rc = shelf_file(s, want[i].kind, at[want[i].kind]++, &file, &err);

		if (!want[i].name) {
			assert_int_equal(rc, -EBADMSG);
			assert_non_null(strstr(err.text, "undated.graph"));
			continue;
		}
		assert_int_equal(rc, 0);
		assert_string_equal(file.name, want[i].name);
		assert_int_equal(file.kind, want[i].kind);
		assert_span(file.source, "test");
		assert_true(file.bytes > 0 && file.day > 0);
		assert_true(!file.table && !file.graph == (want[i].kind != SHELF_GRAPH));
		assert_true(!file.paths == (want[i].kind != SHELF_PATHS));
	}
	assert_int_equal(at[SHELF_GRAPH], shelf_files(s, SHELF_GRAPH));
	assert_int_equal(at[SHELF_PATHS], shelf_files(s, SHELF_PATHS));
	assert_int_equal(shelf_files(s, SHELF_TABLE), shelf_count(s));
	assert_int_equal(shelf_file(s, SHELF_TABLE, 0, &file, &err), 0);
	assert_string_equal(file.name, "2008-05-01.test.table");
	assert_non_null(file.table);
	shelf_close(s);
}

static void the_nearest_table_is_given(void **state)
{
	(void)state;
	static const struct {
		enum ip_family family;
		const char *date, *want;
		int32_t off;
	} cases[] = {
		{IP_V4, "2008-05-02", "2008-05-01", 1}, {IP_V6, "2008-05-02", "2015-11-01", 2739},
		{IP_NONE, "2015-11-01", "2015-11-01", 0},
		{IP_V4, "2015-11-01", "2020-01-01", 1522}, /* that of 2015 has no IPv4 */
	};
	struct table_info info;
	struct shelf *s;
	int32_t off;

	assert_int_equal(shelf_open(folder, &s, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct table *t =
			shelf_table(s, cases[i].family, day_of(cases[i].date), &off);

		assert_non_null(t);
		table_info(t, &info);
		assert_int_equal(info.day, day_of(cases[i].want));
		assert_int_equal(off, cases[i].off);
	}
	shelf_close(s);
	assert_int_equal(shelf_open("/nowhere/at/all", &s, NULL, NULL), 0);
	assert_null(shelf_table(s, IP_NONE, 0, &off));
	shelf_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_folder_is_an_empty_shelf),
		cmocka_unit_test(the_nearest_table_answers),
		cmocka_unit_test(special_addresses_are_never_found),
		cmocka_unit_test(damaged_tables_are_left_out),
		cmocka_unit_test(tables_are_listed_by_date),
		cmocka_unit_test(what_is_not_there_says_what_to_do),
		cmocka_unit_test(the_nearest_graph_is_opened),
		cmocka_unit_test(the_nearest_paths_are_opened),
		cmocka_unit_test(damaged_graphs_are_told),
		cmocka_unit_test(all_kinds_are_listed),
		cmocka_unit_test(the_nearest_table_is_given),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
