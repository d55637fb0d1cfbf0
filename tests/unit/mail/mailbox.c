#include "test.h"

#include "base/buf.h"
#include "mail/mailbox.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#define FROM "From a@b Mon Jan  1 00:00:00 2001\n"

static char root[] = "/tmp/cordon-mailbox-XXXXXX";
static struct buf got;

/* Makes a file below root, and the folders that lead to it. */
static void put(const char *name, const char *content)
{
	char path[256];
	int n = snprintf(path, sizeof(path), "%s/%s", root, name);

	for (char *p = path + sizeof(root); n > 0 && (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	}
	if (path[n - 1] == '/')
		return;
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(fputs(content, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Reads the paths and writes "name:raw " a message, "name!CODE " a failure, names as below root. */
static const char *read_paths(const char *const *paths, size_t n)
{
	struct mailbox *mb;
	struct mailbox_item item;
	struct err err;
	int rc;

	buf_clear(&got);
	assert_int_equal(mailbox_open(paths, n, &mb), 0);
	while ((rc = mailbox_next(mb, &item, &err)) != 0) {
		if (rc < 0) {
			assert_non_null(strstr(err.text, ": "));
			buf_printf(&got, "!%d ", -rc);
			continue;
		}
		const char *name = item.path;

		if (strncmp(name, root, strlen(root)) == 0)
			name += strlen(root) + 1;
		buf_printf(&got, "%s:%.*s ", name, SPAN_ARG(span_trim(item.raw)));
	}
	mailbox_close(mb);
	buf_byte(&got, '\0');
	return got.p;
}

static const char *read_name(const char *name)
{
	static char path[256];
	const char *paths[] = {path};

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return read_paths(paths, 1);
}

static void a_tree_is_read_in_order(void **state)
{
	(void)state;
	put("tree/10", "A:10");
	put("tree/9", "A:9");
	put("tree/09", "A:09");
	put("tree/b/c/mail", "A:c");
	put("tree/b/.hidden", "A:hidden");
	put("tree/.git/mail", "A:git");
	put("tree/a.mbox", FROM "A:1\n\n" FROM "A:2\n");
	put("tree/a2", "A:a2");
	put("tree/a10", "A:a10");
	put("tree/z/", "");
	assert_string_equal(read_name("tree"),
		"tree/09:A:09 tree/9:A:9 tree/10:A:10 tree/a.mbox:A:1 tree/a.mbox:A:2 "
		"tree/a2:A:a2 tree/a10:A:a10 tree/b/c/mail:A:c ");
	assert_string_equal(read_name("tree///"), read_name("tree"));
	assert_string_equal(read_name("tree/z"), "");
}

static void a_maildir_is_its_cur_and_new(void **state)
{
	(void)state;
	put("md/cur/1.a:2,S", "A:1");
	put("md/cur/.nfs1", "A:hidden");
	put("md/cur/sub/9", "A:nested");
	put("md/new/2.b", "A:2");
	put("md/tmp/3.c", "A:tmp");
	put("md/dovecot.index", "not mail");
	put("md/.Sent/cur/4", "A:4");
	put("md/.Sent/new/", "");
	put("md/.Sent/tmp/5", "A:tmp");
	put("md/.notmail/6", "A:6");
	put("md/Archive/cur/7", "A:7");
	put("md/Archive/new/", "");
	put("md/lists/8", "A:8");
	assert_string_equal(read_name("md"),
		"md/.Sent/cur/4:A:4 md/Archive/cur/7:A:7 md/cur/1.a:2,S:A:1 md/new/2.b:A:2 ");
	assert_string_equal(read_name("md/new"), "md/new/2.b:A:2 ");
}

static uint64_t foreign_of(const char *name)
{
	char path[256];
	const char *paths[] = {path};
	struct mailbox_progress p;
	struct mailbox_item item;
	struct mailbox *mb;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(mailbox_open(paths, 1, &mb), 0);
	while (mailbox_next(mb, &item, NULL) != 0)
		;
	mailbox_progress(mb, &p);
	mailbox_close(mb);
	return p.foreign;
}

static void what_is_no_mail_is_passed_over_in_trees_only(void **state)
{
	(void)state;
	put("mixed/INDEX", "ham 1\nspam 2\n");
	put("mixed/README", "\n   Mail of old\n\nNote: none\n");
	put("mixed/code.c", "/* A: */\nint x;\n");
	put("mixed/empty", "");
	put("mixed/picture", "\x89PNG\r\n");
	put("mixed/sub/notes", "no mail");
	put("mixed/a", "A : 1");
	put("mixed/b", "\n\nA:2");
	put("mixed/c", " lost\n\tlost\nA:3");
	put("mixed/d", "\xef\xbb\xbf" FROM "no header\n");
	put("mixed/e", ">From a@b\nA:4");
	put("mixed/cut", "\x1f\x8b\x08");
	char want[256];

	snprintf(want, sizeof(want),
		"mixed/a:A : 1 mixed/b:A:2 mixed/c:lost\n\tlost\nA:3 !%d mixed/d:no header "
		"mixed/e:>From a@b\nA:4 ",
		EBADMSG);
	assert_string_equal(read_name("mixed"), want);
	assert_int_equal(foreign_of("mixed"), 6);
	assert_string_equal(read_name("mixed/INDEX"), "mixed/INDEX:ham 1\nspam 2 ");
	assert_int_equal(foreign_of("mixed/INDEX"), 0);
	put("box/cur/1", "no header");
	put("box/new/", "");
	assert_string_equal(read_name("box"), "box/cur/1:no header ");
	put("numbers/1", "no header");
	assert_string_equal(read_name("numbers"), "numbers/1:no header ");
	assert_int_equal(foreign_of("numbers"), 0);
}

static void an_mh_folder_is_its_numbers(void **state)
{
	(void)state;
	put("mh/2", "A:2");
	put("mh/11", "A:11");
	put("mh/,3", "A:deleted");
	put("mh/#4", "A:deleted");
	put("mh/sub/1", "A:1");
	assert_string_equal(read_name("mh"), "mh/2:A:2 mh/11:A:11 mh/sub/1:A:1 ");
	put("mh/README", "A:readme");
	assert_non_null(strstr(read_name("mh"), "README"));
	put("mh/.mh_sequences", "cur: 2\n");
	assert_string_equal(read_name("mh"), "mh/2:A:2 mh/11:A:11 mh/sub/1:A:1 ");
}

static void links_lead_to_files_and_not_to_folders(void **state)
{
	(void)state;
	char path[256], top[256];

	put("links/real/1", "A:1");
	snprintf(top, sizeof(top), "%s/links", root);
	snprintf(path, sizeof(path), "%s/links/loop", root);
	assert_int_equal(symlink(top, path), 0);
	snprintf(path, sizeof(path), "%s/links/file", root);
	assert_int_equal(symlink("real/1", path), 0);
	snprintf(path, sizeof(path), "%s/links/gone", root);
	assert_int_equal(symlink("nowhere", path), 0);
	snprintf(path, sizeof(path), "%s/links/pipe", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(read_name("links"), "links/file:A:1 links/real/1:A:1 ");
	snprintf(path, sizeof(path), "%s/given", root);
	assert_int_equal(symlink(top, path), 0);
	assert_string_equal(read_name("given"), "given/file:A:1 given/real/1:A:1 ");
}

static void the_reading_goes_on_behind_a_failure(void **state)
{
	(void)state;
	char bad[256], good[256], cut[256];
	const char *paths[] = {"/nonexistent", bad, good, cut, good};

	put("f/empty", "");
	put("f/good", "A:1");
	put("f/cut", "\x1f\x8b\x08");
	snprintf(bad, sizeof(bad), "%s/f/empty", root);
	snprintf(good, sizeof(good), "%s/f/good", root);
	snprintf(cut, sizeof(cut), "%s/f/cut", root);
	char want[64];

	snprintf(
		want, sizeof(want), "!%d !%d f/good:A:1 !%d f/good:A:1 ", ENOENT, EBADMSG, EBADMSG);
	assert_string_equal(read_paths(paths, 5), want);
	assert_string_equal(read_paths(paths, 0), "");
}

static void compressed_mailboxes_are_told_by_their_bytes(void **state)
{
	(void)state;
	char path[256];

	put("packed", "");
	snprintf(path, sizeof(path), "%s/packed", root);
	gzFile f = gzopen(path, "wb");

	assert_true(gzputs(f, FROM "A:1\n\n" FROM "A:2\n") > 0);
	assert_int_equal(gzclose(f), Z_OK);
	assert_string_equal(read_name("packed"), "packed:A:1 packed:A:2 ");
}

static void progress_is_counted_in_stored_bytes(void **state)
{
	(void)state;
	char one[256], tree[256];
	const char *files[] = {one, one}, *folder[] = {tree};
	struct mailbox_progress p;
	struct mailbox_item item;
	struct mailbox *mb;

	put("p/one", "A: 12345\n");
	snprintf(one, sizeof(one), "%s/p/one", root);
	snprintf(tree, sizeof(tree), "%s/p", root);
	assert_int_equal(mailbox_open(files, 2, &mb), 0);
	for (unsigned i = 0; i <= 2; i++) {
		mailbox_progress(mb, &p);
		assert_int_equal(p.total, 18);
		assert_int_equal(p.done, 9 * i);
		assert_int_equal(mailbox_next(mb, &item, NULL), i < 2);
	}
	mailbox_close(mb);
	assert_int_equal(mailbox_open(folder, 1, &mb), 0);
	mailbox_progress(mb, &p);
	assert_int_equal(p.total, 0);
	mailbox_close(mb);
	mailbox_close(NULL);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	buf_done(&got);
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_read_in_order),
		cmocka_unit_test(a_maildir_is_its_cur_and_new),
		cmocka_unit_test(what_is_no_mail_is_passed_over_in_trees_only),
		cmocka_unit_test(an_mh_folder_is_its_numbers),
		cmocka_unit_test(links_lead_to_files_and_not_to_folders),
		cmocka_unit_test(the_reading_goes_on_behind_a_failure),
		cmocka_unit_test(compressed_mailboxes_are_told_by_their_bytes),
		cmocka_unit_test(progress_is_counted_in_stored_bytes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
