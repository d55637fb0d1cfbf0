/* Rows of origins: CSV, pairs, MMDB; dates, names and terms. */
#include "import_files.h"

#include "mmdb_writer.h"
#include "net/day.h"

#include <zlib.h>

static void csv_is_read_with_its_quotes(void **state)
{
	(void)state;
	struct result r = import_text("asn-2026-06-17.csv",
		"start,end,asn,name\n"
		"192.0.2.0,192.0.2.127,64500,\"Example, \"\"Inc.\"\"\"\r\n"
		"192.0.2.128,192.0.2.255,AS64501,Plain\n"
		"2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64502\n"
		"\"198.51.100.0\",\"198.51.100.255\",\"64503\",\"\"\n"
		"203.0.113.0/25,64504,Prefix form,ignored\n"
		"203.0.113.128,203.0.113.255,64505,no end of line");

	assert_installed_as(&r, "2026-06-17.asn.table");
	assert_int_equal(r.report.count[IMPORT_ROWS], 6);
	assert_string_equal(r.report.first_bad.file, "");
	assert_origin(&r, "192.0.2.1", "192.0.2.0/25 64500 Example, \"Inc.\"");
	assert_origin(&r, "192.0.2.129", "192.0.2.128/25 64501 Plain");
	assert_origin(&r, "2001:db8::1", "2001:db8::/32 64502 ");
	assert_origin(&r, "198.51.100.1", "198.51.100.0/24 64503 ");
	assert_origin(&r, "203.0.113.1", "203.0.113.0/25 64504 Prefix form");
	assert_origin(&r, "203.0.113.200", "203.0.113.128/25 64505 no end of line");
	import_report_done(&r.report);
}

static void what_cannot_be_read_is_counted_by_its_reason(void **state)
{
	(void)state;
	char text[9000];
	int n = snprintf(text, sizeof(text),
		"192.0.2.0,192.0.2.255,1,good\n"
		"192.0.2.0,\n"
		"192.0.2.0,192.0.2.255,1,\"open\n"
		"192.0.2.0,192.0.2.255,1,\"a\"b\n"
		"192.0.2.300,192.0.2.255,1,x\n"
		"192.0.2.9,192.0.2.1,1,backwards\n"
		"192.0.2.9,2001:db8::,1,two families\n"
		"192.0.2.0,192.0.2.255,many,x\n"
		"192.0.2.0,192.0.2.255,4294967296,x\n"
		"192.0.2.0,192.0.2.255,2,");

	memset(text + n, 'x', 5000);
	text[n + 5000] = '\0';
	struct result r = import_text("2026-06-17.csv", text);

	assert_int_equal(r.rc, 0);
	assert_int_equal(r.report.count[IMPORT_ROWS], 1);
	assert_int_equal(r.report.count[IMPORT_FIELDS], 3);
	assert_int_equal(r.report.count[IMPORT_ADDRESS], 3);
	assert_int_equal(r.report.count[IMPORT_ASN], 2);
	assert_int_equal(r.report.count[IMPORT_LONG], 1);
	assert_string_equal(r.report.first_bad.file, "2026-06-17.csv");
	assert_int_equal(r.report.first_bad.line, 2);
	assert_string_equal(r.report.first_bad.text, "192.0.2.0,");
	import_report_done(&r.report);
}

static void pairs_are_read_with_their_sets(void **state)
{
	(void)state;
	struct result r = import_text("origins.dat", "; IP-ASN-DAT file\n"
						     "; Original file : rib.20080501.0644.bz2\n"
						     "; Converted on  : Sat Apr 30 21:34:43 2011\n"
						     "# 20110101 comes too late\n"
						     "\n"
						     "192.0.2.0/24\t64500\n"
						     "198.51.100.0/24\t64501_64502\n"
						     "203.0.113.0/24\t{64503,64504}\n"
						     "2001:db8::/32\t{64505}\n"
						     "192.0.2.0/24\t64999\n"
						     "192.0.2.0/25\t_\n"
						     "192.0.2.0/25\t1_x\n"
						     "192.0.2.0/25\n"
						     "192.0.2.0/33\t1\n");

	assert_installed_as(&r, "2008-05-01.origins.table");
	assert_int_equal(r.report.count[IMPORT_ROWS], 5);
	assert_int_equal(r.report.count[IMPORT_SETS], 2);
	assert_int_equal(r.report.count[IMPORT_REPEATED], 1);
	assert_int_equal(r.report.count[IMPORT_ASN], 2);
	assert_int_equal(r.report.count[IMPORT_FIELDS], 1);
	assert_int_equal(r.report.count[IMPORT_ADDRESS], 1);
	assert_origin(&r, "192.0.2.1", "192.0.2.0/24 64500 ");
	assert_origin(&r, "198.51.100.1", "198.51.100.0/24 64501 ");
	assert_origin(&r, "203.0.113.1", "203.0.113.0/24 64503 ");
	assert_origin(&r, "2001:db8::1", "2001:db8::/32 64505 ");
	import_report_done(&r.report);
}

