/* An import of rows, routes and links while memory runs short: told, nothing leaked, and no file
 * that is half a one. */
#include "short_memory.h"

#include "net/import.h"
#include "net/origin_count.h"

#include <unistd.h>

static char folder[64];

static const char routes[] = "TABLE_DUMP2|1277971199|B|192.0.2.1|1|12.0.0.0/8|1 2 {3}|IGP|\n"
			     "TABLE_DUMP2|1277971199|B|192.0.2.1|1|13.0.0.0/8|1 4|IGP|\n";
static const char links[] = "# source:topology|BGP|20100701|x\n1|2|-1\n1|3|0\n";
static const char *const texts[] = {"11.0.0.0/8\t1\n", routes, links};

#define FILES (sizeof(texts) / sizeof(*texts))

static void write_files(void)
{
	for (size_t i = 0; i < FILES; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%zu", folder, i);
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(texts[i], f);
		fclose(f);
	}
}

/* Each file that an import made opens; terms are given, since the C library's scandir() takes
 * memory that is not counted here. */
static int once(struct span raw)
{
	const struct import_options options = {.source = "short", .terms = "None."};
	struct import_report report = {0};
	struct import *im = NULL;
	int rc = import_begin(&options, &im);

	(void)raw;
	for (size_t i = 0; i < FILES && rc == 0; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%zu", folder, i);
		rc = import_add(im, path, NULL);
	}
	if (rc == 0)
		rc = import_finish(im, folder, &report, NULL);
	for (int i = 0; i < IMPORT_KINDS; i++) {
		assert_true(rc < 0 || report.path[i].n);
		if (report.path[i].n)
			assert_int_equal(unlink(report.path[i].p), 0);
	}
	import_report_done(&report);
	import_free(im);
	return rc;
}

static void every_refusal_of_an_import_is_told(void **state)
{
	(void)state;
	char command[128];

	snprintf(folder, sizeof(folder), "/tmp/test-import.XXXXXX");
	assert_non_null(mkdtemp(folder));
	write_files();
	assert_true(fail_each(once, (struct span){NULL, 0}, false) > 20);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* So many that every array of the counts grows. */
static int count_many(struct span raw)
{
	struct origin_count *c;
	struct prefix_origin o;
	uint32_t n = 0;
	int rc = origin_count_new(&c);

	(void)raw;
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < 5000 && rc == 0; i++)
		rc = origin_count_add(c, &(struct prefix){ip_from_v4(i << 12), 20}, 1);
	if (rc == 0) {
		origin_count_sort(c);
		while (origin_count_next(c, &o))
			n++;
		assert_int_equal(n, 5000);
	}
	origin_count_free(c);
	return rc;
}

static void every_refusal_of_counts_is_told(void **state)
{
	(void)state;
	assert_true(fail_each(count_many, (struct span){NULL, 0}, false) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_of_an_import_is_told),
		cmocka_unit_test(every_refusal_of_counts_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
