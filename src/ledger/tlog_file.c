/*
 * Every file but the journal is written as FOLDER/new and renamed into its place, so that nobody
 * ever sees a half of one; a crash leaves at most that one name, which the next file takes over.
 */
#include "ledger/tlog_work.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int tlog_file_read(int dir, const char *name, size_t most, struct buf *to)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t total = 0;
	int rc = fd < 0 ? -errno : 0;

	while (rc == 0) {
		char *p = buf_reserve(to, 65536);
		ssize_t n = p ? read(fd, p, 65536) : 0;

		if (!p)
			rc = -ENOMEM;
		else if (n < 0)
			rc = errno == EINTR ? 0 : -errno;
		else if (n == 0)
			break;
		else if ((total += (size_t)n) > most)
			rc = -EFBIG;
		else
			to->n += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

static int write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n == 0 || (n < 0 && errno != EINTR))
			return n ? -errno : -EIO;
		if (n > 0)
			s = span_skip(s, (size_t)n);
	}
	return 0;
}

/* Makes the folders that a name goes through. */
static int make_folders(int dir, const char *name)
{
	char part[TLOG_NAME_MOST];

	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		if (mkdirat(dir, part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_new(int dir, mode_t mode, const struct span *pieces, size_t n, bool sync)
{
	int fd = openat(dir, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	int rc = fd < 0 ? -errno : 0;

	/* One that a crash left may have another mode. */
	if (rc == 0 && fchmod(fd, mode) < 0)
		rc = -errno;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_all(fd, pieces[i]);
	if (rc == 0 && sync && fsync(fd) < 0)
		rc = -errno;
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

int tlog_file_put(
	int dir, const char *name, mode_t mode, const struct span *pieces, size_t n, bool sync)
{
	int rc = write_new(dir, mode, pieces, n, sync);

	if (rc == 0 && renameat(dir, "new", dir, name) < 0)
		rc = -errno;
	if (rc == -ENOENT && (rc = make_folders(dir, name)) == 0 &&
		renameat(dir, "new", dir, name) < 0)
		rc = -errno;
	/* On a full disk its room is needed. */
	if (rc < 0)
		unlinkat(dir, "new", 0);
	return rc;
}

int tlog_file_sync_folder(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

void tlog_file_remove_partial(int dir, const char *tile)
{
	char name[TLOG_NAME_MOST];
	struct dirent *e;

	snprintf(name, sizeof(name), "%s.p", tile);
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(fd, e->d_name, 0);
	closedir(d);
	unlinkat(dir, name, AT_REMOVEDIR);
}
