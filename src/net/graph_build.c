/*
 * Links are gathered as they come. At the end they are put in order twice, by radix: first all AS
 * numbers, which gives each its rank; then the links by the ranks of both ends. That sort keeps
 * those of one pair in the order in which they were given, so the first of them is known. A hash
 * would do as well, but a stranger who chooses AS numbers could make one slow.
 */
#include "net/graph_build.h"
#include "base/image.h"
#include "net/asn.h"
#include "net/graph_format.h"
#include "net/graph_shape.h"

#include <errno.h>
#include <stdlib.h>

/* A link as given: the neighbour is `kind` to a. */
struct given {
	uint32_t a, neighbour; /* AS numbers; at the end nodes */
	uint32_t kind;
};

/* An AS that was named by itself. */
struct named {
	uint32_t asn; /* at the end the node */
	uint32_t flags;
};

struct graph_builder {
	struct given *link;
	size_t links, links_room;
	struct named *as;
	size_t ases, ases_room;
	struct graph_odd odd;
};

int graph_builder_new(struct graph_builder **ret_builder)
{
	struct graph_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	*ret_builder = b;
	return 0;
}

void graph_builder_free(struct graph_builder *b)
{
	if (!b)
		return;
	free(b->link);
	free(b->as);
	free(b);
}

/* Makes room for one more item of an array; *room grows by doubling. */
static int grow(void **at, size_t *room, size_t n, size_t item)
{
	size_t more = *room ? *room * 2 : 1024;
	void *p;

	if (n < *room)
		return 0;
	if (n >= GRAPH_LINKS_MOST)
		return -E2BIG;
	p = realloc(*at, more * item);
	if (!p)
		return -ENOMEM;
	*at = p;
	*room = more;
	return 0;
}

int graph_builder_link(struct graph_builder *b, asn_t a, asn_t neighbour, enum link_kind kind)
{
	bool stands = asn_may_stand(a) && asn_may_stand(neighbour);

	b->odd.scope += !stands;
	b->odd.loops += stands && a == neighbour;
	if (!stands || a == neighbour)
		return 0;
	int rc = grow((void **)&b->link, &b->links_room, b->links, sizeof(*b->link));

	if (rc == 0)
		b->link[b->links++] = (struct given){a, neighbour, kind};
	return rc;
}

static int name_as(struct graph_builder *b, asn_t asn, uint32_t flags)
{
	if (!asn_may_stand(asn)) {
		b->odd.scope++;
		return 0;
	}
	int rc = grow((void **)&b->as, &b->ases_room, b->ases, sizeof(*b->as));

	if (rc == 0)
		b->as[b->ases++] = (struct named){asn, flags};
	return rc;
}

int graph_builder_as(struct graph_builder *b, asn_t asn)
{
	return name_as(b, asn, 0);
}

int graph_builder_clique(struct graph_builder *b, asn_t asn)
{
	return name_as(b, asn, GRAPH_CLIQUE);
}

uint64_t graph_builder_links(const struct graph_builder *b)
{
	return b->links;
}

#define DIGIT 11 /* bits that one pass of the sort looks at */

/* What both sorts work in: two arrays that change places. */
struct keys {
	uint64_t *at, *other;
	size_t n;
};

