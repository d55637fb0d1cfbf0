/*
 * A route's path is cleaned into a few numbers, and these are looked for among the paths there are.
 * Those stand one behind the other in a single array: routes, hops, then the hops themselves. Slots
 * of a hash table say where, each with the upper half of the hash, so that few paths are compared
 * in vain and the table grows without looking at them. That is two places in memory a route.
 *
 * The hash is seeded by chance, so that nobody can make a file whose paths all fall into one slot;
 * the order of the paths is that of their coming all the same.
 */
#include "net/paths_build.h"
#include "base/hash.h"
#include "base/image.h"
#include "net/asn.h"
#include "net/paths_format.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

struct slot {
	uint32_t mark; /* upper half of the path's hash */
	uint32_t at;   /* where in word[] it stands; 0: free */
};

/* What a path has in word[] before its hops. */
enum { WORD_ROUTES, WORD_HOPS, WORD_HOP };

/* What became of a route's path. */
struct outcome {
	uint32_t at;   /* where in word[] it stands, unless it is left out */
	uint64_t *why; /* which count of struct paths_odd says why it is; NULL */
	bool prepended, set, confeds;
};

struct paths_builder {
	uint32_t *word; /* the first is not used */
	size_t n, room;
	struct slot *slots;
	size_t n_slots; /* a power of two */
	uint32_t paths, hops;
	uint64_t seed;
	struct paths_odd odd;
	struct outcome last;
};

#define WORDS_FIRST 4096
#define SLOTS_FIRST 1024

int paths_builder_new(struct paths_builder **ret_builder)
{
	struct paths_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->n = 1;
	b->room = WORDS_FIRST;
	b->word = malloc(b->room * sizeof(*b->word));
	b->n_slots = SLOTS_FIRST;
	b->slots = calloc(b->n_slots, sizeof(*b->slots));
	if (!b->word || !b->slots) {
		paths_builder_free(b);
		return -ENOMEM;
	}
	if (getrandom(&b->seed, sizeof(b->seed), GRND_NONBLOCK) < 0)
		b->seed = (uintptr_t)b; /* early at boot: better than none */
	*ret_builder = b;
	return 0;
}

void paths_builder_free(struct paths_builder *b)
{
	if (!b)
		return;
	free(b->word);
	free(b->slots);
	free(b);
}

uint32_t paths_builder_count(const struct paths_builder *b)
{
	return b->paths;
}

const struct paths_odd *paths_builder_odd(const struct paths_builder *b)
{
	return &b->odd;
}

static bool is_in(const asn_t *hop, size_t n, asn_t asn)
{
	for (size_t i = 0; i < n; i++)
		if (hop[i] == asn)
			return true;
	return false;
}

/*
 * Cleans a path into to[PATH_HOPS_MOST] and returns how many hops it has, 0 when it is left out; of
 * several reasons for that the first one met counts.
 */
static size_t clean(struct paths_odd *odd, const asn_t *hop, const uint8_t *kind, size_t n,
	asn_t *to, struct outcome *ret)
{
	struct outcome o = {0};
	size_t kept = 0, i;

	for (i = 0; i < n && !o.why; i++) {
		if (kind && kind[i] == HOP_SET)
			break;
		if (kind && kind[i] == HOP_CONFED) {
			o.confeds = true;
			continue;
		}
		if (kept && to[kept - 1] == hop[i])
			o.prepended = true;
		else if (!asn_may_stand(hop[i]))
			o.why = &odd->scope;
		else if (is_in(to, kept, hop[i]))
			o.why = &odd->loops;
		else if (kept == PATH_HOPS_MOST)
			o.why = &odd->long_ones;
		else
			to[kept++] = hop[i];
	}
	o.set = !o.why && i < n;
	if (!o.why && !kept)
		o.why = &odd->empty;
	*ret = o;
	return o.why ? 0 : kept;
}

static bool is_path(const uint32_t *p, const asn_t *hop, size_t n)
{
	return p[WORD_HOPS] == n && memcmp(p + WORD_HOP, hop, n * sizeof(*hop)) == 0;
}

/* The slot where a path stands or would stand. At least one is free. */
static struct slot *find_slot(
	const struct paths_builder *b, uint32_t mark, const asn_t *hop, size_t n)
{
	for (size_t i = mark;; i++) {
		struct slot *s = &b->slots[i & (b->n_slots - 1)];

		if (!s->at || (s->mark == mark && is_path(b->word + s->at, hop, n)))
			return s;
	}
}

static int grow_slots(struct paths_builder *b)
{
	size_t n = b->n_slots * 2;
	struct slot *slots = calloc(n, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t k = 0; k < b->n_slots; k++) {
		size_t i = b->slots[k].mark;

		if (!b->slots[k].at)
			continue;
		while (slots[i & (n - 1)].at)
			i++;
		slots[i & (n - 1)] = b->slots[k];
	}
	free(b->slots);
	b->slots = slots;
	b->n_slots = n;
	return 0;
}

