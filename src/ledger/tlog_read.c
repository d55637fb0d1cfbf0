/* Reading: entries, proofs and roots, every byte checked against the signed root (tlog_tile.c). */
#include "ledger/tlog_work.h"

#include <errno.h>
#include <inttypes.h>

int tlog_root_at(struct tlog *t, uint64_t size, uint8_t ret_root[32], struct err *err)
{
	struct merkle_hash root;
	int rc;

	if (size > t->tree.size)
		return err_set(err, -ERANGE, "%s has %" PRIu64 " records, not %" PRIu64, t->folder,
			t->tree.size, size);
	if ((rc = merkle_root(size, tlog_tile_node, t, &root, err)) == 0)
		memcpy(ret_root, root.byte, sizeof(root.byte));
	return rc;
}

/* Puts the tree of a checkpoint in the place of the reader's, which it must continue. */
static int take_tree(
	struct tlog *t, const struct tlog_tree *tree, struct merkle_edge *edge, struct err *err)
{
	struct tlog_tree old = t->tree;
	struct merkle_edge *old_edge = t->edge;
	uint8_t root[32];
	int rc = tlog_tile_edge(t, tree, true, edge, err);

	if (rc < 0)
		return rc;
	t->tree = *tree;
	t->edge = edge;
	if (tree->size >= old.size && old.size)
		rc = tlog_root_at(t, old.size, root, err);
	if (rc == 0 &&
		(tree->size < old.size || (old.size && memcmp(root, old.root, sizeof(root)) != 0)))
		rc = err_set(err, -EBADMSG,
			"%s: the log of %" PRIu64 " records does not continue the one of %" PRIu64
			" that was there before",
			t->folder, tree->size, old.size);
	t->next = rc == 0 ? old_edge : edge;
	if (rc < 0) {
		t->tree = old;
		t->edge = old_edge;
		memset(t->cache, 0, sizeof(t->cache)); /* may have tiles of the other log */
	}
	return rc;
}

/* Takes the tree of a checkpoint, and the checkpoint itself. */
static int take_note(struct tlog *t, struct span note, struct err *err)
{
	struct tlog_tree tree;
	struct buf copy = {0};
	struct err why;
	int rc = checkpoint_open(note, &t->key, &tree, &why);

	if (rc < 0)
		return err_set(err, -EBADMSG, "%s/%s: %s", t->folder, TLOG_CHECKPOINT, why.text);
	buf_add(&copy, note);
	rc = buf_ok(&copy) ? take_tree(t, &tree, t->next, err)
			   : err_sys(err, -ENOMEM, "%s", t->folder);
	if (rc == 0) {
		struct buf old = t->checkpoint;

		t->checkpoint = copy;
		copy = old;
	}
	buf_done(&copy);
	return rc;
}

/* The newest checkpoint of the journal whose tiles are there: for a reader who comes after a loss
 * of power and before a writer, or whose log is damaged. */
static int take_journal(struct tlog *t)
{
	struct buf journal = {0};
	struct tlog_frame f;
	size_t at = 0;
	int rc = tlog_file_read(t->dir, TLOG_JOURNAL, TLOG_JOURNAL_MOST, &journal),
	    taken = -EBADMSG;

	while (rc == 0 && tlog_journal_next(buf_span(&journal), &at, &f))
		if (take_note(t, f.note, NULL) == 0)
			taken = 0;
	buf_done(&journal);
	return taken;
}

int tlog_refresh(struct tlog *t, struct err *err)
{
	struct buf note = {0};
	bool first = t->checkpoint.n == 0;
	int rc;

	if (t->mode == TLOG_WRITE)
		return 0;
	rc = tlog_file_read(t->dir, TLOG_CHECKPOINT, NOTE_MOST, &note);
	rc = rc < 0 ? err_sys(err, rc, "%s/%s", t->folder, TLOG_CHECKPOINT)
		    : take_note(t, buf_span(&note), err);
	buf_done(&note);
	if (first && (rc == -EBADMSG || rc == -ENOENT) && take_journal(t) == 0)
		return 0;
	return rc == -ENOENT ? -EBADMSG : rc;
}

