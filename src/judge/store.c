/*
 * Three tables: "labels" (first 16 bytes of a message's digest -> one byte), "state" (number of a
 * 64 KiB page, big-endian -> its bytes) and "meta" (names -> numbers). The state is compared page
 * by page with what is there, so the caller keeps no record of what it changed.
 */
#include "judge/store.h"

#include "base/file.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE ((size_t)64 << 10)
#define MAP_LEAST                                                                                  \
	((size_t)1 << 30) /* address space, not memory; labels need about 64 bytes each            \
			   */
#define LABEL_KEY 16

struct store {
	char path[PATH_MAX];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi labels, state, meta;
	bool write;
};

/* LMDB's codes are errno values, or its own negative numbers. */
static int fail(const struct store *s, int code, struct err *err)
{
	if (code == MDB_MAP_FULL)
		return err_set(err, -ENOSPC, "%s: the store has grown to its bound", s->path);
	if (code == MDB_CORRUPTED || code == MDB_INVALID || code == MDB_VERSION_MISMATCH ||
		code == MDB_PAGE_NOTFOUND)
		return err_set(err, -EBADMSG,
			"%s: damaged (%s); put it aside and learn again from your mail", s->path,
			mdb_strerror(code));
	/* LMDB calls it that when less was written than it asked for. */
	if (code == EIO && s->write)
		return err_set(err, -ENOSPC,
			"%s: cannot be written in full: the disk is full, or it fails", s->path);
	return err_set(err, code > 0 ? -code : -EIO, "%s: %s", s->path, mdb_strerror(code));
}

static int open_tables(struct store *s)
{
	unsigned flags = s->write ? MDB_CREATE : 0;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, s->write ? 0 : MDB_RDONLY, &txn);

	if (rc)
		return rc;
	rc = mdb_dbi_open(txn, "labels", flags, &s->labels);
	if (!rc)
		rc = mdb_dbi_open(txn, "state", flags, &s->state);
	if (!rc)
		rc = mdb_dbi_open(txn, "meta", flags, &s->meta);
	if (rc) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

/* A handle on the files; one that fails to open is of no further use (lmdb.h). */
static int open_files(struct store *s, unsigned flags)
{
	int rc = mdb_env_create(&s->env);

	if (rc)
		return rc;
	mdb_env_set_maxdbs(s->env, 3);
	mdb_env_set_mapsize(s->env, MAP_LEAST);
	rc = mdb_env_open(s->env, s->path, flags, 0600);
	if (rc) {
		mdb_env_close(s->env);
		s->env = NULL;
	}
	return rc;
}

static int open_env(struct store *s)
{
	/* NORDAHEAD: a reader copies the state once and wants nothing else of the map. */
	unsigned flags = MDB_NORDAHEAD | (s->write ? 0 : MDB_RDONLY);
	int rc = open_files(s, flags);

	/* A reader that may not write the lock file: the writer's pages are still whole, as LMDB
	 * never overwrites those of the two last commits, but a very long read could see reuse. */
	if (!s->write && (rc == EACCES || rc == EROFS))
		rc = open_files(s, flags | MDB_NOLOCK);
	if (!rc && s->write)
		mdb_reader_check(s->env, &(int){0}); /* forget readers that were killed */
	return rc ? rc : open_tables(s);
}

int store_open(const char *state_dir, bool write, struct store **ret_store, struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_sys(err, -ENOMEM, "%s", state_dir);
	s->write = write;
	if ((size_t)snprintf(s->path, sizeof(s->path), "%s/learned", state_dir) >= sizeof(s->path))
		rc = err_sys(err, -ENAMETOOLONG, "%s", state_dir);
	else if (write)
		rc = file_make_folder(s->path, err);
	else
		rc = access(s->path, F_OK) < 0 ? err_sys(err, -errno, "%s", s->path) : 0;
	if (rc == 0 && (rc = open_env(s)) != 0)
		rc = rc == MDB_NOTFOUND ? err_set(err, -ENOENT, "%s: nothing learned yet", s->path)
					: fail(s, rc, err);
	if (rc < 0)
		store_close(s);
	else
		*ret_store = s;
	return rc;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_abort(s);
	if (s->env)
		mdb_env_close(s->env);
	free(s);
}

/* A store that has used over half of its map gets one four times what it uses. */
static int make_room(struct store *s)
{
	MDB_envinfo info;
	MDB_stat stat;

	mdb_env_info(s->env, &info);
	mdb_env_stat(s->env, &stat);
	size_t used = (info.me_last_pgno + 1) * stat.ms_psize;

	return used > info.me_mapsize / 2 ? mdb_env_set_mapsize(s->env, used * 4) : 0;
}

