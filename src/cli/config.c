/* cordon config: the settings in force, as a file that can be read again; whether a file is one. */
#include "base/config.h"
#include "cli/cli.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads what --config, CORDON_CONFIG or nobody names; told when that fails. */
static int read_named(const char *option, const char **ret_file, struct config *ret)
{
	const char *file = option ? option : getenv("CORDON_CONFIG");
	struct err err;

	if (file && !*file)
		file = NULL;
	int rc = config_read(file, ret, &err);

	*ret_file = file ? file : CONFIG_DEFAULT;
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_USAGE;
}

static int config_print_main(int argc, char **argv)
{
	const char *option = NULL, *file;
	bool changed = false;
	const struct option_row rows[] = {
		{"changed", 0, OPTION_FLAG, &changed, NULL, "only what is not as by default"},
		{"config", 'c', OPTION_STRING, &option, "FILE",
			"configuration (default /etc/cordon.conf)"},
		{0},
	};
	const struct usage usage = {.name = "config print",
		.arguments = "",
		.summary = "Prints every setting with its meaning, unit and default, as a file "
			   "that can be read again."};
	struct buf text = {0};
	struct config c;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument '%s'", argv[first]);
	code = read_named(option, &file, &c);
	if (code != EXIT_DONE)
		return code;
	config_print(&c, changed, &text);
	fwrite(text.p ? text.p : "", 1, text.n, stdout);
	code = buf_ok(&text) ? EXIT_DONE : EXIT_SYSTEM;
	buf_done(&text);
	config_done(&c);
	return code;
}

/* Settings that are not as by default. */
static unsigned count_changed(const struct config *c)
{
	struct buf text = {0};
	struct span rest, line;
	unsigned n = 0;

	config_print(c, true, &text);
	rest = buf_span(&text);
	while (span_line(&rest, &line))
		n += line.n && line.p[0] != '#';
	buf_done(&text);
	return n;
}

int config_check(const char *option)
{
	struct buf shown = {0};
	const char *file;
	struct config c;
	int code = read_named(option, &file, &c);

	if (code != EXIT_DONE)
		return code;
	unsigned n = count_changed(&c);

	clean_text(&shown, span_cstr(file));
	if (access(file, F_OK) < 0)
		printf("%.*s: not there, nor needed: all settings are as by default\n",
			SPAN_ARG(buf_span(&shown)));
	else
		printf("%.*s: good; %u %s not as by default\n", SPAN_ARG(buf_span(&shown)), n,
			n == 1 ? "setting is" : "settings are");
	buf_done(&shown);
	config_done(&c);
	return EXIT_DONE;
}

static int config_check_main(int argc, char **argv)
{
	const struct option_row rows[] = {{0}};
	const struct usage usage = {.name = "config check",
		.arguments = "[FILE]",
		.summary = "Says whether a configuration is good; else what is wrong, in which "
			   "line, and what to do.",
		.more = "Without FILE it is that of CORDON_CONFIG, else /etc/cordon.conf."};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first > 1)
		return usage_error(&usage, "takes one FILE");
	return config_check(first < argc ? argv[first] : NULL);
}

int config_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"print", "every setting with its meaning, unit and default", config_print_main},
		{"check", "is a configuration good, and what is wrong with it", config_check_main},
		{NULL, NULL, NULL},
	};

	return command_run(
		commands, "cordon config", "Shows and checks the configuration.", argc, argv);
}
