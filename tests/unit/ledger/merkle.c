/* Merkle trees against the definition of RFC 6962, 2.1, written as it stands there. */
#include "test.h"

#include <errno.h>

#include "ledger/merkle.h"

#define MOST 1000

static struct merkle_hash leaf[MOST];

static void hex(const struct merkle_hash *h, char to[65])
{
	for (size_t i = 0; i < 32; i++)
		sprintf(to + 2 * i, "%02x", h->byte[i]);
}

/* MTH of leaf[from .. to - 1]. */
static struct merkle_hash mth(size_t from, size_t to)
{
	size_t k = 1;

	if (from == to)
		return merkle_empty();
	if (to - from == 1)
		return leaf[from];
	while (2 * k < to - from)
		k *= 2;

	struct merkle_hash left = mth(from, from + k), right = mth(from + k, to);

	return merkle_node(&left, &right);
}

/* PATH(m, D[from:to]), appended. */
static void path_of(size_t m, size_t from, size_t to, struct merkle_hash *path, size_t *n)
{
	size_t k = 1;

	if (to - from == 1)
		return;
	while (2 * k < to - from)
		k *= 2;
	if (m < k)
		path_of(m, from, from + k, path, n);
	else
		path_of(m - k, from + k, to, path, n);
	path[(*n)++] = m < k ? mth(from + k, to) : mth(from, from + k);
}

/* SUBPROOF(m, D[from:to], b), appended. */
static void subproof(size_t m, size_t from, size_t to, bool b, struct merkle_hash *proof, size_t *n)
{
	size_t k = 1;

	if (m == to - from) {
		if (!b)
			proof[(*n)++] = mth(from, to);
		return;
	}
	while (2 * k < to - from)
		k *= 2;
	if (m <= k)
		subproof(m, from, from + k, b, proof, n);
	else
		subproof(m - k, from + k, to, false, proof, n);
	proof[(*n)++] = m <= k ? mth(from + k, to) : mth(from, from + k);
}

static int get(void *context, unsigned height, uint64_t index, struct merkle_hash *ret_hash,
	struct err *err)
{
	size_t *fail = context;

	if (*fail && !--*fail)
		return err_set(err, -EIO, "no such node");
	*ret_hash = mth(index << height, (index + 1) << height);
	return 0;
}

static int make_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOST; i++)
		leaf[i] = merkle_leaf((struct span){(const char *)&i, sizeof(i)});
	return 0;
}