int store_begin(struct store *s, struct err *err)
{
	int rc = s->write ? make_room(s) : 0;

	if (!rc)
		rc = mdb_txn_begin(s->env, NULL, s->write ? 0 : MDB_RDONLY, &s->txn);
	if (rc == MDB_MAP_RESIZED) { /* by another writer: size 0 takes its size over */
		mdb_env_set_mapsize(s->env, 0);
		rc = mdb_txn_begin(s->env, NULL, s->write ? 0 : MDB_RDONLY, &s->txn);
	}
	return rc ? fail(s, rc, err) : 0;
}

int store_commit(struct store *s, struct err *err)
{
	int rc = mdb_txn_commit(s->txn);

	s->txn = NULL;
	return rc ? fail(s, rc, err) : 0;
}

void store_abort(struct store *s)
{
	if (s->txn)
		mdb_txn_abort(s->txn);
	s->txn = NULL;
}

enum label store_label(struct store *s, const struct digest *message)
{
	MDB_val key = {LABEL_KEY, (void *)message->byte}, value;

	if (mdb_get(s->txn, s->labels, &key, &value) || value.mv_size != 1)
		return LABEL_NONE;
	unsigned char c = *(unsigned char *)value.mv_data;

	return c <= LABEL_OWN_SPAM ? (enum label)c : LABEL_NONE;
}

int store_set_label(
	struct store *s, const struct digest *message, enum label label, struct err *err)
{
	unsigned char c = (unsigned char)label;
	MDB_val key = {LABEL_KEY, (void *)message->byte}, value = {1, &c};
	int rc = mdb_put(s->txn, s->labels, &key, &value, 0);

	return rc ? fail(s, rc, err) : 0;
}

int store_forget(struct store *s, struct err *err)
{
	int rc = mdb_drop(s->txn, s->labels, 0);

	return rc ? fail(s, rc, err) : 0;
}

size_t store_labels(struct store *s)
{
	MDB_stat stat;

	return mdb_stat(s->txn, s->labels, &stat) ? 0 : stat.ms_entries;
}

static uint64_t meta_get(struct store *s, const char *name)
{
	MDB_val key = {strlen(name), (void *)name}, value;
	uint64_t n;

	if (mdb_get(s->txn, s->meta, &key, &value) || value.mv_size != sizeof(n))
		return 0;
	memcpy(&n, value.mv_data, sizeof(n));
	return le64toh(n);
}

static int meta_put(struct store *s, const char *name, uint64_t n)
{
	uint64_t little = htole64(n);
	MDB_val key = {strlen(name), (void *)name}, value = {sizeof(little), &little};

	return mdb_put(s->txn, s->meta, &key, &value, 0);
}

/* The i-th page of a state of n bytes as it is stored; false when it is not there in that size. */
static bool stored_page(struct store *s, uint32_t i, size_t size, const void **ret)
{
	uint32_t number = htobe32(i);
	MDB_val key = {sizeof(number), &number}, value;

	if (mdb_get(s->txn, s->state, &key, &value) || value.mv_size != size)
		return false;
	*ret = value.mv_data;
	return true;
}

int store_load(struct store *s, void *to, size_t n, struct err *err)
{
	if (meta_get(s, "state-bytes") != n)
		return 0;
	for (size_t at = 0; at < n; at += PAGE) {
		size_t size = n - at < PAGE ? n - at : PAGE;
		const void *page;

		if (!stored_page(s, (uint32_t)(at / PAGE), size, &page))
			return fail(s, MDB_CORRUPTED, err);
		memcpy((char *)to + at, page, size);
	}
	if (meta_get(s, "state-hash") != hash64((struct span){to, n}, n))
		return err_set(err, -EBADMSG,
			"%s: damaged (not what was saved); put it aside and learn again from your "
			"mail",
			s->path);
	return 1;
}

int store_save(struct store *s, const void *from, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t at = 0; at < n && !rc; at += PAGE) {
		size_t size = n - at < PAGE ? n - at : PAGE;
		uint32_t number = htobe32((uint32_t)(at / PAGE));
		MDB_val key = {sizeof(number), &number}, value = {size, (char *)from + at};
		const void *page;

		if (!stored_page(s, (uint32_t)(at / PAGE), size, &page) ||
			memcmp(page, value.mv_data, size))
			rc = mdb_put(s->txn, s->state, &key, &value, 0);
	}
	if (!rc)
		rc = meta_put(s, "state-bytes", n);
	if (!rc)
		rc = meta_put(s, "state-hash", hash64((struct span){from, n}, n));
	if (!rc)
		rc = meta_put(s, "generation", meta_get(s, "generation") + 1);
	return rc ? fail(s, rc, err) : 0;
}

uint64_t store_generation(struct store *s)
{
	return meta_get(s, "generation");
}
