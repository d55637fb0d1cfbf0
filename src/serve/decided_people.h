/* A decision without the names of people: sender, recipients and user as person_hash() has them. */
#ifndef CORDON_SERVE_DECIDED_PEOPLE_H
#define CORDON_SERVE_DECIDED_PEOPLE_H

#include "serve/keeper_wire.h"
#include "serve/person.h"

/* Where the hashes stand; of use as long as the decision is. */
struct decided_people {
	char sender[PERSON_MOST], user[PERSON_MOST];
	char recipient[DECIDED_RECIPIENTS][PERSON_MOST];
};

/* Puts hashes in place of names. The Message-ID goes: it often begins with a name. */
void decided_hash_people(
	struct decided *d, const struct person_key *key, struct decided_people *room);

#endif