/* One pass, by DIGIT bits from `shift` on; keys that are alike in them stay in order. */
static void sort_digit(struct keys *k, unsigned shift)
{
	uint32_t place[1u << DIGIT] = {0}, sum = 0;
	const uint64_t mask = (1u << DIGIT) - 1;

	for (size_t i = 0; i < k->n; i++)
		place[k->at[i] >> shift & mask]++;
	for (size_t i = 0; i <= mask; i++) {
		uint32_t n = place[i];

		place[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < k->n; i++)
		k->other[place[k->at[i] >> shift & mask]++] = k->at[i];
	uint64_t *t = k->at;

	k->at = k->other;
	k->other = t;
}

/* By the bits from `from` on, so many of them; what stands above must be zero. */
static void sort_keys(struct keys *k, unsigned from, unsigned bits)
{
	for (unsigned done = 0; done < bits; done += DIGIT)
		sort_digit(k, from + done);
}

/* What is being made: the payload, and pointers to write to in it. */
struct making {
	struct graph_builder *b;
	struct keys keys;
	uint32_t nodes, links;
	struct buf *payload;
	asn_t *number;  /* [nodes] their AS numbers, until they are in the payload */
	struct graph g; /* what the shape is worked out from */
	asn_t *asn;
	uint32_t *row, *col, *order, *group, *cone;
	uint8_t *flags;
};

/* The place where the number with that tag stands; it gets the node in its place. */
static uint32_t *number_at(struct graph_builder *b, size_t tag)
{
	if (tag >= 2 * b->links)
		return &b->as[tag - 2 * b->links].asn;
	return tag % 2 ? &b->link[tag / 2].neighbour : &b->link[tag / 2].a;
}

static bool begins_node(const struct keys *k, size_t i)
{
	return i == 0 || k->at[i] >> 32 != k->at[i - 1] >> 32;
}

/* Gives every AS its node: sorts all numbers that stand anywhere, each with a tag of where. */
static int rank_numbers(struct making *m)
{
	struct graph_builder *b = m->b;
	struct keys *k = &m->keys;
	size_t nodes = 0;

	for (k->n = 0; k->n < 2 * b->links + b->ases; k->n++)
		k->at[k->n] = (uint64_t)*number_at(b, k->n) << 32 | k->n;
	sort_keys(k, 32, 32);
	for (size_t i = 0; i < k->n; i++)
		nodes += begins_node(k, i);
	if (nodes > GRAPH_NODES_MOST)
		return -E2BIG;
	m->number = malloc((nodes + 1) * sizeof(*m->number));
	if (!m->number)
		return -ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		if (begins_node(k, i))
			m->number[m->nodes++] = (asn_t)(k->at[i] >> 32);
		*number_at(b, k->at[i] & UINT32_MAX) = m->nodes - 1;
	}
	return 0;
}

#define KIND_BITS 2

static const enum link_kind turned[LINK_KINDS] = {
	[LINK_PROVIDER] = LINK_CUSTOMER,
	[LINK_SIBLING] = LINK_SIBLING,
	[LINK_CUSTOMER] = LINK_PROVIDER,
	[LINK_PEER] = LINK_PEER,
};

#define SET_OF(kind) (1u << (kind))

/* What a pair is, of all n keys that speak of it, in the order given. */
static enum link_kind settle(const uint64_t *key, size_t n, struct graph_odd *odd)
{
	const unsigned transit = SET_OF(LINK_PROVIDER) | SET_OF(LINK_CUSTOMER);
	enum link_kind kind = (enum link_kind)(key[0] & 3);
	unsigned held = SET_OF(kind);

	for (size_t i = 1; i < n; i++) {
		unsigned now = SET_OF(key[i] & 3);

		if (held & now) {
			odd->repeated++;
		} else if ((held | now) == transit) {
			odd->mutual++;
			held = transit | SET_OF(LINK_SIBLING);
			kind = LINK_SIBLING;
		} else {
			odd->contrary++;
		}
	}
	return kind;
}

/*
 * Sorts the links by their ends, the lower node first, and leaves each pair once, its kind as seen
 * from the lower node in the last bits. Returns how wide a node is.
 */
