/*
 * A day's file is a row of frames: a head of 72 bytes with its own checksum, and what is encrypted.
 * The head says how long the frame is, so that a walk touches heads alone, and holds the commitment
 * that the log has too. Where no good head stands, the walk looks for the next one.
 *
 * What is put is gathered in memory and written in one go. Only what was synced is ever told to
 * anybody, so a torn end can hold nothing that the log knows of, and may be cut off.
 */
#include "ledger/vault.h"

#include "base/file.h"
#include "base/hash.h"
#include "ledger/secret.h"
#include "net/day.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define NONCE      crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG        crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SALT       32
#define INNER      (SALT + 4) /* salt and raw length before what is (perhaps) compressed */
#define WRITE_AT   ((size_t)1 << 20)
#define LEVEL      3   /* zstd's own; more costs more than it saves on mails of some KiB */
#define PACK_LEAST 128 /* bytes; below, a zstd frame saves nothing */
#define BODY_MOST  (VAULT_RAW_MOST + INNER + TAG)

static const char live[4] = "CRF1", erased[4] = "CRX1";

/* Little-endian. The checksum is over what is before it, seeded with the frame's place. */
struct head {
	char magic[4];
	uint32_t body; /* bytes behind the head */
	uint8_t nonce[NONCE], commitment[32];
	uint64_t checksum;
};

_Static_assert(sizeof(struct head) == 72, "as it stands in files");
#define SUMMED offsetof(struct head, checksum)

struct vault {
	char folder[PATH_MAX - 32];
	uint8_t key[32];
	bool write, broken;
	bool keyless; /* there are pieces that nobody can read any more */
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;
	struct buf plain;  /* scratch: what is about to be encrypted, or was just read */
	struct buf frames; /* put and not yet written */
	int fd;            /* of the day that is added to; -1: none */
	int32_t day;
	uint64_t end, kept; /* bytes of its file that are written; that stay whatever comes */
	bool unsynced;
};

static void path_of(const struct vault *v, int32_t day, char path[PATH_MAX])
{
	char text[DAY_TEXT];

	snprintf(path, PATH_MAX, "%s/%.10s", v->folder, day_format(day, text));
}

static int open_day(const struct vault *v, int32_t day, int flags)
{
	char path[PATH_MAX];

	path_of(v, day, path);
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : fd;
}

static int fail(const struct vault *v, int32_t day, int code, struct err *err)
{
	char path[PATH_MAX];

	path_of(v, day, path);
	return err_sys(err, code, "%s", path);
}

static int damaged(
	const struct vault *v, struct vault_place place, const char *how, struct err *err)
{
	char path[PATH_MAX];

	path_of(v, place.day, path);
	return err_set(err, -EBADMSG, "%s: the raw evidence at %llu is damaged: %s", path,
		(unsigned long long)place.offset, how);
}

/* --- reading and writing files --- */

