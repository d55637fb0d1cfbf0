/*
 * Intake of sightings, bytes a record, and the index made again.
 *
 *	bench-ledger FOLDER [SIGHTINGS [BATCH]]
 *
 * FOLDER is made and must not be there. BATCH: a commit that is asked for every so many; without it
 * batches are the ledger's own, as in an import. Sightings are as mail gives them: 7 a campaign, half from
 * addresses that were seen before, one advertised host in every second. Half of the runs keep raw
 * evidence. CPU time is this process's; wall time has the disk in it.
 */
#include "base/random.h"
#include "ledger/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#define START 1767225600 /* 2026-01-01 */

struct made {
	struct sighting s;
	char campaign[32], host[32], identity[64];
};

static void make(struct made *m, struct random *r, uint64_t i, uint64_t total)
{
	uint64_t address = random_bits(r) % 2 ? random_bits(r) % (total / 2 + 1) : i;
	struct ip ip = ip_from_v4(0x0b000000u + (uint32_t)(address * 2654435761u % 0xc0000000u));

	snprintf(m->campaign, sizeof(m->campaign), "c-%012llx",
		(unsigned long long)(random_bits(r) % (total / 500 + 1)));
	snprintf(m->host, sizeof(m->host), "shop%u.example",
		(unsigned)(random_bits(r) % (total / 50 + 1)));
	snprintf(m->identity, sizeof(m->identity), "message %llu", (unsigned long long)i);
	m->s = (struct sighting){
		.kind = SIGHTING_SPAM,
		.at = START + (int64_t)(i * 86400 * 90 / total),
		.where = prefix_of(&ip, 32),
		.source = SPAN("mail"),
		.confidence = 95,
		.campaign = span_cstr(m->campaign),
		.advertised = {span_cstr(m->host)},
		.advertises = i % 2,
	};
}

static double seconds(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "%s: %s\n", what, err->text);
	exit(1);
}

/* Bytes of a folder's files as they stand on the disk. */
static uint64_t bytes_of(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	uint64_t sum = 0;
	struct stat st;

	if (!d)
		return lstat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
	while ((e = readdir(d))) {
		char one[4096];

		if (e->d_name[0] != '.' &&
			snprintf(one, sizeof(one), "%s/%s", path, e->d_name) < (int)sizeof(one))
			sum += bytes_of(one);
	}
	closedir(d);
	return sum;
}

static int64_t tick(void *context)
{
	return START + (int64_t)(++*(uint64_t *)context / 1000);
}

struct stage {
	double cpu, wall;
};

static struct stage begin(void)
{
	return (struct stage){seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)};
}

static void end(const char *what, struct stage s, uint64_t n)
{
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - s.cpu,
	       wall = seconds(CLOCK_MONOTONIC) - s.wall;

	printf("%-44s %9.0f /s CPU %9.0f /s wall %7.2f us CPU\n", what, (double)n / cpu,
		(double)n / wall, cpu / (double)n * 1e6);
	fflush(stdout);
}

static void say_bytes(const char *state, const char *what, const char *name, uint64_t n)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/ledger/%s", state, name);
	printf("%-44s %9.1f bytes a record\n", what, (double)bytes_of(path) / (double)n);
}

static void write_only(uint64_t n)
{
	struct random r;
	struct buf b = {0};
	struct made m;
	struct err err;
	struct record record = {.type = RECORD_SIGHTING, .logged = START};
	struct record got;

	random_seed(&r, 1);
	struct stage s = begin();
	for (uint64_t i = 0; i < n; i++) {
		make(&m, &r, i, n);
		record.sighting = m.s;
		buf_clear(&b);
		if (record_write(&record, &b, &err) < 0)
			die("record", &err);
	}
	end("sightings made up and written as records", s, n);
	s = begin();
	for (uint64_t i = 0; i < n; i++)
		if (record_read(buf_span(&b), NULL, &got, &err) < 0)
			die("record", &err);
	end("the last record read", s, n);
	printf("%-44s %9zu bytes\n", "that record", b.n);
	buf_done(&b);
}