/* The vectors that Certificate Transparency's implementations share. */
static void known(void **state)
{
	static const struct {
		struct span entry;
		const char *root;
	} table[] = {
		{{"", 0}, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{{"\0", 1}, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{{"\x10", 1}, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{{"\x20\x21", 2},
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{{"\x30\x31", 2},
			"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{{"\x40\x41\x42\x43", 4},
			"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
			"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
			"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct merkle_edge *edge = malloc(sizeof(*edge));
	char text[65];

	(void)state;
	merkle_edge_init(edge);
	struct merkle_hash root = merkle_edge_root(edge);

	hex(&root, text);
	assert_string_equal(
		text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct merkle_hash h = merkle_leaf(table[i].entry);

		merkle_edge_push(edge, &h, NULL, NULL);
		root = merkle_edge_root(edge);
		hex(&root, text);
		assert_string_equal(text, table[i].root);
	}
	free(edge);
}

struct seen {
	unsigned tiles;
};

static void see(void *context, unsigned level, uint64_t n, const struct merkle_tile *tile)
{
	struct seen *s = context;

	s->tiles++;
	assert_int_equal(tile->width, 256);
	for (size_t i = 0; i < 256; i++) {
		uint64_t at = (n * 256 + i) << (8 * level);
		struct merkle_hash h = mth(at, at + (UINT64_C(1) << (8 * level)));

		assert_true(merkle_same(&h, &tile->node[i]));
	}
}

static void edges(void **state)
{
	struct merkle_edge *edge = malloc(sizeof(*edge)), *copy = malloc(sizeof(*copy));
	struct seen seen = {0};

	(void)state;
	memset(copy, 0xff, sizeof(*copy));
	merkle_edge_init(edge);
	for (size_t n = 0; n <= MOST; n++) {
		struct merkle_hash want = mth(0, n), root;

		merkle_edge_copy(copy, edge);
		root = merkle_edge_root(copy);
		assert_true(merkle_same(&root, &want));
		if (n < MOST)
			merkle_edge_push(edge, &leaf[n], see, &seen);
	}
	assert_int_equal(seen.tiles, MOST / 256);
	free(edge);
	free(copy);
}

/* Every path of trees up to 130, and of some larger ones, is the one of the definition, leads to
 * the root, and no longer does when anything is changed. */
static void paths(void **state)
{
	struct merkle_hash want[64], path[MERKLE_PATH_MOST + 1], root, got;
	size_t n, m, fail = 0;

	(void)state;
	for (size_t size = 1; size <= 400; size += size < 40 ? 1 : 37) {
		root = mth(0, size);
		for (size_t i = 0; i < size; i++) {
			m = 0;
			path_of(i, 0, size, want, &m);
			assert_int_equal(merkle_path(i, size, get, &fail, path, &n, NULL), 0);
			assert_int_equal(n, m);
			assert_memory_equal(path, want, n * sizeof(*path));
			assert_true(merkle_follow(i, size, &leaf[i], path, n, &got));
			assert_true(merkle_same(&got, &root));
			path[n] = root;
			assert_false(merkle_follow(i, size, &leaf[i], path, n + 1, &got));
			assert_false(n && merkle_follow(i, size, &leaf[i], path, n - 1, &got));
			for (size_t k = 0; k < n; k++) {
				path[k].byte[k % 32] ^= 1;
				assert_true(merkle_follow(i, size, &leaf[i], path, n, &got));
				assert_false(merkle_same(&got, &root));
				path[k].byte[k % 32] ^= 1;
			}
			assert_false(merkle_follow(i + size, size, &leaf[i], path, n, &got));
			if (size > 1 &&
				merkle_follow((i + 1) % size, size, &leaf[i], path, n, &got))
				assert_false(merkle_same(&got, &root));
		}
	}
	assert_false(merkle_follow(0, 0, leaf, path, 0, &got));
}

/* All pairs of sizes up to 130. */
static void consistency(void **state)
{
	struct merkle_hash want[65], proof[MERKLE_PATH_MOST + 2];
	size_t n, m, fail = 0;

	(void)state;
	for (size_t now = 0; now <= 130; now++)
		for (size_t old = 0; old <= now; old++) {
			struct merkle_hash was = mth(0, old), is = mth(0, now);

			m = 0;
			if (old)
				subproof(old, 0, now, true, want, &m);
			assert_int_equal(
				merkle_consistency(old, now, get, &fail, proof, &n, NULL), 0);
			assert_int_equal(n, m);
			assert_memory_equal(proof, want, n * sizeof(*proof));
			assert_true(merkle_continues(old, &was, now, &is, proof, n));
			proof[n] = is;
			assert_false(merkle_continues(old, &was, now, &is, proof, n + 1));
			assert_false(n && merkle_continues(old, &was, now, &is, proof, n - 1));
			for (size_t k = 0; k < n; k++) {
				proof[k].byte[0] ^= 1;
				assert_false(merkle_continues(old, &was, now, &is, proof, n));
				proof[k].byte[0] ^= 1;
			}
			if (old) {
				was.byte[5] ^= 1;
				assert_false(merkle_continues(old, &was, now, &is, proof, n));
				was.byte[5] ^= 1;
				is.byte[5] ^= 1;
				assert_false(merkle_continues(old, &was, now, &is, proof, n));
				is.byte[5] ^= 1;
			}
			if (old < now && old)
				assert_false(merkle_continues(now, &is, old, &was, proof, n));
		}
}

/* A node that cannot be found ends the work. */
static void failing(void **state)
{
	struct merkle_hash h[MERKLE_PATH_MOST + 1];
	struct err err;
	size_t n = 0;

	(void)state;
	for (size_t at = 1; at < 4; at++) {
		size_t fail = at;

		assert_int_equal(merkle_root(7, get, &fail, h, &err), -EIO);
		fail = at;
		assert_int_equal(merkle_path(3, 7, get, &fail, h, &n, &err), -EIO);
		fail = at;
		assert_int_equal(merkle_consistency(3, 7, get, &fail, h, &n, &err), -EIO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(edges),
		cmocka_unit_test(paths),
		cmocka_unit_test(consistency),
		cmocka_unit_test(failing),
	};

	return cmocka_run_group_tests(tests, make_leaves, NULL);
}
