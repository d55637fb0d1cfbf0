/* A key record, and a signature held against whatever key it has. */
#include "auth/sign_key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t digest[SIGN_DIGEST_MOST] = {7};
	static const char signature[KEY_BITS_MOST / 8] = {1};
	struct sign_key key;
	const char *reason = NULL;
	int r = sign_key_read((struct span){(const char *)data, size}, &key, &reason);

	if (r < 0 ? !reason : !key.bits || key.bits > KEY_BITS_MOST)
		abort();
	if (r == 0 &&
		sign_key_verify(&key, SIGN_SHA256, digest,
			(struct span){signature, key.type == SIGN_RSA ? key.modulus_n : 64}) > 0)
		abort(); /* nobody signed that */
	return 0;
}
