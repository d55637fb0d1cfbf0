#include "cli/site.h"

#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first of "BASE/cordon" that the environment names, in new memory; NULL when memory is short.
 */
static char *default_state(void)
{
	const char *own = getenv("CORDON_STATE"), *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n;

	if (own && *own)
		return strdup(own);
	if (geteuid() == 0 && access(SITE_SYSTEM_STATE, F_OK) == 0)
		return strdup(SITE_SYSTEM_STATE);
	if (xdg && *xdg)
		n = asprintf(&path, "%s/cordon", xdg);
	else if (home && *home)
		n = asprintf(&path, "%s/.local/state/cordon", home);
	else
		n = asprintf(&path, SITE_SYSTEM_STATE);
	return n < 0 ? NULL : path;
}

static int read_relays(struct site *s, const char *file, struct err *err)
{
	const struct config *c = &s->config;
	int rc = relays_read(c->relay_nets, c->nets, c->relay_names, c->names, &s->relays, err);

	return rc == -EINVAL ? err_set(err, rc, "%s: %s", file, err->text) : rc;
}

/* What on_short_file() says; made beforehand, for a signal handler may not print. */
static char short_file[PATH_MAX + 256];

static void on_short_file(int signal)
{
	ssize_t n = write(STDERR_FILENO, short_file, strlen(short_file));

	(void)signal;
	(void)n;
	_exit(EXIT_SYSTEM);
}

/*
 * What was learned is mapped, and not checked beforehand, which would cost every command a pass
 * over it. Where the file was cut off, or the disk fails, reading it is a SIGBUS.
 */
static void watch_for_short_file(const struct site *s)
{
	const struct sigaction action = {.sa_handler = on_short_file};

	snprintf(short_file, sizeof(short_file),
		"cordon: %s/learned: cut short, or the disk fails; put it aside and learn again "
		"from your mail\n",
		s->state);
	sigaction(SIGBUS, &action, NULL);
}

int site_open(struct site *s, const char *config_option, const char *state_option)
{
	const char *file = config_option ? config_option : getenv("CORDON_CONFIG");
	struct err err;

	*s = (struct site){0};
	if (file && !*file)
		file = NULL;
	int rc = config_read(file, &s->config, &err);

	if (rc == 0)
		rc = read_relays(s, file ? file : CONFIG_DEFAULT, &err);
	if (rc < 0) {
		tell_error(&err);
		site_close(s);
		return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_USAGE;
	}
	const char *named = state_option ? state_option : s->config.state;

	s->state = named ? strdup(named) : default_state();
	s->starter = starter_find();
	if (!s->state)
		return EXIT_SYSTEM;
	watch_for_short_file(s);
	return EXIT_DONE;
}

int site_open_judge(struct site *s)
{
	struct err err;
	const struct judge_options options = {
		.state_dir = s->state,
		.starter = s->starter,
		.ham_loss = s->config.ham_loss,
		.relays = &s->relays,
	};

	if (judge_open(&options, &s->judge, &err) == 0)
		return EXIT_DONE;
	tell_error(&err);
	return EXIT_SYSTEM;
}

int site_open_shelf(struct site *s)
{
	struct err err;
	size_t bad = 0;

	if (shelf_open(s->state, &s->shelf, &bad, &err) < 0) {
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	if (bad)
		tell_error(&err);
	return EXIT_DONE;
}

int site_open_all(struct site *s, const char *config_option, const char *state_option)
{
	int code = site_open(s, config_option, state_option);

	if (code == EXIT_DONE)
		code = site_open_judge(s);
	if (code == EXIT_DONE)
		code = site_open_shelf(s);
	return code;
}

void site_close(struct site *s)
{
	ledger_close(s->ledger); /* before the shelf that its index attributes by */
	judge_close(s->judge);
	shelf_close(s->shelf);
	relays_done(&s->relays);
	free(s->starter);
	free(s->state);
	config_done(&s->config);
	*s = (struct site){0};
}