static unsigned sort_links(struct making *m)
{
	struct graph_builder *b = m->b;
	struct keys *k = &m->keys;
	unsigned bits = m->nodes > 1 ? 32 - (unsigned)__builtin_clz(m->nodes - 1) : 1;
	size_t kept = 0;

	for (k->n = 0; k->n < b->links; k->n++) {
		const struct given *l = &b->link[k->n];
		bool turn = l->a > l->neighbour;
		uint64_t low = turn ? l->neighbour : l->a, high = turn ? l->a : l->neighbour;

		k->at[k->n] = (low << bits | high) << KIND_BITS |
			      (turn ? turned[l->kind] : (enum link_kind)l->kind);
	}
	sort_keys(k, KIND_BITS, 2 * bits);
	for (size_t i = 0, next; i < k->n; i = next) {
		for (next = i + 1; next < k->n; next++) {
			if (k->at[next] >> KIND_BITS != k->at[i] >> KIND_BITS)
				break;
		}
		k->at[kept++] =
			k->at[i] >> KIND_BITS << KIND_BITS | settle(&k->at[i], next - i, &b->odd);
	}
	k->n = kept;
	m->links = (uint32_t)kept;
	return bits;
}

/* Begins a section at the end of the payload; the room is there already. */
static void *put_section(
	struct making *m, struct graph_head *head, enum graph_section which, size_t count)
{
	struct buf *to = m->payload;
	size_t zeros = -to->n % 8, bytes = count * graph_item_bytes(which);

	memset(to->p + to->n, 0, zeros + bytes);
	to->n += zeros + bytes;
	head->place[which] = (struct graph_place){(uint32_t)(to->n - bytes), (uint32_t)count};
	return to->p + to->n - bytes;
}

static void put_text(
	struct making *m, struct graph_head *head, enum graph_section which, struct span text)
{
	void *room = put_section(m, head, which, text.n);

	if (text.n)
		memcpy(room, text.p, text.n);
}

/* Lays the payload out. Nothing is moved later, so that sections can be written in place. */
static int lay_out(struct making *m, const struct graph_label *label)
{
	struct graph_head head = {.day = label->day, .nodes = m->nodes, .links = m->links};
	size_t n = m->nodes, fixed = sizeof(head) + 8 * GRAPH_SECTIONS;
	size_t numbers = 4 * (n + 4 * n + 1 + 2 * (size_t)m->links + 3 * n) + n;
	size_t text = label->source.n + label->method.n + label->terms.n;

	if (text > UINT32_MAX - fixed - numbers)
		return -E2BIG;
	if (!buf_reserve(m->payload, fixed + numbers + text))
		return -ENOMEM;
	m->payload->n = sizeof(head);
	put_text(m, &head, GRAPH_SOURCE, label->source);
	put_text(m, &head, GRAPH_METHOD, label->method);
	put_text(m, &head, GRAPH_TERMS, label->terms);
	m->asn = put_section(m, &head, GRAPH_ASN, n);
	m->row = put_section(m, &head, GRAPH_ROW, 4 * n + 1);
	m->col = put_section(m, &head, GRAPH_COL, 2 * (size_t)m->links);
	m->order = put_section(m, &head, GRAPH_ORDER, n);
	m->group = put_section(m, &head, GRAPH_GROUP, n);
	m->cone = put_section(m, &head, GRAPH_CONE, n);
	m->flags = put_section(m, &head, GRAPH_FLAGS, n);
	memcpy(m->payload->p, &head, sizeof(head));
	m->g = (struct graph){.nodes = m->nodes,
		.links = m->links,
		.row = m->row,
		.col = m->col,
		.order = m->order,
		.group = m->group};
	return 0;
}

static void put_nodes(struct making *m)
{
	const struct graph_builder *b = m->b;

	if (m->nodes)
		memcpy(m->asn, m->number, m->nodes * sizeof(*m->asn));
	for (size_t i = 0; i < b->ases; i++)
		m->flags[b->as[i].asn] |= (uint8_t)b->as[i].flags;
}

/* A link out of its key. */
struct pair {
	uint32_t low, high;
	enum link_kind kind; /* what high is to low */
};

static struct pair pair_of(uint64_t key, unsigned bits)
{
	return (struct pair){
		.low = (uint32_t)(key >> (KIND_BITS + bits)),
		.high = (uint32_t)(key >> KIND_BITS & ((1ull << bits) - 1)),
		.kind = (enum link_kind)(key & 3),
	};
}

