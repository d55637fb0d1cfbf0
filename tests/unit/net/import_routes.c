/* Routes of collectors: the text of bgpdump, MRT; files that are cut; several kinds at once. */
#include "import_files.h"

#include "mrt_writer.h"

#include <zlib.h>

/* The text of bgpdump -m: what of the fields before the path is right, and of the path. */
static void text_of_bgpdump_gives_table_and_paths(void **state)
{
	(void)state;
	struct result r = import_text("rib.txt",
		"# comment\n"
		"TABLE_DUMP2|1277971199|B|192.0.2.1|1|11.0.0.0/8|1 2 3|IGP|192.0.2.1|0|0||NAG||\n"
		"TABLE_DUMP2|1277971199|B|192.0.2.2|4|11.0.0.0/8|4 4 2 3|IGP|192.0.2.1|0|0||NAG||\n"
		"TABLE_DUMP|1277971199|B|192.0.2.2|4|11.0.0.0/8|4 5|IGP|192.0.2.1|0|0||NAG||\n"
		"TABLE_DUMP2_AP|1277971199|B|2001:db8::1|4|2001:db8::/32|7|4 5 "
		"{8,9}|IGP|::1|0|0||NAG||\n"
		"BGP4MP|1277971199|A|192.0.2.1|1|11.1.0.0/16|(64512) 1 6|IGP|192.0.2.1|0|0||NAG||\n"
		"BGP4MP_ET|1277971199.25|W|192.0.2.1|1|11.1.0.0/16\n"
		"BGP4MP_LOCAL|1277971199|A|192.0.2.1|1|11.1.0.0/16|1 7|IGP|192.0.2.1|0|0||NAG||\n"
		"BGP4MP|1277971199|STATE|192.0.2.1|1|6|1\n");

	assert_installed_as(&r, "2010-07-01.rib.table");
	assert_paths(&r, "1 2 3 x1; 4 2 3 x1; 4 5 x2; 1 6 x1");
	assert_origin(&r, "11.0.0.1", "11.0.0.0/8 3 ");
	assert_origin(&r, "2001:db8::1", "2001:db8::/32 8 ");
	assert_origin(&r, "11.1.0.1", "11.1.0.0/16 6 ");
	COUNTS(r, {IMPORT_ROUTES, 4}, {IMPORT_ANNOUNCED, 1}, {IMPORT_WITHDRAWN, 1},
		{IMPORT_STATES, 1}, {IMPORT_LOCAL, 1}, {IMPORT_PREFIXES, 3}, {IMPORT_DISTINCT, 4},
		{IMPORT_MANY_ORIGINS, 1}, {IMPORT_ORIGIN_SET, 1}, {IMPORT_PATH_PREPENDED, 1},
		{IMPORT_PATH_SETS, 1}, {IMPORT_PATH_CONFEDS, 1});
	import_report_done(&r.report);
}

static void what_is_no_route_for_the_table_is_counted(void **state)
{
	(void)state;
	static const struct {
		const char *prefix, *path;
		enum import_count why;
	} rows[] = {
		{"0.0.0.0/0", "1 2", IMPORT_WIDE},
		{"::/0", "1 2", IMPORT_WIDE},
		{"128.0.0.0/7", "1 2", IMPORT_WIDE},
		{"2000::/15", "1 2", IMPORT_WIDE},
		{"10.0.0.0/8", "1 2", IMPORT_SPECIAL},
		{"fd00::/16", "1 2", IMPORT_SPECIAL},
		{"11.0.0.0/8", "", IMPORT_NO_ORIGIN},
		{"11.0.0.0/8", "(1 2)", IMPORT_NO_ORIGIN},
		{"11.0.0.0/8", "1 64512", IMPORT_ORIGIN_SCOPE},
		{"11.0.0.0/8", "1 23456", IMPORT_ORIGIN_SCOPE},
		{"11.0.0.0/8", "1 {64512,2}", IMPORT_ORIGIN_SCOPE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"BGP4MP|1277971199|A|192.0.2.1|1|%s|%s|IGP|::1|0|0||NAG||\n"
			"BGP4MP|1277971199|A|192.0.2.1|1|16.0.0.0/8|1|IGP|::1|0|0||NAG||\n",
			rows[i].prefix, rows[i].path);
		struct result r = import_text("odd.txt", text);

		assert_int_equal(r.rc, 0);
		if (r.report.count[rows[i].why] != 1)
			fail_msg("%s %s is not counted", rows[i].prefix, rows[i].path);
		assert_int_equal(r.report.count[IMPORT_PREFIXES], 1);
		assert_int_equal(r.report.count[IMPORT_ANNOUNCED], 2);
		import_report_done(&r.report);
	}
}

