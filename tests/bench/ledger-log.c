/*
 * ledger-log [--entry BYTES] [--batch N] [SIZE...]: grows one log, in a folder made in the current
 * one, to 10,000, 100,000, 1,000,000 and 10,000,000 records or the sizes given, and tells at each:
 * how many records a second became durable (wall and CPU time of appending, checkpoints and tiles
 * included), the bytes on disk of a record, and what the proof of a random record costs: time
 * with nothing cached and tiles read, and time as they come, one after the other.
 */
#include "ledger/tlog_work.h"
#include "base/random.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SEED   1
#define PROOFS 2000

static uint64_t disk_bytes, file_bytes;

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(int rc, const struct err *err)
{
	if (rc < 0) {
		fprintf(stderr, "ledger-log: %s\n", err->text);
		exit(1);
	}
}

static int add_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)ftw;
	if (flag == FTW_F && strstr(path, "/log/")) {
		disk_bytes += (uint64_t)st->st_blocks * 512;
		file_bytes += (uint64_t)st->st_size;
	}
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* Text that looks like a record and cannot be compressed much. */
static void make(char *text, size_t n, uint64_t seq, struct random *r)
{
	static const char digit[] = "0123456789abcdef";
	int head = snprintf(text, n, "{\"seq\":%" PRIu64 ",\"raw\":\"", seq);
	uint32_t bits = 0;

	for (size_t i = (size_t)head; i < n; i++, bits >>= 4) {
		if (!bits)
			bits = random_bits(r);
		text[i] = digit[bits & 15];
	}
}

static void grow(struct tlog *t, uint64_t size, size_t entry, size_t batch, struct random *r)
{
	uint64_t before = tlog_tree(t).size, syncs = 0;
	char *text = malloc(entry * batch);
	struct span *entries = malloc(batch * sizeof(*entries));
	double wall = 0, cpu = 0;
	struct err err;

	while (tlog_tree(t).size < size) {
		size_t n = 0;

		for (; n < batch && tlog_tree(t).size + n < size; n++) {
			make(text + n * entry, entry, tlog_tree(t).size + n, r);
			entries[n] = (struct span){text + n * entry, entry};
		}
		double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);

		must(tlog_append(t, entries, n, NULL, &err), &err);
		wall += seconds(CLOCK_MONOTONIC) - w;
		cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
		syncs++;
	}
	printf("  durable: %.0f records/s (%.0f of CPU, %" PRIu64 " batches)\n",
		(double)(size - before) / wall, (double)(size - before) / cpu, syncs);
	free(text);
	free(entries);
}

static void prove(struct tlog *t, struct random *r)
{
	uint64_t size = tlog_tree(t).size, read = t->tiles_read;
	struct buf proof = {0};
	double cold, warm;
	struct err err;

	cold = seconds(CLOCK_MONOTONIC);
	for (int i = 0; i < PROOFS; i++) {
		for (unsigned l = 0; l < MERKLE_LEVELS; l++)
			for (unsigned k = 0; k < TLOG_CACHE; k++)
				t->cache[l][k].good = false;
		buf_clear(&proof);
		must(tlog_prove(t, random_below(r, size), &proof, &err), &err);
	}
	cold = (seconds(CLOCK_MONOTONIC) - cold) / PROOFS;
	read = t->tiles_read - read;
	warm = seconds(CLOCK_MONOTONIC);
	for (int i = 0; i < PROOFS; i++) {
		buf_clear(&proof);
		must(tlog_prove(t, random_below(r, size), &proof, &err), &err);
	}
	warm = (seconds(CLOCK_MONOTONIC) - warm) / PROOFS;
	printf("  proof, nothing cached: %.3f ms (%.2f tiles read, %zu bytes)\n", 1e3 * cold,
		(double)read / PROOFS, proof.n);
	printf("  proof, one after the other: %.3f ms\n", 1e3 * warm);
	buf_done(&proof);
}

static void measure(
	const char *folder, uint64_t size, size_t entry, size_t batch, struct random *r)
{
	struct tlog *t;
	struct err err;
	double open;

	printf("%" PRIu64 " records of %zu bytes, %zu a batch\n", size, entry, batch);
	must(tlog_open(folder, TLOG_WRITE, "bench", &t, &err), &err);
	grow(t, size, entry, batch, r);
	tlog_close(t);
	disk_bytes = file_bytes = 0;
	nftw(folder, add_file, 32, FTW_PHYS);
	printf("  on disk: %.1f bytes/record (%.1f without the ends of blocks)\n",
		(double)disk_bytes / (double)size, (double)file_bytes / (double)size);
	open = seconds(CLOCK_MONOTONIC);
	must(tlog_open(folder, TLOG_READ, NULL, &t, &err), &err);
	printf("  opened: %.3f ms\n", 1e3 * (seconds(CLOCK_MONOTONIC) - open));
	prove(t, r);
	tlog_close(t);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const uint64_t usual[] = {10000, 100000, 1000000, 10000000};
	char folder[] = "ledger-log-XXXXXX";
	size_t entry = 240, batch = 4096;
	struct random r;
	int i = 1;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
		*(strcmp(argv[i], "--entry") == 0 ? &entry : &batch) = (size_t)atoll(argv[i + 1]);
	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	random_seed(&r, SEED);
	for (int k = i; k < argc; k++)
		measure(folder, (uint64_t)atoll(argv[k]), entry, batch, &r);
	for (size_t k = 0; i >= argc && k < sizeof(usual) / sizeof(*usual); k++)
		measure(folder, usual[k], entry, batch, &r);
	nftw(folder, remove_one, 32, FTW_DEPTH | FTW_PHYS);
	return 0;
}