static ssize_t read_at(int fd, void *to, size_t n, uint64_t offset)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int write_at(int fd, struct span s, uint64_t offset)
{
	while (s.n) {
		ssize_t n = pwrite(fd, s.p, s.n, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		s = span_skip(s, (size_t)n);
		offset += (uint64_t)n;
	}
	return 0;
}

static int size_of(int fd, uint64_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_size = (uint64_t)st.st_size;
	return 0;
}

static int sync_folder(const struct vault *v)
{
	int fd = open(v->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc == -EINVAL ? 0 : rc; /* some file systems cannot */
}

/* --- heads --- */

static uint64_t checksum(const struct head *h, uint64_t offset)
{
	return htole64(hash64((struct span){(const char *)h, SUMMED}, offset));
}

static bool is_head(const struct head *h, uint64_t offset, uint64_t size)
{
	uint32_t body = le32toh(h->body);

	return (memcmp(h->magic, live, 4) == 0 || memcmp(h->magic, erased, 4) == 0) &&
	       h->checksum == checksum(h, offset) && body >= INNER + TAG && body <= BODY_MOST &&
	       offset + sizeof(*h) + body <= size;
}

/* The first good head at or behind *offset. Returns 1, 0 when there is none, or a negative errno.
 */
static int seek_head(int fd, uint64_t size, uint64_t *offset, struct head *ret_head)
{
	char room[65536];

	for (uint64_t at = *offset; at + sizeof(*ret_head) <= size;) {
		ssize_t n = read_at(fd, room, at == *offset ? sizeof(*ret_head) : sizeof(room), at);

		if (n < (ssize_t)sizeof(*ret_head))
			return n < 0 ? (int)n : 0;
		size_t i = 0;

		for (; i + sizeof(*ret_head) <= (size_t)n; i++) {
			if (room[i] != 'C')
				continue;
			memcpy(ret_head, room + i, sizeof(*ret_head));
			if (is_head(ret_head, at + i, size)) {
				*offset = at + i;
				return 1;
			}
		}
		at += i;
	}
	return 0;
}

/* Called for each frame. */
typedef int take_frame(void *context, uint64_t offset, const struct head *h, struct err *err);

/* *ret_end is where the last good frame ends, *ret_lost the bytes between frames. */
static int walk(struct vault *v, int fd, int32_t day, take_frame *take, void *context,
	uint64_t *ret_end, uint64_t *ret_lost, struct err *err)
{
	uint64_t size = 0, offset = 0, end = 0, lost = 0;
	struct head h;
	int rc = size_of(fd, &size);

	while (rc == 0 && (rc = seek_head(fd, size, &offset, &h)) == 1) {
		lost += offset - end;
		end = offset + sizeof(h) + le32toh(h.body);
		rc = take ? take(context, offset, &h, err) : 0;
		if (rc)
			return rc;
		offset = end;
	}
	if (rc < 0)
		return fail(v, day, rc, err);
	*ret_end = end;
	*ret_lost = lost;
	return 0;
}

/* --- opening --- */

static bool has_files(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	bool any = false;

	while (d && !any && (e = readdir(d)))
		any = e->d_name[0] != '.';
	if (d)
		closedir(d);
	return any;
}

static int key_is_gone(const struct vault *v, struct err *err)
{
	return err_set(err, -ENOKEY,
		"%s.key: the key is gone, so the raw evidence in %s cannot be read; bring the key "
		"back, or remove that folder",
		v->folder, v->folder);
}

static int open_parts(struct vault *v, const char *folder, struct err *err)
{
	char key[PATH_MAX];

	if ((size_t)snprintf(v->folder, sizeof(v->folder), "%s/raw", folder) >= sizeof(v->folder))
		return err_sys(err, -ENAMETOOLONG, "%s", folder);
	snprintf(key, sizeof(key), "%s/raw.key", folder);
	if (v->write && file_make_folder(v->folder, err) < 0)
		return -errno;
	bool may_make = v->write && !has_files(v->folder);
	int rc = secret_read(key, v->key, may_make, NULL, err);

	if (rc == -ENOENT && v->write)
		return key_is_gone(v, err);
	v->keyless = rc == -ENOENT && has_files(v->folder);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	v->unpack = ZSTD_createDCtx();
	v->pack = v->write ? ZSTD_createCCtx() : NULL;
	if (!v->unpack || (v->write && !v->pack))
		return err_sys(err, -ENOMEM, "%s", v->folder);
	return 0;
}

int vault_open(const char *folder, bool write, struct vault **ret_vault, struct err *err)
{
	struct vault *v = sodium_init() < 0 ? NULL : calloc(1, sizeof(*v));

	if (!v)
		return err_sys(err, -ENOMEM, "%s", folder);
	v->write = write;
	v->fd = -1;
	int rc = open_parts(v, folder, err);

	if (rc < 0)
		vault_close(v);
	else
		*ret_vault = v;
	return rc;
}

void vault_close(struct vault *v)
{
	if (!v)
		return;
	vault_undo(v);
	if (v->fd >= 0)
		close(v->fd);
	ZSTD_freeCCtx(v->pack);
	ZSTD_freeDCtx(v->unpack);
	if (v->plain.p)
		sodium_memzero(v->plain.p, v->plain.room);
	buf_done(&v->plain);
	buf_done(&v->frames);
	sodium_memzero(v->key, sizeof(v->key));
	free(v);
}

/* --- putting --- */

void vault_keep(struct vault *v)
{
	v->kept = v->end + v->frames.n;
}

/* What cannot be cut off stands behind the end and is written over, or cut off by the next to open.
 */
void vault_undo(struct vault *v)
{
	if (v->fd >= 0 && v->end > v->kept && ftruncate(v->fd, (off_t)v->kept) < 0)
		v->broken = true;
	if (v->end > v->kept)
		v->end = v->kept;
	buf_clear(&v->frames);
}

static int write_frames(struct vault *v, struct err *err)
{
	int rc = write_at(v->fd, buf_span(&v->frames), v->end);

	if (rc < 0) {
		/* Of what was written by halves the end is not known. */
		v->end += v->frames.n;
		vault_undo(v);
		v->broken |= rc == -EIO;
		return fail(v, v->day, rc, err);
	}
	v->end += v->frames.n;
	v->unsynced |= v->frames.n > 0;
	buf_clear(&v->frames);
	return 0;
}

int vault_sync(struct vault *v, struct err *err)
{
	if (v->fd < 0)
		return 0;
	int rc = write_frames(v, err);

	if (rc < 0 || !v->unsynced)
		return rc;
	if (fdatasync(v->fd) < 0) {
		rc = -errno;
		/* The system forgets what it could not write, so trying again would be a lie. */
		v->broken = true;
		vault_undo(v);
		return fail(v, v->day, rc, err);
	}
	v->unsynced = false;
	return 0;
}

/* The file of another day becomes the one that is added to; its torn end is cut off. */
static int turn_to(struct vault *v, int32_t day, struct err *err)
{
	uint64_t lost = 0, size = 0, end = 0;
	int rc = vault_sync(v, err);

	if (rc < 0)
		return rc;
	vault_keep(v);
	int fd = open_day(v, day, O_RDWR | O_CREAT);

	if (fd < 0)
		return fail(v, day, fd, err);
	rc = walk(v, fd, day, NULL, NULL, &end, &lost, err);
	if (rc == 0 && ((rc = size_of(fd, &size)) < 0 ||
			       (size > end && ftruncate(fd, (off_t)end) < 0 && (rc = -errno) < 0) ||
			       (rc = sync_folder(v)) < 0))
		rc = fail(v, day, rc, err);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	if (v->fd >= 0)
		close(v->fd);
	v->fd = fd;
	v->day = day;
	v->end = v->kept = end;
	return 0;
}

static void commit_to(const uint8_t salt[SALT], struct span raw, uint8_t ret_commitment[32])
{
	crypto_hash_sha256_state s;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, salt, SALT);
	crypto_hash_sha256_update(&s, (const uint8_t *)raw.p, raw.n);
	crypto_hash_sha256_final(&s, ret_commitment);
}

/* Salt, length and the raw bytes, packed where that makes them fewer: what has its full length is
 * not packed. */
static int make_plain(struct vault *v, const uint8_t salt[SALT], struct span raw)
{
	uint32_t length = htole32((uint32_t)raw.n);
	size_t bound = ZSTD_compressBound(raw.n);

	buf_clear(&v->plain);
	buf_add(&v->plain, (struct span){(const char *)salt, SALT});
	buf_add(&v->plain, (struct span){(const char *)&length, sizeof(length)});
	char *to = buf_reserve(&v->plain, bound);

	if (!to)
		return -ENOMEM;
	size_t n = raw.n < PACK_LEAST ? raw.n
				      : ZSTD_compressCCtx(v->pack, to, bound, raw.p, raw.n, LEVEL);

	if (ZSTD_isError(n) || n >= raw.n) {
		n = raw.n;
		if (n)
			memcpy(to, raw.p, n);
	}
	v->plain.n += n;
	return 0;
}

/* What is encrypted is bound to: its place, and all of its head but the checksum. */
static void bind(const struct head *h, struct vault_place place, uint8_t to[SUMMED + 12])
{
	uint32_t day = htole32((uint32_t)place.day);
	uint64_t offset = htole64(place.offset);

	memcpy(to, h, SUMMED);
	memcpy(to + SUMMED, &day, sizeof(day));
	memcpy(to + SUMMED + 4, &offset, sizeof(offset));
}

static int add_frame(struct vault *v, struct head *h, struct vault_place place)
{
	size_t body = v->plain.n + TAG;
	char *to = buf_reserve(&v->frames, sizeof(*h) + body);
	uint8_t bound[SUMMED + 12];

	if (!to) {
		v->frames.failed = false; /* what it held before is whole */
		return -ENOMEM;
	}
	h->body = htole32((uint32_t)body);
	h->checksum = checksum(h, place.offset);
	bind(h, place, bound);
	memcpy(to, h, sizeof(*h));
	crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)to + sizeof(*h), NULL,
		(const uint8_t *)v->plain.p, v->plain.n, bound, sizeof(bound), NULL, h->nonce,
		v->key);
	v->frames.n += sizeof(*h) + body;
	return 0;
}