static void routes_alone_that_make_nothing_are_no_import(void **state)
{
	(void)state;
	struct result r = import_text("nothing.txt",
		"BGP4MP|1277971199|A|192.0.2.1|1|10.0.0.0/8|64512|IGP|::1|0|0||NAG||\n");

	assert_int_equal(r.rc, -EINVAL);
	assert_non_null(strstr(r.err.text, "no row"));
	assert_int_equal(r.report.count[IMPORT_SPECIAL], 1);
	import_report_done(&r.report);
	r = import_text("withdrawn.txt", "BGP4MP|1277971199|W|192.0.2.1|1|11.0.0.0/8\n");
	assert_int_equal(r.rc, -EINVAL);
	import_report_done(&r.report);
	/* A path alone is something. */
	r = import_text("default.txt",
		"BGP4MP|1277971199|A|192.0.2.1|1|0.0.0.0/0|1 2|IGP|::1|0|0||NAG||\n");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.report.path[IMPORT_TABLE].n, 0);
	assert_paths(&r, "1 2 x1");
	import_report_done(&r.report);
}

/* An update of prefixes, parted by blanks. */
static void put_announcement(struct buf *to, uint32_t time, const char *prefixes, const char *path)
{
	struct mrt_peer peer = {.ip = ip_from_v4(0xc0000201), .asn = 64500};
	struct buf attributes = {0}, announced = {0}, update = {0};
	struct span rest = span_cstr(prefixes), one;

	mrt_put_path_text(&attributes, BGP_AS_PATH, 4, path);
	mrt_put_next_hop(&attributes, &peer.ip);
	while (span_cut(&rest, ' ', &one)) {
		struct prefix p;

		assert_int_equal(prefix_parse(one, &p), 0);
		mrt_put_prefix(&announced, &p);
	}
	mrt_put_update(
		&update, (struct span){NULL, 0}, buf_span(&attributes), buf_span(&announced));
	mrt_put_message(to, (struct mrt_stamp){time, -1}, 4, &peer, 2, buf_span(&update));
	buf_done(&attributes);
	buf_done(&announced);
	buf_done(&update);
}

/* A table of two peers, and a third that stands in no table of peers. */
static void put_rib(struct buf *to, unsigned subtype, const char *prefix, const char *const *paths)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_cstr(prefix), &p), 0);
	struct mrt_rib rib = mrt_rib_begin(to, 1277971199, subtype, 0, &p);

	for (unsigned i = 0; i < 3; i++) {
		struct buf attributes = {0};

		mrt_put_path_text(&attributes, BGP_AS_PATH, 4, paths[i]);
		mrt_rib_entry(to, &rib, i, 0, 0, buf_span(&attributes));
		buf_done(&attributes);
	}
	mrt_rib_end(to, &rib);
}

static struct buf mrt_file(void)
{
	static const struct mrt_peer peers[2] = {
		{{IP_V4, {192, 0, 2, 1}}, 64500, 0}, {{IP_V4, {192, 0, 2, 2}}, 64501, 1}};
	struct buf b = {0};

	mrt_put_peers(&b, 1277971199, peers, 2, false);
	put_rib(&b, 2, "11.0.0.0/8", (const char *const[]){"1 2 3", "4 5", "7"});
	put_rib(&b, 3, "12.0.0.0/8", (const char *const[]){"1 2 3", "4 5", "7"}); /* multicast */
	put_rib(&b, 4, "2001:db8::/32", (const char *const[]){"1 2 3", "4 4 3", "7"});
	put_announcement(&b, 1277971210, "13.0.0.0/8", "1 9");
	return b;
}

