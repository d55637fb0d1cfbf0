/*
 * A range of entries whose start is a multiple of a power of two that is not below its length falls
 * into whole nodes, one for each bit of the length, the largest first; the hash over it is those
 * folded from the right. That one function gives roots, the siblings of a path and the pieces of a
 * consistency proof, which are the walks of RFC 6962 down to a leaf or to an older size.
 *
 * SHA-256 is OpenSSL's, which uses the processor's instructions for it: hashing is most of what a
 * log and a proof cost, and libsodium's takes three to five times as long. The functions for one
 * hash after the other without a context on the heap are called deprecated since 3.0 and are there.
 */
#define OPENSSL_API_COMPAT 10101
#include "ledger/merkle.h"

#include <openssl/sha.h>

struct merkle_hash merkle_leaf(struct span entry)
{
	static const uint8_t mark = 0;
	struct merkle_hash h;
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, &mark, 1);
	SHA256_Update(&state, entry.p, entry.n);
	SHA256_Final(h.byte, &state);
	return h;
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right)
{
	uint8_t text[65] = {1};
	struct merkle_hash h;
	SHA256_CTX state;

	memcpy(text + 1, left->byte, 32);
	memcpy(text + 33, right->byte, 32);
	SHA256_Init(&state);
	SHA256_Update(&state, text, sizeof(text));
	SHA256_Final(h.byte, &state);
	return h;
}

struct merkle_hash merkle_empty(void)
{
	struct merkle_hash h;
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Final(h.byte, &state);
	return h;
}

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

/* Where a row of a tile begins: 0, 256, 384 .. 510. */
static unsigned row(unsigned height)
{
	return 2 * MERKLE_TILE_WIDTH - (2 * MERKLE_TILE_WIDTH >> height);
}

void merkle_tile_push(struct merkle_tile *tile, const struct merkle_hash *hash)
{
	unsigned slot = tile->width++, height = 0;

	tile->node[slot] = *hash;
	for (; slot & 1 && height < MERKLE_TILE_HEIGHT; slot >>= 1, height++) {
		const struct merkle_hash *pair = &tile->node[row(height) + slot - 1];

		tile->node[row(height + 1) + (slot >> 1)] = merkle_node(pair, pair + 1);
	}
}

void merkle_tile_fill(struct merkle_tile *tile, const uint8_t *hashes, unsigned width)
{
	struct merkle_hash h;

	tile->width = 0;
	for (unsigned i = 0; i < width; i++) {
		memcpy(h.byte, hashes + 32 * i, 32);
		merkle_tile_push(tile, &h);
	}
}

const struct merkle_hash *merkle_tile_node(
	const struct merkle_tile *tile, unsigned height, uint64_t slot)
{
	return slot < tile->width >> height ? &tile->node[row(height) + slot] : NULL;
}

void merkle_edge_init(struct merkle_edge *edge)
{
	edge->size = 0;
	for (unsigned l = 0; l < MERKLE_LEVELS; l++)
		edge->tile[l].width = 0;
}

/* Only what is there: a tile's nodes are not written before they are whole. */
void merkle_edge_copy(struct merkle_edge *to, const struct merkle_edge *from)
{
	to->size = from->size;
	for (unsigned l = 0; l < MERKLE_LEVELS; l++)
		if (from->tile[l].width)
			to->tile[l] = from->tile[l];
		else
			to->tile[l].width = 0;
}

void merkle_edge_push(
	struct merkle_edge *edge, const struct merkle_hash *leaf, merkle_full *full, void *context)
{
	struct merkle_hash hash = *leaf;
	uint64_t n = edge->size++ / MERKLE_TILE_WIDTH;

	for (unsigned l = 0; l < MERKLE_LEVELS; l++, n /= MERKLE_TILE_WIDTH) {
		struct merkle_tile *tile = &edge->tile[l];

		merkle_tile_push(tile, &hash);
		if (tile->width < MERKLE_TILE_WIDTH)
			break;
		if (full)
			full(context, l, n, tile);
		hash = tile->node[MERKLE_TILE_NODES - 1];
		tile->width = 0;
	}
}

static int edge_get(void *context, unsigned height, uint64_t index, struct merkle_hash *ret_hash,
	struct err *err)
{
	const struct merkle_edge *edge = context;
	unsigned in_tile = height % MERKLE_TILE_HEIGHT;
	uint64_t slots = MERKLE_TILE_WIDTH >> in_tile;

	(void)err;
	*ret_hash =
		*merkle_tile_node(&edge->tile[height / MERKLE_TILE_HEIGHT], in_tile, index % slots);
	return 0;
}

