/*
 * The commands that draw paper and speak with other machines are a program of their own,
 * cordon-desk: what they need (cairo, pango, libcurl) brings sixty libraries with it, which the
 * program that reads hostile mail shall neither load nor wait for. So is the one that asks the DNS,
 * cordon-auth, for libunbound; and cordon-gateway, which stands beside the mail server.
 */
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program into to[PATH_MAX], with its last '/'; "" when it is not known.
 */
static void own_folder(char to[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", to, PATH_MAX - 1);

	to[n < 0 ? 0 : n] = '\0';
	char *slash = strrchr(to, '/');

	slash ? (slash[1] = '\0') : (to[0] = '\0');
}

static int beside_main(const char *program, int argc, char **argv)
{
	char folder[PATH_MAX], beside[PATH_MAX + NAME_MAX], installed[PATH_MAX];
	char **words = calloc((size_t)argc + 2, sizeof(*words));
	struct err err;

	if (!words) {
		err_set(&err, -ENOMEM, "memory is short");
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	words[0] = (char[]){"cordon"};
	memcpy(words + 1, argv, (size_t)argc * sizeof(*words));
	own_folder(folder);
	snprintf(beside, sizeof(beside), "%s%s", folder, program);
	snprintf(installed, sizeof(installed), CORDON_LIBEXEC "/%s", program);
	if (folder[0])
		execv(beside, words);
	execv(installed, words);
	err_sys(&err, -errno, "'cordon %s' is done by %s, which is neither at %s nor in %s",
		argv[0], program, beside, CORDON_LIBEXEC);
	tell_error(&err);
	free(words);
	return EXIT_SYSTEM;
}

int desk_main(int argc, char **argv)
{
	return beside_main(DESK_PROGRAM, argc, argv);
}

int desk_auth_main(int argc, char **argv)
{
	return beside_main(AUTH_PROGRAM, argc, argv);
}

int desk_gateway_main(int argc, char **argv)
{
	return beside_main(GATEWAY_PROGRAM, argc, argv);
}
