#include "test.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/cordon-file-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *to = path[next++ % 4];

	snprintf(to, sizeof(path[0]), "%s/%s", folder, name);
	return to;
}

static int replace(const char *path, const char *content, struct err *err)
{
	struct span s = span_cstr(content);

	return file_replace(path, &s, 1, err);
}

static void assert_content(const char *path, const char *want)
{
	struct buf b = {0};

	assert_int_equal(file_read(path, 1 << 20, &b, NULL), 0);
	assert_span(buf_span(&b), want);
	buf_done(&b);
}

/* Files in the folder; what was written aside must never stay there. */
static unsigned count_files(void)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	const char *path = in_folder("a");
	struct span pieces[] = {SPAN("one "), SPAN(""), {NULL, 0}, SPAN("two")};
	struct stat st;

	assert_int_equal(file_replace(path, pieces, 4, NULL), 0);
	assert_content(path, "one two");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(file_replace(path, NULL, 0, NULL), 0);
	assert_content(path, "");
	assert_int_equal(count_files(), 1);
	unlink(path);
}

static void reading_appends_and_is_bounded(void **state)
{
	(void)state;
	const char *path = in_folder("a");
	struct buf b = {0};
	struct err err;

	assert_int_equal(replace(path, "0123456789", NULL), 0);
	buf_str(&b, "before ");
	assert_int_equal(file_read(path, 10, &b, &err), 0);
	assert_span(buf_span(&b), "before 0123456789");
	assert_int_equal(file_read(path, 9, &b, &err), -EFBIG);
	assert_span(buf_span(&b), "before 0123456789");
	assert_non_null(strstr(err.text, path));
	assert_int_equal(file_read(folder, 9, &b, &err), -EISDIR);
	assert_int_equal(file_read(in_folder("none"), 9, &b, &err), -ENOENT);
	buf_done(&b);
	unlink(path);
}

static void a_replacement_that_fails_leaves_the_old(void **state)
{
	(void)state;
	const char *path = in_folder("a"), *sub = in_folder("sub");
	struct rlimit all, few;
	struct err err;
	char large[9000];

	memset(large, 'x', sizeof(large));
	assert_int_equal(replace(path, "old", NULL), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	few = (struct rlimit){4096, all.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	int rc = file_replace(path, &(struct span){large, sizeof(large)}, 1, &err);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(rc, -EFBIG);
	assert_non_null(strstr(err.text, path));
	assert_content(path, "old");
	assert_int_equal(count_files(), 1);

	assert_int_equal(mkdir(sub, 0700), 0);
	assert_int_equal(replace(sub, "new", &err), -EISDIR);
	assert_int_equal(count_files(), 2);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(replace(in_folder("none/a"), "new", &err), -ENOENT);
	memset(large, 'x', PATH_MAX);
	large[PATH_MAX - 3] = '\0';
	assert_int_equal(replace(large, "new", &err), -ENAMETOOLONG);
	assert_int_equal(count_files(), 1);
	unlink(path);
}

static void folders_are_made_down_to_the_last(void **state)
{
	(void)state;
	const char *deep = in_folder("x/y/z");
	struct stat st;
	struct err err;
	char large[PATH_MAX + 9];

	assert_int_equal(file_make_folder(deep, &err), 0);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(file_make_folder(deep, &err), 0);
	assert_int_equal(file_make_folder(in_folder("x/y/"), &err), 0);
	assert_int_equal(replace(in_folder("x/file"), "", &err), 0);
	assert_int_equal(file_make_folder(in_folder("x/file"), &err), -ENOTDIR);
	assert_int_equal(file_make_folder(in_folder("x/file/y"), &err), -ENOTDIR);
	assert_int_equal(file_make_folder("", &err), -ENOENT);
	assert_int_equal(file_make_folder("/", &err), 0);
	memset(large, 'x', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	assert_int_equal(file_make_folder(large, &err), -ENAMETOOLONG);
	unlink(in_folder("x/file"));
	rmdir(in_folder("x/y/z"));
	rmdir(in_folder("x/y"));
	rmdir(in_folder("x"));
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(reading_appends_and_is_bounded),
		cmocka_unit_test(a_replacement_that_fails_leaves_the_old),
		cmocka_unit_test(folders_are_made_down_to_the_last),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