static void compressed_files_are_read(void **state)
{
	(void)state;
	char path[128];

	snprintf(path, sizeof(path), "%s/origins-20080501.dat.gz", folder);
	gzFile f = gzopen(path, "wb");

	gzputs(f, "192.0.2.0/24\t64500\n");
	gzclose(f);
	struct result r =
		import_all(&(struct import_options){0}, (const char *const[]){path, NULL});

	assert_installed_as(&r, "2008-05-01.origins.table");
	import_report_done(&r.report);
}

static void add_mmdb(struct mmdb_writer *w, const char *prefix, asn_t asn, const char *holder)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_cstr(prefix), &p), 0);
	mmdb_writer_add(w, &p, asn, span_cstr(holder));
}

static struct result import_mmdb_file(struct mmdb_writer *w, const char *type)
{
	struct buf b = {0};

	mmdb_writer_finish(w, type, 1229990400, &b); /* 2008-12-23 */
	struct result r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("db.mmdb", buf_span(&b)), NULL});

	buf_done(&b);
	mmdb_writer_free(w);
	return r;
}

static void mmdb_trees_are_walked(void **state)
{
	(void)state;
	struct mmdb_writer *w = mmdb_writer_new(6, MMDB_GEOLITE);

	add_mmdb(w, "192.0.2.0/24", 64500, "Outer");
	add_mmdb(w, "192.0.2.64/26", 64501, "Inner");
	add_mmdb(w, "198.51.100.7/32", 4200000000u, "");
	add_mmdb(w, "2001:db8::/32", 64502, "Six");
	add_mmdb(w, "2001:db8::1/128", 64503, "One");
	mmdb_writer_alias(w);
	struct result r = import_mmdb_file(w, "GeoLite2-ASN");

	assert_installed_as(&r, "2008-12-23.GeoLite2-ASN.table");
	assert_origin(&r, "192.0.2.1", "192.0.2.0/26 64500 Outer"); /* a tree has no outer prefix */
	assert_origin(&r, "192.0.2.65", "192.0.2.64/26 64501 Inner");
	assert_origin(&r, "198.51.100.7", "198.51.100.7/32 4200000000 ");
	assert_origin(&r, "198.51.100.8", "-");
	assert_origin(&r, "2001:db8::2", "2001:db8::2/127 64502 Six");
	assert_origin(&r, "2001:db8::1", "2001:db8::1/128 64503 One");
	assert_origin(&r, "2002:c000:200::1", "-"); /* the alias is passed over */
	assert_int_equal(r.report.count[IMPORT_TREE], 0);
	import_report_done(&r.report);
}

static void other_makers_keys_are_known(void **state)
{
	(void)state;
	struct mmdb_writer *w = mmdb_writer_new(4, MMDB_IPINFO);

	add_mmdb(w, "192.0.2.0/24", 64500, "Example");
	struct result r = import_mmdb_file(w, "ipinfo asn.mmdb");

	assert_installed_as(&r, "2008-12-23.ipinfo-asn-mmdb.table");
	assert_origin(&r, "192.0.2.1", "192.0.2.0/24 64500 Example");
	import_report_done(&r.report);
}

static void a_package_is_one_table_with_its_terms(void **state)
{
	(void)state;
	struct table_info info;
	struct table *t;

	write_file("package/package.json",
		SPAN("{\"name\": \"@ip-location-db/asn\", \"version\": \"2.3.20260617\", "
		     "\"license\": \"CC-BY-4.0\"}"));
	write_file("package/asn-ipv4.csv", SPAN("192.0.2.0,192.0.2.255,1,One\n"));
	write_file("package/asn-ipv6.csv", SPAN("2001:db8::,2001:db8::ffff,2,Two\n"));
	write_file("package/asn-ipv4-num.csv", SPAN("3221225984,3221226239,1,One\n"));
	write_file("package/README.md", SPAN("no data\n"));
	write_file("package/B-LICENSE", SPAN("Name us.\n"));
	write_file("package/licenses/other.txt", SPAN("A folder's name is no licence.\n"));
	char path[128];

	snprintf(path, sizeof(path), "%s/package", folder);
	struct result r =
		import_all(&(struct import_options){0}, (const char *const[]){path, NULL});

	assert_installed_as(&r, "2026-06-17.ip-location-db-asn.table");
	assert_int_equal(r.report.count[IMPORT_ROWS], 2);
	assert_origin(&r, "192.0.2.1", "192.0.2.0/24 1 One");
	assert_origin(&r, "2001:db8::1", "2001:db8::/112 2 Two");
	assert_int_equal(table_open(r.report.path[IMPORT_TABLE].p, &t, NULL), 0);
	table_info(t, &info);
	assert_span(info.terms, "@ip-location-db/asn: CC-BY-4.0\n\nName us.");
	table_close(t);
	import_report_done(&r.report);
}

