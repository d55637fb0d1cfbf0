/*
 * The payload of a table's image, as if its checksum were right. The input is a small head in the
 * words of the format; the indexes, which are large, are added here, so that inputs stay small:
 * bytes 0..7 say what they are filled with.
 */
#include "net/table.h"
#include "net/table_format.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static void ask(const struct table *t)
{
	struct origin o;
	volatile char last = 0;

	for (uint32_t i = 0; i < 4096; i++) {
		struct ip v4 = ip_from_v4(i * 1048583), v6 = {.family = IP_V6};

		memcpy(v6.byte, &(uint64_t){i * 0x9e3779b97f4a7c15ULL}, 8);
		table_lookup_v4(t, i * 1048583);
		if (table_lookup(t, &v4, &o) && o.holder.n)
			last = o.holder.p[o.holder.n - 1];
		if (table_lookup(t, &v6, &o) && o.holder.n)
			last = o.holder.p[o.holder.n - 1];
	}
	(void)last;
}

/* An index of `step` segments, then the last one to the end. */
static void put_index(char *to, uint32_t buckets, uint32_t at, uint32_t last)
{
	for (uint32_t i = 0; i <= buckets; i++) {
		uint32_t item = htole32(i >= at ? last : 0);

		memcpy(to + 4 * (size_t)i, &item, 4);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t index = 4 * (V4_BUCKETS + 2), base = (size + 7) & ~(size_t)7;
	struct table_head h;
	struct table *t;
	char *p;

	if (size < 8 + sizeof(h))
		return 0;
	size -= 8;
	p = calloc(1, base + 2 * index);
	memcpy(p, data + 8, size);
	memcpy(&h, p, sizeof(h));
	h.place[SECTION_V4_INDEX] =
		(struct table_place){htole32((uint32_t)base), htole32(V4_BUCKETS + 1)};
	h.place[SECTION_V6_INDEX] =
		(struct table_place){htole32((uint32_t)(base + index)), htole32(V6_BUCKETS + 1)};
	memcpy(p, &h, sizeof(h));
	put_index(p + base, V4_BUCKETS, (uint32_t)data[0] << 8 | data[1],
		(uint32_t)data[2] << 8 | data[3]);
	put_index(p + base + index, V6_BUCKETS, (uint32_t)data[4] << 8 | data[5],
		(uint32_t)data[6] << 8 | data[7]);
	if (table_open_memory((struct span){p, base + 2 * index}, &t) == 0) {
		ask(t);
		table_close(t);
	}
	free(p);
	if (table_open_memory((struct span){(const char *)data, size}, &t) == 0)
		table_close(t); /* the bare input, at whatever alignment it has */
	return 0;
}
