/*
 * A lookup is: bucket of the address, two items of the index, a binary search without branches
 * between them, and the value found there. Random IPv4 addresses touch three or four cache lines.
 *
 * The mapping is checked once and whole: places of the sections, order of the starts, every number
 * that is used as an index. So lookups need no checks of their own.
 */
#include "net/table.h"
#include "base/image.h"
#include "net/table_format.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

struct table {
	struct image image; /* not mapped for a table in memory */
	struct table_info info;
	const struct table_origin *origins;
	const struct v4_segment *v4;
	const uint32_t *v4_index;
	const struct v6_start *v6;
	const uint32_t *v6_values, *v6_index;
	struct span holders;
	uint32_t n_origins, n_v4, n_v6;
};

static u128 v6_value(uint64_t high, uint64_t low)
{
	return (u128)high << 64 | low;
}

static u128 v6_start(const struct table *t, uint32_t i)
{
	return v6_value(le64toh(t->v6[i].high), le64toh(t->v6[i].low));
}

static uint32_t v4_start(const struct table *t, uint32_t i)
{
	return le32toh(t->v4[i].start);
}

/* The bytes of a section; p is NULL when it does not lie in the payload. */
static struct span section(struct span payload, enum table_section which, uint32_t *ret_count)
{
	const struct table_head *h = (const void *)payload.p;
	uint64_t offset = le32toh(h->place[which].offset);
	uint64_t bytes = (uint64_t)le32toh(h->place[which].count) * table_item_bytes(which);

	*ret_count = le32toh(h->place[which].count);
	if (offset % 8 || offset < sizeof(*h) || offset + bytes > payload.n)
		return (struct span){NULL, 0};
	return (struct span){payload.p + offset, bytes};
}

/* Finds the sections; false when one is out of place or of a wrong size. */
static bool find_sections(struct table *t, struct span payload)
{
	struct span at[SECTIONS];
	uint32_t count[SECTIONS];

	for (int i = 0; i < SECTIONS; i++) {
		at[i] = section(payload, (enum table_section)i, &count[i]);
		if (!at[i].p)
			return false;
	}
	t->info.source = at[SECTION_SOURCE];
	t->info.terms = at[SECTION_TERMS];
	t->holders = at[SECTION_HOLDERS];
	t->origins = (const void *)at[SECTION_ORIGINS].p;
	t->v4 = (const void *)at[SECTION_V4].p;
	t->v4_index = (const void *)at[SECTION_V4_INDEX].p;
	t->v6 = (const void *)at[SECTION_V6_STARTS].p;
	t->v6_values = (const void *)at[SECTION_V6_VALUES].p;
	t->v6_index = (const void *)at[SECTION_V6_INDEX].p;
	t->n_origins = count[SECTION_ORIGINS];
	t->n_v4 = count[SECTION_V4];
	t->n_v6 = count[SECTION_V6_STARTS];
	return t->n_origins && t->n_v4 && t->n_v6 && count[SECTION_V6_VALUES] == t->n_v6 &&
	       count[SECTION_V4_INDEX] == V4_BUCKETS + 1 &&
	       count[SECTION_V6_INDEX] == V6_BUCKETS + 1;
}

static bool origins_hold(const struct table *t)
{
	bool good = true;

	for (uint32_t i = 0; i < t->n_origins; i++)
		good &= (uint64_t)le32toh(t->origins[i].holder) +
				le32toh(t->origins[i].holder_bytes) <=
			t->holders.n;
	return good;
}

static bool value_holds(const struct table *t, uint32_t value, unsigned bits)
{
	return value_origin(value) < t->n_origins &&
	       (value_length(value) <= bits || value_length(value) == VALUE_RANGE);
}

static bool v4_holds(const struct table *t)
{
	bool good = v4_start(t, 0) == 0;

	for (uint32_t i = 0; i < t->n_v4; i++)
		good &= value_holds(t, le32toh(t->v4[i].value), 32);
	for (uint32_t i = 1; i < t->n_v4; i++)
		good &= v4_start(t, i - 1) < v4_start(t, i);
	return good;
}

static bool v6_holds(const struct table *t)
{
	bool good = v6_start(t, 0) == 0;

	for (uint32_t i = 0; i < t->n_v6; i++)
		good &= value_holds(t, le32toh(t->v6_values[i]), 128);
	for (uint32_t i = 1; i < t->n_v6; i++)
		good &= v6_start(t, i - 1) < v6_start(t, i);
	return good;
}

