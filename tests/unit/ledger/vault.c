#include "test.h"

#include "base/file.h"
#include "folder.h"
#include "ledger/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY    20780 /* 2026-11-23 */
#define DAY_OF "2026-11-23"
#define PIECES 8
#define HEAD   72

/* Faults: the n-th call fails, or writes by halves. */
static int fail_write, fail_sync, halves;
static int fault = EIO;

ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (fail_write && --fail_write == 0) {
		errno = fault;
		return -1;
	}
	return __real_pwrite64(fd, p, halves && n > 1 ? n / 2 : n, at);
}

int __wrap_fdatasync(int fd)
{
	if (fail_sync && --fail_sync == 0) {
		errno = fault;
		return -1;
	}
	return __real_fdatasync(fd);
}

struct fixture {
	char folder[64], file[128];
	struct vault *v;
	struct err err;
	struct vault_place place[PIECES];
	uint8_t commitment[PIECES][32];
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	folder_make(f->folder);
	snprintf(f->file, sizeof(f->file), "%s/raw/" DAY_OF, f->folder);
	fail_write = fail_sync = halves = 0;
	fault = EIO;
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;

	vault_close(f->v);
	folder_remove(f->folder);
	free(f);
	return 0;
}

static void open_vault(struct fixture *f, bool write)
{
	vault_close(f->v);
	f->v = NULL;
	if (vault_open(f->folder, write, &f->v, &f->err) < 0)
		fail_msg("%s", f->err.text);
}

/* Piece i: sizes from none to some that compress well and some that do not. */
static void piece(unsigned i, struct buf *to)
{
	static const size_t size[PIECES] = {0, 1, 100, 127, 128, 5000, 70000, 2000000};

	buf_clear(to);
	for (size_t n = 0; n < size[i % PIECES]; n++)
		buf_byte(to, i % 2 ? (char)(n * n * 2654435761u >> 13) : (char)('a' + n % 3));
}

static void put(struct fixture *f, unsigned i)
{
	struct buf raw = {0};

	piece(i, &raw);
	if (vault_put(f->v, DAY, buf_span(&raw), &f->place[i], f->commitment[i], &f->err) < 0)
		fail_msg("%s", f->err.text);
	buf_done(&raw);
}

static void fill(struct fixture *f)
{
	open_vault(f, true);
	for (unsigned i = 0; i < PIECES; i++)
		put(f, i);
	assert_int_equal(vault_sync(f->v, &f->err), 0);
	vault_keep(f->v);
}

/* What vault_get() gives of piece i: 0 only when it is what was put, salt and all. */
static int get(struct fixture *f, unsigned i)
{
	struct buf want = {0}, got = {0};
	crypto_hash_sha256_state sum;
	uint8_t salt[32], out[32];
	int rc = vault_get(f->v, f->place[i], salt, &got, &f->err);

	piece(i, &want);
	if (rc == 0) {
		assert_true(span_eq(buf_span(&want), buf_span(&got)));
		crypto_hash_sha256_init(&sum);
		crypto_hash_sha256_update(&sum, salt, sizeof(salt));
		crypto_hash_sha256_update(&sum, (const uint8_t *)got.p, got.n);
		crypto_hash_sha256_final(&sum, out);
		assert_memory_equal(out, f->commitment[i], 32);
	}
	buf_done(&want);
	buf_done(&got);
	return rc;
}

static int count(
	void *context, struct vault_place place, const uint8_t commitment[32], struct err *err)
{
	struct fixture *f = context;

	(void)err;
	for (unsigned i = 0; i < PIECES; i++)
		if (f->place[i].offset == place.offset) {
			assert_int_equal(place.day, DAY);
			assert_memory_equal(commitment, f->commitment[i], 32);
			return 0;
		}
	return -ESTALE; /* a piece that was never put */
}

static uint64_t walk(struct fixture *f)
{
	uint64_t lost;

	assert_int_equal(vault_walk(f->v, DAY, count, f, &lost, &f->err), 0);
	return lost;
}

