/*
 * The mbox splitter: whatever the bytes, the messages must be the same in what pieces ever they
 * come, stand in order without overlap, and keep to the bound. The first byte chooses the bound.
 */
#include "mail/mbox.h"

#include "base/hash.h"

#include <stdlib.h>

struct source {
	struct span rest;
	size_t step;
};

static ssize_t read_source(void *context, char *to, size_t n, struct err *err)
{
	struct source *s = context;
	struct span piece = span_take(span_take(s->rest, s->step), n);

	(void)err;
	if (piece.n)
		memcpy(to, piece.p, piece.n);
	s->rest = span_skip(s->rest, piece.n);
	return (ssize_t)piece.n;
}

/* Reads all messages; a hash over them. */
static uint64_t read_all(struct span input, size_t step, size_t most, bool doubt)
{
	struct source source = {input, step};
	struct mbox m = {0};
	struct mailbox_item item;
	uint64_t hash = 0, behind = 0;
	int rc;

	mbox_begin(&m, "fuzz", read_source, &source, most);
	if (doubt)
		mbox_doubt(&m);
	while ((rc = mbox_next(&m, &item, NULL)) == 1) {
		if (item.raw.n > most || item.offset < behind || item.offset + item.raw.n > input.n)
			abort();
		behind = item.offset + item.raw.n;
		hash = hash64_mix(hash, hash64(item.raw, item.cut));
		hash = hash64_mix(hash, hash64(item.from, item.offset));
	}
	mbox_done(&m);
	return hash64_mix(hash, (uint64_t)rc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size};

	if (!size)
		return 0;
	size_t most = data[0] < 128 ? (size_t)1 << 20 : data[0];

	bool doubt = data[0] & 1;

	input = span_skip(input, 1);
	if (read_all(input, 1, most, doubt) != read_all(input, 1 << 16, most, doubt))
		abort();
	return 0;
}
