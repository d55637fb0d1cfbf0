/* cordon-auth: the command that asks the DNS, which `cordon` runs under its own name (desk.c). */
#include "cli/cli.h"

#include <stddef.h>

static const struct command commands[] = {
	{"auth", "what can be proven of a message's sender, and why not more", auth_main},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return program_run(
		commands, "Runs one of cordon's commands; call it as 'cordon auth'.", argc, argv);
}
