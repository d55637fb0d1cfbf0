#include "test.h"

#include "base/buf.h"
#include "base/lines.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

static char path[] = "/tmp/cordon-lines-XXXXXX";

static void put(struct span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s.n ? s.p : "", 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

/* Reads all lines, each with '|' behind, '+' before it when it was too long. */
static int read_all(size_t most, struct buf *to)
{
	struct stream *stream;
	struct lines l;
	struct span line;
	bool is_long;
	int rc;

	buf_clear(to);
	assert_int_equal(stream_open(path, &stream, NULL), 0);
	assert_int_equal(lines_init(&l, stream), 0);
	while ((rc = lines_next(&l, most, &line, &is_long, NULL)) > 0) {
		buf_str(to, is_long ? "+" : "");
		buf_add(to, line);
		buf_byte(to, '|');
	}
	lines_done(&l);
	stream_close(stream);
	return rc;
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *lines;
	} row[] = {
		{"", ""},
		{"\n", "|"},
		{"a\nb\r\n\nc", "a|b||c|"},
		{"12345678\n123456789\n1", "12345678|+12345678|1|"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		put(span_cstr(row[i].text));
		assert_int_equal(read_all(8, &b), 0);
		assert_span(buf_span(&b), row[i].lines);
	}
	buf_done(&b);
}

/* Lines longer than all that is ever held, between others. */
static void test_longest(void **state)
{
	struct buf text = {0}, b = {0};

	(void)state;
	buf_str(&text, "a\n");
	for (int i = 0; i < 500000; i++)
		buf_byte(&text, 'x');
	buf_str(&text, "\nb\n");
	put(buf_span(&text));
	assert_int_equal(read_all(4, &b), 0);
	assert_int_equal(b.p[0], 'a');
	assert_int_equal(b.p[2], '+');
	assert_int_equal(b.p[b.n - 2], 'b');
	assert_true(b.n < 20);
	buf_done(&text);
	buf_done(&b);
}

/* A compressed file that is cut off gives its lines first and its failure then. */
static void test_cut_off(void **state)
{
	struct buf b = {0};
	gzFile z = gzopen(path, "wb");

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_true(gzprintf(z, "line %d\n", i * 7919 % 100003) > 0);
	assert_int_equal(gzclose(z), Z_OK);
	assert_int_equal(truncate(path, 100000), 0);
	assert_int_equal(read_all(80, &b), -EBADMSG);
	assert_true(b.n > 100000);
	assert_memory_equal(b.p, "line 0|line 7919|", 17);
	buf_done(&b);
}

static int set_up(void **state)
{
	(void)state;
	return close(mkstemp(path));
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
