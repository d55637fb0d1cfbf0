#include "test.h"

#include "base/buf.h"
#include "base/stream.h"

#include <endian.h>
#include <errno.h>
#include <unistd.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define TEXT_BYTES ((size_t)700000)

static char folder[] = "/tmp/cordon-stream-XXXXXX";
static char path[64];
static char *text; /* TEXT_BYTES that compress by a half or so */

static void put(struct span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s.n ? s.p : "", 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

/* Reads path to its end, step bytes at a time; returns what stream_read() ended with. */
static ssize_t read_all(size_t step, struct buf *to, struct err *err)
{
	struct stream *s;
	ssize_t n;

	buf_clear(to);
	assert_int_equal(stream_open(path, &s, err), 0);
	while ((n = stream_read(s, buf_reserve(to, step), step, err)) > 0)
		to->n += (size_t)n;
	assert_int_equal(stream_read(s, buf_reserve(to, step), step, err), n);
	assert_true(stream_taken(s) <= stream_size(s));
	if (n == 0)
		assert_int_equal(stream_taken(s), stream_size(s));
	stream_close(s);
	return n;
}

static void add_gzip(struct buf *to, struct span s)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, s.n);

	z.next_in = (unsigned char *)(uintptr_t)s.p;
	z.avail_in = (unsigned)s.n;
	z.next_out = (unsigned char *)buf_reserve(to, room);
	z.avail_out = (unsigned)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->n += z.total_out;
	deflateEnd(&z);
}

static void add_zstd(struct buf *to, struct span s)
{
	size_t room = ZSTD_compressBound(s.n);
	size_t n = ZSTD_compress(buf_reserve(to, room), room, s.p, s.n, 3);

	assert_false(ZSTD_isError(n));
	to->n += n;
}

static void add_bzip2(struct buf *to, struct span s)
{
	unsigned room = (unsigned)(s.n + s.n / 100 + 600); /* as bzlib.h says */

	assert_int_equal(BZ2_bzBuffToBuffCompress(buf_reserve(to, room), &room,
				 (char *)(uintptr_t)(s.n ? s.p : ""), (unsigned)s.n, 1, 0, 0),
		BZ_OK);
	to->n += room;
}

static void add_xz(struct buf *to, struct span s)
{
	size_t room = lzma_stream_buffer_bound(s.n), n = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, (const uint8_t *)s.p,
				 s.n, (uint8_t *)buf_reserve(to, room), &n, room),
		LZMA_OK);
	to->n += n;
}

typedef void add_fn(struct buf *to, struct span s);

static void add_plain(struct buf *to, struct span s)
{
	buf_add(to, s);
}

static const struct {
	const char *name;
	add_fn *add;
	bool late;  /* gives nothing before a block is whole */
	bool zeros; /* may be padded with any number of zeros; xz with four at a time */
} kinds[] = {
	{"plain", add_plain, false, false},
	{"gzip", add_gzip, false, true},
	{"zstd", add_zstd, true, false},
	{"bzip2", add_bzip2, true, true},
	{"xz", add_xz, false, true},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void reads_what_was_written(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 4096, 131072, 131073, TEXT_BYTES};
	static const size_t steps[] = {3, 1000, 65536, 1 << 20};
	struct buf file = {0}, got = {0};

	for (size_t k = 0; k < KINDS; k++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			buf_clear(&file);
			kinds[k].add(&file, (struct span){text, sizes[i]});
			put(buf_span(&file));
			for (size_t j = sizes[i] > 4096; j < sizeof(steps) / sizeof(steps[0]);
				j++) {
				assert_int_equal(read_all(steps[j], &got, NULL), 0);
				assert_int_equal(got.n, sizes[i]);
				if (got.n)
					assert_memory_equal(got.p, text, got.n);
			}
		}
	}
	buf_done(&file);
	buf_done(&got);
}

