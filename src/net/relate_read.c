/*
 * Takes paths in. AS numbers become nodes, ranked by number, and pairs side by side become links,
 * numbered as they come, so that all later steps go through arrays. Both are found by hash tables,
 * seeded by chance so that nobody can make numbers that all fall into one slot; no number that is
 * given out depends on the seed.
 */
#include "base/hash.h"
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/* From 64-bit keys that are not 0 to 32-bit numbers. */
struct map {
	uint64_t *key;
	uint32_t *value;
	size_t slots, n; /* slots: a power of two */
	uint64_t seed;
};

#define SLOTS_FIRST 1024

static int map_init(struct map *m, size_t slots)
{
	m->slots = slots;
	m->n = 0;
	m->key = calloc(slots, sizeof(*m->key));
	m->value = malloc(slots * sizeof(*m->value));
	if (getrandom(&m->seed, sizeof(m->seed), GRND_NONBLOCK) < 0)
		m->seed = (uintptr_t)m; /* early at boot: better than none */
	return m->key && m->value ? 0 : -ENOMEM;
}

static void map_done(struct map *m)
{
	free(m->key);
	free(m->value);
}

static size_t map_slot(const struct map *m, uint64_t key)
{
	size_t at = hash64_mix(key ^ m->seed, m->seed) & (m->slots - 1);

	while (m->key[at] && m->key[at] != key)
		at = (at + 1) & (m->slots - 1);
	return at;
}

static int map_grow(struct map *m)
{
	struct map wide;
	int rc = map_init(&wide, m->slots * 2);

	for (size_t i = 0; rc == 0 && i < m->slots; i++) {
		if (!m->key[i])
			continue;
		size_t at = map_slot(&wide, m->key[i]);

		wide.key[at] = m->key[i];
		wide.value[at] = m->value[i];
	}
	if (rc < 0) {
		map_done(&wide);
		return rc;
	}
	wide.n = m->n;
	map_done(m);
	*m = wide;
	return 0;
}

/* The value of a key; a new one gets the next number. Returns 0 or -ENOMEM. */
static int map_number(struct map *m, uint64_t key, uint32_t *ret_value)
{
	size_t at = map_slot(m, key);

	if (!m->key[at]) {
		if (m->n * 2 >= m->slots) {
			int rc = map_grow(m);

			if (rc < 0)
				return rc;
			at = map_slot(m, key);
		}
		m->key[at] = key;
		m->value[at] = (uint32_t)m->n++;
	}
	*ret_value = m->value[at];
	return 0;
}

static bool is_exchange(const struct relate_options *o, asn_t asn)
{
	for (size_t i = 0; i < o->exchanges; i++)
		if (o->exchange[i] == asn)
			return true;
	return false;
}

static int compare_numbers(const void *a, const void *b)
{
	asn_t x = *(const asn_t *)a, y = *(const asn_t *)b;

	return x < y ? -1 : x > y;
}

/* Gives each AS its node: hop[] holds numbers in the order of their coming, and gets nodes. */
static int rank_numbers(struct relate_work *w, const struct map *seen, uint32_t hops)
{
	uint32_t *node_of = malloc((seen->n + 1) * sizeof(*node_of));

	w->nodes = (uint32_t)seen->n;
	w->asn = malloc((seen->n + 1) * sizeof(*w->asn));
	if (!node_of || !w->asn) {
		free(node_of);
		return -ENOMEM;
	}
	for (size_t i = 0, n = 0; i < seen->slots; i++)
		if (seen->key[i])
			w->asn[n++] = (asn_t)(seen->key[i] - 1);
	qsort(w->asn, w->nodes, sizeof(*w->asn), compare_numbers);
	for (uint32_t i = 0; i < w->nodes; i++)
		node_of[seen->value[map_slot(seen, (uint64_t)w->asn[i] + 1)]] = i;
	for (uint32_t i = 0; i < hops; i++)
		w->hop[i] = node_of[w->hop[i]];
	free(node_of);
	return 0;
}

/* Copies the hops that are no exchanges; a path that has none left is none. */
static int take_hops(struct relate_work *w, const struct paths *p, struct map *seen)
{
	uint32_t to = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t from = to;

		for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) {
			if (is_exchange(w->options, p->hop[k]))
				continue;
			int rc = map_number(seen, (uint64_t)p->hop[k] + 1, &w->hop[to]);

			if (rc < 0)
				return rc;
			to += to == from || w->hop[to] != w->hop[to - 1];
		}
		if (to > from)
			w->start[++w->paths] = to;
	}
	return rank_numbers(w, seen, to);
}