/*
 * Rows and neighbours. Links come in order of (low, high): so a node's lower neighbours come first,
 * ascending, then its higher ones, ascending; and each run is in order by itself.
 */
static void put_links(struct making *m, unsigned bits)
{
	const struct keys *k = &m->keys;
	uint32_t *row = m->row, sum = 0;

	for (size_t i = 0; i < k->n; i++) {
		struct pair p = pair_of(k->at[i], bits);

		row[4 * (size_t)p.low + p.kind]++;
		row[4 * (size_t)p.high + turned[p.kind]]++;
	}
	for (size_t i = 0; i < 4 * (size_t)m->nodes + 1; i++) {
		uint32_t n = row[i];

		row[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < k->n; i++) {
		struct pair p = pair_of(k->at[i], bits);

		m->col[row[4 * (size_t)p.low + p.kind]++] = p.high;
		m->col[row[4 * (size_t)p.high + turned[p.kind]]++] = p.low;
	}
	/* Each stands at the end of its run now, which is where the next one begins. */
	memmove(row + 1, row, 4 * (size_t)m->nodes * sizeof(*row));
	row[0] = 0;
}

/* Groups in which somebody buys from another member: siblings alone are no circle. */
static int count_circles(struct making *m, uint32_t groups)
{
	uint8_t *circle = calloc((size_t)groups + 1, 1);

	if (!circle)
		return -ENOMEM;
	for (uint32_t i = 0; i < m->nodes; i++) {
		struct nodes up = graph_neighbours(&m->g, i, LINK_PROVIDER);

		for (uint32_t k = 0; k < up.n; k++)
			circle[m->group[i]] |= m->group[up.node[k]] == m->group[i];
	}
	for (uint32_t i = 0; i < groups; i++)
		m->b->odd.circles += circle[i];
	free(circle);
	return 0;
}

static int put_shape(struct making *m)
{
	int64_t groups = graph_shape_order(&m->g, m->order, m->group);

	if (groups < 0)
		return (int)groups;
	int rc = count_circles(m, (uint32_t)groups);

	return rc < 0 ? rc : graph_shape_cones(&m->g, (uint32_t)groups, m->cone);
}

static int make(struct making *m, const struct graph_label *label)
{
	size_t most = 2 * m->b->links + m->b->ases + 1;
	uint64_t *room = malloc(2 * most * sizeof(*room));

	if (!room)
		return -ENOMEM;
	m->keys = (struct keys){room, room + most, 0};
	int rc = rank_numbers(m);
	unsigned bits = rc == 0 ? sort_links(m) : 0;

	if (rc == 0)
		rc = lay_out(m, label);
	if (rc == 0) {
		put_nodes(m);
		put_links(m, bits);
	}
	free(room);
	free(m->number);
	return rc == 0 ? put_shape(m) : rc;
}

int graph_builder_finish(struct graph_builder *b, const struct graph_label *label,
	struct graph_odd *ret_odd, struct buf *payload)
{
	struct making m = {.b = b, .payload = payload};
	int rc = make(&m, label);

	if (rc == 0 && ret_odd)
		*ret_odd = b->odd;
	return rc;
}

int graph_builder_open(struct graph_builder *b, const struct graph_label *label,
	struct graph_odd *ret_odd, struct graph **ret_graph)
{
	struct buf payload = {0};
	struct graph_odd odd;
	int rc = graph_builder_finish(b, label, &odd, &payload);

	if (rc < 0) {
		buf_done(&payload);
		return rc;
	}
	rc = graph_open_buf(&payload, ret_graph);
	if (rc == 0 && ret_odd)
		*ret_odd = odd;
	return rc;
}

int graph_write(const char *path, struct span payload, struct err *err)
{
	return image_write(path, GRAPH_MAGIC, GRAPH_VERSION, payload, err);
}
