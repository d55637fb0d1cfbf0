/*
 * Messages a second of message_parse() over every file below a folder, read into memory first:
 * bench-parse FOLDER [ROUNDS].
 */
#include "base/buf.h"
#include "mail/message.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct span *mail;
static size_t mails, room, bytes;

static int take(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	FILE *f = type == FTW_F ? fopen(path, "rb") : NULL;

	if (!f)
		return 0;
	char *p = malloc((size_t)st->st_size + 1);
	size_t n = p ? fread(p, 1, (size_t)st->st_size, f) : 0;

	fclose(f);
	if (mails == room) {
		room = room ? room * 2 : 1024;
		mail = realloc(mail, room * sizeof(*mail));
	}
	if (!p || !mail)
		return -1;
	mail[mails++] = (struct span){p, n};
	bytes += n;
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	struct message_parser *mp = message_parser_new(0);
	struct message *m;
	size_t parts = 0, text = 0, links = 0;

	if (argc < 2 || !mp || nftw(argv[1], take, 16, FTW_PHYS) != 0 || mails == 0) {
		fprintf(stderr, "usage: bench-parse FOLDER [ROUNDS]\n");
		return 2;
	}
	printf("%zu messages, %.1f KB each\n", mails, (double)bytes / 1e3 / (double)mails);
	for (int round = 0; round < rounds; round++) {
		double start = now();

		parts = text = links = 0;
		for (size_t i = 0; i < mails; i++) {
			if (message_parse(mp, mail[i], &m) < 0)
				return 1;
			parts += m->parts;
			text += m->text.n;
			links += m->links;
		}
		double took = now() - start;

		printf("%.1f us a message, %.0f messages/s, %.0f MB/s\n",
			took * 1e6 / (double)mails, (double)mails / took,
			(double)bytes / 1e6 / took);
	}
	printf("%zu parts, %zu bytes of text, %zu links\n", parts, text, links);
	for (size_t i = 0; i < mails; i++)
		free((char *)mail[i].p);
	free(mail);
	message_parser_free(mp);
	return 0;
}