int vault_put(struct vault *v, int32_t day, struct span raw, struct vault_place *ret_place,
	uint8_t ret_commitment[32], struct err *err)
{
	struct {
		uint8_t salt[SALT], nonce[NONCE];
	} chance;
	struct head h;
	int rc = 0;

	if (!v->write || v->broken)
		return err_set(err, v->write ? -EIO : -EACCES,
			"%s: raw evidence cannot be written; open the ledger again", v->folder);
	if (raw.n > VAULT_RAW_MOST)
		return err_set(err, -EFBIG, "raw evidence of over %zu MiB", VAULT_RAW_MOST >> 20);
	if (v->fd < 0 || day != v->day)
		rc = turn_to(v, day, err);
	else if (v->frames.n > WRITE_AT)
		rc = write_frames(v, err);
	if (rc < 0)
		return rc;
	randombytes_buf(&chance, sizeof(chance));
	memcpy(h.magic, live, 4);
	memcpy(h.nonce, chance.nonce, NONCE);
	commit_to(chance.salt, raw, h.commitment);
	struct vault_place place = {day, v->end + v->frames.n};

	if (make_plain(v, chance.salt, raw) < 0 || add_frame(v, &h, place) < 0) {
		vault_undo(v);
		return fail(v, day, -ENOMEM, err);
	}
	*ret_place = place;
	memcpy(ret_commitment, h.commitment, sizeof(h.commitment));
	return 0;
}

