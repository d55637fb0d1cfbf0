/*
 * What the journal holds becomes files: bundles and tiles first, then the checkpoint over them, so
 * that whoever sees a checkpoint finds its tiles. None of this is synced one by one; until all is
 * synced at once the journal stands for it.
 */
#include "ledger/tlog_work.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

/* A tile that became full, in t->full, before its 256 hashes. */
struct full_head {
	unsigned level;
	uint64_t n;
};

static void take_full(void *context, unsigned level, uint64_t n, const struct merkle_tile *tile)
{
	struct buf *full = context;
	struct full_head head = {level, n};

	buf_add(full, (struct span){(const char *)&head, sizeof(head)});
	buf_add(full, (struct span){(const char *)tile->node, 32 * MERKLE_TILE_WIDTH});
}

int tlog_publish_advance(struct tlog *t, struct span entries, uint32_t count)
{
	struct span entry;

	merkle_edge_copy(t->next, t->edge);
	buf_clear(&t->full);
	for (uint32_t i = 0; i < count && tlog_tile_cut(&entries, &entry); i++) {
		struct merkle_hash leaf = merkle_leaf(entry);

		merkle_edge_push(t->next, &leaf, take_full, &t->full);
	}
	return buf_ok(&t->full) ? 0 : -ENOMEM;
}

static int put(struct tlog *t, const char *name, const struct span *pieces, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->written += pieces[i].n;
	buf_add(&t->names, (struct span){name, strlen(name) + 1});
	return buf_ok(&t->names) ? tlog_file_put(t->dir, name, 0644, pieces, n, false) : -ENOMEM;
}

static int put_tile(struct tlog *t, int level, uint64_t n, unsigned width, struct span bytes)
{
	char name[TLOG_NAME_MOST];

	return put(t, tlog_tile_name(level, n, width, name), &bytes, 1);
}

/* Cuts the entries at the ends of bundles. What is left over goes to *ret_rest: with
 * t->bundle before it when *ret_same, the bundle that was not full before the frame. */
static int put_bundles(
	struct tlog *t, const struct tlog_frame *f, struct span *ret_rest, bool *ret_same)
{
	struct span rest = f->entries, begin = rest, entry;
	bool same = true;
	uint64_t i = f->before;
	char name[TLOG_NAME_MOST];

	while (tlog_tile_cut(&rest, &entry)) {
		if (++i % MERKLE_TILE_WIDTH)
			continue;
		struct span pieces[2] = {same ? buf_span(&t->bundle) : (struct span){0},
			span_take(begin, begin.n - rest.n)};
		int rc = put(t,
			tlog_tile_name(
				TLOG_ENTRIES, i / MERKLE_TILE_WIDTH - 1, MERKLE_TILE_WIDTH, name),
			pieces, 2);

		if (rc < 0)
			return rc;
		begin = rest;
		same = false;
	}
	*ret_rest = begin;
	*ret_same = same;
	if (i % MERKLE_TILE_WIDTH == 0)
		return 0;
	struct span pieces[2] = {same ? buf_span(&t->bundle) : (struct span){0}, begin};

	return put(t,
		tlog_tile_name(TLOG_ENTRIES, i / MERKLE_TILE_WIDTH, i % MERKLE_TILE_WIDTH, name),
		pieces, 2);
}

static int put_full_tiles(struct tlog *t)
{
	struct span rest = buf_span(&t->full);
	struct full_head head;
	int rc = 0;

	while (rc == 0 && rest.n) {
		memcpy(&head, rest.p, sizeof(head));
		rest = span_skip(rest, sizeof(head));
		rc = put_tile(t, (int)head.level, head.n, MERKLE_TILE_WIDTH,
			span_take(rest, 32 * MERKLE_TILE_WIDTH));
		rest = span_skip(rest, 32 * MERKLE_TILE_WIDTH);
	}
	return rc;
}

