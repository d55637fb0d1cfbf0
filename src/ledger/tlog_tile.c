/*
 * No tile is believed by itself. The right edge must give the signed root; every other tile is
 * full, and its hash stands in the tile above it, which is checked in the same way: at most seven
 * steps, and of a walk or of many proofs most are in the cache.
 *
 * A partial tile may be gone once the full one is there (the writer removes it only then), so
 * whoever does not find it looks for the full one, whose beginning is the same.
 */
#include "ledger/tlog_work.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *tlog_tile_name(int level, uint64_t n, unsigned width, char to[TLOG_NAME_MOST])
{
	char *p = to, *end = to + TLOG_NAME_MOST;
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 1000;
	if (level == TLOG_ENTRIES)
		p += snprintf(p, end - p, "log/tile/entries");
	else
		p += snprintf(p, end - p, "log/tile/%d", level);
	for (; unit > 1; unit /= 1000)
		p += snprintf(p, end - p, "/x%03u", (unsigned)(n / unit % 1000));
	p += snprintf(p, end - p, "/%03u", (unsigned)(n % 1000));
	if (width < MERKLE_TILE_WIDTH)
		snprintf(p, end - p, ".p/%u", width);
	return to;
}

unsigned tlog_tile_width(uint64_t size, unsigned level, uint64_t n)
{
	uint64_t there = size >> (MERKLE_TILE_HEIGHT * level);

	if (n < there / MERKLE_TILE_WIDTH)
		return MERKLE_TILE_WIDTH;
	return n == there / MERKLE_TILE_WIDTH ? there % MERKLE_TILE_WIDTH : 0;
}

/* Says which file is damaged and which entries need it. */
static int damaged(
	struct tlog *t, int level, uint64_t n, unsigned width, const char *how, struct err *err)
{
	unsigned bits = MERKLE_TILE_HEIGHT * (level == TLOG_ENTRIES ? 1 : (unsigned)level + 1);
	uint64_t first = n << bits, last = ((n + 1) << bits) - 1;
	char name[TLOG_NAME_MOST];

	if (last >= t->tree.size)
		last = t->tree.size - 1;
	return err_set(err, -EBADMSG, "%s/%s %s: damage touches records %" PRIu64 " to %" PRIu64,
		t->folder, tlog_tile_name(level, n, width, name), how, first, last);
}

/* Reads a tile's hashes into t->file; of a full file the beginning where that is asked for. */
static int read_hashes(struct tlog *t, unsigned level, uint64_t n, unsigned width, struct err *err)
{
	char name[TLOG_NAME_MOST];
	unsigned found = width;
	int rc;

	t->tiles_read++;
	buf_clear(&t->file);
	rc = tlog_file_read(t->dir, tlog_tile_name((int)level, n, width, name), 8192, &t->file);
	if (rc == -ENOENT && width < MERKLE_TILE_WIDTH) {
		found = MERKLE_TILE_WIDTH;
		rc = tlog_file_read(
			t->dir, tlog_tile_name((int)level, n, found, name), 8192, &t->file);
	}
	if (rc == -ENOENT)
		return damaged(t, (int)level, n, width, "is missing", err);
	if (rc == -EFBIG || (rc == 0 && t->file.n != 32 * found))
		return damaged(t, (int)level, n, found, "has a wrong length", err);
	return rc < 0 ? err_sys(err, rc, "%s/%s", t->folder, name) : 0;
}

/* The top of a full tile. */
static const struct merkle_hash *top_of(const struct merkle_tile *tile)
{
	return &tile->node[MERKLE_TILE_NODES - 1];
}

/* Makes a tile again from what is below it: entries, or the tiles of the level
 * below. Nothing of it is checked here. */
static int rebuild(struct tlog *t, unsigned level, uint64_t n, unsigned width,
	struct merkle_tile *to, struct err *err)
{
	struct merkle_tile *below = malloc(sizeof(*below));
	struct buf bundle = {0};
	struct span rest, entry;
	struct merkle_hash leaf;
	int rc = below ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);

	to->width = 0;
	if (rc == 0 && level == 0)
		rc = tlog_tile_bundle(t, n, width, &bundle, err);
	for (rest = buf_span(&bundle); rc == 0 && tlog_tile_cut(&rest, &entry);) {
		leaf = merkle_leaf(entry);
		merkle_tile_push(to, &leaf);
	}
	for (unsigned i = 0; rc == 0 && level > 0 && i < width; i++) {
		rc = read_hashes(t, level - 1, n * MERKLE_TILE_WIDTH + i, MERKLE_TILE_WIDTH, err);
		if (rc < 0)
			break;
		merkle_tile_fill(below, (const uint8_t *)t->file.p, MERKLE_TILE_WIDTH);
		merkle_tile_push(to, top_of(below));
	}
	buf_done(&bundle);
	free(below);
	return rc;
}

