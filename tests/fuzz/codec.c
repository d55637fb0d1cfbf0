/*
 * The transfer decoders. The first byte says how much room base64 has; each decoder writes into
 * exactly the room it asks for, so that the sanitizer sees a byte too many. The end of base64 must
 * be the end of the whole.
 */
#include "mail/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void try_base64(struct span in, size_t room)
{
	char *all = malloc(in.n + 3), *some = malloc(room + 1);
	uint32_t bad = 0;
	size_t whole = base64_decode(in, all, in.n + 3, &bad);
	size_t cut = base64_decode(in, some, room, &bad);

	check(whole <= in.n && cut == (whole < room ? whole : room));
	check(memcmp(all, some, cut) == 0);
	check(base64_decode_tail(in, some, room) <= room);
	free(all);
	free(some);
}

static void try_uu(struct span in)
{
	struct uu_block block;

	while (uu_find(in, &block)) {
		char *to = malloc(block.data.n + 2);
		uint32_t bad = 0;

		check(block.whole.p >= in.p && span_end(block.whole) <= span_end(in));
		check(uu_decode(block.data, to, &bad) <= block.data.n + 2);
		free(to);
		in = span_between(span_end(block.whole), span_end(in));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct span in = {(const char *)data + 1, size - 1};
	char *to = malloc(in.n + 1);
	uint32_t bad = 0;

	check(qp_decode(in, QP_BODY, to, &bad) <= in.n);
	check(qp_decode(in, QP_WORD, to, &bad) <= in.n);
	free(to);
	try_base64(in, data[0]);
	try_uu(in);
	return 0;
}