/* The partial tiles of the new size; those of a level that has got nothing new are there. */
static int put_partial_tiles(struct tlog *t)
{
	int rc = 0;

	for (unsigned l = 0; l < MERKLE_LEVELS && rc == 0; l++) {
		const struct merkle_tile *tile = &t->next->tile[l];
		unsigned bits = MERKLE_TILE_HEIGHT * l;

		if (tile->width && t->next->size >> bits != t->edge->size >> bits)
			rc = put_tile(t, (int)l, t->next->size >> bits >> MERKLE_TILE_HEIGHT,
				tile->width,
				(struct span){(const char *)tile->node, 32 * tile->width});
	}
	return rc;
}

/* Removes what the frame wrote, newest first, and makes that durable: a tile that is not of the
 * log must not come back when its frame is gone. */
static void take_back(struct tlog *t)
{
	const char *p = t->names.p, *end = p + t->names.n;
	char folder[TLOG_NAME_MOST] = "";

	while (p < end) {
		const char *name = p, *slash = strrchr(name, '/');

		p += strlen(p) + 1;
		unlinkat(t->dir, name, 0);
		/* Names come in runs of one folder: each is synced after its last. */
		if (p < end && strncmp(p, name, (size_t)(slash - name + 1)) == 0 &&
			strchr(p + (slash - name + 1), '/') == NULL)
			continue;
		memcpy(folder, name, (size_t)(slash - name));
		folder[slash - name] = '\0';
		int rc = tlog_file_sync_folder(t->dir, folder);

		/* Without room even the folder may not have come to be. */
		if (rc < 0 && rc != -ENOENT)
			t->poisoned = true;
	}
}

static int put_all(struct tlog *t, const struct tlog_frame *f, bool show, struct span *ret_rest,
	bool *ret_same)
{
	int rc = put_bundles(t, f, ret_rest, ret_same);

	if (rc == 0)
		rc = put_full_tiles(t);
	if (rc == 0)
		rc = put_partial_tiles(t);
	if (rc == 0 && show)
		rc = tlog_file_put(t->dir, TLOG_CHECKPOINT, 0644, &f->note, 1, false);
	return rc;
}

int tlog_publish(struct tlog *t, const struct tlog_frame *f, bool show, struct err *err)
{
	struct merkle_edge *old = t->edge;
	struct span rest = {0};
	bool same = true;
	int rc;

	/* Room first: nothing below may fail when the checkpoint is out. */
	buf_clear(&t->names);
	if (!buf_reserve(&t->bundle, f->entries.n) || !buf_reserve(&t->checkpoint, f->note.n))
		rc = -ENOMEM;
	else
		rc = put_all(t, f, show, &rest, &same);
	if (rc < 0) {
		if (show)
			take_back(t);
		return err_sys(err, rc, "%s/log: the tiles of record %" PRIu64 " and on", t->folder,
			f->before);
	}
	if (!same)
		buf_clear(&t->bundle);
	buf_add(&t->bundle, rest);
	buf_clear(&t->checkpoint);
	buf_add(&t->checkpoint, f->note);
	t->edge = t->next;
	t->next = old;
	t->tree = f->now;
	return 0;
}

/* The partial tiles of tiles that are full and durable now. */
static void remove_partials(struct tlog *t, uint64_t from, uint64_t to)
{
	char name[TLOG_NAME_MOST];

	for (int l = TLOG_ENTRIES; l < (int)MERKLE_LEVELS; l++) {
		unsigned bits = MERKLE_TILE_HEIGHT * (l == TLOG_ENTRIES ? 1 : (unsigned)l + 1);

		for (uint64_t n = bits < 64 ? from >> bits : 0; bits < 64 && n < to >> bits; n++)
			tlog_file_remove_partial(
				t->dir, tlog_tile_name(l, n, MERKLE_TILE_WIDTH, name));
	}
}

int tlog_publish_fold(struct tlog *t, struct err *err)
{
	uint64_t from = t->base;

	if (syncfs(t->dir) < 0) {
		t->poisoned = true;
		return err_sys(err, -errno, "%s: sync", t->folder);
	}
	int rc = tlog_journal_renew(t, err);

	if (rc == 0)
		remove_partials(t, from, t->tree.size);
	return rc;
}
