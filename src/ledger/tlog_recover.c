/*
 * A writer begins with the journal. Its first frame tells a tree whose tiles were synced before;
 * the others are appended to it again as they were the first time, which gives the same tiles and,
 * since Ed25519 draws no random numbers, the same checkpoints. Then all is synced and the journal
 * begun anew, so nothing rests on what the kernel may only think to be on disk.
 *
 * A frame at the end that is not whole was never acknowledged, unless the checkpoint that stands
 * there, or a good frame behind it, says otherwise.
 */
#include "ledger/tlog_work.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

/* The bundle that is not full, checked against the edge. */
static int load_bundle(struct tlog *t, struct err *err)
{
	uint64_t n = t->tree.size / MERKLE_TILE_WIDTH;
	unsigned width = t->tree.size % MERKLE_TILE_WIDTH;
	struct span rest, entry;
	int rc;

	buf_clear(&t->bundle);
	if (!width)
		return 0;
	if ((rc = tlog_tile_bundle(t, n, width, &t->bundle, err)) < 0)
		return rc;
	rest = buf_span(&t->bundle);
	for (unsigned i = 0; i < width && tlog_tile_cut(&rest, &entry); i++) {
		struct merkle_hash leaf = merkle_leaf(entry);

		if (!merkle_same(&leaf, &t->edge->tile[0].node[i]))
			return err_set(err, -EBADMSG,
				"%s: record %" PRIu64 " is not what was signed", t->folder,
				n * MERKLE_TILE_WIDTH + i);
	}
	return 0;
}

/* Takes a tree as the log's own, if its tiles are there. */
static int load(struct tlog *t, const struct tlog_tree *tree, struct span note, struct err *err)
{
	int rc;

	t->tree = *tree;
	buf_clear(&t->checkpoint);
	buf_add(&t->checkpoint, note);
	if (!buf_ok(&t->checkpoint))
		return err_sys(err, -ENOMEM, "%s", t->folder);
	rc = tlog_tile_edge(t, tree, false, t->edge, err);
	return rc < 0 ? rc : load_bundle(t, err);
}

/* Appends a frame to the tree once more. */
static int replay(struct tlog *t, struct tlog_frame *f, struct err *err)
{
	struct merkle_hash root;
	int rc = checkpoint_open(f->note, &t->key, &f->now, err);

	if (rc < 0)
		return rc == -ENOMEM ? rc
				     : err_set(err, -EBADMSG,
					       "%s/journal: the checkpoint of record %" PRIu64
					       " and on is not ours",
					       t->folder, f->before);
	rc = tlog_publish_advance(t, f->entries, f->count);
	if (rc < 0)
		return err_sys(err, rc, "%s", t->folder);
	root = merkle_edge_root(t->next);
	if (f->before != t->tree.size || f->now.size != f->before + f->count ||
		memcmp(root.byte, f->now.root, sizeof(root.byte)) != 0)
		return err_set(err, -EBADMSG,
			"%s/journal: what it holds from record %" PRIu64
			" on does not continue the log of %" PRIu64 " records",
			t->folder, f->before, t->tree.size);
	return tlog_publish(t, f, false, err);
}

/* The checkpoint that stands there must be of a tree that the journal's continues. */
static int check_shown(
	struct tlog *t, struct span shown, size_t at, struct span journal, struct err *err)
{
	struct tlog_tree tree;
	uint8_t root[32];
	int rc;

	/* A torn one is what a power loss leaves; it is made again. */
	if (checkpoint_open(shown, &t->key, &tree, NULL) < 0)
		tree = (struct tlog_tree){0};
	if (tree.size > t->tree.size || (at < journal.n && tlog_journal_more(t, journal, at)))
		return err_set(err, -EBADMSG,
			"%s/journal is damaged at byte %zu, or older than the log: it ends with "
			"%" PRIu64 " records, but %" PRIu64
			" or more were acknowledged; records from %" PRIu64 " on are in doubt",
			t->folder, at, t->tree.size,
			tree.size > t->tree.size ? tree.size : t->tree.size + 1, t->tree.size);
	if (tree.size == 0)
		return 0;
	rc = tlog_root_at(t, tree.size, root, err);
	if (rc == 0 && memcmp(root, tree.root, sizeof(root)) != 0)
		rc = err_set(err, -EBADMSG,
			"%s/log/checkpoint, of %" PRIu64
			" records, contradicts the log in the journal: they are not one log's",
			t->folder, tree.size);
	return rc;
}

