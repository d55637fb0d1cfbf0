/* What the gate tells the keeper: read, and written again where it was taken. */
#include "serve/keeper_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct features room;

static void decision(struct span in, struct buf *out)
{
	struct decided d;

	if (decided_read(in, &d) == 0)
		decided_write(&d, out);
}

static void abuse(struct span in, struct buf *out)
{
	struct abuse_seen a;

	if (abuse_read(in, &a) == 0)
		abuse_write(&a, out);
}

static void lesson(struct span in, struct buf *out)
{
	struct learn_wish w;

	if (learn_read(in, &room, &w) == 0)
		learn_write(&w, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kinds[])(struct span in, struct buf *out) = {decision, abuse, lesson};

	if (!size)
		return 0;
	struct span in = {(const char *)data + 1, size - 1};
	struct buf out = {0};

	kinds[data[0] % 3](in, &out);
	/* What was taken is the same when it is written, but for bits of padding in an IPv4
	 * address. */
	if (out.n && out.n != in.n)
		abort();
	buf_done(&out);
	return 0;
}
