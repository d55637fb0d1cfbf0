/*
 * Memory that runs short: the allocator is wrapped, and each allocation in turn is refused while a
 * table is built. The builder must say so, leak nothing, and give the same table when asked again.
 */
#include "test.h"

#include "net/table.h"
#include "net/table_build.h"

#include <errno.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static long left = -1; /* allocations until one is refused; negative: none is */

static bool refuse(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t n)
{
	return refuse() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return refuse() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return refuse() ? NULL : __real_realloc(p, n);
}

/* Builds a table that outgrows every first room, and opens it. */
static int build(uint64_t *ret_sum)
{
	struct table_builder *b;
	struct buf payload = {0};
	struct table_label label = {1, SPAN("source"), SPAN("terms")};
	struct table *t;
	int rc = table_builder_new(&b);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < 5000 && rc == 0; i++) {
		struct prefix p = {ip_from_v4(i << 12), 20};
		char holder[32];
		uint32_t origin;

		snprintf(holder, sizeof(holder), "holder %u", i);
		rc = table_builder_origin(b, i, span_cstr(holder), &origin);
		if (rc == 0)
			rc = table_builder_add_prefix(b, &p, origin);
	}
	if (rc == 0)
		rc = table_builder_finish(b, &label, &payload, NULL);
	if (rc == 0)
		rc = table_open_memory(buf_span(&payload), &t);
	if (rc == 0) {
		*ret_sum = 0;
		for (uint32_t i = 0; i < 5000; i++)
			*ret_sum += table_lookup_v4(t, i << 12);
		table_close(t);
	}
	table_builder_free(b);
	buf_done(&payload);
	return rc;
}

static void every_refusal_is_told(void **state)
{
	(void)state;
	uint64_t want, sum;
	long at = 0;
	int rc;

	assert_int_equal(build(&want), 0);
	assert_int_equal(want, 4999 * 5000 / 2);
	do {
		left = at++;
		rc = build(&sum);
		if (left >= 0) { /* fewer allocations than that: all have been refused once */
			assert_int_equal(rc, 0);
			break;
		}
		assert_int_equal(rc, -ENOMEM);
	} while (at < 1000);
	left = -1;
	assert_true(at > 10 && at < 1000);
	assert_int_equal(build(&sum), 0);
	assert_int_equal(sum, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
