/*
 * Damage: every bit position of every byte of a small log is changed in turn. It is found, with the
 * file's name, and what a reader is still given is as it was put in. And logs put together from
 * parts of different times.
 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ledger/proof.h"
#include "ledger/tlog.h"

static char folder[64];

static char files[64][200];
static unsigned file_count;

static int list_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (flag == FTW_F && strcmp(strrchr(path, '/'), "/lock") != 0)
		strcpy(files[file_count++], path);
	return 0;
}

static void append(struct tlog *t, uint64_t count)
{
	char text[300][24];
	struct span entry[300];
	struct err err = {""};
	uint64_t from = tlog_tree(t).size;

	for (uint64_t i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%llu", (unsigned long long)(from + i));
		entry[i] = span_cstr(text[i]);
	}
	assert_int_equal(tlog_append(t, entry, count, NULL, &err), 0);
}

static int check_entry(void *context, uint64_t index, struct span entry, struct err *err)
{
	char want[24];

	(void)context;
	(void)err;
	snprintf(want, sizeof(want), "%llu", (unsigned long long)index);
	assert_true(span_eq(entry, span_cstr(want)));
	return 0;
}

static void make_log(void)
{
	struct tlog *t;
	struct err err = {""};

	folder_make(folder);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
	append(t, 250);
	append(t, 9);
	append(t, 3);
	tlog_close(t);
}

static void write_file(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

struct faults {
	const char *file; /* of which one is expected */
	unsigned named, others;
};

static void tell(void *context, const char *fault)
{
	struct faults *f = context;

	*(strstr(fault, f->file) ? &f->named : &f->others) += 1;
}

/* Everything that a reader of the damaged log is given is right; returns how many entries it got.
 */
static unsigned read_what_is_good(struct tlog *t, const struct note_key *key)
{
	struct buf entry = {0}, proof = {0};
	struct proof_said said;
	unsigned good = 0;
	struct err err;

	for (uint64_t i = 0; i < tlog_tree(t).size; i += 7) {
		buf_clear(&entry);
		buf_clear(&proof);
		if (tlog_entry(t, i, &entry, &err) == 0) {
			check_entry(NULL, i, buf_span(&entry), &err);
			good++;
		} else {
			assert_true(err.text[0] != '\0');
			buf_printf(&entry, "%llu", (unsigned long long)i);
		}
		if (tlog_prove(t, i, &proof, &err) == 0)
			assert_int_equal(
				proof_check(buf_span(&entry), buf_span(&proof), key, &said, &err),
				0);
	}
	buf_done(&entry);
	buf_done(&proof);
	return good;
}

/* One byte of a file is wrong. */
static void look(const char *path, const struct note_key *key)
{
	struct faults faults = {.file = path + strlen(folder) + 1};
	struct tlog_verify_options options = {.tell = tell, .context = &faults};
	struct tlog_report report;
	struct tlog *t;
	struct err err = {""};
	int rc = tlog_open(folder, TLOG_READ, NULL, &t, &err);

	if (rc < 0) {
		/* Only what is signed cannot be done without. */
		assert_int_equal(rc, -EBADMSG);
		assert_true(err.text[0] != '\0');
		assert_non_null(strstr(err.text, faults.file));
		assert_string_equal(faults.file, "log/key");
		return;
	}
	assert_int_equal(tlog_tree(t).size, 262);
	rc = tlog_verify(t, &options, &report, &err);
	if (rc == 0)
		print_error("%s: a change was not found\n", faults.file);
	assert_int_equal(rc, -EBADMSG);
	assert_true(faults.named == 1 && faults.others == 0);
	assert_string_equal(report.first_bad_file, faults.file);
	assert_int_equal(report.first_bad_entry != UINT64_MAX, strstr(path, "entries") != NULL);
	/* Hashes are made again from entries, so only entries can be missed. */
	if (report.first_bad_entry == UINT64_MAX)
		assert_int_equal(read_what_is_good(t, key), 262 / 7 + 1);
	else
		read_what_is_good(t, key);
	tlog_close(t);
}

static void every_byte(void **state)
{
	struct note_key key;
	struct tlog *t;
	struct err err;
	unsigned bytes = 0;

	(void)state;
	make_log();
	assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &t, &err), 0);
	key = *tlog_key(t);
	tlog_close(t);
	file_count = 0;
	nftw(folder, list_one, 16, FTW_PHYS);
	assert_true(file_count >= 8);
	for (unsigned i = 0; i < file_count; i++) {
		struct buf was = {0};

		assert_int_equal(file_read(files[i], 1 << 20, &was, NULL), 0);
		unsigned step = was.n > 4000 ? 41 : was.n > 1000 ? 5 : 1;
		const char *wanted = getenv("DISK_STEP");

		for (size_t at = 0; at < was.n; at += wanted ? 1 : step) {
			was.p[at] ^= (char)(1 << (at % 8));
			write_file(files[i], buf_span(&was));
			look(files[i], &key);
			was.p[at] ^= (char)(1 << (at % 8));
			bytes++;
		}
		/* Cut, and gone. */
		write_file(files[i], span_take(buf_span(&was), was.n - 1));
		look(files[i], &key);
		write_file(files[i], buf_span(&was));
		buf_done(&was);
	}
	assert_true(bytes > 1000);
	folder_remove(folder);
}