static bool gives(const struct merkle_edge *edge, const struct tlog_tree *tree)
{
	struct merkle_hash root = merkle_edge_root(edge);

	return memcmp(root.byte, tree->root, sizeof(tree->root)) == 0;
}

/* Whether some choice between `edge` and `other` in every level gives the root; then edge is it. */
static bool choose(
	struct merkle_edge *edge, struct merkle_edge *other, const struct tlog_tree *tree)
{
	for (unsigned choice = 0; choice < 1u << MERKLE_LEVELS; choice++) {
		bool possible = true;

		for (unsigned l = 0; l < MERKLE_LEVELS; l++) {
			/* Steps of a counter: the tiles whose bit changes change places. */
			if ((choice ^ (choice - 1)) >> l & 1 && choice) {
				struct merkle_tile old = edge->tile[l];

				edge->tile[l] = other->tile[l];
				other->tile[l] = old;
			}
			if (edge->tile[l].width !=
				(tree->size >> (MERKLE_TILE_HEIGHT * l)) % MERKLE_TILE_WIDTH)
				possible = false;
		}
		if (possible && gives(edge, tree))
			return true;
	}
	return false;
}

/* Puts the edge together from files and from what can be made again. */
static int mend_edge(struct tlog *t, const struct tlog_tree *tree, struct merkle_edge *edge)
{
	struct merkle_edge *other = malloc(sizeof(*other));
	int rc = -EBADMSG;

	if (!other)
		return -ENOMEM;
	merkle_edge_init(other);
	for (unsigned l = 0; l < MERKLE_LEVELS; l++) {
		uint64_t there = tree->size >> (MERKLE_TILE_HEIGHT * l);
		unsigned width = there % MERKLE_TILE_WIDTH;

		if (width &&
			rebuild(t, l, there / MERKLE_TILE_WIDTH, width, &other->tile[l], NULL) < 0)
			other->tile[l].width = 0;
	}
	if (choose(edge, other, tree))
		rc = 0;
	free(other);
	return rc;
}

/* Reads the tiles of the edge; one that cannot be read has the width 0, and is told. */
static int read_edge(
	struct tlog *t, const struct tlog_tree *tree, struct merkle_edge *edge, struct err *err)
{
	int worst = 0;

	merkle_edge_init(edge);
	for (unsigned l = 0; l < MERKLE_LEVELS; l++) {
		uint64_t there = tree->size >> (MERKLE_TILE_HEIGHT * l);
		unsigned width = there % MERKLE_TILE_WIDTH;

		if (!width)
			continue;
		int rc = read_hashes(t, l, there / MERKLE_TILE_WIDTH, width, worst ? NULL : err);

		if (rc == 0)
			merkle_tile_fill(&edge->tile[l], (const uint8_t *)t->file.p, width);
		else if (!worst)
			worst = rc;
	}
	edge->size = tree->size;
	return worst;
}

int tlog_tile_edge(struct tlog *t, const struct tlog_tree *tree, bool mend,
	struct merkle_edge *edge, struct err *err)
{
	struct tlog_tree now = t->tree;

	t->tree = *tree; /* for what is said of a damage */
	int rc = read_edge(t, tree, edge, err);

	t->tree = now;
	if (rc == 0 && gives(edge, tree))
		return 0;
	if (rc == 0)
		rc = err_set(err, -EBADMSG,
			"%s: the last tiles of the log do not give the signed root of %" PRIu64
			" records",
			t->folder, tree->size);
	return mend && mend_edge(t, tree, edge) == 0 ? 0 : rc;
}

/* The full tile n of a level, checked; the cache's own. One that is damaged is made again from what
 * is below it, where that is good: a reader need not miss what is still there. */
static int get_tile(
	struct tlog *t, unsigned level, uint64_t n, const struct merkle_tile **ret, struct err *err)
{
	typeof(t->cache[0][0]) *c = &t->cache[level][n % TLOG_CACHE];
	struct merkle_hash above;
	int rc;

