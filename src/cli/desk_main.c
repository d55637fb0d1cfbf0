/* cordon-desk: the commands for the desk, which `cordon` runs under its own name (desk.c). */
#include "cli/cli.h"

#include <stddef.h>

static const struct command commands[] = {
	{"case", "the case file of a network, with proofs", case_main},
	{"notice", "write to networks about abuse, and send what was approved", notice_main},
	{"top", "what the gateway is doing now", top_main},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return program_run(commands,
		"Runs three of cordon's commands; call them as 'cordon case', 'cordon notice' and "
		"'cordon top'.",
		argc, argv);
}