static void fill(struct ledger *l, uint64_t n, uint64_t batch, bool raw)
{
	static char body[3000];
	struct random r;
	struct err err;
	struct made m;
	bool new;

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = "etaoin shrdlu\n"[i * i % 14];
	random_seed(&r, 1);
	for (uint64_t i = 0; i < n; i++) {
		make(&m, &r, i, n);
		memcpy(body, m.identity, strlen(m.identity));
		if (ledger_add_sighting(l, &m.s, raw ? (struct span){body, sizeof(body)} : SPAN(""),
			    span_cstr(m.identity), &new, &err) < 0 ||
			(i % batch == batch - 1 && ledger_commit(l, &err) < 0))
			die("add", &err);
	}
	if (ledger_commit(l, &err) < 0)
		die("commit", &err);
}

static struct ledger *open_it(const char *state, uint64_t *ticks, int32_t keep)
{
	const struct ledger_options o = {
		.state_dir = state,
		.write = true,
		.origin = "bench.example/log",
		.clock = tick,
		.clock_context = ticks,
		.keep_raw_days = keep,
	};
	struct ledger *l;
	struct err err;

	if (ledger_open(&o, &l, &err) < 0)
		die("open", &err);
	return l;
}

/* The log alone: the same texts appended in batches. */
static void log_only(const char *folder, uint64_t n, uint64_t batch)
{
	struct tlog *t;
	struct err err;
	char text[240];
	struct span *entries = calloc(batch, sizeof(*entries));

	memset(text, 'x', sizeof(text));
	if (!entries || tlog_open(folder, TLOG_WRITE, "bench.example/log", &t, &err) < 0)
		die("log", &err);
	for (uint64_t i = 0; i < batch; i++)
		entries[i] = (struct span){text, sizeof(text)};
	struct stage s = begin();
	for (uint64_t i = 0; i < n; i += batch)
		if (tlog_append(t, entries, n - i < batch ? n - i : batch, NULL, &err) < 0)
			die("log", &err);
	end("the log alone, 240 bytes an entry", s, n);
	tlog_close(t);
	free(entries);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	uint64_t batch = argc > 3 ? strtoull(argv[3], NULL, 10) : n, ticks = 0, few = n / 10;
	char part[4096];
	struct err err;

	if (argc < 2 || n < 1000 || batch < 1 || mkdir(argv[1], 0700) < 0) {
		fprintf(stderr, "usage: bench-ledger NEW-FOLDER [SIGHTINGS [BATCH]]\n");
		return 2;
	}
	write_only(n);
	snprintf(part, sizeof(part), "%s/log", argv[1]);
	mkdir(part, 0700);
	log_only(part, n, batch < LEDGER_BATCH ? batch : LEDGER_BATCH);
	snprintf(part, sizeof(part), "%s/whole", argv[1]);
	struct ledger *l = open_it(part, &ticks, -1);
	struct stage s = begin();

	fill(l, n, batch, false);
	end("log and index", s, n);
	s = begin();
	fill(l, n / 4, batch, false);
	end("the same again, which adds nothing", s, n / 4);
	ledger_close(l);
	say_bytes(part, "the log on disk", "log", n);
	say_bytes(part, "the index on disk", "index.db", n);
	l = open_it(part, &ticks, -1);
	s = begin();
	if (ledger_reindex(l, NULL, NULL, &err) < 0)
		die("reindex", &err);
	end("reindex", s, n);
	ledger_close(l);
	say_bytes(part, "the index on disk, made again", "index.db", n);
	snprintf(part, sizeof(part), "%s/raw", argv[1]);
	l = open_it(part, &ticks, -1);
	s = begin();
	fill(l, few, batch, true);
	end("log, index and vault, 3,000 bytes a mail", s, few);
	ledger_close(l);
	say_bytes(part, "the vault on disk", "raw", few);
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%-44s %9.1f MiB\n", "peak memory", (double)use.ru_maxrss / 1024);
	return 0;
}