/* --- getting and erasing --- */

/* Opens the file of a place and reads the head there. Returns the descriptor; -ENOENT when the
 * piece is gone. */
static int open_frame(struct vault *v, struct vault_place place, int flags, struct head *ret_head,
	struct err *err)
{
	uint64_t size = 0;
	int fd = open_day(v, place.day, flags), rc;

	if (fd == -ENOENT)
		return err_set(err, -ENOENT, "the raw evidence has expired");
	if (fd < 0)
		return fail(v, place.day, fd, err);
	ssize_t n = read_at(fd, ret_head, sizeof(*ret_head), place.offset);

	if (n < 0 || (rc = size_of(fd, &size)) < 0)
		rc = fail(v, place.day, n < 0 ? (int)n : rc, err);
	else if (n < (ssize_t)sizeof(*ret_head) || !is_head(ret_head, place.offset, size))
		rc = damaged(v, place, "no head of it stands there", err);
	else if (memcmp(ret_head->magic, erased, 4) == 0)
		rc = err_set(err, -ENOENT, "the raw evidence was erased");
	if (rc < 0) {
		close(fd);
		return rc;
	}
	return fd;
}

/* Reads what is encrypted and opens it into v->plain. */
static int open_body(
	struct vault *v, int fd, const struct head *h, struct vault_place place, struct err *err)
{
	size_t body = le32toh(h->body);
	uint8_t bound[SUMMED + 12];

