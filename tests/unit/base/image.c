#include "test.h"

#include "base/file.h"
#include "base/image.h"

#include <errno.h>
#include <unistd.h>

#define MAGIC "CORDTEST"

static char folder[] = "/tmp/cordon-image-XXXXXX";
static char path[64];

static void put(const char *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void what_is_written_is_mapped(void **state)
{
	(void)state;
	struct image image;
	struct err err;

	assert_int_equal(image_write(path, MAGIC, 3, SPAN("payload"), &err), 0);
	assert_int_equal(image_open(path, MAGIC, 3, &image, &err), 0);
	assert_span(image.payload, "payload");
	assert_int_equal((uintptr_t)image.payload.p % 64, 0);
	image_close(&image);
	assert_int_equal(image.payload.n, 0);
	image_close(&image);

	assert_int_equal(image_write(path, MAGIC, 3, (struct span){NULL, 0}, &err), 0);
	assert_int_equal(image_open(path, MAGIC, 3, &image, &err), 0);
	assert_int_equal(image.payload.n, 0);
	image_close(&image);
}

static void a_reader_keeps_the_old_one(void **state)
{
	(void)state;
	struct image old, new;

	assert_int_equal(image_write(path, MAGIC, 1, SPAN("old"), NULL), 0);
	assert_int_equal(image_open(path, MAGIC, 1, &old, NULL), 0);
	assert_int_equal(image_write(path, MAGIC, 1, SPAN("newer"), NULL), 0);
	assert_int_equal(image_open(path, MAGIC, 1, &new, NULL), 0);
	assert_span(old.payload, "old");
	assert_span(new.payload, "newer");
	image_close(&old);
	image_close(&new);
}

/* Any bit of any byte, and any length but the right one. */
static void damage_is_refused_wherever_it_is(void **state)
{
	(void)state;
	struct buf good = {0};
	struct image image;
	struct err err;

	assert_int_equal(image_write(path, MAGIC, 1, SPAN("some payload"), NULL), 0);
	assert_int_equal(file_read(path, 4096, &good, NULL), 0);
	assert_int_equal(good.n, 64 + 12);
	for (size_t i = 0; i < 8 * good.n; i++) {
		good.p[i / 8] ^= (char)(1 << i % 8);
		put(good.p, good.n);
		assert_int_equal(image_open(path, MAGIC, 1, &image, &err), -EBADMSG);
		assert_non_null(strstr(err.text, path));
		good.p[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < good.n; n++) {
		put(good.p, n);
		assert_int_equal(image_open(path, MAGIC, 1, &image, &err), -EBADMSG);
	}
	buf_byte(&good, '\0');
	put(good.p, good.n);
	assert_int_equal(image_open(path, MAGIC, 1, &image, &err), -EBADMSG);
	put(good.p, good.n - 1);
	assert_int_equal(image_open(path, MAGIC, 1, &image, &err), 0);
	image_close(&image);
	buf_done(&good);
}

static void another_image_or_version_is_named_as_such(void **state)
{
	(void)state;
	struct image image;
	struct err err;

	assert_int_equal(image_write(path, MAGIC, 2, SPAN("x"), NULL), 0);
	assert_int_equal(image_open(path, MAGIC, 1, &image, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "version 2"));
	assert_int_equal(image_open(path, "CORDOTHE", 2, &image, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "not the image"));
	assert_int_equal(image_open("/nonexistent/image", MAGIC, 1, &image, &err), -ENOENT);
	assert_true(image_open(folder, MAGIC, 1, &image, &err) < 0);
	assert_int_equal(image_write("/nonexistent/image", MAGIC, 1, SPAN("x"), &err), -ENOENT);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/image", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_mapped),
		cmocka_unit_test(a_reader_keeps_the_old_one),
		cmocka_unit_test(damage_is_refused_wherever_it_is),
		cmocka_unit_test(another_image_or_version_is_named_as_such),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