static void reads_members_and_frames_in_a_row(void **state)
{
	(void)state;
	struct buf file = {0}, got = {0};

	for (size_t k = 1; k < KINDS; k++) {
		buf_clear(&file);
		if (kinds[k].add ==
			add_zstd) /* a skippable frame of three bytes, as pzstd writes them */
			buf_add(&file, (struct span){"\x50\x2a\x4d\x18\3\0\0\0abc", 11});
		kinds[k].add(&file, SPAN("one "));
		kinds[k].add(&file, SPAN(""));
		kinds[k].add(&file, SPAN("two"));
		if (kinds[k].zeros)
			buf_add(&file, (struct span){"\0\0\0\0", 4});
		put(buf_span(&file));
		assert_int_equal(read_all(5, &got, NULL), 0);
		assert_span(buf_span(&got), "one two");
	}
	buf_done(&file);
	buf_done(&got);
}

/* Cut at every byte: what is before comes out, and never a silent end. */
static void a_cut_file_is_told(void **state)
{
	(void)state;
	struct buf file = {0}, got = {0};
	struct err err;

	for (size_t k = 1; k < KINDS; k++) {
		buf_clear(&file);
		kinds[k].add(&file, (struct span){text, 3000});
		for (size_t n = 5; n < file.n; n++) {
			put((struct span){file.p, n});
			assert_int_equal(read_all(100, &got, &err), -EBADMSG);
			assert_non_null(strstr(err.text, path));
			assert_non_null(strstr(err.text, "cut off"));
			assert_true(got.n <= 3000);
			if (got.n)
				assert_memory_equal(got.p, text, got.n);
		}
		put((struct span){file.p, file.n - 4});
		assert_int_equal(read_all(100, &got, &err), -EBADMSG);
		assert_true(kinds[k].late || got.n == 3000);
	}
	buf_done(&file);
	buf_done(&got);
}

static void damage_is_told(void **state)
{
	(void)state;
	struct buf file = {0}, got = {0};
	struct err err;
	char words[40];

	for (size_t k = 1; k < KINDS; k++) {
		snprintf(words, sizeof(words), "damaged %s data", kinds[k].name);
		buf_clear(&file);
		kinds[k].add(&file, (struct span){text, 3000});
		file.p[file.n / 2] ^= 0x55;
		if (kinds[k].add == add_zstd) /* has no checksum here */
			file.p[5] ^= 0x55;
		put(buf_span(&file));
		assert_int_equal(read_all(100, &got, &err), -EBADMSG);
		assert_non_null(strstr(err.text, words));
		assert_true(got.n <= 3000);
	}
	buf_clear(&file);
	add_gzip(&file, (struct span){text, 3000});
	file.p[file.n - 6] ^= 1; /* in the CRC: all has come out before */
	put(buf_span(&file));
	assert_int_equal(read_all(100, &got, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "damaged gzip"));
	assert_int_equal(got.n, 3000);
	buf_done(&file);
	buf_done(&got);
}

static void what_follows_is_told(void **state)
{
	(void)state;
	struct buf file = {0}, got = {0};
	struct err err;

	for (size_t k = 1; k < KINDS; k++) {
		buf_clear(&file);
		kinds[k].add(&file, SPAN("one"));
		buf_str(&file, "and more");
		put(buf_span(&file));
		assert_int_equal(read_all(100, &got, &err), -EBADMSG);
		assert_span(buf_span(&got), "one");
	}
	buf_done(&file);
	buf_done(&got);
}

/* What only begins like compressed data is plain. */
static void what_is_not_compressed_is_plain(void **state)
{
	(void)state;
	static const char *const texts[] = {"BZh", "BZh0149AY&SY", "BZh9 is how bzip2 files begin",
		"\xfd"
		"7zX",
		"\xfd"
		"7zXY",
		"\x1f\x8b"};
	struct buf got = {0};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put(span_cstr(texts[i]));
		for (size_t step = 1; step < 40; step += 13) {
			assert_int_equal(read_all(step, &got, NULL), 0);
			assert_span(buf_span(&got), texts[i]);
		}
	}
	buf_done(&got);
}

