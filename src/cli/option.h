/*
 * Options of a command as a table, from which both the parsing (getopt_long) and the text of
 * --help come, so that the two cannot differ.
 */
#ifndef CORDON_CLI_OPTION_H
#define CORDON_CLI_OPTION_H

#include <stdbool.h>

enum option_kind {
	OPTION_FLAG,   /* bool: true when given */
	OPTION_STRING, /* const char *: the argument */
	OPTION_NUMBER, /* unsigned long: a decimal number */
	OPTION_CHOICE  /* int: index of the argument among the choices */
};

struct option_row {
	const char *name;        /* "format"; NULL ends the table */
	char letter;             /* 'f', or 0 for none */
	enum option_kind kind;
	void *to;                /* where the value goes; untouched when the option is not given */
	const char *argument;    /* what --help calls the argument: "DIR", "table|json|tsv"; for a
	                            choice these words, parted by '|', are the choices */
	const char *help;        /* one line */
};

/* What a command says of itself. */
struct usage {
	const char *name;        /* "scan", "net import" */
	const char *arguments;   /* "PATH..." */
	const char *summary;     /* one line: what it does */
	const char *more;        /* further lines for --help, or NULL */
};

/*
 * Reads the options of argv[0 .. argc - 1] (argv[0] is the command's name). Returns the index of
 * the first argument that is no option, or -1 when there is nothing more to do: then *ret_exit
 * holds the exit code (--help was printed, or a usage error was told on standard error).
 */
int option_read(const struct usage *usage, const struct option_row *rows, int argc, char **argv,
	int *ret_exit);

/* Tells a usage error on standard error, with the way to --help, and returns EXIT_USAGE. */
int usage_error(const struct usage *usage, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
