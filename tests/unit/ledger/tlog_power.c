/*
 * A log whose machine loses power. Every change of the files is kept in a list; then a state is
 * made as POSIX allows it after any of them: what was synced is there, and of everything else any
 * subset, with writes torn, zeroed or lacking, and with names that are or are not in their folders.
 * Everything that was acknowledged must be there when the log is opened again.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "base/random.h"
#include "ledger/tlog.h"

#define STATES 1500 /* made of random moments of the run; POWER_STATES names another number */

enum kind { MAKE_FOLDER, CREATE, WRITE, CUT, RENAME, UNLINK, SYNC_FILE, SYNC_FOLDER, SYNC_ALL };

struct op {
	enum kind kind;
	unsigned inode; /* CREATE, WRITE, CUT, RENAME, SYNC_FILE */
	char name[100]; /* where it is; of RENAME the old name */
	char to[100];   /* RENAME */
	uint64_t at;    /* WRITE; CUT: the length */
	char *bytes;    /* WRITE */
	size_t n;
	uint64_t acknowledged; /* entries, when it began */
};

static struct op *ops;
static size_t op_count, op_room;
static unsigned inodes;
static uint64_t acknowledged;
static bool recording;
static char folder[64];

/* What a descriptor and a name of the run stand for. */
static unsigned inode_of_fd[1024];
static struct {
	char name[100];
	unsigned inode;
} names[4096];
static size_t name_count;

static unsigned *find_name(const char *name, bool make)
{
	for (size_t i = 0; i < name_count; i++)
		if (strcmp(names[i].name, name) == 0)
			return &names[i].inode;
	if (!make)
		return NULL;
	assert_true(name_count < sizeof(names) / sizeof(*names));
	strcpy(names[name_count].name, name);
	names[name_count].inode = 0;
	return &names[name_count++].inode;
}

static struct op *add_op(enum kind kind, unsigned inode, const char *name)
{
	if (op_count == op_room) {
		op_room = op_room ? 2 * op_room : 1024;
		ops = realloc(ops, op_room * sizeof(*ops));
	}
	ops[op_count] = (struct op){.kind = kind, .inode = inode, .acknowledged = acknowledged};
	if (name)
		snprintf(ops[op_count].name, sizeof(ops->name), "%s", name);
	return &ops[op_count++];
}

int __real_openat64(int dir, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
int __real_renameat(int dir, const char *from, int to_dir, const char *to);
int __real_ftruncate64(int fd, off_t n);
int __real_unlinkat(int dir, const char *name, int flags);
int __real_mkdirat(int dir, const char *name, mode_t mode);

int __wrap_openat64(int dir, const char *name, int flags, ...);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
int __wrap_renameat(int dir, const char *from, int to_dir, const char *to);
int __wrap_ftruncate64(int fd, off_t n);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_syncfs(int fd);

/* The folder that names of unlinkat() and readdir() inside NUMBER.p are from. */
static char folder_of_fd[1024][100];

int __wrap_openat64(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	unsigned *inode = recording ? find_name(name, flags & O_CREAT) : NULL;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	int fd = __real_openat64(dir, name, flags, mode);

	if (!recording || fd < 0)
		return fd;
	if (flags & O_CREAT && *inode == 0) {
		*inode = ++inodes;
		add_op(CREATE, *inode, name);
	} else if (flags & O_TRUNC) {
		add_op(CUT, *inode, name);
	}
	inode_of_fd[fd] = inode ? *inode : 0;
	strcpy(folder_of_fd[fd], flags & O_DIRECTORY ? name : "");
	return fd;
}

static void record_write(int fd, const void *p, size_t n, uint64_t at)
{
	struct op *op;

	if (!recording)
		return;
	op = add_op(WRITE, inode_of_fd[fd], NULL);
	op->at = at;
	op->n = n;
	op->bytes = malloc(n + 1);
	memcpy(op->bytes, p, n);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	record_write(fd, p, n, (uint64_t)lseek(fd, 0, SEEK_CUR));
	return __real_write(fd, p, n);
}

ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	record_write(fd, p, n, (uint64_t)at);
	return __real_pwrite64(fd, p, n, at);
}

int __wrap_ftruncate64(int fd, off_t n)
{
	if (recording)
		add_op(CUT, inode_of_fd[fd], NULL)->at = (uint64_t)n;
	return __real_ftruncate64(fd, n);
}