static int show(struct tlog *t, struct span shown, struct err *err)
{
	struct span note = buf_span(&t->checkpoint);
	int rc = span_eq(note, shown)
			 ? 0
			 : tlog_file_put(t->dir, TLOG_CHECKPOINT, 0644, &note, 1, false);

	return rc < 0 ? err_sys(err, rc, "%s/%s", t->folder, TLOG_CHECKPOINT) : 0;
}

/* What was played again is shown once it is durable: the last frame may be one whose sync had
 * failed. The checkpoints between are not shown, for readers have seen later ones. */
static int finish(struct tlog *t, struct span shown, struct err *err)
{
	int rc = syncfs(t->dir) < 0 ? err_sys(err, -errno, "%s: sync", t->folder)
				    : show(t, shown, err);

	return rc < 0 ? rc : tlog_publish_fold(t, err);
}

static int recover(struct tlog *t, struct span journal, struct span shown, struct err *err)
{
	struct tlog_frame f;
	size_t at = 0, good;
	bool more = false;
	int rc;

	if (!tlog_journal_next(journal, &at, &f) || f.count != 0 ||
		checkpoint_open(f.note, &t->key, &f.now, NULL) < 0 || f.now.size != f.before)
		return err_set(err, -EBADMSG,
			"%s/journal is damaged at its beginning: how many records were "
			"acknowledged is not known",
			t->folder);
	rc = load(t, &f.now, f.note, err);
	t->base = f.before;
	for (good = at; rc == 0 && tlog_journal_next(journal, &at, &f); good = at) {
		rc = replay(t, &f, err);
		more = true;
	}
	if (rc == 0)
		rc = check_shown(t, shown, good, journal, err);
	t->journal_bytes = good;
	if (rc < 0)
		return rc;
	return more || good < journal.n ? finish(t, shown, err) : show(t, shown, err);
}

static int see(void *context, uint64_t index, struct span entry, struct err *err)
{
	(void)context;
	(void)index;
	(void)entry;
	(void)err;
	return 0;
}

/*
 * A log whose journal somebody took away, because it was damaged or is of another time: when every
 * entry under the checkpoint is good, the log goes on from there.
 */
static int adopt(struct tlog *t, struct span shown, struct err *err)
{
	struct tlog_tree tree;
	struct err why = {""};
	int rc = checkpoint_open(shown, &t->key, &tree, &why);

	if (rc == 0)
		rc = load(t, &tree, shown, &why);
	if (rc == 0)
		rc = tlog_walk(t, 0, tree.size, see, NULL, &why);
	if (rc < 0)
		return err_set(err, rc,
			"%s/journal is missing, and without it the log is not whole: %s", t->folder,
			why.text);
	return tlog_publish_fold(t, err);
}

/* A log that begins: an empty tree, its checkpoint and its journal. */
static int begin(struct tlog *t, struct err *err)
{
	struct merkle_hash root = merkle_empty();
	struct span note;
	int rc;

	t->tree = (struct tlog_tree){0};
	memcpy(t->tree.root, root.byte, sizeof(root.byte));
	merkle_edge_init(t->edge);
	buf_clear(&t->checkpoint);
	checkpoint_sign(&t->signer, &t->tree, &t->checkpoint);
	if (!buf_ok(&t->checkpoint))
		return err_sys(err, -ENOMEM, "%s", t->folder);
	rc = tlog_journal_renew(t, err);
	note = buf_span(&t->checkpoint);
	if (rc == 0 && (rc = tlog_file_put(t->dir, TLOG_CHECKPOINT, 0644, &note, 1, true)) < 0)
		err_sys(err, rc, "%s/%s", t->folder, TLOG_CHECKPOINT);
	return rc;
}

int tlog_recover(struct tlog *t, struct err *err)
{
	struct buf journal = {0}, shown = {0};
	int rc = tlog_file_read(t->dir, TLOG_CHECKPOINT, NOTE_MOST, &shown);
	bool is_shown = rc == 0;

	if (rc == -ENOENT || rc == -EFBIG)
		rc = 0;
	if (rc == 0)
		rc = tlog_file_read(t->dir, TLOG_JOURNAL, TLOG_JOURNAL_MOST, &journal);
	if (rc == -ENOENT && !is_shown) {
		rc = begin(t, err);
	} else if (rc == -ENOENT) {
		rc = adopt(t, buf_span(&shown), err);
	} else if (rc < 0) {
		err_sys(err, rc, "%s", t->folder);
	} else {
		t->journal = openat(t->dir, TLOG_JOURNAL, O_RDWR | O_CLOEXEC);
		rc = t->journal < 0 ? err_sys(err, -errno, "%s/journal", t->folder)
				    : recover(t, buf_span(&journal), buf_span(&shown), err);
	}
	buf_done(&journal);
	buf_done(&shown);
	return rc;
}
