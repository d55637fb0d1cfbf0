/*
 * Entries are sorted by their first address and swept once. At each address where something begins
 * or ends the narrowest entry still open wins the segment that starts there. The open entries stand
 * in a heap, narrowest on top; those that have ended are thrown away when they come to the top.
 */
#include "net/table_build.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "net/table_format.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

/* One prefix or range, of either family. */
struct entry {
	u128 first, last;
	uint32_t value; /* table_format.h */
	uint32_t order; /* of being added */
};

struct entries {
	struct entry *at;
	size_t n, room;
};

struct segment {
	u128 start;
	uint32_t value;
};

struct segments {
	struct segment *at;
	size_t n;
};

struct table_builder {
	struct entries v4, v6;
	struct table_origin *origins; /* host byte order until written */
	size_t n_origins, origins_room;
	struct buf holders;
	uint32_t *slots; /* open addressing: numbers of origins, 0 is free */
	size_t n_slots;  /* a power of two */
	uint64_t repeated;
};

/* Makes room for one more item of an array; *room grows by doubling. */
static int grow(void **at, size_t *room, size_t n, size_t item)
{
	size_t more = *room ? *room * 2 : 1024, bytes;

	if (n < *room)
		return 0;
	if (__builtin_mul_overflow(more, item, &bytes))
		return -ENOMEM;
	void *p = realloc(*at, bytes);

	if (!p)
		return -ENOMEM;
	*at = p;
	*room = more;
	return 0;
}

int table_builder_new(struct table_builder **ret_builder)
{
	struct table_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->n_slots = 4096;
	b->slots = calloc(b->n_slots, sizeof(*b->slots));
	if (!b->slots || grow((void **)&b->origins, &b->origins_room, 0, sizeof(*b->origins)) < 0) {
		table_builder_free(b);
		return -ENOMEM;
	}
	b->origins[b->n_origins++] = (struct table_origin){0}; /* 'none' */
	*ret_builder = b;
	return 0;
}

void table_builder_free(struct table_builder *b)
{
	if (!b)
		return;
	free(b->v4.at);
	free(b->v6.at);
	free(b->origins);
	free(b->slots);
	buf_done(&b->holders);
	free(b);
}

/* Writes s to to[HOLDER_MOST] as it is kept: valid UTF-8, no control characters, cut on a
 * character's edge. Returns the length. */
static size_t clean_holder(struct span s, char *to)
{
	size_t n = 0;
	char code[4];

	if (s.n <= HOLDER_MOST && utf8_is_ascii(s)) {
		for (; n < s.n; n++)
			to[n] = s.p[n] < ' ' || s.p[n] == 127 ? ' ' : s.p[n];
		return n;
	}
	while (s.n) {
		uint32_t c = utf8_next(&s);
		size_t bytes = utf8_put(c < ' ' || (c >= 127 && c < 160) ? ' ' : c, code);

		if (n + bytes > HOLDER_MOST)
			break;
		memcpy(to + n, code, bytes);
		n += bytes;
	}
	return n;
}

static struct span holder_of(const struct table_builder *b, uint32_t origin)
{
	const struct table_origin *o = &b->origins[origin];

	return span_take(span_skip(buf_span(&b->holders), o->holder), o->holder_bytes);
}

/* The slot where an origin stands or would stand. At least one slot is free. */
static uint32_t *find_slot(const struct table_builder *b, asn_t asn, struct span holder)
{
	size_t i = hash64(holder, asn);

	for (;; i++) {
		uint32_t *slot = &b->slots[i & (b->n_slots - 1)];

		if (!*slot ||
			(b->origins[*slot].asn == asn && span_eq(holder_of(b, *slot), holder)))
			return slot;
	}
}