	bind(h, place, bound);
	buf_clear(&v->plain);
	char *to = buf_reserve(&v->plain, body);

	if (!to)
		return fail(v, place.day, -ENOMEM, err);
	ssize_t n = read_at(fd, to, body, place.offset + sizeof(*h));

	if (n < 0)
		return fail(v, place.day, (int)n, err);
	if ((size_t)n < body)
		return damaged(v, place, "it is cut off", err);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)to, NULL, NULL, (uint8_t *)to,
		    body, bound, sizeof(bound), h->nonce, v->key) != 0)
		return damaged(v, place, "it was changed, or encrypted with another key", err);
	v->plain.n = body - TAG;
	return 0;
}

static int unpack(struct vault *v, const struct head *h, struct vault_place place,
	uint8_t ret_salt[SALT], struct buf *to, struct err *err)
{
	struct span packed = span_skip(buf_span(&v->plain), INNER);
	uint8_t commitment[32];
	uint32_t length;

	memcpy(&length, v->plain.p + SALT, sizeof(length));
	length = le32toh(length);
	if (length > VAULT_RAW_MOST || packed.n > length)
		return damaged(v, place, "its length is wrong", err);
	char *raw = buf_reserve(to, length ? length : 1);

	if (!raw)
		return fail(v, place.day, -ENOMEM, err);
	if (packed.n == length)
		memcpy(raw, packed.p, length);
	else if (ZSTD_decompressDCtx(v->unpack, raw, length, packed.p, packed.n) != length)
		return damaged(v, place, "it cannot be unpacked", err);
	commit_to((const uint8_t *)v->plain.p, (struct span){raw, length}, commitment);
	if (memcmp(commitment, h->commitment, sizeof(commitment)) != 0)
		return damaged(v, place, "it is not what its commitment says", err);
	memcpy(ret_salt, v->plain.p, SALT);
	to->n += length;
	return 0;
}

int vault_get(struct vault *v, struct vault_place place, uint8_t ret_salt[32], struct buf *to,
	struct err *err)
{
	struct head h;
	int rc = v->keyless ? key_is_gone(v, err) : v->frames.n ? write_frames(v, err) : 0;

	if (rc < 0)
		return rc;
	int fd = open_frame(v, place, O_RDONLY, &h, err);

	if (fd < 0)
		return fd;
	rc = open_body(v, fd, &h, place, err);
	close(fd);
	return rc < 0 ? rc : unpack(v, &h, place, ret_salt, to, err);
}

/* Overwrites n bytes with zeros, durable on return. */
static int overwrite(int fd, uint64_t offset, uint64_t n)
{
	static const char zeros[65536];
	int rc = 0;

	while (n && rc == 0) {
		size_t some = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		rc = write_at(fd, (struct span){zeros, some}, offset);
		offset += some;
		n -= some;
	}
	return rc == 0 && fdatasync(fd) < 0 ? -errno : rc;
}

int vault_erase(struct vault *v, struct vault_place place, struct err *err)
{
	struct head h;
	int rc = v->frames.n ? write_frames(v, err) : 0;

	if (rc < 0)
		return rc;
	int fd = open_frame(v, place, O_RDWR, &h, err);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	/* First what matters; a crash before the head is written leaves a damaged piece, which can
	 * be erased again. */
	rc = overwrite(fd, place.offset + sizeof(h), le32toh(h.body));
	if (rc == 0) {
		memcpy(h.magic, erased, 4);
		memset(h.nonce, 0, sizeof(h.nonce));
		memset(h.commitment, 0, sizeof(h.commitment));
		h.checksum = checksum(&h, place.offset);
		rc = write_at(fd, (struct span){(const char *)&h, sizeof(h)}, place.offset);
	}
	if (rc == 0 && fdatasync(fd) < 0)
		rc = -errno;
	close(fd);
	return rc < 0 ? fail(v, place.day, rc, err) : 0;
}

