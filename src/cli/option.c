#include "cli/option.h"

#include "base/span.h"
#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#define ROWS_MOST 24

int usage_error(const struct usage *usage, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "cordon %s: ", usage->name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "; see 'cordon %s --help'\n", usage->name);
	return EXIT_USAGE;
}

static void print_help(const struct usage *usage, const struct option_row *rows)
{
	printf("usage: cordon %s [OPTION...] %s\n\n%s\n", usage->name, usage->arguments,
		usage->summary);
	if (usage->more)
		printf("\n%s\n", usage->more);
	printf("\noptions:\n");
	for (; rows->name; rows++) {
		char left[80], letter[5] = "    ";

		if (rows->letter)
			snprintf(letter, sizeof(letter), "-%c, ", rows->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, rows->name,
			rows->argument ? " " : "", rows->argument ? rows->argument : "");
		printf("  %-30s %s\n", left, rows->help);
	}
	printf("  %-30s %s\n", "-h, --help", "this text");
}

static int choice_index(const char *choices, const char *given)
{
	struct span rest = span_cstr(choices), one;

	for (int i = 0; span_cut(&rest, '|', &one); i++)
		if (span_eq(one, span_cstr(given)))
			return i;
	return -1;
}

/* Stores one option's value; false when its argument does not fit. */
static bool take(const struct option_row *row, const char *argument)
{
	unsigned long long n;

	switch (row->kind) {
	case OPTION_FLAG: *(bool *)row->to = true; return true;
	case OPTION_STRING: *(const char **)row->to = argument; return true;
	case OPTION_NUMBER:
		if (span_number(span_cstr(argument), ~0UL, &n) < 0)
			return false;
		*(unsigned long *)row->to = (unsigned long)n;
		return true;
	case OPTION_CHOICE: {
		int i = choice_index(row->argument, argument);

		if (i >= 0)
			*(int *)row->to = i;
		return i >= 0;
	}
	}
	return false;
}

/* The table in getopt's form; short holds at least 2 * ROWS_MOST + 3 bytes. */
static void for_getopt(const struct option_row *rows, struct option *ret_long, char *ret_short)
{
	size_t n = 0;

	*ret_short++ = ':';
	for (; n < ROWS_MOST && rows[n].name; n++) {
		bool takes = rows[n].kind != OPTION_FLAG;

		ret_long[n] = (struct option){
			rows[n].name, takes ? required_argument : no_argument, NULL, 256 + (int)n};
		if (rows[n].letter) {
			*ret_short++ = rows[n].letter;
			if (takes)
				*ret_short++ = ':';
		}
	}
	ret_long[n] = (struct option){"help", no_argument, NULL, 'h'};
	ret_long[n + 1] = (struct option){0};
	*ret_short++ = 'h';
	*ret_short = '\0';
}

static const struct option_row *row_of(const struct option_row *rows, int code)
{
	if (code >= 256)
		return &rows[code - 256];
	while (rows->letter != code)
		rows++;
	return rows;
}

/* Tells what getopt_long() did not take; of a cluster of letters only one is to blame. */
static int tell_unfit(
	const struct usage *usage, const struct option_row *rows, int code, char *word)
{
	const char *name = optopt >= 256 ? rows[optopt - 256].name : optopt == 'h' ? "help" : NULL;

	if (code == ':' && name)
		return usage_error(usage, "option '--%s' needs a value", name);
	if (code == ':')
		return usage_error(usage, "option '-%c' needs a value", optopt);
	if (name)
		return usage_error(usage, "option '--%s' takes no value", name);
	if (optopt > 0)
		return usage_error(usage, "unknown option '-%c'", optopt);
	return usage_error(usage, "unknown option '%s'", word);
}

int option_read(const struct usage *usage, const struct option_row *rows, int argc, char **argv,
	int *ret_exit)
{
	struct option long_rows[ROWS_MOST + 2];
	char short_rows[2 * ROWS_MOST + 3];
	int code;

	for_getopt(rows, long_rows, short_rows);
	optind = 0; /* 0 makes glibc start anew, also for a subcommand */
	while ((code = getopt_long(argc, argv, short_rows, long_rows, NULL)) != -1) {
		if (code == 'h') {
			print_help(usage, rows);
			*ret_exit = EXIT_DONE;
			return -1;
		}
		if (code == '?' || code == ':') {
			*ret_exit = tell_unfit(usage, rows, code, argv[optind - 1]);
			return -1;
		}
		const struct option_row *row = row_of(rows, code);

		if (!take(row, optarg)) {
			*ret_exit = usage_error(
				usage, "--%s takes %s, not '%s'", row->name, row->argument, optarg);
			return -1;
		}
	}
	return optind;
}
