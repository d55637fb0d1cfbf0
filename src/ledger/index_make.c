/* An index made anew, beside the one that is there, which it replaces when it is whole. */
#include "ledger/index_work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int index_make(
	const char *folder, const struct shelf *shelf, struct index_file **ret, struct err *err)
{
	struct index_file *x = index_new(folder, true, shelf, err);
	int rc;

	if (!x)
		return -ENOMEM;
	strcat(x->path, ".new");
	x->making = true;
	unlink(x->path);
	rc = index_open_db(x, err);
	/* Nothing of it counts before it is whole, so nothing need be safe before. */
	if (rc == 0)
		rc = index_exec(x,
			"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA "
			"locking_mode=EXCLUSIVE;"
			"PRAGMA cache_size=-262144;",
			err);
	if (rc == 0)
		rc = index_make_tables(x, false, err);
	if (rc == 0)
		rc = index_exec(x, "BEGIN", err);
	x->open_batch = rc == 0;
	if (rc < 0)
		index_close(x);
	else
		*ret = x;
	return rc;
}

static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc == -EINVAL ? 0 : rc;
}

/*
 * The old one's write-ahead log must not be taken for the new one's: it is emptied into the old
 * file while that can be, and removed before the new one stands in its place. Readers keep what
 * they have open.
 */
static int take_place(const struct index_file *x, struct err *err)
{
	char wal[PATH_MAX], shm[PATH_MAX], folder[PATH_MAX];
	sqlite3 *old;

	if (sqlite3_open_v2(x->final, &old, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_wal_checkpoint_v2(old, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(old);
	snprintf(wal, sizeof(wal), "%s-wal", x->final);
	snprintf(shm, sizeof(shm), "%s-shm", x->final);
	snprintf(
		folder, sizeof(folder), "%.*s", (int)(strrchr(x->final, '/') - x->final), x->final);
	unlink(wal);
	unlink(shm);
	int rc = sync_path(x->path);

	if (rc == 0 && rename(x->path, x->final) < 0)
		rc = -errno;
	if (rc == 0)
		rc = sync_path(folder);
	return rc < 0 ? err_sys(err, rc, "%s", x->final) : 0;
}

int index_finish(struct index_file *x, const uint8_t root[32], struct err *err)
{
	int rc = index_commit(x, root, err);

	if (rc == 0)
		rc = index_exec(x, index_schema_order, err);
	if (rc == 0) {
		index_close_db(x);
		rc = take_place(x, err);
	}
	if (rc == 0)
		x->making = false;
	index_close(x);
	return rc;
}
