/* What the subcommands of `cordon net` share. */
#ifndef CORDON_CLI_NET_H
#define CORDON_CLI_NET_H

#include "base/span.h"
#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>

/* Prints one value as a line of JSON on standard output and frees it. */
void net_print_json(json_t *j);

/* Reads the argument of --date. Returns EXIT_DONE, or EXIT_USAGE with an error told. */
int net_read_day(const struct usage *usage, const char *text, int32_t *ret_day);

/* Prints `before`, then s as it may be shown on a terminal, and ends the line. */
void net_print_cleaned(FILE *to, const char *before, struct span s);

/* Tells a failure to read the input. Returns an exit code: a file that cannot be read is the
 * input's fault, only memory is ours. */
int net_told(int rc, const struct err *err);

#endif
