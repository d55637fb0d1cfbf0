/*
 * The folder of a log with bytes of one file changed: whatever opening, verifying and reading say,
 * an entry that is given out is the one that was put in.
 *
 * The input: which file, then pairs of places and bytes that are put there; an odd end cuts the
 * file.
 */
#include "ledger/tlog.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {"journal", "log/checkpoint", "log/key", "secret",
	"log/tile/0/000", "log/tile/0/001.p/4", "log/tile/1/000.p/1", "log/tile/entries/000",
	"log/tile/entries/001.p/4"};

#define SIZE 260

static char folder[64];

static void check(bool good)
{
	if (!good)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* A small log of two sessions. */
static void make_log(void)
{
	char text[SIZE][8];
	struct span entry[SIZE];
	struct tlog *t;
	struct err err;

	snprintf(folder, sizeof(folder), "%s/cordon-fuzz-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	check(mkdtemp(folder) != NULL);
	for (int i = 0; i < SIZE; i++)
		entry[i] =
			(struct span){text[i], (size_t)snprintf(text[i], sizeof(text[i]), "%d", i)};
	check(tlog_open(folder, TLOG_WRITE, "log", &t, &err) == 0);
	check(tlog_append(t, entry, 250, NULL, &err) == 0);
	tlog_close(t);
	check(tlog_open(folder, TLOG_WRITE, "log", &t, &err) == 0);
	check(tlog_append(t, entry + 250, 10, NULL, &err) == 0);
	tlog_close(t);
}

static int see(void *context, uint64_t index, struct span entry, struct err *err)
{
	char want[24];

	(void)context;
	(void)err;
	snprintf(want, sizeof(want), "%d", (int)index);
	check(span_eq(entry, span_cstr(want)));
	return 0;
}

static void look(enum tlog_mode mode)
{
	struct tlog_report report;
	struct tlog *t;
	struct err err;

	if (tlog_open(folder, mode, NULL, &t, &err) < 0)
		return;
	tlog_verify(t, NULL, &report, &err);
	tlog_walk(t, 0, tlog_tree(t).size, see, NULL, &err);
	tlog_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[128];
	static uint8_t was[1 << 16], now[1 << 16];

	if (size < 1)
		return 0;
	make_log();
	snprintf(path, sizeof(path), "%s/%s", folder,
		files[data[0] % (sizeof(files) / sizeof(*files))]);
	int fd = open(path, O_RDWR);

	check(fd >= 0);
	ssize_t n = read(fd, was, sizeof(was));

	check(n > 0);
	memcpy(now, was, sizeof(now));
	size_t i = 1;

	for (; i + 2 < size; i += 3)
		now[(data[i] << 8 | data[i + 1]) % n] = data[i + 2];
	check(pwrite(fd, now, (size_t)n, 0) == n);
	if (i < size)
		check(ftruncate(fd, n * data[i] / 256) == 0);
	close(fd);
	look(TLOG_READ);
	look(TLOG_WRITE);
	look(TLOG_READ);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
