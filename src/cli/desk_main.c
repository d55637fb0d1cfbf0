/* cordon-desk: the commands for the desk, which `cordon` runs under its own name (desk.c). */
#include "cli/cli.h"

#include <stddef.h>

static const struct command commands[] = {
	{"case", "the case file of a network, with proofs", case_main},
	{"notice", "write to networks about abuse, and send what was approved", notice_main},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return program_run(commands,
		"Runs two of cordon's commands; call them as 'cordon case' and "
		"'cordon notice'.",
		argc, argv);
}
