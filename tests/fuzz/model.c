/*
 * Models as files: the input as an image that it claims to be, the input as the payload of a
 * starter model whose checksum is right, and the input as the state of a site's model. Whatever
 * they hold, opening refuses or judging and learning go on.
 */
#include "base/file.h"
#include "base/image.h"
#include "judge/model.h"
#include "judge/starter_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[64];

/* Fills to[n] with the input over and over; with zeros when there is none. */
static void repeat(void *to, size_t n, const uint8_t *data, size_t size)
{
	memset(to, 0, n);
	for (size_t at = 0; size && at < n; at += size)
		memcpy((char *)to + at, data, size < n - at ? size : n - at);
}

static struct features *features_from(const uint8_t *data, size_t size)
{
	static struct features f;
	size_t n = size / 4 < 600 ? size / 4 : 600;

	if (n)
		memcpy(f.hash, data, n * 4);
	for (size_t v = 0; v <= VIEW_COUNT; v++)
		f.start[v] = (uint16_t)(n * v / VIEW_COUNT);
	return &f;
}

static void use(struct model *m, const struct starter *s, const struct features *f)
{
	struct opinion o;

	model_opinion(m, s, f, &o);
	model_learn(m, s, f, true);
	model_mend(m, s, f, false, false);
	model_opinion(m, s, f, &o);
	model_threshold(m, s, 0.001);
}

static void as_file(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size};
	struct image image;
	struct starter *s;
	struct err err;

	if (file_replace(path, &bytes, 1, &err) < 0)
		abort();
	if (image_open(path, STARTER_MAGIC, STARTER_VERSION, &image, &err) == 0)
		image_close(&image);
	if (starter_open(path, &s, &err) == 0)
		starter_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct starter_image payload;
	static struct model *m;
	const struct features *f = features_from(data, size);
	struct starter *s = NULL;
	struct err err;

	if (!m) {
		m = model_new();
		snprintf(path, sizeof(path), "/dev/shm/fuzz-model.%d", (int)getpid());
	}
	as_file(data, size);
	repeat(&payload, sizeof(payload), data, size);
	if (image_write(path, STARTER_MAGIC, STARTER_VERSION,
		    (struct span){(const char *)&payload, sizeof(payload)}, &err) < 0)
		abort();
	if (starter_open(path, &s, &err) < 0)
		s = NULL;
	unlink(path);
	repeat(model_state(m), model_state_bytes(), data, size);
	use(m, s, f);
	starter_close(s);
	return 0;
}
