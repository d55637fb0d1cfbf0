/*
 * The order counts: the user first, while that may be changed; files before calls, since the calls
 * that limit files are not on any list.
 */
#include "serve/sandbox.h"

#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED true
#endif
#endif
#ifndef SHADOWED
#define SHADOWED false
#endif

static int drop_capabilities(struct err *err)
{
	capng_get_caps_process();
	bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(bounding ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS) < 0)
		return err_set(err, -EPERM, "capabilities cannot be given up");
	return 0;
}

int sandbox_change_user(const struct sandbox_place *place, struct err *err)
{
	if (geteuid() != 0)
		return 0;
	if (!place->user || !*place->user)
		return drop_capabilities(err);
	struct passwd *pw = getpwnam(place->user);

	if (!pw)
		return err_set(err, -ENOENT,
			"there is no user %s; make one (useradd --system %s), or set 'user'",
			place->user, place->user);
	capng_clear(CAPNG_SELECT_ALL);
	int rc = capng_change_id(
		(int)pw->pw_uid, (int)pw->pw_gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);

	if (rc < 0 || geteuid() != pw->pw_uid)
		return err_set(
			err, -EPERM, "the process cannot become the user %s (%d)", place->user, rc);
	return 0;
}

static int set_limit(int which, rlim_t n, struct err *err)
{
	struct rlimit limit;

	if (getrlimit(which, &limit) == 0 && limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n)
		n = limit.rlim_max;
	limit = (struct rlimit){n, n};
	return setrlimit(which, &limit) < 0 ? err_sys(err, -errno, "limits of the process") : 0;
}

static int set_limits(const struct role_rights *rights, struct err *err)
{
	int rc = set_limit(RLIMIT_CORE, 0, err);

	if (rc == 0 && rights->files)
		rc = set_limit(RLIMIT_NOFILE, rights->files, err);
	/* The address sanitizer reserves terabytes. */
	if (rc == 0 && rights->memory && !SHADOWED)
		rc = set_limit(RLIMIT_AS, rights->memory, err);
	return rc;
}

/* Landlock is for the thread that asks for it; whoever runs already would stay free. */
static bool is_alone(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return !d || n == 1;
}

int sandbox_enter(
	const struct role_rights *rights, const struct sandbox_place *place, struct err *err)
{
	if (!is_alone() && !SHADOWED)
		return err_set(err, -EBUSY, "threads were started before the sandbox");
	int rc = sandbox_change_user(place, err);

	if (rc == 0)
		rc = set_limits(rights, err);
	/* Each change of the user takes the first back. */
	if (rc == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
			       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			       prctl(PR_SET_DUMPABLE, 0) < 0))
		rc = err_sys(err, -errno, "the sandbox");
	if (rc == 0)
		rc = sandbox_limit_files(rights, place->state, err);
	if (rc == 0)
		rc = sandbox_limit_calls(rights, err);
	return rc;
}
