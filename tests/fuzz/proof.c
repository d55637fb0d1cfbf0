/* A proof, under a key whose secret is public: the record that it holds for is the one that was
 * logged. */
#include "ledger/proof.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span vkey =
		SPAN("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
	struct span proof = {(const char *)data, size};
	struct note_key key;
	struct proof_said said;
	struct tlog_tree a = {.size = size}, b = {.size = 2 * size + 1};
	struct err err;

	if (note_key_parse(vkey, &key, &err) < 0)
		abort();
	/* The corpus proves the record "1" of a log; nothing can prove both. */
	if (proof_check(SPAN("1"), proof, &key, &said, &err) == 0 &&
		(said.index >= said.tree.size ||
			proof_check(SPAN("2"), proof, &key, &said, &err) == 0))
		abort();
	if (size >= 32 && proof_check_consistency(&a, &b, proof, &err) == 0)
		abort();
	return 0;
}