/* Copies the folder to FOLDER.NAME, or back. */
static void copy(const char *from, const char *to)
{
	char command[700];

	snprintf(command, sizeof(command), "rm -rf %s && cp -a %s %s", to, from, to);
	assert_int_equal(system(command), 0);
}

static void open_writer(int want, const char *words)
{
	struct tlog *t;
	struct err err = {""};
	int rc = tlog_open(folder, TLOG_WRITE, NULL, &t, &err);

	if (rc != want || (words && !strstr(err.text, words)))
		print_error("%d: %s\n", rc, err.text);
	assert_int_equal(rc, want);
	assert_true(!words || strstr(err.text, words));
	if (rc == 0)
		tlog_close(t);
}

/* Parts of another time: nothing is added to what is not one log. */
static void rolled_back(void **state)
{
	char old[100], path[200], other[200];
	struct tlog *t;
	struct err err;

	(void)state;
	make_log();
	snprintf(old, sizeof(old), "%s.old", folder);
	copy(folder, old);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, NULL, &t, &err), 0);
	append(t, 30);
	append(t, 280);
	tlog_close(t);
	snprintf(path, sizeof(path), "%s.new", folder);
	copy(folder, path);

	/* An older log folder beside the newer journal: entries are gone. */
	snprintf(path, sizeof(path), "%s/log", folder);
	snprintf(other, sizeof(other), "%s/log", old);
	copy(other, path);
	open_writer(-EBADMSG, "records 512 to 571");
	assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &t, &err), 0);
	assert_int_equal(tlog_walk(t, 0, 262, check_entry, NULL, &err), 0);
	tlog_close(t);

	/* An older journal beside the newer log. */
	snprintf(path, sizeof(path), "%s.new", folder);
	copy(path, folder);
	snprintf(path, sizeof(path), "%s/journal", folder);
	snprintf(other, sizeof(other), "%s/journal", old);
	copy(other, path);
	open_writer(-EBADMSG, "records from 262 on are in doubt");
	assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &t, &err), 0);
	assert_int_equal(tlog_walk(t, 0, 572, check_entry, NULL, &err), 0);
	tlog_close(t);

	/* Taken away, the log is looked at as a whole and goes on from its checkpoint. */
	assert_int_equal(remove(path), 0);
	open_writer(0, NULL);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, NULL, &t, &err), 0);
	assert_int_equal(tlog_tree(t).size, 572);
	tlog_close(t);

	/* But not when an entry is bad. */
	assert_int_equal(remove(path), 0);
	snprintf(other, sizeof(other), "%s/log/tile/entries/001", folder);
	write_file(other, SPAN("\0\001x"));
	open_writer(-EBADMSG, "log/tile/entries/001");

	/* The secret of another log; none. */
	snprintf(path, sizeof(path), "%s.new", folder);
	copy(path, folder);
	snprintf(path, sizeof(path), "%s/secret", folder);
	assert_int_equal(remove(path), 0);
	open_writer(-EBADMSG, "secret is missing");
	snprintf(path, sizeof(path), "rm -rf %s.old %s.new", folder, folder);
	assert_int_equal(system(path), 0);
	folder_remove(folder);
}

/* An earlier checkpoint that somebody kept. */
static void older_checkpoint(void **state)
{
	struct tlog_verify_options options = {{0}};
	struct tlog_report report;
	struct buf kept = {0};
	struct tlog *t;
	struct err err;
	char path[100];

	(void)state;
	make_log();
	snprintf(path, sizeof(path), "%s/log/checkpoint", folder);
	assert_int_equal(file_read(path, 1 << 16, &kept, &err), 0);
	assert_int_equal(tlog_open(folder, TLOG_WRITE, NULL, &t, &err), 0);
	append(t, 30);
	options.older = buf_span(&kept);
	assert_int_equal(tlog_verify(t, &options, &report, &err), 0);
	assert_int_equal(report.entries, 292);
	tlog_close(t);
	folder_remove(folder);
	make_log(); /* the same entries under another key */
	assert_int_equal(tlog_open(folder, TLOG_READ, NULL, &t, &err), 0);
	assert_int_equal(tlog_verify(t, &options, &report, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "older checkpoint"));
	tlog_close(t);
	buf_done(&kept);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(rolled_back),
		cmocka_unit_test(older_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