static void what_is_put_is_got(void **state)
{
	struct fixture *f = *state;

	fill(f);
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < PIECES; i++)
			assert_int_equal(get(f, i), 0);
		assert_int_equal(walk(f), 0);
		open_vault(f, round == 0);
	}
}

static void short_writes_are_gone_on_with(void **state)
{
	struct fixture *f = *state;

	halves = 1;
	fill(f);
	for (unsigned i = 0; i < PIECES; i++)
		assert_int_equal(get(f, i), 0);
}

static void each_commitment_has_a_salt_of_its_own(void **state)
{
	struct fixture *f = *state;
	uint8_t again[32];
	struct vault_place place;

	fill(f);
	assert_int_equal(vault_put(f->v, DAY, SPAN(""), &place, again, &f->err), 0);
	assert_memory_not_equal(again, f->commitment[0], 32);
}

static void flip(const char *path, uint64_t offset, int bits)
{
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	fseek(file, (long)offset, SEEK_SET);
	int c = getc(file);

	fseek(file, (long)offset, SEEK_SET);
	putc(c ^ bits, file);
	fclose(file);
}

/* Every byte of a small file changed: its piece is damaged, the others are not. */
static void every_change_is_found_out(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	open_vault(f, true);
	for (unsigned i = 0; i < 4; i++)
		put(f, i);
	assert_int_equal(vault_sync(f->v, &f->err), 0);
	vault_keep(f->v);
	for (unsigned i = 4; i < PIECES; i++)
		f->place[i].offset = UINT64_MAX;
	open_vault(f, false);
	assert_int_equal(stat(f->file, &st), 0);
	for (uint64_t at = 0; at < (uint64_t)st.st_size; at++) {
		unsigned hit = 3;

		while (f->place[hit].offset > at)
			hit--;
		flip(f->file, at, 1 << at % 8);
		for (unsigned i = 0; i < 4; i++)
			assert_int_equal(get(f, i), i == hit ? -EBADMSG : 0);
		assert_int_equal(walk(f) > 0, at - f->place[hit].offset < HEAD);
		flip(f->file, at, 1 << at % 8);
	}
	assert_int_equal(walk(f), 0);
}

/* A file that was cut off anywhere in its last piece: the others are there, and what is put next
 * stands behind them. */
static void torn_ends_are_cut_off(void **state)
{
	struct fixture *f = *state;
	struct buf whole = {0};

	fill(f);
	assert_int_equal(file_read(f->file, 1 << 30, &whole, &f->err), 0);
	for (size_t cut = f->place[5].offset; cut < f->place[6].offset; cut += 501) {
		struct vault_place behind;
		uint8_t commitment[32];

		vault_close(f->v);
		f->v = NULL;
		assert_int_equal(
			file_replace(f->file, &(struct span){whole.p, cut}, 1, &f->err), 0);
		open_vault(f, false);
		assert_int_equal(walk(f), cut - f->place[5].offset);
		assert_int_equal(get(f, 4), 0);
		assert_int_equal(get(f, 5), -EBADMSG);
		open_vault(f, true);
		assert_int_equal(
			vault_put(f->v, DAY, SPAN("next"), &behind, commitment, &f->err), 0);
		assert_int_equal(behind.offset, f->place[5].offset);
		assert_int_equal(vault_sync(f->v, &f->err), 0);
		vault_keep(f->v);
	}
	buf_done(&whole);
}

/* Damage in the middle is no end: what is behind it stays. */
static void damage_in_the_middle_loses_nothing_behind_it(void **state)
{
	struct fixture *f = *state;
	struct vault_place behind;
	uint8_t commitment[32];

	fill(f);
	flip(f->file, f->place[2].offset + 4, 0xff); /* the length of the third */
	open_vault(f, true);
	assert_int_equal(vault_put(f->v, DAY, SPAN("next"), &behind, commitment, &f->err), 0);
	assert_int_equal(vault_sync(f->v, &f->err), 0);
	vault_keep(f->v);
	assert_true(behind.offset > f->place[PIECES - 1].offset);
	for (unsigned i = 0; i < PIECES; i++)
		assert_int_equal(get(f, i), i == 2 ? -EBADMSG : 0);
}

