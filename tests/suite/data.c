#include "data.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool run(const char *const *argv)
{
	pid_t pid;
	int status;

	return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

/* Unpacked aside and renamed, so that tests that run at once do not see half of it. */
static void unpack(const char *archive, const char *top, const char *name, const char *folder)
{
	char aside[4096], inside[8192];

	snprintf(aside, sizeof(aside), "%s/.unpack-%ld", top, (long)getpid());
	snprintf(inside, sizeof(inside), "%s/%s", aside, name);
	mkdir(top, 0777);
	mkdir(aside, 0777);
	bool good = run((const char *const[]){"tar", "-xJf", archive, "-C", aside, NULL});

	/* Another test may have been faster: then the copy aside goes. */
	if (good && rename(inside, folder) != 0)
		run((const char *const[]){"rm", "-rf", aside, NULL});
	rmdir(aside);
}

/* The shared folder, or "" when none is named. */
static const char *shared_folder(void)
{
	const char *named = getenv("CORDON_SHARED");

	if (!named || !*named)
		named = getenv("CORDON_SHARED_USUAL");
	return named ? named : "";
}

static void skip_without(const char *path)
{
	if (*shared_folder() && access(path, R_OK) == 0)
		return;
	fprintf(stderr, "skipped: %s is not there (CORDON_SHARED names the folder)\n", path);
	exit(77);
}

const char *data_unpack_as(const char *archive, const char *inside)
{
	static char folder[8192];
	const char *top = getenv("CORDON_UNPACKED");
	char packed[4096];

	snprintf(packed, sizeof(packed), "%s/%s.tar.xz", shared_folder(), archive);
	skip_without(top ? packed : "");
	snprintf(folder, sizeof(folder), "%s/%s", top, inside);
	if (access(folder, R_OK) != 0)
		unpack(packed, top, inside, folder);
	if (access(folder, R_OK) != 0) {
		fprintf(stderr, "%s could not be unpacked into %s\n", packed, folder);
		exit(1);
	}
	return folder;
}

const char *data_unpack(const char *archive)
{
	const char *slash = strrchr(archive, '/');

	return data_unpack_as(archive, slash ? slash + 1 : archive);
}

const char *data_file(const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", shared_folder(), file);
	skip_without(path);
	return path;
}

struct span data_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	if (!f)
		return (struct span){NULL, 0};
	char *p = fstat(fileno(f), &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
	size_t n = p ? fread(p, 1, (size_t)st.st_size, f) : 0;

	fclose(f);
	if (p)
		p[n] = 0;
	return (struct span){p, n};
}