/* Numbers the links and writes the steps. */
static int take_steps(struct relate_work *w, struct map *seen)
{
	for (uint32_t i = 0; i < w->paths; i++) {
		for (uint32_t k = w->start[i]; k + 1 < w->start[i + 1]; k++) {
			uint32_t a = w->hop[k], b = w->hop[k + 1];
			uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
			int rc = map_number(seen, key, &w->step[k]);

			if (rc < 0)
				return rc;
			w->step[k] = w->step[k] << 1 | (a > b);
		}
	}
	w->links = (uint32_t)seen->n;
	w->end = malloc((seen->n + 1) * sizeof(*w->end));
	w->kind = malloc(seen->n + 1);
	w->mark = malloc(seen->n + 1);
	if (!w->end || !w->kind || !w->mark)
		return -ENOMEM;
	memset(w->kind, LINK_UNKNOWN, seen->n + 1);
	for (size_t i = 0; i < seen->slots; i++) {
		if (!seen->key[i])
			continue;
		w->end[seen->value[i]][0] = (uint32_t)(seen->key[i] >> 32);
		w->end[seen->value[i]][1] = (uint32_t)seen->key[i];
	}
	return 0;
}

static int make_room(struct relate_work *w)
{
	size_t n = w->nodes + (size_t)1;

	w->top = calloc(n, 1);
	w->order = malloc(n * sizeof(*w->order));
	w->rank = malloc(n * sizeof(*w->rank));
	w->degree = malloc(n * sizeof(*w->degree));
	w->transit = malloc(n * sizeof(*w->transit));
	return w->top && w->order && w->rank && w->degree && w->transit ? 0 : -ENOMEM;
}

int relate_read(
	struct relate_work *w, const struct paths *paths, const struct relate_options *options)
{
	size_t hops = paths->n ? paths->start[paths->n] : 0;
	struct map numbers = {0}, pairs = {0};

	*w = (struct relate_work){.options = options, .day = paths->info.day};
	w->start = calloc(paths->n + (size_t)1, sizeof(*w->start));
	w->hop = malloc((hops + 1) * sizeof(*w->hop));
	w->step = malloc((hops + 1) * sizeof(*w->step));
	w->left = calloc(paths->n + (size_t)1, 1);
	int rc = w->start && w->hop && w->step && w->left ? 0 : -ENOMEM;

	if (rc == 0)
		rc = map_init(&numbers, SLOTS_FIRST);
	if (rc == 0)
		rc = take_hops(w, paths, &numbers);
	map_done(&numbers);
	if (rc == 0)
		rc = map_init(&pairs, SLOTS_FIRST);
	if (rc == 0)
		rc = take_steps(w, &pairs);
	map_done(&pairs);
	if (rc == 0)
		rc = make_room(w);
	return rc < 0 ? rc : w->paths ? 0 : -EINVAL;
}

void relate_done(struct relate_work *w)
{
	free(w->asn);
	free(w->top);
	free(w->order);
	free(w->rank);
	free(w->degree);
	free(w->transit);
	free(w->start);
	free(w->hop);
	free(w->step);
	free(w->left);
	free(w->end);
	free(w->kind);
	free(w->mark);
}

void relate_tell(struct relate_work *w)
{
	if (w->options->progress)
		w->options->progress(w->options->context, ++w->done, RELATE_PASSES);
}

static void mark_path(struct relate_work *w, const struct relate_path *p)
{
	for (uint32_t i = 0; i + 1 < p->n; i++) {
		uint8_t tail = i > 0, head = i + 2 < p->n;

		w->mark[p->step[i] >> 1] |= p->step[i] & 1 ? MARK_SEEN | head | tail << 1
							   : MARK_SEEN | tail | head << 1;
	}
}

/* The highest first. */
static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct relate_work *w = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (w->top[x] != w->top[y])
		return w->top[x] ? -1 : 1;
	if (w->transit[x] != w->transit[y])
		return w->transit[x] > w->transit[y] ? -1 : 1;
	if (w->degree[x] != w->degree[y])
		return w->degree[x] > w->degree[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

void relate_measure(struct relate_work *w)
{
	struct relate_path p;

	memset(w->mark, 0, w->links);
	memset(w->degree, 0, w->nodes * sizeof(*w->degree));
	memset(w->transit, 0, w->nodes * sizeof(*w->transit));
	for (uint32_t i = 0; i < w->paths; i++)
		if (relate_path(w, i, &p))
			mark_path(w, &p);
	for (uint32_t i = 0; i < w->links; i++) {
		for (int end = 0; end < 2; end++) {
			w->degree[w->end[i][end]] += (w->mark[i] & MARK_SEEN) != 0;
			w->transit[w->end[i][end]] += (w->mark[i] >> end) & 1;
		}
	}
	for (uint32_t i = 0; i < w->nodes; i++)
		w->order[i] = i;
	qsort_r(w->order, w->nodes, sizeof(*w->order), compare_nodes, w);
	for (uint32_t i = 0; i < w->nodes; i++)
		w->rank[w->order[i]] = i;
	relate_tell(w);
}

int relate_views(const struct relate_work *w, uint32_t *ret_views)
{
	uint32_t *has = calloc(w->nodes + (size_t)1, sizeof(*has)), most = 0, views = 0;

	if (!has)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->paths; i++) {
		uint32_t n = ++has[w->hop[w->start[i]]];

		most = n > most ? n : most;
	}
	for (uint32_t i = 0; i < w->nodes; i++)
		views += has[i] && has[i] >= most / 4;
	free(has);
	*ret_views = views;
	return 0;
}