/* Pieces cannot be exchanged, even whole and with their heads. */
static void a_piece_is_bound_to_its_place(void **state)
{
	struct fixture *f = *state;
	struct buf whole = {0};
	char other[128];

	fill(f);
	assert_int_equal(file_read(f->file, 1 << 30, &whole, &f->err), 0);
	snprintf(other, sizeof(other), "%s/raw/2026-11-24", f->folder);
	assert_int_equal(file_replace(other, &(struct span){whole.p, whole.n}, 1, &f->err), 0);
	f->place[5].day = DAY + 1;
	assert_int_equal(get(f, 5), -EBADMSG);
	buf_done(&whole);
}

static void what_is_erased_is_gone(void **state)
{
	struct fixture *f = *state;
	struct buf before = {0}, after = {0};

	fill(f);
	assert_int_equal(file_read(f->file, 1 << 30, &before, &f->err), 0);
	assert_int_equal(vault_erase(f->v, f->place[5], &f->err), 0);
	assert_int_equal(get(f, 5), -ENOENT);
	assert_int_equal(vault_erase(f->v, f->place[5], &f->err), 0);
	assert_int_equal(file_read(f->file, 1 << 30, &after, &f->err), 0);
	assert_int_equal(after.n, before.n);
	/* Nothing of it is left but its length: no nonce, no commitment, no salt. */
	for (size_t i = f->place[5].offset + 8; i < f->place[6].offset; i++)
		if (i < f->place[5].offset + 64 || i >= f->place[5].offset + HEAD)
			assert_int_equal(after.p[i], 0);
	open_vault(f, true);
	for (unsigned i = 0; i < PIECES; i++)
		assert_int_equal(get(f, i), i == 5 ? -ENOENT : 0);
	f->place[5].offset = UINT64_MAX; /* the walk must not give it */
	assert_int_equal(walk(f), 0);
	buf_done(&before);
	buf_done(&after);
}

/* Stopped between the two steps of erasing: it can be done again. */
static void erasing_can_be_finished(void **state)
{
	struct fixture *f = *state;

	fill(f);
	fail_write = 2;
	assert_int_equal(vault_erase(f->v, f->place[4], &f->err), -EIO);
	assert_int_equal(get(f, 4), -EBADMSG);
	assert_int_equal(vault_erase(f->v, f->place[4], &f->err), 0);
	assert_int_equal(get(f, 4), -ENOENT);
}