static void options_go_before_what_files_tell(void **state)
{
	(void)state;
	const struct import_options options = {
		.has_day = true, .day = 14194, .source = "my source", .terms = "Mine."};
	struct table_info info;
	struct table *t;
	struct result r = import_all(&options,
		(const char *const[]){
			write_file("x-20200101.csv", SPAN("192.0.2.0,192.0.2.255,1,One\n")), NULL});

	assert_installed_as(&r, "2008-11-11.my-source.table");
	assert_int_equal(table_open(r.report.path[IMPORT_TABLE].p, &t, NULL), 0);
	table_info(t, &info);
	assert_int_equal(info.day, 14194);
	assert_span(info.source, "my-source");
	assert_span(info.terms, "Mine.");
	table_close(t);
	import_report_done(&r.report);
}

static void importing_again_replaces(void **state)
{
	(void)state;
	struct result r = import_text("again-20080501.dat", "192.0.2.0/24\t1\n");

	import_report_done(&r.report);
	r = import_text("again-20080501.dat", "192.0.2.0/24\t2\n");
	assert_installed_as(&r, "2008-05-01.again.table");
	assert_origin(&r, "192.0.2.1", "192.0.2.0/24 2 ");
	import_report_done(&r.report);
}

static void failures_say_what_to_do(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		int rc;
		const char *words;
	} rows[] = {
		{"undated.csv", "192.0.2.0,192.0.2.255,1,One\n", -EINVAL, "--date"},
		{"2008-01-01.txt", "Dear,reader\n", -EINVAL, "no row"},
		{"2008-01-02.txt", "Dear reader\n", -EINVAL, "neither CSV"},
		{"2008-01-03.txt", "", -EINVAL, "neither CSV"},
		{"2008-01-04.txt", "; only comments\n", -EINVAL, "neither CSV"},
	};
	struct result r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r = import_text(rows[i].name, rows[i].text);
		if (r.rc != rows[i].rc || !strstr(r.err.text, rows[i].words))
			fail_msg("%s: %d %s", rows[i].name, r.rc, r.err.text);
	}
	r = import_all(&(struct import_options){0}, (const char *const[]){"/nowhere/x.csv", NULL});
	assert_int_equal(r.rc, -ENOENT);
	r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("a.mmdb", SPAN("a\0b")), NULL});
	assert_int_equal(r.rc, -EINVAL);
	assert_non_null(strstr(r.err.text, "no MMDB"));
	r = import_all(&(struct import_options){0},
		(const char *const[]){write_file("a.dat", SPAN("; 20080101\n192.0.2.0/24\t1\n")),
			write_file("b.dat", SPAN("; 20080102\n192.0.2.0/24\t1\n")), NULL});
	assert_int_equal(r.rc, 0); /* comments behind rows tell nothing */
	import_report_done(&r.report);
}

static void two_dates_are_refused(void **state)
{
	(void)state;
	struct mmdb_writer *w = mmdb_writer_new(4, MMDB_GEOLITE);
	struct buf b = {0};

	add_mmdb(w, "192.0.2.0/24", 1, "");
	mmdb_writer_finish(w, "x", 1229990400, &b);
	const char *text = write_file("a.dat", SPAN("; 20080101\n192.0.2.0/24\t1\n"));
	const char *db = write_file("b.mmdb", buf_span(&b));
	struct result r =
		import_all(&(struct import_options){0}, (const char *const[]){text, db, NULL});

	assert_int_equal(r.rc, -EINVAL);
	assert_non_null(strstr(r.err.text, "2008-12-23"));
	assert_non_null(strstr(r.err.text, "2008-01-01"));
	buf_done(&b);
	mmdb_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read_with_its_quotes),
		cmocka_unit_test(what_cannot_be_read_is_counted_by_its_reason),
		cmocka_unit_test(pairs_are_read_with_their_sets),
		cmocka_unit_test(compressed_files_are_read),
		cmocka_unit_test(mmdb_trees_are_walked),
		cmocka_unit_test(other_makers_keys_are_known),
		cmocka_unit_test(a_package_is_one_table_with_its_terms),
		cmocka_unit_test(options_go_before_what_files_tell),
		cmocka_unit_test(importing_again_replaces),
		cmocka_unit_test(failures_say_what_to_do),
		cmocka_unit_test(two_dates_are_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
