/* The store of paths: what becomes of a route's path, what the image gives back, what damaged ones
 * do, and memory that runs short. */
#include "test.h"

#include "net/paths_build.h"
#include "net/paths_format.h"
#include "short_memory.h"

#include <unistd.h>

static const struct paths_label label = {14790, SPAN("test"), SPAN("Anyone may.")};

/* Adds a path written as "64496 {1,2} (3) 4": hops of a set in braces, of confederations in
 * parentheses. */
static int add(struct paths_builder *b, const char *text)
{
	asn_t hop[128];
	uint8_t kind[128], now = HOP_AS;
	size_t n = 0;

	while (*text) {
		char *end;

		now = *text == '{' ? HOP_SET : *text == '(' ? HOP_CONFED : now;
		if (*text == '}' || *text == ')')
			now = HOP_AS;
		if (!ascii_is_digit(*text)) {
			text++;
			continue;
		}
		assert_true(n < 128);
		hop[n] = (asn_t)strtoul(text, &end, 10);
		kind[n++] = now;
		text = end;
	}
	return paths_builder_add(b, hop, kind, n);
}

static struct paths *build(const char *const *rows, size_t n)
{
	struct paths_builder *b;
	struct paths *p;

	assert_int_equal(paths_builder_new(&b), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(add(b, rows[i]), 0);
	assert_int_equal(paths_builder_open(b, &label, &p), 0);
	paths_builder_free(b);
	return p;
}

static void text_of(const struct paths *p, uint32_t i, char *to)
{
	*to = '\0';
	for (uint32_t h = p->start[i]; h < p->start[i + 1]; h++)
		to += sprintf(to, "%s%u", h > p->start[i] ? " " : "", p->hop[h]);
}

static void a_path_is_cleaned(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out; /* out "": left out */
		struct paths_odd odd;
	} rows[] = {
		{"1 2 3", "1 2 3", {0}},
		{"64496", "64496", {0}},
		{"1 2 2 2 3 3", "1 2 3", {.prepended = 1}},
		{"1 2 {3,4}", "1 2", {.sets = 1}},
		{"1 {2} 3", "1", {.sets = 1}},
		{"{1,2}", "", {.sets = 1, .empty = 1}},
		{"", "", {.empty = 1}},
		{"(64512 64513) 1 2", "1 2", {.confeds = 1}},
		{"1 (64512) 1 2", "1 2", {.confeds = 1, .prepended = 1}},
		{"(64512)", "", {.confeds = 1, .empty = 1}},
		{"1 2 1", "", {.loops = 1}},
		{"1 2 3 2", "", {.loops = 1}},
		{"1 2 2 1 64512", "", {.loops = 1, .prepended = 1}},
		{"1 64512 1", "", {.scope = 1}},
		{"1 23456 3", "", {.scope = 1}},
		{"1 65535", "", {.scope = 1}},
		{"1 0 2", "", {.scope = 1}},
		{"1 4200000000", "", {.scope = 1}},
		{"1 2 {64512,3}", "1 2", {.sets = 1}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct paths *p = build(&rows[i].in, 1);
		struct paths_odd want = rows[i].odd;
		char text[512] = "";

		want.routes = 1;
		assert_int_equal(p->n, rows[i].out[0] != '\0');
		if (p->n)
			text_of(p, 0, text);
		assert_string_equal(text, rows[i].out);
		if (memcmp(&p->info.odd, &want, sizeof(want)))
			fail_msg("counts of \"%s\"", rows[i].in);
		paths_close(p);
	}
}

static void long_paths_are_left_out(void **state)
{
	(void)state;
	asn_t hop[200];
	struct paths_builder *b;
	struct paths *p;

	for (asn_t i = 0; i < 200; i++)
		hop[i] = 1 + i / 2; /* each twice */
	assert_int_equal(paths_builder_new(&b), 0);
	assert_int_equal(paths_builder_add(b, hop, NULL, 2 * PATH_HOPS_MOST), 0);
	assert_int_equal(paths_builder_add(b, hop, NULL, 2 * PATH_HOPS_MOST + 1), 0);
	assert_int_equal(paths_builder_count(b), 1);
	assert_int_equal(paths_builder_open(b, &label, &p), 0);
	assert_int_equal(p->n, 1);
	assert_int_equal(p->start[1], PATH_HOPS_MOST);
	assert_int_equal(p->hop[PATH_HOPS_MOST - 1], PATH_HOPS_MOST);
	assert_int_equal(p->info.odd.long_ones, 1);
	assert_int_equal(p->info.odd.prepended, 2);
	assert_int_equal(p->info.odd.routes, 2);
	paths_close(p);
	paths_builder_free(b);
}

static void each_is_kept_once(void **state)
{
	(void)state;
	static const char *const in[] = {"1 2 3", "1 2", "1 2 3", "3 2 1", "1 1 2 3", "12 3"};
	static const struct {
		const char *path;
		uint32_t routes;
	} out[] = {{"1 2 3", 3}, {"1 2", 1}, {"3 2 1", 1}, {"12 3", 1}};
	struct paths *p = build(in, sizeof(in) / sizeof(*in));
	char text[64];

	assert_int_equal(p->n, 4);
	for (uint32_t i = 0; i < p->n; i++) {
		text_of(p, i, text);
		assert_string_equal(text, out[i].path);
		assert_int_equal(p->routes[i], out[i].routes);
	}
	assert_int_equal(p->info.day, 14790);
	assert_span(p->info.source, "test");
	assert_span(p->info.terms, "Anyone may.");
	paths_close(p);
}

static void a_path_comes_again(void **state)
{
	(void)state;
	struct paths_builder *b;
	struct paths *p;

	assert_int_equal(paths_builder_new(&b), 0);
	assert_int_equal(add(b, "1 2 2 {3}"), 0);
	paths_builder_again(b);
	assert_int_equal(add(b, "1 2 1"), 0);
	paths_builder_again(b);
	paths_builder_again(b);
	assert_int_equal(paths_builder_open(b, &label, &p), 0);
	assert_int_equal(p->n, 1);
	assert_int_equal(p->routes[0], 2);
	assert_int_equal(p->info.odd.routes, 5);
	assert_int_equal(p->info.odd.prepended, 2);
	assert_int_equal(p->info.odd.sets, 2);
	assert_int_equal(p->info.odd.loops, 3);
	paths_close(p);
	paths_builder_free(b);
}

/* The i-th of many paths that are all different; returns its hops. */
static size_t path_of(uint32_t i, asn_t hop[8])
{
	size_t n = 1 + i % 7;

	for (size_t k = 0; k < n; k++)
		hop[k] = (asn_t)(1 + k * 2000 + (k + 1 == n ? i / 7 : i % 13));
	return n;
}

#define MANY 13000u

static int build_many(struct paths **ret_paths)
{
	struct paths_builder *b;
	int rc = paths_builder_new(&b);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < 2 * MANY && rc == 0; i++) {
		asn_t hop[8];
		size_t n = path_of(i % MANY, hop);

		rc = paths_builder_add(b, hop, NULL, n);
	}
	if (rc == 0)
		rc = paths_builder_open(b, &label, ret_paths);
	paths_builder_free(b);
	return rc;
}