/* --- days --- */

static int compare_days(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

int vault_days(struct vault *v, int32_t **ret_days, size_t *ret_n, struct err *err)
{
	DIR *d = opendir(v->folder);
	const struct dirent *e;
	size_t n = 0, room = 0;
	int32_t *days = NULL, day;

	if (!d && errno != ENOENT)
		return err_sys(err, -errno, "%s", v->folder);
	while (d && (e = readdir(d))) {
		if (strlen(e->d_name) != 10 || day_parse(span_cstr(e->d_name), &day) < 0)
			continue;
		if (n == room) {
			int32_t *more =
				realloc(days, (room = room ? room * 2 : 64) * sizeof(*days));

			if (!more) {
				free(days);
				closedir(d);
				return err_sys(err, -ENOMEM, "%s", v->folder);
			}
			days = more;
		}
		days[n++] = day;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(days, n, sizeof(*days), compare_days);
	*ret_days = days;
	*ret_n = n;
	return 0;
}

static int expire_day(struct vault *v, int32_t day, struct err *err)
{
	char path[PATH_MAX];
	uint64_t size = 0;
	int fd = open_day(v, day, O_RDWR);

	if (fd < 0)
		return fail(v, day, fd, err);
	int rc = size_of(fd, &size);

	if (rc == 0)
		rc = overwrite(fd, 0, size);
	close(fd);
	path_of(v, day, path);
	if (rc == 0 && unlink(path) < 0)
		rc = -errno;
	return rc < 0 ? fail(v, day, rc, err) : 0;
}

int vault_expire(struct vault *v, int32_t before, size_t *ret_files, struct err *err)
{
	int32_t *days;
	size_t n, gone = 0;
	int rc = vault_days(v, &days, &n, err);

	if (rc < 0)
		return rc;
	for (; gone < n && days[gone] < before && rc == 0; gone++) {
		if (v->fd >= 0 && v->day == days[gone]) {
			rc = vault_sync(v, err);
			close(v->fd);
			v->fd = -1;
		}
		rc = rc < 0 ? rc : expire_day(v, days[gone], err);
	}
	free(days);
	if (rc == 0 && gone && (rc = sync_folder(v)) < 0)
		rc = err_sys(err, rc, "%s", v->folder);
	if (rc == 0)
		*ret_files = gone;
	return rc;
}

/* --- walking --- */

struct walker {
	int32_t day;
	int (*take)(void *context, struct vault_place place, const uint8_t commitment[32],
		struct err *err);
	void *context;
};

static int give(void *context, uint64_t offset, const struct head *h, struct err *err)
{
	const struct walker *w = context;

	if (memcmp(h->magic, erased, 4) == 0)
		return 0;
	return w->take(w->context, (struct vault_place){w->day, offset}, h->commitment, err);
}

int vault_walk(struct vault *v, int32_t day,
	int (*take)(void *context, struct vault_place place, const uint8_t commitment[32],
		struct err *err),
	void *context, uint64_t *ret_damaged, struct err *err)
{
	struct walker w = {day, take, context};
	uint64_t end = 0, lost = 0, size = 0;
	int fd = open_day(v, day, O_RDONLY);

	if (ret_damaged)
		*ret_damaged = 0;
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fail(v, day, fd, err);
	int rc = walk(v, fd, day, give, &w, &end, &lost, err);

	if (rc == 0 && ret_damaged && size_of(fd, &size) == 0)
		*ret_damaged = lost + (size - end);
	close(fd);
	return rc;
}