static void mrt_gives_table_and_paths(void **state)
{
	(void)state;
	struct buf b = mrt_file();
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("rib.mrt", buf_span(&b)), NULL});

	assert_installed_as(&r, "2010-07-01.rib.table");
	assert_paths(&r, "1 2 3 x2; 4 5 x1; 4 3 x1; 1 9 x1");
	assert_origin(&r, "11.0.0.1", "11.0.0.0/8 3 "); /* of equals the lower number */
	assert_origin(&r, "12.0.0.1", "-");
	assert_origin(&r, "2001:db8::1", "2001:db8::/32 3 ");
	assert_origin(&r, "13.0.0.1", "13.0.0.0/8 9 ");
	COUNTS(r, {IMPORT_ROUTES, 4}, {IMPORT_ANNOUNCED, 1}, {IMPORT_MULTICAST, 2},
		{IMPORT_PREFIXES, 3}, {IMPORT_DISTINCT, 4}, {IMPORT_MANY_ORIGINS, 1},
		{IMPORT_PATH_PREPENDED, 1}, {IMPORT_MRT_PEER, 3});
	assert_true(r.report.first_bad.record);
	assert_string_equal(r.report.first_bad.file, "rib.mrt");
	import_report_done(&r.report);
	buf_done(&b);
}

/* What an update announces by one path counts for each prefix, also what is odd. */
static void an_update_of_many_prefixes_has_one_path(void **state)
{
	(void)state;
	struct buf b = {0};

	put_announcement(&b, 1277971199, "13.0.0.0/8 10.0.0.0/8 14.0.0.0/8", "1 1 9 {3}");
	put_announcement(&b, 1277971199, "13.0.0.0/8 15.0.0.0/8", "1 9 1 64512");
	put_announcement(&b, 1277971199, "13.0.0.0/8 16.0.0.0/8", "1 9");
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("updates.mrt", buf_span(&b)), NULL});

	assert_paths(&r, "1 9 x5");
	assert_origin(&r, "13.0.0.1", "13.0.0.0/8 3 ");
	assert_origin(&r, "14.0.0.1", "14.0.0.0/8 3 ");
	assert_origin(&r, "15.0.0.1", "-");
	assert_origin(&r, "16.0.0.1", "16.0.0.0/8 9 ");
	COUNTS(r, {IMPORT_ANNOUNCED, 7}, {IMPORT_PREFIXES, 3}, {IMPORT_DISTINCT, 1},
		{IMPORT_MANY_ORIGINS, 1}, {IMPORT_ORIGIN_SET, 2}, {IMPORT_ORIGIN_SCOPE, 2},
		{IMPORT_SPECIAL, 1}, {IMPORT_PATH_PREPENDED, 3}, {IMPORT_PATH_SETS, 3},
		{IMPORT_PATH_LOOPS, 2});
	import_report_done(&r.report);
	buf_done(&b);
}

/* Cut at every byte: what came before counts, and that something lacks is told. */
static void a_cut_mrt_file_gives_what_it_held(void **state)
{
	(void)state;
	struct buf b = mrt_file(), whole = {0};
	size_t routes = 0;

	put_announcement(&whole, 1277971199, "14.0.0.0/8", "1 9"); /* so that there is something */
	size_t first = whole.n;

	buf_add(&whole, buf_span(&b));
	for (size_t n = first + 1; n < whole.n; n += 7) {
		struct result r = import_all(&(struct import_options){0},
			(const char *const[]){
				write_file("rib.mrt", span_take(buf_span(&whole), n)), NULL});
		char where[64];

		snprintf(where, sizeof(where), "cut off at byte %zu,", n);
		assert_int_equal(r.rc, 0);
		assert_true(r.report.count[IMPORT_CUT] == (r.report.cut[0] != '\0'));
		if (r.report.count[IMPORT_CUT] && !strstr(r.report.cut, where))
			fail_msg("%s", r.report.cut);
		assert_true(r.report.count[IMPORT_ROUTES] >= routes);
		routes = r.report.count[IMPORT_ROUTES];
		import_report_done(&r.report);
	}
	assert_int_equal(routes, 4);
	buf_done(&b);
	buf_done(&whole);
}

static void a_cut_text_loses_its_last_line(void **state)
{
	(void)state;
	static const char text[] =
		"BGP4MP|1277971199|A|192.0.2.1|1|11.0.0.0/8|1 2|IGP|::1|0|0||NAG||\n"
		"BGP4MP|1277971199|A|192.0.2.1|1|12.0.0.0/8|1 234";
	struct result r = import_text("cut.txt", text);

	COUNTS(r, {IMPORT_ANNOUNCED, 1}, {IMPORT_PREFIXES, 1}, {IMPORT_DISTINCT, 1},
		{IMPORT_CUT, 1});
	assert_non_null(strstr(r.report.cut, "cut.txt: the last line has no end, behind 1 lines"));
	import_report_done(&r.report);
}

