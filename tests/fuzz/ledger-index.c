/* A file in the place of the index: opened, read and added to, or told to be damaged. */
#include "ledger/index_seen.h"
#include "ledger/index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void remove_files(void)
{
	static const char *const name[] = {
		"index.db", "index.db-wal", "index.db-shm", "index.db-journal"};
	char path[128];

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, name[i]);
		unlink(path);
	}
}

static void clean(void)
{
	remove_files();
	rmdir(folder);
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* SQLite's work is bounded by the size of a page and the rows; no row may run for ever. */
static int enough(void *context)
{
	return ++*(int *)context > 1000;
}

static void read_all(struct index_file *x)
{
	static const char *const queries[] = {"SELECT * FROM record", "SELECT * FROM sighting",
		"SELECT * FROM sighting WHERE network>0 ORDER BY at", "SELECT * FROM host",
		"SELECT * FROM network", "SELECT * FROM campaign", "SELECT * FROM advertised",
		"SELECT * FROM raw", "SELECT * FROM notice", "SELECT * FROM answer",
		"SELECT * FROM run", "SELECT * FROM run_part"};
	int steps = 0;

	sqlite3_progress_handler(index_db(x), 1000, enough, &steps);
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		sqlite3_stmt *s = NULL;

		if (sqlite3_prepare_v2(index_db(x), queries[i], -1, &s, NULL) == SQLITE_OK)
			while (sqlite3_step(s) == SQLITE_ROW)
				;
		sqlite3_finalize(s);
	}
	sqlite3_progress_handler(index_db(x), 0, NULL, NULL);
}

/* What the rank reads: no entry is beside the days that were asked for. */
static void read_seen(struct index_file *x)
{
	struct seen_walk walk;
	struct seen s;
	int rc = seen_open(&walk, index_db(x), 100, 21000, 20900, 2, 1000000, NULL);

	for (int i = 0; i < 10000 && rc == 0; i++) {
		if (seen_next(&walk, &s, NULL) != 1)
			break;
		must(s.day >= 100 && s.day <= 21000 && s.logged <= 20900 && s.host <= 1000000);
	}
	seen_close(&walk);
}

static void add_one(struct index_file *x)
{
	struct ip ip = ip_from_v4(0xc6336401);
	struct record r = {.type = RECORD_SIGHTING,
		.logged = 1795435200,
		.sighting = {.at = 1795435200,
			.confidence = 50,
			.source = SPAN("mail"),
			.where = prefix_of(&ip, 32),
			.campaign = SPAN("c-1"),
			.advertised = {SPAN("shop.example")},
			.advertises = 1}};
	struct vault_place place = {20780, 0};
	uint8_t root[32] = {1};
	uint64_t seq, size = index_size(x);

	index_find(x, r.id, &seq, NULL);
	if (index_begin(x, NULL) < 0)
		return;
	if (index_add(x, size, &r, &place, NULL) == 0 && index_commit(x, root, NULL) == 0)
		must(index_size(x) == size + 1);
	else
		must(index_size(x) == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct index_file *x;
	char path[128];
	FILE *f;

	if (!*folder) {
		strcpy(folder, "/tmp/cordon-fuzz-index-XXXXXX");
		must(mkdtemp(folder));
		atexit(clean);
	}
	for (int write = 0; write < 2; write++) {
		remove_files();
		snprintf(path, sizeof(path), "%s/index.db", folder);
		f = fopen(path, "wb");
		must(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
		struct err err = {""};
		int rc = index_open(folder, write, NULL, &x, &err);

		must(rc == 0 || *err.text);
		if (rc < 0)
			continue;
		read_all(x);
		read_seen(x);
		if (write)
			add_one(x);
		index_close(x);
	}
	return 0;
}
