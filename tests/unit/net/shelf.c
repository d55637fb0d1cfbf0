#include "test.h"

#include "base/image.h"
#include "net/day.h"
#include "net/shelf.h"
#include "net/table_build.h"
#include "net/table_format.h"

#include <errno.h>
#include <sys/stat.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_folder_is_an_empty_shelf),
		cmocka_unit_test(the_nearest_table_answers),
		cmocka_unit_test(special_addresses_are_never_found),
		cmocka_unit_test(damaged_tables_are_left_out),
		cmocka_unit_test(tables_are_listed_by_date),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
