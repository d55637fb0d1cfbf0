/*
 * tlog-make FOLDER SIZE...: makes a log and grows it to each size; the checkpoint at each goes to
 * FOLDER/kept-SIZE, proofs of some records at the end to FOLDER/proof-INDEX; and the sum of
 * FOLDER/log/key, signed as that of a case is, to FOLDER/sums-0.
 * tlog-make --open FOLDER: opens the checkpoint FOLDER/go-note with the key FOLDER/go-key, and
 * finds that it was signed by the log's own key, too.
 */
#include "base/file.h"
#include "ledger/checkpoint.h"
#include "ledger/sums.h"
#include "ledger/tlog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void must(int rc, const struct err *err)
{
	if (rc < 0) {
		fprintf(stderr, "tlog-make: %s\n", err->text);
		exit(1);
	}
}

static void save(const char *folder, const char *what, uint64_t n, struct span bytes)
{
	char path[4096];
	struct err err;

	snprintf(path, sizeof(path), "%s/%s-%" PRIu64, folder, what, n);
	must(file_replace(path, &bytes, 1, &err), &err);
}

static void grow(struct tlog *t, uint64_t size)
{
	struct err err;

	while (tlog_tree(t).size < size) {
		struct span entry[300];
		char text[300][40];
		size_t n = 0;

		for (; n < 300 && tlog_tree(t).size + n < size; n++) {
			int length = snprintf(text[n], sizeof(text[n]), "{\"n\":%" PRIu64 "}",
				tlog_tree(t).size + n);

			entry[n] = (struct span){text[n], (size_t)length};
		}
		must(tlog_append(t, entry, n, NULL, &err), &err);
	}
}

static void load(const char *folder, const char *name, struct buf *to)
{
	char path[4096];
	struct err err;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(file_read(path, 1 << 16, to, &err), &err);
}

static int open_note(const char *folder)
{
	struct buf note = {0}, go = {0}, own = {0};
	struct note_key key;
	struct tlog_tree tree;
	struct span text;
	struct err err;

	load(folder, "go-note", &note);
	load(folder, "go-key", &go);
	load(folder, "log/key", &own);
	must(note_key_parse(buf_span(&go), &key, &err), &err);
	must(checkpoint_open(buf_span(&note), &key, &tree, &err), &err);
	must(note_key_parse(buf_span(&own), &key, &err), &err);
	must(note_open(buf_span(&note), &key, &text, &err), &err);
	buf_done(&note);
	buf_done(&go);
	buf_done(&own);
	return tree.size == 7 ? 0 : 1;
}

static void sign_sums(struct tlog *t, const char *folder)
{
	struct buf key = {0}, sums = {0}, note = {0};
	struct err err;

	load(folder, "log/key", &key);
	sums_add(&sums, "log/key", buf_span(&key));
	must(tlog_sign(t, buf_span(&sums), &note, &err), &err);
	save(folder, "sums", 0, buf_span(&note));
	buf_done(&key);
	buf_done(&sums);
	buf_done(&note);
}

int main(int argc, char **argv)
{
	struct buf proof = {0};
	struct tlog *t;
	struct err err;

	if (argc == 3 && strcmp(argv[1], "--open") == 0)
		return open_note(argv[2]);
	if (argc < 3)
		return 2;
	must(tlog_open(argv[1], TLOG_WRITE, "example.com/some/log", &t, &err), &err);
	for (int i = 2; i < argc; i++) {
		grow(t, (uint64_t)atoll(argv[i]));
		save(argv[1], "kept", tlog_tree(t).size, tlog_checkpoint(t));
	}
	for (uint64_t n = 0; n < tlog_tree(t).size; n += 1 + tlog_tree(t).size / 100) {
		buf_clear(&proof);
		must(tlog_prove(t, n, &proof, &err), &err);
		save(argv[1], "proof", n, buf_span(&proof));
	}
	sign_sums(t, argv[1]);
	buf_done(&proof);
	tlog_close(t);
	return 0;
}