static int grow_words(struct paths_builder *b, size_t more)
{
	if (b->n + more <= b->room)
		return 0;
	if (b->n + more > PATHS_WORDS_MOST)
		return -E2BIG;
	uint32_t *word = realloc(b->word, 2 * b->room * sizeof(*word));

	if (!word)
		return -ENOMEM;
	b->word = word;
	b->room *= 2;
	return 0;
}

/* Adds a path, of no route yet. */
static int add_new(
	struct paths_builder *b, struct slot *s, uint32_t mark, const asn_t *hop, size_t n)
{
	int rc = grow_words(b, WORD_HOP + n);

	if (rc < 0)
		return rc;
	uint32_t *p = b->word + b->n;

	p[WORD_ROUTES] = 0;
	p[WORD_HOPS] = (uint32_t)n;
	memcpy(p + WORD_HOP, hop, n * sizeof(*hop));
	*s = (struct slot){mark, (uint32_t)b->n};
	b->n += WORD_HOP + n;
	b->hops += (uint32_t)n;
	b->paths++;
	return 0;
}

/* Where a cleaned path stands, in the end. */
static int place(struct paths_builder *b, const asn_t *hop, size_t n, uint32_t *ret_at)
{
	if ((size_t)b->paths * 4 >= b->n_slots * 3 && grow_slots(b) < 0)
		return -ENOMEM;
	struct span bytes = {(const char *)hop, n * sizeof(*hop)};
	uint32_t mark = (uint32_t)(hash64(bytes, b->seed) >> 32);
	struct slot *s = find_slot(b, mark, hop, n);
	int rc = s->at ? 0 : add_new(b, s, mark, hop, n);

	if (rc == 0)
		*ret_at = s->at;
	return rc;
}

int paths_builder_add(struct paths_builder *b, const asn_t *hop, const uint8_t *kind, size_t n)
{
	asn_t cleaned[PATH_HOPS_MOST];
	struct outcome o;
	size_t kept = clean(&b->odd, hop, kind, n, cleaned, &o);
	int rc = kept ? place(b, cleaned, kept, &o.at) : 0;

	if (rc < 0)
		return rc;
	b->last = o;
	paths_builder_again(b);
	return 0;
}

void paths_builder_again(struct paths_builder *b)
{
	const struct outcome *o = &b->last;
	uint32_t *routes = b->word + o->at + WORD_ROUTES;

	b->odd.routes++;
	b->odd.prepended += o->prepended;
	b->odd.confeds += o->confeds;
	b->odd.sets += o->set;
	if (o->why)
		++*o->why;
	else
		*routes += *routes < UINT32_MAX;
}

static void put_paths(const struct paths_builder *b, uint32_t *start, asn_t *hop, uint32_t *routes)
{
	const uint32_t *p = b->word + 1;
	uint32_t at = 0;

	for (uint32_t i = 0; i < b->paths; i++) {
		*start++ = at;
		*routes++ = p[WORD_ROUTES];
		memcpy(hop + at, p + WORD_HOP, p[WORD_HOPS] * sizeof(*hop));
		at += p[WORD_HOPS];
		p += WORD_HOP + p[WORD_HOPS];
	}
	*start = at;
}

int paths_builder_finish(
	struct paths_builder *b, const struct paths_label *label, struct buf *payload)
{
	struct paths_head head = {.day = label->day,
		.paths = b->paths,
		.hops = b->hops,
		.source_bytes = (uint32_t)label->source.n,
		.terms_bytes = (uint32_t)label->terms.n,
		.odd = b->odd};
	size_t starts = (size_t)b->paths + 1, numbers = starts + b->hops + b->paths;

	if (label->source.n > UINT32_MAX || label->terms.n > UINT32_MAX)
		return -E2BIG;
	free(b->slots); /* before the payload takes its memory */
	b->slots = NULL;
	buf_add(payload, (struct span){(const char *)&head, sizeof(head)});
	uint32_t *start = (void *)buf_reserve(payload, numbers * sizeof(*start));

	if (!start)
		return -ENOMEM;
	put_paths(b, start, start + starts, start + starts + b->hops);
	payload->n += numbers * sizeof(*start);
	buf_add(payload, label->source);
	buf_add(payload, label->terms);
	return buf_ok(payload) ? 0 : -ENOMEM;
}

int paths_builder_open(
	struct paths_builder *b, const struct paths_label *label, struct paths **ret_paths)
{
	struct buf payload = {0};
	int rc = paths_builder_finish(b, label, &payload);

	if (rc == 0)
		return paths_open_owned(&payload, ret_paths);
	buf_done(&payload);
	return rc;
}

int paths_write(const char *path, struct span payload, struct err *err)
{
	return image_write(path, PATHS_MAGIC, PATHS_VERSION, payload, err);
}