static void many_are_found_again(void **state)
{
	(void)state;
	struct paths *p;

	assert_int_equal(build_many(&p), 0);
	assert_int_equal(p->n, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		asn_t hop[8];
		size_t n = path_of(i, hop);

		assert_int_equal(p->routes[i], 2);
		assert_int_equal(p->start[i + 1] - p->start[i], n);
		assert_memory_equal(p->hop + p->start[i], hop, n * sizeof(*hop));
	}
	paths_close(p);
}

/* The builder's seed is chance; the image must not show it. */
static void the_image_is_the_same_each_time(void **state)
{
	(void)state;
	struct buf payload[2] = {{0}, {0}};

	for (int i = 0; i < 2; i++) {
		struct paths_builder *b;

		assert_int_equal(paths_builder_new(&b), 0);
		for (uint32_t k = 0; k < 3000; k++) {
			asn_t hop[8];
			size_t n = path_of(k, hop);

			assert_int_equal(paths_builder_add(b, hop, NULL, n), 0);
		}
		assert_int_equal(paths_builder_finish(b, &label, &payload[i]), 0);
		paths_builder_free(b);
	}
	assert_true(span_eq(buf_span(&payload[0]), buf_span(&payload[1])));
	buf_done(&payload[0]);
	buf_done(&payload[1]);
}

static void nothing_makes_an_empty_image(void **state)
{
	(void)state;
	struct paths *p = build(NULL, 0);

	assert_int_equal(p->n, 0);
	assert_int_equal(p->start[0], 0);
	paths_close(p);
}

