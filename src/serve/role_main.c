/*
 * How a role's process begins: what it inherited is taken, the role opens what it needs, the
 * sandbox is closed behind it, and only then does it hear from anybody but the supervisor.
 */
#include "serve/control.h"
#include "serve/crash.h"
#include "serve/ipc.h"
#include "serve/role.h"
#include "serve/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FAILED = 3 };

static bool is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* What the supervisor left in fixed descriptors. */
static int take_inherited(struct role_kit *kit, struct config *c, struct err *err)
{
	struct span text;

	if (!is_socket(CONTROL_FD))
		return err_set(err, -EINVAL, "roles are started by 'cordon serve'");
	kit->control = CONTROL_FD;
	kit->status = status_take(CONTROL_FD_STATUS);
	if (!kit->status)
		return err_sys(err, -errno, "the state that roles share");
	for (int r = 0; r < ROLES; r++)
		kit->to[r] = is_socket(CONTROL_FD_TO + r) ? CONTROL_FD_TO + r : -1;
	int rc = ipc_map_sealed(CONTROL_FD_CONFIG, CONTROL_CONFIG_MOST, &text);

	if (rc < 0)
		return err_sys(err, rc, "the configuration that roles share");
	rc = config_parse(text, "configuration", c, err);
	munmap((void *)text.p, text.n);
	kit->config = c;
	return rc;
}

/* Those of the terminal and of the service manager are the supervisor's to hear; a file that may grow
 * no more is an error of the write. */
static void ignore_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2,
		SIGXFSZ};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What libraries would read of files when they are used first, behind the sandbox. */
static void read_files_early(void)
{
	size_t seed = 0;

	tzset();
	/* Jansson's hash tables take theirs from /dev/urandom, and 0 for that as well. */
	if (getrandom(&seed, sizeof(seed), 0) < 0 || seed == 0)
		seed = 1;
	json_object_seed(seed);
}

/* Opens the role and closes the sandbox behind it. */
static int begin(const struct role_definition *d, struct role_kit *kit, const char *user,
	void **ret_self, struct err *err)
{
	const struct sandbox_place place = {.state = kit->state, .user = user};
	int rc = 0;

	ignore_signals();
	if (d->rights.files_write) /* what it makes has to be its own later on */
		rc = sandbox_change_user(&place, err);
	if (rc == 0)
		rc = d->open(kit, ret_self, err);
	if (rc == 0)
		rc = sandbox_enter(&d->rights, &place, err);
	return rc;
}

int role_main(const struct role_definition *const *table, int argc, char **argv)
{
	static struct config config;
	static struct role_kit kit;
	const struct role_definition *d = NULL;
	void *self = NULL;
	struct err err;

	for (int r = 0; argc == 7 && r < ROLES; r++)
		d = !strcmp(argv[2], role_name(r)) ? table[r] : d;
	if (!d) {
		fprintf(stderr,
			"cordon: there is no such role; roles are started by 'cordon serve'\n");
		return FAILED;
	}
	pid_t parent = getppid();
	int rc = take_inherited(&kit, &config, &err);

	if (rc < 0) {
		fprintf(stderr, "cordon: %s: %s\n", argv[2], err.text);
		return FAILED;
	}
	kit.state = argv[3];
	kit.config_file = *argv[4] ? argv[4] : NULL;
	kit.starts = (unsigned)strtoul(argv[6], NULL, 10);
	prctl(PR_SET_NAME, argv[2]);
	read_files_early();
	crash_watch(kit.status, d->role);
	rc = begin(d, &kit, argv[5], &self, &err);
	if (rc == 0 && getppid() != parent) /* before it was asked to take us with it */
		rc = err_set(&err, -ESRCH, "the supervisor has gone");
	if (rc < 0) {
		ipc_send(kit.control, CONTROL_FAILED, 0, span_cstr(err.text), -1, 0);
		return FAILED;
	}
	role_alive(&kit, d->role);
	/* No handlers at exit: other threads may still run, and what is to be kept is kept. */
	_exit(d->run(&kit, self));
}