/*
 * An index must stay inside the segments and never fall. That it also points at the right ones is
 * the builder's affair: a wrong index gives a wrong answer, never a bad read.
 */
static bool index_holds(const uint32_t *index, uint32_t buckets, uint32_t n)
{
	bool good = le32toh(index[0]) == 0 && le32toh(index[buckets]) == n - 1;

	for (uint32_t i = 0; i < buckets; i++)
		good &= le32toh(index[i]) <= le32toh(index[i + 1]);
	return good;
}

static int open_payload(struct table *t, struct span payload)
{
	const struct table_head *h = (const void *)payload.p;

	if (payload.n < sizeof(*h) || (uintptr_t)payload.p % 8)
		return -EBADMSG;
	t->info.day = (int32_t)le32toh((uint32_t)h->day);
	t->info.v4 = le32toh(h->v4);
	t->info.v6 = le32toh(h->v6);
	t->info.asns = le32toh(h->asns);
	t->info.bytes = payload.n;
	if (!find_sections(t, payload) || !origins_hold(t) || !v4_holds(t) || !v6_holds(t) ||
		!index_holds(t->v4_index, V4_BUCKETS, t->n_v4) ||
		!index_holds(t->v6_index, V6_BUCKETS, t->n_v6))
		return -EBADMSG;
	return 0;
}

int table_open_memory(struct span payload, struct table **ret_table)
{
	struct table *t = calloc(1, sizeof(*t));
	int rc = t ? open_payload(t, payload) : -ENOMEM;

	if (rc < 0)
		free(t);
	else
		*ret_table = t;
	return rc;
}

int table_open(const char *path, struct table **ret_table, struct err *err)
{
	struct image image;
	struct table *t;
	int rc = image_open(path, TABLE_MAGIC, TABLE_VERSION, &image, err);

	if (rc < 0)
		return rc;
	rc = table_open_memory(image.payload, &t);
	if (rc < 0) {
		image_close(&image);
		return rc == -EBADMSG
			       ? err_set(err, rc, "%s: not a sound table; import it again", path)
			       : err_sys(err, rc, "%s", path);
	}
	t->image = image;
	t->info.bytes = image.map_bytes;
	*ret_table = t;
	return 0;
}

void table_close(struct table *t)
{
	if (t)
		image_close(&t->image);
	free(t);
}

void table_info(const struct table *t, struct table_info *ret_info)
{
	*ret_info = t->info;
}

/* The segment that holds an address: the last one that starts at or below it. */
static uint32_t v4_find(const struct table *t, uint32_t v4)
{
	const uint32_t *index = t->v4_index + v4_bucket(v4);
	uint32_t at = le32toh(index[0]), n = le32toh(index[1]) - at + 1;

	while (n > 1) {
		uint32_t half = n / 2;

		at += v4_start(t, at + half) <= v4 ? half : 0;
		n -= half;
	}
	return at;
}

static uint32_t v6_find(const struct table *t, u128 v6)
{
	const uint32_t *index = t->v6_index + v6_bucket((uint64_t)(v6 >> 64));
	uint32_t at = le32toh(index[0]), n = le32toh(index[1]) - at + 1;

	while (n > 1) {
		uint32_t half = n / 2;

		at += v6_start(t, at + half) <= v6 ? half : 0;
		n -= half;
	}
	return at;
}

asn_t table_lookup_v4(const struct table *t, uint32_t v4)
{
	return le32toh(t->origins[value_origin(le32toh(t->v4[v4_find(t, v4)].value))].asn);
}

/* Where an address was found: the value there, and how many low bits of the address may change
 * without leaving the segment. */
struct hit {
	uint32_t value;
	unsigned room, bits;
};

/* The place of the highest bit in which two numbers differ; they must. */
static unsigned highest_difference(u128 a, u128 b)
{
	uint64_t high = (uint64_t)((a ^ b) >> 64), low = (uint64_t)(a ^ b);

	return high ? 127 - (unsigned)__builtin_clzll(high) : 63 - (unsigned)__builtin_clzll(low);
}

