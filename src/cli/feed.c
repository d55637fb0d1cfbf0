/* cordon feed: what others publish about abuse. */
#include "cli/cli.h"

#include <stddef.h>

int feed_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"import", "put lists and reports of abuse into the ledger", feed_import_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon feed",
		"Lists and reports of abuse that others publish or send.", argc, argv);
}