/* Compressed data that are cut off: a line without its end could name another AS. */
static void a_cut_stream_loses_its_last_line(void **state)
{
	(void)state;
	char path[128], bytes[1 << 16], line[64];
	uint32_t seed = 1;

	snprintf(path, sizeof(path), "%s/cut-20080501.dat.gz", folder);
	gzFile f = gzopen(path, "wb");

	for (uint32_t i = 0; i < 4000; i++) {
		seed = seed * 1664525 + 1013904223;
		snprintf(line, sizeof(line), "11.%u.%u.0/24\t%u\n", i >> 8, i & 255,
			1 + seed % 60000);
		gzputs(f, line);
	}
	gzclose(f);
	FILE *whole = fopen(path, "rb");
	size_t n = fread(bytes, 1, sizeof(bytes), whole);

	fclose(whole);
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){
			write_file("cut-20080501.dat.gz", (struct span){bytes, n / 2}), NULL});
	uint64_t rows = r.report.count[IMPORT_ROWS];

	assert_true(rows > 1000 && rows < 3000);
	COUNTS(r, {IMPORT_ROWS, rows}, {IMPORT_CUT, 1});
	assert_non_null(strstr(r.report.cut, "cut off"));
	import_report_done(&r.report);
}

static void files_of_several_kinds_work_together(void **state)
{
	(void)state;
	struct buf b = {0};

	put_announcement(&b, 1277971210, "13.0.0.0/8", "1 9");
	put_announcement(&b, 1277971210, "14.0.0.0/8", "1 9");
	struct result r = import_all(&(struct import_options){.source = "mix"},
		(const char *const[]){write_file("updates.20100701", buf_span(&b)),
			write_file("x.txt", SPAN("BGP4MP|1277971199|A|::1|1|15.0.0.0/"
						 "8|1|IGP|::1|0|0||NAG||\n")),
			write_file("x.csv", SPAN("14.0.0.0/8,64500,Given\n")), NULL});

	assert_installed_as(&r, "2010-07-01.mix.table");
	assert_origin(&r, "13.0.0.1", "13.0.0.0/8 9 ");
	assert_origin(&r, "14.0.0.1", "14.0.0.0/8 64500 Given"); /* rows go before routes */
	assert_origin(&r, "15.0.0.1", "15.0.0.0/8 1 ");
	COUNTS(r, {IMPORT_ROWS, 1}, {IMPORT_ANNOUNCED, 3}, {IMPORT_PREFIXES, 3},
		{IMPORT_DISTINCT, 2}, {IMPORT_REPEATED, 1});
	import_report_done(&r.report);
	buf_done(&b);
}

/* The time of the first record is the day, unless its clock was never set. */
static void routes_tell_their_day(void **state)
{
	(void)state;
	struct buf b = {0};
	const char *text = write_file("other.txt",
		SPAN("BGP4MP|1277971199|A|192.0.2.1|1|11.0.0.0/8|1|IGP|::1|0|0||NAG||\n"));

	put_announcement(&b, 5, "13.0.0.0/8", "1 9");
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("clock-2008-05-01", buf_span(&b)), NULL});

	assert_installed_as(&r, "2008-05-01.clock.table");
	import_report_done(&r.report);
	buf_clear(&b);
	put_announcement(&b, 1277971199 + 86400, "13.0.0.0/8", "1 9");
	const char *mrt = write_file("late", buf_span(&b));

	r = import_all(&(struct import_options){0}, (const char *const[]){text, mrt, NULL});
	assert_int_equal(r.rc, -EINVAL);
	assert_non_null(strstr(r.err.text, "late says it is of 2010-07-02"));
	r = import_all(&(struct import_options){.has_day = true, .day = 14194},
		(const char *const[]){text, mrt, NULL});
	assert_installed_as(&r, "2008-11-11.other.table");
	import_report_done(&r.report);
	buf_done(&b);
}

/* Serial-1 of CAIDA, with its day in a comment; lines that say nothing, twice the same, or wrong.
 */
