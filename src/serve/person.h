/*
 * Mail addresses in what is kept, when the configuration wants no names there: the part before the
 * '@' becomes a keyed hash, so that the same person is the same word, a person can be looked for by
 * who knows the address, and nobody who has the file alone can tell who it is.
 */
#ifndef CORDON_SERVE_PERSON_H
#define CORDON_SERVE_PERSON_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct person_key {
	uint8_t byte[32];
};

/* Reads STATE/person.key; makes it when make is true. As secret_read(). */
int person_key_read(const char *state_dir, bool make, struct person_key *ret, struct err *err);

/* Writes "~" and 16 hex digits, and the domain as it is, in lower case; what has no '@' is hashed
 * whole, the null sender stays empty. Returns `to`, which has room for PERSON_MOST bytes. */
#define PERSON_MOST 320
const char *person_hash(const struct person_key *key, struct span address, char *to);

#endif
