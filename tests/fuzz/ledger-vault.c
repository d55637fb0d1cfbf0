/* A day's file of raw evidence: whatever stands in it, only what was encrypted with the key comes
 * out, and a writer goes on behind it. The key is of zeros. */
#include "base/file.h"
#include "ledger/vault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY 20780

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void clean(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/raw/2026-11-23", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/raw.key", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/raw", folder);
	rmdir(path);
	rmdir(folder);
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void begin(void)
{
	static const char zeros[32];
	char path[128];

	strcpy(folder, "/tmp/cordon-fuzz-vault-XXXXXX");
	must(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/raw.key", folder);
	must(file_replace(path, &(struct span){zeros, 32}, 1, NULL) == 0);
	snprintf(path, sizeof(path), "%s/raw", folder);
	must(file_make_folder(path, NULL) == 0);
	atexit(clean);
}

static int take(
	void *context, struct vault_place place, const uint8_t commitment[32], struct err *err)
{
	struct buf raw = {0};
	uint8_t salt[32];
	int rc = vault_get(context, place, salt, &raw, err);

	must(rc == 0 || rc == -EBADMSG || rc == -ENOMEM);
	(void)commitment;
	buf_done(&raw);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vault_place place;
	struct vault *v;
	struct buf raw = {0};
	uint8_t commitment[32], salt[32];
	uint64_t lost;
	char path[128];
	FILE *f;

	if (!*folder)
		begin();
	snprintf(path, sizeof(path), "%s/raw/2026-11-23", folder);
	f = fopen(path, "wb");
	must(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
	must(vault_open(folder, true, &v, NULL) == 0);
	must(vault_walk(v, DAY, take, v, &lost, NULL) == 0 && lost <= size);
	must(vault_put(v, DAY, SPAN("next"), &place, commitment, NULL) == 0);
	must(vault_get(v, place, salt, &raw, NULL) == 0 && span_eq(buf_span(&raw), SPAN("next")));
	vault_close(v);
	buf_done(&raw);
	return 0;
}