/* xz -9e --lzma2=dict=1GiB would have us take as much memory. */
static void a_large_dictionary_is_refused(void **state)
{
	(void)state;
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
	struct buf got = {0};
	struct err err;
	uint8_t file[200];

	assert_int_equal(lzma_lzma_preset(&options, 0), 0);
	for (int large = 0; large < 2; large++) {
		size_t n = 0;

		/* The small one's header is made to ask for 1 GiB, and its check mended. */
		assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL,
					 (const uint8_t *)"one", 3, file, &n, sizeof(file)),
			LZMA_OK);
		if (large) { /* .xz File Format 1.2, 3.1 and 5.3.1 */
			uint8_t *header = file + 12, *filter = memchr(header, 0x21, 20);
			size_t header_n = (header[0] + 1U) * 4;

			assert_non_null(filter);
			filter[2] = 36;
			uint32_t sum = htole32(lzma_crc32(header, header_n - 4, 0));

			memcpy(header + header_n - 4, &sum, sizeof(sum));
		}
		put((struct span){(const char *)file, n});
		assert_int_equal(read_all(100, &got, &err), large ? -EBADMSG : 0);
		assert_true(!large || strstr(err.text, "80 MiB"));
	}
	buf_done(&got);
}

/* A window over 8 MiB would be memory that a stranger's file asks for. */
static void a_large_window_is_refused(void **state)
{
	(void)state;
	static const char head[] =
		"\x28\xb5\x2f\xfd\x00\x70"; /* 2^24 bytes (RFC 8878, 3.1.1.1.2) */
	struct buf got = {0};
	struct err err;

	put((struct span){head, sizeof(head) - 1});
	assert_int_equal(read_all(100, &got, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "window"));
	buf_done(&got);
}

static void what_cannot_be_opened_is_named(void **state)
{
	(void)state;
	struct stream *s = NULL;
	struct err err = {""};
	char c;

	assert_int_equal(stream_open("/nonexistent/mail", &s, &err), -ENOENT);
	assert_null(s);
	assert_non_null(strstr(err.text, "/nonexistent/mail"));
	assert_int_equal(stream_open(folder, &s, &err), 0);
	assert_int_equal(stream_read(s, &c, 1, &err), -EISDIR);
	assert_int_equal(stream_read(s, &c, 1, &err), -EISDIR);
	assert_int_equal(stream_size(s), 0);
	stream_close(s);
	stream_close(NULL);
}

static void reads_a_pipe_that_comes_in_drops(void **state)
{
	(void)state;
	struct buf file = {0};
	int ends[2], saved = dup(STDIN_FILENO);
	struct stream *s;
	char got[16] = "";
	size_t n = 0;

	add_gzip(&file, SPAN("drop"));
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	assert_int_equal(stream_open("-", &s, NULL), 0);
	for (size_t i = 0; i < file.n; i++)
		assert_int_equal(write(ends[1], file.p + i, 1), 1);
	close(ends[1]);
	for (ssize_t more; (more = stream_read(s, got + n, 1, NULL)) > 0;)
		n += (size_t)more;
	assert_string_equal(got, "drop");
	assert_int_equal(stream_size(s), 0);
	stream_close(s);
	close(ends[0]);
	dup2(saved, STDIN_FILENO);
	close(saved);
	buf_done(&file);
}

static int set_up(void **state)
{
	(void)state;
	uint64_t x = 1;

	text = malloc(TEXT_BYTES);
	if (!text || !mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < TEXT_BYTES; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		text[i] = "etaoin shrdlu\n\r\t"[x >> 60];
	}
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text);
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(reads_members_and_frames_in_a_row),
		cmocka_unit_test(a_cut_file_is_told),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(what_follows_is_told),
		cmocka_unit_test(what_is_not_compressed_is_plain),
		cmocka_unit_test(a_large_dictionary_is_refused),
		cmocka_unit_test(a_large_window_is_refused),
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(reads_a_pipe_that_comes_in_drops),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
