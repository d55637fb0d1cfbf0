#include "cli/cli.h"
#include "cli/term.h"
#include "mail/mailbox.h"
#include "show/clean.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void print_commands(
	const struct command *table, const char *prefix, const char *about, FILE *to)
{
	fprintf(to, "usage: %s COMMAND [OPTION...] [ARGUMENT...]\n\n%s\n\ncommands:\n", prefix,
		about);
	for (; table->name; table++)
		fprintf(to, "  %-10s %s\n", table->name, table->summary);
	fprintf(to, "\n'%s COMMAND --help' tells more of each.\n", prefix);
}

int command_run(
	const struct command *table, const char *prefix, const char *about, int argc, char **argv)
{
	if (argc < 2) {
		print_commands(table, prefix, about, stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_commands(table, prefix, about, stdout);
		return finish_output(EXIT_DONE);
	}
	for (const struct command *c = table; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return finish_output(c->run(argc - 1, argv + 1));
	fprintf(stderr, "%s: no command '%s'; see '%s --help'\n", prefix, argv[1], prefix);
	return EXIT_USAGE;
}

void tell_error(const struct err *err)
{
	struct buf shown = {0};

	/* The names of files may be hostile too. */
	clean_text(&shown, span_cstr(err->text));
	progress_clear();
	fflush(stdout);
	fprintf(stderr, "cordon: %.*s\n", SPAN_ARG(buf_span(&shown)));
	buf_done(&shown);
}

void tell_foreign(const struct mailbox *mb)
{
	struct mailbox_progress p = {0};
	struct err err;

	if (mb)
		mailbox_progress(mb, &p);
	if (!p.foreign)
		return;
	err_set(&err, -EBADMSG, "%llu %s of folders passed over: no mail in %s",
		(unsigned long long)p.foreign, p.foreign == 1 ? "file" : "files",
		p.foreign == 1 ? "it" : "them");
	tell_error(&err);
}

int finish_output(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	/* A reader that has seen enough (`| head`) is no failure of ours. */
	if (errno == EPIPE)
		return code;
	fprintf(stderr, "cordon: standard output: %s\n", strerror(errno));
	return EXIT_SYSTEM;
}

int program_run(const struct command *table, const char *about, int argc, char **argv)
{
	/* Only for the width of characters; everything else here is of protocols, not of a
	 * language. */
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("cordon " CORDON_VERSION);
		return finish_output(EXIT_DONE);
	}
	return command_run(table, "cordon", about, argc, argv);
}
