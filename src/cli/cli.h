/* What the commands share: exit codes, the table of commands, how an error is told. */
#ifndef CORDON_CLI_CLI_H
#define CORDON_CLI_CLI_H

#include "base/err.h"
#include "cli/option.h"

struct mailbox;

/* The exit codes of every command. */
enum {
	EXIT_DONE = 0,   /* all was done */
	EXIT_INPUT = 1,  /* something in the input could not be used; the rest was done */
	EXIT_USAGE = 2,  /* the command line makes no sense; nothing was done */
	EXIT_SYSTEM = 3, /* the system failed: memory, disk, permission of our own files */
};

struct command {
	const char *name;
	const char *summary; /* one line for `cordon --help` */
	/* argv[0] is the command's name. Returns an exit code. */
	int (*run)(int argc, char **argv);
};

/*
 * Runs the command of table[] (ended by a NULL name) that argv[1] names, or prints help for
 * `prefix` ("cordon", "cordon net"). Returns its exit code.
 */
int command_run(const struct command *table, const char *prefix, const char *about, int argc,
	char **argv);

/* The whole of a main(): sets the process up, answers --version, and runs a command of the table. */
int program_run(const struct command *table, const char *about, int argc, char **argv);

/* Run the command argv[0] in a program beside this one. They return only when that is not there. */
#define DESK_PROGRAM    "cordon-desk"
#define AUTH_PROGRAM    "cordon-auth"
#define GATEWAY_PROGRAM "cordon-gateway"
int desk_main(int argc, char **argv);
int desk_auth_main(int argc, char **argv);
int desk_gateway_main(int argc, char **argv);

/* Prints "cordon: SENTENCE" on standard error, behind the progress line if one stands there. */
void tell_error(const struct err *err);

/* Says on standard error how many files of folders held no mail; nothing for none, or for NULL. */
void tell_foreign(const struct mailbox *mb);

/* Flushes standard output; EXIT_SYSTEM with an error told when it cannot be written, else code. */
int finish_output(int code);

int scan_main(int argc, char **argv);
int ingest_main(int argc, char **argv);
int ledger_main(int argc, char **argv);
int learn_main(int argc, char **argv);
int eval_main(int argc, char **argv);
int feed_main(int argc, char **argv);
int feed_import_main(int argc, char **argv); /* subcommand of it */
int explain_main(int argc, char **argv);
int campaigns_main(int argc, char **argv);
int trace_main(int argc, char **argv);
int net_main(int argc, char **argv);
int net_dump_main(int argc, char **argv); /* subcommands of it */
int net_import_main(int argc, char **argv);
int net_relate_main(int argc, char **argv);
int net_routes_main(int argc, char **argv);
int net_show_main(int argc, char **argv);
int auth_main(int argc, char **argv);
int case_main(int argc, char **argv);
int log_main(int argc, char **argv);
int why_main(int argc, char **argv);
int rank_main(int argc, char **argv);
int depeer_main(int argc, char **argv);
int notice_main(int argc, char **argv);
int starter_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int top_main(int argc, char **argv);
int config_main(int argc, char **argv);

/* Says whether that configuration (NULL: as the environment says) is good. An exit code. */
int config_check(const char *option);

#endif
