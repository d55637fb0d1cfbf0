/* A signed note and a key: whoever has not signed cannot make one that opens; what opens is a
 * beginning of the note. */
#include "ledger/checkpoint.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The key of the Go package's example, whose secret is public. */
	static const struct span vkey =
		SPAN("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
	struct span note = {(const char *)data, size}, text;
	struct note_key key, other;
	struct note_signer signer;
	struct tlog_tree tree;
	struct err err;
	char name[256];

	check(note_key_parse(vkey, &key, &err) == 0);
	if (note_open(note, &key, &text, &err) == 0) {
		check(text.p == note.p && text.n < note.n && text.n && text.p[text.n - 1] == '\n');
		checkpoint_open(note, &key, &tree, &err);
	}
	if (note_key_parse(note, &other, &err) == 0)
		check(note_key_parse(span_cstr(note_key_format(&other, name)), &key, &err) == 0);
	if (note_signer_parse(note, &signer, &err) == 0)
		note_signer_done(&signer);
	return 0;
}
