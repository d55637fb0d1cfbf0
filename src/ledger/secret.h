/* Files of 32 secret bytes: the keys of the ledger. */
#ifndef CORDON_LEDGER_SECRET_H
#define CORDON_LEDGER_SECRET_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a secret; when there is none and make is true, makes a random one: mode 0600, durable on
 * return, and *ret_made (may be NULL) is true. Returns 0; -ENOENT; -EBADMSG for a file of another
 * size; or another negative errno; with a sentence.
 */
int secret_read(
	const char *path, uint8_t ret_secret[32], bool make, bool *ret_made, struct err *err);

#endif