static int grow_slots(struct table_builder *b)
{
	struct table_builder larger = *b;

	larger.n_slots *= 2;
	larger.slots = calloc(larger.n_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (uint32_t i = 1; i < b->n_origins; i++)
		*find_slot(&larger, b->origins[i].asn, holder_of(b, i)) = i;
	free(b->slots);
	b->slots = larger.slots;
	b->n_slots = larger.n_slots;
	return 0;
}

int table_builder_origin(
	struct table_builder *b, asn_t asn, struct span holder, uint32_t *ret_origin)
{
	char clean[HOLDER_MOST];
	struct span name = {clean, clean_holder(holder, clean)};

	if (b->n_origins * 2 > b->n_slots && grow_slots(b) < 0)
		return -ENOMEM;
	uint32_t *slot = find_slot(b, asn, name);

	if (!*slot) {
		if (b->n_origins == VALUE_ORIGINS || b->holders.n + name.n > UINT32_MAX)
			return -E2BIG;
		if (grow((void **)&b->origins, &b->origins_room, b->n_origins,
			    sizeof(*b->origins)) < 0)
			return -ENOMEM;
		b->origins[b->n_origins] =
			(struct table_origin){asn, (uint32_t)b->holders.n, (uint32_t)name.n};
		buf_add(&b->holders, name);
		if (!buf_ok(&b->holders))
			return -ENOMEM;
		*slot = (uint32_t)b->n_origins++;
	}
	*ret_origin = *slot;
	return 0;
}

static int add(struct table_builder *b, int family, struct entry e)
{
	struct entries *to = family == IP_V4 ? &b->v4 : &b->v6;

	if (to->n >= (size_t)1 << 31)
		return -E2BIG;
	if (grow((void **)&to->at, &to->room, to->n, sizeof(*to->at)) < 0)
		return -ENOMEM;
	e.order = (uint32_t)to->n;
	to->at[to->n++] = e;
	return 0;
}

int table_builder_add_prefix(struct table_builder *b, const struct prefix *p, uint32_t origin)
{
	unsigned bits = p->ip.family == IP_V4 ? 32 : p->ip.family == IP_V6 ? 128 : 0;

	if (!bits || p->length > bits)
		return -EINVAL;
	struct prefix clean = prefix_of(&p->ip, p->length);
	u128 first = value_of_ip(&clean.ip);
	/* Two shifts: one by all of 128 bits is not defined. */
	u128 host = p->length == 0 && bits == 128 ? ~(u128)0 : ((u128)1 << (bits - p->length)) - 1;

	return add(b, p->ip.family,
		(struct entry){first, first | host, value_of(origin, p->length), 0});
}

int table_builder_add_range(
	struct table_builder *b, const struct ip *first, const struct ip *last, uint32_t origin)
{
	if (first->family != last->family || ip_compare(first, last) > 0 ||
		(first->family != IP_V4 && first->family != IP_V6))
		return -EINVAL;
	return add(b, first->family,
		(struct entry){
			value_of_ip(first), value_of_ip(last), value_of(origin, VALUE_RANGE), 0});
}

static int compare_entries(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Sorts, unless the entries came in order, and leaves out repeated ones. Returns how many. */
static uint64_t sort_entries(struct entries *e)
{
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < e->n && sorted; i++)
		sorted = compare_entries(&e->at[i - 1], &e->at[i]) < 0;
	if (!sorted)
		qsort(e->at, e->n, sizeof(*e->at), compare_entries);
	for (size_t i = 0; i < e->n; i++) {
		const struct entry *before = kept ? &e->at[kept - 1] : NULL;

		if (!before || before->first != e->at[i].first || before->last != e->at[i].last)
			e->at[kept++] = e->at[i];
	}
	uint64_t repeated = e->n - kept;

	e->n = kept;
	return repeated;
}

/* The open entries: a heap of their indexes, the narrowest first. */
struct heap {
	const struct entry *entry;
	uint32_t *at;
	size_t n;
};

static bool goes_before(const struct heap *h, uint32_t a, uint32_t b)
{
	u128 wa = h->entry[a].last - h->entry[a].first, wb = h->entry[b].last - h->entry[b].first;

	return wa != wb ? wa < wb : h->entry[a].order < h->entry[b].order;
}

static void heap_push(struct heap *h, uint32_t item)
{
	size_t i = h->n++;

	for (; i && goes_before(h, item, h->at[(i - 1) / 2]); i = (i - 1) / 2)
		h->at[i] = h->at[(i - 1) / 2];
	h->at[i] = item;
}

static void heap_pop(struct heap *h)
{
	uint32_t item = h->at[--h->n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < h->n) {
		if (child + 1 < h->n && goes_before(h, h->at[child + 1], h->at[child]))
			child++;
		if (!goes_before(h, h->at[child], item))
			break;
		h->at[i] = h->at[child];
		i = child;
	}
	h->at[i] = item;
}

/*
 * Starts a segment, unless it would only go on with the one before: the same entry (`same`), or two
 * prefixes whose answers are the same. Ranges stay apart, since their bounds are part of the
 * answer.
 */
static void start_segment(struct segments *s, u128 start, uint32_t value, bool same)
{
	bool alike = s->n && s->at[s->n - 1].value == value && value_length(value) != VALUE_RANGE;

	if (!same && !alike)
		s->at[s->n++] = (struct segment){start, value};
}

/* Cuts the space into segments; out has room for 2 n + 1, heap for n. Entries are sorted. */
static void sweep(const struct entries *e, u128 max, struct heap *heap, struct segments *out)
{
	const uint32_t none = UINT32_MAX;
	uint32_t winner = none, before = none;
	u128 at = 0;
	size_t i = 0;

	for (bool first = true;; first = false) {
		while (i < e->n && e->at[i].first == at)
			heap_push(heap, (uint32_t)i++);
		while (heap->n && e->at[heap->at[0]].last < at)
			heap_pop(heap);
		before = winner;
		winner = heap->n ? heap->at[0] : none;
		start_segment(out, at, winner == none ? VALUE_NONE : e->at[winner].value,
			!first && winner == before);

		bool ends = winner != none && e->at[winner].last != max;

		if (i == e->n && !ends)
			return;
		at = ends ? e->at[winner].last + 1 : e->at[i].first;
		if (i < e->n && e->at[i].first < at)
			at = e->at[i].first;
	}
}

/* Sorts one family's entries and cuts them. *ret_segments is the caller's to free. */
static int flatten(struct entries *e, u128 max, uint64_t *repeated, struct segments *ret_segments)
{
	*repeated += sort_entries(e);
	struct segments s = {.at = malloc((2 * e->n + 1) * sizeof(*s.at))};
	struct heap heap = {.entry = e->at, .at = malloc((e->n + 1) * sizeof(*heap.at))};
	int rc = s.at && heap.at ? 0 : -ENOMEM;

	if (rc == 0) {
		sweep(e, max, &heap, &s);
		*ret_segments = s;
	} else {
		free(s.at);
	}
	free(heap.at);
	return rc;
}

/*
 * Begins a section of that many items at a multiple of 8 bytes, zeros before it, and notes where.
 * Returns the room for them, counted as written already; NULL when memory is short.
 */
static void *put_section(
	struct buf *to, struct table_head *head, enum table_section which, size_t count)
{
	size_t zeros = -to->n % 8, bytes = count * table_item_bytes(which);
	char *room = buf_reserve(to, zeros + bytes + 1);

	if (!room)
		return NULL;
	memset(room, 0, zeros);
	to->n += zeros + bytes;
	head->place[which] =
		(struct table_place){htole32((uint32_t)(to->n - bytes)), htole32((uint32_t)count)};
	return room + zeros;
}

static void put_text(
	struct buf *to, struct table_head *head, enum table_section which, struct span text)
{
	void *room = put_section(to, head, which, text.n);

	if (room && text.n)
		memcpy(room, text.p, text.n);
}

static void put_origins(struct buf *to, struct table_head *head, const struct table_builder *b)
{
	struct table_origin *o = put_section(to, head, SECTION_ORIGINS, b->n_origins);

	for (size_t i = 0; o && i < b->n_origins; i++)
		o[i] = (struct table_origin){htole32(b->origins[i].asn),
			htole32(b->origins[i].holder), htole32(b->origins[i].holder_bytes)};
}

static void put_v4(struct buf *to, struct table_head *head, const struct segments *s)
{
	struct v4_segment *segment = put_section(to, head, SECTION_V4, s->n);

	for (size_t i = 0; segment && i < s->n; i++)
		segment[i] = (struct v4_segment){
			htole32((uint32_t)s->at[i].start), htole32(s->at[i].value)};
	uint32_t *index = put_section(to, head, SECTION_V4_INDEX, V4_BUCKETS + 1);
	uint32_t at = 0;

	for (uint32_t bucket = 0; index && bucket < V4_BUCKETS; bucket++) {
		while (at + 1 < s->n && s->at[at + 1].start <= v4_bucket_first(bucket))
			at++;
		index[bucket] = htole32(at);
	}
	if (index)
		index[V4_BUCKETS] = htole32((uint32_t)s->n - 1);
}

static void put_v6(struct buf *to, struct table_head *head, const struct segments *s)
{
	struct v6_start *start = put_section(to, head, SECTION_V6_STARTS, s->n);

	for (size_t i = 0; start && i < s->n; i++)
		start[i] = (struct v6_start){htole64((uint64_t)(s->at[i].start >> 64)),
			htole64((uint64_t)s->at[i].start)};
	uint32_t *value = put_section(to, head, SECTION_V6_VALUES, s->n);

	for (size_t i = 0; value && i < s->n; i++)
		value[i] = htole32(s->at[i].value);
	uint32_t *index = put_section(to, head, SECTION_V6_INDEX, V6_BUCKETS + 1);
	uint32_t at = 0;

	for (uint32_t bucket = 0; index && bucket < V6_BUCKETS; bucket++) {
		while (at + 1 < s->n && s->at[at + 1].start <= v6_bucket_first(bucket))
			at++;
		index[bucket] = htole32(at);
	}
	if (index)
		index[V6_BUCKETS] = htole32((uint32_t)s->n - 1);
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Distinct AS numbers but 0; the slots are no more needed and serve as room. */
static uint32_t count_asns(struct table_builder *b)
{
	uint32_t n = 0;

	for (size_t i = 0; i < b->n_origins; i++)
		b->slots[i] = b->origins[i].asn;
	qsort(b->slots, b->n_origins, sizeof(*b->slots), compare_u32);
	for (size_t i = 1; i < b->n_origins; i++)
		n += b->slots[i] != b->slots[i - 1];
	return n;
}

static void write_payload(struct table_builder *b, const struct table_label *label,
	const struct segments *v4, const struct segments *v6, struct buf *to)
{
	struct table_head head = {.day = (int32_t)htole32((uint32_t)label->day),
		.v4 = htole32((uint32_t)b->v4.n),
		.v6 = htole32((uint32_t)b->v6.n),
		.asns = htole32(count_asns(b))};

	buf_add(to, (struct span){(const char *)&head, sizeof(head)});
	put_text(to, &head, SECTION_SOURCE, label->source);
	put_text(to, &head, SECTION_TERMS, label->terms);
	put_text(to, &head, SECTION_HOLDERS, buf_span(&b->holders));
	put_origins(to, &head, b);
	put_v4(to, &head, v4);
	put_v6(to, &head, v6);
	if (buf_ok(to))
		memcpy(to->p, &head, sizeof(head));
}

int table_builder_finish(struct table_builder *b, const struct table_label *label,
	struct buf *payload, uint64_t *ret_repeated)
{
	struct segments v4 = {0}, v6 = {0};
	uint64_t repeated = 0;
	int rc = flatten(&b->v4, UINT32_MAX, &repeated, &v4);

	if (rc == 0)
		rc = flatten(&b->v6, ~(u128)0, &repeated, &v6);
	if (rc == 0)
		write_payload(b, label, &v4, &v6, payload);
	free(v4.at);
	free(v6.at);
	if (rc == 0 && payload->n > UINT32_MAX)
		rc = -E2BIG;
	if (rc == 0 && !buf_ok(payload))
		rc = -ENOMEM;
	if (rc == 0 && ret_repeated)
		*ret_repeated = repeated;
	return rc;
}