int __wrap_renameat(int dir, const char *from, int to_dir, const char *to)
{
	int rc = __real_renameat(dir, from, to_dir, to);

	if (recording && rc == 0) {
		unsigned inode = *find_name(from, false);

		snprintf(add_op(RENAME, inode, from)->to, sizeof(ops->to), "%s", to);
		*find_name(to, true) = inode;
		*find_name(from, false) = 0;
	}
	return rc;
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	char whole[210];
	int rc = __real_unlinkat(dir, name, flags);
	unsigned *inode;

	/* Names inside a folder that was opened by its name. */
	snprintf(whole, sizeof(whole), "%s%s%s", folder_of_fd[dir], folder_of_fd[dir][0] ? "/" : "",
		name);
	if (recording && rc == 0 && !flags) {
		inode = find_name(whole, true);
		add_op(UNLINK, *inode, whole);
		*inode = 0;
	}
	return rc;
}

int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	int rc = __real_mkdirat(dir, name, mode);

	if (recording && rc == 0)
		add_op(MAKE_FOLDER, 0, name);
	return rc;
}

static int record_sync(int fd)
{
	if (recording && folder_of_fd[fd][0])
		add_op(SYNC_FOLDER, 0, strcmp(folder_of_fd[fd], ".") == 0 ? "" : folder_of_fd[fd]);
	else if (recording)
		add_op(SYNC_FILE, inode_of_fd[fd], NULL);
	return 0;
}

int __wrap_fsync(int fd)
{
	return record_sync(fd);
}

int __wrap_fdatasync(int fd)
{
	return record_sync(fd);
}

int __wrap_syncfs(int fd)
{
	(void)fd;
	if (recording)
		add_op(SYNC_ALL, 0, NULL);
	return 0;
}

/* --- a state after a loss of power --- */

struct file {
	char *p;
	size_t n;
};

static void put_bytes(struct file *f, uint64_t at, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (at + n > f->n) {
		f->p = realloc(f->p, at + n + 1);
		memset(f->p + f->n, 0, at + n - f->n);
		f->n = at + n;
	}
	if (p)
		memcpy(f->p + at, p, n);
	else
		memset(f->p + at, 0, n);
}

static bool in_folder(const char *name, const char *dir)
{
	const char *slash = strrchr(name, '/');
	size_t n = slash ? (size_t)(slash - name) : 0;

	return strlen(dir) == n && memcmp(name, dir, n) == 0;
}

/* Whether the operation i was made durable by one before `end`. */
static bool is_synced(size_t i, size_t end)
{
	const struct op *op = &ops[i];
	bool is_name = op->kind == CREATE || op->kind == RENAME || op->kind == UNLINK ||
		       op->kind == MAKE_FOLDER;

	for (size_t k = i + 1; k < end; k++) {
		if (ops[k].kind == SYNC_ALL)
			return true;
		if (!is_name && ops[k].kind == SYNC_FILE && ops[k].inode == op->inode)
			return true;
		if (is_name && ops[k].kind == SYNC_FOLDER &&
			in_folder(op->kind == RENAME ? op->to : op->name, ops[k].name))
			return true;
	}
	return false;
}

/* Does a write that nobody has synced: whole, not at all, torn, or as zeros. */
static void maybe_write(struct file *f, const struct op *op, struct random *r)
{
	switch (random_below(r, 4)) {
	case 0: put_bytes(f, op->at, op->bytes, op->n); break;
	case 1: put_bytes(f, op->at, op->bytes, random_below(r, op->n + 1)); break;
	case 2: put_bytes(f, op->at, NULL, op->n); break;
	default: break;
	}
}

static void set_name(const char *name, unsigned inode)
{
	*find_name(name, true) = inode;
}

/* Writes the names that a state has into an empty folder. */
static void write_state(const struct file *files)
{
	char path[200], part[200];

	for (size_t i = 0; i < name_count; i++) {
		const struct file *f = &files[names[i].inode];

		if (!names[i].inode)
			continue;
		snprintf(path, sizeof(path), "%.63s/%.99s", folder, names[i].name);
		for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
			slash = strchr(slash + 1, '/')) {
			snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
			mkdir(part, 0755);
		}
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_true(fd >= 0);
		if (f->n)
			assert_int_equal(__real_write(fd, f->p, f->n), f->n);
		close(fd);
	}
}