struct merkle_hash merkle_edge_root(const struct merkle_edge *edge)
{
	struct merkle_hash root;

	merkle_root(edge->size, edge_get, (void *)edge, &root, NULL);
	return root;
}

/* The hash over the entries from .. to - 1, at least one; `from` as the head of this file says. */
static int range(uint64_t from, uint64_t to, merkle_get *get, void *context,
	struct merkle_hash *ret_hash, struct err *err)
{
	struct merkle_hash piece[64];
	size_t n = 0;
	int rc;

	for (unsigned h = 64; h-- > 0;) {
		if (!((to - from) >> h))
			continue;
		if ((rc = get(context, h, from >> h, &piece[n++], err)) < 0)
			return rc;
		from += UINT64_C(1) << h;
	}
	for (; n > 1; n--)
		piece[n - 2] = merkle_node(&piece[n - 2], &piece[n - 1]);
	*ret_hash = piece[0];
	return 0;
}

int merkle_root(uint64_t size, merkle_get *get, void *context, struct merkle_hash *ret_root,
	struct err *err)
{
	if (size == 0) {
		*ret_root = merkle_empty();
		return 0;
	}
	return range(0, size, get, context, ret_root, err);
}

/* The largest power of two below n, which is at least 2. */
static uint64_t half(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct merkle_hash *h, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct merkle_hash other = h[i];

		h[i] = h[n - 1 - i];
		h[n - 1 - i] = other;
	}
}

int merkle_path(uint64_t index, uint64_t size, merkle_get *get, void *context,
	struct merkle_hash ret_path[MERKLE_PATH_MOST], size_t *ret_n, struct err *err)
{
	uint64_t from = 0, to = size;
	size_t n = 0;

	while (to - from > 1) {
		uint64_t middle = from + half(to - from);
		bool left = index < middle;
		int rc = range(left ? middle : from, left ? to : middle, get, context,
			&ret_path[n++], err);

		if (rc < 0)
			return rc;
		*(left ? &to : &from) = middle;
	}
	reverse(ret_path, n);
	*ret_n = n;
	return 0;
}

int merkle_consistency(uint64_t old, uint64_t now, merkle_get *get, void *context,
	struct merkle_hash ret_proof[MERKLE_PATH_MOST + 1], size_t *ret_n, struct err *err)
{
	uint64_t from = 0, to = now;
	size_t n = 0;
	int rc;

	*ret_n = 0;
	if (old == 0)
		return 0;
	while (to != old) {
		uint64_t middle = from + half(to - from);
		bool left = old <= middle;

		rc = range(left ? middle : from, left ? to : middle, get, context, &ret_proof[n++],
			err);
		if (rc < 0)
			return rc;
		*(left ? &to : &from) = middle;
	}
	/* What remains ends at the old size. Unless it is the old tree itself, it is told, too. */
	if (from > 0 && (rc = range(from, to, get, context, &ret_proof[n++], err)) < 0)
		return rc;
	reverse(ret_proof, n);
	*ret_n = n;
	return 0;
}

bool merkle_follow(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
	const struct merkle_hash *path, size_t n, struct merkle_hash *ret_root)
{
	struct merkle_hash h = *leaf;
	uint64_t at = index, last = size - 1;

	if (index >= size)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (last == 0)
			return false;
		if (at & 1 || at == last) {
			h = merkle_node(&path[i], &h);
			while (!(at & 1) && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			h = merkle_node(&h, &path[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return false;
	*ret_root = h;
	return true;
}

bool merkle_continues(uint64_t old, const struct merkle_hash *old_root, uint64_t now,
	const struct merkle_hash *root, const struct merkle_hash *proof, size_t n)
{
	if (old == now)
		return n == 0 && merkle_same(old_root, root);
	if (old == 0) {
		struct merkle_hash empty = merkle_empty();

		return n == 0 && merkle_same(old_root, &empty);
	}
	if (old > now || n == 0)
		return false;

	/* An old tree that is a whole node is where the walk begins, and is not told again. */
	bool whole = (old & (old - 1)) == 0;
	const struct merkle_hash *first = whole ? old_root : proof;
	struct merkle_hash was = *first, is = *first;
	uint64_t at = old - 1, last = now - 1;

	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	for (size_t i = whole ? 0 : 1; i < n; i++) {
		if (last == 0)
			return false;
		if (at & 1 || at == last) {
			was = merkle_node(&proof[i], &was);
			is = merkle_node(&proof[i], &is);
			while (!(at & 1) && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			is = merkle_node(&is, &proof[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && merkle_same(&was, old_root) && merkle_same(&is, root);
}
