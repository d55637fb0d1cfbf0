/*
 * Landlock (Linux 5.13 and later; docs.kernel.org/userspace-api/landlock.html), without a library:
 * it is three calls. Everything that the kernel's version knows is handled, that is denied, and
 * then allowed below the paths that the rights name.
 */
#include "serve/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Later than the oldest headers that we build with. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) /* version 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* 3 */
#endif
#define FS_IOCTL_DEV (1ULL << 15) /* 5 */
#define NET_BIND     (1ULL << 0)  /* 4: TCP */
#define NET_CONNECT  (1ULL << 1)
#define SCOPE_ALL    3ULL /* 6: abstract UNIX sockets, signals */
#define NEWEST       6

/* landlock_ruleset_attr as of version 6. Older kernels take a longer one whose rest is zero. */
struct ruleset {
	uint64_t files, net, scoped;
};

#define READ_FILE  (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ       (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITE                                                                                      \
	(WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |             \
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                        \
		LANDLOCK_ACCESS_FS_REFER)
#define OTHERS                                                                                     \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                               \
		LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                      \
		LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | FS_IOCTL_DEV)

int sandbox_landlock(void)
{
	long n = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return n <= 0 ? 0 : n < NEWEST ? (int)n : NEWEST;
}

/* All of it, but what is not known to that version yet. */
static struct ruleset handled(int version, const struct role_rights *rights)
{
	struct ruleset r = {.files = READ | WRITE | OTHERS};

	if (version < 2)
		r.files &= ~LANDLOCK_ACCESS_FS_REFER;
	if (version < 3)
		r.files &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version < 5)
		r.files &= ~FS_IOCTL_DEV;
	if (version >= 4)
		r.net = rights->sockets_out ? NET_BIND : NET_BIND | NET_CONNECT;
	if (version >= 6)
		r.scoped = SCOPE_ALL;
	return r;
}

/* Allows that below a path. One that is not there needs none. */
static int allow(int rules, const char *path, uint64_t what, struct err *err)
{
	struct landlock_path_beneath_attr beneath = {
		.parent_fd = open(path, O_PATH | O_CLOEXEC), .allowed_access = what};
	struct stat st;
	int rc = 0;

	if (beneath.parent_fd < 0)
		return errno == ENOENT ? 0 : err_sys(err, -errno, "%s", path);
	if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		beneath.allowed_access &= READ_FILE | WRITE_FILE;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		rc = err_sys(err, -errno, "%s: cannot be allowed to a role", path);
	close(beneath.parent_fd);
	return rc;
}

static int allow_all(int rules, uint64_t known, const struct role_rights *rights, const char *state,
	struct err *err)
{
	int rc = 0;

	if (rights->files_read || rights->files_write)
		rc = allow(rules, state, known & (rights->files_write ? READ | WRITE : READ), err);
	for (const char *const *p = rights->also_read; rc == 0 && p && *p; p++)
		rc = allow(rules, *p, known & READ, err);
	return rc;
}

int sandbox_limit_files(const struct role_rights *rights, const char *state, struct err *err)
{
	int version = sandbox_landlock();
	struct ruleset r = handled(version, rights);

	if (!version)
		return 0;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);

	if (rules < 0)
		return err_sys(err, -errno, "the sandbox's rules for files");
	int rc = allow_all(rules, r.files, rights, state, err);

	if (rc == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			       syscall(SYS_landlock_restrict_self, rules, 0) < 0))
		rc = err_sys(err, -errno, "the sandbox's rules for files");
	close(rules);
	return rc;
}
