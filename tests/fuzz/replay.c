/*
 * Replays a corpus through a fuzz target without libFuzzer: every file of the folders given, and
 * the empty input. `./check` runs this under ASan and UBSan; -Dfuzz=true links libFuzzer instead.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0, room = 1 << 16, got;
	uint8_t *p = malloc(room);

	if (!f || !p) {
		perror(path);
		exit(1);
	}
	while ((got = fread(p + n, 1, room - n, f)) > 0) {
		n += got;
		if (n == room && !(p = realloc(p, room *= 2)))
			exit(1);
	}
	fclose(f);
	/* An exact copy, so that ASan sees a read one past the end. */
	uint8_t *exact = malloc(n ? n : 1);

	memcpy(exact, p, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	free(p);
}

int main(int argc, char **argv)
{
	unsigned count = 0;

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int n = scandir(argv[i], &names, NULL, alphasort);

		for (int k = 0; k < n; k++) {
			char path[4096];

			if (names[k]->d_name[0] != '.') {
				snprintf(path, sizeof(path), "%s/%s", argv[i], names[k]->d_name);
				replay_file(path);
				count++;
			}
			free(names[k]);
		}
		if (n >= 0)
			free(names);
	}
	printf("replayed %u inputs\n", count);
	return 0;
}