static void relationships_give_a_graph(void **state)
{
	(void)state;
	static const char text[] = "# source:topology|BGP|20100701|routeviews\n"
				   "# source:topology|BGP|20100702|ris\n"
				   "# inferred clique: 1 2\n"
				   "1|2|0\n"
				   "1|3|-1\n"
				   "2|4|-1|bgp\n"
				   "1|3|-1\n"
				   "4|2|-1\n"
				   "5|5|0\n"
				   "3|64512|-1\n"
				   "3|4\n"
				   "3|x|0\n"
				   "3|4|7\n";
	struct result r = import_text("20100701.as-rel.txt", text);
	enum link_kind kind;
	struct graph *g;

	assert_int_equal(r.rc, 0);
	assert_int_equal(r.report.path[IMPORT_TABLE].n, 0);
	assert_int_equal(r.report.path[IMPORT_PATHS].n, 0);
	assert_non_null(strstr(r.report.path[IMPORT_GRAPH].p, "/net/2010-07-01.as-rel.graph"));
	COUNTS(r, {IMPORT_LINKS, 3}, {IMPORT_LINK_REPEATED, 1}, {IMPORT_LINK_MUTUAL, 1},
		{IMPORT_LINK_LOOPS, 1}, {IMPORT_LINK_SCOPE, 1}, {IMPORT_FIELDS, 1}, {IMPORT_ASN, 1},
		{IMPORT_LINK, 1});
	assert_int_equal(r.report.first_bad.line, 11);
	assert_int_equal(graph_open(r.report.path[IMPORT_GRAPH].p, &g, NULL), 0);
	assert_int_equal(g->nodes, 4);
	assert_int_equal(g->links, 3);
	assert_true(graph_link(g, graph_find(g, 3), graph_find(g, 1), &kind));
	assert_int_equal(kind, LINK_PROVIDER);
	assert_true(graph_link(g, graph_find(g, 2), graph_find(g, 4), &kind));
	assert_int_equal(kind, LINK_SIBLING);
	assert_int_equal(g->flags[graph_find(g, 1)], GRAPH_CLIQUE);
	assert_span(g->info.method, "given");
	graph_close(g);
	import_report_done(&r.report);
}

static void table_paths_and_graph_come_of_one_import(void **state)
{
	(void)state;
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){
			write_file(
				"all.txt", SPAN("BGP4MP|1277971199|A|::1|1|15.0.0.0/8|1 2|IGP|\n")),
			write_file("as-rel.txt", SPAN("1|2|-1\n")), NULL});

	assert_installed_as(&r, "2010-07-01.all.table");
	assert_paths(&r, "1 2 x1");
	assert_non_null(strstr(r.report.path[IMPORT_GRAPH].p, "/net/2010-07-01.all.graph"));
	import_report_done(&r.report);
}

static void take_progress(void *context, const struct import_progress *p)
{
	struct import_progress *last = context;

	assert_true(p->items > last->items && p->taken >= last->taken);
	*last = *p;
}

static void progress_is_told(void **state)
{
	(void)state;
	struct import_progress p = {0};
	struct buf b = {0};

	for (uint32_t i = 0; i < 30000; i++)
		buf_printf(&b, "11.%u.%u.0/24\t1\n", i >> 8, i & 255);
	struct result r =
		import_all(&(struct import_options){.progress = take_progress, .context = &p},
			(const char *const[]){write_file("many-20080501", buf_span(&b)), NULL});

	assert_int_equal(r.rc, 0);
	assert_int_equal(p.size, b.n);
	assert_true(p.items > 20000 && p.items <= 30000);
	import_report_done(&r.report);
	buf_done(&b);
}

static void every_count_has_its_words(void **state)
{
	(void)state;
	for (int i = 1; i < IMPORT_COUNTS; i++) {
		assert_non_null(import_count_words(i));
		assert_non_null(import_count_key(i));
		for (int k = 1; k < i; k++)
			assert_string_not_equal(import_count_key(i), import_count_key(k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_bgpdump_gives_table_and_paths),
		cmocka_unit_test(what_is_no_route_for_the_table_is_counted),
		cmocka_unit_test(routes_alone_that_make_nothing_are_no_import),
		cmocka_unit_test(mrt_gives_table_and_paths),
		cmocka_unit_test(an_update_of_many_prefixes_has_one_path),
		cmocka_unit_test(a_cut_mrt_file_gives_what_it_held),
		cmocka_unit_test(a_cut_text_loses_its_last_line),
		cmocka_unit_test(a_cut_stream_loses_its_last_line),
		cmocka_unit_test(files_of_several_kinds_work_together),
		cmocka_unit_test(routes_tell_their_day),
		cmocka_unit_test(relationships_give_a_graph),
		cmocka_unit_test(table_paths_and_graph_come_of_one_import),
		cmocka_unit_test(progress_is_told),
		cmocka_unit_test(every_count_has_its_words),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