	if (c->good && c->n == n) {
		*ret = &c->tile;
		return 0;
	}
	rc = tlog_tile_node(t, MERKLE_TILE_HEIGHT * (level + 1), n, &above, err);
	if (rc < 0)
		return rc;
	c->good = false;
	c->n = n;
	rc = read_hashes(t, level, n, MERKLE_TILE_WIDTH, err);
	if (rc == 0) {
		merkle_tile_fill(&c->tile, (const uint8_t *)t->file.p, MERKLE_TILE_WIDTH);
		c->good = merkle_same(top_of(&c->tile), &above);
		if (!c->good)
			rc = damaged(
				t, (int)level, n, MERKLE_TILE_WIDTH, "is not what was signed", err);
	}
	if (!c->good && rebuild(t, level, n, MERKLE_TILE_WIDTH, &c->tile, NULL) == 0)
		c->good = merkle_same(top_of(&c->tile), &above);
	if (!c->good)
		return rc;
	*ret = &c->tile;
	return 0;
}

int tlog_tile_get(
	struct tlog *t, unsigned level, uint64_t n, const struct merkle_tile **ret, struct err *err)
{
	if (tlog_tile_width(t->edge->size, level, n) == MERKLE_TILE_WIDTH)
		return get_tile(t, level, n, ret, err);
	*ret = &t->edge->tile[level];
	return 0;
}

int tlog_tile_node(
	void *log, unsigned height, uint64_t index, struct merkle_hash *ret_hash, struct err *err)
{
	struct tlog *t = log;
	unsigned level = height / MERKLE_TILE_HEIGHT, in_tile = height % MERKLE_TILE_HEIGHT;
	unsigned slot_bits = MERKLE_TILE_HEIGHT - in_tile;
	uint64_t n = index >> slot_bits, slot = index & ((1u << slot_bits) - 1);
	const struct merkle_tile *tile;
	const struct merkle_hash *h;
	int rc = tlog_tile_get(t, level, n, &tile, err);

	if (rc < 0)
		return rc;
	h = merkle_tile_node(tile, in_tile, slot);
	if (!h)
		return err_set(err, -ERANGE, "%s: the log has no such node", t->folder);
	*ret_hash = *h;
	return 0;
}

bool tlog_tile_cut(struct span *rest, struct span *ret_entry)
{
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t n = rest->n < 2 ? 0 : (size_t)p[0] << 8 | p[1];

	if (n == 0 || n > rest->n - 2)
		return false;
	*ret_entry = (struct span){rest->p + 2, n};
	*rest = span_skip(*rest, 2 + n);
	return true;
}

/* The bytes of the first `width` entries; 0 when there are not so many, or more when `all`. */
static size_t measure(struct span bundle, unsigned width, bool all)
{
	struct span rest = bundle, entry;

	for (unsigned i = 0; i < width; i++)
		if (!tlog_tile_cut(&rest, &entry))
			return 0;
	return all && rest.n ? 0 : bundle.n - rest.n;
}

int tlog_tile_bundle(struct tlog *t, uint64_t n, unsigned width, struct buf *to, struct err *err)
{
	char name[TLOG_NAME_MOST];
	size_t before = to->n, bytes;
	bool all = true;
	int rc;

	rc = tlog_file_read(
		t->dir, tlog_tile_name(TLOG_ENTRIES, n, width, name), TLOG_BUNDLE_MOST, to);
	if (rc == -ENOENT && width < MERKLE_TILE_WIDTH) {
		all = false;
		tlog_tile_name(TLOG_ENTRIES, n, MERKLE_TILE_WIDTH, name);
		rc = tlog_file_read(t->dir, name, TLOG_BUNDLE_MOST, to);
	}
	if (rc == -ENOENT)
		return damaged(t, TLOG_ENTRIES, n, width, "is missing", err);
	if (rc < 0 && rc != -EFBIG)
		return err_sys(err, rc, "%s/%s", t->folder, name);
	bytes = rc < 0 ? 0 : measure(span_skip(buf_span(to), before), width, all);
	if (!bytes)
		return damaged(t, TLOG_ENTRIES, n, all ? width : MERKLE_TILE_WIDTH,
			"cannot be taken apart", err);
	to->n = before + bytes;
	return 0;
}
