/*
 * Where raw evidence stands, found by its commitment: what the index forgot when it is made again
 * from the log. Pieces are looked for in the file of the day on which their record was logged, one
 * day at a time.
 */
#ifndef CORDON_LEDGER_PLACES_H
#define CORDON_LEDGER_PLACES_H

#include "ledger/vault.h"

struct places {
	struct vault *vault; /* the caller's */
	int32_t day;
	bool loaded;
	struct places_slot *slot;
	size_t room, n;
};

/* {.vault = v} begins. */
void places_done(struct places *p);

/* Returns 1 and *ret_place; 0 when there is none; or a negative errno. Reads the day's file when it
 * is another day than the last one asked for. */
int places_find(struct places *p, int32_t day, const uint8_t commitment[32],
	struct vault_place *ret_place, struct err *err);

#endif
