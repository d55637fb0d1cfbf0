#include "serve/person.h"

#include "ledger/secret.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>

#define HASH_BYTES 16 /* the least of libsodium's; 8 of them are shown */

int person_key_read(const char *state_dir, bool make, struct person_key *ret, struct err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/person.key", state_dir);
	return secret_read(path, ret->byte, make, NULL, err);
}

const char *person_hash(const struct person_key *key, struct span address, char *to)
{
	uint8_t hash[HASH_BYTES];
	char low[PERSON_MOST];
	ssize_t at = -1;
	size_t n = address.n < sizeof(low) ? address.n : sizeof(low);

	to[0] = '\0';
	if (!n)
		return to;
	for (size_t i = 0; i < n; i++) {
		low[i] = ascii_lower(address.p[i]);
		if (low[i] == '@')
			at = (ssize_t)i;
	}
	struct span domain = at < 0 ? (struct span){low + n, 0}
				    : (struct span){low + at, n - (size_t)at};

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)low, n, key->byte,
		sizeof(key->byte));
	to[0] = '~';
	sodium_bin2hex(to + 1, 17, hash, 8);
	snprintf(to + 17, PERSON_MOST - 17, "%.*s", SPAN_ARG(domain));
	return to;
}