static void a_file_is_mapped(void **state)
{
	(void)state;
	static const char *const in[] = {"1 2 3", "1 2"};
	char name[] = "/tmp/paths.XXXXXX";
	int fd = mkstemp(name);
	struct paths_builder *b;
	struct buf payload = {0};
	struct paths *p;
	struct err err;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(paths_open(name, &p, &err), -EBADMSG); /* empty */
	assert_int_equal(paths_builder_new(&b), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(add(b, in[i]), 0);
	assert_int_equal(paths_builder_finish(b, &label, &payload), 0);
	assert_int_equal(paths_write(name, buf_span(&payload), &err), 0);
	assert_int_equal(paths_open(name, &p, &err), 0);
	assert_int_equal(p->n, 2);
	assert_int_equal(p->hop[4], 2);
	assert_int_equal(p->info.bytes, payload.n);
	paths_close(p);
	payload.n -= 4; /* the checksum is right, the size is not */
	assert_int_equal(paths_write(name, buf_span(&payload), &err), 0);
	assert_int_equal(paths_open(name, &p, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "import them again"));
	assert_int_equal(unlink(name), 0);
	assert_int_equal(paths_open(name, &p, &err), -ENOENT);
	buf_done(&payload);
	paths_builder_free(b);
}

/* A change of one number of the payload. */
static void damaged_images_are_refused(void **state)
{
	(void)state;
	enum { HEAD = sizeof(struct paths_head) / 4 };
	static const char *const in[] = {"1 2 3", "1 2"};
	static const struct {
		size_t word;
		uint32_t value;
	} rows[] = {
		{offsetof(struct paths_head, paths) / 4, 1},
		{offsetof(struct paths_head, paths) / 4, UINT32_MAX},
		{offsetof(struct paths_head, hops) / 4, 4},
		{offsetof(struct paths_head, hops) / 4, UINT32_MAX},
		{offsetof(struct paths_head, source_bytes) / 4, UINT32_MAX},
		{offsetof(struct paths_head, terms_bytes) / 4, 0},
		{offsetof(struct paths_head, zero) / 4, 1},
		{HEAD, 1},              /* the first start */
		{HEAD + 1, 0},          /* a path without hops */
		{HEAD + 1, 5},          /* and one behind it */
		{HEAD + 1, UINT32_MAX}, /* a start beyond the hops */
		{HEAD + 2, 4},          /* the last start */
		{HEAD + 2, 6},
	};
	struct paths_builder *b;
	struct buf payload = {0};
	struct paths *p;

	assert_int_equal(paths_builder_new(&b), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(add(b, in[i]), 0);
	assert_int_equal(paths_builder_finish(b, &label, &payload), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t *word = (uint32_t *)(void *)payload.p + rows[i].word, before = *word;

		*word = rows[i].value;
		if (paths_open_memory(buf_span(&payload), &p) != -EBADMSG)
			fail_msg("row %zu is taken", i);
		*word = before;
	}
	for (size_t n = 0; n < payload.n; n++)
		assert_int_equal(paths_open_memory(span_take(buf_span(&payload), n), &p), -EBADMSG);
	assert_int_equal(paths_open_memory(span_skip(buf_span(&payload), 4), &p), -EBADMSG);
	assert_int_equal(paths_open_memory(buf_span(&payload), &p), 0);
	paths_close(p);
	paths_builder_free(b);
	buf_done(&payload);
}

static int once(struct span raw)
{
	(void)raw;
	struct paths *p;
	int rc = build_many(&p);

	if (rc == 0)
		paths_close(p);
	return rc;
}

static void every_refusal_is_told(void **state)
{
	(void)state;
	assert_true(fail_each(once, (struct span){NULL, 0}, false) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_cleaned),
		cmocka_unit_test(long_paths_are_left_out),
		cmocka_unit_test(each_is_kept_once),
		cmocka_unit_test(a_path_comes_again),
		cmocka_unit_test(many_are_found_again),
		cmocka_unit_test(the_image_is_the_same_each_time),
		cmocka_unit_test(nothing_makes_an_empty_image),
		cmocka_unit_test(a_file_is_mapped),
		cmocka_unit_test(damaged_images_are_refused),
		cmocka_unit_test(every_refusal_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
