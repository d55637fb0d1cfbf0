/* cordon-gateway: what `cordon serve` runs (desk.c), and each of the gateway's roles. */
#include "cli/cli.h"
#include "serve/role.h"

#include <string.h>

static const struct command commands[] = {
	{"serve", "judge mail for a mail server, before it is accepted", serve_main},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "role"))
		return role_main(serve_roles, argc, argv);
	return program_run(
		commands, "Stands beside a mail server; call it as 'cordon serve'.", argc, argv);
}