/* Makes a state after the first `end` operations. */
static void lose_power(size_t end, struct random *r)
{
	struct file *files = calloc(inodes + 1, sizeof(*files));
	unsigned keep = (unsigned)random_below(r, 4); /* of 4, how much of what was not synced */

	name_count = 0;
	for (size_t i = 0; i < end; i++) {
		const struct op *op = &ops[i];
		bool synced = is_synced(i, end), done = synced || random_below(r, 4) < keep;

		switch (op->kind) {
		case WRITE:
			if (synced)
				put_bytes(&files[op->inode], op->at, op->bytes, op->n);
			else
				maybe_write(&files[op->inode], op, r);
			break;
		case CUT:
			if (done && files[op->inode].n > op->at)
				files[op->inode].n = op->at;
			break;
		case CREATE:
			if (done)
				set_name(op->name, op->inode);
			break;
		case RENAME:
			if (!done)
				break;
			set_name(op->to, op->inode);
			if (*find_name(op->name, true) == op->inode)
				set_name(op->name, 0);
			break;
		case UNLINK:
			if (done && *find_name(op->name, true) == op->inode)
				set_name(op->name, 0);
			break;
		default: break; /* folders: a file brings its own */
		}
	}
	write_state(files);
	for (unsigned i = 0; i <= inodes; i++)
		free(files[i].p);
	free(files);
}

static void append(struct tlog *t, uint64_t count)
{
	struct span *entry = calloc(count, sizeof(*entry));
	struct buf all = {0}, b = {0};
	struct err err;
	uint64_t from = tlog_tree(t).size;
	size_t at = 0;

	for (uint64_t i = 0; i < count; i++) {
		folder_entry(from + i, &b);
		entry[i].n = b.n;
		buf_add(&all, buf_span(&b));
	}
	for (uint64_t i = 0; i < count; at += entry[i++].n)
		entry[i].p = all.p + at;
	assert_int_equal(tlog_append(t, entry, count, NULL, &err), 0);
	acknowledged = from + count;
	free(entry);
	buf_done(&all);
	buf_done(&b);
}

static int check_entry(void *context, uint64_t index, struct span entry, struct err *err)
{
	struct buf want = {0};

	(void)context;
	(void)err;
	folder_entry(index, &want);
	assert_true(span_eq(entry, buf_span(&want)));
	buf_done(&want);
	return 0;
}

static void tell(void *context, const char *fault)
{
	(void)context;
	print_error("%s\n", fault);
}

/* The run: four sessions, the third as if its process had been killed. */
static void record(struct tlog_tree *trees, unsigned *ret_trees)
{
	static const unsigned batch[4][5] = {{1, 3, 0}, {200, 60, 2, 0}, {1, 1, 300, 0}, {5, 1, 0}};
	struct tlog *t, *lost = NULL;
	struct err err;

	folder_make(folder);
	recording = true;
	for (unsigned s = 0; s < 4; s++) {
		assert_int_equal(tlog_open(folder, TLOG_WRITE, "log", &t, &err), 0);
		for (unsigned i = 0; batch[s][i]; i++) {
			append(t, batch[s][i]);
			trees[(*ret_trees)++] = tlog_tree(t);
		}
		if (s != 2) {
			tlog_close(t);
			continue;
		}
		/* Its lock goes with its process: here by taking the file away. */
		lost = t;
		char path[100];

		snprintf(path, sizeof(path), "%s/lock", folder);
		remove(path);
	}
	recording = false;
	tlog_close(lost);
	folder_remove(folder);
}

static void any_state(void **state)
{
	struct tlog_verify_options options = {.tell = tell};
	struct tlog_report report;
	struct tlog_tree trees[32];
	const char *wanted = getenv("POWER_STATES");
	unsigned states = wanted ? (unsigned)atoi(wanted) : STATES, tree_count = 0;
	struct random r;
	struct err err = {""};

	(void)state;
	record(trees, &tree_count);
	for (unsigned i = 0; i < states; i++) {
		struct tlog *t;
		uint8_t root[32];

		random_seed(&r, i);
		size_t end = 1 + random_below(&r, op_count);
		uint64_t must = end < op_count ? ops[end].acknowledged : acknowledged;

		folder_make(folder);
		lose_power(end, &r);
		int rc = tlog_open(folder, TLOG_WRITE, "log", &t, &err);

		if (rc < 0)
			print_error("state %u, after operation %zu: %s\n", i, end, err.text);
		assert_int_equal(rc, 0);
		assert_true(tlog_tree(t).size >= must);
		for (unsigned k = 0; k < tree_count && trees[k].size <= tlog_tree(t).size; k++) {
			assert_int_equal(tlog_root_at(t, trees[k].size, root, &err), 0);
			assert_true(must < trees[k].size || !memcmp(root, trees[k].root, 32));
		}
		assert_int_equal(tlog_walk(t, 0, tlog_tree(t).size, check_entry, NULL, &err), 0);
		assert_int_equal(tlog_verify(t, &options, &report, &err), 0);
		tlog_close(t);
		folder_remove(folder);
	}
	for (size_t i = 0; i < op_count; i++)
		free(ops[i].bytes);
	free(ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_state)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