/*
 * An aligned block around v of k low bits holds x just when v and x are the same above bit k. So
 * the block that holds neither the address before the segment nor the one behind it may have as
 * many bits as the place of the highest bit in which v differs from both.
 */
static unsigned room_in(
	u128 v, bool has_before, u128 before, bool has_after, u128 after, unsigned bits)
{
	unsigned room = bits;

	if (has_before)
		room = highest_difference(v, before);
	if (has_after) {
		unsigned k = highest_difference(v, after);

		room = k < room ? k : room;
	}
	return room;
}

static struct hit hit_v4(const struct table *t, uint32_t v4)
{
	uint32_t i = v4_find(t, v4);
	bool more = i + 1 < t->n_v4;

	return (struct hit){le32toh(t->v4[i].value),
		room_in(v4, i > 0, v4_start(t, i) - 1, more, more ? v4_start(t, i + 1) : 0, 32),
		32};
}

static struct hit hit_v6(const struct table *t, const uint8_t *byte)
{
	uint64_t half[2];

	memcpy(half, byte, sizeof(half));
	u128 v6 = v6_value(be64toh(half[0]), be64toh(half[1]));
	uint32_t i = v6_find(t, v6);
	bool more = i + 1 < t->n_v6;

	return (struct hit){le32toh(t->v6_values[i]),
		room_in(v6, i > 0, v6_start(t, i) - 1, more, more ? v6_start(t, i + 1) : 0, 128),
		128};
}

bool table_lookup(const struct table *t, const struct ip *ip, struct origin *ret_origin)
{
	if (ip->family != IP_V4 && ip->family != IP_V6)
		return false;
	struct hit h = ip->family == IP_V4 ? hit_v4(t, ip_v4(ip)) : hit_v6(t, ip->byte);
	const struct table_origin *o = &t->origins[value_origin(h.value)];
	unsigned length = value_length(h.value);

	if (value_origin(h.value) == 0)
		return false;
	if (length == VALUE_RANGE)
		length = h.bits - h.room;
	ret_origin->prefix = prefix_of(ip, length);
	ret_origin->asn = le32toh(o->asn);
	ret_origin->holder =
		(struct span){t->holders.p + le32toh(o->holder), le32toh(o->holder_bytes)};
	return true;
}

uint32_t table_origins(const struct table *t)
{
	return t->n_origins - 1;
}

/* The number 0 of an image is 'none' and is nobody's here. */
asn_t table_origin(const struct table *t, uint32_t origin, struct span *ret_holder)
{
	const struct table_origin *o = &t->origins[origin + 1];

	*ret_holder = (struct span){t->holders.p + le32toh(o->holder), le32toh(o->holder_bytes)};
	return le32toh(o->asn);
}

static struct ip ip_from_v6(u128 v6)
{
	uint64_t half[2] = {htobe64((uint64_t)(v6 >> 64)), htobe64((uint64_t)v6)};
	struct ip ip = {.family = IP_V6};

	memcpy(ip.byte, half, sizeof(half));
	return ip;
}

static void set_v4(const struct table *t, uint32_t i, struct table_segment *s)
{
	s->first = ip_from_v4(v4_start(t, i));
	s->last = ip_from_v4(i + 1 < t->n_v4 ? v4_start(t, i + 1) - 1 : UINT32_MAX);
}

static void set_v6(const struct table *t, uint32_t i, struct table_segment *s)
{
	s->first = ip_from_v6(v6_start(t, i));
	s->last = ip_from_v6(i + 1 < t->n_v6 ? v6_start(t, i + 1) - 1 : ~(u128)0);
}

bool table_next_segment(
	const struct table *t, struct table_cursor *cursor, struct table_segment *ret_segment)
{
	bool v4 = cursor->family == IP_V4;
	uint32_t n = v4 ? t->n_v4 : t->n_v6, value = 0;

	while (cursor->next < n) {
		uint32_t i = cursor->next++;

		value = le32toh(v4 ? t->v4[i].value : t->v6_values[i]);
		if (value_origin(value) == 0)
			continue;
		unsigned length = value_length(value);

		ret_segment->origin = value_origin(value) - 1;
		ret_segment->length = length == VALUE_RANGE ? -1 : (int)length;
		v4 ? set_v4(t, i, ret_segment) : set_v6(t, i, ret_segment);
		return true;
	}
	return false;
}
