#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, size_t most, struct buf *b, struct err *err)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t total = 0;
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0)
		return err_sys(err, -errno, "%s", path);
	while (rc == 0) {
		char *to = buf_reserve(b, 65536);

		if (!to) {
			rc = err_sys(err, -ENOMEM, "%s", path);
			break;
		}
		n = read(fd, to, 65536);
		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_sys(err, -errno, "%s", path);
		else if ((total += (size_t)n) > most)
			rc = err_set(err, -EFBIG, "%s: over %zu bytes", path, most);
		else
			b->n += (size_t)n;
	}
	if (!in)
		close(fd);
	return rc;
}

static int write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		s = span_skip(s, (size_t)n);
	}
	return 0;
}

/* Opens the folder that path is in: a rename is durable once its folder is synced. */
static int open_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Writes the pieces into a new file beside path, whose name goes to beside[PATH_MAX], and syncs. */
static int write_beside(
	const char *path, const struct span *pieces, size_t n, mode_t mode, char *beside)
{
	if ((size_t)snprintf(beside, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int rc = fchmod(fd, mode) < 0 ? -errno : 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_all(fd, pieces[i]);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc < 0)
		unlink(beside);
	return rc;
}

int file_replace(const char *path, const struct span *pieces, size_t n, struct err *err)
{
	return file_replace_mode(path, pieces, n, 0644, err);
}

int file_replace_mode(
	const char *path, const struct span *pieces, size_t n, mode_t mode, struct err *err)
{
	char beside[PATH_MAX];
	int folder = open_folder_of(path);

	if (folder < 0)
		return err_sys(err, folder, "%s: folder", path);
	int rc = write_beside(path, pieces, n, mode, beside);

	if (rc == 0 && rename(beside, path) < 0) {
		rc = -errno;
		unlink(beside);
	}
	/* What is renamed cannot be taken back, and some file systems cannot sync a folder. */
	if (rc == 0)
		fsync(folder);
	close(folder);
	return rc < 0 ? err_sys(err, rc, "%s", path) : 0;
}

int file_make_folder(const char *path, struct err *err)
{
	char part[PATH_MAX];
	struct stat st;

	if (!*path)
		return err_set(err, -ENOENT, "a folder's name is empty");
	if ((size_t)snprintf(part, sizeof(part), "%s", path) >= sizeof(part))
		return err_sys(err, -ENAMETOOLONG, "%s", path);
	for (char *p = part + 1;; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char c = *p;

		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_sys(err, -errno, "%s", part);
		if (c == '\0' && (stat(part, &st) < 0 || !S_ISDIR(st.st_mode)))
			return err_sys(err, -ENOTDIR, "%s", part);
		*p = c;
		if (c == '\0')
			return 0;
	}
}
