/*
 * The arithmetic of Merkle trees over a list that only grows: RFC 6962, 2.1, with SHA-256. No file
 * is touched here; whoever needs hashes of a tree that is stored gives a function that finds them.
 *
 * A node is named by its height and its index there: node (h, i) is the hash over the entries
 * i * 2^h .. (i + 1) * 2^h - 1. Leaves have the height 0. Only nodes all of whose entries are in
 * the tree have a name; the ragged right edge is put together from them.
 */
#ifndef CORDON_LEDGER_MERKLE_H
#define CORDON_LEDGER_MERKLE_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct merkle_hash {
	uint8_t byte[32];
};

#define MERKLE_PATH_MOST 64 /* hashes of an inclusion path; a consistency proof has one more */

/* Hash of an entry, SHA-256(0x00, entry); of two nodes, SHA-256(0x01, left, right); of no entries
 * at all, SHA-256(). */
struct merkle_hash merkle_leaf(struct span entry);
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
struct merkle_hash merkle_empty(void);

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);

/*
 * A tile: up to 256 nodes side by side, and all that is above them and whole. Level L of a log in
 * tiles holds the nodes of height 8 * L.
 */
#define MERKLE_TILE_WIDTH  256u
#define MERKLE_TILE_HEIGHT 8u
#define MERKLE_TILE_NODES  511u

struct merkle_tile {
	unsigned width; /* hashes of its lowest row that are there, 0 .. 256 */
	struct merkle_hash node[MERKLE_TILE_NODES]; /* rows of 256, 128 .. 1, lowest first */
};

/* Adds a hash to the right, and the nodes that this makes whole. Cost: one hash, amortised. */
void merkle_tile_push(struct merkle_tile *tile, const struct merkle_hash *hash);

/* Makes a tile of hashes[32 * width], as they stand in a file. */
void merkle_tile_fill(struct merkle_tile *tile, const uint8_t *hashes, unsigned width);

/* The node `slot` of the row `height` (0 .. 8); NULL when it is not whole. */
const struct merkle_hash *merkle_tile_node(
	const struct merkle_tile *tile, unsigned height, uint64_t slot);

/* The right edge of a tree: of every level the tile that is not full yet. All that a log needs to
 * go on. 128 KiB. */
#define MERKLE_LEVELS 8

struct merkle_edge {
	uint64_t size;
	struct merkle_tile tile[MERKLE_LEVELS];
};

/* Called with every tile that becomes full, before it is emptied: tile n of the level. */
typedef void merkle_full(void *context, unsigned level, uint64_t n, const struct merkle_tile *tile);

void merkle_edge_init(struct merkle_edge *edge);
void merkle_edge_copy(struct merkle_edge *to, const struct merkle_edge *from);
void merkle_edge_push(
	struct merkle_edge *edge, const struct merkle_hash *leaf, merkle_full *full, void *context);
struct merkle_hash merkle_edge_root(const struct merkle_edge *edge);

/* Finds the node of a height at an index. Returns 0, or a negative errno that ends the work. */
typedef int merkle_get(void *context, unsigned height, uint64_t index, struct merkle_hash *ret_hash,
	struct err *err);

/* The root over the first `size` entries. Cost here as below: a logarithm of get()s and hashes
 * (the path: a logarithm squared of the former). */
int merkle_root(uint64_t size, merkle_get *get, void *context, struct merkle_hash *ret_root,
	struct err *err);

/* The inclusion path (RFC 6962, 2.1.1) of the entry index < size, lowest first. */
int merkle_path(uint64_t index, uint64_t size, merkle_get *get, void *context,
	struct merkle_hash ret_path[MERKLE_PATH_MOST], size_t *ret_n, struct err *err);

/* The consistency proof (RFC 6962, 2.1.2) between two sizes, old <= now; none for old = 0. */
int merkle_consistency(uint64_t old, uint64_t now, merkle_get *get, void *context,
	struct merkle_hash ret_proof[MERKLE_PATH_MOST + 1], size_t *ret_n, struct err *err);

/* The root that a leaf and its path lead to (RFC 9162, 2.1.3.2). False when a path of n hashes
 * cannot be that of the entry; whoever asks compares the root. */
bool merkle_follow(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
	const struct merkle_hash *path, size_t n, struct merkle_hash *ret_root);

/* Whether proof[n] shows that the tree (old, old_root) is a beginning of (now, root); RFC 9162,
 * 2.1.4.2. */
bool merkle_continues(uint64_t old, const struct merkle_hash *old_root, uint64_t now,
	const struct merkle_hash *root, const struct merkle_hash *proof, size_t n);

#endif
