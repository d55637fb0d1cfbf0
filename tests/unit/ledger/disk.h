/*
 * A disk that stops or fails on demand, for programs linked with DISK_WRAPS (meson.build). What
 * changes files goes through here: each call is a point in time, and so is each byte that is
 * written. Included by one file of such a program.
 */
#ifndef CORDON_TESTS_LEDGER_DISK_H
#define CORDON_TESTS_LEDGER_DISK_H

#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

enum disk_call { DISK_OPEN, DISK_WRITE, DISK_RENAME, DISK_SYNC, DISK_CUT, DISK_UNLINK, DISK_MKDIR };

static struct disk {
	uint64_t points, stop_at; /* from that point on nothing changes any more: as if killed */
	unsigned calls, fail_at;  /* the call that fails, from 1 */
	int error;                /* with which errno */
	bool on;                  /* or rather all from there on that need room */
	bool half;                /* a write that fails has written half */
	bool dead;
	bool failed; /* something has failed */
} disk = {.stop_at = UINT64_MAX};

static void disk_good(void)
{
	disk = (struct disk){.stop_at = UINT64_MAX};
}

static bool disk_needs_room(enum disk_call call)
{
	return call == DISK_OPEN || call == DISK_WRITE || call == DISK_RENAME || call == DISK_MKDIR;
}

/* 0 when the call may act; else errno is set. */
static int disk_gate(enum disk_call call)
{
	if (disk.dead || disk.points >= disk.stop_at) {
		disk.dead = true;
		errno = EIO;
		return -1;
	}
	disk.points++;
	disk.calls++;
	if (disk.error && (disk.on ? disk.calls >= disk.fail_at && disk_needs_room(call)
				   : disk.calls == disk.fail_at)) {
		disk.failed = true;
		errno = disk.error;
		return -1;
	}
	return 0;
}

/* How many of n bytes are written before the end. */
static size_t disk_bytes(size_t n)
{
	if (n > disk.stop_at - disk.points) {
		n = disk.stop_at - disk.points;
		disk.dead = true;
	}
	disk.points += n;
	return n;
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

int __wrap_openat64(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if (strcmp(name, "lock") != 0 && disk_gate(DISK_OPEN) < 0)
			return -1;
	}
	return __real_openat64(dir, name, flags, mode);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	if (disk_gate(DISK_WRITE) < 0) {
		if (!disk.half || disk.dead || n < 2)
			return -1;
		return __real_write(fd, p, n / 2);
	}
	size_t some = disk_bytes(n);
	ssize_t done = __real_write(fd, p, some);

	errno = EIO;
	return disk.dead ? -1 : done;
}

ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (n < 16) /* the number in the lock */
		return __real_pwrite64(fd, p, n, at);
	if (disk_gate(DISK_WRITE) < 0) {
		if (!disk.half || disk.dead)
			return -1;
		return __real_pwrite64(fd, p, n / 2, at);
	}
	size_t some = disk_bytes(n);
	ssize_t done = __real_pwrite64(fd, p, some, at);

	errno = EIO;
	return disk.dead ? -1 : done;
}

int __wrap_renameat(int dir, const char *from, int to_dir, const char *to)
{
	return disk_gate(DISK_RENAME) < 0 ? -1 : __real_renameat(dir, from, to_dir, to);
}

int __wrap_ftruncate64(int fd, off_t n)
{
	return n && disk_gate(DISK_CUT) < 0 ? -1 : __real_ftruncate64(fd, n);
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	return disk_gate(DISK_UNLINK) < 0 ? -1 : __real_unlinkat(dir, name, flags);
}

int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	return disk_gate(DISK_MKDIR) < 0 ? -1 : __real_mkdirat(dir, name, mode);
}

/* A process that ends loses nothing that was written, so nothing has to be synced here. */
int __wrap_fsync(int fd)
{
	(void)fd;
	return disk_gate(DISK_SYNC);
}

int __wrap_fdatasync(int fd)
{
	(void)fd;
	return disk_gate(DISK_SYNC);
}

int __wrap_syncfs(int fd)
{
	(void)fd;
	return disk_gate(DISK_SYNC);
}

#endif