/* Appends bundle n as it is now. */
static int get_bundle(struct tlog *t, uint64_t n, struct buf *to, struct err *err)
{
	unsigned width = tlog_tile_width(t->tree.size, 0, n);

	if (t->mode != TLOG_WRITE || width == MERKLE_TILE_WIDTH)
		return tlog_tile_bundle(t, n, width, to, err);
	buf_add(to, buf_span(&t->bundle));
	return buf_ok(to) ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);
}

static int check_entry(struct tlog *t, uint64_t index, struct span entry, struct err *err)
{
	struct merkle_hash leaf = merkle_leaf(entry), signed_leaf;
	int rc = tlog_tile_node(t, 0, index, &signed_leaf, err);

	if (rc == 0 && !merkle_same(&leaf, &signed_leaf))
		rc = err_set(err, -EBADMSG, "%s: record %" PRIu64 " is not what was signed",
			t->folder, index);
	return rc;
}

int tlog_entry(struct tlog *t, uint64_t index, struct buf *to, struct err *err)
{
	struct span rest, entry = {0};
	int rc;

	if (index >= t->tree.size)
		return err_set(err, -ERANGE,
			"%s has %" PRIu64 " records: there is no record %" PRIu64, t->folder,
			t->tree.size, index);
	buf_clear(&t->read);
	if ((rc = get_bundle(t, index / MERKLE_TILE_WIDTH, &t->read, err)) < 0)
		return rc;
	rest = buf_span(&t->read);
	for (unsigned i = 0; i <= index % MERKLE_TILE_WIDTH; i++)
		tlog_tile_cut(&rest, &entry);
	if ((rc = check_entry(t, index, entry, err)) < 0)
		return rc;
	buf_add(to, entry);
	return buf_ok(to) ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);
}

int tlog_walk(struct tlog *t, uint64_t from, uint64_t to,
	int (*take)(void *context, uint64_t index, struct span entry, struct err *err),
	void *context, struct err *err)
{
	struct buf bundle = {0};
	struct span rest = {0}, entry;
	int rc = 0;

	if (from > to || to > t->tree.size)
		return err_set(err, -ERANGE,
			"%s has %" PRIu64 " records: not %" PRIu64 " to %" PRIu64, t->folder,
			t->tree.size, from, to);
	for (uint64_t i = from / MERKLE_TILE_WIDTH * MERKLE_TILE_WIDTH; i < to && rc == 0; i++) {
		if (i % MERKLE_TILE_WIDTH == 0) {
			buf_clear(&bundle);
			rc = get_bundle(t, i / MERKLE_TILE_WIDTH, &bundle, err);
			if (rc < 0)
				break;
			rest = buf_span(&bundle);
		}
		if (!tlog_tile_cut(&rest, &entry))
			rc = err_sys(err, -ENOMEM, "%s", t->folder);
		else if (i >= from && (rc = check_entry(t, i, entry, err)) == 0)
			rc = take(context, i, entry, err);
	}
	buf_done(&bundle);
	return rc;
}

int tlog_prove(struct tlog *t, uint64_t index, struct buf *to, struct err *err)
{
	struct merkle_hash path[MERKLE_PATH_MOST];
	size_t n = 0;
	int rc;

	if (index >= t->tree.size)
		return err_set(err, -ERANGE,
			"%s has %" PRIu64 " records: there is no record %" PRIu64, t->folder,
			t->tree.size, index);
	if ((rc = merkle_path(index, t->tree.size, tlog_tile_node, t, path, &n, err)) < 0)
		return rc;
	buf_printf(to, "c2sp.org/tlog-proof@v1\nindex %" PRIu64 "\n", index);
	for (size_t i = 0; i < n; i++)
		checkpoint_put_hash(to, path[i].byte);
	buf_byte(to, '\n');
	buf_add(to, tlog_checkpoint(t));
	return buf_ok(to) ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);
}

int tlog_consistency(struct tlog *t, uint64_t old_size, struct buf *to, struct err *err)
{
	struct merkle_hash proof[MERKLE_PATH_MOST + 1];
	size_t n = 0;
	int rc;

	if (old_size > t->tree.size)
		return err_set(err, -ERANGE, "%s has %" PRIu64 " records, not %" PRIu64, t->folder,
			t->tree.size, old_size);
	rc = merkle_consistency(old_size, t->tree.size, tlog_tile_node, t, proof, &n, err);
	if (rc < 0)
		return rc;
	buf_add(to, (struct span){(const char *)proof, n * sizeof(*proof)});
	return buf_ok(to) ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);
}
