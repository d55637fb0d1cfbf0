/* cordon serve: the gateway, in the foreground, as service managers want it. */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/site.h"
#include "serve/role.h"
#include "serve/supervise.h"
#include "show/clean.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct role_definition *const serve_roles[ROLES] = {
	[ROLE_GATE] = &role_gate,
	[ROLE_RESOLVER] = &role_resolver,
	[ROLE_KEEPER] = &role_keeper,
	[ROLE_WEB] = &role_web,
};

struct serve {
	struct site site;
	const char *config_file; /* NULL: the usual one, if it is there */
};

static void tell(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "cordon: %s\n", sentence);
}

/* " web at 127.0.0.1:7352", into to; nothing for nowhere. */
static void add_place(struct buf *to, const char *what, const char *where)
{
	if (where)
		buf_printf(to, "%s%s at %s", to->n ? ", " : "", what, where);
}

static void tell_ready(void *context)
{
	const struct serve *s = context;
	const struct config_gateway *g = &s->site.config.gateway;
	struct buf places = {0};

	if (serve_roles[ROLE_GATE]) {
		add_place(&places, "milter", g->milter);
		add_place(&places, "checks", g->check);
	}
	if (serve_roles[ROLE_WEB])
		add_place(&places, "web", g->web);
	fprintf(stderr, "cordon: ready: %.*s; state in %s\n", SPAN_ARG(buf_span(&places)),
		s->site.state);
	buf_done(&places);
}

/* Whom the roles become; NULL when nobody else. A user that is not there is told. */
static int find_user(const struct serve *s, const struct passwd **ret)
{
	const char *name = s->site.config.gateway.user;
	struct err err;

	*ret = NULL;
	if (geteuid() != 0)
		return EXIT_DONE;
	if (!name) {
		tell(NULL, "it runs as root, as the configuration says: set 'user'");
		return EXIT_DONE;
	}
	*ret = getpwnam(name);
	if (*ret)
		return EXIT_DONE;
	err_set(&err, -ENOENT,
		"there is no user '%s' to run as; make one (useradd --system --shell "
		"/usr/sbin/nologin %s), or set 'user'",
		name, name);
	tell_error(&err);
	return EXIT_USAGE;
}

/* Makes the state directory if need be, of the user; and sees that it is the user's. */
static int settle_state(struct serve *s, const struct passwd *user)
{
	const char *state = s->site.state;
	bool fresh = access(state, F_OK) < 0;
	struct stat st;
	struct err err;

	if (file_make_folder(state, &err) < 0) {
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	if (fresh && user && chown(state, user->pw_uid, user->pw_gid) < 0) {
		err_sys(&err, -errno, "%s", state);
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	if (stat(state, &st) == 0 && user && st.st_uid != user->pw_uid) {
		err_set(&err, -EACCES,
			"%s does not belong to the user %s, who is to write there: chown -R %s %s",
			state, user->pw_name, user->pw_name, state);
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	return EXIT_DONE;
}

/* What root's gateway keeps is not in root's home, where its user could not go. */
static int leave_home(struct serve *s, const char *state_option)
{
	const char *own = getenv("CORDON_STATE");

	if (geteuid() != 0 || state_option || s->site.config.state || (own && *own))
		return EXIT_DONE;
	free(s->site.state);
	s->site.state = strdup(SITE_SYSTEM_STATE);
	return s->site.state ? EXIT_DONE : EXIT_SYSTEM;
}

static int run(struct serve *s)
{
	const struct passwd *user = NULL;
	struct err err;
	int code = find_user(s, &user);

	if (code == EXIT_DONE)
		code = settle_state(s, user);
	if (code != EXIT_DONE)
		return code;
	char *state = realpath(s->site.state, NULL);
	const struct supervise_options options = {.roles = serve_roles,
		.config_file = s->config_file,
		.config = &s->site.config,
		.state = state ? state : s->site.state,
		.times = supervise_usual(),
		.tell = tell,
		.ready = tell_ready,
		.context = s};
	int rc = supervise(&options, &err);

	free(state);
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return EXIT_SYSTEM;
}

int serve_main(int argc, char **argv)
{
	const char *config_option = NULL, *state_option = NULL;
	bool check = false;
	const struct option_row rows[] = {
		{"check", 0, OPTION_FLAG, &check, NULL,
			"say whether the configuration is good, and end"},
		SITE_OPTIONS(&config_option, &state_option),
		{0},
	};
	const struct usage usage = {.name = "serve",
		.arguments = "",
		.summary = "Judges mail for a mail server, before it is accepted.",
		.more = "It stays in the foreground. SIGHUP reads the configuration again, SIGTERM "
			"ends it.\n'cordon config print' shows all settings."};
	struct serve s = {0};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument '%s'", argv[first]);
	if (check)
		return config_check(config_option);
	s.config_file = config_option ? config_option : getenv("CORDON_CONFIG");
	if (s.config_file && !*s.config_file)
		s.config_file = NULL;
	code = site_open(&s.site, config_option, state_option);
	if (code == EXIT_DONE)
		code = leave_home(&s, state_option);
	if (code == EXIT_DONE)
		code = run(&s);
	site_close(&s.site);
	return code;
}