static void days_expire_whole(void **state)
{
	struct fixture *f = *state;
	struct vault_place place;
	uint8_t commitment[32];
	int32_t *days;
	size_t n;

	fill(f);
	for (int i = 1; i < 4; i++)
		assert_int_equal(
			vault_put(f->v, DAY + i, SPAN("x"), &place, commitment, &f->err), 0);
	assert_int_equal(vault_sync(f->v, &f->err), 0);
	vault_keep(f->v);
	assert_int_equal(vault_expire(f->v, DAY + 2, &n, &f->err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(get(f, 5), -ENOENT);
	assert_int_equal(vault_days(f->v, &days, &n, &f->err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(days[0], DAY + 2);
	assert_int_equal(days[1], DAY + 3);
	free(days);
	/* Also the one that is being added to. */
	assert_int_equal(vault_expire(f->v, DAY + 9, &n, &f->err), 0);
	assert_int_equal(vault_put(f->v, DAY + 3, SPAN("y"), &place, commitment, &f->err), 0);
	assert_int_equal(place.offset, 0);
}

static void what_is_not_kept_is_taken_back(void **state)
{
	struct fixture *f = *state;
	struct vault_place place;
	uint8_t commitment[32];
	struct stat before, after;

	fill(f);
	assert_int_equal(stat(f->file, &before), 0);
	for (int sync = 0; sync < 2; sync++) {
		assert_int_equal(
			vault_put(f->v, DAY, SPAN("gone"), &place, commitment, &f->err), 0);
		if (sync)
			assert_int_equal(vault_sync(f->v, &f->err), 0);
		vault_undo(f->v);
		assert_int_equal(stat(f->file, &after), 0);
		assert_int_equal(after.st_size, before.st_size);
	}
	assert_int_equal(get(f, PIECES - 1), 0);
}

/* A full disk is told, what was there stays, and it goes on when there is room; after a failed sync
 * nothing more is taken. */
static void disks_that_fail_are_told(void **state)
{
	static const struct {
		int write, sync, fault;
		bool goes_on;
	} cases[] = {{1, 0, ENOSPC, true}, {1, 0, EDQUOT, true}, {1, 0, EIO, false},
		{0, 1, EIO, false}, {0, 1, ENOSPC, false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fixture *f = *state;
		struct vault_place place;
		uint8_t commitment[32];

		fill(f);
		fault = cases[i].fault;
		assert_int_equal(
			vault_put(f->v, DAY, SPAN("gone"), &place, commitment, &f->err), 0);
		fail_write = cases[i].write;
		fail_sync = cases[i].sync;
		assert_int_equal(vault_sync(f->v, &f->err), -fault);
		assert_non_null(strstr(f->err.text, f->file));
		assert_int_equal(vault_put(f->v, DAY, SPAN("more"), &place, commitment, &f->err),
			cases[i].goes_on ? 0 : -EIO);
		for (unsigned k = 0; k < PIECES; k++)
			assert_int_equal(get(f, k), 0);
		open_vault(f, true);
		assert_int_equal(
			vault_put(f->v, DAY, SPAN("more"), &place, commitment, &f->err), 0);
		assert_int_equal(vault_sync(f->v, &f->err), 0);
		vault_close(f->v);
		f->v = NULL;
		unlink(f->file);
	}
}

static void without_its_key_it_says_so(void **state)
{
	struct fixture *f = *state;
	char key[128];
	struct vault *v;
	struct buf raw = {0};
	uint8_t salt[32];
	struct stat st;

	fill(f);
	vault_close(f->v);
	f->v = NULL;
	snprintf(key, sizeof(key), "%s/raw.key", f->folder);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(truncate(key, 31), 0);
	assert_int_equal(vault_open(f->folder, true, &v, &f->err), -EBADMSG);
	assert_int_equal(unlink(key), 0);
	assert_int_equal(vault_open(f->folder, true, &v, &f->err), -ENOKEY);
	assert_non_null(strstr(f->err.text, "raw.key: the key is gone"));
	/* The log and its proofs are read without it. */
	assert_int_equal(vault_open(f->folder, false, &f->v, &f->err), 0);
	assert_int_equal(vault_get(f->v, f->place[0], salt, &raw, &f->err), -ENOKEY);
	assert_non_null(strstr(f->err.text, "raw.key: the key is gone"));
}

static void too_large_a_piece_is_refused(void **state)
{
	struct fixture *f = *state;
	struct vault_place place;
	uint8_t commitment[32];
	char byte = 'x';

	fill(f);
	assert_int_equal(vault_put(f->v, DAY, (struct span){&byte, VAULT_RAW_MOST + 1}, &place,
				 commitment, &f->err),
		-EFBIG);
	open_vault(f, false);
	assert_int_equal(vault_put(f->v, DAY, SPAN("x"), &place, commitment, &f->err), -EACCES);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		T(what_is_put_is_got),
		T(short_writes_are_gone_on_with),
		T(each_commitment_has_a_salt_of_its_own),
		T(every_change_is_found_out),
		T(torn_ends_are_cut_off),
		T(damage_in_the_middle_loses_nothing_behind_it),
		T(a_piece_is_bound_to_its_place),
		T(what_is_erased_is_gone),
		T(erasing_can_be_finished),
		T(days_expire_whole),
		T(what_is_not_kept_is_taken_back),
		T(disks_that_fail_are_told),
		T(without_its_key_it_says_so),
		T(too_large_a_piece_is_refused),
	};

	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
